//! HTTP of an enterprise's people.
use super::{Person, PersonForm, cut, register, store};
use crate::enterprise::{PART, consent, mask, register as enterprises, store as records};
use axum::Json;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId};
use platform::{Action, Ctx, Error, Result};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The id of what was entered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Entered {
    pub(crate) id: Uuid,
}

/// 企业人员
#[utoipa::path(get, path = "/enterprises/{id}/people", tag = "enterprise", params(("id" = String, Path), PageQuery), responses((status = 200, body = List<Person>)))]
pub(crate) async fn list(ctx: Ctx, PathId(id): PathId<String>, Params(page): Params<PageQuery>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    records::find(&ctx, &id).await?;
    if !ctx.granted_field(&id, consent::PEOPLE).await? {
        return Err(Error::Forbidden(
            "人员信息不在该企业对贵单位的授权范围内：如有需要，请企业在授权时勾选“人员”".to_owned(),
        ));
    }
    let people = of(&ctx, &id, &page, mask::whole(&ctx, &id)).await?;
    Exported::new(&ctx, &page, people)
}

/// A page of an organisation's people, cut for the caller.
pub(crate) async fn of(ctx: &Ctx, org: &str, page: &PageQuery, whole: bool) -> Result<List<Person>> {
    store::LISTING
        .run(
            ctx,
            page,
            |query| {
                query.push(" and p.org = ").bind(org);
            },
            |row| store::read(row).map(|(person, at)| cut(person, at, whole)),
        )
        .await
}

/// 登记人员
#[utoipa::path(post, path = "/enterprises/{id}/people", tag = "enterprise", params(("id" = String, Path)), request_body = PersonForm, responses((status = 200, body = Entered)))]
pub(crate) async fn create(
    ctx: Ctx,
    PathId(id): PathId<String>,
    Body(form): Body<PersonForm>,
) -> Result<Json<Entered>> {
    ctx.allow(&PART, Action::Edit)?;
    let enterprise = enterprises::active(&ctx, &id).await?;
    Ok(Json(Entered { id: register(&ctx, &enterprise.placed(), &form).await? }))
}
