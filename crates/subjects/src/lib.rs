//! The four subjects: government, enterprise, insurer and service organisation, with their
//! registers, people, roles, keys and home screens.
pub mod enterprise;
pub mod government;
pub mod insurer;
pub mod service_org;

use platform::Part;

/// The parts, in the order of their migrations.
pub const ALL: &[&Part] = &[&government::PART, &enterprise::PART, &insurer::PART, &service_org::PART];
