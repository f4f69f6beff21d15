//! Cleaning of what people type: widths, spaces, marks and the guards of CSV.

use std::borrow::Cow;

/// The half-width form of a full-width ASCII character, and a plain space for every other kind
/// of blank; anything else as it is.
pub fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        // Minus, hyphens and dashes that input methods put in front of a number.
        '\u{2212}' | '\u{2010}'..='\u{2015}' => '-',
        c if is_blank(c) => ' ',
        c => c,
    }
}

/// White space, and the characters that look like nothing at all.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}

/// Cleans text for reading: blanks at the ends go, blanks inside become one space, full-width
/// letters and digits become half-width. Chinese punctuation stays: 「（江南）」 is part of a name.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim_matches(is_blank).chars() {
        let c = if is_blank(c) { ' ' } else { c };
        let narrowed = narrow(c);
        if c != ' ' {
            out.push(if narrowed.is_ascii_alphanumeric() { narrowed } else { c });
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

/// The bare form of a number, code or word: all half-width, no blanks at all.
pub fn bare(text: &str) -> String {
    text.chars().map(narrow).filter(|c| *c != ' ').collect()
}

/// The form in which titles and list words are compared: bare, lower case, without the asterisk
/// that marks a required column.
pub fn title_key(text: &str) -> String {
    let bare = bare(text).to_lowercase();
    bare.trim_matches(|c| matches!(c, '*' | ':')).to_owned()
}

/// [`title_key`] without a remark in brackets at its end: 从业人数（人） is 从业人数.
pub fn title_key_without_remark(text: &str) -> String {
    let key = title_key(text);
    match key.find(['(', '[', '【']) {
        Some(at) if at > 0 && key.ends_with([')', ']', '】']) => {
            key.chars().take_while(|c| !matches!(c, '(' | '[' | '【')).collect()
        }
        _ => key,
    }
}

/// Whether a spreadsheet program might take this text for a formula: it begins with one of
/// `= + - @`, their full-width forms, a tab, a carriage return, a line feed or NUL, also behind
/// leading blanks (OWASP ASVS 5.0, 1.2.10, and the full-width forms besides).
pub fn looks_like_formula(text: &str) -> bool {
    let first = text.chars().next();
    let visible = text.trim_start_matches(is_blank).chars().next();
    matches!(first, Some('\t' | '\r' | '\n' | '\0')) || matches!(visible.map(narrow), Some('=' | '+' | '-' | '@'))
}

/// Whether a text would, apostrophes in front of it aside, be taken for a formula.
fn needs_guard(text: &str) -> bool {
    looks_like_formula(text.trim_start_matches('\''))
}

/// Text for a CSV field: what might be taken for a formula gets an apostrophe in front.
pub fn guard(text: &str) -> Cow<'_, str> {
    if needs_guard(text) { format!("'{text}").into() } else { text.into() }
}

/// The reverse of [`guard`], so that our own exports can be read again.
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if needs_guard(text) => rest,
        _ => text,
    }
}

/// How wide a text is in a cell, in digits: a Chinese character takes two.
pub fn display_width(text: &str) -> usize {
    text.lines().map(|line| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()).max().unwrap_or(0)
}

/// The letters of a spreadsheet column, counted from 0: `A`, `Z`, `AA`, …
pub fn column_letters(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index;
    loop {
        letters.push(char::from(b'A' + (rest % 26) as u8));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn full_width_letters_become_half_width_but_chinese_brackets_stay() {
        assert_eq!(clean("　 岚江（江南）　化工\n１２Ａ "), "岚江（江南） 化工 12A");
        assert_eq!(bare(" ９１　９９０-１２１Ｘ\u{200B}"), "91990-121X");
    }

    #[test]
    fn titles_match_whatever_mark_or_remark_they_carry() {
        assert_eq!(title_key("＊ 企业　名称 ："), "企业名称");
        assert_eq!(title_key_without_remark("从业人数（人）"), "从业人数");
        assert_eq!(title_key_without_remark("(空)"), "(空)");
    }

    #[test]
    fn every_formula_start_is_guarded_also_full_width_and_behind_spaces() {
        for text in
            ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\0x", "＝1", "＋1", "－1", "＠x", "  =1", "\u{3000}＝1"]
        {
            assert!(guard(text).starts_with('\''), "{text:?}");
        }
        for text in ["", "岚江", "1-2", "a=b", "'quoted'"] {
            assert_eq!(guard(text), text);
        }
    }

    #[test]
    fn column_letters_count_as_spreadsheets_do() {
        let letters: Vec<_> = [0, 25, 26, 51, 701, 702, 16_383].into_iter().map(column_letters).collect();
        assert_eq!(letters, ["A", "Z", "AA", "AZ", "ZZ", "AAA", "XFD"]);
    }

    proptest! {
        #[test]
        fn guard_is_undone_by_unguard(text in "['=+@\\t -]{0,4}.{0,6}") {
            let guarded = guard(&text);
            prop_assert_eq!(unguard(&guarded), &text);
        }
    }
}
