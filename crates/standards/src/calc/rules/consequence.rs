//! Consequence models: explosion, fire and dispersion.

use crate::calc::field::{Field, Kind, choice, dec, flag, int, of};
use crate::calc::{Eval, Input, Rule, answer};
use crate::consequence::{
    PlumeAsked, PointAsked, PoolAsked, PuffAsked, Sun, fireball, plume, point_fire, pool_fire, puff, stability, tnt,
};
use crate::tables::Tables;
use alloc::string::ToString;
use rust_decimal::prelude::ToPrimitive;
use serde_json::json;

/// The rules of this subject.
pub const RULES: &[Rule] = &[TNT, POOL, POINT, FIREBALL, STABILITY, PLUME, PUFF];

const WARNINGS: Field = of("warnings", "说明", Kind::Texts);
const UNCONFIRMED: Field = of("unconfirmed", "未经核实", Kind::Texts);

pub(super) const fn float(name: &'static str, label: &'static str, unit: &'static str) -> Field {
    Field { unit, ..of(name, label, Kind::Float) }
}

pub(super) fn opt_float(input: &Input, name: &str) -> Option<f64> {
    input.opt_dec(name).and_then(|d| d.to_f64())
}

const TNT: Rule = Rule {
    name: "tnt",
    title: "蒸气云爆炸（TNT 当量法）",
    title_en: "Vapour cloud explosion by TNT equivalence",
    formula: "W = 1.8·a·Wf·Qf/Q_TNT；R1 = 13.6(W/1000)^0.37；44、17 kPa 处为重伤、轻伤半径",
    example: r#"{"mass_kg":116000,"heat_mj_kg":"45.636"}"#,
    input: &[
        dec("mass_kg", "可燃物质量", "kg"),
        dec("heat_mj_kg", "燃烧热", "MJ/kg"),
        dec("efficiency", "当量系数 a（默认 0.04）", "").within(0, 1).optional(),
    ],
    output: &[
        float("w_tnt_kg", "TNT 当量", "kg"),
        float("r_death_m", "死亡半径", "m"),
        float("r_serious_m", "重伤半径", "m"),
        float("r_minor_m", "轻伤半径", "m"),
        float("r_property_m", "财产损失半径", "m"),
        WARNINGS,
    ],
    eval: |tables, input| {
        answer(&tnt(
            tables,
            input.float("mass_kg")?,
            input.float("heat_mj_kg")?,
            opt_float(input, "efficiency"),
            input.scope()?,
        )?)
    },
};

const POOL: Rule = Rule {
    name: "pool-fire",
    title: "池火热辐射",
    title_en: "Pool fire",
    formula: "L/D = 42[m/(ρ√(gD))]^0.61；q(r) = q0(1 − 0.058 ln r)F，F 按火焰高度与半径之比（已更正）",
    example: r#"{"area_m2":314,"burning_rate":"0.055","heat_kj_kg":43700,"air_density":"1.2","distance_m":50}"#,
    input: &[
        dec("area_m2", "液池面积", "m²"),
        dec("burning_rate", "燃烧速率", "kg/(m²·s)"),
        dec("heat_kj_kg", "燃烧热", "kJ/kg"),
        dec("air_density", "空气密度", "kg/m³"),
        dec("distance_m", "距池中心", "m").optional(),
        dec("target_kw_m2", "目标热通量", "kW/m²").optional(),
    ],
    output: &[
        float("diameter_m", "液池直径", "m"),
        float("flame_m", "火焰高度", "m"),
        float("surface_kw_m2", "表面热通量", "kW/m²"),
        float("flux_kw_m2", "目标处热通量", "kW/m²").optional(),
        float("distance_m", "目标热通量距离", "m").optional(),
        WARNINGS,
    ],
    eval: eval_pool,
};

const POINT: Rule = Rule {
    name: "pool-fire-point",
    title: "池火热辐射（点源）",
    title_en: "Pool fire as a point source",
    formula: "h = 84r[m/(ρ√(2gr))]^0.61；Q = (πr² + 2πrh)mηH/(72m^0.61 + 1)；I = Q/(4πx²)",
    example: r#"{"radius_m":"29.2","burning_rate":"0.068","heat_kj_kg":43070,"air_density":"1.293","eta":"0.24","flux_kw_m2":"12.5"}"#,
    input: &[
        dec("radius_m", "液池半径", "m"),
        dec("burning_rate", "燃烧速率", "kg/(m²·s)"),
        dec("heat_kj_kg", "燃烧热", "kJ/kg"),
        dec("air_density", "空气密度", "kg/m³"),
        dec("eta", "效率因子（0.13—0.35）", ""),
        dec("flux_kw_m2", "目标热通量", "kW/m²").optional(),
    ],
    output: &[
        float("flame_m", "火焰高度", "m"),
        float("power_w", "总热辐射通量", "W"),
        float("distance_m", "目标热通量距离", "m").optional(),
        WARNINGS,
    ],
    eval: eval_point,
};

const FIREBALL: Rule = Rule {
    name: "fireball",
    title: "沸腾液体扩展蒸气爆炸火球",
    title_en: "BLEVE fireball",
    formula: "R = 2.9W^(1/3)；t = 0.45W^(1/3)；单罐取 50%、双罐 70%、多罐 90%",
    example: r#"{"capacity_kg":340000,"tanks":3}"#,
    input: &[
        dec("capacity_kg", "储罐容量", "kg"),
        int("tanks", "储罐数", "个").within(0, 10_000),
        flag("sphere", "球罐"),
        dec("distance_m", "距离", "m").optional(),
    ],
    output: &[
        float("mass_kg", "火球质量", "kg"),
        float("radius_m", "火球半径", "m"),
        float("seconds", "持续时间", "s"),
        float("surface_kw_m2", "表面热通量", "kW/m²"),
        float("flux_kw_m2", "目标处热通量", "kW/m²").optional(),
        WARNINGS,
        UNCONFIRMED,
    ],
    eval: eval_fireball,
};

const CLASSES: &[&str] = &["A", "A-B", "B", "B-C", "C", "C-D", "D", "E", "F"];

const STABILITY: Rule = Rule {
    name: "stability",
    title: "大气稳定度",
    title_en: "Atmospheric stability",
    formula: "按风速与日照或夜间云量查表",
    example: r#"{"wind_m_s":"3.5","sun":"中等日照"}"#,
    input: &[
        dec("wind_m_s", "风速", "m/s").within(0, 200),
        choice("sun", "日照", &["强日照", "中等日照", "弱日照", "夜间多云", "夜间少云"]),
    ],
    output: &[choice("class", "稳定度", CLASSES), UNCONFIRMED],
    eval: eval_stability,
};

const Y: Field = dec("y_m", "横向距离", "m").optional();
const Z: Field = dec("z_m", "高度", "m").optional();

const PLUME: Rule = Rule {
    name: "plume",
    title: "高斯烟羽扩散",
    title_en: "Gaussian plume",
    formula: "c = Q/(2πuσyσz)·exp(−y²/2σy²)·{exp[−(z−H)²/2σz²] + exp[−(z+H)²/2σz²]}",
    example: r#"{"rate_g_s":80,"wind_m_s":6,"height_m":60,"terrain":"rural","class":"D","x_m":500}"#,
    input: &[
        dec("rate_g_s", "泄漏速率", "g/s"),
        dec("wind_m_s", "风速", "m/s").within(0, 200),
        dec("height_m", "有效源高", "m").within(0, 10_000),
        choice("terrain", "地形", &["rural", "urban"]),
        choice("class", "稳定度", &["A", "B", "C", "D", "E", "F"]),
        dec("x_m", "下风向距离", "m").within(0, 1_000_000),
        Y,
        Z,
        dec("threshold_g_m3", "目标浓度", "g/m³").optional(),
        flag("heavy", "重气"),
    ],
    output: &[
        float("g_m3", "浓度", "g/m³"),
        float("sigma_y_m", "σy", "m"),
        float("sigma_z_m", "σz", "m"),
        float("max_g_m3", "地面轴线最大浓度", "g/m³"),
        float("max_at_m", "最大浓度距离", "m"),
        float("threshold_at_m", "目标浓度最远距离", "m").optional(),
        WARNINGS,
    ],
    eval: eval_plume,
};

const PUFF: Rule = Rule {
    name: "puff",
    title: "高斯烟团扩散",
    title_en: "Gaussian puff",
    formula: "c = Q/((2π)^1.5 σxσyσz)·exp(−x²/2σx²)·exp(−y²/2σy²)·{…}，σx = σy，坐标随烟团移动",
    example: r#"{"mass_g":100000,"height_m":0,"class":"D","travelled_m":500}"#,
    input: &[
        dec("mass_g", "泄漏量", "g"),
        dec("height_m", "有效源高", "m").within(0, 10_000),
        choice("class", "稳定度", &["A", "B", "C", "D", "E", "F"]),
        dec("travelled_m", "烟团移动距离", "m").within(0, 1_000_000),
        dec("x_m", "距烟团中心（顺风）", "m").optional(),
        Y,
        Z,
    ],
    output: &[float("g_m3", "浓度", "g/m³"), float("sigma_y_m", "σy", "m"), float("sigma_z_m", "σz", "m"), WARNINGS],
    eval: eval_puff,
};

fn eval_pool(tables: &Tables, input: &Input) -> Eval {
    let asked = PoolAsked {
        area_m2: input.float("area_m2")?,
        burning_rate: input.float("burning_rate")?,
        heat_kj_kg: input.float("heat_kj_kg")?,
        air_density: input.float("air_density")?,
        distance_m: opt_float(input, "distance_m"),
        flux_kw_m2: opt_float(input, "target_kw_m2"),
    };
    answer(&pool_fire(tables, &asked, input.scope()?)?)
}

fn eval_point(tables: &Tables, input: &Input) -> Eval {
    let asked = PointAsked {
        radius_m: input.float("radius_m")?,
        burning_rate: input.float("burning_rate")?,
        heat_kj_kg: input.float("heat_kj_kg")?,
        air_density: input.float("air_density")?,
        eta: input.float("eta")?,
        flux_kw_m2: opt_float(input, "flux_kw_m2"),
    };
    answer(&point_fire(tables, &asked, input.scope()?)?)
}

fn eval_fireball(tables: &Tables, input: &Input) -> Eval {
    answer(&fireball(
        tables,
        input.float("capacity_kg")?,
        input.count("tanks")?,
        input.flag("sphere"),
        opt_float(input, "distance_m"),
        input.scope()?,
    )?)
}

fn eval_stability(tables: &Tables, input: &Input) -> Eval {
    let sun = match input.text("sun")? {
        "强日照" => Sun::Strong,
        "中等日照" => Sun::Medium,
        "弱日照" => Sun::Weak,
        "夜间多云" => Sun::NightCloudy,
        _ => Sun::NightClear,
    };
    let (class, doubtful, rule) = stability(tables, input.float("wind_m_s")?, sun, input.scope()?)?;
    let unconfirmed: &[&str] = if doubtful {
        &["标准未给出夜间风速小于 2 m/s 的稳定度，按 F 取，未经核实"]
    } else {
        &[]
    };
    Ok(json!({"class": class, "unconfirmed": unconfirmed, "rule": answer(&rule)?}))
}

fn eval_plume(tables: &Tables, input: &Input) -> Eval {
    let asked = PlumeAsked {
        rate_g_s: input.float("rate_g_s")?,
        wind_m_s: input.float("wind_m_s")?,
        height_m: input.float("height_m")?,
        terrain: input.text("terrain")?.to_string(),
        class: input.text("class")?.to_string(),
        x_m: input.float("x_m")?,
        y_m: opt_float(input, "y_m").unwrap_or(0.0),
        z_m: opt_float(input, "z_m").unwrap_or(0.0),
        threshold_g_m3: opt_float(input, "threshold_g_m3"),
        heavy: input.flag("heavy"),
    };
    answer(&plume(tables, &asked, input.scope()?)?)
}

fn eval_puff(tables: &Tables, input: &Input) -> Eval {
    let zero = |name: &str| opt_float(input, name).unwrap_or(0.0);
    let asked = PuffAsked {
        mass_g: input.float("mass_g")?,
        height_m: input.float("height_m")?,
        class: input.text("class")?.to_string(),
        travelled_m: input.float("travelled_m")?,
        x_m: zero("x_m"),
        y_m: zero("y_m"),
        z_m: zero("z_m"),
    };
    answer(&puff(tables, &asked, input.scope()?)?)
}
