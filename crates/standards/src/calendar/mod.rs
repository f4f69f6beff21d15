//! Working days and statutory periods.
//!
//! Working days follow the State Council's yearly notice. A year whose notice is not published is
//! refused, never guessed.

mod deadline;

pub use deadline::{Deadline, DeadlineRule, Moment, Unit, deadline};

use crate::date::Date;
use crate::problem::Problem;
use crate::tables::{Editions, RuleRef, Scope, Table};
use alloc::format;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// One day of a yearly notice that differs from the plain week.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// What it is.
    pub kind: DayKind,
    /// The festival it belongs to.
    pub name: String,
}

/// What the notice makes of a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// Public holiday.
    Holiday,
    /// Day off in exchange for a transferred working day.
    InLieuOff,
    /// Weekend day on which people work.
    Work,
}

/// The published calendar.
#[derive(Clone, Copy)]
pub struct Calendar<'a>(pub &'a Editions<Holiday>);

impl<'a> Calendar<'a> {
    /// The yearly notice that covers a day. Error at `date`: 日历未发布.
    pub fn notice(self, date: Date) -> Result<&'a Table<Holiday>, Problem> {
        self.0.select(Scope::on(date)).map_err(|_| {
            let last = self.0.0.iter().filter_map(|t| t.valid_to).max();
            let known = last.map_or_else(String::new, |day| format!("，已收录到 {day}"));
            Problem::field("date", format!("{date} 的日历未发布{known}；请在国务院办公厅公布节假日安排后导入该年通知"))
        })
    }

    /// Whether people work on a day (the yearly notice; Monday to Friday otherwise).
    pub fn is_workday(self, date: Date) -> Result<bool, Problem> {
        let notice = self.notice(date)?;
        let special = notice.rows.iter().find(|h| h.date == date);
        Ok(special.map_or(date.weekday() <= 5, |h| h.kind == DayKind::Work))
    }

    /// The day `count` working days after a day, or before it for a negative count. The first day is
    /// not counted (民法典 art. 201); a count of 0 answers the day itself.
    pub fn add_workdays(self, from: Date, count: i32) -> Result<Date, Problem> {
        let step = i64::from(count.signum());
        let mut left = count.unsigned_abs();
        let mut day = from;
        self.notice(from)?;
        while left > 0 {
            day = neighbour(day, step)?;
            left -= u32::from(self.is_workday(day)?);
        }
        Ok(day)
    }

    /// The day itself when people work on it, otherwise the next working day (民法典 art. 203).
    pub fn roll_forward(self, mut day: Date) -> Result<Date, Problem> {
        while !self.is_workday(day)? {
            day = neighbour(day, 1)?;
        }
        Ok(day)
    }

    /// Working days from one day to another, both counted.
    pub fn count(self, from: Date, to: Date) -> Result<u32, Problem> {
        if to < from {
            return Err(Problem::field("to", "截止日期早于起始日期"));
        }
        self.notice(from)?;
        self.notice(to)?;
        let mut total = 0;
        let mut day = from;
        loop {
            total += u32::from(self.is_workday(day)?);
            if day == to {
                return Ok(total);
            }
            day = neighbour(day, 1)?;
        }
    }

    /// Working days of a year.
    pub fn count_year(self, year: u16) -> Result<u32, Problem> {
        match (Date::new(year, 1, 1), Date::new(year, 12, 31)) {
            (Some(first), Some(last)) => self.count(first, last),
            _ => Err(Problem::field("year", format!("{year} 不是有效年份"))),
        }
    }

    /// The rule that stands behind an answer about a day.
    pub fn rule(self, date: Date) -> Result<RuleRef, Problem> {
        Ok(self.notice(date)?.rule())
    }
}

fn neighbour(day: Date, step: i64) -> Result<Date, Problem> {
    day.add_days(step).ok_or_else(|| Problem::field("date", "日期超出日历范围（公元 1—9999 年）"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::Tables;

    fn cal() -> Calendar<'static> {
        Calendar(&Tables::shipped().calendar)
    }

    fn d(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn state_council_notices_2015_to_2026_working_days_of_each_year() {
        let expected = [249, 250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248];
        for (year, days) in (2015u16..).zip(expected) {
            assert_eq!(cal().count_year(year).unwrap(), days, "{year}");
        }
    }

    #[test]
    fn spring_festival_2026_seven_working_days() {
        assert_eq!(cal().add_workdays(d("2026-02-13"), 7).unwrap(), d("2026-03-02"));
        assert_eq!(cal().add_workdays(d("2026-03-02"), -7).unwrap(), d("2026-02-13"));
        assert_eq!(cal().add_workdays(d("2026-02-13"), 0).unwrap(), d("2026-02-13"));
    }

    #[test]
    fn transferred_weekend_days_count_and_holidays_do_not() {
        for (day, works) in [
            ("2026-02-14", true),
            ("2026-02-28", true),
            ("2026-02-16", false),
            ("2026-10-07", false),
            ("2026-11-21", false),
            ("2026-11-23", true),
        ] {
            assert_eq!(cal().is_workday(d(day)).unwrap(), works, "{day}");
        }
    }

    #[test]
    fn both_ends_are_counted() {
        assert_eq!(cal().count(d("2026-02-13"), d("2026-02-14")).unwrap(), 2);
        assert_eq!(cal().count(d("2026-02-15"), d("2026-02-15")).unwrap(), 0);
        assert!(cal().count(d("2026-02-15"), d("2026-02-14")).is_err_and(|e| e.errors[0].field == "to"));
    }

    #[test]
    fn days_past_the_published_calendar_are_refused() {
        let refused = |r: Result<Date, Problem>| r.unwrap_err().title;
        assert!(refused(cal().add_workdays(d("2026-12-30"), 2)).contains("日历未发布"));
        assert!(refused(cal().add_workdays(d("2015-01-01"), -1)).contains("日历未发布"));
        assert!(refused(cal().add_workdays(d("2027-01-01"), 0)).contains("已收录到 2026-12-31"));
        assert!(cal().count_year(2027).is_err() && cal().count_year(0).is_err());
        assert_eq!(cal().add_workdays(d("2026-12-30"), 1).unwrap(), d("2026-12-31"));
    }

    #[test]
    fn an_imported_notice_opens_the_next_year() {
        let notice = r#"{"standard":"通知","clause":"全文","edition":"2027","valid_from":"2027-01-01","valid_to":"2027-12-31",
            "source":"测试用","confidence":"full_text","rows":[{"date":"2027-01-01","kind":"holiday","name":"元旦"}]}"#;
        let tables = Tables::shipped().with_edition("t", "calendar", notice).unwrap();
        assert_eq!(Calendar(&tables.calendar).add_workdays(d("2026-12-31"), 1).unwrap(), d("2027-01-04"));
    }

    #[test]
    fn civil_code_203_rolls_over_the_whole_holiday() {
        assert_eq!(cal().roll_forward(d("2026-10-01")).unwrap(), d("2026-10-08"));
        assert_eq!(cal().roll_forward(d("2026-02-14")).unwrap(), d("2026-02-14"));
        assert_eq!(cal().rule(d("2026-10-01")).unwrap().edition, "2026");
    }
}
