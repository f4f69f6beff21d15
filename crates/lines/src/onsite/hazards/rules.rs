//! The figures hazards are held to (a dated table, marked as an example), and the criteria a finding
//! may name: the lists of major dangers and the check templates of this line.
use super::super::checks;
use platform::{Ctx, Error, Ms, Result};
use serde::{Deserialize, Serialize};
use standards::calendar::Calendar;
use standards::codes::Region;
use standards::date::Date;
use standards::enforcement::danger_list;
use standards::tables::{Confidence, Editions, Scope, Tables};
use std::sync::OnceLock;
use utoipa::ToSchema;

/// No step is skipped.
pub const LIFECYCLE: &str = "隐患治理办理规则：发现 → 确认等级 → 下达整改 → 整改 → 复查 → 销号";
/// What must be found, removed, recorded and told.
pub const DUTY: &str = "安全生产法（2021）第四十一条";
/// Five things stand before a major hazard is worked on.
pub const FIVE: &str = "重大事故隐患治理五落实：责任、措施、资金、时限、预案";
/// Who fixed it does not verify it.
pub const VERIFY: &str = "复查回避规则：谁整改的不由谁复查，重大隐患由监管部门或其他单位复查";
/// Photos show this hazard and no other.
pub const PHOTOS: &str = "整改照片规则：须为现场照片，一张照片只能证明一条隐患";

/// One figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Figure {
    id: String,
    value: i64,
    text: String,
}

/// A figure with the rule behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Value.
    pub value: i64,
    /// Rule, clause and edition.
    pub rule: String,
    /// Whether it is an example that nobody has confirmed.
    pub example: bool,
}

fn tables() -> &'static Editions<Figure> {
    static TABLES: OnceLock<Editions<Figure>> = OnceLock::new();
    TABLES.get_or_init(|| serde_json::from_str(include_str!("../data/hazard_limits.json")).unwrap_or_default())
}

/// The figure of this name in force on a day in a region.
pub fn limit(id: &str, at: Ms, region: &str) -> Result<Limit> {
    let scope = Scope { on: Date::beijing(at.0), region: Region::parse(region).ok() };
    let (table, row) = tables()
        .find(scope, "on", id, |r| &r.id)
        .map_err(|_| Error::internal(format!("no hazard limit {id} in force")))?;
    Ok(Limit {
        value: row.value,
        rule: format!("{} {}（{}）", table.standard, table.clause, table.edition),
        example: table.confidence == Confidence::Unconfirmed,
    })
}

/// The last moment of a day in Beijing.
pub fn end_of(day: Date) -> Ms {
    Ms(day.beijing_start_ms() + 86_400_000 - 1)
}

fn day(at: Ms) -> Result<Date> {
    Date::beijing(at.0).ok_or_else(|| Error::invalid("due_on", "日期超出可计算的范围"))
}

/// The end of the day so many working days after a moment. A year without a published calendar is
/// refused, so that nobody is held to a guessed day.
pub fn after_workdays(ctx: &Ctx, field: &'static str, from: Ms, days: i64) -> Result<Ms> {
    let count = i32::try_from(days).map_err(|_| Error::invalid(field, "工作日数过大"))?;
    let rules = ctx.app.rules();
    let due = Calendar(&rules.calendar)
        .add_workdays(day(from)?, count)
        .map_err(|p| Error::invalid(field, format!("{}；可先直接填写截止日期", p.title)))?;
    Ok(end_of(due))
}

/// The end of a day that a person wrote, rolled to the next working day where the calendar is known.
pub fn due_on(ctx: &Ctx, text: &str) -> Result<Ms> {
    let day =
        Date::parse(text).ok_or_else(|| Error::invalid("due_on", format!("“{text}”不是日期，应写作 2026-11-23")))?;
    let rules = ctx.app.rules();
    Ok(end_of(Calendar(&rules.calendar).roll_forward(day).unwrap_or(day)))
}

/// How many working days a moment lies after a due time; calendar days where the year's calendar is
/// not published, which the second value says.
pub fn days_late(ctx: &Ctx, due: Ms, at: Ms) -> Result<(u32, bool)> {
    if at <= due {
        return Ok((0, true));
    }
    let (from, to) = (day(due)?, day(at)?);
    let rules = ctx.app.rules();
    let calendar = Calendar(&rules.calendar);
    let first = from.add_days(1).unwrap_or(from);
    Ok(match calendar.count(first, to) {
        Ok(days) => (days, true),
        Err(_) => (u32::try_from(to.day_number() - from.day_number()).unwrap_or(u32::MAX), false),
    })
}

/// A criterion that a finding may break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HazardClause {
    /// Code to report with: `化工2017/HC-07` or `check/g01`.
    pub code: String,
    /// Standard and clause as cited.
    pub clause: String,
    /// What it says, in short.
    pub text: String,
    /// Industry, special field or check list.
    pub group: String,
    /// Whether breaking it makes the hazard major.
    pub major: bool,
    /// False where the wording has not been checked against the text.
    pub confirmed: bool,
}

/// Lists of major dangers that are searched.
const LISTS: [&str; 3] = ["化工2017", "工贸", "AQ 3067"];

fn of_lists(tables: &Tables, at: Ms) -> Vec<HazardClause> {
    let scope = Scope { on: Date::beijing(at.0), region: None };
    let mut all = vec![];
    for list in LISTS {
        // A list that was not in force then has nothing to offer.
        let Ok((rows, rule)) = danger_list(tables, list, None, scope) else { continue };
        all.extend(rows.into_iter().map(|row| HazardClause {
            code: format!("{list}/{}", row.id),
            clause: format!("{} {}", rule.standard, row.clause),
            text: row.text,
            group: row.group,
            major: true,
            confirmed: row.confirmed,
        }));
    }
    all
}

fn of_checks(tables: &Tables) -> Vec<HazardClause> {
    let items = checks::all(tables).into_iter().flat_map(|sheet| {
        let title = sheet.title;
        sheet.items.into_iter().filter(|item| item.danger.is_none()).map(move |item| (title.clone(), item))
    });
    let clause = |(group, item): (String, checks::CheckItem)| HazardClause {
        code: format!("check/{}", item.key),
        clause: item.clause,
        text: item.text,
        group,
        major: false,
        confirmed: item.confirmed,
    };
    items.map(clause).collect()
}

/// Criteria that contain every word, ordinary ones first.
pub fn clauses(tables: &Tables, at: Ms, words: &str, most: usize) -> Vec<HazardClause> {
    let words: Vec<String> = words.split_whitespace().take(5).map(str::to_lowercase).collect();
    let fits = |c: &HazardClause| {
        let text = format!("{} {} {} {}", c.code, c.clause, c.text, c.group).to_lowercase();
        words.iter().all(|w| text.contains(w))
    };
    of_checks(tables).into_iter().chain(of_lists(tables, at)).filter(fits).take(most).collect()
}

/// The criterion of a code.
pub fn clause(tables: &Tables, at: Ms, code: &str) -> Option<HazardClause> {
    of_checks(tables).into_iter().chain(of_lists(tables, at)).find(|c| c.code == code)
}

/// The criterion that an item of a check list breaks, whether ordinary or of a list of major dangers.
pub fn of_item(tables: &Tables, at: Ms, item: &checks::CheckItem) -> Option<HazardClause> {
    let code = item.danger.clone().unwrap_or_else(|| format!("check/{}", item.key));
    clause(tables, at, &code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ms = Ms(1_795_395_600_000);

    #[test]
    fn figures_are_marked_as_examples_and_dated() {
        let found = limit("extensions", NOW, "990121").unwrap();
        assert_eq!((found.value, found.example), (2, true));
        assert!(limit("extensions", Ms(0), "990121").is_err());
    }

    #[test]
    fn criteria_are_found_by_word_and_code() {
        let tables = Tables::shipped();
        let found = clauses(tables, NOW, "特种作业", 20);
        assert!(found.iter().any(|c| c.code == "工贸/GM-3-2" && c.major), "{found:?}");
        assert_eq!(clause(tables, NOW, "check/g10").map(|c| c.major), Some(false));
        assert!(clause(tables, NOW, "工贸/nothing").is_none());
        assert!(clauses(tables, NOW, "", 20).iter().all(|c| !c.clause.is_empty()));
    }
}
