//! How long GB 18218 takes for 100,000 units: `cargo run --release -p standards --example gb18218_batch`.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a measurement reads the clock and may stop")]

use standards::Decimal;
use standards::calc;
use standards::gb18218::{Asked, Edition, Unit, assess};
use standards::tables::{Scope, Tables};
use std::time::Instant;

const UNITS: u32 = 100_000;
const NAMES: [&str; 6] = ["氯", "氨", "汽油", "液化石油气", "甲醇", "硫化氢"];

/// A unit of one to three substances, each unit another one.
fn unit(no: u32) -> Unit {
    let substance = |at: u32| Asked {
        no: None,
        name: NAMES.get(((no + at) % 6) as usize).map(|name| (*name).to_owned()),
        cas: None,
        classes: vec![],
        q_t: Decimal::new(i64::from(no % 9_973) + 1, 2),
        mixture: false,
    };
    Unit { substances: (0..=no % 3).map(substance).collect(), population_500m: Some(no % 120), kind: None }
}

fn main() {
    let edition = Edition::select(Tables::shipped(), Scope::default()).unwrap();
    let units: Vec<Unit> = (0..UNITS).map(unit).collect();
    let start = Instant::now();
    let major = units.iter().filter(|unit| assess(&edition, unit).is_ok_and(|found| found.major)).count();
    let typed = start.elapsed();
    println!("gb18218, {UNITS} units, typed: {:.3} s ({major} major)", typed.as_secs_f64());

    let texts: Vec<String> = (0..UNITS)
        .map(|no| {
            let terms = unit(no).substances.into_iter();
            let terms: Vec<String> =
                terms.map(|s| format!(r#"{{"name":"{}","q_t":"{}"}}"#, s.name.unwrap_or_default(), s.q_t)).collect();
            format!(r#"{{"substances":[{}],"population_500m":{}}}"#, terms.join(","), no % 120)
        })
        .collect();
    let start = Instant::now();
    let answered = texts.iter().filter(|text| calc::run("gb18218", text).is_ok()).count();
    println!("gb18218, {UNITS} units, JSON to JSON: {:.3} s ({answered} answered)", start.elapsed().as_secs_f64());
}
