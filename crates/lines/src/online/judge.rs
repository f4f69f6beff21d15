//! The judge of one tag: readings in, signals out. Pure; time comes with the readings.
//!
//! It remembers per level whether a violation is waiting for its on-delay, is active, or has
//! come back and waits for its off-delay. It never raises a level that is already active, so one
//! tag has at most one active alarm per level; a second violation of an active level that had come
//! back is reported as [`Signal::Recurred`], because a repeat that nobody sees is a repeat nobody mends.

use super::limits::{Level, Limits, Ms};

/// What the judge found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Signal {
    /// A new violation: an alarm is to be raised.
    Raised {
        /// Which level.
        level: Level,
        /// The value that raised it.
        value: f64,
        /// The limit it violated.
        limit: f64,
        /// Time of the reading, or of the end of the on-delay.
        at: Ms,
    },
    /// The value of an active alarm has come back inside for the whole off-delay.
    BackToNormal {
        /// Which level.
        level: Level,
        /// The value that is back.
        value: f64,
        /// When it counted as back.
        at: Ms,
    },
    /// An active alarm that had come back is outside once more.
    Recurred {
        /// Which level.
        level: Level,
        /// The value outside.
        value: f64,
        /// When.
        at: Ms,
    },
    /// The value moved further out than ever during this alarm.
    Worse {
        /// Which level.
        level: Level,
        /// The new extreme.
        value: f64,
        /// When.
        at: Ms,
    },
}

/// The state of one level of one tag.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct LevelState {
    /// An alarm of this level exists and is not cleared.
    active: bool,
    /// The active alarm's value has come back.
    back: bool,
    /// Since when the value has been on the other side, waiting for a delay to pass.
    since: Option<Ms>,
    /// The extreme value of the active alarm.
    extreme: f64,
}

/// Judge of one tag.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Judge {
    last: Option<(Ms, f64)>,
    levels: [LevelState; 4],
}

/// What the database knows about an active alarm, to restore the judge after a restart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ActiveLevel {
    /// Level of the alarm.
    pub level: Level,
    /// Whether it has come back to normal.
    pub back: bool,
    /// Its extreme value so far.
    pub extreme: f64,
}

impl Judge {
    /// A judge that knows the active alarms of its tag.
    pub fn restore(active: &[ActiveLevel]) -> Judge {
        let mut judge = Judge::default();
        for alarm in active {
            judge.know(*alarm);
        }
        judge
    }

    /// Takes an active alarm as known.
    pub fn know(&mut self, alarm: ActiveLevel) {
        let state = LevelState { active: true, back: alarm.back, since: None, extreme: alarm.extreme };
        *self.level_mut(alarm.level) = state;
    }

    /// Judges one live reading. A reading that is not newer than the last one judged changes nothing,
    /// so a duplicate or a reordered delivery can neither raise nor hide an alarm.
    pub fn reading(&mut self, limits: &Limits, at: Ms, value: f64) -> Vec<Signal> {
        if !value.is_finite() || self.last.is_some_and(|(last, _)| at <= last) {
            return Vec::new();
        }
        self.last = Some((at, value));
        self.step(limits, at, value)
    }

    /// Lets time pass: a value that has held through its delay counts although no further reading came.
    pub fn tick(&mut self, limits: &Limits, now: Ms) -> Vec<Signal> {
        match self.last {
            Some((at, value)) if now > at && self.waiting() => self.step(limits, now, value),
            _ => Vec::new(),
        }
    }

    /// Whether a delay is running, so that [`Judge::tick`] may have something to do.
    pub fn waiting(&self) -> bool {
        self.levels.iter().any(|state| state.since.is_some())
    }

    /// Forgets the alarm of a level after it was cleared; the next violation raises a new one.
    pub fn cleared(&mut self, level: Level) {
        *self.level_mut(level) = LevelState::default();
    }

    /// Whether the level has an active alarm.
    pub fn is_active(&self, level: Level) -> bool {
        self.levels.get(index(level)).is_some_and(|state| state.active)
    }

    /// Whether the last known value violates the level's limit or has not left its dead band yet.
    pub fn is_outside(&self, limits: &Limits, level: Level) -> bool {
        match (self.last, limits.of(level)) {
            (Some((_, value)), Some(limit)) => !level.is_back(value, limit, limits.dead_band),
            _ => false,
        }
    }

    /// The extreme value of the active alarm of a level.
    pub fn extreme(&self, level: Level) -> Option<f64> {
        self.levels.get(index(level)).filter(|state| state.active).map(|state| state.extreme)
    }

    /// Time and value of the last reading judged.
    pub const fn last(&self) -> Option<(Ms, f64)> {
        self.last
    }

    fn level_mut(&mut self, level: Level) -> &mut LevelState {
        let [hh, h, l, ll] = &mut self.levels;
        match level {
            Level::HH => hh,
            Level::H => h,
            Level::L => l,
            Level::LL => ll,
        }
    }

    fn step(&mut self, limits: &Limits, at: Ms, value: f64) -> Vec<Signal> {
        let mut signals = Vec::new();
        for level in Level::ALL {
            let state = self.level_mut(level);
            match limits.of(level) {
                Some(limit) if !state.active => state.judge_quiet(limits, level, limit, at, value, &mut signals),
                Some(limit) => state.judge_active(limits, level, limit, at, value, &mut signals),
                // The limit was taken away by an approved change: nothing holds the alarm outside any more.
                None if state.active && !state.back => {
                    state.back = true;
                    signals.push(Signal::BackToNormal { level, value, at });
                }
                None => state.since = None,
            }
        }
        signals
    }
}

const fn index(level: Level) -> usize {
    match level {
        Level::HH => 0,
        Level::H => 1,
        Level::L => 2,
        Level::LL => 3,
    }
}

impl LevelState {
    fn judge_quiet(&mut self, limits: &Limits, level: Level, limit: f64, at: Ms, value: f64, out: &mut Vec<Signal>) {
        if !level.is_outside(value, limit) {
            self.since = None;
        } else if self.held(at, limits.on_delay_s) {
            *self = LevelState { active: true, back: false, since: None, extreme: value };
            out.push(Signal::Raised { level, value, limit, at });
        }
    }

    fn judge_active(&mut self, limits: &Limits, level: Level, limit: f64, at: Ms, value: f64, out: &mut Vec<Signal>) {
        let worse = if level.is_high() { value > self.extreme } else { value < self.extreme };
        if worse {
            self.extreme = value;
            out.push(Signal::Worse { level, value, at });
        }
        if self.back {
            if !level.is_outside(value, limit) {
                self.since = None;
            } else if self.held(at, limits.on_delay_s) {
                self.back = false;
                self.since = None;
                out.push(Signal::Recurred { level, value, at });
            }
        } else if !level.is_back(value, limit, limits.dead_band) {
            self.since = None;
        } else if self.held(at, limits.off_delay_s) {
            self.back = true;
            self.since = None;
            out.push(Signal::BackToNormal { level, value, at });
        }
    }

    /// Starts or continues a delay; true once it has passed.
    fn held(&mut self, at: Ms, delay_s: u32) -> bool {
        let since = *self.since.get_or_insert(at);
        at - since >= i64::from(delay_s) * 1000
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
