//! The sealed form of readings: one chunk per tag and hour, compressed and check-summed, bit-exact.
//!
//! Times are stored as changes of their interval with runs of "no change" counted; values as decimal
//! integers and their differences, because an instrument that shows one decimal yields small whole
//! steps; what no decimal scale represents exactly is kept as raw bits. The bytes then go through
//! deflate where that helps. Layout, all integers LEB128:
//! `1, flags, [deflated:] count, decimals, times…, qualities…, values…, crc32 (4 bytes)`.

use flate2::{Compression, Crc, read::DeflateDecoder, write::DeflateEncoder};
use std::io::{Read, Write};

use super::limits::Ms;

/// One reading of one tag.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Time of the reading.
    pub ts: Ms,
    /// Value in the unit of the tag.
    pub value: f64,
    /// Quality code (see [`super::reading::Quality`]).
    pub quality: u8,
}

/// A chunk that cannot be read back; never the result of `encode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("遥测数据块损坏：{0}")]
pub struct Corrupt(&'static str);

const VERSION: u8 = 1;
const DEFLATED: u8 = 1;
/// Marks values kept as raw bits instead of scaled decimals.
const RAW: u8 = 0xff;
const MAX_DECIMALS: u8 = 9;
/// More points than an hour can hold at one per millisecond are not a chunk.
const MAX_POINTS: u64 = 3_600_000;

/// Encodes points in the order given.
pub fn encode(points: &[Point]) -> Vec<u8> {
    let mut body = Vec::with_capacity(points.len() * 2 + 32);
    put(&mut body, points.len() as u64);
    let decimals = common_decimals(points);
    body.push(decimals.unwrap_or(RAW));
    put_times(&mut body, points);
    put_qualities(&mut body, points);
    match decimals {
        Some(d) => put_scaled(&mut body, points, d),
        None => points.iter().for_each(|p| body.extend_from_slice(&p.value.to_bits().to_le_bytes())),
    }
    let squeezed = deflate(&body).filter(|small| small.len() < body.len());
    let mut out = vec![VERSION, if squeezed.is_some() { DEFLATED } else { 0 }];
    out.extend_from_slice(&squeezed.unwrap_or(body));
    let sum = checksum(&out);
    out.extend_from_slice(&sum.to_le_bytes());
    out
}

/// Decodes a chunk, refusing one whose checksum or structure is wrong.
pub fn decode(chunk: &[u8]) -> Result<Vec<Point>, Corrupt> {
    let (content, sum) = chunk.split_last_chunk::<4>().ok_or(Corrupt("太短"))?;
    if checksum(content) != u32::from_le_bytes(*sum) {
        return Err(Corrupt("校验和不符"));
    }
    let inflated;
    let mut body = match content {
        [VERSION, 0, body @ ..] => body,
        [VERSION, DEFLATED, body @ ..] => {
            inflated = inflate(body)?;
            inflated.as_slice()
        }
        _ => return Err(Corrupt("版本不认识")),
    };
    let count = take(&mut body)?;
    if count > MAX_POINTS {
        return Err(Corrupt("点数过多"));
    }
    let (&decimals, rest) = body.split_first().ok_or(Corrupt("太短"))?;
    body = rest;
    let times = take_times(&mut body, count as usize)?;
    let qualities = take_qualities(&mut body, count as usize)?;
    let values = if decimals == RAW {
        take_raw(body, count as usize)?
    } else {
        take_scaled(&mut body, count as usize, decimals)?
    };
    Ok(times
        .into_iter()
        .zip(values)
        .zip(qualities)
        .map(|((ts, value), quality)| Point { ts, value, quality })
        .collect())
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn deflate(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

fn inflate(body: &[u8]) -> Result<Vec<u8>, Corrupt> {
    // Twenty bytes a point is more than any encoding here needs; the cap stops a bomb.
    let mut out = Vec::new();
    DeflateDecoder::new(body).take(MAX_POINTS * 20).read_to_end(&mut out).map_err(|_| Corrupt("解压失败"))?;
    Ok(out)
}

/// The fewest decimals that represent every value bit for bit, if any.
fn common_decimals(points: &[Point]) -> Option<u8> {
    let mut decimals = 0;
    for p in points {
        decimals = (decimals..=MAX_DECIMALS).find(|d| scaled(p.value, *d).is_some())?;
    }
    // A later value may have raised the scale beyond what an earlier large value can bear.
    points.iter().all(|p| scaled(p.value, decimals).is_some()).then_some(decimals)
}

fn power(decimals: u8) -> f64 {
    10f64.powi(i32::from(decimals))
}

fn scaled(value: f64, decimals: u8) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let scaled = (value * power(decimals)).round();
    (scaled.abs() < EXACT && unscaled(scaled as i64, decimals).to_bits() == value.to_bits()).then_some(scaled as i64)
}

fn unscaled(scaled: i64, decimals: u8) -> f64 {
    scaled as f64 / power(decimals)
}

pub(super) fn put(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push((n as u8) | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

pub(super) fn take(bytes: &mut &[u8]) -> Result<u64, Corrupt> {
    let mut n = 0u64;
    for shift in (0..70).step_by(7) {
        let (&b, rest) = bytes.split_first().ok_or(Corrupt("太短"))?;
        *bytes = rest;
        n |= u64::from(b & 0x7f).checked_shl(shift).unwrap_or(0);
        if b < 0x80 {
            return Ok(n);
        }
    }
    Err(Corrupt("整数过长"))
}

const fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

const fn unzigzag(n: u64) -> i64 {
    ((n >> 1) as i64) ^ -((n & 1) as i64)
}

fn put_times(out: &mut Vec<u8>, points: &[Point]) {
    let (mut last, mut interval, mut steady) = (0i64, 0i64, 0u64);
    for p in points {
        let step = p.ts.wrapping_sub(last);
        let change = step.wrapping_sub(interval);
        (last, interval) = (p.ts, step);
        if change == 0 {
            steady += 1;
            continue;
        }
        put_steady(out, &mut steady);
        put(out, zigzag(change));
    }
    put_steady(out, &mut steady);
}

/// A run of unchanged intervals: zero, then how many.
fn put_steady(out: &mut Vec<u8>, steady: &mut u64) {
    if *steady > 0 {
        out.push(0);
        put(out, *steady);
        *steady = 0;
    }
}

fn take_times(body: &mut &[u8], count: usize) -> Result<Vec<Ms>, Corrupt> {
    let mut times = Vec::with_capacity(count);
    let (mut last, mut interval) = (0i64, 0i64);
    while times.len() < count {
        let change = unzigzag(take(body)?);
        let run = if change == 0 { take(body)? as usize } else { 1 };
        if run == 0 || run > count - times.len() {
            return Err(Corrupt("时间段越界"));
        }
        interval = interval.wrapping_add(change);
        for _ in 0..run {
            last = last.wrapping_add(interval);
            times.push(last);
        }
    }
    Ok(times)
}

fn put_qualities(out: &mut Vec<u8>, points: &[Point]) {
    for run in points.chunk_by(|a, b| a.quality == b.quality) {
        out.push(run.first().map_or(0, |p| p.quality));
        put(out, run.len() as u64);
    }
}

fn take_qualities(body: &mut &[u8], count: usize) -> Result<Vec<u8>, Corrupt> {
    let mut qualities = Vec::with_capacity(count);
    while qualities.len() < count {
        let (&quality, rest) = body.split_first().ok_or(Corrupt("太短"))?;
        *body = rest;
        let run = take(body)? as usize;
        if run == 0 || run > count - qualities.len() {
            return Err(Corrupt("质量段越界"));
        }
        qualities.resize(qualities.len() + run, quality);
    }
    Ok(qualities)
}

fn put_scaled(out: &mut Vec<u8>, points: &[Point], decimals: u8) {
    let mut last = 0;
    for p in points {
        let now = scaled(p.value, decimals).unwrap_or_default();
        put(out, zigzag(now - last));
        last = now;
    }
}

fn take_scaled(body: &mut &[u8], count: usize, decimals: u8) -> Result<Vec<f64>, Corrupt> {
    if decimals > MAX_DECIMALS {
        return Err(Corrupt("小数位不认识"));
    }
    let mut last = 0i64;
    (0..count)
        .map(|_| {
            last = last.wrapping_add(unzigzag(take(body)?));
            Ok(unscaled(last, decimals))
        })
        .collect()
}

fn take_raw(body: &[u8], count: usize) -> Result<Vec<f64>, Corrupt> {
    let (words, []) = body.as_chunks::<8>() else { return Err(Corrupt("数值段越界")) };
    if words.len() != count {
        return Err(Corrupt("数值段越界"));
    }
    Ok(words.iter().map(|bits| f64::from_bits(u64::from_le_bytes(*bits))).collect())
}

/// One interval of a trend chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// Start of the interval.
    pub from: Ms,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Mean value.
    pub avg: f64,
    /// How many readings.
    pub count: u32,
}

/// Down-samples points to at most `buckets` intervals of `[from, to)`; empty intervals are left out,
/// so that a gap stays a gap on the chart. Minimum and maximum survive, a spike is never averaged away.
pub fn down_sample(points: impl IntoIterator<Item = Point>, from: Ms, to: Ms, buckets: usize) -> Vec<Bucket> {
    let width = (to.saturating_sub(from)).max(1).div_euclid(buckets.max(1) as i64).max(1);
    let mut out: Vec<(i64, Bucket)> = Vec::new();
    for p in points {
        if p.ts < from || p.ts >= to {
            continue;
        }
        let index = ((p.ts - from) / width).min(buckets.max(1) as i64 - 1);
        match out.last_mut() {
            Some((last, bucket)) if *last == index => {
                bucket.min = bucket.min.min(p.value);
                bucket.max = bucket.max.max(p.value);
                bucket.count += 1;
                bucket.avg += p.value; // the sum until the end
            }
            _ => out.push((
                index,
                Bucket { from: from + index * width, min: p.value, max: p.value, avg: p.value, count: 1 },
            )),
        }
    }
    out.into_iter().map(|(_, b)| Bucket { avg: b.avg / f64::from(b.count), ..b }).collect()
}

#[cfg(test)]
#[path = "codec_tests.rs"]
mod tests;
