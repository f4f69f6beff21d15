//! The commands: grade, classify, run, adopt an edition.
use super::classify::{self, Class, RISKS, SCALES, TRADES};
use super::decide::{self, Judged, Step};
use super::store::{self, Rating, Running};
use super::{NOTICE, PART};
use events::Code;
use events::credit_rating::{
    ClassConfirmed, CreditEditionConfirmed, CreditGradeNoticed, CreditGradePublished, CreditNoticeWithdrawn,
};
use libraries::credit::model::{Contribution, Entry, Scored, movers};
use libraries::credit::{self, Basis};
use platform::auth::Org;
use platform::event::NewEvent;
use platform::{Action, ClockEnd, Ctx, Error, NewClock, Notice, Placed, Result, Role, Subject, To, Tx};
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use standards::credit::{GradeRow, ModelRow, SupervisionRow};
use standards::date::Date;
use standards::tables::Scope;
use utoipa::ToSchema;
use uuid::Uuid;

/// The tables N1 grades by.
#[derive(Debug, Clone)]
pub struct Tables {
    /// Cut-offs.
    pub grades: Vec<GradeRow>,
    /// Edition of the cut-offs.
    pub edition: String,
    /// Supervision.
    pub supervision: Vec<SupervisionRow>,
    /// Figures of the score.
    pub model: ModelRow,
}

/// The rule scope of a moment and a place.
pub fn scope(ctx: &Ctx, region: &str) -> Scope {
    Scope { on: Date::beijing(ctx.now().0), region: Region::parse(region).ok() }
}

/// The tables in force.
pub fn tables(ctx: &Ctx, region: &str) -> Result<Tables> {
    let (rules, at) = (ctx.app.rules(), scope(ctx, region));
    let wrong = |problem: standards::problem::Problem| Error::internal(problem.title);
    let grades = rules.credit_grades.select(at).map_err(wrong)?;
    let supervision = rules.credit_supervision.select(at).map_err(wrong)?;
    let model = rules.credit_model.select(at).map_err(wrong)?;
    Ok(Tables {
        grades: grades.rows.clone(),
        edition: grades.edition.clone(),
        supervision: supervision.rows.clone(),
        model: model.rows.first().cloned().ok_or_else(|| Error::internal("a credit model without a row"))?,
    })
}

/// Everything a grade rests on, as it is kept and exported; `scripts/recompute/score.py` reads it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ground {
    /// `anlan-credit-basis-1`.
    pub format: String,
    /// Enterprise.
    pub enterprise: String,
    /// The moment, milliseconds UTC.
    pub as_of: i64,
    /// Edition of the score's figures.
    pub model_edition: String,
    /// The figures.
    pub model: ModelRow,
    /// Edition of the cut-offs.
    pub grades_edition: String,
    /// The cut-offs.
    pub grades: Vec<GradeRow>,
    /// Rule set of the node.
    pub rule_set: String,
    /// Facts.
    pub facts: Vec<GroundFact>,
    /// Facts that are grounds of a downgrade without notice.
    pub grounds: Vec<ForcingFact>,
    /// The score.
    pub scored: Scored,
    /// The grade that follows.
    pub grade: String,
    /// Event of the score.
    pub score_event: Uuid,
}

/// A fact of a ground with what identifies it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GroundFact {
    /// What the score needs.
    #[serde(flatten)]
    pub entry: Entry,
    /// Name.
    pub name: String,
    /// Legal basis.
    pub basis: String,
    /// The event that recorded it.
    pub recorded_event: Option<Uuid>,
}

/// A fact that forces.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ForcingFact {
    /// Fact.
    pub fact: Uuid,
    /// `death`, `refusal`, `concealment`.
    pub ground: String,
}

/// The ground at this moment and what it gives.
pub fn ground(tables: &Tables, basis: &Basis, score_event: Uuid) -> Result<(Ground, Judged)> {
    let scored = &basis.scored;
    let judged = decide::judge(&tables.grades, &tables.model, scored.score, scored.counted, !basis.grounds.is_empty())
        .ok_or_else(|| Error::internal("no grades"))?;
    let named = |entry: &Entry| {
        let row = basis.contributions.iter().find(|c| c.fact.id == entry.fact);
        GroundFact {
            entry: entry.clone(),
            name: row.map_or_else(String::new, |c| c.fact.name.clone()),
            basis: row.map_or_else(String::new, |c| c.fact.basis.clone()),
            recorded_event: basis.recorded.get(&entry.fact).copied(),
        }
    };
    let ground = Ground {
        format: "anlan-credit-basis-1".to_owned(),
        enterprise: basis.subject.clone(),
        as_of: basis.as_of.0,
        model_edition: basis.edition.clone(),
        model: basis.model.clone(),
        grades_edition: tables.edition.clone(),
        grades: tables.grades.clone(),
        rule_set: basis.rule_set.clone(),
        facts: basis.entries.iter().map(named).collect(),
        grounds: basis.grounds.iter().map(|(fact, g)| ForcingFact { fact: *fact, ground: g.clone() }).collect(),
        scored: scored.clone(),
        grade: judged.grade.clone(),
        score_event,
    };
    Ok((ground, judged))
}

/// What a grading needs besides the tables.
struct Case {
    placed: Placed,
    name: String,
    basis: Basis,
    ground: Ground,
    judged: Judged,
    risk: String,
    because: Vec<Uuid>,
}

/// The facts that led to a step: those that were not known to the grade in force, or, where none is
/// new, those that count most.
fn reasons(scored: &Scored, known: &[Uuid]) -> Vec<Uuid> {
    let fresh: Vec<Contribution> = scored.inputs.iter().filter(|i| !known.contains(&i.fact)).copied().collect();
    let chosen = if fresh.is_empty() { movers(&scored.inputs, 3) } else { movers(&fresh, 3) };
    chosen.iter().map(|c| c.fact).collect()
}

/// A stated score becomes a grade, a notice, or nothing.
pub async fn regrade(ctx: &Ctx, org: &Org, event: Uuid) -> Result<()> {
    let basis = credit::basis(ctx, &org.id).await?;
    let tables = tables(ctx, &org.region)?;
    let (ground, judged) = ground(&tables, &basis, event)?;
    let mut tx = ctx.begin().await?;
    let risk = risk_in(&mut tx, ctx, org).await?;
    let case = Case { placed: org.placed(), name: org.name.clone(), basis, ground, judged, risk, because: vec![event] };
    let now = store::find_in(&mut tx, &org.id).await?;
    let known = now.as_ref().map_or(&[][..], |r| r.facts.as_slice());
    let silent = case.basis.grounds.iter().any(|(fact, _)| !known.contains(fact));
    let in_force = now.as_ref().map(|r| r.grade.as_str());
    let notice = now.as_ref().and_then(|r| r.notice.as_ref());
    match decide::step(&tables.grades, in_force, notice.map(|n| n.to.as_str()), &case.judged.grade, silent) {
        Step::Publish => {
            let published = publish(&mut tx, ctx, &tables, &case, now.as_ref()).await?;
            ctx.commit(tx, published, vec![]).await?;
        }
        Step::Notice => {
            let noticed = announce(&mut tx, ctx, &tables, &case, now.as_ref()).await?;
            touch(&mut tx, &case).await?;
            ctx.commit(tx, noticed, vec![]).await?;
        }
        Step::Withdraw => {
            let withdrawn = withdraw(&mut tx, ctx, &case, notice).await?;
            touch(&mut tx, &case).await?;
            ctx.commit(tx, withdrawn, vec![]).await?;
        }
        Step::Stay => {
            touch(&mut tx, &case).await?;
            ctx.keep(tx).await?;
        }
    }
    Ok(())
}

async fn touch(tx: &mut Tx, case: &Case) -> Result<()> {
    let scored = &case.basis.scored;
    store::touch(tx, &case.placed.owner, (scored.score, scored.low, scored.high, i64::from(scored.counted))).await
}

async fn risk_in(tx: &mut Tx, ctx: &Ctx, org: &Org) -> Result<String> {
    if let Some((class, _)) = store::class(tx, &org.id).await? {
        return Ok(class.risk);
    }
    let profile = store::profile(tx, &org.id).await?;
    Ok(classify::suggest(&ctx.app.rules(), &profile, scope(ctx, &org.region)).risk)
}

async fn publish(tx: &mut Tx, ctx: &Ctx, tables: &Tables, case: &Case, now: Option<&Rating>) -> Result<NewEvent> {
    let visits = decide::supervision(&tables.supervision, &case.judged.grade, &case.risk).map_or(0, |r| r.visits_least);
    let scored = &case.basis.scored;
    let known = now.map_or(&[][..], |r| r.facts.as_slice());
    let reasons = reasons(scored, known);
    let payload = CreditGradePublished {
        subject_org: Code::from(&case.placed.owner),
        grade: Code::from(&case.judged.grade),
        previous: now.map(|r| Code::from(&r.grade)),
        from: ctx.now().0,
        to: None,
        score: scored.score,
        edition: Code::from(&tables.edition),
        reasons: reasons.clone(),
        visits_per_year: visits,
    };
    let mut event = ctx.event(&payload, path(&case.placed), &case.placed)?.because(case.because.iter().copied());
    event.rules = Some(format!("{} ({})", tables.edition, case.ground.rule_set));
    let rating = Rating {
        placed: case.placed.clone(),
        name: case.name.clone(),
        grade: case.judged.grade.clone(),
        previous: now.map(|r| r.grade.clone()),
        from_at: ctx.now(),
        score: scored.score,
        low: scored.low,
        high: scored.high,
        counted: i64::from(scored.counted),
        guarded: case.judged.guarded,
        edition: tables.edition.clone(),
        event: event.id,
        facts: scored.inputs.iter().map(|i| i.fact).collect(),
        risk: case.risk.clone(),
        visits,
        notice: None,
    };
    let basis = serde_json::to_string(&case.ground).map_err(Error::internal)?;
    store::put(tx, &rating, &reasons, &basis).await?;
    tx.stop_clocks(&path(&case.placed), NOTICE, ClockEnd::Void).await?;
    let before = now.map_or("首次评定".to_owned(), |r| format!("原为 {}", r.grade));
    let title = format!("信用等级为 {}（{before}）", rating.grade);
    tell(tx, ctx, &case.placed, (3, &title, "可查看评分构成和差异化监管要求。"), event.id).await?;
    Ok(event)
}

async fn announce(tx: &mut Tx, ctx: &Ctx, tables: &Tables, case: &Case, now: Option<&Rating>) -> Result<NewEvent> {
    let known = now.map_or(&[][..], |r| r.facts.as_slice());
    let facts = reasons(&case.basis.scored, known);
    let due = credit::working_days_later(ctx, ctx.now(), tables.model.notice_workdays)?;
    let payload = CreditGradeNoticed {
        subject_org: Code::from(&case.placed.owner),
        from: now.map(|r| Code::from(&r.grade)).unwrap_or_default(),
        to: Code::from(&case.judged.grade),
        effective: due.0,
        facts: facts.clone(),
    };
    let event = ctx.event(&payload, path(&case.placed), &case.placed)?.because(case.because.iter().copied()).law(BASIS);
    tx.stop_clocks(&path(&case.placed), NOTICE, ClockEnd::Void).await?;
    let running = Running { to: case.judged.grade.clone(), event: event.id, due, facts };
    store::set_notice(tx, &case.placed.owner, Some(&running)).await?;
    let data = serde_json::json!({"enterprise": case.placed.owner, "notice": event.id});
    let clock = NewClock {
        rule: NOTICE,
        subject: &path(&case.placed),
        placed: &case.placed,
        due_at: due,
        data,
        because: event.id,
    };
    tx.start_clock(ctx, clock).await?;
    let title = format!("信用等级拟降为 {}，{} 生效；可在此前提出异议或改正", running.to, due.beijing());
    tell(tx, ctx, &case.placed, (1, &title, "点开查看是哪几条事实引起的。"), event.id).await?;
    Ok(event)
}

async fn withdraw(tx: &mut Tx, ctx: &Ctx, case: &Case, notice: Option<&Running>) -> Result<NewEvent> {
    let payload = CreditNoticeWithdrawn {
        subject_org: Code::from(&case.placed.owner),
        notice: notice.map(|n| n.event).unwrap_or_default(),
        score: case.basis.scored.score,
    };
    let because = case.because.iter().copied().chain(notice.map(|n| n.event));
    let event = ctx.event(&payload, path(&case.placed), &case.placed)?.because(because);
    tx.stop_clocks(&path(&case.placed), NOTICE, ClockEnd::Void).await?;
    store::set_notice(tx, &case.placed.owner, None).await?;
    tell(tx, ctx, &case.placed, (3, "降级预告已撤回", "等级保持不变。"), event.id).await?;
    Ok(event)
}

/// The rule behind notices.
pub const BASIS: &str = "企业安全生产信用评价（示例） 降级预告";

fn path(placed: &Placed) -> String {
    format!("credit/{}", placed.owner)
}

async fn tell(tx: &mut Tx, ctx: &Ctx, placed: &Placed, said: (u8, &str, &str), event: Uuid) -> Result<()> {
    let link = format!("/credit-ratings/{}", placed.owner);
    let notice = Notice { priority: said.0, title: said.1, body: said.2, link: &link, event };
    tx.notify(ctx, To::Org(&placed.owner, &[Role::Principal, Role::SafetyManager]), &notice).await?;
    Ok(())
}

/// The term of a notice has run out: the grade takes effect, waits for a dispute, or has lost its ground.
pub async fn effect(ctx: &Ctx, clock: &platform::Clock) -> Result<()> {
    let enterprise = clock.placed.enterprise.clone().unwrap_or_default();
    let org = Org::find(ctx.db(), &enterprise).await?.ok_or(Error::NotFound)?;
    let basis = credit::basis(ctx, &org.id).await?;
    let tables = tables(ctx, &org.region)?;
    let score_event = basis.event.unwrap_or(clock.because);
    let (ground, judged) = ground(&tables, &basis, score_event)?;
    let mut tx = ctx.begin().await?;
    let now = store::find_in(&mut tx, &org.id).await?.ok_or(Error::NotFound)?;
    let Some(notice) = now.notice.clone() else {
        return Err(Error::Conflict("预告已撤回".to_owned()));
    };
    let risk = risk_in(&mut tx, ctx, &org).await?;
    let because = vec![notice.event, score_event];
    let case = Case { placed: org.placed(), name: org.name.clone(), basis, ground, judged, risk, because };
    let disputed = case.basis.contributions.iter().any(|c| c.disputed && notice.facts.contains(&c.fact.id));
    if disputed {
        // The answer has its own clock; until it comes the enterprise is told that its notice waits.
        let later = credit::working_days_later(ctx, ctx.now(), 1)?;
        tx.advance_clock(clock, Some(later)).await?;
        let mut waiting = notice.clone();
        waiting.due = later;
        store::set_notice(&mut tx, &org.id, Some(&waiting)).await?;
        let payload = CreditGradeNoticed {
            subject_org: Code::from(&org.id),
            from: Code::from(&now.grade),
            to: Code::from(&notice.to),
            effective: later.0,
            facts: notice.facts.clone(),
        };
        let event = ctx.event(&payload, path(&case.placed), &case.placed)?.because([notice.event]).law(BASIS);
        ctx.commit(tx, event, vec![]).await?;
        return Ok(());
    }
    tx.advance_clock(clock, None).await?;
    let event = if case.judged.grade == notice.to {
        publish(&mut tx, ctx, &tables, &case, Some(&now)).await?
    } else {
        withdraw(&mut tx, ctx, &case, Some(&notice)).await?
    };
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// A class as a person confirms it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = CreditClassForm)]
pub struct ClassForm {
    /// Trade.
    pub trade: String,
    /// Hazards.
    #[serde(default)]
    pub hazards: Vec<String>,
    /// `micro`, `small`, `medium`, `large`.
    pub scale: String,
    /// Must insure.
    pub must_insure: bool,
    /// Supervising department.
    #[schema(min_length = 2, max_length = 40)]
    pub department: String,
    /// `red`, `orange`, `yellow`, `blue`.
    pub risk: String,
    /// Revision it was decided on; 0 for the first.
    #[serde(default)]
    pub revision: i64,
}

impl ClassForm {
    fn check(self) -> Result<(Class, i64)> {
        if !TRADES.contains(&self.trade.as_str()) {
            return Err(Error::invalid("trade", format!("行业类别只能是：{}", TRADES.join("、"))));
        }
        if !SCALES.iter().any(|(key, _)| *key == self.scale) {
            return Err(Error::invalid("scale", "规模只能是微型、小型、中型、大型"));
        }
        if !RISKS.iter().any(|(key, _)| *key == self.risk) {
            return Err(Error::invalid("risk", "风险等级只能是红、橙、黄、蓝"));
        }
        let department = self.department.trim().to_owned();
        if !(2..=40).contains(&department.chars().count()) {
            return Err(Error::invalid("department", "请填写监管部门名称，2 至 40 字"));
        }
        if self.hazards.len() > 30 || self.hazards.iter().any(|h| h.chars().count() > 30 || h.contains(',')) {
            return Err(Error::invalid("hazards", "危险特征最多 30 项，每项不超过 30 字，不含逗号"));
        }
        let (trade, hazards, scale, must_insure, risk) =
            (self.trade, self.hazards, self.scale, self.must_insure, self.risk);
        Ok((Class { trade, hazards, scale, must_insure, department, risk }, self.revision))
    }
}

/// An enterprise that the caller may see.
pub async fn enterprise(ctx: &Ctx, id: &str) -> Result<Org> {
    let found = credit::basis(ctx, id).await?;
    let org = Org::find(ctx.db(), &found.subject).await?.filter(|o| o.subject == Subject::Enterprise);
    org.ok_or(Error::NotFound)
}

/// A person confirms how an enterprise is classified.
pub async fn confirm_class(ctx: &Ctx, id: &str, form: ClassForm) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    let org = enterprise(ctx, id).await?;
    ctx.require(&PART, Action::Approve, &org.placed())?;
    let (class, revision) = form.check()?;
    let mut tx = ctx.begin().await?;
    let profile = store::profile(&mut tx, &org.id).await?;
    let suggested = classify::suggest(&ctx.app.rules(), &profile, scope(ctx, &org.region));
    let departed = [
        ("trade", class.trade != suggested.trade),
        ("scale", class.scale != suggested.scale),
        ("must_insure", class.must_insure != suggested.must_insure),
        ("department", class.department != suggested.department),
        ("risk", class.risk != suggested.risk),
    ];
    store::put_class(&mut tx, ctx, &org.placed(), &class, revision).await?;
    let payload = ClassConfirmed {
        subject_org: Code::from(&org.id),
        trade: Code::from(&class.trade),
        hazards: class.hazards.iter().map(Code::from).collect(),
        scale: Code::from(&class.scale),
        must_insure: class.must_insure,
        department: Code::from(&class.department),
        risk: Code::from(&class.risk),
        departed: departed.iter().filter(|(_, differs)| *differs).map(|(field, _)| Code::from(*field)).collect(),
    };
    let confirmed = ctx.event(&payload, path(&org.placed()), &org.placed())?;
    let mut rest = vec![];
    let now = store::find_in(&mut tx, &org.id).await?;
    if let Some(now) = now.filter(|r| r.risk != class.risk && r.notice.is_none()) {
        // The grade stays; what it asks for in a year follows the risk.
        let basis = credit::basis(ctx, &org.id).await?;
        let tables = tables(ctx, &org.region)?;
        let score_event = basis.event.unwrap_or(confirmed.id);
        let (ground, judged) = ground(&tables, &basis, score_event)?;
        if judged.grade == now.grade {
            let because = vec![confirmed.id, score_event];
            let case =
                Case { placed: org.placed(), name: org.name.clone(), basis, ground, judged, risk: class.risk, because };
            rest.push(publish(&mut tx, ctx, &tables, &case, Some(&now)).await?);
        }
    }
    ctx.commit(tx, confirmed, rest).await?;
    Ok(())
}

/// The tables of the model that a government adopts.
pub const MODEL_TABLES: [(&str, &str); 4] = [
    ("credit_facts", "事实目录"),
    ("credit_model", "评分参数"),
    ("credit_grades", "等级分数线"),
    ("credit_supervision", "差异化监管"),
];

/// The adoption of an edition.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = CreditAdoption)]
pub struct Adoption {
    /// Table.
    pub table: String,
    /// Edition.
    pub edition: String,
    /// Number of the document that adopts it.
    #[schema(min_length = 4, max_length = 80)]
    pub document: String,
}

/// The government adopts an edition for its area.
pub async fn adopt(ctx: &Ctx, form: Adoption) -> Result<()> {
    ctx.allow(&PART, Action::Sign)?;
    let document = form.document.trim();
    if !(4..=80).contains(&document.chars().count()) {
        return Err(Error::invalid("document", "请填写确认该版本的文件文号，4 至 80 字"));
    }
    let rules = ctx.app.rules();
    let known = rules.list().into_iter().any(|i| {
        i.table == form.table && i.rule.edition == form.edition && MODEL_TABLES.iter().any(|(t, _)| *t == i.table)
    });
    if !known {
        return Err(Error::invalid("edition", "没有这个版本，请在模型页选择"));
    }
    let own = Org::find(ctx.db(), &ctx.actor.org).await?.ok_or(Error::NotFound)?;
    let region = ctx.actor.region.as_ref().map_or_else(|| own.region.clone(), |r| r.as_str().to_owned());
    let payload = CreditEditionConfirmed {
        table: Code::from(&form.table),
        edition: Code::from(&form.edition),
        document: Code::from(document),
        region: Code::from(&region),
    };
    let event = ctx.event(&payload, format!("credit-model/{}", form.table), &own.placed())?;
    let mut tx = ctx.begin().await?;
    if !store::put_edition(&mut tx, ctx.now(), (&form.table, &form.edition, &region), document, event.id).await? {
        return Err(Error::Conflict("这个版本在本地区已经确认过".to_owned()));
    }
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}
