//! Search over what every part can find within the caller's scope.
use axum::Json;
use platform::http::Params;
use platform::view::Hit;
use platform::{Ctx, Error, Result};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// Name, credit code, tag or pinyin initials; 1 to 64 characters.
    #[param(min_length = 1, max_length = 64)]
    q: String,
}

/// Hits, best first.
#[derive(Serialize, ToSchema)]
pub(super) struct Hits {
    items: Vec<Hit>,
}

/// 全局搜索
#[utoipa::path(get, path = "/search", tag = "portal", params(SearchQuery), responses((status = 200, body = Hits)))]
pub(super) async fn search(ctx: Ctx, Params(query): Params<SearchQuery>) -> Result<Json<Hits>> {
    let text = query.q.trim().to_owned();
    if text.is_empty() || text.chars().count() > 64 {
        return Err(Error::invalid("q", "请输入 1 到 64 个字的企业名称、信用代码、位号或拼音首字母"));
    }
    let mut items = vec![];
    for part in ctx.app.parts().iter().filter(|p| p.built) {
        items.extend((part.search)(ctx.clone(), text.clone()).await?);
    }
    items.truncate(50);
    Ok(Json(Hits { items }))
}
