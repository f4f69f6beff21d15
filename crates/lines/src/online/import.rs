//! The tag list of an enterprise from a workbook.

use futures_util::future::BoxFuture;
use platform::sheets::{Column, ColumnKind, Row, Sheet, Value};
use platform::{Action, Ctx, Import, ImportMode, Result};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::api::{LimitForm, check_tag};
use super::api::{NewTag, register_tag};

const ANY: ColumnKind = ColumnKind::Decimal(
    Decimal::from_parts(u32::MAX, u32::MAX, 0, true, 6),
    Decimal::from_parts(u32::MAX, u32::MAX, 0, false, 6),
);

/// The columns of a tag list.
pub const SHEET: Sheet = Sheet {
    title: "监测点位",
    columns: &[
        Column::new("tag", "位号", ColumnKind::Text(96))
            .required()
            .unique()
            .rule("字母、数字、_-.，全平台唯一")
            .example("E001-tank-01-level"),
        Column::new("name", "名称", ColumnKind::Text(120)).rule("现场叫法；留空用位号").example("1号液氯储罐液位"),
        Column::new("enterprise", "企业编号", ColumnKind::Text(64)).required().aliases(&["企业"]).example("E001"),
        Column::new("device", "设备编号", ColumnKind::Text(64))
            .aliases(&["网关"])
            .rule("上报该点位的设备，须先登记；留空为本企业任一设备")
            .example("E001-GW1"),
        Column::new("hazard_source", "重大危险源编号", ColumnKind::Text(64)).example(""),
        Column::new("metric", "参数", ColumnKind::Text(40)).required().example("level"),
        Column::new("unit", "单位", ColumnKind::Text(20)).required().example("%"),
        Column::new("low_low", "低低报", ANY).aliases(&["低低限", "LL"]),
        Column::new("low", "低报", ANY).aliases(&["低限", "L"]).example("10"),
        Column::new("high", "高报", ANY).aliases(&["高限", "H"]).example("80"),
        Column::new("high_high", "高高报", ANY).aliases(&["高高限", "HH"]).example("85"),
        Column::new("dead_band", "死区", ANY).rule("不小于 0，小于相邻限值的间距；留空为 0").example("1"),
        Column::new("on_delay_s", "触发延时秒", ColumnKind::Int(0, 600)),
        Column::new("off_delay_s", "恢复延时秒", ColumnKind::Int(0, 600)),
        Column::new("sample_s", "采样周期秒", ColumnKind::Int(1, 86_400))
            .required()
            .aliases(&["采样周期"])
            .example("30"),
        Column::new("consequence", "后果等级", ColumnKind::Int(1, 3))
            .rule("1 重大危险源，2 一般，3 轻微；留空为 2")
            .example("1"),
    ],
};

/// The imports of this part.
pub const IMPORTS: &[Import] = &[Import { kind: "sensors", action: Action::Onboard, sheet: &SHEET, row }];

fn row(ctx: Ctx, row: Row, mode: ImportMode) -> BoxFuture<'static, Result<()>> {
    Box::pin(async move {
        let form = form(&row);
        match mode {
            ImportMode::Check => check_tag(&ctx, &form).await.map(drop).map_err(by_column),
            ImportMode::Apply { .. } => register_tag(&ctx, form, "import").await.map_err(by_column),
        }
    })
}

/// Names the columns of the sheet instead of the fields of the API.
fn by_column(error: platform::Error) -> platform::Error {
    let platform::Error::Invalid(mut fields) = error else { return error };
    for f in &mut fields {
        f.field = match f.field.as_str() {
            "hh" => "high_high".into(),
            "h" => "high".into(),
            "l" => "low".into(),
            "ll" => "low_low".into(),
            _ => std::mem::take(&mut f.field),
        };
    }
    platform::Error::Invalid(fields)
}

fn form(row: &Row) -> NewTag {
    let value = |key: &str| row.fields.iter().find(|f| f.key == key).and_then(|f| f.value.clone());
    let text = |key: &str| value(key).map(|v| v.to_string()).filter(|t| !t.is_empty());
    let number = |key: &str| match value(key) {
        Some(Value::Decimal(d)) => d.to_f64(),
        Some(Value::Int(n)) => Some(n as f64),
        _ => None,
    };
    let whole = |key: &str, otherwise: i64| match value(key) {
        Some(Value::Int(n)) => n,
        _ => otherwise,
    };
    let tag = text("tag").unwrap_or_default();
    NewTag {
        name: text("name").unwrap_or_else(|| tag.clone()),
        enterprise: text("enterprise").unwrap_or_default(),
        device: text("device"),
        hazard_source: text("hazard_source"),
        metric: text("metric").unwrap_or_default(),
        unit: text("unit").unwrap_or_default(),
        sample_s: whole("sample_s", 0) as u32,
        consequence: whole("consequence", 2) as u8,
        limits: LimitForm {
            hh: number("high_high"),
            h: number("high"),
            l: number("low"),
            ll: number("low_low"),
            dead_band: number("dead_band").unwrap_or(0.0),
            on_delay_s: whole("on_delay_s", 0) as u32,
            off_delay_s: whole("off_delay_s", 0) as u32,
        },
        tag,
    }
}
