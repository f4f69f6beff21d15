//! Special work.

use crate::calc::field::{Field, Kind, choice, dec, flag, int, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::gb30871::{GasReadings, HeightAsked, HotWorkFacts, PermitAsked, gas, height, hot_work, lift, permit};
use crate::problem::Problem;
use crate::tables::Tables;
use alloc::string::ToString;

/// The rules of this subject.
pub const RULES: &[Rule] = &[PERMIT, HOT_WORK, HEIGHT, LIFT, GAS];

const KINDS: &[&str] = &["动火", "受限空间", "盲板抽堵", "高处", "吊装", "临时用电", "动土", "断路"];
const MINUTES: i64 = 1_000_000;

const PERMIT: Rule = Rule {
    name: "permit",
    title: "特殊作业票要求",
    title_en: "Special work permit",
    formula: "按作业种类与级别查有效期、气体分析、审批人；动火在节假日、夜间等升一级",
    example: r#"{"kind":"动火","grade":"二级"}"#,
    input: &[
        choice("kind", "作业种类", KINDS),
        text("grade", "级别").from("gb30871_permits").optional(),
        flag("holiday", "节假日、公休日"),
        flag("night", "夜间"),
        flag("special", "其他特殊情况"),
        dec("height_m", "作业高度", "m").within(0, 10_000).optional(),
        of("factors", "高处作业因素编号", Kind::Texts).from("gb30871_height_factors").optional(),
        dec("mass_t", "吊物质量", "t").within(0, 1_000_000).optional(),
        dec("depth_m", "挖深", "m").within(0, 10_000).optional(),
        int("stopped_minutes", "作业中断时间", "min").within(0, MINUTES).optional(),
        int("sampled_minutes", "取样距开始时间", "min").within(0, MINUTES).optional(),
        int("wind_grade", "风力", "级").within(0, 17).optional(),
    ],
    output: &[
        choice("kind", "作业种类", KINDS),
        text("grade", "级别").optional(),
        int("valid_hours", "最长有效期", "h").optional(),
        int("valid_hours_special", "特殊情况最长有效期", "h").optional(),
        int("gas_test_minutes", "取样距开始最长", "min").optional(),
        int("gas_break_minutes", "中断不重做分析最长", "min").optional(),
        flag("gas_daily", "每日动火前分析"),
        flag("continuous", "连续监测"),
        int("record_every_minutes", "记录间隔", "min").optional(),
        flag("reanalyse", "须重新分析"),
        flag("sample_fresh", "取样时间有效"),
        flag("wind_stops", "风力达到停止作业"),
        text("countersign", "会签").optional(),
        text("approver", "审批人"),
        of("copies", "三联持有人", Kind::Texts),
        of("notes", "要求", Kind::Texts),
    ],
    eval: eval_permit,
};

const HOT_WORK: Rule = Rule {
    name: "hot-work-grade",
    title: "动火作业分级",
    title_en: "Grade of hot work",
    formula: "特级、一级、二级；节假日、夜间等升一级；露天风力五级以上禁止，确需则升级",
    example: r#"{"in_explosion_area":true,"night":true}"#,
    input: &[
        flag("on_running_equipment", "运行状态的装置设备、管道、储罐上"),
        flag("in_major_hazard_dike", "构成重大危险源的可燃介质罐区防火堤内"),
        flag("in_explosion_area", "火灾爆炸危险场所"),
        flag("on_pipe_rack", "管廊上"),
        flag("plant_stopped_and_approved", "全部停车、置换、隔离、分析合格并经批准"),
        flag("holiday", "节假日、公休日"),
        flag("night", "夜间"),
        flag("special", "其他特殊情况"),
        flag("outdoor", "露天"),
        int("wind_grade", "风力", "级").within(0, 17).optional(),
    ],
    output: &[
        choice("grade", "级别", &["特级", "一级", "二级"]),
        choice("base", "升级前级别", &["特级", "一级", "二级"]),
        of("reasons", "理由", Kind::Texts),
        of("forbidden_unless_necessary", "非必要禁止", Kind::Flag),
    ],
    eval: eval_hot_work,
};

const HEIGHT: Rule = Rule {
    name: "height-grade",
    title: "高处作业分级",
    title_en: "Grade of work at height",
    formula: "2≤h≤5、5<h≤15、15<h≤30、h>30 m；有加重因素按 B 法升级",
    example: r#"{"height_m":5}"#,
    input: &[
        dec("height_m", "作业高度", "m").within(0, 10_000),
        of("factors", "因素编号", Kind::Texts).from("gb30871_height_factors").optional(),
        dec("live_kv", "带电体电压", "kV").within(0, 10_000).optional(),
        dec("live_distance_m", "与带电体距离", "m").within(0, 10_000).optional(),
    ],
    output: &[
        choice("grade", "级别", &["Ⅰ级", "Ⅱ级", "Ⅲ级", "Ⅳ级"]),
        choice("method", "分级方法", &["A", "B"]),
        of("reasons", "因素", Kind::Texts),
    ],
    eval: eval_height,
};

const LIFT: Rule = Rule {
    name: "lifting-grade",
    title: "吊装作业分级",
    title_en: "Grade of lifting",
    formula: "m>100 t 一级；40≤m≤100 t 二级；m<40 t 三级",
    example: r#"{"mass_t":100}"#,
    input: &[
        dec("mass_t", "吊物质量", "t").within(0, 1_000_000),
        flag("difficult", "形状复杂、刚度小、长径比大、精密贵重或条件特殊"),
    ],
    output: &[
        choice("grade", "级别", &["一级", "二级", "三级"]),
        of("plan_required", "须编制吊装方案", Kind::Flag),
        of("permit_may_be_omitted", "可不办票", Kind::Flag),
        dec("crane_pair_percent", "双机抬吊每台负荷上限", "%"),
    ],
    eval: eval_lift,
};

const ITEM: &[Field] = &[
    text("item", "项目"),
    dec("value", "测得值", "%"),
    dec("min", "下限", "%").optional(),
    dec("max", "上限", "%"),
    of("pass", "合格", Kind::Flag),
];

const GAS: Rule = Rule {
    name: "permit-gas",
    title: "作业前气体分析判定",
    title_en: "Gas analysis before special work",
    formula: "爆炸下限≥4% 时可燃气体≤0.5%，<4% 时≤0.2%；氧 19.5%—21%（富氧环境≤23.5%）",
    example: r#"{"lel_percent":"4.0","flammable_percent":"0.5","oxygen_percent":"20.9"}"#,
    input: &[
        dec("lel_percent", "爆炸下限", "%").within(0, 100).optional(),
        dec("flammable_percent", "可燃气体浓度", "%").within(0, 100).optional(),
        dec("oxygen_percent", "氧含量", "%").within(0, 100).optional(),
        flag("oxygen_enriched", "富氧环境或氧气设备"),
    ],
    output: &[of("pass", "是否合格", Kind::Flag), of("items", "各项", Kind::List(ITEM))],
    eval: eval_gas,
};

fn raised(input: &Input) -> bool {
    ["holiday", "night", "special"].iter().any(|name| input.flag(name))
}

fn height_asked(input: &Input, height_m: rust_decimal::Decimal) -> HeightAsked {
    HeightAsked {
        height_m,
        factors: input.texts("factors").to_vec(),
        live_kv: input.opt_dec("live_kv"),
        live_distance_m: input.opt_dec("live_distance_m"),
    }
}

fn eval_permit(tables: &Tables, input: &Input) -> Eval {
    if input.opt_dec("height_m").is_none() && !input.texts("factors").is_empty() {
        return Err(Problem::field("height_m", "给出高处作业因素时须给出作业高度（m）"));
    }
    let asked = PermitAsked {
        kind: input.text("kind")?.to_string(),
        grade: input.opt_text("grade").map(ToString::to_string),
        upgrade: raised(input),
        height: input.opt_dec("height_m").map(|h| height_asked(input, h)),
        mass_t: input.opt_dec("mass_t"),
        stopped_minutes: input.opt_count("stopped_minutes"),
        sampled_minutes: input.opt_count("sampled_minutes"),
        wind_grade: input.opt_count("wind_grade"),
        depth_m: input.opt_dec("depth_m"),
    };
    answer(&permit(tables, &asked, input.scope()?)?)
}

fn eval_hot_work(tables: &Tables, input: &Input) -> Eval {
    let facts = HotWorkFacts {
        on_running_equipment: input.flag("on_running_equipment"),
        in_major_hazard_dike: input.flag("in_major_hazard_dike"),
        in_explosion_area: input.flag("in_explosion_area"),
        on_pipe_rack: input.flag("on_pipe_rack"),
        plant_stopped_and_approved: input.flag("plant_stopped_and_approved"),
        upgrade: raised(input),
        wind_grade: input.opt_count("wind_grade"),
        outdoor: input.flag("outdoor"),
    };
    answer(&hot_work(tables, facts, input.scope()?)?)
}

fn eval_height(tables: &Tables, input: &Input) -> Eval {
    answer(&height(tables, &height_asked(input, input.dec("height_m")?), input.scope()?)?)
}

fn eval_lift(tables: &Tables, input: &Input) -> Eval {
    answer(&lift(tables, input.dec("mass_t")?, input.flag("difficult"), input.scope()?)?)
}

fn eval_gas(tables: &Tables, input: &Input) -> Eval {
    let readings = GasReadings {
        lel_percent: input.opt_dec("lel_percent"),
        flammable_percent: input.opt_dec("flammable_percent"),
        oxygen_percent: input.opt_dec("oxygen_percent"),
        oxygen_enriched: input.flag("oxygen_enriched"),
    };
    answer(&gas(tables, readings, input.scope()?)?)
}
