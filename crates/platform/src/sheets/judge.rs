//! Understanding one cell: from what was typed to a value, or the reason why not.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::grid::Raw;
use super::text::{bare, clean, narrow, title_key};
use super::workbook::day_number;
use super::{Column, ColumnKind, Value};

/// Judges a filled cell: the value, or the reason of refusal in Chinese.
pub fn judge(column: &Column, raw: &Raw, from_1904: bool) -> Result<Value, String> {
    let should = || format!("应填：{}", column.rule_text());
    match column.kind {
        ColumnKind::Text(max) => text(raw, max),
        ColumnKind::Int(min, max) => int(raw).filter(|n| (min..=max).contains(n)).map(Value::Int).ok_or_else(should),
        ColumnKind::Decimal(min, max) => {
            decimal(raw).filter(|n| (min..=max).contains(n)).map(Value::Decimal).ok_or_else(should)
        }
        ColumnKind::Date => date(raw, from_1904).map(Value::Date).ok_or_else(should),
        ColumnKind::OneOf(options) => one_of(raw, options).map(Value::from).ok_or_else(should),
        ColumnKind::Code(check) => check(&bare(&as_text(raw)?)).map(Value::Text),
    }
}

fn text(raw: &Raw, max: usize) -> Result<Value, String> {
    let text = clean(&as_text(raw)?);
    let length = text.chars().count();
    if length > max {
        return Err(format!("有 {length} 字，最多 {max} 字"));
    }
    Ok(Value::Text(text))
}

/// A cell as text. A number so long that the spreadsheet program has already dropped digits is
/// refused: a credit code or phone number rounded in silence would be worse than none.
fn as_text(raw: &Raw) -> Result<String, String> {
    match raw {
        Raw::Number(number) if number.abs() >= 1e15 => {
            Err("单元格是数字格式，第 15 位以后的数字已经丢失：请把这一列设为文本格式后重新填写".to_owned())
        }
        raw => Ok(raw.original()),
    }
}

fn decimal(raw: &Raw) -> Option<Decimal> {
    if matches!(raw, Raw::Time(_)) {
        return None;
    }
    let text = without_thousands(bare(&raw.original()));
    let text = text.strip_prefix('+').unwrap_or(&text);
    text.parse().or_else(|_| Decimal::from_scientific(text)).ok().map(|number: Decimal| number.normalize())
}

fn int(raw: &Raw) -> Option<i64> {
    let number = decimal(raw)?;
    if number.is_integer() { i64::try_from(number).ok() } else { None }
}

/// Takes the commas out of 1,234,567; a comma anywhere else makes the number unreadable.
fn without_thousands(text: String) -> String {
    if !text.contains(',') {
        return text;
    }
    let whole = text.split('.').next().unwrap_or_default();
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first_fits = groups.next().is_some_and(|first| (1..=3).contains(&first.len()));
    if first_fits && groups.all(|group| group.len() == 3) { text.replace(',', "") } else { text }
}

fn date(raw: &Raw, from_1904: bool) -> Option<NaiveDate> {
    let day = match raw {
        Raw::Time(time) => Some(time.date()),
        Raw::Number(_) | Raw::Text(_) => {
            let text: String = raw.original().chars().map(narrow).collect();
            written_day(&text, from_1904).or_else(|| written_day(before_time_of_day(&text)?, from_1904))
        }
    };
    day.filter(|day| (1900..2200).contains(&day.year()))
}

/// What stands before a time of day: `2026-03-01` of `2026-03-01 08:30`.
fn before_time_of_day(text: &str) -> Option<&str> {
    let before_colon = text.get(..text.find(':')?)?;
    before_colon.get(..before_colon.rfind([' ', 'T'])?)
}

/// A day as people write it: 2026-3-1, 2026/3/1, 2026.3.1, 2026年3月1日, 20260301, or the bare
/// day number of a spreadsheet (five digits). The year comes first: 3/1/2026 is refused because
/// nobody can tell March from January in it.
fn written_day(text: &str, from_1904: bool) -> Option<NaiveDate> {
    let text = bare(text);
    if text.chars().all(|c| c.is_ascii_digit()) {
        return match text.len() {
            5 => day_number(text.parse().ok()?, from_1904).map(|moment| moment.date()),
            8 => NaiveDate::parse_from_str(&text, "%Y%m%d").ok(),
            _ => None,
        };
    }
    let plain = text.trim_end_matches(['日', '号']).replace(['年', '月', '/', '.'], "-");
    let mut parts = plain.split('-').map(|part| (part.len(), part.parse::<u32>().ok()));
    let (Some((4, Some(year))), Some((_, Some(month))), Some((_, Some(day))), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return None;
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn one_of(raw: &Raw, options: &[&'static str]) -> Option<&'static str> {
    let given = title_key(&raw.original());
    options.iter().copied().find(|option| title_key(option) == given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Raw {
        Raw::Text(text.to_owned())
    }

    #[test]
    fn numbers_are_understood_in_every_usual_form() {
        for (given, number) in [
            ("１２０", 120),
            (" 1 2 0 ", 120),
            ("1,234,567", 1_234_567),
            ("120.0", 120),
            ("1.2E2", 120),
            ("－5", -5),
            ("+7", 7),
        ] {
            assert_eq!(int(&raw(given)), Some(number), "{given}");
        }
        for given in ["", "三十", "12人", "1,23", "12,3456", "1.5", "1e30", "99999999999999999999", "-", "NaN"] {
            assert_eq!(int(&raw(given)), None, "{given}");
        }
        assert_eq!(decimal(&Raw::Number(0.1 + 0.2)), Some(Decimal::new(3, 1)));
        assert_eq!(decimal(&Raw::Number(f64::NAN)), None);
    }

    #[test]
    fn dates_are_understood_in_every_usual_form() {
        let march = NaiveDate::from_ymd_opt(2026, 3, 1);
        let forms = [
            "2026年3月1日",
            "２０２６年 ３月 １号",
            "2026/3/1",
            "2026-03-01",
            "2026.3.1",
            "20260301",
            "46082",
            "2026-03-01 08:30",
            "2026年3月1日 8:30:00",
            "2026-03-01T08:30:00",
        ];
        for given in forms {
            assert_eq!(date(&raw(given), false), march, "{given}");
        }
        assert_eq!(date(&Raw::Number(46_082.0), false), march);
        assert_eq!(date(&Raw::Number(44_620.0), true), march);
        for given in [
            "2026",
            "2026年3月",
            "3/1/2026",
            "2026-02-30",
            "2026-13-01",
            "1899-01-01",
            "明天",
            "26-3-1",
            "--",
            "2026-3-1-1",
        ] {
            assert_eq!(date(&raw(given), false), None, "{given}");
        }
    }

    #[test]
    fn a_code_in_a_number_cell_that_lost_digits_is_refused() {
        let column = Column::new("code", "编号", ColumnKind::Text(40));
        let reason = judge(&column, &Raw::Number(9.133_010_612_345e17), false).unwrap_err();
        assert!(reason.contains("文本格式"), "{reason}");
        assert_eq!(judge(&column, &Raw::Number(13_800_000_000.0), false), Ok(Value::from("13800000000")));
    }

    #[test]
    fn list_words_match_without_regard_to_width_and_space() {
        assert_eq!(one_of(&raw(" Ａ级 "), &["A级", "B级"]), Some("A级"));
        assert_eq!(one_of(&raw("C级"), &["A级", "B级"]), None);
    }

    #[test]
    fn every_refusal_names_the_rule() {
        let column = Column::new("n", "从业人数", ColumnKind::Int(0, 1_000_000));
        assert_eq!(judge(&column, &raw("三十"), false), Err("应填：0 到 1000000 的整数".to_owned()));
        let text = Column::new("t", "备注", ColumnKind::Text(3));
        assert_eq!(judge(&text, &raw("一二三四"), false), Err("有 4 字，最多 3 字".to_owned()));
    }
}
