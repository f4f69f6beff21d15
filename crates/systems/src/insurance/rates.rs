//! Example base rates as dated data, and the schemes in force.
use platform::{Error, Result};
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use standards::date::Date;
use standards::tables::{Confidence, Scope, Tables};
use std::sync::OnceLock;
use utoipa::ToSchema;

/// The scheme a quote starts from: the only one that takes credit grade and verified fixes in.
pub const DEFAULT_SCHEME: &str = "示例浮动2026";

const RATES: &str = include_str!("data/base_rates.json");

#[derive(Deserialize)]
struct Edition {
    #[serde(rename = "edition")]
    name: String,
    valid_from: Date,
    note: String,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    sector: String,
    yuan_per_head: i64,
}

/// A base rate with what to know of it.
pub struct Rate {
    /// Yuan a head and year.
    pub yuan_per_head: i64,
    /// Edition and the warning that it is an example.
    pub note: String,
}

/// The base rate of a sector on a day.
pub fn rate(sector: &str, on: Date) -> Result<Rate> {
    static EDITIONS: OnceLock<Vec<Edition>> = OnceLock::new();
    let editions = EDITIONS.get_or_init(|| serde_json::from_str(RATES).unwrap_or_default());
    let edition = editions.iter().filter(|e| e.valid_from <= on).max_by_key(|e| e.valid_from);
    let edition = edition.ok_or_else(|| Error::invalid("from", "该日没有可用的基准费率，请填写基准保费"))?;
    let row = edition.rows.iter().find(|r| r.sector == sector).or_else(|| edition.rows.last());
    let yuan_per_head = row.map_or(0, |r| r.yuan_per_head);
    Ok(Rate { yuan_per_head, note: format!("{}：{}", edition.name, edition.note) })
}

/// A factor of a scheme.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeFactor {
    /// Name in JSON.
    pub id: String,
    /// Name.
    pub name: String,
    /// Percent.
    pub percent: String,
    /// Of one group only one may apply.
    pub group: Option<String>,
    /// Whether the platform takes it from events; otherwise the insurer states it.
    pub from_events: bool,
}

/// A scheme in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PremiumSchemeView)]
pub struct SchemeView {
    /// Name.
    pub name: String,
    /// `coefficients`, `float` or `bands`.
    pub kind: String,
    /// Standard and clause.
    pub rule: String,
    /// Where the figures were read.
    pub source: String,
    /// True where no authority has confirmed the figures.
    pub example: bool,
    /// Signed percentages.
    pub factors: Vec<SchemeFactor>,
}

/// Every scheme in force on a day.
pub fn schemes(tables: &Tables, on: Date, region: &str) -> Vec<SchemeView> {
    let scope = Scope { on: Some(on), region: Region::parse(region).ok() };
    let in_force = tables.premium_schemes.in_force(scope);
    let rows = in_force.iter().flat_map(|t| t.rows.iter().map(move |r| (*t, r)));
    rows.map(|(table, row)| SchemeView {
        name: row.scheme.clone(),
        kind: row.kind.clone(),
        rule: format!("{} {}", table.standard, table.clause),
        source: table.source.clone(),
        example: table.confidence == Confidence::Unconfirmed,
        factors: row
            .factors
            .iter()
            .map(|f| SchemeFactor {
                id: f.id.clone(),
                name: f.name.clone(),
                percent: f.percent.normalize().to_string(),
                group: f.group.clone(),
                from_events: f.id.starts_with("credit_") || f.id.starts_with("fixes_"),
            })
            .collect(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sector_of_the_list_has_a_rate_and_the_rest_the_last_one() {
        let on = Date::parse("2026-11-23").unwrap();
        assert_eq!(rate("危险化学品", on).unwrap().yuan_per_head, 420);
        assert_eq!(rate("餐饮", on).unwrap().yuan_per_head, 120);
        assert!(rate("矿山", on).unwrap().note.contains("未经主管部门确认"));
        assert!(rate("矿山", Date::parse("2020-01-01").unwrap()).is_err());
    }
}
