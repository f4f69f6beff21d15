//! Handlers: who may, one transaction, a pure decision, one commit.
use super::store::{self, TemplateNote};
use super::{PART, decide};
use axum::Json;
use platform::auth::Org;
use platform::http::{Body, Exported, List, PageQuery, Params};
use platform::{Action, App, Ctx, Error, Receipt, Result};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, file))
}

/// A note to write.
#[derive(Deserialize, ToSchema)]
struct NewTemplateNote {
    /// Text.
    #[schema(min_length = 1, max_length = 200)]
    text: String,
}

/// 模板列表
#[utoipa::path(get, path = "/template/notes", tag = "template", params(PageQuery), responses((status = 200, body = List<TemplateNote>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::list(&ctx, &page).await?;
    Exported::new(&ctx, &page, list)
}

/// 登记模板
#[utoipa::path(post, path = "/template/notes", tag = "template", request_body = NewTemplateNote, responses((status = 200, body = Receipt)))]
async fn file(ctx: Ctx, Body(cmd): Body<NewTemplateNote>) -> Result<Json<Receipt>> {
    ctx.allow(&PART, Action::Register)?;
    let placed = Org::find(ctx.db(), &ctx.actor.org).await?.ok_or(Error::NotFound)?.placed();
    let id = ctx.new_id();
    let payload = decide::file(id, &cmd.text)?;
    let mut tx = ctx.begin().await?;
    store::insert(&mut tx, id, &placed, cmd.text.trim()).await?;
    let event = ctx.event(&payload, format!("template_note/{id}"), &placed)?;
    Ok(Json(ctx.commit(tx, event, vec![]).await?))
}
