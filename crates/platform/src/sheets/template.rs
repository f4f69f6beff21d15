//! The empty workbook people fill in.

use rust_xlsxwriter::{DataValidation, DataValidationRule, Formula, Workbook, Worksheet, XlsxError};

use super::text::{column_letters, display_width};
use super::{Column, ColumnKind, EXAMPLE_MARK, MAX_ROWS, RULE_MARK, Sheet, style};

/// Name of the hidden worksheet that holds lists too long for a cell rule.
const LISTS: &str = "选项";
/// Longest list, in characters, that Excel accepts inside a cell rule.
const MAX_INLINE_LIST: usize = 255;
/// First line, counted from 0, that people fill in: below title, header, rules and example.
const FIRST_ROW: u32 = 4;

/// The import template: title, header, one line of rules, one example (both are skipped on
/// reading), drop-down lists and number limits on the cells to fill in.
pub fn template(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let page = style::worksheet(&mut book, sheet.title)?;
    page.set_freeze_panes(2, 1)?;
    style::banner(
        page,
        0,
        sheet.columns.len(),
        &format!("{}导入模板（带 * 的列必填；从第 {} 行起填写）", sheet.title, FIRST_ROW + 1),
        &style::title(),
    )?;
    page.set_row_height(0, 28)?;
    let mut widths = Vec::new();
    for (index, column) in (0u16..).zip(sheet.columns) {
        widths.push(heading(page, index, column)?);
        page.set_column_format(index, &style::as_text())?;
        if let Some(rule) = cell_rule(column, index) {
            page.add_data_validation(FIRST_ROW, index, FIRST_ROW + MAX_ROWS as u32 - 1, index, &rule?)?;
        }
    }
    style::set_widths(page, &widths)?;
    let rules = sheet.columns.iter().map(|column| display_width(&explained(column)));
    let lines = rules.zip(&widths).map(|(rule, width)| rule.div_ceil(style::width(*width))).max().unwrap_or(1);
    style::set_lines(page, 2, lines)?;
    lists(&mut book, sheet)?;
    book.save_to_buffer()
}

/// Header, rule and example of one column; returns how wide it wants to be.
fn heading(page: &mut Worksheet, index: u16, column: &Column) -> Result<usize, XlsxError> {
    let title = if column.required { format!("{}*", column.title) } else { column.title.to_owned() };
    let mark = |mark: &'static str| if index == 0 { mark } else { "" };
    let rule = format!("{}{}", mark(RULE_MARK), explained(column));
    let example = format!("{}{}", mark(EXAMPLE_MARK), column.example);
    page.write_string_with_format(1, index, &title, &style::header())?;
    page.write_string_with_format(2, index, &rule, &style::remark())?;
    page.write_string_with_format(3, index, &example, &style::remark().set_num_format("@"))?;
    // Rules wrap in their cell, so a third of their length is enough.
    Ok(display_width(&title).max(display_width(&example)).max(display_width(&rule) / 3))
}

fn explained(column: &Column) -> String {
    let need = if column.required { "必填" } else { "选填" };
    format!("{need}。{}", column.rule_text())
}

/// What the spreadsheet program itself should check while people type. It warns early; the
/// reader judges again.
fn cell_rule(column: &Column, index: u16) -> Option<Result<DataValidation, XlsxError>> {
    let rule = DataValidation::new();
    let rule = match column.kind {
        ColumnKind::OneOf(options) if inline(options) => rule.allow_list_strings(options),
        ColumnKind::OneOf(options) => {
            let letters = column_letters(usize::from(index));
            Ok(rule.allow_list_formula(Formula::new(format!("='{LISTS}'!${letters}$1:${letters}${}", options.len()))))
        }
        ColumnKind::Text(max) => {
            Ok(rule.allow_text_length(DataValidationRule::LessThanOrEqualTo(u32::try_from(max).unwrap_or(u32::MAX))))
        }
        // The cells are text so that codes keep their digits; a number rule would refuse the
        // digits people type into them.
        ColumnKind::Int(..) | ColumnKind::Decimal(..) | ColumnKind::Date | ColumnKind::Code(_) => {
            return None;
        }
    };
    let message: String = format!("「{}」：{}", column.title, column.rule_text()).chars().take(200).collect();
    Some(rule.and_then(|rule| rule.set_error_message(message)))
}

fn inline(options: &[&str]) -> bool {
    let length: usize = options.iter().map(|option| option.chars().count() + 1).sum();
    length <= MAX_INLINE_LIST && options.iter().all(|option| !option.contains(','))
}

/// Long lists go to a hidden worksheet, each in the column it belongs to.
fn lists(book: &mut Workbook, sheet: &Sheet) -> Result<(), XlsxError> {
    let long = |column: &Column| match column.kind {
        ColumnKind::OneOf(options) if !inline(options) => Some(options),
        _ => None,
    };
    if sheet.columns.iter().all(|column| long(column).is_none()) {
        return Ok(());
    }
    let page = book.add_worksheet().set_name(LISTS)?;
    page.set_hidden(true);
    for (index, column) in (0u16..).zip(sheet.columns) {
        for (row, option) in (0u32..).zip(long(column).unwrap_or_default()) {
            page.write_string(row, index, *option)?;
        }
    }
    Ok(())
}
