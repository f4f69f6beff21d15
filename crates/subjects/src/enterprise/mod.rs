//! Enterprises (企业): the register with the source of every field, self-registration, duplicates
//! and their merging, sites with landlord and tenants, people, consents, codes to scan, imports.
pub mod consent;
pub mod facts;
pub mod people;
pub mod profile;
pub mod register;
pub mod sites;

mod api;
pub(crate) mod checks;
mod home;
mod import;
pub(crate) mod mask;
mod merge;
mod page;
mod qr;
pub(crate) mod registration;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod tests;

pub use profile::{EnterpriseForm, Profile};
pub use register::{NewEnterprise, Origin, register, register_many};

use platform::{Action, App, Grant, MenuEntry, Migration, Part, Phase, Role};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// An enterprise's trade and risk tags in words; nothing where it is not in the register.
pub async fn risk_words(db: &platform::Db, id: &str) -> platform::Result<Vec<String>> {
    let Some(found) = store::by_id(db, id).await? else { return Ok(vec![]) };
    Ok(std::iter::once(found.profile.industry).chain(found.profile.tags).collect())
}

const VIEW: &[Action] = &[Action::View];

const fn view(role: Role) -> Grant {
    Grant { role, actions: VIEW }
}

const GRANTS: &[Grant] = &[
    Grant {
        role: Role::Officer,
        actions: &[Action::View, Action::Register, Action::Edit, Action::Approve, Action::Merge, Action::Import],
    },
    Grant { role: Role::Township, actions: &[Action::View, Action::Register, Action::Edit, Action::Approve] },
    view(Role::Leader),
    view(Role::DutyOfficer),
    view(Role::Enforcer),
    view(Role::Department),
    view(Role::Supervisor),
    view(Role::SecAdmin),
    view(Role::Auditor),
    Grant { role: Role::Principal, actions: &[Action::View, Action::Edit, Action::Consent] },
    Grant { role: Role::SafetyManager, actions: &[Action::View, Action::Edit] },
    Grant { role: Role::EnterpriseAdmin, actions: &[Action::View, Action::Edit] },
    view(Role::TeamLeader),
    view(Role::Worker),
    view(Role::Contractor),
    view(Role::Landlord),
    view(Role::Underwriter),
    view(Role::RiskService),
    view(Role::Claims),
    view(Role::Finance),
    view(Role::InsurerAdmin),
    view(Role::ServiceAdmin),
    view(Role::ProjectManager),
    view(Role::Expert),
    view(Role::Trainer),
];

const MENU: &[MenuEntry] = &[
    MenuEntry { title: "企业", path: "/enterprises", action: Action::View },
    MenuEntry { title: "注册审核", path: "/registrations", action: Action::Approve },
    MenuEntry { title: "重复企业", path: "/duplicates", action: Action::Merge },
];

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(api::list, api::create))
        .routes(routes!(merge::api::list))
        .routes(routes!(api::get, api::change))
        .routes(routes!(api::confirm))
        .routes(routes!(merge::api::create))
        .routes(routes!(sites::api::list, sites::api::create))
        .routes(routes!(people::api::list, people::api::create))
        .routes(routes!(consent::api::list, consent::api::create))
        .routes(routes!(consent::api::withdrawn))
        .routes(routes!(registration::api::list, registration::api::create))
        .routes(routes!(registration::api::state))
        .routes(routes!(registration::api::accepted))
        .routes(routes!(registration::api::rejected))
        .routes(routes!(qr::svg))
}

/// The part.
pub static PART: Part = {
    let mut part = Part::new("enterprise", "subjects/enterprise", "企业", Phase::Base);
    part.migrations = &[Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None }];
    part.grants = GRANTS;
    part.menu = MENU;
    part.routes = router;
    part.imports = import::IMPORTS;
    part.cards = |ctx| Box::pin(home::cards(ctx));
    part.tasks = |ctx| Box::pin(home::tasks(ctx));
    part.sections = |ctx, id| Box::pin(page::sections(ctx, id));
    part.cockpit = |ctx, region| Box::pin(home::cockpit(ctx, region));
    part.search = |ctx, q| Box::pin(home::search(ctx, q));
    part
};
