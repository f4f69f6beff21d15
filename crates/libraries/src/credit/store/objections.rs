//! Objections.
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::scope::{self, members, sector_list};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Subject, Tx, args, sql};
use uuid::Uuid;

const SCOPE: Columns = Columns {
    enterprise: "c.enterprise",
    region: "c.region",
    sectors: Some("c.sectors"),
    kind: "credit_objection",
    id: "c.id",
    owner: Some("c.owner"),
};

const SELECT: &str = "select c.*, o.name as org_name, x.name as fact_name, x.points as fact_points from credit_objection c join credit_fact x on x.id = c.fact left join org o on o.id = c.owner where 1 = 1";

/// An objection as stored.
#[derive(Debug, Clone)]
pub struct Objection {
    /// Id.
    pub id: Uuid,
    /// Fact.
    pub fact: Uuid,
    /// Where it stands.
    pub placed: Placed,
    /// Who objects.
    pub org_name: String,
    /// Name of the fact.
    pub fact_name: String,
    /// Its points.
    pub fact_points: i64,
    /// Ground.
    pub ground_code: String,
    /// Ground in words.
    pub ground: String,
    /// Digests of the evidence.
    pub evidence: Vec<String>,
    /// `open`, `upheld`, `rejected`.
    pub state: String,
    /// When it was raised.
    pub filed_at: Ms,
    /// When the answer is due.
    pub due_at: Ms,
    /// Written answer.
    pub answer: Option<String>,
    /// When.
    pub answered_at: Option<Ms>,
}

fn read(row: &Row) -> Result<Objection> {
    Ok(Objection {
        id: row.get("id")?,
        fact: row.get("fact")?,
        placed: Placed::read(row)?,
        org_name: row.get::<Option<String>>("org_name")?.unwrap_or_default(),
        fact_name: row.get("fact_name")?,
        fact_points: row.get("fact_points")?,
        ground_code: row.get("ground_code")?,
        ground: row.get("ground")?,
        evidence: members(&row.get::<String>("evidence")?),
        state: row.get("state")?,
        filed_at: row.get("filed_at")?,
        due_at: row.get("due_at")?,
        answer: row.get("answer")?,
        answered_at: row.get("answered_at")?,
    })
}

/// What a party writes about itself is its own and the government's; insurers read the mark only.
fn limit(query: &mut Sql, ctx: &Ctx) {
    scope::condition(query, &ctx.actor, ctx.now(), SCOPE);
    if ctx.actor.subject == Some(Subject::Insurer) {
        query.push(" and c.owner = ").bind(ctx.actor.org.as_str());
    }
}

/// Writes a new one.
pub async fn insert(tx: &mut Tx, objection: &Objection) -> Result<()> {
    let placed = &objection.placed;
    tx.run(sql(
        "insert into credit_objection (id, fact, owner, enterprise, region, sectors, ground_code, ground, evidence, state, filed_at, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11)",
        args![
            objection.id, objection.fact, &placed.owner, placed.enterprise.clone(), &placed.region, sector_list(&placed.sectors),
            &objection.ground_code, &objection.ground, objection.evidence.join(","), objection.filed_at, objection.due_at,
        ],
    ))
    .await?;
    Ok(())
}

/// Writes the answer.
pub async fn answer(tx: &mut Tx, id: Uuid, upheld: bool, text: &str, at: Ms) -> Result<()> {
    let query = sql(
        "update credit_objection set state = $1, answer = $2, answered_at = $3 where id = $4 and state = 'open'",
        args![if upheld { "upheld" } else { "rejected" }, text, at, id],
    );
    match tx.run(query).await? {
        1 => Ok(()),
        _ => Err(Error::Conflict("这件异议已经答复，请刷新后查看".to_owned())),
    }
}

/// One, for writing.
pub async fn load_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Objection> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and c.id = ").bind(id);
    limit(&mut query, ctx);
    read(&tx.one(query).await?)
}

/// Those of a fact, oldest first.
pub async fn of_fact(ctx: &Ctx, fact: Uuid) -> Result<Vec<Objection>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and c.fact = ").bind(fact);
    limit(&mut query, ctx);
    query.push(" order by c.filed_at, c.id");
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// The list.
pub async fn list<T>(
    ctx: &Ctx,
    page: &PageQuery,
    state: Option<&str>,
    row: impl Fn(Objection) -> T,
) -> Result<List<T>> {
    let listing = Listing {
        select: SELECT,
        count: "from credit_objection c where 1 = 1",
        sorts: &[("filed_at", "c.filed_at"), ("due_at", "c.due_at")],
        tie: "c.id",
        descending: true,
    };
    let conditions = |query: &mut Sql| {
        query.filter(" and c.state = ", state);
        limit(query, ctx);
    };
    listing.run(ctx, page, conditions, |found| read(found).map(&row)).await
}

/// Open ones that the caller may see, most urgent first.
pub async fn open(ctx: &Ctx, most: i64) -> Result<Vec<Objection>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and c.state = 'open'");
    limit(&mut query, ctx);
    query.push(" order by c.due_at limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read).collect()
}
