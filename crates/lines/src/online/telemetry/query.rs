//! Reading back: points, trends, the newest values at start, and what was refused.

use std::collections::BTreeMap;

use sqlx::Row;

use super::super::codec::{self, Bucket, Point};
use super::super::limits::Ms;
use super::super::reading::Stream;
use super::db::{Pool, broken, each};
use super::{Result, Telemetry, body, hour};

/// A stored live batch, for rebuilding the judges after a restart.
#[derive(Debug, Clone, PartialEq)]
pub struct Replayed {
    /// Device.
    pub device: String,
    /// Time of the readings.
    pub ts: Ms,
    /// When they were received.
    pub received: Ms,
    /// Tag, value, quality code.
    pub values: Vec<(String, f64, u8)>,
}

/// A refusal as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Row number, for paging.
    pub id: i64,
    /// Device that sent it, or claimed to.
    pub device: String,
    /// Code of the rule.
    pub code: String,
    /// Field.
    pub field: String,
    /// First value refused in that minute.
    pub value: String,
    /// Rule and way out.
    pub message: String,
    /// First time in that minute.
    pub first_at: Ms,
    /// Last time in that minute.
    pub last_at: Ms,
    /// How often in that minute.
    pub times: i64,
}

/// Longest span of one chunk in hours: history is loaded by the day.
const LONGEST_CHUNK_HOURS: i64 = 24;

impl Telemetry {
    /// All points of a tag in `[from, to)`, oldest first, one per time.
    pub async fn points(&self, tag: &str, from: Ms, to: Ms) -> Result<Vec<Point>> {
        let Some((no, devices)) = self.known(tag) else { return Ok(Vec::new()) };
        // Rows before chunks: what is sealed in between is then seen twice and merged, never missed.
        let mut found = Vec::new();
        for device in devices {
            self.unsealed(&device, no, from, to, &mut found).await?;
        }
        self.sealed(no, from, to, &mut found).await?;
        found.sort_by_key(|(stream, part, p)| (p.ts, *stream, *part));
        found.dedup_by_key(|(_, _, p)| p.ts);
        Ok(found.into_iter().map(|(_, _, p)| p).collect())
    }

    /// A trend of at most `buckets` intervals over `[from, to)`.
    pub async fn series(&self, tag: &str, from: Ms, to: Ms, buckets: usize) -> Result<Vec<Bucket>> {
        Ok(codec::down_sample(self.points(tag, from, to).await?, from, to, buckets))
    }

    fn known(&self, tag: &str) -> Option<(i64, Vec<String>)> {
        let dictionary = self.dictionary.lock();
        Some((dictionary.number(tag)?, dictionary.devices_of(tag)))
    }

    async fn unsealed(&self, device: &str, no: i64, from: Ms, to: Ms, out: &mut Vec<(i64, i64, Point)>) -> Result<()> {
        let sql = "select id, stream, ts, body from tm_batch
            where device = $1 and hour between $2 and $3 and ts >= $4 and ts < $5";
        each!(&self.source.pool, Pool, pool => {
            let query = sqlx::query(sql).bind(device).bind(hour(from)).bind(hour(to)).bind(from).bind(to);
            for row in query.fetch_all(pool).await? {
                let (id, stream, ts): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                let bytes: Vec<u8> = row.try_get(3)?;
                // Rows come after any chunk part of the same stream: the chunk was first.
                let rank = 1_000_000 + id;
                out.extend(body::decode(&bytes)?.into_iter().filter(|v| v.tag == no)
                    .map(|v| (stream, rank, Point { ts, value: v.value, quality: v.quality })));
            }
        });
        Ok(())
    }

    async fn sealed(&self, no: i64, from: Ms, to: Ms, out: &mut Vec<(i64, i64, Point)>) -> Result<()> {
        let sql = "select stream, part, data from tm_chunk
            where tag = $1 and hour between $2 and $3 and to_ts >= $4 and from_ts < $5";
        each!(&self.source.pool, Pool, pool => {
            let first = hour(from) - LONGEST_CHUNK_HOURS;
            let query = sqlx::query(sql).bind(no).bind(first).bind(hour(to)).bind(from).bind(to);
            for row in query.fetch_all(pool).await? {
                let (stream, part, data): (i64, i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                let points = codec::decode(&data).map_err(|_| broken("数据块"))?;
                out.extend(points.into_iter().filter(|p| p.ts >= from && p.ts < to).map(|p| (stream, part, p)));
            }
        });
        Ok(())
    }

    /// The live batches received since `since` that are not sealed yet, in the order they were stored.
    pub async fn replay(&self, since: Ms) -> Result<Vec<Replayed>> {
        let sql = "select device, ts, received, body from tm_batch where stream = 0 and hour >= $1 and received >= $2 order by id";
        let mut out = Vec::new();
        let dictionary = self.dictionary.clone();
        each!(&self.source.pool, Pool, pool => {
            for row in sqlx::query(sql).bind(hour(since) - 1).bind(since).fetch_all(pool).await? {
                let bytes: Vec<u8> = row.try_get(3)?;
                let stored = body::decode(&bytes)?;
                let names = dictionary.lock();
                let values = stored.into_iter().filter_map(|v| Some((names.name(v.tag)?.to_owned(), v.value, v.quality))).collect();
                out.push(Replayed { device: row.try_get(0)?, ts: row.try_get(1)?, received: row.try_get(2)?, values });
            }
        });
        Ok(out)
    }

    /// Fills the live table at start: newest chunk of every tag, then the rows not sealed yet.
    pub(super) async fn load_live(&self) -> Result<()> {
        let mut newest: BTreeMap<i64, Point> = BTreeMap::new();
        let sql = "select c.tag, c.data from tm_chunk c join
            (select tag, max(hour) as hour from tm_chunk where stream <> 1 group by tag) n
            on n.tag = c.tag and n.hour = c.hour where c.stream <> 1 order by c.part";
        let heard = "select device, max(heard) from tm_source group by device";
        each!(&self.source.pool, Pool, pool => {
            for row in sqlx::query(sql).fetch_all(pool).await? {
                let data: Vec<u8> = row.try_get(1)?;
                if let Some(p) = codec::decode(&data).map_err(|_| broken("数据块"))?.last() {
                    newest.entry(row.try_get(0)?).and_modify(|old| if p.ts > old.ts { *old = *p }).or_insert(*p);
                }
            }
            for row in sqlx::query(heard).fetch_all(pool).await? {
                let device: String = row.try_get(0)?;
                self.live.lock().hear(&device, row.try_get(1)?);
            }
        });
        let rows = self.replay(Ms::MIN / 2).await?;
        let (dictionary, mut live) = (self.dictionary.lock(), self.live.lock());
        for (no, p) in newest {
            if let Some(tag) = dictionary.name(no) {
                live.remember(tag, p);
            }
        }
        for row in rows {
            for (tag, value, quality) in row.values {
                live.remember(&tag, Point { ts: row.ts, value, quality });
            }
        }
        Ok(())
    }

    /// Refusals of the given devices, newest first, at most `limit` older than row `before`, and how many
    /// there are in all. `whole` asks for refused messages only, or for single values only.
    pub async fn quarantined(
        &self,
        devices: &[String],
        whole: Option<bool>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<(Vec<Quarantined>, i64)> {
        let sql = "select id, device, code, field, value, message, first_at, last_at, times from tm_quarantine
            where id < $1 and device = $2 and ($3 < 0 or (case when field like 'values.%' then 0 else 1 end) = $3)
            order by id desc limit $4";
        let count = "select count(*) from tm_quarantine
            where device = $1 and ($2 < 0 or (case when field like 'values.%' then 0 else 1 end) = $2)";
        let kind = whole.map_or(-1i64, i64::from);
        let (mut out, mut total) = (Vec::new(), 0);
        each!(&self.source.pool, Pool, pool => {
            for device in devices {
                total += sqlx::query(count).bind(device).bind(kind).fetch_one(pool).await?.try_get::<i64, _>(0)?;
                let query = sqlx::query(sql).bind(before.unwrap_or(i64::MAX)).bind(device).bind(kind).bind(limit as i64);
                for r in query.fetch_all(pool).await? {
                    out.push(Quarantined {
                        id: r.try_get(0)?, device: r.try_get(1)?, code: r.try_get(2)?, field: r.try_get(3)?,
                        value: r.try_get(4)?, message: r.try_get(5)?, first_at: r.try_get(6)?,
                        last_at: r.try_get(7)?, times: r.try_get(8)?,
                    });
                }
            }
        });
        out.sort_by_key(|q| std::cmp::Reverse(q.id));
        out.truncate(limit);
        Ok((out, total))
    }

    /// Unsealed rows of live readings in `[from, to)` by device and tag number.
    pub(super) async fn unsealed_live(&self, from: Ms, to: Ms) -> Result<Vec<(String, i64, Point)>> {
        let sql = "select device, ts, body from tm_batch where stream = $1 and hour between $2 and $3 and ts >= $4 and ts < $5 order by id";
        let mut out = Vec::new();
        each!(&self.source.pool, Pool, pool => {
            let query = sqlx::query(sql).bind(Stream::Telemetry.code()).bind(hour(from)).bind(hour(to)).bind(from).bind(to);
            for row in query.fetch_all(pool).await? {
                let (device, ts, bytes): (String, i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                out.extend(body::decode(&bytes)?.into_iter()
                    .map(|v| (device.clone(), v.tag, Point { ts, value: v.value, quality: v.quality })));
            }
        });
        Ok(out)
    }
}
