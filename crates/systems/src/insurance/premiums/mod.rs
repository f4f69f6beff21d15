//! Premium adjustments: proposed by the platform from events, decided by a person, seen by the
//! enterprise with every event behind every factor.
pub mod store;
pub mod write;

use super::PART;
use super::applications::{Because, Seen};
use super::common::{cell, own_insurer};
use super::pricing::Term;
use axum::Json;
use events::Code;
use events::insurance::Factor;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, App, Ctx, Error, Ms, Placed, Result};
use serde::Serialize;
use store::Filter;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Where a proposal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for a person.
    Proposed,
    /// The premium changed.
    Accepted,
    /// A person said no.
    Declined,
    /// The facts changed before anybody decided.
    Lapsed,
}

impl State {
    const ALL: [Self; 4] = [Self::Proposed, Self::Accepted, Self::Declined, Self::Lapsed];
    /// Stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
        }
    }
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "待核保决定",
            Self::Accepted => "已采纳",
            Self::Declined => "未采纳",
            Self::Lapsed => "已失效",
        }
    }
    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == text)
    }
    /// Refuses where somebody has decided already.
    pub fn open(self) -> Result<()> {
        match self {
            Self::Proposed => Ok(()),
            Self::Accepted => Err(Error::Conflict("这项调整已经采纳，不能再次办理".to_owned())),
            Self::Declined => Err(Error::Conflict("这项调整已决定不采纳，不能再次办理".to_owned())),
            Self::Lapsed => Err(Error::Conflict("依据的事实已变化，这项建议已失效，请按新的建议办理".to_owned())),
        }
    }
}

/// An adjustment as it is kept.
#[derive(Debug, Clone)]
pub struct Adjustment {
    /// Id.
    pub id: Uuid,
    /// Policy.
    pub policy: Uuid,
    /// Its number.
    pub policy_no: String,
    /// Where it stands.
    pub placed: Placed,
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// State.
    pub state: State,
    /// Premium before, 分.
    pub old_fen: i64,
    /// Premium after, 分.
    pub new_fen: i64,
    /// Factors with their events.
    pub terms: Vec<Term>,
    /// Scheme edition.
    pub scheme: String,
    /// Place in the log up to which events were looked at.
    pub upto: i64,
    /// Event that proposed it.
    pub proposed_event: Uuid,
    /// Event that decided it.
    pub decided_event: Option<Uuid>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// Version.
    pub revision: i64,
    /// When it was proposed.
    pub proposed_at: Ms,
    /// When it was decided.
    pub decided_at: Option<Ms>,
}

impl Adjustment {
    /// The factors as the event states them.
    pub fn factors(&self) -> Vec<Factor> {
        let factor = |t: &Term| Factor {
            name: t.id.as_str().into(),
            change_bp: t.change_bp.unwrap_or_default(),
            clause: Code::from(&self.scheme),
            because: t.because.clone(),
        };
        self.terms.iter().map(factor).collect()
    }
    /// Every event its factors rest on, each once.
    pub fn because(&self) -> Vec<Uuid> {
        let mut all: Vec<Uuid> = self.terms.iter().flat_map(|t| t.because.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A row of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct PremiumAdjustmentRow {
    /// Id.
    pub id: Uuid,
    /// Policy.
    pub policy: Uuid,
    /// Its number.
    pub policy_no: String,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// `proposed`, `accepted`, `declined` or `lapsed`.
    pub state: String,
    /// In words.
    pub state_name: String,
    /// Premium before, 分.
    pub old_fen: i64,
    /// Premium after, 分.
    pub new_fen: i64,
    /// Difference, 分.
    pub change_fen: i64,
    /// Factors in words.
    pub factors: String,
    /// When it was proposed.
    pub proposed_at: Ms,
    /// When it was decided.
    pub decided_at: Option<Ms>,
    /// Version.
    pub revision: i64,
}

impl PremiumAdjustmentRow {
    fn of(a: &Adjustment) -> Self {
        let words: Vec<String> = a.terms.iter().map(|t| format!("{} {}", t.name, t.effect)).collect();
        Self {
            id: a.id,
            policy: a.policy,
            policy_no: a.policy_no.clone(),
            enterprise: a.placed.enterprise.clone().unwrap_or_default(),
            enterprise_name: a.enterprise_name.clone(),
            state: a.state.code().to_owned(),
            state_name: a.state.name().to_owned(),
            old_fen: a.old_fen,
            new_fen: a.new_fen,
            change_fen: a.new_fen - a.old_fen,
            factors: words.join("；"),
            proposed_at: a.proposed_at,
            decided_at: a.decided_at,
            revision: a.revision,
        }
    }
}

impl Table for PremiumAdjustmentRow {
    const TITLE: &'static str = "保险费调整";
    const COLUMNS: &'static [&'static str] =
        &["保单号", "企业", "状态", "调整前（元）", "调整后（元）", "差额（元）", "因素", "提出时间", "决定时间"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.policy_no.as_str().into()),
            Some(self.enterprise_name.as_str().into()),
            Some(self.state_name.as_str().into()),
            Some(cell(self.old_fen).into()),
            Some(cell(self.new_fen).into()),
            Some(cell(self.change_fen).into()),
            Some(self.factors.as_str().into()),
            Some(self.proposed_at.beijing().into()),
            self.decided_at.map(|at| at.beijing().into()),
        ]
    }
}

/// An adjustment with its factors.
#[derive(Debug, Serialize, ToSchema)]
pub struct PremiumAdjustmentView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: PremiumAdjustmentRow,
    /// Factors with their events.
    pub terms: Vec<Term>,
    /// Scheme edition.
    pub scheme: String,
    /// Event that proposed it.
    pub proposed_event: Uuid,
    /// Event that decided it.
    pub decided_event: Option<Uuid>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// Whether the caller may decide now.
    pub may_decide: bool,
}

/// An adjustment in the export for a recomputation outside.
#[derive(Debug, Serialize, ToSchema)]
pub struct PremiumAdjustmentExport {
    /// Id.
    pub id: Uuid,
    /// `proposed`, `accepted`, `declined` or `lapsed`.
    pub state: String,
    /// Premium before, 分.
    pub old_fen: i64,
    /// Premium after, 分.
    pub new_fen: i64,
    /// Place in the log up to which events were looked at.
    pub upto: i64,
    /// Factors with their events.
    pub terms: Vec<Term>,
}

impl PremiumAdjustmentExport {
    /// From what is kept.
    pub fn of(a: Adjustment) -> Self {
        let state = a.state.code().to_owned();
        Self { id: a.id, state, old_fen: a.old_fen, new_fen: a.new_fen, upto: a.upto, terms: a.terms }
    }
}

async fn view(ctx: &Ctx, id: Uuid) -> Result<Json<PremiumAdjustmentView>> {
    let a = store::load(ctx, id).await?;
    let mine = own_insurer(ctx, &a.placed).is_ok() && ctx.may(&PART, Action::Approve);
    Ok(Json(PremiumAdjustmentView {
        row: PremiumAdjustmentRow::of(&a),
        may_decide: mine && a.state == State::Proposed,
        terms: a.terms,
        scheme: a.scheme,
        proposed_event: a.proposed_event,
        decided_event: a.decided_event,
        reason: a.reason,
    }))
}

/// 保险费调整列表
#[utoipa::path(get, path = "/premium-adjustments", tag = "insurance", params(PageQuery, Filter), responses((status = 200, body = List<PremiumAdjustmentRow>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::list(&ctx, &page, &filter, |a| PremiumAdjustmentRow::of(&a)).await?;
    Exported::new(&ctx, &page, list)
}

/// 保险费调整
#[utoipa::path(get, path = "/premium-adjustments/{id}", tag = "insurance", params(("id" = Uuid, Path)), responses((status = 200, body = PremiumAdjustmentView)))]
async fn one(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<PremiumAdjustmentView>> {
    ctx.allow(&PART, Action::View)?;
    view(&ctx, id).await
}

/// 采纳保险费调整
#[utoipa::path(post, path = "/premium-adjustments/{id}/accept", tag = "insurance", params(("id" = Uuid, Path)), request_body = Seen, responses((status = 200, body = PremiumAdjustmentView)))]
async fn accept(ctx: Ctx, PathId(id): PathId<Uuid>, Body(seen): Body<Seen>) -> Result<Json<PremiumAdjustmentView>> {
    write::accept(&ctx, id, seen.revision).await?;
    view(&ctx, id).await
}

/// 不采纳保险费调整
#[utoipa::path(post, path = "/premium-adjustments/{id}/decline", tag = "insurance", params(("id" = Uuid, Path)), request_body = Because, responses((status = 200, body = PremiumAdjustmentView)))]
async fn decline(ctx: Ctx, PathId(id): PathId<Uuid>, Body(body): Body<Because>) -> Result<Json<PremiumAdjustmentView>> {
    write::decline(&ctx, id, &body.reason, body.revision).await?;
    view(&ctx, id).await
}

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(one)).routes(routes!(accept)).routes(routes!(decline))
}
