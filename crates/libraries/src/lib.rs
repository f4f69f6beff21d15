//! The two libraries: what the parts to the right know in common of firms and of people.
//!
//! [`ALL`] is the list. A planned library is a line here and nothing else: no folder, no menu entry.

pub mod credit;
pub mod experts;

use platform::Part;

/// The two libraries.
pub const ALL: &[&Part] = &[&credit::PART, &experts::PART];
