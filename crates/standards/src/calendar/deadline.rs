//! Statutory periods by name: when does this obligation fall due?

use super::Calendar;
use crate::date::Date;
use crate::problem::Problem;
use crate::tables::{Confidence, RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// What a period is counted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Unit {
    /// 小时, from moment to moment.
    #[serde(rename = "小时")]
    Hour,
    /// 日, calendar days.
    #[serde(rename = "日")]
    Day,
    /// 工作日 of the published calendar.
    #[serde(rename = "工作日")]
    Workday,
    /// 月, to the corresponding day.
    #[serde(rename = "月")]
    Month,
    /// 年, to the corresponding day.
    #[serde(rename = "年")]
    Year,
}

/// A statutory period. A negative amount lies before its starting day ("seven working days ahead").
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeadlineRule {
    /// Name by which it is asked for.
    pub id: String,
    /// What must be done.
    pub name: String,
    /// Clause.
    pub clause: String,
    /// How many units.
    pub amount: i32,
    /// Counted in.
    pub unit: Unit,
    /// From when it runs.
    pub starts: String,
    /// Whether a last day that is a rest day moves to the next working day (民法典 art. 203).
    pub rolls: bool,
    /// True where nobody has confirmed the figure.
    #[serde(default)]
    pub unconfirmed: bool,
}

/// The start or end of a period: a day, or a moment with minutes in Beijing time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Moment {
    /// The day.
    pub date: Date,
    /// Seconds after midnight, none for a whole day.
    pub second: Option<u32>,
}

impl Moment {
    /// Reads `2026-11-23`, `2026-11-23T08:30`, `2026-11-23T08:30:15`, the last two with `+08:00`, or in
    /// UTC with `Z`; always answers Beijing time.
    pub fn parse(text: &str) -> Option<Moment> {
        let Some((day, time)) = text.split_once(['T', ' ']) else {
            return Date::parse(text).map(|date| Moment { date, second: None });
        };
        let utc = time.strip_suffix('Z');
        let time = utc.or(time.strip_suffix("+08:00")).unwrap_or(time);
        let mut parts = time
            .split(':')
            .map(|p| if p.len() == 2 && p.bytes().all(|b| b.is_ascii_digit()) { p.parse().ok() } else { None });
        let (hour, minute): (u32, u32) = (parts.next()??, parts.next()??);
        let second: u32 = parts.next().unwrap_or(Some(0))?;
        let real = hour < 24 && minute < 60 && second < 60 && parts.next().is_none();
        let date = Date::parse(day).filter(|_| real)?;
        let second = hour * 3600 + minute * 60 + second + if utc.is_some() { 8 * 3600 } else { 0 };
        let date = date.add_days(i64::from(second / 86_400))?;
        Some(Moment { date, second: Some(second % 86_400) })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.second {
            None => write!(f, "{}", self.date),
            Some(s) => write!(f, "{}T{:02}:{:02}:{:02}+08:00", self.date, s / 3600, s / 60 % 60, s % 60),
        }
    }
}

impl TryFrom<String> for Moment {
    type Error = String;
    fn try_from(text: String) -> Result<Moment, String> {
        Moment::parse(&text)
            .ok_or_else(|| format!("“{text}”不是日期或北京时间，应写作 2026-11-23 或 2026-11-23T08:30:00+08:00"))
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> String {
        moment.to_string()
    }
}

/// When an obligation falls due.
#[derive(Clone, Debug, Serialize)]
pub struct Deadline {
    /// The last day, or the last moment for periods in hours.
    pub due: Moment,
    /// What was counted.
    pub counted_in: Unit,
    /// How many of them.
    pub amount: i32,
    /// Days the period was stopped for.
    pub deducted_days: u32,
    /// What must be done.
    pub name: String,
    /// From when the period runs.
    pub starts: String,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Standard and clause.
    pub rule: RuleRef,
}

/// Due time of a named statutory period.
///
/// 民法典 art. 200–204: the first day is not counted; months and years end on the corresponding day,
/// or the last of the month where there is none; with `rolls` a last day that is a rest day moves to
/// the next working day. 行政处罚法 art. 85: periods of 2, 3, 5 and 7 days there are working days.
/// `deducted_days` lengthens a period in days, as the time an insured needs to complete documents
/// does (保险法解释二 art. 15). Errors: unknown rule, hours from a day without a time, 日历未发布.
pub fn deadline(
    tables: &Tables,
    id: &str,
    from: Moment,
    rolls: Option<bool>,
    deducted_days: u32,
    scope: Scope,
) -> Result<Deadline, Problem> {
    let scope = Scope { on: scope.on.or(Some(from.date)), ..scope };
    let (table, rule) = tables.deadlines.find(scope, "rule", id, |r| &r.id)?;
    let calendar = Calendar(&tables.calendar);
    let plain = ending(calendar, rule, from, deducted_days)?;
    let rolled = rolls.unwrap_or(rule.rolls) && rule.amount > 0 && rule.unit != Unit::Hour;
    let due = if rolled { Moment { date: calendar.roll_forward(plain.date)?, second: None } } else { plain };
    let shaky = rule.unconfirmed || table.confidence == Confidence::Unconfirmed;
    let confidence = if shaky { Confidence::Unconfirmed } else { table.confidence };
    Ok(Deadline {
        due,
        counted_in: rule.unit,
        amount: rule.amount,
        deducted_days,
        name: rule.name.clone(),
        starts: rule.starts.clone(),
        unconfirmed: shaky.then(|| format!("期限“{}”未经核实，须对照原文确认", rule.name)).into_iter().collect(),
        rule: table.rule().at(&rule.clause).weaker(confidence),
    })
}

fn ending(calendar: Calendar<'_>, rule: &DeadlineRule, from: Moment, deducted: u32) -> Result<Moment, Problem> {
    let far = || Problem::field("from", "期限超出可计算的日期范围");
    if deducted > 0 && rule.unit != Unit::Day {
        return Err(Problem::field("deducted_days", "只有按日计算的期限可以扣除天数"));
    }
    let date = match rule.unit {
        Unit::Hour => return add_hours(from, rule.amount),
        Unit::Day => from.date.add_days(i64::from(rule.amount) + i64::from(deducted)).ok_or_else(far)?,
        Unit::Workday => calendar.add_workdays(from.date, rule.amount)?,
        Unit::Month => from.date.add_months(i64::from(rule.amount)).ok_or_else(far)?,
        Unit::Year => from.date.add_months(i64::from(rule.amount) * 12).ok_or_else(far)?,
    };
    Ok(Moment { date, second: None })
}

fn add_hours(from: Moment, hours: i32) -> Result<Moment, Problem> {
    let start = from
        .second
        .ok_or_else(|| Problem::field("from", "按小时计算的期限须给出时刻，如 2026-11-23T08:30:00+08:00"))?;
    let total = i64::from(start) + i64::from(hours) * 3600;
    let date = from.date.add_days(total.div_euclid(86_400));
    let second = u32::try_from(total.rem_euclid(86_400)).ok();
    date.map(|date| Moment { date, second }).ok_or_else(|| Problem::field("from", "期限超出可计算的日期范围"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(id: &str, from: &str) -> Deadline {
        deadline(Tables::shipped(), id, Moment::parse(from).unwrap(), None, 0, Scope::default()).unwrap()
    }

    fn refused(id: &str, from: &str) -> String {
        deadline(Tables::shipped(), id, Moment::parse(from).unwrap(), None, 0, Scope::default()).unwrap_err().title
    }

    #[test]
    fn order_493_art_9_one_hour_runs_over_midnight() {
        let d = due("accident-report-unit", "2026-11-23T23:30:00+08:00");
        assert_eq!(d.due.to_string(), "2026-11-24T00:30:00+08:00");
        assert_eq!(serde_json::to_string(&d.counted_in).unwrap(), "\"小时\"");
        assert!(refused("accident-report-unit", "2026-11-23").contains("时刻"));
    }

    #[test]
    fn penalty_law_85_seven_days_are_working_days() {
        let d = due("penalty-serve", "2026-09-29");
        assert_eq!(d.due.to_string(), "2026-10-14");
        assert_eq!(d.rule.clause, "第六十一条");
        assert!(refused("penalty-serve", "2026-12-28").contains("日历未发布"));
    }

    #[test]
    fn hearing_notice_lies_seven_working_days_before() {
        assert_eq!(due("hearing-notice", "2026-10-14").due.to_string(), "2026-09-29");
    }

    #[test]
    fn order_493_art_13_calendar_days_do_not_roll() {
        assert_eq!(due("accident-supplement", "2026-09-01").due.to_string(), "2026-10-01");
        assert_eq!(due("accident-supplement-traffic-fire", "2026-09-24").due.to_string(), "2026-10-01");
    }

    #[test]
    fn insurance_law_23_rolls_and_deducts() {
        assert_eq!(due("claim-assess", "2026-09-01").due.to_string(), "2026-10-08");
        let from = Moment::parse("2026-09-01").unwrap();
        let held = deadline(Tables::shipped(), "claim-assess", from, None, 12, Scope::default()).unwrap();
        assert_eq!(held.due.to_string(), "2026-10-13");
        let plain = deadline(Tables::shipped(), "claim-assess", from, Some(false), 0, Scope::default()).unwrap();
        assert_eq!(plain.due.to_string(), "2026-10-01");
        assert!(deadline(Tables::shipped(), "lawsuit", from, None, 1, Scope::default()).is_err());
    }

    #[test]
    fn civil_code_202_six_months_end_on_the_corresponding_day() {
        assert_eq!(due("lawsuit", "2026-08-31").due.to_string(), "2027-02-28");
        assert_eq!(due("special-equipment-inspection-request", "2026-03-31").due.to_string(), "2026-02-28");
    }

    #[test]
    fn a_local_period_holds_only_in_its_region() {
        let scope = Scope { on: None, region: crate::codes::Region::parse("370201").ok() };
        let from = Moment::parse("2026-11-23").unwrap();
        let d = deadline(Tables::shipped(), "listing-publish", from, None, 0, scope).unwrap();
        assert_eq!(d.due.to_string(), "2026-11-30");
        assert!(refused("listing-publish", "2026-11-23").contains("listing-publish"));
    }

    #[test]
    fn an_unconfirmed_period_says_so() {
        let d = due("recheck", "2026-11-23");
        assert_eq!((d.unconfirmed.len(), d.rule.confidence), (1, Confidence::Unconfirmed));
        assert_eq!(due("plan-evaluation", "2026-11-23").rule.confidence, Confidence::Unconfirmed);
        assert!(due("claim-pay", "2026-11-23").unconfirmed.is_empty());
    }

    #[test]
    fn a_period_of_a_repealed_rule_is_refused_after_its_end() {
        assert_eq!(due("special-work-certificate", "2026-05-31").due.to_string(), "2032-05-31");
        assert!(refused("special-work-certificate", "2026-06-01").contains("special-work-certificate"));
    }

    #[test]
    fn utc_becomes_beijing_time() {
        let read = |t| Moment::parse(t).unwrap().to_string();
        assert_eq!(read("2026-11-23T15:59:59Z"), "2026-11-23T23:59:59+08:00");
        assert_eq!(read("2026-12-31T16:00Z"), "2027-01-01T00:00:00+08:00");
    }

    #[test]
    fn moments_are_read_strictly() {
        for bad in [
            "",
            "2026-11-23T",
            "2026-11-23T24:00",
            "2026-11-23T08:60",
            "2026-11-23T8:00",
            "2026-11-23T08:00:00:00",
            "2026-02-30T08:00",
        ] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
        assert_eq!(Moment::parse("2026-11-23 08:30").unwrap().to_string(), "2026-11-23T08:30:00+08:00");
    }
}
