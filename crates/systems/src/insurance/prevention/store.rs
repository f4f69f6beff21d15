//! The tables of plans, lines and complaints.
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
const COMPLAINT_SCOPE: Columns = owned!("c", "service_complaint");

const PLAN: &str = "select g.*, o.name as enterprise_name, p.to_at as policy_to from prevention_plan g join insurance_policy p on p.id = g.policy join org o on o.id = g.enterprise where 1 = 1";
const LINE: &str = "select l.*, o.name as enterprise_name, s.name as supplier_name, p.policy_no, (select count(*) from service_complaint x where x.line = l.id and x.state = 'open') as complaints from prevention_line l join insurance_policy p on p.id = l.policy join org o on o.id = l.enterprise left join org s on s.id = l.supplier where 1 = 1";
const COMPLAINT: &str = "select c.*, o.name as enterprise_name, l.content, l.plan from service_complaint c join prevention_line l on l.id = c.line join org o on o.id = c.enterprise where 1 = 1";

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

/// A complaint as it is kept.
#[derive(Debug, Clone)]
pub struct Complaint {
    /// Id.
    pub id: Uuid,
    /// Line.
    pub line: Uuid,
    /// Plan.
    pub plan: Uuid,
    /// What the line is about.
    pub content: String,
    /// Where it stands.
    pub placed: Placed,
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// `open` or `answered`.
    pub state: String,
    /// What is complained of.
    pub text: String,
    /// Answer due.
    pub due_at: Ms,
    /// Ten working days passed without an answer.
    pub overdue: bool,
    /// Finding and basis.
    pub finding: Option<String>,
    /// Measures.
    pub measures: Option<String>,
    /// Event.
    pub filed_event: Uuid,
    /// When.
    pub filed_at: Ms,
    /// When it was answered.
    pub answered_at: Option<Ms>,
    /// Version.
    pub revision: i64,
}

fn read_complaint(row: &Row) -> Result<Complaint> {
    Ok(Complaint {
        id: row.get("id")?,
        line: row.get("line")?,
        plan: row.get("plan")?,
        content: row.get("content")?,
        placed: read_placed(row)?,
        enterprise_name: row.get("enterprise_name")?,
        state: row.get("state")?,
        text: row.get("text")?,
        due_at: row.get("due_at")?,
        overdue: row.get::<i64>("overdue")? == 1,
        finding: row.get("finding")?,
        measures: row.get("measures")?,
        filed_event: row.get("filed_event")?,
        filed_at: row.get("filed_at")?,
        answered_at: row.get("answered_at")?,
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

/// Filters of the complaints.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComplaintFilter {
    /// Name of the enterprise.
    pub q: Option<String>,
    /// `open` or `answered`.
    pub state: Option<String>,
    /// Line.
    pub line: Option<String>,
    /// Plan.
    pub plan: Option<String>,
}

/// The complaints.
pub async fn complaints<T>(
    ctx: &Ctx,
    page: &PageQuery,
    filter: &ComplaintFilter,
    view: impl Fn(Complaint) -> T,
) -> Result<List<T>> {
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let listing = Listing {
        select: COMPLAINT,
        count: "from service_complaint c join prevention_line l on l.id = c.line join org o on o.id = c.enterprise where 1 = 1",
        sorts: &[("due_at", "c.due_at"), ("filed_at", "c.filed_at")],
        tie: "c.id",
        descending: false,
    };
    let conditions = |query: &mut Sql| {
        query.filter(" and c.state = ", given(&filter.state)).filter(" and c.line = ", given(&filter.line));
        query.filter(" and l.plan = ", given(&filter.plan));
        named(query, filter.q.as_deref());
        limit(query, ctx, COMPLAINT_SCOPE);
    };
    listing.run(ctx, page, conditions, |row| read_complaint(row).map(&view)).await
}

/// Open complaints, earliest due first.
pub async fn complaints_open(ctx: &Ctx, most: i64) -> Result<Vec<Complaint>> {
    let mut query = sql(COMPLAINT, vec![]);
    query.push(" and c.state = 'open'");
    limit(&mut query, ctx, COMPLAINT_SCOPE);
    query.push(" order by c.due_at, c.id limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read_complaint).collect()
}

/// A complaint, through the caller's scope.
pub async fn complaint(ctx: &Ctx, id: Uuid) -> Result<Complaint> {
    let mut query = sql(COMPLAINT, vec![]);
    query.push(" and c.id = ").bind(id);
    limit(&mut query, ctx, COMPLAINT_SCOPE);
    read_complaint(&ctx.db().one(query).await?)
}

/// A complaint for writing.
pub async fn complaint_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Complaint> {
    let mut query = sql(COMPLAINT, vec![]);
    query.push(" and c.id = ").bind(id);
    limit(&mut query, ctx, COMPLAINT_SCOPE);
    read_complaint(&tx.one(query).await?)
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

/// Writes a complaint.
pub async fn complain(tx: &mut Tx, id: Uuid, of: &Line, text: &str, due: Ms, event: Uuid) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into service_complaint (id, line, insurer, enterprise, region, sectors, state, text, due_at, overdue, filed_event, filed_at, revision)
         values ($1, $2, $3, $4, $5, $6, 'open', $7, $8, 0, $9, $10, 1)",
        args![id, of.id, &of.placed.owner, of.enterprise(), &of.placed.region, scope::sector_list(&of.placed.sectors), text, due, event, now],
    ))
    .await?;
    Ok(())
}

/// Answers a complaint.
pub async fn reply(tx: &mut Tx, old: &Complaint, finding: &str, measures: &str) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update service_complaint set state = 'answered', finding = $1, measures = $2, answered_at = $3, revision = revision + 1 where id = $4 and revision = $5 and state = 'open'",
            args![finding, measures, now, old.id, old.revision],
        ))
        .await?;
    stale(touched)
}

/// Marks a complaint that nobody answered in time.
pub async fn overdue(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let touched =
        tx.run(sql("update service_complaint set overdue = 1 where id = $1 and state = 'open'", args![id])).await?;
    Ok(touched == 1)
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
