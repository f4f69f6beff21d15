//! What a device may say: parsing and checking of the telemetry payload, pure and without panics.
//!
//! One message is `{"seq","ts","boot","values":{tag: number},"quality"?}`. A wrong message is refused
//! as a whole; a wrong value beside good ones is set apart and the good ones are kept. Every refusal
//! names the field, the rule and the value, because the person who repairs a gateway has nothing else.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;

use super::limits::{MAX_MAGNITUDE, Ms};
use super::reading_json::{self, Boot, Number};

/// Largest message.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most values in one message.
pub const MAX_VALUES: usize = 2_000;
/// Most messages in one NDJSON request.
pub const MAX_BATCH: usize = 5_000;
/// How far a live reading's time may be from the platform's, in milliseconds.
pub const LIVE_WINDOW_MS: Ms = 300_000;
/// How old a late reading may be, in milliseconds: gateways buffer 72 h, a month leaves room for repair.
pub const LATE_WINDOW_MS: Ms = 31 * 86_400_000;
/// Longest tag or device name in bytes.
pub const MAX_NAME: usize = 96;

/// Which of a device's topics a message came on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Live readings; they can raise alarms.
    Telemetry,
    /// Readings stored during an outage; they raise nothing and overwrite nothing.
    Late,
    /// State of the device itself.
    State,
}

impl Stream {
    /// Last segment of the topic.
    pub const fn topic(self) -> &'static str {
        match self {
            Stream::Telemetry => "telemetry",
            Stream::Late => "late",
            Stream::State => "state",
        }
    }

    /// The number stored with a batch.
    pub const fn code(self) -> i64 {
        match self {
            Stream::Telemetry => 0,
            Stream::Late => 1,
            Stream::State => 2,
        }
    }

    /// Device and stream of a topic `anlan/v1/{device}/{stream}`.
    pub fn of_topic(topic: &str) -> Option<(&str, Stream)> {
        let (device, stream) = topic.strip_prefix("anlan/v1/")?.split_once('/')?;
        let stream = [Stream::Telemetry, Stream::Late, Stream::State].into_iter().find(|s| s.topic() == stream)?;
        is_name(device).then_some((device, stream))
    }
}

/// Whether a device or tag name is well-formed: letters, digits, `_`, `-`, `.`, at most 96 bytes.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

/// How far a value can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quality {
    /// Nothing against it.
    Good,
    /// The device itself doubts it.
    Uncertain,
    /// The device says the sensor failed: stored, shown, never judged.
    Bad,
}

impl Quality {
    /// The code stored with a value.
    pub const fn code(self) -> u8 {
        match self {
            Quality::Good => 0,
            Quality::Uncertain => 1,
            Quality::Bad => 2,
        }
    }

    /// The quality of a stored code; unknown codes are doubtful.
    pub const fn from_code(code: u8) -> Quality {
        match code {
            0 => Quality::Good,
            2 => Quality::Bad,
            _ => Quality::Uncertain,
        }
    }

    /// The word in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Quality::Good => "good",
            Quality::Uncertain => "uncertain",
            Quality::Bad => "bad",
        }
    }

    fn parse(word: &str) -> Option<Quality> {
        [Quality::Good, Quality::Uncertain, Quality::Bad].into_iter().find(|q| q.word() == word)
    }
}

/// One value of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// Tag.
    pub tag: String,
    /// Number in the unit of the tag.
    pub value: f64,
    /// Quality.
    pub quality: Quality,
}

/// A message that passed, with what was set apart from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Device sequence number, strictly rising per boot and stream.
    pub seq: i64,
    /// Time of the readings by the device's clock.
    pub ts: Ms,
    /// Which start of the device the sequence belongs to.
    pub boot: String,
    /// Good values.
    pub values: Vec<Value>,
    /// Values that were set apart.
    pub refused: Vec<Refused>,
}

/// Why a message or one of its values was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Stable code of the rule.
    pub code: &'static str,
    /// Field, `values.<tag>` for a value.
    pub field: String,
    /// The offending value, cut to 80 characters.
    pub value: String,
    /// Rule and way out in Chinese.
    pub message: String,
}

impl Refused {
    /// A refusal. Field and value come from outside: they are cut so that a hostile one cannot fill the
    /// store, and control characters, which PostgreSQL or a terminal would not bear, are made visible.
    pub fn new(code: &'static str, field: impl Into<String>, value: &str, message: impl Into<String>) -> Refused {
        let shown = |text: &str| {
            text.chars().take(MAX_NAME + 16).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect::<String>()
        };
        Refused {
            code,
            field: shown(&field.into()),
            value: shown(value).chars().take(80).collect(),
            message: message.into(),
        }
    }
}

/// What is known of a tag when a value for it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The device may report it.
    Mine,
    /// It belongs to another enterprise.
    OtherEnterprise,
    /// It belongs to another device of the same enterprise.
    OtherDevice,
    /// Nobody registered it.
    Unknown,
}

/// When a message arrived, and how far its own time may be off to count as live.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// Platform time.
    pub now: Ms,
    /// Milliseconds.
    pub skew: Ms,
}

impl From<Ms> for Arrival {
    fn from(now: Ms) -> Arrival {
        Arrival { now, skew: LIVE_WINDOW_MS }
    }
}

/// Parses and checks one message that arrived on `stream`; `known` answers who owns a tag.
pub fn parse(
    stream: Stream,
    bytes: &[u8],
    arrival: impl Into<Arrival>,
    known: impl Fn(&str) -> Known,
) -> Result<Message, Refused> {
    if bytes.len() > MAX_BYTES {
        let size = bytes.len().to_string();
        return Err(Refused::new(
            "size",
            "payload",
            &size,
            format!("报文 {size} 字节，超过上限 {MAX_BYTES} 字节，请分批发送"),
        ));
    }
    let raw = reading_json::parse(bytes)?;
    let seq = check_seq(raw.seq)?;
    let boot = check_boot(raw.boot)?;
    let ts = check_time(stream, raw.ts, arrival.into())?;
    if raw.values.len() > MAX_VALUES {
        let n = raw.values.len().to_string();
        return Err(Refused::new("count", "values", &n, format!("一条报文最多 {MAX_VALUES} 个数值，实有 {n} 个")));
    }
    if raw.values.is_empty() && stream != Stream::State {
        return Err(Refused::new("empty", "values", "{}", "values 不能为空，至少一个 {位号: 数值}"));
    }
    let mut message = Message { seq, ts, boot, values: Vec::with_capacity(raw.values.len()), refused: Vec::new() };
    let mut seen = HashSet::with_capacity(raw.values.len());
    for (tag, number) in raw.values {
        let quality = raw.quality.of(&tag);
        match check_value(&tag, number, quality, &mut seen, &known) {
            Ok(value) => message.values.push(value),
            Err(refused) => message.refused.push(refused),
        }
    }
    Ok(message)
}

fn check_seq(seq: Option<Number>) -> Result<i64, Refused> {
    let rule = "seq 必须是不小于 0 的整数，每次启动（boot）内严格递增";
    match seq {
        Some(Number::Integer(seq)) if seq >= 0 => Ok(seq),
        Some(other) => Err(Refused::new("seq", "seq", &other.text(), rule)),
        None => Err(Refused::new("seq", "seq", "", format!("缺少 seq：{rule}"))),
    }
}

fn check_boot(boot: Option<Boot>) -> Result<String, Refused> {
    let rule = "boot 标识设备的一次启动，用整数或不超过 64 个字符的字母、数字、_-.";
    let text = match boot {
        Some(Boot::Text(text)) => text,
        Some(Boot::Number(Number::Integer(n))) => n.to_string(),
        Some(Boot::Number(other)) => return Err(Refused::new("boot", "boot", &other.text(), rule)),
        None => return Err(Refused::new("boot", "boot", "", format!("缺少 boot：{rule}"))),
    };
    if text.len() <= 64 && is_name(&text) { Ok(text) } else { Err(Refused::new("boot", "boot", &text, rule)) }
}

fn check_time(stream: Stream, ts: Option<Number>, Arrival { now, skew }: Arrival) -> Result<Ms, Refused> {
    let unit = "ts 为 1970 年起的毫秒整数（UTC）";
    let ts = match ts {
        Some(Number::Integer(ts)) => ts,
        Some(other) => return Err(Refused::new("ts", "ts", &other.text(), unit)),
        None => return Err(Refused::new("ts", "ts", "", format!("缺少 ts：{unit}"))),
    };
    let ahead = ts.saturating_sub(now);
    if ahead > skew {
        let text = format!("ts 比平台时间超前 {} 秒，允许 {} 秒；请校准设备时钟", ahead / 1000, skew / 1000);
        return Err(Refused::new("future", "ts", &ts.to_string(), text));
    }
    let (window, way_out) = match stream {
        Stream::Telemetry => {
            (skew, format!("实时数据允许 {} 秒；补传请发到 late 主题，否则请校准设备时钟", skew / 1000))
        }
        Stream::Late | Stream::State => (LATE_WINDOW_MS, "补传允许 31 天".to_owned()),
    };
    if ahead < -window {
        let behind = ahead.unsigned_abs() / 1000;
        return Err(Refused::new("past", "ts", &ts.to_string(), format!("ts 比平台时间落后 {behind} 秒，{way_out}")));
    }
    Ok(ts)
}

fn check_value(
    tag: &str,
    number: Number,
    quality: Result<Quality, String>,
    seen: &mut HashSet<String>,
    known: &impl Fn(&str) -> Known,
) -> Result<Value, Refused> {
    let field = || format!("values.{}", tag.chars().take(MAX_NAME).collect::<String>());
    if !is_name(tag) {
        return Err(Refused::new("tag", field(), tag, "位号只能用字母、数字、_-.，不超过 96 个字符"));
    }
    let value = match &number {
        Number::Float(value) => *value,
        Number::Integer(value) => *value as f64,
        Number::Other { .. } => {
            return Err(Refused::new(
                "number",
                field(),
                &number.text(),
                "数值必须是 JSON 数字，不能是文字、NaN、无穷大、布尔或嵌套结构",
            ));
        }
    };
    if !value.is_finite() || value.abs() > MAX_MAGNITUDE {
        return Err(Refused::new("range", field(), &number.text(), "数值的绝对值不得超过 1e12"));
    }
    let quality = quality.map_err(|word| {
        Refused::new("quality", format!("quality.{tag}"), &word, "quality 只能是 good、uncertain 或 bad")
    })?;
    match known(tag) {
        Known::Mine => {}
        Known::Unknown => {
            return Err(Refused::new("unknown_tag", field(), &number.text(), "位号未登记，请先在平台登记该位号"));
        }
        Known::OtherEnterprise => {
            return Err(Refused::new("foreign_tag", field(), &number.text(), "位号属于其他企业，本设备无权上报"));
        }
        Known::OtherDevice => {
            return Err(Refused::new(
                "other_device",
                field(),
                &number.text(),
                "位号登记在本企业的另一台设备上，请核对设备与位号的对应",
            ));
        }
    }
    if !seen.insert(tag.to_owned()) {
        return Err(Refused::new("repeated", field(), &number.text(), "同一报文内位号重复，已取第一个值"));
    }
    Ok(Value { tag: tag.to_owned(), value, quality })
}

/// The quality part of a message: one word for all, or a word per tag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Qualities {
    #[default]
    None,
    All(String),
    Each(BTreeMap<String, String>),
}

impl Qualities {
    fn of(&self, tag: &str) -> Result<Quality, String> {
        let word = match self {
            Qualities::None => return Ok(Quality::Good),
            Qualities::All(word) => Some(word),
            Qualities::Each(words) => words.get(tag),
        };
        word.map_or(Ok(Quality::Good), |word| Quality::parse(word).ok_or_else(|| word.clone()))
    }
}

/// The lines of an NDJSON request with their numbers, empty lines left out.
pub fn lines(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    body.split(|b| *b == b'\n')
        .enumerate()
        .map(|(i, line)| (i + 1, line.trim_ascii()))
        .filter(|(_, line)| !line.is_empty())
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
