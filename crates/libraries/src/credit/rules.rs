//! Which event of another part becomes which candidate fact.
use events::online::{AlarmAcknowledged, AlarmEscalated};
use events::onsite::{HazardFound, HazardVerified, VisitEvaluated};
use platform::{Event, Result};
use uuid::Uuid;

/// Kinds about an enterprise that may become a fact of its own.
pub const KINDS: &[&str] = &[
    "hazard.found",
    "hazard.verified",
    "hazard.overdue",
    "hazard.listed_for_supervision",
    "iot.alarm.acknowledged",
    "iot.alarm.escalated",
];

/// A candidate: catalogue code, and what it is about so that nothing counts twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Catalogue code.
    pub code: &'static str,
    /// What it is about.
    pub about: String,
}

/// The candidate an event gives, if any.
pub fn candidate(event: &Event) -> Result<Option<Candidate>> {
    let of_object = |code| Some(Candidate { code, about: event.subject.clone() });
    let of_event = |code| Some(Candidate { code, about: format!("{}#{}", event.subject, event.id) });
    Ok(match event.kind.as_str() {
        "hazard.found" => {
            let found: HazardFound = event.payload()?;
            let own = event.placed.enterprise.as_deref() == Some(event.actor_org.as_str());
            let own = own && matches!(found.found_via.as_str(), "self_check" | "patrol");
            if own { of_object("hazard.self_found") } else { None }
        }
        "hazard.verified" => {
            let verified: HazardVerified = event.payload()?;
            match (verified.passed, verified.on_time, verified.level.as_str()) {
                (false, ..) => of_event("hazard.not_fixed"),
                (true, true, "major") => of_object("hazard.major_on_time"),
                (true, true, _) => of_object("hazard.on_time"),
                // A late one was a fact when its day passed.
                (true, false, _) => None,
            }
        }
        "hazard.overdue" => of_object("hazard.overdue"),
        "hazard.listed_for_supervision" => of_object("hazard.supervised"),
        "iot.alarm.acknowledged" => {
            let acknowledged: AlarmAcknowledged = event.payload()?;
            if acknowledged.overdue { None } else { of_object("alarm.in_time") }
        }
        "iot.alarm.escalated" => {
            // Every step climbs the same alarm: one fact.
            let _: AlarmEscalated = event.payload()?;
            of_object("alarm.escalated")
        }
        _ => None,
    })
}

/// What an enterprise's word on a visit says of those who came: a good mean, or a complaint.
pub fn evaluation(event: &Event) -> Result<Option<(Uuid, &'static str)>> {
    let said: VisitEvaluated = event.payload()?;
    if said.complaint {
        return Ok(Some((said.visit, "service.complaint")));
    }
    let sum: u64 = said.scores.values().map(|score| u64::from(*score)).sum();
    let many = u64::try_from(said.scores.len()).unwrap_or(u64::MAX);
    Ok((many > 0 && sum >= 4 * many).then_some((said.visit, "service.well_rated")))
}
