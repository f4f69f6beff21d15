//! What the ten-minute evidence event states: per device the root over its tags' readings.
//!
//! A leaf is the tag, the window and every reading's time, bits and quality, so it can be taken from
//! rows before sealing and re-derived from the chunk years later. Late readings are not in their
//! window's root, which stands by then; they get a root of their own when they are sealed.

use std::collections::BTreeMap;

use evidence::{Hash, Suite, merkle};
use sqlx::Row;

use super::super::codec::{self, Point};
use super::super::limits::Ms;
use super::db::{Pool, broken, each};
use super::writer::Job;
use super::{Result, Telemetry, hour, seal};

/// The root over one device's live readings of a window.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceRoot {
    /// Device.
    pub device: String,
    /// Tags, in the order of the leaves.
    pub tags: Vec<String>,
    /// Readings.
    pub count: u64,
    /// Root over one leaf per tag.
    pub root: Hash,
}

/// The root over late readings sealed together.
#[derive(Debug, Clone, PartialEq)]
pub struct LateRoot {
    /// Device, tags, count and root.
    pub of: DeviceRoot,
    /// First hour of the readings, counted from 1970.
    pub hour: i64,
    /// When they were sealed.
    pub sealed_at: Ms,
}

/// Readings by device and tag name.
type ByDevice = BTreeMap<String, BTreeMap<String, Vec<Point>>>;

impl Telemetry {
    /// The roots over live readings of `[from, to)`, one per device that sent any. The same readings give
    /// the same roots before and after sealing.
    pub async fn window_roots(&self, from: Ms, to: Ms, suite: Suite) -> Result<Vec<DeviceRoot>> {
        let mut readings: ByDevice = BTreeMap::new();
        let rows = self.unsealed_live(from, to).await?;
        let sql = "select device, tag, data from tm_chunk
            where stream = 0 and hour between $1 and $2 and to_ts >= $3 and from_ts < $4 order by part";
        each!(&self.source.pool, Pool, pool => {
            let query = sqlx::query(sql).bind(hour(from)).bind(hour(to)).bind(from).bind(to);
            for row in query.fetch_all(pool).await? {
                let data: Vec<u8> = row.try_get(2)?;
                let points = codec::decode(&data).map_err(|_| broken("数据块"))?;
                self.gather(&mut readings, row.try_get(0)?, row.try_get(1)?, points.into_iter().filter(|p| p.ts >= from && p.ts < to));
            }
        });
        for (device, tag, point) in rows {
            self.gather(&mut readings, device, tag, std::iter::once(point));
        }
        Ok(readings.into_iter().filter_map(|(device, tags)| DeviceRoot::over(device, tags, from, to, suite)).collect())
    }

    fn gather(&self, readings: &mut ByDevice, device: String, no: i64, points: impl Iterator<Item = Point>) {
        let dictionary = self.dictionary.lock();
        if let Some(name) = dictionary.name(no) {
            readings.entry(device).or_default().entry(name.to_owned()).or_default().extend(points);
        }
    }

    /// Late readings that were sealed and whose root is not on record yet.
    pub async fn late_roots(&self, suite: Suite) -> Result<Vec<LateRoot>> {
        let mut groups: BTreeMap<(String, i64, Ms), ByDevice> = BTreeMap::new();
        let sql = "select device, hour, sealed_at, tag, data from tm_chunk where noted = 0 order by sealed_at, part";
        each!(&self.source.pool, Pool, pool => {
            for row in sqlx::query(sql).fetch_all(pool).await? {
                let device: String = row.try_get(0)?;
                let key = (device.clone(), row.try_get(1)?, row.try_get(2)?);
                let data: Vec<u8> = row.try_get(4)?;
                let points = codec::decode(&data).map_err(|_| broken("数据块"))?;
                self.gather(groups.entry(key).or_default(), device, row.try_get(3)?, points.into_iter());
            }
        });
        let mut roots = Vec::new();
        for ((_, hour, sealed_at), devices) in groups {
            let (from, to) = (hour * super::HOUR_MS, (hour + 1) * super::HOUR_MS);
            let found =
                devices.into_iter().filter_map(|(device, tags)| DeviceRoot::over(device, tags, from, to, suite));
            roots.extend(found.map(|of| LateRoot { of, hour, sealed_at }));
        }
        Ok(roots)
    }

    /// Notes that the roots of late readings are on record.
    pub async fn note_late(&self, roots: &[LateRoot]) -> Result<()> {
        let key = |r: &LateRoot| seal::ChunkKey { device: r.of.device.clone(), hour: r.hour, sealed_at: r.sealed_at };
        let keys = roots.iter().map(key).collect();
        self.ask(|answer| Job::Note(keys, answer)).await
    }
}

impl DeviceRoot {
    fn over(device: String, tags: BTreeMap<String, Vec<Point>>, from: Ms, to: Ms, suite: Suite) -> Option<DeviceRoot> {
        let (mut names, mut leaves, mut count) = (Vec::new(), Vec::new(), 0);
        for (tag, mut points) in tags {
            points.sort_by_key(|p| p.ts);
            points.dedup_by_key(|p| p.ts);
            if points.is_empty() {
                continue;
            }
            count += points.len() as u64;
            leaves.push(leaf(&tag, from, to, &points));
            names.push(tag);
        }
        let root = merkle::root_of(suite, leaves.iter().map(Vec::as_slice));
        (!names.is_empty()).then_some(DeviceRoot { device, tags: names, count, root })
    }
}

/// The bytes of one leaf: tag, window, then time, bits and quality of every reading, big-endian.
pub fn leaf(tag: &str, from: Ms, to: Ms, points: &[Point]) -> Vec<u8> {
    let mut out = format!("{tag}\n{from}\n{to}\n").into_bytes();
    for p in points {
        out.extend_from_slice(&p.ts.to_be_bytes());
        out.extend_from_slice(&p.value.to_bits().to_be_bytes());
        out.push(p.quality);
    }
    out
}
