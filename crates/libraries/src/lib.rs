//! The two libraries: what the parts to the right know in common of firms and of people.
//!
//! [`ALL`] is the list. A planned library is a line here and nothing else: no folder, no menu entry.

use platform::{Part, Phase};

/// The two libraries.
pub const ALL: &[&Part] = &[&CREDIT, &EXPERTS];

static CREDIT: Part = planned("credit", "libraries/credit", "企业信用信息数据库");
static EXPERTS: Part = planned("experts", "libraries/experts", "专家与第三方服务机构库");

/// In the list, not built yet.
const fn planned(key: &'static str, owner: &'static str, name: &'static str) -> Part {
    let mut part = Part::new(key, owner, name, Phase::Base);
    part.built = false;
    part
}
