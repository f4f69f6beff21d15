//! Type of an accident: GB 6441-1986 or GB 6441-2025, by the day of the accident.

use crate::codes::IndustryCode;
use crate::date::Date;
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One type.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeRow {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Hint to the type of the other edition, our own.
    #[serde(default)]
    pub maps_to: Option<String>,
}

/// Codes of an accident.
#[derive(Clone, Debug, Serialize)]
pub struct AccidentCodes {
    /// Name of the type.
    pub name: String,
    /// Code of the type.
    pub type_code: String,
    /// Code of the harm, 2025 only.
    pub harm_code: Option<String>,
    /// Code of the industry, 2025 only.
    pub industry_code: Option<String>,
    /// Hint to the type of the 2025 edition, unconfirmed.
    pub maps_to: Option<String>,
    /// Edition.
    pub rule: RuleRef,
}

/// Codes of an accident by its day (GB 6441-1986 before 2026-07-01, GB 6441-2025 from then on). In
/// 2025 the code is `WSA`, one digit for the scheme (1 type, 2 harm, 3 industry) and four more.
/// Errors: unknown type, harm or industry; harm or industry before the 2025 edition.
pub fn accident_type(
    tables: &Tables,
    name: &str,
    harm: Option<&str>,
    industry: Option<&str>,
    on: Date,
) -> Result<AccidentCodes, Problem> {
    let table = tables.gb6441_types.select(Scope::on(on))?;
    let row = table.rows.iter().find(|r| r.name == name || r.code == name);
    let row = row.ok_or_else(|| {
        let known: Vec<&str> = table.rows.iter().map(|r| r.name.as_str()).collect();
        Problem::field("type", format!("{}没有“{name}”；可用：{}", table.edition, known.join("、")))
            .under(table.standard.clone())
    })?;
    let coded = row.code.starts_with("WSA");
    for (field, value) in [("harm", harm), ("industry", industry)] {
        if value.is_some() && !coded {
            return Err(Problem::field(field, format!("{} 没有此项编码", table.edition)));
        }
    }
    Ok(AccidentCodes {
        name: row.name.clone(),
        type_code: row.code.clone(),
        harm_code: harm.map(harm_code).transpose()?,
        industry_code: industry.map(industry_code).transpose()?,
        maps_to: row.maps_to.clone(),
        rule: table.rule(),
    })
}

fn harm_code(harm: &str) -> Result<String, Problem> {
    let digit = ["零伤亡", "轻伤", "重伤", "死亡"].iter().zip(1..).find(|(name, _)| **name == harm);
    let (_, digit) =
        digit.ok_or_else(|| Problem::field("harm", "伤害程度应为零伤亡、轻伤、重伤或死亡").under("GB 6441-2025"))?;
    Ok(format!("WSA2000{digit}"))
}

fn industry_code(code: &str) -> Result<String, Problem> {
    let parsed = IndustryCode::parse(code).map_err(|e| Problem::field("industry", e))?;
    if parsed.as_str().len() != 4 {
        return Err(Problem::field("industry", "行业须填到小类（4 位数字）").under("GB 6441-2025"));
    }
    Ok(format!("WSA3{}", parsed.as_str()))
}
