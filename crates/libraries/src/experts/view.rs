//! What lists and pages show of the library.
use platform::Ms;
use platform::http::Table;
use platform::sheets::Value;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A row of the library.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpertRow {
    /// Person.
    pub id: Uuid,
    /// Organisation.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Name.
    pub name: String,
    /// Title or qualification.
    pub title: Option<String>,
    /// Skill codes.
    pub skills: Vec<String>,
    /// The same in Chinese.
    pub skill_names: Vec<String>,
    /// Regions served; empty for everywhere.
    pub regions: Vec<String>,
    /// End of the term of office.
    pub until: Option<Ms>,
    /// The next thing to run out: term or certificate.
    pub next_expiry: Option<Ms>,
    /// Whether one of them has run out.
    pub lapsed: bool,
    /// Visits done.
    pub done: i64,
    /// Visits under way or to come.
    pub open: i64,
    /// Revision.
    pub revision: i64,
    /// When the person entered the library.
    pub registered_at: Ms,
}

impl Table for ExpertRow {
    const TITLE: &'static str = "专家库";
    const COLUMNS: &'static [&'static str] =
        &["姓名", "机构", "职称或资格", "专业", "服务区域", "聘期至", "最近到期", "已完成服务", "在办任务"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.name.clone().into()),
            Some(self.org_name.clone().into()),
            self.title.clone().map(Into::into),
            Some(self.skill_names.join("、").into()),
            Some(self.regions.join("、").into()),
            self.until.map(|u| u.beijing().into()),
            self.next_expiry.map(|u| u.beijing().into()),
            Some(self.done.into()),
            Some(self.open.into()),
        ]
    }
}

/// A certificate of a person or a qualification of an organisation; the number stays in its own register.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExpertCertificate)]
pub struct Certificate {
    /// Id.
    pub id: Uuid,
    /// Organisation.
    pub org: String,
    /// Person, if one holds it.
    pub person: Option<Uuid>,
    /// Kind.
    pub kind: String,
    /// The same in Chinese.
    pub kind_name: String,
    /// Skills it is for; empty for all.
    pub skills: Vec<String>,
    /// The same in Chinese.
    pub skill_names: Vec<String>,
    /// Last moment.
    pub valid_to: Ms,
    /// Whether it has run out.
    pub lapsed: bool,
    /// Register it was compared with.
    pub verified_against: Option<String>,
    /// The event that registered it.
    pub event: Uuid,
}

/// A declared conflict.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExpertConflict)]
pub struct Conflict {
    /// Id.
    pub id: Uuid,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Kind.
    pub kind: String,
    /// The same in Chinese.
    pub kind_name: String,
    /// What was written.
    pub note: Option<String>,
    /// End; nothing where it has none.
    pub until: Option<Ms>,
    /// When it was declared.
    pub declared_at: Ms,
}

/// An instrument.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Instrument {
    /// Id.
    pub id: Uuid,
    /// Organisation.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Kind.
    pub kind: String,
    /// The same in Chinese.
    pub kind_name: String,
    /// Factory number.
    pub serial: String,
    /// Calibration valid until.
    pub calibrated_to: Ms,
    /// Whether the calibration has run out.
    pub lapsed: bool,
}

impl Table for Instrument {
    const TITLE: &'static str = "仪器设备";
    const COLUMNS: &'static [&'static str] = &["机构", "仪器", "出厂编号", "检定有效期至", "已过期"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.org_name.clone().into()),
            Some(self.kind_name.clone().into()),
            Some(self.serial.clone().into()),
            Some(self.calibrated_to.beijing().into()),
            Some(if self.lapsed { "是" } else { "否" }.into()),
        ]
    }
}

/// A service organisation in the library.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExpertOrgRow)]
pub struct OrgRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
    /// People in the library.
    pub experts: i64,
    /// Instruments.
    pub instruments: i64,
    /// Visits done.
    pub done: i64,
}

impl Table for OrgRow {
    const TITLE: &'static str = "技术服务机构";
    const COLUMNS: &'static [&'static str] = &["编号", "名称", "区域", "专家", "仪器", "已完成服务"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.id.clone().into()),
            Some(self.name.clone().into()),
            Some(self.region.clone().into()),
            Some(self.experts.into()),
            Some(self.instruments.into()),
            Some(self.done.into()),
        ]
    }
}

/// A visit as the service record shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExpertService)]
pub struct Service {
    /// Visit.
    pub id: Uuid,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Organisation that went.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Names of those who went.
    pub people: Vec<String>,
    /// Kind of visit.
    pub kind: String,
    /// `assigned`, `declined`, `withdrawn`, `entered`, `left` or `confirmed`.
    pub state: String,
    /// The same in Chinese.
    pub state_name: String,
    /// Planned start.
    pub from: Ms,
    /// Code scanned at.
    pub entered_at: Option<Ms>,
    /// Whether the code was scanned only before leaving.
    pub late: bool,
    /// Left at.
    pub left_at: Option<Ms>,
    /// Minutes on site.
    pub minutes: i64,
    /// Items answered.
    pub items: i64,
    /// Hazards found.
    pub hazards: i64,
    /// Until when the enterprise is to confirm.
    pub confirm_due: Option<Ms>,
    /// When it confirmed.
    pub confirmed_at: Option<Ms>,
    /// Whether it was satisfied.
    pub satisfied: Option<bool>,
    /// What it wrote; for the enterprise, the organisation and the government.
    pub comments: Option<String>,
    /// The event that says the service is done.
    pub done_event: Option<Uuid>,
    /// Whether the caller may confirm it now.
    pub may_confirm: bool,
}

impl Table for Service {
    const TITLE: &'static str = "服务记录";
    const COLUMNS: &'static [&'static str] =
        &["企业", "机构", "人员", "状态", "扫码入企", "离开", "在场分钟", "检查项", "隐患", "企业确认", "意见"];
    fn cells(&self) -> Vec<Option<Value>> {
        let answer = self.satisfied.map(|s| if s { "满意" } else { "不满意" });
        vec![
            Some(self.enterprise_name.clone().into()),
            Some(self.org_name.clone().into()),
            Some(self.people.join("、").into()),
            Some(self.state_name.clone().into()),
            self.entered_at.map(|at| at.beijing().into()),
            self.left_at.map(|at| at.beijing().into()),
            Some(self.minutes.into()),
            Some(self.items.into()),
            Some(self.hazards.into()),
            answer.map(Into::into),
            self.comments.clone().map(Into::into),
        ]
    }
}

/// The Chinese name of a state of a visit.
pub fn state_name(state: &str) -> &'static str {
    match state {
        "assigned" => "已派定",
        "declined" => "已拒绝",
        "withdrawn" => "已撤回",
        "entered" => "服务中",
        "left" => "待企业确认",
        "confirmed" => "企业已确认",
        _ => "未知",
    }
}
