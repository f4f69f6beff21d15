//! Insurers (保险机构): their file, their people, and what enterprises let them see.
use crate::enterprise::people::api::Entered;
use crate::enterprise::people::{Person, PersonForm};
use crate::government::orgs::file::{self, OrgFile};
use axum::Json;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId};
use platform::view::Card;
use platform::{Action, App, Ctx, Grant, Part, Phase, Result, Role, Subject};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[cfg(test)]
mod tests;

const fn view(role: Role) -> Grant {
    Grant { role, actions: &[Action::View] }
}

const GRANTS: &[Grant] = &[
    view(Role::Leader),
    view(Role::Officer),
    view(Role::Supervisor),
    view(Role::SysAdmin),
    view(Role::Principal),
    view(Role::SafetyManager),
    view(Role::EnterpriseAdmin),
    view(Role::Underwriter),
    view(Role::RiskService),
    view(Role::Claims),
    view(Role::Finance),
    Grant { role: Role::InsurerAdmin, actions: &[Action::View, Action::Edit] },
    view(Role::ServiceAdmin),
    view(Role::ProjectManager),
];

/// 保险机构档案
#[utoipa::path(get, path = "/insurers/{id}", tag = "insurer", params(("id" = String, Path)), responses((status = 200, body = OrgFile)))]
async fn get(ctx: Ctx, PathId(id): PathId<String>) -> Result<Json<OrgFile>> {
    file::file(&ctx, &PART, Subject::Insurer, &id).await
}

/// 保险机构人员
#[utoipa::path(get, path = "/insurers/{id}/people", tag = "insurer", params(("id" = String, Path), PageQuery), responses((status = 200, body = List<Person>)))]
async fn people(ctx: Ctx, PathId(id): PathId<String>, Params(page): Params<PageQuery>) -> Result<Exported> {
    file::people(&ctx, &PART, Subject::Insurer, &id, &page).await
}

/// 登记本机构人员
#[utoipa::path(post, path = "/insurers/{id}/people", tag = "insurer", params(("id" = String, Path)), request_body = PersonForm, responses((status = 200, body = Entered)))]
async fn add(ctx: Ctx, PathId(id): PathId<String>, Body(form): Body<PersonForm>) -> Result<Json<Entered>> {
    file::add(&ctx, &PART, Subject::Insurer, &id, &form).await
}

async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    let whose = [Role::Underwriter, Role::RiskService, Role::Claims];
    if !whose.iter().any(|role| ctx.actor.has(*role)) {
        return Ok(vec![]);
    }
    Ok(vec![file::consented(&ctx, &PART).await?])
}

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(people, add))
}

/// The part.
pub static PART: Part = {
    let mut part = Part::new("insurer", "subjects/insurer", "保险机构", Phase::Base);
    part.grants = GRANTS;
    part.routes = router;
    part.cards = |ctx| Box::pin(cards(ctx));
    part
};
