//! JSON that means one thing only: objects with a repeated key are refused.
//!
//! Ordinary readers silently keep the first or the last of two equal keys. An entry that
//! says one thing to the court's reader and another to ours would be no evidence at all.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

use crate::{Error, Result};

/// Reads one JSON text, refusing repeated keys and trailing characters.
pub(crate) fn parse(what: &'static str, text: &[u8]) -> Result<Value> {
    let unreadable = |e| Error::new(what, format!("不是合格的 JSON（{e}）"));
    NoRepeats.deserialize(&mut serde_json::Deserializer::from_slice(text)).map_err(unreadable)?;
    serde_json::from_slice(text).map_err(unreadable)
}

/// Reads any JSON value, keeps nothing, fails on a repeated key.
#[derive(Clone, Copy)]
struct NoRepeats;

impl<'de> DeserializeSeed<'de> for NoRepeats {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> std::result::Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NoRepeats {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<(), A::Error> {
        while seq.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = map.next_key::<String>()? {
            map.next_value_seed(self)?;
            if let Some(key) = keys.replace(key) {
                return Err(A::Error::custom(format!("repeated key {key:?}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_value_as_an_ordinary_reader() {
        let text = r#"{"a":[1,-2,3.5,"x\u00e9",null,true,{}],"b":{"a":18446744073709551615}}"#;
        assert_eq!(parse("t", text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn repeated_keys_and_trailing_text_are_refused() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"x":{"b":1,"\u0062":2}}]"#, "{} {}", "", "{", "\u{feff}{}"] {
            assert!(parse("t", text.as_bytes()).is_err(), "{text}");
        }
    }
}
