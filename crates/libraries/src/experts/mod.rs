//! 专家与第三方服务机构库: who knows what, who may go where, and what they did there.
//!
//! Other parts ask [`candidates`] and [`check`]; the service record is a projection of the visits' events.
mod api;
mod clocks;
mod decide;
mod find;
mod pages;
mod reactions;
mod store;
mod taxonomy;
#[cfg(test)]
mod tests;
mod view;
mod write;

pub use find::{Candidate, Found, Reason, Search, candidates, check, skills_for};
pub use taxonomy::{Taxonomy, at as taxonomy_at};
pub use write::{
    ConflictForm, ExpertForm, InstrumentForm, ServiceAnswer, calibrate, change, confirm, declare, register,
};

use platform::{Action, Grant, MenuEntry, Migration, Part, Phase, Role};

/// The part.
pub static PART: Part = {
    let mut part = Part::new("experts", "libraries/experts", "专家与第三方服务机构库", Phase::Base);
    part.migrations = &[Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None }];
    part.grants = GRANTS;
    part.routes = api::routes;
    part.reactions = reactions::REACTIONS;
    part.clocks = clocks::CLOCKS;
    part.menu = &[
        MenuEntry { title: "专家库", path: "/experts", action: Action::View },
        MenuEntry { title: "服务机构", path: "/expert-orgs", action: Action::View },
        MenuEntry { title: "查找专家", path: "/expert-search", action: Action::View },
        MenuEntry { title: "服务记录", path: "/services", action: Action::View },
    ];
    part.cards = |ctx| Box::pin(pages::cards(ctx));
    part.tasks = |ctx| Box::pin(pages::tasks(ctx));
    part.sections = |ctx, enterprise| Box::pin(pages::sections(ctx, enterprise));
    part.search = |ctx, words| Box::pin(pages::search(ctx, words));
    part
};

/// The organisation keeps its people and instruments (`Register`, `Edit`); a conflict is declared (`Explain`) by the
/// person, the organisation or the government; the enterprise confirms services (`Evaluate`).
const GRANTS: &[Grant] = {
    use Action::{Edit, Evaluate, Explain, Register, View};
    &[
        Grant { role: Role::Leader, actions: &[View] },
        Grant { role: Role::Officer, actions: &[View, Explain] },
        Grant { role: Role::Enforcer, actions: &[View] },
        Grant { role: Role::Township, actions: &[View] },
        Grant { role: Role::Department, actions: &[View] },
        Grant { role: Role::Supervisor, actions: &[View] },
        Grant { role: Role::Principal, actions: &[View, Evaluate] },
        Grant { role: Role::SafetyManager, actions: &[View, Evaluate] },
        Grant { role: Role::Underwriter, actions: &[View] },
        Grant { role: Role::RiskService, actions: &[View] },
        Grant { role: Role::ServiceAdmin, actions: &[View, Register, Edit, Explain] },
        Grant { role: Role::ProjectManager, actions: &[View, Register, Edit, Explain] },
        Grant { role: Role::Expert, actions: &[View, Explain] },
    ]
};
