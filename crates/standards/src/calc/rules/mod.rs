//! What each rule takes and answers, one file per subject.

mod accidents;
mod codes;
mod consequence;
mod duties;
mod effects;
mod enforcement;
mod hazards;
mod insurance;
mod monitoring;
mod risk;
mod time;
mod work;

use super::Rule;

/// Every rule, by subject.
pub const RULES: &[&[Rule]] = &[
    codes::RULES,
    time::RULES,
    hazards::RULES,
    risk::RULES,
    work::RULES,
    accidents::RULES,
    monitoring::RULES,
    enforcement::RULES,
    insurance::RULES,
    duties::RULES,
    consequence::RULES,
    effects::RULES,
];
