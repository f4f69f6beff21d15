//! LEC 作业条件危险性评价法: D = L × E × C.

use super::{Colour, Grade, layer};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Table, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One value a factor may take.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueRow {
    /// `L`, `E` or `C`.
    pub factor: String,
    /// The value.
    pub value: Decimal,
    /// What it means.
    pub text: String,
    /// The scheme whose wording this is; none for the general one.
    #[serde(default)]
    pub scheme: Option<String>,
}

/// A band of D.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandRow {
    /// Lower end of the band.
    pub above: Decimal,
    /// Grade of the four-level scheme.
    pub grade: Grade,
    /// Wording of the five-band original.
    pub wording: String,
    /// What it asks for.
    pub advice: String,
}

/// Which band a value on an edge belongs to. Sources print "160–320" without brackets.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Edge {
    /// The edge belongs to the lower band (D > 320 is 重大): the default, after a published table.
    #[default]
    Upper,
    /// The edge belongs to the higher band (D ≥ 320 is 重大).
    Lower,
}

/// A graded LEC product.
#[derive(Clone, Debug, Serialize)]
pub struct Lec {
    /// L × E × C.
    pub d: Decimal,
    /// Grade.
    pub grade: Grade,
    /// Colour.
    pub colour: Colour,
    /// Wording of the original method.
    pub wording: String,
    /// What it asks for.
    pub advice: String,
    /// Lowest controlling layer.
    pub layer: String,
    /// Meaning of the three values.
    pub meaning: Vec<String>,
    /// Edition.
    pub rule: RuleRef,
}

/// Grades `D = L × E × C` (作业条件危险性评价法, D 分级表; no unit). The three values are discrete;
/// any other is an error at its field.
pub fn lec(
    tables: &Tables,
    l: Decimal,
    e: Decimal,
    c: Decimal,
    scheme: Option<&str>,
    edge: Edge,
    scope: Scope,
) -> Result<Lec, Problem> {
    let values = tables.lec_values.select(scope)?;
    let bands = tables.lec_bands.select(scope)?;
    let meaning = [("L", "l", l), ("E", "e", e), ("C", "c", c)]
        .map(|(factor, field, value)| meaning(values, factor, field, value, scheme));
    let meaning = meaning.into_iter().collect::<Result<Vec<_>, _>>()?;
    let d = l.saturating_mul(e).saturating_mul(c).normalize();
    let reached = |band: &&BandRow| d > band.above || edge == Edge::Lower && d == band.above;
    let band = bands.rows.iter().filter(reached).max_by_key(|band| band.above);
    let band = band.ok_or_else(|| Problem::field("l", "分级表没有覆盖这个 D 值"))?;
    let layer = layer(tables, band.grade, scope)?;
    Ok(Lec {
        d,
        grade: band.grade,
        colour: layer.colour,
        wording: band.wording.clone(),
        advice: band.advice.clone(),
        layer: layer.layer.clone(),
        meaning,
        rule: bands.rule(),
    })
}

fn meaning(
    table: &Table<ValueRow>,
    factor: &str,
    field: &str,
    value: Decimal,
    scheme: Option<&str>,
) -> Result<String, Problem> {
    let fits = |own: Option<&str>| {
        table.rows.iter().find(|r| r.factor == factor && r.value == value && r.scheme.as_deref() == own)
    };
    let general = fits(None).ok_or_else(|| {
        let known: Vec<String> = table
            .rows
            .iter()
            .filter(|r| r.factor == factor && r.scheme.is_none())
            .map(|r| r.value.normalize().to_string())
            .collect();
        Problem::field(field, format!("{factor} 只能取 {}，没有 {}", known.join("、"), value.normalize()))
            .under(table.clause.clone())
    })?;
    let row = scheme.and_then(|s| fits(Some(s))).unwrap_or(general);
    Ok(format!("{factor} = {}：{}", row.value.normalize(), row.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(factor: &str) -> Vec<Decimal> {
        let table = Tables::shipped().lec_values.select(Scope::default()).unwrap();
        table.rows.iter().filter(|r| r.factor == factor && r.scheme.is_none()).map(|r| r.value).collect()
    }

    #[test]
    fn lec_all_252_products_fall_into_their_band() {
        let mut seen = 0;
        for l in values("L") {
            for e in values("E") {
                for c in values("C") {
                    let got = lec(Tables::shipped(), l, e, c, None, Edge::Upper, Scope::default()).unwrap();
                    // Tenths, so that this check shares no arithmetic with the rule.
                    let tenths = |v: Decimal| (v * Decimal::TEN).to_string().parse::<f64>().unwrap() as i64;
                    let d = tenths(l) * tenths(e) * tenths(c);
                    let want = match d {
                        d if d > 320_000 => (Grade::Major, Colour::Red, "极其危险"),
                        d if d > 160_000 => (Grade::Larger, Colour::Orange, "高度危险"),
                        d if d > 70_000 => (Grade::General, Colour::Yellow, "显著危险"),
                        d if d > 20_000 => (Grade::Low, Colour::Blue, "一般危险"),
                        _ => (Grade::Low, Colour::Blue, "稍有危险"),
                    };
                    assert_eq!((got.grade, got.colour, got.wording.as_str()), want, "{l} {e} {c}");
                    assert_eq!(got.d, Decimal::new(d, 3).normalize());
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, 252);
    }

    #[test]
    fn lec_only_70_and_20_lie_on_an_edge() {
        let (mut on_edge, mut moved) = (alloc::collections::BTreeSet::new(), 0);
        for l in values("L") {
            for e in values("E") {
                for c in values("C") {
                    let upper = lec(Tables::shipped(), l, e, c, None, Edge::Upper, Scope::default()).unwrap();
                    let lower = lec(Tables::shipped(), l, e, c, None, Edge::Lower, Scope::default()).unwrap();
                    if upper.wording != lower.wording {
                        on_edge.insert(upper.d);
                        moved += 1;
                    }
                }
            }
        }
        assert_eq!(on_edge.into_iter().collect::<Vec<_>>(), [Decimal::from(20), Decimal::from(70)]);
        assert!(moved >= 4);
    }
}
