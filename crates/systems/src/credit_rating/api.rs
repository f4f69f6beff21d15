//! Handlers.
use super::PART;
use super::run_view::{self, CreditRunRow, CreditRunView};
use super::runs::{self, RunForm};
use super::store::{self, Filter};
use super::view::{self, CreditGradeTrial, CreditModelView, CreditRatingRow, CreditRatingView};
use super::write::{self, Adoption, ClassForm};
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use libraries::credit::view::CreditWhatIf;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, download};
use platform::{Action, App, Ctx, Error, Result};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(try_out))
        .routes(routes!(basis))
        .routes(routes!(classify))
        .routes(routes!(list_runs, make_run))
        .routes(routes!(one_run))
        .routes(routes!(model, adopt))
}

/// 信用等级列表
#[utoipa::path(get, path = "/credit-ratings", tag = "credit_rating", params(PageQuery, Filter), responses((status = 200, body = List<CreditRatingRow>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::list(&ctx, &page, &filter, |r| view::row(&r)).await?;
    Exported::new(&ctx, &page, list)
}

/// 企业信用页
#[utoipa::path(get, path = "/credit-ratings/{enterprise}", tag = "credit_rating", params(("enterprise" = String, Path)), responses((status = 200, body = CreditRatingView)))]
async fn one(ctx: Ctx, PathId(id): PathId<String>) -> Result<Json<CreditRatingView>> {
    Ok(Json(view::page(&ctx, &id).await?))
}

/// 信用等级试算
#[utoipa::path(post, path = "/credit-ratings/{enterprise}/what-if", tag = "credit_rating", params(("enterprise" = String, Path)), request_body = CreditWhatIf, responses((status = 200, body = CreditGradeTrial)))]
async fn try_out(
    ctx: Ctx,
    PathId(id): PathId<String>,
    Body(asked): Body<CreditWhatIf>,
) -> Result<Json<CreditGradeTrial>> {
    Ok(Json(view::trial(&ctx, &id, &asked).await?))
}

/// Which grade and in which form.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct BasisQuery {
    /// Event of the grade; the newest where not given.
    grade: Option<Uuid>,
    /// `json` or `pdf`.
    form: Option<String>,
}

/// 导出一次评级的全部依据
#[utoipa::path(get, path = "/credit-ratings/{enterprise}/basis", tag = "credit_rating", params(("enterprise" = String, Path), BasisQuery), responses((status = 200, description = "JSON 或 PDF")))]
async fn basis(ctx: Ctx, PathId(id): PathId<String>, Params(asked): Params<BasisQuery>) -> Result<Response> {
    let (text, published) = view::basis_of(&ctx, &id, asked.grade).await?;
    match asked.form.as_deref().unwrap_or("json") {
        "json" => Ok(([(header::CONTENT_TYPE, "application/json; charset=utf-8")], text).into_response()),
        "pdf" => {
            let file = view::paper(&ctx, &id, &text, &published).await?;
            Ok(download("信用等级评定依据", "pdf", "application/pdf", file))
        }
        _ => Err(Error::invalid("form", "导出格式只能是 json 或 pdf")),
    }
}

/// 确认企业分类
#[utoipa::path(post, path = "/credit-ratings/{enterprise}/class", tag = "credit_rating", params(("enterprise" = String, Path)), request_body = ClassForm, responses((status = 200, body = CreditRatingView)))]
async fn classify(ctx: Ctx, PathId(id): PathId<String>, Body(form): Body<ClassForm>) -> Result<Json<CreditRatingView>> {
    write::confirm_class(&ctx, &id, form).await?;
    Ok(Json(view::page(&ctx, &id).await?))
}

/// 信用评定记录
#[utoipa::path(get, path = "/credit-runs", tag = "credit_rating", params(PageQuery), responses((status = 200, body = List<CreditRunRow>)))]
async fn list_runs(ctx: Ctx, Params(page): Params<PageQuery>) -> Result<Exported> {
    ctx.allow(&PART, Action::Approve)?;
    let list = store::runs(&ctx, &page, |r| run_view::run_row(&r)).await?;
    Exported::new(&ctx, &page, list)
}

/// 开展一次信用评定
#[utoipa::path(post, path = "/credit-runs", tag = "credit_rating", request_body = RunForm, responses((status = 200, body = CreditRunView)))]
async fn make_run(ctx: Ctx, Body(form): Body<RunForm>) -> Result<Json<CreditRunView>> {
    let id = runs::run(&ctx, form).await?;
    Ok(Json(run_view::run_view(&store::run(&ctx, id).await?)?))
}

/// 一次信用评定的升降名单
#[utoipa::path(get, path = "/credit-runs/{id}", tag = "credit_rating", params(("id" = Uuid, Path)), responses((status = 200, body = CreditRunView)))]
async fn one_run(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<CreditRunView>> {
    ctx.allow(&PART, Action::Approve)?;
    Ok(Json(run_view::run_view(&store::run(&ctx, id).await?)?))
}

/// 信用模型各表版本
#[utoipa::path(get, path = "/credit-model", tag = "credit_rating", responses((status = 200, body = CreditModelView)))]
async fn model(ctx: Ctx) -> Result<Json<CreditModelView>> {
    Ok(Json(view::model(&ctx).await?))
}

/// 确认采用信用模型的一个版本
#[utoipa::path(post, path = "/credit-model", tag = "credit_rating", request_body = Adoption, responses((status = 200, body = CreditModelView)))]
async fn adopt(ctx: Ctx, Body(form): Body<Adoption>) -> Result<Json<CreditModelView>> {
    write::adopt(&ctx, form).await?;
    Ok(Json(view::model(&ctx).await?))
}
