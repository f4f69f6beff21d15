//! What other parts' events and the calendar do to the ledger.
use super::decide::{self, State};
use super::rules::{self, Candidate};
use super::store::scores::Whom;
use super::store::{self, Fact};
use super::write::{self, Ticking};
use super::{ANSWER, ENDS, catalogue};
use events::credit::CreditObjectionOverdue;
use events::onsite::VisitAssigned;
use platform::auth::Org;
use platform::event::NewEvent;
use platform::{Clock, ClockRule, Ctx, Error, Event, Notice, Reaction, Result, Role, Subject, To, Tx};

/// Reactions.
pub const REACTIONS: &[Reaction] = &[
    Reaction { name: "credit.propose", kinds: rules::KINDS, run: |ctx, event| Box::pin(propose(ctx, event)) },
    Reaction {
        name: "credit.remember_visit",
        kinds: &["visit.assigned"],
        run: |ctx, event| Box::pin(remember_visit(ctx, event)),
    },
    Reaction {
        name: "credit.evaluated",
        kinds: &["visit.evaluated"],
        run: |ctx, event| Box::pin(evaluated(ctx, event)),
    },
];

/// Clock rules.
pub const CLOCKS: &[ClockRule] = &[
    ClockRule {
        key: ANSWER,
        title: "书面答复信用异议",
        basis: decide::OBJECTING,
        fire: |ctx, clock| Box::pin(answer_overdue(ctx, clock)),
    },
    ClockRule {
        key: ENDS,
        title: "信用事实计分期满",
        basis: "企业安全生产信用评价（示例） 事实目录",
        fire: |ctx, clock| Box::pin(ended(ctx, clock)),
    },
];

/// A positive fact counts at once; an adverse one waits for a person. `None` where it stands already.
async fn enter(tx: &mut Tx, ctx: &Ctx, whom: &Whom, event: &Event, found: &Candidate) -> Result<Option<Vec<NewEvent>>> {
    if store::stands(tx, &whom.subject, found.code, &found.about).await? {
        return Ok(None);
    }
    let kind = match catalogue::kind(ctx, found.code, &whom.placed) {
        Ok(kind) => kind,
        // An edition may leave a kind out: then it is no fact here.
        Err(Error::Invalid(_)) => return Ok(None),
        Err(other) => return Err(other),
    };
    let mut fact: Fact = write::draft(ctx, whom, &kind, (event.id, found.about.clone()), event.occurred_at);
    if fact.points < 0 {
        let proposed = write::proposed(ctx, &fact)?;
        return Ok(store::insert(tx, &fact).await?.then_some(vec![proposed]));
    }
    let recorded = write::record(tx, ctx, &mut fact, vec![]).await?;
    if !store::insert(tx, &fact).await? {
        return Ok(None);
    }
    let score = write::rescore(tx, ctx, whom, Some(recorded.id)).await?;
    Ok(Some(vec![recorded, score]))
}

async fn finish(ctx: &Ctx, tx: Tx, mut events: Vec<NewEvent>) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let first = events.remove(0);
    ctx.commit(tx, first, events).await?;
    Ok(())
}

async fn propose(ctx: Ctx, event: Event) -> Result<()> {
    let Some(found) = rules::candidate(&event)? else { return Ok(()) };
    let Some(enterprise) = event.placed.enterprise.clone() else { return Ok(()) };
    let Some(org) = Org::find(ctx.db(), &enterprise).await? else { return Ok(()) };
    let whom = Whom { subject: org.id.clone(), kind: "enterprise".to_owned(), placed: org.placed() };
    let mut tx = ctx.begin().await?;
    let Some(events) = enter(&mut tx, &ctx, &whom, &event, &found).await? else { return Ok(()) };
    if let Some(proposed) = events.first().filter(|e| e.info.kind == "credit.fact.proposed") {
        let title = format!("{}：有一条不利信用事实待确认", org.name);
        let notice = Notice {
            priority: 3,
            title: &title,
            body: "确认前不计入评分。",
            link: "/credit-facts?state=waiting",
            event: proposed.id,
        };
        tx.notify(&ctx, To::Area(&org.region, &[Role::Officer]), &notice).await?;
    }
    finish(&ctx, tx, events).await
}

async fn remember_visit(ctx: Ctx, event: Event) -> Result<()> {
    let assigned: VisitAssigned = event.payload()?;
    let mut tx = ctx.begin().await?;
    store::put_visit(&mut tx, assigned.visit, assigned.org.as_str(), &assigned.people).await?;
    ctx.keep(tx).await
}

async fn evaluated(ctx: Ctx, event: Event) -> Result<()> {
    let Some((visit, code)) = rules::evaluation(&event)? else { return Ok(()) };
    let mut tx = ctx.begin().await?;
    let Some((org, people)) = store::visit(&mut tx, visit).await? else { return Ok(()) };
    let Some(org) = Org::find(ctx.db(), &org).await?.filter(|o| o.subject == Subject::ServiceOrg) else {
        return Ok(());
    };
    let mut events = vec![];
    let found = Candidate { code, about: format!("visit/{visit}") };
    let own = Whom { subject: org.id.clone(), kind: "service_org".to_owned(), placed: org.placed() };
    let experts = people.iter().map(|person| Whom {
        subject: person.to_string(),
        kind: "expert".to_owned(),
        placed: org.placed(),
    });
    for whom in std::iter::once(own).chain(experts) {
        events.extend(enter(&mut tx, &ctx, &whom, &event, &found).await?.unwrap_or_default());
    }
    finish(&ctx, tx, events).await
}

async fn answer_overdue(ctx: Ctx, clock: Clock) -> Result<()> {
    let data: Ticking = serde_json::from_value(clock.data.clone()).map_err(Error::internal)?;
    let payload =
        CreditObjectionOverdue { fact: data.fact, objection: data.objection.unwrap_or_default(), due: clock.due_at.0 };
    let event =
        ctx.event(&payload, clock.subject.clone(), &clock.placed)?.because([clock.because]).law(decide::OBJECTING);
    let link = format!("/credit-facts/{}", data.fact);
    let notice = Notice {
        priority: 1,
        title: "信用异议逾期未答复",
        body: "请立即书面答复，并说明逾期原因。",
        link: &link,
        event: event.id,
    };
    let mut tx = ctx.begin().await?;
    tx.advance_clock(&clock, None).await?;
    tx.notify(&ctx, To::Area(&clock.placed.region, &[Role::Officer, Role::Leader, Role::Supervisor]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// A fact has counted long enough: the score is stated again without it.
async fn ended(ctx: Ctx, clock: Clock) -> Result<()> {
    let data: Ticking = serde_json::from_value(clock.data.clone()).map_err(Error::internal)?;
    let mut tx = ctx.begin().await?;
    let fact = store::load_in(&mut tx, &ctx, data.fact).await?;
    let whom = Whom { subject: fact.subject.clone(), kind: fact.subject_kind.clone(), placed: fact.placed.clone() };
    tx.advance_clock(&clock, None).await?;
    debug_assert!(fact.state != State::Corrected, "a corrected fact has no clock");
    let score = write::rescore(&mut tx, &ctx, &whom, Some(clock.because)).await?;
    ctx.commit(tx, score, vec![]).await?;
    Ok(())
}
