//! Working days and statutory periods.

use crate::calc::field::{Field, Kind, choice, flag, int, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::calendar::{Calendar, deadline};
use crate::date::Date;
use crate::problem::Problem;
use crate::tables::Tables;
use serde_json::{Value, json};

/// The rules of this subject.
pub const RULES: &[Rule] = &[WORKDAYS, DEADLINE];

const UNCONFIRMED: Field = of("unconfirmed", "未经核实", Kind::Texts);

const WORKDAYS: Rule = Rule {
    name: "workdays",
    title: "工作日推算与计数",
    title_en: "Working days",
    formula: "按国务院办公厅节假日安排；起始日不计；计数含首尾两日",
    example: r#"{"from":"2026-02-13","add":7}"#,
    input: &[
        of("from", "起始日期", Kind::Date).optional(),
        of("to", "截止日期", Kind::Date).optional(),
        int("add", "加工作日数（负数向前）", "工作日").within(-5000, 5000).optional(),
        int("year", "年份", "").within(1, 9999).optional(),
    ],
    output: &[of("date", "结果日期", Kind::Date).optional(), int("count", "工作日数", "工作日").optional()],
    eval: workdays,
};

const DEADLINE: Rule = Rule {
    name: "deadline",
    title: "法定期限推算",
    title_en: "Statutory period",
    formula: "起始日不计；按工作日、日、小时、月、年；届满日为休息日时可顺延",
    example: r#"{"rule":"penalty-serve","from":"2026-11-23"}"#,
    input: &[
        text("rule", "期限名称").from("deadlines"),
        of("from", "起算日期或时刻", Kind::Moment),
        flag("rolls", "届满日为休息日时顺延"),
        int("deducted_days", "扣除天数", "日").within(0, 3650).optional(),
    ],
    output: &[
        of("due", "届满", Kind::Moment),
        choice("counted_in", "计算单位", &["小时", "日", "工作日", "月", "年"]),
        int("amount", "期限", "").within(-5000, 5000),
        int("deducted_days", "扣除天数", "日"),
        text("name", "事项"),
        text("starts", "起算点"),
        UNCONFIRMED,
    ],
    eval: due,
};

fn workdays(tables: &Tables, input: &Input) -> Eval {
    let calendar = Calendar(&tables.calendar);
    let (from, to) = (input.opt_date("from"), input.opt_date("to"));
    match (input.opt_int("year"), from, to, input.opt_int("add")) {
        (Some(year), None, None, None) => {
            let year = u16::try_from(year).map_err(|_| input.missing("year"))?;
            let count = calendar.count_year(year).map_err(|p| named(p, "year"))?;
            let first = Date::new(year, 1, 1).ok_or_else(|| input.missing("year"))?;
            counted(count, first, calendar)
        }
        (None, Some(from), Some(to), None) => {
            let count = calendar.count(from, to).map_err(|p| named(p, "to"))?;
            counted(count, to, calendar)
        }
        (None, Some(from), None, Some(add)) => {
            let add = i32::try_from(add).map_err(|_| input.missing("add"))?;
            let date = calendar.add_workdays(from, add).map_err(|p| named(p, "from"))?;
            Ok(json!({"date": date, "rule": answer(&calendar.rule(date)?)?}))
        }
        _ => Err(Problem::field("from", "请给出 from 与 add，或 from 与 to，或 year，三者取一")),
    }
}

fn counted(count: u32, day: Date, calendar: Calendar<'_>) -> Eval {
    Ok(json!({"count": count, "rule": answer(&calendar.rule(day)?)?}))
}

/// The calendar speaks of `date`; the caller knows the field it came from.
fn named(mut problem: Problem, field: &str) -> Problem {
    for error in problem.errors.iter_mut().filter(|e| e.field == "date") {
        error.field = field.into();
    }
    problem
}

fn due(tables: &Tables, input: &Input) -> Eval {
    let deducted = input.opt_count("deducted_days").unwrap_or(0);
    let result =
        deadline(tables, input.text("rule")?, input.moment("from")?, input.opt_flag("rolls"), deducted, input.scope()?);
    let result: Value = answer(&result.map_err(|p| named(p, "from"))?)?;
    Ok(result)
}
