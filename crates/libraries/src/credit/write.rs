//! The commands: propose, confirm, dismiss, object, answer. Each ends in one commit that also states
//! the new score, so that a fact and what it does to the score are never apart.
use super::catalogue::{self, Kind};
use super::decide::{self, Confirmed, State};
use super::model;
use super::store::objections::{self, Objection};
use super::store::scores::{self, Whom};
use super::store::{self, Fact};
use super::{ANSWER, ENDS, PART};
use events::credit::{
    CreditFactCorrected, CreditFactDismissed, CreditFactObjected, CreditFactProposed, CreditFactRecorded,
    CreditFactSeconded, CreditScoreComputed, ScoreInput,
};
use events::{Audience, Code};
use platform::event::NewEvent;
use platform::{Action, ClockEnd, Ctx, Error, Ms, NewClock, Notice, Result, Role, Subject, To, Tx, files};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A fact that a person takes from a document.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = CreditNewFact)]
pub struct NewFact {
    /// Organisation.
    pub subject: String,
    /// Catalogue code.
    pub code: String,
    /// When it happened.
    pub happened_at: Ms,
    /// Document and content.
    #[schema(min_length = 2, max_length = 500)]
    pub note: String,
    /// Digests of uploaded evidence.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// An objection.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = CreditObjectionForm)]
pub struct ObjectionForm {
    /// `wrong_fact`, `wrong_person`, `wrong_weight`, `expired`.
    pub ground_code: String,
    /// Ground.
    #[schema(min_length = 2, max_length = 1000)]
    pub ground: String,
    /// Digests of uploaded evidence.
    pub evidence: Vec<String>,
}

/// The written answer to an objection.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = CreditAnswer)]
pub struct Answer {
    /// Whether it is upheld.
    pub upheld: bool,
    /// Answer.
    #[schema(min_length = 2, max_length = 1000)]
    pub reason: String,
}

/// What a clock of this part carries.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ticking {
    /// Fact.
    pub fact: Uuid,
    /// Objection, where it is one's.
    pub objection: Option<Uuid>,
}

/// A text that must say something.
pub fn said(field: &str, text: &str, most: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().count() < 2 {
        return Err(Error::invalid(field, "请写明具体内容，至少两个字"));
    }
    if text.chars().count() > most {
        return Err(Error::invalid(field, format!("请控制在 {most} 字以内，详细材料作为附件上传")));
    }
    Ok(text.to_owned())
}

/// A fact of this kind about somebody, not stored yet.
pub fn draft(ctx: &Ctx, whom: &Whom, kind: &Kind, source: (Uuid, String), happened: Ms) -> Fact {
    let row = &kind.row;
    Fact {
        id: ctx.new_id(),
        subject: whom.subject.clone(),
        subject_kind: whom.kind.clone(),
        placed: whom.placed.clone(),
        org_name: String::new(),
        code: row.code.clone(),
        name: row.name.clone(),
        points: row.points,
        cap: row.cap,
        serious: row.serious,
        liability: row.liability,
        ground: row.ground.clone(),
        basis: row.basis.clone(),
        edition: kind.edition.clone(),
        rule_set: ctx.app.rules().version.clone(),
        source_event: source.0,
        about: source.1,
        note: None,
        state: State::Proposed,
        valid_from: happened,
        valid_to: happened.plus(row.days.saturating_mul(86_400_000)),
        proposed_at: ctx.now(),
        first_by: None,
        confirmed_by: vec![],
        recorded_event: None,
        recorded_at: None,
    }
}

/// The event of a candidate, which only the government reads.
pub fn proposed(ctx: &Ctx, fact: &Fact) -> Result<NewEvent> {
    let payload = CreditFactProposed {
        fact: fact.id,
        subject_org: Code::from(&fact.placed.owner),
        code: Code::from(&fact.code),
        source_event: fact.source_event,
        edition: Code::from(&fact.edition),
    };
    let event = ctx.event(&payload, fact.path(), &fact.placed)?.audience(Audience::Gov).law(&*fact.basis);
    Ok(if fact.source_event == event.id { event } else { event.because([fact.source_event]) })
}

/// Makes a fact count: its event, its end, and nothing else yet.
pub async fn record(tx: &mut Tx, ctx: &Ctx, fact: &mut Fact, by: Vec<Uuid>) -> Result<NewEvent> {
    let payload = CreditFactRecorded {
        fact: fact.id,
        subject_org: Code::from(&fact.placed.owner),
        code: Code::from(&fact.code),
        weight: fact.points,
        source_event: fact.source_event,
        basis: Code::from(&fact.basis),
        valid_from: fact.valid_from.0,
        valid_to: Some(fact.valid_to.0),
        edition: Code::from(&fact.edition),
        confirmed_by: by.clone(),
    };
    let mut event = ctx.event(&payload, fact.path(), &fact.placed)?.because([fact.source_event]).law(&*fact.basis);
    event.rules = Some(format!("{} ({})", fact.edition, fact.rule_set));
    fact.state = State::Valid;
    fact.confirmed_by = by;
    fact.recorded_event = Some(event.id);
    fact.recorded_at = Some(ctx.now());
    let data = Ticking { fact: fact.id, objection: None };
    let clock = NewClock {
        rule: ENDS,
        subject: &fact.path(),
        placed: &fact.placed,
        due_at: fact.valid_to,
        data,
        because: event.id,
    };
    tx.start_clock(ctx, clock).await?;
    Ok(event)
}

/// The score of a subject as the write in progress leaves it, with the events that led to it.
pub async fn rescore(tx: &mut Tx, ctx: &Ctx, whom: &Whom, trigger: Option<Uuid>) -> Result<NewEvent> {
    let facts = store::counting_in(tx, &whom.subject).await?;
    let entries: Vec<_> = facts.iter().map(Fact::entry).collect();
    let used = catalogue::model(ctx, &whom.placed.region)?;
    let as_of = ctx.now();
    let scored = model::score(&used.row, &entries, as_of.0);
    let payload = CreditScoreComputed {
        subject_org: Code::from(&whom.placed.owner),
        edition: Code::from(&used.edition),
        score: scored.score,
        low: scored.low,
        high: scored.high,
        inputs: scored.inputs.iter().map(|i| ScoreInput { fact: i.fact, points: i.points }).collect(),
        as_of: as_of.0,
    };
    let counted = |fact: &&Fact| scored.inputs.iter().any(|i| i.fact == fact.id);
    let mut because: Vec<Uuid> = trigger.into_iter().collect();
    for event in facts.iter().filter(counted).filter_map(|f| f.recorded_event) {
        if !because.contains(&event) {
            because.push(event);
        }
    }
    let mut event = ctx.event(&payload, format!("credit/{}", whom.subject), &whom.placed)?.because(because);
    event.rules = Some(format!("{} ({})", used.edition, used.rule_set));
    scores::put(tx, event.id, whom, &scored, as_of, &used.rule_set).await?;
    Ok(event)
}

fn whom_of(fact: &Fact) -> Whom {
    Whom { subject: fact.subject.clone(), kind: fact.subject_kind.clone(), placed: fact.placed.clone() }
}

/// A person records a fact from a document: an adverse one is the recorder's confirmation, a serious
/// one still needs the second person.
pub async fn record_manual(ctx: &Ctx, form: NewFact) -> Result<Uuid> {
    ctx.allow(&PART, Action::Register)?;
    let note = said("note", &form.note, 500)?;
    if form.happened_at > ctx.now() {
        return Err(Error::invalid("happened_at", "发生时间不能晚于现在，请核对文书日期"));
    }
    let whom = scores::whom(ctx, form.subject.trim()).await.map_err(|error| match error {
        Error::NotFound => Error::invalid("subject", "没有找到这家单位，或不在您的管辖范围内"),
        other => other,
    })?;
    ctx.require(&PART, Action::Register, &whom.placed)?;
    let kind = catalogue::kind(ctx, form.code.trim(), &whom.placed)?;
    if !kind.row.manual {
        return Err(Error::invalid("code", "这类事实由平台按办理过程自动产生，不能手工记入"));
    }
    if !kind.row.subjects.contains(&whom.kind) {
        return Err(Error::invalid("code", format!("“{}”不适用于这类单位", kind.row.name)));
    }
    let mut evidence = vec![];
    for digest in &form.evidence {
        evidence.push(files::reference(ctx, digest, "credit_evidence").await?);
    }
    let mut fact = draft(ctx, &whom, &kind, (ctx.new_id(), String::new()), form.happened_at);
    if fact.valid_to <= ctx.now() {
        return Err(Error::invalid("happened_at", "这件事的计分期已满，不再计入评分，无需记入"));
    }
    fact.about = format!("document/{}", fact.id);
    fact.note = Some(note);
    let by = ctx.actor.account();
    if fact.serious {
        fact.state = State::Seconded;
        fact.first_by = by;
    }
    let mut tx = ctx.begin().await?;
    let mut event = proposed(ctx, &fact)?;
    fact.source_event = event.id;
    event = proposed_as(ctx, &fact, event.id)?;
    event.files = evidence;
    let mut rest = vec![];
    if !fact.serious {
        rest.push(record(&mut tx, ctx, &mut fact, by.into_iter().collect()).await?);
    }
    store::insert(&mut tx, &fact).await?;
    if let Some(recorded) = rest.first().map(|e| e.id) {
        tell_subject(&mut tx, ctx, &fact, recorded).await?;
        rest.push(rescore(&mut tx, ctx, &whom, Some(recorded)).await?);
    }
    ctx.commit(tx, event, rest).await?;
    Ok(fact.id)
}

/// The candidate's event, which is its own source when a person read it from a document.
fn proposed_as(ctx: &Ctx, fact: &Fact, id: Uuid) -> Result<NewEvent> {
    let mut event = proposed(ctx, fact)?;
    event.because.clear();
    event.id = id;
    Ok(event)
}

/// A person confirms a candidate.
pub async fn confirm(ctx: &Ctx, id: Uuid) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    let by = ctx.actor.account().ok_or_else(|| Error::Forbidden("不利事实须由人员登录后确认".to_owned()))?;
    let mut tx = ctx.begin().await?;
    let mut fact = store::load_in(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Approve, &fact.placed)?;
    let old = fact.state;
    match decide::confirm(&fact.standing(), by)? {
        Confirmed::First => {
            fact.state = State::Seconded;
            fact.first_by = Some(by);
            store::update(&mut tx, old, &fact).await?;
            let payload = CreditFactSeconded { fact: id, by };
            let event = ctx.event(&payload, fact.path(), &fact.placed)?.audience(Audience::Gov);
            let event = event.because([fact.source_event]).law(decide::CONFIRMING);
            ctx.commit(tx, event, vec![]).await?;
        }
        Confirmed::Recorded(by) => {
            let event = record(&mut tx, ctx, &mut fact, by).await?;
            store::update(&mut tx, old, &fact).await?;
            let score = rescore(&mut tx, ctx, &whom_of(&fact), Some(event.id)).await?;
            tell_subject(&mut tx, ctx, &fact, event.id).await?;
            ctx.commit(tx, event, vec![score]).await?;
        }
    }
    Ok(())
}

/// A person dismisses a candidate.
pub async fn dismiss(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    let reason = said("reason", reason, 500)?;
    let mut tx = ctx.begin().await?;
    let mut fact = store::load_in(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Approve, &fact.placed)?;
    let old = fact.state;
    decide::dismiss(&fact.standing())?;
    fact.state = State::Dismissed;
    store::update(&mut tx, old, &fact).await?;
    let payload = CreditFactDismissed { fact: id, reason: reason.into() };
    let event = ctx.event(&payload, fact.path(), &fact.placed)?.audience(Audience::Gov).because([fact.source_event]);
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

const GROUNDS: [(&str, &str); 4] = [
    ("wrong_fact", "事实不符"),
    ("wrong_person", "主体有误"),
    ("wrong_weight", "适用分值有误"),
    ("expired", "已超过有效期"),
];

/// The Chinese name of a ground.
pub fn ground_name(code: &str) -> &'static str {
    GROUNDS.iter().find(|(key, _)| *key == code).map_or("其他", |(_, name)| name)
}

/// The subject objects to a recorded fact.
pub async fn object(ctx: &Ctx, id: Uuid, form: ObjectionForm) -> Result<Uuid> {
    ctx.allow(&PART, Action::Explain)?;
    let ground = said("ground", &form.ground, 1000)?;
    if !GROUNDS.iter().any(|(key, _)| *key == form.ground_code) {
        return Err(Error::invalid("ground_code", "异议理由只能是：事实不符、主体有误、适用分值有误、已超过有效期"));
    }
    if form.evidence.is_empty() || form.evidence.len() > 20 {
        return Err(Error::invalid("evidence", "请上传 1 至 20 份证明材料，没有材料无法核查"));
    }
    let mut evidence = vec![];
    for digest in &form.evidence {
        let found = files::reference(ctx, digest, "credit_objection").await;
        evidence.push(found.map_err(|_| Error::invalid("evidence", "有一份材料没有上传成功，请重新上传"))?);
    }
    let mut tx = ctx.begin().await?;
    let mut fact = store::load_in(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Explain, &fact.placed)?;
    let old = fact.state;
    let used = catalogue::model(ctx, &fact.placed.region)?;
    decide::object(&fact.standing(), ctx.now(), used.row.objection_days)?;
    fact.state = State::Objected;
    store::update(&mut tx, old, &fact).await?;
    let due_at = catalogue::working_days_later(ctx, ctx.now(), used.row.answer_workdays)?;
    let objection = Objection {
        id: ctx.new_id(),
        fact: id,
        placed: fact.placed.clone(),
        org_name: String::new(),
        fact_name: fact.name.clone(),
        fact_points: fact.points,
        ground_code: form.ground_code.clone(),
        ground: ground.clone(),
        evidence: form.evidence.clone(),
        state: "open".to_owned(),
        filed_at: ctx.now(),
        due_at,
        answer: None,
        answered_at: None,
    };
    objections::insert(&mut tx, &objection).await?;
    let payload = CreditFactObjected {
        fact: id,
        objection: objection.id,
        ground_code: form.ground_code.as_str().into(),
        ground: ground.into(),
    };
    let mut event = ctx.event(&payload, fact.path(), &fact.placed)?.because(fact.recorded_event).law(decide::OBJECTING);
    event.files = evidence;
    let data = Ticking { fact: id, objection: Some(objection.id) };
    let clock = NewClock { rule: ANSWER, subject: &fact.path(), placed: &fact.placed, due_at, data, because: event.id };
    tx.start_clock(ctx, clock).await?;
    let title = format!("对信用事实“{}”提出了异议，请在 {} 前书面答复", fact.name, due_at.beijing());
    let link = format!("/credit-facts/{id}");
    let notice =
        Notice { priority: 2, title: &title, body: ground_name(&form.ground_code), link: &link, event: event.id };
    tx.notify(ctx, To::Area(&fact.placed.region, &[Role::Officer, Role::Supervisor]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(objection.id)
}

/// A person answers an objection; upheld undoes every effect of the fact.
pub async fn answer(ctx: &Ctx, id: Uuid, form: Answer) -> Result<Uuid> {
    ctx.allow(&PART, Action::Approve)?;
    let reason = said("reason", &form.reason, 1000)?;
    let mut tx = ctx.begin().await?;
    let objection = objections::load_in(&mut tx, ctx, id).await?;
    let mut fact = store::load_in(&mut tx, ctx, objection.fact).await?;
    ctx.require(&PART, Action::Approve, &fact.placed)?;
    let old = fact.state;
    decide::answer(&fact.standing(), objection.state == "open", ctx.actor.account())?;
    fact.state = decide::answered(form.upheld);
    store::update(&mut tx, old, &fact).await?;
    objections::answer(&mut tx, id, form.upheld, &reason, ctx.now()).await?;
    let payload = CreditFactCorrected {
        fact: fact.id,
        objection: Some(id),
        result: if form.upheld { "upheld" } else { "rejected" }.into(),
        reason: reason.as_str().into(),
    };
    let mut event = ctx.event(&payload, fact.path(), &fact.placed)?.because(fact.recorded_event).law(decide::OBJECTING);
    tx.stop_clocks(&fact.path(), ANSWER, ClockEnd::Met).await?;
    let mut rest = vec![];
    if form.upheld {
        event.supersedes = fact.recorded_event;
        tx.stop_clocks(&fact.path(), ENDS, ClockEnd::Void).await?;
        rest.push(rescore(&mut tx, ctx, &whom_of(&fact), Some(event.id)).await?);
    }
    let title = if form.upheld {
        format!("对“{}”的异议成立，这条事实的一切影响已撤销", fact.name)
    } else {
        format!("对“{}”的异议不成立，理由见书面答复", fact.name)
    };
    tell(&mut tx, ctx, &fact, (2, &title, &reason), event.id).await?;
    ctx.commit(tx, event, rest).await?;
    Ok(fact.id)
}

async fn tell_subject(tx: &mut Tx, ctx: &Ctx, fact: &Fact, event: Uuid) -> Result<()> {
    if fact.points >= 0 {
        return Ok(());
    }
    let title = format!("记入了一条不利信用事实：{}", fact.name);
    tell(tx, ctx, fact, (2, &title, "认为有误的，可在期限内提出异议并上传材料。"), event).await
}

async fn tell(tx: &mut Tx, ctx: &Ctx, fact: &Fact, said: (u8, &str, &str), event: Uuid) -> Result<()> {
    let link = format!("/credit-facts/{}", fact.id);
    let notice = Notice { priority: said.0, title: said.1, body: said.2, link: &link, event };
    let roles: &[Role] = match fact.subject_kind.as_str() {
        "enterprise" => &[Role::Principal, Role::SafetyManager],
        _ => &[Role::ServiceAdmin, Role::ProjectManager],
    };
    tx.notify(ctx, To::Org(&fact.placed.owner, roles), &notice).await?;
    Ok(())
}

/// Whether somebody sees the whole ledger of a subject: its government and itself.
pub fn sees_all(ctx: &Ctx) -> bool {
    ctx.actor.is_internal() || ctx.actor.subject != Some(Subject::Insurer)
}
