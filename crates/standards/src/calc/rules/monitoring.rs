//! Monitoring.

use crate::calc::field::{Field, Kind, LARGEST, choice, dec, flag, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::date::Date;
use crate::monitoring::{
    GasAsked, Limits, PriorityAsked, State, TankAsked, Unit, alarm_priority, evaluate, flammable_alarm,
    open_path_alarm, oxygen_alarm, tank_instruments, toxic_alarm,
};
use crate::problem::Problem;
use crate::tables::{Confidence, RuleRef, Tables};
use alloc::string::ToString;
use rust_decimal::Decimal;
use serde_json::json;

/// The rules of this subject.
pub const RULES: &[Rule] = &[GAS_ALARM, PROCESS, PRIORITY, TANK];

const GAS_ALARM: Rule = Rule {
    name: "gas-alarm",
    title: "气体检测报警设定值与判级",
    title_en: "Gas alarm set points",
    formula: "可燃 25/50 %LEL；有毒 100/200 %OEL（量程不满足时 5/10 %IDLH）；氧 19.5/23.5 %；ppm = mg/m³×24.45/M",
    example: r#"{"gas":"氨","value":"20","unit":"mg/m3"}"#,
    input: &[
        text("gas", "有毒气体名称或分子式").from("gas_limits").optional(),
        dec("value", "浓度", "").optional(),
        choice("unit", "浓度单位", &["mg/m3", "ppm"]).optional(),
        flag("by_idlh", "探测器量程不能满足接触限值，按 IDLH"),
        text("edition", "接触限值版本").optional(),
        dec("flammable_lel_percent", "可燃气体", "%LEL").within(0, 1_000_000).optional(),
        dec("open_path_lel_m", "可燃气体（开路式）", "LEL·m").within(0, 1_000_000).optional(),
        dec("oxygen_percent", "氧气", "%VOL").within(0, 100).optional(),
    ],
    output: &[
        Field { required: false, ..of("alarm", "报警级别", Kind::Integer(0, 2)) },
        dec("set1", "一级（氧：欠氧）设定值", ""),
        dec("set2", "二级（氧：过氧）设定值", ""),
        text("unit", "设定值单位"),
        text("basis", "依据"),
        of("unconfirmed", "未经核实", Kind::Texts),
    ],
    eval: eval_gas,
};

const STATES: &[&str] = &["低低", "低", "正常", "高", "高高"];

const fn limit(name: &'static str, label: &'static str) -> Field {
    dec(name, label, "").within(-LARGEST, LARGEST).optional()
}

const PROCESS: Rule = Rule {
    name: "process-alarm",
    title: "工艺参数报警判定",
    title_en: "Process alarm",
    formula: "值 ≥ 高限、高高限报警；值 < 低限、低低限报警；返回须越过死区",
    example: r#"{"value":80,"h":80,"hh":90}"#,
    input: &[
        dec("value", "测量值", "").within(-LARGEST, LARGEST),
        limit("hh", "高高限"),
        limit("h", "高限"),
        limit("l", "低限"),
        limit("ll", "低低限"),
        limit("range_low", "量程下限"),
        limit("range_high", "量程上限"),
        dec("dead_band_percent", "死区（量程百分比）", "%").within(0, 50).optional(),
        choice("held", "原状态", STATES).optional(),
    ],
    output: &[choice("state", "状态", STATES), of("severity", "严重程度", Kind::Integer(0, 2))],
    eval: eval_process,
};

const PRIORITY: Rule = Rule {
    name: "alarm-priority",
    title: "预警分级",
    title_en: "Urgency of an alarm",
    formula: "按越限等级、后果等级和气体毒性校正系数 β（GB 18218-2018 表3）查分级表，取最急的一行",
    example: r#"{"level":"H","consequence":1,"metric":"cl2"}"#,
    input: &[
        choice("level", "越限等级", &["HH", "H", "L", "LL"]),
        of("consequence", "后果等级（1 重大危险源）", Kind::Integer(1, 3)),
        text("metric", "监测量：气体分子式、名称或其他"),
    ],
    output: &[
        of("priority", "优先级", Kind::Integer(1, 4)),
        text("why", "理由"),
        of("unconfirmed", "未经核实", Kind::Texts),
    ],
    eval: eval_priority,
};

const REQUIREMENT: &[Field] =
    &[text("id", "编号"), text("standard", "标准"), text("clause", "条款"), text("text", "要求")];

const TANK: Rule = Rule {
    name: "tank-instruments",
    title: "储罐监测仪表要求",
    title_en: "Instruments of a tank",
    formula: "按储罐类型、容积、火灾危险类别、毒性与年周转次数列出要求",
    example: r#"{"tank":"压力储罐","volume_m3":1000}"#,
    input: &[
        choice("tank", "储罐类型", &["常压储罐", "低压储罐", "压力储罐", "全冷冻储罐"]),
        dec("volume_m3", "容积", "m³").within(0, 100_000_000),
        choice("class", "火灾危险性类别", &["甲A", "甲B", "乙A", "乙B", "丙A", "丙B"]).optional(),
        dec("turnover", "年周转次数", "次").within(0, 100_000).optional(),
        flag("floating_roof", "浮顶"),
        flag("toxic", "Ⅰ、Ⅱ级毒性液体"),
    ],
    output: &[of("requirements", "要求", Kind::List(REQUIREMENT))],
    eval: eval_tank,
};

fn eval_gas(tables: &Tables, input: &Input) -> Eval {
    let scope = input.scope()?;
    let simple =
        [input.opt_dec("flammable_lel_percent"), input.opt_dec("open_path_lel_m"), input.opt_dec("oxygen_percent")];
    match (input.opt_text("gas"), simple) {
        (Some(gas), [None, None, None]) => {
            let unit = match (input.opt_text("unit"), input.opt_dec("value")) {
                (Some("ppm"), _) => Unit::Ppm,
                (None, Some(_)) => return Err(Problem::field("unit", "须给出浓度单位 mg/m3 或 ppm")),
                _ => Unit::Milligram,
            };
            let asked = GasAsked {
                gas: gas.to_string(),
                value: input.opt_dec("value"),
                unit,
                by_idlh: input.flag("by_idlh"),
                edition: input.opt_text("edition").map(ToString::to_string),
            };
            answer(&toxic_alarm(tables, &asked, scope)?)
        }
        (None, [Some(lel), None, None]) => answer(&flammable_alarm(tables, lel, scope)?),
        (None, [None, Some(path), None]) => answer(&open_path_alarm(tables, path, scope)?),
        (None, [None, None, Some(oxygen)]) => answer(&oxygen_alarm(tables, oxygen, scope)?),
        _ => Err(Problem::field("gas", "请给出 gas、flammable_lel_percent、open_path_lel_m 或 oxygen_percent 之一")),
    }
}

fn eval_process(_: &Tables, input: &Input) -> Eval {
    let limits = Limits {
        hh: input.opt_dec("hh"),
        h: input.opt_dec("h"),
        l: input.opt_dec("l"),
        ll: input.opt_dec("ll"),
        range_low: input.opt_dec("range_low"),
        range_high: input.opt_dec("range_high"),
        dead_band_percent: input.opt_dec("dead_band_percent").unwrap_or(Decimal::ZERO),
        ..Limits::default()
    };
    limits.check()?;
    let held = match input.opt_text("held") {
        Some("低低") => State::LowLow,
        Some("低") => State::Low,
        Some("高") => State::High,
        Some("高高") => State::HighHigh,
        _ => State::Normal,
    };
    let state = evaluate(&limits, input.dec("value")?, held);
    let rule = RuleRef {
        standard: "Anlan 报警判定约定".to_string(),
        clause: "高侧 ≥，低侧 <".to_string(),
        edition: "process-alarm-1".to_string(),
        valid_from: Date::new(2026, 1, 1).unwrap_or(Date::EPOCH),
        valid_to: None,
        region: None,
        confidence: Confidence::FullText,
    };
    Ok(json!({"state": answer(&state)?, "severity": state.severity(), "rule": answer(&rule)?}))
}

fn eval_priority(tables: &Tables, input: &Input) -> Eval {
    let consequence = u8::try_from(input.int("consequence")?).map_err(|_| input.missing("consequence"))?;
    let asked = PriorityAsked { level: input.text("level")?, consequence, metric: input.text("metric")? };
    answer(&alarm_priority(tables, asked, input.scope()?)?)
}

fn eval_tank(tables: &Tables, input: &Input) -> Eval {
    let asked = TankAsked {
        tank: input.text("tank")?.to_string(),
        volume_m3: input.dec("volume_m3")?,
        class: input.opt_text("class").map(ToString::to_string),
        turnover: input.opt_dec("turnover"),
        floating_roof: input.flag("floating_roof"),
        toxic: input.flag("toxic"),
    };
    let (requirements, rule) = tank_instruments(tables, &asked, input.scope()?)?;
    Ok(json!({"requirements": answer(&requirements)?, "rule": answer(&rule)?}))
}
