//! Everything the platform needs to know about a part: data and plain functions, printable.
use crate::actor::Role;
use crate::app::App;
use crate::clocks::ClockRule;
use crate::ctx::Ctx;
use crate::db::Migration;
use crate::error::Result;
use crate::event::Event;
use crate::sheets::{Row, Sheet};
use crate::view::{Card, Cockpit, Figures, Section, Task};
use futures_util::future::BoxFuture;
use serde::Serialize;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;

/// When in the life of a risk a system works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not one of the fifteen.
    Base,
    /// 事前
    Before,
    /// 事中
    During,
    /// 事后
    After,
}

impl Phase {
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "基础",
            Self::Before => "事前",
            Self::During => "事中",
            Self::After => "事后",
        }
    }
}

/// What a role may do with the objects of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// 查看
    View,
    /// 登记
    Register,
    /// 修改
    Edit,
    /// 审核
    Approve,
    /// 合并
    Merge,
    /// 导入
    Import,
    /// 签收
    Acknowledge,
    /// 说明
    Explain,
    /// 消警
    Clear,
    /// 值守
    Watch,
    /// 设备接入
    Onboard,
    /// 账号管理
    ManageAccounts,
    /// 授权管理
    ManageRoles,
    /// 密钥管理
    ManageKeys,
    /// 授权他方查看
    Consent,
    /// 审计
    Audit,
    /// 发布规则版本
    Publish,
    /// 派定
    Assign,
    /// 入企检查服务
    Inspect,
    /// 签字
    Sign,
    /// 评价
    Evaluate,
    /// 整改
    Rectify,
    /// 复查
    Verify,
    /// 结算
    Settle,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 24] = [
        Self::View,
        Self::Register,
        Self::Edit,
        Self::Approve,
        Self::Merge,
        Self::Import,
        Self::Acknowledge,
        Self::Explain,
        Self::Clear,
        Self::Watch,
        Self::Onboard,
        Self::ManageAccounts,
        Self::ManageRoles,
        Self::ManageKeys,
        Self::Consent,
        Self::Audit,
        Self::Publish,
        Self::Assign,
        Self::Inspect,
        Self::Sign,
        Self::Evaluate,
        Self::Rectify,
        Self::Verify,
        Self::Settle,
    ];
    /// Word used in the scopes of API keys: `online:view`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Register => "register",
            Self::Edit => "edit",
            Self::Approve => "approve",
            Self::Merge => "merge",
            Self::Import => "import",
            Self::Acknowledge => "acknowledge",
            Self::Explain => "explain",
            Self::Clear => "clear",
            Self::Watch => "watch",
            Self::Onboard => "onboard",
            Self::ManageAccounts => "manage_accounts",
            Self::ManageRoles => "manage_roles",
            Self::ManageKeys => "manage_keys",
            Self::Consent => "consent",
            Self::Audit => "audit",
            Self::Publish => "publish",
            Self::Assign => "assign",
            Self::Inspect => "inspect",
            Self::Sign => "sign",
            Self::Evaluate => "evaluate",
            Self::Rectify => "rectify",
            Self::Verify => "verify",
            Self::Settle => "settle",
        }
    }
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "查看",
            Self::Register => "登记",
            Self::Edit => "修改",
            Self::Approve => "审核",
            Self::Merge => "合并",
            Self::Import => "导入",
            Self::Acknowledge => "签收",
            Self::Explain => "说明",
            Self::Clear => "消警",
            Self::Watch => "值守",
            Self::Onboard => "设备接入",
            Self::ManageAccounts => "账号管理",
            Self::ManageRoles => "授权管理",
            Self::ManageKeys => "密钥管理",
            Self::Consent => "授权他方查看",
            Self::Audit => "审计",
            Self::Publish => "发布规则版本",
            Self::Assign => "派定",
            Self::Inspect => "入企检查服务",
            Self::Sign => "签字",
            Self::Evaluate => "评价",
            Self::Rectify => "整改",
            Self::Verify => "复查",
            Self::Settle => "结算",
        }
    }
}

/// Which actions a role has in a part.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Role.
    pub role: Role,
    /// Its actions.
    pub actions: &'static [Action],
}

/// What another part's event makes this part do; runs from a durable cursor, effects once.
#[derive(Clone, Copy)]
pub struct Reaction {
    /// Unique name, `part.what`.
    pub name: &'static str,
    /// Kinds it listens to.
    pub kinds: &'static [&'static str],
    /// What it does; ends in at most one commit.
    pub run: fn(Ctx, Event) -> BoxFuture<'static, Result<()>>,
}

/// Work done again and again.
#[derive(Clone, Copy)]
pub struct Schedule {
    /// Unique name, `part.what`.
    pub name: &'static str,
    /// How often.
    pub every: Duration,
    /// What it does.
    pub run: fn(Ctx) -> BoxFuture<'static, Result<()>>,
}

/// One kind of workbook a part takes in.
#[derive(Clone, Copy)]
pub struct Import {
    /// `enterprises`, `sensors`, …
    pub kind: &'static str,
    /// Action needed.
    pub action: Action,
    /// Columns and rules.
    pub sheet: &'static Sheet,
    /// Checks one row against the register, and writes it when told to apply.
    pub row: fn(Ctx, Row, ImportMode) -> BoxFuture<'static, Result<()>>,
}

/// A dry run is the default everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportMode {
    /// Check only.
    Check,
    /// Write; the text names the file, so that every field keeps its source.
    Apply {
        /// File name.
        file: String,
    },
}

/// A menu entry of a built part.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct MenuEntry {
    /// Title.
    pub title: &'static str,
    /// Path of the page.
    pub path: &'static str,
    /// Action a role needs to see the entry.
    #[serde(skip)]
    pub action: Action,
}

/// A slice of the platform.
#[derive(Clone, Copy)]
pub struct Part {
    /// Number among the fifteen systems.
    pub no: Option<u8>,
    /// Key, the folder name.
    pub key: &'static str,
    /// Folder that owns its events, as in `events.csv`.
    pub owner: &'static str,
    /// Chinese name.
    pub name: &'static str,
    /// Phase.
    pub phase: Phase,
    /// False for a planned part: in the list, without folder or menu.
    pub built: bool,
    /// Migrations.
    pub migrations: &'static [Migration],
    /// Who may do what.
    pub grants: &'static [Grant],
    /// Routes under `/api/v1`.
    pub routes: fn() -> OpenApiRouter<App>,
    /// Reactions.
    pub reactions: &'static [Reaction],
    /// Schedules.
    pub schedules: &'static [Schedule],
    /// Clock rules it fires.
    pub clocks: &'static [ClockRule],
    /// Imports.
    pub imports: &'static [Import],
    /// Menu entries.
    pub menu: &'static [MenuEntry],
    /// Starts what the part keeps running (stores, pipelines) before the first request.
    pub start: fn(App) -> BoxFuture<'static, Result<()>>,
    /// Cards for the caller's home page.
    pub cards: fn(Ctx) -> BoxFuture<'static, Result<Vec<Card>>>,
    /// What the caller is to do here, for the queue that the home page opens on.
    pub tasks: fn(Ctx) -> BoxFuture<'static, Result<Vec<Task>>>,
    /// Its sections of an enterprise's page.
    pub sections: fn(Ctx, String) -> BoxFuture<'static, Result<Vec<Section>>>,
    /// Its figures for the enterprises of a list page, by enterprise.
    pub figures: fn(Ctx, Vec<String>) -> BoxFuture<'static, Result<Figures>>,
    /// Its share of the cockpit for a region.
    pub cockpit: fn(Ctx, String) -> BoxFuture<'static, Result<Cockpit>>,
    /// Search hits.
    pub search: fn(Ctx, String) -> BoxFuture<'static, Result<Vec<crate::view::Hit>>>,
}

/// Nothing to start.
pub fn no_start(_: App) -> BoxFuture<'static, Result<()>> {
    Box::pin(async { Ok(()) })
}
/// Nothing on the home page.
pub fn no_cards(_: Ctx) -> BoxFuture<'static, Result<Vec<Card>>> {
    Box::pin(async { Ok(vec![]) })
}
/// Nothing to do.
pub fn no_tasks(_: Ctx) -> BoxFuture<'static, Result<Vec<Task>>> {
    Box::pin(async { Ok(vec![]) })
}
/// Nothing on the enterprise page.
pub fn no_sections(_: Ctx, _: String) -> BoxFuture<'static, Result<Vec<Section>>> {
    Box::pin(async { Ok(vec![]) })
}
/// Nothing beside an enterprise in lists.
pub fn no_figures(_: Ctx, _: Vec<String>) -> BoxFuture<'static, Result<Figures>> {
    Box::pin(async { Ok(Figures::new()) })
}
/// Nothing on the cockpit.
pub fn no_cockpit(_: Ctx, _: String) -> BoxFuture<'static, Result<Cockpit>> {
    Box::pin(async { Ok(Cockpit::default()) })
}
/// Nothing to find.
pub fn no_search(_: Ctx, _: String) -> BoxFuture<'static, Result<Vec<crate::view::Hit>>> {
    Box::pin(async { Ok(vec![]) })
}

impl Part {
    /// A part with nothing yet: the base that descriptors fill in.
    pub const fn new(key: &'static str, owner: &'static str, name: &'static str, phase: Phase) -> Self {
        Self {
            no: None,
            key,
            owner,
            name,
            phase,
            built: true,
            migrations: &[],
            grants: &[],
            routes: OpenApiRouter::new,
            reactions: &[],
            schedules: &[],
            clocks: &[],
            imports: &[],
            menu: &[],
            start: no_start,
            cards: no_cards,
            tasks: no_tasks,
            sections: no_sections,
            figures: no_figures,
            cockpit: no_cockpit,
            search: no_search,
        }
    }
    /// A system that is in the list but not built yet.
    pub const fn planned(no: u8, key: &'static str, owner: &'static str, name: &'static str, phase: Phase) -> Self {
        let mut part = Self::new(key, owner, name, phase);
        part.no = Some(no);
        part.built = false;
        part
    }
    /// Whether a role may do an action here.
    pub fn allows(&self, role: Role, action: Action) -> bool {
        self.grants.iter().any(|g| g.role == role && g.actions.contains(&action))
    }
}
