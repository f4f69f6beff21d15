//! The one task that writes. It takes what waits, writes it in one transaction, and answers all after
//! the commit. No timer: groups form by themselves while a commit is under way, and waiting for more
//! would only slow a single device down.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use parking_lot::Mutex;
use sqlx::{Database, Encode, QueryBuilder, Row, Type};
use tokio::sync::{mpsc, oneshot};

use super::db::{Source, Tx, Writing, each};
use super::dictionary::{self, Dictionary};
use super::{Appended, Batch, Quarantine, Result, StoreError, body, hour, live, seal};

/// Jobs that may wait; beyond it senders wait.
pub(super) const QUEUE: usize = 1_024;
/// Most jobs in one commit.
const GROUP: usize = 256;
/// Sequences remembered.
const REMEMBERED: usize = 100_000;
/// Rows per statement come in few sizes, so that the statements stay prepared.
const SIZES: [usize; 4] = [64, 16, 4, 1];

pub(super) type Answer<T> = oneshot::Sender<Result<T>>;

/// What the writer is asked to do.
pub(super) enum Job {
    Append(Vec<Batch>, Answer<Vec<Appended>>),
    Quarantine(Vec<Quarantine>, Answer<()>),
    Seal(Box<seal::Group>, Answer<bool>),
    Import(seal::History, Answer<()>),
    Note(Vec<seal::ChunkKey>, Answer<()>),
    Close(Answer<()>),
}

/// The writer.
pub(super) struct Writer {
    pub(super) connection: Writing,
    pub(super) source: Source,
    pub(super) dictionary: Arc<Mutex<Dictionary>>,
    pub(super) live: Arc<Mutex<live::Table>>,
    /// The sequences as this writer left them; saves reading them before every group.
    pub(super) sequences: HashMap<Key, Last>,
}

/// What waits, sorted by kind.
#[derive(Default)]
struct Waiting {
    batches: Vec<Batch>,
    /// How many of the batches each answer is for.
    batch_answers: Vec<(usize, Answer<Vec<Appended>>)>,
    refused: Vec<Quarantine>,
    refused_answers: Vec<Answer<()>>,
    others: Vec<Job>,
}

impl Waiting {
    fn add(&mut self, job: Job) {
        match job {
            Job::Append(batches, answer) => {
                self.batch_answers.push((batches.len(), answer));
                self.batches.extend(batches);
            }
            Job::Quarantine(refused, answer) => {
                self.refused.extend(refused);
                self.refused_answers.push(answer);
            }
            other => self.others.push(other),
        }
    }
}

impl Writer {
    /// Works until the store is dropped or closed.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.recv().await {
            let mut waiting = Waiting::default();
            waiting.add(first);
            for _ in 1..GROUP {
                match queue.try_recv() {
                    Ok(job) => waiting.add(job),
                    Err(_) => break,
                }
            }
            let others = std::mem::take(&mut waiting.others);
            self.group(waiting).await;
            for job in others {
                if let Some(done) = self.other(job).await {
                    // Dropping the connection checkpoints; who waited for the close may then copy the file.
                    drop(self);
                    let _ = done.send(Ok(()));
                    return;
                }
            }
        }
    }

    /// Jobs that have a transaction of their own; returns the answer of a close.
    async fn other(&mut self, job: Job) -> Option<Answer<()>> {
        match job {
            Job::Seal(group, answer) => {
                let done = seal::write(&mut self.connection, &group).await;
                let _ = answer.send(self.mended(done).await);
            }
            Job::Import(history, answer) => {
                let done = self.import(history).await;
                let _ = answer.send(self.mended(done).await);
            }
            Job::Note(keys, answer) => {
                let done = seal::note(&mut self.connection, &keys).await;
                let _ = answer.send(self.mended(done).await);
            }
            Job::Close(answer) => return Some(answer),
            Job::Append(..) | Job::Quarantine(..) => {}
        }
        None
    }

    async fn group(&mut self, waiting: Waiting) {
        if waiting.batches.is_empty() && waiting.refused.is_empty() {
            return;
        }
        let done = self.write(&waiting).await;
        let done = self.mended(done).await;
        if let Ok(outcomes) = &done {
            let mut live = self.live.lock();
            for (batch, outcome) in waiting.batches.iter().zip(outcomes) {
                match outcome {
                    Appended::Stored => live.take(batch),
                    Appended::Duplicate | Appended::Backward => live.hear(&batch.device, batch.received),
                }
            }
        }
        let mut outcomes = done.as_ref().map_or(&[][..], Vec::as_slice).iter().copied();
        for (count, answer) in waiting.batch_answers {
            let mine: Vec<Appended> = outcomes.by_ref().take(count).collect();
            let _ = answer.send(done.as_ref().map(|_| mine).map_err(Clone::clone));
        }
        for answer in waiting.refused_answers {
            let _ = answer.send(done.as_ref().map(drop).map_err(Clone::clone));
        }
    }

    async fn write(&mut self, waiting: &Waiting) -> Result<Vec<Appended>> {
        let pairs = waiting.batches.iter().flat_map(|b| b.values.iter().map(|v| (v.tag.as_str(), b.device.as_str())));
        let strange = self.dictionary.lock().strange(pairs);
        self.meet(strange).await?;
        if let Some(outcomes) = self.attempt(waiting).await? {
            return Ok(outcomes);
        }
        // What was remembered of the sequences was not true any more; read them again, locked this time.
        self.sequences.clear();
        self.attempt(waiting).await?.ok_or_else(|| StoreError::Database("序号被同时修改".to_owned()))
    }

    /// Writes a group by what is remembered of the sequences. None, with nothing written, when another
    /// node over the same database has moved one of them on meanwhile.
    async fn attempt(&mut self, waiting: &Waiting) -> Result<Option<Vec<Appended>>> {
        let mut tx = self.connection.begin().await?;
        let (mut last, mut strange) = (BTreeMap::new(), BTreeMap::new());
        for b in &waiting.batches {
            let key = key(b);
            match self.sequences.get(&key) {
                Some(known) => drop(last.insert(key, *known)),
                None => drop(strange.insert(key, Last { seq: -1, ts: i64::MIN, heard: b.received })),
            }
        }
        lock_sequences(&mut tx, &mut strange).await?;
        last.extend(strange);
        let (outcomes, rises) = judge_sequences(&mut last, &waiting.batches);
        if !raise_sequences(&mut tx, &rises).await? {
            return Ok(None);
        }
        insert(&mut tx, &waiting.batches, &outcomes, &self.dictionary).await?;
        for refused in &waiting.refused {
            insert_refused(&mut tx, refused).await?;
        }
        tx.commit().await?;
        if self.sequences.len() > REMEMBERED {
            self.sequences.clear();
        }
        self.sequences.extend(last);
        Ok(Some(outcomes))
    }

    pub(super) async fn meet(&mut self, strange: dictionary::Pairs) -> Result<()> {
        if !strange.is_empty() {
            let met = dictionary::register(&mut self.connection, &strange).await?;
            self.dictionary.lock().meet(met);
        }
        Ok(())
    }

    /// After a failure: keeps the connection if it still answers (reopening after an I/O error may
    /// revive what was reported as failed), else takes a new one.
    async fn mended<T>(&mut self, done: Result<T>) -> Result<T> {
        if let Err(error) = &done {
            tracing::error!(%error, "telemetry write failed");
            if !self.connection.usable().await
                && let Ok(fresh) = self.source.connect().await
            {
                self.connection = fresh;
            }
        }
        done
    }
}

/// Slices of the few statement sizes.
pub(super) fn pieces<T>(mut rows: &[T]) -> Vec<&[T]> {
    let mut out = Vec::new();
    for size in SIZES {
        while let Some((piece, rest)) = rows.split_at_checked(size) {
            out.push(piece);
            rows = rest;
        }
    }
    out
}

/// What a sequence number counts within.
pub(super) type Key = (String, String, i64);

/// The last message of a sequence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Last {
    seq: i64,
    ts: i64,
    heard: i64,
}

fn key(b: &Batch) -> Key {
    (b.device.clone(), b.boot.clone(), b.stream.code())
}

/// Locks sequence rows and reads them, in one order, so that several nodes over one PostgreSQL agree
/// and never wait in a circle.
async fn lock_sequences(tx: &mut Tx<'_>, sequences: &mut BTreeMap<Key, Last>) -> Result<()> {
    let rows: Vec<_> = sequences.iter().map(|(k, v)| (k.clone(), *v)).collect();
    for piece in pieces(&rows) {
        let end = " on conflict (device, boot, stream) do update set heard = excluded.heard
            returning device, boot, stream, last_seq, last_ts";
        each!(&mut *tx, Tx, t, Db => {
            let mut q = put_sequences::<Db>(piece);
            q.push(end);
            for row in q.build().fetch_all(&mut **t).await? {
                let (seq, ts) = (row.try_get(3)?, row.try_get(4)?);
                let key = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                sequences.entry(key).and_modify(|l| *l = Last { seq, ts, ..*l });
            }
        });
    }
    Ok(())
}

/// Decides which batches are new, moving `last` on, and lists the sequences that rose.
fn judge_sequences(last: &mut BTreeMap<Key, Last>, batches: &[Batch]) -> (Vec<Appended>, Vec<(Key, Last)>) {
    let mut risen = BTreeMap::new();
    let mut outcomes = Vec::with_capacity(batches.len());
    for b in batches {
        let key = key(b);
        outcomes.push(match last.get_mut(&key) {
            Some(l) if b.seq > l.seq => {
                *l = Last { seq: b.seq, ts: b.ts.max(l.ts), heard: b.received };
                risen.insert(key, *l);
                Appended::Stored
            }
            // New content under an old number: a device that restarted without saying so, or a forgery.
            Some(l) if b.ts > l.ts => Appended::Backward,
            _ => Appended::Duplicate,
        });
    }
    (outcomes, risen.into_iter().collect())
}

/// Moves sequences on; false when one of them already stands at or above its new number.
async fn raise_sequences(tx: &mut Tx<'_>, rises: &[(Key, Last)]) -> Result<bool> {
    for piece in pieces(rises) {
        let end = " on conflict (device, boot, stream) do update set last_seq = excluded.last_seq, last_ts = excluded.last_ts,
            heard = excluded.heard where tm_source.last_seq < excluded.last_seq";
        let touched = each!(&mut *tx, Tx, t, Db => {
            let mut q = put_sequences::<Db>(piece);
            q.push(end);
            q.build().execute(&mut **t).await?.rows_affected()
        });
        if touched != piece.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}

fn put_sequences<'a, Db: Database>(rows: &'a [(Key, Last)]) -> QueryBuilder<Db>
where
    &'a String: Encode<'a, Db> + Type<Db>,
    i64: Encode<'a, Db> + Type<Db>,
{
    let mut q = QueryBuilder::<Db>::new("insert into tm_source (device, boot, stream, last_seq, last_ts, heard) ");
    q.push_values(rows, |mut row, ((device, boot, stream), last)| {
        row.push_bind(device)
            .push_bind(boot)
            .push_bind(*stream)
            .push_bind(last.seq)
            .push_bind(last.ts)
            .push_bind(last.heard);
    });
    q
}

async fn insert(
    tx: &mut Tx<'_>,
    batches: &[Batch],
    outcomes: &[Appended],
    dictionary: &Mutex<Dictionary>,
) -> Result<()> {
    let rows: Vec<(&Batch, Vec<u8>)> = {
        let dictionary = dictionary.lock();
        batches
            .iter()
            .zip(outcomes)
            .filter(|(b, outcome)| **outcome == Appended::Stored && !b.values.is_empty())
            .map(|(b, _)| (b, body::encode(&b.values, &dictionary)))
            .collect()
    };
    for piece in pieces(&rows) {
        each!(&mut *tx, Tx, t, Db => {
            let mut q = QueryBuilder::<Db>::new("insert into tm_batch (device, stream, hour, ts, received, body) ");
            q.push_values(piece, |mut row, (b, body)| {
                row.push_bind(&b.device).push_bind(b.stream.code()).push_bind(hour(b.ts));
                row.push_bind(b.ts).push_bind(b.received).push_bind(body.as_slice());
            });
            q.build().execute(&mut **t).await?;
        });
    }
    Ok(())
}

async fn insert_refused(tx: &mut Tx<'_>, q: &Quarantine) -> Result<()> {
    let sql = "insert into tm_quarantine (device, minute, code, field, value, message, first_at, last_at, times)
        values ($1, $2, $3, $4, $5, $6, $7, $7, 1)
        on conflict (device, minute, code, field) do update set last_at = excluded.last_at, times = tm_quarantine.times + 1";
    each!(tx, Tx, t => sqlx::query(sql)
        .bind(&q.device).bind(q.at.div_euclid(60_000)).bind(q.refused.code).bind(&q.refused.field)
        .bind(&q.refused.value).bind(&q.refused.message).bind(q.at)
        .execute(&mut **t).await.map(drop)?);
    Ok(())
}
