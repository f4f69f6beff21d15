//! 企业信用信息数据库: the ledger of credit facts and the score that follows from it.
//!
//! Rules turn events into candidate facts. A positive one counts at once, an adverse one needs a
//! person, a serious one two. The score adds up what counts; an upheld objection takes a fact out as
//! if it had never been. Grades are N1's.
mod api;
mod catalogue;
mod decide;
pub mod model;
mod pages;
mod reactions;
mod rules;
mod store;
#[cfg(test)]
mod tests;
pub mod view;
mod write;

pub use catalogue::working_days_later;
pub use decide::State;
pub use view::{Basis, basis, enterprises_with_score, restate, what_if};
pub use write::{Answer, NewFact, ObjectionForm, answer, confirm, dismiss, object, record_manual};

use platform::{Action, Grant, MenuEntry, Migration, Part, Phase, Role};

/// The clock of the written answer.
const ANSWER: &str = "credit.answer";
/// The clock of a fact's end.
const ENDS: &str = "credit.fact_ends";

/// The part.
pub static PART: Part = {
    let mut part = Part::new("credit", "libraries/credit", "企业信用信息数据库", Phase::Base);
    part.migrations = &[Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None }];
    part.grants = GRANTS;
    part.routes = api::routes;
    part.reactions = reactions::REACTIONS;
    part.clocks = reactions::CLOCKS;
    part.menu = &[
        MenuEntry { title: "信用事实", path: "/credit-facts", action: Action::View },
        MenuEntry { title: "信用异议", path: "/credit-objections", action: Action::View },
    ];
    part.cards = |ctx| Box::pin(pages::cards(ctx));
    part.tasks = |ctx| Box::pin(pages::tasks(ctx));
    part
};

const LOOKS: &[Action] = &[Action::View];
const DECIDES: &[Action] = &[Action::View, Action::Register, Action::Approve];
const OBJECTS: &[Action] = &[Action::View, Action::Explain];

/// The government records and decides (`Approve`), the subject objects (`Explain`), others look.
const GRANTS: &[Grant] = &[
    Grant { role: Role::Officer, actions: DECIDES },
    Grant { role: Role::Enforcer, actions: DECIDES },
    Grant { role: Role::Leader, actions: &[Action::View, Action::Approve] },
    Grant { role: Role::Supervisor, actions: &[Action::View, Action::Approve] },
    Grant { role: Role::DutyOfficer, actions: LOOKS },
    Grant { role: Role::Township, actions: LOOKS },
    Grant { role: Role::Department, actions: LOOKS },
    Grant { role: Role::Principal, actions: OBJECTS },
    Grant { role: Role::SafetyManager, actions: OBJECTS },
    Grant { role: Role::Underwriter, actions: LOOKS },
    Grant { role: Role::RiskService, actions: LOOKS },
    Grant { role: Role::ServiceAdmin, actions: OBJECTS },
    Grant { role: Role::ProjectManager, actions: LOOKS },
    Grant { role: Role::Expert, actions: LOOKS },
];
