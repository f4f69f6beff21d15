//! Checked input: a rule sees only values of the kinds and bounds its fields declare.

use super::field::{COMMON, Field, Kind};
use super::raw::{self, Raw};
use crate::calendar::Moment;
use crate::codes::Region;
use crate::date::Date;
use crate::problem::{FieldError, Problem};
use crate::tables::Scope;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The checked fields of one object.
#[derive(Debug, Default)]
pub struct Input {
    path: String,
    items: Vec<(&'static str, Item)>,
}

#[derive(Debug)]
enum Item {
    Decimal(Decimal),
    Integer(i64),
    Text(String),
    Flag(bool),
    Date(Date),
    Moment(Moment),
    Texts(Vec<String>),
    List(Vec<Input>),
}

/// Longest number text: 28 digits, a sign, a point and an exponent.
const LONGEST_NUMBER: usize = 40;
/// Longest text of a name, code or unit.
const LONGEST_TEXT: usize = 2_000;

impl Input {
    /// Checks JSON text against the fields of a rule and reports every fault at once.
    pub fn read(text: &str, fields: &[Field]) -> Result<Input, Problem> {
        let Raw::Object(pairs) = raw::parse(text)? else {
            return Err(Problem::field("", "输入应为 JSON 对象"));
        };
        let mut errors = Vec::new();
        let input = object("", pairs, &[fields, COMMON], &mut errors);
        if errors.is_empty() { Ok(input) } else { Err(Problem::fields(errors)) }
    }

    /// When and where the rule is asked for.
    pub fn scope(&self) -> Result<Scope, Problem> {
        let region = self.opt_text("region").map(Region::parse).transpose();
        Ok(Scope { on: self.opt_date("on"), region: region.map_err(|e| Problem::field("region", e))? })
    }

    /// Full path of a field of this object, for error messages.
    pub fn path(&self, name: &str) -> String {
        join(&self.path, name)
    }

    /// The refusal for a field that this use of the rule needs.
    pub fn missing(&self, name: &str) -> Problem {
        Problem::field(self.path(name), format!("缺少 {name}"))
    }

    /// A decimal.
    pub fn dec(&self, name: &str) -> Result<Decimal, Problem> {
        self.opt_dec(name).ok_or_else(|| self.missing(name))
    }

    /// A decimal that may be missing.
    pub fn opt_dec(&self, name: &str) -> Option<Decimal> {
        match self.item(name)? {
            Item::Decimal(d) => Some(*d),
            _ => None,
        }
    }

    /// A decimal as the floating-point number of a model.
    pub fn float(&self, name: &str) -> Result<f64, Problem> {
        use rust_decimal::prelude::ToPrimitive;
        self.dec(name)?.to_f64().ok_or_else(|| self.missing(name))
    }

    /// A whole number.
    pub fn int(&self, name: &str) -> Result<i64, Problem> {
        self.opt_int(name).ok_or_else(|| self.missing(name))
    }

    /// A whole number that may be missing.
    pub fn opt_int(&self, name: &str) -> Option<i64> {
        match self.item(name)? {
            Item::Integer(n) => Some(*n),
            _ => None,
        }
    }

    /// A count.
    pub fn count(&self, name: &str) -> Result<u32, Problem> {
        u32::try_from(self.int(name)?).map_err(|_| self.missing(name))
    }

    /// A count that may be missing.
    pub fn opt_count(&self, name: &str) -> Option<u32> {
        self.opt_int(name).and_then(|n| u32::try_from(n).ok())
    }

    /// A text.
    pub fn text(&self, name: &str) -> Result<&str, Problem> {
        self.opt_text(name).ok_or_else(|| self.missing(name))
    }

    /// A text that may be missing.
    pub fn opt_text(&self, name: &str) -> Option<&str> {
        match self.item(name)? {
            Item::Text(t) => Some(t),
            _ => None,
        }
    }

    /// A yes or no; no when it is not given.
    pub fn flag(&self, name: &str) -> bool {
        self.opt_flag(name).unwrap_or(false)
    }

    /// A yes or no that may be missing.
    pub fn opt_flag(&self, name: &str) -> Option<bool> {
        match self.item(name)? {
            Item::Flag(b) => Some(*b),
            _ => None,
        }
    }

    /// A day.
    pub fn date(&self, name: &str) -> Result<Date, Problem> {
        self.opt_date(name).ok_or_else(|| self.missing(name))
    }

    /// A day that may be missing.
    pub fn opt_date(&self, name: &str) -> Option<Date> {
        match self.item(name)? {
            Item::Date(d) => Some(*d),
            _ => None,
        }
    }

    /// A day or moment.
    pub fn moment(&self, name: &str) -> Result<Moment, Problem> {
        match self.item(name) {
            Some(Item::Moment(m)) => Ok(*m),
            _ => Err(self.missing(name)),
        }
    }

    /// A list of texts; empty when it is not given.
    pub fn texts(&self, name: &str) -> &[String] {
        match self.item(name) {
            Some(Item::Texts(list)) => list,
            _ => &[],
        }
    }

    /// A list of objects; empty when it is not given.
    pub fn list(&self, name: &str) -> &[Input] {
        match self.item(name) {
            Some(Item::List(list)) => list,
            _ => &[],
        }
    }

    fn item(&self, name: &str) -> Option<&Item> {
        self.items.iter().find(|(n, _)| *n == name).map(|(_, item)| item)
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}.{name}") }
}

fn object(path: &str, pairs: Vec<(String, Raw)>, groups: &[&[Field]], errors: &mut Vec<FieldError>) -> Input {
    let mut items: Vec<(&'static str, Item)> = Vec::new();
    let known = || groups.iter().flat_map(|g| g.iter());
    for (name, raw) in pairs {
        let at = join(path, &name);
        let Some(field) = known().find(|f| f.name == name) else {
            let names: Vec<&str> = known().map(|f| f.name).collect();
            errors.push(FieldError {
                message: format!("没有名为“{name}”的输入项；可用：{}", names.join("、")),
                field: at,
            });
            continue;
        };
        if items.iter().any(|(n, _)| *n == field.name) {
            errors.push(FieldError { message: format!("“{}”给出了两次", field.label), field: at });
            continue;
        }
        match value(&at, raw, field, errors) {
            Ok(item) => items.extend(item.map(|item| (field.name, item))),
            Err(message) => errors.push(FieldError { field: at, message }),
        }
    }
    for field in known().filter(|f| f.required && !items.iter().any(|(n, _)| *n == f.name)) {
        let at = join(path, field.name);
        if !errors.iter().any(|e| e.field.starts_with(&at)) {
            errors.push(FieldError { message: format!("缺少“{}”（{}）", field.label, field.name), field: at });
        }
    }
    Input { path: path.to_string(), items }
}

fn value(at: &str, raw: Raw, field: &Field, errors: &mut Vec<FieldError>) -> Result<Option<Item>, String> {
    let label = field.label;
    let item = match (field.kind, raw) {
        (_, Raw::Null) => return Ok(None),
        (Kind::Decimal(min, max), Raw::Number(t) | Raw::Text(t)) => Item::Decimal(bounded(&t, min, max, field)?),
        (Kind::Integer(min, max), Raw::Number(t) | Raw::Text(t)) => Item::Integer(whole(&t, min, max, field)?),
        (Kind::Text, Raw::Text(t)) => Item::Text(short(t, label)?),
        (Kind::Choice(words), Raw::Text(t)) => match words.iter().find(|w| **w == t.trim()) {
            Some(word) => Item::Text((*word).to_string()),
            None => return Err(format!("“{label}”应为其中之一：{}", words.join("、"))),
        },
        (Kind::Flag, Raw::Flag(b)) => Item::Flag(b),
        (Kind::Date, Raw::Text(t)) => {
            Item::Date(Date::parse(&t).ok_or_else(|| format!("“{label}”应为有效日期，写作 2026-11-23"))?)
        }
        (Kind::Moment, Raw::Text(t)) => Item::Moment(Moment::try_from(t)?),
        (Kind::Texts, Raw::List(list)) => Item::Texts(texts(list, label)?),
        (Kind::List(fields), Raw::List(list)) => Item::List(objects(at, list, fields, errors)),
        _ => return Err(format!("“{label}”应为{}", wanted(field.kind))),
    };
    Ok(Some(item))
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Decimal(..) | Kind::Float => "数",
        Kind::Integer(..) => "整数",
        Kind::Text | Kind::Choice(_) => "文字",
        Kind::Flag => "true 或 false",
        Kind::Date => "日期，如 2026-11-23",
        Kind::Moment => "日期或时刻，如 2026-11-23T08:30:00+08:00",
        Kind::Texts => "文字列表",
        Kind::List(_) | Kind::Object(_) => "对象列表",
    }
}

fn objects(at: &str, list: Vec<Raw>, fields: &[Field], errors: &mut Vec<FieldError>) -> Vec<Input> {
    let mut inputs = Vec::new();
    for (index, item) in list.into_iter().enumerate() {
        let path = format!("{at}[{index}]");
        match item {
            Raw::Object(pairs) => inputs.push(object(&path, pairs, &[fields], errors)),
            _ => errors.push(FieldError { field: path, message: "应为对象".to_string() }),
        }
    }
    inputs
}

fn texts(list: Vec<Raw>, label: &str) -> Result<Vec<String>, String> {
    let text = |raw| match raw {
        Raw::Text(t) => short(t, label),
        _ => Err(format!("“{label}”的每一项应为文字")),
    };
    list.into_iter().map(text).collect()
}

fn short(text: String, label: &str) -> Result<String, String> {
    let trimmed = text.trim();
    match trimmed.len() {
        0 => Err(format!("“{label}”为空")),
        n if n > LONGEST_TEXT => Err(format!("“{label}”过长")),
        _ => Ok(trimmed.to_string()),
    }
}

fn bounded(text: &str, min: i64, max: i64, field: &Field) -> Result<Decimal, String> {
    let number = decimal(text).ok_or_else(|| format!("“{}”应为数，最多 28 位有效数字", field.label))?;
    if number < Decimal::from(min) || number > Decimal::from(max) {
        return Err(format!("“{}”应在 {min} 至 {max}{} 之间", field.label, field.unit));
    }
    Ok(number)
}

fn whole(text: &str, min: i64, max: i64, field: &Field) -> Result<i64, String> {
    use rust_decimal::prelude::ToPrimitive;
    let number = bounded(text, min, max, field)?;
    number.fract().is_zero().then(|| number.to_i64()).flatten().ok_or_else(|| format!("“{}”应为整数", field.label))
}

/// Reads a number exactly: no rounding, so that a number with too many digits is refused.
fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.len() > LONGEST_NUMBER {
        return None;
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    let number = if plain { Decimal::from_str_exact(text) } else { Decimal::from_scientific(text) };
    number.ok().map(|n| n.normalize())
}
