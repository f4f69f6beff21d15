//! The crate graph and what each crate may use of the outside.
use super::{files, none, root};
use std::fs;

/// Which of our crates each crate may use. To the right means above: nobody uses who stands above.
const TABLE: [(&str, &[&str]); 11] = [
    ("standards", &[]),
    ("evidence", &[]),
    ("events", &["standards"]),
    ("platform", &["evidence", "events", "standards"]),
    ("testing", &["evidence", "events", "platform", "standards"]),
    ("subjects", &["evidence", "events", "platform", "standards"]),
    ("libraries", &["evidence", "events", "platform", "standards", "subjects"]),
    ("lines", &["evidence", "events", "platform", "standards", "subjects", "libraries"]),
    ("systems", &["evidence", "events", "platform", "standards", "subjects", "libraries", "lines"]),
    ("server", &["evidence", "events", "platform", "standards", "subjects", "libraries", "lines", "systems"]),
    ("xtask", &[]),
];

/// What the pure crates must not use, unless behind a feature.
const IMPURE: [&str; 10] =
    ["tokio", "sqlx", "axum", "reqwest", "hyper", "rusqlite", "chrono", "rand", "getrandom", "tower"];

fn manifest(name: &str) -> toml::Table {
    let path = root().join("crates").join(name).join("Cargo.toml");
    fs::read_to_string(&path).unwrap().parse().unwrap()
}

fn names(manifest: &toml::Table, section: &str) -> Vec<(String, bool)> {
    let table = manifest.get(section).and_then(toml::Value::as_table);
    let optional = |value: &toml::Value| value.get("optional").and_then(toml::Value::as_bool).unwrap_or(false);
    table.into_iter().flatten().map(|(name, value)| (name.clone(), optional(value))).collect()
}

fn members() -> Vec<String> {
    let folders = fs::read_dir(root().join("crates")).unwrap().map(Result::unwrap);
    let mut names: Vec<String> = folders
        .filter(|e| e.path().join("Cargo.toml").exists())
        .map(|e| e.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_crate_uses_only_what_stands_to_its_left() {
    let mut problems = vec![];
    let ours = members();
    for name in &ours {
        let Some((_, allowed)) = TABLE.iter().find(|(known, _)| known == name) else {
            problems.push(format!("crates/{name} 不在导入表中：先在 ARCHITECTURE.md 和这里写明它能用谁"));
            continue;
        };
        let manifest = manifest(name);
        for (dependency, _) in names(&manifest, "dependencies") {
            if ours.contains(&dependency) && !allowed.contains(&dependency.as_str()) {
                problems.push(format!("crates/{name} 不能使用 {dependency}"));
            }
        }
        for (dependency, _) in names(&manifest, "dev-dependencies") {
            let fine = allowed.contains(&dependency.as_str()) || dependency == "testing" || dependency == *name;
            if ours.contains(&dependency) && !fine {
                problems.push(format!("crates/{name} 的测试不能使用 {dependency}"));
            }
        }
    }
    none("导入表", &problems);
}

#[test]
fn pure_crates_have_no_clock_no_randomness_and_no_outside() {
    let mut problems = vec![];
    for name in ["standards", "evidence", "events"] {
        for (dependency, optional) in names(&manifest(name), "dependencies") {
            if IMPURE.contains(&dependency.as_str()) && !optional {
                problems.push(format!("crates/{name} 不能使用 {dependency}（命令行部分可以，要放在 feature 之后）"));
            }
        }
    }
    none("纯函数的 crate", &problems);
}

#[test]
fn only_published_crates_may_be_published() {
    let problems: Vec<String> = members()
        .into_iter()
        .filter(|name| !["standards", "evidence"].contains(&name.as_str()))
        .filter(|name| manifest(name)["package"].get("publish").and_then(toml::Value::as_bool) != Some(false))
        .map(|name| format!("crates/{name} 缺 publish = false"))
        .collect();
    none("发布", &problems);
}

#[test]
fn the_database_is_reached_through_the_platform_only() {
    // The telemetry store is the one store beside the spine; it has a file and a writer of its own.
    // The bench stores for the peer it compares with.
    const OWN_STORES: [&str; 3] = ["crates/platform/", "crates/testing/", "bench/"];
    let telemetry = "crates/lines/src/online/telemetry";
    let problems: Vec<String> = files()
        .iter()
        .filter(|f| f.is(&["rs"]) && !f.is_test() && f.text.contains("sqlx::"))
        .filter(|f| !OWN_STORES.iter().any(|own| f.path.starts_with(own)) && !f.path.starts_with(telemetry))
        .map(|f| format!("{} 直接使用 sqlx：数据库只经 platform 的 Ctx 和 Tx", f.path))
        .collect();
    none("数据库入口", &problems);
}

#[test]
fn a_business_write_cannot_end_without_an_event() {
    // `Tx` has no commit; these are the only doors behind it, and they stay private.
    let doors = [
        ("crates/platform/src/db/mod.rs", ["fn begin(", "fn commit(", "fn script("].as_slice()),
        ("crates/platform/src/ctx.rs", ["fn into_raw("].as_slice()),
    ];
    let mut problems = vec![];
    for (path, signatures) in doors {
        let text = fs::read_to_string(root().join(path)).unwrap();
        for signature in signatures {
            for line in text.lines().filter(|line| line.contains(signature)) {
                if !line.trim_start().starts_with("pub(crate)") {
                    problems.push(format!("{path}：{} 应为 pub(crate)", line.trim()));
                }
            }
            if !text.contains(signature) {
                problems.push(format!("{path} 里没有 {signature}：这项检查要随代码改"));
            }
        }
    }
    none(
        "没有事件的写入",
        &problems
            .into_iter()
            // The way to begin a business write is public; its end is `Ctx::commit`.
            .filter(|p| !p.contains("ctx.rs：pub async fn begin"))
            .collect::<Vec<_>>(),
    );
}
