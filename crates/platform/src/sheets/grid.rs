//! Bytes of any kind into a sparse grid of filled cells, within fixed bounds.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::NaiveDateTime;

use super::{MAX_CELL_CHARS, MAX_CELLS, MAX_ROWS, Unreadable, layout, text};

/// Most bytes of cell text one grid may hold. It bounds what a workbook can unfold into by
/// naming one long shared text in every cell.
const MAX_TEXT_BYTES: usize = 64 << 20;

/// Most columns a file may use.
const MAX_COLUMNS: usize = 512;

/// A cell as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// Text.
    Text(String),
    /// A number without a date format.
    Number(f64),
    /// A number with a date format.
    Time(NaiveDateTime),
}

impl Raw {
    /// The cell as a person sees it.
    pub fn original(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => show_number(*number),
            Self::Time(time) => show_time(*time),
        }
    }
}

/// A number with the 15 digits a spreadsheet program shows, so that the noise of binary
/// fractions (0.30000000000000004) is not taken for what was typed.
fn show_number(number: f64) -> String {
    if number.abs() >= 1e15 || !number.is_finite() {
        return format!("{number}");
    }
    format!("{number:.14e}").parse::<f64>().unwrap_or(number).to_string()
}

fn show_time(time: NaiveDateTime) -> String {
    let midnight = time.time() == chrono::NaiveTime::MIN;
    time.format(if midnight { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" }).to_string()
}

/// One line with its filled cells: (column from 0, cell), in the order of the file.
#[derive(Debug)]
pub struct Line {
    /// Number of the line, from 1.
    pub no: u32,
    /// Its filled cells.
    pub cells: Vec<(usize, Raw)>,
}

impl Line {
    /// The cell of this column, where it is filled.
    pub fn cell(&self, column: usize) -> Option<&Raw> {
        self.cells.iter().find(|(at, _)| *at == column).map(|(_, raw)| raw)
    }
}

/// The filled cells of one worksheet or CSV file.
#[derive(Debug, Default)]
pub struct Grid {
    /// Name of the worksheet; nothing for CSV.
    pub worksheet: Option<String>,
    /// Whether bare day numbers count from 1904 (old Mac workbooks).
    pub from_1904: bool,
    /// The lines that have at least one filled cell.
    pub lines: Vec<Line>,
    cells: usize,
    bytes: usize,
}

impl Grid {
    /// The empty grid of a worksheet.
    pub fn of_worksheet(name: &str, from_1904: bool) -> Self {
        Self { worksheet: Some(name.to_owned()), from_1904, ..Self::default() }
    }

    /// Adds a cell; blank ones are left out. Refuses the file at the first bound it breaks.
    pub fn push(&mut self, no: u32, column: usize, raw: Raw) -> Result<(), Unreadable> {
        if column >= MAX_COLUMNS {
            return Err(Unreadable::new(format!("第 {no} 行的内容超出第 {MAX_COLUMNS} 列：请删去右边多余的列")));
        }
        if let Raw::Text(content) = &raw {
            if content.chars().all(text::is_blank) {
                return Ok(());
            }
            self.bytes += content.len();
            if content.len() > MAX_CELL_CHARS && content.chars().count() > MAX_CELL_CHARS {
                let at = text::column_letters(column);
                return Err(Unreadable::new(format!(
                    "第 {no} 行 {at} 列的内容超过 {MAX_CELL_CHARS} 字：请检查引号是否成对，或缩短内容"
                )));
            }
        }
        self.cells += 1;
        match self.lines.last_mut() {
            Some(line) if line.no == no => line.cells.push((column, raw)),
            _ => self.lines.push(Line { no, cells: vec![(column, raw)] }),
        }
        self.check_bounds()
    }

    fn check_bounds(&self) -> Result<(), Unreadable> {
        if self.lines.len() > MAX_ROWS + layout::SEARCHED_LINES {
            return Err(Unreadable::new(format!("数据超过 {MAX_ROWS} 行：请拆成几个文件分别导入")));
        }
        if self.cells > MAX_CELLS || self.bytes > MAX_TEXT_BYTES {
            return Err(Unreadable::new(format!(
                "有内容的单元格超过 {MAX_CELLS} 个或文字总量超过 64 MB：请删去不需要的列，或拆成几个文件"
            )));
        }
        Ok(())
    }
}

/// Runs the reading of a foreign file. The spreadsheet library is not ours and does panic on
/// some damaged workbooks (an overflow in its cell references, found by the property test in
/// `tests.rs`): such a file is refused like any other damaged one and the node goes on.
pub fn contained<T>(work: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(broken_workbook()))
}

/// The refusal of a workbook that cannot be opened.
pub fn broken_workbook() -> Unreadable {
    Unreadable::new("工作簿已损坏或加了密码：请用表格软件打开，另存为 .xlsx 后再导入")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_noise_of_a_number_is_not_shown() {
        assert_eq!(Raw::Number(0.1 + 0.2).original(), "0.3");
        assert_eq!(Raw::Number(13_800_000_000.0).original(), "13800000000");
        assert_eq!(Raw::Number(-2.50).original(), "-2.5");
    }

    #[test]
    fn a_panic_of_the_library_becomes_a_refusal() {
        let refused = contained::<()>(|| panic!("seeded"));
        assert_eq!(refused, Err(broken_workbook()));
    }

    #[test]
    fn one_long_text_in_every_cell_is_refused_before_it_fills_memory() {
        let mut grid = Grid::default();
        let long = "长".repeat(MAX_CELL_CHARS);
        let refused = (0..2_000).find_map(|no| grid.push(no, 0, Raw::Text(long.clone())).err());
        assert!(refused.is_some_and(|e| e.0.contains("文字总量")));
    }

    #[test]
    fn an_unclosed_quote_shows_as_an_overlong_cell() {
        let refused = Grid::default().push(7, 27, Raw::Text("x".repeat(MAX_CELL_CHARS + 1))).unwrap_err();
        assert!(refused.0.starts_with("第 7 行 AB 列"), "{refused}");
    }
}
