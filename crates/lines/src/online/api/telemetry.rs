//! Readings over HTTP: one message, or many as NDJSON, with the device's own key.

use axum::Json;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use platform::http::Params;
use platform::{Action, ActorRef, App, Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::reading::{self, Refused, Stream};
use super::super::{PART, Pipeline, store};

/// Who sends: a device by its own key.
pub(super) struct Sender {
    app: App,
    device: String,
}

const REFUSED: Error = Error::Unauthenticated("device-invalid");

impl FromRequestParts<App> for Sender {
    type Rejection = Error;
    /// Basic authentication with the device's key, or an API key of the enterprise with `?device=`.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let Some(basic) = header.strip_prefix("Basic ") else {
            return Self::by_key(parts, app).await;
        };
        let decoded = base64::prelude::BASE64_STANDARD.decode(basic).map_err(|_| REFUSED)?;
        let decoded = String::from_utf8(decoded).map_err(|_| REFUSED)?;
        let (device, secret) = decoded.split_once(':').ok_or(REFUSED)?;
        if !Pipeline::of(app)?.authenticate(device, secret.as_bytes()).await {
            return Err(REFUSED);
        }
        Ok(Sender { app: app.clone(), device: device.to_owned() })
    }
}

impl Sender {
    async fn by_key(parts: &mut Parts, app: &App) -> Result<Self> {
        let ctx = Ctx::from_request_parts(parts, app).await?;
        if !matches!(ctx.actor.me, ActorRef::ApiKey(_)) {
            return Err(Error::Forbidden("上报数据须用设备密钥或接口密钥".to_owned()));
        }
        ctx.allow(&PART, Action::Register)?;
        let Params(query) = Params::<IngestQuery>::from_request_parts(parts, app).await?;
        let device = query.device.ok_or_else(|| Error::invalid("device", "用接口密钥上报时须写明 ?device=设备编号"))?;
        store::device(&ctx, &device).await?;
        Ok(Sender { app: app.clone(), device })
    }
}

/// Where the readings belong.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IngestQuery {
    /// Device, where an API key is used instead of the device's own key.
    device: Option<String>,
    /// True for stored readings replayed after an outage.
    #[serde(default)]
    late: bool,
}

/// One refusal of a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedLine {
    /// Line of the body, counted from 1.
    line: usize,
    /// Field.
    field: String,
    /// Value.
    value: String,
    /// Rule and way out.
    message: String,
}

/// What became of a request; sent after everything counted as stored is durable.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Ingested {
    /// Messages stored.
    messages: usize,
    /// Values stored.
    values: usize,
    /// Messages known already.
    duplicates: usize,
    /// What was refused; what is not named here is stored.
    refused: Vec<RefusedLine>,
}

/// 上报数据（单条 JSON 或 NDJSON；设备用 Basic 认证）
#[utoipa::path(post, path = "/telemetry", tag = "online", params(IngestQuery), request_body(content = String, content_type = "application/x-ndjson"), responses((status = 200, body = Ingested)))]
pub(super) async fn ingest(sender: Sender, Params(query): Params<IngestQuery>, body: Bytes) -> Result<Json<Ingested>> {
    let stream = if query.late { Stream::Late } else { Stream::Telemetry };
    let pipeline = Pipeline::of(&sender.app)?;
    let mut answer = Ingested::default();
    let pretty = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
    // One JSON text over several lines is one message.
    let lines: Vec<(usize, &[u8])> = if pretty { vec![(1, &body[..])] } else { reading::lines(&body).collect() };
    if lines.is_empty() {
        return Err(Error::invalid("body", "请求内容为空，应为一条 JSON 或每行一条的 NDJSON"));
    }
    if lines.len() > reading::MAX_BATCH {
        return Err(Error::TooLarge(format!("一次最多 {} 条，请分批上报", reading::MAX_BATCH)));
    }
    let texts: Vec<&[u8]> = lines.iter().map(|(_, text)| *text).collect();
    let outcomes = pipeline.take_all(&sender.device, stream, &texts).await.map_err(|_| Error::Busy)?;
    for ((line, _), outcome) in lines.into_iter().zip(outcomes) {
        answer.messages += usize::from(outcome.stored.as_ref().is_some_and(|b| !b.values.is_empty()));
        answer.values += outcome.stored.as_ref().map_or(0, |b| b.values.len());
        answer.duplicates += usize::from(outcome.duplicate);
        let refused = |r: Refused| RefusedLine { line, field: r.field, value: r.value, message: r.message };
        answer.refused.extend(outcome.refused.into_iter().map(refused));
    }
    Ok(Json(answer))
}
