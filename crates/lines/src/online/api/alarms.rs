//! Alarms: list, one, acknowledge, explain, clear.

use axum::Json;
use platform::db::Row;
use platform::http::{Body, Exported, List, Listing, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, Ctx, Ms, Result, Sql, Subject};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::super::commands::{self, Explanation};
use super::super::limits::Level;
use super::super::model::ALARM_SCOPE;
use super::super::{PART, Pipeline, clocks, decide, store};
use super::{below, region};

/// An alarm as its readers see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlarmView {
    /// Id.
    pub id: Uuid,
    /// Tag.
    pub tag: String,
    /// Name of the tag.
    pub tag_name: String,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Region.
    pub region: String,
    /// `HH`, `H`, `L` or `LL`.
    pub level: String,
    /// 1 most urgent to 4.
    pub priority: i64,
    /// Why it is this urgent.
    pub priority_why: String,
    /// `active`, `acknowledged`, `explained` or `cleared`.
    pub state: String,
    /// Value that raised it.
    pub value: f64,
    /// Extreme value so far.
    pub max: f64,
    /// Limit violated.
    pub limit: f64,
    /// Unit.
    pub unit: String,
    /// When it was raised.
    pub raised_at: Ms,
    /// Until when to acknowledge.
    pub ack_due_at: Option<Ms>,
    /// When it was acknowledged.
    pub acked_at: Option<Ms>,
    /// Until when to explain.
    pub explain_due_at: Option<Ms>,
    /// When it was explained.
    pub explained_at: Option<Ms>,
    /// Code of the cause given.
    pub cause_code: Option<String>,
    /// When it was cleared.
    pub cleared_at: Option<Ms>,
    /// Who has been told by escalation.
    pub escalation: Option<String>,
    /// Who has taken it.
    pub owner: Option<String>,
    /// Whether the value is back inside.
    pub back_to_normal: bool,
    /// How often it came back.
    pub recurrences: i64,
    /// The milder alarm it escalates.
    pub grouped_with: Option<Uuid>,
}

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AlarmFilter {
    /// A state, or `open` for all that are not cleared.
    state: Option<String>,
    /// `HH`, `H`, `L` or `LL`.
    level: Option<String>,
    /// Region and everything below it.
    region: Option<String>,
    /// Enterprise.
    enterprise: Option<String>,
    /// Tag.
    tag: Option<String>,
}

const FROM: &str = "from alarm a join tag t on t.tag = a.tag join org o on o.id = a.enterprise left join account p on p.id = a.acked_by where 1 = 1";

const LIST: Listing = Listing {
    select: "select a.*, t.name as tag_name, t.unit, o.name as enterprise_name, p.person_name as owner_name \
        from alarm a join tag t on t.tag = a.tag join org o on o.id = a.enterprise left join account p on p.id = a.acked_by where 1 = 1",
    count: FROM,
    sorts: &[("raised_at", "a.raised_at"), ("priority", "a.priority"), ("enterprise", "a.enterprise")],
    tie: "a.id",
    descending: true,
};

impl AlarmView {
    fn read(ctx: &Ctx, row: &Row) -> Result<AlarmView> {
        let escalation: i64 = row.get("escalation")?;
        // Who took it is a person's name: for the government and the enterprise itself.
        let named = matches!(ctx.actor.subject, Some(Subject::Government | Subject::Enterprise));
        let (tag, state): (String, String) = (row.get("tag")?, row.get("state")?);
        Ok(AlarmView {
            id: row.get("id")?,
            max: extreme(ctx, &tag, &state, row)?,
            tag,
            state,
            tag_name: row.get("tag_name")?,
            enterprise: row.get("enterprise")?,
            enterprise_name: row.get("enterprise_name")?,
            region: row.get("region")?,
            level: row.get("level")?,
            priority: row.get("priority")?,
            priority_why: row.get("priority_why")?,
            value: row.get("value")?,
            limit: row.get("limit_value")?,
            unit: row.get("unit")?,
            raised_at: row.get("raised_at")?,
            ack_due_at: row.get("ack_due_at")?,
            acked_at: row.get("acked_at")?,
            explain_due_at: row.get("explain_due_at")?,
            explained_at: row.get("explained_at")?,
            cause_code: row.get("cause_code")?,
            cleared_at: row.get("cleared_at")?,
            escalation: (escalation > 0).then(|| format!("已上报{}", clocks::rung(escalation as u8).title)),
            owner: if named { row.get("owner_name")? } else { None },
            back_to_normal: row.get::<Option<i64>>("back_at")?.is_some(),
            recurrences: row.get("recurrences")?,
            grouped_with: row.get("grouped_with")?,
        })
    }
}

/// The extreme value: of an open alarm as the judge knows it by now.
fn extreme(ctx: &Ctx, tag: &str, state: &str, row: &Row) -> Result<f64> {
    let level = Level::parse(&row.get::<String>("level")?).filter(|_| state != "cleared");
    let now = match level {
        Some(level) => Pipeline::of(&ctx.app)?.extreme(tag, level),
        None => None,
    };
    now.map_or_else(|| row.get("extreme"), Ok)
}

impl Table for AlarmView {
    const TITLE: &'static str = "预警记录";
    const COLUMNS: &'static [&'static str] = &[
        "企业",
        "点位",
        "等级",
        "优先级",
        "状态",
        "报警值",
        "极值",
        "限值",
        "单位",
        "报警时间",
        "签收时间",
        "说明时间",
        "消警时间",
        "升级",
        "负责人",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        let number = |v: f64| Some(Value::from(v.to_string()));
        let time = |at: Option<Ms>| at.map(|at| Value::from(at.beijing()));
        vec![
            Some(self.enterprise_name.clone().into()),
            Some(self.tag_name.clone().into()),
            Some(self.level.clone().into()),
            Some(self.priority.into()),
            decide::State::parse(&self.state).map(|s| s.title().into()),
            number(self.value),
            number(self.max),
            number(self.limit),
            Some(self.unit.clone().into()),
            time(Some(self.raised_at)),
            time(self.acked_at),
            time(self.explained_at),
            time(self.cleared_at),
            self.escalation.clone().map(Value::from),
            self.owner.clone().map(Value::from),
        ]
    }
}

/// 预警列表
#[utoipa::path(get, path = "/alarms", tag = "online", params(PageQuery, AlarmFilter), responses((status = 200, body = List<AlarmView>)))]
pub(super) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<AlarmFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let area = region(filter.region.as_ref())?;
    let conditions = |query: &mut Sql| {
        store::visible(query, &ctx, ALARM_SCOPE, "alarms");
        match filter.state.as_deref().filter(|s| !s.is_empty()) {
            Some("open") => drop(query.push(" and a.state <> 'cleared'")),
            other => drop(query.filter(" and a.state = ", other)),
        }
        query.filter(" and a.level = ", filter.level.as_deref());
        query.filter(" and a.enterprise = ", filter.enterprise.as_deref());
        query.filter(" and a.tag = ", filter.tag.as_deref());
        below(query, "a.region", area.as_ref());
    };
    let list = LIST.run(&ctx, &page, conditions, |row| AlarmView::read(&ctx, row)).await?;
    Exported::new(&ctx, &page, list)
}

async fn view(ctx: &Ctx, id: Uuid) -> Result<AlarmView> {
    let mut query = platform::sql(LIST.select, vec![]);
    query.push(" and a.id = ").bind(id);
    store::visible(&mut query, ctx, ALARM_SCOPE, "alarms");
    AlarmView::read(ctx, &ctx.db().one(query).await?)
}

/// 预警详情
#[utoipa::path(get, path = "/alarms/{id}", tag = "online", params(("id" = Uuid, Path)), responses((status = 200, body = AlarmView)))]
pub(super) async fn one(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<AlarmView>> {
    ctx.allow(&PART, Action::View)?;
    Ok(Json(view(&ctx, id).await?))
}

/// A note that may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Note {
    /// Note.
    #[serde(default)]
    note: Option<String>,
}

/// 签收
#[utoipa::path(post, path = "/alarms/{id}/acknowledge", tag = "online", params(("id" = Uuid, Path)), request_body = Note, responses((status = 200, body = AlarmView)))]
pub(super) async fn acknowledge(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Note>) -> Result<Json<AlarmView>> {
    commands::acknowledge(&ctx, id, form.note.as_deref()).await?;
    Ok(Json(view(&ctx, id).await?))
}

/// 说明原因和措施
#[utoipa::path(post, path = "/alarms/{id}/explain", tag = "online", params(("id" = Uuid, Path)), request_body = Explanation, responses((status = 200, body = AlarmView)))]
pub(super) async fn explain(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(form): Body<Explanation>,
) -> Result<Json<AlarmView>> {
    commands::explain(&ctx, id, &form).await?;
    Ok(Json(view(&ctx, id).await?))
}

/// 消警
#[utoipa::path(post, path = "/alarms/{id}/clear", tag = "online", params(("id" = Uuid, Path)), request_body = Note, responses((status = 200, body = AlarmView)))]
pub(super) async fn clear(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Note>) -> Result<Json<AlarmView>> {
    commands::clear(&ctx, id, form.note.as_deref()).await?;
    Ok(Json(view(&ctx, id).await?))
}

/// A cause to choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct CauseCode {
    /// Code.
    code: &'static str,
    /// Title.
    title: &'static str,
}

/// 原因代码
#[utoipa::path(get, path = "/cause-codes", tag = "online", responses((status = 200, body = Vec<CauseCode>)))]
pub(super) async fn causes(_: Ctx) -> Json<Vec<CauseCode>> {
    Json(decide::CAUSE_CODES.iter().map(|(code, title)| CauseCode { code, title }).collect())
}
