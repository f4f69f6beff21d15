//! The rule book over HTTP: the same answers as `anlan calc`, for anybody, with the tables in force here.
use crate::batch;
use axum::Json;
use axum::body::Bytes;
use axum::extract::Multipart;
use axum::extract::multipart::MultipartRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use platform::http::{Anyone, Params, PathId, download, file_of};
use platform::{Error, Result};
use serde::Deserialize;
use serde_json::Value;
use standards::calc;
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

/// Rows of one sheet over HTTP; larger ones go through the command line.
const MAX_ROWS: usize = 5_000;
/// Anybody may send sheets, so few are computed at a time and the rest is told to come back.
static SHEETS: Semaphore = Semaphore::const_new(2);

/// 可计算的标准条款
#[utoipa::path(get, path = "/calc", tag = "calc", responses((status = 200, body = Vec<Object>)))]
pub(super) async fn list(Anyone(ctx): Anyone) -> Result<Json<Value>> {
    serde_json::to_value(calc::list_with(&ctx.app.rules())).map(Json).map_err(Error::internal)
}

/// 规则的输入输出说明
#[utoipa::path(get, path = "/calc/{rule}", tag = "calc", params(("rule" = String, Path)), responses((status = 200, body = Object)))]
pub(super) async fn describe(Anyone(ctx): Anyone, PathId(rule): PathId<String>) -> Result<Response> {
    let text = match calc::describe_with(&ctx.app.rules(), &rule) {
        Ok(text) => text,
        Err(problem) => return answer(Err(problem)),
    };
    let mut about: Value = serde_json::from_str(&text).map_err(Error::internal)?;
    if let Some(map) = about.as_object_mut() {
        map.insert("batch".into(), batch::find(&rule).is_some().into());
    }
    answer(Ok(about.to_string()))
}

/// With which tables.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RuleSetQuery {
    /// 规则集版本，取自原结果的 rule.rule_set：用当时的规则表重算；不填则用现行规则表
    rule_set: Option<String>,
}

/// 计算
#[utoipa::path(post, path = "/calc/{rule}", tag = "calc", params(("rule" = String, Path), RuleSetQuery), request_body = Object, responses((status = 200, body = Object)))]
pub(super) async fn evaluate(
    Anyone(ctx): Anyone,
    PathId(rule): PathId<String>,
    Params(query): Params<RuleSetQuery>,
    body: Bytes,
) -> Result<Response> {
    let text = std::str::from_utf8(&body).map_err(|_| Error::invalid("body", "内容须为 UTF-8 的 JSON"))?;
    let tables = match query.rule_set.as_deref() {
        Some(rule_set) => ctx.app.rules_at(rule_set)?,
        None => ctx.app.rules(),
    };
    answer(calc::run_with(&tables, &rule, text))
}

/// 批量计算的空白模板
#[utoipa::path(get, path = "/calc/{rule}/template", tag = "calc", params(("rule" = String, Path)), responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
pub(super) async fn template(_: Anyone, PathId(rule): PathId<String>) -> Result<Response> {
    let batch = batch::find(&rule).ok_or(Error::NotFound)?;
    let book = batch.template().map_err(Error::internal)?;
    Ok(download(&format!("{}模板", batch.sheet.title), "xlsx", platform::http::XLSX, book))
}

/// A sheet to compute.
#[derive(ToSchema)]
pub(crate) struct SheetUpload {
    /// The bytes.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    #[expect(dead_code, reason = "describes the multipart form in the OpenAPI document")]
    file: String,
}

/// 批量计算：一张表进，一张带结果和原因的表出；文件不保存
#[utoipa::path(post, path = "/calc/{rule}/batch", tag = "calc", params(("rule" = String, Path)), request_body(content = SheetUpload, content_type = "multipart/form-data"), responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
pub(super) async fn sheet(
    Anyone(ctx): Anyone,
    PathId(rule): PathId<String>,
    form: std::result::Result<Multipart, MultipartRejection>,
) -> Result<Response> {
    let batch = batch::find(&rule).ok_or(Error::NotFound)?;
    let (name, bytes) = file_of(form).await?;
    let _permit = SHEETS.try_acquire().map_err(|_| Error::Busy)?;
    let rules = ctx.app.rules();
    let work = move || batch.run(&rules, &bytes, &name, MAX_ROWS);
    let outcome = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
    let outcome = outcome.map_err(|why| Error::invalid("file", why))?;
    let mut response = download(&format!("{}结果", batch.sheet.title), "xlsx", platform::http::XLSX, outcome.book);
    let headers = response.headers_mut();
    headers.insert("x-rows", outcome.rows.into());
    headers.insert("x-refused", outcome.refused.into());
    Ok(response)
}

fn answer(result: std::result::Result<String, standards::problem::Problem>) -> Result<Response> {
    let (status, mime, body) = match result {
        Ok(text) => (StatusCode::OK, "application/json", text),
        Err(problem) => {
            let mut value = serde_json::to_value(&problem).map_err(Error::internal)?;
            if let Some(map) = value.as_object_mut() {
                map.insert("status".into(), 422.into());
            }
            (StatusCode::UNPROCESSABLE_ENTITY, "application/problem+json; charset=utf-8", value.to_string())
        }
    };
    Ok((status, [("content-type", mime)], body).into_response())
}
