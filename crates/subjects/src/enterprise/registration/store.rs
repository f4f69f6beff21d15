//! SQL of self-registrations.
use super::Checked;
use crate::enterprise::profile::{EnterpriseForm, Profile};
use platform::db::Row;
use platform::http::Listing;
use platform::scope::{self, Columns};
use platform::{Ctx, Db, Error, Ms, Result, Tx, args, sql};
use uuid::Uuid;

/// A registration is about nobody's record yet: only the region's government sees it.
pub(super) const SCOPE: Columns = Columns {
    enterprise: "r.enterprise",
    region: "r.region",
    sectors: None,
    kind: "registration",
    id: "r.id",
    owner: None,
};

/// The list of registrations.
pub(super) const LISTING: Listing = Listing {
    select: "select r.* from registration r where 1 = 1",
    count: "from registration r where 1 = 1",
    sorts: &[("at", "r.filed_at")],
    tie: "r.id",
    descending: true,
};

/// A registration as filed.
#[derive(Debug, Clone)]
pub(crate) struct Filed {
    pub id: Uuid,
    pub state: String,
    pub uscc: String,
    pub name: String,
    pub region: String,
    pub industry: String,
    pub gbt4754: Option<String>,
    pub address: Option<String>,
    pub contact_name: String,
    pub contact_phone: String,
    pub username: String,
    pub password_hash: Option<String>,
    pub at: Ms,
    pub event: Uuid,
    pub decided_at: Option<Ms>,
    pub reason: Option<String>,
    pub enterprise: Option<String>,
}

impl Filed {
    pub(super) fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            state: row.get("state")?,
            uscc: row.get("uscc")?,
            name: row.get("name")?,
            region: row.get("region")?,
            industry: row.get("industry")?,
            gbt4754: row.get("gbt4754")?,
            address: row.get("address")?,
            contact_name: row.get("contact_name")?,
            contact_phone: row.get("contact_phone")?,
            username: row.get("username")?,
            password_hash: row.get("password_hash")?,
            at: row.get("filed_at")?,
            event: row.get("filed_event")?,
            decided_at: row.get("decided_at")?,
            reason: row.get("reason")?,
            enterprise: row.get("enterprise")?,
        })
    }

    /// The profile that was judged when it was filed.
    pub(super) fn profile(&self) -> Result<Profile> {
        let form = EnterpriseForm {
            name: Some(self.name.clone()),
            uscc: Some(self.uscc.clone()),
            region: Some(self.region.clone()),
            industry: Some(self.industry.clone()),
            gbt4754: self.gbt4754.clone(),
            address: self.address.clone(),
            contact_name: Some(self.contact_name.clone()),
            contact_phone: Some(self.contact_phone.clone()),
            ..EnterpriseForm::default()
        };
        form.check(None)
    }
}

pub(super) async fn insert(tx: &mut Tx, ctx: &Ctx, id: Uuid, checked: &Checked, hash: &str, event: Uuid) -> Result<()> {
    let profile = &checked.profile;
    tx.run(sql(
        "insert into registration (id, state, uscc, name, region, industry, gbt4754, address, contact_name, contact_phone, username,
         password_hash, filed_from, filed_at, filed_event) values ($1, 'pending', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        args![
            id, profile.uscc.as_str(), &profile.name, profile.region.as_str(), &profile.industry,
            profile.gbt4754.as_ref().map(|c| c.as_str().to_owned()), profile.address.clone(), &checked.contact_name,
            &checked.contact_phone, &checked.username, hash, ctx.address(), ctx.now(), event,
        ],
    ))
    .await?;
    Ok(())
}

/// Writes the decision, once; the password hash has done its service.
pub(super) async fn decide(
    tx: &mut Tx,
    ctx: &Ctx,
    id: Uuid,
    state: &str,
    reason: Option<&str>,
    enterprise: Option<&str>,
) -> Result<()> {
    let touched = tx
        .run(sql(
            "update registration set state = $1, decided_at = $2, decided_by = $3, reason = $4, enterprise = $5, password_hash = null
             where id = $6 and state = 'pending'",
            args![state, ctx.now(), &ctx.actor.org, reason, enterprise, id],
        ))
        .await?;
    if touched == 1 { Ok(()) } else { Err(Error::Conflict("这份注册刚被他人审核".to_owned())) }
}

/// One that the caller may see.
pub(super) async fn find(ctx: &Ctx, id: Uuid) -> Result<Filed> {
    let mut query = sql("select r.* from registration r where r.id = ", vec![]);
    query.bind(id);
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    Filed::read(&ctx.db().one(query).await?)
}

/// State and reason for whoever holds the number.
pub(super) async fn state_of(db: &Db, id: Uuid) -> Result<(String, Option<String>)> {
    let row = db.one(sql("select state, reason from registration where id = $1", args![id])).await?;
    Ok((row.get("state")?, row.get("reason")?))
}

pub(super) async fn filed_since(db: &Db, address: &str, since: Ms) -> Result<i64> {
    let query =
        sql("select count(*) as n from registration where filed_from = $1 and filed_at > $2", args![address, since]);
    db.one(query).await?.get("n")
}

/// A waiting registration with this credit code or user name.
pub(super) async fn pending_with(db: &Db, column: &str, value: &str) -> Result<Option<Uuid>> {
    let text = if column == "uscc" {
        "select id from registration where state = 'pending' and uscc = $1"
    } else {
        "select id from registration where state = 'pending' and username = $1"
    };
    db.opt(sql(text, args![value])).await?.map(|r| r.get("id")).transpose()
}

/// The oldest that wait for the caller, and how many wait in all.
pub(crate) async fn waiting(ctx: &Ctx, limit: i64) -> Result<(i64, Vec<Filed>)> {
    let mut count = sql("select count(*) as n from registration r where r.state = 'pending'", vec![]);
    scope::condition(&mut count, &ctx.actor, ctx.now(), SCOPE);
    let mut query = sql("select r.* from registration r where r.state = 'pending'", vec![]);
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    query.push(" order by r.filed_at, r.id limit ").bind(limit);
    let rows = ctx.db().all(query).await?.iter().map(Filed::read).collect::<Result<Vec<_>>>()?;
    Ok((ctx.db().one(count).await?.get("n")?, rows))
}

/// The registration an enterprise came from.
pub(crate) async fn origin_of(db: &Db, enterprise: &str) -> Result<Option<Filed>> {
    db.opt(sql("select r.* from registration r where r.enterprise = $1", args![enterprise]))
        .await?
        .as_ref()
        .map(Filed::read)
        .transpose()
}
