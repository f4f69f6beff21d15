//! Government (政府): the directory of organisations, accounts and roles by three
//! administrators, keys of other systems, the authorisation console and the audit list.
pub mod orgs;
pub mod users;

mod audit;
mod authorisation;
mod home;
mod keys;
mod rules;
#[cfg(test)]
mod tests;

use platform::{Action, App, Grant, MenuEntry, Migration, Part, Phase, Role};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const VIEW: &[Action] = &[Action::View];
const OWN_ADMIN: &[Action] = &[Action::View, Action::ManageAccounts, Action::ManageRoles, Action::ManageKeys];

const fn view(role: Role) -> Grant {
    Grant { role, actions: VIEW }
}

const GRANTS: &[Grant] = &[
    Grant {
        role: Role::SysAdmin,
        actions: &[Action::View, Action::Register, Action::ManageAccounts, Action::ManageKeys, Action::Publish],
    },
    Grant { role: Role::SecAdmin, actions: &[Action::View, Action::ManageRoles] },
    Grant { role: Role::Auditor, actions: &[Action::View, Action::Audit] },
    view(Role::Leader),
    view(Role::DutyOfficer),
    view(Role::Officer),
    view(Role::Enforcer),
    view(Role::Township),
    view(Role::Department),
    view(Role::Supervisor),
    view(Role::Principal),
    view(Role::SafetyManager),
    Grant { role: Role::EnterpriseAdmin, actions: OWN_ADMIN },
    view(Role::Underwriter),
    view(Role::RiskService),
    view(Role::Claims),
    view(Role::Finance),
    Grant { role: Role::InsurerAdmin, actions: OWN_ADMIN },
    Grant { role: Role::ServiceAdmin, actions: OWN_ADMIN },
    view(Role::ProjectManager),
    view(Role::Expert),
    view(Role::Trainer),
];

const MENU: &[MenuEntry] = &[
    MenuEntry { title: "机构", path: "/orgs", action: Action::View },
    MenuEntry { title: "用户", path: "/users", action: Action::ManageAccounts },
    MenuEntry { title: "用户", path: "/users", action: Action::ManageRoles },
    MenuEntry { title: "用户", path: "/users", action: Action::Audit },
    MenuEntry { title: "接口密钥", path: "/keys", action: Action::ManageKeys },
    MenuEntry { title: "授权矩阵", path: "/authorisation", action: Action::View },
    MenuEntry { title: "规则库", path: "/rules", action: Action::Publish },
    MenuEntry { title: "规则库", path: "/rules", action: Action::Audit },
    MenuEntry { title: "审计日志", path: "/audit", action: Action::Audit },
];

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(orgs::api::list, orgs::api::add))
        .routes(routes!(users::api::list, users::api::add))
        .routes(routes!(users::api::disable))
        .routes(routes!(users::api::enable))
        .routes(routes!(users::api::reset))
        .routes(routes!(users::api::roles_of, users::api::granted))
        .routes(routes!(users::api::revoked))
        .routes(routes!(keys::api::list, keys::api::add))
        .routes(routes!(keys::api::scopes))
        .routes(routes!(keys::api::revoked))
        .routes(routes!(authorisation::table))
        .routes(routes!(authorisation::who))
        .routes(routes!(audit::list))
        .routes(routes!(rules::api::tables))
        .routes(routes!(rules::api::table))
        .routes(routes!(rules::api::trial))
        .routes(routes!(rules::api::add))
        .routes(routes!(rules::api::published))
}

/// The part.
pub static PART: Part = {
    let mut part = Part::new("government", "subjects/government", "政府与机构管理", Phase::Base);
    part.grants = GRANTS;
    part.migrations = &[Migration { name: "0001_rules", sql: include_str!("migrations/0001_rules.sql"), pg: None }];
    part.menu = MENU;
    part.start = |app| Box::pin(rules::start(app));
    part.routes = router;
    part.cards = |ctx| Box::pin(home::cards(ctx));
    part
};
