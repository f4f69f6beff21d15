//! Forward-only migrations, one numbered list per owner, each with its checksum.
use super::{Db, sql};
use crate::args;
use crate::error::{Error, Result};
use crate::source::Ms;
use std::collections::BTreeMap;

/// One migration of one owner. The same text serves both engines unless `pg` differs.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// `0001_init`
    pub name: &'static str,
    /// Text for both engines.
    pub sql: &'static str,
    /// Text for PostgreSQL where the dialect must differ.
    pub pg: Option<&'static str>,
}

impl Migration {
    fn text(&self, db: &Db) -> &'static str {
        if db.is_pg() { self.pg.unwrap_or(self.sql) } else { self.sql }
    }
}

const TABLE: &str = "create table if not exists migration (
    owner text not null, name text not null, checksum text not null, applied_at bigint not null,
    primary key (owner, name))";

impl Db {
    /// Applies what is missing, in the order of the owners. Refuses a database that a newer
    /// build has already changed, and a migration whose text has changed since it ran.
    pub async fn migrate(&self, owners: &[(&'static str, &'static [Migration])], now: Ms) -> Result<usize> {
        let mut tx = self.begin().await?;
        tx.script(TABLE).await?;
        tx.commit().await?;
        let rows = self.all(sql("select owner, name, checksum from migration", vec![])).await?;
        let mut applied = BTreeMap::new();
        for row in rows {
            applied.insert((row.get::<String>("owner")?, row.get::<String>("name")?), row.get::<String>("checksum")?);
        }
        let mut done = 0;
        for (owner, migrations) in owners {
            for migration in *migrations {
                let text = migration.text(self);
                let checksum = hex::encode(evidence::leaf_hash(evidence::Suite::Sm3Sm2, text.as_bytes()));
                match applied.remove(&((*owner).to_owned(), migration.name.to_owned())) {
                    Some(known) if known == checksum => {}
                    Some(_) => {
                        return Err(Error::internal(format!(
                            "migration {owner}/{} has changed since it was applied",
                            migration.name
                        )));
                    }
                    None => {
                        self.apply(owner, migration.name, text, &checksum, now).await?;
                        done += 1;
                    }
                }
            }
        }
        match applied.into_keys().next() {
            None => Ok(done),
            Some((owner, name)) => Err(Error::internal(format!(
                "the database has migration {owner}/{name} of a newer version; start that version"
            ))),
        }
    }

    async fn apply(
        &self,
        owner: &'static str,
        name: &'static str,
        text: &'static str,
        checksum: &str,
        now: Ms,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.script(text).await.map_err(|e| Error::internal(format!("migration {owner}/{name}: {e}")))?;
        tx.run(sql(
            "insert into migration (owner, name, checksum, applied_at) values ($1, $2, $3, $4)",
            args![owner, name, checksum, now.0],
        ))
        .await?;
        tx.commit().await
    }
}
