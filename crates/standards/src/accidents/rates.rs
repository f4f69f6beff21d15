//! Accident rates and lost workdays.

use crate::date::Date;
use crate::problem::Problem;
use crate::ratio::Ratio;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// A rate: `factor · numerator / denominator`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateRow {
    /// Name in JSON.
    pub id: String,
    /// Name.
    pub name: String,
    /// Figure above the line.
    pub numerator: String,
    /// Figure below the line.
    pub denominator: String,
    /// Factor.
    pub factor: Decimal,
}

/// The figures a rate may be made of.
#[derive(Clone, Copy, Default, Debug)]
pub struct RateFigures {
    /// Deaths.
    pub deaths: Option<Decimal>,
    /// Serious injuries.
    pub serious: Option<Decimal>,
    /// All injured persons.
    pub injured: Option<Decimal>,
    /// Average staff.
    pub staff: Option<Decimal>,
    /// Hours worked.
    pub hours: Option<Decimal>,
    /// Lost workdays.
    pub lost_days: Option<Decimal>,
    /// Gross domestic product, yuan.
    pub gdp_yuan: Option<Decimal>,
    /// Output, t.
    pub output_t: Option<Decimal>,
    /// Output, m³.
    pub output_m3: Option<Decimal>,
}

/// One computed rate.
#[derive(Clone, Debug, Serialize)]
pub struct Rate {
    /// Name in JSON.
    pub id: String,
    /// Name.
    pub name: String,
    /// Value, rounded half up to six places.
    pub value: Decimal,
}

/// All rates the figures allow.
#[derive(Clone, Debug, Serialize)]
pub struct Rates {
    /// The rates.
    pub rates: Vec<Rate>,
    /// Edition.
    pub rule: RuleRef,
}

impl RateFigures {
    fn named(&self, name: &str) -> Option<Decimal> {
        match name {
            "deaths" => self.deaths,
            "serious" => self.serious,
            "injured" => self.injured,
            "staff" => self.staff,
            "hours" => self.hours,
            "lost_days" => self.lost_days,
            "gdp_yuan" => self.gdp_yuan,
            "output_t" => self.output_t,
            "output_m3" => self.output_m3,
            _ => None,
        }
    }
}

/// Every rate the figures allow in the edition of the day (GB 6441-1986 ch. 6, GB 6441-2025 Annex A;
/// the 2025 text dropped frequency, severity and serious-injury rates). Errors: a denominator of
/// zero, and figures that allow no rate at all.
pub fn rates(tables: &Tables, figures: RateFigures, on: Option<Date>) -> Result<Rates, Problem> {
    let table = tables.gb6441_rates.select(Scope { on, region: None })?;
    let mut rates = Vec::new();
    for row in &table.rows {
        let Some((above, below)) = figures.named(&row.numerator).zip(figures.named(&row.denominator)) else {
            continue;
        };
        if below <= Decimal::ZERO || above < Decimal::ZERO {
            let field = if below <= Decimal::ZERO { &row.denominator } else { &row.numerator };
            return Err(
                Problem::field(field.clone(), format!("计算{}时应大于 0", row.name)).under(table.clause.clone())
            );
        }
        let exact = Ratio::from_decimal(above)
            .zip(Ratio::from_decimal(below))
            .and_then(|(a, b)| a.over(b)?.times(Ratio::from_decimal(row.factor)?));
        let value =
            exact.and_then(Ratio::to_decimal).ok_or_else(|| Problem::field(row.numerator.clone(), "数值过大"))?;
        let value = value.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero).normalize();
        rates.push(Rate { id: row.id.clone(), name: row.name.clone(), value });
    }
    if rates.is_empty() {
        return Err(Problem::field("deaths", format!("所给数据不足以计算{}中的任何指标", table.edition)));
    }
    Ok(Rates { rates, rule: table.rule() })
}

/// A class of lost workdays.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LostDayRow {
    /// Class.
    pub name: String,
    /// Fewest days, included.
    pub from: u32,
}

/// Class of an injury by lost workdays.
#[derive(Clone, Debug, Serialize)]
pub struct LostDays {
    /// Class.
    pub class: String,
    /// Days that count: never more than those of a death.
    pub days: u32,
    /// Edition.
    pub rule: RuleRef,
}

/// Class of an injury by lost workdays (GB/T 15499-1995 with GB 6441-1986; days): 1 to 104 minor,
/// 105 to 5999 serious, 6000 a death or permanent total disability. From 2027-01-01 GB 15499-2025
/// applies, whose thresholds are not known: an error. No lost day is an error too.
pub fn lost_days(tables: &Tables, days: u32, on: Option<Date>) -> Result<LostDays, Problem> {
    let table = tables.lost_days.select(Scope { on, region: None })?;
    let row = table.rows.iter().filter(|r| r.from <= days).max_by_key(|r| r.from);
    let row = row.ok_or_else(|| Problem::field("days", "损失工作日应为 1 天以上").under(table.standard.clone()))?;
    let most = table.rows.iter().map(|r| r.from).max().unwrap_or(days);
    Ok(LostDays { class: row.name.clone(), days: days.min(most), rule: table.rule() })
}
