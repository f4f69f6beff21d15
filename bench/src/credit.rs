//! The score of every enterprise of a county, from two years of facts, in one go.
use crate::report::Report;
use crate::stats::{median, verdict};
use anyhow::{Context, Result};
use libraries::credit::model::{Entry, score};
use standards::tables::{Scope, Tables};
use std::time::Instant;
use uuid::Uuid;

const ENTERPRISES: u128 = 1_284;
const FACTS: u128 = 100;
const TIMES: usize = 20;
const AIM_MS: f64 = 100.0;
const DAY: i64 = 86_400_000;

/// Facts of one enterprise over two years: every kind of the catalogue in turn.
fn facts(of: u128, kinds: &[standards::credit::FactRow]) -> Vec<Entry> {
    (0..FACTS)
        .zip(kinds.iter().cycle())
        .map(|(n, kind)| {
            let from = i64::try_from(n).unwrap_or(0) * 730 * DAY / 100;
            let fact = Uuid::from_u128(of * FACTS + n);
            let to = from + kind.days * DAY;
            Entry { fact, code: kind.code.clone(), points: kind.points, cap: kind.cap, from, to }
        })
        .collect()
}

/// Measures it.
pub fn measure() -> Result<()> {
    let mut report = Report::begin("credit", "Credit scores of a county")?;
    let tables = Tables::shipped();
    let wrong = |problem: standards::problem::Problem| anyhow::anyhow!(problem.title);
    let kinds = &tables.credit_facts.select(Scope::default()).map_err(wrong)?.rows;
    let model = tables.credit_model.select(Scope::default()).map_err(wrong)?.rows.first().context("a model")?;
    let county: Vec<Vec<Entry>> = (0..ENTERPRISES).map(|of| facts(of, kinds)).collect();
    let mut times = vec![];
    let mut sum = 0;
    for _ in 0..TIMES {
        let begun = Instant::now();
        sum = county.iter().map(|facts| score(model, facts, 730 * DAY).score).sum();
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    let slowest = times.iter().copied().fold(0.0, f64::max);
    report.line(format!(
        "\n{ENTERPRISES} enterprises with {FACTS} facts each, in memory, one thread, {TIMES} times: median {:.1} ms, slowest {slowest:.1} ms \
         (sum of the scores {sum}). Aim: below {AIM_MS} ms: {}.",
        median(&times),
        verdict(slowest, AIM_MS)
    ));
    report.end()
}
