//! The stored cases: inputs with the answers that standards, laws and published examples give.

use alloc::string::String;
use alloc::vec::Vec;
use serde::Deserialize;
use serde_json::Value;

/// A case: the clause in its name, an input, and the answer or the field at fault.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Standard, clause and what is checked.
    pub name: String,
    /// The rule.
    pub rule: String,
    /// What it is given.
    pub input: Value,
    /// What it must answer: every key named here with this value.
    #[serde(default)]
    pub output: Option<Value>,
    /// The field it must refuse.
    #[serde(default)]
    pub error: Option<String>,
    /// What the refusal must say.
    #[serde(default)]
    pub says: Option<String>,
}

/// Subject and its cases as JSON.
const FILES: &[(&str, &str)] = &[
    ("codes", include_str!("../codes/cases.json")),
    ("calendar", include_str!("../calendar/cases.json")),
    ("gb18218", include_str!("../gb18218/cases.json")),
    ("risk", include_str!("../risk/cases.json")),
    ("gb30871", include_str!("../gb30871/cases.json")),
    ("accidents", include_str!("../accidents/cases.json")),
    ("monitoring", include_str!("../monitoring/cases.json")),
    ("enforcement", include_str!("../enforcement/cases.json")),
    ("insurance", include_str!("../insurance/cases.json")),
    ("duties", include_str!("../duties/cases.json")),
    ("consequence", include_str!("../consequence/cases.json")),
];

/// Every stored case.
pub fn cases() -> Vec<Case> {
    // A file that does not parse would leave its cases out; a test sees to it that all parse.
    FILES.iter().flat_map(|(_, text)| serde_json::from_str::<Vec<Case>>(text).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_cases_parses() {
        for (file, text) in FILES {
            let cases = serde_json::from_str::<Vec<Case>>(text).unwrap_or_else(|e| panic!("{file}: {e}"));
            assert!(!cases.is_empty(), "{file}");
        }
        assert!(cases().len() > 900);
    }
}
