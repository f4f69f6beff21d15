//! Which types may stand in the clear inside an evidence leaf.
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The member name that marks a value for the platform's disclosure step.
pub const PERSONAL_KEY: &str = "$personal";

/// A type that may be published in a leaf: it carries no personal data and no free text.
///
/// Implemented for numbers, dates, identifiers, codes and enums, and for the two wrappers that
/// the platform takes out of the leaf. `String` is deliberately absent.
pub trait LeafSafe {}

macro_rules! leaf_safe { ($($t:ty),* $(,)?) => { $(impl LeafSafe for $t {})* }; }
leaf_safe!(bool, u8, u16, u32, u64, i32, i64, f64, Uuid, Code, FreeText);
impl<T> LeafSafe for Personal<T> {}
impl<T: LeafSafe> LeafSafe for Option<T> {}
impl<T: LeafSafe> LeafSafe for Vec<T> {}
impl<T: LeafSafe> LeafSafe for BTreeMap<Code, T> {}

/// A short code, key or number of a public register (credit code, tag, rule id, region).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(pub String);

impl Code {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Code {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
impl From<String> for Code {
    fn from(text: String) -> Self {
        Self(text)
    }
}
impl From<&String> for Code {
    fn from(text: &String) -> Self {
        Self(text.clone())
    }
}
impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A personal value. `None` once it has been erased: proofs still hold, the value is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Personal<T>(pub Option<T>);

impl<T> From<T> for Personal<T> {
    fn from(value: T) -> Self {
        Self(Some(value))
    }
}

impl<T: Serialize> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(PERSONAL_KEY, &self.0)?;
        map.end()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(bound = "T: DeserializeOwned")]
        struct Marked<T> {
            #[serde(rename = "$personal")]
            value: Option<T>,
        }
        // Commit leaves a value that was never given out of the entry altogether; asking for an option
        // is how serde lets a field be absent.
        Option::<Marked<T>>::deserialize(deserializer).map(|m| Self(m.and_then(|m| m.value)))
    }
}

/// Text that a person wrote; it may name people, so it is always a disclosure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FreeText(pub Personal<String>);

impl FreeText {
    /// The text, unless it has been erased.
    pub fn text(&self) -> Option<&str> {
        self.0.0.as_deref()
    }
}
impl From<&str> for FreeText {
    fn from(text: &str) -> Self {
        Self(Personal(Some(text.to_owned())))
    }
}
impl From<String> for FreeText {
    fn from(text: String) -> Self {
        Self(Personal(Some(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_values_are_marked_for_the_disclosure_step() {
        let json = serde_json::to_string(&Personal::from("张三".to_owned())).unwrap();
        assert_eq!(json, r#"{"$personal":"张三"}"#);
        let back: Personal<String> = serde_json::from_str(&json).unwrap();
        assert_eq!(back.0.as_deref(), Some("张三"));
    }

    #[test]
    fn a_value_that_was_never_given_is_absent_and_reads_as_none() {
        #[derive(Deserialize)]
        struct Payload {
            phone: Personal<String>,
            note: FreeText,
        }
        let read: Payload = serde_json::from_str("{}").unwrap();
        assert_eq!((read.phone.0, read.note.text()), (None, None));
    }

    #[test]
    fn erased_values_read_back_as_none() {
        let back: FreeText = serde_json::from_str(r#"{"$personal":null}"#).unwrap();
        assert_eq!(back.text(), None);
    }
}
