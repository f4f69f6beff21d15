//! Training, drills, equipment, staffing and head counts.

use crate::calc::field::{Field, Kind, dec, flag, int, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::duties::{Duty, DutyRow, StaffingAsked, duties, duty, missing, next_due, staffing};
use crate::problem::Problem;
use crate::tables::{Editions, Tables};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// The rules of this subject.
pub const RULES: &[Rule] = &[TRAINING, DRILL, EQUIPMENT, HEADCOUNT, STAFFING, DUTY_LIST];

const UNCONFIRMED: Field = of("unconfirmed", "未经核实", Kind::Texts);
const ID: Field = text("id", "名称（可用 duty-list 查询）");
const WHO: Field = text("who", "对象");
const WHAT: Field = text("what", "事项");

const TRAINING: Rule = Rule {
    name: "training-hours",
    title: "安全培训学时",
    title_en: "Training hours",
    formula: "应培训学时 − 已完成学时",
    example: r#"{"id":"manager-initial-high","done_hours":40}"#,
    input: &[ID.from("training"), dec("done_hours", "已完成", "学时").within(0, 100_000).optional()],
    output: &[WHO, WHAT, dec("hours", "应培训", "学时"), dec("missing_hours", "尚缺", "学时").optional(), UNCONFIRMED],
    eval: eval_training,
};

const DRILL: Rule = Rule {
    name: "drill-interval",
    title: "应急演练周期",
    title_en: "Drill interval",
    formula: "上次演练日期 + 周期",
    example: r#"{"id":"high-any","last":"2026-03-31"}"#,
    input: &[ID.from("drills"), of("last", "上次演练", Kind::Date).optional()],
    output: &[WHO, WHAT, dec("months", "周期", "月"), of("next", "最迟", Kind::Date).optional(), UNCONFIRMED],
    eval: eval_drill,
};

const EQUIPMENT: Rule = Rule {
    name: "equipment-inspection",
    title: "特种设备检验周期",
    title_en: "Inspection period of special equipment",
    formula: "上次检验日期 + 周期；届满 1 个月前申请",
    example: r#"{"id":"vessel-first","last":"2024-01-31"}"#,
    input: &[ID.from("equipment"), of("last", "上次检验或投用", Kind::Date).optional()],
    output: &[
        WHO,
        WHAT,
        dec("months", "周期", "月"),
        of("next", "下次检验", Kind::Date).optional(),
        of("request_by", "申请期限", Kind::Date).optional(),
        UNCONFIRMED,
    ],
    eval: eval_equipment,
};

const HEADCOUNT: Rule = Rule {
    name: "headcount",
    title: "危险场所人数上限",
    title_en: "Head-count limit",
    formula: "在场人数 > 上限即超员",
    example: r#"{"id":"chem-high-risk","present":4,"region":"370900000"}"#,
    input: &[ID.from("headcounts"), int("present", "在场人数", "人").within(0, 1_000_000).optional()],
    output: &[WHO, WHAT, dec("limit", "上限", "人"), flag("over", "超员"), UNCONFIRMED],
    eval: eval_headcount,
};

const REQUIRED: &[Field] = &[
    text("what", "要求"),
    int("persons", "人数", "人").optional(),
    text("basis", "依据"),
    of("confirmed", "已核实", Kind::Flag),
];

const STAFFING: Rule = Rule {
    name: "staffing",
    title: "安全管理人员配备",
    title_en: "Safety staff",
    formula: "高危或超过 100 人设机构或配专职；危化企业 2%；注册安全工程师 15%（向上取整）",
    example: r#"{"staff":320,"high_risk":true,"chemical":true,"safety_staff":8}"#,
    input: &[
        int("staff", "从业人员", "人").within(0, 100_000_000),
        flag("high_risk", "高危行业"),
        flag("chemical", "危险化学品企业"),
        int("safety_staff", "安全管理人员", "人").within(0, 1_000_000).optional(),
    ],
    output: &[of("required", "要求", Kind::List(REQUIRED)), UNCONFIRMED],
    eval: eval_staffing,
};

const SUBJECTS: &[&str] = &["培训学时", "演练周期", "特种设备检验", "人数上限", "人员配备"];
const DUTY: &[Field] = &[
    text("id", "名称"),
    WHO,
    WHAT,
    dec("amount", "数值", ""),
    text("unit", "单位"),
    UNCONFIRMED,
    of("rule", "依据", Kind::Object(DUTY_RULE)),
];
const DUTY_RULE: &[Field] = &[
    text("standard", "标准"),
    text("clause", "条款"),
    text("edition", "版本"),
    of("valid_from", "施行日期", Kind::Date),
    of("valid_to", "失效日期", Kind::Date).optional(),
    text("region", "适用地区").optional(),
    text("confidence", "核实程度"),
];

const DUTY_LIST: Rule = Rule {
    name: "duty-list",
    title: "培训、演练、设备、人员要求清单",
    title_en: "List of duties",
    formula: "列出当地当日施行的要求，地方规定优先",
    example: r#"{"subject":"演练周期","region":"37"}"#,
    input: &[of("subject", "类别", Kind::Choice(SUBJECTS))],
    output: &[of("duties", "要求", Kind::List(DUTY))],
    eval: eval_list,
};

fn found(editions: &Editions<DutyRow>, input: &Input) -> Result<Duty, Problem> {
    duty(editions, input.text("id")?, input.scope()?)
}

fn out(duty: &Duty, mut more: Value) -> Eval {
    if let Some(map) = more.as_object_mut() {
        map.insert("who".into(), duty.who.clone().into());
        map.insert("what".into(), duty.what.clone().into());
        map.insert("unconfirmed".into(), answer(&duty.unconfirmed)?);
        map.insert("rule".into(), answer(&duty.rule)?);
    }
    Ok(more)
}

fn eval_training(tables: &Tables, input: &Input) -> Eval {
    let duty = found(&tables.training, input)?;
    let missing = input.opt_dec("done_hours").map(|done| missing(&duty, done));
    out(&duty, json!({"hours": duty.amount, "missing_hours": missing}))
}

fn eval_drill(tables: &Tables, input: &Input) -> Eval {
    let duty = found(&tables.drills, input)?;
    let next = input.opt_date("last").map(|last| next_due(&duty, last)).transpose()?;
    out(&duty, json!({"months": duty.amount, "next": next}))
}

fn eval_equipment(tables: &Tables, input: &Input) -> Eval {
    let duty = found(&tables.equipment, input)?;
    let next = input.opt_date("last").map(|last| next_due(&duty, last)).transpose()?;
    out(&duty, json!({"months": duty.amount, "next": next, "request_by": next.and_then(|d| d.add_months(-1))}))
}

fn eval_headcount(tables: &Tables, input: &Input) -> Eval {
    let duty = found(&tables.headcounts, input)?;
    let over = input.opt_count("present").map(|n| Decimal::from(n) > duty.amount);
    out(&duty, json!({"limit": duty.amount, "over": over}))
}

fn eval_staffing(tables: &Tables, input: &Input) -> Eval {
    let asked = StaffingAsked {
        staff: input.count("staff")?,
        high_risk: input.flag("high_risk"),
        chemical: input.flag("chemical"),
        safety_staff: input.opt_count("safety_staff"),
    };
    answer(&staffing(tables, asked, input.scope()?)?)
}

fn eval_list(tables: &Tables, input: &Input) -> Eval {
    let editions = match input.text("subject")? {
        "培训学时" => &tables.training,
        "演练周期" => &tables.drills,
        "特种设备检验" => &tables.equipment,
        "人数上限" => &tables.headcounts,
        _ => &tables.staffing,
    };
    let scope = input.scope()?;
    let rule = editions.select(scope).or_else(|p| editions.0.first().ok_or(p))?.rule();
    Ok(json!({"duties": answer(&duties(editions, scope))?, "rule": answer(&rule)?}))
}
