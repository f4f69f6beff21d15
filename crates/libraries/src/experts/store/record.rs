//! The service record: visits on which somebody of the library goes.
use super::super::view::{Service, state_name};
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::scope::{members, sector_list};
use platform::{Columns, Ctx, Error, Ms, Placed, Result, Sql, Subject, Tx, args, scope, sql};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

const SCOPE: Columns = Columns {
    enterprise: "s.enterprise",
    region: "s.region",
    sectors: Some("s.sectors"),
    kind: "visit",
    id: "s.id",
    owner: Some("s.owner"),
};

/// Filters of the service record.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ServiceFilter {
    /// Expert.
    pub person: Option<Uuid>,
    /// Organisation that went.
    pub org: Option<String>,
    /// Enterprise.
    pub enterprise: Option<String>,
    /// State.
    pub state: Option<String>,
}

const SELECT: &str = "select s.*, e.name as enterprise_name, o.name as org_name from expert_visit s left join org e on e.id = s.enterprise left join org o on o.id = s.owner where 1 = 1";

/// What a reaction or a decision needs of a visit.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Id.
    pub id: Uuid,
    /// Where it stands; the owner is the organisation that goes.
    pub placed: Placed,
    /// State.
    pub state: String,
    /// Items answered.
    pub items: Vec<String>,
    /// Hazards found.
    pub hazards: Vec<Uuid>,
    /// The event that says it is done.
    pub done_event: Option<Uuid>,
}

fn visit(row: &Row) -> Result<Visit> {
    Ok(Visit {
        id: row.get("id")?,
        placed: placed(row)?,
        state: row.get("state")?,
        items: row.json("items")?,
        hazards: row.json("hazards")?,
        done_event: row.get("done_event")?,
    })
}

fn placed(row: &Row) -> Result<Placed> {
    Ok(Placed {
        owner: row.get("owner")?,
        enterprise: row.get("enterprise")?,
        region: row.get("region")?,
        sectors: members(&row.get::<String>("sectors")?),
    })
}

fn service(ctx: &Ctx, row: &Row) -> Result<Service> {
    let (state, enterprise): (String, String) = (row.get("state")?, row.get("enterprise")?);
    let at = |name| Ok::<_, Error>(row.get::<Option<i64>>(name)?.map(Ms));
    let count = |name| Ok::<_, Error>(row.json::<Vec<String>>(name)?.len());
    Ok(Service {
        id: row.get("id")?,
        enterprise_name: row.get::<Option<String>>("enterprise_name")?.unwrap_or_default(),
        org: row.get("owner")?,
        org_name: row.get::<Option<String>>("org_name")?.unwrap_or_default(),
        people: vec![],
        kind: row.get("kind")?,
        state_name: state_name(&state).to_owned(),
        may_confirm: state == "left"
            && ctx.actor.subject == Some(Subject::Enterprise)
            && ctx.actor.org == enterprise
            && ctx.may(&super::super::PART, platform::Action::Evaluate),
        enterprise,
        state,
        from: row.get("from_at")?,
        entered_at: at("entered_at")?,
        late: row.get("late")?,
        left_at: at("left_at")?,
        minutes: row.get("minutes")?,
        items: i64::try_from(count("items")?).unwrap_or(i64::MAX),
        hazards: i64::try_from(count("hazards")?).unwrap_or(i64::MAX),
        confirm_due: at("confirm_due")?,
        confirmed_at: at("confirmed_at")?,
        satisfied: row.get::<Option<i64>>("satisfied")?.map(|s| s == 1),
        comments: row.get::<Option<String>>("comments")?.filter(|_| ctx.actor.subject != Some(Subject::Insurer)),
        done_event: row.get("done_event")?,
    })
}

/// A page of the record within the caller's scope.
pub async fn services(ctx: &Ctx, page: &PageQuery, filter: &ServiceFilter) -> Result<List<Service>> {
    let listing = Listing {
        select: SELECT,
        count: "from expert_visit s where 1 = 1",
        sorts: &[("changed_at", "s.changed_at"), ("from", "s.from_at"), ("minutes", "s.minutes")],
        tie: "s.id",
        descending: true,
    };
    let text = |value: &Option<String>| value.clone().filter(|v| !v.is_empty());
    let conditions = |query: &mut Sql| {
        if let Some(person) = filter.person {
            query
                .push(" and s.id in (select m.visit from expert_visit_person m where m.person = ")
                .bind(person)
                .push(")");
        }
        query.filter(" and s.owner = ", text(&filter.org));
        query.filter(" and s.enterprise = ", text(&filter.enterprise));
        query.filter(" and s.state = ", text(&filter.state));
        scope::condition(query, &ctx.actor, ctx.now(), SCOPE);
    };
    let mut list = listing.run(ctx, page, conditions, |row| service(ctx, row)).await?;
    name_people(ctx, &mut list.items).await?;
    Ok(list)
}

/// One visit of the record within the caller's scope.
pub async fn service_of(ctx: &Ctx, id: Uuid) -> Result<Service> {
    let mut query = sql(SELECT, vec![]);
    query.push(" and s.id = ").bind(id);
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    let mut one = [service(ctx, &ctx.db().one(query).await?)?];
    name_people(ctx, &mut one).await?;
    let [one] = one;
    Ok(one)
}

async fn name_people(ctx: &Ctx, services: &mut [Service]) -> Result<()> {
    let mut query =
        sql("select m.visit, x.name from expert_visit_person m join expert x on x.id = m.person where 1 = 1", vec![]);
    query.in_list(" and m.visit", services.iter().map(|s| s.id)).push(" order by x.name");
    for row in ctx.db().all(query).await? {
        let (visit, name): (Uuid, String) = (row.get("visit")?, row.get("name")?);
        if let Some(service) = services.iter_mut().find(|s| s.id == visit) {
            service.people.push(name);
        }
    }
    Ok(())
}

/// Loads a visit for writing, within the caller's scope; reactions see all.
pub async fn visit_in(tx: &mut Tx, ctx: &Ctx, id: Uuid) -> Result<Option<Visit>> {
    let mut query = sql("select s.* from expert_visit s where s.id = ", vec![]);
    query.bind(id);
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    tx.opt(query).await?.as_ref().map(visit).transpose()
}

/// What was asked for, until somebody is sent.
pub async fn put_asked(tx: &mut Tx, visit: Uuid, kind: &str, skills: &[String]) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into expert_asked (visit, kind, skills, at) values ($1, $2, $3, $4) on conflict (visit) do nothing",
        args![visit, kind, sector_list(skills), now],
    ))
    .await?;
    Ok(())
}

/// Those of these people who are in the library.
pub async fn in_library(tx: &mut Tx, people: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut query = sql("select x.id from expert x where 1 = 1", vec![]);
    query.in_list(" and x.id", people.iter());
    tx.all(query).await?.iter().map(|row| row.get("id")).collect()
}

/// Somebody of the library is sent, in place of whoever was sent before.
pub async fn put_visit(tx: &mut Tx, id: Uuid, placed: &Placed, people: &[Uuid], window: (i64, i64)) -> Result<()> {
    let now = tx.now();
    let asked = tx.opt(sql("select kind, skills from expert_asked where visit = $1", args![id])).await?;
    let (kind, skills) = match &asked {
        Some(row) => (row.get::<String>("kind")?, row.get::<String>("skills")?),
        None => (String::new(), String::new()),
    };
    tx.run(sql(
        "insert into expert_visit (id, enterprise, region, sectors, owner, kind, skills, state, from_at, to_at, minutes, late, items, hazards, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'assigned', $8, $9, 0, 0, '[]', '[]', $10)
         on conflict (id) do update set owner = excluded.owner, state = 'assigned', from_at = excluded.from_at, to_at = excluded.to_at, changed_at = excluded.changed_at",
        args![
            id, placed.enterprise.clone().unwrap_or_default(), &placed.region, sector_list(&placed.sectors), &placed.owner,
            kind, skills, window.0, window.1, now,
        ],
    ))
    .await?;
    tx.run(sql("delete from expert_visit_person where visit = $1", args![id])).await?;
    for person in people {
        tx.run(sql(
            "insert into expert_visit_person (visit, person) values ($1, $2) on conflict do nothing",
            args![id, person],
        ))
        .await?;
    }
    Ok(())
}

/// One of those sent accepts.
pub async fn accept(tx: &mut Tx, visit: Uuid, person: Uuid) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "update expert_visit_person set accepted_at = $1 where visit = $2 and person = $3",
        args![now, visit, person],
    ))
    .await?;
    Ok(())
}

/// A visit takes another state without anything more to say.
pub async fn set_state(tx: &mut Tx, visit: Uuid, state: &str) -> Result<()> {
    let now = tx.now();
    tx.run(sql("update expert_visit set state = $1, changed_at = $2 where id = $3", args![state, now, visit])).await?;
    Ok(())
}

/// The people came in.
pub async fn enter(tx: &mut Tx, visit: Uuid, at: Ms, late: bool) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "update expert_visit set state = 'entered', entered_at = $1, late = $2, changed_at = $3 where id = $4",
        args![at, late, now, visit],
    ))
    .await?;
    Ok(())
}

/// Items answered and hazards found so far.
pub async fn put_findings(tx: &mut Tx, visit: &Visit) -> Result<()> {
    let now = tx.now();
    let items = serde_json::to_string(&visit.items).map_err(Error::internal)?;
    let hazards = serde_json::to_string(&visit.hazards).map_err(Error::internal)?;
    tx.run(sql(
        "update expert_visit set items = $1, hazards = $2, changed_at = $3 where id = $4",
        args![items, hazards, now, visit.id],
    ))
    .await?;
    Ok(())
}

/// The visit is over and waits for the enterprise.
pub async fn leave(tx: &mut Tx, visit: Uuid, at: Ms, minutes: u32, due: Ms, done: Uuid) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "update expert_visit set state = 'left', left_at = $1, minutes = $2, confirm_due = $3, done_event = $4, changed_at = $5 where id = $6",
        args![at, minutes, due, done, now, visit],
    ))
    .await?;
    Ok(())
}

/// The enterprise has answered.
pub async fn confirm(tx: &mut Tx, visit: Uuid, satisfied: bool, comments: Option<&str>) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update expert_visit set state = 'confirmed', confirmed_at = $1, satisfied = $2, comments = $3, changed_at = $1 where id = $4 and state = 'left'",
            args![now, satisfied, comments, visit],
        ))
        .await?;
    if touched == 1 {
        Ok(())
    } else {
        Err(Error::Conflict("这次服务已经确认过，无需重复确认".to_owned()))
    }
}
