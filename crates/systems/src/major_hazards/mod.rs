//! N9 重大危险源监控预警: the register of major hazard sources, graded by GB 18218-2018.
//!
//! An enterprise puts a source on file, the county confirms it or sends it back. S, R and level are
//! computed, never filled in, and are computed again whenever the file changes.
mod api;
mod check;
mod decide;
mod file;
mod form;
mod import;
mod pages;
mod reactions;
mod row;
mod store;
#[cfg(test)]
mod tests;
mod write;

pub use form::{Chemical, NewSource, Origin, Post, Responsible, Tank, Unit, UnitKind};
pub use write::{change, confirm, file, send_back};

use platform::{Action, Grant, MenuEntry, Migration, Part, Phase, Role};

/// The part.
pub static PART: Part = {
    let mut part = Part::new("major_hazards", "systems/major_hazards", "重大危险源监控预警", Phase::During);
    part.no = Some(9);
    part.migrations = &[Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None }];
    part.grants = GRANTS;
    part.routes = api::routes;
    part.reactions = reactions::REACTIONS;
    part.clocks = reactions::CLOCKS;
    part.imports = import::IMPORTS;
    part.menu = &[MenuEntry { title: "重大危险源", path: "/hazard-sources", action: Action::View }];
    part.cards = |ctx| Box::pin(pages::cards(ctx));
    part.sections = |ctx, enterprise| Box::pin(pages::sections(ctx, enterprise));
    part.figures = |ctx, enterprises| Box::pin(pages::figures(ctx, enterprises));
    part.cockpit = |ctx, region| Box::pin(pages::cockpit(ctx, region));
    part.search = |ctx, words| Box::pin(pages::search(ctx, words));
    part
};

const KEEPS: &[Action] = &[Action::View, Action::Register, Action::Edit, Action::Import];
const LOOKS: &[Action] = &[Action::View];

/// The enterprise keeps the file, the county confirms it, others look.
const GRANTS: &[Grant] = &[
    Grant {
        role: Role::Officer,
        actions: &[Action::View, Action::Register, Action::Edit, Action::Import, Action::Approve],
    },
    Grant { role: Role::Leader, actions: LOOKS },
    Grant { role: Role::DutyOfficer, actions: LOOKS },
    Grant { role: Role::Enforcer, actions: LOOKS },
    Grant { role: Role::Township, actions: LOOKS },
    Grant { role: Role::Department, actions: LOOKS },
    Grant { role: Role::Supervisor, actions: LOOKS },
    Grant { role: Role::Principal, actions: KEEPS },
    Grant { role: Role::SafetyManager, actions: KEEPS },
    Grant { role: Role::TeamLeader, actions: LOOKS },
    Grant { role: Role::Underwriter, actions: LOOKS },
    Grant { role: Role::RiskService, actions: LOOKS },
    Grant { role: Role::ProjectManager, actions: LOOKS },
    Grant { role: Role::Expert, actions: LOOKS },
];
