//! SQL of consents.
use events::Code;
use platform::db::Row;
use platform::{Ctx, Error, Ms, Result, Tx, args, sql};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A consent as shown.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Consent {
    /// Id, the id of the event that gave it.
    id: Uuid,
    /// Organisation that may see.
    pub(super) to: String,
    /// Its name.
    pub(super) to_name: String,
    /// Purpose key.
    pub(super) purpose: String,
    /// Purpose in words.
    pub(super) purpose_name: String,
    /// Field groups.
    pub(super) fields: Vec<String>,
    /// When it was given.
    pub(super) given_at: Ms,
    /// End; nothing where it lasts until withdrawn.
    pub(super) until: Option<Ms>,
    /// When it was withdrawn.
    withdrawn_at: Option<Ms>,
    /// `active`, `expired` or `withdrawn`.
    pub(super) state: String,
}

fn read(row: &Row, now: Ms) -> Result<Consent> {
    let purpose: String = row.get("purpose")?;
    let (until, withdrawn_at): (Option<Ms>, Option<Ms>) = (row.get("until_at")?, row.get("withdrawn_at")?);
    let state = match (withdrawn_at, until) {
        (Some(_), _) => "withdrawn",
        (None, Some(until)) if until <= now => "expired",
        _ => "active",
    };
    Ok(Consent {
        id: row.get("id")?,
        to: row.get("org")?,
        to_name: row.get::<Option<String>>("org_name")?.unwrap_or_default(),
        purpose_name: super::PURPOSES.iter().find(|(key, _)| *key == purpose).map_or("", |(_, name)| name).to_owned(),
        purpose,
        fields: platform::scope::members(&row.get::<String>("fields")?),
        given_at: row.get("given_at")?,
        until,
        withdrawn_at,
        state: state.to_owned(),
    })
}

pub(super) async fn insert(
    tx: &mut Tx,
    id: Uuid,
    enterprise: &str,
    org: &str,
    purpose: &str,
    fields: &[Code],
    until: Option<Ms>,
) -> Result<()> {
    let now = tx.now();
    let fields: Vec<String> = fields.iter().map(|f| f.as_str().to_owned()).collect();
    tx.run(sql(
        "insert into consent (id, enterprise, org, purpose, fields, given_at, until_at) values ($1, $2, $3, $4, $5, $6, $7)",
        args![id, enterprise, org, purpose, fields.join(","), now, until],
    ))
    .await?;
    Ok(())
}

pub(super) async fn withdraw(tx: &mut Tx, enterprise: &str, id: Uuid) -> Result<()> {
    let now = tx.now();
    let query = sql(
        "update consent set withdrawn_at = $1 where id = $2 and enterprise = $3 and withdrawn_at is null",
        args![now, id, enterprise],
    );
    if tx.run(query).await? == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// An enterprise's consents, newest first.
pub(super) async fn of(ctx: &Ctx, enterprise: &str) -> Result<Vec<Consent>> {
    let rows = ctx
        .db()
        .all(sql(
            "select c.*, o.name as org_name from consent c left join org o on o.id = c.org where c.enterprise = $1 order by c.given_at desc, c.id limit 500",
            args![enterprise],
        ))
        .await?;
    rows.iter().map(|row| read(row, ctx.now())).collect()
}
