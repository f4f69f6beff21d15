//! Enterprises and people from Excel or CSV: each row is judged like a form, and each field keeps
//! the file and cell it came from.
use crate::enterprise::people::{self, PersonForm};
use crate::enterprise::profile::{EnterpriseForm, FIELDS};
use crate::enterprise::register::{self, NewEnterprise, Origin};
use crate::enterprise::store;
use platform::sheets::{Column, ColumnKind, Row, Sheet};
use platform::{Action, Ctx, Error, Import, ImportMode, Result, scope};
use rust_decimal::Decimal;
use standards::codes::{CitizenId, IndustryCode, Region, Uscc};

/// Whole degrees from the first to the second.
const fn degrees_between(low: u32, high: u32) -> ColumnKind {
    ColumnKind::Decimal(Decimal::from_parts(low, 0, 0, false, 0), Decimal::from_parts(high, 0, 0, false, 0))
}

fn uscc(text: &str) -> std::result::Result<String, String> {
    Uscc::parse(text).map(|c| c.to_string())
}

fn region(text: &str) -> std::result::Result<String, String> {
    Region::parse(text).map(|r| r.to_string())
}

fn industry(text: &str) -> std::result::Result<String, String> {
    IndustryCode::parse(text).map(|c| c.as_str().to_owned())
}

fn citizen(text: &str) -> std::result::Result<String, String> {
    CitizenId::parse(text).map(|c| c.reveal().to_owned())
}

/// Columns of the register of enterprises.
const ENTERPRISES: Sheet = Sheet {
    title: "企业名录",
    columns: &[
        Column::new("name", "企业名称", ColumnKind::Text(100))
            .required()
            .aliases(&["单位名称", "名称"])
            .rule("与营业执照一致，2 到 100 字")
            .example("示例精细化工有限公司"),
        Column::new("uscc", "统一社会信用代码", ColumnKind::Code(uscc))
            .required()
            .unique()
            .aliases(&["信用代码", "统一社会信用代码（18位）"])
            .rule("营业执照上的 18 位代码（GB 32100-2015），单元格设为文本")
            .example("91350100M000100Y43"),
        Column::new("region", "行政区划代码", ColumnKind::Code(region))
            .required()
            .aliases(&["区划代码", "所在乡镇代码"])
            .rule("所在乡镇（街道）的 9 位代码")
            .example("990121103"),
        Column::new("industry", "行业门类", ColumnKind::Text(50))
            .aliases(&["行业"])
            .rule("门类字母、门类名称或常用行业名称")
            .example("制造业"),
        Column::new("gbt4754", "行业代码", ColumnKind::Code(industry))
            .aliases(&["国民经济行业代码"])
            .rule("GB/T 4754-2017，2 到 4 位数字")
            .example("2614"),
        Column::new("employees", "从业人数", ColumnKind::Int(0, 1_000_000))
            .aliases(&["职工人数", "人数"])
            .example("86"),
        Column::new("address", "地址", ColumnKind::Text(200))
            .aliases(&["生产经营地址", "企业地址"])
            .example("白沙镇化工大道 1 号"),
        Column::new("contact_name", "联系人", ColumnKind::Text(30)).aliases(&["安全负责人"]).example("王小安"),
        Column::new("contact_phone", "联系电话", ColumnKind::Text(30))
            .aliases(&["电话", "手机"])
            .rule("手机号或带区号的固定电话")
            .example("13800000000"),
        Column::new("lon", "经度", degrees_between(73, 136)).rule("CGCS2000，度").example("118.6"),
        Column::new("lat", "纬度", degrees_between(3, 54)).rule("CGCS2000，度").example("27.3"),
    ],
};

/// Columns of the register of people.
const PEOPLE: Sheet = Sheet {
    title: "企业人员",
    columns: &[
        Column::new("uscc", "统一社会信用代码", ColumnKind::Code(uscc))
            .required()
            .aliases(&["信用代码", "企业信用代码"])
            .rule("人员所在企业的 18 位代码（GB 32100-2015）")
            .example("91350100M000100Y43"),
        Column::new("name", "姓名", ColumnKind::Text(30)).required().example("王小安"),
        Column::new("post", "岗位", ColumnKind::Text(100))
            .aliases(&["职务", "工种"])
            .rule("多个用顿号隔开")
            .example("安全员"),
        Column::new("phone", "联系电话", ColumnKind::Text(30))
            .aliases(&["电话", "手机"])
            .rule("手机号或带区号的固定电话")
            .example("13800000000"),
        Column::new("id_number", "公民身份号码", ColumnKind::Code(citizen))
            .unique()
            .aliases(&["身份证号"])
            .rule("18 位（GB 11643-1999），单元格设为文本")
            .example("11010519491231002X"),
    ],
};

/// What the register takes in.
pub(super) const IMPORTS: &[Import] = &[
    Import {
        kind: "enterprises",
        action: Action::Import,
        sheet: &ENTERPRISES,
        row: |ctx, row, mode| Box::pin(enterprise(ctx, row, mode)),
    },
    Import {
        kind: "people",
        action: Action::Import,
        sheet: &PEOPLE,
        row: |ctx, row, mode| Box::pin(person(ctx, row, mode)),
    },
];

fn degrees(row: &Row, key: &str) -> Option<f64> {
    row.decimal(key).and_then(|d| d.to_string().parse().ok())
}

async fn enterprise(ctx: Ctx, row: Row, mode: ImportMode) -> Result<()> {
    let text = |key: &str| row.text(key).map(str::to_owned);
    let form = EnterpriseForm {
        name: text("name"),
        uscc: text("uscc"),
        region: text("region"),
        industry: text("industry"),
        gbt4754: text("gbt4754"),
        employees: row.int("employees"),
        address: text("address"),
        lon: degrees(&row, "lon"),
        lat: degrees(&row, "lat"),
        contact_name: text("contact_name"),
        contact_phone: text("contact_phone"),
        ..EnterpriseForm::default()
    };
    let profile = form.check(None)?;
    register::within_area(&ctx, &profile)?;
    register::refuse_known(&ctx, &profile.uscc).await?;
    let ImportMode::Apply { file } = mode else { return Ok(()) };
    let cell = |field: &str| row.at(if field == "position" { "lon" } else { field });
    let cells = FIELDS.iter().filter_map(|(field, _)| Some(((*field).to_owned(), cell(field)?))).collect();
    register::register(&ctx, NewEnterprise { id: None, profile, origin: Origin::File { file, cells } }).await?;
    Ok(())
}

async fn person(ctx: Ctx, row: Row, mode: ImportMode) -> Result<()> {
    let uscc = row.text("uscc").unwrap_or_default();
    let known = store::by_uscc(ctx.db(), uscc).await?.filter(|e| scope::covers(&ctx.actor, &e.placed()));
    let Some(enterprise) = known else {
        return Err(Error::invalid("uscc", "没有这家企业，或不在您的管辖范围内：请先登记或导入企业"));
    };
    let text = |key: &str| row.text(key).map(str::to_owned);
    let form = PersonForm {
        name: text("name").unwrap_or_default(),
        post: text("post"),
        phone: text("phone"),
        id_number: text("id_number"),
        specialities: vec![],
    };
    let checked = form.check(people::today(ctx.now())?)?;
    people::refuse_known(&ctx, &enterprise.id, &checked).await?;
    if matches!(mode, ImportMode::Apply { .. }) {
        people::register(&ctx, &enterprise.placed(), &form).await?;
    }
    Ok(())
}
