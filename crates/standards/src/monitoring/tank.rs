//! What instruments a tank needs: a checklist by kind, size and contents.

use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A requirement and when it applies; a condition that is missing always holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstrumentRow {
    /// Number.
    pub id: String,
    /// Standard.
    pub standard: String,
    /// Clause.
    pub clause: String,
    /// What is required.
    pub text: String,
    /// Kinds of tank.
    #[serde(default)]
    pub tanks: Vec<String>,
    /// Fire-hazard classes of the contents.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Volume over, m³.
    #[serde(default)]
    pub volume_over: Option<Decimal>,
    /// Volume from, m³.
    #[serde(default)]
    pub volume_from: Option<Decimal>,
    /// Turnovers a year over.
    #[serde(default)]
    pub turnover_over: Option<Decimal>,
    /// Turnovers a year up to.
    #[serde(default)]
    pub turnover_to: Option<Decimal>,
    /// Only for floating roofs.
    #[serde(default)]
    pub floating_roof: bool,
    /// Only for class Ⅰ or Ⅱ toxic liquids.
    #[serde(default)]
    pub toxic: bool,
}

/// A tank.
#[derive(Clone, Debug)]
pub struct TankAsked {
    /// Kind: 常压储罐, 低压储罐, 压力储罐, 全冷冻储罐.
    pub tank: String,
    /// Volume, m³.
    pub volume_m3: Decimal,
    /// Fire-hazard class of the contents.
    pub class: Option<String>,
    /// Turnovers a year.
    pub turnover: Option<Decimal>,
    /// Floating roof.
    pub floating_roof: bool,
    /// Class Ⅰ or Ⅱ toxic liquid.
    pub toxic: bool,
}

/// One line of the checklist.
#[derive(Clone, Debug, Serialize)]
pub struct Requirement {
    /// Number.
    pub id: String,
    /// Standard.
    pub standard: String,
    /// Clause.
    pub clause: String,
    /// What is required.
    pub text: String,
}

/// Instruments a tank needs (GB 17681-2024 6.3, GB 50074-2014 15.1, SH/T 3007-2014 5.4; m³). Errors:
/// a volume of zero, no turnover where a requirement turns on it.
pub fn tank_instruments(
    tables: &Tables,
    asked: &TankAsked,
    scope: Scope,
) -> Result<(Vec<Requirement>, RuleRef), Problem> {
    if asked.volume_m3 <= Decimal::ZERO {
        return Err(Problem::field("volume_m3", "容积应大于 0（m³）"));
    }
    let table = tables.tank_instruments.select(scope)?;
    let mut list = Vec::new();
    for row in table.rows.iter().filter(|r| size_and_kind(r, asked)) {
        let turns = row.turnover_over.is_some() || row.turnover_to.is_some();
        let turnover = match asked.turnover {
            None if turns => {
                return Err(Problem::field("turnover", "须给出年周转次数，该项要求以此为界").under(row.clause.clone()));
            }
            other => other.unwrap_or_default(),
        };
        if row.turnover_over.is_none_or(|t| turnover > t) && row.turnover_to.is_none_or(|t| turnover <= t) {
            list.push(Requirement {
                id: row.id.clone(),
                standard: row.standard.clone(),
                clause: row.clause.clone(),
                text: row.text.clone(),
            });
        }
    }
    Ok((list, table.rule()))
}

fn size_and_kind(row: &InstrumentRow, asked: &TankAsked) -> bool {
    let kind = row.tanks.is_empty() || row.tanks.contains(&asked.tank);
    let class = row.classes.is_empty() || asked.class.as_ref().is_some_and(|c| row.classes.contains(c));
    let size =
        row.volume_over.is_none_or(|v| asked.volume_m3 > v) && row.volume_from.is_none_or(|v| asked.volume_m3 >= v);
    kind && class && size && (!row.floating_roof || asked.floating_roof) && (!row.toxic || asked.toxic)
}
