//! Visits: from the request to the evaluation.
//!
//! [`decide`] is the life of a visit; [`commands`] and [`sign`] apply it; [`crew`] proposes who goes;
//! [`rights`] says who may do what and what a service organisation may see meanwhile; [`rules`] are the
//! dated figures.
mod api;
pub mod commands;
pub mod crew;
pub mod decide;
pub mod model;
pub mod pages;
mod reactions;
mod record;
mod rights;
pub mod rules;
pub mod sign;
pub mod stage;
mod store;
mod supervision;
mod tell;
#[cfg(test)]
mod tests;

pub use api::routes;
pub use reactions::REACTIONS;
