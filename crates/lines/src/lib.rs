//! The two lines of supervision over the same objects: online (线上) and on-site (线下).
//!
//! [`ALL`] is the list. A planned line is here and nothing else: no folder, no menu entry.

pub mod online;

use platform::{Part, Phase};

static ONSITE: Part = {
    let mut part = Part::new("onsite", "lines/onsite", "线下监管", Phase::Base);
    part.built = false;
    part
};

/// Both lines.
pub const ALL: &[&Part] = &[&online::PART, &ONSITE];
