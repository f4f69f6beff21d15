//! The tables of this part.
use super::decide::{Standing, State};
use super::model::Entry;
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::scope::{self, members, sector_list};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Subject, Tx, args, sql};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

pub mod objections;
pub mod scores;

/// How facts are placed for scope.
const SCOPE: Columns = Columns {
    enterprise: "c.enterprise",
    region: "c.region",
    sectors: Some("c.sectors"),
    kind: "credit",
    id: "c.id",
    owner: Some("c.owner"),
};

const SELECT: &str = "select c.*, o.name as org_name from credit_fact c left join org o on o.id = c.owner where 1 = 1";

/// A fact as stored.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Id.
    pub id: Uuid,
    /// Organisation or person it is about.
    pub subject: String,
    /// `enterprise`, `service_org`, `expert`.
    pub subject_kind: String,
    /// Where it stands.
    pub placed: Placed,
    /// Name of the organisation.
    pub org_name: String,
    /// Catalogue code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Hundredths of a point.
    pub points: i64,
    /// Cap of its kind.
    pub cap: Option<i64>,
    /// Needs two persons.
    pub serious: bool,
    /// Matters for liability.
    pub liability: bool,
    /// Ground of a downgrade without notice.
    pub ground: Option<String>,
    /// Legal basis.
    pub basis: String,
    /// Edition of the catalogue.
    pub edition: String,
    /// Rule set.
    pub rule_set: String,
    /// Event it rests on.
    pub source_event: Uuid,
    /// Object it is about.
    pub about: String,
    /// What a person wrote when recording it by hand.
    pub note: Option<String>,
    /// State.
    pub state: State,
    /// Counts from.
    pub valid_from: Ms,
    /// Counts until.
    pub valid_to: Ms,
    /// When it was proposed.
    pub proposed_at: Ms,
    /// Who confirmed first.
    pub first_by: Option<Uuid>,
    /// Who confirmed.
    pub confirmed_by: Vec<Uuid>,
    /// The event that recorded it.
    pub recorded_event: Option<Uuid>,
    /// When.
    pub recorded_at: Option<Ms>,
}

impl Fact {
    /// Subject of its events.
    pub fn path(&self) -> String {
        format!("credit-fact/{}", self.id)
    }
    /// What the rules need.
    pub fn standing(&self) -> Standing {
        Standing {
            state: self.state,
            serious: self.serious,
            first_by: self.first_by,
            confirmed_by: self.confirmed_by.clone(),
            recorded_at: self.recorded_at,
        }
    }
    /// What the score needs.
    pub fn entry(&self) -> Entry {
        Entry {
            fact: self.id,
            code: self.code.clone(),
            points: self.points,
            cap: self.cap,
            from: self.valid_from.0,
            to: self.valid_to.0,
        }
    }
    fn read(row: &Row) -> Result<Self> {
        let state: String = row.get("state")?;
        Ok(Self {
            id: row.get("id")?,
            subject: row.get("subject")?,
            subject_kind: row.get("subject_kind")?,
            placed: Placed::read(row)?,
            org_name: row.get::<Option<String>>("org_name")?.unwrap_or_default(),
            code: row.get("code")?,
            name: row.get("name")?,
            points: row.get("points")?,
            cap: row.get("cap")?,
            serious: row.get("serious")?,
            liability: row.get("liability")?,
            ground: row.get("ground")?,
            basis: row.get("basis")?,
            edition: row.get("edition")?,
            rule_set: row.get("rule_set")?,
            source_event: row.get("source_event")?,
            about: row.get("about")?,
            note: row.get("note")?,
            state: State::parse(&state).ok_or_else(|| Error::internal(format!("state {state} of a credit fact")))?,
            valid_from: row.get("valid_from")?,
            valid_to: row.get("valid_to")?,
            proposed_at: row.get("proposed_at")?,
            first_by: row.get("first_by")?,
            confirmed_by: members(&row.get::<String>("confirmed_by")?)
                .iter()
                .filter_map(|id| id.parse().ok())
                .collect(),
            recorded_event: row.get("recorded_event")?,
            recorded_at: row.get("recorded_at")?,
        })
    }
}

/// Filters of the ledger.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Name of the organisation or of the fact.
    pub q: Option<String>,
    /// Organisation or person.
    pub subject: Option<String>,
    /// `enterprise`, `service_org` or `expert`.
    pub subject_kind: Option<String>,
    /// Region and all below it.
    pub region: Option<String>,
    /// State; `waiting` for what a person must confirm.
    pub state: Option<String>,
    /// `positive` or `adverse`.
    pub direction: Option<String>,
    /// Catalogue code.
    pub code: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
}

/// What limits the caller: candidates are the government's own, an insurer reads what was recorded
/// and matters for liability.
fn limit(query: &mut Sql, ctx: &Ctx) {
    scope::field_condition(query, &ctx.actor, ctx.now(), SCOPE, "credit");
    if ctx.actor.is_internal() || ctx.actor.subject == Some(Subject::Government) {
        return;
    }
    query.push(" and c.state in ('valid', 'objected', 'corrected')");
    if ctx.actor.subject == Some(Subject::Insurer) {
        query.push(" and c.liability = 1");
    }
}

/// One, for reading.
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<Fact> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and c.id = ").bind(id);
    limit(&mut query, ctx);
    Fact::read(&ctx.db().one(query).await?)
}

/// One, for writing.
pub async fn load_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Fact> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and c.id = ").bind(id);
    limit(&mut query, ctx);
    Fact::read(&tx.one(query).await?)
}

/// The ledger.
pub async fn list<T>(ctx: &Ctx, page: &PageQuery, filter: &Filter, row: impl Fn(Fact) -> T) -> Result<List<T>> {
    let waiting = filter.state.as_deref() == Some("waiting");
    let state = filter.state.as_deref().filter(|s| !s.is_empty() && !waiting);
    if state.is_some_and(|s| State::parse(s).is_none()) {
        return Err(Error::invalid(
            "state",
            "状态只能是 waiting、proposed、seconded、valid、objected、corrected 或 dismissed",
        ));
    }
    let region = filter.region.as_deref().filter(|r| !r.is_empty()).map(range).transpose()?;
    let listing = Listing {
        select: SELECT,
        count: "from credit_fact c left join org o on o.id = c.owner where 1 = 1",
        sorts: &[("proposed_at", "c.proposed_at"), ("points", "c.points"), ("valid_to", "c.valid_to")],
        tie: "c.id",
        descending: true,
    };
    let text = |value: &Option<String>| value.clone().filter(|v| !v.is_empty());
    let conditions = |query: &mut Sql| {
        query.filter(" and c.state = ", state);
        if waiting {
            query.push(" and c.state in ('proposed', 'seconded')");
        }
        query.filter(" and c.subject = ", text(&filter.subject));
        query.filter(" and c.subject_kind = ", text(&filter.subject_kind));
        query.filter(" and c.code = ", text(&filter.code));
        query.filter(" and c.enterprise = ", text(&filter.enterprise));
        match filter.direction.as_deref() {
            Some("positive") => query.push(" and c.points > 0"),
            Some("adverse") => query.push(" and c.points < 0"),
            _ => query,
        };
        if let Some((from, below)) = &region {
            query.push(" and c.region >= ").bind(from).push(" and c.region < ").bind(below);
        }
        for word in filter.q.as_deref().unwrap_or_default().split_whitespace().take(5) {
            let word = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
            query.push(" and (lower(o.name) like ").bind(format!("%{word}%")).push(" escape '!' or c.name like ");
            query.bind(format!("%{word}%")).push(" escape '!')");
        }
        limit(query, ctx);
    };
    listing.run(ctx, page, conditions, |found| Fact::read(found).map(&row)).await
}

/// The text range of a region and all below it.
pub fn range(text: &str) -> Result<(String, String)> {
    let region = standards::codes::Region::parse(text).map_err(|message| Error::invalid("region", message))?;
    Ok(scope::prefix_range(&region))
}

/// Writes a candidate or a recorded fact; false where the same thing stands already.
pub async fn insert(tx: &mut Tx, fact: &Fact) -> Result<bool> {
    let confirmed: Vec<String> = fact.confirmed_by.iter().map(Uuid::to_string).collect();
    let query = sql(
        "insert into credit_fact (id, subject, subject_kind, owner, enterprise, region, sectors, code, name, points, cap, serious, liability, ground,
         basis, edition, rule_set, source_event, about, note, state, valid_from, valid_to, proposed_at, first_by, confirmed_by, recorded_event, recorded_at)
         values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28) on conflict do nothing",
        args![
            fact.id, &fact.subject, &fact.subject_kind, &fact.placed.owner, fact.placed.enterprise.clone(), &fact.placed.region,
            sector_list(&fact.placed.sectors), &fact.code, &fact.name, fact.points, fact.cap, fact.serious, fact.liability,
            fact.ground.clone(), &fact.basis, &fact.edition, &fact.rule_set, fact.source_event, &fact.about, fact.note.clone(),
            fact.state.code(), fact.valid_from, fact.valid_to, fact.proposed_at, fact.first_by, confirmed.join(","), fact.recorded_event,
            fact.recorded_at,
        ],
    );
    Ok(tx.run(query).await? == 1)
}

/// Whether the same thing stands in the ledger already.
pub async fn stands(tx: &mut Tx, subject: &str, code: &str, about: &str) -> Result<bool> {
    let query =
        sql("select id from credit_fact where subject = $1 and code = $2 and about = $3", args![subject, code, about]);
    Ok(tx.opt(query).await?.is_some())
}

/// Writes what changed, over the state it was decided on.
pub async fn update(tx: &mut Tx, old: State, fact: &Fact) -> Result<()> {
    let confirmed: Vec<String> = fact.confirmed_by.iter().map(Uuid::to_string).collect();
    let query = sql(
        "update credit_fact set state = $1, first_by = $2, confirmed_by = $3, recorded_event = $4, recorded_at = $5 where id = $6 and state = $7",
        args![
            fact.state.code(),
            fact.first_by,
            confirmed.join(","),
            fact.recorded_event,
            fact.recorded_at,
            fact.id,
            old.code(),
        ],
    );
    match tx.run(query).await? {
        1 => Ok(()),
        _ => Err(Error::Conflict("这条事实刚被他人处理，请刷新后再办理".to_owned())),
    }
}

const COUNTING: &str = "select c.*, o.name as org_name from credit_fact c left join org o on o.id = c.owner where c.subject = $1 and c.state in ('valid', 'objected') order by c.valid_from, c.id";

/// The facts of a subject that may count, inside a write.
pub async fn counting_in(tx: &mut Tx, subject: &str) -> Result<Vec<Fact>> {
    tx.all(sql(COUNTING, args![subject])).await?.iter().map(Fact::read).collect()
}

/// The same, for reading by whoever has already been let to see the subject.
pub async fn counting(ctx: &Ctx, subject: &str) -> Result<Vec<Fact>> {
    ctx.db().all(sql(COUNTING, args![subject])).await?.iter().map(Fact::read).collect()
}

/// How many facts the caller may confirm, and the oldest of them.
pub async fn waiting(ctx: &Ctx, most: i64) -> Result<Vec<Fact>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and c.state in ('proposed', 'seconded')");
    limit(&mut query, ctx);
    query.push(" order by c.proposed_at limit ").bind(most);
    ctx.db().all(query).await?.iter().map(Fact::read).collect()
}

/// Recorded adverse facts of the caller's own that it may still object to.
pub async fn own_adverse(ctx: &Ctx, since: Ms, most: i64) -> Result<Vec<Fact>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and c.state = 'valid' and c.points < 0 and c.owner = ").bind(ctx.actor.org.as_str());
    query.push(" and c.recorded_at >= ").bind(since);
    limit(&mut query, ctx);
    query.push(" order by c.recorded_at limit ").bind(most);
    ctx.db().all(query).await?.iter().map(Fact::read).collect()
}

/// Remembers who goes on a visit.
pub async fn put_visit(tx: &mut Tx, visit: Uuid, org: &str, people: &[Uuid]) -> Result<()> {
    let people: Vec<String> = people.iter().map(Uuid::to_string).collect();
    tx.run(sql(
        "insert into credit_visit (visit, org, people) values ($1, $2, $3) on conflict (visit) do update set org = excluded.org, people = excluded.people",
        args![visit, org, people.join(",")],
    ))
    .await?;
    Ok(())
}

/// Who went on a visit.
pub async fn visit(tx: &mut Tx, visit: Uuid) -> Result<Option<(String, Vec<Uuid>)>> {
    let row = tx.opt(sql("select org, people from credit_visit where visit = $1", args![visit])).await?;
    row.map(|row| {
        let people = members(&row.get::<String>("people")?);
        Ok((row.get("org")?, people.iter().filter_map(|id| id.parse().ok()).collect()))
    })
    .transpose()
}
