//! What the evidence must withstand. Long forms run with `ANLAN_SOAK=1`; without it every
//! test takes a sample that fits the normal test run, and says so in its name or comment.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test helpers fail by panicking, as tests do")]

mod cases;
mod command;
mod fixture;
mod parsers;
mod split_view;
mod tamper;
mod witness_server;

/// Whether the long forms are wanted.
fn soak() -> bool {
    std::env::var_os("ANLAN_SOAK").is_some()
}
