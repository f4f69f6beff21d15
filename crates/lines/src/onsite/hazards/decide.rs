//! The life of a hazard: found → level confirmed → assigned → rectified → verified → closed, with
//! extensions, reopening and listing for supervision. Pure decisions: the changed hazard, or a refusal
//! with the rule that refuses and the way out. Nothing skips a step.
use super::rules::{DUTY, FIVE, LIFECYCLE, VERIFY};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Why a command is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule, named so that a screen can show where it comes from.
    pub rule: String,
    /// What is refused, why, and the way out.
    pub message: String,
}

impl From<Refusal> for platform::Error {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal.rule, refusal.message)
    }
}

fn refuse<T>(rule: impl Into<String>, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { rule: rule.into(), message: message.into() })
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident $code:literal $title:literal),* $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        $(#[$meta])*
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),* }
        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The code in JSON and database.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),* } }
            /// What people read.
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title),* } }
            /// The one named by a code.
            pub fn parse(code: &str) -> Option<Self> { Self::ALL.iter().copied().find(|one| one.code() == code) }
        }
    };
}

words! {
    /// Where a hazard stands.
    #[schema(as = HazardState)]
    State {
        /// Nobody has said yet how grave it is.
        Found "found" "待确认等级",
        /// The level is confirmed; nobody has to fix it yet.
        Confirmed "confirmed" "待下达整改",
        /// Somebody has to fix it by a day.
        Assigned "assigned" "整改中",
        /// The enterprise says it is fixed.
        Rectified "rectified" "待复查",
        /// It was not fixed, or came back.
        Reopened "reopened" "待重新下达",
        /// Fixed, and still listed for supervision.
        Verified "verified" "待解除挂牌",
        /// Done.
        Closed "closed" "已销号",
        /// Another open hazard stands for it.
        Duplicate "duplicate" "已并入",
    }
}

words! {
    /// How grave it is.
    #[schema(as = HazardLevel)]
    Level {
        /// Removed without stopping.
        General "general" "一般隐患",
        /// Large harm or effort.
        Major "major" "重大隐患",
    }
}

words! {
    /// How it was found.
    #[schema(as = HazardVia)]
    Via {
        /// In a visit.
        Visit "visit" "检查服务",
        /// The enterprise itself.
        SelfCheck "self_check" "企业自查",
        /// On patrol.
        Patrol "patrol" "日常巡查",
        /// Somebody reported it.
        Report "report" "举报报告",
        /// An alarm.
        Alarm "alarm" "在线预警",
    }
}

impl State {
    /// Whether somebody still has to do something.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Duplicate)
    }
}

/// The part of a hazard that decisions depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hazard {
    /// Enterprise it is at.
    pub enterprise: String,
    /// Where it stands.
    pub state: State,
    /// Level: suspected until confirmed.
    pub level: Level,
    /// Due, milliseconds UTC.
    pub due: Option<i64>,
    /// Extensions granted since it was found.
    pub extensions: u32,
    /// Working days asked for and not decided yet.
    pub asked_days: Option<u32>,
    /// Person and organisation that fixed it last.
    pub rectified_by: Option<(Uuid, String)>,
    /// Whether it is listed for supervision now.
    pub listed: bool,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Person.
    pub person: Uuid,
    /// Organisation.
    pub org: String,
    /// Whether that is a government organisation.
    pub government: bool,
}

/// What is said when a hazard is assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// Whether a plan for emergencies meanwhile is there.
    pub plan: bool,
    /// Whether money is there.
    pub money: bool,
    /// Due, milliseconds UTC.
    pub due: i64,
}

/// How far an extension may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// How many.
    pub times: u32,
    /// Working days of each.
    pub days: u32,
    /// Rule that says so.
    pub rule: String,
}

impl Hazard {
    /// A new finding.
    pub const fn found(enterprise: String, level: Level) -> Self {
        Self {
            enterprise,
            state: State::Found,
            level,
            due: None,
            extensions: 0,
            asked_days: None,
            rectified_by: None,
            listed: false,
        }
    }

    fn wrong_step<T>(&self, wanted: &str) -> Result<T, Refusal> {
        refuse(LIFECYCLE, format!("这条隐患现为“{}”，不能{wanted}；请按页面上的下一步办理", self.state.title()))
    }

    /// Another open hazard stands for it.
    pub fn link(self) -> Result<Self, Refusal> {
        if self.state != State::Found {
            return self.wrong_step("并入其他隐患");
        }
        Ok(Self { state: State::Duplicate, ..self })
    }

    /// Says how grave it is. Whether something is or is not major, government decides.
    pub fn confirm(self, to: Level, who: &Who) -> Result<Self, Refusal> {
        if self.state != State::Found {
            return self.wrong_step("确认等级");
        }
        if !who.government && (self.level == Level::Major || to == Level::Major) {
            return refuse(DUTY, "to：是否构成重大隐患由监管部门确认；请等待监管部门办理，期间先采取临时措施");
        }
        Ok(Self { state: State::Confirmed, level: to, ..self })
    }

    /// Who rectifies, how, by when.
    pub fn assign(self, order: Order, now: i64) -> Result<Self, Refusal> {
        if !matches!(self.state, State::Confirmed | State::Reopened) {
            return self.wrong_step("下达整改");
        }
        if self.level == Level::Major && !order.plan {
            return refuse(FIVE, "plan：重大隐患须写明整改期间的应急预案，五项落实后才能下达");
        }
        if self.level == Level::Major && !order.money {
            return refuse(FIVE, "money_fen：重大隐患须写明整改资金，五项落实后才能下达");
        }
        if order.due <= now {
            return refuse(LIFECYCLE, "due_on：整改期限已经过去，请填写以后的日期");
        }
        Ok(Self { state: State::Assigned, due: Some(order.due), asked_days: None, ..self })
    }

    /// The enterprise asks for more time, before the time is over.
    pub fn ask_extension(self, days: u32, extent: &Extent, now: i64) -> Result<Self, Refusal> {
        if self.state != State::Assigned {
            return self.wrong_step("申请延期");
        }
        if self.asked_days.is_some() {
            return refuse(LIFECYCLE, "已有一份延期申请待审批，请等待审批结果");
        }
        if self.due.is_some_and(|due| now > due) {
            return refuse(&extent.rule, "整改期限已过，不能再申请延期；请尽快完成整改并说明情况");
        }
        if self.extensions >= extent.times {
            let text = format!("已延期 {} 次，达到上限 {} 次；请按期完成整改", self.extensions, extent.times);
            return refuse(&extent.rule, text);
        }
        if days == 0 || days > extent.days {
            let text = format!(
                "working_days：每次延期为 1 到 {} 个工作日，现填 {days}；请减少天数并采取临时措施",
                extent.days
            );
            return refuse(&extent.rule, text);
        }
        Ok(Self { asked_days: Some(days), ..self })
    }

    /// Government decides; `until` is the new due time where granted.
    pub fn decide_extension(self, until: Option<i64>) -> Result<Self, Refusal> {
        if self.state != State::Assigned || self.asked_days.is_none() {
            return refuse(LIFECYCLE, "没有待审批的延期申请，请刷新页面");
        }
        if until.zip(self.due).is_some_and(|(until, due)| until <= due) {
            return refuse(LIFECYCLE, "until：延期后的期限须晚于原期限");
        }
        let granted = u32::from(until.is_some());
        Ok(Self { asked_days: None, due: until.or(self.due), extensions: self.extensions + granted, ..self })
    }

    /// The enterprise says it is fixed.
    pub fn rectify(self, who: &Who) -> Result<Self, Refusal> {
        if self.state != State::Assigned {
            return self.wrong_step("提交整改");
        }
        Ok(Self {
            state: State::Rectified,
            asked_days: None,
            rectified_by: Some((who.person, who.org.clone())),
            ..self
        })
    }

    /// Whether somebody may look whether it was fixed.
    pub fn may_verify(&self, who: &Who) -> Result<(), Refusal> {
        if self.state != State::Rectified {
            return self.wrong_step("复查");
        }
        let (person, org) = self.rectified_by.clone().unwrap_or_default();
        if person == who.person {
            return refuse(VERIFY, "整改由您本人提交，不能由您复查；请由其他人员复查");
        }
        if self.level == Level::Major && !who.government && (who.org == org || who.org == self.enterprise) {
            return refuse(VERIFY, "重大隐患不能由整改单位自己复查；请由监管部门或其他单位复查");
        }
        Ok(())
    }

    /// Somebody else looked. A value outside its limits says that it is not fixed, whoever says it is.
    pub fn verify(self, who: &Who, passed: bool, sensor_inside: Option<bool>) -> Result<Self, Refusal> {
        self.may_verify(who)?;
        if passed && sensor_inside == Some(false) {
            return refuse(
                VERIFY,
                "passed：相关点位的数值仍在限值以外，不能通过复查；请待数值恢复正常，或按不通过退回整改",
            );
        }
        let state = match (passed, self.listed) {
            (false, _) => State::Reopened,
            (true, true) => State::Verified,
            (true, false) => State::Closed,
        };
        Ok(Self { state, ..self })
    }

    /// It came back after it was closed.
    pub fn reopen(self) -> Result<Self, Refusal> {
        if !matches!(self.state, State::Closed | State::Verified) {
            return self.wrong_step("重新打开");
        }
        Ok(Self { state: State::Reopened, ..self })
    }

    /// Government lists it for supervision.
    pub fn list(self, due: i64, now: i64) -> Result<Self, Refusal> {
        if self.level != Level::Major || !self.state.is_open() || self.state == State::Found {
            return refuse(LIFECYCLE, "只有已确认、未销号的重大隐患可以挂牌督办；请先确认等级");
        }
        if self.listed {
            return refuse(LIFECYCLE, "这条隐患已在挂牌督办中");
        }
        if due <= now {
            return refuse(LIFECYCLE, "due_on：督办期限已经过去，请填写以后的日期");
        }
        Ok(Self { listed: true, ..self })
    }

    /// Government takes it off the list after it was verified, which closes it.
    pub fn lift(self) -> Result<Self, Refusal> {
        if !self.listed || self.state != State::Verified {
            return refuse(LIFECYCLE, "解除挂牌须先通过复查；请先完成整改和复查");
        }
        Ok(Self { listed: false, state: State::Closed, ..self })
    }
}
