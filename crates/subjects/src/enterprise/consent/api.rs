//! HTTP of consents.
use super::store::{self, Consent};
use super::{ConsentForm, GROUPS, give, withdraw};
use crate::enterprise::people::api::Entered;
use crate::enterprise::{PART, store as records};
use axum::Json;
use axum::http::StatusCode;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::{Action, Ctx, Error, Result, Subject, sheets};
use uuid::Uuid;

impl Table for Consent {
    const TITLE: &'static str = "授权他方查看";
    const COLUMNS: &'static [&'static str] = &["机构", "用途", "内容", "授权时间", "截止时间", "状态"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        let groups = GROUPS.iter().filter(|(key, ..)| self.fields.iter().any(|f| f == key)).map(|(.., name)| *name);
        let state = match self.state.as_str() {
            "active" => "有效",
            "expired" => "已到期",
            _ => "已撤回",
        };
        let until = self.until.map_or_else(|| "直到撤回".to_owned(), platform::Ms::beijing);
        let all = [
            if self.to_name.is_empty() { self.to.clone() } else { self.to_name.clone() },
            if self.purpose_name.is_empty() { self.purpose.clone() } else { self.purpose_name.clone() },
            groups.collect::<Vec<_>>().join("、"),
            self.given_at.beijing(),
            until,
            state.to_owned(),
        ];
        all.into_iter().map(|t| Some(sheets::Value::from(t))).collect()
    }
}

/// 企业给出的授权
#[utoipa::path(get, path = "/enterprises/{id}/consents", tag = "enterprise", params(("id" = String, Path), PageQuery), responses((status = 200, body = List<Consent>)))]
pub(crate) async fn list(ctx: Ctx, PathId(id): PathId<String>, Params(page): Params<PageQuery>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    records::find(&ctx, &id).await?;
    // What an enterprise allows one insurer is no other insurer's business.
    if matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg)) {
        return Err(Error::Forbidden("授权清单只有企业自己和监管部门可以查看".to_owned()));
    }
    let items = store::of(&ctx, &id).await?;
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Exported::new(&ctx, &page, List { items, next: None, total, total_exact: true })
}

/// 授权保险机构或服务机构查看本企业
#[utoipa::path(post, path = "/enterprises/{id}/consents", tag = "enterprise", params(("id" = String, Path)), request_body = ConsentForm, responses((status = 200, body = Entered)))]
pub(crate) async fn create(
    ctx: Ctx,
    PathId(id): PathId<String>,
    Body(form): Body<ConsentForm>,
) -> Result<Json<Entered>> {
    Ok(Json(Entered { id: give(&ctx, &id, &form).await? }))
}

/// 撤回授权
#[utoipa::path(post, path = "/enterprises/{id}/consents/{consent}/withdraw", tag = "enterprise", params(("id" = String, Path), ("consent" = Uuid, Path)), responses((status = 204)))]
pub(crate) async fn withdrawn(ctx: Ctx, PathId((id, consent)): PathId<(String, Uuid)>) -> Result<StatusCode> {
    withdraw(&ctx, &id, consent).await?;
    Ok(StatusCode::NO_CONTENT)
}
