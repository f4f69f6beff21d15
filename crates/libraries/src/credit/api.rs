//! Handlers.
use super::catalogue;
use super::decide::State;
use super::model::Scored;
use super::store::{self, Filter, objections};
use super::view::{self, Basis, CreditContribution, CreditFactRow, CreditObjectionRow, CreditWhatIf, objection_row};
use super::write::{self, Answer, NewFact, ObjectionForm};
use super::{PART, decide};
use axum::Json;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId};
use platform::{Action, App, Ctx, Error, Ms, Result, Subject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(one))
        .routes(routes!(confirm))
        .routes(routes!(dismiss))
        .routes(routes!(object))
        .routes(routes!(list_objections))
        .routes(routes!(answer))
        .routes(routes!(catalogue_now))
        .routes(routes!(score))
        .routes(routes!(try_out))
}

/// A fact with its objections and what the caller may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditFactView {
    /// The fact.
    #[serde(flatten)]
    pub row: CreditFactRow,
    /// What a person wrote when recording it from a document.
    pub note: Option<String>,
    /// When it was recorded.
    pub recorded_at: Option<Ms>,
    /// The event that recorded it.
    pub recorded_event: Option<Uuid>,
    /// Persons who confirmed it.
    pub confirmed: u32,
    /// Until when the subject may object.
    pub object_until: Option<Ms>,
    /// Its objections.
    pub objections: Vec<CreditObjectionRow>,
    /// Whether the caller may confirm it now.
    pub may_confirm: bool,
    /// Whether the caller may dismiss it now.
    pub may_dismiss: bool,
    /// Whether the caller may object now.
    pub may_object: bool,
    /// Whether the caller may answer the open objection.
    pub may_answer: bool,
}

async fn view(ctx: &Ctx, id: Uuid) -> Result<Json<CreditFactView>> {
    let fact = store::load(ctx, id).await?;
    let objections = objections::of_fact(ctx, id).await?;
    let days = catalogue::model(ctx, &fact.placed.region)?.row.objection_days;
    let covers = |action| ctx.require(&PART, action, &fact.placed).is_ok();
    let standing = fact.standing();
    let (approve, me) = (covers(Action::Approve), ctx.actor.account());
    let may_object = covers(Action::Explain)
        && ctx.actor.subject != Some(Subject::Government)
        && decide::object(&standing, ctx.now(), days).is_ok();
    Ok(Json(CreditFactView {
        row: view::row(&fact, ctx.now()),
        recorded_at: fact.recorded_at,
        recorded_event: fact.recorded_event,
        confirmed: u32::try_from(fact.confirmed_by.len()).unwrap_or(0),
        object_until: (fact.state == State::Valid)
            .then(|| fact.recorded_at.map(|at| at.plus(days.saturating_mul(86_400_000))))
            .flatten(),
        objections: objections.iter().map(objection_row).collect(),
        may_confirm: approve && me.is_some_and(|me| decide::confirm(&standing, me).is_ok()),
        may_dismiss: approve && decide::dismiss(&standing).is_ok(),
        may_object,
        may_answer: approve && decide::answer(&standing, objections.iter().any(|o| o.state == "open"), me).is_ok(),
        note: fact.note,
    }))
}

/// 信用事实列表
#[utoipa::path(get, path = "/credit-facts", tag = "credit", params(PageQuery, Filter), responses((status = 200, body = List<CreditFactRow>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let now = ctx.now();
    let list = store::list(&ctx, &page, &filter, |fact| view::row(&fact, now)).await?;
    Exported::new(&ctx, &page, list)
}

/// 手工登记信用事实
#[utoipa::path(post, path = "/credit-facts", tag = "credit", request_body = NewFact, responses((status = 200, body = CreditFactView)))]
async fn register(ctx: Ctx, Body(form): Body<NewFact>) -> Result<Json<CreditFactView>> {
    let id = write::record_manual(&ctx, form).await?;
    view(&ctx, id).await
}

/// 信用事实详情
#[utoipa::path(get, path = "/credit-facts/{id}", tag = "credit", params(("id" = Uuid, Path)), responses((status = 200, body = CreditFactView)))]
async fn one(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<CreditFactView>> {
    ctx.allow(&PART, Action::View)?;
    view(&ctx, id).await
}

/// 确认不利事实
#[utoipa::path(post, path = "/credit-facts/{id}/confirm", tag = "credit", params(("id" = Uuid, Path)), responses((status = 200, body = CreditFactView)))]
async fn confirm(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<CreditFactView>> {
    write::confirm(&ctx, id).await?;
    view(&ctx, id).await
}

/// Why a candidate is not recorded.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CreditDismissal {
    /// Reason.
    #[schema(min_length = 2, max_length = 500)]
    pub reason: String,
}

/// 候选事实不予记入
#[utoipa::path(post, path = "/credit-facts/{id}/dismiss", tag = "credit", params(("id" = Uuid, Path)), request_body = CreditDismissal, responses((status = 200, body = CreditFactView)))]
async fn dismiss(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(form): Body<CreditDismissal>,
) -> Result<Json<CreditFactView>> {
    write::dismiss(&ctx, id, &form.reason).await?;
    view(&ctx, id).await
}

/// 对信用事实提出异议
#[utoipa::path(post, path = "/credit-facts/{id}/objections", tag = "credit", params(("id" = Uuid, Path)), request_body = ObjectionForm, responses((status = 200, body = CreditFactView)))]
async fn object(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<ObjectionForm>) -> Result<Json<CreditFactView>> {
    write::object(&ctx, id, form).await?;
    view(&ctx, id).await
}

/// Filter of the objections.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ObjectionFilter {
    /// `open`, `upheld` or `rejected`.
    state: Option<String>,
}

/// 信用异议列表
#[utoipa::path(get, path = "/credit-objections", tag = "credit", params(PageQuery, ObjectionFilter), responses((status = 200, body = List<CreditObjectionRow>)))]
async fn list_objections(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<ObjectionFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let state = filter.state.as_deref().filter(|s| !s.is_empty());
    if state.is_some_and(|s| !["open", "upheld", "rejected"].contains(&s)) {
        return Err(Error::invalid("state", "状态只能是 open（处理中）、upheld（成立）或 rejected（不成立）"));
    }
    let list = objections::list(&ctx, &page, state, |o| objection_row(&o)).await?;
    Exported::new(&ctx, &page, list)
}

/// 书面答复信用异议
#[utoipa::path(post, path = "/credit-objections/{id}/answer", tag = "credit", params(("id" = Uuid, Path)), request_body = Answer, responses((status = 200, body = CreditFactView)))]
async fn answer(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Answer>) -> Result<Json<CreditFactView>> {
    let fact = write::answer(&ctx, id, form).await?;
    view(&ctx, fact).await
}

/// A kind of fact.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditKind {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Points, hundredths.
    pub points: i64,
    /// Cap of its kind.
    pub cap: Option<i64>,
    /// Days it counts.
    pub days: i64,
    /// Needs two persons.
    pub serious: bool,
    /// Whom it is about.
    pub subjects: Vec<String>,
    /// Legal basis.
    pub basis: String,
    /// Recorded by hand from a document.
    pub manual: bool,
}

/// The catalogue in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditCatalogue {
    /// Edition.
    pub edition: String,
    /// Nobody has adopted it.
    pub example: bool,
    /// Kinds.
    pub kinds: Vec<CreditKind>,
}

/// 信用事实目录
#[utoipa::path(get, path = "/credit-catalogue", tag = "credit", responses((status = 200, body = CreditCatalogue)))]
async fn catalogue_now(ctx: Ctx) -> Result<Json<CreditCatalogue>> {
    ctx.allow(&PART, Action::View)?;
    let rules = ctx.app.rules();
    let region = ctx.actor.region.as_ref().map_or("", |r| r.as_str());
    let table = rules.credit_facts.select(catalogue::scope(ctx.now(), region));
    let table = table.map_err(|problem| Error::internal(problem.title))?;
    let kind = |row: &standards::credit::FactRow| CreditKind {
        code: row.code.clone(),
        name: row.name.clone(),
        points: row.points,
        cap: row.cap,
        days: row.days,
        serious: row.serious,
        subjects: row.subjects.clone(),
        basis: row.basis.clone(),
        manual: row.manual,
    };
    Ok(Json(CreditCatalogue {
        edition: table.edition.clone(),
        example: table.unconfirmed().is_some(),
        kinds: table.rows.iter().map(kind).collect(),
    }))
}

/// A score with its parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditScoreView {
    /// Whom it is about.
    pub subject: String,
    /// `enterprise`, `service_org`, `expert`.
    pub subject_kind: String,
    /// Name.
    pub name: String,
    /// The moment.
    pub as_of: Ms,
    /// Score, hundredths.
    pub score: i64,
    /// Lower end.
    pub low: i64,
    /// Upper end.
    pub high: i64,
    /// Score without facts.
    pub base: i64,
    /// Facts that count.
    pub counted: u32,
    /// Edition of the figures.
    pub edition: String,
    /// Nobody has adopted it.
    pub example: bool,
    /// Event of the newest stated score, for “why?”.
    pub event: Option<Uuid>,
    /// What it is made of.
    pub contributions: Vec<CreditContribution>,
    /// Stated scores, newest first.
    pub history: Vec<CreditStated>,
}

/// A score as it was stated.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditStated {
    /// When.
    pub at: Ms,
    /// Score.
    pub score: i64,
    /// Event.
    pub event: Uuid,
}

async fn seen(ctx: &Ctx, subject: &str) -> Result<Basis> {
    ctx.allow(&PART, Action::View)?;
    view::basis(ctx, subject).await
}

/// 信用评分及其构成
#[utoipa::path(get, path = "/credit-scores/{subject}", tag = "credit", params(("subject" = String, Path)), responses((status = 200, body = CreditScoreView)))]
async fn score(ctx: Ctx, PathId(subject): PathId<String>) -> Result<Json<CreditScoreView>> {
    let basis = seen(&ctx, &subject).await?;
    let name = view::subject_name(&ctx, &basis).await?;
    let stated = |(at, score, event): &(Ms, i64, Uuid)| CreditStated { at: *at, score: *score, event: *event };
    Ok(Json(CreditScoreView {
        name,
        as_of: basis.as_of,
        score: basis.scored.score,
        low: basis.scored.low,
        high: basis.scored.high,
        base: basis.model.base,
        counted: basis.scored.counted,
        edition: basis.edition,
        example: basis.example,
        event: basis.event,
        history: basis.history.iter().map(stated).collect(),
        contributions: view::readable(&ctx, basis.contributions),
        subject: basis.subject,
        subject_kind: basis.kind,
    }))
}

/// A trial.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreditTrial {
    /// Score now.
    pub now: i64,
    /// Score then.
    pub then: i64,
    /// Lower end then.
    pub low: i64,
    /// Upper end then.
    pub high: i64,
}

/// 信用评分试算
#[utoipa::path(post, path = "/credit-scores/{subject}/what-if", tag = "credit", params(("subject" = String, Path)), request_body = CreditWhatIf, responses((status = 200, body = CreditTrial)))]
async fn try_out(
    ctx: Ctx,
    PathId(subject): PathId<String>,
    Body(asked): Body<CreditWhatIf>,
) -> Result<Json<CreditTrial>> {
    let basis = seen(&ctx, &subject).await?;
    let Scored { score, low, high, .. } = view::what_if(&ctx, &basis, &asked)?;
    Ok(Json(CreditTrial { now: basis.scored.score, then: score, low, high }))
}
