//! Major hazard installations.

use crate::calc::field::{Field, Kind, choice, dec, flag, int, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::gb18218::{Asked, Edition, Unit, assess};
use crate::problem::Problem;
use crate::tables::Tables;
use alloc::string::ToString;
use alloc::vec::Vec;

/// The rules of this subject.
pub const RULES: &[Rule] = &[GB18218];

const SUBSTANCE: &[Field] = &[
    text("name", "名称").from("gb18218_substances").optional(),
    text("cas", "CAS 号").optional(),
    int("no", "表1序号", "").within(1, 10_000).optional(),
    text("class", "类别符号（可用顿号或逗号分隔多个）").from("gb18218_classes").optional(),
    dec("q_t", "设计最大量", "t").within(0, 1_000_000_000),
    flag("mixture", "混合物，危险类别与纯物质不同"),
];

const TERM: &[Field] = &[
    text("name", "名称"),
    int("no", "表1序号", "").optional(),
    text("class", "类别符号").optional(),
    dec("q_t", "设计最大量", "t"),
    dec("critical_t", "临界量", "t"),
    dec("ratio", "q/Q", ""),
    dec("beta", "β", "").optional(),
];

const GB18218: Rule = Rule {
    name: "gb18218",
    title: "危险化学品重大危险源辨识与分级",
    title_en: "Major hazard installations",
    formula: "S = Σ q/Q ≥ 1；R = α·Σ β·q/Q",
    example: r#"{"substances":[{"name":"氯","q_t":5}],"population_500m":0}"#,
    input: &[
        of("substances", "危险化学品", Kind::List(SUBSTANCE)),
        int("population_500m", "厂区边界外 500 m 内常住人口", "人").within(0, 100_000_000).optional(),
        choice("unit", "单元类别", &["生产单元", "储罐区", "仓库"]).optional(),
    ],
    output: &[
        dec("sum", "S", ""),
        of("major", "是否重大危险源", Kind::Flag),
        dec("alpha", "α", "").optional(),
        dec("r", "R", "").optional(),
        choice("level", "级别", &["一级", "二级", "三级", "四级"]).optional(),
        of("terms", "各项", Kind::List(TERM)),
        text("border", "单元边界").optional(),
        of("warnings", "说明", Kind::Texts),
    ],
    eval: gb18218,
};

fn gb18218(tables: &Tables, input: &Input) -> Eval {
    let unit = Unit {
        substances: input.list("substances").iter().map(asked).collect::<Result<_, _>>()?,
        population_500m: input.opt_count("population_500m"),
        kind: input.opt_text("unit").map(ToString::to_string),
    };
    answer(&assess(&Edition::select(tables, input.scope()?)?, &unit)?)
}

fn asked(input: &Input) -> Result<Asked, Problem> {
    let classes: Vec<_> = input
        .opt_text("class")
        .unwrap_or_default()
        .split(['、', ',', '，', ';', '；', ' '])
        .filter(|c| !c.is_empty())
        .map(ToString::to_string)
        .collect();
    Ok(Asked {
        no: input.opt_int("no").and_then(|n| u16::try_from(n).ok()),
        name: input.opt_text("name").map(ToString::to_string),
        cas: input.opt_text("cas").map(ToString::to_string),
        classes,
        q_t: input.dec("q_t")?,
        mixture: input.flag("mixture"),
    })
}
