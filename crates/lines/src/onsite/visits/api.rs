//! Handlers.
use super::super::{PART, checks};
use super::commands::{
    self, Announce, Assignment, Decline, Enter, Evaluate, GiveAnswer, NewVisit, VisitVersion, Withdraw,
};
use super::crew::{self, ScorePart, VisitCandidates};
use super::decide::{DECLINES, QUESTIONS};
use super::model::{Announcement, Answer, Cap, Evaluation, RejectedView, Row, VisitPerson, VisitRow};
use super::sign::{self, RefuseSign, Sign};
use super::store::{self, Filter};
use super::{record, rights, rules, supervision};
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::http::{Body, Exported, List, PageQuery, Params, PathId};
use platform::{Action, App, Ctx, Ms, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, request))
        .routes(routes!(caps))
        .routes(routes!(options))
        .routes(routes!(irregular))
        .routes(routes!(one))
        .routes(routes!(candidates))
        .routes(routes!(assign))
        .routes(routes!(accept))
        .routes(routes!(decline))
        .routes(routes!(announce))
        .routes(routes!(enter))
        .routes(routes!(answer))
        .routes(routes!(leave))
        .routes(routes!(printed))
        .routes(routes!(sign))
        .routes(routes!(refuse))
        .routes(routes!(evaluate))
        .routes(routes!(withdraw))
}

/// An item of the list with its answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitItem {
    /// The item.
    #[serde(flatten)]
    pub item: checks::CheckItem,
    /// Its answer.
    pub answer: Option<Answer>,
}

/// A visit as the caller may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: VisitRow,
    /// Why, in words.
    pub reason: String,
    /// Skills needed.
    pub skills: Vec<String>,
    /// Event that caused it.
    pub source_event: Option<Uuid>,
    /// Object of that event, such as `alarm/…`.
    pub source_subject: Option<String>,
    /// Who goes.
    pub crew: Vec<VisitPerson>,
    /// Score of the choice.
    pub score: Option<f64>,
    /// What it is made of.
    pub score_parts: Vec<ScorePart>,
    /// Who was not possible when they were chosen, and why.
    pub rejected: Vec<RejectedView>,
    /// What the enterprise was told.
    pub announcement: Option<Announcement>,
    /// Title of the check list.
    pub template: Option<String>,
    /// Items with their answers.
    pub items: Vec<VisitItem>,
    /// SM3 digest of the record.
    pub record: Option<String>,
    /// Visitors' signatures that are missing.
    pub signatures_missing: usize,
    /// Whether the enterprise signed.
    pub enterprise_signed: bool,
    /// Refusal, as recorded.
    pub refusal: Option<String>,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// What the enterprise said; only for it and for supervision.
    pub evaluation: Option<Evaluation>,
    /// Visits of the year against the cap.
    pub cap: Cap,
    /// Laws an announcement may name; the first is proposed.
    pub bases: Vec<String>,
    /// The check list proposed for this enterprise.
    pub proposed_template: String,
    /// Acts the caller may take now.
    pub acts: Vec<String>,
    /// Last event, so that “why?” opens.
    pub last_event: Uuid,
    /// Event that asked.
    pub requested_event: Uuid,
}

async fn cap(ctx: &Ctx, enterprise: &str, region: &str, year: i64) -> Result<Cap> {
    let limit = rules::limit("visits_per_year", ctx.now(), region)?;
    let (used, urgent) = store::used(ctx, enterprise, year).await?;
    Ok(Cap { year, used, urgent, cap: limit.value, rule: limit.rule, edition: limit.edition, example: limit.example })
}

async fn view(ctx: &Ctx, row: Row) -> Result<VisitView> {
    let mut answers = store::answers(ctx, row.id).await?;
    let template = row.template.as_deref().and_then(|key| checks::find(&ctx.app.rules(), key));
    let mut take = |key: &str| answers.iter().position(|a| a.item == key).map(|at| answers.swap_remove(at));
    let (title, lines) = template.map(|t| (t.title, t.items)).unzip();
    let lines = lines.unwrap_or_default().into_iter();
    let items = lines.map(|item| VisitItem { answer: take(&item.key), item }).collect();
    let evaluation = if rights::reads_evaluation(ctx) { store::evaluation(ctx, row.id).await? } else { None };
    let cap = cap(ctx, row.enterprise(), &row.placed.region, row.year).await?;
    // Who was weighed and found wanting concerns those who choose, not the enterprise.
    let chooses = ctx.may(&PART, Action::Assign) && rights::may_assign(ctx, &row).is_ok();
    Ok(VisitView {
        acts: rights::acts(ctx, &row).into_iter().map(str::to_owned).collect(),
        skills: row.skills.clone(),
        source_event: row.source_event,
        source_subject: row.source_subject.clone(),
        crew: row.people.clone(),
        score: row.score.as_ref().filter(|_| chooses).map(|s| s.0),
        score_parts: row.score.as_ref().filter(|_| chooses).map(|s| ScorePart::named(&s.1)).unwrap_or_default(),
        rejected: if chooses { row.rejected.clone() } else { vec![] },
        announcement: row.announcement.clone(),
        template: title,
        items,
        record: row.record.clone(),
        signatures_missing: row.visit.signatures_missing(),
        enterprise_signed: row.visit.enterprise_signed,
        refusal: row.refusal.clone(),
        withdrawn_reason: row.withdrawn_reason.clone(),
        evaluation,
        cap,
        bases: rules::bases(row.visit.kind).iter().map(|b| (*b).to_owned()).collect(),
        proposed_template: checks::proposed(&row.placed.sectors).to_owned(),
        last_event: row.last_event,
        requested_event: row.requested_event,
        reason: row.reason.clone(),
        row: VisitRow::from(&row),
    })
}

async fn show(ctx: &Ctx, id: Uuid) -> Result<Json<VisitView>> {
    Ok(Json(view(ctx, store::load(ctx, id).await?).await?))
}

/// 检查服务列表
#[utoipa::path(get, path = "/visits", tag = "onsite", params(PageQuery, Filter), responses((status = 200, body = List<VisitRow>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::list(&ctx, &page, &filter).await?;
    Exported::new(&ctx, &page, list)
}

/// 申请检查服务
#[utoipa::path(post, path = "/visits", tag = "onsite", request_body = NewVisit, responses((status = 200, body = VisitView)))]
async fn request(ctx: Ctx, Body(form): Body<NewVisit>) -> Result<Json<VisitView>> {
    let id = commands::request(&ctx, form).await?;
    show(&ctx, id).await
}

/// Which enterprise.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfEnterprise {
    /// Enterprise.
    pub enterprise: String,
}

/// 企业本年度检查服务次数与上限
#[utoipa::path(get, path = "/visit-caps", tag = "onsite", params(OfEnterprise), responses((status = 200, body = Cap)))]
async fn caps(ctx: Ctx, Params(query): Params<OfEnterprise>) -> Result<Json<Cap>> {
    ctx.allow(&PART, Action::View)?;
    let org = store::enterprise(&ctx, &query.enterprise).await?;
    Ok(Json(cap(&ctx, &org.id, &org.region, commands::year(ctx.now())).await?))
}

/// A code and its Chinese name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VisitOption)]
pub struct Choice {
    /// Code.
    pub code: String,
    /// Name.
    pub title: String,
}

/// What forms offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitOptions {
    /// Kinds the caller may ask for.
    pub kinds: Vec<Choice>,
    /// Reasons to ask.
    pub reasons: Vec<Choice>,
    /// Reasons to decline.
    pub declines: Vec<Choice>,
    /// Questions of the evaluation.
    pub questions: Vec<Choice>,
}

/// 检查服务表单选项
#[utoipa::path(get, path = "/visit-options", tag = "onsite", responses((status = 200, body = VisitOptions)))]
async fn options(ctx: Ctx) -> Result<Json<VisitOptions>> {
    use super::decide::{Kind, Reason};
    ctx.allow(&PART, Action::View)?;
    let choice = |code: &str, title: &str| Choice { code: code.to_owned(), title: title.to_owned() };
    let kinds = Kind::ALL.iter().filter(|k| rights::may_request(&ctx, **k).is_ok());
    Ok(Json(VisitOptions {
        kinds: kinds.map(|k| choice(k.code(), k.title())).collect(),
        reasons: Reason::ALL.iter().map(|r| choice(r.code(), r.title())).collect(),
        declines: DECLINES.iter().map(|(c, t)| choice(c, t)).collect(),
        questions: QUESTIONS.iter().map(|(c, t)| choice(c, t)).collect(),
    }))
}

/// 异常入企清单（执法监督）
#[utoipa::path(get, path = "/visit-irregularities", tag = "onsite", params(PageQuery, supervision::IrregularFilter), responses((status = 200, body = List<supervision::Irregular>)))]
async fn irregular(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<supervision::IrregularFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::Audit)?;
    let list = supervision::list(&ctx, &page, &filter).await?;
    Exported::new(&ctx, &page, list)
}

/// 检查服务详情
#[utoipa::path(get, path = "/visits/{id}", tag = "onsite", params(("id" = Uuid, Path)), responses((status = 200, body = VisitView)))]
async fn one(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<VisitView>> {
    let row = rights::seen(&ctx, id).await?;
    Ok(Json(view(&ctx, row).await?))
}

/// The window candidates are looked for in.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Window {
    /// Start; now where not given.
    pub from: Option<Ms>,
    /// End; the deadline where not given.
    pub to: Option<Ms>,
}

/// 推荐人员与不能派定的原因
#[utoipa::path(get, path = "/visits/{id}/candidates", tag = "onsite", params(("id" = Uuid, Path), Window), responses((status = 200, body = VisitCandidates)))]
async fn candidates(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Params(window): Params<Window>,
) -> Result<Json<VisitCandidates>> {
    ctx.allow(&PART, Action::Assign)?;
    let row = store::load(&ctx, id).await?;
    rights::may_assign(&ctx, &row)?;
    let (from, to) = crew::window(&ctx, &row);
    let window = (window.from.unwrap_or(from), window.to.unwrap_or(to));
    Ok(Json(crew::find(&ctx, &row, window).await?))
}

/// 派定人员
#[utoipa::path(post, path = "/visits/{id}/assign", tag = "onsite", params(("id" = Uuid, Path)), request_body = Assignment, responses((status = 200, body = VisitView)))]
async fn assign(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Assignment>) -> Result<Json<VisitView>> {
    commands::assign(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 接受派单
#[utoipa::path(post, path = "/visits/{id}/accept", tag = "onsite", params(("id" = Uuid, Path)), request_body = VisitVersion, responses((status = 200, body = VisitView)))]
async fn accept(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<VisitVersion>) -> Result<Json<VisitView>> {
    commands::accept(&ctx, id, form.version).await?;
    show(&ctx, id).await
}

/// 谢绝派单；谢绝后不再可见
#[utoipa::path(post, path = "/visits/{id}/decline", tag = "onsite", params(("id" = Uuid, Path)), request_body = Decline, responses((status = 204)))]
async fn decline(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Decline>) -> Result<Response> {
    commands::decline(&ctx, id, form).await?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}

/// 入企告知
#[utoipa::path(post, path = "/visits/{id}/announce", tag = "onsite", params(("id" = Uuid, Path)), request_body = Announce, responses((status = 200, body = VisitView)))]
async fn announce(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Announce>) -> Result<Json<VisitView>> {
    commands::announce(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 扫码入企
#[utoipa::path(post, path = "/visits/{id}/enter", tag = "onsite", params(("id" = Uuid, Path)), request_body = Enter, responses((status = 200, body = VisitView)))]
async fn enter(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Enter>) -> Result<Json<VisitView>> {
    commands::enter(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 填写检查项
#[utoipa::path(post, path = "/visits/{id}/answers", tag = "onsite", params(("id" = Uuid, Path)), request_body = GiveAnswer, responses((status = 200, body = VisitView)))]
async fn answer(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<GiveAnswer>) -> Result<Json<VisitView>> {
    commands::answer(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 离开企业，形成记录
#[utoipa::path(post, path = "/visits/{id}/leave", tag = "onsite", params(("id" = Uuid, Path)), request_body = VisitVersion, responses((status = 200, body = VisitView)))]
async fn leave(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<VisitVersion>) -> Result<Json<VisitView>> {
    sign::leave(&ctx, id, form.version).await?;
    show(&ctx, id).await
}

/// 现场检查记录（可打印页面）
#[utoipa::path(get, path = "/visits/{id}/record", tag = "onsite", params(("id" = Uuid, Path)), responses((status = 200, content_type = "text/html", body = String)))]
async fn printed(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Response> {
    let row = rights::seen(&ctx, id).await?;
    let answers = store::answers(&ctx, id).await?;
    let page = record::printed(&ctx, &row, &answers).await?;
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response())
}

/// 在检查记录上签字（须本人确认）
#[utoipa::path(post, path = "/visits/{id}/sign", tag = "onsite", params(("id" = Uuid, Path)), request_body = Sign, responses((status = 200, body = VisitView)))]
async fn sign(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Sign>) -> Result<Json<VisitView>> {
    sign::sign(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 记录企业拒签（须本人确认）
#[utoipa::path(post, path = "/visits/{id}/refusal", tag = "onsite", params(("id" = Uuid, Path)), request_body = RefuseSign, responses((status = 200, body = VisitView)))]
async fn refuse(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<RefuseSign>) -> Result<Json<VisitView>> {
    sign::refuse(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 企业评价
#[utoipa::path(post, path = "/visits/{id}/evaluate", tag = "onsite", params(("id" = Uuid, Path)), request_body = Evaluate, responses((status = 200, body = VisitView)))]
async fn evaluate(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Evaluate>) -> Result<Json<VisitView>> {
    commands::evaluate(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 撤回检查服务
#[utoipa::path(post, path = "/visits/{id}/withdraw", tag = "onsite", params(("id" = Uuid, Path)), request_body = Withdraw, responses((status = 200, body = VisitView)))]
async fn withdraw(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Withdraw>) -> Result<Json<VisitView>> {
    commands::withdraw(&ctx, id, form).await?;
    show(&ctx, id).await
}
