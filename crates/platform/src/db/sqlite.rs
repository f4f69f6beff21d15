//! SQLite: one writer with group commit by lease, and a read pool.
//!
//! One task owns the writer connection and lends it by move. Only that task issues BEGIN,
//! SAVEPOINT, RELEASE, ROLLBACK and COMMIT, and nobody can cancel it; whoever holds the lease
//! gives the connection back by a synchronous send, on commit or on drop. Each request is
//! answered after the COMMIT of its group. Reasons and measurements: docs/decisions/0002.
use crate::error::{Error, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqlitePool};
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// Versions before this can corrupt a WAL database with two connections checkpointing.
const OLDEST_SAFE: (u32, u32, u32) = (3, 51, 3);
/// Requests that may wait for the writer before new ones are told to retry.
const QUEUE: usize = 1024;
/// A group ends after this long even if more requests wait.
const GROUP_TIME: Duration = Duration::from_millis(5);
/// A group ends after this many requests.
const GROUP_SIZE: usize = 256;
/// A lease held longer than this stops all writers and is worth a log line.
const SLOW_LEASE: Duration = Duration::from_millis(50);

/// Opens the file for this node: WAL, FULL, a version that does not corrupt.
pub fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("secure_delete", "on")
        .pragma("mmap_size", "0")
        .disable_statement_logging()
}

/// Refuses SQLite versions known to lose data.
pub async fn check_version(connection: &mut SqliteConnection) -> Result<String> {
    let row = sqlx::query("select sqlite_version()").fetch_one(connection).await?;
    let text: String = row.try_get(0)?;
    let mut parts = text.split('.').map(|p| p.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let version = (next(), next(), next());
    if version < OLDEST_SAFE {
        return Err(Error::internal(format!("SQLite {text} can corrupt WAL databases; 3.51.3 or newer is needed")));
    }
    Ok(text)
}

/// The read pool: never writes, so it never waits for the writer.
pub async fn read_pool(path: &Path) -> Result<SqlitePool> {
    Ok(SqlitePoolOptions::new()
        .max_connections(6)
        .min_connections(1)
        .connect_with(options(path).read_only(true).create_if_missing(false))
        .await?)
}

enum Back {
    Commit(Box<SqliteConnection>, oneshot::Sender<Result<()>>),
    Abandon(Box<SqliteConnection>),
}

/// The writer connection on loan. Dropping it abandons what was written.
pub struct Lease {
    connection: Option<Box<SqliteConnection>>,
    back: Option<oneshot::Sender<Back>>,
}

impl Lease {
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.connection.as_deref_mut().ok_or_else(|| Error::internal("the lease has been given back"))
    }

    /// Gives the connection back for commit and waits until the group is durable.
    pub(super) async fn commit(mut self) -> Result<()> {
        let (waiter, answer) = oneshot::channel();
        let (Some(connection), Some(back)) = (self.connection.take(), self.back.take()) else {
            return Err(Error::internal("the lease has been given back"));
        };
        back.send(Back::Commit(connection, waiter)).map_err(|_| Error::internal("the writer has stopped"))?;
        answer.await.map_err(|_| Error::internal("the writer stopped before it answered; the outcome is unknown"))?
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let (Some(connection), Some(back)) = (self.connection.take(), self.back.take()) {
            // A closed channel means the writer has stopped, and its file closes with it.
            let _ = back.send(Back::Abandon(connection));
        }
    }
}

/// Hands out leases.
#[derive(Clone)]
pub struct Writer(mpsc::Sender<oneshot::Sender<Lease>>);

impl Writer {
    /// Starts the task that owns `connection`.
    pub fn start(connection: SqliteConnection) -> Self {
        let (requests, queue) = mpsc::channel(QUEUE);
        tokio::spawn(serve(connection, queue));
        Self(requests)
    }

    /// Waits for the writer; a full queue is an immediate "busy".
    pub async fn lease(&self) -> Result<Lease> {
        let (reply, lease) = oneshot::channel();
        self.0.try_send(reply).map_err(|e| match e {
            mpsc::error::TrySendError::Full(_) => Error::Busy,
            mpsc::error::TrySendError::Closed(_) => Error::internal("the writer has stopped"),
        })?;
        // Unanswered where the group could not begin: another process holds the file.
        lease.await.map_err(|_| Error::Busy)
    }
}

async fn serve(connection: SqliteConnection, mut queue: mpsc::Receiver<oneshot::Sender<Lease>>) {
    let mut connection = Box::new(connection);
    while let Some(first) = queue.recv().await {
        match group(connection, first, &mut queue).await {
            Some(back) => connection = back,
            // Outcome unknown at the disk: stopping is the only honest answer.
            None => return,
        }
    }
    let _ = connection.close().await;
}

/// Runs one group: lend, take back, until the queue is empty or the group is full; then COMMIT.
async fn group(
    mut connection: Box<SqliteConnection>,
    first: oneshot::Sender<Lease>,
    queue: &mut mpsc::Receiver<oneshot::Sender<Lease>>,
) -> Option<Box<SqliteConnection>> {
    if run(&mut connection, "begin immediate").await.is_err() {
        return Some(connection);
    }
    let started = Instant::now();
    let mut waiters: Vec<oneshot::Sender<Result<()>>> = Vec::new();
    let mut next = Some(first);
    while let Some(request) = next.take() {
        // The first request needs no savepoint: undoing it is undoing everything.
        let nested = !waiters.is_empty();
        if nested && run(&mut connection, "savepoint request").await.is_err() {
            return fail(connection, waiters).await;
        }
        let (returned, waiter) = lend(connection, request).await?;
        connection = returned;
        let end = match (waiter, nested) {
            (Some(waiter), nested) => {
                waiters.push(if *ACKNOWLEDGE_EARLY { acknowledge(waiter) } else { waiter });
                if nested { "release request" } else { "" }
            }
            (None, true) => "rollback to request; release request",
            (None, false) => "rollback; begin immediate",
        };
        if !end.is_empty() && run(&mut connection, end).await.is_err() {
            return fail(connection, waiters).await;
        }
        if *ACKNOWLEDGE_EARLY {
            next = linger(started, queue).await;
        } else if started.elapsed() < GROUP_TIME && waiters.len() < GROUP_SIZE {
            next = queue.try_recv().ok();
        }
    }
    if waiters.is_empty() {
        let _ = run(&mut connection, "rollback").await;
        return Some(connection);
    }
    if run(&mut connection, "commit").await.is_err() {
        return fail(connection, waiters).await;
    }
    for waiter in waiters {
        let _ = waiter.send(Ok(()));
    }
    Some(connection)
}

/// The fault that the crash test must notice, or it proves nothing: an answer before the commit.
/// A debug build makes it when it is asked to; a release build has no such thing.
static ACKNOWLEDGE_EARLY: LazyLock<bool> =
    LazyLock::new(|| cfg!(debug_assertions) && std::env::var_os("ANLAN_TEST_ACK_EARLY").is_some());

/// Answers at once and leaves somebody in the group whom nobody waits for.
fn acknowledge(waiter: oneshot::Sender<Result<()>>) -> oneshot::Sender<Result<()>> {
    let _ = waiter.send(Ok(()));
    oneshot::channel().0
}

/// Keeps a group open for a while, so that what was answered early is at risk for as long.
async fn linger(
    started: Instant,
    queue: &mut mpsc::Receiver<oneshot::Sender<Lease>>,
) -> Option<oneshot::Sender<Lease>> {
    let left = (GROUP_TIME * 20).checked_sub(started.elapsed())?;
    tokio::time::timeout(left, queue.recv()).await.ok()?
}

/// Lends the connection once and waits for it to come back.
async fn lend(
    connection: Box<SqliteConnection>,
    request: oneshot::Sender<Lease>,
) -> Option<(Box<SqliteConnection>, Option<oneshot::Sender<Result<()>>>)> {
    let (back, mut returned) = oneshot::channel();
    // If the asker has gone away the lease comes back by its own drop.
    drop(request.send(Lease { connection: Some(connection), back: Some(back) }));
    let came = if let Ok(came) = tokio::time::timeout(SLOW_LEASE, &mut returned).await {
        came
    } else {
        tracing::warn!("a write holds the only writer for more than 50 ms");
        returned.await
    };
    match came.ok()? {
        Back::Commit(connection, waiter) => Some((connection, Some(waiter))),
        Back::Abandon(connection) => Some((connection, None)),
    }
}

/// A failed group: nobody is acknowledged. The connection is kept if it still rolls back.
async fn fail(
    mut connection: Box<SqliteConnection>,
    waiters: Vec<oneshot::Sender<Result<()>>>,
) -> Option<Box<SqliteConnection>> {
    tracing::error!(waiting = waiters.len(), "a group of writes could not be committed");
    let _ = run(&mut connection, "rollback").await;
    let usable = run(&mut connection, "begin; rollback").await.is_ok();
    for waiter in waiters {
        let _ = waiter.send(Err(Error::Busy));
    }
    usable.then_some(connection)
}

async fn run(connection: &mut SqliteConnection, text: &'static str) -> Result<()> {
    use sqlx::Executor;
    connection.execute(sqlx::raw_sql(text)).await.map_err(|e| {
        tracing::error!(error = %e, "writer: {text} failed");
        Error::from(e)
    })?;
    Ok(())
}
