//! Identification codes.

use crate::calc::field::{Field, Kind, choice, flag, of, text};
use crate::calc::{Eval, Input, Rule, answer};
use crate::codes::{CitizenId, IndustryCode, Region, Uscc, organisation_check_digit, parse_organisation_code};
use crate::date::Date;
use crate::tables::{Confidence, RuleRef, Tables};
use alloc::string::ToString;
use serde_json::{Value, json};

/// The rules of this subject.
pub const RULES: &[Rule] = &[USCC, ORGANISATION, CITIZEN, REGION, INDUSTRY];

const VALID: Field = of("valid", "是否有效", Kind::Flag);
const REASON: Field = text("reason", "不符原因").optional();
const WARNINGS: Field = of("warnings", "提示", Kind::Texts);
const NORMALISED: Field = text("normalised", "规范写法");

const USCC: Rule = Rule {
    name: "uscc",
    title: "统一社会信用代码校验",
    title_en: "Unified social credit code",
    formula: "C18 = 31 − Σ Ci·3^(i−1) mod 31",
    example: r#"{"code":"91350100M000100Y43"}"#,
    input: &[text("code", "统一社会信用代码")],
    output: &[
        VALID,
        NORMALISED,
        text("region", "登记机关行政区划码").optional(),
        flag("natural_person", "指向自然人（个体工商户）"),
        REASON,
        WARNINGS,
    ],
    eval: uscc,
};

const ORGANISATION: Rule = Rule {
    name: "organisation-code",
    title: "组织机构代码校验",
    title_en: "Organisation code",
    formula: "C9 = 11 − Σ Ci·Wi mod 11",
    example: r#"{"code":"M000100Y-4"}"#,
    input: &[text("code", "组织机构代码")],
    output: &[VALID, NORMALISED, text("check", "应有的校验码").optional(), REASON],
    eval: organisation,
};

const CITIZEN: Rule = Rule {
    name: "citizen-id",
    title: "公民身份号码校验",
    title_en: "Citizen identification number",
    formula: "Σ ai·Wi mod 11 → 10X98765432",
    example: r#"{"id":"11010519491231002X","today":"2026-11-23"}"#,
    input: &[text("id", "公民身份号码"), of("today", "今天", Kind::Date).optional()],
    output: &[
        VALID,
        of("born", "出生日期", Kind::Date).optional(),
        choice("sex", "性别", &["男", "女"]).optional(),
        text("masked", "脱敏写法").optional(),
        REASON,
        WARNINGS,
    ],
    eval: citizen,
};

const REGION: Rule = Rule {
    name: "region",
    title: "行政区划代码分级与包含",
    title_en: "Administrative division code",
    formula: "2、4、6、9、12 位分别为省、市、县、乡、村；包含即前缀相同",
    example: r#"{"code":"990121110","inside":"990121"}"#,
    input: &[text("code", "行政区划代码"), text("inside", "是否位于该区划内").optional()],
    output: &[
        VALID,
        choice("level", "级别", &["province", "city", "county", "town", "village"]).optional(),
        text("parent", "上级").optional(),
        of("contained", "是否被包含", Kind::Flag).optional(),
        REASON,
    ],
    eval: region,
};

const INDUSTRY: Rule = Rule {
    name: "industry",
    title: "国民经济行业代码归类",
    title_en: "Industry code",
    formula: "前两位为大类，大类决定门类",
    example: r#"{"code":"2611"}"#,
    input: &[text("code", "行业代码")],
    output: &[
        VALID,
        text("code", "数字代码").optional(),
        text("section", "门类").optional(),
        text("section_name", "门类名称").optional(),
        text("division", "大类").optional(),
        text("division_name", "大类名称").optional(),
        REASON,
    ],
    eval: industry,
};

fn code_rule(standard: &str, clause: &str, year: u16, month: u8, day: u8) -> RuleRef {
    RuleRef {
        standard: standard.to_string(),
        clause: clause.to_string(),
        edition: standard.to_string(),
        valid_from: Date::new(year, month, day).unwrap_or(Date::EPOCH),
        valid_to: None,
        region: None,
        confidence: Confidence::PublicPage,
    }
}

fn uscc(_: &Tables, input: &Input) -> Eval {
    let report = Uscc::report(input.text("code")?);
    let mut out = answer(&report)?;
    let person = Uscc::parse(&report.normalised).is_ok_and(|code| code.is_natural_person());
    put(&mut out, "natural_person", json!(person));
    put(&mut out, "rule", answer(&code_rule("GB 32100-2015", "5 代码构成与校验", 2015, 10, 1))?);
    Ok(out)
}

fn organisation(_: &Tables, input: &Input) -> Eval {
    let typed = crate::codes::normalise(input.text("code")?);
    let parsed = parse_organisation_code(&typed);
    let body: alloc::string::String = typed.chars().take(8).collect();
    let check = organisation_check_digit(&body).map(|c| c.to_string());
    let rule = code_rule("GB 11714-1997", "校验码", 1998, 1, 1);
    Ok(
        json!({"valid": parsed.is_ok(), "normalised": typed, "check": check, "reason": parsed.err(), "rule": answer(&rule)?}),
    )
}

fn citizen(_: &Tables, input: &Input) -> Eval {
    let today = input.opt_date("today");
    let typed = input.text("id")?;
    let rule = answer(&code_rule("GB 11643-1999", "号码的结构与校验", 1999, 7, 1))?;
    let parsed = today.map_or_else(|| CitizenId::parse(typed), |day| CitizenId::parse_on(typed, day));
    Ok(match parsed {
        Ok(id) => {
            json!({"valid": true, "born": id.born(), "sex": id.sex(), "masked": id.masked(), "warnings": id.warnings(today), "rule": rule})
        }
        Err(reason) => json!({"valid": false, "reason": reason, "warnings": [], "rule": rule}),
    })
}

fn region(_: &Tables, input: &Input) -> Eval {
    let rule = answer(&code_rule("GB/T 2260-2007", "编码规则（乡级以下为统计用区划代码）", 2008, 2, 1))?;
    let inside = input
        .opt_text("inside")
        .map(Region::parse)
        .transpose()
        .map_err(|e| crate::problem::Problem::field("inside", e))?;
    Ok(match Region::parse(input.text("code")?) {
        Ok(code) => {
            json!({"valid": true, "level": code.level(), "parent": code.parent(), "contained": inside.map(|i| i.contains(&code)), "rule": rule})
        }
        Err(reason) => json!({"valid": false, "reason": reason, "rule": rule}),
    })
}

fn industry(_: &Tables, input: &Input) -> Eval {
    let rule = answer(&code_rule("GB/T 4754-2017", "门类与大类", 2017, 10, 1))?;
    Ok(match IndustryCode::parse(input.text("code")?) {
        Ok(code) => {
            let (section, division) = (code.section(), code.division());
            json!({"valid": true, "code": code, "section": section.code, "section_name": section.name,
                   "division": alloc::format!("{:02}", division.code), "division_name": division.name, "rule": rule})
        }
        Err(reason) => json!({"valid": false, "reason": reason, "rule": rule}),
    })
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(map) = object.as_object_mut() {
        map.insert(name.to_string(), value);
    }
}
