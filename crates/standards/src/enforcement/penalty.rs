//! Fines of the Work Safety Law, day-by-day fines, surcharges and closure.

use super::figure;
use crate::date::Date;
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// A range of money, yuan, both ends included.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FineRange {
    /// Lower end.
    pub from: Decimal,
    /// Upper end.
    pub to: Decimal,
}

/// Fines of one article.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FineRow {
    /// Article, with its paragraph after a point.
    pub article: String,
    /// What is punished.
    pub trigger: String,
    /// What is ordered first.
    #[serde(default)]
    pub first_measure: Option<String>,
    /// On the unit, at once.
    #[serde(default)]
    pub unit_first: Option<FineRange>,
    /// On the unit, not corrected in time.
    #[serde(default)]
    pub unit_overdue: Option<FineRange>,
    /// On persons, at once.
    #[serde(default)]
    pub person_first: Option<FineRange>,
    /// On persons, not corrected in time.
    #[serde(default)]
    pub person_overdue: Option<FineRange>,
    /// What else follows.
    #[serde(default)]
    pub overdue_measure: Option<String>,
}

/// What an article allows.
#[derive(Clone, Debug, Serialize)]
pub struct Fines {
    /// Article.
    pub article: String,
    /// What is punished.
    pub trigger: String,
    /// What is ordered.
    pub measure: Option<String>,
    /// On the unit.
    pub unit: Option<FineRange>,
    /// On persons.
    pub person: Option<FineRange>,
    /// Clause.
    pub rule: RuleRef,
}

/// Fines of an article of the Work Safety Law (安全生产法 2021, arts. 94–114; yuan), at once or where
/// the order to correct was not followed in time (`overdue`). Error: an article without a fine.
pub fn fines(tables: &Tables, article: &str, overdue: bool, scope: Scope) -> Result<Fines, Problem> {
    let (table, row) = tables.wsl_fines.find(scope, "article", article, |r| &r.article)?;
    let plain = |r: Option<FineRange>| r.map(|r| FineRange { from: r.from.normalize(), to: r.to.normalize() });
    let pick = |first, late| plain(if overdue { late } else { first });
    Ok(Fines {
        article: row.article.clone(),
        trigger: row.trigger.clone(),
        measure: if overdue { row.overdue_measure.clone() } else { row.first_measure.clone() },
        unit: pick(row.unit_first, row.unit_overdue),
        person: pick(row.person_first, row.person_overdue),
        rule: table.rule().at(&format!("第{}条", row.article)),
    })
}

/// Day-by-day fine (安全生产法 2021 art. 112; yuan): from the day after the order to correct, the same
/// amount for every day up to and including `to`. Answers days and total. Error: `to` before the order.
pub fn daily_fine(
    tables: &Tables,
    fine_yuan: Decimal,
    ordered: Date,
    to: Date,
    scope: Scope,
) -> Result<(i64, Decimal, RuleRef), Problem> {
    let (_, rule) = figure(tables, "closure_days", scope)?;
    let days = to.day_number() - ordered.day_number();
    if days < 0 {
        return Err(Problem::field("to", "截止日期早于责令改正之日").under("安全生产法 第一百一十二条"));
    }
    Ok((days, fine_yuan.saturating_mul(Decimal::from(days)).normalize(), rule.at("第一百一十二条")))
}

/// Surcharge for a fine paid late (行政处罚法 2021 arts. 72, 73; yuan): 3 % a day, never above the fine
/// itself; days of reconsideration or litigation do not count. Rounded half up to 分.
pub fn late_surcharge(
    tables: &Tables,
    fine_yuan: Decimal,
    days_late: u32,
    suspended: u32,
    scope: Scope,
) -> Result<(Decimal, RuleRef), Problem> {
    let (percent, rule) = figure(tables, "late_surcharge_percent", scope)?;
    let days = Decimal::from(days_late.saturating_sub(suspended));
    let surcharge = fine_yuan.saturating_mul(percent).saturating_mul(days) / Decimal::ONE_HUNDRED;
    let surcharge = surcharge.min(fine_yuan).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Ok((surcharge.normalize(), rule))
}

/// Whether repeated penalties allow closure.
#[derive(Clone, Debug, Serialize)]
pub struct Closure {
    /// Whether closure may be proposed.
    pub closure: bool,
    /// Most penalties within 180 days.
    pub within_180_days: u32,
    /// Most penalties within a year.
    pub within_year: u32,
    /// Clause.
    pub rule: RuleRef,
}

/// Closure for repeated penalties on account of major hidden dangers (安全生产法 2021 art. 113 (1)): 3 in
/// 180 days or 4 in one year.
pub fn closure(tables: &Tables, penalties: &[Date], scope: Scope) -> Result<Closure, Problem> {
    let mut days: Vec<Date> = penalties.to_vec();
    days.sort_unstable();
    let (window, rule) = figure(tables, "closure_days", scope)?;
    let window = window.to_i64().unwrap_or(180);
    let most = |inside: &dyn Fn(Date, Date) -> bool| {
        let counts = days.iter().map(|first| days.iter().filter(|d| *d >= first && inside(*first, **d)).count());
        u32::try_from(counts.max().unwrap_or(0)).unwrap_or(u32::MAX)
    };
    let within_180_days = most(&|first, day| day.day_number() - first.day_number() < window);
    let within_year = most(&|first, day| first.add_months(12).is_some_and(|end| day < end));
    let reached = |count: u32, id: &str| Ok(Decimal::from(count) >= figure(tables, id, scope)?.0);
    let closure = reached(within_180_days, "closure_count_180d")? || reached(within_year, "closure_count_year")?;
    Ok(Closure { closure, within_180_days, within_year, rule: rule.at("第一百一十三条") })
}
