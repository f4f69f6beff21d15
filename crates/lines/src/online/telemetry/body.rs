//! The stored form of one batch: count, then per value tag number, bits and quality.

use super::super::codec::{put, take};
use super::super::reading::Value;
use super::db::broken;
use super::{Result, dictionary::Dictionary};

/// One value of a stored batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stored {
    pub(super) tag: i64,
    pub(super) value: f64,
    pub(super) quality: u8,
}

/// Encodes the values; tags without a number are left out, which cannot happen after registration.
pub(super) fn encode(values: &[Value], dictionary: &Dictionary) -> Vec<u8> {
    let mut out = Vec::with_capacity(values.len() * 11 + 2);
    for v in values {
        if let Some(no) = dictionary.number(&v.tag) {
            put(&mut out, no as u64);
            out.extend_from_slice(&v.value.to_bits().to_le_bytes());
            out.push(v.quality.code());
        }
    }
    out
}

/// Decodes what `encode` wrote.
pub(super) fn decode(mut body: &[u8]) -> Result<Vec<Stored>> {
    let mut values = Vec::new();
    while !body.is_empty() {
        let tag = take(&mut body).map_err(|_| broken("批次"))? as i64;
        let (bits, rest) = body.split_first_chunk::<8>().ok_or_else(|| broken("批次"))?;
        let (&quality, rest) = rest.split_first().ok_or_else(|| broken("批次"))?;
        values.push(Stored { tag, value: f64::from_bits(u64::from_le_bytes(*bits)), quality });
        body = rest;
    }
    Ok(values)
}
