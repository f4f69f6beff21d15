//! The clock of a rectification: overdue is a fact of its own, once when the term ends and once when
//! it is time to list the hazard for supervision.
use super::decide::State;
use super::model::Row;
use super::store::{self, Change};
use super::{commands, rules, tell};
use events::onsite::HazardOverdue;
use platform::{Clock, ClockEnd, ClockRule, Ctx, Ms, NewClock, Result, Tx};
use uuid::Uuid;

const RECTIFY: &str = "onsite.rectify";
const DAY: i64 = 86_400_000;

/// Clock rules.
pub const CLOCKS: &[ClockRule] = &[ClockRule {
    key: RECTIFY,
    title: "完成隐患整改",
    basis: rules::DUTY,
    fire: |ctx, clock| Box::pin(overdue(ctx, clock)),
}];

/// Starts the clock of a hazard anew.
pub async fn restart(tx: &mut Tx, ctx: &Ctx, row: &Row, due: Ms, because: Uuid) -> Result<()> {
    let subject = row.subject();
    tx.stop_clocks(&subject, RECTIFY, ClockEnd::Void).await?;
    let clock =
        NewClock { rule: RECTIFY, subject: &subject, placed: &row.placed, due_at: due.plus(1), data: row.id, because };
    tx.start_clock(ctx, clock).await.map(drop)
}

/// The enterprise has done its part.
pub async fn met(tx: &mut Tx, row: &Row) -> Result<()> {
    tx.stop_clocks(&row.subject(), RECTIFY, ClockEnd::Met).await.map(drop)
}

async fn overdue(ctx: Ctx, clock: Clock) -> Result<()> {
    let id: Uuid = serde_json::from_value(clock.data.clone()).map_err(platform::Error::internal)?;
    let mut tx = ctx.begin().await?;
    let row = store::load_in(&mut tx, &ctx, id).await?;
    let due = row.due().unwrap_or(clock.due_at);
    let (days, counted) = rules::days_late(&ctx, due, clock.due_at)?;
    let first = clock.step == 0;
    let next_step = if first { "urge" } else { "supervise" };
    let payload = HazardOverdue { hazard: id, days_over: days, next_step: next_step.into() };
    let mut event = commands::event(&ctx, &row, &payload)?.law(rules::DUTY);
    if !counted {
        event.rules = Some("该年日历未发布，逾期天数按自然日计".to_owned());
    }
    let wait = rules::limit("supervise_after", ctx.now(), &row.placed.region)?.value * DAY;
    let next = (first && row.hazard.state == State::Assigned).then(|| due.plus(wait));
    tx.advance_clock(&clock, next).await?;
    store::update(&mut tx, &ctx, &row, &row.hazard, event.id, Change::Overdue).await?;
    tell::overdue(&mut tx, &ctx, &row, first, event.id).await?;
    ctx.commit(tx, event, vec![]).await.map(drop)
}
