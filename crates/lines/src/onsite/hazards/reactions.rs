//! What events make hazards do: alarms say what a sensor shows, and what a visit found becomes hazards
//! when the visitors leave, so that no finding stays on paper only.
use super::super::checks;
use super::commands::{self, Found};
use super::decide::{Level, Via};
use super::{rules, store};
use events::online::{AlarmCleared, AlarmRaised, AlarmRecurred, AlarmReturned};
use events::onsite::VisitLeft;
use platform::{Ctx, Event, Reaction, Result};

/// What a sensor shows, from its alarms.
pub const SIGNAL: Reaction = Reaction {
    name: "onsite.hazard_signal",
    kinds: &["iot.alarm.raised", "iot.alarm.returned", "iot.alarm.recurred", "iot.alarm.cleared"],
    run: |ctx, event| Box::pin(signal(ctx, event)),
};

/// What a visit found.
pub const FINDINGS: Reaction = Reaction {
    name: "onsite.hazards_of_visit",
    kinds: &["visit.left"],
    run: |ctx, event| Box::pin(findings(ctx, event)),
};

async fn signal(ctx: Ctx, event: Event) -> Result<()> {
    let mut tx = ctx.begin().await?;
    let at = event.occurred_at;
    match event.kind.as_str() {
        "iot.alarm.raised" => {
            let p: AlarmRaised = event.payload()?;
            let enterprise = event.placed.enterprise.clone().unwrap_or_default();
            let of = Some((enterprise.as_str(), p.tag.as_str()));
            store::put_signal(&mut tx, p.alarm, of, p.value, at, false, event.id).await?;
        }
        "iot.alarm.returned" => {
            let p: AlarmReturned = event.payload()?;
            store::put_signal(&mut tx, p.alarm, None, p.value, at, true, event.id).await?;
        }
        "iot.alarm.recurred" => {
            let p: AlarmRecurred = event.payload()?;
            store::put_signal(&mut tx, p.alarm, None, p.value, at, false, event.id).await?;
        }
        _ => {
            let p: AlarmCleared = event.payload()?;
            store::end_signal(&mut tx, p.alarm, at, event.id).await?;
        }
    }
    ctx.keep(tx).await
}

async fn findings(ctx: Ctx, left: Event) -> Result<()> {
    let visit = left.payload::<VisitLeft>()?.visit;
    let mut tx = ctx.begin().await?;
    let Some((org, person, template, failed)) = store::failed_items(&mut tx, visit).await? else { return Ok(()) };
    let tables = ctx.app.rules();
    let items = checks::find(&tables, &template).map(|t| t.items).unwrap_or_default();
    let mut events = vec![];
    for one in failed {
        let Some(item) = items.iter().find(|i| i.key == one.item) else { continue };
        let clause = rules::of_item(&tables, ctx.now(), item);
        let major = one.answer == "major" || clause.as_ref().is_some_and(|c| c.major);
        let found = Found {
            level: if major { Level::Major } else { Level::General },
            clause: clause.map(|c| (c.code, c.clause)),
            place: format!("检查项“{}”", item.text),
            text: one.note,
            via: Via::Visit,
            by: (org.clone(), person),
            visit: Some((visit, Some(one.item))),
            tag: None,
            because: vec![left.id, one.event],
        };
        let (_, more) = commands::write(&mut tx, &ctx, &left.placed, &found).await?;
        events.extend(more);
    }
    if events.is_empty() {
        return Ok(());
    }
    let first = events.remove(0);
    ctx.commit(tx, first, events).await.map(drop)
}
