//! The rows that devices, tags, alarms, shifts and stops begin and end with. Each says whether it
//! wrote: somebody else may have been first.

use platform::{Ctx, Ms, Placed, Result, Tx, args, scope, sql};
use uuid::Uuid;

use super::super::clocks::Grade;
use super::super::decide::Alarm;
use super::super::limits::Limits;
use super::super::model::{Device, Tag};

/// What a new device has besides its key.
#[derive(Debug, Clone, Copy)]
pub struct DeviceCard<'a> {
    /// Name.
    pub name: &'a str,
    /// Model.
    pub model: Option<&'a str>,
    /// Last day of its calibration.
    pub calibration_valid_to: Option<&'a str>,
}

/// Registers a device; false where the id is taken.
pub async fn add_device(tx: &mut Tx, device: &Device, card: DeviceCard<'_>, because: Uuid) -> Result<bool> {
    let (now, placed) = (tx.now(), &device.placed);
    let query = sql(
        "insert into device (id, enterprise, region, sectors, name, model, calibration_valid_to, secret_hash, state, created_at, because_event)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9, $10) on conflict do nothing",
        args![
            &device.id, placed.enterprise.clone(), &placed.region, scope::sector_list(&placed.sectors), card.name,
            card.model, card.calibration_valid_to, &device.secret_hash, now, because,
        ],
    );
    Ok(tx.run(query).await? == 1)
}

/// Switches a device off; false where it is off already.
pub async fn revoke_device(tx: &mut Tx, id: &str) -> Result<bool> {
    let now = tx.now();
    let query =
        sql("update device set state = 'revoked', revoked_at = $1 where id = $2 and state = 'active'", args![now, id]);
    Ok(tx.run(query).await? == 1)
}

/// Notes that a device fell silent; false where that is known.
pub async fn silent_since(tx: &mut Tx, id: &str, since: i64) -> Result<bool> {
    let query = sql(
        "update device set offline_since = $1 where id = $2 and offline_since is null and state = 'active'",
        args![since, id],
    );
    Ok(tx.run(query).await? == 1)
}

/// Notes that a device is heard again.
pub async fn heard(tx: &mut Tx, id: &str) -> Result<()> {
    tx.run(sql("update device set offline_since = null where id = $1", args![id])).await.map(drop)
}

/// Registers a tag with its first limits; false where it is registered.
pub async fn add_tag(tx: &mut Tx, tag: &Tag, because: Uuid) -> Result<bool> {
    let (now, placed, limits) = (tx.now(), &tag.placed, &tag.limits);
    let query = sql(
        "insert into tag (tag, name, enterprise, region, sectors, device, hazard_source, metric, unit, sample_s, consequence, hh, h, l, ll,
         dead_band, on_delay_s, off_delay_s, limits_from, created_at, because_event)
         values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$19,$20) on conflict do nothing",
        args![
            &tag.tag, &tag.name, placed.enterprise.clone(), &placed.region, scope::sector_list(&placed.sectors), tag.device.clone(),
            tag.hazard_source.clone(), &tag.metric, &tag.unit, tag.sample_s, tag.consequence, limits.hh, limits.h, limits.l, limits.ll,
            limits.dead_band, limits.on_delay_s, limits.off_delay_s, now, because,
        ],
    );
    Ok(tx.run(query).await? == 1)
}

/// What an alarm begins with.
#[derive(Debug, Clone, Copy)]
pub struct NewAlarm<'a> {
    /// Id.
    pub id: Uuid,
    /// Tag whose limit was crossed.
    pub tag: &'a Tag,
    /// Device that reported it.
    pub device: Option<&'a str>,
    /// State and clocks.
    pub alarm: &'a Alarm,
    /// How urgent, and why.
    pub grade: &'a Grade,
    /// Value and the limit it crossed.
    pub value: (f64, f64),
    /// The milder alarm it escalates.
    pub grouped_with: Option<Uuid>,
    /// Time of the reading.
    pub judged_at: Ms,
    /// Event that raises it.
    pub because: Uuid,
}

/// Opens an alarm; false where the tag has an open one of this level.
pub async fn open(tx: &mut Tx, new: NewAlarm<'_>) -> Result<bool> {
    let (alarm, placed, (value, limit)) = (new.alarm, &new.tag.placed, new.value);
    let query = sql(
        "insert into alarm (id, tag, enterprise, region, sectors, device, level, priority, priority_why, state, value, extreme,
         limit_value, raised_at, ack_due_at, explain_due_at, escalation, recurrences, grouped_with, judged_at, raised_event)
         values ($1,$2,$3,$4,$5,$6,$7,$8,$9,'active',$10,$10,$11,$12,$13,$14,0,0,$15,$16,$17) on conflict do nothing",
        args![
            new.id, &new.tag.tag, placed.enterprise.clone(), &placed.region, scope::sector_list(&placed.sectors), new.device,
            alarm.level.code(), alarm.priority.code(), &new.grade.why, value, limit, alarm.raised_at, alarm.ack_due_at,
            alarm.explain_due_at, new.grouped_with, new.judged_at, new.because,
        ],
    );
    Ok(tx.run(query).await? == 1)
}

/// The first open alarm of an enterprise since a moment: where its episode began.
pub async fn first_of_episode(tx: &mut Tx, enterprise: Option<&str>, since: Ms) -> Result<Option<Uuid>> {
    let query = sql(
        "select id from alarm where enterprise = $1 and state <> 'cleared' and raised_at > $2 order by raised_at, id limit 1",
        args![enterprise, since],
    );
    tx.opt(query).await?.map(|row| row.get("id")).transpose()
}

/// A request for other limits, about to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Id.
    pub id: Uuid,
    /// Tag.
    pub tag: &'a Tag,
    /// Limits asked for.
    pub new: &'a Limits,
    /// Whether they weaken protection.
    pub loosens: bool,
    /// Reason.
    pub reason: &'a str,
    /// Account and person who ask.
    pub by: (Uuid, Uuid),
    /// Event that asks.
    pub because: Uuid,
}

/// Keeps a request for other limits; false where one is waiting.
pub async fn ask_limits(tx: &mut Tx, asked: Asked<'_>) -> Result<bool> {
    let (now, placed, (account, person)) = (tx.now(), &asked.tag.placed, asked.by);
    let (old, new) = (super::json(&asked.tag.limits)?, super::json(asked.new)?);
    let query = sql(
        "insert into limit_change (id, tag, enterprise, region, sectors, old_limits, new_limits, loosens, reason, state, requested_by,
         requested_person, requested_at, because_event) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,'pending',$10,$11,$12,$13) on conflict do nothing",
        args![
            asked.id, &asked.tag.tag, placed.enterprise.clone(), &placed.region, scope::sector_list(&placed.sectors), old, new,
            asked.loosens, asked.reason, account, person, now, asked.because,
        ],
    );
    Ok(tx.run(query).await? == 1)
}

/// Begins a shift; false where the organisation has somebody on duty.
pub async fn begin_shift(
    tx: &mut Tx,
    ctx: &Ctx,
    shift: Uuid,
    (holder, region): (Uuid, &str),
    because: Uuid,
) -> Result<bool> {
    let (now, org) = (tx.now(), &ctx.actor.org);
    let query = sql(
        "insert into shift (id, org, region, holder, since, because_event) values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        args![shift, org, region, holder, now, because],
    );
    if tx.run(query).await? == 0 {
        return Ok(false);
    }
    // Whoever handed over last learns who came.
    tx.run(sql(
        "update shift set handed_to = $1 where org = $2 and handed_to is null and until_at is not null",
        args![holder, org],
    ))
    .await?;
    Ok(true)
}

/// Ends a shift; false where it has ended.
pub async fn end_shift(tx: &mut Tx, shift: Uuid, because: Option<Uuid>) -> Result<bool> {
    let now = tx.now();
    let query = sql(
        "update shift set until_at = $1, because_event = coalesce($2, because_event) where id = $3 and until_at is null",
        args![now, because, shift],
    );
    Ok(tx.run(query).await? == 1)
}

/// Announces a stop of an enterprise; false where it overlaps another.
pub async fn plan_stop(
    tx: &mut Tx,
    (id, placed): (Uuid, &Placed),
    (from, to): (Ms, Ms),
    reason: &str,
    because: Uuid,
) -> Result<bool> {
    let enterprise = placed.enterprise.as_deref();
    let overlap = sql(
        "select id from planned_stop where enterprise = $1 and from_at < $2 and to_at > $3 limit 1",
        args![enterprise, to, from],
    );
    if tx.opt(overlap).await?.is_some() {
        return Ok(false);
    }
    tx.run(sql(
        "insert into planned_stop (id, enterprise, region, sectors, from_at, to_at, reason, because_event) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![id, enterprise, &placed.region, scope::sector_list(&placed.sectors), from, to, reason, because],
    ))
    .await?;
    Ok(true)
}

/// Keeps a suspicion of a day; false where it is known.
pub async fn suspect(
    tx: &mut Tx,
    (device, tag): (&str, Option<&str>),
    (kind, day): (&str, i64),
    because: Uuid,
) -> Result<bool> {
    let query = sql(
        "insert into suspicion (device, tag, kind, day, because_event) values ($1, $2, $3, $4, $5) on conflict do nothing",
        args![device, tag.unwrap_or_default(), kind, day, because],
    );
    Ok(tx.run(query).await? == 1)
}

/// Keeps that a window of a device has its evidence; false where it has.
pub async fn seal_window(tx: &mut Tx, device: &str, (from, late): (i64, bool), because: Uuid) -> Result<bool> {
    let query = sql(
        "insert into sealed_window (device, from_at, late, because_event) values ($1, $2, $3, $4) on conflict do nothing",
        args![device, from, late, because],
    );
    Ok(tx.run(query).await? == 1)
}
