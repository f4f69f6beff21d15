//! Unified social credit code, GB 32100-2015.

use super::{normalise, organisation};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The 31 characters of the code; I, O, S, V and Z are left out (GB 32100-2015, 代码字符集).
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A unified social credit code whose shape and check character hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

/// What can be said about a typed code: the shape of `anlan calc uscc`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct UsccReport {
    /// Whether the code holds.
    pub valid: bool,
    /// The code as it should be written.
    pub normalised: String,
    /// The six-digit division of the registering office; a division of the time of registration.
    pub region: Option<String>,
    /// Why it does not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What a person should look at although the code holds.
    pub warnings: Vec<String>,
}

impl Uscc {
    /// Checks a typed code and brings it to its normal form (GB 32100-2015, 代码构成 and 校验码).
    /// The error says in Chinese what is wrong.
    pub fn parse(text: &str) -> Result<Uscc, String> {
        let code = normalise(text);
        let count = code.chars().count();
        if count != 18 {
            return Err(format!("统一社会信用代码应为 18 位，现为 {count} 位（GB 32100-2015）"));
        }
        if let Some(bad) = code.chars().find(|c| !ALPHABET.contains(*c)) {
            return Err(format!(
                "第 {} 位“{bad}”不是代码字符：只用数字和大写字母，不用 I、O、S、V、Z",
                position(&code, bad)
            ));
        }
        if !slice(&code, 2, 8).bytes().all(|b| b.is_ascii_digit()) {
            return Err("第 3—8 位登记机关行政区划码应全为数字（GB 32100-2015）".to_string());
        }
        if !code.ends_with(check_character(slice(&code, 0, 17))) {
            return Err("校验码不符（GB 32100-2015），请核对每一位".to_string());
        }
        Ok(Uscc(code))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The six-digit division of the registering office, as written in the code. It is a code of the
    /// time of registration and may be padded with zeros, so it is not a [`super::Region`].
    pub fn registration_division(&self) -> &str {
        slice(&self.0, 2, 8)
    }

    /// The nine-character organisation code inside.
    pub fn organisation_code(&self) -> &str {
        slice(&self.0, 8, 17)
    }

    /// True for 个体工商户 (first two characters 92): the code then points to a natural person and
    /// must be treated as personal data.
    pub fn is_natural_person(&self) -> bool {
        self.0.starts_with("92")
    }

    /// What a person should look at. Old codes carry inner organisation codes that were never valid
    /// under GB 11714, so that is a warning only.
    pub fn warnings(&self) -> Vec<String> {
        let inner = organisation::parse(self.organisation_code());
        let wrong = inner
            .is_err()
            .then(|| "第 9—17 位主体标识码的校验位不符（GB 11714-1997），早期代码有此情形，请核对证照".to_string());
        wrong.into_iter().collect()
    }

    /// Judges a typed code without failing.
    pub fn report(text: &str) -> UsccReport {
        match Uscc::parse(text) {
            Ok(code) => UsccReport {
                valid: true,
                region: Some(code.registration_division().to_string()),
                reason: None,
                warnings: code.warnings(),
                normalised: code.0,
            },
            Err(reason) => UsccReport {
                valid: false,
                normalised: normalise(text),
                region: None,
                reason: Some(reason),
                warnings: Vec::new(),
            },
        }
    }
}

/// `c18 = 31 − Σ Ci·Wi mod 31`, 31 counting as 0.
fn check_character(body: &str) -> char {
    let value = |c: char| ALPHABET.chars().zip(0u32..).find(|(a, _)| *a == c).map_or(0, |(_, v)| v);
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(c, w)| value(c) * w).sum();
    let index = (31 - sum % 31) % 31;
    ALPHABET.chars().zip(0u32..).find(|(_, v)| *v == index).map_or('0', |(c, _)| c)
}

fn slice(code: &str, from: usize, to: usize) -> &str {
    code.get(from..to).unwrap_or_default()
}

fn position(code: &str, wanted: char) -> usize {
    code.chars().position(|c| c == wanted).map_or(0, |i| i + 1)
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uscc {
    type Error = String;
    fn try_from(text: String) -> Result<Uscc, String> {
        Uscc::parse(&text)
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> String {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gb32100_published_examples_hold() {
        for code in [
            "91350100M000100Y43",
            "9144030071526726XG",
            "914403001922038216",
            "91330100799655058B",
            "91110108551385082Q",
        ] {
            let parsed = Uscc::parse(code).unwrap();
            assert_eq!(parsed.as_str(), code);
            assert!(parsed.warnings().is_empty(), "{code}");
        }
        assert_eq!(Uscc::parse("91350100M000100Y43").unwrap().registration_division(), "350100");
        assert_eq!(Uscc::parse("91350100M000100Y43").unwrap().organisation_code(), "M000100Y4");
    }

    #[test]
    fn gb32100_every_single_wrong_character_is_found() {
        let good = "91350100M000100Y43";
        for at in 0..18 {
            for c in ALPHABET.chars() {
                let mut text: std::vec::Vec<char> = good.chars().collect();
                if text[at] == c {
                    continue;
                }
                text[at] = c;
                let text: String = text.into_iter().collect();
                assert!(Uscc::parse(&text).is_err(), "{text}");
            }
        }
    }

    #[test]
    fn gb32100_reasons_name_the_fault() {
        assert!(Uscc::parse("9135").is_err_and(|e| e.contains("18 位，现为 4 位")));
        assert!(Uscc::parse("91350100M000100Y4I").is_err_and(|e| e.contains("第 18 位“I”")));
        assert!(Uscc::parse("9135010AM000100Y43").is_err_and(|e| e.contains("第 3—8 位")));
        assert!(Uscc::parse("91310115MA1H8R7C6D").is_err_and(|e| e.contains("校验码不符")));
    }

    #[test]
    fn full_width_lower_case_code_is_normalised() {
        let report = Uscc::report("９１３５０１００m000100y43 ");
        assert!(report.valid);
        assert_eq!(report.normalised, "91350100M000100Y43");
        assert_eq!(report.region.as_deref(), Some("350100"));
    }

    #[test]
    fn an_inner_organisation_code_that_fails_is_a_warning() {
        let body = "91350100M000100Y5";
        let code = format!("{body}{}", check_character(body));
        let report = Uscc::report(&code);
        assert!(report.valid);
        assert_eq!(report.warnings.len(), 1);
    }

    #[test]
    fn a_sole_trader_is_a_natural_person() {
        let body = "92350100M000100Y4";
        let code = format!("{body}{}", check_character(body));
        assert!(Uscc::parse(&code).unwrap().is_natural_person());
        assert!(!Uscc::parse("91350100M000100Y43").unwrap().is_natural_person());
    }
}
