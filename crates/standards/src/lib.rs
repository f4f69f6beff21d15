//! The rule book of work safety in China: everything a standard or a law lets us compute, as pure
//! functions of data. No clock, no database, no random numbers, no other crate of ours.
//!
//! * One module per subject; each rule function names standard, clause, edition, units and errors.
//! * Tables are data under `data/`, each with validity, region, source and confidence.
//! * [`calc`] is the one registry through which the command line, HTTP and the forms call a rule.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub use rust_decimal::Decimal;

pub mod accidents;
pub mod calc;
pub mod calendar;
pub mod codes;
pub mod consequence;
pub mod credit;
pub mod date;
pub mod duties;
pub mod enforcement;
pub mod gb18218;
pub mod gb30871;
pub mod insurance;
pub mod monitoring;
pub mod problem;
pub mod ratio;
pub mod risk;
pub mod tables;
