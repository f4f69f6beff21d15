//! SQL of the enterprise register itself.
use crate::enterprise::profile::{Profile, initials};
use crate::enterprise::register::Origin;
use platform::db::Row;
use platform::http::Listing;
use platform::scope::{self, Columns, sector_list};
use platform::{Ctx, Db, Error, Ms, Result, Sql, Tx, args, sql};
use standards::codes::{IndustryCode, Region, Uscc, normalise};
use std::collections::BTreeMap;

/// How enterprises are placed for scope. What a grant names `enterprise` opens this record.
pub const SCOPE: Columns = Columns {
    enterprise: "e.id",
    region: "e.region",
    sectors: Some("e.sectors"),
    kind: "enterprise",
    id: "e.id",
    owner: None,
};

/// The same for one record asked for by id: a merged one is its keeper's.
const FIND_SCOPE: Columns = Columns { enterprise: "coalesce(e.merged_into, e.id)", ..SCOPE };

/// Columns to select for [`Enterprise::read`].
pub const COLUMNS: &str = "e.id, e.uscc, e.name, e.region, e.sectors, e.industry, e.gbt4754, e.employees, e.tags, e.address, e.lon_e6, e.lat_e6, e.contact_name, e.contact_phone, e.status, e.merged_into, e.registered_at, e.confirmed_at, e.version";

/// The list of enterprises.
pub(crate) const LISTING: Listing = Listing {
    select: "select e.id, e.uscc, e.name, e.region, e.sectors, e.industry, e.gbt4754, e.employees, e.tags, e.address, e.lon_e6, e.lat_e6, e.contact_name, e.contact_phone, e.status, e.merged_into, e.registered_at, e.confirmed_at, e.version from enterprise e where 1 = 1",
    count: "from enterprise e where 1 = 1",
    sorts: &[
        ("name", "e.initials"),
        ("region", "e.region"),
        ("employees", "coalesce(e.employees, 0)"),
        ("registered_at", "e.registered_at"),
    ],
    tie: "e.id",
    descending: false,
};

/// A record of the register.
#[derive(Debug, Clone)]
pub struct Enterprise {
    /// Id, the same as the organisation's.
    pub id: String,
    /// What is known of it.
    pub profile: Profile,
    /// `active` or `merged`.
    pub status: String,
    /// The record that was kept, where this one was merged into it.
    pub merged_into: Option<String>,
    /// When it entered the register.
    pub registered_at: Ms,
    /// When the enterprise last confirmed its file.
    pub confirmed_at: Option<Ms>,
    /// Grows with every change.
    pub version: i64,
}

impl Enterprise {
    /// Reads a row selected with [`COLUMNS`].
    pub fn read(row: &Row) -> Result<Self> {
        let lon: Option<i64> = row.get("lon_e6")?;
        let employees: Option<i64> = row.get("employees")?;
        let gbt4754: Option<String> = row.get("gbt4754")?;
        Ok(Self {
            id: row.get("id")?,
            profile: Profile {
                name: row.get("name")?,
                uscc: Uscc::parse(&row.get::<String>("uscc")?).map_err(Error::internal)?,
                region: Region::parse(&row.get::<String>("region")?).map_err(Error::internal)?,
                industry: row.get("industry")?,
                gbt4754: gbt4754.map(|c| IndustryCode::parse(&c)).transpose().map_err(Error::internal)?,
                employees: employees.and_then(|n| u32::try_from(n).ok()),
                tags: platform::scope::members(&row.get::<String>("tags")?),
                sectors: platform::scope::members(&row.get::<String>("sectors")?),
                address: row.get("address")?,
                position: lon.zip(row.get("lat_e6")?),
                contact_name: row.get("contact_name")?,
                contact_phone: row.get("contact_phone")?,
            },
            status: row.get("status")?,
            merged_into: row.get("merged_into")?,
            registered_at: row.get("registered_at")?,
            confirmed_at: row.get("confirmed_at")?,
            version: row.get("version")?,
        })
    }
    /// Where it stands.
    pub fn placed(&self) -> platform::Placed {
        platform::Placed::enterprise(&self.id, self.profile.region.as_str(), self.profile.sectors.clone())
    }
    /// False once it has been merged into another record.
    pub fn is_active(&self) -> bool {
        self.status == "active"
    }
}

/// Enters a record.
pub(crate) async fn insert(tx: &mut Tx, id: &str, profile: &Profile) -> Result<()> {
    let (lon, lat) = profile.position.unzip();
    let registered_at = tx.now();
    tx.run(sql(
        "insert into enterprise (id, uscc, name, name_key, initials, region, sectors, industry, section, gbt4754, employees, tags,
         address, lon_e6, lat_e6, contact_name, contact_phone, status, registered_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'active', $18, 1)",
        args![
            id, profile.uscc.as_str(), &profile.name, normalise(&profile.name), initials(&profile.name), profile.region.as_str(),
            sector_list(&profile.sectors), &profile.industry, profile.section(), profile.gbt4754.as_ref().map(|c| c.as_str().to_owned()),
            profile.employees, sector_list(&profile.tags), profile.address.clone(), lon, lat, profile.contact_name.clone(),
            profile.contact_phone.clone(), registered_at,
        ],
    ))
    .await?;
    Ok(())
}

/// Writes a changed profile over the version it was made from.
pub(crate) async fn update(tx: &mut Tx, old: &Enterprise, new: &Profile, confirmed_at: Option<Ms>) -> Result<()> {
    let (lon, lat) = new.position.unzip();
    let touched = tx
        .run(sql(
            "update enterprise set uscc = $1, name = $2, name_key = $3, initials = $4, region = $5, sectors = $6, industry = $7, section = $8,
             gbt4754 = $9, employees = $10, tags = $11, address = $12, lon_e6 = $13, lat_e6 = $14, contact_name = $15, contact_phone = $16,
             confirmed_at = $17, version = version + 1 where id = $18 and version = $19",
            args![
                new.uscc.as_str(), &new.name, normalise(&new.name), initials(&new.name), new.region.as_str(), sector_list(&new.sectors),
                &new.industry, new.section(), new.gbt4754.as_ref().map(|c| c.as_str().to_owned()), new.employees, sector_list(&new.tags),
                new.address.clone(), lon, lat, new.contact_name.clone(), new.contact_phone.clone(), confirmed_at, &old.id, old.version,
            ],
        ))
        .await?;
    if touched == 1 {
        Ok(())
    } else {
        Err(Error::Conflict("这份档案刚被他人修改，请刷新后重试".to_owned()))
    }
}

/// Keeps where each value came from.
pub(crate) async fn put_sources(tx: &mut Tx, id: &str, fields: &[&str], origin: &Origin) -> Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    let now = tx.now();
    let mut insert = sql("insert into enterprise_field_source (enterprise, field, kind, source, at) values ", vec![]);
    for (i, field) in fields.iter().enumerate() {
        insert.push(if i == 0 { "(" } else { ",(" }).bind(id).push(",").bind(*field).push(",").bind(origin.kind());
        insert.push(",").bind(origin.of(field)).push(",").bind(now).push(")");
    }
    insert.push(" on conflict (enterprise, field) do update set kind = excluded.kind, source = excluded.source, at = excluded.at");
    tx.run(insert).await?;
    Ok(())
}

/// Field → source and time.
pub(crate) async fn sources(db: &Db, id: &str) -> Result<BTreeMap<String, (String, Ms)>> {
    let rows =
        db.all(sql("select field, source, at from enterprise_field_source where enterprise = $1", args![id])).await?;
    rows.iter().map(|r| Ok((r.get("field")?, (r.get("source")?, r.get("at")?)))).collect()
}

/// A record the caller may see, merged ones included.
pub(crate) async fn find(ctx: &Ctx, id: &str) -> Result<Enterprise> {
    let mut query = sql("select ", vec![]);
    query.push(COLUMNS).push(" from enterprise e where e.id = ").bind(id);
    scope::condition(&mut query, &ctx.actor, ctx.now(), FIND_SCOPE);
    Enterprise::read(&ctx.db().one(query).await?)
}

/// A record by its credit code, wherever it stands: the register holds a code once.
pub(crate) async fn by_uscc(db: &Db, uscc: &str) -> Result<Option<Enterprise>> {
    let mut query = sql("select ", vec![]);
    query.push(COLUMNS).push(" from enterprise e where e.status = 'active' and e.uscc = ").bind(uscc);
    db.opt(query).await?.as_ref().map(Enterprise::read).transpose()
}

/// A record by id, wherever it stands; for checks that answer no more than yes or no.
pub(crate) async fn by_id(db: &Db, id: &str) -> Result<Option<Enterprise>> {
    let mut query = sql("select ", vec![]);
    query.push(COLUMNS).push(" from enterprise e where e.id = ").bind(id);
    db.opt(query).await?.as_ref().map(Enterprise::read).transpose()
}

/// What a list may be narrowed to.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub q: Option<String>,
    pub region: Option<Region>,
    pub industry: Option<String>,
    pub tag: Option<String>,
    pub status: Option<String>,
    pub major_hazard: Option<bool>,
}

/// The tag that marks an enterprise with a major hazard installation in the register.
const MAJOR_HAZARD: &str = "重大危险源";

impl Wanted {
    /// Adds the filters.
    pub(crate) fn conditions(&self, query: &mut Sql) {
        query.push(" and e.status = ").bind(self.status.as_deref().unwrap_or("active"));
        if let Some(region) = &self.region {
            let (from, below) = scope::prefix_range(region);
            query.push(" and e.region >= ").bind(from).push(" and e.region < ").bind(below);
        }
        if let Some(q) = &self.q {
            named(query, q);
        }
        if let Some(industry) = &self.industry {
            trade(query, industry);
        }
        if let Some(tag) = &self.tag {
            query.push(" and e.tags like ").bind(format!("%,{},%", escape(tag))).push(" escape '!'");
        }
        match self.major_hazard {
            Some(true) => drop(query.push(" and e.tags like ").bind(format!("%,{MAJOR_HAZARD},%"))),
            Some(false) => drop(query.push(" and e.tags not like ").bind(format!("%,{MAJOR_HAZARD},%"))),
            None => {}
        }
    }
}

/// Name, credit code or pinyin initials.
fn named(query: &mut Sql, q: &str) {
    let key = escape(&normalise(q));
    query.push(" and (e.name_key like ").bind(format!("%{key}%")).push(" escape '!'");
    if key.is_ascii() {
        query.push(" or e.uscc like ").bind(format!("{key}%")).push(" escape '!'");
        query.push(" or e.initials like ").bind(format!("%{}%", key.to_lowercase())).push(" escape '!'");
        query.push(" or e.id = ").bind(q.trim());
    }
    query.push(")");
}

/// A section letter, a code of any length, or words.
fn trade(query: &mut Sql, industry: &str) {
    let key = normalise(industry);
    if key.len() == 1 && key.bytes().all(|b| b.is_ascii_uppercase()) {
        query.push(" and e.section = ").bind(key);
    } else if !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit()) {
        query.push(" and e.gbt4754 like ").bind(format!("{key}%"));
    } else {
        query.push(" and e.industry like ").bind(format!("%{}%", escape(industry.trim()))).push(" escape '!'");
    }
}

/// Takes the wildcards out of what a person typed.
fn escape(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// How many there are per region cut to `length` digits, within the caller's scope.
pub(crate) async fn counts(ctx: &Ctx, region: &Region, length: i64) -> Result<Vec<(String, i64)>> {
    let mut query = sql("select substr(e.region, 1, ", vec![]);
    query.push("cast(").bind(length).push(" as integer)) as part, count(*) as n from enterprise e where 1 = 1");
    let wanted = Wanted { region: Some(*region), ..Wanted::default() };
    wanted.conditions(&mut query);
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    query.push(" group by 1 order by 1");
    ctx.db().all(query).await?.iter().map(|r| Ok((r.get("part")?, r.get("n")?))).collect()
}

/// The active records the caller may see, by initials.
pub(crate) async fn all(ctx: &Ctx, wanted: &Wanted, limit: i64) -> Result<Vec<Enterprise>> {
    let mut query = sql("select ", vec![]);
    query.push(COLUMNS).push(" from enterprise e where 1 = 1");
    wanted.conditions(&mut query);
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    query.push(" order by e.initials, e.id limit ").bind(limit);
    ctx.db().all(query).await?.iter().map(Enterprise::read).collect()
}

/// How many active records the caller may see.
pub(crate) async fn count(ctx: &Ctx) -> Result<i64> {
    let mut query = sql("select count(*) as n from enterprise e where 1 = 1", vec![]);
    Wanted::default().conditions(&mut query);
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    ctx.db().one(query).await?.get("n")
}

/// Names by id, for records that other records point to.
pub(crate) async fn names(db: &Db, ids: &[String]) -> Result<BTreeMap<String, String>> {
    let mut query = sql("select id, name from enterprise where 1 = 1", vec![]);
    query.in_list(" and id", ids.iter());
    db.all(query).await?.iter().map(|r| Ok((r.get("id")?, r.get("name")?))).collect()
}

/// The records that were merged into one, id and name.
pub(crate) async fn merged_into(db: &Db, id: &str) -> Result<Vec<(String, String)>> {
    let rows = db.all(sql("select id, name from enterprise where merged_into = $1 order by id", args![id])).await?;
    rows.iter().map(|r| Ok((r.get("id")?, r.get("name")?))).collect()
}
