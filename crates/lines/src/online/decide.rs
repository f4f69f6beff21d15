//! The life of an alarm: active → acknowledged → explained → cleared, and nothing skips a step.
//!
//! Pure decisions: given the alarm, a command and the time, either the changed alarm or a refusal
//! with the rule that refuses and the way out. Limit changes are decided here too: nobody approves
//! their own.

use serde::{Deserialize, Serialize};

use super::clocks::{self, Priority};
use super::limits::{Level, Limits, Ms};

/// State of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Raised, nobody has taken it.
    Active,
    /// Somebody has taken it.
    Acknowledged,
    /// Cause and measure are on record.
    Explained,
    /// Done.
    Cleared,
}

impl State {
    /// The code in JSON and database.
    pub const fn code(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Acknowledged => "acknowledged",
            State::Explained => "explained",
            State::Cleared => "cleared",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            State::Active => "待签收",
            State::Acknowledged => "已签收",
            State::Explained => "已说明",
            State::Cleared => "已消警",
        }
    }

    /// The state named by a code, if it is one.
    pub fn parse(code: &str) -> Option<State> {
        [State::Active, State::Acknowledged, State::Explained, State::Cleared].into_iter().find(|s| s.code() == code)
    }
}

/// The part of an alarm that decisions depend on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alarm {
    /// Level.
    pub level: Level,
    /// Priority.
    pub priority: Priority,
    /// State.
    pub state: State,
    /// When it was raised.
    pub raised_at: Ms,
    /// Whether the value is back to normal.
    pub back_to_normal: bool,
    /// Steps climbed on the ladder.
    pub escalation: u8,
    /// How often it came again before it was cleared.
    pub recurrences: u32,
    /// Until when it is to be acknowledged; none once it is.
    pub ack_due_at: Option<Ms>,
    /// Until when it is to be explained; none once it is.
    pub explain_due_at: Option<Ms>,
}

/// Why a command is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule, named so that a screen can show where it comes from.
    pub rule: &'static str,
    /// What is refused, why, and the way out.
    pub message: String,
}

const LIFECYCLE: &str = "预警处置规则：签收 → 说明 → 消警，不得跳步";
const REVIEW: &str = "限值变更规则：申请人与批准人不得为同一人";

fn refuse<T>(rule: &'static str, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { rule, message: message.into() })
}

/// Causes a person chooses from when explaining an alarm.
pub const CAUSE_CODES: [(&str, &str); 9] = [
    ("process", "工艺波动"),
    ("equipment", "设备故障"),
    ("leak", "泄漏"),
    ("operation", "操作不当"),
    ("maintenance", "检修作业"),
    ("instrument", "仪表故障或未校准"),
    ("power", "停电或断网"),
    ("weather", "天气影响"),
    ("drill", "测试或演练"),
];

impl Alarm {
    /// A new alarm.
    pub fn raise(level: Level, priority: Priority, at: Ms) -> Alarm {
        Alarm {
            level,
            priority,
            state: State::Active,
            raised_at: at,
            back_to_normal: false,
            escalation: 0,
            recurrences: 0,
            ack_due_at: Some(clocks::acknowledge_due(priority, at)),
            explain_due_at: Some(clocks::explain_due(priority, at)),
        }
    }

    /// Takes the alarm. Refused when somebody already has.
    pub fn acknowledge(self) -> Result<Alarm, Refusal> {
        match self.state {
            State::Active => Ok(Alarm { state: State::Acknowledged, ack_due_at: None, ..self }),
            State::Acknowledged | State::Explained => refuse(LIFECYCLE, "该预警已签收，请直接填写原因说明"),
            State::Cleared => refuse(LIFECYCLE, "该预警已消警，无需签收"),
        }
    }

    /// Puts cause and measure on record. Refused before acknowledgement and with empty words.
    pub fn explain(self, cause_code: &str, text: &str, measure: &str) -> Result<Alarm, Refusal> {
        match self.state {
            State::Active => return refuse(LIFECYCLE, "预警尚未签收，请先签收再说明原因"),
            State::Cleared => return refuse(LIFECYCLE, "该预警已消警，不能再改说明"),
            State::Acknowledged | State::Explained => {}
        }
        if !CAUSE_CODES.iter().any(|(code, _)| *code == cause_code) {
            return refuse("原因代码表", format!("cause_code：“{cause_code}”不在原因代码表中，请从列表中选择"));
        }
        for (field, title, words) in [("text", "原因说明", text), ("measure", "处置措施", measure)] {
            if words.trim().chars().count() < 2 {
                return refuse(LIFECYCLE, format!("{field}：{title}至少写 2 个字"));
            }
        }
        Ok(Alarm { state: State::Explained, explain_due_at: None, ..self })
    }

    /// Ends the alarm. Refused while the value is outside and before it is explained.
    pub fn clear(self, outside_now: bool) -> Result<Alarm, Refusal> {
        match self.state {
            State::Active => refuse(LIFECYCLE, "预警尚未签收和说明，不能消警"),
            State::Acknowledged => refuse(LIFECYCLE, "预警尚未说明原因和措施，请先填写再消警"),
            State::Cleared => refuse(LIFECYCLE, "该预警已消警"),
            State::Explained if outside_now || !self.back_to_normal => {
                refuse("数值未恢复不得消警", "当前值仍在限值之外或未越过死区，恢复正常后才能消警")
            }
            State::Explained => Ok(Alarm { state: State::Cleared, ..self }),
        }
    }

    /// Notes that the value is back.
    pub fn back_to_normal(self) -> Alarm {
        Alarm { back_to_normal: true, ..self }
    }

    /// Notes that the value went out again. An explanation given before no longer explains it,
    /// so the alarm falls back to acknowledged and its explanation clock starts anew.
    pub fn recurred(self, at: Ms) -> Alarm {
        let reopened = self.state == State::Explained;
        Alarm {
            back_to_normal: false,
            recurrences: self.recurrences.saturating_add(1),
            state: if reopened { State::Acknowledged } else { self.state },
            explain_due_at: if reopened { Some(clocks::explain_due(self.priority, at)) } else { self.explain_due_at },
            ..self
        }
    }

    /// The clock that has run out at `now`, if any: acknowledgement first.
    pub fn overdue(&self, now: Ms) -> Option<Overdue> {
        if self.state == State::Cleared {
            return None;
        }
        match (self.ack_due_at, self.explain_due_at) {
            (Some(due), _) if now >= due => Some(Overdue::Acknowledge),
            (_, Some(due)) if now >= due => Some(Overdue::Explain),
            _ => None,
        }
    }

    /// Climbs one rung and restarts the clock that ran out, so that the next rung has its own time.
    /// At the top of the ladder the clock stops: everybody who can be told has been told.
    pub fn escalate(self, overdue: Overdue, now: Ms) -> Alarm {
        let escalation = if clocks::can_climb(self.escalation) { self.escalation + 1 } else { self.escalation };
        let climbs_on = clocks::can_climb(escalation);
        match overdue {
            Overdue::Acknowledge => {
                Alarm { escalation, ack_due_at: climbs_on.then(|| clocks::acknowledge_due(self.priority, now)), ..self }
            }
            Overdue::Explain => {
                Alarm { escalation, explain_due_at: climbs_on.then(|| clocks::explain_due(self.priority, now)), ..self }
            }
        }
    }

    /// The next moment at which a clock of this alarm runs out.
    pub fn next_clock(&self) -> Option<Ms> {
        match (self.ack_due_at, self.explain_due_at) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }
}

/// Which clock ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overdue {
    /// Nobody acknowledged in time.
    Acknowledge,
    /// Nobody explained in time.
    Explain,
}

impl Overdue {
    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Overdue::Acknowledge => "超时未签收",
            Overdue::Explain => "超时未说明",
        }
    }
}

/// Whether `approver` may approve a limit change that `requester` asked for.
pub fn approve_limits(requester: &str, approver: &str, proposed: &Limits) -> Result<(), Refusal> {
    if requester == approver {
        return refuse(REVIEW, "限值变更须由申请人以外的人批准");
    }
    match proposed.check() {
        Ok(()) => Ok(()),
        Err(errors) => {
            let text: Vec<_> = errors.into_iter().map(|e| format!("{}：{}", e.field, e.message)).collect();
            refuse("限值次序规则", text.join("；"))
        }
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
