//! What a reader found: rows with their values, their source and what is wrong with them.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Column;
use super::text::column_letters;

/// One typed value, read from a file or about to be written to one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// Text, a word of a list or a normalised code.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A decimal number.
    Decimal(Decimal),
    /// A calendar day.
    Date(NaiveDate),
    /// A local date and time (exports only).
    Time(NaiveDateTime),
}

/// A cell of an export: a value, or nothing.
pub type Cell = Option<Value>;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Int(number) => write!(f, "{number}"),
            Self::Decimal(number) => write!(f, "{number}"),
            Self::Date(day) => write!(f, "{}", day.format("%Y-%m-%d")),
            Self::Time(time) => write!(f, "{}", time.format("%Y-%m-%d %H:%M:%S")),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number)
    }
}

impl From<NaiveDate> for Value {
    fn from(day: NaiveDate) -> Self {
        Self::Date(day)
    }
}

impl From<NaiveDateTime> for Value {
    fn from(time: NaiveDateTime) -> Self {
        Self::Time(time)
    }
}

/// One thing that is wrong with one cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Line in the file, counted from 1 as spreadsheet programs show it.
    pub line: u32,
    /// Key of the column.
    pub key: String,
    /// Title of the column, in Chinese.
    pub column: String,
    /// What the column asks for, in Chinese.
    pub rule: String,
    /// The cell as given.
    pub value: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, rule, value, .. } = self;
        if value.is_empty() {
            write!(f, "第 {line} 行「{column}」没有填：{rule}")
        } else {
            write!(f, "第 {line} 行「{column}」填的是「{}」：{rule}", short(value))
        }
    }
}

/// The beginning of a text that may be very long, for a message on one line.
fn short(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// One cell with its source.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// Key of the column.
    pub key: &'static str,
    /// Column of the file, counted from 0; nothing where the file has no such column.
    pub column: Option<usize>,
    /// The text as given, before any correction.
    pub original: String,
    /// What was understood; nothing where the cell is empty or wrong.
    pub value: Option<Value>,
}

/// One data row of a file. Values are asked for by the key of their column.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Line in the file, counted from 1.
    pub line: u32,
    /// One field for each column of the sheet, in its order.
    pub fields: Vec<Field>,
    /// The cells of the columns the sheet does not know, in the order of
    /// [`Parsed::unknown_columns`], so that a row in error can be given back as it was.
    pub unknown: Vec<String>,
    /// What is wrong with this row; empty means it may be stored.
    pub problems: Vec<Problem>,
}

impl Row {
    /// The field of this key: value, original text and place.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.field(key)?.value.as_ref()
    }

    /// Where the field of this key stands in the file, as `C7`; in CSV the same, counted by
    /// fields. Nothing where the file has no such column.
    pub fn at(&self, key: &str) -> Option<String> {
        let column = self.field(key)?.column?;
        Some(format!("{}{}", column_letters(column), self.line))
    }

    /// The text, word or code of this key.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.value(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The whole number of this key.
    pub fn int(&self, key: &str) -> Option<i64> {
        match self.value(key) {
            Some(Value::Int(number)) => Some(*number),
            _ => None,
        }
    }

    /// The decimal number of this key.
    pub fn decimal(&self, key: &str) -> Option<Decimal> {
        match self.value(key) {
            Some(Value::Decimal(number)) => Some(*number),
            _ => None,
        }
    }

    /// The day of this key.
    pub fn date(&self, key: &str) -> Option<NaiveDate> {
        match self.value(key) {
            Some(Value::Date(day)) => Some(*day),
            _ => None,
        }
    }

    /// Refuses the row for a reason only the caller can know (already registered, outside the
    /// county, …); the reason appears like those found here.
    pub fn refuse(&mut self, column: &Column, rule: impl Into<String>) {
        let value = self.field(column.key).map(|field| field.original.clone()).unwrap_or_default();
        self.problems.push(Problem {
            line: self.line,
            key: column.key.to_owned(),
            column: column.title.to_owned(),
            rule: rule.into(),
            value,
        });
    }
}

/// What was found in a file.
#[derive(Clone, Debug, Serialize)]
pub struct Parsed {
    /// Name of the worksheet that was read; nothing for CSV.
    pub worksheet: Option<String>,
    /// Line of the header.
    pub header_line: u32,
    /// Titles the sheet does not know; their cells are kept but not understood.
    pub unknown_columns: Vec<String>,
    /// The data rows in the order of the file; blank lines, the example and the explanation of
    /// the template are left out.
    pub rows: Vec<Row>,
}

impl Parsed {
    /// Rows that may be stored.
    pub fn good(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.problems.is_empty())
    }

    /// Rows in error.
    pub fn bad(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.problems.is_empty())
    }

    /// Everything that is wrong, in the order of the file.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.rows.iter().flat_map(|row| &row.problems)
    }
}

/// Why a file could not be read at all: one line that says what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

impl Unreadable {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}
