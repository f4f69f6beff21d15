//! The two libraries: what the parts to the right know in common of firms and of people.
//!
//! [`ALL`] is the list. A planned library is a line here and nothing else: no folder, no menu entry.

pub mod experts;

use platform::{Part, Phase};

/// The two libraries.
pub const ALL: &[&Part] = &[&CREDIT, &experts::PART];

static CREDIT: Part = planned("credit", "libraries/credit", "企业信用信息数据库");

/// In the list, not built yet.
const fn planned(key: &'static str, owner: &'static str, name: &'static str) -> Part {
    let mut part = Part::new(key, owner, name, Phase::Base);
    part.built = false;
    part
}
