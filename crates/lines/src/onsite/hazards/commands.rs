//! What people do to a hazard until it is to be fixed, and what a loader of history does in their
//! place: report, confirm the level, assign, ask for more time and decide on it.
use super::super::visits::commands::{person, text, year};
use super::super::{PART, checks};
use super::decide::{Extent, Hazard, Level, Order, Via, Who};
use super::model::{Row, subject};
use super::store::{self, Change, New};
use super::{clocks, photos, rules, similar, tell};
use events::onsite::{
    HazardAssigned, HazardDuplicateLinked, HazardExtensionDecided, HazardExtensionRequested, HazardFound,
    HazardLevelConfirmed,
};
use platform::{Action, Ctx, Error, Ms, NewEvent, Placed, Result, Subject, Tx};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Reports a hazard.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewHazard {
    /// Enterprise.
    pub enterprise: String,
    /// Level as suspected; a criterion of a list of major dangers makes it major.
    pub level: Level,
    /// Code of the criterion, from `/hazard-clauses`.
    pub clause_code: Option<String>,
    /// Place.
    #[schema(max_length = 200)]
    pub place: String,
    /// What is wrong.
    #[schema(max_length = 2000)]
    pub text: String,
    /// How it was found.
    pub found_via: Via,
    /// Visit that found it.
    pub visit: Option<Uuid>,
    /// Item of the visit's check list; names the criterion where none is given.
    pub item: Option<String>,
    /// Monitoring point that watches the same thing.
    pub tag: Option<String>,
    /// Digests of photos.
    #[serde(default)]
    pub photos: Vec<String>,
}

/// Confirms the level.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ConfirmLevel {
    /// Level.
    pub to: Level,
    /// Ground.
    #[schema(max_length = 2000)]
    pub ground: String,
    /// Version that was looked at.
    pub version: i64,
}

/// Says who rectifies, how, by when.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AssignHazard {
    /// Post responsible.
    #[schema(max_length = 100)]
    pub owner_post: String,
    /// Person responsible.
    #[schema(max_length = 100)]
    pub owner: String,
    /// Measure.
    #[schema(max_length = 2000)]
    pub measure: String,
    /// Money, 分.
    pub money_fen: Option<i64>,
    /// Last day, `2026-11-23`; the proposed day where not given.
    pub due_on: Option<String>,
    /// Plan for emergencies meanwhile; required for major hazards.
    #[schema(max_length = 2000)]
    pub plan: Option<String>,
    /// Version that was looked at.
    pub version: i64,
}

/// Asks for more time.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AskExtension {
    /// Working days.
    pub working_days: u32,
    /// Reason.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// What keeps it safe meanwhile.
    #[schema(max_length = 2000)]
    pub interim_measure: String,
    /// Version that was looked at.
    pub version: i64,
}

/// Decides on more time.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct DecideExtension {
    /// Granted.
    pub granted: bool,
    /// Reason.
    #[schema(max_length = 2000)]
    pub reason: String,
    /// Version that was looked at.
    pub version: i64,
}

/// Who acts.
pub fn who(ctx: &Ctx) -> Result<Who> {
    let (_, person) = person(ctx)?;
    let government = ctx.actor.subject == Some(Subject::Government);
    Ok(Who { person, org: ctx.actor.org.clone(), government })
}

/// Refuses what was decided on an older version.
pub fn fresh(row: &Row, version: i64) -> Result<()> {
    if row.version == version { Ok(()) } else { Err(store::stale()) }
}

/// An event about a hazard, caused by the last one.
pub fn event<P: events::Payload>(ctx: &Ctx, row: &Row, payload: &P) -> Result<NewEvent> {
    Ok(ctx.event(payload, row.subject(), &row.placed)?.because([row.last_event]))
}

/// Government and the enterprise itself decide on levels and orders; others only find and verify.
pub fn side(ctx: &Ctx, government: Action) -> Result<()> {
    match ctx.actor.subject {
        Some(Subject::Government) => ctx.allow(&PART, government),
        Some(Subject::Enterprise) => ctx.allow(&PART, Action::Assign),
        _ => Err(Error::Forbidden("这一步由企业或监管部门办理；服务机构和保险机构可以报告和复查隐患".to_owned())),
    }
}

/// Refuses an amount that cannot be.
pub fn money(field: &'static str, fen: Option<i64>) -> Result<()> {
    match fen {
        Some(fen) if !(0..=100_000_000_000).contains(&fen) => {
            Err(Error::invalid(field, "金额须在 0 到 10 亿元之间，单位为分"))
        }
        _ => Ok(()),
    }
}

async fn may_find(ctx: &Ctx, form: &NewHazard, person: Uuid) -> Result<()> {
    let government = ctx.actor.subject == Some(Subject::Government);
    match (form.found_via, form.visit) {
        (Via::Visit, None) => return Err(Error::invalid("visit", "来源为检查服务的隐患须指明是哪一次检查服务")),
        (Via::Visit, Some(visit)) => {
            if let Some(item) = form.item.as_deref()
                && store::item_is_known(ctx, visit, item).await?
            {
                return Err(Error::invalid("item", "这一项已登记为隐患，请在隐患清单中查看"));
            }
            if !store::was_present(ctx, visit, &form.enterprise, person).await? {
                return Err(Error::invalid(
                    "visit",
                    "没有这次检查服务，或您没有在这次检查服务中到场；请从检查服务页面登记",
                ));
            }
        }
        (_, Some(_)) => return Err(Error::invalid("visit", "只有来源为检查服务时才填写检查服务")),
        (Via::Patrol, None) if !government => {
            return Err(Error::invalid("found_via", "日常巡查由监管部门登记；企业请选择“企业自查”"));
        }
        (Via::SelfCheck, None) if ctx.actor.subject != Some(Subject::Enterprise) => {
            return Err(Error::invalid("found_via", "企业自查由企业登记；请选择其他来源"));
        }
        _ => {}
    }
    Ok(())
}

/// The criterion that was chosen, or that the item of the check list names.
fn criterion(ctx: &Ctx, form: &NewHazard) -> Result<Option<rules::HazardClause>> {
    let tables = ctx.app.rules();
    if let Some(code) = form.clause_code.as_deref().filter(|c| !c.is_empty()) {
        let found = rules::clause(&tables, ctx.now(), code)
            .ok_or_else(|| Error::invalid("clause_code", format!("没有在用的条款“{code}”，请从条款库中搜索选择")))?;
        return Ok(Some(found));
    }
    let Some(key) = form.item.as_deref() else { return Ok(None) };
    let item = checks::all(&tables).into_iter().flat_map(|t| t.items).find(|i| i.key == key);
    let item = item.ok_or_else(|| Error::invalid("item", "检查表中没有这一项，请从检查服务页面登记"))?;
    Ok(rules::of_item(&tables, ctx.now(), &item))
}

/// Reports a hazard; answers its id. One that is open already at the same place is linked, not issued
/// again.
pub async fn report(ctx: &Ctx, form: NewHazard) -> Result<Uuid> {
    ctx.allow(&PART, Action::Register)?;
    let (_, person) = person(ctx)?;
    let place = text("place", "部位", &form.place, 2)?;
    let words = text("text", "问题描述", &form.text, 4)?;
    let org = store::enterprise(ctx, &form.enterprise).await?;
    may_find(ctx, &form, person).await?;
    let clause = criterion(ctx, &form)?;
    let tag = form.tag.as_deref().map(str::trim).filter(|t| !t.is_empty());
    if tag.is_some_and(|t| t.len() > 100) {
        return Err(Error::invalid("tag", "点位编号不能超过 100 个字符"));
    }
    let files = photos::check(ctx, "photos", &form.photos, None).await?;
    let found = Found {
        level: if clause.as_ref().is_some_and(|c| c.major) { Level::Major } else { form.level },
        clause: clause.map(|c| (c.code, c.clause)),
        place,
        text: words,
        via: form.found_via,
        by: (ctx.actor.org.clone(), Some(person)),
        visit: form.visit.map(|v| (v, form.item.clone())),
        tag: tag.map(str::to_owned),
        because: vec![],
    };
    let mut tx = ctx.begin().await?;
    let (id, mut events) = write(&mut tx, ctx, &org.placed(), &found).await?;
    store::put_photos(&mut tx, id, "found", 0, &form.photos).await?;
    let mut first = events.remove(0);
    first.files.extend(files);
    tell::found(&mut tx, ctx, id, &org, &found, first.id).await?;
    ctx.commit(tx, first, events).await?;
    Ok(id)
}

/// What was found, checked.
pub struct Found {
    /// Level as suspected.
    pub level: Level,
    /// Code and citation of the criterion.
    pub clause: Option<(String, String)>,
    /// Place.
    pub place: String,
    /// What is wrong.
    pub text: String,
    /// How.
    pub via: Via,
    /// Organisation and person.
    pub by: (String, Option<Uuid>),
    /// Visit and item of its check list.
    pub visit: Option<(Uuid, Option<String>)>,
    /// Sensor.
    pub tag: Option<String>,
    /// Events that led to it.
    pub because: Vec<Uuid>,
}

/// Writes a finding; answers its id and events. Duplicates are linked in the same write.
pub async fn write(tx: &mut Tx, ctx: &Ctx, placed: &Placed, found: &Found) -> Result<(Uuid, Vec<NewEvent>)> {
    let id = ctx.new_id();
    let enterprise = placed.enterprise.clone().unwrap_or_default();
    let payload = HazardFound {
        hazard: id,
        level: found.level.code().into(),
        clause: found.clause.as_ref().map(|c| c.1.as_str().into()),
        place: found.place.clone().into(),
        text: found.text.clone().into(),
        found_via: found.via.code().into(),
        visit: found.visit.as_ref().map(|v| v.0),
        tag: found.tag.as_deref().map(Into::into),
    };
    let mut first = ctx.event(&payload, subject(id), placed)?.because(found.because.iter().copied());
    first.law.extend(found.clause.iter().map(|c| c.1.clone()));
    let of = twin(tx, ctx, placed, found).await?;
    let mut hazard = Hazard::found(enterprise, found.level);
    let mut events = vec![];
    let mut last = first.id;
    if let Some((of, similarity)) = of {
        hazard = hazard.link()?;
        let linked = HazardDuplicateLinked { hazard: id, of, similarity };
        let linked = ctx.event(&linked, subject(id), placed)?.because([first.id]);
        last = linked.id;
        events.push(linked);
    }
    let new = New {
        id,
        placed,
        hazard: &hazard,
        clause: found.clause.as_ref().map(|(code, cited)| (code.as_str(), cited.as_str())),
        place: &found.place,
        text: &found.text,
        via: found.via,
        found_by: (&found.by.0, found.by.1),
        visit: found.visit.as_ref().map(|(visit, item)| (*visit, item.as_deref())),
        tag: found.tag.as_deref(),
        year: year(ctx.now()),
        duplicate_of: of,
        events: (first.id, last),
    };
    store::insert(tx, ctx, &new).await?;
    events.insert(0, first);
    Ok((id, events))
}

/// The open hazard under the same criterion whose place is most alike, where alike enough.
async fn twin(tx: &mut Tx, ctx: &Ctx, placed: &Placed, found: &Found) -> Result<Option<(Uuid, f64)>> {
    let Some((_, clause)) = &found.clause else { return Ok(None) };
    let least = rules::limit("similar_percent", ctx.now(), &placed.region)?.value as f64 / 100.0;
    let open = store::open_places(tx, placed.enterprise.as_deref().unwrap_or_default(), clause).await?;
    let alike = open.into_iter().map(|(id, place)| (id, similar::similarity(&place, &found.place)));
    Ok(alike.filter(|(_, s)| *s >= least).max_by(|a, b| a.1.total_cmp(&b.1)))
}

/// Confirms the level.
pub async fn confirm(ctx: &Ctx, id: Uuid, form: ConfirmLevel) -> Result<()> {
    side(ctx, Action::Approve)?;
    let who = who(ctx)?;
    let ground = text("ground", "认定依据", &form.ground, 4)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let after = row.hazard.clone().confirm(form.to, &who)?;
    let payload = HazardLevelConfirmed {
        hazard: id,
        from: row.suspected.code().into(),
        to: form.to.code().into(),
        criterion: row.clause.as_deref().map(Into::into),
        ground: ground.clone().into(),
    };
    let mut event = event(ctx, &row, &payload)?;
    event.law.extend(row.clause.clone());
    store::update(&mut tx, ctx, &row, &after, event.id, Change::Ground(&ground)).await?;
    tell::confirmed(&mut tx, ctx, &row, form.to, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// The proposed due time of a hazard, and the rule it comes from. None where the calendar of that
/// year is not published: a person then writes the day.
pub fn proposed_due(ctx: &Ctx, row: &Row) -> Result<(Option<Ms>, rules::Limit)> {
    let id = if row.hazard.level == Level::Major { "due_major" } else { "due_general" };
    let limit = rules::limit(id, ctx.now(), &row.placed.region)?;
    Ok((rules::after_workdays(ctx, "due_on", ctx.now(), limit.value).ok(), limit))
}

/// Who rectifies, how, with what money, by when.
pub async fn assign(ctx: &Ctx, id: Uuid, form: AssignHazard) -> Result<()> {
    side(ctx, Action::Assign)?;
    who(ctx)?;
    let post = text("owner_post", "责任岗位", &form.owner_post, 2)?;
    let owner = text("owner", "责任人", &form.owner, 2)?;
    let measure = text("measure", "整改措施", &form.measure, 4)?;
    let plan = form.plan.as_deref().filter(|p| !p.trim().is_empty());
    let plan = plan.map(|p| text("plan", "应急预案", p, 10)).transpose()?;
    money("money_fen", form.money_fen)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let (due, rule) = if let Some(day) = form.due_on.as_deref().filter(|d| !d.is_empty()) {
        (rules::due_on(ctx, day)?, "由下达人填写的期限".to_owned())
    } else {
        let (due, limit) = proposed_due(ctx, &row)?;
        let wrong = || Error::invalid("due_on", "该年的节假日安排未公布，不能推算工作日；请直接填写截止日期");
        (due.ok_or_else(wrong)?, format!("{}个工作日，{}", limit.value, limit.rule))
    };
    let order = Order { plan: plan.is_some(), money: form.money_fen.is_some(), due: due.0 };
    let after = row.hazard.clone().assign(order, ctx.now().0)?;
    let payload = HazardAssigned {
        hazard: id,
        owner_post: post.as_str().into(),
        owner: owner.clone().into(),
        measure: measure.clone().into(),
        money_fen: form.money_fen,
        due: due.0,
        rule: rule.as_str().into(),
        plan: plan.clone().map(Into::into),
    };
    let event = event(ctx, &row, &payload)?.law(rules::DUTY);
    let change = Change::Assigned {
        post: &post,
        name: &owner,
        measure: &measure,
        money: form.money_fen,
        plan: plan.as_deref(),
        rule: &rule,
    };
    store::update(&mut tx, ctx, &row, &after, event.id, change).await?;
    clocks::restart(&mut tx, ctx, &row, due, event.id).await?;
    tell::assigned(&mut tx, ctx, &row, due, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// How far extensions go, now and there.
pub fn extent(ctx: &Ctx, row: &Row) -> Result<Extent> {
    let times = rules::limit("extensions", ctx.now(), &row.placed.region)?;
    let days = rules::limit("extension_days", ctx.now(), &row.placed.region)?;
    let number = |n: i64| u32::try_from(n).unwrap_or(0);
    Ok(Extent { times: number(times.value), days: number(days.value), rule: times.rule })
}

/// The enterprise asks for more time.
pub async fn ask_extension(ctx: &Ctx, id: Uuid, form: AskExtension) -> Result<()> {
    ctx.allow(&PART, Action::Rectify)?;
    who(ctx)?;
    let reason = text("reason", "延期理由", &form.reason, 4)?;
    let interim = text("interim_measure", "期间的临时措施", &form.interim_measure, 4)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Rectify, &row.placed)?;
    fresh(&row, form.version)?;
    let extent = extent(ctx, &row)?;
    let after = row.hazard.clone().ask_extension(form.working_days, &extent, ctx.now().0)?;
    let payload = HazardExtensionRequested {
        hazard: id,
        working_days: form.working_days,
        reason: reason.clone().into(),
        interim_measure: interim.clone().into(),
    };
    let mut event = event(ctx, &row, &payload)?;
    event.rules = Some(extent.rule);
    store::update(&mut tx, ctx, &row, &after, event.id, Change::Asked(&reason, &interim)).await?;
    tell::extension_asked(&mut tx, ctx, &row, form.working_days, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// Government decides on more time. The days asked for are counted from the due time.
pub async fn decide_extension(ctx: &Ctx, id: Uuid, form: DecideExtension) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    who(ctx)?;
    let reason = text("reason", "审批意见", &form.reason, 2)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let until = match (form.granted, row.due(), row.hazard.asked_days) {
        (true, Some(due), Some(days)) => Some(rules::after_workdays(ctx, "granted", due, i64::from(days))?),
        _ => None,
    };
    let after = row.hazard.clone().decide_extension(until.map(|u| u.0))?;
    let payload = HazardExtensionDecided {
        hazard: id,
        granted: form.granted,
        until: until.map(|u| u.0),
        reason: reason.clone().into(),
    };
    let event = event(ctx, &row, &payload)?;
    store::update(&mut tx, ctx, &row, &after, event.id, Change::Plain).await?;
    if let Some(until) = until {
        clocks::restart(&mut tx, ctx, &row, until, event.id).await?;
    }
    tell::extension_decided(&mut tx, ctx, &row, until, &reason, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}
