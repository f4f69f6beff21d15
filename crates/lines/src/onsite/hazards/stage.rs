//! Where a hazard stands, for those who take it on step by step: the loader of a demonstration's history.
use super::decide::{Level, State};
use super::store;
use platform::{Ctx, Ms, Result};
use uuid::Uuid;

/// A hazard between two acts.
#[derive(Debug, Clone, Copy)]
pub struct Stage {
    /// Where it stands.
    pub state: State,
    /// Version the next act must name.
    pub version: i64,
    /// Level.
    pub level: Level,
    /// How often it has been opened again.
    pub round: i64,
    /// When it was found.
    pub found_at: Ms,
}

/// Where a hazard stands.
pub async fn stage(ctx: &Ctx, id: Uuid) -> Result<Stage> {
    let row = store::load(ctx, id).await?;
    let (state, level) = (row.hazard.state, row.hazard.level);
    Ok(Stage { state, version: row.version, level, round: row.round, found_at: row.created_at })
}
