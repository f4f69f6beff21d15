//! What people do to a visit, and what a loader of history does in their place. The HTTP handlers and
//! the loader come through the same functions.
use super::super::{PART, checks};
use super::decide::{Kind, Reason, Visit, code_fits};
use super::model::{Announcement, Answer, Evaluation, Row, subject};
use super::store::{self, Change, New};
use super::{crew, rights, rules, tell};
use events::Audience;
use events::onsite::{
    CheckItemAnswered, Rejected, VisitAccepted, VisitAnnounced, VisitAssigned, VisitDeclined, VisitEntered,
    VisitEvaluated, VisitRequested, VisitWithdrawn,
};
use platform::{Action, ActorRef, Ctx, Error, Ms, NewEvent, Result, Subject, Tx};
use serde::Deserialize;
use standards::date::Date;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest text in one field.
const MAX_TEXT: usize = 2_000;

/// Asks for a visit.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewVisit {
    /// Enterprise.
    pub enterprise: String,
    /// What for.
    pub kind: Kind,
    /// Why.
    pub reason_code: Reason,
    /// Why, in words.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// Skills needed, as the experts library names them.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Latest moment to come in.
    pub deadline: Ms,
    /// 1 to 4; 3 where not given.
    pub priority: Option<u8>,
    /// Event that caused it, such as an alarm.
    pub source_event: Option<Uuid>,
}

/// Chooses who goes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VisitAssignment)]
pub struct Assignment {
    /// People who go, from the proposed candidates.
    pub people: Vec<Uuid>,
    /// Window start.
    pub from: Ms,
    /// Window end.
    pub to: Ms,
    /// Version that was looked at.
    pub version: i64,
}

/// An act without more to say.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct VisitVersion {
    /// Version that was looked at.
    pub version: i64,
}

/// Why somebody will not go.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VisitDecline)]
pub struct Decline {
    /// `ill`, `conflict`, `busy`, `skill`, `other`.
    pub reason_code: String,
    /// Reason in words.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// Version that was looked at.
    pub version: i64,
}

/// What the enterprise is told.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VisitAnnounceForm)]
pub struct Announce {
    /// Matter.
    #[schema(max_length = 2000)]
    pub matter: String,
    /// Laws and clauses, from the list of the kind.
    pub legal_basis: Vec<String>,
    /// Planned end.
    pub planned_end: Ms,
    /// Government organisations that join.
    #[serde(default)]
    pub joint_with: Vec<String>,
    /// Check list; the one proposed for the enterprise where not given.
    pub template: Option<String>,
    /// Version that was looked at.
    pub version: i64,
}

/// Coming in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VisitEntry)]
pub struct Enter {
    /// What the code at the door says.
    #[schema(max_length = 500)]
    pub code: String,
    /// People present; only the caller where not given.
    #[serde(default)]
    pub people: Vec<Uuid>,
    /// Position as the device gives it.
    #[schema(max_length = 200)]
    pub position: Option<String>,
    /// Scanned before leaving instead of at the door.
    #[serde(default)]
    pub late: bool,
    /// Version that was looked at.
    pub version: i64,
}

/// The answer to one item.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VisitGivenAnswer)]
pub struct GiveAnswer {
    /// Item of the check list.
    pub item: String,
    /// `pass`, `general`, `major`, `na`.
    pub answer: String,
    /// What is wrong.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// How the visit was.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VisitEvaluationForm)]
pub struct Evaluate {
    /// 1 to 5 for `conduct`, `useful`, `burden`.
    pub scores: BTreeMap<String, u8>,
    /// Whether it is a complaint that must be answered.
    #[serde(default)]
    pub complaint: bool,
    /// Words.
    #[schema(max_length = 2000)]
    pub comment: Option<String>,
    /// Version that was looked at.
    pub version: i64,
}

/// Why the visit is not needed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VisitWithdrawal)]
pub struct Withdraw {
    /// Reason.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// Version that was looked at.
    pub version: i64,
}

/// A text a person wrote: trimmed, at least `least` characters, not longer than is sensible.
pub fn text(field: &'static str, title: &str, given: &str, least: usize) -> Result<String> {
    let given = given.trim();
    let length = given.chars().count();
    if length < least {
        return Err(Error::invalid(field, format!("{title}至少写 {least} 个字")));
    }
    if length > MAX_TEXT {
        return Err(Error::invalid(field, format!("{title}不能超过 {MAX_TEXT} 字，现有 {length} 字")));
    }
    Ok(given.to_owned())
}

fn optional(field: &'static str, title: &str, given: Option<&str>) -> Result<Option<String>> {
    given.filter(|g| !g.trim().is_empty()).map(|g| text(field, title, g, 1)).transpose()
}

/// Account and person of who acts; a machine key cannot take a person's act.
pub fn person(ctx: &Ctx) -> Result<(Uuid, Uuid)> {
    match ctx.actor.me {
        ActorRef::Person { account, person } => Ok((account, person)),
        _ => Err(Error::Forbidden("这一步须由本人登录办理，接口密钥不能代办".to_owned())),
    }
}

/// Refuses what was decided on an older version.
pub fn fresh(row: &Row, version: i64) -> Result<()> {
    if row.version == version { Ok(()) } else { Err(store::stale()) }
}

/// The calendar year a moment falls in.
pub fn year(at: Ms) -> i64 {
    Date::beijing(at.0).map_or(0, |day| i64::from(day.year()))
}

/// An event about a visit, caused by the last one. What government does before the enterprise is told
/// stays with government.
pub fn event<P: events::Payload>(ctx: &Ctx, row: &Row, payload: &P) -> Result<NewEvent> {
    let event = ctx.event(payload, row.subject(), &row.placed)?.because([row.last_event]);
    let told = row.announcement.is_some();
    Ok(if row.visit.kind.is_government() && !told { event.audience(Audience::Gov) } else { event })
}

/// Asks for a visit; answers its id.
pub async fn request(ctx: &Ctx, form: NewVisit) -> Result<Uuid> {
    ctx.allow(&PART, Action::Register)?;
    person(ctx)?;
    rights::may_request(ctx, form.kind)?;
    let reason = text("reason", "事由说明", &form.reason, 5)?;
    if form.deadline <= ctx.now() {
        return Err(Error::invalid("deadline", "最迟入企时间已经过去，请填写以后的时间"));
    }
    let priority = form.priority.unwrap_or(3);
    if !(1..=4).contains(&priority) {
        return Err(Error::invalid("priority", "优先级须为 1（最急）到 4"));
    }
    let skills = shaped(&form.skills)?;
    let org = store::enterprise(ctx, &form.enterprise).await?;
    let source = match form.source_event {
        Some(id) => Some((id, cause(ctx, id, &org.id).await?)),
        None => None,
    };
    let asked = Asked {
        visit: Visit::request(form.kind, form.reason_code),
        reason,
        skills,
        deadline: form.deadline,
        priority,
        source,
    };
    let tx = ctx.begin().await?;
    open(ctx, tx, &org.placed(), asked).await
}

/// The object of the event that is named as the cause.
async fn cause(ctx: &Ctx, id: Uuid, enterprise: &str) -> Result<String> {
    let wrong = || Error::invalid("source_event", "找不到这个起因事件，或它与这家企业无关；请从预警或记录页面发起申请");
    let chain = platform::timeline::with_causes(ctx, id).await.map_err(|_| wrong())?;
    let found = chain.items.into_iter().find(|e| e.id == id).ok_or_else(wrong)?;
    let theirs = platform::timeline::timeline(ctx, Some(&found.subject), Some(enterprise), None, None, 1).await?;
    if theirs.is_empty() { Err(wrong()) } else { Ok(found.subject) }
}

fn shaped(skills: &[String]) -> Result<Vec<String>> {
    let fits = |s: &str| !s.is_empty() && s.chars().count() <= 20 && !s.chars().any(|c| c.is_whitespace() || c == ',');
    let skills: Vec<String> = skills.iter().map(|s| s.trim().to_owned()).collect();
    if skills.len() > 8 || !skills.iter().all(|s| fits(s)) {
        return Err(Error::invalid("skills", "所需专业最多 8 项，请从专业目录中选择"));
    }
    Ok(skills)
}

/// What is asked for, checked.
pub struct Asked {
    /// Kind and reason.
    pub visit: Visit,
    /// Why, in words.
    pub reason: String,
    /// Skills.
    pub skills: Vec<String>,
    /// Latest moment.
    pub deadline: Ms,
    /// 1 to 4.
    pub priority: u8,
    /// Event that caused it, and its object.
    pub source: Option<(Uuid, String)>,
}

/// Writes a request, unless the yearly cap is reached and the reason is not urgent.
pub async fn open(ctx: &Ctx, mut tx: Tx, placed: &platform::Placed, asked: Asked) -> Result<Uuid> {
    let id = ctx.new_id();
    let year = year(ctx.now());
    let enterprise = placed.enterprise.clone().unwrap_or_default();
    let limit = rules::limit("visits_per_year", ctx.now(), &placed.region)?;
    let (used, _) = store::used_in(&mut tx, &enterprise, year).await?;
    if used >= limit.value && !asked.visit.reason.over_cap() {
        return Err(Error::refused(
            format!("{}（{}）", limit.rule, limit.edition),
            format!(
                "该企业今年已有 {used} 次检查服务，达到每年 {} 次的上限（各主体合计）；请与已有的检查服务合并办理，或在预警、事故、投诉举报、整改复查的情形下办理",
                limit.value
            ),
        ));
    }
    let payload = VisitRequested {
        visit: id,
        visit_kind: asked.visit.kind.code().into(),
        skills: asked.skills.iter().map(Into::into).collect(),
        deadline: asked.deadline.0,
        priority: asked.priority,
        reason_code: asked.visit.reason.code().into(),
        reason: asked.reason.clone().into(),
        source_event: asked.source.as_ref().map(|s| s.0),
    };
    let mut event = ctx.event(&payload, subject(id), placed)?.because(asked.source.as_ref().map(|s| s.0));
    if asked.visit.kind.is_government() {
        event = event.audience(Audience::Gov);
    }
    event.rules = Some(format!("{} {}", limit.rule, limit.edition));
    let new = New {
        id,
        placed,
        visit: &asked.visit,
        reason: &asked.reason,
        skills: &asked.skills,
        priority: asked.priority,
        deadline: asked.deadline,
        source: asked.source.clone(),
        year,
        event: event.id,
    };
    store::insert(&mut tx, ctx, &new).await?;
    if ctx.actor.subject == Some(Subject::Insurer) {
        let purpose = "本机构申请的检查服务";
        rights::open_objects(&mut tx, ctx, &ctx.actor.org, &enterprise, &rights::record_of(id), purpose, event.id)
            .await?;
    }
    tell::requested(&mut tx, ctx, id, placed, &asked, event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(id)
}

/// Chooses who goes.
pub async fn assign(ctx: &Ctx, id: Uuid, form: Assignment) -> Result<()> {
    ctx.allow(&PART, Action::Assign)?;
    person(ctx)?;
    if form.to <= form.from || form.to <= ctx.now() {
        return Err(Error::invalid("to", "入企时段的结束须晚于开始，并且在以后"));
    }
    let seen = store::load(ctx, id).await?;
    rights::may_assign(ctx, &seen)?;
    let window = (form.from, form.to);
    seen.visit.clone().assign(form.people.clone())?;
    let found = crew::find(ctx, &seen, window).await?;
    let chosen = crew::choose(&found, &form.people, &seen)?;
    rights::own_people_only(ctx, &chosen.org)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let after = row.visit.clone().assign(form.people.clone())?;
    let payload = VisitAssigned {
        visit: id,
        org: chosen.org.as_str().into(),
        people: form.people,
        from: form.from.0,
        to: form.to.0,
        chosen_score: chosen.score,
        score_parts: chosen.parts.iter().map(|(k, v)| (k.into(), *v)).collect(),
        rejected: found
            .rejected
            .iter()
            .map(|r| Rejected { person: r.person, reason: r.code.as_str().into() })
            .collect(),
    };
    let event = event(ctx, &row, &payload)?;
    let change = Change::Assigned {
        org: &chosen.org,
        people: &chosen.people,
        window,
        score: (chosen.score, &chosen.parts),
        rejected: &found.rejected,
    };
    store::update(&mut tx, ctx, &row, after.state, event.id, change).await?;
    rights::close(&mut tx, &row, ctx.now()).await?;
    rights::open_brief(&mut tx, ctx, &row, &chosen.org, event.id).await?;
    tell::assigned(&mut tx, ctx, &row, &chosen, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// The people sent accept.
pub async fn accept(ctx: &Ctx, id: Uuid, version: i64) -> Result<()> {
    ctx.allow(&PART, Action::Acknowledge)?;
    let (_, me) = person(ctx)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    rights::is_sent(ctx, &row)?;
    fresh(&row, version)?;
    let after = row.visit.clone().accept()?;
    let event = event(ctx, &row, &VisitAccepted { visit: id, person: me })?;
    store::update(&mut tx, ctx, &row, after.state, event.id, Change::Plain).await?;
    tell::answered(&mut tx, ctx, &row, "已接受派单，请等待入企告知", event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// The people sent decline.
pub async fn decline(ctx: &Ctx, id: Uuid, form: Decline) -> Result<()> {
    ctx.allow(&PART, Action::Acknowledge)?;
    person(ctx)?;
    let reason = text("reason", "谢绝理由", &form.reason, 2)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    rights::is_sent(ctx, &row)?;
    fresh(&row, form.version)?;
    let after = row.visit.clone().decline(&form.reason_code)?;
    let payload = VisitDeclined { visit: id, reason_code: form.reason_code.as_str().into(), reason: reason.into() };
    let event = event(ctx, &row, &payload)?;
    store::update(&mut tx, ctx, &row, after.state, event.id, Change::Declined).await?;
    rights::close(&mut tx, &row, ctx.now()).await?;
    tell::answered(&mut tx, ctx, &row, "派出的人员谢绝了，请重新派定", event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// The enterprise is told matter, basis and planned end.
pub async fn announce(ctx: &Ctx, id: Uuid, form: Announce) -> Result<()> {
    ctx.allow(&PART, Action::Inspect)?;
    person(ctx)?;
    let matter = text("matter", "检查服务事项", &form.matter, 4)?;
    rights::joint_exist(ctx, &form.joint_with).await?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    rights::is_sent(ctx, &row)?;
    fresh(&row, form.version)?;
    let known = rules::bases(row.visit.kind);
    if let Some(other) = form.legal_basis.iter().find(|b| !known.contains(&b.as_str())) {
        return Err(Error::invalid("legal_basis", format!("“{other}”不在本类检查服务的依据列表中，请从列表中选择")));
    }
    let after = row.visit.clone().announce(form.legal_basis.len(), ctx.now().0, form.planned_end.0)?;
    let template = form.template.as_deref().unwrap_or_else(|| checks::proposed(&row.placed.sectors));
    if checks::find(&ctx.app.rules(), template).is_none() {
        return Err(Error::invalid("template", "没有这份检查表，请从列表中选择"));
    }
    let told = Announcement {
        matter: matter.clone(),
        legal_basis: form.legal_basis,
        planned_end: form.planned_end,
        joint_with: form.joint_with,
        at: ctx.now(),
    };
    let payload = VisitAnnounced {
        visit: id,
        unit: row.org.clone().unwrap_or_default().into(),
        matter: matter.into(),
        legal_basis: told.legal_basis.iter().map(Into::into).collect(),
        planned_end: told.planned_end.0,
        joint_with: told.joint_with.iter().map(Into::into).collect(),
    };
    let mut event = ctx.event(&payload, row.subject(), &row.placed)?.because([row.last_event]);
    event.law.clone_from(&told.legal_basis);
    store::update(&mut tx, ctx, &row, after.state, event.id, Change::Announced(&told, template)).await?;
    tell::announced(&mut tx, ctx, &row, &told, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// They come in by the enterprise's code. An expert whose certificate has run out or who has a
/// conflict is refused here again, whatever was true when they were chosen.
pub async fn enter(ctx: &Ctx, id: Uuid, form: Enter) -> Result<()> {
    ctx.allow(&PART, Action::Inspect)?;
    let (_, me) = person(ctx)?;
    let present = if form.people.is_empty() { vec![me] } else { form.people.clone() };
    let seen = store::load(ctx, id).await?;
    rights::is_one_of(&seen.visit.people, me, "只有派定的人员本人可以扫码入企")?;
    crew::at_the_door(ctx, &seen, &present).await?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let fits = code_fits(&form.code, row.enterprise());
    let after = row.visit.clone().enter(fits, present.clone(), form.late)?;
    rights::is_one_of(&after.present, me, "扫码的人须在到场名单里")?;
    let position = optional("position", "位置", form.position.as_deref())?.unwrap_or_else(|| "设备未提供".to_owned());
    let payload = VisitEntered {
        visit: id,
        code: format!("enterprise/{}", row.enterprise()).into(),
        people: present.clone(),
        position: position.into(),
        late: form.late,
    };
    let mut event = event(ctx, &row, &payload)?;
    if row.visit.kind.is_government() {
        event = event.law(rules::TWO_OFFICERS);
    }
    store::update(&mut tx, ctx, &row, after.state, event.id, Change::Entered { present: &present, late: form.late })
        .await?;
    tell::entered(&mut tx, ctx, &row, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// One item of the list is answered; a later answer takes its place, the earlier event stays.
pub async fn answer(ctx: &Ctx, id: Uuid, form: GiveAnswer) -> Result<()> {
    ctx.allow(&PART, Action::Inspect)?;
    let (_, me) = person(ctx)?;
    let note = optional("note", "问题描述", form.note.as_deref())?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    row.visit.answer(&form.answer, note.as_deref().unwrap_or_default())?;
    rights::is_one_of(&row.visit.present, me, "只有到场的人员可以填写检查项")?;
    let template = row.template.as_deref().and_then(|key| checks::find(&ctx.app.rules(), key));
    let item = template.and_then(|t| t.items.into_iter().find(|i| i.key == form.item));
    let item = item.ok_or_else(|| Error::invalid("item", "本次检查表没有这一项，请刷新后重试"))?;
    let seq = store::answers_in(&mut tx, id).await?.iter().map(|a| a.seq).max().unwrap_or(0) + 1;
    let payload = CheckItemAnswered {
        visit: id,
        item: item.key.as_str().into(),
        clause: Some(item.clause.as_str().into()),
        answer: form.answer.as_str().into(),
        note: note.clone().map(Into::into),
        seq: u32::try_from(seq).unwrap_or(u32::MAX),
    };
    let event = event(ctx, &row, &payload)?.law(item.clause.clone());
    let given = Answer { item: form.item, answer: form.answer, note, seq, at: ctx.now(), event: event.id };
    store::hold(&mut tx, &row).await?;
    store::put_answer(&mut tx, ctx, id, &given).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// The enterprise says how the visit was. Those who came do not see it; supervision does.
pub async fn evaluate(ctx: &Ctx, id: Uuid, form: Evaluate) -> Result<()> {
    ctx.allow(&PART, Action::Evaluate)?;
    person(ctx)?;
    let comment = optional("comment", "评价意见", form.comment.as_deref())?;
    if form.complaint && comment.is_none() {
        return Err(Error::invalid("comment", "投诉须写明情况，以便执法监督核实答复"));
    }
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Evaluate, &row.placed)?;
    fresh(&row, form.version)?;
    let after = row.visit.clone().evaluate(&form.scores)?;
    let payload = VisitEvaluated {
        visit: id,
        scores: form.scores.iter().map(|(k, v)| (k.into(), *v)).collect(),
        complaint: form.complaint,
        comment: comment.clone().map(Into::into),
    };
    let event = event(ctx, &row, &payload)?.audience(Audience::Restricted);
    let said = Evaluation { scores: form.scores, complaint: form.complaint, comment, at: ctx.now() };
    store::put_evaluation(&mut tx, id, &said).await?;
    store::update(&mut tx, ctx, &row, after.state, event.id, Change::Plain).await?;
    if said.complaint {
        tell::complaint(&mut tx, ctx, &row, event.id).await?;
    }
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// The visit is not needed any more.
pub async fn withdraw(ctx: &Ctx, id: Uuid, form: Withdraw) -> Result<()> {
    person(ctx)?;
    let reason = text("reason", "撤回理由", &form.reason, 4)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    rights::may_withdraw(ctx, &row)?;
    fresh(&row, form.version)?;
    let after = row.visit.clone().withdraw()?;
    let event = event(ctx, &row, &VisitWithdrawn { visit: id, reason: reason.clone().into() })?;
    store::update(&mut tx, ctx, &row, after.state, event.id, Change::Withdrawn(&reason)).await?;
    rights::close(&mut tx, &row, ctx.now()).await?;
    tell::withdrawn(&mut tx, ctx, &row, &reason, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}
