//! The table of policies.
use super::{State, Terms};
use crate::insurance::applications::store::Stored as Application;
use crate::insurance::common::{owned, read_placed, stale};
use crate::insurance::duties::store::{named, range};
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Tx, args, scope, sql};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

const SCOPE: Columns = owned!("p", "insurance_policy");
const SELECT: &str = "select p.*, o.name as enterprise_name, i.name as insurer_name from insurance_policy p join org o on o.id = p.enterprise left join org i on i.id = p.insurer where 1 = 1";

/// A policy as it is kept.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Id.
    pub id: Uuid,
    /// Number.
    pub policy_no: String,
    /// Where it stands.
    pub placed: Placed,
    /// Name of the enterprise.
    pub enterprise_name: String,
    /// Name of the insurer.
    pub insurer_name: String,
    /// State.
    pub state: State,
    /// Begins.
    pub from: Ms,
    /// Ends.
    pub to: Ms,
    /// What both sides signed.
    pub terms: Terms,
    /// Premium as bound, 分.
    pub bound_fen: i64,
    /// Premium now, 分.
    pub premium_fen: i64,
    /// Event that set the premium.
    pub premium_event: Uuid,
    /// Application it came of.
    pub application: Uuid,
    /// Event that bound it.
    pub bound_event: Uuid,
    /// Place in the log up to which the bound premium knew events.
    pub bound_seq: i64,
    /// When it ended.
    pub ended_at: Option<Ms>,
    /// Why.
    pub ground: Option<String>,
    /// Version.
    pub revision: i64,
}

impl Policy {
    /// The enterprise.
    pub fn enterprise(&self) -> &str {
        self.placed.enterprise.as_deref().unwrap_or_default()
    }
    /// Subject of its events.
    pub fn subject(&self) -> String {
        format!("insurance-policy/{}", self.id)
    }
    /// Whether it covers this moment, or will: it was not ended and its last day is not over.
    pub fn runs(&self, now: Ms) -> bool {
        self.state == State::InForce && self.to > now
    }
}

fn read(row: &Row) -> Result<Policy> {
    let state: String = row.get("state")?;
    Ok(Policy {
        id: row.get("id")?,
        policy_no: row.get("policy_no")?,
        placed: read_placed(row)?,
        enterprise_name: row.get("enterprise_name")?,
        insurer_name: row.get::<Option<String>>("insurer_name")?.unwrap_or_default(),
        state: State::parse(&state).ok_or_else(|| Error::internal(format!("state {state} of a policy")))?,
        from: row.get("from_at")?,
        to: row.get("to_at")?,
        terms: row.json("terms")?,
        bound_fen: row.get("bound_fen")?,
        premium_fen: row.get("premium_fen")?,
        premium_event: row.get("premium_event")?,
        application: row.get("application")?,
        bound_event: row.get("bound_event")?,
        bound_seq: row.get("bound_seq")?,
        ended_at: row.get("ended_at")?,
        ground: row.get("ground")?,
        revision: row.get("revision")?,
    })
}

/// Filters of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Name of the enterprise.
    pub q: Option<String>,
    /// Number.
    pub policy_no: Option<String>,
    /// `in_force` or `ended`.
    pub state: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
    /// Insurer.
    pub insurer: Option<String>,
    /// Region and all below it.
    pub region: Option<String>,
}

fn limit(query: &mut Sql, ctx: &Ctx) {
    scope::condition(query, &ctx.actor, ctx.now(), SCOPE);
}

/// The list.
pub async fn list<T>(ctx: &Ctx, page: &PageQuery, filter: &Filter, view: impl Fn(Policy) -> T) -> Result<List<T>> {
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let region = given(&filter.region).map(|r| range(&r)).transpose()?;
    let state = given(&filter.state);
    if state.as_deref().is_some_and(|s| State::parse(s).is_none()) {
        return Err(Error::invalid("state", "状态只能是 in_force 或 ended"));
    }
    let listing = Listing {
        select: SELECT,
        count: "from insurance_policy p join org o on o.id = p.enterprise where 1 = 1",
        sorts: &[("to", "p.to_at"), ("from", "p.from_at"), ("premium", "p.premium_fen"), ("enterprise", "o.name")],
        tie: "p.id",
        descending: true,
    };
    let conditions = |query: &mut Sql| {
        query.filter(" and p.state = ", state.clone()).filter(" and p.enterprise = ", given(&filter.enterprise));
        query
            .filter(" and p.insurer = ", given(&filter.insurer))
            .filter(" and p.policy_no = ", given(&filter.policy_no));
        if let Some((from, below)) = &region {
            query.push(" and p.region >= ").bind(from).push(" and p.region < ").bind(below);
        }
        named(query, filter.q.as_deref());
        limit(query, ctx);
    };
    listing.run(ctx, page, conditions, |row| read(row).map(&view)).await
}

/// One, through the caller's scope.
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<Policy> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and p.id = ").bind(id);
    limit(&mut query, ctx);
    read(&ctx.db().one(query).await?)
}

/// One for writing, through the caller's scope.
pub async fn load_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Policy> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and p.id = ").bind(id);
    limit(&mut query, ctx);
    read(&tx.one(query).await?)
}

/// The policies of an enterprise that were not ended and whose last day is not over.
pub async fn running(tx: &mut Tx, enterprise: &str) -> Result<Vec<Policy>> {
    let now = tx.now();
    let mut query = sql(SELECT, vec![]);
    query.push(" and p.state = 'in_force' and p.enterprise = ").bind(enterprise).push(" and p.to_at > ").bind(now);
    query.push(" order by p.from_at, p.id");
    tx.all(query).await?.iter().map(read).collect()
}

/// The policies the caller may see of one enterprise, newest first.
pub async fn of_enterprise(ctx: &Ctx, enterprise: &str) -> Result<Vec<Policy>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and p.enterprise = ").bind(enterprise);
    limit(&mut query, ctx);
    query.push(" order by p.to_at desc, p.id limit 20");
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// Policies in force that end within a time, soonest first.
pub async fn ending(ctx: &Ctx, within_ms: i64, most: i64) -> Result<Vec<Policy>> {
    let now = ctx.now();
    let mut query = sql(SELECT, vec![]);
    query.push(" and p.state = 'in_force' and p.to_at > ").bind(now).push(" and p.to_at <= ").bind(now.plus(within_ms));
    limit(&mut query, ctx);
    query.push(" order by p.to_at, p.id limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// When the last running cover of an enterprise ends.
pub async fn covered_to(ctx: &Ctx, enterprise: &str) -> Result<Option<Ms>> {
    let query = sql(
        "select max(to_at) as ends from insurance_policy where enterprise = $1 and state = 'in_force' and to_at > $2",
        args![enterprise, ctx.now()],
    );
    ctx.db().one(query).await?.get("ends")
}

/// The insurer of the last policy of an enterprise.
pub async fn insurer_of(ctx: &Ctx, enterprise: &str) -> Result<Option<String>> {
    let query = sql(
        "select insurer from insurance_policy where enterprise = $1 order by to_at desc limit 1",
        args![enterprise],
    );
    ctx.db().opt(query).await?.map(|r| r.get("insurer")).transpose()
}

/// Whether an insurer has used a number.
pub async fn number_taken(tx: &mut Tx, insurer: &str, policy_no: &str) -> Result<bool> {
    let query = sql("select id from insurance_policy where insurer = $1 and policy_no = $2", args![insurer, policy_no]);
    Ok(tx.opt(query).await?.is_some())
}

/// Whether an enterprise has a cover that overlaps with a period.
pub async fn overlaps(tx: &mut Tx, enterprise: &str, from: i64, to: i64) -> Result<Option<Ms>> {
    let query = sql(
        "select max(to_at) as ends from insurance_policy where enterprise = $1 and state = 'in_force' and from_at < $2 and to_at > $3",
        args![enterprise, to, from],
    );
    tx.one(query).await?.get("ends")
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

/// Writes a policy.
pub async fn insert(
    tx: &mut Tx,
    id: Uuid,
    of: &Application,
    placed: &Placed,
    terms: &Terms,
    event: Uuid,
) -> Result<()> {
    let now = tx.now();
    let fen = terms.priced.premium_fen;
    let fresh = tx
        .run(sql(
            "insert into insurance_policy (id, policy_no, insurer, enterprise, region, sectors, state, from_at, to_at, terms, bound_fen, premium_fen, premium_event, application, bound_event, bound_seq, revision, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, 'in_force', $7, $8, $9, $10, $10, $11, $12, $11, $13, 1, $14, $14) on conflict do nothing",
            args![
                id, of.policy_no.clone(), &placed.owner, placed.enterprise.clone(), &placed.region, scope::sector_list(&placed.sectors),
                terms.asked.from_at(), terms.asked.to_at(), json(terms)?, fen, event, of.id, terms.upto, now,
            ],
        ))
        .await?;
    if fresh == 1 {
        return Ok(());
    }
    Err(Error::Conflict("这个保单号已经使用，请保险机构更换保单号后重新报价".to_owned()))
}

/// Ends a policy.
pub async fn end(tx: &mut Tx, old: &Policy, ground: &str) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update insurance_policy set state = 'ended', ended_at = $1, ground = $2, revision = revision + 1, updated_at = $1 where id = $3 and revision = $4 and state = 'in_force'",
            args![now, ground, old.id, old.revision],
        ))
        .await?;
    stale(touched)
}

/// Sets another premium over the one that was decided on.
pub async fn reprice(tx: &mut Tx, old: &Policy, fen: i64, event: Uuid) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update insurance_policy set premium_fen = $1, premium_event = $2, revision = revision + 1, updated_at = $3 where id = $4 and revision = $5 and state = 'in_force'",
            args![fen, event, now, old.id, old.revision],
        ))
        .await?;
    stale(touched)
}

/// Hands the policies of a merged record over to the record that stays.
pub async fn hand_over(tx: &mut Tx, gone: &str, kept: &platform::auth::Org) -> Result<u64> {
    let sectors = scope::sector_list(&kept.sectors);
    tx.run(sql(
        "update insurance_policy set enterprise = $1, region = $2, sectors = $3 where enterprise = $4",
        args![&kept.id, &kept.region, sectors, gone],
    ))
    .await
}

/// The running policy of an enterprise with the latest end.
pub async fn last_running(tx: &mut Tx, enterprise: &str) -> Result<Option<Policy>> {
    Ok(running(tx, enterprise).await?.into_iter().max_by_key(|p| p.to))
}

/// An organisation by its credit code, as the directory knows it.
pub async fn by_uscc(ctx: &Ctx, uscc: &str) -> Result<Option<platform::auth::Org>> {
    let row = ctx.db().opt(sql("select * from org where uscc = $1 and state = 'active'", args![uscc])).await?;
    row.as_ref().map(platform::auth::Org::read).transpose()
}
