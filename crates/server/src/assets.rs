//! The web pages inside the binary, precompressed at build. A build without `web/dist` still
//! compiles and says how to make them.
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// Answers a page or a file; paths of the single-page application get its index.
pub fn serve(uri: &Uri, headers: &HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let gzip = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    if let Some(response) = file(path, gzip) {
        return response;
    }
    // A missing file with an ending is missing; a path without one belongs to the router of the page.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return platform::Error::NotFound.into_response();
    }
    file("index.html", gzip).unwrap_or_else(not_built)
}

fn file(path: &str, gzip: bool) -> Option<Response> {
    let packed = if gzip { Dist::get(&format!("{path}.gz")) } else { None };
    let encoded = packed.is_some();
    let found = packed.or_else(|| Dist::get(path))?;
    let mime =
        Dist::get(path).map_or_else(|| "application/octet-stream".to_owned(), |f| f.metadata.mimetype().to_owned());
    // Hashed names never change; everything else is asked for again.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response =
        (StatusCode::OK, [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, cache.to_owned())], found.data)
            .into_response();
    if encoded {
        response.headers_mut().insert(header::CONTENT_ENCODING, header::HeaderValue::from_static("gzip"));
    }
    Some(response)
}

fn not_built() -> Response {
    let text = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>安澜</title><body><h1>页面尚未构建</h1><p>请在项目根目录运行 <code>make web</code>，再重新编译。</p></body></html>";
    (StatusCode::SERVICE_UNAVAILABLE, Html(text)).into_response()
}
