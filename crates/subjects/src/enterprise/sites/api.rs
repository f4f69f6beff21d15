//! HTTP of an enterprise's sites.
use super::{Place, SiteForm, mismatch, of_enterprise, open, store};
use crate::enterprise::people::api::Entered;
use crate::enterprise::profile::degrees;
use crate::enterprise::{PART, consent, store as records};
use axum::Json;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::{Action, Ctx, Error, Result, regions, sheets};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;
use uuid::Uuid;

/// An enterprise by id and name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EnterpriseName {
    id: String,
    name: String,
}

/// A site as shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Site {
    id: Uuid,
    name: String,
    address: String,
    region: String,
    region_name: String,
    landlord_id: Option<String>,
    landlord_name: Option<String>,
    tenant_ids: Vec<String>,
    tenants: Vec<EnterpriseName>,
    /// `一证多地` or `一地多证` where licence and place do not match.
    pub(crate) mismatch: Option<String>,
    lon: Option<f64>,
    lat: Option<f64>,
    area_m2: Option<u32>,
}

impl Site {
    fn new(
        place: Place,
        mismatch: Option<&str>,
        names: &BTreeMap<String, String>,
        regions: &HashMap<String, String>,
    ) -> Self {
        let region = place.region.to_string();
        let name = |id: &String| names.get(id).cloned().unwrap_or_else(|| id.clone());
        Self {
            id: place.id,
            name: place.name,
            address: place.address,
            region_name: regions.get(&region).cloned().unwrap_or_else(|| region.clone()),
            region,
            landlord_name: place.landlord.as_ref().map(name),
            landlord_id: place.landlord,
            tenants: place.tenants.iter().map(|id| EnterpriseName { id: id.clone(), name: name(id) }).collect(),
            tenant_ids: place.tenants,
            mismatch: mismatch.map(str::to_owned),
            lon: place.position.map(|(lon, _)| degrees(lon)),
            lat: place.position.map(|(_, lat)| degrees(lat)),
            area_m2: place.area_m2,
        }
    }

    /// Cells of the enterprise page's table.
    pub(crate) fn row(&self) -> BTreeMap<String, String> {
        let tenants: Vec<&str> = self.tenants.iter().map(|t| t.name.as_str()).collect();
        [
            ("name", self.name.clone()),
            ("address", self.address.clone()),
            ("region", self.region_name.clone()),
            ("landlord", self.landlord_name.clone().unwrap_or_default()),
            ("tenants", tenants.join("、")),
            ("mismatch", self.mismatch.clone().unwrap_or_else(|| "一致".to_owned())),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
    }
}

impl Table for Site {
    const TITLE: &'static str = "企业场所";
    const COLUMNS: &'static [&'static str] = &["名称", "地址", "区域", "出租方", "承租企业", "证地关系"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        let row = self.row();
        ["name", "address", "region", "landlord", "tenants", "mismatch"]
            .into_iter()
            .map(|key| row.get(key).map(|text| sheets::Value::from(text.as_str())))
            .collect()
    }
}

/// The sites of an enterprise the caller was found to see, judged.
pub(crate) async fn of(ctx: &Ctx, enterprise: &str) -> Result<Vec<Site>> {
    let own = of_enterprise(ctx.db(), enterprise).await?;
    let keys: Vec<String> = own.iter().map(Place::address_key).collect();
    let around = store::at_address(ctx.db(), &keys).await?;
    let others: Vec<String> = own.iter().flat_map(|p| p.landlord.iter().chain(&p.tenants)).cloned().collect();
    let (names, regions) = (records::names(ctx.db(), &others).await?, regions::names(ctx.db()).await?);
    let judge = |site: &Place| {
        let key = site.address_key();
        let here: Vec<Place> = around.iter().filter(|p| p.address_key() == key).cloned().collect();
        mismatch(site, &own, &here)
    };
    Ok(own.iter().map(|site| Site::new(site.clone(), judge(site), &names, &regions)).collect())
}

/// 企业场所
#[utoipa::path(get, path = "/enterprises/{id}/sites", tag = "enterprise", params(("id" = String, Path), PageQuery), responses((status = 200, body = List<Site>)))]
pub(crate) async fn list(ctx: Ctx, PathId(id): PathId<String>, Params(page): Params<PageQuery>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    records::find(&ctx, &id).await?;
    if !ctx.granted_field(&id, consent::SITES).await? {
        return Err(Error::Forbidden(
            "场所信息不在该企业对贵单位的授权范围内：如有需要，请企业在授权时勾选“场所”".to_owned(),
        ));
    }
    // An enterprise has few sites; they come as one page.
    let items = of(&ctx, &id).await?;
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Exported::new(&ctx, &page, List { items, next: None, total, total_exact: true })
}

/// 登记场所
#[utoipa::path(post, path = "/enterprises/{id}/sites", tag = "enterprise", params(("id" = String, Path)), request_body = SiteForm, responses((status = 200, body = Entered)))]
pub(crate) async fn create(ctx: Ctx, PathId(id): PathId<String>, Body(form): Body<SiteForm>) -> Result<Json<Entered>> {
    ctx.allow(&PART, Action::Edit)?;
    Ok(Json(Entered { id: open(&ctx, &id, &form).await? }))
}
