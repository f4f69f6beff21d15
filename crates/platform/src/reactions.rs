//! Reactions: from durable cursors, at least once, effects once, order kept per key.
//!
//! A failing event parks its key (the enterprise, or the object) while other keys flow; retries
//! back off, and the parked key is shown on the operations page.
use crate::app::App;
use crate::args;
use crate::ctx::{Cause, Ctx};
use crate::db::sql;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::jobs::State;
use crate::part::Reaction;
use crate::source::Ms;
use crate::spine;
use std::collections::HashSet;

/// Events read at a time.
const BATCH: i64 = 500;
/// First and longest pause before a parked event is tried again.
const BACKOFF_MS: (i64, i64) = (1_000, 600_000);

/// Runs every reaction over what has become durable; returns how many effects ran.
pub(crate) async fn drain(app: &App, state: &mut State) -> Result<usize> {
    let reactions: Vec<&'static Reaction> = app.parts().iter().flat_map(|p| p.reactions).collect();
    let mut ran = retry_parked(app, &reactions).await?;
    let mut parked = parked_keys(app).await?;
    loop {
        let durable = app.durable();
        let Some(from) = state.cursors.values().copied().min() else { return Ok(ran) };
        if from >= durable {
            return Ok(ran);
        }
        let events = spine::read_after(app.db(), from, durable, BATCH).await?;
        let Some(last) = events.last().map(|e| e.seq) else { return Ok(ran) };
        for event in &events {
            for reaction in &reactions {
                let behind = state.cursors.get(reaction.name).is_some_and(|c| *c < event.seq);
                if behind && reaction.kinds.contains(&event.kind.as_str()) {
                    ran += 1;
                    deliver(app, reaction, event, &mut parked).await?;
                }
            }
        }
        store_cursors(app, state, last).await?;
    }
}

fn key_of(event: &Event) -> String {
    event.placed.enterprise.clone().unwrap_or_else(|| event.subject.clone())
}

async fn deliver(
    app: &App,
    reaction: &'static Reaction,
    event: &Event,
    parked: &mut HashSet<(String, String)>,
) -> Result<()> {
    let slot = (reaction.name.to_owned(), key_of(event));
    if parked.contains(&slot) {
        return park(app, reaction.name, &slot.1, event.seq, "waits for an earlier event of the same key", 0).await;
    }
    if let Err(error) = attempt(app, reaction, event).await {
        park(app, reaction.name, &slot.1, event.seq, &error.to_string(), 1).await?;
        parked.insert(slot);
    }
    Ok(())
}

/// Runs one effect; an effect that has already happened counts as done.
async fn attempt(app: &App, reaction: &'static Reaction, event: &Event) -> Result<()> {
    let once = format!("reaction:{}:{}", reaction.name, event.id);
    let ctx = Ctx::reacting(app, reaction.name, once.clone(), Cause { event: event.id, depth: event.depth });
    // While the invented past of a demonstration is loaded, what answers an event happens at its time too.
    let past = app.demo() && app.is_quiet() && event.occurred_at < ctx.now();
    let ctx = if past { ctx.at(event.occurred_at)? } else { ctx };
    match (reaction.run)(ctx, event.clone()).await {
        Err(Error::Conflict(_))
            if app.db().opt(sql("select key from once where key = $1", args![once])).await?.is_some() =>
        {
            Ok(())
        }
        other => other,
    }
}

async fn park(app: &App, reaction: &str, key: &str, seq: i64, error: &str, attempts: i64) -> Result<()> {
    if attempts > 0 {
        tracing::error!(reaction, key, seq, error, "reaction {reaction} on event {seq} failed and is parked: {error}");
    }
    let next = app.source().now().plus(backoff(attempts));
    let mut tx = app.db().begin().await?;
    tx.run(sql(
        "insert into reaction_parked (reaction, key, seq, attempts, next_at, error) values ($1, $2, $3, $4, $5, $6)
         on conflict (reaction, key, seq) do update set attempts = excluded.attempts, next_at = excluded.next_at, error = excluded.error",
        args![reaction, key, seq, attempts, next, error],
    ))
    .await?;
    tx.commit().await
}

fn backoff(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(0, 20)).unwrap_or(0);
    BACKOFF_MS.0.saturating_mul(1_i64 << doublings).min(BACKOFF_MS.1)
}

async fn parked_keys(app: &App) -> Result<HashSet<(String, String)>> {
    let rows = app.db().all(sql("select distinct reaction, key from reaction_parked", vec![])).await?;
    rows.iter().map(|r| Ok((r.get("reaction")?, r.get("key")?))).collect()
}

/// Tries the oldest parked event of every key that is due, and goes on with the key on success.
async fn retry_parked(app: &App, reactions: &[&'static Reaction]) -> Result<usize> {
    let mut ran = 0;
    loop {
        let now = app.source().now();
        let due = app.db().all(sql(
            "select p.reaction, p.key, p.seq, p.attempts from reaction_parked p where p.next_at <= $1
             and not exists (select 1 from reaction_parked o where o.reaction = p.reaction and o.key = p.key and o.seq < p.seq) limit 100",
            args![now],
        ))
        .await?;
        if due.is_empty() {
            return Ok(ran);
        }
        for row in due {
            let (name, key, seq): (String, String, i64) = (row.get("reaction")?, row.get("key")?, row.get("seq")?);
            let event = spine::read_after(app.db(), seq - 1, seq, 1).await?.into_iter().next();
            let result = match (reactions.iter().find(|r| r.name == name), event) {
                (Some(reaction), Some(event)) => attempt(app, reaction, &event).await,
                // A reaction that no longer exists has nothing left to do.
                _ => Ok(()),
            };
            ran += 1;
            match result {
                Ok(()) => unpark(app, &name, &key, seq, now).await?,
                Err(error) => park(app, &name, &key, seq, &error.to_string(), row.get::<i64>("attempts")? + 1).await?,
            }
        }
    }
}

async fn unpark(app: &App, reaction: &str, key: &str, seq: i64, now: Ms) -> Result<()> {
    let mut tx = app.db().begin().await?;
    tx.run(sql("delete from reaction_parked where reaction = $1 and key = $2 and seq = $3", args![reaction, key, seq]))
        .await?;
    tx.run(sql("update reaction_parked set next_at = $1 where reaction = $2 and key = $3", args![now, reaction, key]))
        .await?;
    tx.commit().await
}

async fn store_cursors(app: &App, state: &mut State, seq: i64) -> Result<()> {
    let mut tx = app.db().begin().await?;
    for (reaction, cursor) in &mut state.cursors {
        if *cursor < seq {
            *cursor = seq;
            tx.run(sql(
                "insert into reaction_cursor (reaction, seq) values ($1, $2) on conflict (reaction) do update set seq = excluded.seq",
                args![*reaction, seq],
            ))
            .await?;
        }
    }
    tx.commit().await
}
