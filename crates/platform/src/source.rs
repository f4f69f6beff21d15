//! Where time, ids and randomness enter. Everything else takes them from `Ctx`.
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicI64, Ordering};
use utoipa::ToSchema;
use uuid::Uuid;

/// Integer milliseconds UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ms(pub i64);

impl Ms {
    /// RFC 3339 with milliseconds, UTC.
    pub fn iso(self) -> String {
        chrono::DateTime::from_timestamp_millis(self.0)
            .map_or_else(String::new, |t| t.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }
    /// `YYYY-MM-DD HH:mm` in Beijing time, as officials write it.
    pub fn beijing(self) -> String {
        chrono::DateTime::from_timestamp_millis(self.0 + 8 * 3_600_000)
            .map_or_else(String::new, |t| t.format("%Y-%m-%d %H:%M").to_string())
    }
    /// Later by so many milliseconds.
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
    /// Later by so many minutes.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus(minutes.saturating_mul(60_000))
    }
    /// Reads RFC 3339.
    pub fn parse(text: &str) -> Option<Self> {
        chrono::DateTime::parse_from_rfc3339(text).ok().map(|t| Self(t.timestamp_millis()))
    }
}
impl From<Ms> for crate::db::Value {
    fn from(ms: Ms) -> Self {
        Self::Int(Some(ms.0))
    }
}
impl From<Option<Ms>> for crate::db::Value {
    fn from(ms: Option<Ms>) -> Self {
        Self::Int(ms.map(|m| m.0))
    }
}
impl crate::db::Column for Ms {
    fn read(row: &crate::db::Row, name: &str) -> crate::Result<Self> {
        row.get(name).map(Ms)
    }
}
impl crate::db::Column for Option<Ms> {
    fn read(row: &crate::db::Row, name: &str) -> crate::Result<Self> {
        Ok(row.get::<Option<i64>>(name)?.map(Ms))
    }
}
impl Serialize for Ms {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}
impl<'de> Deserialize<'de> for Ms {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("时间须为带时区的格式，如 2026-11-23T08:00:00+08:00"))
    }
}
impl utoipa::PartialSchema for Ms {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .build()
            .into()
    }
}
impl ToSchema for Ms {}

/// The clock, id and random source of one node.
pub struct Source {
    shift: AtomicI64,
    fixed: Option<AtomicI64>,
    seed: Option<Mutex<u64>>,
}

impl Source {
    /// The machine's clock and random source.
    pub const fn system() -> Self {
        Self { shift: AtomicI64::new(0), fixed: None, seed: None }
    }

    /// A clock that stands still until moved, and ids that repeat with the seed (tests).
    pub const fn fixed(now: Ms, seed: u64) -> Self {
        Self { shift: AtomicI64::new(0), fixed: Some(AtomicI64::new(now.0)), seed: Some(Mutex::new(seed)) }
    }

    /// Now.
    pub fn now(&self) -> Ms {
        let base = self.fixed.as_ref().map_or_else(machine_now, |f| f.load(Ordering::Relaxed));
        Ms(base + self.shift.load(Ordering::Relaxed))
    }

    /// Moves the clock forward, never back.
    pub fn forward(&self, by_ms: i64) {
        self.shift.fetch_add(by_ms.max(0), Ordering::Relaxed);
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0u8; N];
        match &self.seed {
            None => {
                // Without randomness nothing may be signed or salted: stopping is right.
                if let Err(e) = getrandom::fill(&mut bytes) {
                    tracing::error!(error = %e, "the operating system gives no randomness");
                    std::process::abort();
                }
            }
            Some(seed) => {
                let mut counter = seed.lock();
                for chunk in bytes.chunks_mut(32) {
                    *counter = counter.wrapping_add(1);
                    let block = evidence::Suite::Sm3Sm2.hash(&[&counter.to_be_bytes()]);
                    for (byte, value) in chunk.iter_mut().zip(block) {
                        *byte = value;
                    }
                }
            }
        }
        bytes
    }

    /// A UUIDv7 of now.
    pub fn id(&self) -> Uuid {
        let millis = u64::try_from(self.now().0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.random::<10>()).into_uuid()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
fn machine_now() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// A short id for log lines and problem details; not an identifier of any record.
pub fn trace_id() -> String {
    let mut bytes = [0u8; 6];
    if getrandom::fill(&mut bytes).is_err() {
        return "0".to_owned();
    }
    hex::encode(bytes)
}
