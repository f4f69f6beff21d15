//! 线下监管: visits, the checks made in them, and hazards until they are closed.
//!
//! A visit goes through [`visits`]; the lists of items it asks are data in [`checks`]; what is wrong
//! becomes a hazard in [`hazards`].

pub mod checks;
pub mod hazards;
pub mod visits;

use platform::view::{Card, Cockpit, Hit, Section, Task};
use platform::{Action, App, Ctx, Grant, MenuEntry, Migration, Part, Phase, Reaction, Result, Role};
use utoipa_axum::router::OpenApiRouter;

const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_visits", sql: include_str!("migrations/0001_visits.sql"), pg: None },
    Migration { name: "0002_hazards", sql: include_str!("migrations/0002_hazards.sql"), pg: None },
];

/// Who may do what. `Register` asks for a visit or reports a hazard, `Assign` chooses who goes or who
/// rectifies, `Acknowledge` accepts or declines, `Inspect` carries the visit out, `Sign` signs its
/// record, `Evaluate` says how it was, `Approve` confirms levels and decides extensions.
const GRANTS: &[Grant] = {
    use Action::{Acknowledge, Approve, Assign, Audit, Evaluate, Inspect, Rectify, Register, Sign, Verify, View};
    &[
        Grant { role: Role::Leader, actions: &[View] },
        Grant { role: Role::DutyOfficer, actions: &[View, Register] },
        Grant { role: Role::Officer, actions: &[View, Register, Assign, Acknowledge, Inspect, Sign, Approve, Verify] },
        Grant { role: Role::Enforcer, actions: &[View, Register, Assign, Acknowledge, Inspect, Sign, Approve, Verify] },
        Grant { role: Role::Township, actions: &[View, Register, Acknowledge, Inspect, Sign] },
        Grant { role: Role::Department, actions: &[View, Register] },
        Grant { role: Role::Supervisor, actions: &[View, Audit] },
        Grant { role: Role::Auditor, actions: &[View, Audit] },
        Grant { role: Role::Principal, actions: &[View, Register, Assign, Sign, Evaluate, Rectify] },
        Grant { role: Role::SafetyManager, actions: &[View, Register, Assign, Sign, Evaluate, Rectify, Verify] },
        Grant { role: Role::TeamLeader, actions: &[View, Register, Rectify] },
        Grant { role: Role::Worker, actions: &[Register] },
        Grant { role: Role::RiskService, actions: &[View, Register, Assign] },
        Grant { role: Role::Underwriter, actions: &[View] },
        Grant { role: Role::ProjectManager, actions: &[View, Register, Assign, Acknowledge, Inspect, Sign, Verify] },
        Grant { role: Role::Expert, actions: &[View, Register, Acknowledge, Inspect, Sign, Verify] },
    ]
};

/// What events of others make this line do.
const REACTIONS: &[Reaction] = {
    let [alarm, conflict] = visits::REACTIONS else { panic!("the visits' reactions are listed here one by one") };
    &[*alarm, *conflict, hazards::SIGNAL, hazards::FINDINGS]
};

/// The on-site line.
pub static PART: Part = {
    let mut part = Part::new("onsite", "lines/onsite", "线下监管", Phase::Base);
    part.migrations = MIGRATIONS;
    part.grants = GRANTS;
    part.routes = routes;
    part.reactions = REACTIONS;
    part.clocks = hazards::CLOCKS;
    part.menu = &[
        MenuEntry { title: "检查服务", path: "/visits", action: Action::View },
        MenuEntry { title: "隐患", path: "/hazards", action: Action::View },
        MenuEntry { title: "异常入企", path: "/visit-irregularities", action: Action::Audit },
    ];
    part.tasks = |ctx| Box::pin(tasks(ctx));
    part.cards = |ctx| Box::pin(cards(ctx));
    part.sections = |ctx, enterprise| Box::pin(sections(ctx, enterprise));
    part.cockpit = |ctx, region| Box::pin(cockpit(ctx, region));
    part.search = |ctx, words| Box::pin(search(ctx, words));
    part
};

fn routes() -> OpenApiRouter<App> {
    visits::routes().merge(checks::routes()).merge(hazards::routes())
}

async fn tasks(ctx: Ctx) -> Result<Vec<Task>> {
    let mut all = visits::pages::tasks(ctx.clone()).await?;
    all.extend(hazards::pages::tasks(ctx).await?);
    Ok(all)
}

async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    let mut all = visits::pages::cards(ctx.clone()).await?;
    all.extend(hazards::pages::cards(ctx).await?);
    Ok(all)
}

async fn sections(ctx: Ctx, enterprise: String) -> Result<Vec<Section>> {
    let mut all = visits::pages::sections(ctx.clone(), enterprise.clone()).await?;
    all.extend(hazards::pages::sections(ctx, enterprise).await?);
    Ok(all)
}

async fn cockpit(ctx: Ctx, region: String) -> Result<Cockpit> {
    let mut all = visits::pages::cockpit(ctx.clone(), region.clone()).await?;
    all.numbers.extend(hazards::pages::cockpit(ctx, region).await?.numbers);
    Ok(all)
}

async fn search(ctx: Ctx, words: String) -> Result<Vec<Hit>> {
    let mut all = visits::pages::search(ctx.clone(), words.clone()).await?;
    all.extend(hazards::pages::search(ctx, words).await?);
    Ok(all)
}
