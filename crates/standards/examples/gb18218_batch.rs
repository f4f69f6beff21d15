//! How long GB 18218 takes for 100,000 units: `cargo run --release -p standards --example gb18218_batch`.
#![expect(clippy::unwrap_used, reason = "a measurement may stop")]

use standards::Decimal;
use standards::calc;
use standards::gb18218::{Asked, Edition, Unit, assess};
use standards::tables::{Scope, Tables};
use std::time::Instant;

const UNITS: u32 = 100_000;
/// Name and, where Table 1 names no β, the class that gives it.
const SUBSTANCES: [(&str, &str); 6] =
    [("氯", ""), ("氨", ""), ("汽油", "W5.3"), ("柴油", "W5.4"), ("甲醇", "W5.3"), ("硫化氢", "")];

/// A unit of one to three substances, each unit another one.
fn unit(no: u32) -> Unit {
    let substance = |at: u32| {
        let (name, class) = SUBSTANCES.get(((no + at) % 6) as usize).copied().unwrap_or_default();
        Asked {
            no: None,
            name: Some(name.to_owned()),
            cas: None,
            classes: if class.is_empty() { vec![] } else { vec![class.to_owned()] },
            q_t: Decimal::new(i64::from(no % 9_973) + 1, 2),
            mixture: false,
        }
    };
    Unit { substances: (0..=no % 3).map(substance).collect(), population_500m: Some(no % 120), kind: None }
}

fn main() {
    let edition = Edition::select(Tables::shipped(), Scope::default()).unwrap();
    let units: Vec<Unit> = (0..UNITS).map(unit).collect();
    let start = Instant::now();
    let found: Vec<_> = units.iter().filter_map(|unit| assess(&edition, unit).ok()).collect();
    let typed = start.elapsed();
    let (answered, major) = (found.len(), found.iter().filter(|found| found.major).count());
    println!("gb18218, {UNITS} units, typed: {:.3} s ({answered} answered, {major} major)", typed.as_secs_f64());

    let texts: Vec<String> = (0..UNITS)
        .map(|no| {
            let terms = unit(no).substances.into_iter();
            let terms: Vec<String> = terms
                .map(|s| {
                    let (name, class) = (s.name.unwrap_or_default(), s.classes.join(","));
                    let class = if class.is_empty() { class } else { format!(r#""class":"{class}","#) };
                    format!(r#"{{"name":"{name}",{class}"q_t":"{}"}}"#, s.q_t)
                })
                .collect();
            format!(r#"{{"substances":[{}],"population_500m":{}}}"#, terms.join(","), no % 120)
        })
        .collect();
    let start = Instant::now();
    let answered = texts.iter().filter(|text| calc::run("gb18218", text).is_ok()).count();
    println!("gb18218, {UNITS} units, JSON to JSON: {:.3} s ({answered} answered)", start.elapsed().as_secs_f64());
}
