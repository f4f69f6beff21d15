//! Rules of single form fields: what was typed, brought to one form, or the rule and the way out.
use platform::{Error, FieldError, Result};
use standards::codes::{IndustryCode, Region, RegionLevel, Uscc, normalise};

/// Collects what is wrong with a form, so that one answer names every wrong field.
#[derive(Default)]
pub(crate) struct Faults(Vec<FieldError>);

impl Faults {
    /// Keeps the value, or the fault beside its field.
    pub(crate) fn take<T>(&mut self, field: &str, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.0.push(FieldError::new(field, message))).ok()
    }
    /// The value where nothing was wrong with anything.
    pub(crate) fn end<T>(self, value: Option<T>) -> Result<T> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Error::Invalid(self.0)),
        }
    }
}

/// A form's text, trimmed; blank counts as not given.
pub(crate) fn filled(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
}

pub(super) fn or_base<T: Clone>(
    given: Option<&str>,
    base: Option<&T>,
    check: fn(&str) -> Result<T, String>,
) -> Result<T, String> {
    match (filled(given), base) {
        (Some(text), _) => check(&text),
        (None, Some(base)) if given.is_none() => Ok(base.clone()),
        _ => check(""),
    }
}

/// An optional text: absent keeps what is there, blank empties it.
pub(super) fn optional(
    given: Option<&str>,
    base: Option<&String>,
    check: impl Fn(&str) -> Result<String, String>,
) -> Result<Option<String>, String> {
    match (given, filled(given)) {
        (None, _) => Ok(base.cloned()),
        (Some(_), None) => Ok(None),
        (_, Some(text)) => check(&text).map(Some),
    }
}

/// One line of text without control characters.
pub(crate) fn line(text: &str, max: usize) -> Result<String, String> {
    let text: String = text.trim().chars().filter(|c| !c.is_control()).collect();
    let length = text.chars().count();
    if length > max { Err(format!("有 {length} 字，最多 {max} 字：请缩短")) } else { Ok(text) }
}

pub(crate) fn name(text: &str) -> Result<String, String> {
    let name = line(text, 100)?.split_whitespace().collect::<String>();
    if name.chars().count() < 2 {
        return Err("此项必填，2 到 100 字，与营业执照上的名称一致".to_owned());
    }
    Ok(name)
}

pub(crate) fn uscc(text: &str) -> Result<Uscc, String> {
    if text.is_empty() {
        return Err("此项必填：营业执照上的 18 位统一社会信用代码（GB 32100-2015）".to_owned());
    }
    Uscc::parse(text)
}

pub(crate) fn region(text: &str) -> Result<Region, String> {
    if text.is_empty() {
        return Err("此项必填：所在乡镇（街道）的 9 位行政区划代码，可向属地应急管理部门查询".to_owned());
    }
    let region = Region::parse(&normalise(text))?;
    if region.level() < RegionLevel::County {
        return Err(format!("“{region}”是省或市的代码，企业应登记到县、乡镇或村：6、9 或 12 位"));
    }
    Ok(region)
}

pub(super) fn industry_code(text: &str) -> Result<IndustryCode, String> {
    IndustryCode::parse(text)
}

pub(super) fn words(given: Option<&[String]>, base: Option<&Vec<String>>) -> Result<Vec<String>, String> {
    let Some(given) = given else { return Ok(base.cloned().unwrap_or_default()) };
    if given.len() > 30 {
        return Err(format!("有 {} 项，最多 30 项", given.len()));
    }
    let mut words = vec![];
    for word in given.iter().filter_map(|w| filled(Some(w))) {
        // The comma separates the words where they are stored.
        let word = line(&word, 20)?.replace(',', "，");
        if !words.contains(&word) {
            words.push(word);
        }
    }
    Ok(words)
}

/// Longitude and latitude inside China's extent, in millionths of a degree.
pub(crate) fn position(lon: f64, lat: f64) -> Result<(i64, i64), String> {
    if !(73.0..=136.0).contains(&lon) || !(3.0..=54.0).contains(&lat) {
        return Err(format!("坐标 {lon}, {lat} 不在我国范围内：经度 73—136，纬度 3—54（CGCS2000），请检查是否填反"));
    }
    Ok(((lon * 1e6).round() as i64, (lat * 1e6).round() as i64))
}

/// A Chinese phone number, mobile, fixed line or 400/800, without separators.
pub(crate) fn phone(text: &str) -> Result<String, String> {
    let bare: String = normalise(text).chars().filter(|c| !matches!(c, '(' | ')' | '/' | '.')).collect();
    let number = bare.strip_prefix("+86").or_else(|| bare.strip_prefix("0086")).unwrap_or(&bare);
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    let shaped = match (number.len(), number.as_bytes().first()) {
        (11, Some(b'1')) | (10..=12, Some(b'0')) | (7 | 8, Some(b'2'..=b'9')) => true,
        (10, Some(b'4' | b'8')) => number.get(1..3) == Some("00"),
        _ => false,
    };
    if digits && shaped {
        Ok(number.to_owned())
    } else {
        Err("不是有效的电话号码：应为 11 位手机号，或带区号的固定电话，如 0599-8880001".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_judged_by_shape() {
        for good in ["13800000001", "0599-8880001", "010 88880001", "400-800-8888", "8880001"] {
            assert!(phone(good).is_ok(), "{good}");
        }
        for bad in ["1380000000", "abc", "123456", "99", "138000000011"] {
            assert!(phone(bad).is_err(), "{bad}");
        }
    }
}
