//! Devices and what was refused from them.

use axum::Json;
use events::online::{DeviceOnboarded, DeviceRevoked};
use platform::auth::Org;
use platform::db::Row;
use platform::http::{Body, Exported, List, Listing, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, Ctx, Error, Ms, Result, Sql, Subject, scope, secrets, sql};
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use utoipa::{IntoParams, ToSchema};

use super::super::commands::text;
use super::super::model::{DEVICE_SCOPE, Device};
use super::super::{PART, Pipeline, reading, store, watchman};
use super::{below, region};

/// A device as its readers see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceView {
    /// Id, client id and user name.
    id: String,
    /// Name on site.
    name: String,
    /// Enterprise.
    enterprise: String,
    /// Its name.
    enterprise_name: String,
    /// Model.
    model: Option<String>,
    /// End of calibration.
    calibration_valid_to: Option<String>,
    /// `active` or `revoked`.
    state: String,
    /// Whether it has been heard lately.
    online: bool,
    /// When it was last heard.
    last_seen: Option<Ms>,
    /// Tags it reports.
    tags: i64,
}

impl Table for DeviceView {
    const TITLE: &'static str = "接入设备";
    const COLUMNS: &'static [&'static str] =
        &["设备编号", "名称", "企业", "型号", "校准有效期", "状态", "在线", "最近上报", "点位数"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.id.clone().into()),
            Some(self.name.clone().into()),
            Some(self.enterprise_name.clone().into()),
            self.model.clone().map(Value::from),
            self.calibration_valid_to.clone().map(Value::from),
            Some(if self.state == "active" { "启用" } else { "已吊销" }.into()),
            Some(if self.online { "在线" } else { "离线" }.into()),
            self.last_seen.map(|at| at.beijing().into()),
            Some(self.tags.into()),
        ]
    }
}

const LIST: Listing = Listing {
    select: "select d.*, o.name as enterprise_name, (select count(*) from tag t where t.device = d.id) as tags \
        from device d join org o on o.id = d.enterprise where 1 = 1",
    count: "from device d where 1 = 1",
    sorts: &[("id", "d.id"), ("name", "d.name"), ("enterprise", "d.enterprise")],
    tie: "d.id",
    descending: false,
};

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeviceFilter {
    /// Enterprise.
    enterprise: Option<String>,
    /// `active` or `revoked`.
    state: Option<String>,
    /// Region and everything below it.
    region: Option<String>,
}

fn view(ctx: &Ctx, pipeline: &Pipeline, row: &Row) -> Result<DeviceView> {
    let id: String = row.get("id")?;
    let last_seen = pipeline.telemetry.last_heard(&id).map(Ms);
    Ok(DeviceView {
        online: last_seen.is_some_and(|at| ctx.now().0 - at.0 < watchman::SILENT_MS),
        last_seen,
        id,
        name: row.get("name")?,
        enterprise: row.get("enterprise")?,
        enterprise_name: row.get("enterprise_name")?,
        model: row.get("model")?,
        calibration_valid_to: row.get("calibration_valid_to")?,
        state: row.get("state")?,
        tags: row.get("tags")?,
    })
}

/// 接入设备
#[utoipa::path(get, path = "/devices", tag = "online", params(PageQuery, DeviceFilter), responses((status = 200, body = List<DeviceView>)))]
pub(super) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<DeviceFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let pipeline = Pipeline::of(&ctx.app)?;
    let area = region(filter.region.as_ref())?;
    let conditions = |query: &mut Sql| {
        store::visible(query, &ctx, DEVICE_SCOPE, "telemetry");
        query.filter(" and d.enterprise = ", filter.enterprise.as_deref());
        query.filter(" and d.state = ", filter.state.as_deref());
        below(query, "d.region", area.as_ref());
    };
    let list = LIST.run(&ctx, &page, conditions, |row| view(&ctx, &pipeline, row)).await?;
    Exported::new(&ctx, &page, list)
}

/// A device to register.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewDevice {
    /// Id: 3 to 64 letters, digits, `_`, `-`, `.`; also the MQTT client id.
    pub id: String,
    /// Name on site.
    pub name: String,
    /// Enterprise.
    pub enterprise: String,
    /// Model.
    pub model: Option<String>,
    /// End of calibration, `YYYY-MM-DD`.
    pub calibration_valid_to: Option<String>,
}

/// What a device signs in with; shown once.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Credentials {
    /// Device.
    pub id: String,
    /// MQTT client id.
    pub client_id: String,
    /// MQTT user name, also for HTTP basic authentication.
    pub username: String,
    /// Secret.
    pub password: String,
}

/// 登记设备（密钥只显示一次）
#[utoipa::path(post, path = "/devices", tag = "online", request_body = NewDevice, responses((status = 200, body = Credentials)))]
pub(super) async fn add(ctx: Ctx, Body(form): Body<NewDevice>) -> Result<Json<Credentials>> {
    Ok(Json(add_device(&ctx, &form).await?))
}

/// Registers a device and issues its key.
pub async fn add_device(ctx: &Ctx, form: &NewDevice) -> Result<Credentials> {
    ctx.allow(&PART, Action::Onboard)?;
    if !reading::is_name(&form.id) || !(3..=64).contains(&form.id.len()) {
        return Err(Error::invalid("id", "设备编号为 3 到 64 位字母、数字、_-."));
    }
    let name = text("name", "设备名称", &form.name, 1)?;
    let date = form.calibration_valid_to.as_deref().filter(|d| !d.is_empty());
    if date.is_some_and(|d| chrono::NaiveDate::parse_from_str(d, "%Y-%m-%d").is_err()) {
        return Err(Error::invalid("calibration_valid_to", "校准有效期写成 2026-12-31 的样子"));
    }
    let unknown = || Error::invalid("enterprise", format!("企业 {} 不在名录中，或不在您的管辖范围内", form.enterprise));
    let org = Org::find(ctx.db(), &form.enterprise)
        .await?
        .filter(|o| o.subject == Subject::Enterprise)
        .ok_or_else(unknown)?;
    let placed = org.placed();
    if !scope::covers(&ctx.actor, &placed) {
        return Err(unknown());
    }
    let secret = hex::encode(ctx.app.source().random::<24>());
    let payload = DeviceOnboarded {
        device: form.id.as_str().into(),
        name: name.as_str().into(),
        model: form.model.as_deref().map(Into::into),
        calibration_valid_to: date.map(Into::into),
    };
    let event = ctx.event(&payload, format!("device/{}", form.id), &placed)?;
    let device = Device {
        id: form.id.clone(),
        secret_hash: secrets::token_hash(&secret),
        active: true,
        offline_since: None,
        placed,
    };
    let mut tx = ctx.begin().await?;
    let card = store::DeviceCard { name: &name, model: form.model.as_deref(), calibration_valid_to: date };
    if !store::add_device(&mut tx, &device, card, event.id).await? {
        return Err(Error::invalid("id", format!("设备编号 {} 已被使用，请换一个", form.id)));
    }
    ctx.commit(tx, event, vec![]).await?;
    Pipeline::of(&ctx.app)?.put_device(device);
    Ok(Credentials { id: form.id.clone(), client_id: form.id.clone(), username: form.id.clone(), password: secret })
}

/// Why a device is switched off.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Revocation {
    /// Reason.
    reason: String,
}

/// 吊销设备
#[utoipa::path(post, path = "/devices/{id}/revoke", tag = "online", params(("id" = String, Path)), request_body = Revocation, responses((status = 200, body = DeviceView)))]
pub(super) async fn revoke(
    ctx: Ctx,
    PathId(id): PathId<String>,
    Body(form): Body<Revocation>,
) -> Result<Json<DeviceView>> {
    let reason = text("reason", "吊销原因", &form.reason, 2)?;
    revoke_device(&ctx, &id, &reason).await?;
    let mut query = sql(LIST.select, vec![]);
    query.push(" and d.id = ").bind(id.as_str());
    let row = ctx.db().one(query).await?;
    Ok(Json(view(&ctx, &*Pipeline::of(&ctx.app)?, &row)?))
}

/// Switches a device off, at once.
pub async fn revoke_device(ctx: &Ctx, id: &str, reason: &str) -> Result<()> {
    let device = store::device(ctx, id).await?;
    ctx.require(&PART, Action::Onboard, &device.placed)?;
    let payload = DeviceRevoked { device: id.into(), reason: reason.into() };
    let event = ctx.event(&payload, format!("device/{id}"), &device.placed)?;
    let mut tx = ctx.begin().await?;
    if !store::revoke_device(&mut tx, id).await? {
        return Err(Error::Conflict("该设备已经吊销".to_owned()));
    }
    ctx.commit(tx, event, vec![]).await?;
    Pipeline::of(&ctx.app)?.put_device(Device { active: false, ..device });
    Ok(())
}

/// A refusal as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// Row number.
    id: String,
    /// Last time within its minute.
    at: Ms,
    /// Device.
    device: String,
    /// Enterprise.
    enterprise: Option<String>,
    /// Its name.
    enterprise_name: Option<String>,
    /// Tag, where a value was refused.
    tag: Option<String>,
    /// Field.
    field: String,
    /// Value.
    value: Option<String>,
    /// Rule and way out.
    reason: String,
    /// `refused` for whole messages, `quarantined` for single values.
    disposition: &'static str,
    /// How often within its minute.
    times: i64,
}

impl Table for Refusal {
    const TITLE: &'static str = "异常数据";
    const COLUMNS: &'static [&'static str] = &["时间", "设备", "企业", "字段", "上报内容", "原因", "处理", "次数"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.at.beijing().into()),
            Some(self.device.clone().into()),
            self.enterprise_name.clone().map(Value::from),
            Some(self.field.clone().into()),
            self.value.clone().map(Value::from),
            Some(self.reason.clone().into()),
            Some(if self.disposition == "refused" { "拒收" } else { "隔离" }.into()),
            Some(self.times.into()),
        ]
    }
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RefusalFilter {
    /// Enterprise.
    enterprise: Option<String>,
    /// Device.
    device: Option<String>,
    /// `refused` or `quarantined`.
    disposition: Option<String>,
    /// Region and everything below it.
    region: Option<String>,
}

/// Devices the caller may see, with enterprise and its name.
async fn owners(ctx: &Ctx, filter: &RefusalFilter, area: Option<&Region>) -> Result<Vec<(String, String, String)>> {
    let mut query =
        sql("select d.id, d.enterprise, o.name from device d join org o on o.id = d.enterprise where 1 = 1", vec![]);
    store::visible(&mut query, ctx, DEVICE_SCOPE, "telemetry");
    query.filter(" and d.enterprise = ", filter.enterprise.as_deref());
    query.filter(" and d.id = ", filter.device.as_deref());
    below(&mut query, "d.region", area);
    let rows = ctx.db().all(query).await?;
    rows.iter().map(|r| Ok((r.get("id")?, r.get("enterprise")?, r.get("name")?))).collect()
}

/// 被拒收或隔离的数据
#[utoipa::path(get, path = "/quarantine", tag = "online", params(PageQuery, RefusalFilter), responses((status = 200, body = List<Refusal>)))]
pub(super) async fn quarantine(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<RefusalFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let area = region(filter.region.as_ref())?;
    let size = match page.size.unwrap_or(20) {
        size @ 1..=200 => size as usize,
        _ => return Err(Error::invalid("page[size]", "每页行数须在 1 到 200 之间")),
    };
    let size = if page.format.as_deref().is_some_and(|f| f != "json") { 50_000 } else { size };
    let before = page.cursor.as_deref().map(str::parse).transpose();
    let before = before.map_err(|_| Error::invalid("page[cursor]", "翻页位置无效，请从第一页重新开始"))?;
    let owners = owners(&ctx, &filter, area.as_ref()).await?;
    let devices: Vec<String> = owners.iter().map(|(id, ..)| id.clone()).collect();
    let whole = match filter.disposition.as_deref() {
        None | Some("") => None,
        Some("refused") => Some(true),
        Some("quarantined") => Some(false),
        Some(_) => return Err(Error::invalid("disposition", "只能是 refused 或 quarantined")),
    };
    let store = &Pipeline::of(&ctx.app)?.telemetry;
    let (rows, total) = store.quarantined(&devices, whole, before, size + 1).await.map_err(Error::internal)?;
    let next = (rows.len() > size).then(|| rows.get(size - 1).map(|r| r.id.to_string())).flatten();
    let items = rows.into_iter().take(size).map(|r| {
        let owner = owners.iter().find(|(id, ..)| *id == r.device);
        let tag = r.field.strip_prefix("values.").map(str::to_owned);
        Refusal {
            id: r.id.to_string(),
            at: Ms(r.last_at),
            device: r.device,
            enterprise: owner.map(|(_, e, _)| e.clone()),
            enterprise_name: owner.map(|(_, _, name)| name.clone()),
            disposition: if tag.is_some() { "quarantined" } else { "refused" },
            tag,
            field: r.field,
            value: Some(r.value).filter(|v| !v.is_empty()),
            reason: r.message,
            times: r.times,
        }
    });
    let list = List { items: items.collect(), next, total: total.min(10_000), total_exact: total <= 10_000 };
    Exported::new(&ctx, &page, list)
}
