//! Everything one address serves: API, its description, trust page, health, and the web pages.
use crate::assets;
use crate::demo::desk;
use crate::serve::{docs, operations};
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use platform::config::Config;
use platform::tls::Identity;
use platform::{App, Error};
use std::net::SocketAddr;
use std::sync::Arc;

/// What the pages beside the API need.
pub(super) struct Site {
    pub(super) metrics: PrometheusHandle,
    pub(super) metrics_token: Option<String>,
    authority: Option<Authority>,
    https: SocketAddr,
    public_url: Option<String>,
}

/// The local authority as phones install it.
struct Authority {
    pem: String,
    der: Vec<u8>,
    fingerprint: String,
}

impl Site {
    pub(super) fn new(
        app: &App,
        config: &Config,
        identity: &Identity,
        metrics: PrometheusHandle,
        https: SocketAddr,
    ) -> Self {
        debug_assert_eq!(app.node(), config.node);
        let authority = identity.authority.as_ref().map(|a| Authority {
            pem: a.pem.clone(),
            der: a.der.clone(),
            fingerprint: a.fingerprint.clone(),
        });
        Self {
            metrics,
            metrics_token: config.metrics_token.clone(),
            authority,
            https,
            public_url: config.public_url.clone(),
        }
    }
}

/// The whole site.
pub(super) fn router(app: &App, site: Site) -> Router {
    let (api, document) = platform::http::router(app);
    let document = Arc::new(document);
    let shown = document.clone();
    let pages = Router::new()
        .route("/health/live", get(operations::live))
        .route("/health/ready", get(operations::ready))
        .route("/metrics", get(operations::metrics))
        .route("/api/openapi.json", get(move || async move { Json((*document).clone()) }))
        .route("/api/docs", get(move || async move { docs::page(&shown) }))
        .route("/api/{*rest}", get(|| async { Error::NotFound }))
        .route("/ca", get(trust_page))
        .route("/ca.crt", get(authority_der))
        .route("/ca.pem", get(authority_pem))
        .route("/demo", get(demo_page))
        .route("/demo/clock", axum::routing::post(desk::move_clock))
        .fallback(pages_or_nothing);
    platform::http::finish(app, api.merge(pages)).layer(Extension(Arc::new(site)))
}

/// Web pages for GET; anything else there is nothing for.
async fn pages_or_nothing(method: axum::http::Method, uri: Uri, headers: HeaderMap) -> Response {
    if method == axum::http::Method::GET || method == axum::http::Method::HEAD {
        assets::serve(&uri, &headers)
    } else {
        Error::NotFound.into_response()
    }
}

fn base(site: &Site, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok());
    let name = host.and_then(|h| h.rsplit_once(':').map_or(Some(h), |(name, _)| Some(name))).unwrap_or("127.0.0.1");
    site.public_url.clone().unwrap_or_else(|| format!("https://{name}:{}", site.https.port()))
}

/// How a phone learns to trust this node, with a QR code that leads here.
async fn trust_page(Extension(site): Extension<Arc<Site>>, headers: HeaderMap) -> Response {
    let Some(authority) = &site.authority else {
        return Html(docs::shell("证书", "<p>本节点使用自备证书，无需安装根证书。</p>")).into_response();
    };
    let here = format!("{}/ca", base(&site, &headers));
    let Ok(code) = platform::qr::svg(&here) else { return Error::NotFound.into_response() };
    let body = format!(
        "<p>手机和电脑装上本节点的根证书后，离线保存、拍照取证才能使用。只需一次。</p>
         <ol><li>手机扫码打开本页：<div class=qr>{code}</div></li>
         <li><a href=\"/ca.crt\">下载根证书（手机、Windows）</a>　<a href=\"/ca.pem\">PEM 格式（Linux）</a></li>
         <li>安卓：设置 → 安全 → 加密与凭据 → 安装证书 → CA 证书。苹果：安装描述文件后，在 设置 → 通用 → 关于本机 → 证书信任设置 中打开。</li>
         <li>安装前请向管理员核对指纹（SHA-256）：<br><code>{}</code></li></ol>",
        authority.fingerprint
    );
    Html(docs::shell("信任本节点", &body)).into_response()
}

async fn authority_der(Extension(site): Extension<Arc<Site>>) -> Response {
    match &site.authority {
        Some(a) => ([(header::CONTENT_TYPE, "application/x-x509-ca-cert")], a.der.clone()).into_response(),
        None => Error::NotFound.into_response(),
    }
}

async fn authority_pem(Extension(site): Extension<Arc<Site>>) -> Response {
    match &site.authority {
        Some(a) => ([(header::CONTENT_TYPE, "application/x-pem-file")], a.pem.clone()).into_response(),
        None => Error::NotFound.into_response(),
    }
}

/// The demo's logins; a node with real data has no such page.
async fn demo_page(State(app): State<App>) -> Response {
    if !app.demo() {
        return Redirect::to("/").into_response();
    }
    Html(docs::shell("演示账号", &desk::logins_html())).into_response()
}
