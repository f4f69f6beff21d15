//! The tables of the model in force at a moment and place, and working days.
use platform::{Ctx, Error, Ms, Placed, Result};
use standards::calendar::Calendar;
use standards::codes::Region;
use standards::credit::{FactRow, ModelRow};
use standards::date::Date;
use standards::tables::{Confidence, Scope};

/// The rule scope of a moment and a place.
pub fn scope(at: Ms, region: &str) -> Scope {
    Scope { on: Date::beijing(at.0), region: Region::parse(region).ok() }
}

/// A row with the edition it stands in.
#[derive(Debug, Clone)]
pub struct Kind {
    /// The row.
    pub row: FactRow,
    /// Edition.
    pub edition: String,
}

/// The kind of fact of a code.
pub fn kind(ctx: &Ctx, code: &str, placed: &Placed) -> Result<Kind> {
    let rules = ctx.app.rules();
    let found = rules.credit_facts.find(scope(ctx.now(), &placed.region), "code", code, |row| row.code.as_str());
    let (table, row) = found.map_err(|problem| Error::invalid("code", problem.title))?;
    Ok(Kind { row: row.clone(), edition: table.edition.clone() })
}

/// The figures of the score and whether they are only an example.
#[derive(Debug, Clone)]
pub struct Model {
    /// Figures.
    pub row: ModelRow,
    /// Edition.
    pub edition: String,
    /// Nobody has adopted it.
    pub example: bool,
    /// Rule set the tables belong to.
    pub rule_set: String,
}

/// The model in force.
pub fn model(ctx: &Ctx, region: &str) -> Result<Model> {
    let rules = ctx.app.rules();
    let table = rules.credit_model.select(scope(ctx.now(), region)).map_err(|p| Error::internal(p.title))?;
    let row = table.rows.first().ok_or_else(|| Error::internal("an edition of the credit model without a row"))?;
    Ok(Model {
        row: row.clone(),
        edition: table.edition.clone(),
        example: table.confidence == Confidence::Unconfirmed,
        rule_set: rules.version.clone(),
    })
}

/// The end of the working day so many working days later. Where the calendar of that year is not
/// published yet the term is twice as many calendar days: never shorter than it would be.
pub fn working_days_later(ctx: &Ctx, from: Ms, count: i32) -> Result<Ms> {
    let day = Date::beijing(from.0).ok_or_else(|| Error::internal("the clock stands outside the calendar"))?;
    let rules = ctx.app.rules();
    let last = Calendar(&rules.calendar).add_workdays(day, count).ok();
    let last = last.or_else(|| day.add_days(i64::from(count) * 2)).and_then(|d| d.add_days(1));
    last.map(|next| Ms(next.beijing_start_ms() - 1)).ok_or_else(|| Error::internal("a term outside the calendar"))
}
