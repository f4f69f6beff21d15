//! Where a visit stands, for those who take it on step by step: the loader of a demonstration's history.
use super::decide::State;
use super::store;
use crate::onsite::checks::{self, CheckItem};
use platform::{Ctx, Result};
use uuid::Uuid;

/// A visit between two acts.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Where it stands.
    pub state: State,
    /// Version the next act must name.
    pub version: i64,
    /// Items that have no answer yet.
    pub open: Vec<CheckItem>,
    /// Digest of the record, once there is one.
    pub record: Option<String>,
    /// Visitors who came in and have not signed.
    pub unsigned: Vec<Uuid>,
}

/// Where a visit stands.
pub async fn stage(ctx: &Ctx, id: Uuid) -> Result<Stage> {
    let row = store::load(ctx, id).await?;
    let answers = store::answers(ctx, id).await?;
    let items = row.template.as_deref().and_then(|key| checks::find(&ctx.app.rules(), key)).map(|t| t.items);
    let open = items.unwrap_or_default().into_iter().filter(|i| answers.iter().all(|a| a.item != i.key)).collect();
    let signed = &row.visit.signed_by;
    let unsigned = row.visit.present.iter().filter(|p| !signed.contains(p)).copied().collect();
    Ok(Stage { state: row.visit.state, version: row.version, open, record: row.record.clone(), unsigned })
}
