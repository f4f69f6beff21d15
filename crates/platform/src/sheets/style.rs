//! The look of every workbook we write, and the few steps all of them share.

use chrono::Datelike;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use super::text::display_width;
use super::{MAX_CELL_CHARS, Value};

/// Narrowest and widest column, in digits.
const WIDTHS: (usize, usize) = (8, 48);
/// How many rows are looked at to choose the width of a column.
pub const MEASURED_ROWS: usize = 1_000;

/// Bold text on a light ground with a border, wrapped: the header.
pub fn header() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(0xE8_EEF7))
        .set_border(FormatBorder::Thin)
}

/// The title above the header.
pub fn title() -> Format {
    Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter)
}

/// Grey text for remarks: rules, the example, who exported when.
pub fn remark() -> Format {
    Format::new().set_font_color(Color::RGB(0x66_6666)).set_text_wrap().set_align(FormatAlign::Top)
}

/// Cells that are text whatever is typed into them, so that codes keep all their digits.
pub fn as_text() -> Format {
    Format::new().set_num_format("@")
}

/// A cell in error.
pub fn wrong() -> Format {
    as_text()
        .set_background_color(Color::RGB(0xFF_D8D6))
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0xC0_392B))
}

/// A new worksheet under a name Excel accepts, set up for print: landscape, one page wide, page
/// numbers at the foot.
pub fn worksheet<'a>(book: &'a mut Workbook, name: &str) -> Result<&'a mut Worksheet, XlsxError> {
    let allowed: String = name.chars().filter(|c| !c.is_control() && !"[]:*?/\\'".contains(*c)).take(31).collect();
    let sheet = book.add_worksheet();
    if !allowed.trim().is_empty() {
        sheet.set_name(allowed)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_footer("&C第 &P 页 / 共 &N 页");
    Ok(sheet)
}

/// The width a column gets, in digits, for the width it wants.
pub fn width(wanted: usize) -> usize {
    wanted.clamp(WIDTHS.0, WIDTHS.1)
}

/// Sets column widths that fit the measured texts, Chinese characters counted twice.
pub fn set_widths(sheet: &mut Worksheet, widths: &[usize]) -> Result<(), XlsxError> {
    for (column, wanted) in (0u16..).zip(widths) {
        sheet.set_column_width(column, width(*wanted) as f64 + 2.0)?;
    }
    Ok(())
}

/// Makes a row so many lines of text high; not every spreadsheet program does by itself.
pub fn set_lines(sheet: &mut Worksheet, row: u32, lines: usize) -> Result<(), XlsxError> {
    const MOST: usize = 25;
    sheet.set_row_height(row, lines.clamp(1, MOST) as f64 * 15.0)?;
    Ok(())
}

/// Widens the measured widths to fit one more row.
pub fn measure<'t>(widths: &mut [usize], texts: impl Iterator<Item = std::borrow::Cow<'t, str>>) {
    for (width, text) in widths.iter_mut().zip(texts) {
        *width = (*width).max(display_width(&text));
    }
}

/// Writes text over several columns; Excel does not merge a single cell.
pub fn banner(sheet: &mut Worksheet, row: u32, columns: usize, text: &str, format: &Format) -> Result<(), XlsxError> {
    let last = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
    let text = cell_text(text);
    if last == 0 {
        sheet.write_string_with_format(row, 0, text, format)?;
    } else {
        sheet.merge_range(row, 0, row, last, &text, format)?;
    }
    Ok(())
}

/// Text cut to what a cell can hold; the cut is said in the cell.
pub fn cell_text(text: &str) -> String {
    const CUT: &str = "…（超过单元格上限，后文略）";
    let units: usize = text.chars().map(char::len_utf16).sum();
    if units <= MAX_CELL_CHARS {
        return text.to_owned();
    }
    let mut left = MAX_CELL_CHARS - CUT.chars().count();
    let fits = |c: &char| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    };
    text.chars().take_while(fits).chain(CUT.chars()).collect()
}

/// Writes a value as a cell of its own type. Text is always a string cell, never a formula.
/// Numbers beyond the 15 digits a spreadsheet keeps become text, so that no digit changes.
pub fn write_value(sheet: &mut Worksheet, row: u32, column: u16, value: &Value) -> Result<(), XlsxError> {
    const EXACT: u64 = 999_999_999_999_999;
    match value {
        Value::Int(number) if number.unsigned_abs() <= EXACT => sheet.write_number(row, column, *number as f64)?,
        Value::Decimal(number) if number.mantissa().unsigned_abs() <= u128::from(EXACT) => {
            sheet.write_number(row, column, number.to_f64().unwrap_or_default())?
        }
        Value::Date(day) if in_calendar(day.year()) => {
            sheet.write_datetime_with_format(row, column, day, &Format::new().set_num_format("yyyy-mm-dd"))?
        }
        Value::Time(time) if in_calendar(time.year()) => {
            sheet.write_datetime_with_format(row, column, time, &Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"))?
        }
        other => sheet.write_string(row, column, cell_text(&other.to_string()))?,
    };
    Ok(())
}

/// Whether spreadsheet programs know dates of this year.
fn in_calendar(year: i32) -> bool {
    (1901..=9999).contains(&year)
}
