//! The score, as a pure function of the facts: integers in hundredths of a point, no clock, no
//! database. Whoever has the facts and the figures gets the same number to the last digit;
//! `scripts/recompute/score.py` is a second implementation.
//!
//! `score = clamp(base + Σ contribution)`. Facts are taken in the order (from, id). A kind with a cap
//! adds no more than the cap in all. The interval is `± max(least, ⌊√⌊spread² ÷ (n + 1)⌋⌋)` for `n`
//! facts that count: with few facts it is wide. It is a convention of this model, not a probability.
use serde::{Deserialize, Serialize};
use standards::credit::ModelRow;
use std::collections::HashMap;
use uuid::Uuid;

/// A recorded fact, as far as the score is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Fact.
    pub fact: Uuid,
    /// Catalogue code.
    pub code: String,
    /// Hundredths of a point.
    pub points: i64,
    /// Most that its kind adds in all.
    pub cap: Option<i64>,
    /// Counts from, milliseconds UTC.
    pub from: i64,
    /// Counts until, exclusive.
    pub to: i64,
}

/// What a fact contributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// Fact.
    pub fact: Uuid,
    /// Hundredths of a point.
    pub points: i64,
}

/// A computed score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// Hundredths of a point.
    pub score: i64,
    /// Base and contributions before the clamp.
    pub raw: i64,
    /// Lower end of the interval.
    pub low: i64,
    /// Upper end.
    pub high: i64,
    /// Facts that count.
    pub counted: u32,
    /// Contribution of every fact that counts, in the order in which they were taken.
    pub inputs: Vec<Contribution>,
}

/// Computes the score at a moment.
pub fn score(model: &ModelRow, entries: &[Entry], as_of: i64) -> Scored {
    let mut counting: Vec<&Entry> = entries.iter().filter(|e| e.from <= as_of && as_of < e.to).collect();
    counting.sort_by_key(|e| (e.from, e.fact));
    let mut sums: HashMap<&str, i64> = HashMap::new();
    let mut inputs = Vec::with_capacity(counting.len());
    let mut raw = model.base;
    for entry in &counting {
        let sum = sums.entry(&entry.code).or_default();
        let points = contribution(entry, *sum);
        *sum = sum.saturating_add(points);
        raw = raw.saturating_add(points);
        inputs.push(Contribution { fact: entry.fact, points });
    }
    let counted = u32::try_from(counting.len()).unwrap_or(u32::MAX);
    let half = half_width(model, counted);
    let within = |value: i64| value.max(model.lowest).min(model.highest);
    let score = within(raw);
    Scored { score, raw, low: within(score - half), high: within(score + half), counted, inputs }
}

/// What is left of the cap of its kind, at most the fact's own points.
fn contribution(entry: &Entry, sum: i64) -> i64 {
    match entry.cap {
        None => entry.points,
        Some(cap) if entry.points >= 0 => entry.points.min((cap - sum).max(0)),
        Some(cap) => entry.points.max((cap - sum).min(0)),
    }
}

fn half_width(model: &ModelRow, counted: u32) -> i64 {
    let square = model.spread.saturating_mul(model.spread) / (i64::from(counted) + 1);
    model.spread_least.max(square.isqrt())
}

/// The three facts that move a score most, largest first; equal ones by id.
pub fn movers(inputs: &[Contribution], most: usize) -> Vec<Contribution> {
    let mut sorted = inputs.to_vec();
    sorted.sort_by_key(|c| (-c.points.abs(), c.fact));
    sorted.truncate(most);
    sorted
}
