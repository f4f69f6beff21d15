//! How urgent an alarm is: by the limit it crossed, the consequence at that point and the poison in the air.

use crate::problem::Problem;
use crate::tables::{Confidence, RuleRef, Scope, Table, Tables};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Which alarms are how urgent; of the rows that hold the most urgent one answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorityRow {
    /// Levels of the limit: `HH`, `H`, `L`, `LL`.
    pub levels: Vec<String>,
    /// Gravest consequence is 1; the row holds up to this one.
    pub consequence_to: u8,
    /// Only for toxic gases with at least this correction factor β (GB 18218-2018 table 3).
    #[serde(default)]
    pub beta_from: Option<Decimal>,
    /// 1 most urgent to 4.
    pub priority: u8,
    /// Why, in words for the person on duty.
    pub why: String,
}

/// An alarm whose urgency is asked for.
#[derive(Clone, Copy, Debug)]
pub struct PriorityAsked<'a> {
    /// Level of the limit: `HH`, `H`, `L`, `LL`.
    pub level: &'a str,
    /// 1 major hazard installation, 2 elsewhere, 3 minor.
    pub consequence: u8,
    /// What is measured: a formula such as `cl2`, the name of a gas, or any other quantity.
    pub metric: &'a str,
}

/// How urgent an alarm is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlarmPriority {
    /// 1 most urgent to 4.
    pub priority: u8,
    /// Why.
    pub why: String,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// The table used.
    pub rule: RuleRef,
}

/// Urgency of an alarm, 1 to 4 (our example table, no unit; a county publishes an edition of its
/// own). A metric that names a toxic gas of GB 18218-2018 table 3 counts with its factor. Errors: no
/// edition in force, no row for the level.
pub fn alarm_priority(tables: &Tables, asked: PriorityAsked, scope: Scope) -> Result<AlarmPriority, Problem> {
    let table = tables.alarm_priorities.select(scope)?;
    let beta = toxic_factor(tables, asked.metric, scope);
    let consequence = asked.consequence.clamp(1, 3);
    let holds = |row: &&PriorityRow| {
        row.levels.iter().any(|level| level == asked.level)
            && consequence <= row.consequence_to
            && row.beta_from.is_none_or(|from| beta.is_some_and(|beta| beta >= from))
    };
    // Among equally urgent rows the one that needs the poison explains more.
    let row = table.rows.iter().filter(holds).min_by_key(|row| (row.priority, row.beta_from.is_none()));
    let row = row.ok_or_else(|| Problem::field("level", "分级表没有适用于该报警等级的一行"))?;
    Ok(AlarmPriority {
        priority: row.priority.clamp(1, 4),
        why: row.why.clone(),
        unconfirmed: unconfirmed(table),
        rule: table.rule(),
    })
}

fn unconfirmed(table: &Table<PriorityRow>) -> Vec<String> {
    let example = "预警分级为示例规则，可由县级按值守规则发布本地版本";
    if table.confidence == Confidence::Unconfirmed { Vec::from([example.to_string()]) } else { Vec::new() }
}

/// The correction factor β of the toxic gas that a metric names, if it names one.
fn toxic_factor(tables: &Tables, metric: &str, scope: Scope) -> Option<Decimal> {
    let gases = || tables.gas_limits.0.iter().flat_map(|t| t.rows.iter());
    let by_formula = gases().find(|row| row.formula.eq_ignore_ascii_case(metric)).map(|row| row.gas.as_str());
    let betas = tables.gb18218_betas.select(scope).ok()?;
    betas.rows.iter().find(|row| row.name == by_formula.unwrap_or(metric)).map(|row| row.beta)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(level: &str, consequence: u8, metric: &str) -> (u8, String) {
        let asked = PriorityAsked { level, consequence, metric };
        let found = alarm_priority(Tables::shipped(), asked, Scope::default()).unwrap();
        assert_eq!(found.unconfirmed.len(), 1, "an example says that it is one");
        (found.priority, found.why)
    }

    #[test]
    fn worse_levels_and_graver_consequences_come_first() {
        assert_eq!(of("HH", 1, "level").0, 1);
        assert_eq!(of("L", 1, "level").0, 2);
        assert_eq!(of("L", 3, "level").0, 4);
        assert_eq!(of("LL", 9, "level").0, 3);
        assert_eq!(of("H", 0, "level").0, 2);
    }

    #[test]
    fn chlorine_at_its_first_set_point_on_a_major_hazard_source_is_most_urgent() {
        let (priority, why) = of("H", 1, "cl2");
        assert_eq!(priority, 1);
        assert!(why.contains("急性毒性"), "{why}");
        assert_eq!((of("H", 1, "氯").0, of("H", 2, "h2s").0, of("H", 3, "cl2").0), (1, 2, 4));
        assert!(of("HH", 1, "cl2").1.contains("急性毒性"), "the reason that says more is given");
    }

    #[test]
    fn gases_below_the_factor_and_other_quantities_are_not_lifted() {
        assert_eq!((of("H", 1, "nh3").0, of("H", 1, "co").0, of("H", 1, "lel").0), (2, 2, 2));
    }

    #[test]
    fn a_level_that_no_row_names_is_refused() {
        let asked = PriorityAsked { level: "X", consequence: 1, metric: "cl2" };
        assert_eq!(alarm_priority(Tables::shipped(), asked, Scope::default()).unwrap_err().errors[0].field, "level");
    }
}
