//! The two lines of supervision over the same objects: online (线上) and on-site (线下).
//!
//! [`ALL`] is the list. A planned line is here and nothing else: no folder, no menu entry.

pub mod online;
pub mod onsite;

use platform::Part;

/// Both lines.
pub const ALL: &[&Part] = &[&online::PART, &onsite::PART];
