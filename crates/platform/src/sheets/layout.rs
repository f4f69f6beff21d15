//! Finding the header: which line carries the titles, and which column is which.

use std::collections::HashMap;

use super::grid::{Grid, Line};
use super::text::{self, title_key, title_key_without_remark};
use super::{LINE_TITLE, REASON_TITLE, Sheet, Unreadable};

/// How many filled lines from the top are searched for the header.
pub const SEARCHED_LINES: usize = 30;
/// Titles that are not reported as unknown: our own remarks and the counting column people add.
const IGNORED: [&str; 3] = [REASON_TITLE, LINE_TITLE, "序号"];

/// Where everything stands.
#[derive(Debug)]
pub struct Layout {
    /// Line number of the (last) header line.
    pub header_line: u32,
    /// Index in the grid's lines of the first line below the header.
    pub first_row: usize,
    /// For each column of the sheet, the column of the file.
    pub columns: Vec<Option<usize>>,
    /// Columns of the file that the sheet does not know.
    pub unknown: Vec<(usize, String)>,
}

/// Title → index of the sheet's column, for titles, aliases and keys alike.
type Titles = HashMap<String, usize>;

fn titles(sheet: &Sheet) -> Titles {
    let mut titles = Titles::new();
    for (index, column) in sheet.columns.iter().enumerate() {
        for title in [column.title, column.key].iter().chain(column.aliases) {
            titles.insert(title_key(title), index);
        }
    }
    titles
}

fn lookup(titles: &Titles, title: &str) -> Option<usize> {
    titles.get(&title_key(title)).or_else(|| titles.get(&title_key_without_remark(title))).copied()
}

/// The header titles of some lines, the lower line winning where both have a title that is
/// known: a header of two lines has merged cells, some across (位置 over 经度 and 纬度) and some
/// down (企业名称).
fn header_of(titles: &Titles, lines: &[Line]) -> Vec<(usize, String, Option<usize>)> {
    let mut found: Vec<(usize, String, Option<usize>)> = Vec::new();
    for (at, raw) in lines.iter().flat_map(|line| &line.cells) {
        let title = text::clean(&raw.original());
        let known = lookup(titles, &title);
        match found.iter_mut().find(|(column, ..)| column == at) {
            Some(above) if known.is_some() || above.2.is_none() => *above = (*at, title, known),
            Some(_) => {}
            None => found.push((*at, title, known)),
        }
    }
    found
}

fn score(titles: &Titles, lines: &[Line]) -> usize {
    let mut known: Vec<usize> = header_of(titles, lines).into_iter().filter_map(|(.., known)| known).collect();
    known.sort_unstable();
    known.dedup();
    known.len()
}

/// How well the best header of a grid matches; used to tell CSV delimiters apart.
pub fn best_score(sheet: &Sheet, grid: &Grid) -> usize {
    best(&titles(sheet), grid).map_or(0, |(score, ..)| score)
}

/// The best header: (known titles, index of its first line, number of lines). Two lines only
/// where together they know more titles than either alone.
fn best(titles: &Titles, grid: &Grid) -> Option<(usize, usize, usize)> {
    let mut best: Option<(usize, usize, usize)> = None;
    for start in 0..grid.lines.len().min(SEARCHED_LINES) {
        for count in [1, 2] {
            let Some(lines) = grid.lines.get(start..start + count) else {
                continue;
            };
            let adjacent = matches!(lines, [_]) || matches!(lines, [a, b] if b.no == a.no.saturating_add(1));
            let score = if adjacent { score(titles, lines) } else { 0 };
            if score > best.map_or(0, |(score, ..)| score) {
                best = Some((score, start, count));
            }
        }
    }
    best
}

/// Finds the header, or says nothing when this grid has none of this sheet. A header found but
/// not usable (a required column missing, a column twice) is an error that names the columns.
pub fn find(sheet: &Sheet, grid: &Grid) -> Result<Option<Layout>, Unreadable> {
    let titles = titles(sheet);
    let Some((score, start, count)) = best(&titles, grid) else {
        return Ok(None);
    };
    if score < sheet.columns.len().min(2) {
        return Ok(None);
    }
    let lines = grid.lines.get(start..start + count).unwrap_or_default();
    let header_line = lines.last().map_or(0, |line| line.no);
    let mut columns = vec![None; sheet.columns.len()];
    let mut unknown = Vec::new();
    for (at, title, known) in header_of(&titles, lines) {
        match known.and_then(|index| columns.get_mut(index)) {
            Some(Some(first)) => return Err(twice(&title, *first, at)),
            Some(free) => *free = Some(at),
            None if IGNORED.contains(&title.as_str()) => {}
            None => unknown.push((at, title)),
        }
    }
    let layout = Layout { header_line, first_row: start + count, columns, unknown };
    require_columns(sheet, &layout)?;
    Ok(Some(layout))
}

fn twice(title: &str, first: usize, second: usize) -> Unreadable {
    let (first, second) = (text::column_letters(first), text::column_letters(second));
    Unreadable::new(format!("列「{title}」出现了两次（{first} 列和 {second} 列）：请只保留一列"))
}

fn require_columns(sheet: &Sheet, layout: &Layout) -> Result<(), Unreadable> {
    let columns = sheet.columns.iter().zip(&layout.columns);
    let missing: Vec<_> =
        columns.filter(|(column, at)| column.required && at.is_none()).map(|(column, _)| column.title).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Unreadable::new(format!(
        "表头（第 {} 行）缺少必填列：{}。请下载「{}」导入模板对照列名",
        layout.header_line,
        missing.join("、"),
        sheet.title
    )))
}

/// The refusal of a file in which no header was found.
pub fn no_header(sheet: &Sheet) -> Unreadable {
    let wanted: Vec<_> = sheet.columns.iter().filter(|column| column.required).map(|column| column.title).collect();
    Unreadable::new(format!(
        "前 {SEARCHED_LINES} 行中没有找到「{}」的表头（{}）：请使用导入模板，或检查列名",
        sheet.title,
        wanted.join("、")
    ))
}
