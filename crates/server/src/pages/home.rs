//! The home page of a role: how full its queue is, and the cards that the parts offer to it, most pressing first.
use crate::pages::tasks::{self, TaskShare};
use axum::Json;
use platform::view::Card;
use platform::{Ctx, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// The caller's home page.
#[derive(Serialize, ToSchema)]
pub(super) struct Home {
    cards: Vec<Card>,
    /// Tasks in the queue.
    tasks: usize,
    /// Of these overdue.
    overdue: usize,
    /// How the queue is spread over the parts.
    shares: Vec<TaskShare>,
}

/// 首页卡片
#[utoipa::path(get, path = "/home", tag = "portal", responses((status = 200, body = Home)))]
pub(super) async fn home(ctx: Ctx) -> Result<Json<Home>> {
    let mut cards = vec![];
    for part in ctx.app.parts().iter().filter(|p| p.built) {
        cards.extend((part.cards)(ctx.clone()).await?);
    }
    cards.sort_by(|a, b| (a.order, &a.key).cmp(&(b.order, &b.key)));
    let queue = tasks::queue(&ctx).await?;
    let now = ctx.now().0;
    let overdue = queue.iter().filter(|task| tasks::is_overdue(task, now)).count();
    Ok(Json(Home { cards, tasks: queue.len(), overdue, shares: tasks::shares(&queue, now) }))
}
