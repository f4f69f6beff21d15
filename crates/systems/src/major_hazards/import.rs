//! The workbook of hazard sources: one row per unit; rows of the same name make one source.
use super::file::Source;
use super::form::{Chemical, NewSource, Origin, Post, Responsible, Tank, Unit, UnitKind};
use super::{store, write};
use platform::auth::Org;
use platform::sheets::{Column, ColumnKind, Row, Sheet};
use platform::{Action, Ctx, Error, Import, ImportMode, Result};
use rust_decimal::Decimal;

/// Imports.
pub const IMPORTS: &[Import] = &[Import {
    kind: "hazard-sources",
    action: Action::Import,
    sheet: &SHEET,
    row: |ctx, row, mode| Box::pin(take(ctx, row, mode)),
}];

const TEXT_40: ColumnKind = ColumnKind::Text(40);

static SHEET: Sheet = Sheet {
    title: "重大危险源档案",
    columns: &[
        Column::new("enterprise", "统一社会信用代码", ColumnKind::Code(uscc))
            .aliases(&["信用代码", "社会信用代码"])
            .rule("18 位统一社会信用代码；企业用户登记本企业的可不填")
            .example("91990121MA9000011N"),
        Column::new("name", "危险源名称", ColumnKind::Text(80))
            .required()
            .aliases(&["重大危险源名称"])
            .example("液氯储罐区"),
        Column::new("unit", "单元名称", ColumnKind::Text(80)).required().example("液氯储罐区"),
        Column::new("kind", "单元类别", ColumnKind::OneOf(&["生产单元", "储罐区", "仓库"]))
            .required()
            .example("储罐区"),
        Column::new("chemicals", "危险化学品及设计最大量", ColumnKind::Text(2000))
            .required()
            .rule("“品名 吨数”，多种之间用分号隔开；不在 GB 18218 表1 或需定 β 的，在品名后用括号写类别符号")
            .example("液氯 90；氢气（W2） 0.4"),
        Column::new("population_500m", "500米内常住人口", ColumnKind::Int(0, 10_000_000))
            .aliases(&["厂区边界外500米常住人口", "暴露人员"])
            .rule("厂区边界外 500 m 范围内常住人口数；构成重大危险源时必填（GB 18218-2018 表5）")
            .example("120"),
        Column::new("tags", "监测点位", ColumnKind::Text(4000))
            .rule("位号，用分号或顿号隔开")
            .example("LT-101；PT-101"),
        Column::new("principal", "主要负责人", TEXT_40).example("张三"),
        Column::new("principal_phone", "主要负责人电话", ColumnKind::Text(20)).example("13900000000"),
        Column::new("technical", "技术负责人", TEXT_40).example("李四"),
        Column::new("technical_phone", "技术负责人电话", ColumnKind::Text(20)),
        Column::new("operation", "操作负责人", TEXT_40).example("王五"),
        Column::new("operation_phone", "操作负责人电话", ColumnKind::Text(20)),
        Column::new("filed_no", "备案编号", ColumnKind::Text(60)).example("BA990121202600001"),
        Column::new("filed_on", "备案日期", ColumnKind::Date),
        Column::new("evaluated_on", "最近一次安全评估日期", ColumnKind::Date)
            .aliases(&["评估日期"])
            .example("2025-06-30"),
    ],
};

fn uscc(text: &str) -> Result<String, String> {
    standards::codes::Uscc::parse(text).map(|code| code.to_string())
}

async fn take(ctx: Ctx, row: Row, mode: ImportMode) -> Result<()> {
    let org = enterprise(&ctx, &row).await?;
    let name = row.text("name").unwrap_or_default();
    let known = store::named(&ctx, &org.id, name).await?;
    let form = form(&row, &org, known.as_ref())?;
    // Without writing, the same checks as a write, short of what only the other rows decide.
    let result = match (mode, known) {
        (ImportMode::Check, _) => write::judge(&ctx, &form, &org).map(drop),
        (ImportMode::Apply { .. }, None) => write::file(&ctx, form).await.map(drop),
        (ImportMode::Apply { .. }, Some(source)) => match write::change(&ctx, source.id, form).await {
            // A row that says what is already on file is fine as it is.
            Err(Error::Conflict(_)) => Ok(()),
            other => other,
        },
    };
    result.map_err(at_columns)
}

async fn enterprise(ctx: &Ctx, row: &Row) -> Result<Org> {
    let Some(code) = row.text("enterprise") else { return write::enterprise(ctx, None).await };
    let known = store::by_uscc(ctx, code).await?;
    let org = known.filter(|o| platform::scope::covers(&ctx.actor, &o.placed()));
    org.ok_or_else(|| {
        Error::invalid("enterprise", format!("{code} 不在企业名录中，或不在您的管辖范围内；请先登记企业"))
    })
}

/// Fields of the form stand in other columns of the sheet.
fn at_columns(error: Error) -> Error {
    let Error::Invalid(mut errors) = error else { return error };
    for error in &mut errors {
        let field = match error.field.as_str() {
            f if f.contains("chemicals") => "chemicals",
            f if f.contains("tags") => "tags",
            f if f.starts_with("units") => "unit",
            f if f.starts_with("responsible") => "principal",
            _ => continue,
        };
        field.clone_into(&mut error.field);
    }
    Error::Invalid(errors)
}

/// The whole file as it will be: what is known, with this row's unit in it.
fn form(row: &Row, org: &Org, known: Option<&Source>) -> Result<NewSource> {
    let unit = unit(row)?;
    let text = |key: &str| row.text(key).map(str::to_owned);
    let day = |key: &str| row.date(key).map(|d| d.to_string());
    let mut form = known.map_or_else(|| empty(org), refill);
    form.name = text("name").unwrap_or_default();
    match form.units.iter_mut().find(|u| u.name == unit.name) {
        // Tanks are kept: the workbook does not know them.
        Some(slot) => *slot = Unit { tanks: std::mem::take(&mut slot.tanks), ..unit },
        None => form.units.push(unit),
    }
    if let Some(people) = row.int("population_500m") {
        form.population_500m = u32::try_from(people).ok();
    }
    let posts = [(Post::Principal, "principal"), (Post::Technical, "technical"), (Post::Operation, "operation")];
    for (post, key) in posts {
        if let Some(name) = text(key) {
            form.responsible.retain(|r| r.post != post);
            form.responsible.push(Responsible { post, name, phone: text(&format!("{key}_phone")), duty: None });
        }
    }
    form.filed_no = text("filed_no").or(form.filed_no);
    form.filed_on = day("filed_on").or(form.filed_on);
    form.evaluated_on = day("evaluated_on").or(form.evaluated_on);
    Ok(form)
}

fn empty(org: &Org) -> NewSource {
    NewSource {
        enterprise: Some(org.id.clone()),
        name: String::new(),
        region: None,
        site: None,
        lon: None,
        lat: None,
        population_500m: None,
        units: vec![],
        responsible: vec![],
        filed_no: None,
        filed_on: None,
        evaluated_on: None,
        revision: None,
        origin: Origin::Import,
    }
}

/// The form that would give the file on record.
fn refill(source: &Source) -> NewSource {
    let file = &source.file;
    let unit = |u: &super::file::UnitFile| Unit {
        name: u.name.clone(),
        kind: u.kind,
        chemicals: u.chemicals.iter().map(|c| c.given.clone()).collect(),
        tanks: u.tanks.iter().map(|t| Tank { name: t.name.clone(), tags: t.tags.clone() }).collect(),
        tags: u.tags.clone(),
    };
    NewSource {
        enterprise: Some(source.enterprise().to_owned()),
        name: file.name.clone(),
        region: Some(file.region.clone()),
        site: file.site,
        lon: file.lon,
        lat: file.lat,
        population_500m: file.population_500m,
        units: file.units.iter().map(unit).collect(),
        responsible: file.responsible.clone(),
        filed_no: file.filed_no.clone(),
        filed_on: file.filed_on.map(|d| d.to_string()),
        evaluated_on: file.evaluated_on.map(|d| d.to_string()),
        revision: Some(source.revision),
        origin: Origin::Import,
    }
}

fn unit(row: &Row) -> Result<Unit> {
    let kinds = [UnitKind::Production, UnitKind::TankArea, UnitKind::Warehouse];
    let kind = kinds.into_iter().find(|k| Some(k.name()) == row.text("kind"));
    let tags = row.text("tags").unwrap_or_default().split([';', '；', '、', '\n']);
    Ok(Unit {
        name: row.text("unit").unwrap_or_default().to_owned(),
        kind: kind.ok_or_else(|| Error::invalid("kind", "单元类别只能填：生产单元、储罐区、仓库"))?,
        chemicals: chemicals(row.text("chemicals").unwrap_or_default())?,
        tanks: vec![],
        tags: tags.map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect(),
    })
}

/// Reads `液氯 90；氢气（W2） 0.4吨`.
fn chemicals(text: &str) -> Result<Vec<Chemical>> {
    let parts = text.split([';', '；', '\n']).map(str::trim).filter(|p| !p.is_empty());
    parts.map(chemical).collect()
}

fn chemical(text: &str) -> Result<Chemical> {
    let wrong =
        || Error::invalid("chemicals", format!("“{text}”读不出吨数，应写成“液氯 90”的样子，多种之间用分号隔开"));
    let bare = text.trim_end_matches(['吨', 't', 'T']).trim_end();
    let (name, quantity) = bare.rsplit_once(char::is_whitespace).ok_or_else(wrong)?;
    let q_t: Decimal = quantity.parse().map_err(|_| wrong())?;
    let (name, classes) = split_classes(name.trim());
    Ok(Chemical { name, classes, q_t, ..Chemical::default() })
}

/// A bracket at the end is a class only where it looks like one: names have brackets too.
fn split_classes(name: &str) -> (String, Vec<String>) {
    let inner = name.strip_suffix(['）', ')']).and_then(|rest| rest.rsplit_once(['（', '(']));
    if let Some((plain, symbols)) = inner {
        let symbols: Vec<String> = symbols.split(['、', ',', '，']).map(|s| s.trim().to_uppercase()).collect();
        let class = |s: &String| {
            s.strip_prefix(['W', 'J']).is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()) && n.len() <= 4)
        };
        if symbols.iter().all(class) {
            return (plain.trim().to_owned(), symbols);
        }
    }
    (name.to_owned(), vec![])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_chemicals_reads_names_classes_and_tonnes() {
        let got = chemicals("液氯 90；氢气（W2） 0.4吨\n甲苯(w5.3, J5)  12.50 t；硝酸铵（含可燃物≤0.2%） 3").unwrap();
        let shown: Vec<(&str, String, usize)> =
            got.iter().map(|c| (c.name.as_str(), c.q_t.to_string(), c.classes.len())).collect();
        let want = [("液氯", "90", 0), ("氢气", "0.4", 1), ("甲苯", "12.50", 2), ("硝酸铵（含可燃物≤0.2%）", "3", 0)];
        assert_eq!(shown, want.map(|(n, q, c)| (n, q.to_owned(), c)));
    }

    #[test]
    fn a_chemical_without_tonnes_is_refused_by_name() {
        let refused = format!("{:?}", chemicals("液氯90").unwrap_err());
        assert!(refused.contains("液氯90") && refused.contains("chemicals"), "{refused}");
    }
}
