//! Sealing: the rows of an hour that is over become one compressed chunk per tag.

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, Row};

use super::super::codec::{self, Point};
use super::super::limits::Ms;
use super::super::reading::{LIVE_WINDOW_MS, Stream};
use super::db::{Pool, Tx, Writing, each};
use super::writer::{Job, Writer, pieces};
use super::{HOUR_MS, Result, Telemetry, body, hour};

/// How long after the end of its hour a group is sealed: live readings may still come for five
/// minutes, and the ten-minute evidence is taken before.
pub const SEAL_AFTER_MS: Ms = LIVE_WINDOW_MS + 60_000;

/// Stream number of loaded history: read like readings, but no part of the evidence of what was lived.
pub(super) const HISTORY: i64 = 3;

/// A chunk to be written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NewChunk {
    tag: i64,
    hour: i64,
    points: usize,
    from: Ms,
    to: Ms,
    data: Vec<u8>,
}

/// Rows of one device, hour and stream, and the chunks they become.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    device: String,
    hour: i64,
    stream: i64,
    up_to: i64,
    rows: u64,
    sealed_at: Ms,
    chunks: Vec<NewChunk>,
}

/// Identifies late chunks whose evidence is on record.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChunkKey {
    pub(super) device: String,
    pub(super) hour: i64,
    pub(super) sealed_at: Ms,
}

/// History loaded as a whole.
pub(super) struct History {
    pub(super) device: String,
    pub(super) now: Ms,
    pub(super) tags: Vec<(String, Vec<Point>)>,
}

/// What a sealing run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sealed {
    /// Chunks written.
    pub chunks: usize,
    /// Points in them.
    pub points: usize,
    /// Bytes of them.
    pub bytes: usize,
}

impl Telemetry {
    /// Seals every hour that was over long enough before `now`. Safe to repeat, and safe to be cut off.
    pub async fn seal(&self, now: Ms) -> Result<Sealed> {
        let mut sealed = Sealed::default();
        let closed = hour(now - SEAL_AFTER_MS);
        let sql = "select device, hour, stream, max(id) as last, count(*) as n from tm_batch
            where hour < $1 group by device, hour, stream order by hour, device";
        let groups: Vec<Group> = each!(&self.source.pool, Pool, pool => {
            let rows = sqlx::query(sql).bind(closed).fetch_all(pool).await?;
            let groups: sqlx::Result<Vec<_>> = rows.iter().map(|r| Ok(Group {
                device: r.try_get(0)?, hour: r.try_get(1)?, stream: r.try_get(2)?, up_to: r.try_get(3)?,
                rows: r.try_get::<i64, _>(4)? as u64, sealed_at: now, chunks: Vec::new(),
            })).collect();
            groups?
        });
        for mut group in groups {
            group.chunks = self.chunks_of(&group).await?;
            let (chunks, points) = (group.chunks.len(), group.chunks.iter().map(|c| c.points).sum::<usize>());
            let bytes = group.chunks.iter().map(|c| c.data.len()).sum::<usize>();
            if self.ask(|answer| Job::Seal(Box::new(group), answer)).await? {
                sealed = Sealed {
                    chunks: sealed.chunks + chunks,
                    points: sealed.points + points,
                    bytes: sealed.bytes + bytes,
                };
            }
        }
        Ok(sealed)
    }

    async fn chunks_of(&self, group: &Group) -> Result<Vec<NewChunk>> {
        let sql =
            "select ts, body from tm_batch where device = $1 and hour = $2 and stream = $3 and id <= $4 order by id";
        let mut tags: BTreeMap<i64, Vec<Point>> = BTreeMap::new();
        each!(&self.source.pool, Pool, pool => {
            let query = sqlx::query(sql).bind(&group.device).bind(group.hour).bind(group.stream).bind(group.up_to);
            for row in query.fetch_all(pool).await? {
                let (ts, bytes): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
                for v in body::decode(&bytes)? {
                    tags.entry(v.tag).or_default().push(Point { ts, value: v.value, quality: v.quality });
                }
            }
        });
        Ok(tags.into_iter().filter_map(|(tag, points)| NewChunk::of(tag, points)).collect())
    }

    /// Loads history of one device in one transaction, a chunk per tag and day, for first filling only:
    /// it passes no limits and raises no alarm.
    pub async fn import(&self, device: &str, tags: Vec<(String, Vec<Point>)>, now: Ms) -> Result<()> {
        let history = History { device: device.to_owned(), now, tags };
        self.ask(|answer| Job::Import(history, answer)).await
    }
}

impl NewChunk {
    /// Sorts by time, keeps the first of equal times, encodes.
    fn of(tag: i64, mut points: Vec<Point>) -> Option<NewChunk> {
        points.sort_by_key(|p| p.ts);
        points.dedup_by_key(|p| p.ts);
        let (from, to) = (points.first()?.ts, points.last()?.ts);
        Some(NewChunk { tag, hour: hour(from), points: points.len(), from, to, data: codec::encode(&points) })
    }
}

/// Writes a group's chunks and deletes its rows in one transaction. False, with nothing changed, when
/// the rows are no longer what they were: somebody else sealed them, or one more has arrived.
pub(super) async fn write(writing: &mut Writing, group: &Group) -> Result<bool> {
    let mut tx = writing.begin().await?;
    let sql = "delete from tm_batch where device = $1 and hour = $2 and stream = $3 and id <= $4";
    let deleted = each!(&mut tx, Tx, t => sqlx::query(sql)
        .bind(&group.device).bind(group.hour).bind(group.stream).bind(group.up_to)
        .execute(&mut **t).await?.rows_affected());
    if deleted != group.rows {
        return Ok(false);
    }
    // Late evidence is still to be taken; live readings had theirs before their hour was sealed.
    let noted = i64::from(group.stream != Stream::Late.code());
    insert(&mut tx, &group.device, group.stream, group.sealed_at, noted, &group.chunks).await?;
    tx.commit().await?;
    Ok(true)
}

async fn insert(
    tx: &mut Tx<'_>,
    device: &str,
    stream: i64,
    sealed_at: Ms,
    noted: i64,
    chunks: &[NewChunk],
) -> Result<()> {
    for chunk in chunks {
        let sql = "insert into tm_chunk (tag, hour, part, stream, device, points, from_ts, to_ts, sealed_at, noted, data)
            select $1, $2, coalesce(max(part), -1) + 1, $3, $4, $5, $6, $7, $8, $9, $10 from tm_chunk where tag = $1 and hour = $2";
        each!(&mut *tx, Tx, t => sqlx::query(sql)
            .bind(chunk.tag).bind(chunk.hour).bind(stream).bind(device).bind(chunk.points as i64)
            .bind(chunk.from).bind(chunk.to).bind(sealed_at).bind(noted).bind(chunk.data.as_slice())
            .execute(&mut **t).await.map(drop)?);
    }
    Ok(())
}

/// Marks late chunks as having their evidence on record.
pub(super) async fn note(writing: &mut Writing, keys: &[ChunkKey]) -> Result<()> {
    let mut tx = writing.begin().await?;
    for key in keys {
        let sql = "update tm_chunk set noted = 1 where device = $1 and hour = $2 and sealed_at = $3 and noted = 0";
        each!(&mut tx, Tx, t => sqlx::query(sql)
            .bind(&key.device).bind(key.hour).bind(key.sealed_at).execute(&mut **t).await.map(drop)?);
    }
    tx.commit().await
}

impl Writer {
    pub(super) async fn import(&mut self, history: History) -> Result<()> {
        let pairs = history.tags.iter().map(|(tag, _)| (tag.as_str(), history.device.as_str()));
        let strange = self.dictionary.lock().strange(pairs);
        self.meet(strange).await?;
        let chunks = self.day_chunks(&history);
        let mut tx = self.connection.begin().await?;
        for piece in pieces(&chunks) {
            each!(&mut tx, Tx, t, Db => {
                let mut q = QueryBuilder::<Db>::new(
                    "insert into tm_chunk (tag, hour, part, stream, device, points, from_ts, to_ts, sealed_at, noted, data) ");
                q.push_values(piece, |mut row, c| {
                    row.push_bind(c.tag).push_bind(c.hour).push_bind(0i64).push_bind(HISTORY).push_bind(&history.device);
                    row.push_bind(c.points as i64).push_bind(c.from).push_bind(c.to).push_bind(history.now);
                    row.push_bind(1i64).push_bind(c.data.as_slice());
                });
                q.push(" on conflict do nothing");
                q.build().execute(&mut **t).await?;
            });
        }
        tx.commit().await?;
        self.show_last(&history);
        Ok(())
    }

    fn day_chunks(&self, history: &History) -> Vec<NewChunk> {
        let mut chunks = Vec::new();
        for (tag, points) in &history.tags {
            let Some(no) = self.dictionary.lock().number(tag) else { continue };
            let mut days: BTreeMap<i64, Vec<Point>> = BTreeMap::new();
            for p in points {
                days.entry(p.ts.div_euclid(24 * HOUR_MS)).or_default().push(*p);
            }
            chunks.extend(days.into_values().filter_map(|points| NewChunk::of(no, points)));
        }
        chunks
    }

    fn show_last(&self, history: &History) {
        let mut live = self.live.lock();
        for (tag, points) in &history.tags {
            if let Some(p) = points.iter().max_by_key(|p| p.ts) {
                live.remember(tag, *p);
            }
        }
    }
}
