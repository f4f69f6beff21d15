//! Gas alarm set points, GB/T 50493-2019, with versioned exposure limits.

use crate::problem::Problem;
use crate::ratio::Ratio;
use crate::tables::{Confidence, RuleRef, Scope, Table, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// Exposure limits of a gas, mg/m³.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GasLimitRow {
    /// Name.
    pub gas: String,
    /// Formula.
    pub formula: String,
    /// Molar mass, g/mol.
    pub molar_mass: Decimal,
    /// Maximum allowable concentration MAC.
    #[serde(default)]
    pub mac: Option<Decimal>,
    /// Time-weighted average PC-TWA.
    #[serde(default)]
    pub pc_twa: Option<Decimal>,
    /// Short-term limit PC-STEL.
    #[serde(default)]
    pub pc_stel: Option<Decimal>,
    /// Immediately dangerous to life or health.
    #[serde(default)]
    pub idlh: Option<Decimal>,
    /// True where the copy could not be read clearly.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// The two set points of a kind of detector.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetPointRow {
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Level 1, at most.
    pub set1: Decimal,
    /// Level 2, at most.
    pub set2: Decimal,
    /// Unit.
    pub unit: String,
}

/// Unit of a toxic gas reading.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Unit {
    /// mg/m³
    #[serde(rename = "mg/m3")]
    Milligram,
    /// Parts per million by volume at 25 °C and 101.3 kPa.
    #[serde(rename = "ppm")]
    Ppm,
}

/// A toxic gas reading to judge.
#[derive(Clone, Debug)]
pub struct GasAsked {
    /// Name or formula.
    pub gas: String,
    /// The reading, none for the set points alone.
    pub value: Option<Decimal>,
    /// Its unit.
    pub unit: Unit,
    /// The detector's range cannot meet the exposure limit: set points by IDLH.
    pub by_idlh: bool,
    /// A named edition of the exposure limits; none for the one in force.
    pub edition: Option<String>,
}

/// Set points of a detector.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SetPoints {
    /// Level 1.
    pub set1: Decimal,
    /// Level 2.
    pub set2: Decimal,
}

/// Alarm level of a reading.
#[derive(Clone, Debug, Serialize)]
pub struct GasAlarm {
    /// 0 none, 1 or 2; none without a reading.
    pub alarm: Option<u8>,
    /// Highest allowed set point of level 1; for oxygen the deficiency alarm.
    pub set1: Decimal,
    /// Highest allowed set point of level 2; for oxygen the enrichment alarm.
    pub set2: Decimal,
    /// Unit of the set points.
    pub unit: String,
    /// What the set points were derived from.
    pub basis: String,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// The exposure limit that set points follow: MAC where there is one, PC-TWA otherwise (GB/T
/// 50493-2019 5.5.2; mg/m³).
pub fn exposure_limit(row: &GasLimitRow) -> Option<Decimal> {
    row.mac.or(row.pc_twa)
}

/// Converts mg/m³ to ppm at 25 °C and 101.3 kPa: `ppm = mg/m³ × 24.45 / M`, rounded half up to four
/// places. None for a molar mass that is not positive.
pub fn to_ppm(mg_m3: Decimal, molar_mass: Decimal) -> Option<Decimal> {
    let exact = Ratio::from_decimal(mg_m3)?
        .times(Ratio::from_decimal(molar_volume())?)?
        .over(Ratio::from_decimal(molar_mass)?)?;
    Some(exact.to_decimal()?.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero).normalize())
}

fn molar_volume() -> Decimal {
    Decimal::new(2445, 2)
}

/// Set points and alarm level of a toxic gas (GB/T 50493-2019 5.5.2; mg/m³ or ppm): level 1 at 100 %
/// of the exposure limit, level 2 at 200 %, or 5 % and 10 % of IDLH where the detector cannot measure
/// the former; a reading alarms at `>=`. Errors: unknown gas or edition, no limit recorded.
pub fn toxic_alarm(tables: &Tables, asked: &GasAsked, scope: Scope) -> Result<GasAlarm, Problem> {
    let (table, row) = find(tables, asked, scope)?;
    let kind = if asked.by_idlh { "toxic_idlh_percent" } else { "toxic_oel_percent" };
    let (points, percent) = tables.gas_set_points.find(scope, "on", kind, |r| &r.kind)?;
    let base = if asked.by_idlh { row.idlh } else { exposure_limit(row) };
    let base = base.ok_or_else(|| {
        Problem::field(
            "gas",
            format!("没有“{}”的{}", row.gas, if asked.by_idlh { "直接致害浓度（IDLH）" } else { "接触限值" }),
        )
        .under(points.clause.clone())
    })?;
    let share = |p: Decimal| base.saturating_mul(p) / Decimal::ONE_HUNDRED;
    let (mg1, mg2) = (share(percent.set1), share(percent.set2));
    let alarm = asked.value.map(|v| reached(v, asked.unit, row, mg1, mg2)).transpose()?;
    let shown = |mg: Decimal| match asked.unit {
        Unit::Milligram => Some(mg.normalize()),
        Unit::Ppm => to_ppm(mg, row.molar_mass),
    };
    let (set1, set2) = shown(mg1).zip(shown(mg2)).ok_or_else(|| Problem::field("gas", "摩尔质量不正确"))?;
    let mut unconfirmed: Vec<String> = table.unconfirmed().into_iter().collect();
    unconfirmed.extend(row.unconfirmed.then(|| format!("“{}”一行原文字迹不清，须核对", row.gas)));
    unconfirmed.extend(others(tables, table, row));
    let shaky = row.unconfirmed || table.confidence == Confidence::Unconfirmed;
    let confidence = if shaky { Confidence::Unconfirmed } else { table.confidence };
    Ok(GasAlarm {
        alarm,
        set1,
        set2,
        unit: unit_name(asked.unit),
        basis: basis(row, base, asked.by_idlh),
        unconfirmed,
        rule: points.rule().weaker(confidence),
    })
}

fn basis(row: &GasLimitRow, base: Decimal, by_idlh: bool) -> String {
    let name = match (by_idlh, row.mac) {
        (true, _) => "IDLH",
        (false, Some(_)) => "MAC",
        (false, None) => "PC-TWA",
    };
    format!("{} {name} {} mg/m³", row.gas, base.normalize())
}

fn unit_name(unit: Unit) -> String {
    match unit {
        Unit::Milligram => "mg/m3".to_string(),
        Unit::Ppm => "ppm".to_string(),
    }
}

fn find<'a>(
    tables: &'a Tables,
    asked: &GasAsked,
    scope: Scope,
) -> Result<(&'a Table<GasLimitRow>, &'a GasLimitRow), Problem> {
    let wanted = |r: &&GasLimitRow| r.gas == asked.gas || r.formula.eq_ignore_ascii_case(&asked.gas);
    if let Some(edition) = &asked.edition {
        let table = tables.gas_limits.0.iter().find(|t| t.edition == *edition);
        let table = table.ok_or_else(|| Problem::field("edition", format!("没有名为“{edition}”的接触限值版本")))?;
        let row = table.rows.iter().find(wanted);
        return row.map(|r| (table, r)).ok_or_else(|| Problem::field("gas", format!("该版本没有“{}”", asked.gas)));
    }
    let names = tables.gas_limits.0.iter().filter_map(|t| t.rows.iter().find(wanted));
    let name = names.map(|r| r.gas.as_str()).next();
    let name = name.ok_or_else(|| {
        Problem::field("gas", format!("没有“{}”的接触限值；可用规则表登记后再算", asked.gas)).under("GB/T 50493-2019")
    })?;
    tables.gas_limits.find(scope, "gas", name, |r| &r.gas)
}

/// Other editions of the same gas that differ, so that nobody overlooks them.
fn others<'a>(
    tables: &'a Tables,
    used: &'a Table<GasLimitRow>,
    row: &'a GasLimitRow,
) -> impl Iterator<Item = String> + 'a {
    let other = tables.gas_limits.0.iter().filter(|t| t.edition != used.edition);
    let rows = other.flat_map(move |t| t.rows.iter().filter(|r| r.gas == row.gas).map(move |r| (t, r)));
    let differing = rows.filter(|(_, r)| exposure_limit(r) != exposure_limit(row));
    differing.filter_map(|(t, r)| {
        exposure_limit(r)
            .map(|l| format!("另一版本“{}”的接触限值为 {} mg/m³，请确认适用哪一版", t.edition, l.normalize()))
    })
}

fn reached(value: Decimal, unit: Unit, row: &GasLimitRow, mg1: Decimal, mg2: Decimal) -> Result<u8, Problem> {
    if value < Decimal::ZERO {
        return Err(Problem::field("value", "浓度不能为负"));
    }
    let exact = match unit {
        Unit::Milligram => Ratio::from_decimal(value),
        // Compared in mg/m³ without rounding: mg/m³ = ppm × M / 24.45.
        Unit::Ppm => Ratio::from_decimal(value)
            .and_then(|v| v.times(Ratio::from_decimal(row.molar_mass)?)?.over(Ratio::from_decimal(molar_volume())?)),
    };
    let points = Ratio::from_decimal(mg1).zip(Ratio::from_decimal(mg2));
    let (value, (low, high)) = exact.zip(points).ok_or_else(|| Problem::field("value", "数值过大"))?;
    Ok(u8::from(value >= low) + u8::from(value >= high))
}

fn simple(
    tables: &Tables,
    kind: &str,
    value: Decimal,
    scope: Scope,
    level: impl Fn(&SetPointRow) -> u8,
) -> Result<GasAlarm, Problem> {
    if value < Decimal::ZERO {
        return Err(Problem::field(kind, "浓度不能为负"));
    }
    let (table, row) = tables.gas_set_points.find(scope, "on", kind, |r| &r.kind)?;
    Ok(GasAlarm {
        alarm: Some(level(row)),
        set1: row.set1.normalize(),
        set2: row.set2.normalize(),
        unit: row.unit.clone(),
        basis: row.name.clone(),
        unconfirmed: table.unconfirmed().into_iter().collect(),
        rule: table.rule(),
    })
}

/// Alarm level of a point-type flammable gas detector (GB/T 50493-2019 5.5.2; % LEL, alarms at `>=`).
pub fn flammable_alarm(tables: &Tables, lel_percent: Decimal, scope: Scope) -> Result<GasAlarm, Problem> {
    simple(tables, "flammable_lel_percent", lel_percent, scope, |r| {
        u8::from(lel_percent >= r.set1) + u8::from(lel_percent >= r.set2)
    })
}

/// Alarm level of an open-path flammable gas detector (GB/T 50493-2019 5.5.2; LEL·m, alarms at `>=`).
pub fn open_path_alarm(tables: &Tables, lel_m: Decimal, scope: Scope) -> Result<GasAlarm, Problem> {
    simple(tables, "open_path_lel_m", lel_m, scope, |r| u8::from(lel_m >= r.set1) + u8::from(lel_m >= r.set2))
}

/// Alarm level of an oxygen detector (GB/T 50493-2019 5.5.2; vol %): 1 for deficiency below the first
/// set point, 2 for enrichment from the second on. Error: more than 100 %.
pub fn oxygen_alarm(tables: &Tables, percent: Decimal, scope: Scope) -> Result<GasAlarm, Problem> {
    if percent > Decimal::ONE_HUNDRED {
        return Err(Problem::field("oxygen_percent", "体积分数不能超过 100%"));
    }
    simple(tables, "oxygen_percent", percent, scope, |r| match percent {
        p if p < r.set1 => 1,
        p if p >= r.set2 => 2,
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_of_nothing_is_a_reading_and_a_negative_one_is_not() {
        let alarm = |value: i64| {
            let asked = GasAsked {
                gas: "氨".to_string(),
                value: Some(value.into()),
                unit: Unit::Milligram,
                by_idlh: false,
                edition: None,
            };
            toxic_alarm(Tables::shipped(), &asked, Scope::default()).map(|found| found.alarm)
        };
        assert_eq!(alarm(0), Ok(Some(0)));
        assert!(alarm(-1).is_err_and(|p| p.errors.iter().any(|e| e.field == "value")));
    }
}
