//! The table of those who must insure.
use super::{SOON_MS, Standing};
use platform::auth::Org;
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::{Columns, Ctx, Error, Ms, Result, Sql, Tx, args, scope, sql};
use serde::Deserialize;
use standards::codes::Region;
use utoipa::IntoParams;

/// How rows are placed for scope: an insurer sees the enterprises it covers.
const SCOPE: Columns = Columns {
    enterprise: "u.enterprise",
    region: "u.region",
    sectors: Some("u.sectors"),
    kind: "insurance_duty",
    id: "u.enterprise",
    owner: Some("u.insurer"),
};

/// Filters of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Name of the enterprise.
    pub q: Option<String>,
    /// Region and all below it.
    pub region: Option<String>,
    /// Sector of the list.
    pub sector: Option<String>,
    /// `none`, `lapsed`, `soon` or `covered`.
    pub standing: Option<String>,
    /// Insurer.
    pub insurer: Option<String>,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Region.
    pub region: String,
    /// Sector; empty where insured without having to.
    pub sector: String,
    /// Whether the county decided it.
    pub decided: bool,
    /// Employees on the register.
    pub employees: i64,
    /// Policy.
    pub policy: Option<String>,
    /// Insurer.
    pub insurer: Option<String>,
    /// Its name.
    pub insurer_name: Option<String>,
    /// End of the cover; 0 without one.
    pub covered_to: i64,
    /// People covered.
    pub insured_people: i64,
}

const SELECT: &str = "select u.*, o.name as enterprise_name, i.name as insurer_name from insured_unit u join org o on o.id = u.enterprise left join org i on i.id = u.insurer where (u.sector <> '' or u.policy is not null)";

fn read(row: &Row) -> Result<Unit> {
    Ok(Unit {
        enterprise: row.get("enterprise")?,
        enterprise_name: row.get("enterprise_name")?,
        region: row.get("region")?,
        sector: row.get("sector")?,
        decided: row.get::<i64>("decided")? == 1,
        employees: row.get("employees")?,
        policy: row.get("policy")?,
        insurer: row.get("insurer")?,
        insurer_name: row.get("insurer_name")?,
        covered_to: row.get("covered_to")?,
        insured_people: row.get("insured_people")?,
    })
}

fn standing(query: &mut Sql, standing: Standing, now: Ms) {
    match standing {
        Standing::None => drop(query.push(" and u.covered_to = 0")),
        Standing::Lapsed => drop(query.push(" and u.covered_to > 0 and u.covered_to <= ").bind(now)),
        Standing::Soon => {
            query.push(" and u.covered_to > ").bind(now).push(" and u.covered_to <= ").bind(now.plus(SOON_MS));
        }
        Standing::Covered => drop(query.push(" and u.covered_to > ").bind(now.plus(SOON_MS))),
    }
}

fn limit(query: &mut Sql, ctx: &Ctx) {
    scope::condition(query, &ctx.actor, ctx.now(), SCOPE);
}

/// The text range of a region and all below it.
pub fn range(text: &str) -> Result<(String, String)> {
    let region = Region::parse(text).map_err(|message| Error::invalid("region", message))?;
    Ok(scope::prefix_range(&region))
}

/// The list.
pub async fn list(ctx: &Ctx, page: &PageQuery, filter: &Filter) -> Result<List<super::InsuranceDuty>> {
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let region = given(&filter.region).map(|r| range(&r)).transpose()?;
    let state = given(&filter.standing).map(|s| Standing::parse(&s)).transpose()?;
    let listing = Listing {
        select: SELECT,
        count: "from insured_unit u join org o on o.id = u.enterprise where (u.sector <> '' or u.policy is not null)",
        sorts: &[
            ("covered_to", "u.covered_to"),
            ("enterprise", "o.name"),
            ("sector", "u.sector"),
            ("employees", "u.employees"),
        ],
        tie: "u.enterprise",
        descending: false,
    };
    let conditions = |query: &mut Sql| {
        query.filter(" and u.sector = ", given(&filter.sector)).filter(" and u.insurer = ", given(&filter.insurer));
        if let Some((from, below)) = &region {
            query.push(" and u.region >= ").bind(from).push(" and u.region < ").bind(below);
        }
        if let Some(state) = state {
            standing(query, state, ctx.now());
        }
        named(query, filter.q.as_deref());
        limit(query, ctx);
    };
    listing.run(ctx, page, conditions, |row| Ok(read(row)?.view(ctx.now()))).await
}

/// Words are looked for in the enterprise's name; `%` and `_` mean themselves.
pub fn named(query: &mut Sql, words: Option<&str>) {
    for word in words.unwrap_or_default().split_whitespace().take(5) {
        let word = word.to_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
        query.push(" and lower(o.name) like ").bind(format!("%{word}%")).push(" escape '!'");
    }
}

/// The row of one enterprise.
pub async fn one(ctx: &Ctx, enterprise: &str) -> Result<Unit> {
    let mut query = sql(
        "select u.*, o.name as enterprise_name, i.name as insurer_name from insured_unit u join org o on o.id = u.enterprise left join org i on i.id = u.insurer where u.enterprise = ",
        vec![],
    );
    query.bind(enterprise);
    limit(&mut query, ctx);
    read(&ctx.db().one(query).await?)
}

/// How many stand where: those who must insure, by standing.
pub async fn counts(ctx: &Ctx, region: Option<&(String, String)>) -> Result<Vec<(Standing, i64)>> {
    let now = ctx.now();
    let mut query = sql("select case when u.covered_to = 0 then 0 when u.covered_to <= ", vec![]);
    query.bind(now).push(" then 1 when u.covered_to <= ").bind(now.plus(SOON_MS));
    query.push(" then 2 else 3 end as place, count(*) as n from insured_unit u where u.sector <> ''");
    if let Some((from, below)) = region {
        query.push(" and u.region >= ").bind(from).push(" and u.region < ").bind(below);
    }
    limit(&mut query, ctx);
    query.push(" group by 1");
    let rows = ctx.db().all(query).await?;
    let read = |row: &Row| {
        let place = usize::try_from(row.get::<i64>("place")?).unwrap_or_default();
        let standing = Standing::ALL.get(place).copied().unwrap_or(Standing::None);
        Ok((standing, row.get("n")?))
    };
    rows.iter().map(read).collect()
}

/// Puts an enterprise on the list or changes its row; what is known of its policy stays.
pub async fn put(tx: &mut Tx, org: &Org, sector: &str, decided: bool, employees: i64) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into insured_unit (enterprise, region, sectors, sector, decided, employees, covered_to, insured_people, updated_at)
         values ($1, $2, $3, $4, $5, $6, 0, 0, $7)
         on conflict (enterprise) do update set region = excluded.region, sectors = excluded.sectors, sector = excluded.sector,
         decided = excluded.decided, employees = excluded.employees, updated_at = excluded.updated_at",
        args![&org.id, &org.region, scope::sector_list(&org.sectors), sector, decided, employees, now],
    ))
    .await?;
    Ok(())
}

/// What is on record of an enterprise: sector, whether the county decided it.
pub async fn known(tx: &mut Tx, enterprise: &str) -> Result<Option<(String, bool)>> {
    let query = sql("select sector, decided from insured_unit where enterprise = $1", args![enterprise]);
    let row = tx.opt(query).await?;
    row.map(|r| Ok((r.get("sector")?, r.get::<i64>("decided")? == 1))).transpose()
}

/// Takes a merged record off the list.
pub async fn remove(tx: &mut Tx, enterprise: &str) -> Result<()> {
    tx.run(sql("delete from insured_unit where enterprise = $1", args![enterprise])).await?;
    Ok(())
}

/// The cover that an enterprise has.
pub struct Cover<'a> {
    /// Policy.
    pub policy: Option<String>,
    /// Insurer.
    pub insurer: Option<&'a str>,
    /// End; 0 without one.
    pub to: i64,
    /// People covered.
    pub people: i64,
}

/// Notes the cover of an enterprise.
pub async fn cover(tx: &mut Tx, org: &Org, cover: &Cover<'_>) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into insured_unit (enterprise, region, sectors, sector, decided, employees, policy, insurer, covered_to, insured_people, updated_at)
         values ($1, $2, $3, '', 0, $7, $4, $5, $6, $7, $8)
         on conflict (enterprise) do update set policy = excluded.policy, insurer = excluded.insurer, covered_to = excluded.covered_to,
         insured_people = excluded.insured_people, updated_at = excluded.updated_at",
        args![&org.id, &org.region, scope::sector_list(&org.sectors), cover.policy.clone(), cover.insurer, cover.to, cover.people, now],
    ))
    .await?;
    Ok(())
}

/// The sector on record of an enterprise; empty where none is.
pub async fn sector_of(ctx: &Ctx, enterprise: &str) -> Result<String> {
    let row = ctx.db().opt(sql("select sector from insured_unit where enterprise = $1", args![enterprise])).await?;
    row.map_or_else(|| Ok(String::new()), |r| r.get("sector"))
}

/// The insurers of the directory in the order of their numbers: no order of interest.
pub async fn insurers(ctx: &Ctx) -> Result<Vec<crate::insurance::applications::InsurerChoice>> {
    let query =
        sql("select id, name from org where subject = 'insurer' and state = 'active' order by id limit 200", vec![]);
    let rows = ctx.db().all(query).await?;
    let read = |r: &Row| Ok(crate::insurance::applications::InsurerChoice { id: r.get("id")?, name: r.get("name")? });
    rows.iter().map(read).collect()
}

/// Who may render prevention services: the insurer itself and the service organisations of the
/// directory, in the order of their numbers.
pub async fn suppliers(ctx: &Ctx, insurer: &str) -> Result<Vec<crate::insurance::applications::InsurerChoice>> {
    let query = sql(
        "select id, name from org where (subject = 'service_org' or id = $1) and state = 'active' order by id limit 500",
        args![insurer],
    );
    let rows = ctx.db().all(query).await?;
    let read = |r: &Row| Ok(crate::insurance::applications::InsurerChoice { id: r.get("id")?, name: r.get("name")? });
    rows.iter().map(read).collect()
}
