//! GB 30871-2022 危险化学品企业特殊作业安全规范: permits, grades and gas limits of the eight kinds of
//! special work.

mod gas;
mod grades;
mod permit;

pub use gas::{GasItem, GasReadings, GasVerdict, gas};
pub use grades::{
    FactorRow, HeightAsked, HeightGrade, HeightRow, HotWork, HotWorkFacts, Lift, LiveRow, height, hot_work, lift,
};
pub use permit::{Permit, PermitAsked, PermitRow, permit};

use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::string::String;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A single limit of the standard by name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRow {
    /// Name.
    pub name: String,
    /// Value in the unit of the clause.
    pub value: Decimal,
}

fn limit(tables: &Tables, name: &str, scope: Scope) -> Result<Decimal, Problem> {
    Ok(tables.gb30871_limits.find(scope, "on", name, |r| &r.name)?.1.value)
}

fn rule(tables: &Tables, clause: &str, scope: Scope) -> Result<RuleRef, Problem> {
    Ok(tables.gb30871_permits.select(scope)?.rule().at(clause))
}
