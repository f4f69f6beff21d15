//! N15-02: the application of an enterprise, the insurer's quote with every factor's events, and the
//! signature that makes a policy of it.
pub mod form;
pub mod store;
pub mod write;

#[cfg(test)]
mod form_tests;

use super::common::cell;
use super::pricing::{Priced, price};
use super::{PART, premiums, rates};
use axum::Json;
use form::{Act, Application, Asked, QuoteForm};
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, App, Ctx, Ms, Result};
use serde::{Deserialize, Serialize};
use store::{Filter, Stored};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// A row of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsuranceApplicationRow {
    /// Id.
    pub id: Uuid,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Insurer.
    pub insurer: String,
    /// Its name.
    pub insurer_name: String,
    /// `requested`, `quoted`, `bound` or `withdrawn`.
    pub state: String,
    /// In words.
    pub state_name: String,
    /// People to be covered.
    pub people: u32,
    /// Sum per person, 分.
    pub per_person_fen: i64,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Premium quoted, 分.
    pub premium_fen: Option<i64>,
    /// Policy number of the quote.
    pub policy_no: Option<String>,
    /// Policy it became.
    pub policy: Option<Uuid>,
    /// Version.
    pub revision: i64,
    /// When it changed.
    pub updated_at: Ms,
}

impl InsuranceApplicationRow {
    fn of(s: &Stored) -> Self {
        Self {
            id: s.id,
            enterprise: s.enterprise().to_owned(),
            enterprise_name: s.enterprise_name.clone(),
            insurer: s.placed.owner.clone(),
            insurer_name: s.insurer_name.clone(),
            state: s.state.code().to_owned(),
            state_name: s.state.name().to_owned(),
            people: s.asked.people,
            per_person_fen: s.asked.per_person_fen,
            from: s.asked.from.to_string(),
            to: s.asked.to.to_string(),
            premium_fen: s.quote.as_ref().map(|q| q.priced.premium_fen),
            policy_no: s.policy_no.clone(),
            policy: s.policy,
            revision: s.revision,
            updated_at: s.updated_at,
        }
    }
}

impl Table for InsuranceApplicationRow {
    const TITLE: &'static str = "安责险投保与报价";
    const COLUMNS: &'static [&'static str] =
        &["企业", "保险机构", "状态", "人数", "每人限额（元）", "起期", "止期", "保险费（元）", "保单号", "更新时间"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.enterprise_name.as_str().into()),
            Some(self.insurer_name.as_str().into()),
            Some(self.state_name.as_str().into()),
            Some(i64::from(self.people).into()),
            Some(cell(self.per_person_fen).into()),
            Some(self.from.as_str().into()),
            Some(self.to.as_str().into()),
            self.premium_fen.map(|fen| cell(fen).into()),
            self.policy_no.as_deref().map(Into::into),
            Some(self.updated_at.beijing().into()),
        ]
    }
}

/// What an insurer may start from.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsuranceSuggestion {
    /// Schemes in force with their factors.
    pub schemes: Vec<rates::SchemeView>,
    /// Scheme to start from.
    pub scheme: String,
    /// Base premium, 分: people × the example rate of the sector.
    pub base_fen: i64,
    /// Where the rate comes from.
    pub base_note: String,
    /// The premium that follows with nothing declared.
    pub priced: Option<Priced>,
}

/// An application with its quote.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsuranceApplicationView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: InsuranceApplicationRow,
    /// What is asked for.
    pub asked: Application,
    /// The premium quoted, with its factors.
    pub priced: Option<Priced>,
    /// Base premium quoted, 分.
    pub base_fen: Option<i64>,
    /// Scheme quoted.
    pub scheme: Option<String>,
    /// Factors that the insurer stated from its own records.
    pub declared: Vec<String>,
    /// Commission, hundredths of a percent.
    pub commission_bp: Option<i64>,
    /// The e-policy.
    pub file: Option<String>,
    /// Why it was taken back.
    pub reason: Option<String>,
    /// What the insurer may start from; only for the insurer that may quote.
    pub suggestion: Option<InsuranceSuggestion>,
    /// Whether the caller may quote now.
    pub may_quote: bool,
    /// Whether the caller may sign now.
    pub may_accept: bool,
    /// Whether the caller may take it back now.
    pub may_withdraw: bool,
}

async fn view(ctx: &Ctx, id: Uuid) -> Result<Json<InsuranceApplicationView>> {
    let stored = store::load(ctx, id).await?;
    let insurer = ctx.actor.subject == Some(platform::Subject::Insurer) && ctx.actor.org == stored.placed.owner;
    let enterprise = Some(ctx.actor.org.as_str()) == stored.placed.enterprise.as_deref();
    let can = |act: Act| stored.state.after(act).is_ok();
    let may_quote = insurer && ctx.may(&PART, Action::Approve) && can(Act::Quote);
    let may_accept = enterprise && ctx.may(&PART, Action::Sign) && can(Act::Accept);
    let may_withdraw = can(Act::Withdraw) && (may_quote || enterprise && ctx.may(&PART, Action::Sign));
    let suggestion = if may_quote { Some(suggest(ctx, &stored).await?) } else { None };
    let quote = stored.quote.as_ref();
    Ok(Json(InsuranceApplicationView {
        row: InsuranceApplicationRow::of(&stored),
        asked: stored.asked.clone(),
        priced: quote.map(|q| q.priced.clone()),
        base_fen: quote.and_then(|q| q.basis.base_fen),
        scheme: quote.map(|q| q.basis.scheme.clone()),
        declared: quote.map(|q| q.basis.declared.clone()).unwrap_or_default(),
        // What the insurer pays its agent is between the insurer and the supervisor.
        commission_bp: quote.filter(|_| !enterprise).map(|q| q.commission_bp),
        file: quote.and_then(|q| q.file.clone()),
        reason: stored.reason.clone(),
        suggestion,
        may_quote,
        may_accept,
        may_withdraw,
    }))
}

async fn suggest(ctx: &Ctx, stored: &Stored) -> Result<InsuranceSuggestion> {
    let rules = ctx.app.rules();
    let sector = super::duties::store::sector_of(ctx, stored.enterprise()).await?;
    let rate = rates::rate(&sector, stored.asked.from)?;
    let base_fen = rate.yuan_per_head.saturating_mul(100).saturating_mul(i64::from(stored.asked.people));
    let scheme = rates::DEFAULT_SCHEME.to_owned();
    let form = QuoteForm {
        policy_no: "-".to_owned(),
        scheme: scheme.clone(),
        base_fen: Some(base_fen),
        cost_wan: None,
        discount_percent: None,
        coefficients: vec![],
        declared: vec![],
        commission_bp: 0,
        file: None,
        revision: None,
    };
    let causes = premiums::store::causes_now(ctx, stored.enterprise()).await?;
    let basis = form::basis(&rules, &form, &stored.asked, &stored.placed.region)?;
    Ok(InsuranceSuggestion {
        schemes: rates::schemes(&rules, stored.asked.from, &stored.placed.region),
        scheme,
        base_fen,
        base_note: format!("{} 元/人 × {} 人；{}", rate.yuan_per_head, stored.asked.people, rate.note),
        priced: price(&rules, &basis, &causes).ok(),
    })
}

/// What an enterprise may start from when it applies.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsuranceApplicationStart {
    /// Employees on the register.
    pub employees: Option<u32>,
    /// Insurer of the policy that runs, if any.
    pub insurer: Option<String>,
    /// First day a new cover may begin.
    pub from: String,
    /// Last day of a year's cover.
    pub to: String,
    /// Smallest sum per person, 分.
    pub floor_fen: i64,
    /// The floors that were looked at, with their source.
    pub floors: Vec<String>,
    /// Insurers of the directory, in the order of their numbers.
    pub insurers: Vec<InsurerChoice>,
}

/// An insurer to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsurerChoice {
    /// Number.
    pub id: String,
    /// Name.
    pub name: String,
}

/// 投保申请的预填内容
#[utoipa::path(get, path = "/insurance-applications/start", tag = "insurance", responses((status = 200, body = InsuranceApplicationStart)))]
async fn start(ctx: Ctx) -> Result<Json<InsuranceApplicationStart>> {
    ctx.allow(&PART, Action::Register)?;
    let enterprise = super::common::own(&ctx, platform::Subject::Enterprise)?.to_owned();
    let org = platform::auth::Org::find(ctx.db(), &enterprise).await?.ok_or(platform::Error::NotFound)?;
    let facts = subjects::enterprise::facts::facts(&ctx, &enterprise).await?;
    let today = super::common::today(&ctx)?;
    let covered = super::policies::store::covered_to(&ctx, &enterprise).await?;
    let from = covered.and_then(|to| standards::date::Date::beijing(to.0)).map_or(today, |d| d.max(today));
    let to = from.add_months(12).and_then(|d| d.add_days(-1)).unwrap_or(from);
    let floor = form::floor(&ctx.app.rules(), &org.region, from)?;
    let floor_fen =
        rust_decimal::prelude::ToPrimitive::to_i64(&(floor.limit_yuan * rust_decimal::Decimal::ONE_HUNDRED));
    Ok(Json(InsuranceApplicationStart {
        employees: facts.and_then(|f| f.employees),
        insurer: super::policies::store::insurer_of(&ctx, &enterprise).await?,
        from: from.to_string(),
        to: to.to_string(),
        floor_fen: floor_fen.unwrap_or_default(),
        floors: floor.floors,
        insurers: super::duties::store::insurers(&ctx).await?,
    }))
}

/// 投保与报价列表
#[utoipa::path(get, path = "/insurance-applications", tag = "insurance", params(PageQuery, Filter), responses((status = 200, body = List<InsuranceApplicationRow>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::list(&ctx, &page, &filter, |s| InsuranceApplicationRow::of(&s)).await?;
    Exported::new(&ctx, &page, list)
}

/// 申请投保安责险
#[utoipa::path(post, path = "/insurance-applications", tag = "insurance", request_body = Asked, responses((status = 200, body = InsuranceApplicationView)))]
async fn apply(ctx: Ctx, Body(asked): Body<Asked>) -> Result<Json<InsuranceApplicationView>> {
    let id = write::apply(&ctx, &asked).await?;
    view(&ctx, id).await
}

/// 投保申请与报价
#[utoipa::path(get, path = "/insurance-applications/{id}", tag = "insurance", params(("id" = Uuid, Path)), responses((status = 200, body = InsuranceApplicationView)))]
async fn one(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<InsuranceApplicationView>> {
    ctx.allow(&PART, Action::View)?;
    view(&ctx, id).await
}

/// 保险机构报价
#[utoipa::path(post, path = "/insurance-applications/{id}/quote", tag = "insurance", params(("id" = Uuid, Path)), request_body = QuoteForm, responses((status = 200, body = InsuranceApplicationView)))]
async fn quote(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(form): Body<QuoteForm>,
) -> Result<Json<InsuranceApplicationView>> {
    write::quote(&ctx, id, &form).await?;
    view(&ctx, id).await
}

/// The version that was looked at.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = InsuranceRevision)]
pub struct Seen {
    /// Version.
    #[serde(default)]
    pub revision: Option<i64>,
}

/// 企业确认报价，保单生效
#[utoipa::path(post, path = "/insurance-applications/{id}/accept", tag = "insurance", params(("id" = Uuid, Path)), request_body = Seen, responses((status = 200, body = InsuranceApplicationView)))]
async fn accept(ctx: Ctx, PathId(id): PathId<Uuid>, Body(seen): Body<Seen>) -> Result<Json<InsuranceApplicationView>> {
    write::accept(&ctx, id, seen.revision).await?;
    view(&ctx, id).await
}

/// A reason, and the version that was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = InsuranceReason)]
pub struct Because {
    /// Reason.
    #[schema(max_length = 200)]
    pub reason: String,
    /// Version.
    #[serde(default)]
    pub revision: Option<i64>,
}

/// 撤回投保申请或报价
#[utoipa::path(post, path = "/insurance-applications/{id}/withdraw", tag = "insurance", params(("id" = Uuid, Path)), request_body = Because, responses((status = 200, body = InsuranceApplicationView)))]
async fn withdraw(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(body): Body<Because>,
) -> Result<Json<InsuranceApplicationView>> {
    write::withdraw(&ctx, id, &body.reason, body.revision).await?;
    view(&ctx, id).await
}

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, apply))
        .routes(routes!(start))
        .routes(routes!(one))
        .routes(routes!(quote))
        .routes(routes!(accept))
        .routes(routes!(withdraw))
}
