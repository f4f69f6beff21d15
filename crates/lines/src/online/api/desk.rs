//! The duty desk and its shifts.

use axum::Json;
use events::online::{ShiftHandedOver, ShiftTaken};
use platform::db::Row;
use platform::http::{Body, Exported, List, Listing, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, Columns, Ctx, Error, Ms, Placed, Result, Sql, Tx, args, scope, sql};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::commands::{person, text};
use super::super::model::ALARM_SCOPE;
use super::super::{PART, store};

/// After so long a shift whose holder does not hand over may be taken by the next person.
const STALE_SHIFT_MS: i64 = 12 * 3_600_000;

/// How shifts are placed: an organisation's own, and those of the area below.
const SHIFT_SCOPE: Columns =
    Columns { enterprise: "s.org", region: "s.region", sectors: None, kind: "shift", id: "s.id", owner: Some("s.org") };

/// A shift.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Shift {
    /// Id.
    id: Uuid,
    /// Who holds it.
    holder: String,
    /// Organisation.
    org: String,
    /// Since when.
    since: Ms,
    /// Until when.
    until: Option<Ms>,
    /// Who took over.
    handed_to: Option<String>,
}

impl Shift {
    fn read(row: &Row) -> Result<Shift> {
        Ok(Shift {
            id: row.get("id")?,
            holder: row.get("holder_name")?,
            org: row.get("org")?,
            since: row.get("since")?,
            until: row.get("until_at")?,
            handed_to: row.get("next_name")?,
        })
    }
}

impl Table for Shift {
    const TITLE: &'static str = "交接班记录";
    const COLUMNS: &'static [&'static str] = &["单位", "值守人", "接班时间", "交班时间", "接替人"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.org.clone().into()),
            Some(self.holder.clone().into()),
            Some(self.since.beijing().into()),
            self.until.map(|at| Value::from(at.beijing())),
            self.handed_to.clone().map(Value::from),
        ]
    }
}

const SHIFTS: Listing = Listing {
    select: "select s.*, h.person_name as holder_name, n.person_name as next_name \
        from shift s join account h on h.id = s.holder left join account n on n.id = s.handed_to where 1 = 1",
    count: "from shift s where 1 = 1",
    sorts: &[("since", "s.since")],
    tie: "s.id",
    descending: true,
};

/// The counts of the desk.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskCounts {
    /// Not cleared.
    open: i64,
    /// Not acknowledged.
    unacked: i64,
    /// Past a due time.
    overdue: i64,
    /// Acknowledged, not explained.
    acknowledged: i64,
    /// Explained, not cleared.
    explained: i64,
    /// Raised today.
    today: i64,
}

/// The clock that runs out next.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextClock {
    /// Alarm.
    alarm: Uuid,
    /// What is due.
    title: String,
    /// When.
    due_at: Ms,
}

/// The duty desk.
#[derive(Debug, Serialize, ToSchema)]
pub struct Desk {
    /// The shift of my organisation.
    shift: Option<Shift>,
    /// Counts over what I may see.
    counts: DeskCounts,
    /// What runs out next.
    next_clock: Option<NextClock>,
}

/// 值守台
#[utoipa::path(get, path = "/desk", tag = "online", responses((status = 200, body = Desk)))]
pub(super) async fn desk(ctx: Ctx) -> Result<Json<Desk>> {
    ctx.allow(&PART, Action::View)?;
    Ok(Json(Desk { shift: current(&ctx).await?, counts: counts(&ctx).await?, next_clock: next_clock(&ctx).await? }))
}

async fn current(ctx: &Ctx) -> Result<Option<Shift>> {
    let mut query = sql(SHIFTS.select, vec![]);
    query.push(" and s.until_at is null and s.org = ").bind(ctx.actor.org.as_str());
    ctx.db().opt(query).await?.as_ref().map(Shift::read).transpose()
}

async fn counts(ctx: &Ctx) -> Result<DeskCounts> {
    let now = ctx.now();
    let mut query = sql("select sum(case when a.state <> 'cleared' then 1 else 0 end) as open_n", vec![]);
    for (state, name) in
        [("active", " as active_n"), ("acknowledged", " as acknowledged_n"), ("explained", " as explained_n")]
    {
        query.push(", sum(case when a.state = ").bind(state).push(" then 1 else 0 end)").push(name);
    }
    query.push(", sum(case when a.state = 'active' and (a.escalation > 0 or a.ack_due_at <= ").bind(now);
    query.push(") then 1 when a.state in ('active', 'acknowledged') and coalesce(a.explain_due_at, 0) <= ").bind(now);
    query.push(" then 1 else 0 end) as overdue_n, sum(case when a.raised_at >= ");
    query.bind(super::super::day_start(now.0)).push(" then 1 else 0 end) as today_n from alarm a");
    query.push(" where (a.state <> 'cleared' or a.raised_at >= ").bind(super::super::day_start(now.0)).push(")");
    store::visible(&mut query, ctx, ALARM_SCOPE, "alarms");
    let row = ctx.db().one(query).await?;
    let n = |name: &str| row.get::<Option<i64>>(name).map(Option::unwrap_or_default);
    Ok(DeskCounts {
        open: n("open_n")?,
        unacked: n("active_n")?,
        overdue: n("overdue_n")?,
        acknowledged: n("acknowledged_n")?,
        explained: n("explained_n")?,
        today: n("today_n")?,
    })
}

async fn next_clock(ctx: &Ctx) -> Result<Option<NextClock>> {
    let mut query = sql(
        "select a.id, t.name, a.state, coalesce(a.ack_due_at, a.explain_due_at) as due_at from alarm a join tag t on t.tag = a.tag
         where a.state in ('active', 'acknowledged') and coalesce(a.ack_due_at, a.explain_due_at) is not null",
        vec![],
    );
    store::visible(&mut query, ctx, ALARM_SCOPE, "alarms");
    query.push(" order by due_at limit 1");
    let Some(row) = ctx.db().opt(query).await? else { return Ok(None) };
    let act = if row.get::<String>("state")? == "active" { "签收" } else { "说明" };
    let title = format!("{act} {}", row.get::<String>("name")?);
    Ok(Some(NextClock { alarm: row.get("id")?, title, due_at: row.get("due_at")? }))
}

/// 交接班记录
#[utoipa::path(get, path = "/shifts", tag = "online", params(PageQuery), responses((status = 200, body = List<Shift>)))]
pub(super) async fn shifts(ctx: Ctx, Params(page): Params<PageQuery>) -> Result<Exported> {
    ctx.allow(&PART, Action::Watch)?;
    let conditions = |query: &mut Sql| scope::condition(query, &ctx.actor, ctx.now(), SHIFT_SCOPE);
    let list = SHIFTS.run(&ctx, &page, conditions, Shift::read).await?;
    Exported::new(&ctx, &page, list)
}

/// Nothing to say when taking over.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Take {}

/// 接班
#[utoipa::path(post, path = "/shifts/take", tag = "online", request_body = Take, responses((status = 200, body = Shift)))]
pub(super) async fn take(ctx: Ctx, Body(_form): Body<Take>) -> Result<Json<Shift>> {
    ctx.allow(&PART, Action::Watch)?;
    let (account, person) = person(&ctx)?;
    let placed = own_place(&ctx).await?;
    let open = counts(&ctx).await?.open as u32;
    let mut tx = ctx.begin().await?;
    if let Some((old, holder, since)) = running(&mut tx, &ctx.actor.org).await? {
        if holder == account {
            return Err(Error::Conflict("您正在值守，无需重复接班".to_owned()));
        }
        if ctx.now().0 - since.0 < STALE_SHIFT_MS {
            return Err(Error::refused(
                "值守规则：交接班",
                "上一班尚未交班，请当班人先交班；超过 12 小时未交班的可直接接班",
            ));
        }
        end(&mut tx, old, None).await?;
    }
    let id = ctx.new_id();
    let payload = ShiftTaken { shift: id, org: ctx.actor.org.as_str().into(), person: person.into(), open };
    let event = ctx.event(&payload, format!("shift/{id}"), &placed)?;
    if !store::begin_shift(&mut tx, &ctx, id, (account, &placed.region), event.id).await? {
        return Err(Error::Conflict("刚有人接班，请刷新".to_owned()));
    }
    ctx.commit(tx, event, vec![]).await?;
    current(&ctx).await?.map(Json).ok_or(Error::NotFound)
}

/// Where shifts of the caller's organisation stand.
async fn own_place(ctx: &Ctx) -> Result<Placed> {
    let org = platform::auth::Org::find(ctx.db(), &ctx.actor.org).await?.ok_or(Error::NotFound)?;
    Ok(org.placed())
}

async fn running(tx: &mut Tx, org: &str) -> Result<Option<(Uuid, Uuid, Ms)>> {
    let row =
        tx.opt(sql("select id, holder, since from shift where org = $1 and until_at is null", args![org])).await?;
    row.map(|r| Ok((r.get("id")?, r.get("holder")?, r.get("since")?))).transpose()
}

async fn end(tx: &mut Tx, shift: Uuid, because: Option<Uuid>) -> Result<()> {
    if store::end_shift(tx, shift, because).await? {
        Ok(())
    } else {
        Err(Error::Conflict("该班次已经交班".to_owned()))
    }
}

/// What the next one must know, confirmed by password.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Handover {
    /// What the next one must know.
    to_note: String,
    /// The holder's own password: the signature of this act.
    password: Option<String>,
    /// Or a code of the second factor.
    totp: Option<String>,
}

/// 交班（以密码确认为签名）
#[utoipa::path(post, path = "/shifts/{id}/handover", tag = "online", params(("id" = Uuid, Path)), request_body = Handover, responses((status = 200, body = Shift)))]
pub(super) async fn handover(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<Handover>) -> Result<Json<Shift>> {
    ctx.allow(&PART, Action::Watch)?;
    let (account, person) = person(&ctx)?;
    let note = text("to_note", "交班事项", &form.to_note, 2)?;
    ctx.confirm(form.password, form.totp.as_deref()).await?;
    let placed = own_place(&ctx).await?;
    let open = counts(&ctx).await?.open as u32;
    let mut tx = ctx.begin().await?;
    match running(&mut tx, &ctx.actor.org).await? {
        Some((current, holder, _)) if current == id && holder == account => {}
        Some((current, ..)) if current == id => {
            return Err(Error::refused("值守规则：交接班", "只有当班人本人能交班"));
        }
        _ => return Err(Error::NotFound),
    }
    let payload = ShiftHandedOver {
        shift: id,
        org: ctx.actor.org.as_str().into(),
        person: person.into(),
        open,
        note: note.into(),
    };
    let event = ctx.event(&payload, format!("shift/{id}"), &placed)?;
    end(&mut tx, id, Some(event.id)).await?;
    ctx.commit(tx, event, vec![]).await?;
    let mut query = sql(SHIFTS.select, vec![]);
    query.push(" and s.id = ").bind(id);
    Ok(Json(Shift::read(&ctx.db().one(query).await?)?))
}
