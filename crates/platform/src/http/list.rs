//! Lists: cursor paging, totals that stop counting at ten thousand, and the same list as xlsx or CSV.
use crate::ctx::Ctx;
use crate::db::{Row, Sql, sql};
use crate::error::{Error, Result};
use crate::sheets;
use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Totals are exact up to here and marked beyond.
const COUNT_CAP: i64 = 10_000;
/// Rows an export may hold.
const EXPORT_CAP: i64 = 50_000;

/// Paging, sorting and form of a list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Where to go on: `next` of the page before.
    #[serde(rename = "page[cursor]")]
    pub cursor: Option<String>,
    /// Rows per page, 1 to 200, 20 where not given.
    #[serde(rename = "page[size]")]
    #[param(minimum = 1, maximum = 200)]
    pub size: Option<i64>,
    /// Column to sort by, `-` in front for descending.
    pub sort: Option<String>,
    /// `json`, `xlsx` or `csv`.
    #[param(value_type = Option<ListFormat>, inline)]
    pub format: Option<String>,
}

/// The forms of a list, as the API description names them.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "describes the parameter; a wrong word is refused with the words that are right")]
enum ListFormat {
    Json,
    Xlsx,
    Csv,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// Rows.
    pub items: Vec<T>,
    /// Cursor of the next page; null at the end.
    pub next: Option<String>,
    /// Rows in all.
    pub total: i64,
    /// False where `total` stopped counting at 10,000.
    pub total_exact: bool,
}

/// How a list is ordered and continued: sort key → (expression, whether it is a number).
pub struct Listing {
    /// `select … from … where 1 = 1`, ending where conditions may follow.
    pub select: &'static str,
    /// `from … where 1 = 1` of the count.
    pub count: &'static str,
    /// Sort keys with their SQL expression; the first is the default. A leading `-` makes the default descending.
    pub sorts: &'static [(&'static str, &'static str)],
    /// Unique tie breaker column.
    pub tie: &'static str,
    /// Descending unless asked otherwise.
    pub descending: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Int(i64),
    Real(f64),
    Text(String),
    Null,
}

impl Listing {
    /// Runs the list: `conditions` adds scope and filters to both the page and the count.
    pub async fn run<T>(
        &self,
        ctx: &Ctx,
        page: &PageQuery,
        conditions: impl Fn(&mut Sql),
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<List<T>> {
        let exporting = page.format.as_deref().is_some_and(|f| f != "json");
        let size = if exporting { EXPORT_CAP } else { page.size.unwrap_or(20) };
        if !exporting && !(1..=200).contains(&size) {
            return Err(Error::invalid("page[size]", "每页行数须在 1 到 200 之间"));
        }
        let (column, descending) = self.order(page)?;
        // Every row carries what the next page's cursor is made of, whatever it is sorted by.
        let mut query = sql("select ", vec![]);
        query.push(column).push(" as sort_key, ").push(self.tie).push(" as sort_tie, ");
        query.push(self.select.strip_prefix("select ").unwrap_or(self.select));
        conditions(&mut query);
        if let (Some(cursor), false) = (&page.cursor, exporting) {
            self.after(&mut query, column, descending, cursor)?;
        }
        let direction = if descending { " desc" } else { " asc" };
        query.push(" order by ").push(column).push(direction).push(", ").push(self.tie).push(direction);
        query.push(" limit ").bind(size + 1);
        let mut rows = ctx.db().all(query).await?;
        let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > size;
        rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        let next = match rows.last() {
            Some(last) if more && !exporting => Some(encode(last)?),
            _ => None,
        };
        let total =
            if exporting { i64::try_from(rows.len()).unwrap_or(0) } else { self.total(ctx, &conditions).await? };
        let items = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        Ok(List { items, next, total: total.min(COUNT_CAP), total_exact: total <= COUNT_CAP })
    }

    async fn total(&self, ctx: &Ctx, conditions: &impl Fn(&mut Sql)) -> Result<i64> {
        let mut count = sql("select count(*) as n from (select 1 ", vec![]);
        count.push(self.count);
        conditions(&mut count);
        count.push(" limit ").bind(COUNT_CAP + 1).push(") counted");
        ctx.db().one(count).await?.get("n")
    }

    fn order(&self, page: &PageQuery) -> Result<(&'static str, bool)> {
        let Some(asked) = page.sort.as_deref().filter(|s| !s.is_empty()) else {
            let column =
                self.sorts.first().map(|(_, column)| *column).ok_or_else(|| Error::internal("a list without order"))?;
            return Ok((column, self.descending));
        };
        let (name, descending) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
        let found = self.sorts.iter().find(|(key, _)| *key == name);
        found.map(|(_, column)| (*column, descending)).ok_or_else(|| {
            let keys: Vec<&str> = self.sorts.iter().map(|(k, _)| *k).collect();
            Error::invalid("sort", format!("不能按“{name}”排序，可用：{}", keys.join("、")))
        })
    }

    /// Continues after the cursor's row; equal keys continue by the tie breaker.
    fn after(&self, query: &mut Sql, column: &'static str, descending: bool, cursor: &str) -> Result<()> {
        let (key, tie) =
            decode(cursor).ok_or_else(|| Error::invalid("page[cursor]", "翻页位置无效，请从第一页重新开始"))?;
        let beyond = if descending { " < " } else { " > " };
        query.push(" and (").push(column).push(beyond);
        bind(query, &key);
        query.push(" or (").push(column).push(" = ");
        bind(query, &key);
        query.push(" and ").push(self.tie).push(beyond).bind(tie).push("))");
        Ok(())
    }
}

fn bind(query: &mut Sql, key: &Key) {
    match key {
        Key::Int(v) => query.bind(*v),
        Key::Real(v) => query.bind(*v),
        Key::Text(v) => query.bind(v.as_str()),
        Key::Null => query.push("null"),
    };
}

/// The page's last row names itself in columns `sort_key` and `sort_tie`.
fn encode(row: &Row) -> Result<String> {
    let key = row
        .get::<i64>("sort_key")
        .map(Key::Int)
        .or_else(|_| row.get::<f64>("sort_key").map(Key::Real))
        .or_else(|_| row.get::<String>("sort_key").map(Key::Text))
        .unwrap_or(Key::Null);
    let json = serde_json::to_vec(&(key, row.get::<String>("sort_tie")?)).map_err(Error::internal)?;
    Ok(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(json))
}

fn decode(cursor: &str) -> Option<(Key, String)> {
    serde_json::from_slice(&base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()
}

/// A row type that can be exported.
pub trait Table {
    /// Title of the export.
    const TITLE: &'static str;
    /// Column titles.
    const COLUMNS: &'static [&'static str];
    /// Cells of one row.
    fn cells(&self) -> Vec<Option<sheets::Value>>;
}

/// A list that answers as JSON, xlsx or CSV, as asked.
pub struct Exported(Response);

impl Exported {
    /// Chooses the form.
    pub fn new<T: Table + Serialize>(ctx: &Ctx, page: &PageQuery, list: List<T>) -> Result<Self> {
        match page.format.as_deref().unwrap_or("json") {
            "json" => Ok(Self(Json(list).into_response())),
            "xlsx" => {
                let bytes = sheets::write(&heading::<T>(&mark(ctx)), list.items.iter().map(Table::cells))
                    .map_err(Error::internal)?;
                Ok(Self(download(
                    T::TITLE,
                    "xlsx",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    bytes,
                )))
            }
            "csv" => {
                let bytes = sheets::write_csv(&heading::<T>(&mark(ctx)), list.items.iter().map(Table::cells))
                    .map_err(Error::internal)?;
                Ok(Self(download(T::TITLE, "csv", "text/csv; charset=utf-8", bytes)))
            }
            _ => Err(Error::invalid("format", "导出格式只能是 json、xlsx 或 csv")),
        }
    }
}

impl IntoResponse for Exported {
    fn into_response(self) -> Response {
        self.0
    }
}

/// Who exported and when: the line that makes a leaked file traceable.
fn mark(ctx: &Ctx) -> String {
    format!("{} {} {}", ctx.actor.name, ctx.actor.org, ctx.now().beijing())
}

fn heading<T: Table>(mark: &str) -> sheets::Heading<'_> {
    sheets::Heading { title: T::TITLE, columns: T::COLUMNS, watermark: mark.into() }
}

/// A file to save under a Chinese name.
pub fn download(name: &str, extension: &str, mime: &'static str, bytes: Vec<u8>) -> Response {
    let encoded: String = form_urlencoded::byte_serialize(format!("{name}.{extension}").as_bytes()).collect();
    let disposition =
        format!("attachment; filename=\"export.{extension}\"; filename*=UTF-8''{}", encoded.replace('+', "%20"));
    ([(header::CONTENT_TYPE, mime.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}
