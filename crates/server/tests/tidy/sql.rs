//! Whose table is it, and who writes it.
use super::{File, files, none};
use std::collections::{BTreeMap, BTreeSet};

/// Tables of the platform that parts may read for names, lists and audits, never write. Who sees
/// what (`visibility`) is not among them: that is one function of the platform.
const DIRECTORY: [&str; 6] = ["org", "account", "role_grant", "region", "access_key", "event"];

/// Tables of the platform that are written without an event: how far we are, not what happened.
const BOOKKEEPING: [&str; 19] = [
    "account",
    "delivery",
    "delivery_cursor",
    "draft",
    "file",
    "import_run",
    "log_anchor",
    "log_checkpoint",
    "log_cosignature",
    "log_node",
    "log_state",
    "migration",
    "notification",
    "once",
    "reaction_cursor",
    "reaction_parked",
    "session",
    "setting",
    "work",
];

/// Table → owner, from all migrations: a part's folder, or `platform`.
fn owners(files: &[File]) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for file in files.iter().filter(|f| f.path.contains("/migrations/") && f.is(&["sql"]) && !f.is_test()) {
        let owner = file.part().unwrap_or_else(|| "platform".to_owned());
        for (verb, table) in tables(&file.text) {
            if verb == "table" {
                owners.insert(table, owner.clone());
            }
        }
    }
    owners
}

/// What is done to a table, and the table.
fn tables(text: &str) -> Vec<(&'static str, String)> {
    const VERBS: [&str; 5] = ["from", "join", "into", "update", "table"];
    const NO_TABLES: [&str; 4] = ["select", "set", "values", "lateral"];
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || "(),;\"\\".contains(c))
        .filter(|w| !w.is_empty() && !["if", "not", "exists"].contains(w))
        .collect();
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let mut found = vec![];
    for (at, pair) in words.windows(2).enumerate() {
        let [verb, name] = pair else { continue };
        let Some(verb) = VERBS.iter().find(|v| *v == verb) else { continue };
        if plain(name) && !NO_TABLES.contains(name) {
            let deleted = at > 0 && words[at - 1] == "delete";
            found.push((if deleted { "delete" } else { *verb }, (*name).to_owned()));
        }
    }
    found
}

/// The string literals of Rust code, so that `use x::from` and comments do not count.
fn literals(code: &str) -> String {
    let mut found = String::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        found.push_str(line);
        found.push('\n');
    }
    found.split('"').skip(1).step_by(2).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_table_is_used_by_its_owner_only() {
    let files = files();
    let owners = owners(&files);
    assert!(owners.len() > 25, "the migrations were not found: {owners:?}");
    let mut problems = vec![];
    for file in files.iter().filter(|f| f.is(&["rs"]) && !f.is_test()) {
        let Some(part) = file.part() else { continue };
        let used: BTreeSet<_> = tables(&literals(&file.text)).into_iter().collect();
        for (verb, table) in used {
            let Some(owner) = owners.get(&table).filter(|owner| **owner != part) else { continue };
            let read = verb == "from" || verb == "join";
            if !(read && DIRECTORY.contains(&table.as_str())) {
                problems.push(format!("{}：{verb} {table}，这张表属于 {owner}", file.path));
            }
        }
    }
    none("别人的表", &problems);
}

#[test]
fn writes_stand_in_the_stores() {
    let mut problems = vec![];
    let files = files();
    let stores: BTreeSet<String> = files
        .iter()
        .filter(|f| f.name() == "store.rs")
        .filter_map(|f| Some(f.path.rsplit_once('/')?.0.to_owned()))
        .collect();
    for file in files.iter().filter(|f| f.is(&["rs"]) && !f.is_test() && f.part().is_some()) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let store = file.name().contains("store") || folder.contains("/store") || folder.contains("/telemetry");
        // A small part may be one file, as long as it has no store beside it.
        let small = file.name() == "mod.rs" && !stores.contains(folder);
        for (verb, table) in tables(&literals(&file.text)) {
            if ["into", "update", "delete"].contains(&verb) && !store && !small {
                problems.push(format!("{}：{verb} {table}，写入的 SQL 放在 store.rs", file.path));
            }
        }
    }
    none("写入的位置", &problems);
}

#[test]
fn migrations_keep_to_what_both_engines_share() {
    const REFUSED: [(&str, &str); 9] = [
        ("deferr", "延迟约束会让同组的其他写入一起失败"),
        ("references", "不用外键：别的部分按编号引用"),
        ("autoincrement", "主键是文本或自己的序号"),
        ("serial", "主键是文本或自己的序号"),
        (" integer", "整数写 bigint"),
        (" boolean", "布尔写 bigint"),
        (" json", "JSON 写 text"),
        (" timestamp", "时间写 bigint 毫秒"),
        ("create trigger", "规则写在代码里"),
    ];
    let mut problems = vec![];
    for file in files().iter().filter(|f| f.path.contains("/migrations/") && f.is(&["sql"])) {
        let lines = file.text.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("--"));
        for (number, line) in lines {
            let line = line.to_lowercase();
            for (word, why) in REFUSED.iter().filter(|(word, _)| line.contains(word)) {
                problems.push(format!("{}:{}：{}（{why}）", file.path, number + 1, word.trim()));
            }
        }
        let numbered = file.name().len() > 5 && file.name()[..4].chars().all(|c| c.is_ascii_digit());
        if !numbered {
            problems.push(format!("{} 的名字应以四位编号开头", file.path));
        }
    }
    none("建表语句", &problems);
}

#[test]
fn only_bookkeeping_is_written_without_an_event() {
    // A function of the platform that begins a raw write, or commits one, may touch these tables.
    let raw = ["db().begin()", "db.begin()", "into_raw().commit()"];
    let mut problems = vec![];
    let platform = |f: &&File| f.path.starts_with("crates/platform/src/") && f.is(&["rs"]) && !f.is_test();
    // The spine itself is where a write gets its event.
    for file in files().iter().filter(platform).filter(|f| f.path != "crates/platform/src/spine/mod.rs") {
        let product = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        for function in product.split("fn ").filter(|body| raw.iter().any(|door| body.contains(door))) {
            for (verb, table) in tables(&literals_of_function(function)) {
                let written = ["into", "update", "delete"].contains(&verb);
                if written && !BOOKKEEPING.contains(&table.as_str()) {
                    let name = function.split(['(', '<']).next().unwrap_or_default();
                    problems.push(format!("{} 的 {name}：{verb} {table}", file.path));
                }
            }
        }
    }
    none("没有事件却写入的表（名单见 BOOKKEEPING）", &problems);
}

/// A piece of code may begin inside no literal, so its quotes pair up by themselves.
fn literals_of_function(code: &str) -> String {
    let text = literals(code);
    // `on conflict (…) do update set` names no table.
    text.replace("do update set", "").replace("for update", "")
}

#[test]
fn the_reader_of_sql_finds_tables_and_only_tables() {
    let code = r#"use a::from; // from nobody
        sql("select x from alarm a join (select 1 from tag) t on 1 = 1", vec![]);
        sql("insert into once (key) values ($1) on conflict (key) do update set a = 1", vec![]); sql("delete from work", vec![])"#;
    let found: Vec<(&str, String)> = tables(&literals(code));
    let names: Vec<&str> = found.iter().map(|(_, table)| table.as_str()).collect();
    assert_eq!(names, ["alarm", "tag", "once", "work"]);
    assert_eq!(found[3].0, "delete");
}
