//! Batches of CSV text in, workbooks out, read back by the same reader.
use super::*;
use platform::sheets::{Column, ColumnKind};

const OUT: Sheet = Sheet {
    title: "结果",
    columns: &[
        Column::new("line", "行号", ColumnKind::Int(1, 1_000_000)).required(),
        Column::new("unit", "单元名称", ColumnKind::Text(100)),
        Column::new("sum", "S", ColumnKind::Text(100)),
        Column::new("r", "R", ColumnKind::Text(100)),
        Column::new("d", "D", ColumnKind::Text(100)),
        Column::new("grade", "风险等级", ColumnKind::Text(100)),
        Column::new("level", "级别", ColumnKind::Text(100)),
        Column::new("why", "不能计算的原因", ColumnKind::Text(2000)),
        Column::new("rule_set", "规则集", ColumnKind::Text(100)),
    ],
};

fn compute(rule: &str, csv: &str) -> (Outcome, Parsed) {
    let batch = find(rule).unwrap();
    let outcome = batch.run(Tables::shipped(), csv.as_bytes(), "in.csv", 1000).unwrap();
    let back = sheets::read(&OUT, &outcome.book, "out.xlsx").unwrap();
    assert_eq!(back.rows.len(), outcome.rows);
    (outcome, back)
}

fn at<'a>(parsed: &'a Parsed, row: usize, key: &str) -> &'a str {
    parsed.rows[row].text(key).unwrap_or("")
}

#[test]
fn units_are_judged_together_and_a_wrong_one_costs_no_other() {
    let (outcome, out) = compute(
        "gb18218",
        "单元名称,单元类别,厂外500m常住人口,物质名称,CAS号,类别符号,设计最大量（t）\n\
         甲,储罐区,0,氯,,,5\n乙,,,汽油,,,26.64\n乙,,,柴油,,W5.4,22.95\n丙,,0,不存在的物质,,,1\n甲,,,氨,,,5\n丁,,,氯,,,很多\n戊,,1,氯,,,5\n戊,,2,氨,,,5\n",
    );
    assert_eq!((outcome.rows, outcome.refused), (8, 4));
    assert_eq!((at(&out, 0, "unit"), at(&out, 0, "sum"), at(&out, 0, "level")), ("甲", "1.5", "四级"));
    assert_eq!((at(&out, 1, "unit"), at(&out, 1, "r")), ("甲", "2.5"), "rows of a unit stand together");
    assert_eq!(at(&out, 2, "sum"), "0.13779");
    assert_eq!(out.rows[1].int("line"), Some(6), "and name their line in the file");
    assert!(at(&out, 4, "why").contains("不存在的物质"), "{}", at(&out, 4, "why"));
    assert!(at(&out, 5, "why").contains("设计最大量"), "{}", at(&out, 5, "why"));
    assert!(at(&out, 6, "why").contains("填得不一致"));
    assert_eq!(at(&out, 0, "rule_set"), Tables::shipped().version);
}

#[test]
fn risk_rows_are_graded_one_by_one() {
    let (outcome, out) = compute("lec", "风险点,L,E,C\n釜,3,10,15\n罐,4,6,15\n,3,6,15\n");
    assert_eq!((outcome.rows, outcome.refused), (3, 2));
    assert_eq!(at(&out, 0, "d"), "450");
    assert!(at(&out, 1, "why").contains('4') || at(&out, 1, "why").contains('L'), "{}", at(&out, 1, "why"));
    let (outcome, out) = compute("ls", "风险点,L,S,分级方案\n釜,4,5,\n罐,4,5,V9\n");
    assert_eq!((outcome.rows, outcome.refused, at(&out, 0, "r")), (2, 1, "20"));
    assert!(!at(&out, 1, "why").is_empty());
}

#[test]
fn every_batch_has_a_template_whose_example_is_right() {
    for rule in rules() {
        let batch = find(rule).unwrap();
        let template = batch.template().unwrap();
        let error = batch.run(Tables::shipped(), &template, "template.xlsx", 10).err().unwrap();
        assert!(error.contains("没有数据行"), "{error}");
        let titles: Vec<&str> = batch.sheet.columns.iter().map(|c| c.title).collect();
        let example: Vec<&str> = batch.sheet.columns.iter().map(|c| c.example).collect();
        let csv = format!("{}\n{}\n", titles.join(","), example.join(","));
        let (outcome, out) = compute(rule, &csv);
        assert_eq!(outcome.refused, 0, "{rule}: {}", at(&out, 0, "why"));
        assert!(batch.run(Tables::shipped(), csv.repeat(3).as_bytes(), "x.csv", 1).is_err());
    }
    assert!(find("uscc").is_none());
}
