//! Work-safety liability insurance.

use crate::calc::field::{Field, Kind, choice, dec, int, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::insurance::{
    ClaimAsked, Coefficient, PremiumAsked, Supplement, claim_clock, min_limit, must_insure, premium, prevention_fee,
};
use crate::problem::Problem;
use crate::tables::Tables;
use alloc::string::ToString;
use alloc::vec::Vec;

/// The rules of this subject.
pub const RULES: &[Rule] = &[MUST, LIMIT, PREMIUM, FEE, CLAIM];

const UNCONFIRMED: Field = of("unconfirmed", "未经核实", Kind::Texts);

const MUST: Rule = Rule {
    name: "must-insure",
    title: "安责险投保义务",
    title_en: "Duty to insure",
    formula: "矿山、危险化学品、烟花爆竹、交通运输、建筑施工、民用爆炸物品、金属冶炼、渔业生产应当投保",
    example: r#"{"sector":"危险化学品"}"#,
    input: &[text("sector", "行业领域").from("insurance_sectors")],
    output: &[
        of("mandatory", "是否应当投保", Kind::Flag),
        of("sectors", "应当投保的行业领域", Kind::Texts),
        UNCONFIRMED,
    ],
    eval: eval_must,
};

const LIMIT: Rule = Rule {
    name: "insurance-limit",
    title: "每人最低赔偿限额",
    title_en: "Smallest limit per person",
    formula: "max（全国最低，当地最低，收入倍数）",
    example: r#"{"local_floor_yuan":500000}"#,
    input: &[
        dec("local_floor_yuan", "当地最低限额", "元").optional(),
        dec("income_yuan", "上年城镇居民人均可支配收入", "元").optional(),
    ],
    output: &[dec("limit_yuan", "最低限额", "元"), text("by", "依据"), of("floors", "各项", Kind::Texts), UNCONFIRMED],
    eval: eval_limit,
};

const COEFFICIENT: &[Field] = &[text("name", "因素"), dec("value", "系数", "")];
const EFFECT: &[Field] = &[text("name", "因素"), text("effect", "影响")];

const PREMIUM: Rule = Rule {
    name: "premium",
    title: "安责险保险费",
    title_en: "Premium",
    formula: "河南系数：基准 × 系数；山东建筑2018：造价 × 费率 ×（1 − 优惠）；阜阳浮动、示例浮动2026：基准 ×（1 + Σ 浮动）",
    example: r#"{"scheme":"山东建筑2018","cost_wan":5000,"discount_percent":10}"#,
    input: &[
        choice("scheme", "方案", &["河南系数", "山东建筑2018", "阜阳浮动", "示例浮动2026"]),
        dec("base_yuan", "年基准保费", "元").optional(),
        dec("cost_wan", "工程造价", "万元").within(0, 10_000_000_000).optional(),
        dec("discount_percent", "风险管理水平优惠", "%").within(0, 100).optional(),
        of("factors", "浮动因素", Kind::Texts).from("premium_schemes").optional(),
        of("coefficients", "风险调整系数", Kind::List(COEFFICIENT)).optional(),
        choice("combine", "浮动因素合并方式", &["相加", "相乘"]).optional(),
    ],
    output: &[
        int("premium_fen", "保险费", "分").within(0, i64::MAX),
        of("factors", "因素", Kind::List(EFFECT)),
        dec("limit_wan", "累计赔偿限额", "万元").optional(),
    ],
    eval: eval_premium,
};

const FEE: Rule = Rule {
    name: "prevention-fee",
    title: "事故预防服务费用上下限",
    title_en: "Prevention-service fee",
    formula: "上限 = 实收保费 × 21%；部分省设下限",
    example: r#"{"premium_yuan":10000,"spent_yuan":1000,"region":"13"}"#,
    input: &[dec("premium_yuan", "实收保费", "元"), dec("spent_yuan", "已支出", "元").optional()],
    output: &[
        dec("floor_yuan", "下限", "元").optional(),
        dec("cap_yuan", "上限", "元").optional(),
        choice("status", "状态", &["不足", "合规", "超限"]).optional(),
        UNCONFIRMED,
    ],
    eval: eval_fee,
};

const SUPPLEMENT: &[Field] =
    &[of("asked", "补充通知到达之日", Kind::Date), of("received", "收到补充材料之日", Kind::Date).optional()];

const CLAIM: Rule = Rule {
    name: "claim-clock",
    title: "保险理赔时限",
    title_en: "Clocks of a claim",
    formula: "核定 30 日（扣除补充材料时间），赔付 10 日，拒赔通知 3 日，先行赔付 60 日；届满日为休息日顺延",
    example: r#"{"first_received":"2026-09-01","supplements":[{"asked":"2026-09-03","received":"2026-09-15"}]}"#,
    input: &[
        of("first_received", "首次收到索赔材料之日", Kind::Date),
        of("supplements", "补充材料", Kind::List(SUPPLEMENT)).optional(),
        of("refused", "核定拒赔之日", Kind::Date).optional(),
        of("agreed", "达成赔付协议之日", Kind::Date).optional(),
    ],
    output: &[
        int("deducted_days", "扣除天数", "日"),
        of("assess_by", "核定期限", Kind::Date).optional(),
        of("interim_by", "先行赔付期限", Kind::Date).optional(),
        of("refuse_by", "拒赔通知期限", Kind::Date).optional(),
        of("pay_by", "赔付期限", Kind::Date).optional(),
        of("waiting", "等待补充材料", Kind::Flag),
    ],
    eval: eval_claim,
};

fn eval_must(tables: &Tables, input: &Input) -> Eval {
    answer(&must_insure(tables, input.text("sector")?, input.scope()?)?)
}

fn eval_limit(tables: &Tables, input: &Input) -> Eval {
    answer(&min_limit(tables, input.opt_dec("local_floor_yuan"), input.opt_dec("income_yuan"), input.scope()?)?)
}

fn eval_premium(tables: &Tables, input: &Input) -> Eval {
    let coefficient = |i: &Input| Ok(Coefficient { name: i.text("name")?.to_string(), value: i.dec("value")? });
    let asked = PremiumAsked {
        scheme: input.text("scheme")?.to_string(),
        base_yuan: input.opt_dec("base_yuan"),
        cost_wan: input.opt_dec("cost_wan"),
        discount_percent: input.opt_dec("discount_percent"),
        factors: input.texts("factors").to_vec(),
        coefficients: input.list("coefficients").iter().map(coefficient).collect::<Result<Vec<_>, Problem>>()?,
        multiply: input.opt_text("combine") == Some("相乘"),
    };
    answer(&premium(tables, &asked, input.scope()?)?)
}

fn eval_fee(tables: &Tables, input: &Input) -> Eval {
    answer(&prevention_fee(tables, input.dec("premium_yuan")?, input.opt_dec("spent_yuan"), input.scope()?)?)
}

fn eval_claim(tables: &Tables, input: &Input) -> Eval {
    let supplement = |i: &Input| Ok(Supplement { asked: i.date("asked")?, received: i.opt_date("received") });
    let asked = ClaimAsked {
        first_received: input.date("first_received")?,
        supplements: input.list("supplements").iter().map(supplement).collect::<Result<Vec<_>, Problem>>()?,
        refused: input.opt_date("refused"),
        agreed: input.opt_date("agreed"),
    };
    answer(&claim_clock(tables, &asked, input.scope()?)?)
}
