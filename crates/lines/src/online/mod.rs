//! 线上监管: devices, readings, alarms and the duty desk.
//!
//! A reading goes through [`pipeline`]: authenticated and checked ([`reading`]), made durable
//! ([`telemetry`]), judged ([`judge`]), and what the judge finds becomes facts ([`signals`]) that
//! people answer ([`decide`], [`api`]) against clocks ([`clocks`]).

pub mod api;
mod board;
#[cfg(feature = "mqtt-broker")]
pub mod broker;
pub mod clocks;
pub mod codec;
pub mod commands;
pub mod coverage;
pub mod decide;
mod import;
pub mod ingest;
pub mod judge;
pub mod limits;
pub mod model;
pub mod pipeline;
mod queue;
pub mod rate;
pub mod reading;
mod reading_json;
mod signals;
mod store;
mod suspicion;
pub mod telemetry;
pub mod watchman;

pub use board::open_alarms_by_tag;
pub use pipeline::{Entrance, Pipeline};
pub use store::all_devices;

use platform::{Action, App, Grant, MenuEntry, Migration, Part, Phase, Result, Role};

const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None }];

/// Who may do what. Government watches and answers for its area; the enterprise answers for itself;
/// insurers and service organisations see what a grant opens.
const GRANTS: &[Grant] = {
    use Action::{Acknowledge, Approve, Clear, Edit, Explain, Import, Onboard, Register, View, Watch};
    &[
        Grant { role: Role::Leader, actions: &[View] },
        Grant { role: Role::DutyOfficer, actions: &[View, Acknowledge, Clear, Watch] },
        Grant { role: Role::Officer, actions: &[View, Acknowledge, Clear, Approve, Onboard, Import, Register, Edit] },
        Grant { role: Role::Enforcer, actions: &[View] },
        Grant { role: Role::Township, actions: &[View, Acknowledge, Watch] },
        Grant { role: Role::Department, actions: &[View] },
        Grant { role: Role::Supervisor, actions: &[View] },
        Grant { role: Role::Auditor, actions: &[View] },
        Grant { role: Role::Principal, actions: &[View, Acknowledge, Explain, Clear, Edit, Approve] },
        Grant {
            role: Role::SafetyManager,
            actions: &[View, Acknowledge, Explain, Clear, Edit, Onboard, Import, Watch],
        },
        Grant { role: Role::TeamLeader, actions: &[View, Acknowledge, Explain, Watch] },
        Grant { role: Role::Worker, actions: &[View] },
        Grant { role: Role::EnterpriseAdmin, actions: &[View, Onboard, Import] },
        Grant { role: Role::Underwriter, actions: &[View] },
        Grant { role: Role::RiskService, actions: &[View] },
        Grant { role: Role::Expert, actions: &[View] },
        Grant { role: Role::ProjectManager, actions: &[View] },
    ]
};

/// The online line.
pub static PART: Part = {
    let mut part = Part::new("online", "lines/online", "线上监管", Phase::Base);
    part.migrations = MIGRATIONS;
    part.grants = GRANTS;
    part.routes = api::routes;
    part.schedules = watchman::SCHEDULES;
    part.clocks = signals::CLOCKS;
    part.imports = import::IMPORTS;
    part.menu = &[
        MenuEntry { title: "值守台", path: "/desk", action: Action::View },
        MenuEntry { title: "预警记录", path: "/alarms", action: Action::View },
        MenuEntry { title: "监测点位", path: "/tags", action: Action::View },
        MenuEntry { title: "在线率", path: "/online-rates", action: Action::View },
        MenuEntry { title: "限值变更", path: "/limit-changes", action: Action::View },
        MenuEntry { title: "设备接入", path: "/devices", action: Action::View },
        MenuEntry { title: "异常数据", path: "/quarantine", action: Action::View },
        MenuEntry { title: "交接班记录", path: "/shifts", action: Action::Watch },
    ];
    part.start = |app: App| Box::pin(async move { start(app).await });
    part.cards = board::cards;
    part.tasks = queue::tasks;
    part.sections = board::sections;
    part.figures = board::figures;
    part.cockpit = board::cockpit;
    part.search = board::search;
    part
};

async fn start(app: App) -> Result<()> {
    Pipeline::start(app).await.map(drop)
}

const DAY_MS: i64 = 86_400_000;
/// Days begin at midnight in Beijing.
const BEIJING_MS: i64 = 8 * 3_600_000;

/// The day a moment falls in, counted from 1970.
const fn day(at: i64) -> i64 {
    (at + BEIJING_MS).div_euclid(DAY_MS)
}

/// When the day of a moment began.
const fn day_start(at: i64) -> i64 {
    day(at) * DAY_MS - BEIJING_MS
}

#[cfg(test)]
mod tests;
