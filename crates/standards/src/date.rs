//! A civil date. Own type, because the crate has no clock and needs no time zones.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};

/// A day of the Gregorian calendar, years 1 to 9999, written `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Milliseconds of one day.
const DAY_MS: i64 = 86_400_000;
/// Beijing time is UTC+8 all year.
const BEIJING_MS: i64 = 8 * 3_600_000;

impl Date {
    /// 1970-01-01.
    pub const EPOCH: Date = Date { year: 1970, month: 1, day: 1 };

    /// The date, or `None` where the calendar has no such day.
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Date> {
        if year == 0 || year > 9999 || month == 0 || month > 12 || day == 0 {
            return None;
        }
        if day > days_in_month(year, month) {
            return None;
        }
        Some(Date { year, month, day })
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Date> {
        let mut parts = text.split('-');
        let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
        let shape = y.len() == 4 && m.len() == 2 && d.len() == 2 && parts.next().is_none();
        let digits = [y, m, d].iter().all(|p| p.bytes().all(|b| b.is_ascii_digit()));
        if !shape || !digits {
            return None;
        }
        Date::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?)
    }

    /// The year.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Days since 1970-01-01.
    pub fn day_number(self) -> i64 {
        // Howard Hinnant's civil calendar: the year starts in March, so that the leap day is last.
        let (y, m, d) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let y = if m <= 2 { y - 1 } else { y };
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let doy = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
        era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
    }

    /// The date of a day number, `None` outside the years 1 to 9999.
    pub fn from_day_number(days: i64) -> Option<Date> {
        if !(-719_162..=2_932_896).contains(&days) {
            return None;
        }
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = u8::try_from(doy - (153 * mp + 2) / 5 + 1).ok()?;
        let month = u8::try_from(if mp < 10 { mp + 3 } else { mp - 9 }).ok()?;
        let year = u16::try_from(yoe + era * 400 + i64::from(month <= 2)).ok()?;
        Date::new(year, month, day)
    }

    /// The day in Beijing at a moment in UTC milliseconds.
    pub fn beijing(utc_ms: i64) -> Option<Date> {
        Date::from_day_number(utc_ms.checked_add(BEIJING_MS)?.div_euclid(DAY_MS))
    }

    /// The moment this day begins in Beijing, in UTC milliseconds.
    pub fn beijing_start_ms(self) -> i64 {
        self.day_number() * DAY_MS - BEIJING_MS
    }

    /// This date moved by whole days.
    pub fn add_days(self, days: i64) -> Option<Date> {
        Date::from_day_number(self.day_number().checked_add(days)?)
    }

    /// The corresponding day `months` later, or the last day of that month where there is none
    /// (民法典 art. 202).
    pub fn add_months(self, months: i64) -> Option<Date> {
        let index = (i64::from(self.year) * 12 + i64::from(self.month) - 1).checked_add(months)?;
        let year = u16::try_from(index.div_euclid(12)).ok()?;
        let month = u8::try_from(index.rem_euclid(12) + 1).ok()?;
        if year == 0 || year > 9999 {
            return None;
        }
        Date::new(year, month, self.day.min(days_in_month(year, month)))
    }

    /// Day of the week, 1 Monday to 7 Sunday.
    pub fn weekday(self) -> u8 {
        u8::try_from((self.day_number() + 3).rem_euclid(7) + 1).unwrap_or(1)
    }
}

/// Days of a month; 0 for a month that does not exist.
const fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl TryFrom<String> for Date {
    type Error = String;
    fn try_from(text: String) -> Result<Date, String> {
        Date::parse(&text).ok_or_else(|| format!("{text} 不是有效日期，应写作 2026-11-23"))
    }
}

impl From<Date> for String {
    fn from(date: Date) -> String {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn d(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn the_epoch_and_known_weekdays() {
        assert_eq!(d("1970-01-01").day_number(), 0);
        assert_eq!(d("2026-11-23").weekday(), 1);
        assert_eq!(d("2024-02-29").weekday(), 4);
        assert_eq!(Date::from_day_number(-719_162), Date::new(1, 1, 1));
        assert_eq!(Date::from_day_number(2_932_896), Date::new(9999, 12, 31));
        assert_eq!(Date::from_day_number(2_932_897), None);
    }

    #[test]
    fn the_ends_of_the_calendar_and_of_its_400_year_cycle() {
        assert!(Date::new(9999, 12, 31).is_some() && Date::new(1, 1, 1).is_some());
        assert!(Date::new(10_000, 1, 1).is_none() && Date::new(0, 1, 1).is_none() && Date::new(2026, 1, 0).is_none());
        for text in ["2000-02-29", "2000-03-01", "1600-02-29", "1900-02-28", "1900-03-01", "2400-02-29", "2096-02-29"] {
            assert_eq!(Date::from_day_number(d(text).day_number()), Some(d(text)), "{text}");
        }
    }

    #[test]
    fn impossible_days_are_refused() {
        for bad in [
            "2025-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "26-04-01",
            "2026-4-1",
            "+026-04-01",
            "",
        ] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
        assert!(Date::parse("2000-02-29").is_some());
    }

    #[test]
    fn civil_code_202_month_end_rule() {
        assert_eq!(d("2026-01-31").add_months(1), Some(d("2026-02-28")));
        assert_eq!(d("2024-01-31").add_months(1), Some(d("2024-02-29")));
        assert_eq!(d("2026-03-31").add_months(-1), Some(d("2026-02-28")));
        assert_eq!(d("2024-02-29").add_months(12), Some(d("2025-02-28")));
    }

    #[test]
    fn the_beijing_day_changes_at_sixteen_hours_utc() {
        assert_eq!(Date::beijing(0), Some(d("1970-01-01")));
        assert_eq!(Date::beijing(57_599_999), Some(d("1970-01-01")));
        assert_eq!(Date::beijing(57_600_000), Some(d("1970-01-02")));
        assert_eq!(Date::beijing(d("2026-11-23").beijing_start_ms()), Some(d("2026-11-23")));
        assert_eq!(Date::beijing(i64::MAX), None);
    }

    proptest! {
        #[test]
        fn day_numbers_round_trip(n in -719_162i64..=2_932_896) {
            let date = Date::from_day_number(n).unwrap();
            prop_assert_eq!(date.day_number(), n);
            prop_assert_eq!(Date::parse(&date.to_string()), Some(date));
        }
    }
}
