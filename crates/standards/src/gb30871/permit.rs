//! What a permit must say: how long, who approves, when to sample.

use super::{HeightAsked, height, lift, limit};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Table, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Requirements of one kind and grade.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermitRow {
    /// Kind of work.
    pub kind: String,
    /// Clause.
    pub clause: String,
    /// Grade; none for kinds without grades.
    #[serde(default)]
    pub grade: Option<String>,
    /// Longest validity, h; none where the standard sets no number.
    #[serde(default)]
    pub valid_hours: Option<u32>,
    /// Longest validity in special cases, h.
    #[serde(default)]
    pub valid_hours_special: Option<u32>,
    /// Who countersigns.
    #[serde(default)]
    pub countersign: Option<String>,
    /// Who approves, on site.
    pub approver: String,
    /// What else applies.
    #[serde(default)]
    pub special_rule: Option<String>,
    /// Longest time between sampling and start, min.
    #[serde(default)]
    pub gas_test_minutes: Option<u32>,
    /// Longest break without a new analysis, min.
    #[serde(default)]
    pub gas_break_minutes: Option<u32>,
    /// An analysis every day before the start.
    #[serde(default)]
    pub gas_daily: bool,
    /// Continuous monitoring during the work.
    #[serde(default)]
    pub continuous: bool,
    /// A record of the monitoring at least every so many minutes.
    #[serde(default)]
    pub record_every_minutes: Option<u32>,
    /// A further remark on gas analysis.
    #[serde(default)]
    pub note_gas: Option<String>,
    /// Who holds the three copies.
    pub copies: Vec<String>,
}

/// What is known about the work.
#[derive(Clone, Default, Debug)]
pub struct PermitAsked {
    /// Kind of work.
    pub kind: String,
    /// Grade, where it is known.
    pub grade: Option<String>,
    /// Holiday, day off, night or special circumstances: hot work goes up one grade.
    pub upgrade: bool,
    /// Work at height, m, and its factors.
    pub height: Option<HeightAsked>,
    /// Mass to lift, t.
    pub mass_t: Option<Decimal>,
    /// Minutes since work stopped.
    pub stopped_minutes: Option<u32>,
    /// Minutes between sampling and start.
    pub sampled_minutes: Option<u32>,
    /// Wind, grade.
    pub wind_grade: Option<u32>,
    /// Depth of an excavation, m.
    pub depth_m: Option<Decimal>,
}

/// What the permit must say.
#[derive(Clone, Debug, Serialize)]
pub struct Permit {
    /// Kind of work.
    pub kind: String,
    /// Grade after any upgrade.
    pub grade: Option<String>,
    /// Longest validity, h.
    pub valid_hours: Option<u32>,
    /// Longest validity in special cases, h.
    pub valid_hours_special: Option<u32>,
    /// Longest time between sampling and start, min.
    pub gas_test_minutes: Option<u32>,
    /// Longest break without a new analysis, min.
    pub gas_break_minutes: Option<u32>,
    /// An analysis every day before the start.
    pub gas_daily: bool,
    /// Continuous monitoring.
    pub continuous: bool,
    /// A record at least every so many minutes.
    pub record_every_minutes: Option<u32>,
    /// Whether a new analysis is due after the break given.
    pub reanalyse: Option<bool>,
    /// Whether the sample is fresh enough.
    pub sample_fresh: Option<bool>,
    /// Whether the wind stops the work.
    pub wind_stops: Option<bool>,
    /// Who countersigns.
    pub countersign: Option<String>,
    /// Who approves.
    pub approver: String,
    /// Who holds the copies.
    pub copies: Vec<String>,
    /// What else applies.
    pub notes: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// What a permit must say (GB 30871-2022, chapters 5 to 12 and Annex B; h, min, m, t). The grade of
/// work at height and of lifting follows from height or mass where it is not given. Errors: unknown
/// kind, a grade the kind does not have, no grade where the kind has grades.
pub fn permit(tables: &Tables, asked: &PermitAsked, scope: Scope) -> Result<Permit, Problem> {
    let table = tables.gb30871_permits.select(scope)?;
    let mut notes = Vec::new();
    let grade = grade(tables, table, asked, &mut notes, scope)?;
    let row = table
        .rows
        .iter()
        .find(|r| r.kind == asked.kind && r.grade == grade)
        .ok_or_else(|| wrong_grade(table, asked))?;
    notes.extend(row.special_rule.clone());
    notes.extend(row.note_gas.clone());
    if asked.depth_m.is_some_and(|d| d > Decimal::new(12, 1)) && asked.kind == "动土" {
        notes.push("挖深超过 1.2 m 且可能存在危险介质时，同时执行受限空间作业规定".to_string());
    }
    Ok(Permit {
        kind: row.kind.clone(),
        grade,
        valid_hours: row.valid_hours,
        valid_hours_special: row.valid_hours_special,
        gas_test_minutes: row.gas_test_minutes,
        gas_break_minutes: row.gas_break_minutes,
        gas_daily: row.gas_daily,
        continuous: row.continuous,
        record_every_minutes: row.record_every_minutes,
        reanalyse: asked.stopped_minutes.zip(row.gas_break_minutes).map(|(stopped, longest)| stopped > longest),
        sample_fresh: asked.sampled_minutes.zip(row.gas_test_minutes).map(|(since, longest)| since <= longest),
        wind_stops: wind_stops(tables, asked, scope)?,
        countersign: row.countersign.clone(),
        approver: row.approver.clone(),
        copies: row.copies.clone(),
        notes,
        rule: table.rule().at(&row.clause),
    })
}

fn grade(
    tables: &Tables,
    table: &Table<PermitRow>,
    asked: &PermitAsked,
    notes: &mut Vec<String>,
    scope: Scope,
) -> Result<Option<String>, Problem> {
    if !table.rows.iter().any(|r| r.kind == asked.kind) {
        let mut kinds: Vec<&str> = table.rows.iter().map(|r| r.kind.as_str()).collect();
        kinds.dedup();
        return Err(Problem::field("kind", format!("特殊作业种类应为：{}", kinds.join("、"))).under("GB 30871-2022 3"));
    }
    let found = match (&asked.height, asked.mass_t, asked.kind.as_str()) {
        (Some(h), _, "高处") => Some(height(tables, h, scope)?.grade),
        (_, Some(mass), "吊装") => Some(lift(tables, mass, false, scope)?.grade.to_string()),
        _ => None,
    };
    let given = asked.grade.as_deref().map(spelled);
    if let (Some(given), Some(found)) = (&given, &found)
        && given != found
    {
        return Err(Problem::field("grade", format!("按所给数据应为 {found}，与填写的 {given} 不符")));
    }
    let grade = given.or(found);
    if asked.kind == "动火" && asked.upgrade {
        let raised = match grade.as_deref() {
            Some("二级") => Some("一级"),
            Some("一级" | "特级") => Some("特级"),
            _ => None,
        };
        notes.extend(raised.map(|g| format!("升级管理：按 {g} 动火")));
        return Ok(raised.map(ToString::to_string).or(grade));
    }
    Ok(grade)
}

/// Grades are typed in several ways; the standard's way is `Ⅰ级` and `一级`.
fn spelled(grade: &str) -> String {
    let plain = grade.trim().trim_end_matches('级');
    let word = match plain.to_ascii_uppercase().as_str() {
        "I" | "Ⅰ" => "Ⅰ",
        "II" | "Ⅱ" => "Ⅱ",
        "III" | "Ⅲ" => "Ⅲ",
        "IV" | "Ⅳ" => "Ⅳ",
        _ => plain,
    };
    format!("{word}级")
}

fn wrong_grade(table: &Table<PermitRow>, asked: &PermitAsked) -> Problem {
    let grades: Vec<&str> =
        table.rows.iter().filter(|r| r.kind == asked.kind).filter_map(|r| r.grade.as_deref()).collect();
    let message = if grades.is_empty() {
        format!("{}作业不分级", asked.kind)
    } else {
        format!("{}作业的级别应为：{}", asked.kind, grades.join("、"))
    };
    Problem::field("grade", message).under("GB 30871-2022 附录B")
}

fn wind_stops(tables: &Tables, asked: &PermitAsked, scope: Scope) -> Result<Option<bool>, Problem> {
    let name = match asked.kind.as_str() {
        "动火" => "wind_hot_work",
        "高处" => "wind_height",
        "吊装" => "wind_lift",
        _ => return Ok(None),
    };
    let from = limit(tables, name, scope)?;
    Ok(asked.wind_grade.map(|wind| Decimal::from(wind) >= from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gb30871_3_an_unknown_kind_lists_the_eight() {
        let asked = PermitAsked { kind: "潜水".into(), ..PermitAsked::default() };
        let problem = permit(Tables::shipped(), &asked, Scope::default()).unwrap_err();
        assert_eq!(problem.errors[0].field, "kind");
        assert!(problem.title.contains("动火、受限空间、盲板抽堵、高处、吊装、临时用电、动土、断路"));
    }
}
