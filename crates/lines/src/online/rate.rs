//! A token bucket per device over passed-in time.

use super::limits::Ms;

/// How many messages one device may send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Messages per second in the long run.
    pub per_second: u32,
    /// Messages at once after a pause.
    pub burst: u32,
}

impl Default for Rate {
    /// Configurable example: fifty messages per second; batches carry many values each.
    fn default() -> Self {
        Rate { per_second: 50, burst: 500 }
    }
}

/// The bucket of one device.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// Thousandths of a message.
    tokens: i64,
    at: Ms,
}

impl Bucket {
    /// A full bucket.
    pub fn full(rate: Rate, now: Ms) -> Bucket {
        Bucket { tokens: i64::from(rate.burst) * 1000, at: now }
    }

    /// Takes one message; false when the device has used up its share. A clock that goes back adds nothing.
    pub fn take(&mut self, rate: Rate, now: Ms) -> bool {
        let elapsed = now.saturating_sub(self.at).max(0);
        self.at = self.at.max(now);
        let refilled = self.tokens.saturating_add(elapsed.saturating_mul(i64::from(rate.per_second)));
        self.tokens = refilled.min(i64::from(rate.burst) * 1000);
        let granted = self.tokens >= 1000;
        if granted {
            self.tokens -= 1000;
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_flood_gets_the_burst_and_then_the_rate() {
        let rate = Rate { per_second: 10, burst: 5 };
        let mut bucket = Bucket::full(rate, 0);
        let granted = (0..1000).filter(|_| bucket.take(rate, 0)).count();
        assert_eq!(granted, 5);
        let granted = (0..=1000).filter(|&ms| bucket.take(rate, ms)).count();
        assert_eq!(granted, 10);
    }

    proptest! {
        #[test]
        fn never_more_than_burst_plus_rate(steps in prop::collection::vec(0i64..500, 1..300)) {
            let rate = Rate { per_second: 7, burst: 9 };
            let mut bucket = Bucket::full(rate, 0);
            let (mut now, mut granted) = (0, 0i64);
            for step in steps {
                now += step;
                granted += i64::from(bucket.take(rate, now));
            }
            prop_assert!(granted <= 9 + now * 7 / 1000 + 1);
        }
    }
}
