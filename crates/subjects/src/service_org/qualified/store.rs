//! SQL of certificates and qualifications.
use super::{Held, Qualification};
use crate::enterprise::people;
use platform::auth::Org;
use platform::db::Row;
use platform::http::{List, Listing, PageQuery};
use platform::scope::{members, sector_list};
use platform::{Columns, Ctx, Error, Result, Tx, args, scope, sql};
use uuid::Uuid;

const SCOPE: Columns = Columns {
    enterprise: "q.org",
    region: "q.region",
    sectors: Some("q.sectors"),
    kind: "qualification",
    id: "q.id",
    owner: Some("q.org"),
};

const LISTING: Listing = Listing {
    select: "select q.* from qualification q where 1 = 1",
    count: "from qualification q where 1 = 1",
    sorts: &[("valid_to", "q.valid_to"), ("kind", "q.kind")],
    tie: "q.id",
    descending: false,
};

/// A page of an organisation's certificates, of one person where one is named.
pub(super) async fn list(
    ctx: &Ctx,
    page: &PageQuery,
    org: &str,
    person: Option<Uuid>,
    whole: bool,
) -> Result<List<Qualification>> {
    let conditions = |query: &mut platform::Sql| {
        query.push(" and q.org = ").bind(org);
        query.filter(" and q.person = ", person);
        scope::condition(query, &ctx.actor, ctx.now(), SCOPE);
    };
    let now = ctx.now();
    let names = people::names(ctx.db(), org).await?;
    let shown = |held: Held| {
        let name = held.person.and_then(|person| names.get(&person).cloned());
        held.shown(name, now, whole)
    };
    LISTING.run(ctx, page, conditions, |row| read(row).map(shown)).await
}

fn read(row: &Row) -> Result<Held> {
    Ok(Held {
        id: row.get("id")?,
        org: row.get("org")?,
        person: row.get("person")?,
        kind: row.get("kind")?,
        number: row.get("number")?,
        skills: members(&row.get::<String>("skills")?),
        valid_to: row.get("valid_to")?,
        verified_against: row.get("verified_against")?,
        revision: row.get("revision")?,
    })
}

/// The certificate with this number, inside the write.
pub(super) async fn same(tx: &mut Tx, org: &str, kind: &str, number: &str) -> Result<Option<Held>> {
    let query = sql(
        "select q.* from qualification q where q.org = $1 and q.kind = $2 and q.number = $3",
        args![org, kind, number],
    );
    tx.opt(query).await?.as_ref().map(read).transpose()
}

/// Writes a new certificate.
pub(super) async fn insert(tx: &mut Tx, org: &Org, held: &Held) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into qualification (id, org, region, sectors, person, kind, number, skills, valid_to, verified_against, revision, registered_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $11)",
        args![
            held.id, &org.id, &org.region, sector_list(&org.sectors), held.person, &held.kind, &held.number,
            sector_list(&held.skills), held.valid_to, held.verified_against.clone(), now,
        ],
    ))
    .await?;
    Ok(())
}

/// Writes a renewed certificate over the revision it was read at.
pub(super) async fn renew(tx: &mut Tx, held: &Held) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update qualification set skills = $1, valid_to = $2, verified_against = $3, revision = revision + 1, updated_at = $4 where id = $5 and revision = $6",
            args![sector_list(&held.skills), held.valid_to, held.verified_against.clone(), now, held.id, held.revision],
        ))
        .await?;
    if touched == 1 {
        Ok(())
    } else {
        Err(Error::Conflict("这份证书刚被他人修改，请刷新后再登记".to_owned()))
    }
}
