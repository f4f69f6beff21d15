//! Excel and CSV, in and out: one mechanism for every register and every list.
//!
//! A part describes a table once, as a `const` [`Sheet`] of [`Column`]s, and gets four things:
//! an empty workbook to fill in ([`template`]), a reader that judges every cell ([`read`]), a
//! workbook of the rows in error with their reasons ([`errors_workbook`]) and exports
//! ([`write`], [`write_csv`]). Nothing here knows HTTP, the database or the command line.
//!
//! A file is refused as a whole ([`Unreadable`]) only when no row can be understood. Otherwise
//! each row stands by itself: a bad row never costs a good one.

mod column;
mod errors;
mod export;
mod grid;
mod judge;
mod layout;
mod parsed;
mod read;
mod style;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod workbook;

pub use column::{Column, ColumnKind, Sheet};
pub use errors::errors_workbook;
pub use export::{Heading, write, write_csv};
pub use parsed::{Cell, Field, Parsed, Problem, Row, Unreadable, Value};
pub use read::read;
pub use template::template;

/// Most data rows one import may have. A county has a few thousand enterprises; beyond this a
/// file is split, so that one import stays one reviewable act.
pub const MAX_ROWS: usize = 100_000;
/// Most filled cells one import may have.
pub const MAX_CELLS: usize = 2_000_000;
/// Longest text of one cell, the limit of Excel itself.
pub const MAX_CELL_CHARS: usize = 32_767;
/// A row whose first filled cell begins so is the example of the template: skipped.
pub const EXAMPLE_MARK: &str = "【示例】";
/// A row whose first filled cell begins so explains how to fill in the template: skipped.
pub const RULE_MARK: &str = "【填写说明】";
/// Title of the reason column in a workbook of rows in error; ignored when that workbook is
/// corrected and read again.
pub const REASON_TITLE: &str = "错误原因";
/// Title of the column that tells which line of the first file a row in error came from;
/// ignored on reading.
pub const LINE_TITLE: &str = "原行号";
