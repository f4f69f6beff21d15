//! SQL of sites.
use super::Place;
use platform::db::Row;
use platform::scope::sector_list;
use platform::{Db, Error, Result, Sql, Tx, args, sql};
use standards::codes::Region;

pub(super) async fn insert(tx: &mut Tx, place: &Place, sectors: &[String]) -> Result<()> {
    let (lon, lat) = place.position.unzip();
    let now = tx.now();
    tx.run(sql(
        "insert into site (id, enterprise, name, address, address_key, region, sectors, landlord, lon_e6, lat_e6, area_m2, opened_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            place.id, &place.enterprise, &place.name, &place.address, place.address_key(), place.region.as_str(), sector_list(sectors),
            place.landlord.clone(), lon, lat, place.area_m2, now,
        ],
    ))
    .await?;
    for tenant in &place.tenants {
        tx.run(sql(
            "insert into site_tenant (site, tenant) values ($1, $2) on conflict do nothing",
            args![place.id, tenant],
        ))
        .await?;
    }
    Ok(())
}

fn read(row: &Row) -> Result<Place> {
    let (lon, lat): (Option<i64>, Option<i64>) = (row.get("lon_e6")?, row.get("lat_e6")?);
    let area: Option<i64> = row.get("area_m2")?;
    Ok(Place {
        id: row.get("id")?,
        enterprise: row.get("enterprise")?,
        name: row.get("name")?,
        address: row.get("address")?,
        region: Region::parse(&row.get::<String>("region")?).map_err(Error::internal)?,
        landlord: row.get("landlord")?,
        tenants: vec![],
        position: lon.zip(lat),
        area_m2: area.and_then(|a| u32::try_from(a).ok()),
    })
}

async fn places(db: &Db, query: Sql) -> Result<Vec<Place>> {
    let mut places = db.all(query).await?.iter().map(read).collect::<Result<Vec<_>>>()?;
    let mut tenants = sql("select site, tenant from site_tenant where 1 = 1", vec![]);
    tenants.in_list(" and site", places.iter().map(|p| p.id.to_string())).push(" order by site, tenant");
    for row in db.all(tenants).await? {
        let site: uuid::Uuid = row.get("site")?;
        if let Some(place) = places.iter_mut().find(|p| p.id == site) {
            place.tenants.push(row.get("tenant")?);
        }
    }
    Ok(places)
}

/// The sites of an enterprise, first opened first.
pub(crate) async fn of_enterprise(db: &Db, enterprise: &str) -> Result<Vec<Place>> {
    places(db, sql("select * from site where enterprise = $1 order by opened_at, id limit 500", args![enterprise]))
        .await
}

/// All sites at these addresses.
pub(super) async fn at_address(db: &Db, keys: &[String]) -> Result<Vec<Place>> {
    let mut query = sql("select * from site where 1 = 1", vec![]);
    query.in_list(" and address_key", keys.iter()).push(" limit 5000");
    places(db, query).await
}
