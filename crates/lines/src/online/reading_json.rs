//! The JSON of a device message. Devices write JSON badly: `NaN`, `1e999`, numbers as text. serde
//! refuses such a text as a whole, so on the error path the bad numbers are put in quotes and the text
//! is read once more; then only the bad values are lost, not their neighbours.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::reading::{Qualities, Refused};

/// The message before its rules are checked.
#[derive(Debug, Deserialize)]
pub(super) struct Raw {
    #[serde(default)]
    pub seq: Option<Number>,
    #[serde(default)]
    pub ts: Option<Number>,
    #[serde(default)]
    pub boot: Option<Boot>,
    #[serde(default, deserialize_with = "pairs")]
    pub values: Vec<(String, Number)>,
    #[serde(default)]
    pub quality: Qualities,
}

/// A number, or what stood where one was expected.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    Float(f64),
    Other { text: String },
}

impl Number {
    pub(super) fn text(&self) -> String {
        match self {
            Number::Integer(n) => n.to_string(),
            Number::Float(v) => v.to_string(),
            Number::Other { text } => text.clone(),
        }
    }
}

/// Boot identifiers are numbers or words.
#[derive(Debug, PartialEq)]
pub(super) enum Boot {
    Text(String),
    Number(Number),
}

impl<'de> Deserialize<'de> for Boot {
    fn deserialize<D: de::Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        Ok(match de.deserialize_any(NumberVisitor)? {
            (Number::Other { text }, true) => Boot::Text(text),
            (number, _) => Boot::Number(number),
        })
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: de::Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        de.deserialize_any(NumberVisitor).map(|(number, _)| number)
    }
}

/// Yields the number and whether it was a JSON string.
struct NumberVisitor;

fn other(text: &str) -> (Number, bool) {
    (Number::Other { text: text.to_owned() }, false)
}

impl<'de> Visitor<'de> for NumberVisitor {
    type Value = (Number, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }
    fn visit_i64<E>(self, v: i64) -> Result<Self::Value, E> {
        Ok((Number::Integer(v), false))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Self::Value, E> {
        Ok((i64::try_from(v).map_or(Number::Float(v as f64), Number::Integer), false))
    }
    fn visit_f64<E>(self, v: f64) -> Result<Self::Value, E> {
        Ok((Number::Float(v), false))
    }
    fn visit_str<E>(self, v: &str) -> Result<Self::Value, E> {
        Ok((Number::Other { text: v.chars().take(96).collect() }, true))
    }
    fn visit_bool<E>(self, v: bool) -> Result<Self::Value, E> {
        Ok(other(if v { "true" } else { "false" }))
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(other("null"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(other("[…]"))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(other("{…}"))
    }
}

/// Keeps the pairs in order and keeps repeated tags, which a map would silently merge.
fn pairs<'de, D: de::Deserializer<'de>>(de: D) -> Result<Vec<(String, Number)>, D::Error> {
    struct Pairs;
    impl<'de> Visitor<'de> for Pairs {
        type Value = Vec<(String, Number)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of tag: number")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }
    de.deserialize_map(Pairs)
}

/// Reads the text, mending bad numbers if it must.
pub(super) fn parse(bytes: &[u8]) -> Result<Raw, Refused> {
    let first = match serde_json::from_slice(bytes) {
        Ok(raw) => return Ok(raw),
        Err(error) => error,
    };
    mend(bytes).and_then(|mended| serde_json::from_slice(&mended).ok()).ok_or_else(|| {
        let shown = String::from_utf8_lossy(bytes.get(..bytes.len().min(80)).unwrap_or_default()).into_owned();
        let place = format!("第 {} 行第 {} 列", first.line(), first.column());
        let text =
            format!("报文不是约定的 JSON 对象（{place}）；应为 {{\"seq\",\"ts\",\"boot\",\"values\":{{位号: 数值}}}}");
        Refused::new("json", "payload", &shown, text)
    })
}

/// Puts bare words that are no JSON (`NaN`, `-Infinity`, `1e999`) in quotes; none when there is nothing to mend.
fn mend(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len() + 16);
    let mut rest = bytes;
    let mut mended = false;
    while let Some((&first, tail)) = rest.split_first() {
        let length = match first {
            b'"' => string_length(rest),
            b if is_word(b) => rest.iter().take_while(|b| is_word(**b)).count(),
            _ => {
                out.push(first);
                rest = tail;
                continue;
            }
        };
        let (token, tail) = rest.split_at_checked(length)?;
        let good = first == b'"' || serde_json::from_slice::<serde_json::Value>(token).is_ok();
        if good {
            out.extend_from_slice(token);
        } else {
            mended = true;
            out.push(b'"');
            out.extend_from_slice(token);
            out.push(b'"');
        }
        rest = tail;
    }
    mended.then_some(out)
}

const fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b'_')
}

/// Length of the JSON string at the start of `bytes`, quotes included; all of it when it never ends.
fn string_length(bytes: &[u8]) -> usize {
    let mut escaped = false;
    for (i, b) in bytes.iter().enumerate().skip(1) {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return i + 1,
            _ => {}
        }
    }
    bytes.len()
}
