//! Enforcement: the yearly inspection plan, how often to inspect, fines, closure, major hidden dangers.

mod danger;
mod penalty;
mod plan;

pub use danger::{Danger, DangerRow, Judgement, danger_list, judge};
pub use penalty::{Closure, FineRange, FineRow, Fines, closure, daily_fine, fines, late_surcharge};
pub use plan::{Allocation, Frequency, FrequencyRow, Plan, PlanAsked, PlanDays, PlanItem, PlanUnits, frequency, plan};

use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::string::String;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A single figure by name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureRow {
    /// Name.
    pub id: String,
    /// Value.
    pub value: Decimal,
}

fn figure(tables: &Tables, id: &str, scope: Scope) -> Result<(Decimal, RuleRef), Problem> {
    let (table, row) = tables.enforcement_rules.find(scope, "on", id, |r| &r.id)?;
    Ok((row.value, table.rule()))
}
