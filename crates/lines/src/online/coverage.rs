//! How much of a day's data arrived: pure figures over the readings of one tag.

use super::codec::Point;
use super::limits::Ms;

/// A pause between readings longer than so many sample intervals is a gap.
const GAP_SAMPLES: i64 = 3;
/// Below this many readings standing still says nothing.
const FLAT_POINTS: usize = 20;
/// How long a continuous measurement may stand still, bit for bit.
pub const FLAT_MS: Ms = 6 * 3_600_000;

/// What arrived of one tag in a window.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Coverage {
    /// Time in which data was due.
    pub due_ms: i64,
    /// Time of that covered by readings.
    pub covered_ms: i64,
    /// Pauses longer than three samples, planned stops left out.
    pub gaps: Vec<(Ms, Ms)>,
    /// Whether the value stood still for six hours or more.
    pub flat: bool,
}

/// Measures `points` (sorted) of a tag sampled every `sample_s` over `[from, to)` without `stops`.
pub fn measure(points: &[Point], sample_s: i64, from: Ms, to: Ms, stops: &[(Ms, Ms)]) -> Coverage {
    let reach = sample_s.max(1) * 1000 * GAP_SAMPLES;
    let mut out = Coverage { due_ms: working(from, to, stops), flat: stands_still(points), ..Coverage::default() };
    let mut covered_to = from;
    for p in points.iter().filter(|p| p.ts >= from && p.ts < to) {
        // A reading vouches for the time back to the one before it, if that is not too long ago.
        if p.ts - covered_to > reach {
            note_gap(&mut out, covered_to, p.ts, stops);
        } else {
            out.covered_ms += working(covered_to, p.ts, stops);
        }
        covered_to = p.ts;
    }
    if to - covered_to > reach {
        note_gap(&mut out, covered_to, to, stops);
    } else {
        out.covered_ms += working(covered_to, to, stops);
    }
    out
}

fn note_gap(out: &mut Coverage, from: Ms, to: Ms, stops: &[(Ms, Ms)]) {
    if working(from, to, stops) > 0 {
        out.gaps.push((from, to));
    }
}

/// Milliseconds of `[from, to)` outside the planned stops (which do not overlap each other).
fn working(from: Ms, to: Ms, stops: &[(Ms, Ms)]) -> i64 {
    let stopped: i64 = stops.iter().map(|(a, b)| ((*b).min(to) - (*a).max(from)).max(0)).sum();
    (to - from - stopped).max(0)
}

fn stands_still(points: &[Point]) -> bool {
    points.chunk_by(|a, b| a.value.to_bits() == b.value.to_bits()).any(|run| {
        let span = run.last().map_or(0, |p| p.ts) - run.first().map_or(0, |p| p.ts);
        run.len() >= FLAT_POINTS && span >= FLAT_MS
    })
}

/// Whether standing still is suspicious for a unit: switches, counts and scores rest for days.
pub fn moves(unit: &str) -> bool {
    !matches!(unit, "bool" | "0-1" | "persons" | "mm" | "mm/day" | "m below crest" | "1/min")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Ms = 3_600_000;

    fn every_minute(minutes: impl IntoIterator<Item = i64>) -> Vec<Point> {
        minutes.into_iter().map(|m| Point { ts: m * 60_000, value: m as f64, quality: 0 }).collect()
    }

    #[test]
    fn a_full_hour_is_covered_whole() {
        let c = measure(&every_minute(0..60), 60, 0, HOUR, &[]);
        assert_eq!((c.due_ms, c.covered_ms, c.gaps.len()), (HOUR, HOUR, 0));
    }

    #[test]
    fn a_pause_of_more_than_three_samples_is_a_gap() {
        let c = measure(&every_minute((0..20).chain(30..60)), 60, 0, HOUR, &[]);
        assert_eq!(c.gaps, [(19 * 60_000, 30 * 60_000)]);
        assert_eq!(c.covered_ms, HOUR - 11 * 60_000);
    }

    #[test]
    fn a_planned_stop_is_neither_due_nor_a_gap() {
        let stops = [(20 * 60_000, 30 * 60_000)];
        let c = measure(&every_minute((0..=20).chain(30..60)), 60, 0, HOUR, &stops);
        assert_eq!((c.due_ms, c.covered_ms, c.gaps.len()), (50 * 60_000, 50 * 60_000, 0));
    }

    #[test]
    fn silence_is_a_gap_of_the_whole_window() {
        let c = measure(&[], 60, 0, HOUR, &[]);
        assert_eq!((c.covered_ms, c.gaps), (0, vec![(0, HOUR)]));
    }

    #[test]
    fn standing_still_for_six_hours_is_noticed() {
        let mut points = every_minute(0..600);
        assert!(!measure(&points, 60, 0, 10 * HOUR, &[]).flat);
        for p in &mut points[100..470] {
            p.value = 7.0;
        }
        assert!(measure(&points, 60, 0, 10 * HOUR, &[]).flat);
        assert!(!moves("bool") && moves("MPa"));
    }
}
