//! HTTP of the register: list, record, change, confirm.
use crate::enterprise::PART;
use crate::enterprise::profile::{EnterpriseForm, degrees};
use crate::enterprise::register::{self, NewEnterprise, Origin};
use crate::enterprise::store::{self, Enterprise, Wanted};
use crate::enterprise::{consent, mask};
use axum::Json;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::view::RowFigures;
use platform::{Action, Ctx, Error, Ms, Result, Subject, regions, scope, sheets};
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};

/// An enterprise in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnterpriseRow {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: String,
    /// Region code.
    pub region: String,
    /// Region name.
    pub region_name: String,
    /// Trade in words.
    pub industry: String,
    /// GB/T 4754 code.
    pub gbt4754: Option<String>,
    /// Employees.
    pub employees: Option<u32>,
    /// Risk tags.
    pub tags: Vec<String>,
    /// `active` or `merged`.
    pub status: String,
    /// The same in Chinese.
    pub status_name: String,
    /// Longitude, CGCS2000 degrees.
    pub lon: Option<f64>,
    /// Latitude, CGCS2000 degrees.
    pub lat: Option<f64>,
    /// The record that was kept, where this one was merged.
    pub merged_into: Option<String>,
    /// What other parts know of it.
    #[serde(flatten)]
    pub figures: RowFigures,
}

impl EnterpriseRow {
    /// The row of a record; `names` are the regions'.
    pub fn new(found: &Enterprise, names: &HashMap<String, String>) -> Self {
        let profile = &found.profile;
        let region = profile.region.to_string();
        Self {
            id: found.id.clone(),
            name: profile.name.clone(),
            uscc: profile.uscc.to_string(),
            region_name: names.get(&region).cloned().unwrap_or_else(|| region.clone()),
            region,
            industry: profile.industry.clone(),
            gbt4754: profile.gbt4754.as_ref().map(|c| c.as_str().to_owned()),
            employees: profile.employees,
            tags: profile.tags.clone(),
            status: found.status.clone(),
            status_name: if found.is_active() { "在册" } else { "已合并" }.to_owned(),
            lon: profile.position.map(|(lon, _)| degrees(lon)),
            lat: profile.position.map(|(_, lat)| degrees(lat)),
            merged_into: found.merged_into.clone(),
            figures: RowFigures::default(),
        }
    }

    /// Puts beside each row what every part knows of it, for this caller.
    async fn fill(ctx: &Ctx, rows: &mut [Self]) -> Result<()> {
        for part in ctx.app.parts().iter().filter(|p| p.built) {
            let ids = rows.iter().map(|row| row.id.clone()).collect();
            let mut known = (part.figures)(ctx.clone(), ids).await?;
            for row in &mut *rows {
                if let Some(figures) = known.remove(&row.id) {
                    row.figures.merge(figures);
                }
            }
        }
        Ok(())
    }
}

impl Table for EnterpriseRow {
    const TITLE: &'static str = "企业名录";
    const COLUMNS: &'static [&'static str] = &[
        "编号",
        "企业名称",
        "统一社会信用代码",
        "行政区划代码",
        "区域",
        "行业门类",
        "行业代码",
        "从业人数",
        "标签",
        "经度",
        "纬度",
        "状态",
    ];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        let text = |t: &str| Some(sheets::Value::from(t));
        vec![
            text(&self.id),
            text(&self.name),
            text(&self.uscc),
            text(&self.region),
            text(&self.region_name),
            text(&self.industry),
            self.gbt4754.as_deref().and_then(text),
            self.employees.map(|n| i64::from(n).into()),
            text(&self.tags.join("、")),
            self.lon.and_then(|v| text(&format!("{v:.6}"))),
            self.lat.and_then(|v| text(&format!("{v:.6}"))),
            text(&self.status_name),
        ]
    }
}

/// What the list may be narrowed to.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// 名称、统一社会信用代码或拼音首字母
    q: Option<String>,
    /// 行政区划代码，含下级
    region: Option<String>,
    /// 行业：门类字母、行业代码或名称
    industry: Option<String>,
    /// 标签
    tag: Option<String>,
    /// `active`（默认）或 `merged`
    status: Option<String>,
    /// 登记有重大危险源标签
    has_hazard_source: Option<bool>,
}

fn given(text: Option<String>) -> Option<String> {
    text.filter(|t| !t.trim().is_empty())
}

impl Filter {
    fn wanted(self) -> Result<Wanted> {
        let region =
            given(self.region).map(|r| Region::parse(&r)).transpose().map_err(|e| Error::invalid("region", e))?;
        Ok(Wanted {
            q: given(self.q),
            region,
            industry: given(self.industry),
            tag: given(self.tag),
            status: given(self.status),
            major_hazard: self.has_hazard_source,
        })
    }
}

/// 企业名录
#[utoipa::path(get, path = "/enterprises", tag = "enterprise", params(PageQuery, Filter), responses((status = 200, body = List<EnterpriseRow>)))]
pub(super) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<Filter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let wanted = filter.wanted()?;
    let names = regions::names(ctx.db()).await?;
    let mut rows = store::LISTING
        .run(
            &ctx,
            &page,
            |query| {
                wanted.conditions(query);
                scope::condition(query, &ctx.actor, ctx.now(), store::SCOPE);
            },
            |row| Ok(EnterpriseRow::new(&Enterprise::read(row)?, &names)),
        )
        .await?;
    if page.format.as_deref().is_none_or(|f| f == "json") {
        EnterpriseRow::fill(&ctx, &mut rows.items).await?;
    }
    Exported::new(&ctx, &page, rows)
}

/// An enterprise's base record, cut to what the caller may see.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EnterpriseView {
    #[serde(flatten)]
    row: EnterpriseRow,
    sectors: Vec<String>,
    address: Option<String>,
    contact_name: Option<String>,
    /// Masked except to the enterprise itself.
    contact_phone: Option<String>,
    registered_at: Ms,
    /// When the enterprise last confirmed its file.
    confirmed_at: Option<Ms>,
    /// When it has to do so again.
    confirm_due_at: Ms,
    /// Fields that exist but are not shown to the caller.
    hidden: Vec<String>,
}

/// A file is confirmed once a year.
const CONFIRM_EVERY_MS: i64 = 365 * 86_400_000;
/// And within this time after registration.
const FIRST_CONFIRM_MS: i64 = 30 * 86_400_000;

/// When an enterprise has to confirm its file.
pub(super) fn confirm_due(found: &Enterprise) -> Ms {
    found.confirmed_at.map_or_else(|| found.registered_at.plus(FIRST_CONFIRM_MS), |at| at.plus(CONFIRM_EVERY_MS))
}

async fn view(ctx: &Ctx, found: &Enterprise) -> Result<EnterpriseView> {
    let names = regions::names(ctx.db()).await?;
    let whole = mask::whole(ctx, &found.id);
    let people = ctx.granted_field(&found.id, consent::PEOPLE).await?;
    let phone = found.profile.contact_phone.as_deref();
    let mut hidden = vec![];
    if phone.is_some() && !whole {
        hidden.push("contact_phone".to_owned());
    }
    if found.profile.contact_name.is_some() && !people {
        hidden.push("contact_name".to_owned());
    }
    let mut row = EnterpriseRow::new(found, &names);
    EnterpriseRow::fill(ctx, std::slice::from_mut(&mut row)).await?;
    Ok(EnterpriseView {
        row,
        sectors: found.profile.sectors.clone(),
        address: found.profile.address.clone(),
        contact_name: found.profile.contact_name.clone().filter(|_| people),
        contact_phone: phone.filter(|_| people).map(|p| if whole { p.to_owned() } else { mask::phone(p) }),
        registered_at: found.registered_at,
        confirmed_at: found.confirmed_at,
        confirm_due_at: confirm_due(found),
        hidden,
    })
}

/// 企业基本档案（已合并的档案在 merged_into 中指向保留的档案）
#[utoipa::path(get, path = "/enterprises/{id}", tag = "enterprise", params(("id" = String, Path)), responses((status = 200, body = EnterpriseView)))]
pub(super) async fn get(ctx: Ctx, PathId(id): PathId<String>) -> Result<Json<EnterpriseView>> {
    ctx.allow(&PART, Action::View)?;
    Ok(Json(view(&ctx, &store::find(&ctx, &id).await?).await?))
}

/// 登记企业
#[utoipa::path(post, path = "/enterprises", tag = "enterprise", request_body = EnterpriseForm, responses((status = 200, body = EnterpriseView)))]
pub(super) async fn create(ctx: Ctx, Body(form): Body<EnterpriseForm>) -> Result<Json<EnterpriseView>> {
    ctx.allow(&PART, Action::Register)?;
    let new = NewEnterprise { id: None, profile: form.check(None)?, origin: Origin::Form };
    let id = register::register(&ctx, new).await?;
    Ok(Json(view(&ctx, &store::find(&ctx, &id).await?).await?))
}

/// 修改登记（监管部门）
#[utoipa::path(put, path = "/enterprises/{id}", tag = "enterprise", params(("id" = String, Path)), request_body = EnterpriseForm, responses((status = 200, body = EnterpriseView)))]
pub(super) async fn change(
    ctx: Ctx,
    PathId(id): PathId<String>,
    Body(form): Body<EnterpriseForm>,
) -> Result<Json<EnterpriseView>> {
    ctx.allow(&PART, Action::Register)?;
    register::change(&ctx, &id, &form).await?;
    Ok(Json(view(&ctx, &store::find(&ctx, &id).await?).await?))
}

/// 企业确认本单位档案，只填有变化的内容
#[utoipa::path(put, path = "/enterprises/{id}/profile", tag = "enterprise", params(("id" = String, Path)), request_body = EnterpriseForm, responses((status = 200, body = EnterpriseView)))]
pub(super) async fn confirm(
    ctx: Ctx,
    PathId(id): PathId<String>,
    Body(form): Body<EnterpriseForm>,
) -> Result<Json<EnterpriseView>> {
    ctx.allow(&PART, Action::Edit)?;
    store::find(&ctx, &id).await?;
    if ctx.actor.subject != Some(Subject::Enterprise) {
        return Err(Error::Forbidden("档案由企业自己确认；监管部门请用“修改登记”".to_owned()));
    }
    register::confirm(&ctx, &id, &form).await?;
    Ok(Json(view(&ctx, &store::find(&ctx, &id).await?).await?))
}
