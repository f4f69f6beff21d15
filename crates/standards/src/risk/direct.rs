//! Direct determination of a major risk: an editable list, off until somebody confirms it.

use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One condition that makes a risk major.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectRow {
    /// Name.
    pub id: String,
    /// The condition.
    pub text: String,
    /// Whether the list's owner has confirmed and switched it on.
    pub enabled: bool,
}

/// What the list says.
#[derive(Clone, Debug, Serialize)]
pub struct Direct {
    /// True when a condition in force is met.
    pub major: bool,
    /// Conditions in force that are met.
    pub met: Vec<String>,
    /// Conditions met that do not count, because nobody has confirmed them.
    pub unconfirmed: Vec<String>,
    /// Edition.
    pub rule: RuleRef,
}

/// Applies the direct-determination list (DB37/T 2882-2016, unconfirmed; every condition is off until
/// an edition with confirmed conditions is published). Error: an unknown condition.
pub fn direct(tables: &Tables, conditions: &[String], scope: Scope) -> Result<Direct, Problem> {
    let table = tables.risk_direct.select(scope)?;
    let (mut met, mut unconfirmed) = (Vec::new(), Vec::new());
    for (index, id) in conditions.iter().enumerate() {
        let row = table.rows.iter().find(|r| r.id == *id);
        let row = row
            .ok_or_else(|| Problem::field(format!("conditions[{index}]"), format!("没有编号为“{id}”的直接判定条件")))?;
        if row.enabled {
            met.push(format!("{}：{}", row.id, row.text));
        } else {
            unconfirmed.push(format!("{}：{}（未经核实，未启用）", row.id, row.text));
        }
    }
    Ok(Direct { major: !met.is_empty(), met, unconfirmed, rule: table.rule() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_confirmed_edition_switches_a_condition_on() {
        let edition = r#"{"standard":"某省规定","clause":"附录A","edition":"核实版","valid_from":"2027-01-01","source":"公报","confidence":"full_text",
            "rows":[{"id":"DD-3","text":"构成重大危险源","enabled":true}]}"#;
        let tables = Tables::shipped().with_edition("t", "risk_direct", edition).unwrap();
        let asked = ["DD-3".to_string()];
        assert!(direct(&tables, &asked, Scope::default()).unwrap().major);
        let shipped = direct(Tables::shipped(), &asked, Scope::default()).unwrap();
        assert!(!shipped.major && shipped.unconfirmed.len() == 1);
    }
}
