//! SQL of the list of organisations: the platform's directory.
use platform::auth::Org;
use platform::http::Listing;
use platform::scope::{self, Columns};
use platform::{Ctx, Result, Sql, Subject, sql};
use standards::codes::{Region, RegionLevel};

/// The list of organisations.
pub(super) const LISTING: Listing = Listing {
    select: "select o.id, o.name, o.uscc, o.subject, o.region, o.sectors, (select count(*) from account a where a.org = o.id) as users from org o where o.state <> 'merged'",
    count: "from org o where o.state <> 'merged'",
    sorts: &[("id", "o.id"), ("name", "o.name"), ("subject", "o.subject")],
    tie: "o.id",
    descending: false,
};

const SCOPE: Columns = Columns {
    enterprise: "o.id",
    region: "o.region",
    sectors: None,
    kind: "enterprise",
    id: "o.id",
    owner: Some("o.id"),
};

/// Adds what the caller may know of. Insurers and service organisations are a public register:
/// an enterprise must be able to choose among them.
pub(super) fn visible(query: &mut Sql, ctx: &Ctx) {
    if ctx.actor.is_internal() {
        return;
    }
    query.push(" and (o.subject in ('insurer', 'service_org') or (1 = 1");
    match ctx.actor.subject {
        Some(Subject::Government) => scope::condition(query, &ctx.actor, ctx.now(), SCOPE),
        _ => drop(query.push(" and o.id = ").bind(ctx.actor.org.as_str())),
    }
    query.push("))");
}

/// The government bodies whose area contains a region, largest area first, with their accounts in use.
pub(crate) async fn governing(ctx: &Ctx, region: &Region) -> Result<Vec<(Org, i64)>> {
    use RegionLevel::{City, County, Province, Town, Village};
    let areas = [Province, City, County, Town, Village].into_iter().filter_map(|level| region.at(level));
    let mut query = sql(
        "select o.id, o.name, o.uscc, o.subject, o.region, o.sectors,
         (select count(*) from account a where a.org = o.id and a.disabled = 0) as users from org o where o.subject = 'government'",
        vec![],
    );
    query.in_list(" and o.region", areas.map(|r| r.to_string())).push(" order by length(o.region), o.id");
    ctx.db().all(query).await?.iter().map(|row| Ok((Org::read(row)?, row.get("users")?))).collect()
}
