//! Limits of a tag: four levels, dead band and delays, and what makes a set of them sane.
//!
//! A high-side limit alarms at `>=`, a low-side limit at `<`. The dead band is the distance a value
//! must move back inside before it counts as normal again; on- and off-delay are how long a value
//! must stay on its side before the change counts.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970 in UTC.
pub type Ms = i64;

/// Values beyond this magnitude are no physical reading in any unit this line knows.
pub const MAX_MAGNITUDE: f64 = 1e12;

/// One of the four alarm levels of a tag, in the words of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// High-high, 高高报.
    HH,
    /// High, 高报.
    H,
    /// Low, 低报.
    L,
    /// Low-low, 低低报.
    LL,
}

impl Level {
    /// All levels, outermost first on each side, so that a jump raises the worse level first.
    pub const ALL: [Level; 4] = [Level::HH, Level::LL, Level::H, Level::L];

    /// The code used in JSON and in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Level::HH => "HH",
            Level::H => "H",
            Level::L => "L",
            Level::LL => "LL",
        }
    }

    /// The level named by a code, if it is one.
    pub fn parse(code: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.code() == code)
    }

    /// The word an operator reads.
    pub const fn title(self) -> &'static str {
        match self {
            Level::HH => "高高报",
            Level::H => "高报",
            Level::L => "低报",
            Level::LL => "低低报",
        }
    }

    /// Whether the level guards against values that are too high.
    pub const fn is_high(self) -> bool {
        matches!(self, Level::HH | Level::H)
    }

    /// The milder level on the same side, whose alarm this one escalates.
    pub const fn milder(self) -> Option<Level> {
        match self {
            Level::HH => Some(Level::H),
            Level::LL => Some(Level::L),
            Level::H | Level::L => None,
        }
    }

    /// Whether `value` violates this level's `limit`: `>=` on the high side, `<` on the low side.
    pub fn is_outside(self, value: f64, limit: f64) -> bool {
        if self.is_high() { value >= limit } else { value < limit }
    }

    /// Whether `value` has come back past the dead band.
    pub fn is_back(self, value: f64, limit: f64, dead_band: f64) -> bool {
        if self.is_high() { value < limit - dead_band } else { value >= limit + dead_band }
    }
}

/// The limits of one tag. A missing limit means that level does not exist for the tag.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// High-high limit.
    pub hh: Option<f64>,
    /// High limit.
    pub h: Option<f64>,
    /// Low limit.
    pub l: Option<f64>,
    /// Low-low limit.
    pub ll: Option<f64>,
    /// Dead band in the unit of the tag.
    #[serde(default)]
    pub dead_band: f64,
    /// Seconds a value must stay outside before the alarm is raised.
    #[serde(default)]
    pub on_delay_s: u32,
    /// Seconds a value must stay inside before it counts as back to normal.
    #[serde(default)]
    pub off_delay_s: u32,
}

/// What is wrong with one field of an input, in words for the person who must repair it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The JSON field.
    pub field: &'static str,
    /// The rule it breaks and the way out, in Chinese.
    pub message: String,
}

/// Longest delay that can be set: beyond it a delay hides the alarm instead of calming it.
pub const MAX_DELAY_S: u32 = 600;

impl Limits {
    /// The limit of a level.
    pub const fn of(&self, level: Level) -> Option<f64> {
        match level {
            Level::HH => self.hh,
            Level::H => self.h,
            Level::L => self.l,
            Level::LL => self.ll,
        }
    }

    /// Checks numbers, order (低低报 < 低报 < 高报 < 高高报), dead band and delays.
    ///
    /// Every problem is named, not just the first, so that a form can show them at once.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        for (field, title, limit) in self.named() {
            if limit.is_some_and(|v| !v.is_finite() || v.abs() > MAX_MAGNITUDE) {
                push(&mut errors, field, format!("{title}必须是绝对值不超过 1e12 的有限数"));
            }
        }
        if errors.is_empty() {
            self.check_order(&mut errors);
            self.check_dead_band(&mut errors);
        }
        for (field, title, seconds) in
            [("on_delay_s", "触发延时", self.on_delay_s), ("off_delay_s", "恢复延时", self.off_delay_s)]
        {
            if seconds > MAX_DELAY_S {
                push(&mut errors, field, format!("{title}为 {seconds} 秒，不得超过 {MAX_DELAY_S} 秒"));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// The limits with field and title, lowest first.
    const fn named(&self) -> [(&'static str, &'static str, Option<f64>); 4] {
        [("ll", "低低报", self.ll), ("l", "低报", self.l), ("h", "高报", self.h), ("hh", "高高报", self.hh)]
    }

    /// The limits that are set, lowest first.
    fn present(&self) -> impl Iterator<Item = (&'static str, &'static str, f64)> {
        self.named().into_iter().filter_map(|(field, title, limit)| limit.map(|v| (field, title, v)))
    }

    fn neighbours(&self) -> impl Iterator<Item = ((&'static str, f64), (&'static str, &'static str, f64))> {
        let lower = self.present().map(|(_, title, v)| (title, v));
        lower.zip(self.present().skip(1))
    }

    fn check_order(&self, errors: &mut Vec<FieldError>) {
        for ((below, low), (field, title, high)) in self.neighbours() {
            if low >= high {
                push(errors, field, format!("{title} {high} 必须大于{below} {low}（低低报＜低报＜高报＜高高报）"));
            }
        }
    }

    fn check_dead_band(&self, errors: &mut Vec<FieldError>) {
        if !self.dead_band.is_finite() || self.dead_band < 0.0 {
            push(errors, "dead_band", format!("死区 {} 必须是不小于 0 的有限数", self.dead_band));
            return;
        }
        for ((below, low), (_, title, high)) in self.neighbours() {
            let gap = high - low;
            if gap > 0.0 && self.dead_band >= gap {
                push(
                    errors,
                    "dead_band",
                    format!("死区 {} 必须小于{below}与{title}的间距 {gap}，否则报警回不到正常", self.dead_band),
                );
            }
        }
    }
}

fn push(errors: &mut Vec<FieldError>, field: &'static str, message: String) {
    errors.push(FieldError { field, message });
}

/// Whether a change loosens protection: a limit moved outward or vanished, or the damping grew.
///
/// Such a change is what a tampering operator would ask for, so the approver sees it named.
pub fn loosens(old: &Limits, new: &Limits) -> bool {
    let outward = Level::ALL.into_iter().any(|level| match (old.of(level), new.of(level)) {
        (Some(_), None) => true,
        (Some(a), Some(b)) => {
            if level.is_high() {
                b > a
            } else {
                b < a
            }
        }
        (None, _) => false,
    });
    outward || new.on_delay_s > old.on_delay_s
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tank() -> Limits {
        Limits { hh: Some(85.0), h: Some(80.0), l: Some(10.0), ll: Some(5.0), dead_band: 1.0, ..Limits::default() }
    }

    #[test]
    fn high_side_alarms_at_the_limit_and_low_side_only_below_it() {
        assert!(Level::H.is_outside(80.0, 80.0));
        assert!(!Level::H.is_outside(79.999, 80.0));
        assert!(!Level::L.is_outside(10.0, 10.0));
        assert!(Level::L.is_outside(9.999, 10.0));
    }

    #[test]
    fn limits_out_of_order_name_the_field_that_is_too_low() {
        let wrong = Limits { h: Some(4.0), ..tank() };
        let errors = wrong.check().unwrap_err();
        assert_eq!(errors[0].field, "h");
        assert!(errors[0].message.contains("必须大于低报"), "{}", errors[0].message);
        assert!(Limits { hh: Some(80.0), ..tank() }.check().is_err(), "equal limits are out of order too");
    }

    #[test]
    fn order_is_checked_across_a_missing_limit() {
        let wrong = Limits { h: None, l: None, hh: Some(1.0), ll: Some(2.0), ..tank() };
        assert_eq!(wrong.check().unwrap_err()[0].field, "hh");
    }

    #[test]
    fn dead_band_must_be_smaller_than_every_gap() {
        let errors = Limits { dead_band: 5.0, ..tank() }.check().unwrap_err();
        assert!(errors.iter().all(|e| e.field == "dead_band"));
        assert_eq!(errors.len(), 2);
        assert!(Limits { dead_band: -0.1, ..tank() }.check().is_err());
        assert!(Limits { dead_band: f64::NAN, ..tank() }.check().is_err());
        assert!(Limits { dead_band: 4.999, ..tank() }.check().is_ok());
    }

    #[test]
    fn non_numbers_and_long_delays_are_refused_and_a_point_may_have_no_limits() {
        assert_eq!(Limits { h: Some(f64::INFINITY), ..tank() }.check().unwrap_err()[0].field, "h");
        assert_eq!(Limits { on_delay_s: 601, ..tank() }.check().unwrap_err()[0].field, "on_delay_s");
        assert!(Limits::default().check().is_ok(), "a switch is recorded, not judged");
    }

    #[test]
    fn moving_a_limit_outward_or_dropping_it_loosens() {
        assert!(loosens(&tank(), &Limits { h: Some(81.0), ..tank() }));
        assert!(loosens(&tank(), &Limits { ll: Some(4.0), ..tank() }));
        assert!(loosens(&tank(), &Limits { hh: None, ..tank() }));
        assert!(loosens(&tank(), &Limits { on_delay_s: 5, ..tank() }));
        assert!(!loosens(&tank(), &Limits { h: Some(79.0), ..tank() }));
    }
}
