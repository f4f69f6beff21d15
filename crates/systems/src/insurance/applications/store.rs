//! The table of applications and quotes.
use super::form::{Application, Quote, State};
use crate::insurance::common::{owned, read_placed, stale};
use crate::insurance::duties::store::named;
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Tx, args, scope, sql};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

const SCOPE: Columns = owned!("a", "insurance_application");
const SELECT: &str = "select a.*, o.name as enterprise_name, i.name as insurer_name from insurance_application a join org o on o.id = a.enterprise left join org i on i.id = a.insurer where 1 = 1";

/// An application as it is kept.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Id.
    pub id: Uuid,
    /// Where it stands.
    pub placed: Placed,
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// Name of the insurer.
    pub insurer_name: String,
    /// State.
    pub state: State,
    /// What is asked for.
    pub asked: Application,
    /// What is quoted.
    pub quote: Option<Quote>,
    /// Policy number of the quote.
    pub policy_no: Option<String>,
    /// Policy it became.
    pub policy: Option<Uuid>,
    /// Event of the application.
    pub proposal_event: Uuid,
    /// Event of the quote.
    pub quote_event: Option<Uuid>,
    /// Why it was taken back.
    pub reason: Option<String>,
    /// Version.
    pub revision: i64,
    /// When it was made.
    pub created_at: Ms,
    /// When it changed.
    pub updated_at: Ms,
}

impl Stored {
    /// The enterprise.
    pub fn enterprise(&self) -> &str {
        self.placed.enterprise.as_deref().unwrap_or_default()
    }
    /// Subject of its events.
    pub fn subject(&self) -> String {
        format!("insurance-application/{}", self.id)
    }
}

fn read(row: &Row) -> Result<Stored> {
    let state: String = row.get("state")?;
    let quote: Option<String> = row.get("quote")?;
    Ok(Stored {
        id: row.get("id")?,
        placed: read_placed(row)?,
        enterprise_name: row.get("enterprise_name")?,
        insurer_name: row.get::<Option<String>>("insurer_name")?.unwrap_or_default(),
        state: State::parse(&state).ok_or_else(|| Error::internal(format!("state {state} of an application")))?,
        asked: row.json("asked")?,
        quote: quote.map(|q| serde_json::from_str(&q).map_err(Error::internal)).transpose()?,
        policy_no: row.get("policy_no")?,
        policy: row.get("policy")?,
        proposal_event: row.get("proposal_event")?,
        quote_event: row.get("quote_event")?,
        reason: row.get("reason")?,
        revision: row.get("revision")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}

/// Filters of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Name of the enterprise.
    pub q: Option<String>,
    /// `requested`, `quoted`, `bound` or `withdrawn`.
    pub state: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
}

fn limit(query: &mut Sql, ctx: &Ctx) {
    scope::condition(query, &ctx.actor, ctx.now(), SCOPE);
}

/// The list.
pub async fn list<T>(ctx: &Ctx, page: &PageQuery, filter: &Filter, view: impl Fn(Stored) -> T) -> Result<List<T>> {
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let state = given(&filter.state);
    if state.as_deref().is_some_and(|s| State::parse(s).is_none()) {
        return Err(Error::invalid("state", "状态只能是 requested、quoted、bound 或 withdrawn"));
    }
    let listing = Listing {
        select: SELECT,
        count: "from insurance_application a join org o on o.id = a.enterprise where 1 = 1",
        sorts: &[("updated_at", "a.updated_at"), ("premium", "a.premium_fen"), ("enterprise", "o.name")],
        tie: "a.id",
        descending: true,
    };
    let conditions = |query: &mut Sql| {
        query.filter(" and a.state = ", state.clone()).filter(" and a.enterprise = ", given(&filter.enterprise));
        named(query, filter.q.as_deref());
        limit(query, ctx);
    };
    listing.run(ctx, page, conditions, |row| read(row).map(&view)).await
}

/// One, through the caller's scope.
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<Stored> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and a.id = ").bind(id);
    limit(&mut query, ctx);
    read(&ctx.db().one(query).await?)
}

/// One for writing, through the caller's scope.
pub async fn load_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Stored> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and a.id = ").bind(id);
    limit(&mut query, ctx);
    read(&tx.one(query).await?)
}

/// Those that wait for the caller's organisation.
pub async fn waiting(ctx: &Ctx, state: State, most: i64) -> Result<Vec<Stored>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and a.state = ").bind(state.code());
    limit(&mut query, ctx);
    query.push(" order by a.updated_at, a.id limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read).collect()
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// Writes a new application.
pub async fn insert(tx: &mut Tx, id: Uuid, placed: &Placed, asked: &Application, event: Uuid) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into insurance_application (id, insurer, enterprise, region, sectors, state, asked, premium_fen, proposal_event, revision, created_at, updated_at)
         values ($1, $2, $3, $4, $5, 'requested', $6, 0, $7, 1, $8, $8)",
        args![id, &placed.owner, placed.enterprise.clone(), &placed.region, scope::sector_list(&placed.sectors), json(asked)?, event, now],
    ))
    .await?;
    Ok(())
}

/// Writes a quote over the version it was decided on.
pub async fn quote(tx: &mut Tx, old: &Stored, policy_no: &str, quote: &Quote, event: Uuid) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update insurance_application set state = 'quoted', quote = $1, premium_fen = $2, policy_no = $3, quote_event = $4, revision = revision + 1, updated_at = $5 where id = $6 and revision = $7",
            args![json(quote)?, quote.priced.premium_fen, policy_no, event, now, old.id, old.revision],
        ))
        .await?;
    stale(touched)
}

/// Ends an application: bound with its policy, or withdrawn with a reason.
pub async fn end(tx: &mut Tx, old: &Stored, state: State, policy: Option<Uuid>, reason: Option<&str>) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update insurance_application set state = $1, policy = $2, reason = $3, revision = revision + 1, updated_at = $4 where id = $5 and revision = $6",
            args![state.code(), policy, reason, now, old.id, old.revision],
        ))
        .await?;
    stale(touched)
}
