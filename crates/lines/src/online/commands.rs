//! What people do to an alarm, and what a loader of history does in their place. The HTTP handlers
//! and the loader come through the same functions.

use events::online::{AlarmAcknowledged, AlarmCleared, AlarmExplained};
use platform::event::FileRef;
use platform::{Action, ActorRef, ClockEnd, Ctx, Error, Result, files};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::judge::ActiveLevel;
use super::limits::Level;
use super::model::Tag;
use super::{PART, Pipeline, signals, store};

/// Longest text a person may write in one field.
const MAX_TEXT: usize = 2_000;
/// Most files beside one explanation.
const MAX_FILES: usize = 9;

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

/// Account and person of who acts; a machine key cannot take a person's act.
pub fn person(ctx: &Ctx) -> Result<(Uuid, Uuid)> {
    match ctx.actor.me {
        ActorRef::Person { account, person } => Ok((account, person)),
        _ => Err(Error::Forbidden("这一步须由本人登录办理，接口密钥不能代办".to_owned())),
    }
}

/// A note that may be left out.
fn note(given: Option<&str>) -> Result<Option<String>> {
    given.filter(|n| !n.trim().is_empty()).map(|n| text("note", "备注", n, 1)).transpose()
}

/// Takes an alarm.
pub async fn acknowledge(ctx: &Ctx, id: Uuid, given: Option<&str>) -> Result<()> {
    let (account, person) = person(ctx)?;
    let note = note(given)?;
    let mut tx = ctx.begin().await?;
    let row = store::alarm(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Acknowledge, &row.placed)?;
    let after = row.alarm.acknowledge()?;
    let overdue = row.alarm.escalation > 0 || row.alarm.overdue(ctx.now().0).is_some();
    let post = ctx.actor.roles.first().map_or("", |role| role.code());
    let payload =
        AlarmAcknowledged { alarm: id, person: person.into(), post: post.into(), overdue, note: note.map(Into::into) };
    let event = ctx.event(&payload, row.subject(), &row.placed)?.because([row.raised_event]);
    let also = store::Also { acked_by: Some(account), ..signals::extreme(ctx, &row) };
    store::update_alarm(&mut tx, &row, &after, also).await?;
    tx.stop_clocks(&row.subject(), signals::ACKNOWLEDGE, ClockEnd::Met).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// Cause and measure.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct Explanation {
    /// Code of the cause (`GET /cause-codes`).
    pub cause_code: String,
    /// What happened.
    pub text: String,
    /// What was done.
    pub measure: String,
    /// Digests of uploaded photos.
    #[serde(default)]
    pub files: Vec<String>,
}

/// Puts cause and measure on record.
pub async fn explain(ctx: &Ctx, id: Uuid, form: &Explanation) -> Result<()> {
    person(ctx)?;
    let (cause, measure) = (text("text", "原因说明", &form.text, 2)?, text("measure", "处置措施", &form.measure, 2)?);
    let photos = photos(ctx, &form.files).await?;
    let mut tx = ctx.begin().await?;
    let row = store::alarm(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Explain, &row.placed)?;
    let after = row.alarm.explain(&form.cause_code, &cause, &measure)?;
    let overdue = row.alarm.overdue(ctx.now().0).is_some();
    let cause_code = form.cause_code.as_str();
    let payload = AlarmExplained {
        alarm: id,
        cause_code: cause_code.into(),
        text: cause.into(),
        measure: measure.into(),
        overdue,
    };
    let mut event = ctx.event(&payload, row.subject(), &row.placed)?.because([row.raised_event]);
    event.files = photos;
    let also = store::Also { cause_code: Some(cause_code), ..signals::extreme(ctx, &row) };
    store::update_alarm(&mut tx, &row, &after, also).await?;
    tx.stop_clocks(&row.subject(), signals::EXPLAIN, ClockEnd::Met).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

async fn photos(ctx: &Ctx, digests: &[String]) -> Result<Vec<FileRef>> {
    if digests.len() > MAX_FILES {
        return Err(Error::invalid("files", format!("一次最多附 {MAX_FILES} 个文件")));
    }
    let mut found = Vec::with_capacity(digests.len());
    for digest in digests {
        let missing = |_| Error::invalid("files", format!("文件 {digest} 不存在，请先上传"));
        found.push(files::reference(ctx, digest, "photo").await.map_err(missing)?);
    }
    Ok(found)
}

/// Ends an alarm. Refused while its value is outside.
pub async fn clear(ctx: &Ctx, id: Uuid, given: Option<&str>) -> Result<()> {
    person(ctx)?;
    let note = note(given)?;
    let pipeline = Pipeline::of(&ctx.app)?;
    let mut tx = ctx.begin().await?;
    let row = store::alarm(&mut tx, ctx, id).await?;
    ctx.require(&PART, Action::Clear, &row.placed)?;
    let level = row.alarm.level;
    let after = row.alarm.clear(pipeline.is_outside(&row.tag, level))?;
    let also = signals::extreme(ctx, &row);
    let payload = AlarmCleared {
        alarm: id,
        duration_ms: ctx.now().0 - row.alarm.raised_at,
        max: also.extreme.unwrap_or(row.extreme),
        recurrences: row.alarm.recurrences,
        escalations: row.alarm.escalation,
        note: note.map(Into::into),
    };
    let event = ctx.event(&payload, row.subject(), &row.placed)?.because([row.raised_event]);
    store::update_alarm(&mut tx, &row, &after, also).await?;
    ctx.commit(tx, event, vec![]).await?;
    pipeline.cleared(&row.tag, level);
    Ok(())
}

/// Raises an alarm that a loaded history contains, at the time of `ctx`, with the value that raised it
/// and the extreme it went on to. None where the tag already has an open one of this level.
pub async fn raise(
    ctx: &Ctx,
    tag: &Tag,
    level: Level,
    (value, extreme): (f64, f64),
    limit: f64,
) -> Result<Option<Uuid>> {
    let raised = signals::raise(ctx, tag, tag.device.as_deref(), level, (value, limit), ctx.now()).await?;
    if raised.is_some() {
        Pipeline::of(&ctx.app)?.know(&tag.tag, ActiveLevel { level, back: false, extreme });
    }
    Ok(raised)
}

/// Notes that the value of a loaded alarm came back, at the time of `ctx`.
pub async fn returned(ctx: &Ctx, tag: &Tag, level: Level, value: f64) -> Result<()> {
    signals::returned(ctx, tag, level, value, ctx.now()).await?;
    let pipeline = Pipeline::of(&ctx.app)?;
    let extreme = pipeline.extreme(&tag.tag, level).unwrap_or(value);
    pipeline.know(&tag.tag, ActiveLevel { level, back: true, extreme });
    Ok(())
}
