//! Health and metrics, for the people and programs that run the node.
use crate::serve::site::Site;
use anyhow::{Context, Result};
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use platform::{App, Error};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;

/// Installs the recorder once for the process.
pub(super) fn install_metrics() -> Result<PrometheusHandle> {
    PrometheusBuilder::new().install_recorder().context("指标记录器无法启动")
}

/// The process answers.
pub(super) async fn live() -> &'static str {
    "ok"
}

/// The node can take work: database answers, disk has room, the tree keeps up.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let mut reasons = app.not_ready();
    if app.db().opt(platform::sql("select next from log_head where id = 1", vec![])).await.is_err() {
        reasons.push("数据库没有响应".to_owned());
    }
    if let Some(percent) = free_percent(&app)
        && percent < 10
    {
        reasons.push(format!("数据盘剩余 {percent}%，低于 10%"));
    }
    let behind = app.durable() - i64::try_from(app.tree_head().size).unwrap_or(0);
    if behind > 10_000 {
        reasons.push(format!("证据树落后 {behind} 条"));
    }
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"ready": reasons.is_empty(), "reasons": reasons}))).into_response()
}

fn free_percent(app: &App) -> Option<u64> {
    let stat = rustix::fs::statvfs(app.data().as_path()).ok()?;
    stat.f_bavail.saturating_mul(100).checked_div(stat.f_blocks)
}

/// Prometheus text, for this machine or with the configured token.
pub(super) async fn metrics(
    State(app): State<App>,
    axum::Extension(site): axum::Extension<Arc<Site>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let token = platform::http::bearer(&headers);
    let known = site.metrics_token.as_deref().zip(token).is_some_and(|(a, b)| platform::secrets::equal(a, b));
    if !known && !from.ip().is_loopback() {
        return Error::NotFound.into_response();
    }
    metrics::gauge!("anlan_log_size").set(app.tree_head().size as f64);
    metrics::gauge!("anlan_log_durable").set(app.durable() as f64);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], site.metrics.render()).into_response()
}
