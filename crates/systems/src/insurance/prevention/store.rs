//! The tables of plans and lines; those of complaints stand beside.
mod complaint_rows;

pub use complaint_rows::{
    Complaint, ComplaintFilter, complain, complaint, complaint_in, complaints, complaints_open, overdue, reply,
};

use super::decide::{Fee, PlanLine, Progress, State};
use crate::insurance::common::{owned, read_placed, stale};
use crate::insurance::duties::store::named;
use crate::insurance::policies::store::Policy;
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Tx, args, scope, sql};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

const PLAN_SCOPE: Columns = owned!("g", "prevention_plan");
const LINE_SCOPE: Columns = owned!("l", "prevention_line");

const PLAN: &str = "select g.*, o.name as enterprise_name, p.to_at as policy_to from prevention_plan g join insurance_policy p on p.id = g.policy join org o on o.id = g.enterprise where 1 = 1";
const LINE: &str = "select l.*, o.name as enterprise_name, s.name as supplier_name, p.policy_no, (select count(*) from service_complaint x where x.line = l.id and x.state = 'open') as complaints from prevention_line l join insurance_policy p on p.id = l.policy join org o on o.id = l.enterprise left join org s on s.id = l.supplier where 1 = 1";

/// A plan as it is kept.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Id.
    pub id: Uuid,
    /// Policy.
    pub policy: Uuid,
    /// Its number.
    pub policy_no: String,
    /// When the policy ends.
    pub policy_to: Ms,
    /// Where it stands.
    pub placed: Placed,
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// State.
    pub state: State,
    /// Sum of its lines, 分.
    pub budget_fen: i64,
    /// Goals in words.
    pub goals: String,
    /// Floor and cap as they stood.
    pub fee: Fee,
    /// Event that proposed it.
    pub proposed_event: Uuid,
    /// Event by which both sides agreed.
    pub agreed_event: Option<Uuid>,
    /// Why it was sent back.
    pub reason: Option<String>,
    /// Version.
    pub revision: i64,
    /// When it was made.
    pub created_at: Ms,
    /// When both sides agreed.
    pub agreed_at: Option<Ms>,
}

impl Plan {
    /// The enterprise.
    pub fn enterprise(&self) -> &str {
        self.placed.enterprise.as_deref().unwrap_or_default()
    }
    /// Subject of its events.
    pub fn subject(&self) -> String {
        format!("prevention-plan/{}", self.id)
    }
}

fn read_plan(row: &Row) -> Result<Plan> {
    let state: String = row.get("state")?;
    Ok(Plan {
        id: row.get("id")?,
        policy: row.get("policy")?,
        policy_no: row.get("policy_no")?,
        policy_to: row.get("policy_to")?,
        placed: read_placed(row)?,
        enterprise_name: row.get("enterprise_name")?,
        state: State::parse(&state).ok_or_else(|| Error::internal(format!("state {state} of a plan")))?,
        budget_fen: row.get("budget_fen")?,
        goals: row.get("goals")?,
        fee: row.json("fee")?,
        proposed_event: row.get("proposed_event")?,
        agreed_event: row.get("agreed_event")?,
        reason: row.get("reason")?,
        revision: row.get("revision")?,
        created_at: row.get("created_at")?,
        agreed_at: row.get("agreed_at")?,
    })
}

/// A line as it is kept.
#[derive(Debug, Clone)]
pub struct Line {
    /// Id.
    pub id: Uuid,
    /// Plan.
    pub plan: Uuid,
    /// Policy.
    pub policy: Uuid,
    /// Its number.
    pub policy_no: String,
    /// Where it stands.
    pub placed: Placed,
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// Kind of service.
    pub item: String,
    /// What is done.
    pub content: String,
    /// Planned day.
    pub due_on: String,
    /// Organisation that renders it.
    pub supplier: String,
    /// Its name.
    pub supplier_name: String,
    /// Money, 分.
    pub amount_fen: i64,
    /// What has happened so far.
    pub progress: Progress,
    /// Visit.
    pub visit: Option<Uuid>,
    /// Events so far: left, signed, confirmed, settled.
    pub events: Vec<Uuid>,
    /// What the enterprise said.
    pub satisfied: Option<bool>,
    /// Paid, 分.
    pub settled_fen: i64,
    /// When.
    pub settled_at: Option<Ms>,
    /// Voucher.
    pub voucher: Option<String>,
    /// Open complaints.
    pub complaints: i64,
    /// Version.
    pub revision: i64,
}

impl Line {
    /// The enterprise.
    pub fn enterprise(&self) -> &str {
        self.placed.enterprise.as_deref().unwrap_or_default()
    }
    /// Its events stand on the plan's timeline.
    pub fn subject(&self) -> String {
        format!("prevention-plan/{}", self.plan)
    }
}

fn read_line(row: &Row) -> Result<Line> {
    let mut events = vec![];
    let mut there = |name: &str| -> Result<bool> {
        let event: Option<Uuid> = row.get(name)?;
        events.extend(event);
        Ok(event.is_some())
    };
    let visit: Option<Uuid> = row.get("visit")?;
    let progress = Progress {
        agreed: row.get::<i64>("agreed")? == 1,
        visit: visit.is_some(),
        left: there("left_event")?,
        signed: there("signed_event")?,
        confirmed: there("confirmed_event")?,
        settled: there("settled_event")?,
    };
    Ok(Line {
        id: row.get("id")?,
        plan: row.get("plan")?,
        policy: row.get("policy")?,
        policy_no: row.get("policy_no")?,
        placed: read_placed(row)?,
        enterprise_name: row.get("enterprise_name")?,
        item: row.get("item")?,
        content: row.get("content")?,
        due_on: row.get("due_on")?,
        supplier: row.get("supplier")?,
        supplier_name: row.get::<Option<String>>("supplier_name")?.unwrap_or_default(),
        amount_fen: row.get("amount_fen")?,
        progress,
        visit,
        events,
        satisfied: row.get::<Option<i64>>("satisfied")?.map(|n| n == 1),
        settled_fen: row.get("settled_fen")?,
        settled_at: row.get("settled_at")?,
        voucher: row.get("voucher")?,
        complaints: row.get("complaints")?,
        revision: row.get("revision")?,
    })
}

fn limit(query: &mut Sql, ctx: &Ctx, columns: Columns) {
    scope::condition(query, &ctx.actor, ctx.now(), columns);
}

/// A plan, through the caller's scope.
pub async fn plan(ctx: &Ctx, id: Uuid) -> Result<Plan> {
    let mut query = sql(PLAN, vec![]);
    query.push(" and g.id = ").bind(id);
    limit(&mut query, ctx, PLAN_SCOPE);
    read_plan(&ctx.db().one(query).await?)
}

/// A plan for writing.
pub async fn plan_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Plan> {
    let mut query = sql(PLAN, vec![]);
    query.push(" and g.id = ").bind(id);
    limit(&mut query, ctx, PLAN_SCOPE);
    read_plan(&tx.one(query).await?)
}

/// The latest plan of a policy that the caller may see.
pub async fn plan_of(ctx: &Ctx, policy: Uuid) -> Result<Option<Plan>> {
    let mut query = sql(PLAN, vec![]);
    query.push(" and g.policy = ").bind(policy);
    limit(&mut query, ctx, PLAN_SCOPE);
    query.push(" order by g.created_at desc, g.id desc limit 1");
    ctx.db().opt(query).await?.as_ref().map(read_plan).transpose()
}

/// Whether a policy has a plan that was not sent back.
pub async fn has_plan(tx: &mut Tx, policy: Uuid) -> Result<bool> {
    let query = sql("select id from prevention_plan where policy = $1 and state <> 'returned'", args![policy]);
    Ok(tx.opt(query).await?.is_some())
}

/// Plans that wait for the enterprise.
pub async fn plans_waiting(ctx: &Ctx, most: i64) -> Result<Vec<Plan>> {
    let mut query = sql(PLAN, vec![]);
    query.push(" and g.state = 'proposed'");
    limit(&mut query, ctx, PLAN_SCOPE);
    query.push(" order by g.created_at, g.id limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read_plan).collect()
}

/// Filters of the lines.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineFilter {
    /// Name of the enterprise.
    pub q: Option<String>,
    /// Plan.
    pub plan: Option<String>,
    /// Policy.
    pub policy: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
    /// `planned`, `scheduled`, `rendered`, `confirmed` or `settled`.
    pub state: Option<String>,
    /// Kind of service.
    pub item: Option<String>,
}

fn in_state(query: &mut Sql, state: &str) -> Result<()> {
    query.push(match state {
        "planned" => " and l.visit is null and l.settled_event is null",
        "scheduled" => " and l.visit is not null and l.left_event is null",
        "rendered" => " and l.left_event is not null and l.confirmed_event is null",
        "confirmed" => " and l.confirmed_event is not null and l.settled_event is null",
        "settled" => " and l.settled_event is not null",
        _ => return Err(Error::invalid("state", "状态只能是 planned、scheduled、rendered、confirmed 或 settled")),
    });
    Ok(())
}

/// The lines.
pub async fn lines<T>(ctx: &Ctx, page: &PageQuery, filter: &LineFilter, view: impl Fn(Line) -> T) -> Result<List<T>> {
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let state = given(&filter.state);
    if let Some(state) = &state {
        in_state(&mut sql("", vec![]), state)?;
    }
    let listing = Listing {
        select: LINE,
        count: "from prevention_line l join org o on o.id = l.enterprise where 1 = 1",
        sorts: &[("due_on", "l.due_on"), ("amount", "l.amount_fen"), ("enterprise", "o.name")],
        tie: "l.id",
        descending: false,
    };
    let conditions = |query: &mut Sql| {
        query.filter(" and l.plan = ", given(&filter.plan)).filter(" and l.policy = ", given(&filter.policy));
        query.filter(" and l.enterprise = ", given(&filter.enterprise)).filter(" and l.item = ", given(&filter.item));
        if let Some(state) = &state {
            // The word was checked above.
            let _ = in_state(query, state);
        }
        named(query, filter.q.as_deref());
        limit(query, ctx, LINE_SCOPE);
    };
    listing.run(ctx, page, conditions, |row| read_line(row).map(&view)).await
}

/// The lines of a plan whose page the caller may see.
pub async fn lines_of(ctx: &Ctx, plan: Uuid) -> Result<Vec<Line>> {
    let mut query = sql(LINE, vec![]);
    query.push(" and l.plan = ").bind(plan);
    limit(&mut query, ctx, LINE_SCOPE);
    query.push(" order by l.due_on, l.id");
    ctx.db().all(query).await?.iter().map(read_line).collect()
}

/// Lines in a state, earliest day first.
pub async fn lines_in(ctx: &Ctx, state: &str, most: i64) -> Result<Vec<Line>> {
    let mut query = sql(LINE, vec![]);
    query.push(" and l.agreed = 1");
    in_state(&mut query, state)?;
    limit(&mut query, ctx, LINE_SCOPE);
    query.push(" order by l.due_on, l.id limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read_line).collect()
}

/// A line, through the caller's scope.
pub async fn line(ctx: &Ctx, id: Uuid) -> Result<Line> {
    let mut query = sql(LINE, vec![]);
    query.push(" and l.id = ").bind(id);
    limit(&mut query, ctx, LINE_SCOPE);
    read_line(&ctx.db().one(query).await?)
}

/// A line for writing.
pub async fn line_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Line> {
    let mut query = sql(LINE, vec![]);
    query.push(" and l.id = ").bind(id);
    limit(&mut query, ctx, LINE_SCOPE);
    read_line(&tx.one(query).await?)
}

/// What has been paid of a policy so far, 分.
pub async fn spent(tx: &mut Tx, policy: Uuid) -> Result<i64> {
    let query = sql(
        "select cast(coalesce(sum(settled_fen), 0) as bigint) as spent from prevention_line where policy = $1",
        args![policy],
    );
    tx.one(query).await?.get("spent")
}

/// Writes a plan with its lines; answers the lines' ids.
pub async fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    id: Uuid,
    of: &Policy,
    (goals, lines, fee): (&str, &[PlanLine], &Fee),
    event: Uuid,
) -> Result<()> {
    let now = tx.now();
    let (place, sectors) = (&of.placed, scope::sector_list(&of.placed.sectors));
    let budget = super::decide::budget(lines);
    let rule = serde_json::to_string(fee).map_err(Error::internal)?;
    tx.run(sql(
        "insert into prevention_plan (id, policy, policy_no, insurer, enterprise, region, sectors, state, budget_fen, goals, fee, proposed_event, revision, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9, $10, $11, 1, $12)",
        args![id, of.id, &of.policy_no, &place.owner, of.enterprise(), &place.region, &sectors, budget, goals, rule, event, now],
    ))
    .await?;
    for line in lines {
        tx.run(sql(
            "insert into prevention_line (id, plan, policy, insurer, enterprise, region, sectors, item, content, due_on, supplier, amount_fen, agreed, settled_fen, revision)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 1)",
            args![
                ctx.new_id(), id, of.id, &place.owner, of.enterprise(), &place.region, &sectors, &line.item, &line.content,
                line.due_on.to_string(), &line.supplier, line.amount_fen,
            ],
        ))
        .await?;
    }
    Ok(())
}

/// The enterprise agrees to a plan, or sends it back.
pub async fn answer(tx: &mut Tx, old: &Plan, state: State, event: Uuid, reason: Option<&str>) -> Result<()> {
    let now = tx.now();
    let agreed = state == State::Agreed;
    let touched = tx
        .run(sql(
            "update prevention_plan set state = $1, agreed_event = $2, agreed_at = $3, reason = $4, revision = revision + 1 where id = $5 and revision = $6",
            args![state.code(), agreed.then_some(event), agreed.then_some(now.0), reason, old.id, old.revision],
        ))
        .await?;
    stale(touched)?;
    if agreed {
        tx.run(sql("update prevention_line set agreed = 1 where plan = $1", args![old.id])).await?;
    }
    Ok(())
}

/// Names the visit of a line.
pub async fn schedule(tx: &mut Tx, old: &Line, visit: Uuid) -> Result<()> {
    let touched = tx
        .run(sql(
            "update prevention_line set visit = $1, revision = revision + 1 where id = $2 and revision = $3 and visit is null",
            args![visit, old.id, old.revision],
        ))
        .await?;
    stale(touched)
}

/// Notes that the people of a visit left.
pub async fn left(tx: &mut Tx, visit: Uuid, event: Uuid) -> Result<u64> {
    tx.run(sql(
        "update prevention_line set left_event = $1, revision = revision + 1 where visit = $2 and left_event is null",
        args![event, visit],
    ))
    .await
}

/// Notes that the record of a visit was signed.
pub async fn signed(tx: &mut Tx, visit: Uuid, event: Uuid) -> Result<u64> {
    tx.run(sql(
        "update prevention_line set signed_event = $1, revision = revision + 1 where visit = $2 and signed_event is null",
        args![event, visit],
    ))
    .await
}

/// Notes that the enterprise confirmed the service of a visit.
pub async fn confirmed(tx: &mut Tx, visit: Uuid, event: Uuid, satisfied: bool) -> Result<u64> {
    tx.run(sql(
        "update prevention_line set confirmed_event = $1, satisfied = $2, revision = revision + 1 where visit = $3 and confirmed_event is null and left_event is not null",
        args![event, satisfied, visit],
    ))
    .await
}

/// A withdrawn visit renders no service: the line waits for another.
pub async fn unscheduled(tx: &mut Tx, visit: Uuid) -> Result<u64> {
    tx.run(sql(
        "update prevention_line set visit = null, revision = revision + 1 where visit = $1 and left_event is null",
        args![visit],
    ))
    .await
}

/// Notes what the enterprise said of a line.
pub async fn confirm(tx: &mut Tx, old: &Line, event: Uuid, satisfied: bool) -> Result<()> {
    let touched = tx
        .run(sql(
            "update prevention_line set confirmed_event = $1, satisfied = $2, revision = revision + 1 where id = $3 and revision = $4",
            args![event, satisfied, old.id, old.revision],
        ))
        .await?;
    stale(touched)
}

/// Pays a line.
pub async fn settle(tx: &mut Tx, old: &Line, fen: i64, voucher: Option<&str>, event: Uuid) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update prevention_line set settled_event = $1, settled_fen = $2, settled_at = $3, voucher = $4, revision = revision + 1 where id = $5 and revision = $6 and settled_event is null",
            args![event, fen, now, voucher, old.id, old.revision],
        ))
        .await?;
    stale(touched)
}

/// Hands everything of a merged record over to the record that stays.
pub async fn hand_over(tx: &mut Tx, gone: &str, kept: &platform::auth::Org) -> Result<()> {
    let sectors = scope::sector_list(&kept.sectors);
    let values = || args![&kept.id, &kept.region, &sectors, gone];
    tx.run(sql(
        "update prevention_plan set enterprise = $1, region = $2, sectors = $3 where enterprise = $4",
        values(),
    ))
    .await?;
    tx.run(sql(
        "update prevention_line set enterprise = $1, region = $2, sectors = $3 where enterprise = $4",
        values(),
    ))
    .await?;
    tx.run(sql(
        "update service_complaint set enterprise = $1, region = $2, sectors = $3 where enterprise = $4",
        values(),
    ))
    .await?;
    Ok(())
}
