//! The home page of a role: the cards that the parts offer to it, most pressing first.
use axum::Json;
use platform::view::Card;
use platform::{Ctx, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// The caller's home page.
#[derive(Serialize, ToSchema)]
pub(super) struct Home {
    cards: Vec<Card>,
}

/// 首页卡片
#[utoipa::path(get, path = "/home", tag = "portal", responses((status = 200, body = Home)))]
pub(super) async fn home(ctx: Ctx) -> Result<Json<Home>> {
    let mut cards = vec![];
    for part in ctx.app.parts().iter().filter(|p| p.built) {
        cards.extend((part.cards)(ctx.clone()).await?);
    }
    cards.sort_by(|a, b| (a.order, &a.key).cmp(&(b.order, &b.key)));
    Ok(Json(Home { cards }))
}
