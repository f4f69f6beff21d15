//! Clocks: obligations with a due time, their pause rules and escalation, fired by one scheduler.
use crate::app::App;
use crate::args;
use crate::ctx::{Cause, Ctx, Tx};
use crate::db::{Row, sql};
use crate::error::{Error, Result};
use crate::scope::{self, Placed};
use crate::source::Ms;
use futures_util::future::BoxFuture;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// How an obligation escalates when nobody acts.
#[derive(Clone, Copy)]
pub struct ClockRule {
    /// Unique key, `part.what`.
    pub key: &'static str,
    /// Chinese name: what must be done.
    pub title: &'static str,
    /// The law or rule that sets it.
    pub basis: &'static str,
    /// What happens when a step is reached; ends in one commit that calls [`Tx::advance_clock`].
    pub fire: fn(Ctx, Clock) -> BoxFuture<'static, Result<()>>,
}

/// A running obligation.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Id.
    pub id: Uuid,
    /// Rule key.
    pub rule: String,
    /// Object it is about.
    pub subject: String,
    /// Where that stands.
    pub placed: Placed,
    /// Escalation steps already taken.
    pub step: i64,
    /// When the next step is due.
    pub due_at: Ms,
    /// When it started.
    pub started_at: Ms,
    /// What the part wrote when it started the clock.
    pub data: serde_json::Value,
    /// Event that started it.
    pub because: Uuid,
}

impl Clock {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            rule: row.get("rule")?,
            subject: row.get("subject")?,
            placed: Placed::read(row)?,
            step: row.get("step")?,
            due_at: row.get("due_at")?,
            started_at: row.get("started_at")?,
            data: row.json("data")?,
            because: row.get("because_event")?,
        })
    }
}

/// A clock to start.
#[derive(Debug)]
pub struct NewClock<'a, D: Serialize> {
    /// Rule.
    pub rule: &'static str,
    /// Object.
    pub subject: &'a str,
    /// Where it stands.
    pub placed: &'a Placed,
    /// First due time.
    pub due_at: Ms,
    /// Whatever the part needs when it fires.
    pub data: D,
    /// Event that starts it.
    pub because: Uuid,
}

impl Tx {
    /// Starts a clock.
    pub async fn start_clock<D: Serialize>(&mut self, ctx: &Ctx, clock: NewClock<'_, D>) -> Result<Uuid> {
        let id = ctx.new_id();
        let data = serde_json::to_string(&clock.data).map_err(Error::internal)?;
        let placed = clock.placed;
        self.run(sql(
            "insert into clock (id, rule, subject, owner, enterprise, region, sectors, state, step, due_at, started_at, data, because_event)
             values ($1, $2, $3, $4, $5, $6, $7, 'running', 0, $8, $9, $10, $11)",
            args![id, clock.rule, clock.subject, &placed.owner, placed.enterprise.clone(), &placed.region, scope::sector_list(&placed.sectors), clock.due_at, ctx.now(), data, clock.because],
        ))
        .await?;
        Ok(id)
    }

    /// Ends the running clocks of a rule on an object: the obligation is met or void.
    pub async fn stop_clocks(&mut self, subject: &str, rule: &str, state: ClockEnd) -> Result<u64> {
        let end = if state == ClockEnd::Met { "met" } else { "void" };
        self.run(sql(
            "update clock set state = $1 where subject = $2 and rule = $3 and state in ('running', 'paused')",
            args![end, subject, rule],
        ))
        .await
    }

    /// Pauses the clocks of an object for a stated reason.
    pub async fn pause_clocks(&mut self, subject: &str, reason: &str) -> Result<u64> {
        let now = self.now();
        self.run(sql("update clock set state = 'paused', paused_at = $1, pause_reason = $2 where subject = $3 and state = 'running'", args![now, reason, subject])).await
    }

    /// Goes on with paused clocks; the time paused is added to what is left.
    pub async fn resume_clocks(&mut self, subject: &str) -> Result<u64> {
        let now = self.now();
        self.run(sql(
            "update clock set state = 'running', due_at = due_at + ($1 - paused_at), paused_at = null, pause_reason = null where subject = $2 and state = 'paused'",
            args![now, subject],
        ))
        .await
    }

    /// Records that a step has been taken; `next` is when the following one is due.
    pub async fn advance_clock(&mut self, clock: &Clock, next: Option<Ms>) -> Result<()> {
        let state = if next.is_some() { "running" } else { "fired" };
        let touched = self
            .run(sql(
                "update clock set step = step + 1, state = $1, due_at = $2 where id = $3 and step = $4 and state = 'running'",
                args![state, next.unwrap_or(clock.due_at), clock.id, clock.step],
            ))
            .await?;
        if touched == 1 { Ok(()) } else { Err(Error::Conflict("时钟已被处理".to_owned())) }
    }
}

/// How a clock ends before it has fired out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockEnd {
    /// The obligation was met.
    Met,
    /// The obligation fell away.
    Void,
}

/// Clocks looked at in one round.
const ROUND: usize = 200;
/// First and longest pause before a clock whose step failed is tried again.
const BACKOFF_MS: (i64, i64) = (1_000, 600_000);

/// Clocks whose step failed: how often, and when it is tried again. Kept in memory, because a
/// fresh start may try them all at once.
#[derive(Default)]
pub(crate) struct Failed(HashMap<Uuid, (u32, Ms)>);

impl Failed {
    fn waits(&self, id: Uuid, now: Ms) -> bool {
        self.0.get(&id).is_some_and(|(_, next)| *next > now)
    }
    fn note(&mut self, id: Uuid, now: Ms) {
        let (times, next) = self.0.entry(id).or_default();
        *next = now.plus(BACKOFF_MS.0.saturating_mul(1_i64 << (*times).min(20)).min(BACKOFF_MS.1));
        *times += 1;
    }
}

/// Fires what is due; returns how many steps were taken. Clocks that fail do not hold up others.
pub(crate) async fn fire_due(app: &App, failed: &mut Failed) -> Result<usize> {
    let now = app.source().now();
    let due = "select * from clock where state = 'running' and due_at <= $1 order by due_at limit $2";
    let rows = app.db().all(sql(due, args![now, ROUND + failed.0.len()])).await?;
    let mut fired = 0;
    for row in rows {
        let clock = Clock::read(&row)?;
        if failed.waits(clock.id, now) {
            continue;
        }
        let result = match firing(app, &clock) {
            Some((rule, ctx)) => (rule.fire)(ctx, clock.clone()).await,
            None => Err(Error::internal("no part has this rule")),
        };
        if let Err(error) = result.or_else(already_done) {
            tracing::error!(rule = clock.rule, clock = %clock.id, %error, "clock {} failed: {error}", clock.rule);
            failed.note(clock.id, now);
        } else {
            failed.0.remove(&clock.id);
            fired += 1;
        }
    }
    Ok(fired)
}

/// A conflict means that the step was taken already.
fn already_done(error: Error) -> Result<()> {
    if matches!(error, Error::Conflict(_)) { Ok(()) } else { Err(error) }
}

/// Fires what ran out on an object up to a past moment, each step at its own time: for the history
/// that a demonstration loads.
pub async fn catch_up(app: &App, subject: &str, until: Ms) -> Result<()> {
    let due = "select * from clock where state = 'running' and subject = $1 and due_at <= $2 order by due_at limit 1";
    while let Some(row) = app.db().opt(sql(due, args![subject, until])).await? {
        let clock = Clock::read(&row)?;
        let Some((rule, ctx)) = firing(app, &clock) else { return Ok(()) };
        (rule.fire)(ctx.at(clock.due_at)?, clock).await?;
    }
    Ok(())
}

/// The rule of a clock, and the context in which its present step happens once.
fn firing(app: &App, clock: &Clock) -> Option<(&'static ClockRule, Ctx)> {
    let rule = app.parts().iter().flat_map(|p| p.clocks).find(|r| r.key == clock.rule)?;
    let once = format!("clock:{}:{}", clock.id, clock.step);
    Some((rule, Ctx::reacting(app, rule.key, once, Cause { event: clock.because, depth: 0 })))
}
