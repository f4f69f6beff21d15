//! The figures visits are held to: a dated table, marked as an example where no law sets them.
use platform::{Error, Ms, Result};
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use standards::date::Date;
use standards::tables::{Confidence, Editions, Scope};
use std::sync::OnceLock;

/// Two officers at least.
pub const TWO_OFFICERS: &str = "行政处罚法（2021）第四十二条";
/// Who has an interest stays away.
pub const WITHDRAWAL: &str = "行政处罚法（2021）第四十三条";
/// Who may be chosen.
pub const CHOICE: &str = "派定规则：从推荐的人员中选定，须回避、证书过期、时段冲突的不能派定";
/// What a record says and who signs it; a refusal is noted.
pub const RECORD: &str = "安全生产法（2021）第六十七、六十八条";
/// No step is skipped.
pub const LIFECYCLE: &str = "检查服务办理规则：申请 → 派定 → 接受 → 告知 → 扫码入企 → 逐项检查 → 离开 → 双方签字";

/// One figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Figure {
    id: String,
    value: i64,
    text: String,
}

/// A figure with the rule behind it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Limit {
    /// Value.
    pub value: i64,
    /// What it limits.
    pub text: String,
    /// Rule and clause.
    pub rule: String,
    /// Edition.
    pub edition: String,
    /// Whether it is an example that nobody has confirmed.
    pub example: bool,
}

fn tables() -> &'static Editions<Figure> {
    static TABLES: OnceLock<Editions<Figure>> = OnceLock::new();
    TABLES.get_or_init(|| serde_json::from_str(include_str!("../data/visit_limits.json")).unwrap_or_default())
}

/// The figure of this name in force on a day in a region.
pub fn limit(id: &str, at: Ms, region: &str) -> Result<Limit> {
    let scope = Scope { on: Date::beijing(at.0), region: Region::parse(region).ok() };
    let (table, row) = tables()
        .find(scope, "on", id, |r| &r.id)
        .map_err(|_| Error::internal(format!("no visit limit {id} in force")))?;
    Ok(Limit {
        value: row.value,
        text: row.text.clone(),
        rule: format!("{} {}", table.standard, table.clause),
        edition: table.edition.clone(),
        example: table.confidence == Confidence::Unconfirmed,
    })
}

/// Laws an announcement names, by kind of visit; the first is proposed.
pub const fn bases(kind: super::decide::Kind) -> &'static [&'static str] {
    use super::decide::Kind;
    match kind {
        Kind::Enforcement | Kind::Joint => {
            &["安全生产法（2021）第六十二条", "安全生产法（2021）第六十五条", "行政处罚法（2021）第四十二条"]
        }
        Kind::Recheck => &["安全生产法（2021）第六十五条"],
        Kind::PreventionService | Kind::InsurerSurvey => &["安责险事故预防服务（AQ 9010）"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_marked_as_examples_and_dated() {
        let limit = limit("visits_per_year", Ms(1_795_395_600_000), "990121").unwrap();
        assert_eq!((limit.value, limit.example), (6, true));
        assert!(super::limit("visits_per_year", Ms(0), "990121").is_err());
        assert!(super::limit("nothing", Ms(1_795_395_600_000), "990121").is_err());
    }
}
