//! A workbook of inputs in, a workbook of results and reasons out: GB 18218, LEC and LS for those
//! who keep their lists in a spreadsheet. Each row, or each unit, stands by itself: a wrong one
//! gets its reason and never costs a right one.
mod hazards;
mod risk;
#[cfg(test)]
mod tests;

use platform::sheets::{self, Cell, Heading, Parsed, Row, Sheet, Value};
use serde_json::Value as Json;
use standards::Decimal;
use standards::problem::Problem;
use standards::tables::Tables;

/// A rule that can be computed for a whole sheet.
pub(crate) struct Batch {
    rule: &'static str,
    /// What is read.
    pub(crate) sheet: Sheet,
    /// Titles of the results.
    columns: &'static [&'static str],
    compute: fn(&Tables, &Parsed) -> Vec<Line>,
}

/// One line of the results, and whether it has one.
struct Line {
    cells: Vec<Cell>,
    good: bool,
}

/// A workbook of results.
pub(crate) struct Outcome {
    pub(crate) book: Vec<u8>,
    pub(crate) rows: usize,
    /// Rows that were refused, with their reasons in the workbook.
    pub(crate) refused: usize,
}

const BATCHES: [Batch; 3] = [hazards::GB18218, risk::LEC, risk::LS];

/// The batch of a rule, where it has one.
pub(crate) fn find(rule: &str) -> Option<&'static Batch> {
    const ALL: &[Batch] = &BATCHES;
    ALL.iter().find(|batch| batch.rule == rule)
}

/// The rules that have a batch.
pub(crate) fn rules() -> impl Iterator<Item = &'static str> {
    BATCHES.iter().map(|batch| batch.rule)
}

impl Batch {
    /// Computes a file; an error only where no row of it can be understood.
    pub(crate) fn run(&self, tables: &Tables, bytes: &[u8], name: &str, limit: usize) -> Result<Outcome, String> {
        let parsed = sheets::read(&self.sheet, bytes, name).map_err(|unreadable| unreadable.0)?;
        if parsed.rows.len() > limit {
            return Err(format!("文件有 {} 行，一次最多 {limit} 行：请拆成几个文件", parsed.rows.len()));
        }
        if parsed.rows.is_empty() {
            return Err("文件里没有数据行：请下载模板，从第 5 行起填写".to_owned());
        }
        let lines = (self.compute)(tables, &parsed);
        let refused = lines.iter().filter(|line| !line.good).count();
        let watermark = format!("规则集 {}；结果由平台按所列依据计算，未填写的日期按最新版本", tables.version);
        let title = format!("{}结果", self.sheet.title);
        let heading = Heading { title: &title, watermark: watermark.into(), columns: self.columns };
        let rows = lines.len();
        let book = sheets::write(&heading, lines.into_iter().map(|line| line.cells)).map_err(|e| e.to_string())?;
        Ok(Outcome { book, rows, refused })
    }

    /// The empty workbook to fill in.
    pub(crate) fn template(&self) -> Result<Vec<u8>, String> {
        sheets::template(&self.sheet).map_err(|e| e.to_string())
    }
}

/// What is wrong with the cells of a row, in one text.
fn faults(row: &Row) -> String {
    let faults: Vec<String> = row.problems.iter().map(|p| format!("「{}」{}", p.column, p.rule)).collect();
    faults.join("；")
}

/// Why a rule refused, in one text.
fn reason(problem: &Problem) -> String {
    let messages: Vec<&str> = problem.errors.iter().map(|e| e.message.as_str()).collect();
    let clause = problem.clause.as_deref().map(|c| format!("（{c}）")).unwrap_or_default();
    format!("{}{clause}", if messages.is_empty() { problem.title.clone() } else { messages.join("；") })
}

fn run(tables: &Tables, rule: &str, input: &Json) -> Result<Json, Problem> {
    let answer = standards::calc::run_with(tables, rule, &input.to_string())?;
    serde_json::from_str(&answer).map_err(|e| Problem::field("", e.to_string()))
}

fn text(value: impl Into<String>) -> Cell {
    let value: String = value.into();
    (!value.is_empty()).then(|| Value::from(value))
}

fn number(line: u32) -> Value {
    Value::from(i64::from(line))
}

/// A value of an answer as a cell: exact numbers as numbers, lists as one text.
fn cell(answer: &Json, key: &str) -> Cell {
    match answer.get(key)? {
        Json::String(word) => Some(word.parse::<Decimal>().map_or_else(|_| Value::from(word.clone()), Value::from)),
        Json::Number(number) => number.as_i64().map(Value::from),
        Json::Bool(yes) => Some(Value::from(if *yes { "是" } else { "否" })),
        Json::Array(items) => text(items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join("；")),
        _ => None,
    }
}

/// Standard and clause, edition, rule set.
fn reference(answer: &Json) -> [Cell; 3] {
    let part = |key: &str| answer.pointer(&format!("/rule/{key}")).and_then(Json::as_str).unwrap_or_default();
    let mark = if part("confidence") == "unconfirmed" { "（未经核实）" } else { "" };
    [
        text(format!("{} {}", part("standard"), part("clause"))),
        text(format!("{}{mark}", part("edition"))),
        text(part("rule_set")),
    ]
}
