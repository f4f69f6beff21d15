//! Complaints about services.
use super::{Line, limit};
use crate::insurance::common::{owned, read_placed, stale};
use crate::insurance::duties::store::named;
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::{Columns, Ctx, Ms, Placed, Result, Sql, Tx, args, scope, sql};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

const COMPLAINT_SCOPE: Columns = owned!("c", "service_complaint");

const COMPLAINT: &str = "select c.*, o.name as enterprise_name, l.content, l.plan from service_complaint c join prevention_line l on l.id = c.line join org o on o.id = c.enterprise where 1 = 1";

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
