//! Whether an analysis lets the work begin.

use super::{limit, rule};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::Serialize;

/// Readings of one analysis.
#[derive(Clone, Copy, Default, Debug)]
pub struct GasReadings {
    /// Lower explosive limit of the gas, vol %.
    pub lel_percent: Option<Decimal>,
    /// Flammable gas found, vol %.
    pub flammable_percent: Option<Decimal>,
    /// Oxygen found, vol %.
    pub oxygen_percent: Option<Decimal>,
    /// Oxygen-enriched surroundings, or equipment that makes, uses or stores oxygen.
    pub oxygen_enriched: bool,
}

/// One judged reading.
#[derive(Clone, Debug, Serialize)]
pub struct GasItem {
    /// What was measured.
    pub item: &'static str,
    /// The reading, vol %.
    pub value: Decimal,
    /// Smallest allowed, included.
    pub min: Option<Decimal>,
    /// Largest allowed, included.
    pub max: Decimal,
    /// Whether it passes.
    pub pass: bool,
}

/// The verdict over all readings.
#[derive(Clone, Debug, Serialize)]
pub struct GasVerdict {
    /// Whether every reading passes.
    pub pass: bool,
    /// The readings.
    pub items: Vec<GasItem>,
    /// Clause.
    pub rule: RuleRef,
}

/// Judges an analysis before hot work, confined-space entry or temporary power (GB 30871-2022, 5.3.2
/// and 6; vol %): flammable gas ≤ 0.5 where its LEL is 4 or more, otherwise ≤ 0.2; oxygen 19.5 to 21,
/// up to 23.5 in oxygen-enriched surroundings. Toxic gases go by GBZ 2.1 (rule `gas-alarm`). Errors:
/// no reading, a flammable reading without its LEL.
pub fn gas(tables: &Tables, readings: GasReadings, scope: Scope) -> Result<GasVerdict, Problem> {
    let mut items = Vec::new();
    let percent = |field: &str, value: Option<Decimal>| match value {
        Some(v) if v < Decimal::ZERO || v > Decimal::ONE_HUNDRED => {
            Err(Problem::field(field, "体积分数应在 0—100% 之间"))
        }
        other => Ok(other),
    };
    if let Some(value) = percent("flammable_percent", readings.flammable_percent)? {
        let lel = percent("lel_percent", readings.lel_percent)?.filter(|l| !l.is_zero());
        let lel = lel.ok_or_else(|| {
            Problem::field("lel_percent", "须给出该气体的爆炸下限（体积分数，%）").under("GB 30871-2022 5.3.2")
        })?;
        let name = if lel >= limit(tables, "lel_split", scope)? { "flammable_high_lel" } else { "flammable_low_lel" };
        items.push(judged("可燃气体", value, None, limit(tables, name, scope)?));
    }
    if let Some(value) = percent("oxygen_percent", readings.oxygen_percent)? {
        let name = if readings.oxygen_enriched { "oxygen_enriched_max" } else { "oxygen_max" };
        let max = limit(tables, name, scope)?;
        items.push(judged("氧", value, Some(limit(tables, "oxygen_min", scope)?), max));
    }
    if items.is_empty() {
        return Err(Problem::field("flammable_percent", "至少给出一项分析结果"));
    }
    Ok(GasVerdict { pass: items.iter().all(|i| i.pass), items, rule: rule(tables, "5.3.2、6", scope)? })
}

fn judged(item: &'static str, value: Decimal, min: Option<Decimal>, max: Decimal) -> GasItem {
    let pass = value <= max && min.is_none_or(|m| value >= m);
    GasItem { item, value: value.normalize(), min: min.map(|m| m.normalize()), max: max.normalize(), pass }
}
