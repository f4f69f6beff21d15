//! SQL of tags, devices, alarms and limit changes.

use std::collections::HashMap;

use platform::db::{Db, Row};
use platform::scope;
use platform::{Columns, Ctx, Error, Ms, Result, Sql, Tx, args, sql};
use uuid::Uuid;

mod written;

pub use written::{
    Asked, DeviceCard, NewAlarm, add_device, add_tag, ask_limits, begin_shift, end_shift, first_of_episode, heard,
    open, plan_stop, revoke_device, seal_window, silent_since, suspect,
};

use super::limits::Limits;
use super::model::{ALARM_SCOPE, AlarmRow, CHANGE_SCOPE, DEVICE_SCOPE, Device, TAG_SCOPE, Tag};

/// Adds the caller's scope. Insurers and service organisations also need a grant that opens this
/// field group for this very object: a grant of summaries opens no alarms.
pub fn visible(query: &mut Sql, ctx: &Ctx, columns: Columns, field: &'static str) {
    scope::field_condition(query, &ctx.actor, ctx.now(), columns, field);
}

/// Every tag, for the judges.
pub async fn all_tags(db: &Db) -> Result<Vec<Tag>> {
    db.all(sql("select * from tag", vec![])).await?.iter().map(Tag::read).collect()
}

/// Every device, for the doors.
pub async fn all_devices(db: &Db) -> Result<Vec<Device>> {
    db.all(sql("select * from device", vec![])).await?.iter().map(Device::read).collect()
}

/// Numbers that change whenever a tag or device does.
pub async fn fingerprint(db: &Db) -> Result<Vec<i64>> {
    let tags = db.one(sql("select count(*) as n, coalesce(max(limits_from), 0) as at from tag", vec![])).await?;
    let devices = sql(
        "select count(*) as n, coalesce(max(created_at), 0) as at, coalesce(max(revoked_at), 0) as gone,
         coalesce(max(offline_since), 0) as silent from device",
        vec![],
    );
    let devices = db.one(devices).await?;
    Ok(vec![
        tags.get("n")?,
        tags.get("at")?,
        devices.get("n")?,
        devices.get("at")?,
        devices.get("gone")?,
        devices.get("silent")?,
    ])
}

/// Every open alarm, for the judges.
pub async fn open_alarms(db: &Db) -> Result<Vec<AlarmRow>> {
    db.all(sql("select * from alarm where state <> 'cleared'", vec![])).await?.iter().map(AlarmRow::read).collect()
}

/// Up to when the readings of each tag have been judged and answered, as far as its alarms tell.
pub async fn judged_until(db: &Db, since: i64) -> Result<HashMap<String, i64>> {
    let query = sql(
        "select tag, max(case when cleared_at > judged_at then cleared_at else judged_at end) as at from alarm
         where judged_at >= $1 or cleared_at >= $1 group by tag",
        args![since],
    );
    db.all(query).await?.iter().map(|r| Ok((r.get("tag")?, r.get("at")?))).collect()
}

/// One tag the caller may see.
pub async fn tag(ctx: &Ctx, tag: &str) -> Result<Tag> {
    let mut query = sql("select t.* from tag t where t.tag = ", vec![]);
    query.bind(tag);
    visible(&mut query, ctx, TAG_SCOPE, "telemetry");
    Tag::read(&ctx.db().one(query).await?)
}

/// One device the caller may see.
pub async fn device(ctx: &Ctx, id: &str) -> Result<Device> {
    let mut query = sql("select d.* from device d where d.id = ", vec![]);
    query.bind(id);
    visible(&mut query, ctx, DEVICE_SCOPE, "telemetry");
    Device::read(&ctx.db().one(query).await?)
}

/// One alarm the caller may see, inside a write.
pub async fn alarm(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<AlarmRow> {
    let mut query = sql("select a.* from alarm a where a.id = ", vec![]);
    query.bind(id);
    visible(&mut query, ctx, ALARM_SCOPE, "alarms");
    AlarmRow::read(&tx.one(query).await?)
}

/// The open alarm of a tag and level, inside a write.
pub async fn open_alarm(tx: &mut Tx, tag: &str, level: &str) -> Result<Option<AlarmRow>> {
    let query = sql("select * from alarm where tag = $1 and level = $2 and state <> 'cleared'", args![tag, level]);
    tx.opt(query).await?.as_ref().map(AlarmRow::read).transpose()
}

/// What else a change of an alarm sets besides what decisions depend on.
#[derive(Debug, Default)]
pub struct Also<'a> {
    /// Extreme value seen.
    pub extreme: Option<f64>,
    /// Account that acknowledges now.
    pub acked_by: Option<Uuid>,
    /// Cause given now.
    pub cause_code: Option<&'a str>,
    /// Time of the reading that a finding of the judge is about.
    pub judged_at: Option<i64>,
}

/// Writes a changed alarm; refuses when somebody else changed it meanwhile.
pub async fn update_alarm(tx: &mut Tx, before: &AlarmRow, after: &super::decide::Alarm, also: Also<'_>) -> Result<()> {
    use super::decide::State;
    let now = tx.now();
    let turned = |state: State| (after.state == state && before.alarm.state != state).then_some(now);
    let extreme = also.extreme.unwrap_or(before.extreme);
    // Falling back from explained to acknowledged makes the explanation void.
    let explained = after.state >= State::Explained;
    let touched = tx
        .run(sql(
            "update alarm set state = $1, ack_due_at = $2, explain_due_at = $3, escalation = $4, recurrences = $5, extreme = $6,
             back_at = case when $7 = 0 then null else coalesce(back_at, $8) end,
             acked_at = coalesce(acked_at, $9), acked_by = coalesce(acked_by, $10),
             explained_at = case when $11 = 0 then null else coalesce(explained_at, $12) end,
             cause_code = coalesce($13, cause_code), cleared_at = $14, judged_at = coalesce($15, judged_at)
             where id = $16 and state = $17 and recurrences = $18",
            args![
                after.state.code(), after.ack_due_at, after.explain_due_at, after.escalation, i64::from(after.recurrences), extreme,
                after.back_to_normal, now, turned(State::Acknowledged), also.acked_by, explained, turned(State::Explained),
                also.cause_code, turned(State::Cleared), also.judged_at, before.id, before.alarm.state.code(), i64::from(before.alarm.recurrences),
            ],
        ))
        .await?;
    if touched == 1 {
        Ok(())
    } else {
        Err(Error::Conflict("该预警刚被其他人处理，请刷新后再试".to_owned()))
    }
}

/// Puts new limits in force.
pub async fn put_limits(tx: &mut Tx, tag: &str, limits: &Limits, because: Uuid) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "update tag set hh = $1, h = $2, l = $3, ll = $4, dead_band = $5, on_delay_s = $6, off_delay_s = $7, limits_from = $8 where tag = $9",
        args![limits.hh, limits.h, limits.l, limits.ll, limits.dead_band, limits.on_delay_s, limits.off_delay_s, now, tag],
    ))
    .await?;
    keep_version(tx, tag, limits, now, because).await
}

/// Keeps the limits that came into force at a moment, for the trend.
pub async fn keep_version(tx: &mut Tx, tag: &str, limits: &Limits, from: Ms, because: Uuid) -> Result<()> {
    let text = json(limits)?;
    tx.run(sql(
        "insert into limit_version (tag, from_at, limits, because_event) values ($1, $2, $3, $4)
         on conflict (tag, from_at) do update set limits = excluded.limits, because_event = excluded.because_event",
        args![tag, from, text, because],
    ))
    .await?;
    Ok(())
}

/// The limits a tag has had, oldest first.
pub async fn limit_versions(db: &Db, tag: &str) -> Result<Vec<(Ms, Limits)>> {
    let rows =
        db.all(sql("select from_at, limits from limit_version where tag = $1 order by from_at", args![tag])).await?;
    rows.iter().map(|r| Ok((r.get("from_at")?, r.json("limits")?))).collect()
}

/// A request for other limits.
#[derive(Debug)]
pub struct Change {
    /// Id.
    pub id: Uuid,
    /// Tag.
    pub tag: String,
    /// Limits before.
    pub old: Limits,
    /// Limits asked for.
    pub new: Limits,
    /// Whether it weakens protection.
    pub loosens: bool,
    /// Person who asked.
    pub requested_person: Uuid,
    /// Event that asked.
    pub because: Uuid,
    /// Where it stands.
    pub placed: platform::Placed,
}

/// One request the caller may see, inside a write.
pub async fn change(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Change> {
    let mut query = sql("select c.* from limit_change c where c.id = ", vec![]);
    query.bind(id);
    visible(&mut query, ctx, CHANGE_SCOPE, "telemetry");
    let row = tx.one(query).await?;
    Ok(Change {
        id,
        tag: row.get("tag")?,
        old: row.json("old_limits")?,
        new: row.json("new_limits")?,
        loosens: row.get("loosens")?,
        requested_person: row.get("requested_person")?,
        because: row.get("because_event")?,
        placed: super::model::placed(&row)?,
    })
}

/// Writes the decision on a request.
pub async fn decide_change(tx: &mut Tx, change: &Change, state: &str, by: Uuid, reason: &str) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update limit_change set state = $1, decided_by = $2, decided_at = $3, decision_reason = $4 where id = $5 and state = 'pending'",
            args![state, by, now, reason, change.id],
        ))
        .await?;
    if touched == 1 { Ok(()) } else { Err(Error::Conflict("该申请已经办理".to_owned())) }
}

/// The planned stops of an enterprise that touch `[from, to)`.
pub async fn stops(db: &Db, enterprise: &str, from: i64, to: i64) -> Result<Vec<(i64, i64, String)>> {
    let query = sql(
        "select from_at, to_at, reason from planned_stop where enterprise = $1 and to_at > $2 and from_at < $3 order by from_at",
        args![enterprise, from, to],
    );
    let read = |r: &Row| Ok((r.get("from_at")?, r.get("to_at")?, r.get("reason")?));
    db.all(query).await?.iter().map(read).collect()
}

/// JSON text of a value we defined ourselves.
pub fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

impl super::limits::FieldError {
    /// As the platform's errors want it.
    pub fn into_platform(self) -> platform::FieldError {
        platform::FieldError::new(self.field, self.message)
    }
}

impl From<super::decide::Refusal> for Error {
    fn from(refusal: super::decide::Refusal) -> Self {
        Error::refused(refusal.rule, refusal.message)
    }
}
