//! The tables of this part.
use super::classify::{Class, Profile};
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::scope::{self, members, sector_list};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Tx, args, sql};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

const SCOPE: Columns = Columns {
    enterprise: "r.enterprise",
    region: "r.region",
    sectors: Some("r.sectors"),
    kind: "credit",
    id: "r.enterprise",
    owner: None,
};

const SELECT: &str = "select r.*, o.name as org_name from rating r join org o on o.id = r.enterprise where 1 = 1";

/// The grade in force.
#[derive(Debug, Clone)]
pub struct Rating {
    /// Enterprise.
    pub placed: Placed,
    /// Its name.
    pub name: String,
    /// Grade.
    pub grade: String,
    /// Grade before.
    pub previous: Option<String>,
    /// In force from.
    pub from_at: Ms,
    /// Score.
    pub score: i64,
    /// Lower end.
    pub low: i64,
    /// Upper end.
    pub high: i64,
    /// Facts that counted.
    pub counted: i64,
    /// Few facts kept it from being worse.
    pub guarded: bool,
    /// Edition of the cut-offs.
    pub edition: String,
    /// Event that published it.
    pub event: Uuid,
    /// Facts it knows.
    pub facts: Vec<Uuid>,
    /// Risk colour.
    pub risk: String,
    /// Fewest visits in a year.
    pub visits: u32,
    /// The running notice.
    pub notice: Option<Running>,
}

/// A running notice.
#[derive(Debug, Clone)]
pub struct Running {
    /// Grade noticed.
    pub to: String,
    /// Its event.
    pub event: Uuid,
    /// When it takes effect.
    pub due: Ms,
    /// Facts it names.
    pub facts: Vec<Uuid>,
}

impl Rating {
    /// Enterprise.
    pub fn enterprise(&self) -> &str {
        &self.placed.owner
    }
}

fn ids(text: &str) -> Vec<Uuid> {
    members(text).iter().filter_map(|id| id.parse().ok()).collect()
}

fn text(ids: &[Uuid]) -> String {
    ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",")
}

fn placed(row: &Row) -> Result<Placed> {
    let sectors: String = row.get("sectors")?;
    Ok(Placed::enterprise(row.get::<String>("enterprise")?, row.get::<String>("region")?, members(&sectors)))
}

fn read(row: &Row) -> Result<Rating> {
    let (to, event, due): (Option<String>, Option<Uuid>, Option<Ms>) =
        (row.get("notice_to")?, row.get("notice_event")?, row.get("notice_due")?);
    let facts = ids(&row.get::<Option<String>>("notice_facts")?.unwrap_or_default());
    let notice = to.zip(event).zip(due).map(|((to, event), due)| Running { to, event, due, facts });
    Ok(Rating {
        placed: placed(row)?,
        name: row.get("org_name")?,
        grade: row.get("grade")?,
        previous: row.get("previous")?,
        from_at: row.get("from_at")?,
        score: row.get("score")?,
        low: row.get("low")?,
        high: row.get("high")?,
        counted: row.get("counted")?,
        guarded: row.get("guarded")?,
        edition: row.get("edition")?,
        event: row.get("event")?,
        facts: ids(&row.get::<String>("facts")?),
        risk: row.get("risk")?,
        visits: u32::try_from(row.get::<i64>("visits")?).unwrap_or(0),
        notice,
    })
}

/// Filters of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Name of the enterprise.
    pub q: Option<String>,
    /// Region and all below it.
    pub region: Option<String>,
    /// Grade.
    pub grade: Option<String>,
    /// Risk colour.
    pub risk: Option<String>,
    /// `true` for those with a running notice.
    pub noticed: Option<bool>,
}

fn limit(query: &mut Sql, ctx: &Ctx) {
    scope::field_condition(query, &ctx.actor, ctx.now(), SCOPE, "credit");
}

/// The list.
pub async fn list<T>(ctx: &Ctx, page: &PageQuery, filter: &Filter, row: impl Fn(Rating) -> T) -> Result<List<T>> {
    let region = filter.region.as_deref().filter(|r| !r.is_empty()).map(range).transpose()?;
    let listing = Listing {
        select: SELECT,
        count: "from rating r join org o on o.id = r.enterprise where 1 = 1",
        sorts: &[("score", "r.score"), ("from", "r.from_at"), ("name", "o.name")],
        tie: "r.enterprise",
        descending: false,
    };
    let given = |value: &Option<String>| value.clone().filter(|v| !v.is_empty());
    let conditions = |query: &mut Sql| {
        query.filter(" and r.grade = ", given(&filter.grade)).filter(" and r.risk = ", given(&filter.risk));
        if filter.noticed == Some(true) {
            query.push(" and r.notice_to is not null");
        }
        if let Some((from, below)) = &region {
            query.push(" and r.region >= ").bind(from).push(" and r.region < ").bind(below);
        }
        for word in filter.q.as_deref().unwrap_or_default().split_whitespace().take(5) {
            let word = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
            query.push(" and lower(o.name) like ").bind(format!("%{word}%")).push(" escape '!'");
        }
        limit(query, ctx);
    };
    listing.run(ctx, page, conditions, |found| read(found).map(&row)).await
}

fn range(text: &str) -> Result<(String, String)> {
    let region = standards::codes::Region::parse(text).map_err(|message| Error::invalid("region", message))?;
    Ok(scope::prefix_range(&region))
}

/// The grade in force of an enterprise, if it has one that the caller may see.
pub async fn find(ctx: &Ctx, enterprise: &str) -> Result<Option<Rating>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and r.enterprise = ").bind(enterprise);
    limit(&mut query, ctx);
    ctx.db().opt(query).await?.as_ref().map(read).transpose()
}

/// The same inside a write of the platform's own.
pub async fn find_in(tx: &mut Tx, enterprise: &str) -> Result<Option<Rating>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and r.enterprise = ").bind(enterprise);
    tx.opt(query).await?.as_ref().map(read).transpose()
}

/// Ratings for cards: those with a notice running, most urgent first.
pub async fn noticed(ctx: &Ctx, most: i64) -> Result<Vec<Rating>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and r.notice_to is not null");
    limit(&mut query, ctx);
    query.push(" order by r.notice_due limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// How many enterprises of each grade the caller may see.
pub async fn by_grade(ctx: &Ctx) -> Result<Vec<(String, i64)>> {
    let mut query = sql("select r.grade, count(*) as n from rating r where 1 = 1", vec![]);
    limit(&mut query, ctx);
    query.push(" group by r.grade order by r.grade");
    ctx.db().all(query).await?.iter().map(|row| Ok((row.get("grade")?, row.get("n")?))).collect()
}

/// Scores of the enterprises of a county with this trade and scale, lowest first: for the position of
/// one of them, never shown one by one, so that no scope is crossed.
pub async fn peer_scores(ctx: &Ctx, region: &str, trade: &str, scale: &str) -> Result<Vec<i64>> {
    let county = region.get(..6).unwrap_or(region);
    let (from, below) = range(county)?;
    let query = sql(
        "select r.score from rating r join rating_class k on k.enterprise = r.enterprise where k.trade = $1 and k.scale = $2 and r.region >= $3 and r.region < $4 order by r.score",
        args![trade, scale, from, below],
    );
    ctx.db().all(query).await?.iter().map(|row| row.get("score")).collect()
}

/// Writes the grade in force.
pub async fn put(tx: &mut Tx, rating: &Rating, reasons: &[Uuid], basis: &str) -> Result<()> {
    let placed = &rating.placed;
    tx.run(sql("delete from rating where enterprise = $1", args![&placed.owner])).await?;
    tx.run(sql(
        "insert into rating (enterprise, region, sectors, grade, previous, from_at, score, low, high, counted, guarded, edition, event, facts, risk, visits)
         values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)",
        args![
            &placed.owner, &placed.region, sector_list(&placed.sectors), &rating.grade, rating.previous.clone(), rating.from_at,
            rating.score, rating.low, rating.high, rating.counted, rating.guarded, &rating.edition, rating.event, text(&rating.facts),
            &rating.risk, rating.visits,
        ],
    ))
    .await?;
    tx.run(sql(
        "insert into rating_grade (event, enterprise, region, sectors, grade, previous, from_at, score, visits, reasons, basis) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
        args![
            rating.event, &placed.owner, &placed.region, sector_list(&placed.sectors), &rating.grade, rating.previous.clone(),
            rating.from_at, rating.score, rating.visits, text(reasons), basis,
        ],
    ))
    .await?;
    Ok(())
}

/// Keeps score and interval up to date while the grade stays.
pub async fn touch(tx: &mut Tx, enterprise: &str, scored: (i64, i64, i64, i64)) -> Result<()> {
    tx.run(sql(
        "update rating set score = $1, low = $2, high = $3, counted = $4 where enterprise = $5",
        args![scored.0, scored.1, scored.2, scored.3, enterprise],
    ))
    .await?;
    Ok(())
}

/// Starts, replaces or ends the notice.
pub async fn set_notice(tx: &mut Tx, enterprise: &str, notice: Option<&Running>) -> Result<()> {
    tx.run(sql(
        "update rating set notice_to = $1, notice_event = $2, notice_due = $3, notice_facts = $4 where enterprise = $5",
        args![
            notice.map(|n| n.to.clone()),
            notice.map(|n| n.event),
            notice.map(|n| n.due),
            notice.map(|n| text(&n.facts)),
            enterprise,
        ],
    ))
    .await?;
    Ok(())
}

/// A published grade.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its event.
    pub event: Uuid,
    /// Grade.
    pub grade: String,
    /// Grade before.
    pub previous: Option<String>,
    /// From.
    pub from_at: Ms,
    /// Score.
    pub score: i64,
    /// Facts that moved it most.
    pub reasons: Vec<Uuid>,
    /// The basis as JSON text.
    pub basis: String,
}

/// The published grades of an enterprise, newest first.
pub async fn history(ctx: &Ctx, enterprise: &str, most: i64) -> Result<Vec<Published>> {
    let mut query = sql("select r.* from rating_grade r where r.enterprise = ", vec![]);
    query.bind(enterprise);
    limit(&mut query, ctx);
    query.push(" order by r.from_at desc, r.event desc limit ").bind(most);
    let read = |row: &Row| {
        Ok(Published {
            event: row.get("event")?,
            grade: row.get("grade")?,
            previous: row.get("previous")?,
            from_at: row.get("from_at")?,
            score: row.get("score")?,
            reasons: ids(&row.get::<String>("reasons")?),
            basis: row.get("basis")?,
        })
    };
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// The grade an enterprise had at a moment.
pub async fn grade_at(ctx: &Ctx, enterprise: &str, at: Ms) -> Result<Option<(String, i64)>> {
    let query = sql(
        "select grade, score from rating_grade where enterprise = $1 and from_at <= $2 order by from_at desc, event desc limit 1",
        args![enterprise, at],
    );
    ctx.db().opt(query).await?.map(|row| Ok((row.get("grade")?, row.get("score")?))).transpose()
}

/// What is known of an enterprise.
pub async fn profile(tx: &mut Tx, enterprise: &str) -> Result<Profile> {
    let row = tx.opt(sql("select * from rating_profile where enterprise = $1", args![enterprise])).await?;
    row.as_ref().map(read_profile).transpose().map(Option::unwrap_or_default)
}

/// The same, for reading by whoever may see the enterprise.
pub async fn profile_of(ctx: &Ctx, enterprise: &str) -> Result<Profile> {
    let row = ctx.db().opt(sql("select * from rating_profile where enterprise = $1", args![enterprise])).await?;
    row.as_ref().map(read_profile).transpose().map(Option::unwrap_or_default)
}

fn read_profile(row: &Row) -> Result<Profile> {
    Ok(Profile {
        industry: row.get("industry")?,
        employees: row.get("employees")?,
        tags: members(&row.get::<String>("tags")?),
        hazard_level: row.get("hazard_level")?,
    })
}

/// Takes over what is known.
pub async fn put_profile(tx: &mut Tx, enterprise: &str, profile: &Profile) -> Result<()> {
    tx.run(sql(
        "insert into rating_profile (enterprise, industry, employees, tags, hazard_level) values ($1, $2, $3, $4, $5)
         on conflict (enterprise) do update set industry = excluded.industry, employees = excluded.employees, tags = excluded.tags, hazard_level = excluded.hazard_level",
        args![enterprise, profile.industry.clone(), profile.employees, profile.tags.join(","), profile.hazard_level],
    ))
    .await?;
    Ok(())
}

fn read_class(row: &Row) -> Result<(Class, i64)> {
    let class = Class {
        trade: row.get("trade")?,
        hazards: members(&row.get::<String>("hazards")?),
        scale: row.get("scale")?,
        must_insure: row.get("must_insure")?,
        department: row.get("department")?,
        risk: row.get("risk")?,
    };
    Ok((class, row.get("revision")?))
}

/// The confirmed class and its revision, inside a write.
pub async fn class(tx: &mut Tx, enterprise: &str) -> Result<Option<(Class, i64)>> {
    let row = tx.opt(sql("select * from rating_class where enterprise = $1", args![enterprise])).await?;
    row.as_ref().map(read_class).transpose()
}

/// The same, for reading by whoever may see the enterprise.
pub async fn class_of(ctx: &Ctx, enterprise: &str) -> Result<Option<(Class, i64)>> {
    let row = ctx.db().opt(sql("select * from rating_class where enterprise = $1", args![enterprise])).await?;
    row.as_ref().map(read_class).transpose()
}

/// Writes a confirmed class over the revision it was decided on.
pub async fn put_class(tx: &mut Tx, ctx: &Ctx, placed: &Placed, class: &Class, revision: i64) -> Result<()> {
    let old = tx
        .run(sql("delete from rating_class where enterprise = $1 and revision = $2", args![&placed.owner, revision]))
        .await?;
    let fresh = sql(
        "insert into rating_class (enterprise, region, sectors, trade, hazards, scale, must_insure, department, risk, confirmed_at, revision)
         values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) on conflict do nothing",
        args![
            &placed.owner, &placed.region, sector_list(&placed.sectors), &class.trade, class.hazards.join(","), &class.scale,
            class.must_insure, &class.department, &class.risk, ctx.now(), revision + 1,
        ],
    );
    let stale = (old == 0) != (revision == 0) || tx.run(fresh).await? == 0;
    if stale { Err(Error::Conflict("分类刚被他人修改，请刷新后再确认".to_owned())) } else { Ok(()) }
}

/// A run.
#[derive(Debug, Clone)]
pub struct Run {
    /// Id.
    pub id: Uuid,
    /// Where it stands.
    pub placed: Placed,
    /// First moment of the period.
    pub from_at: Ms,
    /// Last moment.
    pub to_at: Ms,
    /// When it was made.
    pub made_at: Ms,
    /// Enterprises rated.
    pub rated: u32,
    /// Moved up.
    pub up: u32,
    /// Moved down.
    pub down: u32,
    /// The movers as JSON text.
    pub movers: String,
}

/// Writes a run.
pub async fn put_run(tx: &mut Tx, run: &Run) -> Result<()> {
    let placed = &run.placed;
    tx.run(sql(
        "insert into rating_run (id, owner, region, sectors, from_at, to_at, made_at, rated, up, down, movers) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
        args![
            run.id, &placed.owner, &placed.region, sector_list(&placed.sectors), run.from_at, run.to_at, run.made_at, run.rated,
            run.up, run.down, &run.movers,
        ],
    ))
    .await?;
    Ok(())
}

const RUNS: Columns =
    Columns { enterprise: "r.owner", region: "r.region", sectors: None, kind: "credit_run", id: "r.id", owner: None };

fn read_run(row: &Row) -> Result<Run> {
    let count = |name: &str| row.get::<i64>(name).map(|n| u32::try_from(n).unwrap_or(0));
    Ok(Run {
        id: row.get("id")?,
        placed: Placed { owner: row.get("owner")?, enterprise: None, region: row.get("region")?, sectors: vec![] },
        from_at: row.get("from_at")?,
        to_at: row.get("to_at")?,
        made_at: row.get("made_at")?,
        rated: count("rated")?,
        up: count("up")?,
        down: count("down")?,
        movers: row.get("movers")?,
    })
}

/// The runs, newest first.
pub async fn runs<T>(ctx: &Ctx, page: &PageQuery, row: impl Fn(Run) -> T) -> Result<List<T>> {
    let listing = Listing {
        select: "select r.* from rating_run r where 1 = 1",
        count: "from rating_run r where 1 = 1",
        sorts: &[("made_at", "r.made_at")],
        tie: "r.id",
        descending: true,
    };
    let conditions = |query: &mut Sql| scope::condition(query, &ctx.actor, ctx.now(), RUNS);
    listing.run(ctx, page, conditions, |found| read_run(found).map(&row)).await
}

/// One run.
pub async fn run(ctx: &Ctx, id: Uuid) -> Result<Run> {
    let mut query = sql("select r.* from rating_run r where r.id = ", vec![]);
    query.bind(id);
    scope::condition(&mut query, &ctx.actor, ctx.now(), RUNS);
    read_run(&ctx.db().one(query).await?)
}

/// Writes that an edition was adopted; false where it was already.
pub async fn put_edition(tx: &mut Tx, at: Ms, named: (&str, &str, &str), document: &str, event: Uuid) -> Result<bool> {
    let query = sql(
        "insert into rating_edition (tab, edition, region, document, confirmed_at, event) values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
        args![named.0, named.1, named.2, document, at, event],
    );
    Ok(tx.run(query).await? == 1)
}

/// What was adopted: table, edition, region, document, when.
pub async fn editions(ctx: &Ctx) -> Result<Vec<(String, String, String, String, Ms)>> {
    let query = sql("select * from rating_edition order by confirmed_at", vec![]);
    let read = |row: &Row| {
        Ok((row.get("tab")?, row.get("edition")?, row.get("region")?, row.get("document")?, row.get("confirmed_at")?))
    };
    ctx.db().all(query).await?.iter().map(read).collect()
}
