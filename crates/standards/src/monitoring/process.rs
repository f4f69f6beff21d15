//! Process alarms 高高/高/低/低低: a high-side limit alarms at `>=`, a low-side limit at `<`.

use crate::problem::Problem;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// State of a measured point.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub enum State {
    /// 低低
    #[serde(rename = "低低")]
    LowLow,
    /// 低
    #[serde(rename = "低")]
    Low,
    /// 正常
    #[default]
    #[serde(rename = "正常")]
    Normal,
    /// 高
    #[serde(rename = "高")]
    High,
    /// 高高
    #[serde(rename = "高高")]
    HighHigh,
}

impl State {
    /// 0 normal, 1 high or low, 2 high-high or low-low.
    pub const fn severity(self) -> u8 {
        match self {
            State::Normal => 0,
            State::Low | State::High => 1,
            State::LowLow | State::HighHigh => 2,
        }
    }
}

/// Limits of a point; any may be missing.
#[derive(Clone, Copy, PartialEq, Default, Debug, Serialize, Deserialize)]
pub struct Limits {
    /// 高高
    pub hh: Option<Decimal>,
    /// 高
    pub h: Option<Decimal>,
    /// 低
    pub l: Option<Decimal>,
    /// 低低
    pub ll: Option<Decimal>,
    /// Lower end of the range.
    pub range_low: Option<Decimal>,
    /// Upper end of the range.
    pub range_high: Option<Decimal>,
    /// Dead band, percent of the span of the range.
    pub dead_band_percent: Decimal,
    /// An alarm must last so long before it counts, ms.
    pub on_delay_ms: u32,
    /// A return must last so long before it counts, ms.
    pub off_delay_ms: u32,
}

impl Limits {
    /// Checks that limits are in order LL < L < H < HH, lie in the range, and that a dead band has a
    /// range to be a percentage of. Our own rule, after common practice of control systems.
    pub fn check(&self) -> Result<(), Problem> {
        let ordered = [("ll", self.ll), ("l", self.l), ("h", self.h), ("hh", self.hh)];
        let mut last: Option<Decimal> = None;
        for (field, value) in ordered {
            if value.zip(last).is_some_and(|(v, before)| v <= before) {
                return Err(Problem::field(field, "报警限应满足 低低 < 低 < 高 < 高高"));
            }
            let outside = |v: Decimal| self.range_low.is_some_and(|r| v < r) || self.range_high.is_some_and(|r| v > r);
            if value.is_some_and(outside) {
                return Err(Problem::field(field, "报警限超出量程"));
            }
            last = value.or(last);
        }
        if self.range_low.zip(self.range_high).is_some_and(|(low, high)| high <= low) {
            return Err(Problem::field("range_high", "量程上限应大于下限"));
        }
        if self.dead_band_percent < Decimal::ZERO || self.dead_band_percent > Decimal::from(50) {
            return Err(Problem::field("dead_band_percent", "死区应在量程的 0—50% 之间"));
        }
        if self.dead_band_percent > Decimal::ZERO && (self.range_low.is_none() || self.range_high.is_none()) {
            return Err(Problem::field("range_high", "设死区时须给出量程上下限"));
        }
        Ok(())
    }

    fn band(&self) -> Decimal {
        let span = self.range_high.zip(self.range_low).map_or(Decimal::ZERO, |(high, low)| high.saturating_sub(low));
        span.saturating_mul(self.dead_band_percent) / Decimal::ONE_HUNDRED
    }
}

/// A measured floating-point value as an exact decimal; none for what is no number.
pub fn reading(value: f64) -> Option<Decimal> {
    Decimal::try_from(value).ok()
}

/// State of a value (our alarm rule over the point's limits, in the unit of the point): HH if `>=` HH,
/// else H if `>=` H, LL if `<` LL, else L if `<` L. `held` is the state so far: a high state is kept
/// until the value falls below its limit less the dead band, a low one until it reaches limit plus it.
pub fn evaluate(limits: &Limits, value: Decimal, held: State) -> State {
    let band = limits.band();
    let above = |limit: Option<Decimal>, kept: bool| {
        limit.is_some_and(|x| value >= x || kept && value >= x.saturating_sub(band))
    };
    let below =
        |limit: Option<Decimal>, kept: bool| limit.is_some_and(|x| value < x || kept && value < x.saturating_add(band));
    if above(limits.hh, held == State::HighHigh) {
        State::HighHigh
    } else if below(limits.ll, held == State::LowLow) {
        State::LowLow
    } else if above(limits.h, matches!(held, State::High | State::HighHigh)) {
        State::High
    } else if below(limits.l, matches!(held, State::Low | State::LowLow)) {
        State::Low
    } else {
        State::Normal
    }
}

/// A change of state, at the moment it counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Change {
    /// State before.
    pub from: State,
    /// State now.
    pub to: State,
    /// When the value first showed the new state, ms.
    pub since_ms: i64,
}

/// Follows one point through time with on- and off-delay.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Tracker {
    /// The state that counts.
    pub state: State,
    /// A state that has not lasted long enough yet, and since when.
    pub pending: Option<(State, i64)>,
}

impl Tracker {
    /// Takes a value at a moment (ms) and answers a change once the new state has lasted its delay:
    /// `on_delay_ms` where it is graver or on the other side, `off_delay_ms` on the way back.
    pub fn step(&mut self, limits: &Limits, value: Decimal, now_ms: i64) -> Option<Change> {
        let next = evaluate(limits, value, self.state);
        if next == self.state {
            self.pending = None;
            return None;
        }
        let since = self.pending.filter(|(state, _)| *state == next).map_or(now_ms, |(_, since)| since);
        let easing = next.severity() < self.state.severity();
        let delay = if easing { limits.off_delay_ms } else { limits.on_delay_ms };
        if now_ms.saturating_sub(since) < i64::from(delay) {
            self.pending = Some((next, since));
            return None;
        }
        let change = Change { from: self.state, to: next, since_ms: since };
        *self = Tracker { state: next, pending: None };
        Some(change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limits() -> Limits {
        let d = |n: i64| Some(Decimal::from(n));
        Limits {
            hh: d(90),
            h: d(80),
            l: d(20),
            ll: d(10),
            range_low: d(0),
            range_high: d(100),
            dead_band_percent: Decimal::from(2),
            ..Limits::default()
        }
    }

    fn at(value: i64, held: State) -> State {
        evaluate(&limits(), Decimal::new(value, 1), held)
    }

    #[test]
    fn high_limits_alarm_at_the_limit_and_low_limits_below_it() {
        use State::{High, HighHigh, Low, LowLow, Normal};
        for (tenths, want) in [
            (900, HighHigh),
            (899, High),
            (800, High),
            (799, Normal),
            (200, Normal),
            (199, Low),
            (100, Low),
            (99, LowLow),
        ] {
            assert_eq!(at(tenths, Normal), want, "{tenths}");
        }
    }

    #[test]
    fn the_dead_band_keeps_a_state_on_its_way_back() {
        use State::{High, HighHigh, Low, LowLow, Normal};
        for (tenths, held, want) in [
            (880, HighHigh, HighHigh),
            (879, HighHigh, High),
            (780, High, High),
            (779, High, Normal),
            (780, Normal, Normal),
            (119, LowLow, LowLow),
            (120, LowLow, Low),
            (219, Low, Low),
            (220, Low, Normal),
            (219, Normal, Normal),
        ] {
            assert_eq!(at(tenths, held), want, "{tenths} {held:?}");
        }
    }

    #[test]
    fn delays_let_short_spikes_pass() {
        let limits = Limits { on_delay_ms: 3000, off_delay_ms: 5000, ..limits() };
        let mut tracker = Tracker::default();
        let d = Decimal::from;
        assert_eq!(tracker.step(&limits, d(85), 0), None);
        assert_eq!(tracker.step(&limits, d(50), 1000), None);
        assert_eq!(tracker.step(&limits, d(85), 2000), None);
        assert_eq!(tracker.step(&limits, d(86), 4999), None);
        assert_eq!(
            tracker.step(&limits, d(86), 5000),
            Some(Change { from: State::Normal, to: State::High, since_ms: 2000 })
        );
        assert_eq!(tracker.step(&limits, d(95), 6000), None);
        assert_eq!(tracker.step(&limits, d(95), 9000).map(|c| c.to), Some(State::HighHigh));
        assert_eq!(tracker.step(&limits, d(50), 10_000), None);
        assert_eq!(tracker.step(&limits, d(50), 15_000).map(|c| c.to), Some(State::Normal));
    }

    #[test]
    fn limits_out_of_order_are_refused() {
        let field = |l: Limits| l.check().unwrap_err().errors[0].field.clone();
        assert!(limits().check().is_ok() && Limits::default().check().is_ok());
        assert_eq!(field(Limits { hh: limits().h, ..limits() }), "hh");
        assert_eq!(field(Limits { ll: limits().h, l: None, ..limits() }), "h");
        assert_eq!(field(Limits { range_high: Some(Decimal::from(85)), ..limits() }), "hh");
        assert_eq!(field(Limits { range_high: None, ..limits() }), "range_high");
        assert_eq!(field(Limits { dead_band_percent: Decimal::from(51), ..limits() }), "dead_band_percent");
    }

    #[test]
    fn what_is_no_number_is_no_reading() {
        assert_eq!(reading(f64::NAN), None);
        assert_eq!(reading(f64::INFINITY), None);
        assert_eq!(reading(1e300), None);
        assert_eq!(reading(0.1), Some(Decimal::new(1, 1)));
    }

    proptest! {
        #[test]
        fn without_a_dead_band_the_past_does_not_matter(value in -100i64..1100, first in -100i64..1100) {
            let plain = Limits { dead_band_percent: Decimal::ZERO, ..limits() };
            let held = evaluate(&plain, Decimal::new(first, 1), State::Normal);
            prop_assert_eq!(evaluate(&plain, Decimal::new(value, 1), held), evaluate(&plain, Decimal::new(value, 1), State::Normal));
        }
    }
}
