//! HTTP of self-registrations.
use super::store::{self, Filed};
use super::{RegistrationForm, accept, file, reject};
use crate::enterprise::{PART, mask};
use axum::Json;
use platform::http::{Anyone, Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::{Action, Ctx, Ms, Result, regions, scope, sheets};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A self-registration.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Registration {
    id: Uuid,
    /// `pending`, `accepted` or `rejected`.
    state: String,
    uscc: String,
    name: String,
    region: String,
    region_name: String,
    industry: String,
    gbt4754: Option<String>,
    contact_name: String,
    /// Whole while the decision is open, so that the officer can call; masked afterwards.
    contact_phone: String,
    username: String,
    at: Ms,
    decided_at: Option<Ms>,
    reason: Option<String>,
    enterprise: Option<String>,
}

impl Registration {
    fn new(filed: Filed, names: &HashMap<String, String>) -> Self {
        let open = filed.state == "pending";
        Self {
            region_name: names.get(&filed.region).cloned().unwrap_or_else(|| filed.region.clone()),
            contact_phone: if open { filed.contact_phone.clone() } else { mask::phone(&filed.contact_phone) },
            id: filed.id,
            state: filed.state,
            uscc: filed.uscc,
            name: filed.name,
            region: filed.region,
            industry: filed.industry,
            gbt4754: filed.gbt4754,
            contact_name: filed.contact_name,
            username: filed.username,
            at: filed.at,
            decided_at: filed.decided_at,
            reason: filed.reason,
            enterprise: filed.enterprise,
        }
    }
}

impl Table for Registration {
    const TITLE: &'static str = "企业自主注册";
    const COLUMNS: &'static [&'static str] =
        &["受理编号", "企业名称", "统一社会信用代码", "区域", "行业", "联系人", "提交时间", "状态", "退回原因"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        let state = match self.state.as_str() {
            "pending" => "待审核",
            "accepted" => "已通过",
            _ => "已退回",
        };
        let all = [
            &self.id.to_string(),
            &self.name,
            &self.uscc,
            &self.region_name,
            &self.industry,
            &self.contact_name,
            &self.at.beijing(),
            state,
            self.reason.as_deref().unwrap_or_default(),
        ];
        all.into_iter().map(|t| Some(sheets::Value::from(t))).collect()
    }
}

/// What the list may be narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// `pending`、`accepted` 或 `rejected`
    state: Option<String>,
}

/// Number and state of a filing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FiledState {
    id: Uuid,
    /// `pending`, `accepted` or `rejected`.
    state: String,
    /// Why it was given back.
    reason: Option<String>,
}

/// 企业自主注册（无需登录）
#[utoipa::path(post, path = "/registrations", tag = "enterprise", request_body = RegistrationForm, responses((status = 200, body = FiledState)))]
pub(crate) async fn create(Anyone(ctx): Anyone, Body(form): Body<RegistrationForm>) -> Result<Json<FiledState>> {
    let id = file(&ctx, &form).await?;
    Ok(Json(FiledState { id, state: "pending".to_owned(), reason: None }))
}

/// 凭受理编号查询注册进度（无需登录）
#[utoipa::path(get, path = "/registrations/{id}", tag = "enterprise", params(("id" = Uuid, Path)), responses((status = 200, body = FiledState)))]
pub(crate) async fn state(Anyone(ctx): Anyone, PathId(id): PathId<Uuid>) -> Result<Json<FiledState>> {
    let (state, reason) = store::state_of(ctx.db(), id).await?;
    Ok(Json(FiledState { id, state, reason }))
}

/// 注册审核列表
#[utoipa::path(get, path = "/registrations", tag = "enterprise", params(PageQuery, Filter), responses((status = 200, body = List<Registration>)))]
pub(crate) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<Filter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::Approve)?;
    let names = regions::names(ctx.db()).await?;
    let state = filter.state.filter(|s| !s.is_empty());
    let rows = store::LISTING
        .run(
            &ctx,
            &page,
            |query| {
                query.filter(" and r.state = ", state.as_deref());
                scope::condition(query, &ctx.actor, ctx.now(), store::SCOPE);
            },
            |row| Ok(Registration::new(Filed::read(row)?, &names)),
        )
        .await?;
    Exported::new(&ctx, &page, rows)
}

/// 通过注册：建立档案并启用账号
#[utoipa::path(post, path = "/registrations/{id}/accept", tag = "enterprise", params(("id" = Uuid, Path)), responses((status = 200, body = Registration)))]
pub(crate) async fn accepted(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<Registration>> {
    let filed = accept(&ctx, id).await?;
    Ok(Json(Registration::new(filed, &regions::names(ctx.db()).await?)))
}

/// Why a registration is given back.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Rejection {
    /// 退回原因
    reason: String,
}

/// 退回注册
#[utoipa::path(post, path = "/registrations/{id}/reject", tag = "enterprise", params(("id" = Uuid, Path)), request_body = Rejection, responses((status = 200, body = Registration)))]
pub(crate) async fn rejected(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(form): Body<Rejection>,
) -> Result<Json<Registration>> {
    let filed = reject(&ctx, id, &form.reason).await?;
    Ok(Json(Registration::new(filed, &regions::names(ctx.db()).await?)))
}
