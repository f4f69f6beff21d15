//! Gaussian dispersion and atmospheric stability.

use super::{finite, positive, screening, six};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::f64::consts::PI;
use libm::{exp, pow};
use serde::{Deserialize, Serialize};

/// A dispersion parameter: `a · x^power · (1 + b·x)^p`, m.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sigma {
    /// Factor.
    pub a: f64,
    /// Power of x.
    pub power: f64,
    /// Correction per metre.
    pub b: f64,
    /// Power of the correction.
    pub p: f64,
}

impl Sigma {
    fn at(&self, x: f64) -> f64 {
        self.a * pow(x, self.power) * pow(1.0 + self.b * x, self.p)
    }
}

/// Parameters of a terrain and class.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigmaRow {
    /// `rural`, `urban` or `puff`.
    pub terrain: String,
    /// Stability class.
    pub class: String,
    /// Crosswind.
    pub y: Sigma,
    /// Vertical.
    pub z: Sigma,
}

/// Stability classes of a band of wind.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StabilityRow {
    /// Wind from, m/s.
    pub wind_from: f64,
    /// Strong sun.
    pub strong: String,
    /// Medium sun.
    pub medium: String,
    /// Weak sun.
    pub weak: String,
    /// Night, thin overcast or at least 4/8 cloud.
    pub night_cloudy: String,
    /// Night, at most 3/8 cloud.
    pub night_clear: String,
    /// True where the standard leaves the night empty and F was taken.
    #[serde(default)]
    pub night_unconfirmed: bool,
}

/// Sun or night.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sun {
    /// 强日照
    Strong,
    /// 中等日照
    Medium,
    /// 弱日照
    Weak,
    /// 夜间，薄云或云量 ≥ 4/8
    NightCloudy,
    /// 夜间，云量 ≤ 3/8
    NightClear,
}

/// Pasquill class by wind and sun (AQ/T 3046-2013 E.3; m/s). Answers the class, whether it is
/// unconfirmed (a night with less than 2 m/s is empty in the standard, F is taken), and the clause.
pub fn stability(tables: &Tables, wind_m_s: f64, sun: Sun, scope: Scope) -> Result<(String, bool, RuleRef), Problem> {
    positive(wind_m_s, "wind_m_s")?;
    let table = tables.stability.select(scope)?;
    let row = table.rows.iter().rfind(|r| r.wind_from <= wind_m_s);
    let row = row.ok_or_else(|| Problem::field("wind_m_s", "稳定度表没有覆盖该风速"))?;
    let class = match sun {
        Sun::Strong => &row.strong,
        Sun::Medium => &row.medium,
        Sun::Weak => &row.weak,
        Sun::NightCloudy => &row.night_cloudy,
        Sun::NightClear => &row.night_clear,
    };
    let night = matches!(sun, Sun::NightCloudy | Sun::NightClear);
    Ok((class.clone(), night && row.night_unconfirmed, table.rule()))
}

/// A continuous release.
#[derive(Clone, Debug)]
pub struct PlumeAsked {
    /// Rate, g/s.
    pub rate_g_s: f64,
    /// Wind at the source, m/s.
    pub wind_m_s: f64,
    /// Effective height, m.
    pub height_m: f64,
    /// `rural` or `urban`.
    pub terrain: String,
    /// Stability class A to F.
    pub class: String,
    /// Downwind, m.
    pub x_m: f64,
    /// Crosswind, m.
    pub y_m: f64,
    /// Height of the point, m.
    pub z_m: f64,
    /// Concentration whose farthest distance is wanted, g/m³.
    pub threshold_g_m3: Option<f64>,
    /// Denser than air near the source.
    pub heavy: bool,
}

/// A plume.
#[derive(Clone, Debug, Serialize)]
pub struct Plume {
    /// Concentration at the point, g/m³.
    pub g_m3: f64,
    /// σy, m.
    pub sigma_y_m: f64,
    /// σz, m.
    pub sigma_z_m: f64,
    /// Largest concentration on the ground under the axis, g/m³.
    pub max_g_m3: f64,
    /// Where it lies, m.
    pub max_at_m: f64,
    /// Farthest distance of the wanted concentration, m; none where it is never reached.
    pub threshold_at_m: Option<f64>,
    /// Screening and remarks.
    pub warnings: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// Farthest distance looked at, m.
const FAR: f64 = 100_000.0;

/// Gaussian plume (AQ/T 3046-2013 E.3; g/s, m/s, m, g/m³):
/// `c = Q/(2πuσyσz)·exp(−y²/2σy²)·{exp[−(z−H)²/2σz²] + exp[−(z+H)²/2σz²]}`. Not valid for heavy gases near
/// the source: warned. Errors: a rate, wind or distance that is not positive, unknown class or terrain.
pub fn plume(tables: &Tables, asked: &PlumeAsked, scope: Scope) -> Result<Plume, Problem> {
    let (row, rule) = sigmas(tables, &asked.terrain, &asked.class, scope)?;
    let (q, u, x) =
        (positive(asked.rate_g_s, "rate_g_s")?, positive(asked.wind_m_s, "wind_m_s")?, positive(asked.x_m, "x_m")?);
    let at = |x: f64, y: f64, z: f64| {
        let (sy, sz) = (row.y.at(x), row.z.at(x));
        let bell = |d: f64, s: f64| exp(-d * d / (2.0 * s * s));
        q / (2.0 * PI * u * sy * sz) * bell(y, sy) * (bell(z - asked.height_m, sz) + bell(z + asked.height_m, sz))
    };
    let ground = |x: f64| at(x, 0.0, 0.0);
    let peak = peak(&ground);
    let far = asked.threshold_g_m3.map(|c| positive(c, "threshold_g_m3")).transpose()?;
    let reached = far.filter(|c| ground(peak) >= *c);
    let mut warnings = vec![screening()];
    if asked.heavy {
        warnings.push("重气在源附近不服从高斯扩散，结果不可用于近场".to_string());
    }
    Ok(Plume {
        g_m3: finite(at(x, asked.y_m, asked.z_m), "x_m")?,
        sigma_y_m: finite(row.y.at(x), "x_m")?,
        sigma_z_m: finite(row.z.at(x), "x_m")?,
        max_g_m3: finite(ground(peak), "rate_g_s")?,
        max_at_m: six(peak),
        threshold_at_m: reached.map(|c| six(super::falling_root(peak, FAR, |x| ground(x) - c))),
        warnings,
        rule,
    })
}

fn sigmas<'a>(
    tables: &'a Tables,
    terrain: &str,
    class: &str,
    scope: Scope,
) -> Result<(&'a SigmaRow, RuleRef), Problem> {
    let table = tables.sigmas.select(scope)?;
    let row = table.rows.iter().find(|r| r.terrain == terrain && r.class == class);
    let row = row.ok_or_else(|| {
        Problem::field("class", format!("没有 {terrain} 地形 {class} 类稳定度的扩散参数；A-B 等过渡类请取相邻一类"))
    })?;
    Ok((row, table.rule()))
}

/// The distance of the largest value: a logarithmic scan, then a search by thirds around its best.
fn peak(f: &impl Fn(f64) -> f64) -> f64 {
    let scan = (0..=2000).map(|i| pow(10.0, f64::from(i) / 400.0));
    let best = scan.fold((1.0, f(1.0)), |best, x| if f(x) > best.1 { (x, f(x)) } else { best });
    let (mut low, mut high) = (best.0 / 1.02, best.0 * 1.02);
    for _ in 0..100 {
        let third = (high - low) / 3.0;
        if f(low + third) < f(high - third) {
            low += third;
        } else {
            high -= third;
        }
    }
    f64::midpoint(low, high)
}

/// An instantaneous release.
#[derive(Clone, Debug)]
pub struct PuffAsked {
    /// Mass, g.
    pub mass_g: f64,
    /// Effective height, m.
    pub height_m: f64,
    /// Stability class A to F.
    pub class: String,
    /// Distance the cloud has travelled, m.
    pub travelled_m: f64,
    /// Point ahead of the cloud's centre, m.
    pub x_m: f64,
    /// Crosswind, m.
    pub y_m: f64,
    /// Height of the point, m.
    pub z_m: f64,
}

/// A puff.
#[derive(Clone, Debug, Serialize)]
pub struct Puff {
    /// Concentration at the point, g/m³.
    pub g_m3: f64,
    /// σx = σy, m.
    pub sigma_y_m: f64,
    /// σz, m.
    pub sigma_z_m: f64,
    /// Screening.
    pub warnings: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// Gaussian puff in coordinates that move with the cloud (AQ/T 3046-2013 E.3; g, m, g/m³):
/// `c = Q/((2π)^1.5 σxσyσz)·exp(−x²/2σx²)·exp(−y²/2σy²)·{exp[−(z−H)²/2σz²] + exp[−(z+H)²/2σz²]}`, σx = σy.
/// Errors: a mass or distance that is not positive, unknown class.
pub fn puff(tables: &Tables, asked: &PuffAsked, scope: Scope) -> Result<Puff, Problem> {
    let (row, rule) = sigmas(tables, "puff", &asked.class, scope)?;
    let travelled = positive(asked.travelled_m, "travelled_m")?;
    let (sy, sz) = (row.y.at(travelled), row.z.at(travelled));
    let bell = |d: f64, s: f64| exp(-d * d / (2.0 * s * s));
    let centre = positive(asked.mass_g, "mass_g")? / (pow(2.0 * PI, 1.5) * sy * sy * sz);
    let vertical = bell(asked.z_m - asked.height_m, sz) + bell(asked.z_m + asked.height_m, sz);
    let c = centre * bell(asked.x_m, sy) * bell(asked.y_m, sy) * vertical;
    Ok(Puff {
        g_m3: finite(c, "mass_g")?,
        sigma_y_m: finite(sy, "travelled_m")?,
        sigma_z_m: finite(sz, "travelled_m")?,
        warnings: vec![screening()],
        rule,
    })
}
