//! The life of a visit: requested → assigned → accepted → announced → entered → left → signed →
//! evaluated, or withdrawn before entry. Pure decisions: the changed visit, or a refusal with the
//! rule that refuses and the way out. Nothing skips a step.
use super::rules::{LIFECYCLE, RECORD, TWO_OFFICERS};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Why a command is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The rule, named so that a screen can show where it comes from.
    pub rule: &'static str,
    /// What is refused, why, and the way out.
    pub message: String,
}

impl From<Refusal> for platform::Error {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal.rule, refusal.message)
    }
}

fn refuse<T>(rule: &'static str, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { rule, message: message.into() })
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
    /// Where a visit stands.
    #[schema(as = VisitState)]
    State {
        /// Asked for; nobody is chosen yet.
        Requested "requested" "待派定",
        /// Somebody is chosen and has not answered.
        Assigned "assigned" "待接受",
        /// They will go.
        Accepted "accepted" "待告知",
        /// The enterprise knows.
        Announced "announced" "待入企",
        /// They are on site.
        Entered "entered" "检查中",
        /// They have left; the record waits for signatures.
        Left "left" "待签字",
        /// Both sides have signed, or a refusal is on record.
        Signed "signed" "已签字",
        /// The enterprise has said how it was.
        Evaluated "evaluated" "已评价",
        /// Not needed any more.
        Withdrawn "withdrawn" "已撤回",
    }
}

words! {
    /// What a visit is for.
    #[schema(as = VisitKind)]
    Kind {
        /// Government inspects.
        Enforcement "enforcement" "执法检查",
        /// Several departments inspect together.
        Joint "joint" "联合检查",
        /// Government looks whether it was put right.
        Recheck "recheck" "整改复查",
        /// A service organisation helps to prevent accidents.
        PreventionService "prevention_service" "预防服务",
        /// The insurer has the risk looked at.
        InsurerSurvey "insurer_survey" "风险查勘",
    }
}

words! {
    /// Why a visit is asked for.
    #[schema(as = VisitReason)]
    Reason {
        /// By plan.
        Plan "plan" "计划安排",
        /// An alarm.
        Alarm "alarm" "预警",
        /// An accident.
        Accident "accident" "事故",
        /// A complaint or report.
        Complaint "complaint" "投诉举报",
        /// To look again.
        Recheck "recheck" "整改复查",
        /// Somebody asked.
        Request "request" "主动申请",
    }
}

impl Kind {
    /// Government comes with the power of the law: two people, and no word before the announcement.
    pub const fn is_government(self) -> bool {
        matches!(self, Self::Enforcement | Self::Joint | Self::Recheck)
    }
    /// How many must be present at least.
    pub const fn least_people(self) -> usize {
        if self.is_government() { 2 } else { 1 }
    }
}

impl Reason {
    /// Whether a visit for this reason may go over the yearly cap.
    pub const fn over_cap(self) -> bool {
        matches!(self, Self::Alarm | Self::Accident | Self::Complaint | Self::Recheck)
    }
    /// Whether one may go in first and scan the code before leaving.
    pub const fn is_emergency(self) -> bool {
        matches!(self, Self::Alarm | Self::Accident | Self::Complaint)
    }
}

impl State {
    /// Whether somebody still has to do something.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Signed | Self::Evaluated | Self::Withdrawn)
    }
}

/// The part of a visit that decisions depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// What for.
    pub kind: Kind,
    /// Why.
    pub reason: Reason,
    /// Where it stands.
    pub state: State,
    /// Who goes.
    pub people: Vec<Uuid>,
    /// Who came in.
    pub present: Vec<Uuid>,
    /// Which visitors have signed.
    pub signed_by: Vec<Uuid>,
    /// Whether the enterprise signed; false where a refusal is on record.
    pub enterprise_signed: bool,
}

/// Answers to a check item.
pub const ANSWERS: [(&str, &str); 4] =
    [("pass", "符合"), ("general", "一般隐患"), ("major", "疑似重大隐患"), ("na", "不适用")];
/// Reasons to decline.
pub const DECLINES: [(&str, &str); 5] =
    [("ill", "身体原因"), ("conflict", "需要回避"), ("busy", "时间冲突"), ("skill", "专业不符"), ("other", "其他")];
/// Questions of the evaluation.
pub const QUESTIONS: [(&str, &str); 3] =
    [("conduct", "工作作风"), ("useful", "是否有帮助"), ("burden", "是否增加负担")];

impl Visit {
    /// A new visit.
    pub const fn request(kind: Kind, reason: Reason) -> Self {
        Self {
            kind,
            reason,
            state: State::Requested,
            people: vec![],
            present: vec![],
            signed_by: vec![],
            enterprise_signed: false,
        }
    }

    fn wrong_step<T>(&self, wanted: &str) -> Result<T, Refusal> {
        refuse(LIFECYCLE, format!("本次检查服务现为“{}”，不能{wanted}；请按页面上的下一步办理", self.state.title()))
    }

    /// Chooses who goes; may be done again until the enterprise has been told.
    pub fn assign(self, people: Vec<Uuid>) -> Result<Self, Refusal> {
        if !matches!(self.state, State::Requested | State::Assigned | State::Accepted) {
            return self.wrong_step("派定人员");
        }
        let least = self.kind.least_people();
        let mut distinct = people.clone();
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() != people.len() {
            return refuse(LIFECYCLE, "people：同一人只能派定一次，请去掉重复的人员");
        }
        if people.len() < least {
            let (rule, text) = if least > 1 {
                (TWO_OFFICERS, "people：执法检查不得少于两人，请再选一名执法人员")
            } else {
                (LIFECYCLE, "people：请至少选定一人")
            };
            return refuse(rule, text);
        }
        Ok(Self { state: State::Assigned, people, ..self })
    }

    /// They will go.
    pub fn accept(self) -> Result<Self, Refusal> {
        if self.state != State::Assigned {
            return self.wrong_step("接受派单");
        }
        Ok(Self { state: State::Accepted, ..self })
    }

    /// They will not; somebody else has to be chosen.
    pub fn decline(self, reason_code: &str) -> Result<Self, Refusal> {
        if !matches!(self.state, State::Assigned | State::Accepted) {
            return self.wrong_step("谢绝派单");
        }
        if !DECLINES.iter().any(|(code, _)| *code == reason_code) {
            return refuse("谢绝原因代码表", format!("reason_code：“{reason_code}”不在原因代码表中，请从列表中选择"));
        }
        Ok(Self { state: State::Requested, people: vec![], ..self })
    }

    /// The enterprise is told matter, basis and planned end.
    pub fn announce(self, bases: usize, now: i64, planned_end: i64) -> Result<Self, Refusal> {
        if self.state != State::Accepted {
            return self.wrong_step("告知企业");
        }
        if bases == 0 {
            return refuse("安全生产法（2021）第六十五条", "legal_basis：请写明入企的依据，至少一条");
        }
        if planned_end <= now {
            return refuse(LIFECYCLE, "planned_end：预计结束时间已经过去，请填写以后的时间");
        }
        Ok(Self { state: State::Announced, ..self })
    }

    /// They come in by the enterprise's code.
    pub fn enter(self, code_fits: bool, present: Vec<Uuid>, late: bool) -> Result<Self, Refusal> {
        if self.state != State::Announced {
            return self.wrong_step("入企");
        }
        if !code_fits {
            return refuse(LIFECYCLE, "code：没有扫到这家企业的企业码；请扫描企业门口的二维码后再入企");
        }
        if late && !self.reason.is_emergency() {
            return refuse(LIFECYCLE, "late：只有预警、事故、投诉举报引起的紧急入企可以先进门后补扫；请先扫码再入企");
        }
        if let Some(stranger) = present.iter().find(|p| !self.people.contains(p)) {
            return refuse(LIFECYCLE, format!("people：{stranger} 不在派定名单里；请先重新派定，或只让派定的人员入企"));
        }
        if present.len() < self.kind.least_people() {
            return refuse(
                TWO_OFFICERS,
                "people：执法检查不得少于两人，单人不得入企；请等另一名执法人员到场，或撤回后重新派定",
            );
        }
        Ok(Self { state: State::Entered, present, ..self })
    }

    /// One item of the list is answered.
    pub fn answer(&self, answer: &str, note: &str) -> Result<(), Refusal> {
        if self.state != State::Entered {
            return self.wrong_step("填写检查项");
        }
        if !ANSWERS.iter().any(|(code, _)| *code == answer) {
            return refuse(RECORD, "answer：结果只能是符合、一般隐患、疑似重大隐患或不适用");
        }
        if matches!(answer, "general" | "major") && note.trim().chars().count() < 2 {
            return refuse(RECORD, "note：不符合的项须写明问题，至少 2 个字");
        }
        Ok(())
    }

    /// They leave; every item has been answered.
    pub fn leave(self, unanswered: usize) -> Result<Self, Refusal> {
        if self.state != State::Entered {
            return self.wrong_step("离开");
        }
        if unanswered > 0 {
            return refuse(RECORD, format!("还有 {unanswered} 项没有结果；不涉及的项请选“不适用”，全部填写后再离开"));
        }
        Ok(Self { state: State::Left, ..self })
    }

    /// How many visitors' signatures are missing.
    pub fn signatures_missing(&self) -> usize {
        let needed = if self.kind.is_government() { self.present.len() } else { 1 };
        needed.saturating_sub(self.signed_by.len())
    }

    /// One of the visitors signs.
    pub fn sign_visitor(mut self, person: Uuid) -> Result<Self, Refusal> {
        if self.state != State::Left {
            return self.wrong_step("签字");
        }
        if !self.present.contains(&person) {
            return refuse(RECORD, "只有到场的人员可以在记录上签字");
        }
        if self.signed_by.contains(&person) {
            return refuse(RECORD, "您已在这份记录上签字，无需重复签字");
        }
        self.signed_by.push(person);
        Ok(self)
    }

    /// The enterprise signs.
    pub fn sign_enterprise(self) -> Result<Self, Refusal> {
        self.ends("签字", true)
    }

    /// The enterprise will not sign; the visitors note it.
    pub fn refuse_signature(self, note: &str) -> Result<Self, Refusal> {
        if note.trim().chars().count() < 5 {
            return refuse(RECORD, "refusal：请写明拒签的情形（谁、为何拒签、如何说明和见证），至少 5 个字");
        }
        self.ends("记录拒签", false)
    }

    fn ends(self, what: &str, enterprise_signed: bool) -> Result<Self, Refusal> {
        if self.state != State::Left {
            return self.wrong_step(what);
        }
        match self.signatures_missing() {
            0 => Ok(Self { state: State::Signed, enterprise_signed, ..self }),
            n => refuse(RECORD, format!("检查服务一方还有 {n} 人没有签字，签齐后再{what}")),
        }
    }

    /// The enterprise says how it was.
    pub fn evaluate(self, scores: &BTreeMap<String, u8>) -> Result<Self, Refusal> {
        const RULE: &str = "企业评价规则：记录签字后评价一次";
        if self.state != State::Signed {
            return self.wrong_step("评价");
        }
        for (code, title) in QUESTIONS {
            match scores.get(code) {
                Some(1..=5) => {}
                Some(_) => return refuse(RULE, format!("scores.{code}：“{title}”的评分须为 1 到 5")),
                None => return refuse(RULE, format!("scores.{code}：请给“{title}”评分")),
            }
        }
        if scores.len() > QUESTIONS.len() {
            return refuse(RULE, "scores：评分项目只有作风、帮助和负担三项");
        }
        Ok(Self { state: State::Evaluated, ..self })
    }

    /// The visit is not needed any more.
    pub fn withdraw(self) -> Result<Self, Refusal> {
        match self.state {
            State::Requested | State::Assigned | State::Accepted | State::Announced => {
                Ok(Self { state: State::Withdrawn, ..self })
            }
            State::Withdrawn => refuse(LIFECYCLE, "本次检查服务已经撤回"),
            _ => refuse(LIFECYCLE, "人员已经入企，不能撤回；请完成检查并签字"),
        }
    }
}

/// Whether a scanned text is the code of this enterprise: the address printed at its door.
pub fn code_fits(code: &str, enterprise: &str) -> bool {
    let code = code.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let mut parts = code.rsplit('/');
    parts.next() == Some(enterprise) && parts.next() == Some("enterprise") && parts.next() == Some("q")
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
