//! `Idempotency-Key`: the same write twice has one effect, and answers the same.
//!
//! The key is written inside the business write (`Ctx::commit`), so effect and key stand or
//! fall together; the answer is kept beside it afterwards, for those who ask again.
use crate::actor::{Actor, ActorRef};
use crate::app::App;
use crate::args;
use crate::db::sql;
use crate::error::{Error, Result};
use crate::event::SUITE;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Bodies that take part; larger uploads are idempotent by their digest.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// Marks an answer that was given before.
const REPLAYED: header::HeaderName = header::HeaderName::from_static("idempotent-replay");

/// Passwords travel to sign-in and its siblings; not even a digest of them may be stored.
const SECRETS: &str = "/api/v1/session";

/// The caller's key and the digest of what is sent with it.
#[derive(Clone)]
pub(crate) struct Once {
    key: String,
    pub(crate) hash: String,
}

impl Once {
    /// Keys of different callers never meet.
    pub(crate) fn key_for(&self, actor: &Actor) -> String {
        let who = match &actor.me {
            ActorRef::Person { account, .. } => account.to_string(),
            ActorRef::ApiKey(key) => key.clone(),
            _ => "anonymous".to_owned(),
        };
        format!("http:{who}:{}", self.key)
    }
}

/// Middleware around all routes.
pub(crate) async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let key = request.headers().get("idempotency-key").and_then(|v| v.to_str().ok()).map(str::to_owned);
    let json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_none_or(|v| v.starts_with("application/json"));
    match key {
        Some(key)
            if json
                && !matches!(*request.method(), Method::GET | Method::HEAD)
                && !request.uri().path().starts_with(SECRETS) =>
        {
            guarded(app, key, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn guarded(app: App, key: String, request: Request, next: Next) -> Result<Response> {
    if key.is_empty() || key.len() > 128 {
        return Err(Error::invalid("Idempotency-Key", "提交编号须为 1 到 128 个字符"));
    }
    let (mut parts, body) = request.into_parts();
    let bytes =
        axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| Error::TooLarge("提交内容不能超过 2 MB".to_owned()))?;
    let hash =
        hex::encode(SUITE.hash(&[parts.method.as_str().as_bytes(), b"\n", parts.uri.path().as_bytes(), b"\n", &bytes]));
    let once = Once { key, hash };
    let who = caller(&app, &parts).await;
    let full = who.as_ref().map(|actor| once.key_for(actor));
    if let Some(full) = &full
        && let Some(answer) = known(&app, full, &once.hash).await?
    {
        return Ok(answer);
    }
    parts.extensions.insert(once.clone());
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    match full {
        Some(full) if response.status().is_success() => keep(&app, &full, response).await,
        _ => Ok(response),
    }
}

/// Who calls, if that can be told; refusals are left to the handler's own extractor.
async fn caller(app: &App, parts: &axum::http::request::Parts) -> Option<Actor> {
    use super::identify::{bearer, cookie};
    if let Some(token) = bearer(&parts.headers) {
        return crate::auth::keys::actor(app, token).await.ok();
    }
    match cookie(&parts.headers) {
        Some(token) => {
            let found = crate::auth::session::find(app, token).await.ok()??;
            crate::auth::actor(app.db(), &found.account, app.source().now()).await.ok()
        }
        None => Some(Actor::anonymous()),
    }
}

/// The answer of an earlier write under this key.
async fn known(app: &App, key: &str, hash: &str) -> Result<Option<Response>> {
    let Some(row) = app.db().opt(sql("select hash, status, body, events from once where key = $1", args![key])).await?
    else {
        return Ok(None);
    };
    if row.get::<String>("hash")? != hash {
        return Err(Error::invalid("Idempotency-Key", "这个提交编号已用于另一份内容，请换新的编号"));
    }
    let status = row
        .get::<Option<i64>>("status")?
        .and_then(|s| u16::try_from(s).ok())
        .and_then(|s| StatusCode::from_u16(s).ok());
    let answer = status.zip(row.get::<Option<Vec<u8>>>("body")?);
    let (status, body) = if let Some(answer) = answer {
        answer
    } else {
        // The effect stands, but its answer is not known any more: the node stopped before it was
        // kept, or it held a secret that is shown once.
        let text = format!(r#"{{"already_applied":true,"events":{}}}"#, row.get::<String>("events")?);
        (StatusCode::OK, text.into_bytes())
    };
    let headers = [(header::CONTENT_TYPE, "application/json"), (REPLAYED, "true")];
    Ok(Some((status, headers, body).into_response()))
}

/// Whether an answer must not be stored anywhere: a new password or key is shown once.
fn holds_a_secret(body: &[u8]) -> bool {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    ["password", "secret"].iter().any(|field| body.get(field).is_some_and(|value| !value.is_null()))
}

async fn keep(app: &App, key: &str, response: Response) -> Result<Response> {
    let (parts, body) = response.into_parts();
    let bytes: Bytes = axum::body::to_bytes(body, MAX_BODY).await.map_err(Error::internal)?;
    if holds_a_secret(&bytes) {
        return Ok(Response::from_parts(parts, Body::from(bytes)));
    }
    let mut tx = app.db().begin().await?;
    tx.run(sql(
        "update once set status = $1, body = $2 where key = $3",
        args![i64::from(parts.status.as_u16()), bytes.to_vec(), key],
    ))
    .await?;
    tx.commit().await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}
