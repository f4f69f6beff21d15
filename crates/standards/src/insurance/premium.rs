//! Premium by the public schemes. Money is exact; the result is rounded half up to 分 at the end only.

use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// A premium scheme.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeRow {
    /// Name.
    pub scheme: String,
    /// `coefficients` (base × coefficients), `float` (base and signed percentages) or `bands` (rate of
    /// the whole cost).
    pub kind: String,
    /// Signed percentages.
    pub factors: Vec<FactorRow>,
    /// Cost bands.
    pub bands: Vec<BandRow>,
}

/// A signed percentage.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorRow {
    /// Name in JSON.
    pub id: String,
    /// Name.
    pub name: String,
    /// Percent, negative for a discount.
    pub percent: Decimal,
    /// Of one group only one may apply.
    #[serde(default)]
    pub group: Option<String>,
}

/// A cost band; its rate applies to the whole cost.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BandRow {
    /// Cost up to, included, 10⁴ yuan; none for the last.
    pub cost_to_wan: Option<Decimal>,
    /// Cumulative limit, 10⁴ yuan.
    pub limit_wan: Decimal,
    /// Rate, ‰.
    pub rate_permille: Decimal,
}

/// A coefficient with its reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Coefficient {
    /// Why.
    pub name: String,
    /// Multiplies the premium.
    pub value: Decimal,
}

/// What a premium is made of.
#[derive(Clone, Default, Debug)]
pub struct PremiumAsked {
    /// Scheme.
    pub scheme: String,
    /// Base premium, yuan.
    pub base_yuan: Option<Decimal>,
    /// Cost of the works, 10⁴ yuan.
    pub cost_wan: Option<Decimal>,
    /// Discount for risk management, percent.
    pub discount_percent: Option<Decimal>,
    /// Signed percentages that apply.
    pub factors: Vec<String>,
    /// Coefficients that apply.
    pub coefficients: Vec<Coefficient>,
    /// Percentages multiply instead of adding up.
    pub multiply: bool,
}

/// One factor with its effect.
#[derive(Clone, Debug, Serialize)]
pub struct PremiumFactor {
    /// Why.
    pub name: String,
    /// What the premium is multiplied by, or the percentage that was added.
    pub effect: String,
}

/// A premium that explains itself.
#[derive(Clone, Debug, Serialize)]
pub struct Premium {
    /// The premium, 分.
    pub premium_fen: i64,
    /// What made it.
    pub factors: Vec<PremiumFactor>,
    /// Cumulative limit, 10⁴ yuan, where the scheme sets one.
    pub limit_wan: Option<Decimal>,
    /// Clause.
    pub rule: RuleRef,
}

/// Premium of a public scheme (河南: base × coefficients; 山东 2018: cost × rate × (1 − discount), the
/// rate of the band on the whole cost; 阜阳: base with signed percentages). Errors: unknown scheme, a
/// part the scheme needs or does not know, two of a group, a discount above 100 %.
pub fn premium(tables: &Tables, asked: &PremiumAsked, scope: Scope) -> Result<Premium, Problem> {
    let (table, row) = tables.premium_schemes.find(scope, "scheme", &asked.scheme, |r| &r.scheme)?;
    only_known(row, asked)?;
    let mut factors = Vec::new();
    let (yuan, limit_wan) = match row.kind.as_str() {
        "bands" => by_cost(row, asked, &mut factors)?,
        "float" => (floating(row, asked, &mut factors)?, None),
        _ => (by_coefficients(asked, &mut factors)?, None),
    };
    let fen =
        yuan.saturating_mul(Decimal::ONE_HUNDRED).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let premium_fen = fen.to_i64().ok_or_else(|| Problem::field("base_yuan", "保险费数值过大"))?;
    Ok(Premium { premium_fen, factors, limit_wan: limit_wan.map(|l: Decimal| l.normalize()), rule: table.rule() })
}

fn only_known(row: &SchemeRow, asked: &PremiumAsked) -> Result<(), Problem> {
    let bands = row.kind == "bands";
    let surplus = [
        ("base_yuan", bands && asked.base_yuan.is_some()),
        ("cost_wan", !bands && asked.cost_wan.is_some()),
        ("discount_percent", !bands && asked.discount_percent.is_some()),
        ("factors", row.kind != "float" && !asked.factors.is_empty()),
        ("coefficients", row.kind != "coefficients" && !asked.coefficients.is_empty()),
    ];
    match surplus.iter().find(|(_, given)| *given) {
        Some((field, _)) => Err(Problem::field(*field, format!("“{}”方案不用此项", row.scheme))),
        None => Ok(()),
    }
}

fn base(asked: &PremiumAsked) -> Result<Decimal, Problem> {
    let base = asked.base_yuan.filter(|b| *b > Decimal::ZERO);
    base.ok_or_else(|| Problem::field("base_yuan", "须给出大于 0 的年基准保费（元）"))
}

fn by_coefficients(asked: &PremiumAsked, factors: &mut Vec<PremiumFactor>) -> Result<Decimal, Problem> {
    let mut yuan = base(asked)?;
    for (index, c) in asked.coefficients.iter().enumerate() {
        if c.value <= Decimal::ZERO || c.value > Decimal::from(10) {
            return Err(Problem::field(format!("coefficients[{index}].value"), "系数应大于 0 且不超过 10"));
        }
        yuan = yuan.saturating_mul(c.value);
        factors.push(PremiumFactor { name: c.name.clone(), effect: format!("×{}", c.value.normalize()) });
    }
    Ok(yuan)
}

fn floating(row: &SchemeRow, asked: &PremiumAsked, factors: &mut Vec<PremiumFactor>) -> Result<Decimal, Problem> {
    let mut rows: Vec<&FactorRow> = Vec::new();
    for (index, id) in asked.factors.iter().enumerate() {
        let at = format!("factors[{index}]");
        let factor = row.factors.iter().find(|f| f.id == *id);
        let factor = factor.ok_or_else(|| {
            let known: Vec<&str> = row.factors.iter().map(|f| f.id.as_str()).collect();
            Problem::field(at.clone(), format!("“{}”方案没有“{id}”；可用：{}", row.scheme, known.join("、")))
        })?;
        let clash = rows.iter().any(|r| r.id == factor.id || r.group.is_some() && r.group == factor.group);
        if clash {
            return Err(Problem::field(at, format!("“{}”与已选因素重复或互斥", factor.name)));
        }
        rows.push(factor);
    }
    let sign =
        |p: Decimal| if p.is_sign_negative() { p.normalize().to_string() } else { format!("+{}", p.normalize()) };
    factors
        .extend(rows.iter().map(|r| PremiumFactor { name: r.name.clone(), effect: format!("{}%", sign(r.percent)) }));
    let one = |p: Decimal| (p / Decimal::ONE_HUNDRED).saturating_add(Decimal::ONE);
    let factor = if asked.multiply {
        rows.iter().fold(Decimal::ONE, |all, r| all.saturating_mul(one(r.percent)))
    } else {
        one(rows.iter().fold(Decimal::ZERO, |sum, r| sum.saturating_add(r.percent)))
    };
    Ok(base(asked)?.saturating_mul(factor))
}

fn by_cost(
    row: &SchemeRow,
    asked: &PremiumAsked,
    factors: &mut Vec<PremiumFactor>,
) -> Result<(Decimal, Option<Decimal>), Problem> {
    let cost = asked.cost_wan.filter(|c| *c > Decimal::ZERO);
    let cost = cost.ok_or_else(|| Problem::field("cost_wan", "须给出大于 0 的工程造价（万元）"))?;
    let discount = asked.discount_percent.unwrap_or_default();
    if discount < Decimal::ZERO || discount > Decimal::ONE_HUNDRED {
        return Err(Problem::field("discount_percent", "优惠应在 0—100% 之间"));
    }
    let band = row.bands.iter().find(|b| b.cost_to_wan.is_none_or(|to| cost <= to));
    let band = band.ok_or_else(|| Problem::field("cost_wan", "工程造价超出费率表"))?;
    let kept = Decimal::ONE - discount / Decimal::ONE_HUNDRED;
    factors
        .push(PremiumFactor { name: "费率".to_string(), effect: format!("{}‰", band.rate_permille.normalize()) });
    if !discount.is_zero() {
        factors.push(PremiumFactor {
            name: "风险管理水平优惠".to_string(), effect: format!("×{}", kept.normalize())
        });
    }
    // 10⁴ yuan at ‰ is tens of yuan.
    let yuan = cost.saturating_mul(band.rate_permille).saturating_mul(Decimal::TEN).saturating_mul(kept);
    Ok((yuan, Some(band.limit_wan)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(asked: PremiumAsked) -> Option<String> {
        let found = premium(Tables::shipped(), &asked, Scope::default());
        found.err().and_then(|problem| problem.errors.into_iter().next()).map(|error| error.field)
    }

    fn scheme(name: &str) -> PremiumAsked {
        PremiumAsked {
            scheme: name.to_string(),
            base_yuan: None,
            cost_wan: None,
            discount_percent: None,
            factors: Vec::new(),
            coefficients: Vec::new(),
            multiply: false,
        }
    }

    #[test]
    fn nothing_is_no_base_and_no_cost() {
        let base = |yuan: i64| refused(PremiumAsked { base_yuan: Some(yuan.into()), ..scheme("河南系数") });
        assert_eq!((base(0).as_deref(), base(-1).as_deref(), base(1)), (Some("base_yuan"), Some("base_yuan"), None));
        let cost = |wan: i64| refused(PremiumAsked { cost_wan: Some(wan.into()), ..scheme("山东建筑2018") });
        assert_eq!((cost(0).as_deref(), cost(1)), (Some("cost_wan"), None));
    }

    #[test]
    fn a_coefficient_lies_above_nought_and_up_to_ten() {
        let with = |value: Decimal| {
            let coefficients = alloc::vec![Coefficient { name: "系数".to_string(), value }];
            refused(PremiumAsked { base_yuan: Some(Decimal::ONE_HUNDRED), coefficients, ..scheme("河南系数") })
        };
        assert_eq!(with(Decimal::from(10)), None);
        assert_eq!(with(Decimal::new(1, 3)), None);
        assert_eq!(with(Decimal::ZERO).as_deref(), Some("coefficients[0].value"));
        assert_eq!(with(Decimal::new(10_001, 3)).as_deref(), Some("coefficients[0].value"));
    }

    #[test]
    fn a_discount_lies_between_nought_and_all() {
        let with = |percent: i64| {
            let cost_wan = Some(Decimal::from(5000));
            refused(PremiumAsked { cost_wan, discount_percent: Some(percent.into()), ..scheme("山东建筑2018") })
        };
        assert_eq!((with(0), with(100)), (None, None));
        assert_eq!(with(-1).as_deref(), Some("discount_percent"));
        assert_eq!(with(101).as_deref(), Some("discount_percent"));
    }
}
