//! HTTP: extractors that speak problem+json, lists and their exports, idempotent writes.
mod body;
mod identify;
mod imports;
mod list;
mod live;
mod once;
mod routes;

pub use body::{Body, Params, PathId};
pub use identify::{Anyone, OverTls, bearer};
pub use imports::{XLSX, file_of};
pub use list::{Exported, List, Listing, PageQuery, Table, download};
pub use routes::{api, problem_responses};

use crate::app::App;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// All routes under `/api/v1` of the platform and of the built parts, and their OpenAPI document.
pub fn router(app: &App) -> (Router<App>, utoipa::openapi::OpenApi) {
    use utoipa::openapi::{InfoBuilder, OpenApiBuilder};
    let info = InfoBuilder::new()
        .title("安澜 Anlan")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("错误一律为 application/problem+json；列表支持 page[cursor]、page[size]、sort 与 format=xlsx|csv；写操作可带 Idempotency-Key。"))
        .build();
    let mut api = routes::api();
    for part in app.parts().iter().filter(|p| p.built) {
        api = api.merge((part.routes)());
    }
    let document = OpenApiBuilder::new().info(info).build();
    let whole = utoipa_axum::router::OpenApiRouter::with_openapi(document).nest("/api/v1", api);
    let (router, mut document) = whole.split_for_parts();
    problem_responses(&mut document);
    (router.merge(crate::log::tiles()), document)
}

/// Adds what every answer needs: idempotency, security headers, problem+json for wrong methods,
/// and a last-resort handler for panics. What no route answers is the router's own fallback.
pub fn finish(app: &App, router: Router<App>) -> Router {
    use tower_http::catch_panic::CatchPanicLayer;
    router
        .method_not_allowed_fallback(|| async { method_not_allowed() })
        .layer(axum::middleware::from_fn_with_state(app.clone(), once::once))
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::log::promised))
        .layer(axum::middleware::from_fn(observe))
        .layer(CatchPanicLayer::custom(|_| crate::Error::internal("a handler panicked").into_response()))
        .with_state(app.clone())
}

fn method_not_allowed() -> Response {
    let body = r#"{"type":"urn:anlan:problem:method","title":"这个地址不支持该请求方法","status":405}"#;
    (StatusCode::METHOD_NOT_ALLOWED, [("content-type", "application/problem+json; charset=utf-8")], body)
        .into_response()
}

const SECURITY_HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    ),
];

/// Measures every request and adds the security headers.
async fn observe(request: Request, next: Next) -> Response {
    let started = std::time::Instant::now();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |p| p.as_str().to_owned());
    let mut response = next.run(request).await;
    let labels = [("method", method.to_string()), ("route", route), ("status", response.status().as_u16().to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(started.elapsed().as_secs_f64());
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}
