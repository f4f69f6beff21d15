//! The last live reading of every tag, and figures that accrue as readings pass.

use std::collections::HashMap;

use super::super::codec::Point;
use super::super::limits::Ms;
use super::super::reading::{Quality, Stream};
use super::Batch;

/// The present of one tag.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Live {
    /// Time of the last live reading.
    pub at: Ms,
    /// Its value.
    pub value: f64,
    /// Its quality.
    pub quality: Quality,
    /// Since when the value has not changed by a single bit: a long time means a stuck sensor.
    pub steady_since: Ms,
    /// How far the device's clock was behind the platform's at the last reading, in milliseconds.
    pub clock_lag_ms: Ms,
}

/// The present of all tags and devices.
#[derive(Debug, Default)]
pub(super) struct Table {
    tags: HashMap<String, Live>,
    devices: HashMap<String, Ms>,
}

impl Table {
    pub(super) fn get(&self, tag: &str) -> Option<Live> {
        self.tags.get(tag).copied()
    }

    pub(super) fn heard(&self, device: &str) -> Option<Ms> {
        self.devices.get(device).copied()
    }

    pub(super) fn hear(&mut self, device: &str, at: Ms) {
        match self.devices.get_mut(device) {
            Some(last) => *last = at.max(*last),
            None => drop(self.devices.insert(device.to_owned(), at)),
        }
    }

    /// Takes a stored batch in. Late readings change nothing here: they are not the present.
    pub(super) fn take(&mut self, batch: &Batch) {
        self.hear(&batch.device, batch.received);
        if batch.stream == Stream::Telemetry {
            for v in &batch.values {
                let point = Point { ts: batch.ts, value: v.value, quality: v.quality.code() };
                self.set(&v.tag, point, batch.received);
            }
        }
    }

    /// Takes a point from the past in, unless something newer is known.
    pub(super) fn remember(&mut self, tag: &str, p: Point) {
        if self.tags.get(tag).is_none_or(|old| old.at < p.ts) {
            self.set(tag, p, p.ts);
        }
    }

    /// Readings come in the order the device numbered them. Its clock does not decide which is the
    /// present, or a clock set forward once would hide everything after it.
    fn set(&mut self, tag: &str, p: Point, received: Ms) {
        let quality = Quality::from_code(p.quality);
        let new = Live { at: p.ts, value: p.value, quality, steady_since: p.ts, clock_lag_ms: received - p.ts };
        match self.tags.get_mut(tag) {
            Some(old) if old.value.to_bits() == p.value.to_bits() => {
                *old = Live { steady_since: old.steady_since, ..new }
            }
            Some(old) => *old = new,
            None => drop(self.tags.insert(tag.to_owned(), new)),
        }
    }
}
