//! The rules of a fact and of an objection, as pure functions of state, person and time.
use platform::{Error, Ms, Result};
use uuid::Uuid;

/// Where a fact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A rule or a person proposed it; nobody has confirmed it.
    Proposed,
    /// A serious one that one of two persons confirmed.
    Seconded,
    /// It counts.
    Valid,
    /// It counts and is disputed.
    Objected,
    /// An objection was upheld: as if it had never been.
    Corrected,
    /// A person dismissed it.
    Dismissed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Proposed, Self::Seconded, Self::Valid, Self::Objected, Self::Corrected, Self::Dismissed];
    /// Word in the database and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Seconded => "seconded",
            Self::Valid => "valid",
            Self::Objected => "objected",
            Self::Corrected => "corrected",
            Self::Dismissed => "dismissed",
        }
    }
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "待确认",
            Self::Seconded => "待第二人确认",
            Self::Valid => "有效",
            Self::Objected => "异议处理中",
            Self::Corrected => "已更正",
            Self::Dismissed => "不予记入",
        }
    }
    /// The state of this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
    /// Whether it counts in the score.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Valid | Self::Objected)
    }
}

/// What the rules need of a fact.
#[derive(Debug, Clone)]
pub struct Standing {
    /// State.
    pub state: State,
    /// Whether two persons must confirm.
    pub serious: bool,
    /// Who confirmed first.
    pub first_by: Option<Uuid>,
    /// Who confirmed.
    pub confirmed_by: Vec<Uuid>,
    /// When it was recorded.
    pub recorded_at: Option<Ms>,
}

/// What a confirmation leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// The second person is still needed.
    First,
    /// It counts now; these persons confirmed it.
    Recorded(Vec<Uuid>),
}

/// The rule behind the persons that an adverse fact needs.
pub const CONFIRMING: &str = "企业安全生产信用评价（示例） 不利事实确认";
/// The rule behind objections.
pub const OBJECTING: &str = "企业安全生产信用评价（示例） 异议处理";

/// A person confirms a candidate.
pub fn confirm(fact: &Standing, by: Uuid) -> Result<Confirmed> {
    match fact.state {
        State::Proposed if fact.serious => Ok(Confirmed::First),
        State::Proposed => Ok(Confirmed::Recorded(vec![by])),
        State::Seconded => match fact.first_by {
            Some(first) if first != by => Ok(Confirmed::Recorded(vec![first, by])),
            _ => Err(Error::refused(
                CONFIRMING,
                "严重不利事实须由两名不同的人员确认；您已确认过，请由本单位另一名有权限的人员确认",
            )),
        },
        other => Err(Error::Conflict(format!("这条事实已是“{}”，不能再确认；请刷新后查看", other.name()))),
    }
}

/// A person dismisses a candidate.
pub fn dismiss(fact: &Standing) -> Result<()> {
    match fact.state {
        State::Proposed | State::Seconded => Ok(()),
        other => Err(Error::Conflict(format!(
            "这条事实已是“{}”，不能再不予记入；已记入的事实由当事人提出异议后更正",
            other.name()
        ))),
    }
}

/// The subject objects; answers until when it might.
pub fn object(fact: &Standing, now: Ms, days: i64) -> Result<()> {
    match fact.state {
        State::Valid => {}
        State::Objected => return Err(Error::Conflict("这条事实的异议正在处理，请等待书面答复".to_owned())),
        other => {
            return Err(Error::Conflict(format!("这条事实是“{}”，没有计入评分，无需提出异议", other.name())));
        }
    }
    let last = fact.recorded_at.unwrap_or(now).plus(days.saturating_mul(86_400_000));
    if now > last {
        return Err(Error::refused(
            OBJECTING,
            format!(
                "异议须在记入之日起 {days} 日内提出，本条已于 {} 截止；事实确有变化的，请向记入单位书面说明并申请更正",
                last.beijing()
            ),
        ));
    }
    Ok(())
}

/// Somebody decides an objection; who confirmed the fact does not judge it.
pub fn answer(fact: &Standing, open: bool, by: Option<Uuid>) -> Result<()> {
    if !open || fact.state != State::Objected {
        return Err(Error::Conflict("这件异议已经答复，请刷新后查看".to_owned()));
    }
    if by.is_some_and(|by| fact.confirmed_by.contains(&by)) {
        return Err(Error::refused(
            OBJECTING,
            "您确认过这条事实，不能处理对它的异议；请由本单位另一名有权限的人员处理",
        ));
    }
    Ok(())
}

/// The state after an answer.
pub const fn answered(upheld: bool) -> State {
    if upheld { State::Corrected } else { State::Valid }
}
