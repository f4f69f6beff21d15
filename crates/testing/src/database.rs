//! Fresh databases: a file in a temporary folder, or a database of the run's own PostgreSQL.
use platform::Db;
use sqlx::{ConnectOptions, Connection, Executor};
use std::path::Path;
use std::str::FromStr;
use tempfile::TempDir;

/// Environment variable with the URL of the run's PostgreSQL; `scripts/with-postgres` sets it.
const URL: &str = "ANLAN_TEST_POSTGRES";

/// Which engine a test runs on.
#[derive(Debug, Clone)]
pub enum Engine {
    /// A file of its own.
    Sqlite,
    /// A database of its own in this server.
    Postgres(String),
}

impl Engine {
    /// The run's PostgreSQL. Without it the test says so, and fails where it is demanded.
    pub fn postgres() -> Option<Self> {
        if let Ok(url) = std::env::var(URL) {
            return Some(Self::Postgres(url));
        }
        let demanded = std::env::var("ANLAN_TEST_REQUIRE_POSTGRES").is_ok();
        assert!(!demanded, "{URL} is not set: run through scripts/with-postgres");
        eprintln!("not run on PostgreSQL: {URL} is not set (use scripts/with-postgres)");
        None
    }
}

pub(crate) struct Database {
    engine: Engine,
    name: String,
    folder: TempDir,
}

impl Database {
    pub(crate) async fn create(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let unique = folder.path().file_name().unwrap().to_string_lossy().to_lowercase();
        let name: String =
            format!("t{}_{}", std::process::id(), unique.replace(|c: char| !c.is_ascii_alphanumeric(), ""));
        if let Engine::Postgres(url) = &engine {
            admin(url, &format!("create database {name}")).await;
        }
        Self { engine, name, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// URL of this test's own PostgreSQL database.
    fn url(&self, url: &str) -> String {
        let (base, options) = url.split_once('?').unwrap_or((url, ""));
        let (server, _) = base.rsplit_once('/').unwrap();
        format!("{server}/{}?{options}", self.name)
    }

    pub(crate) async fn open(&self) -> Db {
        match &self.engine {
            Engine::Sqlite => Db::sqlite(&self.folder.path().join("anlan.sqlite")).await.unwrap(),
            Engine::Postgres(url) => Db::postgres(&self.url(url)).await.unwrap(),
        }
    }

    pub(crate) async fn remove(&self) {
        if let Engine::Postgres(url) = &self.engine {
            admin(url, &format!("drop database if exists {} with (force)", self.name)).await;
        }
    }
}

async fn admin(url: &str, statement: &str) {
    let options = sqlx::postgres::PgConnectOptions::from_str(url).unwrap().disable_statement_logging();
    let mut connection = sqlx::PgConnection::connect_with(&options).await.unwrap();
    connection.execute(sqlx::AssertSqlSafe(statement.to_owned())).await.unwrap();
    connection.close().await.unwrap();
}
