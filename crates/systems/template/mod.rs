//! 模板: one table, one event, one POST, one GET, one page and one story, to build from.
mod api;
mod decide;
mod store;
#[cfg(test)]
mod tests;

use platform::{Action, Grant, MenuEntry, Migration, Part, Phase, Role};

/// The part.
pub static PART: Part = {
    let mut part = Part::new("template", "systems/template", "模板", Phase::Before);
    part.no = Some(0);
    part.migrations = &[Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None }];
    part.grants = GRANTS;
    part.routes = api::routes;
    part.menu = &[MenuEntry { title: "模板", path: "/template/notes", action: Action::View }];
    part
};

/// Who may do what; what is not granted here is refused.
const GRANTS: &[Grant] = &[
    Grant { role: Role::SafetyManager, actions: &[Action::View, Action::Register] },
    Grant { role: Role::Officer, actions: &[Action::View] },
];
