//! Service organisations (第三方服务机构): their file, their people with what they know, and what
//! enterprises let them see. A freelance expert is an organisation of one.
pub mod qualified;

pub use qualified::{Qualification, QualificationForm, qualify};

use crate::enterprise::people::api::Entered;
use crate::enterprise::people::{Person, PersonForm};
use crate::government::orgs::file::{self, OrgFile};
use axum::Json;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId};
use platform::view::Card;
use platform::{Action, App, Ctx, Db, Grant, Migration, Part, Phase, Result, Role, Subject};
use std::collections::HashSet;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

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
    view(Role::InsurerAdmin),
    Grant { role: Role::ServiceAdmin, actions: &[Action::View, Action::Edit] },
    Grant { role: Role::ProjectManager, actions: &[Action::View, Action::Edit] },
    view(Role::Expert),
    view(Role::Trainer),
];

/// 服务机构档案
#[utoipa::path(get, path = "/service-orgs/{id}", tag = "service_org", params(("id" = String, Path)), responses((status = 200, body = OrgFile)))]
async fn get(ctx: Ctx, PathId(id): PathId<String>) -> Result<Json<OrgFile>> {
    file::file(&ctx, &PART, Subject::ServiceOrg, &id).await
}

/// 服务机构人员（专家含专业特长）
#[utoipa::path(get, path = "/service-orgs/{id}/people", tag = "service_org", params(("id" = String, Path), PageQuery), responses((status = 200, body = List<Person>)))]
async fn people(ctx: Ctx, PathId(id): PathId<String>, Params(page): Params<PageQuery>) -> Result<Exported> {
    file::people(&ctx, &PART, Subject::ServiceOrg, &id, &page).await
}

/// 登记本机构人员
#[utoipa::path(post, path = "/service-orgs/{id}/people", tag = "service_org", params(("id" = String, Path)), request_body = PersonForm, responses((status = 200, body = Entered)))]
async fn add(ctx: Ctx, PathId(id): PathId<String>, Body(form): Body<PersonForm>) -> Result<Json<Entered>> {
    file::add(&ctx, &PART, Subject::ServiceOrg, &id, &form).await
}

/// The own organisation's file, and the enterprises that let it see something.
async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    let whose = [Role::ServiceAdmin, Role::ProjectManager, Role::Expert];
    if !whose.iter().any(|role| ctx.actor.has(*role)) {
        return Ok(vec![]);
    }
    let people = crate::enterprise::people::count(ctx.db(), &ctx.actor.org).await?;
    let own = Card {
        key: "own_org".to_owned(),
        part: PART.key.to_owned(),
        title: "本机构人员".to_owned(),
        value: Some(people.to_string()),
        unit: Some("人".to_owned()),
        note: (people == 0).then(|| "请登记专家及其专业特长，派单时按特长匹配".to_owned()),
        link: format!("/service-orgs/{}", ctx.actor.org),
        order: 20,
        ..Card::default()
    };
    Ok(vec![file::consented(&ctx, &PART).await?, own])
}

/// The name of a person of an organisation, as its own file has it.
pub async fn person_name(db: &Db, org: &str, person: Uuid) -> Result<Option<String>> {
    Ok(crate::enterprise::people::by_id(db, org, person).await?.map(|p| p.name))
}

/// People of other organisations who also stand on the list of people of this enterprise.
pub async fn staff_of(db: &Db, enterprise: &str) -> Result<HashSet<Uuid>> {
    Ok(crate::enterprise::people::also_at(db, enterprise).await?.into_iter().collect())
}

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get))
        .routes(routes!(people, add))
        .routes(routes!(qualified::list, qualified::add))
}

/// The part.
pub static PART: Part = {
    let mut part = Part::new("service_org", "subjects/service_org", "技术服务机构", Phase::Base);
    part.migrations = &[Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None }];
    part.grants = GRANTS;
    part.routes = router;
    part.cards = |ctx| Box::pin(cards(ctx));
    part
};
