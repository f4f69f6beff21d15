//! PostgreSQL: transactions commit without waiting for the disk, and one flusher answers
//! groups of them after a flush, because the row lock that keeps `seq` dense would otherwise
//! be held through every flush. Reasons and measurements: docs/decisions/0002.
use crate::error::{Error, Result};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, PgPool};
use tokio::sync::{mpsc, oneshot};

/// Transactions waiting for a flush before new ones are told to retry.
const QUEUE: usize = 1024;

/// Opens the pool. Eight connections serve two cores better than many.
pub async fn pool(url: &str) -> Result<PgPool> {
    let options: PgConnectOptions = url.parse().map_err(|e| Error::internal(format!("database URL: {e}")))?;
    Ok(PgPoolOptions::new()
        .max_connections(8)
        .test_before_acquire(false)
        .connect_with(options.disable_statement_logging())
        .await?)
}

/// Answers committed transactions once the write-ahead log has reached the disk.
#[derive(Clone)]
pub struct Flusher(mpsc::Sender<oneshot::Sender<Result<()>>>);

impl Flusher {
    /// Starts the flusher on its own connections of `pool`.
    pub fn start(pool: PgPool) -> Self {
        let (requests, queue) = mpsc::channel(QUEUE);
        tokio::spawn(serve(pool, queue));
        Self(requests)
    }

    /// Returns when everything committed before this call is durable.
    pub async fn flushed(&self) -> Result<()> {
        let (waiter, answer) = oneshot::channel();
        self.0.send(waiter).await.map_err(|_| Error::internal("the flusher has stopped"))?;
        answer.await.map_err(|_| Error::internal("the flusher stopped before it answered; the outcome is unknown"))?
    }
}

async fn serve(pool: PgPool, mut queue: mpsc::Receiver<oneshot::Sender<Result<()>>>) {
    while let Some(first) = queue.recv().await {
        let mut waiters = vec![first];
        while let Ok(next) = queue.try_recv() {
            waiters.push(next);
        }
        // A logical message in a synchronous transaction of its own forces the log to disk up
        // to and including every commit before it.
        let result = pool.execute("select pg_logical_emit_message(true, 'flush', '')").await;
        for waiter in waiters {
            let _ = waiter.send(match &result {
                Ok(_) => Ok(()),
                Err(e) => Err(Error::internal(format!("flush: {e}"))),
            });
        }
    }
}
