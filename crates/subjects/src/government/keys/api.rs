//! HTTP of API keys.
use super::{KeyForm, issue, possible, revoke, store, word};
use crate::government::{PART, orgs};
use axum::Json;
use axum::http::StatusCode;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::{Action, Ctx, Ms, Result, sheets};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A key; its secret is never shown again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    id: String,
    name: String,
    scopes: Vec<String>,
    org: String,
    org_name: String,
    until: Option<Ms>,
    /// `active`, `revoked` or `expired`.
    state: String,
    last_used: Option<Ms>,
    created_at: Ms,
}

impl Table for ApiKey {
    const TITLE: &'static str = "接口密钥";
    const COLUMNS: &'static [&'static str] = &["编号", "名称", "机构", "权限", "有效期至", "状态"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        let until = self.until.map_or_else(|| "长期".to_owned(), Ms::beijing);
        let all = [&self.id, &self.name, &self.org_name, &self.scopes.join("、"), &until, &self.state];
        all.into_iter().map(|t| Some(sheets::Value::from(t.as_str()))).collect()
    }
}

/// 接口密钥
#[utoipa::path(get, path = "/keys", tag = "government", params(PageQuery), responses((status = 200, body = List<ApiKey>)))]
pub(crate) async fn list(ctx: Ctx, Params(page): Params<PageQuery>) -> Result<Exported> {
    ctx.allow(&PART, Action::ManageKeys)?;
    let now = ctx.now();
    let keys = store::LISTING
        .run(
            &ctx,
            &page,
            |query| store::within_reach(query, &ctx),
            |row| {
                let (until, revoked): (Option<Ms>, Option<Ms>) = (row.get("until_at")?, row.get("revoked_at")?);
                let state = match (revoked, until) {
                    (Some(_), _) => "revoked",
                    (None, Some(until)) if until <= now => "expired",
                    _ => "active",
                };
                let scopes: String = row.get("scopes")?;
                Ok(ApiKey {
                    id: row.get("id")?,
                    name: row.get("name")?,
                    scopes: platform::scope::members(&scopes),
                    org: row.get("org")?,
                    org_name: row.get("org_name")?,
                    until,
                    state: state.to_owned(),
                    last_used: row.get("used_at")?,
                    created_at: row.get("created_at")?,
                })
            },
        )
        .await?;
    Exported::new(&ctx, &page, keys)
}

/// A key's id and secret, shown once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Issued {
    id: String,
    secret: String,
}

/// 新建接口密钥（密钥只显示一次）
#[utoipa::path(post, path = "/keys", tag = "government", request_body = KeyForm, responses((status = 200, body = Issued)))]
pub(crate) async fn add(ctx: Ctx, Body(form): Body<KeyForm>) -> Result<Json<Issued>> {
    let (id, secret) = issue(&ctx, &form).await?;
    Ok(Json(Issued { id, secret }))
}

/// A scope a key may be given.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyScope {
    /// `part:action`
    #[serde(rename = "scope")]
    word: String,
    part_name: String,
    action_name: String,
}

/// For which organisation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ScopeQuery {
    /// 机构编号；不填为本机构
    org: Option<String>,
}

/// 可授予密钥的权限
#[utoipa::path(get, path = "/keys/scopes", tag = "government", params(ScopeQuery), responses((status = 200, body = Vec<KeyScope>)))]
pub(crate) async fn scopes(ctx: Ctx, Params(query): Params<ScopeQuery>) -> Result<Json<Vec<KeyScope>>> {
    ctx.allow(&PART, Action::ManageKeys)?;
    let org = orgs::reachable(&ctx, query.org.as_deref().unwrap_or(&ctx.actor.org)).await?;
    let scopes = possible(&ctx, org.subject).into_iter().map(|(part, action)| KeyScope {
        word: word(part, action),
        part_name: part.name.to_owned(),
        action_name: action.name().to_owned(),
    });
    Ok(Json(scopes.collect()))
}

/// Why a key is revoked.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct KeyReason {
    /// 原因
    reason: Option<String>,
}

/// 吊销密钥，立即生效
#[utoipa::path(post, path = "/keys/{id}/revoke", tag = "government", params(("id" = String, Path)), request_body = KeyReason, responses((status = 204)))]
pub(crate) async fn revoked(ctx: Ctx, PathId(id): PathId<String>, Body(form): Body<KeyReason>) -> Result<StatusCode> {
    revoke(&ctx, &id, form.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
