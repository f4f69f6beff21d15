//! N1 企业分类分级信用评价: grades from the score of the credit library, and what follows from them.
//!
//! A better grade is published at once. A worse one is announced first; only a death, a refusal or a
//! concealment lowers a grade without notice. Every published grade keeps its whole basis, from which
//! an outsider recomputes it.
mod api;
mod classify;
mod decide;
mod pages;
mod pdf;
mod reactions;
mod run_view;
mod runs;
mod store;
#[cfg(test)]
mod tests;
mod view;
mod write;

pub use runs::{RunForm, run};
pub use write::{Adoption, ClassForm, adopt, confirm_class};

use platform::{Action, Grant, MenuEntry, Migration, Part, Phase, Role};

/// The clock of a notice.
const NOTICE: &str = "credit_rating.notice";

/// The part.
pub static PART: Part = {
    let mut part = Part::new("credit_rating", "systems/credit_rating", "企业分类分级信用评价", Phase::Before);
    part.no = Some(1);
    part.migrations = &[Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None }];
    part.grants = GRANTS;
    part.routes = api::routes;
    part.reactions = reactions::REACTIONS;
    part.clocks = reactions::CLOCKS;
    part.menu = &[
        MenuEntry { title: "信用等级", path: "/credit-ratings", action: Action::View },
        MenuEntry { title: "信用评定", path: "/credit-runs", action: Action::Approve },
        MenuEntry { title: "信用模型", path: "/credit-model", action: Action::View },
    ];
    part.cards = |ctx| Box::pin(pages::cards(ctx));
    part.sections = |ctx, enterprise| Box::pin(pages::sections(ctx, enterprise));
    part
};

const LOOKS: &[Action] = &[Action::View];

/// The county classifies and grades (`Approve`), its leader adopts editions (`Sign`), others look.
const GRANTS: &[Grant] = &[
    Grant { role: Role::Leader, actions: &[Action::View, Action::Approve, Action::Sign] },
    Grant { role: Role::Officer, actions: &[Action::View, Action::Approve] },
    Grant { role: Role::Enforcer, actions: LOOKS },
    Grant { role: Role::DutyOfficer, actions: LOOKS },
    Grant { role: Role::Township, actions: LOOKS },
    Grant { role: Role::Department, actions: LOOKS },
    Grant { role: Role::Supervisor, actions: LOOKS },
    Grant { role: Role::Principal, actions: LOOKS },
    Grant { role: Role::SafetyManager, actions: LOOKS },
    Grant { role: Role::Underwriter, actions: LOOKS },
    Grant { role: Role::RiskService, actions: LOOKS },
];
