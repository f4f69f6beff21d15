//! What is looked after without being asked: silent devices, stuck sensors, sealing and its evidence.

use std::time::Duration;

use events::online::{BatchSealed, DeviceOffline, DeviceOnline};
use futures_util::future::BoxFuture;
use platform::{Ctx, Error, Ms, Notice, Result, Role, Schedule, To, sql};

use super::model::Device;
use super::suspicion::{self, Finding, Kind};
use super::telemetry::{DeviceRoot, SEAL_AFTER_MS};
use super::{Pipeline, coverage, store};

/// A device that says nothing for so long is silent; slower samplers get three of their samples.
pub const SILENT_MS: i64 = 5 * 60_000;
/// Length of an evidence window.
const WINDOW_MS: i64 = 10 * 60_000;
/// How far back missed windows are made up for: hours are sealed, but their readings are still there.
const CATCH_UP: i64 = 6 * 24;
/// A device clock further off than this is suspicious.
const CLOCK_MS: i64 = 120_000;

/// The schedules of this part.
pub const SCHEDULES: &[Schedule] = &[
    Schedule { name: "online.silence", every: Duration::from_secs(30), run: |ctx| boxed(silence(ctx)) },
    Schedule { name: "online.stuck", every: Duration::from_mins(10), run: |ctx| boxed(stuck(ctx)) },
    Schedule { name: "online.evidence", every: Duration::from_mins(1), run: |ctx| boxed(evidence(ctx)) },
    Schedule { name: "online.seal", every: Duration::from_mins(10), run: |ctx| boxed(seal(ctx)) },
];

fn boxed(work: impl Future<Output = Result<()>> + Send + 'static) -> BoxFuture<'static, Result<()>> {
    Box::pin(work)
}

/// Finds devices that fell silent and devices that are heard again.
pub async fn silence(ctx: Ctx) -> Result<()> {
    let pipeline = Pipeline::of(&ctx.app)?;
    let now = ctx.now().0;
    for entry in pipeline.devices() {
        let device = &entry.device;
        let tags = pipeline.tags_of(device);
        let Some(fastest) = tags.iter().map(|t| t.sample_s).min() else { continue };
        let patience = SILENT_MS.max(fastest * 3_000);
        let heard = pipeline.telemetry.last_heard(&device.id);
        // Silence while this node was not listening is no silence of the device.
        let quiet = now - heard.unwrap_or(pipeline.started).max(pipeline.started);
        match (device.offline_since, heard) {
            (None, _) if quiet >= patience => {
                fell_silent(&ctx, device, heard.unwrap_or(pipeline.started), tags.len()).await?;
            }
            (Some(since), Some(at)) if now - at < patience && at > since.0 => {
                heard_again(&ctx, device, since, at).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn fell_silent(ctx: &Ctx, device: &Device, since: i64, tags: usize) -> Result<()> {
    let enterprise = device.placed.enterprise.clone().unwrap_or_default();
    let now = ctx.now().0;
    let planned = !store::stops(ctx.db(), &enterprise, now, now + 1).await?.is_empty();
    let payload = DeviceOffline { device: device.id.as_str().into(), since, tags: tags as u32, planned };
    let event = ctx.event(&payload, format!("device/{}", device.id), &device.placed)?.at(Ms(since + SILENT_MS));
    let mut tx = ctx.begin().await?;
    if !store::silent_since(&mut tx, &device.id, since).await? {
        return Ok(());
    }
    if !planned {
        let title = format!("设备 {} 已离线，{tags} 个点位没有数据", device.id);
        let notice = Notice {
            priority: 2,
            title: &title,
            body: "请检查网关供电和网络；计划停用请先登记",
            link: "/devices",
            event: event.id,
        };
        tx.notify(ctx, To::Org(&enterprise, &[Role::SafetyManager]), &notice).await?;
        tx.notify(ctx, To::Area(&device.placed.region, &[Role::DutyOfficer]), &notice).await?;
    }
    ctx.commit(tx, event, vec![]).await?;
    Pipeline::of(&ctx.app)?.put_device(Device { offline_since: Some(Ms(since)), ..device.clone() });
    Ok(())
}

async fn heard_again(ctx: &Ctx, device: &Device, since: Ms, at: i64) -> Result<()> {
    let payload = DeviceOnline { device: device.id.as_str().into(), silent_ms: at - since.0 };
    let event = ctx.event(&payload, format!("device/{}", device.id), &device.placed)?.at(Ms(at));
    let mut tx = ctx.begin().await?;
    store::heard(&mut tx, &device.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Pipeline::of(&ctx.app)?.put_device(Device { offline_since: None, ..device.clone() });
    Ok(())
}

/// Finds measurements that stand still and clocks that are off.
pub async fn stuck(ctx: Ctx) -> Result<()> {
    let pipeline = Pipeline::of(&ctx.app)?;
    let now = ctx.now().0;
    let owned = pipeline
        .devices()
        .into_iter()
        .flat_map(|d| pipeline.tags_of(&d.device).into_iter().map(move |t| (d.clone(), t)));
    for (entry, tag) in owned {
        let Some(live) = pipeline.telemetry.last(&tag.tag) else { continue };
        let about = |kind, score, from| Finding { device: &entry.device, tag: Some(&tag), kind, score, from };
        let still_ms = live.at - live.steady_since;
        if coverage::moves(&tag.unit)
            && still_ms >= coverage::FLAT_MS
            && now - live.at < SILENT_MS.max(tag.sample_s * 3_000)
        {
            suspicion::record(&ctx, about(Kind::Flatline, still_ms as f64 / 3_600_000.0, live.steady_since)).await?;
        }
        if live.clock_lag_ms.abs() > CLOCK_MS {
            let finding = Finding { tag: None, ..about(Kind::Clock, live.clock_lag_ms as f64 / 1000.0, live.at) };
            suspicion::record(&ctx, finding).await?;
        }
    }
    Ok(())
}

/// Turns hours that are over into chunks.
pub async fn seal(ctx: Ctx) -> Result<()> {
    let pipeline = Pipeline::of(&ctx.app)?;
    let sealed = pipeline.telemetry.seal(ctx.now().0).await.map_err(Error::internal)?;
    if sealed.chunks > 0 {
        tracing::info!(chunks = sealed.chunks, points = sealed.points, bytes = sealed.bytes, "telemetry sealed");
    }
    Ok(())
}

/// Writes the ten-minute evidence of every device, and that of late readings once they are sealed.
/// A window is closed when live readings for it can no longer come. Written twice it would be the same
/// root; the table of windows keeps it from being written twice, and a crash in between is made up for
/// on the next run because roots can be taken again from the readings.
pub async fn evidence(ctx: Ctx) -> Result<()> {
    let pipeline = Pipeline::of(&ctx.app)?;
    let newest = (ctx.now().0 - SEAL_AFTER_MS).div_euclid(WINDOW_MS) - 1;
    let done = sql("select max(from_at) as last from sealed_window where late = 0", vec![]);
    let last: Option<i64> = ctx.db().one(done).await?.get("last")?;
    let last = last.map_or(newest - CATCH_UP, |at| at.div_euclid(WINDOW_MS)).max(newest - CATCH_UP);
    // The last window is taken again with the next: a crash may have left some of its devices out.
    let windows = if last < newest { last..newest + 1 } else { 0..0 };
    for window in windows {
        let (from, to) = (window * WINDOW_MS, (window + 1) * WINDOW_MS);
        let roots = pipeline.telemetry.window_roots(from, to, platform::event::SUITE).await.map_err(Error::internal)?;
        for root in roots {
            note(&ctx, &pipeline, &root, (from, to), false).await?;
        }
    }
    late_evidence(&ctx, &pipeline).await
}

async fn late_evidence(ctx: &Ctx, pipeline: &Pipeline) -> Result<()> {
    let late = pipeline.telemetry.late_roots(platform::event::SUITE).await.map_err(Error::internal)?;
    for root in &late {
        let from = root.hour * super::telemetry::HOUR_MS;
        note(ctx, pipeline, &root.of, (from, from + super::telemetry::HOUR_MS), true).await?;
    }
    if late.is_empty() {
        return Ok(());
    }
    pipeline.telemetry.note_late(&late).await.map_err(Error::internal)
}

async fn note(ctx: &Ctx, pipeline: &Pipeline, root: &DeviceRoot, (from, to): (i64, i64), late: bool) -> Result<()> {
    let Some(entry) = pipeline.device(&root.device) else { return Ok(()) };
    // Readings the tags owed in the window and did not send; late readings owe nothing.
    let samples = |t: &std::sync::Arc<super::model::Tag>| ((to - from) / (t.sample_s.max(1) * 1000)) as u64;
    let due: u64 = if late { 0 } else { pipeline.tags_of(&entry.device).iter().map(samples).sum() };
    let payload = BatchSealed {
        device: root.device.as_str().into(),
        from,
        to,
        tags: root.tags.len() as u32,
        tag_set: hex::encode(platform::event::SUITE.hash(&[root.tags.join("\n").as_bytes()])).into(),
        count: root.count,
        gaps: due.saturating_sub(root.count),
        root: hex::encode(root.root).into(),
        late,
    };
    let event = ctx.event(&payload, format!("device/{}", root.device), &entry.device.placed)?;
    let mut tx = ctx.begin().await?;
    // Late readings of one hour may be sealed several times, each with a root of its own.
    let key = if late { ctx.now().0 } else { from };
    if !store::seal_window(&mut tx, &root.device, (key, late), event.id).await? {
        return Ok(());
    }
    ctx.commit(tx, event, vec![]).await.map(drop)
}
