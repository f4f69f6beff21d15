//! Fines for an accident, Order 14 of 2024 under the Work Safety Law.

use super::{Level, Toll};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::string::String;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One step of the fine table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FineRow {
    /// Name of the step.
    pub step: String,
    /// Level it lies in.
    pub level: Level,
    /// Fewest deaths.
    pub deaths_from: u32,
    /// Fewest serious injuries.
    pub serious_from: u32,
    /// Smallest direct loss, 10⁴ yuan; a lower end of 0 is excluded.
    pub loss_wan_from: Decimal,
    /// Smallest fine, 10⁴ yuan.
    pub fine_wan_from: Decimal,
    /// Largest fine, 10⁴ yuan.
    pub fine_wan_to: Decimal,
    /// Fine on the principal, percent of last year's income.
    pub manager_percent: u32,
}

/// What may be fined.
#[derive(Clone, Debug, Serialize)]
pub struct Fine {
    /// Step of the table.
    pub step: String,
    /// Level it lies in.
    pub level: Level,
    /// Smallest fine on the unit, yuan.
    pub unit_from_yuan: Decimal,
    /// Largest fine on the unit, yuan.
    pub unit_to_yuan: Decimal,
    /// Fine on the principal, percent of last year's income.
    pub manager_percent: u32,
    /// The same in yuan, where the income is given.
    pub manager_yuan: Option<Decimal>,
    /// Clause.
    pub rule: RuleRef,
}

/// Range of fines for an accident (应急管理部令第14号 arts. 14–19, 安全生产法 arts. 95 and 114; yuan).
/// The gravest criterion decides the step; an especially serious case multiplies the range by 2 to 5.
/// Errors: negative money, an accident without any casualty or loss.
pub fn fine(
    tables: &Tables,
    toll: Toll,
    especially_serious: bool,
    income_yuan: Option<Decimal>,
    scope: Scope,
) -> Result<Fine, Problem> {
    let ten_thousand = Decimal::from(10_000);
    for (field, value) in [("loss_yuan", Some(toll.loss_yuan)), ("income_yuan", income_yuan)] {
        if value.is_some_and(|v| v < Decimal::ZERO) {
            return Err(Problem::field(field, "金额不能为负"));
        }
    }
    let table = tables.accident_fines.select(scope)?;
    let by_loss =
        |r: &FineRow| toll.loss_yuan > Decimal::ZERO && toll.loss_yuan >= r.loss_wan_from.saturating_mul(ten_thousand);
    let by_deaths = |r: &FineRow| toll.deaths > 0 && toll.deaths >= r.deaths_from;
    let row = table
        .rows
        .iter()
        .filter(|r| by_deaths(r) || toll.serious >= r.serious_from || by_loss(r))
        .max_by_key(|r| r.fine_wan_from);
    let row = row.ok_or_else(|| {
        Problem::field("deaths", "没有伤亡和直接经济损失，不适用事故罚款").under("应急管理部令第14号 第十四条")
    })?;
    let (low, high) =
        if especially_serious { (Decimal::from(2), Decimal::from(5)) } else { (Decimal::ONE, Decimal::ONE) };
    let percent = Decimal::new(i64::from(row.manager_percent), 2);
    Ok(Fine {
        step: row.step.clone(),
        level: row.level,
        unit_from_yuan: (row.fine_wan_from.saturating_mul(ten_thousand).saturating_mul(low)).normalize(),
        unit_to_yuan: (row.fine_wan_to.saturating_mul(ten_thousand).saturating_mul(high)).normalize(),
        manager_percent: row.manager_percent,
        manager_yuan: income_yuan.map(|i| i.saturating_mul(percent).round_dp(2).normalize()),
        rule: table.rule(),
    })
}
