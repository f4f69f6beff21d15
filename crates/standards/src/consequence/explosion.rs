//! Vapour cloud explosion by TNT equivalence.

use super::{falling_root, finite, param, positive, screening};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use libm::{cbrt, pow};
use serde::Serialize;

/// Radii of a vapour cloud explosion.
#[derive(Clone, Debug, Serialize)]
pub struct Tnt {
    /// TNT equivalent, kg.
    pub w_tnt_kg: f64,
    /// Death radius, m.
    pub r_death_m: f64,
    /// Serious injury (44 kPa), m.
    pub r_serious_m: f64,
    /// Minor injury (17 kPa), m.
    pub r_minor_m: f64,
    /// Property, m.
    pub r_property_m: f64,
    /// Screening and other remarks.
    pub warnings: Vec<String>,
    /// Method.
    pub rule: RuleRef,
}

/// Radii by TNT equivalence (common Chinese practice, not of AQ/T 3046; kg, MJ/kg, m):
/// `W = 1.8·a·Wf·Qf/Q_TNT`, `R1 = 13.6 (W/1000)^0.37`, `R4 = 4.6 W^⅓ / [1+(3175/W)²]^⅙`; serious and
/// minor injury where the overpressure equation gives 44 and 17 kPa. Errors: a mass, heat or
/// efficiency that is not positive.
pub fn tnt(
    tables: &Tables,
    mass_kg: f64,
    heat_mj_kg: f64,
    efficiency: Option<f64>,
    scope: Scope,
) -> Result<Tnt, Problem> {
    let get = |name: &str| param(tables, name, scope);
    let (default, rule) = get("tnt_efficiency")?;
    let a = positive(efficiency.unwrap_or(default), "efficiency")?;
    let (ground, heat_tnt) = (get("tnt_ground")?.0, get("tnt_heat_mj_kg")?.0);
    let w = ground * a * positive(mass_kg, "mass_kg")? * positive(heat_mj_kg, "heat_mj_kg")? / heat_tnt;
    let p0 = get("p0_pa")?.0;
    let reach = cbrt(w * heat_tnt * 1e6 / p0);
    let at = |kpa: f64| finite(scaled_distance(kpa * 1000.0 / p0) * reach, "mass_kg");
    Ok(Tnt {
        w_tnt_kg: finite(w, "mass_kg")?,
        r_death_m: finite(13.6 * pow(w / 1000.0, 0.37), "mass_kg")?,
        r_serious_m: at(get("serious_kpa")?.0)?,
        r_minor_m: at(get("minor_kpa")?.0)?,
        r_property_m: finite(4.6 * cbrt(w) / pow(1.0 + pow(3175.0 / w, 2.0), 1.0 / 6.0), "mass_kg")?,
        warnings: vec![screening()],
        rule,
    })
}

/// Ratio of overpressure to ambient at a scaled distance: `0.137 Z⁻³ + 0.119 Z⁻² + 0.269 Z⁻¹ − 0.019`
/// (TNT equivalence, common practice; no unit).
pub fn overpressure_at(z: f64) -> f64 {
    0.137 / (z * z * z) + 0.119 / (z * z) + 0.269 / z - 0.019
}

/// Scaled distance at which the overpressure falls to a ratio of ambient pressure: the inverse of
/// [`overpressure_at`] (no unit). 1.0891 for 44 kPa and 1.9569 for 17 kPa.
pub fn scaled_distance(ratio: f64) -> f64 {
    falling_root(1e-3, 1e3, |z| overpressure_at(z) - ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_radius_of_property_loss_is_the_published_formula() {
        let found = tnt(Tables::shipped(), 1000.0, 46.0, None, Scope::default()).unwrap();
        let w = found.w_tnt_kg;
        let want = 4.6 * cbrt(w) / pow(1.0 + (3175.0 / w) * (3175.0 / w), 1.0 / 6.0);
        assert!((found.r_property_m - want).abs() < want * 1e-4, "{} {want}", found.r_property_m);
    }

    #[test]
    fn scaled_distances_satisfy_the_overpressure_equation() {
        for (kpa, z) in [(44.0, 1.0891), (17.0, 1.9569)] {
            let got = scaled_distance(kpa * 1000.0 / 101_300.0);
            assert!((got - z).abs() < 5e-5, "{got}");
            assert!((overpressure_at(got) * 101.3 - kpa).abs() < 1e-6);
        }
    }
}
