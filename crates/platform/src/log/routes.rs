//! What the log serves: to witnesses and monitors in the public formats under `/log`, to the screens
//! under `/api/v1/evidence`.
use super::status::{self, LogState};
use super::{bundle, receipt, served, store, witness};
use crate::app::App;
use crate::ctx::Ctx;
use crate::db::sql;
use crate::error::{Error, Result};
use crate::http::{Params, PathId};
use crate::source::Ms;
use crate::timeline;
use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use evidence::Note;
use evidence::tile::{self, Level, Tile};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Room for a head and a hundred signature lines.
const MAX_NOTE: usize = 64 * 1024;
const TEXT: [(HeaderName, &str); 2] =
    [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];

/// The public formats of C2SP tlog-tiles. Heads and hashes are for whoever wants to watch; entries are
/// business data and go to those who may see every one of them.
pub fn tiles() -> Router<App> {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/policy", get(policy))
        .route("/log/tile/{*path}", get(tile))
        .route("/log/add-cosignature", post(add_cosignature).layer(DefaultBodyLimit::max(MAX_NOTE)))
}

/// Routes of the screens.
pub(crate) fn api() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(log_state)).routes(routes!(case_bundle)).routes(routes!(receipt_of))
}

async fn checkpoint(State(app): State<App>) -> Result<Response> {
    let head = store::newest(app.db()).await?.ok_or(Error::NotFound)?;
    Ok((TEXT, served::note(app.db(), &head).await?.to_string()).into_response())
}

async fn policy(State(app): State<App>) -> Response {
    (TEXT, app.log().policy_text.clone()).into_response()
}

async fn tile(State(app): State<App>, Path(path): Path<String>, ctx: Result<Ctx>) -> Result<Response> {
    let tile: Tile = format!("tile/{path}").parse().map_err(|_| Error::NotFound)?;
    let whole = Tile::at(tile.level, tile.index, app.tree_head().size);
    if whole.is_none_or(|whole| whole.width < tile.width) {
        return Err(Error::NotFound);
    }
    let bytes = match tile.level {
        Level::Hashes(_) => store::tile(app.db(), tile).await?.ok_or(Error::NotFound)?,
        Level::Entries => entries(&ctx?, tile).await?,
    };
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// The entries of a tile, for whoever may see every one of them.
async fn entries(ctx: &Ctx, tile: Tile) -> Result<Vec<u8>> {
    let from = i64::try_from(tile.index.saturating_mul(u64::from(tile::TILE_WIDTH))).map_err(Error::internal)?;
    let mut query = sql("select e.entry from event e where e.seq > ", vec![]);
    query.bind(from).push(" and e.seq <= ").bind(from + i64::from(tile.width));
    timeline::visible(&mut query, ctx);
    query.push(" order by e.seq");
    let rows = ctx.db().all(query).await?;
    if rows.len() != usize::from(tile.width) {
        return Err(Error::NotFound);
    }
    let entries = rows.iter().map(|row| row.get::<Vec<u8>>("entry")).collect::<Result<Vec<_>>>()?;
    tile::encode_entries(entries.iter().map(Vec::as_slice)).map_err(Error::internal)
}

/// A polling witness brings its signature; the signature itself says who it is.
async fn add_cosignature(State(app): State<App>, body: Bytes) -> Result<StatusCode> {
    let read = evidence::text::utf8("见证签名", &body).and_then(Note::parse);
    let note = read.map_err(|e| Error::invalid("body", e.to_string()))?;
    witness::accept(&app, &note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// 存证日志的状态：已保存、已入账、已见证、已锚定到哪里，各见证方的灯
#[utoipa::path(get, path = "/evidence/log", tag = "evidence", responses((status = 200, body = LogState)))]
async fn log_state(ctx: Ctx) -> Result<Json<LogState>> {
    Ok(Json(status::state(&ctx.app).await?))
}

/// How much goes into a bundle.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BundleQuery {
    /// `true`: everything about the object of this event; else this event and what led to it.
    whole: Option<bool>,
}

/// 导出案卷包（条目、证明、披露、附件、政策与说明），可离线核验
#[utoipa::path(get, path = "/events/{id}/bundle", tag = "evidence", params(("id" = Uuid, Path), BundleQuery), responses((status = 200, content_type = "application/zip", body = Vec<u8>)))]
async fn case_bundle(ctx: Ctx, PathId(id): PathId<Uuid>, Params(query): Params<BundleQuery>) -> Result<Response> {
    let made = bundle::make(&ctx, id, query.whole.unwrap_or(false)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"case-{}.zip\"", made.name)),
        (HeaderName::from_static("anlan-left-out"), made.left_out.to_string()),
    ];
    Ok((headers, made.zip).into_response())
}

/// 入账回执：日志签名承诺最迟何时入账
#[utoipa::path(get, path = "/events/{id}/receipt", tag = "evidence", params(("id" = Uuid, Path)), responses((status = 200, content_type = "text/plain", body = String)))]
async fn receipt_of(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Response> {
    let mut query = sql("select e.leaf, e.recorded_at from event e where e.id = ", vec![]);
    query.bind(id);
    timeline::visible(&mut query, &ctx);
    let row = ctx.db().one(query).await?;
    let note = receipt::sign(&ctx.app, store::hash(row.get("leaf")?)?, row.get::<Ms>("recorded_at")?)?;
    let note = note.ok_or_else(|| Error::Conflict("日志密钥在另一节点，请向该节点索取回执".to_owned()))?;
    Ok((TEXT, note).into_response())
}
