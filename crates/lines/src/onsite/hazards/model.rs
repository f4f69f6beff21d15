//! A hazard as stored, and as lists and pages show it.
use super::decide::{Hazard, Level, State, Via};
use events::onsite::SensorProof;
use platform::http::Table;
use platform::sheets::Value;
use platform::{Ms, Placed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The subject under which a hazard's events stand.
pub fn subject(id: Uuid) -> String {
    format!("hazard/{id}")
}

/// The number people use for a hazard.
pub fn number(id: Uuid, year: i64) -> String {
    let text = id.simple().to_string();
    format!("患{year}-{}", text.get(text.len().saturating_sub(6)..).unwrap_or_default())
}

/// What a sensor says of the same thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = HazardSensor)]
pub struct Sensor {
    /// Tag.
    pub tag: String,
    /// Value.
    pub value: f64,
    /// When it was measured.
    pub at: Ms,
    /// Whether it lay inside its limits.
    pub inside: bool,
    /// Event it comes from.
    pub event: Uuid,
}

impl From<&Sensor> for SensorProof {
    fn from(s: &Sensor) -> Self {
        Self { tag: s.tag.as_str().into(), value: s.value, at: s.at.0, inside: s.inside }
    }
}

/// A photo.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HazardPhoto {
    /// SM3 digest; opens under `/files/{digest}`.
    pub digest: String,
    /// `found`, `before` or `after`.
    pub side: String,
    /// How often it had been given back when the photo was brought.
    pub round: i64,
}

/// A hazard as stored.
#[derive(Debug, Clone)]
pub struct Row {
    /// Id.
    pub id: Uuid,
    /// Where it stands.
    pub placed: Placed,
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// What decisions depend on.
    pub hazard: Hazard,
    /// Level when it was found.
    pub suspected: Level,
    /// Code of the criterion.
    pub clause_code: Option<String>,
    /// Criterion as cited.
    pub clause: Option<String>,
    /// Place.
    pub place: String,
    /// What is wrong.
    pub text: String,
    /// How it was found.
    pub via: Via,
    /// Organisation that found it.
    pub found_org: String,
    /// Its name.
    pub found_org_name: Option<String>,
    /// Visit that found it.
    pub visit: Option<Uuid>,
    /// Sensor that watches the same thing.
    pub tag: Option<String>,
    /// Calendar year.
    pub year: i64,
    /// Ground of the level.
    pub ground: Option<String>,
    /// Post responsible.
    pub owner_post: Option<String>,
    /// Person responsible.
    pub owner_name: Option<String>,
    /// Measure ordered.
    pub measure: Option<String>,
    /// Money, 分.
    pub money_fen: Option<i64>,
    /// Plan meanwhile.
    pub plan: Option<String>,
    /// Rule the due date comes from.
    pub due_rule: Option<String>,
    /// Why more time is asked for.
    pub asked_reason: Option<String>,
    /// What keeps it safe meanwhile.
    pub interim_measure: Option<String>,
    /// What was done.
    pub done: Option<String>,
    /// Cost, 分.
    pub cost_fen: Option<i64>,
    /// When it was fixed.
    pub rectified_at: Option<Ms>,
    /// When it was verified.
    pub verified_at: Option<Ms>,
    /// Who verified.
    pub verifier_name: Option<String>,
    /// Their organisation.
    pub verifier_org: Option<String>,
    /// What they wrote.
    pub verify_note: Option<String>,
    /// Sensor at verification.
    pub sensor: Option<Sensor>,
    /// When it became overdue.
    pub overdue_at: Option<Ms>,
    /// `county`, `city`, `province`.
    pub listed_level: Option<String>,
    /// When it was listed.
    pub listed_at: Option<Ms>,
    /// Due time of the listing.
    pub listed_due: Option<Ms>,
    /// When it was taken off.
    pub lifted_at: Option<Ms>,
    /// The open hazard that stands for it.
    pub duplicate_of: Option<Uuid>,
    /// How alike the places are.
    pub similarity: Option<f64>,
    /// Why it was opened again.
    pub reopened_why: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Ms>,
    /// How often it was given back.
    pub round: i64,
    /// Version.
    pub version: i64,
    /// When it was found.
    pub created_at: Ms,
    /// Event that found it.
    pub found_event: Uuid,
    /// Last event about it.
    pub last_event: Uuid,
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
    /// Due time.
    pub fn due(&self) -> Option<Ms> {
        self.hazard.due.map(Ms)
    }
    /// Whether the enterprise is late now.
    pub fn overdue(&self, now: Ms) -> bool {
        matches!(self.hazard.state, State::Assigned | State::Reopened) && self.due().is_some_and(|due| now > due)
    }
    /// What comes next and who must act.
    pub fn next(&self) -> (&'static str, &'static str) {
        let major = self.hazard.level == Level::Major;
        match self.hazard.state {
            State::Found if major => ("确认等级", "监管部门"),
            State::Found => ("确认等级", "企业或监管部门"),
            State::Confirmed | State::Reopened => ("下达整改", "企业或监管部门"),
            State::Assigned if self.hazard.asked_days.is_some() => ("审批延期", "监管部门"),
            State::Assigned => ("整改", "企业"),
            State::Rectified if major => ("复查", "监管部门或其他单位"),
            State::Rectified => ("复查", "整改人以外的人员"),
            State::Verified => ("解除挂牌", "监管部门"),
            State::Closed | State::Duplicate => ("", ""),
        }
    }
}

/// A row of the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HazardRow {
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
    /// Level: suspected until confirmed.
    pub level: Level,
    /// The same in Chinese.
    pub level_name: String,
    /// Where it stands.
    pub state: State,
    /// The same in Chinese.
    pub state_name: String,
    /// How it was found.
    pub found_via: Via,
    /// The same in Chinese.
    pub found_via_name: String,
    /// Name of the organisation that found it.
    pub found_by: Option<String>,
    /// Criterion as cited.
    pub clause: Option<String>,
    /// Place.
    pub place: String,
    /// What is wrong.
    pub text: String,
    /// Due time.
    pub due: Option<Ms>,
    /// Whether the enterprise is late now.
    pub overdue: bool,
    /// Whether it is listed for supervision now.
    pub listed: bool,
    /// Extensions granted.
    pub extensions: u32,
    /// What comes next.
    pub next: String,
    /// Who must act.
    pub next_by: String,
    /// When it was found.
    pub created_at: Ms,
    /// When it was closed.
    pub closed_at: Option<Ms>,
    /// Version that commands name.
    pub version: i64,
}

impl HazardRow {
    /// The row as lists show it now.
    pub fn new(row: &Row, now: Ms) -> Self {
        let (next, next_by) = row.next();
        Self {
            id: row.id,
            number: row.number(),
            enterprise: row.enterprise().to_owned(),
            enterprise_name: row.enterprise_name.clone(),
            region: row.placed.region.clone(),
            level: row.hazard.level,
            level_name: row.hazard.level.title().to_owned(),
            state: row.hazard.state,
            state_name: row.hazard.state.title().to_owned(),
            found_via: row.via,
            found_via_name: row.via.title().to_owned(),
            found_by: row.found_org_name.clone(),
            clause: row.clause.clone(),
            place: row.place.clone(),
            text: row.text.clone(),
            due: row.due(),
            overdue: row.overdue(now),
            listed: row.hazard.listed,
            extensions: row.hazard.extensions,
            next: next.to_owned(),
            next_by: next_by.to_owned(),
            created_at: row.created_at,
            closed_at: row.closed_at,
            version: row.version,
        }
    }
}

impl Table for HazardRow {
    const TITLE: &'static str = "隐患清单";
    const COLUMNS: &'static [&'static str] = &[
        "编号",
        "企业",
        "等级",
        "状态",
        "部位",
        "问题",
        "依据",
        "来源",
        "发现单位",
        "整改期限",
        "是否逾期",
        "挂牌督办",
        "发现时间",
        "销号时间",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        let time = |at: Option<Ms>| at.map(|at| at.beijing().into());
        let yes = |is: bool| Some(if is { "是".into() } else { "否".into() });
        vec![
            Some(self.number.as_str().into()),
            Some(self.enterprise_name.as_str().into()),
            Some(self.level_name.as_str().into()),
            Some(self.state_name.as_str().into()),
            Some(self.place.as_str().into()),
            Some(self.text.as_str().into()),
            self.clause.as_deref().map(Into::into),
            Some(self.found_via_name.as_str().into()),
            self.found_by.as_deref().map(Into::into),
            time(self.due),
            yes(self.overdue),
            yes(self.listed),
            time(Some(self.created_at)),
            time(self.closed_at),
        ]
    }
}
