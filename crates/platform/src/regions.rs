//! Administrative divisions by name: a dated rule set of its own, loaded from the county's list.
use crate::args;
use crate::ctx::Tx;
use crate::db::{Db, sql};
use crate::error::Result;
use standards::codes::Region;
use std::collections::HashMap;

/// A division with its name and where its name stands on the map.
#[derive(Debug, Clone)]
pub struct Division {
    /// Code at its own level.
    pub region: Region,
    /// Name.
    pub name: String,
    /// Longitude and latitude, CGCS2000 degrees, where known.
    pub at: Option<(f64, f64)>,
}

impl Tx {
    /// Enters or renames a division; goes with the event of its edition.
    pub async fn put_division(&mut self, division: &Division) -> Result<()> {
        let (lon, lat) = division.at.unzip();
        self.run(sql(
            "insert into region (code, parent, name, lon, lat) values ($1, $2, $3, $4, $5)
             on conflict (code) do update set name = excluded.name, lon = excluded.lon, lat = excluded.lat",
            args![
                division.region.as_str(),
                division.region.parent().map(|p| p.as_str().to_owned()),
                &division.name,
                lon,
                lat
            ],
        ))
        .await?;
        Ok(())
    }
}

/// The name of a division; its code where the list does not know it.
pub async fn name(db: &Db, code: &str) -> Result<String> {
    let row = db.opt(sql("select name from region where code = $1", args![code])).await?;
    row.map_or_else(|| Ok(code.to_owned()), |row| row.get("name"))
}

/// The direct children of a division, code and name, in the order of their codes.
pub async fn children(db: &Db, code: &str) -> Result<Vec<(String, String)>> {
    let rows = db.all(sql("select code, name from region where parent = $1 order by code", args![code])).await?;
    rows.iter().map(|r| Ok((r.get("code")?, r.get("name")?))).collect()
}

/// Every division's name by code.
pub async fn names(db: &Db) -> Result<HashMap<String, String>> {
    let rows = db.all(sql("select code, name from region", vec![])).await?;
    rows.iter().map(|r| Ok((r.get("code")?, r.get("name")?))).collect()
}
