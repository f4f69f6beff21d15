//! What is shown of facts and scores, and what other parts ask for.
use super::catalogue;
use super::decide::State;
use super::model::{self, Contribution, Entry, Scored};
use super::store::objections::Objection;
use super::store::scores::{self, Stored, Whom};
use super::store::{self, Fact};
use super::write;
use platform::auth::Org;
use platform::http::Table;
use platform::sheets::Value;
use platform::{Ctx, Error, Ms, Result, Subject};
use serde::{Deserialize, Serialize};
use standards::credit::ModelRow;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A fact as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditFactRow {
    /// Id.
    pub id: Uuid,
    /// Organisation or person it is about.
    pub subject: String,
    /// `enterprise`, `service_org`, `expert`.
    pub subject_kind: String,
    /// Name of the organisation.
    pub org_name: String,
    /// Catalogue code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Points, hundredths.
    pub points: i64,
    /// Needs two persons.
    pub serious: bool,
    /// Legal basis.
    pub basis: String,
    /// Edition of the catalogue.
    pub edition: String,
    /// State.
    pub state: String,
    /// The same in Chinese; `已到期` where it no longer counts.
    pub state_name: String,
    /// Event it rests on.
    pub source_event: Uuid,
    /// Object it is about.
    pub about: String,
    /// Counts from.
    pub valid_from: Ms,
    /// Counts until.
    pub valid_to: Ms,
    /// When it was proposed.
    pub proposed_at: Ms,
}

/// The row of a fact at a moment.
pub fn row(fact: &Fact, now: Ms) -> CreditFactRow {
    let ended = fact.state.counts() && fact.valid_to <= now;
    CreditFactRow {
        id: fact.id,
        subject: fact.subject.clone(),
        subject_kind: fact.subject_kind.clone(),
        org_name: fact.org_name.clone(),
        code: fact.code.clone(),
        name: fact.name.clone(),
        points: fact.points,
        serious: fact.serious,
        basis: fact.basis.clone(),
        edition: fact.edition.clone(),
        state: fact.state.code().to_owned(),
        state_name: if ended { "已到期" } else { fact.state.name() }.to_owned(),
        source_event: fact.source_event,
        about: fact.about.clone(),
        valid_from: fact.valid_from,
        valid_to: fact.valid_to,
        proposed_at: fact.proposed_at,
    }
}

/// Hundredths as people write points: `-4.00`.
pub fn points(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

impl Table for CreditFactRow {
    const TITLE: &'static str = "信用事实";
    const COLUMNS: &'static [&'static str] =
        &["编号", "单位", "事实", "分值", "状态", "依据", "目录版本", "发生时间", "计分至", "来源事件"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.id.to_string().into()),
            Some(self.org_name.as_str().into()),
            Some(self.name.as_str().into()),
            Some(points(self.points).into()),
            Some(self.state_name.as_str().into()),
            Some(self.basis.as_str().into()),
            Some(self.edition.as_str().into()),
            Some(self.valid_from.beijing().into()),
            Some(self.valid_to.beijing().into()),
            Some(self.source_event.to_string().into()),
        ]
    }
}

/// An objection as shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditObjectionRow {
    /// Id.
    pub id: Uuid,
    /// Fact.
    pub fact: Uuid,
    /// Name of the fact.
    pub fact_name: String,
    /// Its points.
    pub fact_points: i64,
    /// Who objects.
    pub org_name: String,
    /// Ground.
    pub ground_name: String,
    /// Ground in words.
    pub ground: String,
    /// Digests of the evidence.
    pub evidence: Vec<String>,
    /// `open`, `upheld`, `rejected`.
    pub state: String,
    /// The same in Chinese.
    pub state_name: String,
    /// When it was raised.
    pub filed_at: Ms,
    /// When the answer is due.
    pub due_at: Ms,
    /// Written answer.
    pub answer: Option<String>,
    /// When.
    pub answered_at: Option<Ms>,
}

/// The row of an objection.
pub fn objection_row(of: &Objection) -> CreditObjectionRow {
    let state_name = match of.state.as_str() {
        "upheld" => "成立",
        "rejected" => "不成立",
        _ => "处理中",
    };
    CreditObjectionRow {
        id: of.id,
        fact: of.fact,
        fact_name: of.fact_name.clone(),
        fact_points: of.fact_points,
        org_name: of.org_name.clone(),
        ground_name: write::ground_name(&of.ground_code).to_owned(),
        ground: of.ground.clone(),
        evidence: of.evidence.clone(),
        state: of.state.clone(),
        state_name: state_name.to_owned(),
        filed_at: of.filed_at,
        due_at: of.due_at,
        answer: of.answer.clone(),
        answered_at: of.answered_at,
    }
}

impl Table for CreditObjectionRow {
    const TITLE: &'static str = "信用异议";
    const COLUMNS: &'static [&'static str] = &["编号", "单位", "事实", "理由", "提出时间", "答复期限", "状态", "答复"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.id.to_string().into()),
            Some(self.org_name.as_str().into()),
            Some(self.fact_name.as_str().into()),
            Some(self.ground_name.as_str().into()),
            Some(self.filed_at.beijing().into()),
            Some(self.due_at.beijing().into()),
            Some(self.state_name.as_str().into()),
            self.answer.as_deref().map(Into::into),
        ]
    }
}

/// A fact that counts, with what it contributed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreditContribution {
    /// The fact.
    #[serde(flatten)]
    pub fact: CreditFactRow,
    /// What it contributed, hundredths; less than its points where a cap holds.
    pub contributed: i64,
    /// An objection is open.
    pub disputed: bool,
    /// Matters for liability.
    pub liability: bool,
}

/// A score with everything it is made of: what other parts grade and export from.
#[derive(Debug, Clone)]
pub struct Basis {
    /// Whom it is about.
    pub subject: String,
    /// `enterprise`, `service_org`, `expert`.
    pub kind: String,
    /// Where it stands.
    pub placed: platform::Placed,
    /// The moment.
    pub as_of: Ms,
    /// Figures.
    pub model: ModelRow,
    /// Edition of the figures.
    pub edition: String,
    /// Nobody has adopted the edition.
    pub example: bool,
    /// Rule set.
    pub rule_set: String,
    /// Facts that may count.
    pub entries: Vec<Entry>,
    /// Those with their contribution.
    pub contributions: Vec<CreditContribution>,
    /// Grounds of a downgrade without notice among the facts that count, with the fact.
    pub grounds: Vec<(Uuid, String)>,
    /// The events that recorded the facts, by fact.
    pub recorded: HashMap<Uuid, Uuid>,
    /// The score.
    pub scored: Scored,
    /// The event of the newest stated score.
    pub event: Option<Uuid>,
    /// Scores as they were stated, newest first.
    pub history: Vec<(Ms, i64, Uuid)>,
}

/// Computes a subject's score now, for whoever may see the subject.
pub async fn basis(ctx: &Ctx, subject: &str) -> Result<Basis> {
    let whom = scores::whom(ctx, subject).await?;
    let facts = store::counting(ctx, subject).await?;
    let used = catalogue::model(ctx, &whom.placed.region)?;
    let entries: Vec<Entry> = facts.iter().map(Fact::entry).collect();
    let as_of = ctx.now();
    let scored = model::score(&used.row, &entries, as_of.0);
    let by_fact: HashMap<Uuid, i64> = scored.inputs.iter().map(|i| (i.fact, i.points)).collect();
    let counting = || facts.iter().filter_map(|f| by_fact.get(&f.id).map(|points| (f, *points)));
    let contributions = counting()
        .map(|(fact, contributed)| CreditContribution {
            fact: row(fact, as_of),
            contributed,
            disputed: fact.state == State::Objected,
            liability: fact.liability,
        })
        .collect();
    let grounds = counting().filter_map(|(f, _)| f.ground.clone().map(|ground| (f.id, ground))).collect();
    let recorded = facts.iter().filter_map(|f| f.recorded_event.map(|event| (f.id, event))).collect();
    let history = scores::history(ctx, subject, 60).await?;
    Ok(Basis {
        subject: whom.subject,
        kind: whom.kind,
        placed: whom.placed,
        as_of,
        model: used.row,
        edition: used.edition,
        example: used.example,
        rule_set: used.rule_set,
        entries,
        contributions,
        grounds,
        recorded,
        scored,
        event: history.first().map(|s| s.event),
        history: history.iter().map(|s: &Stored| (s.as_of, s.score, s.event)).collect(),
    })
}

/// States a subject's score again where it differs from what was last stated; answers whether.
pub async fn restate(ctx: &Ctx, subject: &str) -> Result<bool> {
    let now = basis(ctx, subject).await?;
    if now.history.first().is_some_and(|(_, score, _)| *score == now.scored.score) {
        return Ok(false);
    }
    let whom = Whom { subject: now.subject, kind: now.kind, placed: now.placed };
    let mut tx = ctx.begin().await?;
    let event = write::rescore(&mut tx, ctx, &whom, None).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(true)
}

/// Enterprises of the caller's scope that have a stated score.
pub async fn enterprises_with_score(ctx: &Ctx) -> Result<Vec<String>> {
    Ok(scores::newest(ctx).await?.into_iter().map(|s| s.subject).collect())
}

/// What would be if so many facts of a kind came, or these fell away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct CreditWhatIf {
    /// Facts to come.
    #[serde(default)]
    pub add: Vec<CreditAddition>,
    /// Facts to leave out.
    #[serde(default)]
    pub without: Vec<Uuid>,
}

/// Facts of a kind that might come.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct CreditAddition {
    /// Catalogue code.
    pub code: String,
    /// How many.
    #[schema(minimum = 0, maximum = 100)]
    pub count: u32,
}

/// The score that would be.
pub fn what_if(ctx: &Ctx, basis: &Basis, asked: &CreditWhatIf) -> Result<Scored> {
    if asked.add.len() > 20 || asked.without.len() > 200 {
        return Err(Error::invalid("add", "一次试算最多 20 类事实、去掉 200 条"));
    }
    let mut entries: Vec<Entry> = basis.entries.iter().filter(|e| !asked.without.contains(&e.fact)).cloned().collect();
    for addition in &asked.add {
        if addition.count > 100 {
            return Err(Error::invalid("add", "每类事实最多试算 100 条"));
        }
        let kind = catalogue::kind(ctx, &addition.code, &basis.placed)?;
        entries.extend((0..addition.count).map(|n| Entry {
            // What is to come is taken after what is there.
            fact: Uuid::from_u128(u128::MAX - u128::from(n)),
            code: kind.row.code.clone(),
            points: kind.row.points,
            cap: kind.row.cap,
            from: basis.as_of.0,
            to: i64::MAX,
        }));
    }
    Ok(model::score(&basis.model, &entries, basis.as_of.0))
}

/// The contributions that matter most.
pub fn strongest(scored: &Scored, most: usize) -> Vec<Contribution> {
    model::movers(&scored.inputs, most)
}

/// What the caller may read of a list of contributions.
pub fn readable(ctx: &Ctx, contributions: Vec<CreditContribution>) -> Vec<CreditContribution> {
    let all = write::sees_all(ctx);
    contributions.into_iter().filter(|c| all || c.liability).collect()
}

/// The name people see of a subject.
pub async fn subject_name(ctx: &Ctx, basis: &Basis) -> Result<String> {
    let org = Org::find(ctx.db(), &basis.placed.owner).await?;
    let name = org.as_ref().map(|o| o.name.clone()).unwrap_or_default();
    let person = org.is_some_and(|o| o.subject == Subject::ServiceOrg) && basis.kind == "expert";
    Ok(if person { format!("{name}的专家") } else { name })
}
