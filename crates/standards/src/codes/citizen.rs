//! Citizen identification number, GB 11643-1999.

use super::normalise;
use crate::date::Date;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &str = "10X98765432";
/// First two digits of the provinces that issue or issued numbers, and of residence permits.
const PROVINCES: [&str; 38] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "66", "71", "81", "82", "83", "91", "99",
];

/// Sex as the number tells it: an odd sequence number is male.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Sex {
    /// 男
    #[serde(rename = "男")]
    Male,
    /// 女
    #[serde(rename = "女")]
    Female,
}

/// A citizen number whose shape, date and check digit hold. Not `Display`: printing it whole must be
/// a decision, and `Debug` shows the masked form.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CitizenId {
    id: String,
    born: Date,
}

impl CitizenId {
    /// Checks a typed number (GB 11643-1999, 号码的结构 and 校验码). The error says in Chinese what is
    /// wrong and never repeats the number.
    pub fn parse(text: &str) -> Result<CitizenId, String> {
        let id = normalise(text);
        let count = id.chars().count();
        if count == 15 && id.bytes().all(|b| b.is_ascii_digit()) {
            return Err("15 位身份证号自 2013 年起停用，请填 18 位公民身份号码".to_string());
        }
        if count != 18 {
            return Err(format!("公民身份号码应为 18 位，现为 {count} 位（GB 11643-1999）"));
        }
        let body = id.get(..17).unwrap_or_default();
        if body.is_empty() || !body.bytes().all(|b| b.is_ascii_digit()) {
            return Err("公民身份号码前 17 位应全为数字（GB 11643-1999）".to_string());
        }
        if !id.ends_with(check_character(body)) {
            return Err("公民身份号码校验码不符（GB 11643-1999），请核对每一位".to_string());
        }
        let born = birth_date(&id).ok_or("公民身份号码第 7—14 位不是有效的出生日期")?;
        Ok(CitizenId { id, born })
    }

    /// As [`CitizenId::parse`], and the birth date may not lie after `today`.
    pub fn parse_on(text: &str, today: Date) -> Result<CitizenId, String> {
        let id = CitizenId::parse(text)?;
        if id.born() > today {
            return Err(format!("出生日期晚于 {today}，请核对"));
        }
        Ok(id)
    }

    /// The whole number.
    pub fn reveal(&self) -> &str {
        &self.id
    }

    /// Date of birth.
    pub fn born(&self) -> Date {
        self.born
    }

    /// Sex, from the last digit of the sequence number.
    pub fn sex(&self) -> Sex {
        let odd = self.id.as_bytes().get(16).is_some_and(|b| b % 2 == 1);
        if odd { Sex::Male } else { Sex::Female }
    }

    /// The form for staff screens: six digits, stars, four.
    pub fn masked(&self) -> String {
        format!("{}********{}", self.id.get(..6).unwrap_or_default(), self.id.get(14..).unwrap_or_default())
    }

    /// Full years of age on a day; 0 before birth.
    pub fn age_on(&self, today: Date) -> u16 {
        let born = self.born();
        let before_birthday = (today.month(), today.day()) < (born.month(), born.day());
        today.year().saturating_sub(born.year()).saturating_sub(u16::from(before_birthday))
    }

    /// What a person should look at. A division missing from today's table is no fault: the number
    /// carries the division of the time of issue.
    pub fn warnings(&self, today: Option<Date>) -> Vec<String> {
        let mut warnings = Vec::new();
        let province = self.id.get(..2).unwrap_or_default();
        if !PROVINCES.contains(&province) {
            warnings.push("前两位不是已知的省级代码，请核对证件".to_string());
        }
        if ["81", "82", "83"].contains(&province) {
            warnings.push("港澳台居民居住证号码".to_string());
        }
        if province.starts_with('9') && province != "99" {
            warnings.push("可能是外国人永久居留身份证号码".to_string());
        }
        if today.is_some_and(|day| self.age_on(day) > 120) {
            warnings.push("年龄超过 120 岁，请核对".to_string());
        }
        warnings
    }
}

fn check_character(body: &str) -> char {
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(c, w)| c.to_digit(10).unwrap_or(0) * w).sum();
    CHECKS.chars().zip(0u32..).find(|(_, i)| *i == sum % 11).map_or('0', |(c, _)| c)
}

fn birth_date(id: &str) -> Option<Date> {
    let part = |from, to| id.get(from..to).and_then(|p: &str| p.parse().ok());
    let year: u16 = part(6, 10)?;
    Date::new(year, u8::try_from(part(10, 12)?).ok()?, u8::try_from(part(12, 14)?).ok()?)
}

impl core::fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.masked())
    }
}

impl TryFrom<String> for CitizenId {
    type Error = String;
    fn try_from(text: String) -> Result<CitizenId, String> {
        CitizenId::parse(&text)
    }
}

impl From<CitizenId> for String {
    fn from(id: CitizenId) -> String {
        id.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn with_check(body: &str) -> String {
        format!("{body}{}", check_character(body))
    }

    #[test]
    fn a_number_shows_whole_only_when_asked() {
        let whole = with_check("11010519491231002");
        let id = CitizenId::parse(&whole.to_lowercase()).unwrap();
        assert_eq!(id.reveal(), whole);
        assert!(!id.masked().contains("19491231"));
    }

    #[test]
    fn gb11643_published_examples() {
        let a = CitizenId::parse("11010519491231002x").unwrap();
        assert_eq!((a.born(), a.sex()), (day("1949-12-31"), Sex::Female));
        assert_eq!(a.masked(), "110105********002X");
        assert_eq!(format!("{a:?}"), "110105********002X");
        let b = CitizenId::parse("440524188001010014").unwrap();
        assert_eq!((b.born(), b.sex()), (day("1880-01-01"), Sex::Male));
        assert_eq!(b.warnings(Some(day("2026-11-23"))).len(), 1);
    }

    #[test]
    fn gb11643_impossible_dates_are_refused() {
        for body in ["11010519490229002", "11010520251301001", "11010520260431001", "11010500000101001"] {
            assert!(CitizenId::parse(&with_check(body)).is_err_and(|e| e.contains("出生日期")), "{body}");
        }
        assert!(CitizenId::parse(&with_check("11010520240229001")).is_ok());
    }

    #[test]
    fn gb11643_wrong_shapes_name_the_fault() {
        assert!(CitizenId::parse("110105491231002").is_err_and(|e| e.contains("2013")));
        assert!(CitizenId::parse("110105").is_err_and(|e| e.contains("现为 6 位")));
        assert!(CitizenId::parse("1101051949123100AX").is_err_and(|e| e.contains("17 位")));
        assert!(CitizenId::parse("一一一一一一一一一一一一一一一一一一").is_err_and(|e| e.contains("17 位")));
        assert!(CitizenId::parse("110105194912310021").is_err_and(|e| e.contains("校验码")));
    }

    #[test]
    fn nobody_is_born_after_today() {
        let id = with_check("11010520261124001");
        assert!(CitizenId::parse_on(&id, day("2026-11-23")).is_err_and(|e| e.contains("晚于")));
        assert!(CitizenId::parse_on(&id, day("2026-11-24")).is_ok());
    }

    #[test]
    fn age_counts_full_years() {
        let id = CitizenId::parse("11010519491231002X").unwrap();
        assert_eq!(id.age_on(day("2026-12-30")), 76);
        assert_eq!(id.age_on(day("2026-12-31")), 77);
        assert_eq!(id.age_on(day("1900-01-01")), 0);
    }

    #[test]
    fn an_age_of_120_is_not_yet_doubted() {
        let id = CitizenId::parse("440524188001010014").unwrap();
        assert!(id.warnings(Some(day("2000-12-31"))).is_empty());
        assert_eq!(id.warnings(Some(day("2001-01-01"))).len(), 1);
    }

    #[test]
    fn permits_and_unknown_provinces_are_warnings() {
        let warn = |body: &str| CitizenId::parse(&with_check(body)).unwrap().warnings(None);
        assert!(warn("81000019900101001")[0].contains("居住证"));
        assert!(warn("91011519900101001")[0].contains("永久居留"));
        assert!(warn("00011519900101001")[0].contains("省级代码"));
        assert!(warn("99012119900101001").is_empty());
    }
}
