//! The workbook of rows in error, to be corrected and read again.

use std::borrow::Cow;

use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::{LINE_TITLE, Parsed, REASON_TITLE, Row, Sheet, style};

/// The rows in error as they were given, cells in error highlighted, each with its line in the
/// first file and its reasons. The header is that of the template, so that the corrected
/// workbook can be read at once.
pub fn errors_workbook(sheet: &Sheet, parsed: &Parsed) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let page = style::worksheet(&mut book, &format!("{}（待改正）", sheet.title))?;
    page.set_freeze_panes(2, 0)?;
    let titles = titles(sheet, parsed);
    let title = format!("{}：{} 行有错，改正后可直接再次导入", sheet.title, parsed.bad().count());
    style::banner(page, 0, titles.len(), &title, &style::title())?;
    page.set_row_height(0, 28)?;
    for (index, title) in (0u16..).zip(&titles) {
        page.set_column_format(index, &style::as_text())?;
        page.write_string_with_format(1, index, style::cell_text(title), &style::header())?;
    }
    let mut widths = vec![0; titles.len()];
    style::measure(&mut widths, titles.iter().map(|title| Cow::from(title.as_str())));
    for (at, row) in (2u32..).zip(parsed.bad()) {
        let cells = cells(row);
        if (at as usize) < style::MEASURED_ROWS {
            style::measure(&mut widths, cells.iter().map(|(text, _)| Cow::from(text.as_str())));
        }
        write_row(page, at, &cells)?;
        style::set_lines(page, at, row.problems.len())?;
    }
    style::set_widths(page, &widths)?;
    book.save_to_buffer()
}

fn titles(sheet: &Sheet, parsed: &Parsed) -> Vec<String> {
    let known = sheet.columns.iter().map(|column| column.title.to_owned());
    let ours = [LINE_TITLE, REASON_TITLE].map(str::to_owned);
    known.chain(parsed.unknown_columns.iter().cloned()).chain(ours).collect()
}

/// The texts of one row and whether each is in error.
fn cells(row: &Row) -> Vec<(String, bool)> {
    let wrong = |key: &str| row.problems.iter().any(|problem| problem.key == key);
    let known = row.fields.iter().map(|field| (field.original.clone(), wrong(field.key)));
    let unknown = row.unknown.iter().map(|text| (text.clone(), false));
    let reasons: Vec<_> = row.problems.iter().map(|problem| format!("{}：{}", problem.column, problem.rule)).collect();
    known.chain(unknown).chain([(row.line.to_string(), false), (reasons.join("\n"), false)]).collect()
}

fn write_row(page: &mut Worksheet, at: u32, cells: &[(String, bool)]) -> Result<(), XlsxError> {
    for (index, (text, wrong)) in (0u16..).zip(cells) {
        let text = style::cell_text(text);
        if *wrong {
            page.write_string_with_format(at, index, text, &style::wrong())?;
        } else if !text.is_empty() {
            page.write_string_with_format(at, index, text, &style::as_text().set_text_wrap())?;
        }
    }
    Ok(())
}
