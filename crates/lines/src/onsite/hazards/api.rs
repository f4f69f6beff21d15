//! Handlers.
use super::super::PART;
use super::commands::{self, AskExtension, AssignHazard, ConfirmLevel, DecideExtension, NewHazard};
use super::decide::State;
use super::fix::{self, LISTINGS, LiftHazard, ListHazard, Rectify, Reopen, Verify};
use super::model::{HazardPhoto, HazardRow, Row, Sensor};
use super::rules::{self, HazardClause};
use super::store::{self, Filter};
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
        .routes(routes!(list, report))
        .routes(routes!(clauses))
        .routes(routes!(one))
        .routes(routes!(confirm))
        .routes(routes!(assign))
        .routes(routes!(ask_extension))
        .routes(routes!(decide_extension))
        .routes(routes!(rectify))
        .routes(routes!(verify))
        .routes(routes!(reopen))
        .routes(routes!(list_for_supervision))
        .routes(routes!(lift))
}

/// A level of listing.
#[derive(Debug, Serialize, ToSchema)]
pub struct HazardListing {
    /// Code.
    pub code: String,
    /// Name.
    pub title: String,
}

/// A hazard as the caller may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HazardView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: HazardRow,
    /// Level when it was found, in Chinese.
    pub suspected_name: String,
    /// Ground of the level.
    pub ground: Option<String>,
    /// Visit that found it.
    pub visit: Option<Uuid>,
    /// Sensor that watches the same thing.
    pub tag: Option<String>,
    /// Post responsible.
    pub owner_post: Option<String>,
    /// Person responsible.
    pub owner: Option<String>,
    /// Measure ordered.
    pub measure: Option<String>,
    /// Money, 分.
    pub money_fen: Option<i64>,
    /// Plan meanwhile.
    pub plan: Option<String>,
    /// Rule the due date comes from.
    pub due_rule: Option<String>,
    /// Proposed due time, where it is to be assigned.
    pub proposed_due: Option<Ms>,
    /// Rule of the proposal.
    pub proposed_rule: String,
    /// Whether that rule is an example.
    pub example: bool,
    /// Working days asked for and not decided.
    pub asked_days: Option<u32>,
    /// Why more time is asked for.
    pub asked_reason: Option<String>,
    /// What keeps it safe meanwhile.
    pub interim_measure: Option<String>,
    /// Most extensions, and most working days of each.
    pub extension_limit: (u32, u32),
    /// What was done.
    pub done: Option<String>,
    /// Cost, 分.
    pub cost_fen: Option<i64>,
    /// When it was fixed.
    pub rectified_at: Option<Ms>,
    /// When it was verified.
    pub verified_at: Option<Ms>,
    /// Who verified.
    pub verifier: Option<String>,
    /// What they wrote.
    pub verify_note: Option<String>,
    /// Sensor at verification; the newest known before.
    pub sensor: Option<Sensor>,
    /// When it became overdue.
    pub overdue_at: Option<Ms>,
    /// Name of the level of listing.
    pub listing: Option<String>,
    /// When it was listed.
    pub listed_at: Option<Ms>,
    /// Due time of the listing.
    pub listed_due: Option<Ms>,
    /// When it was taken off.
    pub lifted_at: Option<Ms>,
    /// The open hazard that stands for it, where the caller may see that one.
    pub duplicate_of: Option<Uuid>,
    /// How alike the places are.
    pub similarity: Option<f64>,
    /// Why it was opened again.
    pub reopened_why: Option<String>,
    /// Photos.
    pub photos: Vec<HazardPhoto>,
    /// Levels of listing.
    pub listings: Vec<HazardListing>,
    /// Acts the caller may take now.
    pub acts: Vec<String>,
    /// Event that found it.
    pub found_event: Uuid,
    /// Last event, so that “why?” opens.
    pub last_event: Uuid,
}

/// The acts the caller may take now, as the page offers them.
pub fn acts(ctx: &Ctx, row: &Row) -> Vec<&'static str> {
    let Ok(who) = commands::who(ctx) else { return vec![] };
    let hazard = &row.hazard;
    let may = |action| ctx.may(&PART, action);
    let approves = who.government && may(Action::Approve);
    let decides = approves || (ctx.actor.subject == Some(Subject::Enterprise) && may(Action::Assign));
    let to_fix = hazard.state == State::Assigned && may(Action::Rectify);
    let extent = commands::extent(ctx, row).ok();
    let asks = extent.is_some_and(|e| hazard.clone().ask_extension(1, &e, ctx.now().0).is_ok());
    let now = ctx.now().0;
    let offers = [
        ("confirm", decides && hazard.clone().confirm(hazard.level, &who).is_ok()),
        ("assign", decides && matches!(hazard.state, State::Confirmed | State::Reopened)),
        ("rectify", to_fix),
        ("extension", to_fix && asks),
        ("decide", approves && hazard.asked_days.is_some()),
        ("verify", may(Action::Verify) && hazard.may_verify(&who).is_ok()),
        ("lift", approves && hazard.clone().lift().is_ok()),
        ("list", approves && hazard.clone().list(now + 1, now).is_ok()),
        ("reopen", approves && hazard.clone().reopen().is_ok()),
    ];
    offers.into_iter().filter(|(_, offered)| *offered).map(|(act, _)| act).collect()
}

async fn view(ctx: &Ctx, row: Row) -> Result<HazardView> {
    let (due, limit) = commands::proposed_due(ctx, &row)?;
    let extent = commands::extent(ctx, &row)?;
    let photos = store::photos(ctx, row.id).await?;
    let sensor = match (&row.sensor, row.tag.as_deref()) {
        (Some(sensor), _) => Some(sensor.clone()),
        (None, Some(tag)) => store::sensor_now(ctx, row.enterprise(), tag).await?,
        _ => None,
    };
    // A link that leads to a page the caller may not open is none.
    let duplicate_of = match row.duplicate_of {
        Some(of) => match store::load(ctx, of).await {
            Ok(_) => Some(of),
            Err(Error::NotFound) => None,
            Err(other) => return Err(other),
        },
        None => None,
    };
    let title = |code: &str| LISTINGS.iter().find(|(c, _)| *c == code).map(|(_, t)| (*t).to_owned());
    let listing = |(code, title): &(&str, &str)| HazardListing { code: (*code).into(), title: (*title).into() };
    Ok(HazardView {
        acts: acts(ctx, &row).into_iter().map(str::to_owned).collect(),
        suspected_name: row.suspected.title().to_owned(),
        visit: row.visit,
        proposed_due: due,
        proposed_rule: format!("{}个工作日，{}", limit.value, limit.rule),
        example: limit.example,
        asked_days: row.hazard.asked_days,
        extension_limit: (extent.times, extent.days),
        rectified_at: row.rectified_at,
        verified_at: row.verified_at,
        sensor,
        overdue_at: row.overdue_at,
        listing: row.listed_level.as_deref().and_then(title),
        listed_at: row.listed_at,
        listed_due: row.listed_due,
        lifted_at: row.lifted_at,
        duplicate_of,
        similarity: row.similarity,
        photos,
        listings: LISTINGS.iter().map(listing).collect(),
        found_event: row.found_event,
        last_event: row.last_event,
        row: HazardRow::new(&row, ctx.now()),
        ground: row.ground,
        tag: row.tag,
        owner_post: row.owner_post,
        owner: row.owner_name,
        measure: row.measure,
        money_fen: row.money_fen,
        plan: row.plan,
        due_rule: row.due_rule,
        asked_reason: row.asked_reason,
        interim_measure: row.interim_measure,
        done: row.done,
        cost_fen: row.cost_fen,
        verifier: row.verifier_name,
        verify_note: row.verify_note,
        reopened_why: row.reopened_why,
    })
}

async fn show(ctx: &Ctx, id: Uuid) -> Result<Json<HazardView>> {
    Ok(Json(view(ctx, store::load(ctx, id).await?).await?))
}

/// 隐患清单
#[utoipa::path(get, path = "/hazards", tag = "onsite", params(PageQuery, Filter), responses((status = 200, body = List<HazardRow>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::list(&ctx, &page, &filter).await?;
    Exported::new(&ctx, &page, list)
}

/// 登记隐患
#[utoipa::path(post, path = "/hazards", tag = "onsite", request_body = NewHazard, responses((status = 200, body = HazardView)))]
async fn report(ctx: Ctx, Body(form): Body<NewHazard>) -> Result<Json<HazardView>> {
    let id = commands::report(&ctx, form).await?;
    show(&ctx, id).await
}

/// What to search criteria for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClauseQuery {
    /// Words of the criterion, its group or its number.
    pub q: Option<String>,
}

/// 隐患判定条款库
#[utoipa::path(get, path = "/hazard-clauses", tag = "onsite", params(ClauseQuery), responses((status = 200, body = Vec<HazardClause>)))]
async fn clauses(ctx: Ctx, Params(query): Params<ClauseQuery>) -> Result<Json<Vec<HazardClause>>> {
    ctx.allow(&PART, Action::Register)?;
    let tables = ctx.app.rules();
    Ok(Json(rules::clauses(&tables, ctx.now(), query.q.as_deref().unwrap_or_default(), 50)))
}

/// 隐患详情
#[utoipa::path(get, path = "/hazards/{id}", tag = "onsite", params(("id" = Uuid, Path)), responses((status = 200, body = HazardView)))]
async fn one(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<HazardView>> {
    ctx.allow(&PART, Action::View)?;
    show(&ctx, id).await
}

/// 确认隐患等级
#[utoipa::path(post, path = "/hazards/{id}/confirm", tag = "onsite", params(("id" = Uuid, Path)), request_body = ConfirmLevel, responses((status = 200, body = HazardView)))]
async fn confirm(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<ConfirmLevel>) -> Result<Json<HazardView>> {
    commands::confirm(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 下达整改
#[utoipa::path(post, path = "/hazards/{id}/assign", tag = "onsite", params(("id" = Uuid, Path)), request_body = AssignHazard, responses((status = 200, body = HazardView)))]
async fn assign(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<AssignHazard>) -> Result<Json<HazardView>> {
    commands::assign(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 申请延期整改
#[utoipa::path(post, path = "/hazards/{id}/extension", tag = "onsite", params(("id" = Uuid, Path)), request_body = AskExtension, responses((status = 200, body = HazardView)))]
async fn ask_extension(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<AskExtension>) -> Result<Json<HazardView>> {
    commands::ask_extension(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 审批延期
#[utoipa::path(post, path = "/hazards/{id}/extension/decide", tag = "onsite", params(("id" = Uuid, Path)), request_body = DecideExtension, responses((status = 200, body = HazardView)))]
async fn decide_extension(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(form): Body<DecideExtension>,
) -> Result<Json<HazardView>> {
    commands::decide_extension(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 提交整改完成
#[utoipa::path(post, path = "/hazards/{id}/rectify", tag = "onsite", params(("id" = Uuid, Path)), request_body = Rectify, responses((status = 200, body = HazardView)))]
async fn rectify(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Rectify>) -> Result<Json<HazardView>> {
    fix::rectify(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 复查核实
#[utoipa::path(post, path = "/hazards/{id}/verify", tag = "onsite", params(("id" = Uuid, Path)), request_body = Verify, responses((status = 200, body = HazardView)))]
async fn verify(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Verify>) -> Result<Json<HazardView>> {
    fix::verify(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 重新打开隐患
#[utoipa::path(post, path = "/hazards/{id}/reopen", tag = "onsite", params(("id" = Uuid, Path)), request_body = Reopen, responses((status = 200, body = HazardView)))]
async fn reopen(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Reopen>) -> Result<Json<HazardView>> {
    fix::reopen(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 挂牌督办
#[utoipa::path(post, path = "/hazards/{id}/list", tag = "onsite", params(("id" = Uuid, Path)), request_body = ListHazard, responses((status = 200, body = HazardView)))]
async fn list_for_supervision(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(form): Body<ListHazard>,
) -> Result<Json<HazardView>> {
    fix::list(&ctx, id, form).await?;
    show(&ctx, id).await
}

/// 解除挂牌
#[utoipa::path(post, path = "/hazards/{id}/lift", tag = "onsite", params(("id" = Uuid, Path)), request_body = LiftHazard, responses((status = 200, body = HazardView)))]
async fn lift(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<LiftHazard>) -> Result<Json<HazardView>> {
    fix::lift(&ctx, id, form).await?;
    show(&ctx, id).await
}
