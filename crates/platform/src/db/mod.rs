//! The database: an enum of two engines behind one small set of calls.
//!
//! Static SQL in the subset both share (`$1`, `on conflict … do update`, `returning`); types
//! `text`, `bigint`, `double precision` and `bytea`, which both engines understand.
mod migrate;
mod pg;
mod sqlite;
mod value;

pub use migrate::Migration;
pub use value::{Column, Row, Sql, Value, sql};

use crate::error::{Error, Result};
use sqlx::{ConnectOptions, Connection, PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use value::run;

/// One database of either engine.
#[derive(Clone)]
pub struct Db(Engine);

#[derive(Clone)]
enum Engine {
    Sqlite { read: SqlitePool, writer: sqlite::Writer, path: PathBuf },
    Pg { pool: PgPool, flusher: pg::Flusher },
}

impl Db {
    /// Opens or creates an embedded database file.
    pub async fn sqlite(path: &Path) -> Result<Self> {
        let mut connection = sqlx::SqliteConnection::connect_with(&sqlite::options(path)).await?;
        sqlite::check_version(&mut connection).await?;
        let read = sqlite::read_pool(path).await?;
        Ok(Self(Engine::Sqlite { read, writer: sqlite::Writer::start(connection), path: path.to_owned() }))
    }

    /// Connects to PostgreSQL.
    pub async fn postgres(url: &str) -> Result<Self> {
        let pool = pg::pool(url).await?;
        Ok(Self(Engine::Pg { flusher: pg::Flusher::start(pool.clone()), pool }))
    }

    /// `sqlite` or `postgresql`.
    pub const fn engine(&self) -> &'static str {
        match self.0 {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Pg { .. } => "postgresql",
        }
    }

    /// URL of the PostgreSQL database, for stores that keep connections of their own.
    pub fn postgres_url(&self) -> Option<String> {
        match &self.0 {
            Engine::Sqlite { .. } => None,
            Engine::Pg { pool, .. } => Some(pool.connect_options().to_url_lossy().to_string()),
        }
    }

    /// True where rows can be visible before they are durable.
    pub(crate) const fn is_pg(&self) -> bool {
        matches!(self.0, Engine::Pg { .. })
    }

    /// All rows of a read.
    pub async fn all(&self, statement: Sql) -> Result<Vec<Row>> {
        Ok(match &self.0 {
            Engine::Sqlite { read, .. } => {
                run!(Sqlite, read, statement, fetch_all)?.into_iter().map(Row::Sqlite).collect()
            }
            Engine::Pg { pool, .. } => run!(Postgres, pool, statement, fetch_all)?.into_iter().map(Row::Pg).collect(),
        })
    }

    /// The first row of a read, if any.
    pub async fn opt(&self, statement: Sql) -> Result<Option<Row>> {
        Ok(match &self.0 {
            Engine::Sqlite { read, .. } => run!(Sqlite, read, statement, fetch_optional)?.map(Row::Sqlite),
            Engine::Pg { pool, .. } => run!(Postgres, pool, statement, fetch_optional)?.map(Row::Pg),
        })
    }

    /// The first row of a read; none is [`Error::NotFound`].
    pub async fn one(&self, statement: Sql) -> Result<Row> {
        self.opt(statement).await?.ok_or(Error::NotFound)
    }

    /// Starts a write. Every statement must succeed or the write can no longer commit.
    pub(crate) async fn begin(&self) -> Result<RawTx> {
        let inner = match &self.0 {
            Engine::Sqlite { writer, .. } => Inner::Sqlite(writer.lease().await?),
            Engine::Pg { pool, flusher } => {
                let mut tx = pool.begin().await?;
                sqlx::query("set local synchronous_commit = off").execute(&mut *tx).await?;
                Inner::Pg { tx, flusher: flusher.clone() }
            }
        };
        Ok(RawTx { inner, poisoned: false })
    }

    /// Waits until everything committed so far is durable (PostgreSQL; SQLite always is).
    pub(crate) async fn flushed(&self) -> Result<()> {
        match &self.0 {
            Engine::Sqlite { .. } => Ok(()),
            Engine::Pg { flusher, .. } => flusher.flushed().await,
        }
    }

    /// A consistent copy of an embedded database, taken while it runs.
    pub async fn copy_to(&self, target: &Path) -> Result<()> {
        let Engine::Sqlite { path, .. } = &self.0 else {
            return Err(Error::internal("PostgreSQL is backed up with its own tools (pg_basebackup, pgbackrest)"));
        };
        let mut connection = sqlx::SqliteConnection::connect_with(&sqlite::options(path)).await?;
        let target = target.to_string_lossy().into_owned();
        sqlx::query("vacuum into ?1").bind(target).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Checks an embedded database's pages and indexes; an empty list is good.
    pub async fn integrity(&self) -> Result<Vec<String>> {
        if self.is_pg() {
            return Ok(vec![]);
        }
        let rows = self.all(sql("pragma integrity_check", vec![])).await?;
        let lines: Result<Vec<String>> = rows.iter().map(|r| r.get("integrity_check")).collect();
        Ok(lines?.into_iter().filter(|l| l != "ok").collect())
    }
}

enum Inner {
    Sqlite(sqlite::Lease),
    Pg { tx: Transaction<'static, Postgres>, flusher: pg::Flusher },
}

/// A write in progress on one engine. Poisoned from the moment a statement starts until it has
/// succeeded: after an I/O error SQLite may have ended the transaction, and a later statement
/// would commit on its own. An error one expects is `on conflict do nothing`, never a caught one.
pub struct RawTx {
    inner: Inner,
    poisoned: bool,
}

impl RawTx {
    fn enter(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.poisoned, true) {
            return Err(Error::internal("an earlier statement of this write failed"));
        }
        Ok(())
    }

    /// Runs a statement and returns how many rows it touched.
    pub async fn run(&mut self, statement: Sql) -> Result<u64> {
        self.enter()?;
        let touched = match &mut self.inner {
            Inner::Sqlite(lease) => run!(Sqlite, lease.connection()?, statement, execute)?.rows_affected(),
            Inner::Pg { tx, .. } => run!(Postgres, &mut **tx, statement, execute)?.rows_affected(),
        };
        self.poisoned = false;
        Ok(touched)
    }

    /// All rows.
    pub async fn all(&mut self, statement: Sql) -> Result<Vec<Row>> {
        self.enter()?;
        let rows = match &mut self.inner {
            Inner::Sqlite(lease) => {
                run!(Sqlite, lease.connection()?, statement, fetch_all)?.into_iter().map(Row::Sqlite).collect()
            }
            Inner::Pg { tx, .. } => run!(Postgres, &mut **tx, statement, fetch_all)?.into_iter().map(Row::Pg).collect(),
        };
        self.poisoned = false;
        Ok(rows)
    }

    /// The first row, if any.
    pub async fn opt(&mut self, statement: Sql) -> Result<Option<Row>> {
        Ok(self.all(statement).await?.into_iter().next())
    }

    /// The first row; none is [`Error::NotFound`].
    pub async fn one(&mut self, statement: Sql) -> Result<Row> {
        self.opt(statement).await?.ok_or(Error::NotFound)
    }

    /// Runs several statements of a migration.
    pub(crate) async fn script(&mut self, text: &'static str) -> Result<()> {
        use sqlx::Executor;
        self.enter()?;
        match &mut self.inner {
            Inner::Sqlite(lease) => lease.connection()?.execute(sqlx::raw_sql(text)).await.map(|_| ())?,
            Inner::Pg { tx, .. } => (&mut **tx).execute(sqlx::raw_sql(text)).await.map(|_| ())?,
        }
        self.poisoned = false;
        Ok(())
    }

    /// Ends the write and returns once it is durable.
    pub(crate) async fn commit(self) -> Result<()> {
        if self.poisoned {
            return Err(Error::internal("a statement of this write failed or was cancelled"));
        }
        match self.inner {
            Inner::Sqlite(lease) => lease.commit().await,
            Inner::Pg { tx, flusher } => {
                tx.commit().await?;
                flusher.flushed().await
            }
        }
    }
}

#[cfg(test)]
mod tests;
