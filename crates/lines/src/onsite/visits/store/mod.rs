//! The SQL of visits.
use super::decide::{Kind, Reason, State, Visit};
use super::model::{Announcement, Answer, Evaluation, Row, VisitPerson, VisitRow};
use platform::auth::Org;
use platform::db::Row as DbRow;
use platform::http::{List, Listing, PageQuery};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Subject, Tx, args, scope, sql};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use std::collections::HashMap;
use utoipa::IntoParams;
use uuid::Uuid;

mod write;

pub use write::{Change, New, hold, insert, put_answer, put_evaluation, stale, update};

/// How visits are placed for scope. The organisation that goes owns its own part in it: its past
/// visits stay visible to it after the grants on the enterprise have ended.
pub const SCOPE: Columns = Columns {
    enterprise: "s.enterprise",
    region: "s.region",
    sectors: Some("s.sectors"),
    kind: "visit",
    id: "s.id",
    owner: Some("s.org"),
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

const SELECT: &str = "select s.*, o.name as enterprise_name, g.name as org_name from visit s join org o on o.id = s.enterprise left join org g on g.id = s.org where 1 = 1";

/// Filters of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Enterprise name or reason.
    pub q: Option<String>,
    /// Region and all below it.
    pub region: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
    /// What for.
    pub kind: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// A state, or `open` for all that is not finished.
    pub state: Option<String>,
    /// Organisation that goes.
    pub org: Option<String>,
    /// `true` for those the caller is sent to.
    pub mine: Option<bool>,
    /// Calendar year.
    pub year: Option<i64>,
}

/// Adds the caller's scope. Insurers and service organisations need a grant of visits; an enterprise
/// learns of an inspection when it is announced.
pub fn visible(query: &mut Sql, ctx: &Ctx) {
    scope::field_condition(query, &ctx.actor, ctx.now(), SCOPE, "visits");
    if ctx.actor.subject == Some(Subject::Enterprise) && !ctx.actor.is_internal() {
        query.push(
            " and (s.announced_at is not null or s.kind in ('prevention_service', 'insurer_survey') or s.requested_org = ",
        );
        query.bind(ctx.actor.org.as_str()).push(")");
    }
}

fn read(row: &DbRow, people: Vec<VisitPerson>) -> Result<Row> {
    let word = |name: &str| row.get::<String>(name);
    let wrong = |what: &str| Error::internal(format!("a visit with an unknown {what}"));
    let announced: Option<Ms> = row.get("announced_at")?;
    let announcement = announced
        .map(|at| {
            Ok::<_, Error>(Announcement {
                matter: row.get::<Option<String>>("matter")?.unwrap_or_default(),
                legal_basis: json(row, "legal_basis")?,
                planned_end: row.get::<Option<Ms>>("planned_end")?.unwrap_or(at),
                joint_with: json(row, "joint_with")?,
                at,
            })
        })
        .transpose()?;
    let visit = Visit {
        kind: Kind::parse(&word("kind")?).ok_or_else(|| wrong("kind"))?,
        reason: Reason::parse(&word("reason_code")?).ok_or_else(|| wrong("reason"))?,
        state: State::parse(&word("state")?).ok_or_else(|| wrong("state"))?,
        people: people.iter().map(|p| p.person).collect(),
        present: people.iter().filter(|p| p.present).map(|p| p.person).collect(),
        signed_by: people.iter().filter(|p| p.signed_at.is_some()).map(|p| p.person).collect(),
        enterprise_signed: row.get::<Option<String>>("enterprise_signed_by")?.is_some(),
    };
    let sectors = scope::members(&word("sectors")?);
    Ok(Row {
        id: row.get("id")?,
        placed: Placed::enterprise(word("enterprise")?, word("region")?, sectors),
        enterprise_name: word("enterprise_name")?,
        visit,
        people,
        reason: word("reason")?,
        skills: scope::members(&word("skills")?),
        priority: row.get("priority")?,
        deadline: row.get("deadline")?,
        source_event: row.get("source_event")?,
        source_subject: row.get("source_subject")?,
        requested_org: word("requested_org")?,
        requested_event: row.get("requested_event")?,
        year: row.get("year")?,
        org: row.get("org")?,
        org_name: row.get("org_name")?,
        window: row.get::<Option<Ms>>("from_at")?.zip(row.get("to_at")?),
        score: row.get::<Option<f64>>("score")?.map(|s| Ok::<_, Error>((s, json(row, "score_parts")?))).transpose()?,
        rejected: json(row, "rejected")?,
        assigned_event: row.get("assigned_event")?,
        announcement,
        template: row.get("template")?,
        last_event: row.get("last_event")?,
        entered_at: row.get("entered_at")?,
        late: row.get("late")?,
        left_at: row.get("left_at")?,
        record: row.get("record")?,
        enterprise_signed_by: row.get("enterprise_signed_by")?,
        refusal: row.get("refusal")?,
        signed_at: row.get("signed_at")?,
        withdrawn_reason: row.get("withdrawn_reason")?,
        version: row.get("version")?,
        created_at: row.get("created_at")?,
    })
}

fn json<T: DeserializeOwned + Default>(row: &DbRow, name: &str) -> Result<T> {
    let text: Option<String> = row.get(name)?;
    text.map_or_else(
        || Ok(T::default()),
        |t| serde_json::from_str(&t).map_err(|e| Error::internal(format!("column {name}: {e}"))),
    )
}

fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

fn people_of(ids: impl IntoIterator<Item = String>) -> Sql {
    let mut query = sql("select * from visit_person where 1 = 1", vec![]);
    query.in_list(" and visit", ids);
    query.push(" order by visit, ordinal");
    query
}

fn group(rows: &[DbRow]) -> Result<HashMap<Uuid, Vec<VisitPerson>>> {
    let mut people: HashMap<Uuid, Vec<VisitPerson>> = HashMap::new();
    for row in rows {
        people.entry(row.get("visit")?).or_default().push(VisitPerson {
            person: row.get("person")?,
            name: row.get("name")?,
            present: row.get("present")?,
            signed_at: row.get("signed_at")?,
        });
    }
    Ok(people)
}

fn one(ctx: &Ctx, id: Uuid) -> Sql {
    let mut query = sql(SELECT, vec![]);
    query.push(" and s.id = ").bind(id);
    visible(&mut query, ctx);
    query
}

/// Loads one for reading, through the caller's scope.
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<Row> {
    let row = ctx.db().one(one(ctx, id)).await?;
    let people = ctx.db().all(people_of([id.to_string()])).await?;
    read(&row, group(&people)?.remove(&id).unwrap_or_default())
}

/// Loads one for writing, through the caller's scope.
pub async fn load_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Row> {
    let row = tx.one(one(ctx, id)).await?;
    let people = tx.all(people_of([id.to_string()])).await?;
    read(&row, group(&people)?.remove(&id).unwrap_or_default())
}

async fn many(ctx: &Ctx, query: Sql) -> Result<Vec<Row>> {
    let rows = ctx.db().all(query).await?;
    with_people(ctx, rows).await
}

async fn with_people(ctx: &Ctx, rows: Vec<DbRow>) -> Result<Vec<Row>> {
    let mut people = HashMap::new();
    // An export may hold more rows than a statement may hold values.
    for some in rows.chunks(500) {
        let ids = some.iter().map(|r| r.get::<String>("id")).collect::<Result<Vec<_>>>()?;
        people.extend(group(&ctx.db().all(people_of(ids)).await?)?);
    }
    rows.iter().map(|r| read(r, people.remove(&r.get::<Uuid>("id")?).unwrap_or_default())).collect()
}

/// Open visits at an enterprise to which a person is sent.
pub async fn going(tx: &mut Tx, ctx: &Ctx, person: Uuid, enterprise: &str) -> Result<Vec<Row>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and s.enterprise = ").bind(enterprise);
    query.push(" and exists (select 1 from visit_person p where p.visit = s.id and p.person = ").bind(person);
    query.push(") and s.state in ('assigned', 'accepted', 'announced')");
    visible(&mut query, ctx);
    let rows = tx.all(query).await?;
    let ids = rows.iter().map(|r| r.get::<String>("id")).collect::<Result<Vec<_>>>()?;
    let mut people = group(&tx.all(people_of(ids)).await?)?;
    rows.iter().map(|r| read(r, people.remove(&r.get::<Uuid>("id")?).unwrap_or_default())).collect()
}

fn filters(query: &mut Sql, ctx: &Ctx, filter: &Filter, region: Option<&(String, String)>) {
    let given = |value: &Option<String>| value.as_deref().map(str::trim).filter(|v| !v.is_empty()).map(str::to_owned);
    query.filter(" and s.enterprise = ", given(&filter.enterprise));
    query.filter(" and s.kind = ", given(&filter.kind));
    query.filter(" and s.reason_code = ", given(&filter.reason));
    query.filter(" and s.org = ", given(&filter.org));
    query.filter(" and s.year = ", filter.year);
    match given(&filter.state).as_deref() {
        Some("open") => {
            query.push(" and s.state not in ('signed', 'evaluated', 'withdrawn')");
        }
        state => {
            query.filter(" and s.state = ", state);
        }
    }
    if let Some((from, below)) = region {
        query.push(" and s.region >= ").bind(from).push(" and s.region < ").bind(below);
    }
    if filter.mine == Some(true) {
        query.push(" and exists (select 1 from visit_person p where p.visit = s.id and p.person = ");
        query.bind(me(ctx)).push(")");
    }
    for word in filter.q.as_deref().unwrap_or_default().split_whitespace().take(5) {
        let word = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        query.push(" and (lower(o.name) like ").bind(format!("%{word}%")).push(" escape '!' or lower(s.reason) like ");
        query.bind(format!("%{word}%")).push(" escape '!')");
    }
    visible(query, ctx);
}

/// The person behind the caller; nobody for machines.
pub fn me(ctx: &Ctx) -> String {
    match ctx.actor.me {
        platform::ActorRef::Person { person, .. } => person.to_string(),
        _ => String::new(),
    }
}

/// The text range of a region and all below it.
pub fn parse_region(text: &str) -> Result<(String, String)> {
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
pub async fn list(ctx: &Ctx, page: &PageQuery, filter: &Filter) -> Result<List<VisitRow>> {
    let states: Vec<&str> = State::ALL.iter().map(|s| s.code()).chain(["open"]).collect();
    known("state", filter.state.as_deref(), &states)?;
    known("kind", filter.kind.as_deref(), &Kind::ALL.iter().map(|k| k.code()).collect::<Vec<_>>())?;
    known("reason", filter.reason.as_deref(), &Reason::ALL.iter().map(|r| r.code()).collect::<Vec<_>>())?;
    let region = filter.region.as_deref().filter(|r| !r.is_empty()).map(parse_region).transpose()?;
    let listing = Listing {
        select: SELECT,
        count: "from visit s join org o on o.id = s.enterprise where 1 = 1",
        sorts: &[
            ("created_at", "s.created_at"),
            ("deadline", "s.deadline"),
            ("priority", "s.priority"),
            ("entered_at", "coalesce(s.entered_at, 0)"),
        ],
        tie: "s.id",
        descending: true,
    };
    let conditions = |query: &mut Sql| filters(query, ctx, filter, region.as_ref());
    let list = listing.run(ctx, page, conditions, |row| read(row, vec![])).await?;
    let mut people = HashMap::new();
    for some in list.items.chunks(500) {
        people.extend(group(&ctx.db().all(people_of(some.iter().map(|r| r.id.to_string()))).await?)?);
    }
    let with = |mut row: Row| {
        row.people = people.remove(&row.id).unwrap_or_default();
        row.visit.signed_by = row.people.iter().filter(|p| p.signed_at.is_some()).map(|p| p.person).collect();
        row.visit.present = row.people.iter().filter(|p| p.present).map(|p| p.person).collect();
        VisitRow::from(&row)
    };
    let items = list.items.into_iter().map(with).collect();
    Ok(List { items, next: list.next, total: list.total, total_exact: list.total_exact })
}

/// Visits that fit a filter, most urgent first, for cards and sections.
pub async fn some(ctx: &Ctx, filter: &Filter, most: i64) -> Result<Vec<Row>> {
    let mut query = sql(SELECT, vec![]);
    let region = filter.region.as_deref().filter(|r| !r.is_empty()).map(parse_region).transpose()?;
    filters(&mut query, ctx, filter, region.as_ref());
    query.push(" order by s.priority, s.deadline, s.id limit ").bind(most);
    many(ctx, query).await
}

/// The newest visits of an enterprise.
pub async fn newest(ctx: &Ctx, enterprise: &str, most: i64) -> Result<Vec<Row>> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and s.enterprise = ").bind(enterprise);
    visible(&mut query, ctx);
    query.push(" order by s.created_at desc, s.id desc limit ").bind(most);
    many(ctx, query).await
}

/// How many visits fit a filter.
pub async fn count(ctx: &Ctx, filter: &Filter) -> Result<i64> {
    let mut query = sql("select count(*) as n from visit s join org o on o.id = s.enterprise where 1 = 1", vec![]);
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

/// Visits of a year that are not withdrawn, and how many of them were urgent. Counted over all
/// subjects, which is why this asks no scope: only the two numbers leave it.
fn counting(enterprise: &str, year: i64) -> Sql {
    sql(
        "select count(*) as n, coalesce(sum(case when reason_code in ('alarm', 'accident', 'complaint', 'recheck') then 1 else 0 end), 0) as urgent
         from visit where enterprise = $1 and year = $2 and state <> 'withdrawn'",
        args![enterprise, year],
    )
}

fn counts(row: &DbRow) -> Result<(i64, i64)> {
    Ok((row.get("n")?, row.get("urgent")?))
}

/// The same, for reading.
pub async fn used(ctx: &Ctx, enterprise: &str, year: i64) -> Result<(i64, i64)> {
    counts(&ctx.db().one(counting(enterprise, year)).await?)
}

/// The same, inside a write.
pub async fn used_in(tx: &mut Tx, enterprise: &str, year: i64) -> Result<(i64, i64)> {
    counts(&tx.one(counting(enterprise, year)).await?)
}

/// Whether an enterprise has an open visit because of an alarm.
pub async fn has_open_alarm_visit(tx: &mut Tx, enterprise: &str) -> Result<bool> {
    let query = sql(
        "select id from visit where enterprise = $1 and reason_code = 'alarm' and state not in ('signed', 'evaluated', 'withdrawn') limit 1",
        args![enterprise],
    );
    Ok(tx.opt(query).await?.is_some())
}

/// Answers of a visit in the order given.
pub async fn answers(ctx: &Ctx, visit: Uuid) -> Result<Vec<Answer>> {
    let rows = ctx.db().all(answers_of(visit)).await?;
    rows.iter().map(answer).collect()
}

/// The same, inside a write.
pub async fn answers_in(tx: &mut Tx, visit: Uuid) -> Result<Vec<Answer>> {
    tx.all(answers_of(visit)).await?.iter().map(answer).collect()
}

fn answers_of(visit: Uuid) -> Sql {
    sql("select * from visit_answer where visit = $1 order by seq", args![visit])
}

fn answer(row: &DbRow) -> Result<Answer> {
    Ok(Answer {
        item: row.get("item")?,
        answer: row.get("answer")?,
        note: row.get("note")?,
        seq: row.get("seq")?,
        at: row.get("answered_at")?,
        event: row.get("event")?,
    })
}

/// What the enterprise said of a visit.
pub async fn evaluation(ctx: &Ctx, visit: Uuid) -> Result<Option<Evaluation>> {
    let row = ctx.db().opt(sql("select * from visit_evaluation where visit = $1", args![visit])).await?;
    row.map(|row| {
        Ok(Evaluation {
            scores: json(&row, "scores")?,
            complaint: row.get("complaint")?,
            comment: row.get("comment")?,
            at: row.get("at")?,
        })
    })
    .transpose()
}

/// A government account that may be sent.
pub struct Officer {
    /// Person.
    pub person: Uuid,
    /// Name.
    pub name: String,
    /// Organisation.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Area.
    pub area: String,
    /// Visits not finished.
    pub open: i64,
    /// Whether another visit lies in the window.
    pub busy: bool,
}

/// Officers and enforcers of the country with their load. The area is compared by the caller.
pub async fn officers(ctx: &Ctx, visit: Uuid, (from, to): (Ms, Ms)) -> Result<Vec<Officer>> {
    let query = sql(
        "select distinct a.person, a.person_name, a.org, o.name as org_name, coalesce(a.region, o.region) as area,
         (select count(*) from visit_person p join visit s on s.id = p.visit where p.person = a.person and s.id <> $1
          and s.state in ('assigned', 'accepted', 'announced', 'entered', 'left')) as open,
         (select count(*) from visit_person p join visit s on s.id = p.visit where p.person = a.person and s.id <> $1
          and s.state in ('assigned', 'accepted', 'announced', 'entered') and s.from_at < $3 and s.to_at > $2) as busy
         from account a join role_grant g on g.account = a.id join org o on o.id = a.org
         where a.disabled = 0 and o.subject = 'government' and g.role in ('officer', 'enforcer', 'township')
         and (g.until_at is null or g.until_at > $4) order by a.person limit 500",
        args![visit, from, to, ctx.now()],
    );
    let read = |r: &DbRow| {
        Ok(Officer {
            person: r.get("person")?,
            name: r.get("person_name")?,
            org: r.get("org")?,
            org_name: r.get("org_name")?,
            area: r.get("area")?,
            open: r.get("open")?,
            busy: r.get::<i64>("busy")? > 0,
        })
    };
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// Irregular visits looked at for one kind.
const IRREGULAR_MOST: i64 = 500;

/// Visits that are irregular in this way, newest first.
pub async fn irregular(ctx: &Ctx, code: &str, asked: &super::supervision::IrregularFilter) -> Result<Vec<Row>> {
    let mut query = sql(SELECT, vec![]);
    let now = ctx.now();
    match code {
        "late_scan" => {
            query.push(" and s.late = 1");
        }
        "no_entry" => {
            query.push(" and s.state = 'announced' and s.planned_end < ").bind(now);
        }
        "over_cap" => {
            let limit = super::rules::limit("visits_per_year", now, "")?;
            query.push(
                " and s.state <> 'withdrawn' and (select count(*) from visit c where c.enterprise = s.enterprise and c.year = s.year
                 and c.state <> 'withdrawn' and (c.created_at < s.created_at or (c.created_at = s.created_at and c.id <= s.id))) > ",
            );
            query.bind(limit.value);
        }
        "no_result" => {
            let limit = super::rules::limit("result_days", now, "")?;
            query.push(" and s.state = 'left' and s.left_at < ").bind(now.plus(-limit.value * 86_400_000));
        }
        "single_person" => {
            query.push(
                " and s.kind in ('enforcement', 'joint', 'recheck') and s.entered_at is not null
                 and (select count(*) from visit_person p where p.visit = s.id and p.present = 1) < 2",
            );
        }
        _ => {
            query.push(" and exists (select 1 from visit_evaluation w where w.visit = s.id and w.complaint = 1)");
        }
    }
    let region = asked.region.as_deref().filter(|r| !r.is_empty()).map(parse_region).transpose()?;
    let same = Filter { enterprise: asked.enterprise.clone(), ..Filter::default() };
    filters(&mut query, ctx, &same, region.as_ref());
    query.push(" order by s.created_at desc, s.id desc limit ").bind(IRREGULAR_MOST);
    many(ctx, query).await
}
