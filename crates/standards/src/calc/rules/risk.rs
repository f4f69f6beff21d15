//! Risk grading.

use crate::calc::field::{Field, Kind, choice, dec, int, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::risk::{Edge, Met, SeverityAsked, direct, lec, ls, score, severity};
use crate::tables::Tables;
use alloc::string::ToString;
use alloc::vec::Vec;

/// The rules of this subject.
pub const RULES: &[Rule] = &[LEC, LS, LS_SEVERITY, DIRECT, SCORE];

const GRADE: Field = choice("grade", "风险等级", &["重大", "较大", "一般", "低"]);
const COLOUR: Field = choice("colour", "颜色", COLOURS);
const COLOURS: &[&str] = &["红", "橙", "黄", "蓝"];
const LAYER: Field = text("layer", "管控层级");

const LEC: Rule = Rule {
    name: "lec",
    title: "作业条件危险性评价（LEC）",
    title_en: "LEC risk grading",
    formula: "D = L × E × C",
    example: r#"{"l":3,"e":10,"c":15}"#,
    input: &[
        dec("l", "可能性 L", "").from("lec_values"),
        dec("e", "暴露频繁程度 E", "").from("lec_values"),
        dec("c", "后果 C", "").from("lec_values"),
        choice("scheme", "后果说明方案", &["construction", "large_works", "platform"]).optional(),
        choice("edge", "分界值归属", &["含上限", "含下限"]).optional(),
    ],
    output: &[
        dec("d", "D", ""),
        GRADE,
        COLOUR,
        text("wording", "危险程度"),
        text("advice", "要求"),
        LAYER,
        of("meaning", "取值含义", Kind::Texts),
    ],
    eval: eval_lec,
};

const LS: Rule = Rule {
    name: "ls",
    title: "风险矩阵分级（LS）",
    title_en: "LS risk matrix",
    formula: "R = L × S",
    example: r#"{"l":4,"s":5}"#,
    input: &[
        int("l", "可能性 L", "").within(0, 100),
        int("s", "严重性 S", "").within(0, 100),
        text("variant", "分级方案 V1—V7").from("ls_variants").optional(),
    ],
    output: &[int("r", "R", ""), GRADE, COLOUR, LAYER, text("variant", "分级方案")],
    eval: eval_ls,
};

const LS_SEVERITY: Rule = Rule {
    name: "ls-severity",
    title: "风险矩阵严重性取值（S）",
    title_en: "LS severity",
    formula: "S 取各栏最大值",
    example: r#"{"people":3,"loss_wan":"60"}"#,
    input: &[
        int("law", "法律法规及其他要求", "").within(0, 100).optional(),
        int("people", "人员", "").within(0, 100).optional(),
        dec("loss_wan", "直接经济损失", "万元").optional(),
        int("stop", "停工", "").within(0, 100).optional(),
        int("image", "企业形象", "").within(0, 100).optional(),
        choice("scheme", "损失取值方案", &["A", "B"]).optional(),
    ],
    output: &[int("s", "S", ""), int("loss", "损失栏取值", "").optional()],
    eval: eval_severity,
};

const DIRECT: Rule = Rule {
    name: "risk-direct",
    title: "重大风险直接判定",
    title_en: "Direct determination of major risk",
    formula: "任一已启用条件成立即为重大风险；未经核实的条件不启用",
    example: r#"{"conditions":["DD-3"]}"#,
    input: &[of("conditions", "符合的条件编号", Kind::Texts).from("risk_direct")],
    output: &[
        of("major", "是否重大风险", Kind::Flag),
        of("met", "成立的条件", Kind::Texts),
        of("unconfirmed", "未经核实", Kind::Texts),
    ],
    eval: eval_direct,
};

const MET: &[Field] = &[text("id", "条件编号").from("chem_score"), int("count", "数量", "").optional()];
const ITEM: &[Field] = &[
    text("item", "评分项"),
    dec("deducted", "扣分", "分"),
    dec("counted", "计入扣分", "分"),
    dec("added", "加分", "分"),
];

const SCORE: Rule = Rule {
    name: "chem-score",
    title: "危险化学品企业安全风险评估诊断分级",
    title_en: "Static risk score of chemical enterprises",
    formula: "100 − 各项扣分（每项不超过满分）+ 加分；≥90 蓝，≥75 黄，≥60 橙，<60 红；直接判红优先",
    example: r#"{"conditions":[{"id":"1.2"},{"id":"1.8","count":2}],"direct_red":[]}"#,
    input: &[
        of("conditions", "符合的条件", Kind::List(MET)),
        of("direct_red", "直接判红条件编号", Kind::Texts).from("chem_score_red").optional(),
    ],
    output: &[
        dec("score", "得分", "分"),
        choice("score_colour", "按得分的颜色", COLOURS),
        COLOUR,
        of("direct_red", "直接判红", Kind::Texts),
        of("items", "各项", Kind::List(ITEM)),
    ],
    eval: eval_score,
};

fn eval_lec(tables: &Tables, input: &Input) -> Eval {
    let edge = if input.opt_text("edge") == Some("含下限") { Edge::Lower } else { Edge::Upper };
    let result =
        lec(tables, input.dec("l")?, input.dec("e")?, input.dec("c")?, input.opt_text("scheme"), edge, input.scope()?);
    answer(&result?)
}

fn eval_ls(tables: &Tables, input: &Input) -> Eval {
    answer(&ls(tables, input.count("l")?, input.count("s")?, input.opt_text("variant"), input.scope()?)?)
}

fn eval_severity(tables: &Tables, input: &Input) -> Eval {
    let asked = SeverityAsked {
        law: input.opt_count("law"),
        people: input.opt_count("people"),
        loss_wan: input.opt_dec("loss_wan"),
        stop: input.opt_count("stop"),
        image: input.opt_count("image"),
    };
    answer(&severity(tables, asked, input.opt_text("scheme"), input.scope()?)?)
}

fn eval_direct(tables: &Tables, input: &Input) -> Eval {
    answer(&direct(tables, input.texts("conditions"), input.scope()?)?)
}

fn eval_score(tables: &Tables, input: &Input) -> Eval {
    let met = |item: &Input| Ok(Met { id: item.text("id")?.to_string(), count: item.opt_count("count").unwrap_or(1) });
    let met = input.list("conditions").iter().map(met).collect::<Result<Vec<_>, _>>()?;
    answer(&score(tables, &met, input.texts("direct_red"), input.scope()?)?)
}
