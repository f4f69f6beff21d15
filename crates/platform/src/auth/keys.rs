//! API keys of machine clients: shown once, stored as a digest, limited to scopes.
use crate::actor::{Actor, ActorRef, Subject};
use crate::app::App;
use crate::args;
use crate::auth::accounts::Org;
use crate::ctx::{Ctx, Tx};
use crate::db::{Row, sql};
use crate::error::{Error, Result};
use crate::secrets;
use crate::source::Ms;
use standards::codes::Region;
use uuid::Uuid;

/// A key to issue.
#[derive(Debug)]
pub struct NewKey<'a> {
    /// What it is for.
    pub name: &'a str,
    /// Organisation it acts for.
    pub org: &'a str,
    /// `part:action` words.
    pub scopes: &'a [String],
    /// End.
    pub until: Option<Ms>,
    /// Event that issues it.
    pub because: Uuid,
}

impl Tx {
    /// Issues a key; the returned secret is shown once and never stored.
    pub async fn issue_key(&mut self, ctx: &Ctx, id: &str, key: &NewKey<'_>) -> Result<String> {
        let secret = hex::encode(ctx.app.source().random::<24>());
        self.run(sql(
            "insert into access_key (id, name, org, secret_hash, scopes, until_at, created_at, because_event) values ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![id, key.name, key.org, secrets::token_hash(&secret), key.scopes.join(","), key.until, ctx.now(), key.because],
        ))
        .await?;
        Ok(format!("{id}.{secret}"))
    }

    /// Revokes a key, at once.
    pub async fn revoke_key(&mut self, id: &str) -> Result<()> {
        let now = self.now();
        let touched = self
            .run(sql("update access_key set revoked_at = $1 where id = $2 and revoked_at is null", args![now, id]))
            .await?;
        if touched == 1 { Ok(()) } else { Err(Error::NotFound) }
    }
}

const REFUSED: Error = Error::Unauthenticated("key-invalid");

/// Who a bearer token is.
pub(crate) async fn actor(app: &App, token: &str) -> Result<Actor> {
    let (id, secret) = token.split_once('.').ok_or(REFUSED)?;
    let row = in_force(app, id).await?;
    if !secrets::equal(row.get::<String>("secret_hash")?, secrets::token_hash(secret)) {
        return Err(REFUSED);
    }
    described(app, id, &row).await
}

/// Who the holder of this key is now, where its secret was checked before.
pub(crate) async fn actor_of(app: &App, id: &str) -> Result<Actor> {
    described(app, id, &in_force(app, id).await?).await
}

async fn in_force(app: &App, id: &str) -> Result<Row> {
    let query = sql(
        "select * from access_key where id = $1 and revoked_at is null and (until_at is null or until_at > $2)",
        args![id, app.source().now()],
    );
    app.db().opt(query).await?.ok_or(REFUSED)
}

async fn described(app: &App, id: &str, row: &Row) -> Result<Actor> {
    let org = Org::find(app.db(), &row.get::<String>("org")?).await?.ok_or(REFUSED)?;
    let scopes: String = row.get("scopes")?;
    Ok(Actor {
        me: ActorRef::ApiKey(id.to_owned()),
        subject: Some(org.subject),
        name: row.get("name")?,
        roles: vec![],
        region: (org.subject == Subject::Government).then(|| Region::parse(&org.region).ok()).flatten(),
        sectors: org.sectors,
        org: org.id,
        scopes: crate::scope::members(&scopes),
    })
}
