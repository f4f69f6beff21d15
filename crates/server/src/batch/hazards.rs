//! GB 18218: one row, one substance; rows of one unit are judged together.
use super::{Batch, Line, cell, faults, number, reason, reference, run, text};
use platform::sheets::{Cell, Column, ColumnKind, Parsed, Row, Sheet, Value as Typed};
use serde_json::{Map, Value, json};
use standards::Decimal;
use standards::tables::Tables;

const LARGEST: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// GB 18218.
pub(super) const GB18218: Batch = Batch {
    rule: "gb18218",
    sheet: Sheet {
        title: "重大危险源辨识与分级",
        columns: &[
            Column::new("unit", "单元名称", ColumnKind::Text(100))
                .required()
                .rule("同一单元的物质填同一个名称")
                .example("液氯储罐区"),
            Column::new("kind", "单元类别", ColumnKind::OneOf(&["生产单元", "储罐区", "仓库"])).example("储罐区"),
            Column::new("population", "厂外500m常住人口", ColumnKind::Int(0, 100_000_000))
                .rule("构成重大危险源的单元必须填写，单位：人")
                .example("40"),
            Column::new("name", "物质名称", ColumnKind::Text(100))
                .rule("物质名称、CAS 号、表1序号至少填一项")
                .example("氯"),
            Column::new("cas", "CAS号", ColumnKind::Text(20)).example("7782-50-5"),
            Column::new("no", "表1序号", ColumnKind::Int(1, 10_000)),
            Column::new("class", "类别符号", ColumnKind::Text(60)).rule("如 W5.3；多个用顿号分隔"),
            Column::new("q_t", "设计最大量（t）", ColumnKind::Decimal(Decimal::ZERO, LARGEST)).required().example("25"),
            Column::new("mixture", "混合物", ColumnKind::OneOf(&["是", "否"]))
                .rule("危险类别与纯物质不同的混合物填“是”"),
            Column::new("on", "适用日期", ColumnKind::Date).rule("不填则按最新版本"),
        ],
    },
    columns: &[
        "行号",
        "单元名称",
        "单元类别",
        "物质名称",
        "表1序号",
        "类别符号",
        "设计最大量（t）",
        "临界量（t）",
        "q/Q",
        "β",
        "S",
        "是否重大危险源",
        "α",
        "R",
        "级别",
        "说明",
        "不能计算的原因",
        "依据",
        "版本",
        "规则集",
    ],
    compute: units,
};

/// The rows by unit, in the order in which units first appear.
fn units(tables: &Tables, parsed: &Parsed) -> Vec<Line> {
    let mut units: Vec<(&str, Vec<&Row>)> = vec![];
    let mut known = std::collections::HashMap::new();
    for row in &parsed.rows {
        let name = row.text("unit").unwrap_or_default();
        // A row without a unit stands for itself, so that its reason is its own.
        let at = if name.is_empty() { units.len() } else { *known.entry(name).or_insert(units.len()) };
        match units.get_mut(at) {
            Some((_, rows)) => rows.push(row),
            None => units.push((name, vec![row])),
        }
    }
    units.iter().flat_map(|(_, rows)| unit(tables, rows)).collect()
}

fn unit(tables: &Tables, rows: &[&Row]) -> Vec<Line> {
    let wrong: Vec<String> = rows
        .iter()
        .filter(|row| !row.problems.is_empty())
        .map(|row| format!("第 {} 行{}", row.line, faults(row)))
        .collect();
    let result = match (wrong.is_empty(), input(rows)) {
        (true, Ok(input)) => run(tables, "gb18218", &input).map_err(|p| reason(&p)),
        (true, Err(why)) => Err(why),
        (false, _) => Err(wrong.join("；")),
    };
    let lines = rows.iter().enumerate();
    lines
        .map(|(at, row)| match &result {
            Ok(answer) => good(row, answer, answer.pointer(&format!("/terms/{at}")).unwrap_or(&Value::Null)),
            Err(why) => refused(row, why, tables),
        })
        .collect()
}

/// What the rows of a unit say together; what is said once for the unit must not be said differently.
fn input(rows: &[&Row]) -> Result<Value, String> {
    let mut input = Map::new();
    for (key, name, title) in
        [("population", "population_500m", "厂外500m常住人口"), ("kind", "unit", "单元类别"), ("on", "on", "适用日期")]
    {
        let mut said: Vec<String> = rows.iter().filter_map(|row| value(row, key)).map(ToString::to_string).collect();
        said.dedup();
        if said.len() > 1 {
            return Err(format!("同一单元的「{title}」填得不一致：{}", said.join("、")));
        }
        if let Some(said) = said.pop() {
            input.insert(name.to_owned(), said.into());
        }
    }
    input.insert("substances".to_owned(), rows.iter().map(|row| substance(row)).collect());
    Ok(Value::Object(input))
}

fn value<'a>(row: &'a Row, key: &str) -> Option<&'a Typed> {
    row.field(key)?.value.as_ref()
}

fn substance(row: &Row) -> Value {
    let mut substance = Map::new();
    for key in ["name", "cas", "no", "class", "q_t"] {
        if let Some(value) = value(row, key) {
            substance.insert(key.to_owned(), value.to_string().into());
        }
    }
    if row.text("mixture") == Some("是") {
        substance.insert("mixture".to_owned(), json!(true));
    }
    Value::Object(substance)
}

fn given(row: &Row, key: &str) -> Cell {
    value(row, key).cloned().or_else(|| text(row.field(key).map(|f| f.original.clone()).unwrap_or_default()))
}

fn good(row: &Row, answer: &Value, term: &Value) -> Line {
    let mut cells = vec![Some(number(row.line)), given(row, "unit"), given(row, "kind")];
    cells.extend(["name", "no", "class", "q_t", "critical_t", "ratio", "beta"].map(|key| cell(term, key)));
    cells.extend(["sum", "major", "alpha", "r", "level", "warnings"].map(|key| cell(answer, key)));
    cells.push(None);
    cells.extend(reference(answer));
    Line { cells, good: true }
}

fn refused(row: &Row, why: &str, tables: &Tables) -> Line {
    let mut cells = vec![Some(number(row.line))];
    cells.extend(["unit", "kind", "name", "no", "class", "q_t"].map(|key| given(row, key)));
    cells.extend(std::iter::repeat_n(None, 9));
    cells.extend([text(why), None, None, text(tables.version.clone())]);
    Line { cells, good: false }
}
