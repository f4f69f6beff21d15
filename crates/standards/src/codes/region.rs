//! Administrative divisions (GB/T 2260 and the statistical division codes below the county).

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use serde::{Deserialize, Serialize};

/// The five levels, from the largest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// 省级, 2 digits
    Province,
    /// 地级, 4 digits
    City,
    /// 县级, 6 digits
    County,
    /// 乡级, 9 digits
    Town,
    /// 村级, 12 digits
    Village,
}

impl RegionLevel {
    const ALL: [RegionLevel; 5] =
        [RegionLevel::Province, RegionLevel::City, RegionLevel::County, RegionLevel::Town, RegionLevel::Village];

    /// How many digits a code of this level has.
    pub const fn digits(self) -> usize {
        match self {
            RegionLevel::Province => 2,
            RegionLevel::City => 4,
            RegionLevel::County => 6,
            RegionLevel::Town => 9,
            RegionLevel::Village => 12,
        }
    }

    fn of_length(len: usize) -> Option<RegionLevel> {
        RegionLevel::ALL.into_iter().find(|level| level.digits() == len)
    }
}

/// A division code cut at its own level: exactly 2, 4, 6, 9 or 12 digits. Zeros are digits like any
/// other and are never trimmed, because `130110` and `130111` are siblings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region {
    digits: [u8; 12],
    level: u8,
}

impl Region {
    /// Reads a code of exactly 2, 4, 6, 9 or 12 digits. The error says in Chinese what is wrong.
    pub fn parse(text: &str) -> Result<Region, String> {
        let level = RegionLevel::of_length(text.len()).filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        level
            .map(|level| cut(text, level))
            .ok_or_else(|| format!("“{text}”不是行政区划代码：应为 2、4、6、9 或 12 位数字（省、市、县、乡、村）"))
    }

    /// Reads a six-digit code of GB/T 2260, where provinces and cities are filled up with zeros
    /// (`990100` is the city `9901`). Only for data known to be written that way.
    pub fn from_gbt2260(text: &str) -> Result<Region, String> {
        let region = Region::parse(text)?;
        if region.level() != RegionLevel::County {
            return Err(format!("“{text}”不是 GB/T 2260 的 6 位代码"));
        }
        let level = match (text.ends_with("0000"), text.ends_with("00")) {
            (true, _) => RegionLevel::Province,
            (false, true) => RegionLevel::City,
            _ => RegionLevel::County,
        };
        Ok(cut(text, level))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        let used = self.digits.get(..usize::from(self.level)).unwrap_or_default();
        core::str::from_utf8(used).unwrap_or_default()
    }

    /// The level.
    pub fn level(&self) -> RegionLevel {
        RegionLevel::of_length(usize::from(self.level)).unwrap_or(RegionLevel::Province)
    }

    /// True for the region itself and everything inside it. A prefix test is enough, because both
    /// codes are cut at their own level.
    pub fn contains(&self, other: &Region) -> bool {
        other.as_str().starts_with(self.as_str())
    }

    /// The region one level up; `None` for a province.
    pub fn parent(&self) -> Option<Region> {
        let above = RegionLevel::ALL.into_iter().rfind(|level| *level < self.level())?;
        self.at(above)
    }

    /// The region of a given level that holds this one; `None` where this one is already larger.
    pub fn at(&self, level: RegionLevel) -> Option<Region> {
        (level <= self.level()).then(|| cut(self.as_str(), level))
    }
}

fn cut(text: &str, level: RegionLevel) -> Region {
    let mut digits = [0; 12];
    for (to, from) in digits.iter_mut().zip(text.bytes().take(level.digits())) {
        *to = from;
    }
    Region { digits, level: u8::try_from(level.digits()).unwrap_or(0) }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Region {
    type Error = String;
    fn try_from(text: String) -> Result<Region, String> {
        Region::parse(&text)
    }
}

impl From<Region> for String {
    fn from(region: Region) -> String {
        region.as_str().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn r(text: &str) -> Region {
        Region::parse(text).unwrap()
    }

    #[test]
    fn only_the_five_lengths_are_codes() {
        for good in ["99", "9901", "990121", "990121110", "990121110001"] {
            assert_eq!(r(good).as_str(), good);
        }
        for bad in
            ["", "9", "990", "99012", "9901211", "99012111", "9901211100", "99012a", "９９", "9901211100011", "99 1"]
        {
            assert!(Region::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn siblings_do_not_contain_each_other() {
        for (a, b) in [
            ("130110", "130111"),
            ("990121110", "990121111"),
            ("10", "11"),
            ("9910", "9911"),
            ("990121110100", "990121110101"),
        ] {
            assert!(!r(a).contains(&r(b)), "{a} {b}");
            assert!(!r(b).contains(&r(a)), "{b} {a}");
            assert!(r(a).contains(&r(a)));
        }
    }

    #[test]
    fn a_county_contains_its_towns_and_not_the_other_way() {
        assert!(r("990121").contains(&r("990121110")));
        assert!(!r("990121110").contains(&r("990121")));
        assert!(r("99").contains(&r("990121110001")));
        assert!(!r("990121").contains(&r("990122110")));
    }

    #[test]
    fn parents_go_up_level_by_level() {
        let mut at = Some(r("990121110001"));
        let mut seen = std::vec::Vec::new();
        while let Some(region) = at {
            seen.push(region.to_string());
            at = region.parent();
        }
        assert_eq!(seen, ["990121110001", "990121110", "990121", "9901", "99"]);
        assert_eq!(r("9901").at(RegionLevel::County), None);
        assert_eq!(r("990121110").at(RegionLevel::City), Some(r("9901")));
    }

    #[test]
    fn gbt2260_zero_filled_codes_are_read_only_when_asked() {
        assert_eq!(Region::from_gbt2260("990000"), Ok(r("99")));
        assert_eq!(Region::from_gbt2260("990100"), Ok(r("9901")));
        assert_eq!(Region::from_gbt2260("130110"), Ok(r("130110")));
        assert!(Region::from_gbt2260("9901").is_err());
        assert_eq!(r("990100").level(), RegionLevel::County);
    }
}
