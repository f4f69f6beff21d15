//! Lists out: a workbook or a CSV file that says what it is, who made it and when.

use std::borrow::Cow;

use rust_xlsxwriter::{Workbook, XlsxError};

use super::{Cell, Value, style, text};

/// What stands above the rows of an export.
#[derive(Clone, Debug)]
pub struct Heading<'a> {
    /// Name of the list, in Chinese.
    pub title: &'a str,
    /// Who exported when, and under which filter: the line that makes a leaked file traceable.
    pub watermark: Cow<'a, str>,
    /// Titles of the columns.
    pub columns: &'a [&'a str],
}

/// An export as .xlsx: title, watermark, frozen header with filters, typed cells. Nothing in the data
/// becomes a formula. Reading such a file finds its header below both.
pub fn write<R>(heading: &Heading<'_>, rows: impl IntoIterator<Item = R>) -> Result<Vec<u8>, XlsxError>
where
    R: AsRef<[Cell]>,
{
    const HEADER: u32 = 2;
    let columns = heading.columns.len();
    let mut book = Workbook::new();
    let page = style::worksheet(&mut book, heading.title)?;
    style::banner(page, 0, columns, heading.title, &style::title())?;
    style::banner(page, 1, columns, &heading.watermark, &style::remark())?;
    page.set_row_height(0, 28)?.set_freeze_panes(HEADER + 1, 0)?.set_repeat_rows(HEADER, HEADER)?;
    for (index, title) in (0u16..).zip(heading.columns) {
        page.write_string_with_format(HEADER, index, style::cell_text(title), &style::header())?;
    }
    let mut widths = vec![0; columns];
    style::measure(&mut widths, heading.columns.iter().map(|title| Cow::from(*title)));
    let mut last = HEADER;
    for (at, row) in (HEADER + 1..).zip(rows) {
        last = at;
        if at as usize <= style::MEASURED_ROWS {
            style::measure(&mut widths, row.as_ref().iter().map(|value| shown(value.as_ref())));
        }
        for (index, value) in (0u16..).zip(row.as_ref()) {
            if let Some(value) = value {
                style::write_value(page, at, index, value)?;
            }
        }
    }
    if let Some(right) = u16::try_from(columns).ok().and_then(|columns| columns.checked_sub(1)) {
        page.autofilter(HEADER, 0, last, right)?;
    }
    style::set_widths(page, &widths)?;
    book.save_to_buffer()
}

fn shown(value: Option<&Value>) -> Cow<'static, str> {
    value.map(ToString::to_string).unwrap_or_default().into()
}

/// An export as CSV (RFC 4180): UTF-8 with byte order mark so that Excel reads Chinese, the watermark
/// as first line, and an apostrophe in front of text that might be taken for a formula. Numbers
/// stay numbers, negative ones too.
pub fn write_csv<R>(heading: &Heading<'_>, rows: impl IntoIterator<Item = R>) -> Result<Vec<u8>, csv::Error>
where
    R: AsRef<[Cell]>,
{
    let mut out =
        csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(Vec::from("\u{FEFF}"));
    out.write_record([text::guard(&format!("{}　{}", heading.title, heading.watermark)).as_ref()])?;
    out.write_record(heading.columns.iter().map(|title| text::guard(title).into_owned()))?;
    for row in rows {
        out.write_record(row.as_ref().iter().map(|value| match value {
            Some(Value::Text(text)) => text::guard(text).into_owned(),
            other => shown(other.as_ref()).into_owned(),
        }))?;
    }
    out.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}
