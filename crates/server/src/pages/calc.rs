//! The rule book over HTTP: the same answers as `anlan calc`.
use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use platform::http::PathId;
use platform::{Ctx, Error, Result};
use serde_json::Value;
use standards::calc;

/// 可计算的标准条款
#[utoipa::path(get, path = "/calc", tag = "calc", responses((status = 200, body = Vec<Object>)))]
pub(super) async fn list(_: Ctx) -> Result<Json<Value>> {
    serde_json::to_value(calc::list()).map(Json).map_err(Error::internal)
}

/// 规则的输入输出说明
#[utoipa::path(get, path = "/calc/{rule}", tag = "calc", params(("rule" = String, Path)), responses((status = 200, body = Object)))]
pub(super) async fn describe(_: Ctx, PathId(rule): PathId<String>) -> Result<Response> {
    answer(calc::describe(&rule))
}

/// 计算
#[utoipa::path(post, path = "/calc/{rule}", tag = "calc", params(("rule" = String, Path)), request_body = Object, responses((status = 200, body = Object)))]
pub(super) async fn evaluate(_: Ctx, PathId(rule): PathId<String>, body: Bytes) -> Result<Response> {
    let text = std::str::from_utf8(&body).map_err(|_| Error::invalid("body", "内容须为 UTF-8 的 JSON"))?;
    answer(calc::run(&rule, text))
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
