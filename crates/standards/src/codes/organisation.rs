//! Organisation code, GB 11714-1997: eight characters and a check character.

use super::normalise;
use alloc::string::{String, ToString};

const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// The check character of an eight-character organisation code (GB 11714-1997, 代码结构).
///
/// `None` when the text is not eight of `0-9A-Z`.
pub fn check_digit(body: &str) -> Option<char> {
    if body.chars().count() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (c, weight) in body.chars().zip(WEIGHTS) {
        if !c.is_ascii_digit() && !c.is_ascii_uppercase() {
            return None;
        }
        sum += c.to_digit(36)? * weight;
    }
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        n => char::from_digit(n, 10),
    }
}

/// Checks an organisation code and returns it in its normal form of nine characters without the
/// dash (GB 11714-1997). The error says in Chinese what is wrong.
pub fn parse(text: &str) -> Result<String, String> {
    let code = normalise(text);
    let Some((at, last)) = code.char_indices().next_back() else {
        return Err("组织机构代码为空".to_string());
    };
    let expected = code.get(..at).and_then(check_digit);
    match expected {
        None => Err("组织机构代码应为 9 位：8 位数字或大写字母加 1 位校验码（GB 11714-1997）".to_string()),
        Some(want) if want != last => Err("组织机构代码校验码不符（GB 11714-1997），请核对每一位".to_string()),
        Some(_) => Ok(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gb11714_check_characters() {
        assert_eq!(check_digit("M000100Y"), Some('4'));
        assert_eq!(check_digit("71526726"), Some('X'));
        assert_eq!(check_digit("55138508"), Some('2'));
        assert_eq!(check_digit("79965505"), Some('8'));
        assert_eq!(check_digit("00000000"), Some('0'));
        for bad in ["", "1234567", "123456789", "1234567a", "一二三四五六七八"] {
            assert_eq!(check_digit(bad), None, "{bad}");
        }
    }

    #[test]
    fn gb11714_parse_normalises_and_says_what_is_wrong() {
        assert_eq!(parse("71526726-x").as_deref(), Ok("71526726X"));
        assert!(parse("715267261").is_err_and(|e| e.contains("校验码")));
        assert!(parse("").is_err_and(|e| e.contains("为空")));
        assert!(parse("71526726XX").is_err_and(|e| e.contains("9 位")));
    }
}
