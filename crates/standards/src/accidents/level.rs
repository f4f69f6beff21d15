//! Level of an accident and the clocks it starts, Order 493.

use super::Toll;
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Level of an accident, the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Level {
    /// 特别重大事故
    #[serde(rename = "特别重大")]
    Extraordinary,
    /// 重大事故
    #[serde(rename = "重大")]
    Major,
    /// 较大事故
    #[serde(rename = "较大")]
    Larger,
    /// 一般事故
    #[serde(rename = "一般")]
    General,
}

/// One of the three criteria.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Deaths.
    Deaths,
    /// Serious injuries.
    Serious,
    /// Direct loss.
    Loss,
}

/// Thresholds and duties of a level; every threshold is included (以上包括本数).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRow {
    /// The level.
    pub level: Level,
    /// Fewest deaths.
    pub deaths_from: u32,
    /// Fewest serious injuries.
    pub serious_from: u32,
    /// Smallest direct loss, yuan.
    pub loss_yuan_from: Decimal,
    /// Who investigates.
    pub investigated_by: String,
    /// How far up it is reported.
    pub reported_up_to: String,
    /// Whose leader goes to the site.
    pub site_leader: String,
    /// Follow-up reports a day.
    pub follow_ups_per_day: u32,
    /// The unit also reports to the province within, min (Order 21).
    pub province_within_minutes: Option<u32>,
    /// The province phones the ministry within, min (Order 21).
    pub ministry_within_minutes: Option<u32>,
    /// Reply to the investigation report within, days.
    pub approval_days: u32,
    /// Longest extension of that, days.
    pub approval_extension_days: u32,
}

/// Periods that do not depend on the level.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodRow {
    /// Head of unit to the county, min.
    pub report_within_minutes: u32,
    /// Each administrative level upward, h.
    pub upward_hours_per_level: u32,
    /// Casualty changes are supplemented within, days.
    pub supplement_days: u32,
    /// The same for road traffic and fire, days.
    pub supplement_days_traffic_fire: u32,
    /// Investigation report within, days.
    pub investigation_days: u32,
    /// Longest extension, days.
    pub investigation_extension_days: u32,
}

/// Level of an accident with everything it sets going.
#[derive(Clone, Debug, Serialize)]
pub struct AccidentLevel {
    /// The level.
    pub level: Level,
    /// The criteria that reach it.
    pub by: Vec<Criterion>,
    /// Head of unit to the county, min.
    pub report_within_minutes: u32,
    /// Each administrative level upward, h.
    pub upward_hours_per_level: u32,
    /// The unit also reports to the province within, min.
    pub province_within_minutes: Option<u32>,
    /// The province phones the ministry within, min.
    pub ministry_within_minutes: Option<u32>,
    /// How far up it is reported.
    pub reported_up_to: String,
    /// Follow-up reports a day, at least.
    pub follow_ups_per_day: u32,
    /// Casualty changes are supplemented within, days.
    pub supplement_days: u32,
    /// Whose leader goes to the site.
    pub site_leader: String,
    /// Who investigates.
    pub investigated_by: String,
    /// An accident without casualties may be left to the unit to investigate.
    pub may_be_delegated_to_unit: bool,
    /// Investigation report within, days.
    pub investigation_days: u32,
    /// Longest extension, days.
    pub investigation_extension_days: u32,
    /// Reply to the report within, days.
    pub approval_days: u32,
    /// Longest extension of that, days.
    pub approval_extension_days: u32,
    /// Clause.
    pub rule: RuleRef,
}

/// Level of an accident and its clocks (国务院令第493号 arts. 3, 9–13, 19, 29, 32; yuan, min, days).
/// The gravest of the three criteria decides; 以上 includes the number, 以下 does not. Deaths and
/// injuries within 30 days count (7 for road traffic and fire). Error: a negative loss.
pub fn level(tables: &Tables, toll: Toll, traffic_or_fire: bool, scope: Scope) -> Result<AccidentLevel, Problem> {
    if toll.loss_yuan < Decimal::ZERO {
        return Err(Problem::field("loss_yuan", "直接经济损失不能为负").under("国务院令第493号 第三条"));
    }
    let table = tables.accident_levels.select(scope)?;
    let periods = tables.accident_periods.select(scope)?;
    let row = table.rows.iter().filter(|r| reached(r, toll).next().is_some()).min_by_key(|r| r.level);
    let (row, periods) = row.zip(periods.rows.first()).ok_or_else(|| Problem::field("deaths", "事故等级表不完整"))?;
    Ok(AccidentLevel {
        level: row.level,
        by: reached(row, toll).filter(|c| counts(*c, toll)).collect(),
        report_within_minutes: periods.report_within_minutes,
        upward_hours_per_level: periods.upward_hours_per_level,
        province_within_minutes: row.province_within_minutes,
        ministry_within_minutes: row.ministry_within_minutes,
        reported_up_to: row.reported_up_to.clone(),
        follow_ups_per_day: row.follow_ups_per_day,
        supplement_days: if traffic_or_fire { periods.supplement_days_traffic_fire } else { periods.supplement_days },
        site_leader: row.site_leader.clone(),
        investigated_by: row.investigated_by.clone(),
        may_be_delegated_to_unit: row.level == Level::General && toll.deaths == 0 && toll.serious == 0,
        investigation_days: periods.investigation_days,
        investigation_extension_days: periods.investigation_extension_days,
        approval_days: row.approval_days,
        approval_extension_days: row.approval_extension_days,
        rule: table.rule(),
    })
}

fn reached(row: &LevelRow, toll: Toll) -> impl Iterator<Item = Criterion> {
    let deaths = (toll.deaths >= row.deaths_from).then_some(Criterion::Deaths);
    let serious = (toll.serious >= row.serious_from).then_some(Criterion::Serious);
    let loss = (toll.loss_yuan >= row.loss_yuan_from).then_some(Criterion::Loss);
    deaths.into_iter().chain(serious).chain(loss)
}

/// A criterion of nothing reaches the lowest level but is not what decided it.
fn counts(criterion: Criterion, toll: Toll) -> bool {
    match criterion {
        Criterion::Deaths => toll.deaths > 0,
        Criterion::Serious => toll.serious > 0,
        Criterion::Loss => toll.loss_yuan > Decimal::ZERO,
    }
}

/// A threshold of the serious near miss.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NearRow {
    /// The count it is about.
    pub field: String,
    /// What it says.
    pub name: String,
    /// From how many on.
    pub from: u32,
}

/// Which conditions make an event a 较大涉险事故, to be reported though it has no level
/// (总局令第21号; persons). `counts` are (`endangered`, `trapped`, `evacuated`); the two flags are
/// severe pollution and a threat to a key place.
pub fn serious_near_miss(
    tables: &Tables,
    counts: [u32; 3],
    pollution: bool,
    key_place: bool,
    scope: Scope,
) -> Result<(Vec<String>, RuleRef), Problem> {
    let table = tables.accident_near.select(scope)?;
    let named = ["endangered", "trapped", "evacuated"].into_iter().zip(counts);
    let mut met: Vec<String> = Vec::new();
    for (field, count) in named {
        let rows = table.rows.iter().filter(|r| r.field == field && count >= r.from);
        met.extend(rows.map(|r| r.name.clone()));
    }
    met.extend(pollution.then(|| "对环境造成严重污染".into()));
    met.extend(key_place.then(|| "危及重要场所和设施安全".into()));
    Ok((met, table.rule()))
}
