//! What other parts' events make the library know.
use super::view::Certificate;
use super::{clocks, store, taxonomy};
use events::experts::ServiceVisitDone;
use events::onsite::{
    CheckItemAnswered, HazardFound, VisitAccepted, VisitAssigned, VisitDeclined, VisitEntered, VisitLeft,
    VisitRequested, VisitWithdrawn,
};
use events::service_org::{OrgQualified, PersonQualified};
use platform::{Ctx, Event, Ms, Notice, Placed, Reaction, Result, Role, To};

/// Reactions.
pub const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "experts.certificates",
        kinds: &["org.person.qualified", "org.qualified"],
        run: |ctx, event| Box::pin(certificates(ctx, event)),
    },
    Reaction {
        name: "experts.record",
        kinds: &[
            "visit.requested",
            "visit.assigned",
            "visit.accepted",
            "visit.declined",
            "visit.withdrawn",
            "visit.entered",
            "check.item.answered",
            "hazard.found",
        ],
        run: |ctx, event| Box::pin(record(ctx, event)),
    },
    Reaction { name: "experts.done", kinds: &["visit.left"], run: |ctx, event| Box::pin(done(ctx, event)) },
];

async fn certificates(ctx: Ctx, event: Event) -> Result<()> {
    let (certificate, what) = if event.kind == "org.person.qualified" {
        let p: PersonQualified = event.payload()?;
        let skills = p.skills.into_iter().map(|s| s.0).collect();
        (
            held(p.certificate, p.org.0, Some(p.person), p.cert_kind.0, skills, p.valid_to, p.verified_against),
            "certificate",
        )
    } else {
        let p: OrgQualified = event.payload()?;
        (held(p.certificate, p.org.0, None, p.cert_kind.0, vec![], p.valid_to, p.verified_against), "qualification")
    };
    let mut certificate = certificate;
    let taxonomy = taxonomy::at(ctx.now())?;
    for skill in &mut certificate.skills {
        if let Some(known) = taxonomy.skill(skill) {
            skill.clone_from(&known.code);
        }
    }
    let mut tx = ctx.begin().await?;
    store::put_certificate(&mut tx, &certificate, event.id).await?;
    let ending =
        clocks::Ending { what, object: certificate.id, person: certificate.person, ends: certificate.valid_to.0 };
    clocks::start(&mut tx, &ctx, &event.placed, &ending, event.id).await?;
    ctx.keep(tx).await
}

fn held(
    id: uuid::Uuid,
    org: String,
    person: Option<uuid::Uuid>,
    kind: String,
    skills: Vec<String>,
    valid_to: i64,
    verified_against: Option<events::Code>,
) -> Certificate {
    Certificate {
        id,
        org,
        person,
        kind,
        kind_name: String::new(),
        skills,
        skill_names: vec![],
        valid_to: Ms(valid_to),
        lapsed: false,
        verified_against: verified_against.map(|v| v.0),
        event: id,
    }
}

/// The visit's events as they come; visits on which nobody of the library goes leave no trace here.
async fn record(ctx: Ctx, event: Event) -> Result<()> {
    let mut tx = ctx.begin().await?;
    match event.kind.as_str() {
        "visit.requested" => {
            let p: VisitRequested = event.payload()?;
            let skills: Vec<String> = p.skills.into_iter().map(|s| s.0).collect();
            store::put_asked(&mut tx, p.visit, p.visit_kind.as_str(), &skills).await?;
        }
        "visit.assigned" => {
            let p: VisitAssigned = event.payload()?;
            let people = store::in_library(&mut tx, &p.people).await?;
            let placed = Placed { owner: p.org.0, ..event.placed.clone() };
            if !people.is_empty() {
                store::put_visit(&mut tx, p.visit, &placed, &people, (p.from, p.to)).await?;
            } else if store::visit_in(&mut tx, &ctx, p.visit).await?.is_some() {
                store::set_state(&mut tx, p.visit, "withdrawn").await?;
            }
        }
        "visit.accepted" => {
            let p: VisitAccepted = event.payload()?;
            store::accept(&mut tx, p.visit, p.person).await?;
        }
        "visit.declined" => store::set_state(&mut tx, event.payload::<VisitDeclined>()?.visit, "declined").await?,
        "visit.withdrawn" => store::set_state(&mut tx, event.payload::<VisitWithdrawn>()?.visit, "withdrawn").await?,
        "visit.entered" => {
            let p: VisitEntered = event.payload()?;
            store::enter(&mut tx, p.visit, event.occurred_at, p.late).await?;
        }
        "check.item.answered" => {
            let p: CheckItemAnswered = event.payload()?;
            if let Some(mut visit) = store::visit_in(&mut tx, &ctx, p.visit).await?
                && !visit.items.contains(&p.item.0)
            {
                visit.items.push(p.item.0);
                store::put_findings(&mut tx, &visit).await?;
            }
        }
        _ => {
            let p: HazardFound = event.payload()?;
            if let Some(of) = p.visit
                && let Some(mut visit) = store::visit_in(&mut tx, &ctx, of).await?
                && !visit.hazards.contains(&p.hazard)
            {
                visit.hazards.push(p.hazard);
                store::put_findings(&mut tx, &visit).await?;
            }
        }
    }
    ctx.keep(tx).await
}

/// Whoever of the library has left has done a service, which the enterprise is asked to confirm.
async fn done(ctx: Ctx, event: Event) -> Result<()> {
    let left: VisitLeft = event.payload()?;
    let mut tx = ctx.begin().await?;
    let Some(visit) = store::visit_in(&mut tx, &ctx, left.visit).await? else { return Ok(()) };
    let payload = ServiceVisitDone {
        visit: left.visit,
        items: visit.items.iter().map(events::Code::from).collect(),
        hazards: visit.hazards.clone(),
        minutes: left.minutes,
    };
    let done =
        ctx.event(&payload, format!("visit/{}", left.visit), &visit.placed)?.because([event.id]).at(event.occurred_at);
    let due = clocks::confirm_due(
        &ctx.app.rules(),
        event.occurred_at,
        taxonomy::at(event.occurred_at)?.rules.confirm_workdays,
    )?;
    store::leave(&mut tx, left.visit, event.occurred_at, left.minutes, due, done.id).await?;
    clocks::start_confirm(&mut tx, &ctx, left.visit, &visit.placed, due, done.id).await?;
    let notice = Notice {
        priority: 3,
        title: "技术服务已完成，请确认",
        body: "请核对到场时间、检查项和隐患，并填写是否满意；服务费结算要等企业确认。",
        link: "/services",
        event: done.id,
    };
    let enterprise = visit.placed.enterprise.as_deref().unwrap_or_default();
    tx.notify(&ctx, To::Org(enterprise, &[Role::Principal, Role::SafetyManager]), &notice).await?;
    ctx.commit(tx, done, vec![]).await?;
    Ok(())
}
