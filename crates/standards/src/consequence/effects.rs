//! Effects on people and buildings: thresholds and probits.

use super::{finite, param, positive, six};
use crate::problem::Problem;
use crate::tables::{Confidence, RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use libm::{erf, log, pow};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Constants of a toxic probit.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbitRow {
    /// Substance.
    pub name: String,
    /// Constant a.
    pub a: f64,
    /// Constant b.
    pub b: f64,
    /// Exponent n.
    pub n: f64,
    /// Why the row looks like a misprint.
    #[serde(default)]
    pub doubt: Option<String>,
}

/// A threshold of heat.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThermalRow {
    /// Flux from, kW/m².
    pub kw_m2: Decimal,
    /// Effect on equipment.
    #[serde(default)]
    pub equipment: Option<String>,
    /// Effect on people.
    pub people: String,
}

/// A threshold of overpressure.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverpressureRow {
    /// Overpressure from, kPa.
    pub kpa_from: Decimal,
    /// Upper end of the range printed, kPa.
    #[serde(default)]
    pub kpa_to: Option<Decimal>,
    /// Effect.
    pub effect: String,
}

/// Emergency response planning guidelines of a substance.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErpgRow {
    /// Substance.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// Level 1.
    #[serde(default)]
    pub erpg1: Option<Decimal>,
    /// Level 2.
    #[serde(default)]
    pub erpg2: Option<Decimal>,
    /// Level 3.
    #[serde(default)]
    pub erpg3: Option<Decimal>,
}

/// A probit and its probability.
#[derive(Clone, Debug, Serialize)]
pub struct Probit {
    /// Probit.
    pub probit: f64,
    /// Probability of death, 0 to 1.
    pub probability: f64,
    /// Exposure that was used after its cap: s for heat, min for toxic gas.
    pub exposure: f64,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// Probability of a probit (AQ/T 3046-2013 Table I.1): `P = ½ [1 + erf((Pr − 5)/√2)]`.
pub fn probability(probit: f64) -> f64 {
    0.5 * (1.0 + erf((probit - 5.0) / core::f64::consts::SQRT_2))
}

/// Death by toxic gas (AQ/T 3046-2013 Annex I; mg/m³, min): `Pr = a + b ln(Cⁿ t)`, t at most 30. Rows that
/// look like misprints against the Purple Book are marked. Errors: unknown substance, a concentration
/// or time that is not positive.
pub fn toxic_probit(
    tables: &Tables,
    substance: &str,
    mg_m3: f64,
    minutes: f64,
    scope: Scope,
) -> Result<Probit, Problem> {
    let (table, row) = tables.probits.find(scope, "substance", substance, |r| &r.name)?;
    let most = param(tables, "toxic_minutes_max", scope)?.0;
    let exposure = positive(minutes, "minutes")?.min(most);
    let pr = row.a + row.b * (row.n * log(positive(mg_m3, "mg_m3")?) + log(exposure));
    let confidence = if row.doubt.is_some() { Confidence::Unconfirmed } else { table.confidence };
    let unconfirmed = row.doubt.iter().map(|d| format!("“{}”一行{d}，未经核实", row.name)).collect();
    Ok(Probit {
        probit: finite(pr, "mg_m3")?,
        probability: six(probability(pr)),
        exposure,
        unconfirmed,
        rule: table.rule().weaker(confidence),
    })
}

/// Death by heat (AQ/T 3046-2013 Annex I; kW/m², s): `Pr = −36.38 + 2.56 ln(q^(4/3) t)` with q in W/m², t at
/// most 20; from 37.5 kW/m² on the probability is 1. Errors: a flux or time that is not positive.
pub fn heat_probit(tables: &Tables, kw_m2: f64, seconds: f64, scope: Scope) -> Result<Probit, Problem> {
    let get = |name: &str| param(tables, name, scope);
    let (a, rule) = get("heat_a")?;
    let exposure = positive(seconds, "seconds")?.min(get("heat_seconds_max")?.0);
    let q = positive(kw_m2, "kw_m2")?;
    let pr = a + get("heat_b")?.0 * log(pow(q * 1000.0, 4.0 / 3.0) * exposure);
    let certain = q >= get("heat_certain_kw")?.0;
    let p = if certain { 1.0 } else { six(probability(pr)) };
    Ok(Probit { probit: finite(pr, "kw_m2")?, probability: p, exposure, unconfirmed: Vec::new(), rule })
}

/// Death by the blast of a vapour cloud (AQ/T 3046-2013 Annex I; MPa): outdoors and indoors (society risk).
/// 0.03 and more is certain; between 0.01 and 0.03 0 outdoors and 2.5 % indoors; up to 0.01 none.
pub fn vce_probability(tables: &Tables, mpa: f64, scope: Scope) -> Result<(f64, f64, RuleRef), Problem> {
    let get = |name: &str| param(tables, name, scope);
    let (certain, rule) = get("vce_certain_mpa")?;
    if !mpa.is_finite() || mpa < 0.0 {
        return Err(Problem::field("mpa", "超压不能为负"));
    }
    let (outdoor, indoor) = if mpa >= certain {
        (1.0, 1.0)
    } else if mpa > get("vce_none_mpa")?.0 {
        (0.0, get("vce_indoor")?.0)
    } else {
        (0.0, 0.0)
    };
    Ok((outdoor, indoor, rule))
}

/// Effects of a heat flux, the gravest first (AQ/T 3046-2013 Annex I; kW/m²).
pub fn thermal_effects(tables: &Tables, kw_m2: Decimal, scope: Scope) -> Result<(Vec<ThermalRow>, RuleRef), Problem> {
    let table = tables.thermal_effects.select(scope)?;
    Ok((table.rows.iter().filter(|r| kw_m2 >= r.kw_m2).cloned().collect(), table.rule()))
}

/// Effects of an overpressure, the mildest first (AQ/T 3046-2013 Annex I; kPa).
pub fn overpressure_effects(
    tables: &Tables,
    kpa: Decimal,
    scope: Scope,
) -> Result<(Vec<OverpressureRow>, RuleRef), Problem> {
    let table = tables.overpressure_effects.select(scope)?;
    Ok((table.rows.iter().filter(|r| kpa >= r.kpa_from).cloned().collect(), table.rule()))
}

/// ERPG values of a substance (AQ/T 3046-2013 Annex H, AIHA 2008, outdated). The printed table lists some
/// substances twice with different values; every row of the name is answered. Error: not in the table.
pub fn erpg(tables: &Tables, substance: &str, scope: Scope) -> Result<(Vec<ErpgRow>, RuleRef), Problem> {
    let table = tables.erpg.select(scope)?;
    let rows: Vec<ErpgRow> = table.rows.iter().filter(|r| r.name == substance).cloned().collect();
    if rows.is_empty() {
        return Err(Problem::field("substance", format!("ERPG 表中没有“{substance}”"))
            .under("AQ/T 3046-2013 附录H".to_string()));
    }
    Ok((rows, table.rule()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overpressure_is_a_number_and_not_negative() {
        for wrong in [f64::NAN, f64::INFINITY, -0.001] {
            assert!(vce_probability(Tables::shipped(), wrong, Scope::default()).is_err(), "{wrong}");
        }
        assert!(vce_probability(Tables::shipped(), 0.0, Scope::default()).is_ok());
    }

    #[test]
    fn aqt3046_table_i1_24_percent_is_probit_4_29() {
        assert!((probability(4.29) - 0.24).abs() < 0.002);
        assert!((probability(5.0) - 0.5).abs() < 1e-12);
    }
}
