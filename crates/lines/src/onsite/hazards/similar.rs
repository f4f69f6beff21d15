//! How alike two descriptions of a place are, so that one hazard is not issued twice.
use std::collections::BTreeMap;

/// The text without spaces and marks, with digits of every kind written alike.
pub fn normal(text: &str) -> String {
    const NUMERALS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let plain = |c: char| {
        if let Some(n) = NUMERALS.iter().position(|n| *n == c) {
            return char::from_digit(u32::try_from(n).unwrap_or(0), 10);
        }
        match c {
            '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(u32::from(c) - 0xfee0),
            '#' | '＃' => Some('号'),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        }
    };
    text.chars().filter_map(plain).flat_map(char::to_lowercase).collect()
}

fn pairs(text: &str) -> BTreeMap<(char, char), u32> {
    let mut found = BTreeMap::new();
    for pair in text.chars().zip(text.chars().skip(1)) {
        *found.entry(pair).or_insert(0) += 1;
    }
    found
}

/// 0 to 1: twice the pairs of characters both share, over all pairs. Different numbers in the places
/// make them different places, however alike the words.
pub fn similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (normal(a), normal(b));
    if a == b {
        return if a.is_empty() { 0.0 } else { 1.0 };
    }
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    if digits(&a) != digits(&b) {
        return 0.0;
    }
    let (first, second) = (pairs(&a), pairs(&b));
    let shared: u32 = first.iter().map(|(pair, n)| (*n).min(second.get(pair).copied().unwrap_or(0))).sum();
    let all: u32 = first.values().sum::<u32>() + second.values().sum::<u32>();
    if all == 0 { 0.0 } else { f64::from(2 * shared) / f64::from(all) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_same_place_in_other_words_is_alike_and_another_number_is_not() {
        assert!((similarity("液氯储罐区 3# 罐", "液氯储罐区三号罐") - 1.0).abs() < f64::EPSILON);
        assert!(similarity("液氯储罐区东侧围堰", "液氯储罐区围堰东侧") > 0.6);
        assert!(similarity("3号罐", "4号罐") < 0.01);
        assert!(similarity("配电室", "液氯储罐区") < 0.2);
        assert!(similarity("", "") < 0.01);
    }

    proptest! {
        #[test]
        fn it_is_symmetric_and_bounded(a in ".{0,30}", b in ".{0,30}") {
            let one = similarity(&a, &b);
            prop_assert!((one - similarity(&b, &a)).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&one));
        }
    }
}
