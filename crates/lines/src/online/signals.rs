//! What the judges find becomes facts: one transaction and one event per finding.

use std::sync::Arc;

use events::online::{AlarmEscalated, AlarmRaised, AlarmRecurred, AlarmReturned};
use futures_util::future::BoxFuture;
use platform::{Actor, App, Clock, ClockRule, Ctx, Error, Ms, NewClock, Notice, Result, Role, To};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::clocks::{self, Grade};
use super::decide::{Alarm, Overdue};
use super::judge::Signal;
use super::limits::Level;
use super::model::{AlarmRow, Tag, subject};
use super::pipeline::Work;
use super::store::{self, Also, NewAlarm};

/// How long after the first alarm of an enterprise another one counts as the same episode.
const EPISODE_MS: i64 = 10 * 60_000;
/// Tries before a finding is given up to the replay at the next start.
const TRIES: u32 = 5;

/// Clock until an alarm must be acknowledged.
pub const ACKNOWLEDGE: &str = "online.acknowledge";
/// Clock until an alarm must be explained.
pub const EXPLAIN: &str = "online.explain";

/// The clocks of this part.
pub const CLOCKS: &[ClockRule] = &[
    ClockRule {
        key: ACKNOWLEDGE,
        title: "签收预警",
        basis: "值守规则：分级签收时限（可配置）",
        fire: |ctx, clock| fire(ctx, clock, Overdue::Acknowledge),
    },
    ClockRule {
        key: EXPLAIN,
        title: "说明预警原因",
        basis: "值守规则：分级反馈时限（可配置）",
        fire: |ctx, clock| fire(ctx, clock, Overdue::Explain),
    },
];

/// Works through one queue until the node stops.
pub(super) async fn work(app: App, mut queue: mpsc::Receiver<Work>) {
    while let Some(work) = queue.recv().await {
        match work {
            Work::Flush(done) => drop(done.send(())),
            Work::Signals { tag, device, signals } => {
                for signal in signals {
                    persist(&app, &tag, device.as_deref(), signal).await;
                }
            }
        }
    }
}

async fn persist(app: &App, tag: &Arc<Tag>, device: Option<&str>, signal: Signal) {
    for attempt in 1..=TRIES {
        let ctx = app.ctx(Actor::reaction("online.judge"));
        let done = match signal {
            Signal::Raised { level, value, limit, at } => {
                raise(&ctx, tag, device, level, (value, limit), Ms(at)).await.map(drop)
            }
            Signal::BackToNormal { level, value, at } => returned(&ctx, tag, level, value, Ms(at)).await,
            Signal::Recurred { level, value, at } => recurred(&ctx, tag, level, value, Ms(at)).await,
            Signal::Worse { .. } => Ok(()),
        };
        match done {
            Ok(()) => return,
            Err(error) => {
                tracing::error!(tag = tag.tag, attempt, %error, "finding {signal:?} on {} could not be written: {error}", tag.tag);
                tokio::time::sleep(std::time::Duration::from_millis(50 << attempt)).await;
            }
        }
    }
}

/// Raises an alarm unless the tag already has an open one of this level; then nothing happens.
pub async fn raise(
    ctx: &Ctx,
    tag: &Tag,
    device: Option<&str>,
    level: Level,
    (value, limit): (f64, f64),
    at: Ms,
) -> Result<Option<Uuid>> {
    let id = ctx.new_id();
    let grade = Grade::of(&ctx.app.rules(), level, tag.consequence, &tag.metric, &tag.placed.region, ctx.now().0);
    let alarm = Alarm::raise(level, grade.priority, ctx.now().0);
    let mut tx = ctx.begin().await?;
    let grouped = match level.milder() {
        Some(milder) => store::open_alarm(&mut tx, &tag.tag, milder.code()).await?,
        None => None,
    };
    let placed = &tag.placed;
    let since = ctx.now().plus(-EPISODE_MS);
    let first_out = store::first_of_episode(&mut tx, placed.enterprise.as_deref(), since).await?;
    let payload = AlarmRaised {
        alarm: id,
        tag: tag.tag.as_str().into(),
        level: level.code().into(),
        priority: alarm.priority.code(),
        limit,
        value,
        first_out,
        grouped_with: grouped.as_ref().map(|g| g.id),
    };
    let mut event =
        ctx.event(&payload, subject(id), &tag.placed)?.at(at).because(grouped.as_ref().map(|g| g.raised_event));
    // The time is that of arrival by the platform's clock; the device is named as the source.
    event.device = device.map(str::to_owned);
    event.rules = Some(grade.edition.clone()).filter(|edition| !edition.is_empty());
    let new = NewAlarm {
        id,
        tag,
        device,
        alarm: &alarm,
        grade: &grade,
        value: (value, limit),
        grouped_with: grouped.as_ref().map(|g| g.id),
        judged_at: at,
        because: event.id,
    };
    if !store::open(&mut tx, new).await? {
        return Ok(None);
    }
    for (rule, due) in [(ACKNOWLEDGE, alarm.ack_due_at), (EXPLAIN, alarm.explain_due_at)] {
        if let Some(due) = due {
            let clock = NewClock { rule, subject: &subject(id), placed, due_at: Ms(due), data: (), because: event.id };
            tx.start_clock(ctx, clock).await?;
        }
    }
    tell_raised(&mut tx, ctx, tag, &alarm, (value, limit), id, event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(Some(id))
}

async fn tell_raised(
    tx: &mut platform::Tx,
    ctx: &Ctx,
    tag: &Tag,
    alarm: &Alarm,
    (value, limit): (f64, f64),
    id: Uuid,
    event: Uuid,
) -> Result<()> {
    let minutes = clocks::allowance(alarm.priority).acknowledge_min;
    let title = format!("{}{}：{} {} {}（限值 {}）", tag.name, alarm.level.title(), tag.metric, value, tag.unit, limit);
    let body = format!("请在 {minutes} 分钟内签收，逾期将上报{}", clocks::rung(1).title);
    let notice =
        Notice { priority: alarm.priority.code(), title: &title, body: &body, link: &format!("/alarms/{id}"), event };
    if let Some(enterprise) = &tag.placed.enterprise {
        tx.notify(ctx, To::Org(enterprise, &[Role::TeamLeader, Role::SafetyManager]), &notice).await?;
    }
    tx.notify(ctx, To::Area(&tag.placed.region, &[Role::DutyOfficer]), &notice).await?;
    Ok(())
}

/// Notes that the value of the open alarm is back.
pub async fn returned(ctx: &Ctx, tag: &Tag, level: Level, value: f64, at: Ms) -> Result<()> {
    let mut tx = ctx.begin().await?;
    // Known already, or cleared meanwhile: nothing new.
    let found = store::open_alarm(&mut tx, &tag.tag, level.code()).await?;
    let Some(row) = found.filter(|row| !row.alarm.back_to_normal) else { return Ok(()) };
    let payload = AlarmReturned { alarm: row.id, value };
    let event = ctx.event(&payload, row.subject(), &row.placed)?.at(at).because([row.raised_event]);
    let also = Also { judged_at: Some(at.0), ..extreme(ctx, &row) };
    store::update_alarm(&mut tx, &row, &row.alarm.back_to_normal(), also).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

async fn recurred(ctx: &Ctx, tag: &Tag, level: Level, value: f64, at: Ms) -> Result<()> {
    let mut tx = ctx.begin().await?;
    let found = store::open_alarm(&mut tx, &tag.tag, level.code()).await?;
    let Some(row) = found.filter(|row| row.alarm.back_to_normal) else { return Ok(()) };
    let after = row.alarm.recurred(ctx.now().0);
    let payload = AlarmRecurred { alarm: row.id, value, times: after.recurrences };
    let event = ctx.event(&payload, row.subject(), &row.placed)?.at(at).because([row.raised_event]);
    if after.state != row.alarm.state
        && let Some(due) = after.explain_due_at
    {
        let (due_at, because) = (Ms(due), event.id);
        let clock = NewClock { rule: EXPLAIN, subject: &row.subject(), placed: &row.placed, due_at, data: (), because };
        tx.start_clock(ctx, clock).await?;
    }
    let title = format!("{}{}再次越限：{value} {}", tag.name, level.title(), tag.unit);
    let notice = Notice {
        priority: row.alarm.priority.code(),
        title: &title,
        body: "上次的处置没有止住，请重新说明原因和措施",
        link: &format!("/alarms/{}", row.id),
        event: event.id,
    };
    if let Some(enterprise) = &tag.placed.enterprise {
        tx.notify(ctx, To::Org(enterprise, &[Role::TeamLeader, Role::SafetyManager]), &notice).await?;
    }
    let also = Also { judged_at: Some(at.0), ..extreme(ctx, &row) };
    store::update_alarm(&mut tx, &row, &after, also).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}

/// The extreme value so far, as the judge in memory knows it.
pub(super) fn extreme<'a>(ctx: &Ctx, row: &AlarmRow) -> Also<'a> {
    let seen = super::Pipeline::of(&ctx.app).ok().and_then(|p| p.extreme(&row.tag, row.alarm.level));
    Also { extreme: seen, ..Also::default() }
}

/// A clock ran out: the next person up is told, and the clock starts again for them.
fn fire(ctx: Ctx, clock: Clock, overdue: Overdue) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let id: Uuid = clock.subject.strip_prefix("alarm/").and_then(|id| id.parse().ok()).ok_or(Error::NotFound)?;
        let mut tx = ctx.begin().await?;
        let row = store::alarm(&mut tx, &ctx, id).await?;
        let after = row.alarm.escalate(overdue, ctx.now().0);
        let next = match overdue {
            Overdue::Acknowledge => after.ack_due_at,
            Overdue::Explain => after.explain_due_at,
        };
        tx.advance_clock(&clock, next.map(Ms)).await?;
        let rung = clocks::rung(after.escalation);
        let because = if overdue == Overdue::Acknowledge { "acknowledge" } else { "explain" };
        let payload =
            AlarmEscalated { alarm: id, level: after.escalation, to: rung.key.into(), because: because.into() };
        let event = ctx.event(&payload, row.subject(), &row.placed)?.because([row.raised_event]);
        let title = format!("{}{}，已上报{}", row.alarm.level.title(), overdue.title(), rung.title);
        let body = format!("位号 {}：请督促企业立即处置", row.tag);
        let notice = Notice {
            priority: row.alarm.priority.code(),
            title: &title,
            body: &body,
            link: &format!("/alarms/{id}"),
            event: event.id,
        };
        let enterprise = row.placed.enterprise.clone().unwrap_or_default();
        match rung.key {
            "person" => tx.notify(&ctx, To::Org(&enterprise, &[Role::SafetyManager]), &notice).await?,
            "principal" => tx.notify(&ctx, To::Org(&enterprise, &[Role::Principal]), &notice).await?,
            "township" => tx.notify(&ctx, To::Area(&row.placed.region, &[Role::Township]), &notice).await?,
            _ => tx.notify(&ctx, To::Area(&row.placed.region, &[Role::DutyOfficer, Role::Leader]), &notice).await?,
        };
        store::update_alarm(&mut tx, &row, &after, extreme(&ctx, &row)).await?;
        ctx.commit(tx, event, vec![]).await.map(drop)
    })
}
