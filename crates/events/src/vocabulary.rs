//! What every event kind states about itself, and the macro that declares kinds.
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// How much evidence an event carries: E1 a leaf; E2 plus a receipt to the other parties;
/// E3 plus the deciding person's signature or confirmed act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum EvidenceClass {
    /// A leaf of the log.
    E1,
    /// A leaf and a receipt to every party concerned.
    E2,
    /// E2 and a confirmed act of the deciding person.
    E3,
}

/// Who may see an event at all (timeline, live stream, monitor).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody whose scope covers it.
    Parties,
    /// Government only.
    Gov,
    /// The government organisation that caused it, until disclosed.
    Restricted,
}

impl Audience {
    /// The word used in the envelope and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Parties => "parties",
            Self::Gov => "gov",
            Self::Restricted => "restricted",
        }
    }
}

/// One kind of event as the vocabulary lists it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct KindInfo {
    /// Dotted name without version, as in `events.csv`.
    pub kind: &'static str,
    /// Version; an incompatible change is a new one.
    pub version: u16,
    /// Folder that owns the kind, as in `events.csv`.
    pub owner: &'static str,
    /// Evidence class.
    pub class: EvidenceClass,
    /// Chinese title shown on timelines.
    pub title: &'static str,
}

/// A payload of the vocabulary.
pub trait Payload: Serialize + DeserializeOwned + Send + Sync {
    /// Its kind.
    const INFO: KindInfo;
}

/// Declares event payloads; every field's type must be [`crate::LeafSafe`].
#[macro_export]
macro_rules! events {
    ($owner:literal; $($(#[$meta:meta])* $kind:literal v $version:literal $class:ident $title:literal =>
        $name:ident { $($(#[$fmeta:meta])* $field:ident : $ty:ty),* $(,)? })*) => {
        $($(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name { $($(#[$fmeta])* pub $field: $ty),* }
        impl $crate::Payload for $name {
            const INFO: $crate::KindInfo = $crate::KindInfo {
                kind: $kind, version: $version, owner: $owner,
                class: $crate::EvidenceClass::$class, title: $title,
            };
        }
        const _: () = { const fn safe<T: $crate::LeafSafe>() {} $(safe::<$ty>();)* };)*
        /// The kinds of this owner.
        pub const KINDS: &[$crate::KindInfo] = &[$(<$name as $crate::Payload>::INFO),*];
    };
}
