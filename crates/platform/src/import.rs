//! Imports: judge every row against the sheet and the register, keep what is right, report the rest.
use crate::app::App;
use crate::args;
use crate::auth::Org;
use crate::ctx::Ctx;
use crate::db::sql;
use crate::error::{Error, Result};
use crate::files;
use crate::part::{Import, ImportMode, Part};
use crate::sheets::{self, Parsed, Problem, Row};
use events::platform::ImportApplied;
use serde::Serialize;
use std::collections::HashMap;
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use uuid::Uuid;

/// Problems reported in the answer; the errors workbook holds all of them.
const SHOWN: usize = 200;
/// A large workbook takes hundreds of megabytes while it is read: one at a time.
static READING: Semaphore = Semaphore::const_new(1);

/// One file on its way in.
pub struct Run {
    /// Id.
    pub id: Uuid,
    /// Digest of the file.
    pub digest: String,
    /// File name.
    pub name: String,
    /// Part.
    pub part: &'static Part,
    /// Kind of import.
    pub import: &'static Import,
}

/// One problem of one cell.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellProblem {
    /// Line in the file.
    pub row: u32,
    /// Column title.
    pub field: String,
    /// Value as given.
    pub value: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// What came of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// Run.
    pub id: Uuid,
    /// Rows with data.
    pub rows: usize,
    /// Rows without a problem.
    pub valid: usize,
    /// Rows written by this call.
    pub applied: usize,
    /// The first problems.
    pub errors: Vec<CellProblem>,
    /// Columns of the file that are not known and were left out.
    pub unknown_columns: Vec<String>,
}

/// The part and import of a kind.
pub fn find(app: &App, kind: &str) -> Option<(&'static Part, &'static Import)> {
    app.parts().iter().find_map(|p| p.imports.iter().find(|i| i.kind == kind).map(|i| (*p, i)))
}

/// Reads the file by its sheet, away from the threads that answer requests.
async fn read(run: &Run, bytes: &[u8]) -> Result<Parsed> {
    let _permit = READING.acquire().await.map_err(Error::internal)?;
    let (sheet, bytes, name) = (run.import.sheet, bytes.to_vec(), run.name.clone());
    tokio::task::spawn_blocking(move || sheets::read(sheet, &bytes, &name))
        .await
        .map_err(Error::internal)?
        .map_err(|e| Error::invalid("file", e.0))
}

/// Reads the file and judges each row against sheet and register, without writing.
async fn judge(ctx: &Ctx, run: &Run, bytes: &[u8]) -> Result<Parsed> {
    let mut parsed = read(run, bytes).await?;
    for row in &mut parsed.rows {
        if row.problems.is_empty()
            && let Err(error) = (run.import.row)(ctx.clone(), row.clone(), ImportMode::Check).await
        {
            blame(run.import, row, error)?;
        }
    }
    Ok(parsed)
}

/// Puts a register's refusal beside the cell it is about.
fn blame(import: &Import, row: &mut Row, error: Error) -> Result<()> {
    let refusals = match error {
        Error::Internal(text) => return Err(Error::Internal(text)),
        Error::Invalid(fields) => fields.into_iter().map(|f| (f.field, f.message)).collect(),
        other => vec![(String::new(), other.to_string())],
    };
    for (field, message) in refusals {
        let column = import.sheet.column(&field).or_else(|| import.sheet.columns.first());
        if let Some(column) = column {
            row.refuse(column, message);
        }
    }
    Ok(())
}

/// Dry run or real run; a real run writes the good rows and leaves the bad ones in the report.
pub async fn execute(ctx: &Ctx, run: &Run, bytes: &[u8], apply: bool) -> Result<Report> {
    // Every row is a write of its own; the caller's submission key belongs to the run as a whole.
    let rows_ctx = ctx.without_once();
    let mut parsed = judge(&rows_ctx, run, bytes).await?;
    let mut applied = 0;
    if apply {
        let mode = ImportMode::Apply { file: run.name.clone() };
        for row in parsed.rows.iter_mut().filter(|r| r.problems.is_empty()) {
            match (run.import.row)(rows_ctx.clone(), row.clone(), mode.clone()).await {
                Ok(()) => applied += 1,
                Err(error) => blame(run.import, row, error)?,
            }
        }
    }
    let report = Report {
        id: run.id,
        rows: parsed.rows.len(),
        valid: parsed.good().count(),
        applied,
        errors: parsed
            .problems()
            .take(SHOWN)
            .map(|p| CellProblem {
                row: p.line,
                field: p.column.clone(),
                value: p.value.clone(),
                message: p.rule.clone(),
            })
            .collect(),
        unknown_columns: parsed.unknown_columns.clone(),
    };
    note(ctx, run, &report, &parsed, apply).await?;
    Ok(report)
}

/// The rows in error with the problems the run found. They are kept with the run, because judging
/// the file again after it was applied would report every row it wrote as registered already.
pub async fn errors_workbook(ctx: &Ctx, run: &Run, bytes: &[u8]) -> Result<Vec<u8>> {
    let row = ctx.db().one(sql("select problems from import_run where id = $1", args![run.id])).await?;
    let problems: Vec<Problem> = row.json("problems")?;
    let mut by_line: HashMap<u32, Vec<Problem>> = HashMap::new();
    for problem in problems {
        by_line.entry(problem.line).or_default().push(problem);
    }
    let mut parsed = read(run, bytes).await?;
    for row in &mut parsed.rows {
        row.problems = by_line.remove(&row.line).unwrap_or_default();
    }
    let sheet = run.import.sheet;
    tokio::task::spawn_blocking(move || sheets::errors_workbook(sheet, &parsed))
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)
}

/// Keeps the run for later calls; a run that wrote rows is a fact.
async fn note(ctx: &Ctx, run: &Run, report: &Report, parsed: &Parsed, applied: bool) -> Result<()> {
    let text = serde_json::to_string(report).map_err(Error::internal)?;
    let problems: Vec<&Problem> = parsed.problems().collect();
    let problems = serde_json::to_string(&problems).map_err(Error::internal)?;
    let statement = sql(
        "insert into import_run (id, kind, org, account, digest, name, state, report, problems, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (id) do update set state = excluded.state, report = excluded.report, problems = excluded.problems",
        args![
            run.id, run.import.kind, &ctx.actor.org, ctx.actor.account(), &run.digest, &run.name,
            if applied { "applied" } else { "checked" }, text, problems, ctx.now(),
        ],
    );
    // The operator's command line acts for no organisation; its rows have their own events.
    if !applied || ctx.actor.org.is_empty() {
        let mut tx = ctx.db().begin().await?;
        tx.run(statement).await?;
        return tx.commit().await;
    }
    let file = files::reference(ctx, &run.digest, "import").await?;
    let org = Org::find(ctx.db(), &ctx.actor.org).await?.ok_or(Error::NotFound)?;
    let refused = u32::try_from(report.rows - report.applied.min(report.rows)).unwrap_or(u32::MAX);
    let payload = ImportApplied {
        kind: run.import.kind.into(),
        digest: run.digest.as_str().into(),
        taken: u32::try_from(report.applied).unwrap_or(u32::MAX),
        refused,
    };
    let event = ctx.event(&payload, format!("import/{}", run.id), &org.placed())?.file(file);
    let mut tx = ctx.begin().await?;
    tx.run(statement).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}
