//! Sign-ins: accounts and roles, sessions, API keys.
mod accounts;
pub(crate) mod keys;
pub(crate) mod session;

pub use accounts::{Account, NewAccount, Org, actor, find};
pub use keys::NewKey;

use crate::args;
use crate::db::{Db, sql};
use crate::error::{Error, Result};
use crate::source::Source;

/// The node's own secret, made once, from which CSRF tokens are derived.
pub(crate) async fn node_secret(db: &Db, source: &Source) -> Result<[u8; 32]> {
    let mut tx = db.begin().await?;
    tx.run(sql(
        "insert into setting (key, value) values ('node.secret', $1) on conflict (key) do nothing",
        args![hex::encode(source.random::<32>())],
    ))
    .await?;
    let text: String =
        tx.one(sql("select value from setting where key = 'node.secret'", vec![])).await?.get("value")?;
    tx.commit().await?;
    let bytes = hex::decode(text).map_err(Error::internal)?;
    bytes.try_into().map_err(|_| Error::internal("the stored node secret is not 32 bytes"))
}
