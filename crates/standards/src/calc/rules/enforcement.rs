//! Enforcement.

use crate::calc::field::{Field, Kind, choice, dec, flag, int, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::date::Date;
use crate::enforcement::{
    PlanAsked, PlanItem, PlanUnits, closure, daily_fine, danger_list, fines, frequency, judge, late_surcharge, plan,
};
use crate::problem::Problem;
use crate::tables::Tables;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use serde_json::json;

/// The rules of this subject.
pub const RULES: &[Rule] = &[PLAN, FREQUENCY, FINES, DAILY, SURCHARGE, CLOSURE, DANGER, DANGER_LIST];

const ITEM: &[Field] = &[text("name", "事项"), dec("days", "工作日", "人·日").within(0, 100_000_000)];
const UNITS: &[Field] = &[
    text("name", "对象"),
    flag("key", "重点检查单位"),
    int("count", "家数", "家").within(0, 10_000_000),
    int("visits", "每家次数", "次").within(0, 10_000),
    dec("days_per_visit", "每次工作日", "人·日").within(0, 100_000),
];
const SHARE: &[Field] = &[dec("days", "工作日", "人·日"), dec("percent", "占比", "%")];
const ALLOCATION: &[Field] =
    &[text("name", "对象"), of("key", "重点", Kind::Flag), dec("visits", "次数", "次"), dec("days", "工作日", "人·日")];

const PLAN: Rule = Rule {
    name: "plan-days",
    title: "年度监督检查计划工作日",
    title_en: "Days of the yearly inspection plan",
    formula: "总法定工作日 = 每人法定工作日 × 人数；监督检查工作日 = 总 − 其他执法 − 非执法",
    example: r#"{"officers":8,"legal_days":248,"other":[{"name":"其他执法","days":1035}],"non":[{"name":"非执法","days":535}]}"#,
    input: &[
        int("officers", "执法人员", "人").within(0, 1_000_000),
        dec("legal_days", "每人法定工作日", "日").within(0, 366).optional(),
        int("year", "年份（由日历推算工作日）", "").within(1, 9999).optional(),
        of("other", "其他执法工作日", Kind::List(ITEM)).optional(),
        of("non", "非执法工作日", Kind::List(ITEM)).optional(),
        of("units", "检查对象", Kind::List(UNITS)).optional(),
    ],
    output: &[
        dec("legal_days", "每人法定工作日", "日"),
        dec("total", "总法定工作日", "人·日"),
        of("other", "其他执法", Kind::Object(SHARE)),
        of("non", "非执法", Kind::Object(SHARE)),
        of("inspection", "监督检查", Kind::Object(SHARE)),
        of("allocation", "分配", Kind::List(ALLOCATION)),
        dec("key_days", "重点检查", "人·日"),
        dec("general_days", "一般检查", "人·日"),
        dec("left", "未分配", "人·日"),
    ],
    eval: eval_plan,
};

const FREQUENCY: Rule = Rule {
    name: "inspection-frequency",
    title: "监督检查频次",
    title_en: "Supervision frequency",
    formula: "按地方规定的风险颜色、信用记录；全国无统一数字",
    example: r#"{"grade":"橙","region":"37"}"#,
    input: &[text("grade", "风险颜色或信用记录").from("inspection_frequency")],
    output: &[
        text("text", "要求"),
        int("per_year", "每年次数", "次").optional(),
        int("interval_months", "间隔", "月").optional(),
        of("unconfirmed", "未经核实", Kind::Texts),
    ],
    eval: eval_frequency,
};

const RANGE: &[Field] = &[dec("from", "下限", "元"), dec("to", "上限", "元")];

const FINES: Rule = Rule {
    name: "wsl-fine",
    title: "安全生产法罚款幅度",
    title_en: "Fines of the Work Safety Law",
    formula: "按条款查首次与逾期未改正的罚款幅度",
    example: r#"{"article":"101","overdue":true}"#,
    input: &[text("article", "条（款用小数点，如 103.2）").from("wsl_fines"), flag("overdue", "逾期未改正或拒不执行")],
    output: &[
        text("article", "条"),
        text("trigger", "情形"),
        text("measure", "措施").optional(),
        of("unit", "单位罚款", Kind::Object(RANGE)).optional(),
        of("person", "人员罚款", Kind::Object(RANGE)).optional(),
    ],
    eval: eval_fines,
};

const DAILY: Rule = Rule {
    name: "daily-fine",
    title: "按日连续处罚",
    title_en: "Day-by-day fine",
    formula: "自责令改正之日的次日起，按原罚款数额按日连续",
    example: r#"{"fine_yuan":50000,"ordered":"2026-11-01","to":"2026-11-11"}"#,
    input: &[dec("fine_yuan", "原罚款", "元"), of("ordered", "责令改正之日", Kind::Date), of("to", "计至", Kind::Date)],
    output: &[int("days", "天数", "日"), dec("total_yuan", "合计", "元")],
    eval: eval_daily,
};

const SURCHARGE: Rule = Rule {
    name: "late-surcharge",
    title: "加处罚款",
    title_en: "Surcharge on a fine paid late",
    formula: "每日 3%，不超过罚款本金；复议、诉讼期间不计",
    example: r#"{"fine_yuan":10000,"days_late":10}"#,
    input: &[
        dec("fine_yuan", "罚款", "元"),
        int("days_late", "逾期天数", "日").within(0, 1_000_000),
        int("suspended_days", "复议、诉讼天数", "日").within(0, 1_000_000).optional(),
    ],
    output: &[dec("surcharge_yuan", "加处罚款", "元")],
    eval: eval_surcharge,
};

const CLOSURE: Rule = Rule {
    name: "closure",
    title: "因重大隐患多次处罚提请关闭",
    title_en: "Closure for repeated penalties",
    formula: "180 日内 3 次或一年内 4 次",
    example: r#"{"penalties":["2026-01-05","2026-03-01","2026-06-30"]}"#,
    input: &[of("penalties", "因重大事故隐患受处罚的日期", Kind::Texts)],
    output: &[
        of("closure", "可提请关闭", Kind::Flag),
        int("within_180_days", "180 日内最多", "次"),
        int("within_year", "一年内最多", "次"),
    ],
    eval: eval_closure,
};

const DANGER_ITEM: &[Field] = &[
    text("id", "编号"),
    text("clause", "条款"),
    text("group", "行业或专项"),
    text("text", "内容摘要"),
    of("confirmed", "已核实", Kind::Flag),
];

const DANGER: Rule = Rule {
    name: "major-danger",
    title: "重大事故隐患判定",
    title_en: "Major hidden danger",
    formula: "符合清单任一项即为重大事故隐患",
    example: r#"{"list":"工贸","items":["GM-3-2"]}"#,
    input: &[choice("list", "清单", LISTS), of("items", "符合的条目编号或条款", Kind::Texts).from("major_dangers")],
    output: &[
        of("major", "是否重大事故隐患", Kind::Flag),
        of("items", "条目", Kind::List(DANGER_ITEM)),
        of("unconfirmed", "未经核实", Kind::Texts),
    ],
    eval: eval_danger,
};

const LISTS: &[&str] = &["工贸", "化工2017", "AQ 3067"];

const DANGER_LIST: Rule = Rule {
    name: "major-danger-list",
    title: "重大事故隐患清单查询",
    title_en: "List of major hidden dangers",
    formula: "按日期取施行的清单，可按文字检索",
    example: r#"{"list":"工贸","search":"有限空间"}"#,
    input: &[choice("list", "清单", LISTS), text("search", "检索词").optional()],
    output: &[of("items", "条目", Kind::List(DANGER_ITEM))],
    eval: eval_danger_list,
};

fn eval_plan(tables: &Tables, input: &Input) -> Eval {
    let item = |i: &Input| Ok(PlanItem { name: i.text("name")?.to_string(), days: i.dec("days")? });
    let units = |i: &Input| {
        Ok(PlanUnits {
            name: i.text("name")?.to_string(),
            key: i.flag("key"),
            count: i.count("count")?,
            visits: i.count("visits")?,
            days_per_visit: i.dec("days_per_visit")?,
        })
    };
    let asked = PlanAsked {
        officers: input.count("officers")?,
        legal_days: input.opt_dec("legal_days"),
        year: input.opt_int("year").and_then(|y| u16::try_from(y).ok()),
        other: input.list("other").iter().map(item).collect::<Result<_, Problem>>()?,
        non: input.list("non").iter().map(item).collect::<Result<_, Problem>>()?,
        units: input.list("units").iter().map(units).collect::<Result<_, Problem>>()?,
    };
    answer(&plan(tables, &asked, input.scope()?)?)
}

fn eval_frequency(tables: &Tables, input: &Input) -> Eval {
    answer(&frequency(tables, input.text("grade")?, input.scope()?)?)
}

fn eval_fines(tables: &Tables, input: &Input) -> Eval {
    answer(&fines(tables, input.text("article")?, input.flag("overdue"), input.scope()?)?)
}

fn eval_daily(tables: &Tables, input: &Input) -> Eval {
    let (days, total, rule) =
        daily_fine(tables, input.dec("fine_yuan")?, input.date("ordered")?, input.date("to")?, input.scope()?)?;
    Ok(json!({"days": days, "total_yuan": total, "rule": answer(&rule)?}))
}

fn eval_surcharge(tables: &Tables, input: &Input) -> Eval {
    let (surcharge, rule) = late_surcharge(
        tables,
        input.dec("fine_yuan")?,
        input.count("days_late")?,
        input.opt_count("suspended_days").unwrap_or(0),
        input.scope()?,
    )?;
    Ok(json!({"surcharge_yuan": surcharge, "rule": answer(&rule)?}))
}

fn eval_closure(tables: &Tables, input: &Input) -> Eval {
    let date = |(i, t): (usize, &alloc::string::String)| {
        Date::parse(t).ok_or_else(|| Problem::field(format!("penalties[{i}]"), "应为有效日期，写作 2026-11-23"))
    };
    let dates = input.texts("penalties").iter().enumerate().map(date).collect::<Result<Vec<_>, _>>()?;
    answer(&closure(tables, &dates, input.scope()?)?)
}

fn eval_danger(tables: &Tables, input: &Input) -> Eval {
    answer(&judge(tables, input.text("list")?, input.texts("items"), input.scope()?)?)
}

fn eval_danger_list(tables: &Tables, input: &Input) -> Eval {
    let (items, rule) = danger_list(tables, input.text("list")?, input.opt_text("search"), input.scope()?)?;
    Ok(json!({"items": answer(&items)?, "rule": answer(&rule)?}))
}
