//! HTTP of organisations.
use super::{OrgForm, create, reaches, store};
use crate::government::PART;
use axum::Json;
use platform::auth::Org;
use platform::http::{Body, Exported, List, PageQuery, Params, Table};
use platform::{Action, Ctx, Result, Subject, regions, sheets};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OrgRow {
    id: String,
    name: String,
    uscc: Option<String>,
    subject: Subject,
    region: String,
    region_name: String,
    sectors: Vec<String>,
    /// Accounts, for those who administer them.
    users: Option<i64>,
}

impl OrgRow {
    fn new(org: Org, users: Option<i64>, names: &HashMap<String, String>) -> Self {
        Self {
            region_name: names.get(&org.region).cloned().unwrap_or_else(|| org.region.clone()),
            id: org.id,
            name: org.name,
            uscc: org.uscc,
            subject: org.subject,
            region: org.region,
            sectors: org.sectors,
            users,
        }
    }
}

impl Table for OrgRow {
    const TITLE: &'static str = "机构名录";
    const COLUMNS: &'static [&'static str] =
        &["编号", "名称", "主体", "统一社会信用代码", "区域", "行业领域", "用户数"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        vec![
            Some(self.id.clone().into()),
            Some(self.name.clone().into()),
            Some(self.subject.name().into()),
            self.uscc.clone().map(Into::into),
            Some(self.region_name.clone().into()),
            Some(self.sectors.join("、").into()),
            self.users.map(Into::into),
        ]
    }
}

/// What the list may be narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// 名称或编号
    q: Option<String>,
    /// 主体
    subject: Option<Subject>,
    /// 区域代码，含下级
    region: Option<String>,
}

/// 机构
#[utoipa::path(get, path = "/orgs", tag = "government", params(PageQuery, Filter), responses((status = 200, body = List<OrgRow>)))]
pub(crate) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<Filter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let names = regions::names(ctx.db()).await?;
    let text = |t: &Option<String>| t.clone().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let rows = store::LISTING
        .run(
            &ctx,
            &page,
            |query| {
                store::visible(query, &ctx);
                query.filter(" and o.subject = ", filter.subject.map(|s| s.code().to_owned()));
                if let Some(q) = text(&filter.q) {
                    let like = format!("%{}%", q.replace('!', "!!").replace('%', "!%").replace('_', "!_"));
                    query.push(" and (o.name like ").bind(like).push(" escape '!' or o.id = ").bind(q).push(")");
                }
                if let Some(region) = text(&filter.region) {
                    let like = format!("{}%", region.chars().filter(char::is_ascii_digit).collect::<String>());
                    query.push(" and o.region like ").bind(like);
                }
            },
            |row| {
                let org = Org::read(row)?;
                let users = if reaches(&ctx, &org) { Some(row.get("users")?) } else { None };
                Ok(OrgRow::new(org, users, &names))
            },
        )
        .await?;
    Exported::new(&ctx, &page, rows)
}

/// 登记机构（保险机构、服务机构、政府部门）
#[utoipa::path(post, path = "/orgs", tag = "government", request_body = OrgForm, responses((status = 200, body = OrgRow)))]
pub(crate) async fn add(ctx: Ctx, Body(form): Body<OrgForm>) -> Result<Json<OrgRow>> {
    let org = create(&ctx, &form).await?;
    Ok(Json(OrgRow::new(org, Some(0), &regions::names(ctx.db()).await?)))
}
