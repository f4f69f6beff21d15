//! Source terms, ignition and the screening of hazard degree.

use super::{finite, positive};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::string::String;
use libm::sqrt;
use serde::{Deserialize, Serialize};

const G: f64 = 9.81;

/// Time until a leak is isolated.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRow {
    /// Detection system, A to C.
    pub detection: String,
    /// Isolation system, A to C.
    pub isolation: String,
    /// Hole, mm.
    pub hole_mm: u32,
    /// Minutes.
    pub minutes: u32,
}

/// Probability of immediate ignition.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnitionRow {
    /// Class of the substance.
    pub class: String,
    /// Below 10 kg/s.
    pub small: f64,
    /// 10 to 100 kg/s.
    pub medium: f64,
    /// Above 100 kg/s.
    pub large: f64,
}

/// Liquid through a hole in a pipe (AQ/T 3046-2013 E.1; m², kg/m³, Pa, kg/s): `Q = A C0 √(2ρ(p − p0))`.
/// Errors: a value that is not positive, C0 above 1, no overpressure.
pub fn pipe_outflow(area_m2: f64, density: f64, pressure_pa: f64, ambient_pa: f64, c0: f64) -> Result<f64, Problem> {
    let drop = positive(pressure_pa - ambient_pa, "pressure_pa")?;
    let q = positive(area_m2, "area_m2")? * discharge(c0)? * sqrt(2.0 * positive(density, "density")? * drop);
    finite(q, "area_m2")
}

/// Liquid through a hole in a tank (AQ/T 3046-2013 E.1; m², kg/m³, Pa, m, kg/s):
/// `Q = ρ A C0 √(2((p − p0)/ρ + g h))`. Errors: as for pipes, no driving head.
pub fn tank_outflow(
    area_m2: f64,
    density: f64,
    pressure_pa: f64,
    ambient_pa: f64,
    head_m: f64,
    c0: f64,
) -> Result<f64, Problem> {
    let rho = positive(density, "density")?;
    let drive = positive((pressure_pa - ambient_pa) / rho + G * head_m, "head_m")?;
    finite(rho * positive(area_m2, "area_m2")? * discharge(c0)? * sqrt(2.0 * drive), "area_m2")
}

fn discharge(c0: f64) -> Result<f64, Problem> {
    if positive(c0, "c0")? > 1.0 {
        return Err(Problem::field("c0", "流量系数应不大于 1（锐孔 0.61，管嘴 0.81，圆角或未知 1.0）"));
    }
    Ok(c0)
}

/// Share of a liquid that flashes (form not confirmed, AQ/T 3046-2013 E.2; K, kJ/(kg·K), kJ/kg):
/// `Fv = Cp (T − Tb)/Hv`, and the entrained liquid as a multiple of the liquid: `5 Fv` up to Fv 0.2, all
/// above. Both lie in 0 to 1. Errors: a heat that is not positive.
pub fn flash_fraction(cp: f64, t_k: f64, boiling_k: f64, hv: f64) -> Result<(f64, f64), Problem> {
    let fv =
        positive(cp, "cp_kj")? * (positive(t_k, "t_k")? - positive(boiling_k, "boiling_k")?) / positive(hv, "hv_kj")?;
    let fv = finite(fv.clamp(0.0, 1.0), "t_k")?;
    let entrained = if fv <= 0.2 { 5.0 * fv } else { 1.0 };
    Ok((fv, finite(entrained.min(1.0), "t_k")?))
}

/// Minutes of a release (AQ/T 3046-2013 F.2): the shortest of 60, inventory over rate, and the time the
/// detection and isolation systems need. Errors: a hole or system the table does not have.
pub fn release_minutes(
    tables: &Tables,
    hole_mm: u32,
    detection: &str,
    isolation: &str,
    inventory: Option<(f64, f64)>,
    scope: Scope,
) -> Result<(f64, RuleRef), Problem> {
    let table = tables.release_times.select(scope)?;
    let row = table.rows.iter().find(|r| r.hole_mm == hole_mm && r.detection == detection && r.isolation == isolation);
    let row = row.ok_or_else(|| {
        Problem::field("hole_mm", "表F.2 只有 5、25、100 mm 与 A、B、C 三级系统").under("AQ/T 3046-2013 F.2")
    })?;
    let most = f64::from(row.minutes).min(60.0);
    let emptied = inventory
        .map(|(kg, rate)| Ok(positive(kg, "inventory_kg")? / positive(rate, "rate_kg_s")? / 60.0))
        .transpose()?;
    Ok((finite(emptied.map_or(most, |e: f64| e.min(most)), "inventory_kg")?, table.rule()))
}

/// Probability of immediate ignition (AQ/T 3046-2013 G.1; kg/s): bands below 10, 10 to 100, above 100.
/// Errors: unknown class, a rate that is not positive.
pub fn ignition_probability(
    tables: &Tables,
    class: &str,
    rate_kg_s: f64,
    scope: Scope,
) -> Result<(f64, RuleRef), Problem> {
    let (table, row) = tables.ignition.find(scope, "class", class, |r| &r.class)?;
    let rate = positive(rate_kg_s, "rate_kg_s")?;
    let p = match rate {
        r if r < 10.0 => row.small,
        r if r <= 100.0 => row.medium,
        _ => row.large,
    };
    Ok((p, table.rule()))
}

/// Degree of hazard by five items of 10, 5, 2 or 0 points (AQ/T 3046-2013 C.1, C.2): from 16 Ⅰ, 11 to 15
/// Ⅱ, up to 10 Ⅲ. Error: other points.
pub fn hazard_degree(points: [u32; 5]) -> Result<(u32, &'static str), Problem> {
    if points.iter().any(|p| ![0, 2, 5, 10].contains(p)) {
        return Err(Problem::field("points", "每项应为 10、5、2 或 0 分").under("AQ/T 3046-2013 C.1"));
    }
    let sum = points.iter().sum();
    let degree = match sum {
        16.. => "Ⅰ",
        11..=15 => "Ⅱ",
        _ => "Ⅲ",
    };
    Ok((sum, degree))
}
