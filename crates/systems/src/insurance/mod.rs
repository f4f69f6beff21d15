//! N15 安责险报险理赔, first part: who must insure, application and quote, policy, premium that
//! follows events, prevention plan with its ledger.
//!
//! A premium is a pure function of what a policy was bound with and of the events since
//! ([`pricing`]); the platform proposes, a person decides.
pub mod applications;
mod common;
pub mod duties;
mod pages;
pub mod policies;
pub mod premiums;
pub mod prevention;
pub mod pricing;
#[cfg(test)]
mod pricing_tests;
mod rates;
mod statistics;
#[cfg(test)]
mod tests;

use platform::{Action, App, ClockRule, Grant, MenuEntry, Migration, Part, Phase, Reaction, Role};
use utoipa_axum::router::OpenApiRouter;

const REACTIONS: &[Reaction] = {
    let [a, b, c] = premiums::write::REACTIONS else { panic!("three reactions") };
    let [d] = prevention::write::REACTIONS else { panic!("one reaction") };
    &[*a, *b, *c, *d]
};
const CLOCKS: &[ClockRule] = &[policies::write::EXPIRY, prevention::write::ANSWER];

/// The part.
pub static PART: Part = {
    let mut part = Part::new("insurance", "systems/insurance", "安责险报险理赔", Phase::After);
    part.no = Some(15);
    part.migrations = &[
        Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None },
        Migration { name: "0002_prevention", sql: include_str!("migrations/0002_prevention.sql"), pg: None },
    ];
    part.grants = GRANTS;
    part.routes = routes;
    part.reactions = REACTIONS;
    part.clocks = CLOCKS;
    part.imports = policies::import::IMPORTS;
    part.menu = MENU;
    part.cards = |ctx| Box::pin(pages::cards(ctx));
    part.tasks = |ctx| Box::pin(pages::tasks(ctx));
    part.sections = |ctx, enterprise| Box::pin(pages::sections(ctx, enterprise));
    part.cockpit = |ctx, region| Box::pin(pages::cockpit(ctx, region));
    part.search = |ctx, words| Box::pin(pages::search(ctx, words));
    part
};

fn routes() -> OpenApiRouter<App> {
    duties::routes()
        .merge(applications::routes())
        .merge(policies::routes())
        .merge(premiums::routes())
        .merge(prevention::routes())
        .merge(statistics::routes())
}

const MENU: &[MenuEntry] = &[
    MenuEntry { title: "应保尽保", path: "/insurance-duties", action: Action::View },
    MenuEntry { title: "投保与报价", path: "/insurance-applications", action: Action::View },
    MenuEntry { title: "保单", path: "/insurance-policies", action: Action::View },
    MenuEntry { title: "保险费调整", path: "/premium-adjustments", action: Action::View },
    MenuEntry { title: "预防服务台账", path: "/prevention-lines", action: Action::View },
    MenuEntry { title: "服务投诉", path: "/service-complaints", action: Action::View },
    MenuEntry { title: "承保统计", path: "/insurance-statistics", action: Action::View },
];

const LOOKS: &[Action] = &[Action::View];

/// `Edit` decides the duty to insure, `Register` applies, `Sign` accepts for the enterprise, `Approve`
/// quotes and decides premiums, `Assign` plans services, `Explain` answers complaints, `Evaluate`
/// confirms services, `Settle` pays them.
const GRANTS: &[Grant] = &[
    Grant { role: Role::Leader, actions: LOOKS },
    Grant { role: Role::Officer, actions: &[Action::View, Action::Edit] },
    Grant { role: Role::Township, actions: LOOKS },
    Grant { role: Role::Department, actions: LOOKS },
    Grant { role: Role::Supervisor, actions: LOOKS },
    Grant { role: Role::Auditor, actions: LOOKS },
    Grant { role: Role::Principal, actions: &[Action::View, Action::Register, Action::Sign, Action::Evaluate] },
    Grant { role: Role::SafetyManager, actions: &[Action::View, Action::Register, Action::Evaluate] },
    Grant { role: Role::Underwriter, actions: &[Action::View, Action::Approve, Action::Import] },
    Grant { role: Role::RiskService, actions: &[Action::View, Action::Assign, Action::Explain] },
    Grant { role: Role::Claims, actions: LOOKS },
    Grant { role: Role::Finance, actions: &[Action::View, Action::Settle] },
    Grant { role: Role::ServiceAdmin, actions: LOOKS },
    Grant { role: Role::ProjectManager, actions: LOOKS },
];
