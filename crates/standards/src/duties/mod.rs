//! Duties that are a number: training hours, drill intervals, inspection periods, staffing ratios and
//! head-count limits. One shape of row serves them all.

mod staffing;

pub use staffing::{Required, Staffing, StaffingAsked, staffing};

use crate::date::Date;
use crate::problem::Problem;
use crate::tables::{Confidence, Editions, RuleRef, Scope, Table};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};

/// A duty with its number.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyRow {
    /// Name.
    pub id: String,
    /// Whose duty it is.
    pub who: String,
    /// What is due.
    pub what: String,
    /// How much.
    pub amount: Decimal,
    /// Of what.
    pub unit: String,
    /// Clause.
    pub clause: String,
    /// True where nobody has confirmed the number.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// A duty in force, with its source.
#[derive(Clone, Debug, Serialize)]
pub struct Duty {
    /// Name.
    pub id: String,
    /// Whose duty it is.
    pub who: String,
    /// What is due.
    pub what: String,
    /// How much.
    pub amount: Decimal,
    /// Of what.
    pub unit: String,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

fn duty_of(table: &Table<DutyRow>, row: &DutyRow) -> Duty {
    let shaky = row.unconfirmed || table.confidence == Confidence::Unconfirmed;
    let confidence = if shaky { Confidence::Unconfirmed } else { table.confidence };
    Duty {
        id: row.id.clone(),
        who: row.who.clone(),
        what: row.what.clone(),
        amount: row.amount.normalize(),
        unit: row.unit.clone(),
        unconfirmed: shaky.then(|| format!("“{}：{}”的数值未经核实", row.who, row.what)).into_iter().collect(),
        rule: table.rule().at(&row.clause).weaker(confidence),
    }
}

/// One duty by name, local before national (the table's standard; the row's unit). Error: no such duty
/// on that day in that place.
pub fn duty(editions: &Editions<DutyRow>, id: &str, scope: Scope) -> Result<Duty, Problem> {
    let (table, row) = editions.find(scope, "id", id, |r| &r.id)?;
    Ok(duty_of(table, row))
}

/// Every duty in force in a place, a local row hiding the national one of the same name.
pub fn duties(editions: &Editions<DutyRow>, scope: Scope) -> Vec<Duty> {
    let tables = editions.in_force(scope);
    let local = |table: &Table<DutyRow>, id: &str| {
        let inside = |t: &&&Table<DutyRow>| t.region > table.region && t.rows.iter().any(|r| r.id == id);
        tables.iter().any(|t| inside(&t))
    };
    let rows = tables.iter().flat_map(|t| t.rows.iter().map(move |r| (*t, r)));
    rows.filter(|(t, r)| !local(t, &r.id)).map(|(t, r)| duty_of(t, r)).collect()
}

/// When a duty counted in months falls due after it was last done. The day of the month stays, or the
/// last of the month is taken (民法典 art. 202). Error: a duty that is not counted in months.
pub fn next_due(duty: &Duty, last: Date) -> Result<Date, Problem> {
    let months = duty.amount.to_i64().filter(|_| duty.unit == "月");
    let due = months.and_then(|m| last.add_months(m));
    due.ok_or_else(|| Problem::field("last", format!("“{}”不按月计，或日期超出范围", duty.what)))
}

/// What is still missing of a duty: hours of training not yet done, never less than zero.
pub fn missing(duty: &Duty, done: Decimal) -> Decimal {
    duty.amount.saturating_sub(done).max(Decimal::ZERO).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Region;
    use crate::tables::Tables;

    #[test]
    fn a_local_row_hides_the_national_one_of_the_same_name() {
        let of =
            |region: &str| duties(&Tables::shipped().drills, Scope { on: None, region: Region::parse(region).ok() });
        let government =
            |list: &[Duty]| list.iter().filter(|d| d.id == "government").map(|d| d.amount).collect::<Vec<_>>();
        assert_eq!(government(&of("370102")), [Decimal::from(12)]);
        assert_eq!(government(&of("990121")), [Decimal::from(24)]);
        assert_eq!(of("37").len(), 7);
        assert_eq!(of("99").len(), 4);
    }
}
