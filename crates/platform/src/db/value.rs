//! Values and rows that both engines share, and the small text builder for dynamic filters.
use crate::error::{Error, Result};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use std::borrow::Cow;

/// A bound parameter. Nulls are typed because PostgreSQL insists.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// text
    Text(Option<String>),
    /// bigint
    Int(Option<i64>),
    /// double precision
    Real(Option<f64>),
    /// bytea
    Blob(Option<Vec<u8>>),
}

macro_rules! from_value {
    ($($ty:ty => |$v:ident| $variant:ident($expr:expr)),* $(,)?) => { $(
        impl From<$ty> for Value { fn from($v: $ty) -> Self { Value::$variant(Some($expr)) } }
        impl From<Option<$ty>> for Value {
            fn from(v: Option<$ty>) -> Self { Value::$variant(v.map(|$v| $expr)) }
        }
    )* };
}
from_value! {
    &str => |v| Text(v.to_owned()), String => |v| Text(v), &String => |v| Text(v.clone()),
    uuid::Uuid => |v| Text(v.to_string()), &uuid::Uuid => |v| Text(v.to_string()),
    i64 => |v| Int(v), i32 => |v| Int(i64::from(v)), u32 => |v| Int(i64::from(v)),
    u16 => |v| Int(i64::from(v)), u8 => |v| Int(i64::from(v)), bool => |v| Int(i64::from(v)),
    usize => |v| Int(i64::try_from(v).unwrap_or(i64::MAX)), f64 => |v| Real(v),
    Vec<u8> => |v| Blob(v), &[u8] => |v| Blob(v.to_vec()), [u8; 32] => |v| Blob(v.to_vec()),
}

/// Builds the argument list of a statement.
#[macro_export]
macro_rules! args { ($($v:expr),* $(,)?) => { vec![$($crate::db::Value::from($v)),*] }; }

/// A statement with its arguments. Text only ever comes from string literals in the code, so
/// nothing a user typed can become SQL; values are always bound.
#[derive(Debug, Clone)]
pub struct Sql {
    pub(super) text: Cow<'static, str>,
    pub(super) args: Vec<Value>,
}

/// A static statement in the subset that both engines share.
pub fn sql(text: &'static str, args: Vec<Value>) -> Sql {
    Sql { text: Cow::Borrowed(text), args }
}

impl Sql {
    /// Adds literal text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.to_mut().push_str(text);
        self
    }
    /// Adds one bound value as the next `$n`.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.args.push(value.into());
        let n = self.args.len();
        self.text.to_mut().push('$');
        self.text.to_mut().push_str(&n.to_string());
        self
    }
    /// Adds `text` and a bound value when there is one: ` and x = ` + `$n`.
    pub fn filter<V: Into<Value>>(&mut self, text: &'static str, value: Option<V>) -> &mut Self {
        if let Some(value) = value {
            self.push(text).bind(value);
        }
        self
    }
    /// Adds `column in ($n, …)`; an empty list matches nothing.
    pub fn in_list<V: Into<Value>>(&mut self, text: &'static str, values: impl IntoIterator<Item = V>) -> &mut Self {
        self.push(text).push(" in (");
        let mut first = true;
        for value in values {
            if !std::mem::take(&mut first) {
                self.push(",");
            }
            self.bind(value);
        }
        if first {
            self.push("null");
        }
        self.push(")")
    }
}

/// A row of either engine.
pub enum Row {
    /// SQLite
    Sqlite(SqliteRow),
    /// PostgreSQL
    Pg(PgRow),
}

/// A column type that reads the same from both engines.
pub trait Column: Sized {
    /// Reads the named column.
    fn read(row: &Row, name: &str) -> Result<Self>;
}

macro_rules! column {
    ($($ty:ty),*) => { $(impl Column for $ty {
        fn read(row: &Row, name: &str) -> Result<Self> {
            match row {
                Row::Sqlite(r) => r.try_get::<$ty, _>(name),
                Row::Pg(r) => r.try_get::<$ty, _>(name),
            }.map_err(|e| Error::Internal(format!("column {name}: {e}")))
        }
    })* };
}
column!(String, i64, f64, Vec<u8>, Option<String>, Option<i64>, Option<f64>, Option<Vec<u8>>);

impl Column for bool {
    fn read(row: &Row, name: &str) -> Result<Self> {
        i64::read(row, name).map(|v| v != 0)
    }
}
impl Column for uuid::Uuid {
    fn read(row: &Row, name: &str) -> Result<Self> {
        let text = String::read(row, name)?;
        text.parse().map_err(|_| Error::Internal(format!("column {name}: {text} is no UUID")))
    }
}
impl Column for Option<uuid::Uuid> {
    fn read(row: &Row, name: &str) -> Result<Self> {
        let text = Option::<String>::read(row, name)?;
        text.map(|t| t.parse().map_err(|_| Error::Internal(format!("column {name}: {t} is no UUID")))).transpose()
    }
}

impl Row {
    /// The named column.
    pub fn get<T: Column>(&self, name: &str) -> Result<T> {
        T::read(self, name)
    }
    /// A JSON text column.
    pub fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        let text: String = self.get(name)?;
        serde_json::from_str(&text).map_err(|e| Error::Internal(format!("column {name}: {e}")))
    }
}

/// Binds all arguments and runs one statement on one engine.
macro_rules! run {
    ($db:ty, $exec:expr, $statement:expr, $method:ident) => {{
        let Sql { text, args } = $statement;
        let mut query = match text {
            Cow::Borrowed(text) => sqlx::query::<$db>(text),
            // The one place where run-time text becomes SQL: `Sql` is built from literals only.
            Cow::Owned(text) => sqlx::query::<$db>(sqlx::AssertSqlSafe(text)),
        };
        for arg in args {
            query = match arg {
                Value::Text(v) => query.bind(v),
                Value::Int(v) => query.bind(v),
                Value::Real(v) => query.bind(v),
                Value::Blob(v) => query.bind(v),
            };
        }
        query.$method($exec).await
    }};
}
pub(super) use run;
