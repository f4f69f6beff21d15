//! The SQL of hazards.
use super::decide::{Hazard, Level, State, Via};
use super::model::{HazardPhoto, HazardRow, Row, Sensor};
use platform::auth::Org;
use platform::db::Row as DbRow;
use platform::http::{List, Listing, PageQuery};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Tx, args, scope, sql};
use serde::Deserialize;
use standards::codes::Region;
use utoipa::IntoParams;
use uuid::Uuid;

/// How hazards are placed for scope; whoever found one keeps sight of it.
pub const SCOPE: Columns = Columns {
    enterprise: "h.enterprise",
    region: "h.region",
    sectors: Some("h.sectors"),
    kind: "hazard",
    id: "h.id",
    owner: Some("h.found_org"),
};

/// An enterprise in the directory, for whoever may see it.
const ORG_SCOPE: Columns = Columns {
    enterprise: "o.id",
    region: "o.region",
    sectors: Some("o.sectors"),
    kind: "enterprise",
    id: "o.id",
    owner: None,
};

const SELECT: &str = "select h.*, o.name as enterprise_name, g.name as found_org_name from hazard h join org o on o.id = h.enterprise left join org g on g.id = h.found_org where 1 = 1";

/// Filters of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Place, text or enterprise name.
    pub q: Option<String>,
    /// Region and all below it.
    pub region: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
    /// `general` or `major`.
    pub level: Option<String>,
    /// A state, or `open` for all that is not finished.
    pub state: Option<String>,
    /// How it was found.
    pub found_via: Option<String>,
    /// `true` for those past their due time.
    pub overdue: Option<bool>,
    /// `true` for those listed for supervision.
    pub listed: Option<bool>,
    /// `true` for those with an extension to be decided.
    pub extension: Option<bool>,
    /// Visit that found them.
    pub visit: Option<String>,
}

/// Adds the caller's scope; insurers and service organisations need a grant of hazards.
fn visible(query: &mut Sql, ctx: &Ctx) {
    scope::field_condition(query, &ctx.actor, ctx.now(), SCOPE, "hazards");
}

fn read_hazard(row: &DbRow) -> Result<Hazard> {
    let word = |name: &str| row.get::<String>(name);
    let wrong = |what: &str| Error::internal(format!("a hazard with an unknown {what}"));
    let number = |name: &str| row.get::<i64>(name).map(|n| u32::try_from(n).unwrap_or(0));
    Ok(Hazard {
        enterprise: word("enterprise")?,
        state: State::parse(&word("state")?).ok_or_else(|| wrong("state"))?,
        level: Level::parse(&word("level")?).ok_or_else(|| wrong("level"))?,
        due: row.get("due")?,
        extensions: number("extensions")?,
        asked_days: row.get::<Option<i64>>("asked_days")?.and_then(|n| u32::try_from(n).ok()),
        rectified_by: row.get::<Option<Uuid>>("rectified_person")?.zip(row.get("rectified_org")?),
        listed: row.get::<Option<Ms>>("listed_at")?.is_some() && row.get::<Option<Ms>>("lifted_at")?.is_none(),
    })
}

fn read(row: &DbRow) -> Result<Row> {
    let word = |name: &str| row.get::<String>(name);
    let wrong = |what: &str| Error::internal(format!("a hazard with an unknown {what}"));
    let sensor = row.get::<Option<String>>("sensor")?;
    let sensor = sensor.map(|s| serde_json::from_str::<Sensor>(&s).map_err(Error::internal)).transpose()?;
    Ok(Row {
        id: row.get("id")?,
        placed: Placed::enterprise(word("enterprise")?, word("region")?, scope::members(&word("sectors")?)),
        enterprise_name: word("enterprise_name")?,
        hazard: read_hazard(row)?,
        suspected: Level::parse(&word("suspected")?).ok_or_else(|| wrong("level"))?,
        clause_code: row.get("clause_code")?,
        clause: row.get("clause")?,
        place: word("place")?,
        text: word("text")?,
        via: Via::parse(&word("found_via")?).ok_or_else(|| wrong("source"))?,
        found_org: word("found_org")?,
        found_org_name: row.get("found_org_name")?,
        visit: row.get("visit")?,
        tag: row.get("tag")?,
        year: row.get("year")?,
        ground: row.get("ground")?,
        owner_post: row.get("owner_post")?,
        owner_name: row.get("owner_name")?,
        measure: row.get("measure")?,
        money_fen: row.get("money_fen")?,
        plan: row.get("plan")?,
        due_rule: row.get("due_rule")?,
        asked_reason: row.get("asked_reason")?,
        interim_measure: row.get("interim_measure")?,
        done: row.get("done")?,
        cost_fen: row.get("cost_fen")?,
        rectified_at: row.get("rectified_at")?,
        verified_at: row.get("verified_at")?,
        verifier_name: row.get("verifier_name")?,
        verifier_org: row.get("verifier_org")?,
        verify_note: row.get("verify_note")?,
        sensor,
        overdue_at: row.get("overdue_at")?,
        listed_level: row.get("listed_level")?,
        listed_at: row.get("listed_at")?,
        listed_due: row.get("listed_due")?,
        lifted_at: row.get("lifted_at")?,
        duplicate_of: row.get("duplicate_of")?,
        similarity: row.get("similarity")?,
        reopened_why: row.get("reopened_why")?,
        closed_at: row.get("closed_at")?,
        round: row.get("round")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
        found_event: row.get("found_event")?,
        last_event: row.get("last_event")?,
    })
}

fn one(ctx: &Ctx, id: Uuid) -> Sql {
    let mut query = sql(SELECT, vec![]);
    query.push(" and h.id = ").bind(id);
    visible(&mut query, ctx);
    query
}

/// Loads one for reading, through the caller's scope.
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<Row> {
    read(&ctx.db().one(one(ctx, id)).await?)
}

/// Loads one for writing, through the caller's scope.
pub async fn load_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Row> {
    read(&tx.one(one(ctx, id)).await?)
}

fn filters(query: &mut Sql, ctx: &Ctx, filter: &Filter, region: Option<&(String, String)>) {
    let given = |value: &Option<String>| value.as_deref().map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
    query.filter(" and h.enterprise = ", given(&filter.enterprise));
    query.filter(" and h.level = ", given(&filter.level));
    query.filter(" and h.found_via = ", given(&filter.found_via));
    query.filter(" and h.visit = ", given(&filter.visit));
    match given(&filter.state).as_deref() {
        Some("open") => {
            query.push(" and h.state in ('found', 'confirmed', 'assigned', 'rectified', 'reopened', 'verified')");
        }
        state => {
            query.filter(" and h.state = ", state);
        }
    }
    if filter.overdue == Some(true) {
        query.push(" and h.state in ('assigned', 'reopened') and h.due < ").bind(ctx.now());
    }
    if filter.listed == Some(true) {
        query.push(" and h.listed_at is not null and h.lifted_at is null");
    }
    if filter.extension == Some(true) {
        query.push(" and h.state = 'assigned' and h.asked_days is not null");
    }
    if let Some((from, below)) = region {
        query.push(" and h.region >= ").bind(from).push(" and h.region < ").bind(below);
    }
    for word in filter.q.as_deref().unwrap_or_default().split_whitespace().take(5) {
        let word = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        let word = format!("%{word}%");
        query.push(" and (lower(o.name) like ").bind(word.as_str()).push(" escape '!' or lower(h.place) like ");
        query.bind(word.as_str()).push(" escape '!' or lower(h.text) like ").bind(word).push(" escape '!')");
    }
    visible(query, ctx);
}

fn parse_region(text: &str) -> Result<(String, String)> {
    let region = Region::parse(text).map_err(|message| Error::invalid("region", message))?;
    Ok(scope::prefix_range(&region))
}

fn known(field: &'static str, given: Option<&str>, codes: &[&str]) -> Result<()> {
    match given.map(str::trim).filter(|g| !g.is_empty()) {
        Some(code) if !codes.contains(&code) => Err(Error::invalid(field, format!("取值只能是 {}", codes.join("、")))),
        _ => Ok(()),
    }
}

/// The list.
pub async fn list(ctx: &Ctx, page: &PageQuery, filter: &Filter) -> Result<List<HazardRow>> {
    let states: Vec<&str> = State::ALL.iter().map(|s| s.code()).chain(["open"]).collect();
    known("state", filter.state.as_deref(), &states)?;
    known("level", filter.level.as_deref(), &Level::ALL.iter().map(|l| l.code()).collect::<Vec<_>>())?;
    known("found_via", filter.found_via.as_deref(), &Via::ALL.iter().map(|v| v.code()).collect::<Vec<_>>())?;
    let region = filter.region.as_deref().filter(|r| !r.is_empty()).map(parse_region).transpose()?;
    let listing = Listing {
        select: SELECT,
        count: "from hazard h join org o on o.id = h.enterprise where 1 = 1",
        sorts: &[("created_at", "h.created_at"), ("due", "coalesce(h.due, 0)")],
        tie: "h.id",
        descending: true,
    };
    let conditions = |query: &mut Sql| filters(query, ctx, filter, region.as_ref());
    let now = ctx.now();
    listing.run(ctx, page, conditions, |row| Ok(HazardRow::new(&read(row)?, now))).await
}

/// Hazards that fit a filter, the gravest and soonest due first, for cards, tasks and sections.
pub async fn some(ctx: &Ctx, filter: &Filter, most: i64) -> Result<Vec<Row>> {
    let mut query = sql(SELECT, vec![]);
    let region = filter.region.as_deref().filter(|r| !r.is_empty()).map(parse_region).transpose()?;
    filters(&mut query, ctx, filter, region.as_ref());
    query.push(" order by case when h.level = 'major' then 0 else 1 end, coalesce(h.due, 0), h.id limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// How many hazards fit a filter.
pub async fn count(ctx: &Ctx, filter: &Filter) -> Result<i64> {
    let mut query = sql("select count(*) as n from hazard h join org o on o.id = h.enterprise where 1 = 1", vec![]);
    let region = filter.region.as_deref().filter(|r| !r.is_empty()).map(parse_region).transpose()?;
    filters(&mut query, ctx, filter, region.as_ref());
    ctx.db().one(query).await?.get("n")
}

/// An enterprise the caller may see.
pub async fn enterprise(ctx: &Ctx, id: &str) -> Result<Org> {
    let mut query = sql("select o.* from org o where o.subject = 'enterprise' and o.id = ", vec![]);
    query.bind(id);
    scope::condition(&mut query, &ctx.actor, ctx.now(), ORG_SCOPE);
    let row = ctx.db().opt(query).await?;
    row.as_ref().map(Org::read).transpose()?.ok_or_else(|| {
        Error::invalid("enterprise", format!("企业 {id} 不在名录中，或不在您的可见范围内，请从列表中选择"))
    })
}

/// Open hazards of an enterprise under a criterion: id and place. Asks no scope, because the same
/// hazard found by somebody else is not issued twice whoever may see it.
pub async fn open_places(tx: &mut Tx, enterprise: &str, clause: &str) -> Result<Vec<(Uuid, String)>> {
    let query = sql(
        "select id, place from hazard where enterprise = $1 and clause = $2 and state not in ('closed', 'duplicate') order by created_at, id limit 200",
        args![enterprise, clause],
    );
    tx.all(query).await?.iter().map(|r| Ok((r.get("id")?, r.get("place")?))).collect()
}

/// Whether this person came in with a visit to this enterprise.
pub async fn was_present(ctx: &Ctx, visit: Uuid, enterprise: &str, person: Uuid) -> Result<bool> {
    let query = sql(
        "select s.id from visit s join visit_person p on p.visit = s.id where s.id = $1 and s.enterprise = $2 and p.person = $3
         and p.present = 1 and s.state <> 'withdrawn'",
        args![visit, enterprise, person],
    );
    Ok(ctx.db().opt(query).await?.is_some())
}

/// Whether an item of a visit stands in a hazard already.
pub async fn item_is_known(ctx: &Ctx, visit: Uuid, item: &str) -> Result<bool> {
    let query = sql("select id from hazard where visit = $1 and item = $2 limit 1", args![visit, item]);
    Ok(ctx.db().opt(query).await?.is_some())
}

/// A failed item of a visit.
pub struct Failed {
    /// Item.
    pub item: String,
    /// `general` or `major`.
    pub answer: String,
    /// What is wrong.
    pub note: String,
    /// Event that answered it.
    pub event: Uuid,
}

/// What was found in a visit and stands in no hazard yet, with the organisation that went, one of its
/// people and the check list.
pub async fn failed_items(tx: &mut Tx, visit: Uuid) -> Result<Option<(String, Option<Uuid>, String, Vec<Failed>)>> {
    let head = tx
        .opt(sql(
            "select s.org, s.template, (select min(p.person) from visit_person p where p.visit = s.id and p.present = 1) as person from visit s where s.id = $1",
            args![visit],
        ))
        .await?;
    let Some(head) = head else { return Ok(None) };
    let query = sql(
        "select a.item, a.answer, a.note, a.event from visit_answer a where a.visit = $1 and a.answer in ('general', 'major')
         and not exists (select 1 from hazard h where h.visit = $1 and h.item = a.item) order by a.seq",
        args![visit],
    );
    let read = |r: &DbRow| {
        let note = r.get::<Option<String>>("note")?.unwrap_or_default();
        Ok(Failed { item: r.get("item")?, answer: r.get("answer")?, note, event: r.get("event")? })
    };
    let failed = tx.all(query).await?.iter().map(read).collect::<Result<Vec<_>>>()?;
    let text = |name: &str| head.get::<Option<String>>(name).map(Option::unwrap_or_default);
    Ok(Some((text("org")?, head.get("person")?, text("template")?, failed)))
}

/// A new hazard.
pub struct New<'a> {
    /// Id.
    pub id: Uuid,
    /// Where it stands.
    pub placed: &'a Placed,
    /// State and level.
    pub hazard: &'a Hazard,
    /// Code and citation of the criterion.
    pub clause: Option<(&'a str, &'a str)>,
    /// Place.
    pub place: &'a str,
    /// What is wrong.
    pub text: &'a str,
    /// How it was found.
    pub via: Via,
    /// Organisation and person that found it.
    pub found_by: (&'a str, Option<Uuid>),
    /// Visit and item.
    pub visit: Option<(Uuid, Option<&'a str>)>,
    /// Sensor.
    pub tag: Option<&'a str>,
    /// Calendar year.
    pub year: i64,
    /// The open one, and how alike the places are.
    pub duplicate_of: Option<(Uuid, f64)>,
    /// Event that found it, and the last one.
    pub events: (Uuid, Uuid),
}

/// Writes a new hazard.
pub async fn insert(tx: &mut Tx, ctx: &Ctx, new: &New<'_>) -> Result<()> {
    let (code, clause) = new.clause.unzip();
    let (visit, item) = new.visit.unzip();
    let (of, similarity) = new.duplicate_of.unzip();
    tx.run(sql(
        "insert into hazard (id, enterprise, region, sectors, state, level, suspected, clause_code, clause, place, text, found_via, found_org,
         found_person, visit, item, tag, year, duplicate_of, similarity, extensions, round, version, created_at, updated_at, found_event, last_event)
         values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, 0, 1, $20, $20, $21, $22)",
        args![
            new.id, new.placed.enterprise.clone().unwrap_or_default(), &new.placed.region, scope::sector_list(&new.placed.sectors),
            new.hazard.state.code(), new.hazard.level.code(), code, clause, new.place, new.text, new.via.code(), new.found_by.0,
            new.found_by.1, visit, item.flatten(), new.tag, new.year, of, similarity, ctx.now(), new.events.0, new.events.1,
        ],
    ))
    .await?;
    Ok(())
}

/// Which columns a command changes besides those that decisions depend on.
pub enum Change<'a> {
    /// Nothing else.
    Plain,
    /// Ground of the level.
    Ground(&'a str),
    /// Who rectifies and how.
    Assigned {
        /// Post.
        post: &'a str,
        /// Person.
        name: &'a str,
        /// Measure.
        measure: &'a str,
        /// Money, 分.
        money: Option<i64>,
        /// Plan.
        plan: Option<&'a str>,
        /// Rule of the due date.
        rule: &'a str,
    },
    /// Why more time is asked for, and what keeps it safe.
    Asked(&'a str, &'a str),
    /// What was done and what it cost.
    Rectified(&'a str, Option<i64>),
    /// Who looked, what the sensor says, what they wrote.
    Verified(&'a str, &'a str, Option<&'a Sensor>, Option<&'a str>),
    /// Why it was opened again.
    Reopened(&'a str),
    /// Level and due time of the listing.
    Listed(&'a str, Ms),
    /// Taken off the list.
    Lifted,
    /// Late since now.
    Overdue,
}

/// Writes the changed hazard over the version it was decided on.
pub async fn update(tx: &mut Tx, ctx: &Ctx, row: &Row, after: &Hazard, event: Uuid, change: Change<'_>) -> Result<()> {
    let now = ctx.now();
    let (person, org) = after.rectified_by.clone().unzip();
    let closed = (after.state == State::Closed).then_some(now);
    let touched = tx
        .run(sql(
            "update hazard set state = $1, level = $2, due = $3, extensions = $4, asked_days = $5, rectified_person = $6, rectified_org = $7,
             closed_at = $8, version = version + 1, updated_at = $9, last_event = $10 where id = $11 and version = $12",
            args![
                after.state.code(), after.level.code(), after.due, i64::from(after.extensions), after.asked_days.map(i64::from), person, org,
                closed, now, event, row.id, row.version,
            ],
        ))
        .await?;
    if touched != 1 {
        return Err(stale());
    }
    if let Some(statement) = columns(now, row.id, &change)? {
        tx.run(statement).await?;
    }
    Ok(())
}

fn columns(now: Ms, id: Uuid, change: &Change<'_>) -> Result<Option<Sql>> {
    Ok(Some(match change {
        Change::Plain => return Ok(None),
        Change::Ground(ground) => {
            sql("update hazard set ground = $1, confirmed_at = $2 where id = $3", args![*ground, now, id])
        }
        Change::Assigned { post, name, measure, money, plan, rule } => sql(
            "update hazard set owner_post = $1, owner_name = $2, measure = $3, money_fen = $4, plan = $5, due_rule = $6, assigned_at = $7,
             overdue_at = null where id = $8",
            args![*post, *name, *measure, *money, *plan, *rule, now, id],
        ),
        Change::Asked(reason, interim) => {
            sql("update hazard set asked_reason = $1, interim_measure = $2 where id = $3", args![*reason, *interim, id])
        }
        Change::Rectified(done, cost) => sql(
            "update hazard set done = $1, cost_fen = $2, rectified_at = $3 where id = $4",
            args![*done, *cost, now, id],
        ),
        Change::Verified(name, org, sensor, note) => {
            let sensor = sensor.map(serde_json::to_string).transpose().map_err(Error::internal)?;
            sql(
                "update hazard set verifier_name = $1, verifier_org = $2, sensor = $3, verify_note = $4, verified_at = $5 where id = $6",
                args![*name, *org, sensor, *note, now, id],
            )
        }
        Change::Reopened(why) => {
            sql("update hazard set reopened_why = $1, round = round + 1 where id = $2", args![*why, id])
        }
        Change::Listed(level, due) => sql(
            "update hazard set listed_level = $1, listed_due = $2, listed_at = $3, lifted_at = null where id = $4",
            args![*level, *due, now, id],
        ),
        Change::Lifted => sql("update hazard set lifted_at = $1 where id = $2", args![now, id]),
        Change::Overdue => {
            sql("update hazard set overdue_at = coalesce(overdue_at, $1) where id = $2", args![now, id])
        }
    }))
}

/// Marks a hazard as given back, after its verification was written in the same write.
pub async fn give_back(tx: &mut Tx, id: Uuid, why: &str) -> Result<()> {
    tx.run(sql("update hazard set reopened_why = $1, round = round + 1 where id = $2", args![why, id])).await?;
    Ok(())
}

/// Somebody was faster.
pub fn stale() -> Error {
    Error::Conflict("这条隐患刚被其他人办理，页面内容已过期；请刷新后再办理，您填写的内容不会丢失".to_owned())
}

/// The hazard that a photo proves.
pub async fn photo_of(ctx: &Ctx, digest: &str) -> Result<Option<Uuid>> {
    let row = ctx.db().opt(sql("select hazard from hazard_photo where digest = $1", args![digest])).await?;
    row.map(|r| r.get("hazard")).transpose()
}

/// Keeps the photos of one side. A photo that this hazard has already stays where it is.
pub async fn put_photos(tx: &mut Tx, hazard: Uuid, side: &str, round: i64, digests: &[String]) -> Result<()> {
    for (i, digest) in digests.iter().enumerate() {
        tx.run(sql(
            "insert into hazard_photo (digest, hazard, side, round, ordinal) values ($1, $2, $3, $4, $5) on conflict (digest) do nothing",
            args![digest, hazard, side, round, i],
        ))
        .await?;
        let row = tx.one(sql("select hazard from hazard_photo where digest = $1", args![digest])).await?;
        if row.get::<Uuid>("hazard")? != hazard {
            return Err(stale());
        }
    }
    Ok(())
}

/// Photos of a hazard in their order.
pub async fn photos(ctx: &Ctx, hazard: Uuid) -> Result<Vec<HazardPhoto>> {
    let query = sql(
        "select digest, side, round from hazard_photo where hazard = $1 order by round, ordinal, digest",
        args![hazard],
    );
    let read = |r: &DbRow| Ok(HazardPhoto { digest: r.get("digest")?, side: r.get("side")?, round: r.get("round")? });
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// Keeps what an event says of an alarm's value; an alarm without a tag is one that was raised before.
pub async fn put_signal(
    tx: &mut Tx,
    alarm: Uuid,
    raised: Option<(&str, &str)>,
    value: f64,
    at: Ms,
    inside: bool,
    event: Uuid,
) -> Result<()> {
    if let Some((enterprise, tag)) = raised {
        tx.run(sql(
            "insert into hazard_signal (alarm, enterprise, tag, value, at, inside, event) values ($1, $2, $3, $4, $5, $6, $7) on conflict (alarm) do nothing",
            args![alarm, enterprise, tag, value, at, inside, event],
        ))
        .await?;
        return Ok(());
    }
    tx.run(sql(
        "update hazard_signal set value = $1, at = $2, inside = $3, event = $4 where alarm = $5 and at <= $2",
        args![value, at, inside, event, alarm],
    ))
    .await?;
    Ok(())
}

/// What the alarms say of a tag: the one still outside its limits goes before the newest.
pub async fn sensor(tx: &mut Tx, enterprise: &str, tag: &str) -> Result<Option<Sensor>> {
    sensor_of(tx.opt(newest_signal(enterprise, tag)).await?)
}

/// The same, for reading.
pub async fn sensor_now(ctx: &Ctx, enterprise: &str, tag: &str) -> Result<Option<Sensor>> {
    sensor_of(ctx.db().opt(newest_signal(enterprise, tag)).await?)
}

fn newest_signal(enterprise: &str, tag: &str) -> Sql {
    sql(
        "select tag, value, at, inside, event from hazard_signal where enterprise = $1 and tag = $2 order by inside, at desc, alarm limit 1",
        args![enterprise, tag],
    )
}

fn sensor_of(row: Option<DbRow>) -> Result<Option<Sensor>> {
    row.map(|r| {
        Ok(Sensor {
            tag: r.get("tag")?,
            value: r.get("value")?,
            at: r.get("at")?,
            inside: r.get("inside")?,
            event: r.get("event")?,
        })
    })
    .transpose()
}

/// A cleared alarm is over: its value counts as inside, because none is cleared before it returned.
pub async fn end_signal(tx: &mut Tx, alarm: Uuid, at: Ms, event: Uuid) -> Result<()> {
    tx.run(sql(
        "update hazard_signal set inside = 1, at = $1, event = $2 where alarm = $3 and inside = 0",
        args![at, event, alarm],
    ))
    .await?;
    Ok(())
}
