//! Arithmetic of the yearly inspection plan, 安监总政法〔2017〕150号.

use super::figure;
use crate::calendar::Calendar;
use crate::problem::Problem;
use crate::tables::{Confidence, RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

/// Named days.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanItem {
    /// What they are for.
    pub name: String,
    /// Person-days.
    pub days: Decimal,
}

/// A group of enterprises to inspect.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanUnits {
    /// Name of the group.
    pub name: String,
    /// True for the named list, false for those drawn at random.
    pub key: bool,
    /// How many enterprises.
    pub count: u32,
    /// Visits each in the year.
    pub visits: u32,
    /// Person-days of one visit.
    pub days_per_visit: Decimal,
}

/// What a plan is made of.
#[derive(Clone, Debug)]
pub struct PlanAsked {
    /// Officers on the rolls.
    pub officers: u32,
    /// Legal workdays of one person; none to take them from the calendar of `year`.
    pub legal_days: Option<Decimal>,
    /// The year of the plan.
    pub year: Option<u16>,
    /// Other enforcement days.
    pub other: Vec<PlanItem>,
    /// Non-enforcement days.
    pub non: Vec<PlanItem>,
    /// Whom to inspect.
    pub units: Vec<PlanUnits>,
}

/// Days of one kind with their share.
#[derive(Clone, Debug, Serialize)]
pub struct PlanDays {
    /// Person-days.
    pub days: Decimal,
    /// Share of all days, percent, one place.
    pub percent: Decimal,
}

/// Days one group of enterprises takes.
#[derive(Clone, Debug, Serialize)]
pub struct Allocation {
    /// Name of the group.
    pub name: String,
    /// Key or general.
    pub key: bool,
    /// Visits in all.
    pub visits: Decimal,
    /// Person-days.
    pub days: Decimal,
}

/// A computed plan.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// Legal workdays of one person.
    pub legal_days: Decimal,
    /// All days: legal days × officers.
    pub total: Decimal,
    /// Other enforcement.
    pub other: PlanDays,
    /// Non-enforcement.
    pub non: PlanDays,
    /// Inspection days: what is left.
    pub inspection: PlanDays,
    /// What each group takes.
    pub allocation: Vec<Allocation>,
    /// Days of the key groups.
    pub key_days: Decimal,
    /// Days of the general groups.
    pub general_days: Decimal,
    /// Inspection days not allotted; negative where the plan asks for more than there are.
    pub left: Decimal,
    /// Clause.
    pub rule: RuleRef,
}

/// Inspection days of a year and their allocation (安监总政法〔2017〕150号; person-days):
/// `total = legal workdays × officers`, `inspection = total − other enforcement − non-enforcement`.
/// Errors: no officers, more deducted than there is, neither legal days nor a year, 日历未发布.
pub fn plan(tables: &Tables, asked: &PlanAsked, scope: Scope) -> Result<Plan, Problem> {
    let (_, rule) = figure(tables, "plan", scope)?;
    if asked.officers == 0 {
        return Err(Problem::field("officers", "执法人员应至少 1 人"));
    }
    let legal = legal_days(tables, asked)?;
    let total = legal.saturating_mul(Decimal::from(asked.officers));
    let (other, non) = (sum(&asked.other, "other")?, sum(&asked.non, "non")?);
    let inspection = total.saturating_sub(other).saturating_sub(non);
    if inspection < Decimal::ZERO {
        return Err(Problem::field(
            "non",
            format!(
                "其他执法与非执法工作日合计 {}，超过总法定工作日 {}",
                other.saturating_add(non).normalize(),
                total.normalize()
            ),
        ));
    }
    let days = |d: Decimal| PlanDays { days: d.normalize(), percent: percent(d, total) };
    let allocation: Vec<Allocation> = asked.units.iter().map(allocate).collect();
    let of = |key: bool| {
        allocation.iter().filter(|a| a.key == key).fold(Decimal::ZERO, |s, a| s.saturating_add(a.days)).normalize()
    };
    let (key_days, general_days) = (of(true), of(false));
    Ok(Plan {
        legal_days: legal.normalize(),
        total: total.normalize(),
        other: days(other),
        non: days(non),
        inspection: days(inspection),
        allocation,
        key_days,
        general_days,
        left: inspection.saturating_sub(key_days).saturating_sub(general_days).normalize(),
        rule,
    })
}

fn legal_days(tables: &Tables, asked: &PlanAsked) -> Result<Decimal, Problem> {
    let days = match (asked.legal_days, asked.year) {
        (Some(days), _) => days,
        (None, Some(year)) => Decimal::from(Calendar(&tables.calendar).count_year(year)?),
        (None, None) => return Err(Problem::field("legal_days", "请给出每人法定工作日数，或给出年份由日历推算")),
    };
    if days <= Decimal::ZERO || days > Decimal::from(366) {
        return Err(Problem::field("legal_days", "每人法定工作日数应在 1—366 之间"));
    }
    Ok(days)
}

fn sum(items: &[PlanItem], field: &str) -> Result<Decimal, Problem> {
    let mut total = Decimal::ZERO;
    for (index, item) in items.iter().enumerate() {
        if item.days < Decimal::ZERO {
            return Err(Problem::field(format!("{field}[{index}].days"), "工作日不能为负"));
        }
        total = total.saturating_add(item.days);
    }
    Ok(total)
}

fn allocate(units: &PlanUnits) -> Allocation {
    let visits = Decimal::from(u64::from(units.count) * u64::from(units.visits));
    Allocation {
        name: units.name.clone(),
        key: units.key,
        visits,
        days: visits.saturating_mul(units.days_per_visit).normalize(),
    }
}

fn percent(part: Decimal, total: Decimal) -> Decimal {
    let share = part.saturating_mul(Decimal::ONE_HUNDRED).checked_div(total).unwrap_or_default();
    share.round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// How often a kind of enterprise is inspected.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrequencyRow {
    /// Colour, grade or record.
    pub id: String,
    /// What is required.
    pub text: String,
    /// Visits a year, where there is a number.
    #[serde(default)]
    pub per_year: Option<u32>,
}

/// How often to inspect.
#[derive(Clone, Debug, Serialize)]
pub struct Frequency {
    /// What is required.
    pub text: String,
    /// Visits a year, where there is a number.
    pub per_year: Option<u32>,
    /// Longest interval, months.
    pub interval_months: Option<u32>,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// Supervision frequency by colour, grade or record (local rules, named in the result; visits a
/// year). There is no national figure: where no rule of the region is known it is an error.
pub fn frequency(tables: &Tables, id: &str, scope: Scope) -> Result<Frequency, Problem> {
    let (table, row) = tables.inspection_frequency.find(scope, "grade", id, |r| &r.id)?;
    let unconfirmed = if table.confidence == Confidence::Unconfirmed { table.unconfirmed() } else { None };
    Ok(Frequency {
        text: row.text.clone(),
        per_year: row.per_year,
        interval_months: row.per_year.and_then(|n| 12u32.checked_div(n)),
        unconfirmed: unconfirmed.into_iter().collect(),
        rule: table.rule(),
    })
}
