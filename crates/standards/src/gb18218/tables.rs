//! Rows of the tables of GB 18218-2018.

use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Table 1: a named substance.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substance {
    /// Number in Table 1.
    pub no: u16,
    /// Name with the condition it holds under.
    pub name: String,
    /// Other names that mean this entry.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// CAS numbers.
    #[serde(default)]
    pub cas: Vec<String>,
    /// Critical quantity, t.
    pub critical_t: Decimal,
    /// True where the entry holds under a condition (content, water, state) that a CAS number or a
    /// plain name does not tell.
    #[serde(default)]
    pub conditional: bool,
    /// Plain names that do not tell whether the condition holds.
    #[serde(default)]
    pub loose: Vec<String>,
}

/// Tables 2 and 4: a hazard class.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Symbol, such as `W5.3`.
    pub symbol: String,
    /// Kind of hazard.
    pub hazard: String,
    /// What belongs to it.
    pub description: String,
    /// Critical quantity, t.
    pub critical_t: Decimal,
    /// Correction factor β.
    pub beta: Decimal,
    /// How the quantity is taken.
    #[serde(default)]
    pub note: Option<String>,
}

/// Table 3: β of a named gas.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedBeta {
    /// Name.
    pub name: String,
    /// CAS number.
    pub cas: String,
    /// Correction factor β.
    pub beta: Decimal,
}

/// Table 5: exposure factor α.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alpha {
    /// The band as printed.
    pub label: String,
    /// Fewest residents of the band.
    pub population_from: u32,
    /// Factor α.
    pub alpha: Decimal,
}

/// Table 6: level.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRow {
    /// The level.
    pub level: super::Level,
    /// Smallest R of the level, included.
    pub r_from: Decimal,
}

/// A likely class of a Table 1 substance; a hint for the assessor, never used unasked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    /// Name in Table 1.
    pub name: String,
    /// Symbol of the class.
    pub symbol: String,
}

/// Clause 4.1: where a unit ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitBorder {
    /// Kind of unit.
    pub kind: String,
    /// Its border.
    pub border: String,
}
