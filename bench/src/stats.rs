//! Latencies and what is said of them.
use std::fmt;
use std::time::Duration;

/// Latencies in microseconds.
#[derive(Debug, Clone, Default)]
pub struct Latencies(Vec<u64>);

impl Latencies {
    /// Adds one.
    pub fn add(&mut self, latency: Duration) {
        self.0.push(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }
    /// Adds all of another.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }
    /// How many.
    pub const fn len(&self) -> usize {
        self.0.len()
    }
    /// The smallest latency that `percent` of all do not exceed, in milliseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.max(1) - 1).map_or(f64::NAN, |us| *us as f64 / 1_000.0)
    }
}

/// The columns `n | p50 | p95 | p99 | p99.9 | max` in milliseconds.
impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.len())?;
        for percent in [50.0, 95.0, 99.0, 99.9, 100.0] {
            write!(f, " | {:.1}", self.percentile(percent))?;
        }
        Ok(())
    }
}

/// Heading of the columns above.
pub const COLUMNS: &str = "n | p50 ms | p95 ms | p99 ms | p99.9 ms | max ms";

/// The middle of a few figures: of an even number the mean of the two in the middle.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = |at: usize| sorted.get(at).copied().unwrap_or(f64::NAN);
    f64::midpoint(middle(sorted.len().saturating_sub(1) / 2), middle(sorted.len() / 2))
}

/// `met` or `missed`, in the words of a result.
pub fn verdict(is: f64, aim: f64) -> &'static str {
    if is < aim { "met" } else { "**missed**" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let mut latencies = Latencies::default();
        for ms in (1..=100).rev() {
            latencies.add(Duration::from_millis(ms));
        }
        let shown = [50.0, 99.0, 100.0].map(|percent| latencies.percentile(percent) as u64);
        assert_eq!(shown, [50, 99, 100]);
        assert!(Latencies::default().percentile(50.0).is_nan());
    }

    #[test]
    fn a_median_lies_in_the_middle() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9 && (median(&[1.0, 2.0]) - 1.5).abs() < 1e-9);
    }
}
