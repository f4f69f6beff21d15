//! The registry: every rule by name, from JSON to JSON. `anlan calc`, HTTP and the calculator pages
//! are thin wrappers around [`run`], [`list`] and [`describe`].

mod cases;
pub mod field;
mod input;
mod raw;
mod rules;
#[cfg(test)]
mod tests;
mod trial;
mod words;

pub use cases::{Case, cases};
pub use input::Input;
pub use rules::RULES;
pub use trial::{Changed, Difference, Trial, trial};
pub use words::{Word, words};

use crate::problem::Problem;
use crate::tables::Tables;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use field::{COMMON, Field, Kind, RULE, object_schema, of};
use serde::Serialize;
use serde_json::{Value, json};

/// A rule as the registry knows it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Name by which it is called.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Name for people, in English.
    pub title_en: &'static str,
    /// How it is computed, in one line.
    pub formula: &'static str,
    /// An input that works.
    pub example: &'static str,
    /// What it takes, besides `on` and `region`.
    pub input: &'static [Field],
    /// What it answers, besides `rule`.
    pub output: &'static [Field],
    /// The rule itself.
    pub eval: fn(&Tables, &Input) -> Eval,
}

/// The rules of one subject.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Name for people.
    pub title: &'static str,
    /// Name for people, in English.
    pub title_en: &'static str,
    /// Its rules.
    pub rules: &'static [Rule],
}

/// The answer of a rule before it becomes text.
pub type Eval = Result<Value, Problem>;

/// One line of the list of rules.
#[derive(Clone, Debug, Serialize)]
pub struct RuleInfo {
    /// Name by which it is called.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Name for people, in English.
    pub title_en: &'static str,
    /// The subject it stands under.
    pub group: &'static str,
    /// The subject in English.
    pub group_en: &'static str,
    /// How it is computed, in one line.
    pub formula: &'static str,
    /// Standard, clause, edition and validity of the newest edition.
    pub rule: Value,
}

/// Every rule with standard, clause and validity.
pub fn list() -> Vec<RuleInfo> {
    list_with(Tables::shipped())
}

/// As [`list`], with other tables.
pub fn list_with(tables: &Tables) -> Vec<RuleInfo> {
    RULES.iter().flat_map(|group| group.rules.iter().map(move |rule| info(tables, group, rule))).collect()
}

/// Input and output JSON Schema of a rule with its formula and an example, as JSON text.
pub fn describe(rule: &str) -> Result<String, Problem> {
    describe_with(Tables::shipped(), rule)
}

/// As [`describe`], with other tables; `words` holds what the tables offer for each field that refers to one.
pub fn describe_with(tables: &Tables, rule: &str) -> Result<String, Problem> {
    let (group, rule) = find(rule)?;
    let about = info(tables, group, rule);
    let mut offered = serde_json::Map::new();
    offer(tables, "", rule.input, &mut offered);
    let example: Value = serde_json::from_str(rule.example).unwrap_or(Value::Null);
    let reference = [of("rule", "依据", Kind::Object(RULE))];
    Ok(json!({
        "name": rule.name, "title": rule.title, "title_en": rule.title_en, "formula": rule.formula,
        "group": group.title, "group_en": group.title_en, "words": offered,
        "rule": about.rule, "example": example,
        "input": object_schema(&[rule.input, COMMON], false),
        "output": object_schema(&[rule.output, &reference], true),
    })
    .to_string())
}

/// Evaluates a rule with the shipped tables. Numbers may be JSON numbers or strings; `on` selects
/// the edition in force on a day and `region` a local variant. Never panics, whatever the text.
pub fn run(rule: &str, input_json: &str) -> Result<String, Problem> {
    run_with(Tables::shipped(), rule, input_json)
}

/// As [`run`], with other tables: a published edition, or one that is being tried out.
pub fn run_with(tables: &Tables, rule: &str, input_json: &str) -> Result<String, Problem> {
    let (_, rule) = find(rule)?;
    Ok(evaluate(tables, rule, input_json)?.to_string())
}

fn evaluate(tables: &Tables, rule: &Rule, input_json: &str) -> Eval {
    let input = Input::read(input_json, rule.input)?;
    let mut answer = (rule.eval)(tables, &input)?;
    if let Some(reference) = answer.get_mut("rule").and_then(Value::as_object_mut) {
        reference.insert("rule_set".to_string(), tables.version.clone().into());
    }
    Ok(answer)
}

/// Collects the words of every field that refers to a table, under its path such as `substances.name`.
fn offer(tables: &Tables, path: &str, fields: &[Field], found: &mut serde_json::Map<String, Value>) {
    for field in fields {
        let name = format!("{path}{}", field.name);
        if let Kind::List(inner) = field.kind {
            offer(tables, &format!("{name}."), inner, found);
        }
        if !field.table.is_empty() {
            found.insert(name, serde_json::to_value(words(tables, field.table, field.name)).unwrap_or_default());
        }
    }
}

fn find(name: &str) -> Result<(&'static Group, &'static Rule), Problem> {
    let all = RULES.iter().flat_map(|group| group.rules.iter().map(move |rule| (group, rule)));
    let known = all.into_iter().find(|(_, rule)| rule.name == name);
    known.ok_or_else(|| Problem::field("rule", format!("没有名为“{name}”的规则；用 anlan calc --list 查看全部")))
}

fn info(tables: &Tables, group: &'static Group, rule: &'static Rule) -> RuleInfo {
    let answer = evaluate(tables, rule, rule.example).unwrap_or(Value::Null);
    let reference = answer.get("rule").cloned().unwrap_or(Value::Null);
    RuleInfo {
        name: rule.name,
        title: rule.title,
        title_en: rule.title_en,
        group: group.title,
        group_en: group.title_en,
        formula: rule.formula,
        rule: reference,
    }
}

/// Turns a typed result into an answer.
pub(crate) fn answer<T: Serialize>(result: &T) -> Eval {
    serde_json::to_value(result).map_err(|e| Problem::field("", format!("结果无法写成 JSON：{e}")))
}
