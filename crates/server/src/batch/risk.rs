//! LEC and LS: one row, one activity.
use super::{Batch, Line, cell, faults, number, reason, reference, run, text};
use platform::sheets::{Column, ColumnKind, Parsed, Row, Sheet};
use serde_json::{Value, json};
use standards::Decimal;
use standards::tables::Tables;

const NUMBER: ColumnKind = ColumnKind::Decimal(Decimal::ZERO, Decimal::ONE_THOUSAND);
const PLACE: Column = Column::new("place", "风险点", ColumnKind::Text(200)).required().example("1号反应釜");
const ACTIVITY: Column = Column::new("activity", "作业活动或危险源", ColumnKind::Text(500)).example("投料");
const ON: Column = Column::new("on", "适用日期", ColumnKind::Date).rule("不填则按最新版本");

/// LEC.
pub(super) const LEC: Batch = Batch {
    rule: "lec",
    sheet: Sheet {
        title: "作业条件危险性评价（LEC）",
        columns: &[
            PLACE,
            ACTIVITY,
            Column::new("l", "L", NUMBER).aliases(&["可能性", "可能性L"]).required().example("3"),
            Column::new("e", "E", NUMBER).aliases(&["暴露", "暴露频繁程度E"]).required().example("6"),
            Column::new("c", "C", NUMBER).aliases(&["后果", "后果C"]).required().example("15"),
            ON,
        ],
    },
    columns: &[
        "行号",
        "风险点",
        "作业活动或危险源",
        "L",
        "E",
        "C",
        "D",
        "风险等级",
        "颜色",
        "危险程度",
        "要求",
        "管控层级",
        "不能计算的原因",
        "依据",
        "版本",
        "规则集",
    ],
    compute: |tables, parsed| {
        each(tables, parsed, "lec", &["l", "e", "c"], &["d", "grade", "colour", "wording", "advice", "layer"])
    },
};

/// LS.
pub(super) const LS: Batch = Batch {
    rule: "ls",
    sheet: Sheet {
        title: "风险矩阵分级（LS）",
        columns: &[
            PLACE,
            ACTIVITY,
            Column::new("l", "L", ColumnKind::Int(0, 100)).aliases(&["可能性", "可能性L"]).required().example("4"),
            Column::new("s", "S", ColumnKind::Int(0, 100)).aliases(&["严重性", "严重性S"]).required().example("5"),
            Column::new("variant", "分级方案", ColumnKind::Text(10)).rule("V1 至 V7，不填按默认方案").example("V1"),
            ON,
        ],
    },
    columns: &[
        "行号",
        "风险点",
        "作业活动或危险源",
        "L",
        "S",
        "R",
        "风险等级",
        "颜色",
        "管控层级",
        "分级方案",
        "不能计算的原因",
        "依据",
        "版本",
        "规则集",
    ],
    compute: |tables, parsed| each(tables, parsed, "ls", &["l", "s"], &["r", "grade", "colour", "layer", "variant"]),
};

fn each(tables: &Tables, parsed: &Parsed, rule: &str, given: &[&str], wanted: &[&str]) -> Vec<Line> {
    parsed.rows.iter().map(|row| line(tables, row, rule, given, wanted)).collect()
}

fn line(tables: &Tables, row: &Row, rule: &str, given: &[&str], wanted: &[&str]) -> Line {
    let original = |key: &str| row.field(key).map(|field| field.original.clone()).unwrap_or_default();
    let mut cells = vec![Some(number(row.line)), text(original("place")), text(original("activity"))];
    let kept = |key: &&str| row.field(key).and_then(|field| field.value.clone()).or_else(|| text(original(key)));
    cells.extend(given.iter().map(kept));
    let result =
        if row.problems.is_empty() { run(tables, rule, &input(row)).map_err(|p| reason(&p)) } else { Err(faults(row)) };
    match result {
        Ok(answer) => {
            cells.extend(wanted.iter().map(|key| cell(&answer, key)));
            cells.push(None);
            cells.extend(reference(&answer));
            Line { cells, good: true }
        }
        Err(why) => {
            cells.extend(wanted.iter().map(|_| None));
            cells.extend([text(why), None, None, text(tables.version.clone())]);
            Line { cells, good: false }
        }
    }
}

/// The row as the rule takes it.
fn input(row: &Row) -> Value {
    let mut input = json!({});
    for field in row.fields.iter().filter(|field| !["place", "activity"].contains(&field.key)) {
        if let (Some(map), Some(value)) = (input.as_object_mut(), &field.value) {
            map.insert(field.key.to_owned(), value.to_string().into());
        }
    }
    input
}
