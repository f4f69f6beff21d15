//! Fixing a hazard and what follows: rectified, verified or given back, listed for supervision and
//! taken off the list.
use super::super::PART;
use super::super::visits::commands::{person, text};
use super::commands::{event, fresh, money, who};
use super::decide::State;
use super::model::Row;
use super::store::{self, Change};
use super::{clocks, photos, rules, tell};
use events::onsite::{
    HazardClosed, HazardListed, HazardRectified, HazardReopened, HazardSupervisionLifted, HazardVerified,
};
use platform::{Action, Ctx, Error, NewEvent, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Says that it is fixed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = RectifyHazard)]
pub struct Rectify {
    /// What was done.
    #[schema(max_length = 2000)]
    pub measure: String,
    /// Cost, 分.
    pub cost_fen: Option<i64>,
    /// Digests of photos before; those of the finding where not given.
    #[serde(default)]
    pub before: Vec<String>,
    /// Digests of photos after, from the same angle.
    pub after: Vec<String>,
    /// Version that was looked at.
    pub version: i64,
}

/// Says whether it is fixed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = VerifyHazard)]
pub struct Verify {
    /// Fixed.
    pub passed: bool,
    /// Note; required where it is not fixed.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    /// Version that was looked at.
    pub version: i64,
}

/// Why it is opened again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ReopenHazard)]
pub struct Reopen {
    /// Why.
    #[schema(max_length = 2000)]
    pub why: String,
    /// Version that was looked at.
    pub version: i64,
}

/// Lists it for supervision.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct ListHazard {
    /// `county`, `city`, `province`.
    pub level: String,
    /// Last day, `2026-11-23`.
    pub due_on: String,
    /// Version that was looked at.
    pub version: i64,
}

/// Takes it off the list.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct LiftHazard {
    /// Opinion.
    #[schema(max_length = 2000)]
    pub opinion: String,
    /// Version that was looked at.
    pub version: i64,
}

/// Who lists hazards for supervision.
pub const LISTINGS: [(&str, &str); 3] = [("county", "县级挂牌"), ("city", "市级挂牌"), ("province", "省级挂牌")];

/// The enterprise says it is fixed.
pub async fn rectify(ctx: &Ctx, id: Uuid, form: Rectify) -> Result<()> {
    ctx.allow(&PART, Action::Rectify)?;
    let (account, _) = person(ctx)?;
    let who = who(ctx)?;
    let done = text("measure", "整改情况", &form.measure, 4)?;
    money("cost_fen", form.cost_fen)?;
    let seen = store::load(ctx, id).await?;
    ctx.require(&PART, Action::Rectify, &seen.placed)?;
    // The step is refused before any photo is looked at.
    seen.hazard.clone().rectify(&who)?;
    let mut files = photos::check(ctx, "before", &form.before, Some(id)).await?;
    files.extend(photos::check(ctx, "after", &form.after, Some(id)).await?);
    if form.after.is_empty() {
        return Err(Error::refused(rules::PHOTOS, "after：请上传整改后的现场照片，至少一张"));
    }
    let found = store::photos(ctx, id).await?.into_iter().filter(|p| p.side != "after");
    let before = if form.before.is_empty() { found.map(|p| p.digest).collect::<Vec<_>>() } else { form.before.clone() };
    if before.is_empty() {
        return Err(Error::refused(rules::PHOTOS, "before：发现时没有留下照片，请上传整改前的现场照片，至少一张"));
    }
    if before.iter().any(|digest| form.after.contains(digest)) {
        return Err(Error::refused(rules::PHOTOS, "after：整改前后用了同一张照片；请上传整改后新拍的照片"));
    }
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let after = row.hazard.clone().rectify(&who)?;
    let codes = |all: &[String]| all.iter().map(Into::into).collect();
    let payload = HazardRectified {
        hazard: id,
        measure: done.clone().into(),
        cost_fen: form.cost_fen,
        person: account,
        before: codes(&before),
        after: codes(&form.after),
    };
    let mut event = event(ctx, &row, &payload)?;
    event.files.extend(files);
    store::update(&mut tx, ctx, &row, &after, event.id, Change::Rectified(&done, form.cost_fen)).await?;
    store::put_photos(&mut tx, id, "before", row.round, &form.before).await?;
    store::put_photos(&mut tx, id, "after", row.round, &form.after).await?;
    clocks::met(&mut tx, &row).await?;
    tell::rectified(&mut tx, ctx, &row, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

fn closed(ctx: &Ctx, row: &Row, because: Uuid) -> Result<NewEvent> {
    let event = ctx.event(&HazardClosed { hazard: row.id }, row.subject(), &row.placed)?;
    Ok(event.because([because]))
}

/// Somebody else looked: fixed or not. The value of the sensor goes with it where there is one.
pub async fn verify(ctx: &Ctx, id: Uuid, form: Verify) -> Result<()> {
    ctx.allow(&PART, Action::Verify)?;
    let (account, _) = person(ctx)?;
    let who = who(ctx)?;
    let least = if form.passed { 0 } else { 4 };
    let note = text("note", "复查意见", form.note.as_deref().unwrap_or_default(), least)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let sensor = match row.tag.as_deref() {
        Some(tag) => store::sensor(&mut tx, row.enterprise(), tag).await?,
        None => None,
    };
    let after = row.hazard.clone().verify(&who, form.passed, sensor.as_ref().map(|s| s.inside))?;
    let (late, counted) = match row.due().zip(row.rectified_at) {
        Some((due, at)) => rules::days_late(ctx, due, at)?,
        None => (0, true),
    };
    let payload = HazardVerified {
        hazard: id,
        passed: form.passed,
        verifier: account,
        found_by: row.found_org.as_str().into(),
        level: row.hazard.level.code().into(),
        on_time: row.due().zip(row.rectified_at).is_some_and(|(due, at)| at <= due),
        days_late: late,
        sensor: sensor.as_ref().map(Into::into),
        note: (!note.is_empty()).then(|| note.clone().into()),
    };
    let mut first = event(ctx, &row, &payload)?.because(sensor.as_ref().map(|s| s.event));
    if !counted {
        first.rules = Some("该年日历未发布，逾期天数按自然日计".to_owned());
    }
    let mut rest = vec![];
    let mut last = first.id;
    if !form.passed {
        let again = HazardReopened { hazard: id, why: note.clone().into() };
        let again = ctx.event(&again, row.subject(), &row.placed)?.because([first.id]);
        last = again.id;
        rest.push(again);
    } else if after.state == State::Closed {
        let closed = closed(ctx, &row, first.id)?;
        last = closed.id;
        rest.push(closed);
    }
    let words = (!note.is_empty()).then_some(note.as_str());
    let change = Change::Verified(&ctx.actor.name, &ctx.actor.org, sensor.as_ref(), words);
    store::update(&mut tx, ctx, &row, &after, last, change).await?;
    if !form.passed {
        store::give_back(&mut tx, id, &note).await?;
    }
    tell::verified(&mut tx, ctx, &row, &after, &note, first.id).await?;
    ctx.commit(tx, first, rest).await.map(drop)
}

/// It came back.
pub async fn reopen(ctx: &Ctx, id: Uuid, form: Reopen) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    who(ctx)?;
    let why = text("why", "重新打开的理由", &form.why, 4)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let after = row.hazard.clone().reopen()?;
    let event = event(ctx, &row, &HazardReopened { hazard: id, why: why.clone().into() })?;
    store::update(&mut tx, ctx, &row, &after, event.id, Change::Reopened(&why)).await?;
    tell::reopened(&mut tx, ctx, &row, &why, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// Government lists it for supervision.
pub async fn list(ctx: &Ctx, id: Uuid, form: ListHazard) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    who(ctx)?;
    let known = LISTINGS.iter().find(|(code, _)| *code == form.level);
    let (level, title) =
        known.ok_or_else(|| Error::invalid("level", "挂牌层级只能是县级、市级或省级，请从列表中选择"))?;
    let due = rules::due_on(ctx, &form.due_on)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let after = row.hazard.clone().list(due.0, ctx.now().0)?;
    let payload = HazardListed { hazard: id, level: (*level).into(), due: due.0 };
    let event = event(ctx, &row, &payload)?.law(rules::DUTY);
    store::update(&mut tx, ctx, &row, &after, event.id, Change::Listed(level, due)).await?;
    tell::listed(&mut tx, ctx, &row, title, due, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// Government takes it off the list, which closes it.
pub async fn lift(ctx: &Ctx, id: Uuid, form: LiftHazard) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    who(ctx)?;
    let opinion = text("opinion", "解除挂牌意见", &form.opinion, 4)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, ctx, id).await?;
    fresh(&row, form.version)?;
    let after = row.hazard.clone().lift()?;
    let event = event(ctx, &row, &HazardSupervisionLifted { hazard: id, opinion: opinion.clone().into() })?;
    let closed = closed(ctx, &row, event.id)?;
    store::update(&mut tx, ctx, &row, &after, closed.id, Change::Lifted).await?;
    tell::lifted(&mut tx, ctx, &row, &opinion, event.id).await?;
    ctx.commit(tx, event, vec![closed]).await.map(drop)
}
