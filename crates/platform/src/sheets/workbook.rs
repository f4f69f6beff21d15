//! Reading of .xlsx workbooks: size checks before unpacking, then cell by cell.

use std::io::{Cursor, Read};

use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetVisible, Xlsx};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::Unreadable;
use super::grid::{Grid, Raw, broken_workbook};

/// Most bytes one worksheet may unpack to: 100,000 lines of some 30 columns.
const MAX_SHEET_BYTES: u64 = 128 << 20;
/// Most bytes any other part (shared texts, styles, pictures) may unpack to.
const MAX_PART_BYTES: u64 = 64 << 20;
/// Most bytes all parts together may unpack to.
const MAX_TOTAL_BYTES: u64 = 192 << 20;
/// Most parts a workbook may have.
const MAX_PARTS: usize = 2_000;
/// Most worksheets that are looked at for the header.
const MAX_WORKSHEETS: usize = 20;

/// An opened workbook.
pub struct Workbook<'a> {
    inner: Xlsx<Cursor<&'a [u8]>>,
    /// Names of the visible worksheets, in order.
    pub names: Vec<String>,
}

impl<'a> Workbook<'a> {
    /// Checks what the bytes unpack to, then opens them.
    pub fn open(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        check_size(bytes)?;
        let inner: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| broken_workbook())?;
        let visible = inner.sheets_metadata().iter().filter(|sheet| sheet.visible == SheetVisible::Visible);
        let names = visible.map(|sheet| sheet.name.clone()).take(MAX_WORKSHEETS).collect();
        Ok(Self { inner, names })
    }

    /// The filled cells of one worksheet. Values only: formulas are never read, the value a
    /// spreadsheet program last computed is.
    pub fn grid(&mut self, name: &str) -> Result<Grid, Unreadable> {
        let from_1904 = self.inner.has_1904_epoch();
        let mut grid = Grid::of_worksheet(name, from_1904);
        let mut cells = self.inner.worksheet_cells_reader(name).map_err(|_| broken_workbook())?;
        while let Some(cell) = cells.next_cell().map_err(|_| broken_workbook())? {
            let (row, column) = cell.get_position();
            if let Some(raw) = raw(cell.get_value(), from_1904) {
                grid.push(row.saturating_add(1), column as usize, raw)?;
            }
        }
        Ok(grid)
    }
}

fn raw(value: &DataRef<'_>, from_1904: bool) -> Option<Raw> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::SharedString(text) => Raw::Text((*text).to_owned()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Raw::Text(text.clone()),
        DataRef::Int(number) => Raw::Number(*number as f64),
        DataRef::Float(number) => Raw::Number(*number),
        DataRef::DateTime(time) => raw_time(*time, from_1904),
        DataRef::Bool(yes) => Raw::Text(if *yes { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::Error(_) => Raw::Text(Data::from(value.clone()).to_string()),
    })
}

fn raw_time(time: ExcelDateTime, from_1904: bool) -> Raw {
    match day_number(time.as_f64(), from_1904) {
        Some(moment) if time.is_datetime() => Raw::Time(moment),
        _ => Raw::Number(time.as_f64()),
    }
}

/// The moment of a spreadsheet day number: days since 30 December 1899 (from 1 March 1900 on,
/// before which spreadsheet programs count a day that never was) or since 1 January 1904.
pub fn day_number(number: f64, from_1904: bool) -> Option<NaiveDateTime> {
    const LAST: f64 = 2_958_466.0; // 1 January 10000
    let first = if from_1904 { 0.0 } else { 61.0 };
    if !(first..LAST).contains(&number) {
        return None;
    }
    let epoch = if from_1904 { NaiveDate::from_ymd_opt(1904, 1, 1) } else { NaiveDate::from_ymd_opt(1899, 12, 30) };
    let day = epoch?.checked_add_days(Days::new(number as u64))?;
    let seconds = (number.fract() * 86_400.0).round() as i64;
    day.and_time(NaiveTime::MIN).checked_add_signed(chrono::TimeDelta::seconds(seconds))
}

/// Unpacks every part once without keeping it, because the sizes a zip declares may be lies.
fn check_size(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken_workbook())?;
    if archive.len() > MAX_PARTS {
        return Err(too_large());
    }
    let mut total = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| broken_workbook())?;
        let is_sheet = part.name().is_ok_and(|name| name.contains("worksheets/"));
        let allowed = if is_sheet { MAX_SHEET_BYTES } else { MAX_PART_BYTES };
        let size = std::io::copy(&mut part.take(allowed + 1), &mut std::io::sink()).map_err(|_| broken_workbook())?;
        total += size;
        if size > allowed || total > MAX_TOTAL_BYTES {
            return Err(too_large());
        }
    }
    Ok(())
}

fn too_large() -> Unreadable {
    Unreadable::new(format!(
        "工作簿解压后过大（单个工作表上限 {} MB，其余部分各 {} MB）：请删去图片和多余的工作表，或拆成几个文件",
        MAX_SHEET_BYTES >> 20,
        MAX_PART_BYTES >> 20
    ))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn zip_of(name: &str, size: usize) -> Vec<u8> {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        let block = vec![b' '; 1 << 20];
        for _ in 0..size >> 20 {
            archive.write_all(&block).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn a_zip_bomb_is_refused_by_what_it_unpacks_to() {
        let bomb = zip_of("xl/sharedStrings.xml", 65 << 20);
        assert!(bomb.len() < 200_000, "a bomb is small: {}", bomb.len());
        assert_eq!(check_size(&bomb), Err(too_large()));
        assert_eq!(check_size(&zip_of("xl/sharedStrings.xml", 63 << 20)), Ok(()));
    }

    #[test]
    fn day_numbers_follow_both_epochs() {
        let day = |number, epoch| day_number(number, epoch).map(|t| t.to_string());
        assert_eq!(day(46_082.0, false).as_deref(), Some("2026-03-01 00:00:00"));
        assert_eq!(day(44_620.0, true).as_deref(), Some("2026-03-01 00:00:00"));
        assert_eq!(day(46_082.541, false).as_deref(), Some("2026-03-01 12:59:02"));
        assert_eq!(day(60.0, false), None);
        assert_eq!(day(f64::NAN, false), None);
        assert_eq!(day(1e300, false), None);
    }
}
