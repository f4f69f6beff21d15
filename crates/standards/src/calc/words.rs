//! The words a form offers for a field whose values stand in a rule table.

use crate::tables::Tables;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::Value;

/// One value a field may take.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Word {
    /// What is sent.
    pub value: String,
    /// What a person reads beside it; empty where the value says it all.
    pub label: String,
}

/// Table, the column a field is filled with, and the columns that explain it.
const SHOWN: &[(&str, &str, &[&str])] = &[
    ("gb18218_substances", "name", &["aliases", "cas"]),
    ("gb18218_classes", "symbol", &["hazard", "description"]),
    ("lec_values", "value", &["text"]),
    ("ls_variants", "variant", &["name"]),
    ("risk_direct", "id", &["text"]),
    ("chem_score", "id", &["item", "condition"]),
    ("chem_score_red", "id", &["text"]),
    ("gb30871_permits", "grade", &[]),
    ("gb30871_height_factors", "id", &["text"]),
    ("gb6441_types", "name", &["code"]),
    ("gb6721_items", "id", &["name"]),
    ("gas_limits", "gas", &["formula"]),
    ("wsl_fines", "article", &["trigger"]),
    ("major_dangers", "id", &["clause", "text"]),
    ("inspection_frequency", "id", &["text"]),
    ("insurance_sectors", "sector", &[]),
    ("deadlines", "id", &["name", "starts"]),
    ("training", "id", &["who", "what"]),
    ("drills", "id", &["who", "what"]),
    ("equipment", "id", &["who", "what"]),
    ("headcounts", "id", &["who", "what"]),
    ("staffing", "id", &["who", "what"]),
    ("probits", "name", &[]),
    ("erpg", "name", &[]),
];

/// The values of a field that a rule table offers, in the order of the table, each once.
pub fn words(tables: &Tables, table: &str, field: &str) -> Vec<Word> {
    let editions = tables.export(table).and_then(|json| serde_json::from_str::<Value>(&json).ok());
    let rows: Vec<Value> = editions.iter().filter_map(Value::as_array).flatten().flat_map(rows_of).collect();
    let mut seen = BTreeSet::new();
    // The factors of a premium scheme lie inside its row.
    let found: Vec<Word> = if table == "premium_schemes" {
        let inner = rows.iter().filter_map(|row| row.get("factors").and_then(Value::as_array)).flatten();
        inner.filter_map(|row| word(row, "id", &["text", "name"])).collect()
    } else {
        let Some((_, value, label)) = SHOWN.iter().find(|(name, ..)| *name == table) else { return Vec::new() };
        let own = rows.iter().filter(|row| belongs(table, row, field));
        own.filter_map(|row| word(row, value, label)).collect()
    };
    found.into_iter().filter(|word| seen.insert(word.value.clone())).collect()
}

/// A LEC table holds the values of all three factors; a field takes those of its own.
fn belongs(table: &str, row: &Value, field: &str) -> bool {
    table != "lec_values"
        || row.get("factor").and_then(Value::as_str).is_some_and(|factor| factor.eq_ignore_ascii_case(field))
}

fn rows_of(edition: &Value) -> Vec<Value> {
    edition.get("rows").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn word(row: &Value, value: &str, label: &[&str]) -> Option<Word> {
    let value = plain(row.get(value)?)?;
    let label: Vec<String> = label.iter().filter_map(|key| plain(row.get(*key)?)).collect();
    Some(Word { value, label: label.join(" · ") })
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(plain).collect();
            (!items.is_empty()).then(|| items.join("、"))
        }
        _ => None,
    }
}
