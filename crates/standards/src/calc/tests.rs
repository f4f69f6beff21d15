//! Every rule against its cases, its own schema and arbitrary input.

use super::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::collections::BTreeSet;
use std::vec::Vec;

/// True when every key of `want` is in `got` with an equal value; lists must match item by item.
fn holds(want: &Value, got: &Value) -> bool {
    match (want, got) {
        (Value::Object(w), Value::Object(g)) => w.iter().all(|(k, v)| holds(v, g.get(k).unwrap_or(&Value::Null))),
        (Value::Array(w), Value::Array(g)) => w.len() == g.len() && w.iter().zip(g).all(|(a, b)| holds(a, b)),
        (Value::Number(w), Value::Number(g)) if w.is_f64() || g.is_f64() => {
            close(w.as_f64().unwrap(), g.as_f64().unwrap())
        }
        _ => want == got,
    }
}

fn close(want: f64, got: f64) -> bool {
    (want - got).abs() <= want.abs() * 5e-4
}

#[test]
fn every_case_holds() {
    let mut failures = Vec::new();
    for case in cases() {
        let got = run(&case.rule, &case.input.to_string());
        let good = match (&case.output, &case.error, &got) {
            (Some(want), None, Ok(text)) => holds(want, &serde_json::from_str(text).unwrap()),
            (None, Some(field), Err(p)) => {
                p.errors.iter().any(|e| e.field == *field && case.says.as_ref().is_none_or(|s| e.message.contains(s)))
            }
            _ => false,
        };
        if !good {
            failures.push(format!("{}: {}\n   got {got:?}", case.rule, case.name));
        }
    }
    assert!(failures.is_empty(), "{} cases fail\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_rule_has_a_case_an_example_and_a_clause() {
    let with_case: BTreeSet<String> = cases().into_iter().map(|c| c.rule).collect();
    for info in list() {
        assert!(with_case.contains(info.name), "{} has no case", info.name);
        for key in ["standard", "clause", "edition", "valid_from", "confidence", "rule_set"] {
            assert!(
                info.rule.get(key).is_some_and(|v| v.as_str().is_some_and(|s| !s.is_empty())),
                "{} {key}",
                info.name
            );
        }
        assert!(describe(info.name).is_ok());
    }
}

#[test]
fn rule_names_are_unique() {
    let names: Vec<&str> = list().iter().map(|i| i.name).collect();
    assert_eq!(names.len(), names.iter().collect::<BTreeSet<_>>().len());
}

fn fits(value: &Value, field: &Field) -> Result<(), String> {
    let good = match (field.kind, value) {
        (_, Value::Null) => !field.required,
        (Kind::Decimal(..), Value::String(s)) => s.parse::<rust_decimal::Decimal>().is_ok(),
        (Kind::Integer(..), Value::Number(n)) => n.is_i64(),
        (Kind::Float, Value::Number(_)) | (Kind::Flag, Value::Bool(_)) | (Kind::Text, Value::String(_)) => true,
        (Kind::Choice(words), Value::String(s)) => words.contains(&s.as_str()),
        (Kind::Date, Value::String(s)) => crate::date::Date::parse(s).is_some(),
        (Kind::Moment, Value::String(s)) => crate::calendar::Moment::parse(s).is_some(),
        (Kind::Texts, Value::Array(a)) => a.iter().all(Value::is_string),
        (Kind::List(fields), Value::Array(a)) => {
            return a.iter().try_for_each(|v| fits_all(v, fields));
        }
        (Kind::Object(fields), v) => return fits_all(v, fields),
        _ => false,
    };
    if good { Ok(()) } else { Err(format!("{} is {value}", field.name)) }
}

fn fits_all(value: &Value, fields: &[Field]) -> Result<(), String> {
    let map = value.as_object().ok_or("not an object")?;
    if let Some(extra) = map.keys().find(|k| !fields.iter().any(|f| f.name == **k)) {
        return Err(format!("undeclared {extra}"));
    }
    fields.iter().try_for_each(|f| fits(map.get(f.name).unwrap_or(&Value::Null), f))
}

#[test]
fn every_answer_fits_the_schema_it_declares() {
    let inputs = cases().into_iter().map(|c| (c.rule, c.input.to_string()));
    let examples = RULES.iter().flat_map(|g| g.rules.iter()).map(|r| (r.name.to_string(), r.example.to_string()));
    for (name, input) in inputs.chain(examples) {
        let (_, rule) = find(&name).unwrap();
        let Ok(answer) = evaluate(Tables::shipped(), rule, &input) else {
            continue;
        };
        let mut fields = rule.output.to_vec();
        fields.push(of("rule", "", Kind::Object(RULE)));
        fits_all(&answer, &fields).unwrap_or_else(|e| panic!("{name} {input}: {e}\n{answer}"));
    }
}

#[test]
fn numbers_are_accepted_as_numbers_and_strings_and_kept_exact() {
    let run = |text| run("workdays", text).map(|s| s.contains("2026-03-02"));
    assert_eq!(run(r#"{"from":"2026-02-13","add":"7"}"#), Ok(true));
    assert_eq!(run(r#"{"from":"2026-02-13","add":7.0}"#), Ok(true));
    assert_eq!(run(r#"{"from":"2026-02-13","add":7e0}"#), Ok(true));
    assert!(run(r#"{"from":"2026-02-13","add":7.5}"#).is_err());
    assert!(run(r#"{"from":"2026-02-13","add":1e400}"#).is_err());
}

#[test]
fn faults_are_named_all_at_once() {
    let problem = run("deadline", r#"{"from":"gestern","days":1,"rolls":"yes"}"#).unwrap_err();
    let fields: Vec<&str> = problem.errors.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["from", "days", "rolls", "rule"]);
    for bad in ["", "[]", "{", "null", "{\"rule\":1", r#"{"a":1,"a":2}"#] {
        assert!(run("deadline", bad).is_err(), "{bad}");
    }
    assert!(run("nothing", "{}").is_err_and(|p| p.errors[0].field == "rule"));
    let twice = run("uscc", r#"{"code":"1","code":"2"}"#).unwrap_err();
    assert!(twice.title.contains("两次"));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
        "-?[0-9]{1,30}(\\.[0-9]{1,30})?".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

/// A value of roughly the declared kind, often at or past its bounds.
fn near(field: &Field) -> BoxedStrategy<Value> {
    let good = match field.kind {
        Kind::Decimal(min, max) => prop_oneof![
            (min..=max).prop_map(Value::from),
            Just(Value::from(min)),
            Just(Value::from(max)),
            (0i64..200).prop_map(Value::from),
            (0u64..1_000_000_000, 0u32..12)
                .prop_map(|(n, s)| Value::from(rust_decimal::Decimal::new(n as i64, s).to_string())),
        ]
        .boxed(),
        Kind::Integer(min, max) => {
            prop_oneof![(min..=max).prop_map(Value::from), (0i64..200).prop_map(Value::from)].boxed()
        }
        Kind::Choice(words) => prop::sample::select(words).prop_map(Value::from).boxed(),
        Kind::Flag => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Date => {
            (2014u16..2028, 1u8..13, 1u8..29).prop_map(|(y, m, d)| Value::from(format!("{y}-{m:02}-{d:02}"))).boxed()
        }
        Kind::Moment => (2014u16..2028, 1u8..13, 0u8..24)
            .prop_map(|(y, m, h)| Value::from(format!("{y}-{m:02}-28T{h:02}:59:59")))
            .boxed(),
        Kind::List(fields) => prop::collection::vec(near_object(fields, &[]), 0..4).prop_map(Value::from).boxed(),
        Kind::Texts => prop::collection::vec("\\PC{0,8}", 0..4).prop_map(Value::from).boxed(),
        Kind::Text | Kind::Float | Kind::Object(_) => known_text().boxed(),
    };
    prop_oneof![9 => good, 1 => any_json()].boxed()
}

/// Texts the tables know, taken from the cases and examples, and others.
fn known_text() -> impl Strategy<Value = Value> {
    static WORDS: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let mut words = Vec::new();
        for case in cases() {
            texts_in(&case.input, &mut words);
        }
        words
    });
    prop_oneof![4 => prop::sample::select(words.as_slice()).prop_map(Value::from), 1 => "\\PC{0,12}".prop_map(Value::from)]
}

fn texts_in(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(s) => words.push(s.clone()),
        Value::Array(a) => a.iter().for_each(|v| texts_in(v, words)),
        Value::Object(m) => m.values().for_each(|v| texts_in(v, words)),
        _ => {}
    }
}

fn near_object(fields: &[Field], more: &[Field]) -> BoxedStrategy<Value> {
    let parts: Vec<_> = fields
        .iter()
        .chain(more)
        .map(|f| {
            let chance = if f.required { 0.97 } else { 0.5 };
            (Just(f.name.to_string()), prop::option::weighted(chance, near(f)))
        })
        .collect();
    parts.prop_map(|pairs| Value::Object(pairs.into_iter().filter_map(|(k, v)| Some((k, v?))).collect())).boxed()
}

fn near_call() -> impl Strategy<Value = (&'static str, String)> {
    let rules: Vec<&'static Rule> = RULES.iter().flat_map(|g| g.rules.iter()).collect();
    prop::sample::select(rules)
        .prop_flat_map(|r| near_object(r.input, COMMON).prop_map(move |v| (r.name, v.to_string())))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_rule_panics_on_arbitrary_json(value in any_json(), index in any::<prop::sample::Index>()) {
        let rules = list_names();
        let _ = run(rules[index.index(rules.len())], &value.to_string());
    }

    #[test]
    fn no_rule_panics_on_input_that_is_nearly_right((name, input) in near_call()) {
        if let Err(problem) = run(name, &input) {
            prop_assert!(!problem.errors.is_empty());
        }
    }

    #[test]
    fn no_rule_panics_on_arbitrary_text(text in "\\PC{0,60}", index in any::<prop::sample::Index>()) {
        let rules = list_names();
        let _ = run(rules[index.index(rules.len())], &text);
    }
}

#[test]
fn every_field_that_refers_to_a_table_offers_its_words() {
    for info in list() {
        let about: Value = serde_json::from_str(&describe(info.name).unwrap()).unwrap();
        for (field, words) in about["words"].as_object().unwrap() {
            assert!(words.as_array().is_some_and(|w| !w.is_empty()), "{} {field}", info.name);
        }
        assert!(!info.group.is_empty() && !info.group_en.is_empty() && !info.formula.is_empty(), "{}", info.name);
    }
    let l = words(Tables::shipped(), "lec_values", "l");
    assert!(l.iter().any(|w| w.value == "10") && l.iter().all(|w| w.value != "100"), "{l:?}");
    let names = words(Tables::shipped(), "gb18218_substances", "name");
    assert!(names.contains(&Word { value: "氨".into(), label: "液氨、氨气 · 7664-41-7".into() }), "{names:?}");
    assert_eq!(words(Tables::shipped(), "lec_bands", "d"), []);
}

/// How long the fuzzing lasts: seconds in the test run, hours in `make fuzz`.
fn fuzz_seconds() -> u64 {
    std::env::var("ANLAN_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(10)
}

/// One call in three shapes: nearly right, arbitrary JSON, arbitrary text.
fn any_call() -> impl Strategy<Value = (&'static str, String)> {
    let name = || prop::sample::select(list_names());
    prop_oneof![
        6 => near_call(),
        2 => (name(), any_json()).prop_map(|(name, value)| (name, value.to_string())),
        1 => (name(), "\\PC{0,200}"),
        1 => (name(), known_text()).prop_map(|(name, value)| (name, value.to_string())),
    ]
}

/// Calls rules until the time is over; prints how many calls that were, and the input of a panic.
#[test]
fn fuzz() {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(fuzz_seconds());
    let mut config = ProptestConfig::default();
    if fuzz_seconds() > 60 {
        // A long run is another one each time.
        config.rng_seed = proptest::test_runner::RngSeed::Random;
    }
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let (calls, mut run_in_all, mut answered) = (any_call(), 0_u64, 0_u64);
    while std::time::Instant::now() < end {
        for _ in 0..64 {
            let (name, input) = calls.new_tree(&mut runner).unwrap().current();
            let result = std::panic::catch_unwind(|| run(name, &input));
            let result = result.unwrap_or_else(|_| panic!("{name} panics on {input}"));
            run_in_all += 1;
            answered += u64::from(result.is_ok());
        }
    }
    std::println!("fuzz: {run_in_all} calls, {answered} answered, no panic");
    assert!(answered > 0);
}

fn tables_named(fields: &[Field]) -> Vec<&'static str> {
    let nested = |f: &Field| match f.kind {
        Kind::List(inner) => tables_named(inner),
        _ => Vec::new(),
    };
    fields.iter().flat_map(|f| nested(f).into_iter().chain([f.table])).filter(|t| !t.is_empty()).collect()
}

#[test]
fn every_table_a_form_refers_to_exists() {
    let known: BTreeSet<String> = Tables::shipped().list().into_iter().map(|i| i.table).collect();
    let named: Vec<&str> = RULES.iter().flat_map(|g| g.rules.iter()).flat_map(|r| tables_named(r.input)).collect();
    assert!(named.len() > 20);
    for table in named {
        assert!(known.contains(table), "{table}");
    }
}

fn list_names() -> Vec<&'static str> {
    RULES.iter().flat_map(|g| g.rules.iter()).map(|r| r.name).collect()
}
