//! The README's table of the systems, which `scripts/systems-table` writes and a test compares.
use crate::ALL;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

const BEGIN: &str = "<!-- systems -->";
const END: &str = "<!-- /systems -->";

/// The table from the list.
fn table() -> String {
    let mut text = String::from("| 编号 | 阶段 | 系统 | 状态 |\n| --- | --- | --- | --- |\n");
    for part in ALL {
        let state = if part.built { "已建成" } else { "规划中" };
        let number = part.no.unwrap_or_default();
        writeln!(text, "| N{number} | {} | {} | {state} |", part.phase.name(), part.name).unwrap();
    }
    text
}

/// The text with the table between the markers; none where the markers are missing.
fn with_table(readme: &str) -> Option<String> {
    let (before, rest) = readme.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{}{END}{after}", table()))
}

#[test]
fn the_table_lies_between_its_markers_and_leaves_the_rest_alone() {
    let written = with_table("上文\n<!-- systems -->\n旧表\n<!-- /systems -->\n下文\n").unwrap();
    assert!(
        written.starts_with("上文\n<!-- systems -->\n| 编号 |") && written.ends_with("|\n<!-- /systems -->\n下文\n")
    );
    assert!(written.contains("| N9 | 事中 | 重大危险源监控预警 | 已建成 |") && !written.contains("旧表"));
    assert_eq!(with_table(&written).unwrap(), written);
    assert_eq!(with_table("没有标记"), None);
}

#[test]
fn the_readme_lists_the_systems_as_they_are() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let Ok(readme) = fs::read_to_string(&path) else { return };
    let written = with_table(&readme).expect("README.md has the markers <!-- systems --> and <!-- /systems -->");
    if std::env::var_os("ANLAN_WRITE").is_some() {
        fs::write(&path, written).unwrap();
    } else {
        assert_eq!(readme, written, "the list has changed: run scripts/systems-table --write");
    }
}
