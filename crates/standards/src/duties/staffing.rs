//! Safety staff an enterprise needs.

use super::{Duty, duty};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

/// An enterprise whose staffing is asked for.
#[derive(Clone, Copy, Default, Debug)]
pub struct StaffingAsked {
    /// Staff.
    pub staff: u32,
    /// Mine, smelting, construction, transport, or hazardous goods produced, traded, stored or loaded.
    pub high_risk: bool,
    /// A hazardous-chemical enterprise.
    pub chemical: bool,
    /// Safety staff it has, for the share of registered engineers.
    pub safety_staff: Option<u32>,
}

/// One requirement.
#[derive(Clone, Debug, Serialize)]
pub struct Required {
    /// What is required.
    pub what: String,
    /// How many persons; none where it is a yes.
    pub persons: Option<u32>,
    /// Standard and clause.
    pub basis: String,
    /// Whether the figure is confirmed.
    pub confirmed: bool,
}

/// Everything required.
#[derive(Clone, Debug, Serialize)]
pub struct Staffing {
    /// The requirements.
    pub required: Vec<Required>,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Clause of the law.
    pub rule: RuleRef,
}

/// Safety staff an enterprise needs (安全生产法 2021 art. 24; local rules and ratios of persons; shares
/// are rounded up). High-risk units always need a unit or full-time staff, others above 100 staff;
/// chemical enterprises 2 %; of the safety staff 15 % registered engineers. Error: no staff.
pub fn staffing(tables: &Tables, asked: StaffingAsked, scope: Scope) -> Result<Staffing, Problem> {
    if asked.staff == 0 {
        return Err(Problem::field("staff", "从业人员应至少 1 人"));
    }
    let figure = |id: &str| duty(&tables.staffing, id, scope);
    let mut used: Vec<Duty> = Vec::new();
    let mut required = Vec::new();
    let over = figure("full-time-over")?;
    let full_time = asked.high_risk || Decimal::from(asked.staff) > over.amount;
    let what = if full_time {
        "设置安全生产管理机构或配备专职安全生产管理人员"
    } else {
        "配备专职或兼职安全生产管理人员"
    };
    required.push(line(what, None, &over));
    if asked.chemical {
        let (percent, small) = (figure("chem-percent")?, figure("chem-small-below")?);
        let few = Decimal::from(asked.staff) < small.amount;
        let persons = if few { 1 } else { share(asked.staff, percent.amount) };
        required.push(line("专职安全生产管理人员", Some(persons), &percent));
        used.push(percent);
    }
    if let (true, Some(safety)) = (asked.high_risk, asked.safety_staff) {
        engineers(&figure, asked.staff, safety, &mut required, &mut used)?;
    }
    let kind = if asked.high_risk { "high" } else { "other" };
    for (name, what) in [("director", "设置安全总监"), ("committee", "成立安全生产委员会")] {
        // A place without such a rule has no such duty.
        if let Ok(from) = figure(&format!("{name}-{kind}-from"))
            && Decimal::from(asked.staff) >= from.amount
        {
            required.push(line(what, None, &from));
            used.push(from);
        }
    }
    Ok(Staffing { required, unconfirmed: used.iter().flat_map(|d| d.unconfirmed.clone()).collect(), rule: over.rule })
}

fn engineers(
    figure: &impl Fn(&str) -> Result<Duty, Problem>,
    staff: u32,
    safety: u32,
    required: &mut Vec<Required>,
    used: &mut Vec<Duty>,
) -> Result<(), Problem> {
    let (from, percent, one) =
        (figure("engineer-from-staff")?, figure("engineer-percent")?, figure("engineer-one-to")?);
    if Decimal::from(staff) >= from.amount && safety > 0 {
        let persons = if Decimal::from(safety) <= one.amount { 1 } else { share(safety, percent.amount) };
        // The trigger is the doubtful figure, so the requirement carries its mark.
        required.push(line("注册安全工程师", Some(persons), &from));
        used.push(from);
    }
    Ok(())
}

fn share(of: u32, percent: Decimal) -> u32 {
    let exact = Decimal::from(of).saturating_mul(percent) / Decimal::ONE_HUNDRED;
    exact.ceil().to_u32().unwrap_or(u32::MAX)
}

fn line(what: &str, persons: Option<u32>, duty: &Duty) -> Required {
    Required {
        what: what.to_string(),
        persons,
        basis: format!("{} {}", duty.rule.standard, duty.rule.clause),
        confirmed: duty.unconfirmed.is_empty(),
    }
}
