//! Lists of major hidden dangers: 工贸 order 10, the chemical list of 2017, the AQ 3067-2026 index.

use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Table, Tables};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One item of a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DangerRow {
    /// Number.
    pub id: String,
    /// Article and item as it is cited.
    pub clause: String,
    /// Industry or special field.
    pub group: String,
    /// What is meant, in short; the text of the standard decides.
    pub text: String,
    /// True where the wording was not read in a source.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// An item as an answer shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Danger {
    /// Number.
    pub id: String,
    /// Article and item.
    pub clause: String,
    /// Industry or special field.
    pub group: String,
    /// What is meant.
    pub text: String,
    /// Whether the wording is confirmed.
    pub confirmed: bool,
}

/// A judgement by a list.
#[derive(Clone, Debug, Serialize)]
pub struct Judgement {
    /// True when at least one item is met.
    pub major: bool,
    /// The items met.
    pub items: Vec<Danger>,
    /// Items whose wording must be checked against the text first.
    pub unconfirmed: Vec<String>,
    /// The list.
    pub rule: RuleRef,
}

fn select<'a>(tables: &'a Tables, list: &str, scope: Scope) -> Result<&'a Table<DangerRow>, Problem> {
    let of_list = |t: &&Table<DangerRow>| {
        t.edition == list && scope.on.is_none_or(|day| t.valid_from <= day && t.valid_to.is_none_or(|end| day <= end))
    };
    tables.major_dangers.0.iter().find(of_list).ok_or_else(|| {
        let known: Vec<String> =
            tables.major_dangers.0.iter().map(|t| format!("{}（自 {}）", t.edition, t.valid_from)).collect();
        Problem::field("list", format!("没有在该日施行的“{list}”清单；已收录：{}", known.join("、")))
    })
}

fn shown(row: &DangerRow) -> Danger {
    Danger {
        id: row.id.clone(),
        clause: row.clause.clone(),
        group: row.group.clone(),
        text: row.text.clone(),
        confirmed: !row.unconfirmed,
    }
}

/// Items of a list in force that contain a word (令第10号, 安监总管三〔2017〕121号, AQ 3067-2026).
pub fn danger_list(
    tables: &Tables,
    list: &str,
    search: Option<&str>,
    scope: Scope,
) -> Result<(Vec<Danger>, RuleRef), Problem> {
    let table = select(tables, list, scope)?;
    let fits = |r: &&DangerRow| {
        search.is_none_or(|word| [&r.text, &r.group, &r.id, &r.clause].iter().any(|t| t.contains(word)))
    };
    Ok((table.rows.iter().filter(fits).map(shown).collect(), table.rule()))
}

/// Judges a finding by a list: any item met makes it a major hidden danger (令第10号 art. 3, 安监总管三
/// 〔2017〕121号, AQ 3067-2026 ch. 5). Error: an item the list does not have.
pub fn judge(tables: &Tables, list: &str, items: &[String], scope: Scope) -> Result<Judgement, Problem> {
    let table = select(tables, list, scope)?;
    let mut met = Vec::new();
    for (index, id) in items.iter().enumerate() {
        let row = table.rows.iter().find(|r| r.id == *id || r.clause == *id);
        let row = row.ok_or_else(|| {
            Problem::field(format!("items[{index}]"), format!("“{list}”清单没有“{id}”")).under(table.standard.clone())
        })?;
        met.push(shown(row));
    }
    let unconfirmed = met
        .iter()
        .filter(|d| !d.confirmed)
        .map(|d| format!("{} {} 的表述未经核实，定案前须对照原文", d.id, d.clause))
        .collect();
    Ok(Judgement { major: !met.is_empty(), items: met, unconfirmed, rule: table.rule() })
}
