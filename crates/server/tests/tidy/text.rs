//! Sizes and words.
use super::{files, none};

/// Lines a file may have; from 400 on one should think about it.
const MOST_LINES: usize = 600;

/// Written by programs.
fn generated(path: &str) -> bool {
    path.contains("/api/schema")
        || path.contains("openapi")
        || path.contains("/snapshots/")
        || path.ends_with("-lock.json")
}

#[test]
fn no_file_is_longer_than_600_lines() {
    let problems: Vec<String> = files()
        .iter()
        .filter(|f| f.is(&["rs", "ts", "tsx", "css", "py"]) && !generated(&f.path))
        .map(|f| (f.text.lines().count(), &f.path))
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, path)| format!("{path}：{lines} 行，按内容拆开"))
        .collect();
    none("过长的文件", &problems);
}

#[test]
fn nothing_is_left_half_done() {
    // Joined here, so that this file does not find itself.
    let words: Vec<String> = [
        ("TO", "DO"),
        ("FIX", "ME"),
        ("HA", "CK:"),
        ("todo", "!("),
        ("unimplemented", "!("),
        ("lorem ", "ipsum"),
        ("place", "holder text"),
        ("coming ", "soon"),
        ("敬请", "期待"),
        ("not yet ", "implemented"),
        ("#[ig", "nore"),
    ]
    .iter()
    .map(|(a, b)| format!("{a}{b}"))
    .collect();
    let mut problems = vec![];
    for file in files().iter().filter(|f| !generated(&f.path)) {
        for (number, line) in file.text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(word.as_str())) {
                problems.push(format!("{}:{}：{word}", file.path, number + 1));
            }
        }
    }
    none("没有做完的痕迹", &problems);
}

#[test]
fn nothing_points_outside_the_repository() {
    let words: Vec<String> =
        [("../sha", "red/"), ("/wo", "rk/"), ("/ro", "ot/"), ("/tmp/br", "ief"), ("C:\\Us", "ers")]
            .iter()
            .map(|(a, b)| format!("{a}{b}"))
            .collect();
    let mut problems = vec![];
    for file in files().iter().filter(|f| !generated(&f.path)) {
        for (number, line) in file.text.lines().enumerate() {
            // `$root/work/` and the like are paths of their own.
            let outside = words.iter().any(|word| {
                line.match_indices(word.as_str()).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || "}._-*/".contains(c))
                })
            });
            if outside {
                problems.push(format!("{}:{}：{}", file.path, number + 1, line.trim()));
            }
        }
    }
    none("指向仓库之外的路径", &problems);
}

#[test]
fn lints_are_expected_with_a_reason_never_allowed() {
    let (allow, expect) = (format!("{}llow(", "#[a"), format!("{}xpect(", "#[e"));
    let mut problems = vec![];
    for file in files().iter().filter(|f| f.is(&["rs"]) && !f.is_test() && !f.path.starts_with("crates/testing/")) {
        for (number, line) in file.text.lines().enumerate() {
            if line.contains(&allow) {
                problems.push(format!("{}:{}：改用 expect 并写明理由", file.path, number + 1));
            }
            if line.contains(&expect) && line.trim_end().ends_with(")]") && !line.contains("reason") {
                problems.push(format!("{}:{}：expect 缺 reason", file.path, number + 1));
            }
        }
    }
    none("压掉的检查", &problems);
}
