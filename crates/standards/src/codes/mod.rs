//! Identification codes: who, where and which industry.
//!
//! Nothing here looks anything up: a code is judged by its own digits. Whether it was ever issued is
//! a question for a register.

mod citizen;
mod industry;
mod organisation;
mod region;
mod uscc;

pub use citizen::{CitizenId, Sex};
pub use industry::{DIVISIONS, Division, IndustryCode, SECTIONS, Section, division, section};
pub use organisation::{check_digit as organisation_check_digit, parse as parse_organisation_code};
pub use region::{Region, RegionLevel};
pub use uscc::{Uscc, UsccReport};

use alloc::string::String;

/// Brings typed text into the form codes are written in: full-width becomes half-width, letters
/// become capitals, and spaces of every kind, zero-width marks and dashes are dropped.
pub fn normalise(text: &str) -> String {
    text.chars().filter_map(normal_char).collect()
}

fn normal_char(c: char) -> Option<char> {
    let narrow = match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    let invisible = matches!(narrow, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}');
    let dash = matches!(narrow, '-' | '\u{2010}'..='\u{2015}');
    (!narrow.is_whitespace() && !narrow.is_control() && !invisible && !dash).then(|| narrow.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_lower_case_spaces_and_dashes_are_brought_to_one_form() {
        assert_eq!(normalise(" ９１３５-0100m000100y43\u{200b}\u{3000}"), "91350100M000100Y43");
        assert_eq!(normalise("某"), "某");
    }
}
