//! What events of other parts make visits do.
use super::commands::{Asked, event, open};
use super::decide::{Kind, Reason, State, Visit};
use super::{rules, store, tell};
use events::experts::ConflictDeclared;
use events::online::AlarmRaised;
use events::onsite::VisitConflictFound;
use libraries::experts;
use platform::auth::Org;
use platform::{Ctx, Event, Reaction, Result};

/// Reactions.
pub const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "onsite.visit_for_alarm",
        kinds: &["iot.alarm.raised"],
        run: |ctx, event| Box::pin(visit_for_alarm(ctx, event)),
    },
    Reaction {
        name: "onsite.conflict_declared",
        kinds: &["expert.conflict_declared"],
        run: |ctx, event| Box::pin(conflict_declared(ctx, event)),
    },
];

/// A level-one alarm asks for a visit, unless one is on its way already. An alarm that is older than
/// the time such a visit has is history: nobody is sent for it.
async fn visit_for_alarm(ctx: Ctx, event: Event) -> Result<()> {
    let raised: AlarmRaised = event.payload()?;
    let Some(enterprise) = event.placed.enterprise.clone() else { return Ok(()) };
    let limit = rules::limit("alarm_hours", ctx.now(), &event.placed.region)?;
    let patience = limit.value * 3_600_000;
    if raised.priority != 1 || ctx.now().0 - event.occurred_at.0 > patience {
        return Ok(());
    }
    let org = Org::find(ctx.db(), &enterprise).await?;
    let name = org.map(|o| o.name).unwrap_or_default();
    let words = event.placed.sectors.iter().map(String::as_str).chain([name.as_str()]);
    let skills = experts::skills_for(&ctx, words)?;
    let mut tx = ctx.begin().await?;
    if store::has_open_alarm_visit(&mut tx, &enterprise).await? {
        return Ok(());
    }
    let level = level_in_words(raised.level.as_str());
    let reason = format!(
        "点位 {} 发生一级预警（{}：{}，限值 {}），平台自动申请；须在 {} 小时内入企（{}）",
        raised.tag, level, raised.value, raised.limit, limit.value, limit.edition
    );
    let asked = Asked {
        visit: Visit::request(Kind::PreventionService, Reason::Alarm),
        reason,
        skills,
        deadline: event.occurred_at.plus(patience),
        priority: 1,
        source: Some((event.id, event.subject.clone())),
    };
    open(&ctx, tx, &event.placed, asked).await.map(drop)
}

/// Somebody who is to go declares a conflict: those who chose are told at once.
async fn conflict_declared(ctx: Ctx, declared: Event) -> Result<()> {
    let conflict: ConflictDeclared = declared.payload()?;
    let mut tx = ctx.begin().await?;
    let visits = store::going(&mut tx, &ctx, conflict.person, conflict.enterprise.as_str()).await?;
    let mut found = vec![];
    for row in visits.iter().filter(|r| matches!(r.visit.state, State::Assigned | State::Accepted | State::Announced)) {
        let kind = match conflict.conflict.as_str() {
            "employer" => "employer",
            _ => "relation",
        };
        let payload = VisitConflictFound { visit: row.id, person: conflict.person, conflict: kind.into() };
        let event = event(&ctx, row, &payload)?.because([declared.id]).law(rules::WITHDRAWAL);
        tell::answered(&mut tx, &ctx, row, "派出的人员须回避，请撤回或重新派定", event.id).await?;
        found.push(event);
    }
    if found.is_empty() {
        return Ok(());
    }
    let first = found.remove(0);
    ctx.commit(tx, first, found).await.map(drop)
}

/// The level of an alarm as people say it; the two lines share events, not code.
fn level_in_words(code: &str) -> &str {
    match code {
        "HH" => "高高报",
        "H" => "高报",
        "L" => "低报",
        "LL" => "低低报",
        other => other,
    }
}
