//! The tables of causes and adjustments.
use super::{Adjustment, State};
use crate::insurance::common::{owned, read_placed, stale};
use crate::insurance::duties::store::named;
use crate::insurance::policies::store::Policy;
use crate::insurance::pricing::{Cause, Priced, What};
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::{Columns, Ctx, Error, Event, Result, Sql, Tx, args, scope, sql};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

const SCOPE: Columns = owned!("d", "premium_adjustment");
const SELECT: &str = "select d.*, o.name as enterprise_name, p.policy_no, p.terms, p.premium_fen as current_fen from premium_adjustment d join insurance_policy p on p.id = d.policy join org o on o.id = d.enterprise where 1 = 1";

fn read_cause(row: &Row) -> Result<Cause> {
    let (kind, key, value): (String, String, String) = (row.get("kind")?, row.get("key")?, row.get("value")?);
    let what = match kind.as_str() {
        "grade" => What::Grade { grade: value },
        _ => What::Fix { hazard: key, counts: value == "1" },
    };
    Ok(Cause { event: row.get("event")?, seq: row.get("seq")?, at: row.get("at")?, what })
}

const CAUSES: &str = "select event, seq, at, kind, key, value from premium_cause where enterprise = $1 order by seq";

/// What is known of an enterprise that a premium may follow from, inside a write.
pub async fn causes(tx: &mut Tx, enterprise: &str) -> Result<Vec<Cause>> {
    tx.all(sql(CAUSES, args![enterprise])).await?.iter().map(read_cause).collect()
}

/// The same, for reading.
pub async fn causes_now(ctx: &Ctx, enterprise: &str) -> Result<Vec<Cause>> {
    ctx.db().all(sql(CAUSES, args![enterprise])).await?.iter().map(read_cause).collect()
}

/// Keeps what an event says.
pub async fn keep_cause(tx: &mut Tx, enterprise: &str, event: &Event, what: &What) -> Result<()> {
    let (kind, key, value) = match what {
        What::Grade { grade } => ("grade", String::new(), grade.clone()),
        What::Fix { hazard, counts } => ("fix", hazard.clone(), i64::from(*counts).to_string()),
    };
    tx.run(sql(
        "insert into premium_cause (event, enterprise, seq, at, kind, key, value, subject) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (event) do nothing",
        args![event.id, enterprise, event.seq, event.occurred_at, kind, key, value, &event.subject],
    ))
    .await?;
    Ok(())
}

/// The objects that these events are about, each once.
pub async fn subjects(tx: &mut Tx, events: &[Uuid]) -> Result<Vec<String>> {
    let mut query = sql("select distinct subject from premium_cause where 1 = 1", vec![]);
    query.in_list(" and event", events.iter());
    tx.all(query).await?.iter().map(|r| r.get("subject")).collect()
}

fn read(row: &Row) -> Result<Adjustment> {
    let state: String = row.get("state")?;
    Ok(Adjustment {
        id: row.get("id")?,
        policy: row.get("policy")?,
        policy_no: row.get("policy_no")?,
        placed: read_placed(row)?,
        enterprise_name: row.get("enterprise_name")?,
        state: State::parse(&state).ok_or_else(|| Error::internal(format!("state {state} of an adjustment")))?,
        old_fen: row.get("old_fen")?,
        new_fen: row.get("new_fen")?,
        terms: row.json("factors")?,
        scheme: row.get("scheme")?,
        upto: row.get("upto")?,
        proposed_event: row.get("proposed_event")?,
        decided_event: row.get("decided_event")?,
        reason: row.get("reason")?,
        revision: row.get("revision")?,
        proposed_at: row.get("proposed_at")?,
        decided_at: row.get("decided_at")?,
    })
}

/// Filters of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Name of the enterprise.
    pub q: Option<String>,
    /// `proposed`, `accepted`, `declined` or `lapsed`.
    pub state: Option<String>,
    /// Policy.
    pub policy: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
}

fn limit(query: &mut Sql, ctx: &Ctx) {
    scope::condition(query, &ctx.actor, ctx.now(), SCOPE);
}

/// The list.
pub async fn list<T>(ctx: &Ctx, page: &PageQuery, filter: &Filter, view: impl Fn(Adjustment) -> T) -> Result<List<T>> {
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let state = given(&filter.state);
    if state.as_deref().is_some_and(|s| State::parse(s).is_none()) {
        return Err(Error::invalid("state", "状态只能是 proposed、accepted、declined 或 lapsed"));
    }
    let listing = Listing {
        select: SELECT,
        count: "from premium_adjustment d join org o on o.id = d.enterprise where 1 = 1",
        sorts: &[("proposed_at", "d.proposed_at"), ("change", "(d.new_fen - d.old_fen)"), ("enterprise", "o.name")],
        tie: "d.id",
        descending: true,
    };
    let conditions = |query: &mut Sql| {
        query.filter(" and d.state = ", state.clone()).filter(" and d.policy = ", given(&filter.policy));
        query.filter(" and d.enterprise = ", given(&filter.enterprise));
        named(query, filter.q.as_deref());
        limit(query, ctx);
    };
    listing.run(ctx, page, conditions, |row| read(row).map(&view)).await
}

/// One, through the caller's scope.
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<Adjustment> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and d.id = ").bind(id);
    limit(&mut query, ctx);
    read(&ctx.db().one(query).await?)
}

/// One for writing, through the caller's scope.
pub async fn load_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Adjustment> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and d.id = ").bind(id);
    limit(&mut query, ctx);
    read(&tx.one(query).await?)
}

/// All of a policy the caller may see, oldest first.
pub async fn of_policy(ctx: &Ctx, policy: Uuid) -> Result<Vec<Adjustment>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and d.policy = ").bind(policy);
    limit(&mut query, ctx);
    query.push(" order by d.upto, d.proposed_at, d.id limit 1000");
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// Those that wait for a person, oldest first.
pub async fn waiting(ctx: &Ctx, most: i64) -> Result<Vec<Adjustment>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and d.state = 'proposed'");
    limit(&mut query, ctx);
    query.push(" order by d.proposed_at, d.id limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// The open proposal of a policy, inside a write.
pub async fn open(tx: &mut Tx, policy: Uuid) -> Result<Option<Adjustment>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and d.state = 'proposed' and d.policy = ").bind(policy);
    tx.opt(query).await?.as_ref().map(read).transpose()
}

/// The open proposal of a policy, for a page that shows the policy already.
pub async fn open_of(ctx: &Ctx, policy: Uuid) -> Result<Option<Uuid>> {
    let query = sql("select id from premium_adjustment where state = 'proposed' and policy = $1", args![policy]);
    ctx.db().opt(query).await?.map(|r| r.get("id")).transpose()
}

/// Writes a proposal.
pub async fn insert(tx: &mut Tx, id: Uuid, of: &Policy, priced: &Priced, upto: i64, event: Uuid) -> Result<()> {
    let now = tx.now();
    let factors = serde_json::to_string(&priced.terms).map_err(Error::internal)?;
    tx.run(sql(
        "insert into premium_adjustment (id, policy, insurer, enterprise, region, sectors, state, old_fen, new_fen, factors, scheme, upto, proposed_event, revision, proposed_at)
         values ($1, $2, $3, $4, $5, $6, 'proposed', $7, $8, $9, $10, $11, $12, 1, $13)",
        args![
            id, of.id, &of.placed.owner, of.enterprise(), &of.placed.region, scope::sector_list(&of.placed.sectors),
            of.premium_fen, priced.premium_fen, factors, &priced.edition, upto, event, now,
        ],
    ))
    .await?;
    Ok(())
}

/// Decides a proposal over the version that was looked at.
pub async fn decide(tx: &mut Tx, old: &Adjustment, state: State, event: Uuid, reason: Option<&str>) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update premium_adjustment set state = $1, decided_event = $2, reason = $3, decided_at = $4, revision = revision + 1 where id = $5 and revision = $6 and state = 'proposed'",
            args![state.code(), event, reason, now, old.id, old.revision],
        ))
        .await?;
    stale(touched)
}

/// The open proposal of a policy that has ended falls away with it.
pub async fn close(tx: &mut Tx, policy: Uuid, event: Option<Uuid>) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "update premium_adjustment set state = 'lapsed', decided_event = $1, decided_at = $2, revision = revision + 1 where policy = $3 and state = 'proposed'",
        args![event, now, policy],
    ))
    .await?;
    Ok(())
}

/// Hands everything of a merged record over to the record that stays.
pub async fn hand_over(tx: &mut Tx, gone: &str, kept: &platform::auth::Org) -> Result<()> {
    let sectors = || scope::sector_list(&kept.sectors);
    tx.run(sql("update premium_cause set enterprise = $1 where enterprise = $2", args![&kept.id, gone])).await?;
    tx.run(sql(
        "update premium_adjustment set enterprise = $1, region = $2, sectors = $3 where enterprise = $4",
        args![&kept.id, &kept.region, sectors(), gone],
    ))
    .await?;
    tx.run(sql(
        "update insurance_application set enterprise = $1, region = $2, sectors = $3 where enterprise = $4",
        args![&kept.id, &kept.region, sectors(), gone],
    ))
    .await?;
    Ok(())
}
