//! Stories of the whole mechanism: a foreign file in, rows and reasons out, and back again.

use std::borrow::Cow;

use proptest::prelude::*;
use rust_decimal::Decimal;
use rust_xlsxwriter::Workbook;

use super::*;

/// Check digit of a credit code, GB 32100-2015, enough for these tests.
fn credit_code(code: &str) -> Result<String, String> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let code = code.to_uppercase();
    let values: Option<Vec<usize>> = code.chars().map(|c| ALPHABET.find(c)).collect();
    let values = values.filter(|values| values.len() == 18).ok_or("应为 18 位信用代码")?;
    let total = values.iter().take(17).fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31)).0;
    let right = (31 - total % 31) % 31;
    if values[17] == right { Ok(code) } else { Err("校验位不对（GB 32100-2015）".to_owned()) }
}

fn upper(code: &str) -> Result<String, String> {
    if code.is_ascii() { Ok(code.to_uppercase()) } else { Err("只能是数字和字母".to_owned()) }
}

const SECTIONS: &[&str] = &["A", "B", "C", "D", "E", "F", "G", "H"];

const ENTERPRISES: Sheet = Sheet {
    title: "企业名录",
    columns: &[
        Column::new("name", "企业名称", ColumnKind::Text(120))
            .required()
            .aliases(&["单位名称"])
            .example("岚江化工有限公司"),
        Column::new("uscc", "统一社会信用代码", ColumnKind::Code(credit_code))
            .required()
            .unique()
            .rule("18 位，末位为校验位")
            .example("91990121MA9000011N"),
        Column::new("region", "行政区划代码", ColumnKind::Code(upper)).required(),
        Column::new("section", "行业门类", ColumnKind::OneOf(SECTIONS)).required().example("C"),
        Column::new("industry", "行业代码", ColumnKind::Text(4)),
        Column::new("employees", "从业人数", ColumnKind::Int(0, 1_000_000)).required().example("120"),
        Column::new("address", "地址", ColumnKind::Text(200)),
        Column::new("contact", "联系人", ColumnKind::Text(40)),
        Column::new("phone", "联系电话", ColumnKind::Code(upper)),
        Column::new(
            "lng",
            "经度",
            ColumnKind::Decimal(Decimal::from_parts(180, 0, 0, true, 0), Decimal::from_parts(180, 0, 0, false, 0)),
        ),
        Column::new(
            "lat",
            "纬度",
            ColumnKind::Decimal(Decimal::from_parts(90, 0, 0, true, 0), Decimal::from_parts(90, 0, 0, false, 0)),
        ),
        Column::new("founded", "成立日期", ColumnKind::Date),
    ],
};

const FIXTURE: &[u8] = include_bytes!("../../tests/data/enterprises.xlsx");

fn fixture() -> Parsed {
    read(&ENTERPRISES, FIXTURE, "enterprises.xlsx").unwrap()
}

fn reasons(parsed: &Parsed) -> Vec<String> {
    parsed.problems().map(ToString::to_string).collect()
}

#[test]
fn a_workbook_of_libreoffice_is_read_below_merged_titles_and_a_header_of_two_lines() {
    let parsed = fixture();
    assert_eq!(parsed.worksheet.as_deref(), Some("企业名录"));
    assert_eq!((parsed.header_line, parsed.rows.len(), parsed.good().count()), (5, 10, 7));
    assert_eq!(parsed.unknown_columns, ["备注"]);
    assert_eq!(
        reasons(&parsed),
        [
            "第 11 行「统一社会信用代码」填的是「91990121MA95001470」：校验位不对（GB 32100-2015）",
            "第 15 行「从业人数」填的是「三十人」：应填：0 到 1000000 的整数",
            "第 16 行「企业名称」没有填：必填，文字，不超过 120 字",
            "第 16 行「经度」填的是「999.1」：应填：-180 到 180 的数",
        ]
    );
}

#[test]
fn full_width_text_formatted_and_spaced_cells_are_understood_and_their_source_is_kept() {
    let parsed = fixture();
    let row = &parsed.rows[1];
    assert_eq!(row.text("name"), Some("岚江（东港）仓储有限公司"));
    assert_eq!(row.text("section"), Some("G"));
    assert_eq!((row.int("employees"), row.text("phone")), (Some(86), Some("13900000002")));
    assert_eq!(row.decimal("lng"), Some(Decimal::new(116_498, 3)));
    let code = row.field("uscc").unwrap();
    assert_eq!(row.at("uscc").as_deref(), Some("C7"));
    assert!(code.original.starts_with("９１９９０１２１ＭＡ"), "{}", code.original);
    assert_eq!(parsed.rows[2].int("employees"), Some(1280));
    assert_eq!(parsed.rows[2].text("phone"), Some("0990-660001"));
    assert_eq!(parsed.rows[9].text("contact"), None);
}

#[test]
fn rows_in_error_come_back_as_given_with_reasons_and_can_be_read_again() {
    let book = errors_workbook(&ENTERPRISES, &fixture()).unwrap();
    let again = read(&ENTERPRISES, &book, "errors.xlsx").unwrap();
    assert_eq!((again.rows.len(), again.good().count()), (3, 0));
    assert_eq!(again.unknown_columns, ["备注"]);
    assert_eq!(again.rows[0].unknown, ["末位抄错"]);
    assert_eq!(again.rows[1].field("employees").unwrap().original, "三十人");
    let plain: Vec<_> = again.problems().map(|p| (p.column.clone(), p.rule.clone())).collect();
    assert_eq!(plain, fixture().problems().map(|p| (p.column.clone(), p.rule.clone())).collect::<Vec<_>>());
}

#[test]
fn an_untouched_template_has_no_rows_and_a_filled_one_is_read() {
    let template = template(&ENTERPRISES).unwrap();
    let parsed = read(&ENTERPRISES, &template, "企业名录.xlsx").unwrap();
    assert_eq!((parsed.rows.len(), parsed.header_line), (0, 2));
    assert!(parsed.unknown_columns.is_empty());
}

#[test]
fn a_long_list_goes_to_a_hidden_worksheet_and_the_template_still_reads() {
    const LONG: &[&str] = &["危险化学品生产经营企业类别名称之一"; 40];
    const COLUMNS: &[Column] =
        &[Column::new("a", "甲", ColumnKind::Text(9)), Column::new("b", "乙", ColumnKind::OneOf(LONG))];
    let sheet = Sheet { title: "长表", columns: COLUMNS };
    assert_eq!(read(&sheet, &template(&sheet).unwrap(), "a.xlsx").unwrap().rows.len(), 0);
}

const HEADER: &str = "企业名称,统一社会信用代码,行政区划代码,行业门类,从业人数,成立日期\n";
const LINE: &str = "岚江化工,91990121MA9000011N,990121,C,120,2026年3月1日\n";

#[test]
fn csv_is_read_in_utf8_with_and_without_mark_gb18030_and_utf16() {
    let text = format!("{HEADER}{LINE}");
    let (gb, ..) = encoding_rs::GB18030.encode(&text);
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [text.as_bytes(), format!("\u{FEFF}{text}").as_bytes(), &gb, &utf16] {
        let parsed = read(&ENTERPRISES, bytes, "a.csv").unwrap();
        assert_eq!(reasons(&parsed), [""; 0]);
        assert_eq!(parsed.rows[0].text("name"), Some("岚江化工"));
        assert_eq!(parsed.rows[0].date("founded"), chrono::NaiveDate::from_ymd_opt(2026, 3, 1));
    }
}

#[test]
fn csv_delimiters_are_told_apart_and_lines_are_counted_as_people_count() {
    for delimiter in [",", ";", "\t"] {
        let text = format!("说明，可有可无\n\n{HEADER}\n\n{LINE}").replace(',', delimiter);
        let parsed = read(&ENTERPRISES, text.as_bytes(), "a.csv").unwrap();
        assert_eq!((parsed.header_line, parsed.rows[0].line), (3, 6), "{delimiter:?}");
        assert_eq!(parsed.rows[0].at("uscc").as_deref(), Some("B6"));
    }
}

#[test]
fn a_code_twice_in_a_file_names_the_first_line() {
    let parsed = read(&ENTERPRISES, format!("{HEADER}{LINE}{LINE}").as_bytes(), "a.csv").unwrap();
    assert_eq!(parsed.good().count(), 1);
    assert!(reasons(&parsed)[0].contains("与第 2 行重复"), "{:?}", reasons(&parsed));
}

#[test]
fn a_file_that_cannot_be_used_says_why_in_one_line() {
    let refuse = |bytes: &[u8], name: &str| read(&ENTERPRISES, bytes, name).unwrap_err().0;
    assert!(refuse(b"", "a.csv").contains("文件是空的"));
    assert!(refuse(b"a,b\n1,2\n", "a.csv").contains("没有找到「企业名录」的表头"));
    assert!(
        refuse("企业名称,地址,行业门类,行政区划代码\n".as_bytes(), "a.csv")
            .contains("缺少必填列：统一社会信用代码、从业人数")
    );
    assert!(refuse(format!("企业名称,{HEADER}").as_bytes(), "a.csv").contains("出现了两次（A 列和 B 列）"));
    assert!(refuse(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "a.xls").contains("另存为 .xlsx"));
    assert!(refuse(b"PK\x03\x04broken", "a.xlsx").contains("已损坏或加了密码"));
    assert!(refuse(b"\x89PNG\r\n\x1a\n\0\0\0\r", "a.csv").contains("文字编码"));
    let unclosed = format!("{HEADER}\"岚江,{}", LINE.repeat(1_000));
    assert!(refuse(unclosed.as_bytes(), "a.csv").contains("引号是否成对"));
}

#[test]
fn more_rows_than_the_bound_are_refused_not_cut() {
    let text = format!("{HEADER}{}", "甲,乙,丙,丁,1,\n".repeat(MAX_ROWS + 31));
    assert!(read(&ENTERPRISES, text.as_bytes(), "a.csv").unwrap_err().0.contains("超过 100000 行"));
}

#[test]
fn a_lone_cell_in_the_last_corner_costs_no_memory() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.write_string(0, 0, "企业名称").unwrap().write_string(0, 1, "地址").unwrap();
    page.write_string(1_048_575, 0, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    assert!(read(&ENTERPRISES, &bytes, "a.xlsx").unwrap_err().0.contains("缺少必填列"));
}

fn export_rows() -> Vec<Vec<Cell>> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
    vec![
        vec![Some("=HYPERLINK(\"http://x\")".into()), Some(Value::Int(-5)), Some(day.into())],
        vec![Some("＝1+1".into()), Some(Decimal::new(-125, 2).into()), None],
        vec![
            Some("岚江,\"化工\"\n二行".into()),
            Some(Value::Int(i64::MAX)),
            Some(day.and_hms_opt(8, 30, 0).unwrap().into()),
        ],
    ]
}

const LIST: Heading<'_> = Heading {
    title: "报警/台账",
    watermark: Cow::Borrowed("导出人：值班员　2026-03-01 08:30"),
    columns: &["名称", "数值", "日期"],
};

#[test]
fn an_exported_workbook_holds_typed_cells_and_no_formula() {
    use calamine::{Data, Reader};
    let bytes = write(&LIST, export_rows()).unwrap();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let name = book.sheet_names()[0].clone();
    assert_eq!(name, "报警台账");
    assert!(book.worksheet_formula(&name).unwrap().used_cells().next().is_none());
    let range = book.worksheet_range(&name).unwrap();
    let cell = |row, column| range.get_value((row, column)).cloned().unwrap();
    assert_eq!(cell(1, 0), Data::String(LIST.watermark.to_string()));
    assert_eq!(cell(3, 0), Data::String("=HYPERLINK(\"http://x\")".to_owned()));
    assert_eq!((cell(3, 1), cell(4, 1)), (Data::Float(-5.0), Data::Float(-1.25)));
    assert_eq!(cell(5, 1), Data::String(i64::MAX.to_string()), "no digit may change");
    assert!(matches!(cell(3, 2), Data::DateTime(day) if (day.as_f64() - 46_082.0).abs() < 1e-9));
}

#[test]
fn an_exported_csv_guards_formulas_and_keeps_negative_numbers() {
    let bytes = write_csv(&LIST, export_rows()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(
        text,
        "\u{FEFF}报警/台账　导出人：值班员　2026-03-01 08:30\r\n名称,数值,日期\r\n\
         \"'=HYPERLINK(\"\"http://x\"\")\",-5,2026-03-01\r\n'＝1+1,-1.25,\r\n\
         \"岚江,\"\"化工\"\"\n二行\",9223372036854775807,2026-03-01 08:30:00\r\n"
    );
}

#[test]
fn what_we_export_we_can_import() {
    let columns: Vec<&str> = ENTERPRISES.columns.iter().map(|column| column.title).collect();
    let heading = Heading { title: "企业名录", watermark: "导出人：甲".into(), columns: &columns };
    let source = fixture();
    let rows: Vec<Vec<_>> =
        source.good().map(|row| row.fields.iter().map(|field| field.value.clone()).collect()).collect();
    for (bytes, name) in [(write(&heading, &rows).unwrap(), "a.xlsx"), (write_csv(&heading, &rows).unwrap(), "a.csv")] {
        let again = read(&ENTERPRISES, &bytes, name).unwrap();
        assert_eq!(reasons(&again), [""; 0], "{name}");
        let values: Vec<Vec<_>> =
            again.rows.iter().map(|row| row.fields.iter().map(|field| field.value.clone()).collect()).collect();
        assert_eq!(values, rows, "{name}");
    }
}

#[test]
fn a_text_longer_than_a_cell_is_cut_and_says_so() {
    const COLUMNS: &[Column] =
        &[Column::new("n", "名称", ColumnKind::Text(40_000)), Column::new("v", "数值", ColumnKind::Text(9))];
    let sheet = Sheet { title: "t", columns: COLUMNS };
    let long = "🙂".repeat(20_000);
    let bytes = write(&LIST, [[Some(Value::from(long))]]).unwrap();
    let parsed = read(&sheet, &bytes, "a.xlsx").unwrap();
    assert!(parsed.rows[0].text("n").unwrap().ends_with("后文略）"));
}

/// The parts of the fixture, so that a property test can break one of them inside a sound zip.
fn parts() -> Vec<(String, Vec<u8>)> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(FIXTURE)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut part = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn zipped(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), name in "a\\.(csv|xlsx)") {
        let _ = read(&ENTERPRISES, &bytes, &name);
    }

    #[test]
    fn no_csv_text_makes_the_reader_panic(text in "[,;\t\"\n'=企业名称0-9a：日/-]{0,200}") {
        let _ = read(&ENTERPRISES, format!("{HEADER}{text}").as_bytes(), "a.csv");
    }

    #[test]
    fn no_damage_inside_a_workbook_makes_the_reader_panic(
        part in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        damage in prop_oneof![Just("<".to_owned()), Just("99999999999999999999".to_owned()), Just("\"".to_owned()), Just("-1".to_owned()), "[ -~]{1,6}"],
        cut in 0..12usize,
    ) {
        let mut parts = parts();
        let part = part.index(parts.len());
        let bytes = &mut parts[part].1;
        let at = at.index(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, damage.into_bytes());
        if let Ok(parsed) = read(&ENTERPRISES, &zipped(&parts), "a.xlsx") {
            errors_workbook(&ENTERPRISES, &parsed).unwrap();
        }
    }

    #[test]
    fn any_text_survives_export_and_import(texts in proptest::collection::vec("[^\u{0}-\u{1F}\u{7F}-\u{9F}_]{1,12}", 1..5)) {
        const COLUMNS: &[Column] = &[Column::new("a", "甲", ColumnKind::Text(99)), Column::new("b", "乙", ColumnKind::Int(0, 9))];
        let sheet = Sheet { title: "t", columns: COLUMNS };
        let heading = Heading { title: "t", watermark: "m".into(), columns: &["甲", "乙"] };
        let rows: Vec<_> = texts.iter().map(|text| [Some(Value::from(text.as_str())), Some(Value::Int(1))]).collect();
        for (bytes, name) in [(write(&heading, &rows).unwrap(), "a.xlsx"), (write_csv(&heading, &rows).unwrap(), "a.csv")] {
            let parsed = read(&sheet, &bytes, name).unwrap();
            let read: Vec<_> = parsed.rows.iter().map(|row| row.field("a").unwrap().original.trim_matches(text::is_blank)).collect();
            let given: Vec<_> = texts.iter().map(|text| text.trim_matches(text::is_blank)).collect();
            prop_assert_eq!(read, given, "{}", name);
        }
    }
}
