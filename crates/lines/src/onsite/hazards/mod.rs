//! Hazards: from found to closed.
//!
//! [`decide`] is the life of a hazard; [`commands`] and [`fix`] apply it; [`rules`] holds the dated
//! figures and the criteria; [`similar`] keeps one hazard from being issued twice; [`photos`] keeps one
//! picture from proving two.
mod api;
mod clocks;
pub mod commands;
pub mod decide;
#[cfg(test)]
mod decide_tests;
pub mod fix;
pub mod model;
pub mod pages;
mod photos;
mod reactions;
pub mod rules;
mod similar;
pub mod stage;
mod store;
mod tell;
#[cfg(test)]
mod tests;

pub use api::routes;
pub use clocks::CLOCKS;
pub use reactions::{FINDINGS, SIGNAL};
