//! Stories and properties of the platform, on both databases where the database matters. One
//! binary, so that the platform is linked once.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test reports by panicking")]

mod channels;
mod clocks;
mod house;
mod log;
mod probe;
mod reactions;
mod scope;
mod spine;
