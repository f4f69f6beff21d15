//! JSON as written: numbers keep their digits, and a key given twice is an error.

use crate::problem::Problem;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON value whose numbers are still text.
pub enum Raw {
    Null,
    Flag(bool),
    Number(String),
    Text(String),
    List(Vec<Raw>),
    Object(Vec<(String, Raw)>),
}

/// Inputs nest two levels deep; more is not ours.
const DEEPEST: u8 = 8;
/// Longest accepted input, in bytes: a batch belongs into a file, not into one call.
const LONGEST: usize = 4 << 20;

/// Reads JSON text.
pub fn parse(text: &str) -> Result<Raw, Problem> {
    if text.len() > LONGEST {
        return Err(Problem::field("", "输入超过 4 MB，请分批计算"));
    }
    let value: &RawValue =
        serde_json::from_str(text).map_err(|e| Problem::field("", alloc::format!("不是有效的 JSON：{e}")))?;
    read(value.get(), DEEPEST)
}

fn read(text: &str, depth: u8) -> Result<Raw, Problem> {
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(Problem::field("", "JSON 嵌套过深"));
    };
    let bad = |e: serde_json::Error| Problem::field("", alloc::format!("不是有效的 JSON：{e}"));
    match text.bytes().next() {
        Some(b'n') => Ok(Raw::Null),
        Some(b't') => Ok(Raw::Flag(true)),
        Some(b'f') => Ok(Raw::Flag(false)),
        Some(b'"') => Ok(Raw::Text(serde_json::from_str(text).map_err(bad)?)),
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(bad)?;
            items.into_iter().map(|item| read(item.get(), deeper)).collect::<Result<_, _>>().map(Raw::List)
        }
        Some(b'{') => {
            let Pairs(pairs) = serde_json::from_str(text).map_err(bad)?;
            pairs
                .into_iter()
                .map(|(key, item)| Ok((key, read(item.get(), deeper)?)))
                .collect::<Result<_, _>>()
                .map(Raw::Object)
        }
        _ => Ok(Raw::Number(text.to_string())),
    }
}

struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
