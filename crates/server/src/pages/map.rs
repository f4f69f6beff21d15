//! The vector base map of a region. A demo node draws its fictional county; a real node shows
//! what its county has imported after map review, and says so where there is nothing.
use crate::pages::cockpit::allowed_region;
use axum::Json;
use platform::http::PathId;
use platform::{Ctx, Error, Result};
use serde_json::Value;

/// 区域底图（GeoJSON，CGCS2000 经纬度）
#[utoipa::path(get, path = "/map/{region}", tag = "portal", params(("region" = String, Path)), responses((status = 200, body = Object)))]
pub(super) async fn map(ctx: Ctx, PathId(region): PathId<String>) -> Result<Json<Value>> {
    let (_, region) = allowed_region(&ctx, Some(&region))?;
    if !ctx.app.demo() {
        return Err(Error::NotFound);
    }
    crate::demo::map::geojson(region.as_str()).map(Json).ok_or(Error::NotFound)
}
