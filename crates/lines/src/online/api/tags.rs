//! Tags: list, registration, trend.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json;
use events::online::TagRegistered;
use platform::auth::Org;
use platform::db::Row;
use platform::http::{Body, Exported, List, Listing, PageQuery, Params, Table};
use platform::sheets::Value;
use platform::{Action, Ctx, Error, FieldError, Ms, Placed, Result, Sql, Subject, args, scope, sql};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::limits::Limits;
use super::super::model::{TAG_SCOPE, Tag};
use super::super::telemetry::Live;
use super::super::{PART, Pipeline, coverage, reading, store};

/// The limits of a tag, as JSON.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
pub struct LimitForm {
    /// High-high.
    pub hh: Option<f64>,
    /// High.
    pub h: Option<f64>,
    /// Low.
    pub l: Option<f64>,
    /// Low-low.
    pub ll: Option<f64>,
    /// Dead band.
    #[serde(default)]
    pub dead_band: f64,
    /// On-delay in seconds.
    #[serde(default)]
    pub on_delay_s: u32,
    /// Off-delay in seconds.
    #[serde(default)]
    pub off_delay_s: u32,
}

impl LimitForm {
    /// The limits, checked.
    pub fn checked(self) -> Result<Limits> {
        let limits = Limits {
            hh: self.hh,
            h: self.h,
            l: self.l,
            ll: self.ll,
            dead_band: self.dead_band,
            on_delay_s: self.on_delay_s,
            off_delay_s: self.off_delay_s,
        };
        let wrong = |errors: Vec<super::super::limits::FieldError>| {
            Error::Invalid(errors.into_iter().map(super::super::limits::FieldError::into_platform).collect())
        };
        limits.check().map(|()| limits).map_err(wrong)
    }
}

impl From<&Limits> for LimitForm {
    fn from(l: &Limits) -> Self {
        LimitForm {
            hh: l.hh,
            h: l.h,
            l: l.l,
            ll: l.ll,
            dead_band: l.dead_band,
            on_delay_s: l.on_delay_s,
            off_delay_s: l.off_delay_s,
        }
    }
}

/// The last live reading of a tag.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastReading {
    /// Value.
    value: f64,
    /// Time.
    at: Ms,
    /// `good`, `uncertain` or `bad`.
    quality: &'static str,
}

/// A tag as its readers see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagView {
    /// Tag.
    tag: String,
    /// Name.
    name: String,
    /// Enterprise.
    enterprise: String,
    /// Its name.
    enterprise_name: String,
    /// What is measured.
    metric: String,
    /// Unit.
    unit: String,
    /// Device that reports it.
    device: Option<String>,
    /// Hazard source.
    hazard_source: Option<String>,
    /// 1 major hazard source to 3 minor.
    consequence: u8,
    /// Seconds between readings.
    sample_s: i64,
    /// Limits in force.
    limits: LimitForm,
    /// Last reading.
    last: Option<LastReading>,
    /// `normal`, `alarm`, `offline`, `flat`, `stale` or `stopped`.
    state: &'static str,
}

impl Table for TagView {
    const TITLE: &'static str = "监测点位";
    const COLUMNS: &'static [&'static str] = &[
        "企业",
        "位号",
        "名称",
        "参数",
        "单位",
        "设备",
        "低低报",
        "低报",
        "高报",
        "高高报",
        "采样秒",
        "最新值",
        "时间",
        "质量",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        let number = |v: Option<f64>| v.map(|v| Value::from(v.to_string()));
        vec![
            Some(self.enterprise_name.clone().into()),
            Some(self.tag.clone().into()),
            Some(self.name.clone().into()),
            Some(self.metric.clone().into()),
            Some(self.unit.clone().into()),
            self.device.clone().map(Value::from),
            number(self.limits.ll),
            number(self.limits.l),
            number(self.limits.h),
            number(self.limits.hh),
            Some(self.sample_s.into()),
            number(self.last.as_ref().map(|l| l.value)),
            self.last.as_ref().map(|l| Value::from(l.at.beijing())),
            self.last.as_ref().map(|l| Value::from(l.quality)),
        ]
    }
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TagFilter {
    /// Enterprise.
    enterprise: Option<String>,
    /// Hazard source.
    hazard_source: Option<String>,
    /// One tag.
    tag: Option<String>,
    /// Device.
    device: Option<String>,
    /// Part of the tag or its name.
    q: Option<String>,
}

const LIST: Listing = Listing {
    select: "select t.*, o.name as enterprise_name, \
        (select count(*) from alarm x where x.tag = t.tag and x.state <> 'cleared' and x.back_at is null) as alarming \
        from tag t join org o on o.id = t.enterprise where 1 = 1",
    count: "from tag t where 1 = 1",
    sorts: &[("tag", "t.tag"), ("name", "t.name"), ("enterprise", "t.enterprise")],
    tie: "t.tag",
    descending: false,
};

/// What a tag's view needs besides its row.
struct Present {
    now: i64,
    stopped: HashSet<String>,
    pipeline: Arc<Pipeline>,
}

impl Present {
    async fn of(ctx: &Ctx) -> Result<Present> {
        let now = ctx.now();
        let rows = ctx
            .db()
            .all(sql("select enterprise from planned_stop where from_at <= $1 and to_at > $1", args![now]))
            .await?;
        let stopped = rows.iter().map(|r| r.get("enterprise")).collect::<Result<_>>()?;
        Ok(Present { now: now.0, stopped, pipeline: Pipeline::of(&ctx.app)? })
    }
}

fn view(row: &Row, present: &Present) -> Result<TagView> {
    let tag = Tag::read(row)?;
    let live = present.pipeline.telemetry.last(&tag.tag);
    let stopped = tag.placed.enterprise.as_ref().is_some_and(|e| present.stopped.contains(e));
    Ok(TagView {
        state: state(present.now, &tag, row.get::<i64>("alarming")? > 0, stopped, live),
        enterprise: tag.placed.enterprise.clone().unwrap_or_default(),
        enterprise_name: row.get("enterprise_name")?,
        limits: (&tag.limits).into(),
        last: live.map(|l| LastReading { value: l.value, at: Ms(l.at), quality: l.quality.word() }),
        tag: tag.tag,
        name: tag.name,
        metric: tag.metric,
        unit: tag.unit,
        device: tag.device,
        hazard_source: tag.hazard_source,
        consequence: tag.consequence,
        sample_s: tag.sample_s,
    })
}

fn state(now: i64, tag: &Tag, alarming: bool, stopped: bool, live: Option<Live>) -> &'static str {
    let quiet_ms = live.map_or(i64::MAX, |l| now - l.at);
    match live {
        _ if alarming => "alarm",
        _ if stopped => "stopped",
        _ if quiet_ms > (tag.sample_s * 3_000).max(300_000) => "offline",
        Some(l) if coverage::moves(&tag.unit) && now - l.steady_since >= coverage::FLAT_MS => "flat",
        _ if quiet_ms > tag.sample_s * 3_000 => "stale",
        _ => "normal",
    }
}

/// 监测点位
#[utoipa::path(get, path = "/tags", tag = "online", params(PageQuery, TagFilter), responses((status = 200, body = List<TagView>)))]
pub(super) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<TagFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let present = Present::of(&ctx).await?;
    let pattern = filter.q.as_deref().filter(|q| !q.is_empty()).map(|q| format!("%{}%", q.replace(['%', '_'], "")));
    let conditions = |query: &mut Sql| {
        store::visible(query, &ctx, TAG_SCOPE, "telemetry");
        query.filter(" and t.enterprise = ", filter.enterprise.as_deref());
        query.filter(" and t.hazard_source = ", filter.hazard_source.as_deref());
        query.filter(" and t.tag = ", filter.tag.as_deref());
        query.filter(" and t.device = ", filter.device.as_deref());
        if let Some(pattern) = &pattern {
            query.push(" and (t.tag like ").bind(pattern).push(" or t.name like ").bind(pattern).push(")");
        }
    };
    let list = LIST.run(&ctx, &page, conditions, |row| view(row, &present)).await?;
    Exported::new(&ctx, &page, list)
}

/// A tag to register.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct NewTag {
    /// Tag: letters, digits, `_`, `-`, `.`.
    pub tag: String,
    /// Name people read.
    pub name: String,
    /// Enterprise.
    pub enterprise: String,
    /// Device that reports it.
    pub device: Option<String>,
    /// Hazard source.
    pub hazard_source: Option<String>,
    /// What is measured.
    pub metric: String,
    /// Unit.
    pub unit: String,
    /// Seconds between readings.
    pub sample_s: u32,
    /// 1 major hazard source to 3 minor.
    #[serde(default = "minor")]
    pub consequence: u8,
    /// First limits.
    pub limits: LimitForm,
}

const fn minor() -> u8 {
    2
}

/// 登记点位
#[utoipa::path(post, path = "/tags", tag = "online", request_body = NewTag, responses((status = 200, body = TagView)))]
pub(super) async fn add(ctx: Ctx, Body(form): Body<NewTag>) -> Result<Json<TagView>> {
    let name = form.tag.clone();
    register_tag(&ctx, form, "form").await?;
    let mut query = sql(LIST.select, vec![]);
    query.push(" and t.tag = ").bind(name.as_str());
    let row = ctx.db().one(query).await?;
    Ok(Json(view(&row, &Present::of(&ctx).await?)?))
}

/// Checks a new tag against its own rules and the register.
pub async fn check_tag(ctx: &Ctx, form: &NewTag) -> Result<(Limits, Placed)> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, message: &str| errors.push(FieldError::new(field, message));
    if !reading::is_name(&form.tag) {
        wrong("tag", "位号只能用字母、数字、_-.，不超过 96 个字符");
    }
    if form.name.trim().is_empty() || form.name.chars().count() > 120 {
        wrong("name", "名称必填，不超过 120 字");
    }
    if form.metric.trim().is_empty() || form.metric.chars().count() > 40 {
        wrong("metric", "参数必填，不超过 40 字");
    }
    if form.unit.trim().is_empty() || form.unit.chars().count() > 20 {
        wrong("unit", "单位必填，不超过 20 字");
    }
    if !(1..=86_400).contains(&form.sample_s) {
        wrong("sample_s", "采样周期为 1 到 86400 秒");
    }
    if !(1..=3).contains(&form.consequence) {
        wrong("consequence", "后果等级只能是 1（重大危险源）、2 或 3");
    }
    let limits = match form.limits.checked() {
        Ok(limits) => limits,
        Err(Error::Invalid(more)) => {
            errors.extend(more);
            Limits::default()
        }
        Err(other) => return Err(other),
    };
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
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
    if let Some(device) = &form.device {
        let known = ctx
            .db()
            .opt(sql("select enterprise from device where id = $1 and state = 'active'", args![device]))
            .await?;
        let owner: Option<String> = known.map(|r| r.get("enterprise")).transpose()?;
        if owner.as_deref() != Some(form.enterprise.as_str()) {
            return Err(Error::invalid("device", format!("设备 {device} 未登记在该企业名下，请先登记设备")));
        }
    }
    Ok((limits, placed))
}

/// Registers a tag with its first limits; whoever registers answers for them.
pub async fn register_tag(ctx: &Ctx, form: NewTag, source: &str) -> Result<()> {
    ctx.allow(&PART, Action::Onboard)?;
    let (limits, placed) = check_tag(ctx, &form).await?;
    let payload = TagRegistered {
        tag: form.tag.as_str().into(),
        device: form.device.as_ref().map(Into::into),
        metric: form.metric.as_str().into(),
        unit: form.unit.as_str().into(),
        sample_s: form.sample_s,
        consequence: form.consequence,
        hazard_source: form.hazard_source.as_ref().map(Into::into),
        limits: (&limits).into(),
        source: source.into(),
    };
    let event = ctx.event(&payload, format!("tag/{}", form.tag), &placed)?;
    let mut tx = ctx.begin().await?;
    let tag = Tag {
        tag: form.tag,
        name: form.name.trim().to_owned(),
        placed,
        device: form.device,
        hazard_source: form.hazard_source,
        metric: form.metric,
        unit: form.unit,
        sample_s: i64::from(form.sample_s),
        consequence: form.consequence,
        limits,
    };
    if !store::add_tag(&mut tx, &tag, event.id).await? {
        return Err(Error::invalid("tag", format!("位号 {} 已登记；修改限值请走限值变更", tag.tag)));
    }
    store::keep_version(&mut tx, &tag.tag, &tag.limits, ctx.now(), event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Pipeline::of(&ctx.app)?.put_tag(tag);
    Ok(())
}
