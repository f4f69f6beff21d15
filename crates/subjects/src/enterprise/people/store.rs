//! SQL of people.
use super::NewPerson;
use platform::db::Row;
use platform::http::Listing;
use platform::scope::sector_list;
use platform::{Db, Ms, Result, Tx, args, sql};
use std::collections::HashMap;
use uuid::Uuid;

/// The list of people; the organisation is a condition.
pub(super) const LISTING: Listing = Listing {
    select: "select p.* from person p where 1 = 1",
    count: "from person p where 1 = 1",
    sorts: &[("registered_at", "p.registered_at"), ("name", "p.name")],
    tie: "p.id",
    descending: false,
};

pub(super) async fn insert(tx: &mut Tx, id: Uuid, org: &str, person: &NewPerson) -> Result<()> {
    let now = tx.now();
    tx.run(sql(
        "insert into person (id, org, name, phone, id_number, posts, specialities, registered_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            id, org, &person.name, person.phone.clone(), person.id_number.clone(), sector_list(&person.posts),
            sector_list(&person.specialities), now,
        ],
    ))
    .await?;
    Ok(())
}

pub(super) fn read(row: &Row) -> Result<(NewPerson, Ms)> {
    let person = NewPerson {
        id: Some(row.get("id")?),
        name: row.get("name")?,
        phone: row.get("phone")?,
        id_number: row.get("id_number")?,
        posts: platform::scope::members(&row.get::<String>("posts")?),
        specialities: platform::scope::members(&row.get::<String>("specialities")?),
    };
    Ok((person, row.get("registered_at")?))
}

/// The people of an organisation, first entered first.
pub(crate) async fn of_org(db: &Db, org: &str, limit: i64) -> Result<Vec<(NewPerson, Ms)>> {
    let rows = db
        .all(sql(
            "select p.* from person p where p.org = $1 order by p.registered_at, p.id limit $2",
            args![org, limit],
        ))
        .await?;
    rows.iter().map(read).collect()
}

/// The same person in the same organisation: by number, else by name and phone.
pub(super) async fn same(db: &Db, org: &str, person: &NewPerson) -> Result<Option<Uuid>> {
    let query = match &person.id_number {
        Some(number) => sql("select id from person where org = $1 and id_number = $2", args![org, number]),
        None => sql(
            "select id from person where org = $1 and name = $2 and coalesce(phone, '') = $3",
            args![org, &person.name, person.phone.clone().unwrap_or_default()],
        ),
    };
    db.opt(query).await?.map(|r| r.get("id")).transpose()
}

/// One person of an organisation.
pub(crate) async fn by_id(db: &Db, org: &str, id: Uuid) -> Result<Option<NewPerson>> {
    let row = db.opt(sql("select p.* from person p where p.id = $1 and p.org = $2", args![id, org])).await?;
    row.map(|row| read(&row).map(|(person, _)| person)).transpose()
}

/// The names of an organisation's people by id.
pub(crate) async fn names(db: &Db, org: &str) -> Result<HashMap<Uuid, String>> {
    let rows = db.all(sql("select id, name from person where org = $1", args![org])).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
}

/// People of other organisations who also stand on the list of this one: by number, else by name and phone.
pub(crate) async fn also_at(db: &Db, org: &str) -> Result<Vec<Uuid>> {
    let rows = db
        .all(sql(
            "select distinct p.id from person e join person p on (p.id_number = e.id_number or (p.name = e.name and p.phone = e.phone))
             where e.org = $1 and p.org <> $1",
            args![org],
        ))
        .await?;
    rows.iter().map(|r| r.get("id")).collect()
}

/// How many people an organisation has entered.
pub(crate) async fn count(db: &Db, org: &str) -> Result<i64> {
    db.one(sql("select count(*) as n from person where org = $1", args![org])).await?.get("n")
}
