//! Pieces that all text formats share. Each value has exactly one accepted spelling.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::merkle::MAX_SIZE;
use crate::{Error, Hash, Result};

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

/// Reads canonical standard base64: padding needed, spare bits zero, nothing else allowed.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok()
}

/// A 32-byte hash in base64.
pub(crate) fn hash_from_base64(text: &str) -> Option<Hash> {
    from_base64(text)?.try_into().ok()
}

/// A tree size or index: ASCII digits without leading zeroes, up to [`MAX_SIZE`].
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let canonical = digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|n| canonical && *n <= MAX_SIZE)
}

/// Bytes as UTF-8 text without control characters other than newline (C2SP signed-note).
pub fn utf8<'a>(what: &'static str, bytes: &'a [u8]) -> Result<&'a str> {
    let text = std::str::from_utf8(bytes).map_err(|_| Error::new(what, "不是 UTF-8 文本"))?;
    no_control_characters(what, text)?;
    Ok(text)
}

pub(crate) fn no_control_characters(what: &'static str, text: &str) -> Result<()> {
    match text.bytes().position(|b| b < 0x20 && b != b'\n') {
        None => Ok(()),
        Some(at) => Err(Error::new(what, format!("第 {at} 字节是控制字符，只允许换行（\\n，不带回车）"))),
    }
}

/// A key name or origin: not empty, no Unicode space, no plus sign (C2SP signed-note).
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_base64_have_one_spelling() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("9223372036854775807"), Some(MAX_SIZE));
        for bad in ["", "00", "01", "+1", "-1", " 1", "1 ", "9223372036854775808", "99999999999999999999", "１"] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
        assert_eq!(from_base64("AA=="), Some(vec![0]));
        for bad in ["AA", "AB==", "AA==\n", "AA= =", "_-==", "A"] {
            assert_eq!(from_base64(bad), None, "{bad}");
        }
        assert!(utf8("t", b"a\nb").is_ok());
        assert!(utf8("t", b"a\r\n").is_err() && utf8("t", b"\t").is_err() && utf8("t", &[0xff]).is_err());
    }
}
