//! Consequence models, AQ/T 3046-2013 and common practice. Screening only: they rank and shortlist;
//! they do not replace a quantitative risk assessment.
//!
//! Floating point through `libm`, the same on every machine; results are cut to six digits. Misprints
//! of the published text are corrected where a calculation proves them, and each function says so.

mod dispersion;
mod effects;
mod explosion;
mod fire;
mod source;

pub use dispersion::{Plume, PlumeAsked, Puff, PuffAsked, Sigma, SigmaRow, StabilityRow, Sun, plume, puff, stability};
pub use effects::{
    ErpgRow, OverpressureRow, Probit, ProbitRow, ThermalRow, erpg, heat_probit, overpressure_effects, probability,
    thermal_effects, toxic_probit, vce_probability,
};
pub use explosion::{Tnt, overpressure_at, scaled_distance, tnt};
pub use fire::{Fireball, PointAsked, PointFire, PoolAsked, PoolFire, fireball, point_fire, pool_fire, view_factors};
pub use source::{
    IgnitionRow, ReleaseRow, flash_fraction, hazard_degree, ignition_probability, pipe_outflow, release_minutes,
    tank_outflow,
};

use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use serde::{Deserialize, Serialize};

/// A parameter of a model.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamRow {
    /// Name.
    pub name: String,
    /// Value in the unit of its name.
    pub value: f64,
}

fn param(tables: &Tables, name: &str, scope: Scope) -> Result<(f64, RuleRef), Problem> {
    let (table, row) = tables.consequence_params.find(scope, "on", name, |r| &r.name)?;
    Ok((row.value, table.rule()))
}

/// A result cut to six digits, so that the last bits of a float never show.
fn six(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

/// Six digits of a finite result; what overflowed or has no value is an error at the field.
fn finite(value: f64, field: &str) -> Result<f64, Problem> {
    if value.is_finite() {
        return Ok(six(value));
    }
    Err(Problem::field(field, "数值超出模型可计算的范围"))
}

fn positive(value: f64, field: &str) -> Result<f64, Problem> {
    if value.is_finite() && value > 0.0 {
        return Ok(value);
    }
    Err(Problem::field(field, "应大于 0"))
}

/// The sentence every screening result carries.
fn screening() -> String {
    "筛选性估算，不能代替定量风险评价".to_string()
}

/// The root of a falling function between two ends, by bisection.
fn falling_root(mut low: f64, mut high: f64, f: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..200 {
        let mid = f64::midpoint(low, high);
        if f(mid) > 0.0 {
            low = mid;
        } else {
            high = mid;
        }
    }
    f64::midpoint(low, high)
}
