//! What other parts' events and the calendar make us do.
use super::decide::EVALUATION_BASIS;
use super::file::subject;
use super::store;
use events::enterprise::EnterpriseMerged;
use events::major_hazards::{HazardSourceEvaluationOverdue, HazardSourceMoved, HazardSourceTagJoined};
use events::online::TagRegistered;
use platform::auth::Org;
use platform::{
    Clock, ClockEnd, ClockRule, Ctx, Error, Event, NewClock, Notice, Placed, Reaction, Result, Role, To, Tx,
};
use serde::{Deserialize, Serialize};
use standards::date::Date;
use uuid::Uuid;

/// The clock of the three-yearly safety evaluation.
const EVALUATION: &str = "major_hazards.evaluation";

/// Reactions.
pub const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "major_hazards.follow_merge",
        kinds: &["ent.enterprise.merged"],
        run: |ctx, event| Box::pin(follow_merge(ctx, event)),
    },
    Reaction {
        name: "major_hazards.join_tag",
        kinds: &["iot.tag.registered"],
        run: |ctx, event| Box::pin(join_tag(ctx, event)),
    },
];

/// Clock rules.
pub const CLOCKS: &[ClockRule] = &[ClockRule {
    key: EVALUATION,
    title: "重新进行重大危险源安全评估",
    basis: EVALUATION_BASIS,
    fire: |ctx, clock| Box::pin(evaluation_overdue(ctx, clock)),
}];

/// What the clock of a source needs when it fires.
#[derive(Serialize, Deserialize)]
struct Evaluation {
    source: Uuid,
    due: Date,
}

/// Sets the clock of a source to its next evaluation; the earlier clock falls away.
pub async fn start_evaluation(
    tx: &mut Tx,
    ctx: &Ctx,
    source: Uuid,
    placed: &Placed,
    due: Option<Date>,
    because: Uuid,
) -> Result<()> {
    let subject = subject(source);
    tx.stop_clocks(&subject, EVALUATION, ClockEnd::Void).await?;
    let Some((due, after)) = due.and_then(|day| day.add_days(1).map(|after| (day, after))) else { return Ok(()) };
    let due_at = platform::Ms(after.beijing_start_ms());
    let data = Evaluation { source, due };
    tx.start_clock(ctx, NewClock { rule: EVALUATION, subject: &subject, placed, due_at, data, because }).await?;
    Ok(())
}

async fn evaluation_overdue(ctx: Ctx, clock: Clock) -> Result<()> {
    let data: Evaluation = serde_json::from_value(clock.data.clone()).map_err(Error::internal)?;
    let payload = HazardSourceEvaluationOverdue { source: data.source, due: data.due.to_string().into() };
    let event =
        ctx.event(&payload, clock.subject.clone(), &clock.placed)?.because([clock.because]).law(EVALUATION_BASIS);
    let link = format!("/hazard-sources/{}", data.source);
    let title = format!("重大危险源安全评估已于 {} 到期", data.due);
    let body = format!("{EVALUATION_BASIS}。请完成评估，并在档案中更新评估日期。");
    let notice = Notice { priority: 2, title: &title, body: &body, link: &link, event: event.id };
    let mut tx = ctx.begin().await?;
    tx.advance_clock(&clock, None).await?;
    let enterprise = clock.placed.enterprise.as_deref().unwrap_or_default();
    tx.notify(&ctx, To::Org(enterprise, &[Role::Principal, Role::SafetyManager]), &notice).await?;
    tx.notify(&ctx, To::Area(&clock.placed.region, &[Role::Officer]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// A measuring point registered for a source of the same enterprise joins its file.
async fn join_tag(ctx: Ctx, event: Event) -> Result<()> {
    let registered: TagRegistered = event.payload()?;
    let named = registered.hazard_source.and_then(|id| id.0.parse::<Uuid>().ok());
    let Some(id) = named else { return Ok(()) };
    let mut tx = ctx.begin().await?;
    let source = match store::load_in(&mut tx, &ctx, id).await {
        Ok(source) if source.placed.enterprise == event.placed.enterprise => source,
        // The point may name a source of elsewhere or none that is on file: nothing of ours changes.
        Ok(_) | Err(Error::NotFound) => return Ok(()),
        Err(other) => return Err(other),
    };
    if !store::join(&mut tx, &ctx, &source, registered.tag.as_str()).await? {
        return Ok(());
    }
    let payload = HazardSourceTagJoined { source: id, tag: registered.tag };
    let joined = ctx.event(&payload, source.subject(), &source.placed)?.because([event.id]);
    ctx.commit(tx, joined, vec![]).await?;
    Ok(())
}

/// The sources of merged records go on under the record that stays.
async fn follow_merge(ctx: Ctx, event: Event) -> Result<()> {
    let merged: EnterpriseMerged = event.payload()?;
    let kept = Org::find(ctx.db(), merged.kept.as_str()).await?.ok_or(Error::NotFound)?;
    let mut tx = ctx.begin().await?;
    let mut moves = vec![];
    for gone in &merged.merged {
        for source in store::all_of(&mut tx, gone.as_str()).await? {
            store::hand_over(&mut tx, &ctx, &source, &kept).await?;
            let placed = Placed { region: source.placed.region.clone(), ..kept.placed() };
            let payload = HazardSourceMoved { source: source.id, from: gone.clone(), to: merged.kept.clone() };
            let moved = ctx.event(&payload, source.subject(), &placed)?.because([event.id]);
            start_evaluation(&mut tx, &ctx, source.id, &placed, source.file.evaluation_due, moved.id).await?;
            moves.push(moved);
        }
    }
    if moves.is_empty() {
        return Ok(());
    }
    let first = moves.remove(0);
    ctx.commit(tx, first, moves).await?;
    Ok(())
}
