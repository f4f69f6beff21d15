//! Who acts: subjects, roles and the actor of a request.
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use utoipa::ToSchema;
use uuid::Uuid;

/// The four subjects. Closed on purpose: a fifth breaks every `match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// 政府
    Government,
    /// 企业
    Enterprise,
    /// 保险机构
    Insurer,
    /// 第三方服务机构
    ServiceOrg,
}

impl Subject {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Government, Self::Enterprise, Self::Insurer, Self::ServiceOrg];
    /// Stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Government => "government",
            Self::Enterprise => "enterprise",
            Self::Insurer => "insurer",
            Self::ServiceOrg => "service_org",
        }
    }
    /// Letter used in event envelopes.
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Government => "G",
            Self::Enterprise => "E",
            Self::Insurer => "I",
            Self::ServiceOrg => "S",
        }
    }
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Government => "政府",
            Self::Enterprise => "企业",
            Self::Insurer => "保险机构",
            Self::ServiceOrg => "服务机构",
        }
    }
    /// Reads the stored word.
    pub fn parse(code: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|s| s.code() == code)
            .ok_or_else(|| Error::internal(format!("unknown subject {code}")))
    }
}

macro_rules! roles {
    ($($variant:ident $code:literal $name:literal $subject:ident),* $(,)?) => {
        /// The roles of the contract (§7). `org_admin` exists once per subject that has it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role { $(#[doc = $name] $variant),* }
        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Role id of the contract.
            pub const fn code(self) -> &'static str { match self { $(Self::$variant => $code),* } }
            /// Chinese name.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }
            /// The subject it belongs to.
            pub const fn subject(self) -> Subject { match self { $(Self::$variant => Subject::$subject),* } }
        }
    };
}
roles! {
    Leader "leader" "领导" Government, DutyOfficer "duty_officer" "值班" Government, Officer "officer" "监管员" Government,
    Enforcer "enforcer" "执法员" Government, Township "township" "乡镇" Government, Department "department" "行业部门" Government,
    Supervisor "supervisor" "执法监督" Government, SysAdmin "sys_admin" "系统管理员" Government,
    SecAdmin "sec_admin" "安全管理员" Government, Auditor "auditor" "审计员" Government,
    Principal "principal" "主要负责人" Enterprise, SafetyManager "safety_manager" "安全员" Enterprise,
    TeamLeader "team_leader" "班组长" Enterprise, Worker "worker" "岗位工人" Enterprise, Contractor "contractor" "承包商" Enterprise,
    Landlord "landlord" "厂中厂出租方" Enterprise, EnterpriseAdmin "org_admin" "企业管理员" Enterprise,
    Underwriter "underwriter" "核保" Insurer, RiskService "risk_service" "风控服务" Insurer, Claims "claims" "理赔" Insurer,
    Finance "finance" "合规财务" Insurer, InsurerAdmin "org_admin" "保险机构管理员" Insurer,
    ServiceAdmin "org_admin" "机构负责人" ServiceOrg, ProjectManager "project_manager" "项目经理" ServiceOrg,
    Expert "expert" "现场专家" ServiceOrg, Trainer "trainer" "讲师" ServiceOrg,
}

impl Role {
    /// The role with this id inside a subject.
    pub fn parse(subject: Subject, code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|r| r.subject() == subject && r.code() == code)
    }
}

/// Who did it, as the envelope states it. The person is a disclosure, never a clear field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorRef {
    /// A signed-in person.
    Person {
        /// Account used.
        account: Uuid,
        /// Person behind it.
        person: Uuid,
    },
    /// A device.
    Device(String),
    /// A machine client.
    ApiKey(String),
    /// A reaction of a part to an earlier event.
    Reaction(&'static str),
    /// The platform itself.
    System,
    /// Nobody signed in.
    Anonymous,
}

/// Who asks, for which organisation, with which roles, over which area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Person, device, key or reaction.
    pub me: ActorRef,
    /// Subject of the organisation; `None` for devices' own calls, the system and anonymous.
    pub subject: Option<Subject>,
    /// Organisation.
    pub org: String,
    /// Name to show.
    pub name: String,
    /// Roles held now.
    pub roles: Vec<Role>,
    /// Area of a government user.
    pub region: Option<Region>,
    /// Sectors a line department is limited to; empty means all.
    pub sectors: Vec<String>,
    /// Scopes of an API key.
    pub scopes: Vec<String>,
}

impl Actor {
    /// The platform acting for itself: clocks, schedules, loading.
    pub fn system() -> Self {
        Self::machine(ActorRef::System)
    }
    /// A reaction.
    pub fn reaction(name: &'static str) -> Self {
        Self::machine(ActorRef::Reaction(name))
    }
    /// Nobody.
    pub fn anonymous() -> Self {
        Self::machine(ActorRef::Anonymous)
    }
    fn machine(me: ActorRef) -> Self {
        Self {
            me,
            subject: None,
            org: String::new(),
            name: String::new(),
            roles: vec![],
            region: None,
            sectors: vec![],
            scopes: vec![],
        }
    }
    /// True for the platform's own work, which no scope limits.
    pub const fn is_internal(&self) -> bool {
        matches!(self.me, ActorRef::System | ActorRef::Reaction(_))
    }
    /// Whether one of the roles is held.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
    /// The account, where a person is signed in.
    pub const fn account(&self) -> Option<Uuid> {
        if let ActorRef::Person { account, .. } = self.me { Some(account) } else { None }
    }
}
