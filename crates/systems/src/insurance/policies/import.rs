//! The workbook of policies that exist on paper: each takes effect once the enterprise signs it.
use crate::insurance::applications::form::{Asked, Group, QuoteForm};
use crate::insurance::applications::write;
use crate::insurance::rates::DEFAULT_SCHEME;
use platform::auth::Org;
use platform::sheets::{Column, ColumnKind, Row, Sheet};
use platform::{Action, Ctx, Error, Import, ImportMode, Result, Subject};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Imports.
pub const IMPORTS: &[Import] = &[Import {
    kind: "insurance-policies",
    action: Action::Import,
    sheet: &SHEET,
    row: |ctx, row, mode| Box::pin(take(ctx, row, mode)),
}];

const MONEY: ColumnKind = ColumnKind::Decimal(Decimal::ZERO, Decimal::from_parts(1_410_065_408, 2, 0, false, 0));

static SHEET: Sheet = Sheet {
    title: "安责险保单",
    columns: &[
        Column::new("enterprise", "统一社会信用代码", ColumnKind::Code(uscc))
            .required()
            .aliases(&["信用代码", "投保单位信用代码"])
            .rule("投保单位的 18 位统一社会信用代码")
            .example("91990121MA9000011N"),
        Column::new("policy_no", "保单号", ColumnKind::Text(40)).required().unique().example("AZX2026000123"),
        Column::new("from", "起期", ColumnKind::Date).required().example("2026-12-01"),
        Column::new("to", "止期", ColumnKind::Date).required().rule("保险期间的最后一天").example("2027-11-30"),
        Column::new("people", "承保人数", ColumnKind::Int(1, 1_000_000)).required().example("318"),
        Column::new("per_person", "每人限额（元）", MONEY)
            .required()
            .rule("不低于 40 万元（应急〔2025〕27号 第十五条）")
            .example("500000"),
        Column::new("cumulative", "累计限额（元）", MONEY).required().example("10000000"),
        Column::new("medical", "每人医疗限额（元）", MONEY).example("100000"),
        Column::new("base", "年基准保费（元）", MONEY).required().rule("不含浮动的基准保费").example("133600"),
        Column::new("scheme", "费率方案", ColumnKind::OneOf(&["示例浮动2026", "阜阳浮动"])).example("示例浮动2026"),
    ],
};

fn uscc(text: &str) -> Result<String, String> {
    standards::codes::Uscc::parse(text).map(|code| code.to_string())
}

async fn take(ctx: Ctx, row: Row, mode: ImportMode) -> Result<()> {
    let code = row.text("enterprise").unwrap_or_default();
    let org = super::store::by_uscc(&ctx, code).await?.filter(|o| o.subject == Subject::Enterprise);
    let org: Org = org.ok_or_else(|| {
        Error::invalid("enterprise", format!("{code} 不在企业名录中，请核对，或请属地监管部门先登记企业"))
    })?;
    let (asked, form) = forms(&ctx, &row);
    let done = match mode {
        ImportMode::Check => write::judge_paper(&ctx, &org, &asked, &form).await.map(drop),
        ImportMode::Apply { .. } => write::enter_paper(&ctx, &org, &asked, &form).await.map(drop),
    };
    done.map_err(at_columns)
}

fn forms(ctx: &Ctx, row: &Row) -> (Asked, QuoteForm) {
    let fen = |key: &str| row.decimal(key).and_then(|d| (d * Decimal::ONE_HUNDRED).round().to_i64());
    let day = |key: &str| row.date(key).map(|d| d.to_string()).unwrap_or_default();
    let group = Group {
        name: "全体从业人员".to_owned(),
        people: row.int("people").and_then(|n| u32::try_from(n).ok()).unwrap_or_default(),
        per_person_fen: fen("per_person").unwrap_or_default(),
    };
    let asked = Asked {
        insurer: ctx.actor.org.clone(),
        groups: vec![group],
        cumulative_fen: fen("cumulative").unwrap_or_default(),
        medical_fen: fen("medical").unwrap_or_default(),
        from: day("from"),
        to: day("to"),
    };
    let form = QuoteForm {
        policy_no: row.text("policy_no").unwrap_or_default().to_owned(),
        scheme: row.text("scheme").unwrap_or(DEFAULT_SCHEME).to_owned(),
        base_fen: fen("base"),
        cost_wan: None,
        discount_percent: None,
        coefficients: vec![],
        declared: vec![],
        commission_bp: 0,
        file: None,
        revision: None,
    };
    (asked, form)
}

/// Fields of the forms stand in other columns of the sheet.
fn at_columns(error: Error) -> Error {
    let Error::Invalid(mut errors) = error else { return error };
    for error in &mut errors {
        let column = match error.field.as_str() {
            f if f.ends_with("per_person_fen") => "per_person",
            "groups" => "people",
            "cumulative_fen" => "cumulative",
            "medical_fen" => "medical",
            "base_fen" => "base",
            "declared" => "scheme",
            _ => continue,
        };
        column.clone_into(&mut error.field);
    }
    Error::Invalid(errors)
}
