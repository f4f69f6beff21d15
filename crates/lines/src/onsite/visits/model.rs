//! A visit as stored, and as lists and pages show it.
use super::decide::{Kind, Reason, State, Visit};
use platform::http::Table;
use platform::sheets::Value;
use platform::{Ms, Placed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// The subject under which a visit's events stand.
pub fn subject(id: Uuid) -> String {
    format!("visit/{id}")
}

/// The number people use for a visit.
pub fn number(id: Uuid, year: i64) -> String {
    let text = id.simple().to_string();
    format!("检{year}-{}", text.get(text.len().saturating_sub(6)..).unwrap_or_default())
}

/// Somebody who goes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VisitPerson {
    /// Person.
    pub person: Uuid,
    /// Name.
    pub name: String,
    /// Whether they came in.
    pub present: bool,
    /// When they signed.
    pub signed_at: Option<Ms>,
}

/// A visit as stored.
#[derive(Debug, Clone)]
pub struct Row {
    /// Id.
    pub id: Uuid,
    /// Where it stands.
    pub placed: Placed,
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// What decisions depend on.
    pub visit: Visit,
    /// Who goes, in order.
    pub people: Vec<VisitPerson>,
    /// Why, in words.
    pub reason: String,
    /// Skills needed.
    pub skills: Vec<String>,
    /// 1 to 4.
    pub priority: i64,
    /// Latest moment.
    pub deadline: Ms,
    /// Event that caused it.
    pub source_event: Option<Uuid>,
    /// Object of that event.
    pub source_subject: Option<String>,
    /// Organisation that asked; `platform` where a reaction did.
    pub requested_org: String,
    /// Event that asked.
    pub requested_event: Uuid,
    /// Calendar year it counts in.
    pub year: i64,
    /// Organisation that goes.
    pub org: Option<String>,
    /// Its name.
    pub org_name: Option<String>,
    /// Window.
    pub window: Option<(Ms, Ms)>,
    /// Score of the choice and its parts.
    pub score: Option<(f64, BTreeMap<String, f64>)>,
    /// Who was not possible, and why.
    pub rejected: Vec<RejectedView>,
    /// Event that assigned.
    pub assigned_event: Option<Uuid>,
    /// What the enterprise was told.
    pub announcement: Option<Announcement>,
    /// Check list.
    pub template: Option<String>,
    /// Last event about it.
    pub last_event: Uuid,
    /// When they came in.
    pub entered_at: Option<Ms>,
    /// Scanned before leaving instead of at the door.
    pub late: bool,
    /// When they left.
    pub left_at: Option<Ms>,
    /// SM3 digest of the record.
    pub record: Option<String>,
    /// Who signed for the enterprise.
    pub enterprise_signed_by: Option<String>,
    /// Refusal, as recorded.
    pub refusal: Option<String>,
    /// When the record was complete.
    pub signed_at: Option<Ms>,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// Version.
    pub version: i64,
    /// When it was asked for.
    pub created_at: Ms,
}

impl Row {
    /// The subject of its events.
    pub fn subject(&self) -> String {
        subject(self.id)
    }
    /// The enterprise.
    pub fn enterprise(&self) -> &str {
        self.placed.enterprise.as_deref().unwrap_or_default()
    }
    /// Its number.
    pub fn number(&self) -> String {
        number(self.id, self.year)
    }
    /// Names of the people, joined.
    pub fn names(&self) -> String {
        self.people.iter().map(|p| p.name.as_str()).collect::<Vec<_>>().join("、")
    }
    /// What comes next and who must act.
    pub fn next(&self) -> (&'static str, &'static str) {
        let visitors = if self.visit.kind.is_government() { "执法人员" } else { "服务人员" };
        match self.visit.state {
            State::Requested if self.visit.kind.is_government() => ("派定人员", "监管部门"),
            State::Requested => ("派定人员", "申请方或监管部门"),
            State::Assigned => ("接受或谢绝", visitors),
            State::Accepted => ("告知企业", visitors),
            State::Announced => ("扫码入企", visitors),
            State::Entered => ("逐项检查后离开", visitors),
            State::Left if self.visit.signatures_missing() > 0 => ("在记录上签字", visitors),
            State::Left => ("签字", "企业"),
            State::Signed => ("评价", "企业"),
            State::Evaluated | State::Withdrawn => ("", ""),
        }
    }
}

/// What the enterprise was told.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = VisitAnnouncement)]
pub struct Announcement {
    /// Matter.
    pub matter: String,
    /// Laws and clauses.
    pub legal_basis: Vec<String>,
    /// Planned end.
    pub planned_end: Ms,
    /// Organisations that join.
    pub joint_with: Vec<String>,
    /// When.
    pub at: Ms,
}

/// Somebody who was not possible, and why.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = VisitRejected)]
pub struct RejectedView {
    /// Person.
    pub person: Uuid,
    /// Name.
    pub name: String,
    /// Organisation.
    pub org: String,
    /// Code of the reason.
    pub code: String,
    /// Reason in words, with the clause where a rule says so.
    pub why: String,
}

/// A row of the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VisitRow {
    /// Id.
    pub id: Uuid,
    /// Number.
    pub number: String,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Region.
    pub region: String,
    /// What for.
    pub kind: Kind,
    /// The same in Chinese.
    pub kind_name: String,
    /// Why.
    pub reason_code: Reason,
    /// The same in Chinese.
    pub reason_name: String,
    /// Where it stands.
    pub state: State,
    /// The same in Chinese.
    pub state_name: String,
    /// 1 to 4.
    pub priority: i64,
    /// Latest moment to come in.
    pub deadline: Ms,
    /// Organisation that asked.
    pub requested_org: String,
    /// Organisation that goes.
    pub org: Option<String>,
    /// Its name.
    pub org_name: Option<String>,
    /// Who goes.
    pub people: String,
    /// Window start.
    pub from: Option<Ms>,
    /// Window end.
    pub to: Option<Ms>,
    /// When they came in.
    pub entered_at: Option<Ms>,
    /// Scanned late.
    pub late: bool,
    /// When they left.
    pub left_at: Option<Ms>,
    /// When the record was complete.
    pub signed_at: Option<Ms>,
    /// What comes next.
    pub next: String,
    /// Who must act.
    pub next_by: String,
    /// When it was asked for.
    pub created_at: Ms,
    /// Version that commands name.
    pub version: i64,
}

impl From<&Row> for VisitRow {
    fn from(row: &Row) -> Self {
        let (next, next_by) = row.next();
        Self {
            id: row.id,
            number: row.number(),
            enterprise: row.enterprise().to_owned(),
            enterprise_name: row.enterprise_name.clone(),
            region: row.placed.region.clone(),
            kind: row.visit.kind,
            kind_name: row.visit.kind.title().to_owned(),
            reason_code: row.visit.reason,
            reason_name: row.visit.reason.title().to_owned(),
            state: row.visit.state,
            state_name: row.visit.state.title().to_owned(),
            priority: row.priority,
            deadline: row.deadline,
            requested_org: row.requested_org.clone(),
            org: row.org.clone(),
            org_name: row.org_name.clone(),
            people: row.names(),
            from: row.window.map(|w| w.0),
            to: row.window.map(|w| w.1),
            entered_at: row.entered_at,
            late: row.late,
            left_at: row.left_at,
            signed_at: row.signed_at,
            next: next.to_owned(),
            next_by: next_by.to_owned(),
            created_at: row.created_at,
            version: row.version,
        }
    }
}

impl Table for VisitRow {
    const TITLE: &'static str = "检查服务";
    const COLUMNS: &'static [&'static str] = &[
        "编号",
        "企业",
        "区域",
        "类别",
        "事由",
        "状态",
        "优先级",
        "最迟入企",
        "派出单位",
        "人员",
        "入企时间",
        "离开时间",
        "签字时间",
        "下一步",
        "由谁办理",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        let time = |at: Option<Ms>| at.map(|at| at.beijing().into());
        vec![
            Some(self.number.as_str().into()),
            Some(self.enterprise_name.as_str().into()),
            Some(self.region.as_str().into()),
            Some(self.kind_name.as_str().into()),
            Some(self.reason_name.as_str().into()),
            Some(self.state_name.as_str().into()),
            Some(self.priority.into()),
            time(Some(self.deadline)),
            self.org_name.as_deref().map(Into::into),
            Some(self.people.as_str().into()),
            time(self.entered_at),
            time(self.left_at),
            time(self.signed_at),
            Some(self.next.as_str().into()),
            Some(self.next_by.as_str().into()),
        ]
    }
}

/// An answer to a check item.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VisitAnswer)]
pub struct Answer {
    /// Item.
    pub item: String,
    /// `pass`, `general`, `major`, `na`.
    pub answer: String,
    /// Note.
    pub note: Option<String>,
    /// Order.
    pub seq: i64,
    /// When.
    pub at: Ms,
    /// Event.
    pub event: Uuid,
}

/// What the enterprise said.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VisitEvaluation)]
pub struct Evaluation {
    /// 1 to 5 by question.
    pub scores: BTreeMap<String, u8>,
    /// Whether it is a complaint.
    pub complaint: bool,
    /// What the enterprise wrote.
    pub comment: Option<String>,
    /// When.
    pub at: Ms,
}

/// Visits of an enterprise this year against the cap.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = VisitCap)]
pub struct Cap {
    /// Year.
    pub year: i64,
    /// Visits of all subjects that are not withdrawn.
    pub used: i64,
    /// How many of them came by alarm, accident, complaint or recheck.
    pub urgent: i64,
    /// Cap.
    pub cap: i64,
    /// Rule and clause.
    pub rule: String,
    /// Edition.
    pub edition: String,
    /// Whether the figure is an example.
    pub example: bool,
}
