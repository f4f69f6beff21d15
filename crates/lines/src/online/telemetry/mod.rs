//! The telemetry store: readings beside the spine, so that neither waits for the other.
//!
//! Embedded it is one SQLite file with one writer task; on a larger node the same tables in PostgreSQL.
//! [`Telemetry::append`] answers only after the batch is durable, so an acknowledgement sent after it
//! means stored. Batches lie as rows until their hour is over; then [`Telemetry::seal`] turns them into
//! one compressed chunk per tag and hour, in one transaction with the deletion of the rows, so that a
//! crash leaves either the rows or the chunk. Where one (tag, time) was delivered twice, live wins over
//! late and first over second: a replay cannot overwrite.

mod body;
mod db;
mod dictionary;
mod live;
mod query;
mod roots;
mod seal;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use super::limits::Ms;
use super::reading::{Refused, Stream, Value};
use db::Source;
pub use live::Live;
pub use query::{Quarantined, Replayed};
pub use roots::{DeviceRoot, LateRoot, leaf};
pub use seal::{SEAL_AFTER_MS, Sealed};

/// Length of the period a chunk covers.
pub const HOUR_MS: Ms = 3_600_000;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The writer has ended.
    #[error("遥测库已关闭")]
    Closed,
    /// The database refused; whether the write is stored is unknown, sending it again is safe.
    #[error("遥测库写入失败：{0}")]
    Database(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::Database(error.to_string())
    }
}

/// Result of this store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// One message of one device, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Device.
    pub device: String,
    /// Which start of the device.
    pub boot: String,
    /// Live, late or state; state messages carry no values into the store.
    pub stream: Stream,
    /// Sequence number within boot and stream.
    pub seq: i64,
    /// Time of the readings.
    pub ts: Ms,
    /// When the platform received it.
    pub received: Ms,
    /// The good values.
    pub values: Vec<Value>,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is durable.
    Stored,
    /// Its sequence number is not above the last one of its device, boot and stream: a redelivery or a
    /// replay. Nothing was stored, and acknowledging it is right.
    Duplicate,
    /// Its number is not above the last one, but it is newer: the device counts wrongly. Not stored.
    Backward,
}

/// A refused message or value, for its owner to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// Device that sent it, or claimed to.
    pub device: String,
    /// When.
    pub at: Ms,
    /// What was wrong.
    pub refused: Refused,
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub struct Telemetry {
    jobs: mpsc::Sender<writer::Job>,
    source: Source,
    live: Arc<Mutex<live::Table>>,
    dictionary: Arc<Mutex<dictionary::Dictionary>>,
}

impl Telemetry {
    /// Opens or creates the store: a file path, or a `postgres://` URL.
    pub async fn open(location: &str) -> Result<Telemetry> {
        let (source, connection) = Source::open(location).await?;
        let dictionary = Arc::new(Mutex::new(dictionary::Dictionary::load(&source).await?));
        let live = Arc::new(Mutex::new(live::Table::default()));
        let (jobs, queue) = mpsc::channel(writer::QUEUE);
        let store = Telemetry { jobs, source, live, dictionary };
        store.load_live().await?;
        let writer = writer::Writer {
            connection,
            source: store.source.clone(),
            dictionary: store.dictionary.clone(),
            live: store.live.clone(),
            sequences: HashMap::new(),
        };
        tokio::spawn(writer.run(queue));
        Ok(store)
    }

    /// Stores a batch durably. Waiting in the queue is bounded by the caller's time-out.
    pub async fn append(&self, batch: Batch) -> Result<Appended> {
        let outcomes = self.append_all(vec![batch]).await?;
        outcomes.into_iter().next().ok_or(StoreError::Closed)
    }

    /// Stores batches durably in their order, all or none; one outcome each.
    pub async fn append_all(&self, batches: Vec<Batch>) -> Result<Vec<Appended>> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        self.ask(|answer| writer::Job::Append(batches, answer)).await
    }

    /// Copies an embedded store, also one that another process is writing: a consistent whole. A
    /// store in PostgreSQL is backed up with its database.
    pub async fn copy(file: &std::path::Path, target: &std::path::Path) -> Result<()> {
        db::copy(file, target).await
    }

    /// Stores refusals durably; repeats of one rule on one field within a minute are counted, not multiplied.
    pub async fn quarantine(&self, refused: Vec<Quarantine>) -> Result<()> {
        if refused.is_empty() {
            return Ok(());
        }
        self.ask(|answer| writer::Job::Quarantine(refused, answer)).await
    }

    /// The last live reading and running figures of a tag.
    pub fn last(&self, tag: &str) -> Option<Live> {
        self.live.lock().get(tag)
    }

    /// When a device was last heard of, by the platform's clock.
    pub fn last_heard(&self, device: &str) -> Option<Ms> {
        self.live.lock().heard(device)
    }

    /// Waits until everything queued is written and ends the writer. Other clones answer "closed" then.
    pub async fn close(&self) {
        let _ = self.ask(writer::Job::Close).await;
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<Result<T>>) -> writer::Job) -> Result<T> {
        let (answer, waiting) = oneshot::channel();
        self.jobs.send(job(answer)).await.map_err(|_| StoreError::Closed)?;
        waiting.await.map_err(|_| StoreError::Closed)?
    }
}

/// The hour a time falls in, counted from 1970.
const fn hour(ts: Ms) -> i64 {
    ts.div_euclid(HOUR_MS)
}

#[cfg(test)]
mod tests;
