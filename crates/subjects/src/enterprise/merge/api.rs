//! HTTP of duplicates and merging.
use super::{Group, MergeForm, duplicates, merge};
use crate::enterprise::PART;
use crate::enterprise::api::EnterpriseRow;
use axum::Json;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::{Action, Ctx, Result, regions, sheets};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Records that look like one enterprise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DuplicateGroup {
    id: String,
    /// Why they look alike.
    reason: String,
    enterprises: Vec<EnterpriseRow>,
}

impl DuplicateGroup {
    fn new(group: &Group, names: &HashMap<String, String>) -> Self {
        let ids: Vec<&str> = group.members.iter().map(|e| e.id.as_str()).collect();
        Self {
            id: ids.join("+"),
            reason: group.reason.to_owned(),
            enterprises: group.members.iter().map(|e| EnterpriseRow::new(e, names)).collect(),
        }
    }
}

impl Table for DuplicateGroup {
    const TITLE: &'static str = "疑似重复企业";
    const COLUMNS: &'static [&'static str] = &["判断依据", "疑似同一家"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        let members: Vec<String> =
            self.enterprises.iter().map(|e| format!("{}（{} {}）", e.name, e.uscc, e.region_name)).collect();
        vec![Some(self.reason.clone().into()), Some(members.join("；").into())]
    }
}

/// 疑似重复企业
#[utoipa::path(get, path = "/enterprises/duplicates", tag = "enterprise", params(PageQuery), responses((status = 200, body = List<DuplicateGroup>)))]
pub(crate) async fn list(ctx: Ctx, Params(page): Params<PageQuery>) -> Result<Exported> {
    ctx.allow(&PART, Action::Merge)?;
    let names = regions::names(ctx.db()).await?;
    let items: Vec<DuplicateGroup> = duplicates(&ctx).await?.iter().map(|g| DuplicateGroup::new(g, &names)).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Exported::new(&ctx, &page, List { items, next: None, total, total_exact: true })
}

/// The record that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Kept {
    id: String,
}

/// 合并重复企业，保留路径中的这份档案
#[utoipa::path(post, path = "/enterprises/{id}/merge", tag = "enterprise", params(("id" = String, Path)), request_body = MergeForm, responses((status = 200, body = Kept)))]
pub(crate) async fn create(ctx: Ctx, PathId(id): PathId<String>, Body(form): Body<MergeForm>) -> Result<Json<Kept>> {
    merge(&ctx, &id, &form).await?;
    Ok(Json(Kept { id }))
}
