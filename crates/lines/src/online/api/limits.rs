//! Limit changes: asked for by one person, approved by another.

use axum::Json;
use events::online::{LimitChanged, LimitRejected, LimitRequested};
use platform::db::Row;
use platform::http::{Body, Exported, List, Listing, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, Ctx, Error, Ms, Notice, Result, Role, Sql, To, sql};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::super::commands::{person, text};
use super::super::limits::{Limits, loosens};
use super::super::model::CHANGE_SCOPE;
use super::super::{PART, Pipeline, decide, store};
use super::tags::LimitForm;

/// A request as its readers see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeView {
    /// Id.
    id: Uuid,
    /// Tag.
    tag: String,
    /// Its name.
    tag_name: String,
    /// Enterprise.
    enterprise: String,
    /// Its name.
    enterprise_name: String,
    /// Limits before.
    from: LimitForm,
    /// Limits asked for.
    to: LimitForm,
    /// Whether it weakens protection.
    loosens: bool,
    /// Reason.
    reason: String,
    /// `pending`, `approved` or `rejected`.
    state: String,
    /// Who asked.
    requested_by: String,
    /// When.
    requested_at: Ms,
    /// Who decided.
    decided_by: Option<String>,
    /// When.
    decided_at: Option<Ms>,
    /// Opinion.
    decision_reason: Option<String>,
}

impl ChangeView {
    fn read(row: &Row) -> Result<ChangeView> {
        Ok(ChangeView {
            id: row.get("id")?,
            tag: row.get("tag")?,
            tag_name: row.get("tag_name")?,
            enterprise: row.get("enterprise")?,
            enterprise_name: row.get("enterprise_name")?,
            from: (&row.json::<Limits>("old_limits")?).into(),
            to: (&row.json::<Limits>("new_limits")?).into(),
            loosens: row.get("loosens")?,
            reason: row.get("reason")?,
            state: row.get("state")?,
            requested_by: row.get("requester")?,
            requested_at: row.get("requested_at")?,
            decided_by: row.get("decider")?,
            decided_at: row.get("decided_at")?,
            decision_reason: row.get("decision_reason")?,
        })
    }
}

impl Table for ChangeView {
    const TITLE: &'static str = "限值变更";
    const COLUMNS: &'static [&'static str] = &[
        "企业",
        "位号",
        "名称",
        "原限值",
        "新限值",
        "放宽",
        "理由",
        "状态",
        "申请人",
        "申请时间",
        "批准人",
        "批准时间",
        "意见",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        let limits = |l: &LimitForm| {
            let part = |title: &str, v: Option<f64>| v.map_or_else(String::new, |v| format!("{title} {v} "));
            Some(Value::from(format!(
                "{}{}{}{}死区 {}",
                part("低低", l.ll),
                part("低", l.l),
                part("高", l.h),
                part("高高", l.hh),
                l.dead_band
            )))
        };
        vec![
            Some(self.enterprise_name.clone().into()),
            Some(self.tag.clone().into()),
            Some(self.tag_name.clone().into()),
            limits(&self.from),
            limits(&self.to),
            Some(if self.loosens { "是" } else { "否" }.into()),
            Some(self.reason.clone().into()),
            Some(self.state.clone().into()),
            Some(self.requested_by.clone().into()),
            Some(self.requested_at.beijing().into()),
            self.decided_by.clone().map(Value::from),
            self.decided_at.map(|at| at.beijing().into()),
            self.decision_reason.clone().map(Value::from),
        ]
    }
}

const LIST: Listing = Listing {
    select: "select c.*, t.name as tag_name, o.name as enterprise_name, r.person_name as requester, d.person_name as decider \
        from limit_change c join tag t on t.tag = c.tag join org o on o.id = c.enterprise join account r on r.id = c.requested_by \
        left join account d on d.id = c.decided_by where 1 = 1",
    count: "from limit_change c where 1 = 1",
    sorts: &[("requested_at", "c.requested_at"), ("state", "c.state")],
    tie: "c.id",
    descending: true,
};

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangeFilter {
    /// `pending`, `approved` or `rejected`.
    state: Option<String>,
    /// Enterprise.
    enterprise: Option<String>,
    /// Tag.
    tag: Option<String>,
}

/// 限值变更列表
#[utoipa::path(get, path = "/limit-changes", tag = "online", params(PageQuery, ChangeFilter), responses((status = 200, body = List<ChangeView>)))]
pub(super) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<ChangeFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let conditions = |query: &mut Sql| {
        store::visible(query, &ctx, CHANGE_SCOPE, "telemetry");
        query.filter(" and c.state = ", filter.state.as_deref());
        query.filter(" and c.enterprise = ", filter.enterprise.as_deref());
        query.filter(" and c.tag = ", filter.tag.as_deref());
    };
    let list = LIST.run(&ctx, &page, conditions, ChangeView::read).await?;
    Exported::new(&ctx, &page, list)
}

async fn view(ctx: &Ctx, id: Uuid) -> Result<Json<ChangeView>> {
    let mut query = sql(LIST.select, vec![]);
    query.push(" and c.id = ").bind(id);
    Ok(Json(ChangeView::read(&ctx.db().one(query).await?)?))
}

/// New limits and why.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangeForm {
    /// Limits asked for.
    #[serde(flatten)]
    limits: LimitForm,
    /// Reason.
    reason: String,
}

/// 申请变更限值
#[utoipa::path(post, path = "/tags/{tag}/limit-changes", tag = "online", params(("tag" = String, Path)), request_body = ChangeForm, responses((status = 200, body = ChangeView)))]
pub(super) async fn request(
    ctx: Ctx,
    PathId(name): PathId<String>,
    Body(form): Body<ChangeForm>,
) -> Result<Json<ChangeView>> {
    let (account, person) = person(&ctx)?;
    let reason = text("reason", "变更理由", &form.reason, 4)?;
    let tag = store::tag(&ctx, &name).await?;
    ctx.require(&PART, Action::Edit, &tag.placed)?;
    let new = form.limits.checked()?;
    if new == tag.limits {
        return Err(Error::invalid("h", "新限值与现行限值相同，没有需要变更的内容"));
    }
    let (id, weaker) = (ctx.new_id(), loosens(&tag.limits, &new));
    let payload = LimitRequested {
        change: id,
        tag: name.as_str().into(),
        old: (&tag.limits).into(),
        new: (&new).into(),
        loosens: weaker,
        reason: reason.as_str().into(),
    };
    let event = ctx.event(&payload, format!("tag/{name}"), &tag.placed)?;
    let placed = &tag.placed;
    let mut tx = ctx.begin().await?;
    let asked = store::Asked {
        id,
        tag: &tag,
        new: &new,
        loosens: weaker,
        reason: &reason,
        by: (account, person),
        because: event.id,
    };
    if !store::ask_limits(&mut tx, asked).await? {
        return Err(Error::Conflict("该点位已有待批准的限值变更，请先等待批准或退回".to_owned()));
    }
    let title = format!("{}申请{}限值", tag.name, if weaker { "放宽" } else { "调整" });
    let notice = Notice {
        priority: if weaker { 2 } else { 3 },
        title: &title,
        body: "须由申请人以外的人批准，批准后立即生效",
        link: "/limit-changes",
        event: event.id,
    };
    tell(&mut tx, &ctx, placed, &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    view(&ctx, id).await
}

async fn tell(tx: &mut platform::Tx, ctx: &Ctx, placed: &platform::Placed, notice: &Notice<'_>) -> Result<()> {
    if let Some(enterprise) = &placed.enterprise {
        tx.notify(ctx, To::Org(enterprise, &[Role::Principal, Role::SafetyManager]), notice).await?;
    }
    tx.notify(ctx, To::Area(&placed.region, &[Role::Officer, Role::DutyOfficer]), notice).await?;
    Ok(())
}

/// The approver's opinion.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = LimitOpinion)]
pub struct Opinion {
    /// Opinion.
    reason: String,
}

/// 批准限值变更
#[utoipa::path(post, path = "/limit-changes/{id}/approve", tag = "online", params(("id" = Uuid, Path)), request_body = Opinion, responses((status = 200, body = ChangeView)))]
pub(super) async fn approve(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Opinion>) -> Result<Json<ChangeView>> {
    let (account, person) = person(&ctx)?;
    let reason = text("reason", "意见", &form.reason, 2)?;
    let mut tx = ctx.begin().await?;
    let change = store::change(&mut tx, &ctx, id).await?;
    ctx.require(&PART, Action::Approve, &change.placed)?;
    decide::approve_limits(&change.requested_person.to_string(), &person.to_string(), &change.new)?;
    let payload = LimitChanged {
        change: id,
        tag: change.tag.as_str().into(),
        old: (&change.old).into(),
        new: (&change.new).into(),
        loosens: change.loosens,
        reason: reason.as_str().into(),
        requested_by: change.requested_person.into(),
        approver: person.into(),
    };
    let event = ctx.event(&payload, format!("tag/{}", change.tag), &change.placed)?.because([change.because]);
    store::decide_change(&mut tx, &change, "approved", account, &reason).await?;
    store::put_limits(&mut tx, &change.tag, &change.new, event.id).await?;
    let title = format!("位号 {} 的限值已{}", change.tag, if change.loosens { "放宽" } else { "变更" });
    let notice = Notice {
        priority: if change.loosens { 2 } else { 3 },
        title: &title,
        body: "新限值已生效，监管部门同时收到本通知",
        link: "/limit-changes",
        event: event.id,
    };
    tell(&mut tx, &ctx, &change.placed, &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    let tag = store::tag(&ctx, &change.tag).await?;
    Pipeline::of(&ctx.app)?.put_tag(tag);
    view(&ctx, id).await
}

/// 退回限值变更
#[utoipa::path(post, path = "/limit-changes/{id}/reject", tag = "online", params(("id" = Uuid, Path)), request_body = Opinion, responses((status = 200, body = ChangeView)))]
pub(super) async fn reject(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Opinion>) -> Result<Json<ChangeView>> {
    let (account, _) = person(&ctx)?;
    let reason = text("reason", "意见", &form.reason, 2)?;
    let mut tx = ctx.begin().await?;
    let change = store::change(&mut tx, &ctx, id).await?;
    ctx.require(&PART, Action::Approve, &change.placed)?;
    let payload = LimitRejected { change: id, tag: change.tag.as_str().into(), reason: reason.as_str().into() };
    let event = ctx.event(&payload, format!("tag/{}", change.tag), &change.placed)?.because([change.because]);
    store::decide_change(&mut tx, &change, "rejected", account, &reason).await?;
    ctx.commit(tx, event, vec![]).await?;
    view(&ctx, id).await
}
