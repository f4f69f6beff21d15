//! The background work of a node: the tree, and one loop for reactions, clocks and schedules.
use crate::actor::Actor;
use crate::app::App;
use crate::args;
use crate::db::{Db, sql};
use crate::error::Result;
use crate::part::Part;
use crate::{clocks, reactions};
use std::collections::HashMap;
use std::time::Duration;

/// What the work loop remembers between rounds.
pub struct State {
    pub(crate) cursors: HashMap<&'static str, i64>,
    schedules: HashMap<&'static str, i64>,
    pub(crate) failed_clocks: clocks::Failed,
}

impl State {
    /// Reads the cursors. A reaction that is new to this database starts at its end, because
    /// what happened before it existed is not to be answered now.
    pub(crate) async fn load(db: &Db, parts: &[&'static Part], head: i64) -> Result<Self> {
        let rows = db.all(sql("select reaction, seq from reaction_cursor", vec![])).await?;
        let mut known: HashMap<String, i64> = HashMap::new();
        for row in rows {
            known.insert(row.get("reaction")?, row.get("seq")?);
        }
        let reactions = parts.iter().flat_map(|p| p.reactions);
        let cursors: HashMap<_, _> = reactions.map(|r| (r.name, known.get(r.name).copied().unwrap_or(head))).collect();
        // Written down at once: a node that stops before its first round must find its place, not
        // begin at a later end.
        let mut tx = db.begin().await?;
        for (reaction, seq) in cursors.iter().filter(|(name, _)| !known.contains_key(**name)) {
            tx.run(sql(
                "insert into reaction_cursor (reaction, seq) values ($1, $2) on conflict (reaction) do nothing",
                args![*reaction, *seq],
            ))
            .await?;
        }
        tx.commit().await?;
        let mut schedules = HashMap::new();
        for row in db.all(sql("select name, last_at from work", vec![])).await? {
            let name: String = row.get("name")?;
            if let Some(schedule) = parts.iter().flat_map(|p| p.schedules).find(|s| s.name == name) {
                schedules.insert(schedule.name, row.get("last_at")?);
            }
        }
        Ok(Self { cursors, schedules, failed_clocks: clocks::Failed::default() })
    }
}

/// Takes durable leaves into the tree as they come.
pub(crate) async fn tree_loop(app: App) {
    let mut durable = app.watch_durable();
    loop {
        if let Err(error) = app.integrate().await {
            tracing::error!(%error, "the tree could not be moved on: {error}");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        // Batches form by themselves: whatever became durable meanwhile is taken at once.
        tokio::time::sleep(Duration::from_millis(50)).await;
        if durable.changed().await.is_err() {
            return;
        }
    }
}

/// Reactions, clocks and schedules, one after another; each is short and retried.
pub(crate) async fn work_loop(app: App) {
    let mut durable = app.watch_durable();
    loop {
        durable.mark_unchanged();
        if let Err(error) = round(&app).await {
            tracing::error!(%error, "background work failed and will be retried: {error}");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let _ = tokio::time::timeout(app.policy().tick, durable.changed()).await;
    }
}

async fn round(app: &App) -> Result<()> {
    observe_other_writers(app).await?;
    let mut state = app.jobs().lock().await;
    reactions::drain(app, &mut state).await?;
    clocks::fire_due(app, &mut state.failed_clocks).await?;
    run_schedules(app, &mut state).await
}

/// Other nodes of a PostgreSQL, or a command beside an embedded node, write too: everything below
/// the head read before a flush is durable.
async fn observe_other_writers(app: &App) -> Result<()> {
    let next: i64 = app.db().one(sql("select next from log_head where id = 1", vec![])).await?.get("next")?;
    if next - 1 > app.durable() {
        app.db().flushed().await?;
        app.became_durable(next - 1);
    }
    Ok(())
}

async fn run_schedules(app: &App, state: &mut State) -> Result<()> {
    let now = app.source().now();
    for schedule in app.parts().iter().flat_map(|p| p.schedules) {
        let last = state.schedules.get(schedule.name).copied().unwrap_or(0);
        let every = i64::try_from(schedule.every.as_millis()).unwrap_or(i64::MAX);
        if now.0 - last < every {
            continue;
        }
        let result = (schedule.run)(app.ctx(Actor::system())).await;
        let error = result.err().map(|e| e.to_string());
        if let Some(error) = &error {
            tracing::error!(schedule = schedule.name, error, "schedule {} failed: {error}", schedule.name);
        }
        state.schedules.insert(schedule.name, now.0);
        let mut tx = app.db().begin().await?;
        tx.run(sql(
            "insert into work (name, last_at, error) values ($1, $2, $3) on conflict (name) do update set last_at = excluded.last_at, error = excluded.error",
            args![schedule.name, now, error],
        ))
        .await?;
        tx.commit().await?;
    }
    Ok(())
}
