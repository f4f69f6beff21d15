//! One QR code per enterprise, site, machine and hazard source, which opens its page.
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use platform::http::PathId;
use platform::{Ctx, Error, Result, qr};

/// Kinds of objects that carry a code on the door or on the machine.
const KINDS: [&str; 4] = ["enterprise", "site", "machine", "hazard-source"];

/// The address people reach this node by, as the browser itself used it.
fn base(headers: &HeaderMap) -> Result<String> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let host = text(header::HOST).unwrap_or("localhost");
    let shaped = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if !host.chars().all(shaped) {
        return Err(Error::invalid("host", "请求的主机名无效"));
    }
    // Phones need TLS; plain HTTP is for the machine itself, and its own pages say so.
    let plain = format!("http://{host}");
    let local = text(header::REFERER).or(text(header::ORIGIN)).is_some_and(|from| from.starts_with(&plain));
    Ok(if local { plain } else { format!("https://{host}") })
}

/// 二维码（SVG），扫码打开该对象的页面
#[utoipa::path(get, path = "/qr/{kind}/{id}", tag = "enterprise", params(("kind" = String, Path, description = "enterprise、site、machine 或 hazard-source"), ("id" = String, Path, description = "对象编号，可带 .svg")), responses((status = 200, content_type = "image/svg+xml", body = String)))]
pub(super) async fn svg(
    _ctx: Ctx,
    PathId((kind, id)): PathId<(String, String)>,
    headers: HeaderMap,
) -> Result<Response> {
    let id = id.strip_suffix(".svg").unwrap_or(&id);
    let shaped = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    // Nothing is looked up: the code holds only an address, and the page it opens asks who looks.
    if !KINDS.contains(&kind.as_str()) || id.is_empty() || id.len() > 64 || !id.chars().all(shaped) {
        return Err(Error::NotFound);
    }
    let picture = qr::svg(&format!("{}/q/{kind}/{id}", base(&headers)?))?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], picture).into_response())
}
