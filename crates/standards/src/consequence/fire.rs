//! Pool fire and fireball.

use super::{falling_root, finite, param, positive, screening, six};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::f64::consts::PI;
use libm::{atan, cbrt, log, pow, sqrt};
use serde::Serialize;

const G: f64 = 9.81;

/// A pool fire to assess.
#[derive(Clone, Copy, Debug)]
pub struct PoolAsked {
    /// Area of the pool, m².
    pub area_m2: f64,
    /// Burning rate, kg/(m²·s).
    pub burning_rate: f64,
    /// Heat of combustion, kJ/kg.
    pub heat_kj_kg: f64,
    /// Air density, kg/m³.
    pub air_density: f64,
    /// Distance from the centre of the pool, m.
    pub distance_m: Option<f64>,
    /// Flux whose distance is wanted, kW/m².
    pub flux_kw_m2: Option<f64>,
}

/// A pool fire.
#[derive(Clone, Debug, Serialize)]
pub struct PoolFire {
    /// Diameter, m.
    pub diameter_m: f64,
    /// Flame height, m.
    pub flame_m: f64,
    /// Surface flux of the flame, kW/m².
    pub surface_kw_m2: f64,
    /// Flux at the distance, kW/m².
    pub flux_kw_m2: Option<f64>,
    /// Distance of the wanted flux, m.
    pub distance_m: Option<f64>,
    /// Screening and corrections.
    pub warnings: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// View factors of a vertical cylinder, horizontal and vertical: `h` is flame height over **radius**,
/// `s` distance over radius, more than 1 (AQ/T 3046-2013 E.4.1; no unit). The text says height over
/// diameter, which numerical integration disproves; the corrected ratio is used.
pub fn view_factors(h: f64, s: f64) -> (f64, f64) {
    let a = (h * h + s * s + 1.0) / (2.0 * s);
    let b = (1.0 + s * s) / (2.0 * s);
    let arc = |of: f64| atan(sqrt((of + 1.0) * (s - 1.0) / ((of - 1.0) * (s + 1.0))));
    let part = |of: f64| (of - 1.0 / s) / sqrt(of * of - 1.0) * arc(of);
    let horizontal = (part(b) - part(a)) / PI;
    let outer = a / sqrt(a * a - 1.0) * arc(a) - atan(sqrt((s - 1.0) / (s + 1.0)));
    let vertical = (atan(h / sqrt(s * s - 1.0)) / s + h * outer / s) / PI;
    (horizontal, vertical)
}

/// Pool fire (AQ/T 3046-2013 E.4.1; m, kW/m²): `D = √(4S/π)`, `L/D = 42 [m/(ρ√(gD))]^0.61`, surface flux
/// with a radiated share of 0.15, `q = q0 (1 − 0.058 ln r) F`. The view factor takes height over radius
/// (see [`view_factors`]). Errors: a value that is not positive, a distance inside the flame.
pub fn pool_fire(tables: &Tables, asked: &PoolAsked, scope: Scope) -> Result<PoolFire, Problem> {
    let (share, rule) = param(tables, "radiative_fraction", scope)?;
    let area = positive(asked.area_m2, "area_m2")?;
    let rate = positive(asked.burning_rate, "burning_rate")?;
    let heat = positive(asked.heat_kj_kg, "heat_kj_kg")?;
    let diameter = sqrt(4.0 * area / PI);
    let flame = diameter * 42.0 * pow(rate / (positive(asked.air_density, "air_density")? * sqrt(G * diameter)), 0.61);
    let base = 0.25 * PI * diameter * diameter;
    let surface = base * heat * rate * share / (base + PI * diameter * flame);
    let radius = diameter / 2.0;
    let flux_at = |r: f64| {
        let (horizontal, vertical) = view_factors(flame / radius, r / radius);
        surface * (1.0 - 0.058 * log(r)).max(0.0) * sqrt(horizontal * horizontal + vertical * vertical)
    };
    let flux = asked.distance_m.map(|r| {
        if r > radius {
            finite(flux_at(r), "distance_m")
        } else {
            Err(Problem::field("distance_m", "该点在火焰内，视为死亡概率 1").under("AQ/T 3046-2013 E.4.1"))
        }
    });
    let distance = asked.flux_kw_m2.map(|q| {
        positive(q, "flux").map(|q| six(falling_root(radius * (1.0 + 1e-9), radius * 1e3 + 1e3, |r| flux_at(r) - q)))
    });
    Ok(PoolFire {
        diameter_m: finite(diameter, "area_m2")?,
        flame_m: finite(flame, "burning_rate")?,
        surface_kw_m2: finite(surface, "heat_kj_kg")?,
        flux_kw_m2: flux.transpose()?,
        distance_m: distance.transpose()?,
        warnings: vec![screening(), "视角系数按火焰高度与半径之比计算：标准印为直径，经数值积分核对为误".to_string()],
        rule,
    })
}

/// A pool fire as a point source.
#[derive(Clone, Debug, Serialize)]
pub struct PointFire {
    /// Flame height, m.
    pub flame_m: f64,
    /// Radiated power, W.
    pub power_w: f64,
    /// Distance of the flux asked for, m.
    pub distance_m: Option<f64>,
    /// Screening.
    pub warnings: Vec<String>,
    /// Method.
    pub rule: RuleRef,
}

/// A pool fire to assess as a point source.
#[derive(Clone, Copy, Debug)]
pub struct PointAsked {
    /// Radius of the pool, m.
    pub radius_m: f64,
    /// Burning rate, kg/(m²·s).
    pub burning_rate: f64,
    /// Heat of combustion, kJ/kg.
    pub heat_kj_kg: f64,
    /// Air density, kg/m³.
    pub air_density: f64,
    /// Share η that is radiated.
    pub eta: f64,
    /// Flux whose distance is wanted, kW/m².
    pub flux_kw_m2: Option<f64>,
}

/// Pool fire in the older point-source form (common practice; m, W): `h = 84 r [m/(ρ√(2gr))]^0.61`,
/// `Q = (πr² + 2πrh) m η H/(72 m^0.61 + 1)`, `I = Q/(4πx²)`. Many pages print the exponent 0.6; the
/// published example holds with 0.61 only. Errors: a value that is not positive, η above 1.
pub fn point_fire(tables: &Tables, asked: &PointAsked, scope: Scope) -> Result<PointFire, Problem> {
    let (exponent, rule) = param(tables, "point_fire_exponent", scope)?;
    let (r, m) = (positive(asked.radius_m, "radius_m")?, positive(asked.burning_rate, "burning_rate")?);
    if positive(asked.eta, "eta")? > 1.0 {
        return Err(Problem::field("eta", "效率因子应不大于 1（通常 0.13—0.35）"));
    }
    let flame = 84.0 * r * pow(m / (positive(asked.air_density, "air_density")? * sqrt(2.0 * G * r)), exponent);
    let power =
        (PI * r * r + 2.0 * PI * r * flame) * m * asked.eta * positive(asked.heat_kj_kg, "heat_kj_kg")? * 1000.0
            / (72.0 * pow(m, exponent) + 1.0);
    let distance = asked
        .flux_kw_m2
        .map(|q| positive(q, "flux_kw_m2").and_then(|q| finite(sqrt(power / (4.0 * PI * q * 1000.0)), "flux_kw_m2")));
    Ok(PointFire {
        flame_m: finite(flame, "radius_m")?,
        power_w: finite(power, "heat_kj_kg")?,
        distance_m: distance.transpose()?,
        warnings: vec![screening()],
        rule,
    })
}

/// A fireball.
#[derive(Clone, Debug, Serialize)]
pub struct Fireball {
    /// Mass in the fireball, kg.
    pub mass_kg: f64,
    /// Radius, m.
    pub radius_m: f64,
    /// Duration, s.
    pub seconds: f64,
    /// Surface flux, kW/m².
    pub surface_kw_m2: f64,
    /// Flux at the distance, kW/m².
    pub flux_kw_m2: Option<f64>,
    /// Screening and corrections.
    pub warnings: Vec<String>,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// Fireball of a BLEVE (AQ/T 3046-2013 E.4.2; kg, m, s, kW/m²): `R = 2.9 W^⅓`, `t = 0.45 W^⅓`, W 50 % of
/// the capacity for one tank, 70 % for two, 90 % for more; surface flux 270 (cylinder) or 200 (sphere)
/// kW/m², where the text prints W/m². R is taken as a radius although the text calls it a diameter.
/// The flux formula is not confirmed: its numerator is an image in the copies read.
pub fn fireball(
    tables: &Tables,
    capacity_kg: f64,
    tanks: u32,
    sphere: bool,
    distance_m: Option<f64>,
    scope: Scope,
) -> Result<Fireball, Problem> {
    let share = match tanks {
        0 => return Err(Problem::field("tanks", "储罐数应至少为 1")),
        1 => "fireball_one",
        2 => "fireball_two",
        _ => "fireball_more",
    };
    let get = |name: &str| param(tables, name, scope);
    let (share, rule) = get(share)?;
    let mass = positive(capacity_kg, "capacity_kg")? * share;
    let radius = get("fireball_radius")?.0 * cbrt(mass);
    let surface = get(if sphere { "fireball_sphere_kw" } else { "fireball_cylinder_kw" })?.0;
    let flux = |r: f64| {
        let r = positive(r, "distance_m")?;
        let flux = surface * radius * radius * r * (1.0 - 0.058 * log(r)) / pow(radius * radius + r * r, 1.5);
        finite(flux.max(0.0), "distance_m")
    };
    let doubt = distance_m.map(|_| "热辐射公式分子在所见文本中为图片，按通用形式计算，未经核实".to_string());
    Ok(Fireball {
        mass_kg: finite(mass, "capacity_kg")?,
        radius_m: finite(radius, "capacity_kg")?,
        seconds: finite(get("fireball_time")?.0 * cbrt(mass), "capacity_kg")?,
        surface_kw_m2: surface,
        flux_kw_m2: distance_m.map(flux).transpose()?,
        warnings: vec![screening(), "2.9W^(1/3) 按半径计算；表面热通量单位按 kW/m² 更正".to_string()],
        unconfirmed: doubt.into_iter().collect(),
        rule,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use libm::{cos, sin};

    #[test]
    fn aqt3046_e41_view_factors_agree_with_integration_over_the_cylinder() {
        for (h, s, horizontal, vertical) in [(2.0, 3.0, 0.05010, 0.13224), (4.0, 2.0, 0.15414, 0.24774)] {
            let (fh, fv) = view_factors(h, s);
            assert!((fh - horizontal).abs() < 5e-5 && (fv - vertical).abs() < 5e-5, "{fh} {fv}");
            let (ih, iv) = integrate(h, s);
            assert!((fh - ih).abs() < 1e-3 && (fv - iv).abs() < 1e-3, "{ih} {iv}");
        }
    }

    /// Brute force: surface elements of a cylinder of radius 1 seen from a point at distance `x`.
    fn integrate(height: f64, x: f64) -> (f64, f64) {
        let (steps, mut horizontal, mut vertical) = (400, 0.0, 0.0);
        let edge = libm::acos(1.0 / x);
        let (da, dz) = (2.0 * edge / f64::from(steps), height / f64::from(steps));
        for i in 0..steps {
            let angle = -edge + (f64::from(i) + 0.5) * da;
            for k in 0..steps {
                let z = (f64::from(k) + 0.5) * dz;
                let (dx, dy) = (x - cos(angle), sin(angle));
                let r2 = dx * dx + dy * dy + z * z;
                let facing = (cos(angle) * dx - sin(angle) * dy).max(0.0);
                let common = facing / (PI * r2 * r2) * da * dz;
                horizontal += common * z;
                vertical += common * dx;
            }
        }
        (horizontal, vertical)
    }
}
