//! The auditor's list: every event of the area, as it stands in the evidence log.
mod store;

use crate::government::PART;
use platform::event::Event;
use platform::http::{Exported, List, PageQuery, Params, Table};
use platform::{Action, Ctx, Error, Ms, Result, Subject, sheets, timeline};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use standards::date::Date;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub(super) use store::recent;

/// Who acted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Acting {
    org: String,
    org_name: String,
    /// Role, device, key or reaction, in words.
    role: Option<String>,
}

/// An event as the auditor sees it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditRow {
    id: Uuid,
    seq: i64,
    kind: String,
    /// Chinese title of the kind.
    title: String,
    at: Ms,
    subject: String,
    enterprise: Option<String>,
    region: String,
    actor: Acting,
    /// Leaf hash, hex.
    leaf: String,
    /// Place in the log, from 0.
    index: i64,
}

impl Table for AuditRow {
    const TITLE: &'static str = "审计日志";
    const COLUMNS: &'static [&'static str] = &["序号", "时间", "事件", "类型", "机构", "操作人", "对象", "叶子摘要"];
    fn cells(&self) -> Vec<Option<sheets::Value>> {
        let text = |t: &str| Some(sheets::Value::from(t));
        vec![
            Some(self.index.into()),
            text(&self.at.beijing()),
            text(&self.title),
            text(&self.kind),
            text(&self.actor.org_name),
            self.actor.role.as_deref().and_then(text),
            text(&self.subject),
            text(&self.leaf),
        ]
    }
}

/// What the list may be narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// 事件类型，可只写前一段，如 role.
    kind: Option<String>,
    /// 操作机构编号
    org: Option<String>,
    /// 对象，如 account/<编号>
    subject: Option<String>,
    /// 起始日期或时间
    from: Option<String>,
    /// 截止日期（含当日）或时间
    to: Option<String>,
}

/// A day in Beijing or an exact time.
fn moment(field: &str, text: Option<&str>, end: bool) -> Result<Option<Ms>> {
    let Some(text) = text.map(str::trim).filter(|t| !t.is_empty()) else { return Ok(None) };
    if let Some(exact) = Ms::parse(text) {
        return Ok(Some(exact));
    }
    let day = Date::parse(text).and_then(|d| if end { d.add_days(1) } else { Some(d) });
    let start = day.map(|d| Ms(d.beijing_start_ms()));
    start.map(Some).ok_or_else(|| Error::invalid(field, format!("“{text}”不是日期：应写作 2026-11-23")))
}

/// 审计日志：辖区内的全部事件
#[utoipa::path(get, path = "/audit", tag = "government", params(PageQuery, Filter), responses((status = 200, body = List<AuditRow>)))]
pub(crate) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<Filter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::Audit)?;
    let (from, to) = (moment("from", filter.from.as_deref(), false)?, moment("to", filter.to.as_deref(), true)?);
    let text = |t: &Option<String>| t.clone().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let names = store::org_names(ctx.db()).await?;
    let rows = store::LISTING
        .run(
            &ctx,
            &page,
            |query| {
                query
                    .filter(" and e.kind like ", text(&filter.kind).map(|k| format!("{}%", k.replace(['%', '_'], ""))));
                query
                    .filter(" and e.actor_org = ", text(&filter.org))
                    .filter(" and e.subject = ", text(&filter.subject));
                query.filter(" and e.recorded_at >= ", from).filter(" and e.recorded_at < ", to);
                timeline::visible(query, &ctx);
            },
            |row| {
                let leaf: Vec<u8> = row.get("leaf")?;
                let event = Event::read(row)?;
                Ok(AuditRow {
                    id: event.id,
                    seq: event.seq,
                    title: events::info(&event.kind).map_or_else(|| event.kind.clone(), |k| k.title.to_owned()),
                    at: event.recorded_at,
                    actor: acting(&event, names.get(&event.actor_org).cloned())?,
                    kind: event.kind,
                    subject: event.subject,
                    enterprise: event.placed.enterprise,
                    region: event.placed.region,
                    leaf: hex::encode(leaf),
                    index: event.seq - 1,
                })
            },
        )
        .await?;
    Exported::new(&ctx, &page, rows)
}

/// Who acted, as the leaf itself states it.
fn acting(event: &Event, org_name: Option<String>) -> Result<Acting> {
    let entry: Value = serde_json::from_slice(&event.entry).map_err(Error::internal)?;
    let actor = entry.pointer("/data/ctx/actor").unwrap_or(&Value::Null);
    let text = |key: &str| actor.get(key).and_then(Value::as_str);
    let subject = Subject::ALL.into_iter().find(|s| s.letter() == event.actor_subject);
    let role = text("role").map(|code| {
        let known = subject.and_then(|s| platform::Role::parse(s, code));
        known.map_or_else(|| code.to_owned(), |r| r.name().to_owned())
    });
    let machine = text("device").map(|d| format!("设备 {d}")).or_else(|| text("key").map(|k| format!("接口 {k}")));
    let own = text("reaction").map(|r| format!("系统自动（{r}）"));
    let nobody = actor.get("anonymous").map(|_| "未登录".to_owned());
    Ok(Acting {
        org: event.actor_org.clone(),
        org_name: org_name.unwrap_or_else(|| "平台".to_owned()),
        role: role.or(machine).or(own).or(nobody),
    })
}
