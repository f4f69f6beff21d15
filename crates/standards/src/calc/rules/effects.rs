//! Consequence models: effects, source terms and screening.

use super::consequence::{float, opt_float};
use crate::calc::field::{Field, Kind, choice, dec, int, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::consequence::{
    erpg, flash_fraction, hazard_degree, heat_probit, ignition_probability, overpressure_effects, pipe_outflow,
    release_minutes, tank_outflow, thermal_effects, toxic_probit, vce_probability,
};
use crate::tables::{RuleRef, Tables};
use serde_json::json;

/// The rules of this subject.
pub const RULES: &[Rule] = &[TOXIC, HEAT, BLAST, THERMAL, OVERPRESSURE, ERPG, LEAK, FLASH, RELEASE, IGNITION, DEGREE];

const UNCONFIRMED: Field = of("unconfirmed", "未经核实", Kind::Texts);
const PROBIT_OUT: &[Field] = &[
    float("probit", "概率变量 Pr", ""),
    float("probability", "死亡概率", ""),
    float("exposure", "计入的暴露时间", ""),
    UNCONFIRMED,
];

const TOXIC: Rule = Rule {
    name: "toxic-probit",
    title: "毒性死亡概率",
    title_en: "Death by toxic gas",
    formula: "Pr = a + b ln(Cⁿ·t)，t ≤ 30 min；P = ½[1 + erf((Pr−5)/√2)]",
    example: r#"{"substance":"氯","mg_m3":1000,"minutes":30}"#,
    input: &[
        text("substance", "物质").from("probits"),
        dec("mg_m3", "浓度", "mg/m³"),
        dec("minutes", "暴露时间", "min"),
    ],
    output: PROBIT_OUT,
    eval: |tables, input| {
        answer(&toxic_probit(
            tables,
            input.text("substance")?,
            input.float("mg_m3")?,
            input.float("minutes")?,
            input.scope()?,
        )?)
    },
};

const HEAT: Rule = Rule {
    name: "heat-probit",
    title: "热辐射死亡概率",
    title_en: "Death by heat",
    formula: "Pr = −36.38 + 2.56 ln(q^(4/3)·t)，t ≤ 20 s；q ≥ 37.5 kW/m² 概率为 1",
    example: r#"{"kw_m2":"18.4","seconds":20}"#,
    input: &[dec("kw_m2", "热通量", "kW/m²"), dec("seconds", "暴露时间", "s")],
    output: PROBIT_OUT,
    eval: |tables, input| answer(&heat_probit(tables, input.float("kw_m2")?, input.float("seconds")?, input.scope()?)?),
};

const BLAST: Rule = Rule {
    name: "blast-probability",
    title: "蒸气云爆炸超压死亡概率",
    title_en: "Death by blast",
    formula: "≥0.03 MPa 为 1；0.01—0.03 MPa 室外 0、室内 2.5%；≤0.01 MPa 为 0",
    example: r#"{"mpa":"0.02"}"#,
    input: &[dec("mpa", "超压", "MPa")],
    output: &[float("outdoor", "室外", ""), float("indoor", "室内（社会风险）", "")],
    eval: |tables, input| {
        let (outdoor, indoor, rule) = vce_probability(tables, input.float("mpa")?, input.scope()?)?;
        Ok(json!({"outdoor": outdoor, "indoor": indoor, "rule": answer(&rule)?}))
    },
};

const THERMAL_ROW: &[Field] =
    &[dec("kw_m2", "热通量", "kW/m²"), text("equipment", "设备").optional(), text("people", "人员")];

const THERMAL: Rule = Rule {
    name: "thermal-effect",
    title: "热辐射伤害阈值",
    title_en: "Effects of heat",
    formula: "列出达到的各级阈值，重者在前",
    example: r#"{"kw_m2":"12.5"}"#,
    input: &[dec("kw_m2", "热通量", "kW/m²")],
    output: &[of("effects", "影响", Kind::List(THERMAL_ROW))],
    eval: |tables, input| {
        let (effects, rule) = thermal_effects(tables, input.dec("kw_m2")?, input.scope()?)?;
        Ok(json!({"effects": answer(&effects)?, "rule": answer(&rule)?}))
    },
};

const PRESSURE_ROW: &[Field] =
    &[dec("kpa_from", "超压自", "kPa"), dec("kpa_to", "至", "kPa").optional(), text("effect", "影响")];

const OVERPRESSURE: Rule = Rule {
    name: "overpressure-effect",
    title: "超压破坏阈值",
    title_en: "Effects of overpressure",
    formula: "列出达到的各级阈值，轻者在前",
    example: r#"{"kpa":"6.9"}"#,
    input: &[dec("kpa", "超压", "kPa")],
    output: &[of("effects", "影响", Kind::List(PRESSURE_ROW))],
    eval: |tables, input| {
        let (effects, rule) = overpressure_effects(tables, input.dec("kpa")?, input.scope()?)?;
        Ok(json!({"effects": answer(&effects)?, "rule": answer(&rule)?}))
    },
};

const ERPG_ROW: &[Field] = &[
    text("name", "物质"),
    text("unit", "单位"),
    dec("erpg1", "ERPG-1", "").optional(),
    dec("erpg2", "ERPG-2", "").optional(),
    dec("erpg3", "ERPG-3", "").optional(),
];

const ERPG: Rule = Rule {
    name: "erpg",
    title: "应急响应计划指南浓度（ERPG）",
    title_en: "ERPG values",
    formula: "AIHA 2008 数值，已过时；同名多行全部列出",
    example: r#"{"substance":"氨"}"#,
    input: &[text("substance", "物质").from("erpg")],
    output: &[of("values", "数值", Kind::List(ERPG_ROW))],
    eval: |tables, input| {
        let (values, rule) = erpg(tables, input.text("substance")?, input.scope()?)?;
        Ok(json!({"values": answer(&values)?, "rule": answer(&rule)?}))
    },
};

const LEAK: Rule = Rule {
    name: "leak-rate",
    title: "液体泄漏速率",
    title_en: "Liquid outflow",
    formula: "管道 A·C0·√(2ρΔp)；储罐 ρ·A·C0·√(2(Δp/ρ + gh))",
    example: r#"{"area_m2":"0.0005","density":800,"pressure_pa":601325,"ambient_pa":101325,"c0":"0.61"}"#,
    input: &[
        dec("area_m2", "孔面积", "m²"),
        dec("density", "液体密度", "kg/m³"),
        dec("pressure_pa", "介质压力", "Pa"),
        dec("ambient_pa", "环境压力", "Pa"),
        dec("c0", "流量系数", ""),
        dec("head_m", "液位高度（储罐）", "m").optional(),
    ],
    output: &[float("kg_s", "泄漏速率", "kg/s")],
    eval: eval_leak,
};

const FLASH: Rule = Rule {
    name: "flash",
    title: "闪蒸与夹带",
    title_en: "Flash fraction",
    formula: "Fv = Cp(T − Tb)/Hv；Fv ≤ 0.2 时夹带 5Fv，否则全部",
    example: r#"{"cp_kj":"2.4","t_k":298,"boiling_k":231,"hv_kj":426}"#,
    input: &[
        dec("cp_kj", "定压比热", "kJ/(kg·K)"),
        dec("t_k", "储存温度", "K"),
        dec("boiling_k", "常压沸点", "K"),
        dec("hv_kj", "汽化热", "kJ/kg"),
    ],
    output: &[float("flash", "闪蒸分数", ""), float("entrained", "夹带分数", ""), UNCONFIRMED],
    eval: eval_flash,
};

const RELEASE: Rule = Rule {
    name: "release-time",
    title: "泄漏时间",
    title_en: "Release time",
    formula: "min（60 min，存量/速率，表F.2）",
    example: r#"{"hole_mm":25,"detection":"A","isolation":"B"}"#,
    input: &[
        int("hole_mm", "孔径", "mm").within(0, 10_000),
        choice("detection", "检测系统等级", &["A", "B", "C"]),
        choice("isolation", "隔离系统等级", &["A", "B", "C"]),
        dec("inventory_kg", "存量", "kg").optional(),
        dec("rate_kg_s", "泄漏速率", "kg/s").optional(),
    ],
    output: &[float("minutes", "泄漏时间", "min")],
    eval: eval_release,
};

const IGNITION: Rule = Rule {
    name: "ignition",
    title: "立即点火概率",
    title_en: "Immediate ignition",
    formula: "按物质类别与泄漏速率（<10、10—100、>100 kg/s）查表",
    example: r#"{"class":"1类","rate_kg_s":50}"#,
    input: &[
        choice("class", "物质类别", &["0类（中、高活性）", "0类（低活性）", "1类", "2类", "3、4类"]),
        dec("rate_kg_s", "泄漏速率", "kg/s"),
    ],
    output: &[float("probability", "概率", "")],
    eval: |tables, input| {
        let (p, rule) = ignition_probability(tables, input.text("class")?, input.float("rate_kg_s")?, input.scope()?)?;
        Ok(json!({"probability": p, "rule": answer(&rule)?}))
    },
};

const DEGREE: Rule = Rule {
    name: "hazard-degree",
    title: "危险度评价",
    title_en: "Screening of hazard degree",
    formula: "物质、容量、温度、压力、操作五项得分之和：≥16 Ⅰ，11—15 Ⅱ，≤10 Ⅲ",
    example: r#"{"substance":10,"capacity":5,"temperature":0,"pressure":2,"operation":2}"#,
    input: &[
        int("substance", "物质", "分").within(0, 10),
        int("capacity", "容量", "分").within(0, 10),
        int("temperature", "温度", "分").within(0, 10),
        int("pressure", "压力", "分").within(0, 10),
        int("operation", "操作", "分").within(0, 10),
    ],
    output: &[int("sum", "总分", "分"), choice("degree", "危险度", &["Ⅰ", "Ⅱ", "Ⅲ"])],
    eval: eval_degree,
};

/// The formulas of the annexes without a table of their own refer to the standard's parameters.
fn annex(tables: &Tables, input: &Input, clause: &str) -> Result<RuleRef, crate::problem::Problem> {
    let (table, _) = tables.consequence_params.find(input.scope()?, "on", "heat_a", |r| &r.name)?;
    Ok(table.rule().at(clause))
}

fn eval_leak(tables: &Tables, input: &Input) -> Eval {
    let [area, density, pressure, ambient, c0] = [
        input.float("area_m2")?,
        input.float("density")?,
        input.float("pressure_pa")?,
        input.float("ambient_pa")?,
        input.float("c0")?,
    ];
    let rate = match opt_float(input, "head_m") {
        Some(head) => tank_outflow(area, density, pressure, ambient, head, c0)?,
        None => pipe_outflow(area, density, pressure, ambient, c0)?,
    };
    Ok(json!({"kg_s": rate, "rule": answer(&annex(tables, input, "附录E.1 液体泄漏")?)?}))
}

fn eval_flash(tables: &Tables, input: &Input) -> Eval {
    let (flash, entrained) =
        flash_fraction(input.float("cp_kj")?, input.float("t_k")?, input.float("boiling_k")?, input.float("hv_kj")?)?;
    let rule = annex(tables, input, "附录E.2 闪蒸")?.weaker(crate::tables::Confidence::Unconfirmed);
    Ok(
        json!({"flash": flash, "entrained": entrained, "unconfirmed": ["闪蒸公式形式按通行写法，标准印刷单位不一致，未经核实"], "rule": answer(&rule)?}),
    )
}

fn eval_release(tables: &Tables, input: &Input) -> Eval {
    let inventory = match (opt_float(input, "inventory_kg"), opt_float(input, "rate_kg_s")) {
        (None, None) => None,
        (Some(kg), Some(rate)) => Some((kg, rate)),
        (Some(_), None) => return Err(input.missing("rate_kg_s")),
        (None, Some(_)) => return Err(input.missing("inventory_kg")),
    };
    let (minutes, rule) = release_minutes(
        tables,
        input.count("hole_mm")?,
        input.text("detection")?,
        input.text("isolation")?,
        inventory,
        input.scope()?,
    )?;
    Ok(json!({"minutes": minutes, "rule": answer(&rule)?}))
}

fn eval_degree(tables: &Tables, input: &Input) -> Eval {
    let (sum, degree) = hazard_degree([
        input.count("substance")?,
        input.count("capacity")?,
        input.count("temperature")?,
        input.count("pressure")?,
        input.count("operation")?,
    ])?;
    Ok(json!({"sum": sum, "degree": degree, "rule": answer(&annex(tables, input, "附录C 表C.1、C.2")?)?}))
}
