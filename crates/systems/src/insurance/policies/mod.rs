//! Policies: what both sides signed, how they end, what changed because the enterprise acted, and
//! the whole basis of the premium for anybody who wants to compute it again.
pub mod import;
pub mod store;
pub mod write;

use super::applications::Because;
use super::applications::form::Application;
use super::common::{cell, last_day, on_day};
use super::pricing::{Basis, Cause, Priced, Step, price, steps};
use super::{PART, premiums};
use axum::Json;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, App, Ctx, Error, Ms, Result};
use serde::{Deserialize, Serialize};
use store::{Filter, Policy};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// What both sides signed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Terms {
    /// People, limits, period.
    pub asked: Application,
    /// What the premium rests on.
    pub basis: Basis,
    /// The premium as bound.
    pub priced: Priced,
    /// Place in the log up to which the bound premium knew events.
    pub upto: i64,
    /// Commission.
    pub commission_bp: i64,
    /// The e-policy.
    pub file: Option<String>,
}

/// Where a policy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Signed and not ended.
    InForce,
    /// Over.
    Ended,
}

/// What may happen to a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Its premium is adjusted.
    Adjust,
    /// It ends.
    End,
}

impl State {
    /// Stored word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InForce => "in_force",
            Self::Ended => "ended",
        }
    }
    /// Reads the stored word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::InForce, Self::Ended].into_iter().find(|s| s.code() == text)
    }
    /// The state after an act, or why not.
    pub fn after(self, act: Act) -> Result<Self> {
        match (self, act) {
            (Self::InForce, Act::Adjust) => Ok(Self::InForce),
            (Self::InForce, Act::End) => Ok(Self::Ended),
            (Self::Ended, _) => Err(Error::Conflict("保单已经终止，不能再办理".to_owned())),
        }
    }
}

/// A row of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsurancePolicyRow {
    /// Id.
    pub id: Uuid,
    /// Number.
    pub policy_no: String,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Insurer.
    pub insurer: String,
    /// Its name.
    pub insurer_name: String,
    /// `in_force` or `ended`.
    pub state: String,
    /// In words; a policy whose first day is to come says so.
    pub state_name: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// People covered.
    pub people: u32,
    /// Sum per person, 分.
    pub per_person_fen: i64,
    /// Cumulative limit, 分.
    pub cumulative_fen: i64,
    /// Premium as bound, 分.
    pub bound_fen: i64,
    /// Premium now, 分.
    pub premium_fen: i64,
    /// Version.
    pub revision: i64,
}

impl InsurancePolicyRow {
    fn of(p: &Policy, now: Ms) -> Self {
        let state_name = match p.state {
            State::Ended => "已终止",
            State::InForce if p.to <= now => "已到期",
            State::InForce if p.from > now => "未起保",
            State::InForce => "在保",
        };
        Self {
            id: p.id,
            policy_no: p.policy_no.clone(),
            enterprise: p.enterprise().to_owned(),
            enterprise_name: p.enterprise_name.clone(),
            insurer: p.placed.owner.clone(),
            insurer_name: p.insurer_name.clone(),
            state: p.state.code().to_owned(),
            state_name: state_name.to_owned(),
            from: on_day(p.from),
            to: last_day(p.to),
            people: p.terms.asked.people,
            per_person_fen: p.terms.asked.per_person_fen,
            cumulative_fen: p.terms.asked.cumulative_fen,
            bound_fen: p.bound_fen,
            premium_fen: p.premium_fen,
            revision: p.revision,
        }
    }
}

impl Table for InsurancePolicyRow {
    const TITLE: &'static str = "安责险保单";
    const COLUMNS: &'static [&'static str] = &[
        "保单号",
        "企业",
        "保险机构",
        "状态",
        "起期",
        "止期",
        "承保人数",
        "每人限额（元）",
        "累计限额（元）",
        "承保时保险费（元）",
        "现行保险费（元）",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.policy_no.as_str().into()),
            Some(self.enterprise_name.as_str().into()),
            Some(self.insurer_name.as_str().into()),
            Some(self.state_name.as_str().into()),
            Some(self.from.as_str().into()),
            Some(self.to.as_str().into()),
            Some(i64::from(self.people).into()),
            Some(cell(self.per_person_fen).into()),
            Some(cell(self.cumulative_fen).into()),
            Some(cell(self.bound_fen).into()),
            Some(cell(self.premium_fen).into()),
        ]
    }
}

/// A policy with its factors.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsurancePolicyView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: InsurancePolicyRow,
    /// People, limits, period.
    pub asked: Application,
    /// What the premium rests on.
    pub basis: Basis,
    /// The premium as bound.
    pub bound: Priced,
    /// What the facts give now; it is in force once a person accepted it.
    pub computed: Priced,
    /// Event that set the premium in force.
    pub premium_event: Uuid,
    /// Event that bound the policy.
    pub bound_event: Uuid,
    /// The e-policy.
    pub file: Option<String>,
    /// Why it ended.
    pub ground: Option<String>,
    /// When it ended.
    pub ended_at: Option<Ms>,
    /// Open proposal, if there is one.
    pub proposal: Option<Uuid>,
    /// Prevention plan, if there is one.
    pub plan: Option<Uuid>,
    /// Whether the caller may end it.
    pub may_end: bool,
    /// Whether the caller may propose a prevention plan.
    pub may_plan: bool,
}

/// The premium that the facts give now.
async fn computed(ctx: &Ctx, policy: &Policy) -> Result<(Priced, Vec<Cause>)> {
    let causes = premiums::store::causes_now(ctx, policy.enterprise()).await?;
    Ok((price(&ctx.app.rules(), &policy.terms.basis, &causes)?, causes))
}

async fn view(ctx: &Ctx, id: Uuid) -> Result<Json<InsurancePolicyView>> {
    let policy = store::load(ctx, id).await?;
    let (computed, _) = computed(ctx, &policy).await?;
    let runs = policy.runs(ctx.now());
    let mine = ctx.actor.subject == Some(platform::Subject::Insurer) && ctx.actor.org == policy.placed.owner;
    let plan = super::prevention::store::plan_of(ctx, id).await?;
    let open_plan = plan.as_ref().is_some_and(|p| p.state != super::prevention::State::Returned);
    Ok(Json(InsurancePolicyView {
        row: InsurancePolicyRow::of(&policy, ctx.now()),
        computed,
        premium_event: policy.premium_event,
        bound_event: policy.bound_event,
        proposal: premiums::store::open_of(ctx, id).await?,
        plan: plan.map(|p| p.id),
        may_end: mine && runs && ctx.may(&PART, Action::Approve),
        may_plan: mine && runs && !open_plan && ctx.may(&PART, Action::Assign),
        asked: policy.terms.asked,
        basis: policy.terms.basis,
        bound: policy.terms.priced,
        file: policy.terms.file,
        ground: policy.ground,
        ended_at: policy.ended_at,
    }))
}

/// 保单列表
#[utoipa::path(get, path = "/insurance-policies", tag = "insurance", params(PageQuery, Filter), responses((status = 200, body = List<InsurancePolicyRow>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::list(&ctx, &page, &filter, |p| InsurancePolicyRow::of(&p, ctx.now())).await?;
    Exported::new(&ctx, &page, list)
}

/// 保单
#[utoipa::path(get, path = "/insurance-policies/{id}", tag = "insurance", params(("id" = Uuid, Path)), responses((status = 200, body = InsurancePolicyView)))]
async fn one(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<InsurancePolicyView>> {
    ctx.allow(&PART, Action::View)?;
    view(&ctx, id).await
}

/// 终止保单（依法关闭或完全停产）
#[utoipa::path(post, path = "/insurance-policies/{id}/end", tag = "insurance", params(("id" = Uuid, Path)), request_body = Because, responses((status = 200, body = InsurancePolicyView)))]
async fn end(ctx: Ctx, PathId(id): PathId<Uuid>, Body(body): Body<Because>) -> Result<Json<InsurancePolicyView>> {
    write::end(&ctx, id, body.reason.trim(), body.revision).await?;
    view(&ctx, id).await
}

/// One event and what it did to the premium.
#[derive(Debug, Serialize, ToSchema)]
pub struct PremiumChange {
    /// The event and the premium before and after.
    #[serde(flatten)]
    pub step: Step,
    /// Difference, 分; negative saves money.
    pub change_fen: i64,
    /// `accepted`, `proposed`, `declined`, `waiting`.
    pub state: String,
    /// Adjustment that carries it.
    pub adjustment: Option<Uuid>,
}

/// What changed because the enterprise acted.
#[derive(Debug, Serialize, ToSchema)]
pub struct PremiumChanges {
    /// Policy number.
    pub policy_no: String,
    /// Enterprise.
    pub enterprise_name: String,
    /// Premium as bound, 分.
    pub bound_fen: i64,
    /// Premium in force, 分.
    pub premium_fen: i64,
    /// What the facts give now, 分: where a renewal would start.
    pub computed_fen: i64,
    /// Event by event; the differences add up to computed minus bound.
    pub changes: Vec<PremiumChange>,
    /// True where no authority has confirmed the figures.
    pub example: bool,
    /// Scheme edition.
    pub edition: String,
}

/// 续保说明：因为您做了这些，保险费的变化
#[utoipa::path(get, path = "/insurance-policies/{id}/changes", tag = "insurance", params(("id" = Uuid, Path)), responses((status = 200, body = PremiumChanges)))]
async fn changes(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<PremiumChanges>> {
    ctx.allow(&PART, Action::View)?;
    let policy = store::load(&ctx, id).await?;
    let (now, causes) = computed(&ctx, &policy).await?;
    let adjustments = premiums::store::of_policy(&ctx, id).await?;
    let all = steps(&ctx.app.rules(), &policy.terms.basis, &causes, policy.bound_seq)?;
    let moved = all.into_iter().filter(|s| s.before_fen != s.after_fen);
    let change = |step: Step| {
        let by = adjustments
            .iter()
            .filter(|a| a.upto >= step.seq && a.state != premiums::State::Lapsed)
            .min_by_key(|a| a.upto);
        PremiumChange {
            change_fen: step.after_fen - step.before_fen,
            state: by.map_or("waiting", |a| a.state.code()).to_owned(),
            adjustment: by.map(|a| a.id),
            step,
        }
    };
    Ok(Json(PremiumChanges {
        policy_no: policy.policy_no.clone(),
        enterprise_name: policy.enterprise_name.clone(),
        bound_fen: policy.bound_fen,
        premium_fen: policy.premium_fen,
        computed_fen: now.premium_fen,
        changes: moved.map(change).collect(),
        example: now.example,
        edition: now.edition,
    }))
}

/// Everything the premium follows from, for a recomputation outside (`scripts/recompute/premium.py`).
#[derive(Debug, Serialize, ToSchema)]
pub struct PremiumExport {
    /// `anlan-premium-1`.
    pub format: String,
    /// Policy.
    pub policy: Uuid,
    /// Number.
    pub policy_no: String,
    /// Factors of the scheme: id, percent, group.
    pub scheme: super::rates::SchemeView,
    /// What does not change while the policy runs.
    pub basis: Basis,
    /// Causes count from here, milliseconds UTC.
    pub since: i64,
    /// Events that a premium may follow from.
    pub causes: Vec<Cause>,
    /// Place in the log up to which the bound premium knew events.
    pub bound_seq: i64,
    /// Premium as bound, 分.
    pub bound_fen: i64,
    /// Premium in force, 分.
    pub premium_fen: i64,
    /// What the facts give now, 分.
    pub computed_fen: i64,
    /// Every adjustment, oldest first.
    pub adjustments: Vec<premiums::PremiumAdjustmentExport>,
}

/// 保费计算依据（供外部复算）
#[utoipa::path(get, path = "/insurance-policies/{id}/basis", tag = "insurance", params(("id" = Uuid, Path)), responses((status = 200, body = PremiumExport)))]
async fn basis(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<PremiumExport>> {
    ctx.allow(&PART, Action::View)?;
    let policy = store::load(&ctx, id).await?;
    let (now, causes) = computed(&ctx, &policy).await?;
    let basis = policy.terms.basis;
    let schemes = super::rates::schemes(&ctx.app.rules(), basis.from, &basis.region);
    let scheme = schemes.into_iter().find(|s| s.name == basis.scheme).ok_or(Error::NotFound)?;
    let adjustments = premiums::store::of_policy(&ctx, id).await?;
    Ok(Json(PremiumExport {
        format: "anlan-premium-1".to_owned(),
        policy: id,
        policy_no: policy.policy_no,
        scheme,
        since: basis.since(),
        basis,
        causes,
        bound_seq: policy.bound_seq,
        bound_fen: policy.bound_fen,
        premium_fen: policy.premium_fen,
        computed_fen: now.premium_fen,
        adjustments: adjustments.into_iter().map(premiums::PremiumAdjustmentExport::of).collect(),
    }))
}

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(end))
        .routes(routes!(changes))
        .routes(routes!(basis))
}
