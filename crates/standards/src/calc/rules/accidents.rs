//! Accidents.

use crate::accidents::{
    LossItem, RateFigures, Toll, accident_type, asset_loss, fine, level, losses, lost_days, lost_work_value,
    medical_estimate, rates, serious_near_miss,
};
use crate::calc::field::{Field, Kind, choice, dec, flag, int, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::problem::Problem;
use crate::tables::{Scope, Tables};
use alloc::string::ToString;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde_json::json;

/// The rules of this subject.
pub const RULES: &[Rule] = &[LEVEL, NEAR_MISS, FINE, TYPE, RATES, LOST_DAYS, LOSS, ASSET, MEDICAL, LOST_WORK];

const LEVELS: &[&str] = &["特别重大", "重大", "较大", "一般"];
const PERSONS: i64 = 10_000_000;
const DEATHS: Field = int("deaths", "死亡（含下落不明）", "人").within(0, PERSONS);
const SERIOUS: Field = int("serious", "重伤（含急性中毒）", "人").within(0, PERSONS);

const LEVEL: Rule = Rule {
    name: "accident-level",
    title: "生产安全事故等级与时限",
    title_en: "Accident level and clocks",
    formula: "死亡、重伤、直接经济损失三项取最重；以上含本数，以下不含",
    example: r#"{"deaths":3,"serious":0,"loss_yuan":"0"}"#,
    input: &[
        DEATHS.optional(),
        SERIOUS.optional(),
        dec("loss_yuan", "直接经济损失", "元").optional(),
        int("missing", "下落不明", "人").within(0, PERSONS).optional(),
        flag("traffic_or_fire", "道路交通或火灾事故"),
    ],
    output: &[
        choice("level", "等级", LEVELS),
        of("by", "依据的指标", Kind::Texts),
        int("report_within_minutes", "单位负责人报告时限", "min"),
        int("upward_hours_per_level", "逐级上报每级时限", "h"),
        int("province_within_minutes", "同时报省级时限", "min").optional(),
        int("ministry_within_minutes", "省级电话报国家部门时限", "min").optional(),
        text("reported_up_to", "上报至"),
        int("follow_ups_per_day", "每日续报次数（至少）", "次"),
        int("supplement_days", "伤亡变化补报期", "日"),
        text("site_leader", "赶赴现场"),
        text("investigated_by", "调查机关"),
        of("may_be_delegated_to_unit", "可委托事故单位调查", Kind::Flag),
        int("investigation_days", "调查报告期限", "日"),
        int("investigation_extension_days", "最长延期", "日"),
        int("approval_days", "批复期限", "日"),
        int("approval_extension_days", "批复最长延期", "日"),
    ],
    eval: eval_level,
};

const NEAR_MISS: Rule = Rule {
    name: "accident-near-miss",
    title: "较大涉险事故判定",
    title_en: "Serious near miss",
    formula: "涉险≥10 人，或被困、下落不明≥3 人，或疏散≥500 人，或严重污染，或危及重要场所",
    example: r#"{"evacuated":500}"#,
    input: &[
        int("endangered", "涉险", "人").within(0, PERSONS).optional(),
        int("trapped", "被困或下落不明", "人").within(0, PERSONS).optional(),
        int("evacuated", "紧急疏散", "人").within(0, PERSONS).optional(),
        flag("severe_pollution", "严重污染环境"),
        flag("threatens_key_place", "危及重要场所和设施"),
    ],
    output: &[of("reportable", "是否较大涉险事故", Kind::Flag), of("by", "依据", Kind::Texts)],
    eval: eval_near_miss,
};

const FINE: Rule = Rule {
    name: "accident-fine",
    title: "事故罚款幅度",
    title_en: "Fines for an accident",
    formula: "按伤亡与损失最重一档；情节特别严重处二倍以上五倍以下",
    example: r#"{"deaths":3}"#,
    input: &[
        DEATHS.optional(),
        SERIOUS.optional(),
        dec("loss_yuan", "直接经济损失", "元").optional(),
        flag("especially_serious", "情节特别严重、影响特别恶劣"),
        dec("income_yuan", "主要负责人上年收入", "元").optional(),
    ],
    output: &[
        text("step", "档次"),
        choice("level", "等级", LEVELS),
        dec("unit_from_yuan", "单位罚款下限", "元"),
        dec("unit_to_yuan", "单位罚款上限", "元"),
        int("manager_percent", "主要负责人按上年收入", "%"),
        dec("manager_yuan", "主要负责人罚款", "元").optional(),
    ],
    eval: eval_fine,
};

const TYPE: Rule = Rule {
    name: "accident-type",
    title: "事故类型编码",
    title_en: "Accident type code",
    formula: "2026-07-01 前按 GB 6441-1986，之后按 GB 6441-2025（WSA + 1 位 + 4 位）",
    example: r#"{"type":"火灾","on":"2026-07-01"}"#,
    input: &[
        text("type", "事故类型名称或编码").from("gb6441_types"),
        choice("harm", "伤害程度", &["零伤亡", "轻伤", "重伤", "死亡"]).optional(),
        text("industry", "行业小类代码").optional(),
    ],
    output: &[
        text("name", "类型"),
        text("type_code", "类型编码"),
        text("harm_code", "伤害程度编码").optional(),
        text("industry_code", "行业编码").optional(),
        text("maps_to", "2025 版对应（提示，未经核实）").optional(),
    ],
    eval: eval_type,
};

const RATE: &[Field] = &[text("id", "名称"), text("name", "指标"), dec("value", "值", "")];

const RATES: Rule = Rule {
    name: "accident-rates",
    title: "事故统计指标",
    title_en: "Accident rates",
    formula: "系数 × 分子 ÷ 分母，按版本列出可算的全部指标，四舍五入到 6 位小数",
    example: r#"{"deaths":2,"staff":50000,"on":"2026-07-01"}"#,
    input: &[
        dec("deaths", "死亡", "人").optional(),
        dec("serious", "重伤", "人").optional(),
        dec("injured", "受伤总人数", "人").optional(),
        dec("staff", "平均职工人数", "人").optional(),
        dec("hours", "实际总工时", "h").optional(),
        dec("lost_days", "损失工作日", "日").optional(),
        dec("gdp_yuan", "国内生产总值", "元").within(0, 1_000_000_000_000_000).optional(),
        dec("output_t", "产量", "t").optional(),
        dec("output_m3", "产量", "m³").optional(),
    ],
    output: &[of("rates", "指标", Kind::List(RATE))],
    eval: eval_rates,
};

const LOST_DAYS: Rule = Rule {
    name: "lost-workdays",
    title: "损失工作日分级",
    title_en: "Class of lost workdays",
    formula: "1—104 轻伤；105—5999 重伤；6000 死亡或永久性全失能",
    example: r#"{"days":105}"#,
    input: &[int("days", "损失工作日", "日").within(0, 1_000_000)],
    output: &[text("class", "分级"), int("days", "计入日数", "日")],
    eval: eval_lost_days,
};

const ITEM: &[Field] = &[text("id", "项目").from("gb6721_items"), dec("wan", "金额", "万元").within(0, 10_000_000_000)];
const GROUP: &[Field] = &[text("group", "组别"), dec("wan", "金额", "万元")];

const LOSS: Rule = Rule {
    name: "accident-loss",
    title: "事故经济损失",
    title_en: "Economic losses of an accident",
    formula: "Ed = Ed1 + … + Ed5；罚款与政府、社会支付的救援费用计入间接损失",
    example: r#"{"items":[{"id":"medical","wan":12},{"id":"fines","wan":30}]}"#,
    input: &[
        of("items", "损失项目", Kind::List(ITEM)),
        dec("staff", "平均职工人数", "人").optional(),
        dec("output_wan", "产值", "万元").optional(),
    ],
    output: &[
        dec("direct_wan", "直接经济损失", "万元"),
        dec("indirect_wan", "间接经济损失", "万元"),
        dec("total_wan", "合计", "万元"),
        of("groups", "分组", Kind::List(GROUP)),
        dec("per_thousand_staff_wan", "千人经济损失", "万元").optional(),
        dec("per_million_output_wan", "百万元产值经济损失", "万元").optional(),
        dec("per_hundred_million_output_wan", "亿元产值经济损失", "万元").optional(),
    ],
    eval: eval_loss,
};

const ASSET: Rule = Rule {
    name: "asset-loss",
    title: "固定资产损失",
    title_en: "Loss of a fixed asset",
    formula: "报废：重置价值 × 成新率 − 残值；修复费高于此值按报废",
    example: r#"{"replacement_wan":100,"newness":"0.6","residual_wan":5}"#,
    input: &[
        dec("replacement_wan", "重置价值", "万元"),
        dec("newness", "成新率（0—1）", ""),
        dec("residual_wan", "残值", "万元"),
        dec("repair_wan", "修复费用", "万元").optional(),
    ],
    output: &[dec("loss_wan", "损失", "万元"), choice("as", "按", &["修复", "报废"])],
    eval: eval_asset,
};

const MEDICAL: Rule = Rule {
    name: "medical-estimate",
    title: "医疗费用估算",
    title_en: "Estimate of medical cost",
    formula: "M = Mb + Mb/P × Dc，Dc ≤ 365",
    example: r#"{"so_far_wan":6,"days":30,"days_to_come":60}"#,
    input: &[
        dec("so_far_wan", "已支出医疗费", "万元"),
        dec("days", "事故后天数 P", "日").within(0, 100_000),
        dec("days_to_come", "延续医疗天数 Dc", "日").within(0, 100_000),
    ],
    output: &[dec("wan", "医疗费用", "万元")],
    eval: eval_medical,
};

const LOST_WORK: Rule = Rule {
    name: "lost-work-value",
    title: "工作损失价值",
    title_en: "Value of lost work",
    formula: "Vw = DL × M ÷ (S × D)",
    example: r#"{"lost_days":6000,"profit_wan":2500,"staff":500,"workdays":248}"#,
    input: &[
        dec("lost_days", "损失工作日 DL", "日"),
        dec("profit_wan", "上年利税 M", "万元"),
        dec("staff", "平均职工人数 S", "人"),
        dec("workdays", "法定工作日数 D", "日").within(1, 366),
    ],
    output: &[dec("wan", "工作损失价值", "万元")],
    eval: eval_lost_work,
};

fn toll(input: &Input) -> Result<Toll, Problem> {
    let given =
        ["deaths", "serious", "loss_yuan"].iter().any(|n| input.opt_int(n).is_some() || input.opt_dec(n).is_some());
    if !given && input.opt_count("missing").is_none() {
        return Err(Problem::field("deaths", "至少给出死亡、重伤、直接经济损失之一"));
    }
    let missing = input.opt_count("missing").unwrap_or(0);
    Ok(Toll {
        deaths: input.opt_count("deaths").unwrap_or(0).saturating_add(missing),
        serious: input.opt_count("serious").unwrap_or(0),
        loss_yuan: input.opt_dec("loss_yuan").unwrap_or(Decimal::ZERO),
    })
}

fn eval_level(tables: &Tables, input: &Input) -> Eval {
    answer(&level(tables, toll(input)?, input.flag("traffic_or_fire"), input.scope()?)?)
}

fn eval_near_miss(tables: &Tables, input: &Input) -> Eval {
    let counts = ["endangered", "trapped", "evacuated"].map(|n| input.opt_count(n).unwrap_or(0));
    let (by, rule) = serious_near_miss(
        tables,
        counts,
        input.flag("severe_pollution"),
        input.flag("threatens_key_place"),
        input.scope()?,
    )?;
    Ok(json!({"reportable": !by.is_empty(), "by": by, "rule": answer(&rule)?}))
}

fn eval_fine(tables: &Tables, input: &Input) -> Eval {
    answer(&fine(tables, toll(input)?, input.flag("especially_serious"), input.opt_dec("income_yuan"), input.scope()?)?)
}

fn eval_type(tables: &Tables, input: &Input) -> Eval {
    let on =
        input.opt_date("on").ok_or_else(|| Problem::field("on", "须给出事故日期：2026-07-01 前后适用的标准不同"))?;
    answer(&accident_type(tables, input.text("type")?, input.opt_text("harm"), input.opt_text("industry"), on)?)
}

fn eval_rates(tables: &Tables, input: &Input) -> Eval {
    let figures = RateFigures {
        deaths: input.opt_dec("deaths"),
        serious: input.opt_dec("serious"),
        injured: input.opt_dec("injured"),
        staff: input.opt_dec("staff"),
        hours: input.opt_dec("hours"),
        lost_days: input.opt_dec("lost_days"),
        gdp_yuan: input.opt_dec("gdp_yuan"),
        output_t: input.opt_dec("output_t"),
        output_m3: input.opt_dec("output_m3"),
    };
    answer(&rates(tables, figures, input.opt_date("on"))?)
}

fn eval_lost_days(tables: &Tables, input: &Input) -> Eval {
    answer(&lost_days(tables, input.count("days")?, input.opt_date("on"))?)
}

fn eval_loss(tables: &Tables, input: &Input) -> Eval {
    let item = |i: &Input| Ok(LossItem { id: i.text("id")?.to_string(), wan: i.dec("wan")? });
    let items = input.list("items").iter().map(item).collect::<Result<Vec<_>, _>>()?;
    if items.is_empty() {
        return Err(Problem::field("items", "至少填写一项损失"));
    }
    answer(&losses(tables, &items, input.opt_dec("staff"), input.opt_dec("output_wan"), input.opt_date("on"))?)
}

/// The formulas of GB 6721-2025 have no table of their own; their reference is that of the items.
fn loss_rule(tables: &Tables, input: &Input, clause: &str) -> Eval {
    let scope = Scope { on: input.opt_date("on"), region: None };
    answer(&tables.gb6721_items.select(scope)?.rule().at(clause))
}

fn eval_asset(tables: &Tables, input: &Input) -> Eval {
    let loss = asset_loss(
        input.dec("replacement_wan")?,
        input.dec("newness")?,
        input.dec("residual_wan")?,
        input.opt_dec("repair_wan"),
    )?;
    Ok(json!({"loss_wan": loss.loss_wan, "as": loss.treated_as, "rule": loss_rule(tables, input, "固定资产损失")?}))
}

fn eval_medical(tables: &Tables, input: &Input) -> Eval {
    let wan = medical_estimate(input.dec("so_far_wan")?, input.dec("days")?, input.dec("days_to_come")?)?;
    Ok(json!({"wan": wan, "rule": loss_rule(tables, input, "医疗费用")?}))
}

fn eval_lost_work(tables: &Tables, input: &Input) -> Eval {
    let wan = lost_work_value(
        input.dec("lost_days")?,
        input.dec("profit_wan")?,
        input.dec("staff")?,
        input.dec("workdays")?,
    )?;
    Ok(json!({"wan": wan, "rule": loss_rule(tables, input, "工作损失价值")?}))
}
