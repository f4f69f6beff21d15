//! A new edition tried out on the stored cases before anybody relies on it.

use super::cases::{Case, cases};
use super::run_with;
use crate::date::Date;
use crate::tables::Tables;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;
use serde_json::Value;

/// How an answer differs under the new tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// There was an answer, now there is a refusal.
    Refused,
    /// A figure or word of the answer is another one.
    Answer,
    /// There was a refusal, now there is an answer.
    Answered,
    /// Only the edition behind the answer is another one.
    Reference,
}

/// A case whose answer differs.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Changed {
    /// Name of the case.
    pub case: String,
    /// The rule.
    pub rule: String,
    /// What it was given.
    pub input: Value,
    /// How it differs.
    pub difference: Difference,
    /// The answer, or the refusal, of today.
    pub before: Value,
    /// The answer, or the refusal, with the new tables.
    pub after: Value,
}

/// What a trial found.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Trial {
    /// Calls made: every case as it stands, and again on the first day and at the place of the new edition.
    pub calls: usize,
    /// What differs, the gravest first.
    pub changed: Vec<Changed>,
}

impl Trial {
    /// How many answers differ in this way.
    pub fn count(&self, difference: Difference) -> usize {
        self.changed.iter().filter(|c| c.difference == difference).count()
    }
}

/// Runs every stored case under both sets of tables. Each runs as it stands, and once more on the
/// day `from` and in `region`, where the new edition is asked for.
pub fn trial(old: &Tables, new: &Tables, from: Date, region: Option<&str>) -> Trial {
    let mut trial = Trial::default();
    for case in cases() {
        let there = at(&case.input, from, region);
        let inputs = [Some(case.input.clone()), there.filter(|input| *input != case.input)];
        for input in inputs.into_iter().flatten() {
            trial.calls += 1;
            trial.changed.extend(compare(old, new, &case, input));
        }
    }
    trial.changed.sort_by_key(|c| c.difference);
    trial
}

/// The same input asked on the first day of an edition, at its place.
fn at(input: &Value, from: Date, region: Option<&str>) -> Option<Value> {
    let mut map = input.as_object()?.clone();
    map.insert("on".to_string(), from.to_string().into());
    if let Some(region) = region {
        map.insert("region".to_string(), region.into());
    }
    Some(Value::Object(map))
}

fn compare(old: &Tables, new: &Tables, case: &Case, input: Value) -> Option<Changed> {
    let text = input.to_string();
    let (before, after) = (answer(old, &case.rule, &text), answer(new, &case.rule, &text));
    let difference = match (&before, &after) {
        (Ok(_), Err(_)) => Difference::Refused,
        (Err(_), Ok(_)) => Difference::Answered,
        (Ok(b), Ok(a)) if without_reference(b) != without_reference(a) => Difference::Answer,
        (Ok(b), Ok(a)) if b != a => Difference::Reference,
        _ => return None,
    };
    let [before, after] = [before, after].map(|side| side.unwrap_or_else(|refusal| refusal));
    Some(Changed { case: case.name.clone(), rule: case.rule.clone(), input, difference, before, after })
}

/// The answer without the name of the rule set, which always differs.
fn answer(tables: &Tables, rule: &str, input: &str) -> Result<Value, Value> {
    let parse = |text: String| serde_json::from_str::<Value>(&text).unwrap_or_default();
    let mut answer = run_with(tables, rule, input).map(parse).map_err(|p| Value::from(p.title))?;
    if let Some(reference) = answer.get_mut("rule").and_then(Value::as_object_mut) {
        reference.remove("rule_set");
    }
    Ok(answer)
}

fn without_reference(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if let Some(map) = answer.as_object_mut() {
        map.remove("rule");
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: u16) -> Date {
        Date::new(year, 1, 1).unwrap()
    }

    #[test]
    fn the_same_tables_change_nothing() {
        let tables = Tables::shipped();
        let found = trial(tables, tables, day(2027), None);
        assert!(found.calls > 1_500 && found.changed.is_empty(), "{:?}", found.changed.first());
    }

    #[test]
    fn a_new_edition_shows_what_it_changes_and_where() {
        let old = Tables::shipped();
        let edition = r#"{"standard":"某省规定","clause":"第三条","edition":"试行","valid_from":"2027-01-01","region":"99",
            "source":"公报","confidence":"full_text","rows":[{"symbol":"J1","hazard":"急性毒性","description":"试","critical_t":"1","beta":"9"}]}"#;
        let new = old.with_edition("t", "gb18218_classes", edition).unwrap();
        let found = trial(old, &new, day(2027), Some("990121"));
        assert!(!found.changed.is_empty());
        assert!(found.changed.iter().all(|c| c.rule == "gb18218" && c.input["region"] == "990121"));
        assert!(found.count(Difference::Answer) + found.count(Difference::Refused) > 0);
        let elsewhere = trial(old, &new, day(2026), Some("990121"));
        assert!(elsewhere.changed.is_empty(), "before its first day it changes nothing");
        let order: Vec<_> = found.changed.iter().map(|c| c.difference).collect();
        assert!(order.is_sorted());
    }

    #[test]
    fn the_kinds_of_difference_are_told_apart() {
        let old = Tables::shipped();
        let copy = |table: &str, change: fn(&mut Value)| {
            let mut editions: Vec<Value> = serde_json::from_str(&old.export(table).unwrap()).unwrap();
            let mut last = editions.remove(0);
            last["edition"] = "新".into();
            last["valid_from"] = "2027-01-01".into();
            last["valid_to"] = Value::Null;
            change(&mut last);
            let new = old.with_edition("t", table, &last.to_string()).unwrap();
            trial(old, &new, day(2027), None)
        };
        let same = copy("lec_bands", |_| {});
        assert_eq!((same.count(Difference::Reference), same.changed.len()), (same.changed.len(), same.changed.len()));
        assert!(!same.changed.is_empty());
        let empty = copy("lec_bands", |edition| edition["rows"] = Value::Array(Vec::new()));
        assert!(empty.count(Difference::Refused) > 0 && empty.count(Difference::Answer) == 0);
        assert!(empty.changed[0].after.is_string() && empty.changed[0].before.is_object());
        let undone = trial(
            &old.with_edition("t", "lec_bands", &{
                let mut editions: Vec<Value> = serde_json::from_str(&old.export("lec_bands").unwrap()).unwrap();
                let mut last = editions.remove(0);
                last["edition"] = "新".into();
                last["valid_from"] = "2027-01-01".into();
                last["rows"] = Value::Array(Vec::new());
                last.to_string()
            })
            .unwrap(),
            old,
            day(2027),
            None,
        );
        assert!(undone.count(Difference::Answered) > 0);
    }
}
