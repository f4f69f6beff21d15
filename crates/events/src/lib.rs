//! The vocabulary: every event's kind and payload, one file per owner.
//!
//! Payload fields are public only where their type is [`LeafSafe`]: codes, numbers, dates and
//! enums. Names, identity numbers, phones, positions, free text and opinions are [`Personal`]
//! or [`FreeText`], which the platform moves into salted disclosures at commit. The macro
//! below asserts this for every field, so the compiler keeps them out of the leaf.
mod leaf;
mod vocabulary;

pub mod credit;
pub mod credit_rating;
pub mod enterprise;
pub mod experts;
pub mod insurance;
pub mod major_hazards;
pub mod online;
pub mod onsite;
pub mod organisations;
pub mod platform;
pub mod service_org;

pub use leaf::{Code, FreeText, LeafSafe, PERSONAL_KEY, Personal};
pub use vocabulary::{Audience, EvidenceClass, KindInfo, Payload};

/// All kinds this build knows; unknown ones are stored and forwarded, never dropped.
pub fn known() -> impl Iterator<Item = &'static KindInfo> {
    [
        platform::KINDS,
        organisations::KINDS,
        enterprise::KINDS,
        online::KINDS,
        major_hazards::KINDS,
        onsite::KINDS,
        credit::KINDS,
        credit_rating::KINDS,
        experts::KINDS,
        service_org::KINDS,
        insurance::KINDS,
    ]
    .into_iter()
    .flatten()
}

/// What is known of a kind by its name without version.
pub fn info(kind: &str) -> Option<&'static KindInfo> {
    known().find(|k| k.kind == kind)
}
