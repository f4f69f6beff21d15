//! The rule book: no standard library below it, and no public function without a case.
use super::{File, files, none, root};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

#[test]
fn the_rule_book_needs_no_standard_library() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "-p", "standards", "-e", "normal,features", "--offline", "--prefix", "none"])
        .current_dir(root())
        .output()
        .unwrap();
    let text = String::from_utf8(tree.stdout).unwrap();
    assert!(text.contains("serde_json"), "cargo tree said: {}", String::from_utf8_lossy(&tree.stderr));
    // Macros run in the compiler, which has a standard library of its own.
    const COMPILER: [&str; 5] = ["proc-macro2 ", "quote ", "syn ", "serde_derive ", "unicode-ident "];
    let problems: Vec<String> = text
        .lines()
        .filter(|line| line.contains("feature \"std\"") && !COMPILER.iter().any(|name| line.starts_with(name)))
        .map(|line| format!("{line}：standards 的依赖不得打开 std"))
        .collect();
    none("no_std 依赖", &problems);
    let lib = std::fs::read_to_string(root().join("crates/standards/src/lib.rs")).unwrap();
    assert!(lib.contains("\n#![no_std]\n") && !lib.contains("cfg_attr(not(test), no_std)"));
}

/// The functions of a file: name, whether public, body. Test modules stand at the end of a file.
fn functions(text: &str) -> Vec<(String, bool, String)> {
    let product = text.split("#[cfg(test)]\nmod").next().unwrap_or_default();
    let starts: Vec<usize> = product.match_indices("fn ").map(|(at, _)| at).collect();
    let mut found = vec![];
    for (index, at) in starts.iter().enumerate() {
        let before = product[..*at].rsplit('\n').next().unwrap_or_default().trim();
        let head = before.trim_end_matches("const").trim();
        if before.starts_with("//") || !["", "pub", "pub(crate)", "pub(super)"].contains(&head) {
            continue;
        }
        let end = starts.get(index + 1).copied().unwrap_or(product.len());
        let body = &product[at + 3..end];
        let name: String = body.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if !name.is_empty() {
            found.push((name, head == "pub", body.to_owned()));
        }
    }
    found
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// What the cases of the registry and the tests beside the code call.
fn called(sources: &[&File]) -> BTreeSet<String> {
    let mut roots = BTreeSet::new();
    for file in sources {
        if file.is_test() || file.path.contains("/calc/rules/") {
            roots.extend(words(&file.text));
        } else if let Some((_, tests)) = file.text.split_once("#[cfg(test)]\nmod") {
            roots.extend(words(tests));
        }
    }
    roots
}

#[test]
fn every_public_function_of_the_rule_book_has_a_case() {
    let files = files();
    let sources: Vec<&File> =
        files.iter().filter(|f| f.path.starts_with("crates/standards/src/") && f.is(&["rs"])).collect();
    let mut bodies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut public = vec![];
    for file in sources.iter().filter(|f| !f.is_test()) {
        for (name, is_public, body) in functions(&file.text) {
            bodies.entry(name.clone()).or_default().extend(words(&body));
            if is_public {
                public.push((file.path.clone(), name));
            }
        }
    }
    // A function that is called by one with a case runs in that case.
    let mut reached = called(&sources);
    let mut open: Vec<String> = reached.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for next in bodies.get(&name).into_iter().flatten() {
            if reached.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    assert!(public.len() > 150, "{} public functions were found", public.len());
    let missing = public.iter().filter(|(_, name)| !reached.contains(name));
    let problems: Vec<String> = missing.map(|(path, name)| format!("{path} 的 {name} 没有用例")).collect();
    none(&format!("{} 个公开函数", public.len()), &problems);
}

#[test]
fn no_other_copy_of_a_rule_exists() {
    // Figures that only a rule knows. A part that needs one asks the rule book, so that a new edition reaches it.
    const FIGURES: [(&str, &str); 8] = [
        ("24.45", "GB/T 50493 单位换算：standards::monitoring"),
        ("19.5", "氧含量限值：standards::monitoring、standards::gb30871"),
        ("23.5", "氧含量限值：standards::monitoring、standards::gb30871"),
        ("Tables::shipped()", "随包的表可能已被新版本取代：用 ctx.app.rules()"),
        ("> 320", "LEC 分级：standards::risk"),
        (">= 320", "LEC 分级：standards::risk"),
        ("9999999999999999", "编码校验：standards::codes"),
        ("0123456789ABCDEFGHJKLMNPQRTUWXY", "统一社会信用代码：standards::codes"),
    ];
    // The command line has no node and so no published editions.
    const FINE: [&str; 3] =
        ["crates/server/src/cli/calc.rs", "crates/platform/src/rules.rs", "crates/server/src/demo/"];
    let mut problems = vec![];
    for file in files().iter().filter(|f| f.is(&["rs"]) && !f.is_test() && f.path.starts_with("crates/")) {
        let ours = ["crates/standards/", "crates/evidence/", "crates/testing/"];
        if ours.iter().chain(&FINE).any(|path| file.path.starts_with(path)) {
            continue;
        }
        let product = file.text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in product.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for (_, what) in FIGURES.iter().filter(|(figure, _)| line.contains(figure)) {
                problems.push(format!("{}:{}：{what}", file.path, number + 1));
            }
        }
    }
    none("规则的副本", &problems);
}
