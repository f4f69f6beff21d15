//! Reading a file of unknown origin into rows.

use std::collections::HashMap;

use encoding_rs::{Encoding, GB18030, UTF_8};

use super::grid::{Grid, Line, Raw, contained};
use super::layout::{self, Layout};
use super::workbook::Workbook;
use super::{EXAMPLE_MARK, Field, Parsed, RULE_MARK, Row, Sheet, Unreadable, judge, text};

/// Largest file that is read.
const MAX_FILE_BYTES: usize = 64 << 20;

/// Reads an Excel workbook or a CSV file. Which of the two is told by its bytes, the name only
/// helps to explain a refusal.
///
/// Never panics, whatever the bytes; a large file takes seconds, so callers in a server run it
/// on a blocking thread.
///
/// # Errors
/// [`Unreadable`] when no row can be understood: not a workbook or text, too large, no header,
/// a required column missing.
pub fn read(sheet: &Sheet, bytes: &[u8], filename: &str) -> Result<Parsed, Unreadable> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Unreadable::new(format!("文件超过 {} MB：请拆成几个文件分别导入", MAX_FILE_BYTES >> 20)));
    }
    let (grid, layout) = match Format::of(bytes, filename)? {
        Format::Workbook => contained(|| from_workbook(sheet, bytes))?,
        Format::Csv => from_csv(sheet, bytes)?,
    };
    let rows = rows(sheet, grid.lines, grid.from_1904, &layout);
    let unknown_columns = layout.unknown.into_iter().map(|(_, title)| title).collect();
    Ok(Parsed { worksheet: grid.worksheet, header_line: layout.header_line, unknown_columns, rows })
}

enum Format {
    Workbook,
    Csv,
}

impl Format {
    fn of(bytes: &[u8], filename: &str) -> Result<Self, Unreadable> {
        let name = filename.to_lowercase();
        if bytes.starts_with(b"PK\x03\x04") {
            return Ok(Self::Workbook);
        }
        // The container of .xls, .et and of workbooks with a password.
        let old = bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]);
        if old || [".xls", ".et", ".xlsx", ".xlsm", ".ods"].iter().any(|end| name.ends_with(end)) {
            return Err(Unreadable::new(
                "不是可读的 .xlsx 工作簿（旧版 .xls、.et 或加了密码的文件不能直接导入）：请用表格软件另存为 .xlsx 后再导入",
            ));
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(Unreadable::new("文件是空的：请下载导入模板，填写后再导入"));
        }
        Ok(Self::Csv)
    }
}

/// The first visible worksheet that carries the header.
fn from_workbook(sheet: &Sheet, bytes: &[u8]) -> Result<(Grid, Layout), Unreadable> {
    let mut workbook = Workbook::open(bytes)?;
    for name in workbook.names.clone() {
        let grid = workbook.grid(&name)?;
        if let Some(layout) = layout::find(sheet, &grid)? {
            return Ok((grid, layout));
        }
    }
    Err(layout::no_header(sheet))
}

/// The delimiter is the one under which the header is best understood.
fn from_csv(sheet: &Sheet, bytes: &[u8]) -> Result<(Grid, Layout), Unreadable> {
    let text = decode(bytes)?;
    let head = |delimiter| {
        csv_grid(&text, delimiter, layout::SEARCHED_LINES).map_or(0, |grid| layout::best_score(sheet, &grid))
    };
    let mut delimiter = b',';
    for other in [b';', b'\t'] {
        if head(other) > head(delimiter) {
            delimiter = other;
        }
    }
    let grid = csv_grid(&text, delimiter, usize::MAX)?;
    let layout = layout::find(sheet, &grid)?.ok_or_else(|| layout::no_header(sheet))?;
    Ok((grid, layout))
}

/// By its byte order mark, else UTF-8 where it is valid, else GB18030, which Chinese spreadsheet
/// programs write by default.
fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => GB18030,
    };
    let (text, _, damaged) = encoding.decode(bytes);
    // A text file has no NUL; a picture or program that happens to decode has many.
    if damaged || text.contains('\0') {
        return Err(Unreadable::new("认不出文件的文字编码：请另存为 .xlsx，或另存为 UTF-8 编码的 CSV 后再导入"));
    }
    Ok(text.into_owned())
}

fn csv_grid(text: &str, delimiter: u8, lines: usize) -> Result<Grid, Unreadable> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut grid = Grid::default();
    for record in reader.records().take(lines) {
        let record = record.map_err(|e| Unreadable::new(format!("CSV 读不下去（{e}）：请另存为 .xlsx 后再导入")))?;
        let no = record.position().map_or(0, |at| line_number(text, at));
        for (column, field) in record.iter().enumerate() {
            grid.push(no, column, Raw::Text(text::unguard(field).to_owned()))?;
        }
    }
    Ok(grid)
}

/// The line a record begins on. The library counts from the end of the record before, so the
/// blank lines between are still to be added.
fn line_number(text: &str, at: &csv::Position) -> u32 {
    let between = text.bytes().skip(usize::try_from(at.byte()).unwrap_or(usize::MAX));
    let blank = between.take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| *b == b'\n').count();
    u32::try_from(at.line() + blank as u64).unwrap_or(u32::MAX)
}

/// Judges the data lines, letting go of each once it is judged, so that a large file is not in
/// memory twice.
fn rows(sheet: &Sheet, lines: Vec<Line>, from_1904: bool, layout: &Layout) -> Vec<Row> {
    let data = lines.into_iter().skip(layout.first_row).filter(|line| is_data(line, layout));
    let mut rows: Vec<Row> = data.map(|line| row(sheet, &line, from_1904, layout)).collect();
    refuse_repeats(sheet, &mut rows);
    rows
}

/// Whether a line holds data: something in a known column, and not the example or the
/// explanation of the template.
fn is_data(line: &Line, layout: &Layout) -> bool {
    let known = line.cells.iter().any(|(at, _)| layout.columns.contains(&Some(*at)));
    let first =
        line.cells.iter().min_by_key(|(at, _)| *at).map(|(_, raw)| text::clean(&raw.original())).unwrap_or_default();
    known && !first.starts_with(EXAMPLE_MARK) && !first.starts_with(RULE_MARK)
}

fn row(sheet: &Sheet, line: &Line, from_1904: bool, layout: &Layout) -> Row {
    let text_at = |at: &usize| line.cell(*at).map(Raw::original).unwrap_or_default();
    let unknown = layout.unknown.iter().map(|(at, _)| text_at(at)).collect();
    let mut row = Row { line: line.no, fields: Vec::with_capacity(sheet.columns.len()), unknown, problems: Vec::new() };
    for (column, at) in sheet.columns.iter().zip(&layout.columns) {
        let raw = at.and_then(|at| line.cell(at));
        let judged = match raw {
            Some(raw) => judge::judge(column, raw, from_1904).map(Some),
            None if column.required => Err(format!("必填，{}", column.rule_text())),
            None => Ok(None),
        };
        let original = raw.map(Raw::original).unwrap_or_default();
        let (value, refusal) = judged.map_or_else(|rule| (None, Some(rule)), |value| (value, None));
        row.fields.push(Field { key: column.key, column: *at, original, value });
        if let Some(rule) = refusal {
            row.refuse(column, rule);
        }
    }
    row
}

/// A value that may occur once belongs to the first row that has it.
fn refuse_repeats(sheet: &Sheet, rows: &mut [Row]) {
    for column in sheet.columns.iter().filter(|column| column.unique) {
        let mut first: HashMap<String, u32> = HashMap::new();
        for row in rows.iter_mut() {
            let Some(value) = row.field(column.key).and_then(|field| field.value.as_ref()).map(ToString::to_string)
            else {
                continue;
            };
            match first.get(&value) {
                Some(line) => row.refuse(column, format!("与第 {line} 行重复，同一文件中只能出现一次")),
                None => {
                    first.insert(value, row.line);
                }
            }
        }
    }
}
