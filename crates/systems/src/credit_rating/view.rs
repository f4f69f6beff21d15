//! What is shown.
use super::PART;
use super::classify::{Class, RISKS, SCALES, name_of, suggest};
use super::decide;
use super::pdf::{self, Line};
use super::store::{self, Published, Rating};
use super::write::{self, Ground, Tables};
use libraries::credit::view::{CreditContribution, CreditWhatIf, points, readable};
use libraries::credit::{self, Basis};
use platform::http::Table;
use platform::sheets::Value;
use platform::{Action, Ctx, Error, Ms, Result, Subject};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A rating as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditRatingRow {
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub name: String,
    /// Region.
    pub region: String,
    /// Grade.
    pub grade: String,
    /// Grade before.
    pub previous: Option<String>,
    /// In force from.
    pub from: Ms,
    /// Score, hundredths.
    pub score: i64,
    /// Lower end.
    pub low: i64,
    /// Upper end.
    pub high: i64,
    /// Facts that count.
    pub counted: i64,
    /// Few facts kept it from being worse.
    pub guarded: bool,
    /// Risk colour.
    pub risk: String,
    /// The same in Chinese.
    pub risk_name: String,
    /// Fewest visits in a year.
    pub visits: u32,
    /// Grade a running notice names.
    pub notice_to: Option<String>,
    /// When it takes effect.
    pub notice_due: Option<Ms>,
    /// Event that published the grade.
    pub event: Uuid,
}

/// The row of a rating.
pub fn row(rating: &Rating) -> CreditRatingRow {
    CreditRatingRow {
        enterprise: rating.enterprise().to_owned(),
        name: rating.name.clone(),
        region: rating.placed.region.clone(),
        grade: rating.grade.clone(),
        previous: rating.previous.clone(),
        from: rating.from_at,
        score: rating.score,
        low: rating.low,
        high: rating.high,
        counted: rating.counted,
        guarded: rating.guarded,
        risk: rating.risk.clone(),
        risk_name: name_of(&RISKS, &rating.risk).to_owned(),
        visits: rating.visits,
        notice_to: rating.notice.as_ref().map(|n| n.to.clone()),
        notice_due: rating.notice.as_ref().map(|n| n.due),
        event: rating.event,
    }
}

impl Table for CreditRatingRow {
    const TITLE: &'static str = "信用等级";
    const COLUMNS: &'static [&'static str] = &[
        "企业",
        "区域",
        "等级",
        "原等级",
        "生效时间",
        "评分",
        "下限",
        "上限",
        "事实数",
        "风险",
        "年检查次数",
        "拟降等级",
        "预告期满",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.name.as_str().into()),
            Some(self.region.as_str().into()),
            Some(self.grade.as_str().into()),
            self.previous.as_deref().map(Into::into),
            Some(self.from.beijing().into()),
            Some(points(self.score).into()),
            Some(points(self.low).into()),
            Some(points(self.high).into()),
            Some(self.counted.into()),
            Some(self.risk_name.as_str().into()),
            Some(i64::from(self.visits).into()),
            self.notice_to.as_deref().map(Into::into),
            self.notice_due.map(|due| due.beijing().into()),
        ]
    }
}

/// What grade and risk ask for in a year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditSupervision {
    /// Fewest visits.
    pub visits_least: u32,
    /// Most visits, over all subjects.
    pub visits_most: u32,
    /// Days between self-checks.
    pub self_check_days: u32,
    /// Prevention services.
    pub services: u32,
    /// Training hours.
    pub training_hours: u32,
}

/// Where an enterprise stands among those of its trade and scale.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditPeers {
    /// How many.
    pub count: usize,
    /// How many have a lower score.
    pub below: usize,
    /// Middle score.
    pub median: i64,
}

/// A class with its standing.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditClassView {
    /// The class.
    #[serde(flatten)]
    pub class: Class,
    /// Chinese name of the scale.
    pub scale_name: String,
    /// Chinese name of the risk.
    pub risk_name: String,
    /// Confirmed by a person; suggested otherwise.
    pub confirmed: bool,
    /// Revision to confirm over.
    pub revision: i64,
}

/// A grade of the history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditGradeStep {
    /// Event.
    pub event: Uuid,
    /// Grade.
    pub grade: String,
    /// Grade before.
    pub previous: Option<String>,
    /// From.
    pub from: Ms,
    /// Score.
    pub score: i64,
    /// Facts that moved it most.
    pub reasons: Vec<Uuid>,
}

/// A cut-off.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditCutOff {
    /// Grade.
    pub grade: String,
    /// Name.
    pub name: String,
    /// Lowest score, hundredths.
    pub from: i64,
}

/// The page of an enterprise's credit.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditRatingView {
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub name: String,
    /// The grade in force; none before the first fact.
    pub rating: Option<CreditRatingRow>,
    /// Facts that a running notice names.
    pub notice_facts: Vec<Uuid>,
    /// Event of the running notice, for “why?”.
    pub notice_event: Option<Uuid>,
    /// Score now.
    pub score: i64,
    /// Lower end.
    pub low: i64,
    /// Upper end.
    pub high: i64,
    /// Score without facts.
    pub base: i64,
    /// Facts that count.
    pub counted: u32,
    /// Event of the score, for “why?”.
    pub score_event: Option<Uuid>,
    /// What it is made of, as far as the caller may see.
    pub contributions: Vec<CreditContribution>,
    /// Cut-offs.
    pub cut_offs: Vec<CreditCutOff>,
    /// Edition of the cut-offs.
    pub edition: String,
    /// Nobody has adopted the edition for this place.
    pub example: bool,
    /// What is asked for in a year.
    pub supervision: Option<CreditSupervision>,
    /// Peers, where there are at least five.
    pub peers: Option<CreditPeers>,
    /// Class.
    pub class: CreditClassView,
    /// The next day on which a fact runs out and the score is stated again.
    pub next_at: Option<Ms>,
    /// Published grades, newest first.
    pub history: Vec<CreditGradeStep>,
    /// Whether the caller may confirm the class.
    pub may_classify: bool,
    /// Whether the caller may export the basis.
    pub may_export: bool,
}

/// Fewer peers than this would tell of single firms.
const PEERS_LEAST: usize = 5;

/// Assembles the page.
pub async fn page(ctx: &Ctx, id: &str) -> Result<CreditRatingView> {
    ctx.allow(&PART, Action::View)?;
    let org = write::enterprise(ctx, id).await?;
    let basis = credit::basis(ctx, &org.id).await?;
    let tables = write::tables(ctx, &org.region)?;
    let rating = store::find(ctx, &org.id).await?;
    let class = class(ctx, &org.id, &org.region).await?;
    let grade = rating.as_ref().map(|r| r.grade.clone());
    let supervision = grade.and_then(|g| supervision(&tables, &g, &class.class.risk));
    let insurer = ctx.actor.subject == Some(Subject::Insurer);
    let peers = if insurer || rating.is_none() { None } else { peers(ctx, &org.region, &class.class, &basis).await? };
    let next_at = basis.contributions.iter().map(|c| c.fact.valid_to).min();
    Ok(CreditRatingView {
        notice_facts: rating.as_ref().and_then(|r| r.notice.as_ref()).map(|n| n.facts.clone()).unwrap_or_default(),
        notice_event: rating.as_ref().and_then(|r| r.notice.as_ref()).map(|n| n.event),
        rating: rating.as_ref().map(row),
        score: basis.scored.score,
        low: basis.scored.low,
        high: basis.scored.high,
        base: basis.model.base,
        counted: basis.scored.counted,
        score_event: basis.event,
        example: basis.example && !adopted(ctx, &org.region, &tables.edition).await?,
        contributions: readable(ctx, basis.contributions),
        cut_offs: cut_offs(&tables),
        edition: tables.edition,
        supervision,
        peers,
        class,
        next_at,
        history: store::history(ctx, &org.id, 30).await?.iter().map(step).collect(),
        may_classify: ctx.require(&PART, Action::Approve, &org.placed()).is_ok(),
        may_export: exports(ctx),
        enterprise: org.id,
        name: org.name,
    })
}

fn step(of: &Published) -> CreditGradeStep {
    CreditGradeStep {
        event: of.event,
        grade: of.grade.clone(),
        previous: of.previous.clone(),
        from: of.from_at,
        score: of.score,
        reasons: of.reasons.clone(),
    }
}

fn cut_offs(tables: &Tables) -> Vec<CreditCutOff> {
    let cut =
        |g: &standards::credit::GradeRow| CreditCutOff { grade: g.grade.clone(), name: g.name.clone(), from: g.from };
    tables.grades.iter().map(cut).collect()
}

fn supervision(tables: &Tables, grade: &str, risk: &str) -> Option<CreditSupervision> {
    decide::supervision(&tables.supervision, grade, risk).map(|row| CreditSupervision {
        visits_least: row.visits_least,
        visits_most: row.visits_most,
        self_check_days: row.self_check_days,
        services: row.services,
        training_hours: row.training_hours,
    })
}

async fn adopted(ctx: &Ctx, region: &str, edition: &str) -> Result<bool> {
    let known = store::editions(ctx).await?;
    Ok(known
        .iter()
        .any(|(table, name, at, ..)| table == "credit_grades" && name == edition && region.starts_with(at.as_str())))
}

async fn class(ctx: &Ctx, enterprise: &str, region: &str) -> Result<CreditClassView> {
    let (class, revision) = if let Some(known) = store::class_of(ctx, enterprise).await? {
        known
    } else {
        let profile = store::profile_of(ctx, enterprise).await?;
        (suggest(&ctx.app.rules(), &profile, write::scope(ctx, region)), 0)
    };
    Ok(CreditClassView {
        scale_name: name_of(&SCALES, &class.scale).to_owned(),
        risk_name: name_of(&RISKS, &class.risk).to_owned(),
        confirmed: revision > 0,
        revision,
        class,
    })
}

async fn peers(ctx: &Ctx, region: &str, class: &Class, basis: &Basis) -> Result<Option<CreditPeers>> {
    let scores = store::peer_scores(ctx, region, &class.trade, &class.scale).await?;
    let median = scores.get(scores.len() / 2).copied().unwrap_or_default();
    let below = scores.iter().filter(|s| **s < basis.scored.score).count();
    Ok((scores.len() >= PEERS_LEAST).then_some(CreditPeers { count: scores.len(), below, median }))
}

/// A trial with the grade it would give.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditGradeTrial {
    /// Score now.
    pub now: i64,
    /// Score then.
    pub then: i64,
    /// Grade that the facts give now.
    pub grade_now: String,
    /// Grade then.
    pub grade_then: String,
    /// Visits a year then.
    pub visits_then: Option<u32>,
}

/// What would be.
pub async fn trial(ctx: &Ctx, id: &str, asked: &CreditWhatIf) -> Result<CreditGradeTrial> {
    ctx.allow(&PART, Action::View)?;
    let org = write::enterprise(ctx, id).await?;
    let basis = credit::basis(ctx, &org.id).await?;
    let tables = write::tables(ctx, &org.region)?;
    let then = credit::what_if(ctx, &basis, asked)?;
    let grounds = |inputs: &[credit::model::Contribution]| {
        basis.grounds.iter().any(|(fact, _)| inputs.iter().any(|i| i.fact == *fact))
    };
    let judge = |scored: &credit::model::Scored| {
        decide::judge(&tables.grades, &tables.model, scored.score, scored.counted, grounds(&scored.inputs))
            .map(|j| j.grade)
            .unwrap_or_default()
    };
    let risk = class(ctx, &org.id, &org.region).await?.class.risk;
    let grade_then = judge(&then);
    Ok(CreditGradeTrial {
        now: basis.scored.score,
        then: then.score,
        grade_now: judge(&basis.scored),
        visits_then: decide::supervision(&tables.supervision, &grade_then, &risk).map(|r| r.visits_least),
        grade_then,
    })
}

/// Government and the enterprise itself; an insurer reads the page, not the ledger.
fn exports(ctx: &Ctx) -> bool {
    matches!(ctx.actor.subject, Some(Subject::Government | Subject::Enterprise))
}

/// The basis of a published grade, as it stood: JSON text, and the grade.
pub async fn basis_of(ctx: &Ctx, id: &str, event: Option<Uuid>) -> Result<(String, Published)> {
    ctx.allow(&PART, Action::View)?;
    let org = write::enterprise(ctx, id).await?;
    if !exports(ctx) {
        return Err(Error::Forbidden(
            "评级依据含全部信用事实，只向企业本身和监管部门提供；请查看授权范围内的等级和相关事实".to_owned(),
        ));
    }
    let history = store::history(ctx, &org.id, 500).await?;
    let found = history.into_iter().find(|p| event.is_none_or(|asked| p.event == asked));
    let found = found.ok_or(Error::NotFound)?;
    Ok((found.basis.clone(), found))
}

/// The same as a paper.
pub async fn paper(ctx: &Ctx, id: &str, text: &str, published: &Published) -> Result<Vec<u8>> {
    let ground: Ground = serde_json::from_str(text).map_err(Error::internal)?;
    let org = write::enterprise(ctx, id).await?;
    let mut lines = vec![
        Line::head("企业安全生产信用等级评定依据"),
        Line::text(format!("企业：{}（{}）", org.name, org.id)),
        Line::text(format!(
            "等级：{}    评分：{}    范围：{} 至 {}",
            published.grade,
            points(ground.scored.score),
            points(ground.scored.low),
            points(ground.scored.high)
        )),
        Line::text(format!(
            "生效：{}（北京时间）    截至：{}",
            published.from_at.beijing(),
            Ms(ground.as_of).beijing()
        )),
        Line::text(format!(
            "评分参数：{}    分数线：{}    规则集：{}",
            ground.model_edition, ground.grades_edition, ground.rule_set
        )),
        Line::text("注：示例版未经主管部门确认的，仅供演示和试运行使用。"),
        Line::head("构成"),
        Line::text(format!("基准分 {}", points(ground.model.base))),
    ];
    for input in &ground.scored.inputs {
        if let Some(fact) = ground.facts.iter().find(|f| f.entry.fact == input.fact) {
            lines.push(Line::text(format!("{}  {}  依据：{}", points(input.points), fact.name, fact.basis)));
            let event = fact.recorded_event.map_or_else(String::new, |e| e.to_string());
            lines.push(Line::text(format!("    事实 {}  存证事件 {event}", input.fact)));
        }
    }
    lines.push(Line::text(format!(
        "合计 {}，限制在 {} 至 {} 之间",
        points(ground.scored.raw),
        points(ground.model.lowest),
        points(ground.model.highest)
    )));
    lines.push(Line::head("分数线"));
    lines.extend(
        ground.grades.iter().map(|g| Line::text(format!("{}（{}） 不低于 {}", g.grade, g.name, points(g.from)))),
    );
    lines.push(Line::head("核验"));
    lines.push(Line::text(format!("等级发布事件 {}", published.event)));
    lines.push(Line::text(format!("评分事件 {}", ground.score_event)));
    lines.push(Line::text(format!("同时导出的 JSON 的 SM3 摘要 {}", platform::files::digest(text.as_bytes()))));
    lines.push(Line::text("用 scripts/recompute/score.py 读取该 JSON，可从事实复算评分和等级。"));
    Ok(pdf::write(&lines))
}

/// An edition of a table of the model.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditEdition {
    /// Table.
    pub table: String,
    /// Its Chinese name.
    pub table_name: String,
    /// Edition.
    pub edition: String,
    /// Standard or document.
    pub standard: String,
    /// First day in force.
    pub valid_from: String,
    /// Where its figures come from.
    pub source: String,
    /// Nobody has confirmed its figures.
    pub example: bool,
    /// Document that adopted it here.
    pub document: Option<String>,
    /// When.
    pub adopted_at: Option<Ms>,
}

/// The tables of the model.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditModelView {
    /// Editions.
    pub editions: Vec<CreditEdition>,
    /// Cut-offs in force.
    pub cut_offs: Vec<CreditCutOff>,
    /// Supervision in force, by grade and risk.
    pub supervision: Vec<CreditSupervisionRow>,
    /// Score without facts.
    pub base: i64,
    /// Working days of a notice.
    pub notice_workdays: i32,
    /// Days for an objection.
    pub objection_days: i64,
    /// Facts below which the score alone gives no adverse grade.
    pub few: u32,
    /// Whether the caller may adopt an edition.
    pub may_adopt: bool,
}

/// A row of the supervision table.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditSupervisionRow {
    /// Grade.
    pub grade: String,
    /// Risk.
    pub risk_name: String,
    /// What is asked for.
    #[serde(flatten)]
    pub asks: CreditSupervision,
}

/// The model page.
pub async fn model(ctx: &Ctx) -> Result<CreditModelView> {
    ctx.allow(&PART, Action::View)?;
    let region = ctx.actor.region.as_ref().map_or("", |r| r.as_str()).to_owned();
    let tables = write::tables(ctx, &region)?;
    let adopted = store::editions(ctx).await?;
    let rules = ctx.app.rules();
    let editions = rules.list().into_iter().filter_map(|info| {
        let (_, name) = write::MODEL_TABLES.iter().find(|(table, _)| *table == info.table)?;
        let here = adopted.iter().find(|(table, edition, at, ..)| {
            *table == info.table && *edition == info.rule.edition && region.starts_with(at.as_str())
        });
        Some(CreditEdition {
            table: info.table.clone(),
            table_name: (*name).to_owned(),
            edition: info.rule.edition.clone(),
            standard: info.rule.standard.clone(),
            valid_from: info.rule.valid_from.to_string(),
            source: info.source.clone(),
            example: info.rule.confidence == standards::tables::Confidence::Unconfirmed,
            document: here.map(|h| h.3.clone()),
            adopted_at: here.map(|h| h.4),
        })
    });
    let asks = tables.supervision.iter().filter_map(|row| {
        let asks = supervision(&tables, &row.grade, &row.risk)?;
        Some(CreditSupervisionRow { grade: row.grade.clone(), risk_name: name_of(&RISKS, &row.risk).to_owned(), asks })
    });
    Ok(CreditModelView {
        editions: editions.collect(),
        supervision: asks.collect(),
        cut_offs: cut_offs(&tables),
        base: tables.model.base,
        notice_workdays: tables.model.notice_workdays,
        objection_days: tables.model.objection_days,
        few: tables.model.few,
        may_adopt: ctx.may(&PART, Action::Sign),
    })
}
