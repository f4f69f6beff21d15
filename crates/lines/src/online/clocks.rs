//! Priorities of alarms, the clocks that run on them and the ladder they climb.
//!
//! The minutes below are data: examples a county adjusts in its duty rules, not values of a standard.
//! What the law asks for is that warnings are handled by grade and in time; how fast is set locally.

use standards::codes::Region;
use standards::date::Date;
use standards::monitoring::{PriorityAsked, alarm_priority};
use standards::tables::{Scope, Tables};

use super::limits::{Level, Ms};

/// Priority 1 (most urgent) to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Priority(u8);

/// How urgent an alarm is, with the reason and the edition of the table that said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    /// Priority.
    pub priority: Priority,
    /// Why, for the person on duty; an example table says that it is one.
    pub why: String,
    /// Edition of the table.
    pub edition: String,
}

impl Grade {
    /// The grade of an alarm of `level` on a point that measures `metric`, whose consequence is 1
    /// (major hazard source) to 3 (minor), by the table in force there and then. No alarm is held
    /// back for want of a row: it then counts as most urgent.
    pub fn of(tables: &Tables, level: Level, consequence: u8, metric: &str, region: &str, at: Ms) -> Grade {
        let scope = Scope { on: Date::beijing(at), region: Region::parse(region).ok() };
        let asked = PriorityAsked { level: level.code(), consequence, metric };
        match alarm_priority(tables, asked, scope) {
            Ok(found) => Grade {
                priority: Priority::from_code(found.priority.into()),
                why: std::iter::once(found.why).chain(found.unconfirmed).collect::<Vec<_>>().join("；"),
                edition: found.rule.edition,
            },
            Err(problem) => {
                Grade {
                    priority: Priority(1), why: format!("{}，按最急处理", problem.title), edition: String::new()
                }
            }
        }
    }
}

impl Priority {
    /// A stored priority; anything outside 1 to 4 is brought inside.
    pub fn from_code(code: i64) -> Priority {
        Priority(code.clamp(1, 4) as u8)
    }

    /// 1 to 4.
    pub const fn code(self) -> u8 {
        self.0
    }
}

/// The time allowed for one priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Which priority.
    pub priority: Priority,
    /// Minutes to acknowledge.
    pub acknowledge_min: i64,
    /// Minutes to explain, counted from the alarm.
    pub explain_min: i64,
}

const fn allow(priority: u8, acknowledge_min: i64, explain_min: i64) -> Allowance {
    Allowance { priority: Priority(priority), acknowledge_min, explain_min }
}

/// Configurable example: the allowances shipped with the platform.
pub const ALLOWANCES: [Allowance; 4] = [allow(1, 3, 30), allow(2, 10, 60), allow(3, 30, 240), allow(4, 60, 1440)];

/// Configurable example: who is called when a clock runs out, from the person on duty upward.
pub const LADDER: [Rung; 4] = [
    Rung { key: "person", title: "当班人员" },
    Rung { key: "principal", title: "企业主要负责人" },
    Rung { key: "township", title: "乡镇（街道）" },
    Rung { key: "county", title: "县级值班" },
];

/// One step of the escalation ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Stable key stored with events.
    pub key: &'static str,
    /// What people read.
    pub title: &'static str,
}

/// The rung reached after `escalation` steps; the top one stays the top one.
pub fn rung(escalation: u8) -> Rung {
    let [first, .., top] = LADDER;
    LADDER.get(usize::from(escalation)).copied().unwrap_or(if escalation == 0 { first } else { top })
}

/// Whether there is a higher rung after `escalation` steps.
pub const fn can_climb(escalation: u8) -> bool {
    (escalation as usize) + 1 < LADDER.len()
}

/// The allowance of a priority.
pub fn allowance(priority: Priority) -> Allowance {
    let [first, second, third, fourth] = ALLOWANCES;
    match priority.0 {
        0 | 1 => first,
        2 => second,
        3 => third,
        _ => fourth,
    }
}

/// Until when an alarm raised at `at` is to be acknowledged.
pub fn acknowledge_due(priority: Priority, at: Ms) -> Ms {
    at + allowance(priority).acknowledge_min * 60_000
}

/// Until when an alarm raised (or recurred after its explanation) at `at` is to be explained.
pub fn explain_due(priority: Priority, at: Ms) -> Ms {
    at + allowance(priority).explain_min * 60_000
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23.
    const NOW: Ms = 1_795_400_000_000;

    #[test]
    fn worse_levels_and_graver_consequences_come_first() {
        let of = |level, consequence, metric| {
            Grade::of(Tables::shipped(), level, consequence, metric, "990121", NOW).priority.code()
        };
        assert_eq!((of(Level::HH, 1, "level"), of(Level::L, 1, "level"), of(Level::L, 3, "level")), (1, 2, 4));
        assert_eq!((of(Level::LL, 9, "level"), of(Level::H, 1, "cl2")), (3, 1));
    }

    #[test]
    fn a_grade_says_why_and_that_its_table_is_an_example() {
        let grade = Grade::of(Tables::shipped(), Level::H, 1, "cl2", "990121", NOW);
        assert!(grade.why.contains("急性毒性") && grade.why.contains("示例"), "{}", grade.why);
        assert_eq!(grade.edition, "alarm-priority-1");
        let before = Grade::of(Tables::shipped(), Level::L, 3, "level", "990121", 0);
        assert_eq!((before.priority.code(), before.edition.as_str()), (1, ""), "no table in force: most urgent");
    }

    #[test]
    fn the_most_urgent_alarm_has_three_minutes_and_half_an_hour() {
        let p = Priority::from_code(1);
        assert_eq!(acknowledge_due(p, 0), 3 * 60_000);
        assert_eq!(explain_due(p, 0), 30 * 60_000);
    }

    #[test]
    fn the_ladder_ends_at_the_county() {
        assert_eq!(rung(0).key, "person");
        assert_eq!(rung(3).key, "county");
        assert_eq!(rung(9).key, "county");
        assert!(can_climb(2));
        assert!(!can_climb(3));
    }
}
