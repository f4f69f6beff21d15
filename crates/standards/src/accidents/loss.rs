//! Economic losses, GB 6721-2025. Amounts in 10⁴ yuan (万元).

use crate::date::Date;
use crate::problem::Problem;
use crate::ratio::Ratio;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// An item of loss.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemRow {
    /// Name in JSON.
    pub id: String,
    /// Name.
    pub name: String,
    /// Group, Ed1 to Ed5 or Ei.
    pub group: String,
    /// Direct or indirect.
    pub direct: bool,
}

/// An amount under an item.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LossItem {
    /// Name of the item.
    pub id: String,
    /// Amount, 10⁴ yuan.
    pub wan: Decimal,
}

/// Sum of a group.
#[derive(Clone, Debug, Serialize)]
pub struct GroupSum {
    /// Group.
    pub group: String,
    /// Sum, 10⁴ yuan.
    pub wan: Decimal,
}

/// All losses of an accident.
#[derive(Clone, Debug, Serialize)]
pub struct Losses {
    /// Direct losses Ed, 10⁴ yuan: what decides the level of the accident.
    pub direct_wan: Decimal,
    /// Indirect losses, 10⁴ yuan.
    pub indirect_wan: Decimal,
    /// Both.
    pub total_wan: Decimal,
    /// Group by group.
    pub groups: Vec<GroupSum>,
    /// Loss per thousand staff, 10⁴ yuan.
    pub per_thousand_staff_wan: Option<Decimal>,
    /// Loss per million yuan of output, 10⁴ yuan.
    pub per_million_output_wan: Option<Decimal>,
    /// Loss per hundred million yuan of output, 10⁴ yuan.
    pub per_hundred_million_output_wan: Option<Decimal>,
    /// Edition.
    pub rule: RuleRef,
}

/// Adds up losses (GB 6721-2025; 10⁴ yuan). Rescue paid by the unit is direct, paid by others
/// indirect; fines are indirect. `staff` and `output_wan` add the relative indicators
/// `E/S·1000`, `E/V·100` and `E/V·10000`. Errors: unknown item, negative amount, a zero divisor.
pub fn losses(
    tables: &Tables,
    items: &[LossItem],
    staff: Option<Decimal>,
    output_wan: Option<Decimal>,
    on: Option<Date>,
) -> Result<Losses, Problem> {
    let table = tables.gb6721_items.select(Scope { on, region: None })?;
    let mut groups: Vec<GroupSum> = Vec::new();
    let mut sums = [Decimal::ZERO, Decimal::ZERO];
    for (index, item) in items.iter().enumerate() {
        let row = table.rows.iter().find(|r| r.id == item.id);
        let row = row.ok_or_else(|| {
            Problem::field(format!("items[{index}].id"), format!("没有名为“{}”的损失项目", item.id))
                .under(table.standard.clone())
        })?;
        if item.wan < Decimal::ZERO {
            return Err(Problem::field(format!("items[{index}].wan"), "损失不能为负"));
        }
        let [direct, indirect] = &mut sums;
        let sum = if row.direct { direct } else { indirect };
        *sum = sum.saturating_add(item.wan);
        match groups.iter_mut().find(|g| g.group == row.group) {
            Some(group) => group.wan = group.wan.saturating_add(item.wan).normalize(),
            None => groups.push(GroupSum { group: row.group.clone(), wan: item.wan.normalize() }),
        }
    }
    let [direct, indirect] = sums;
    let total = direct.saturating_add(indirect);
    let per = |by: Option<Decimal>, field: &str, factor: i64| {
        by.map(|b| quotient(total, Decimal::from(factor), b, field)).transpose()
    };
    Ok(Losses {
        direct_wan: direct.normalize(),
        indirect_wan: indirect.normalize(),
        total_wan: total.normalize(),
        groups,
        per_thousand_staff_wan: per(staff, "staff", 1000)?,
        per_million_output_wan: per(output_wan, "output_wan", 100)?,
        per_hundred_million_output_wan: per(output_wan, "output_wan", 10_000)?,
        rule: table.rule(),
    })
}

fn quotient(a: Decimal, b: Decimal, divisor: Decimal, field: &str) -> Result<Decimal, Problem> {
    if divisor <= Decimal::ZERO {
        return Err(Problem::field(field, "应大于 0"));
    }
    let exact =
        Ratio::from_decimal(a).and_then(|a| a.times(Ratio::from_decimal(b)?)?.over(Ratio::from_decimal(divisor)?));
    let value = exact.and_then(Ratio::to_decimal).ok_or_else(|| Problem::field(field, "数值过大"))?;
    Ok(value.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero).normalize())
}

/// Loss of a fixed asset.
#[derive(Clone, Debug, Serialize)]
pub struct AssetLoss {
    /// Loss, 10⁴ yuan.
    pub loss_wan: Decimal,
    /// How it was taken: repaired or scrapped.
    #[serde(rename = "as")]
    pub treated_as: &'static str,
}

/// Loss of a fixed asset (GB 6721-2025; 10⁴ yuan, newness 0 to 1): scrapped, replacement value times
/// newness less residual value; damaged, its repair, but where that costs more than the former, as
/// scrapped. Errors: newness outside 0 to 1, a residual value above the asset's worth.
pub fn asset_loss(
    replacement_wan: Decimal,
    newness: Decimal,
    residual_wan: Decimal,
    repair_wan: Option<Decimal>,
) -> Result<AssetLoss, Problem> {
    if newness < Decimal::ZERO || newness > Decimal::ONE {
        return Err(Problem::field("newness", "成新率应在 0—1 之间").under("GB 6721-2025"));
    }
    let scrapped = replacement_wan.saturating_mul(newness).saturating_sub(residual_wan);
    if scrapped < Decimal::ZERO {
        return Err(Problem::field("residual_wan", "残值高于资产净值，请核对").under("GB 6721-2025"));
    }
    Ok(match repair_wan {
        Some(repair) if repair <= scrapped => AssetLoss { loss_wan: repair.normalize(), treated_as: "修复" },
        _ => AssetLoss { loss_wan: scrapped.normalize(), treated_as: "报废" },
    })
}

/// Estimate of medical cost (GB 6721-2025; 10⁴ yuan, days): `M = Mb + Mb/P·Dc`, Mb the cost so far, P
/// the days since the accident, Dc the days of treatment still to come, at most 365.
pub fn medical_estimate(so_far_wan: Decimal, days: Decimal, to_come: Decimal) -> Result<Decimal, Problem> {
    if to_come > Decimal::from(365) {
        return Err(Problem::field("days_to_come", "延续医疗天数按实际计，最多 365 天").under("GB 6721-2025"));
    }
    Ok(quotient(so_far_wan, to_come, days, "days")?.saturating_add(so_far_wan).normalize())
}

/// Value of lost work (GB 6721-2025; 10⁴ yuan, days): `Vw = DL·M/(S·D)`, DL lost days, M last year's
/// profit and tax, S staff, D legal workdays of the year.
pub fn lost_work_value(
    lost_days: Decimal,
    profit_wan: Decimal,
    staff: Decimal,
    workdays: Decimal,
) -> Result<Decimal, Problem> {
    let divisor = staff.checked_mul(workdays).ok_or_else(|| Problem::field("staff", "数值过大".to_string()))?;
    quotient(lost_days, profit_wan, divisor, "staff")
}
