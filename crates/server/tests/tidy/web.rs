//! What the screens of a part may import: the kit, the API client, the shell, and their own folder.
use super::{File, files, none, root};
use std::path::{Component, PathBuf};

const OURS: [&str; 3] = ["@kit", "@api", "@app"];

/// The modules a TypeScript file imports.
fn imports(text: &str) -> Vec<String> {
    let quoted = |rest: &str| {
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|c| "'\"".contains(*c))?;
        rest[1..].split(quote).next().map(str::to_owned)
    };
    let starts = text.match_indices("from ").map(|(at, word)| at + word.len());
    let calls = text.match_indices("import(").map(|(at, word)| at + word.len());
    let bare = text.match_indices("import ").map(|(at, word)| at + word.len());
    let at_line_start = |at: &usize| text[..*at].trim_end_matches("import ").ends_with('\n') || *at == 7;
    starts.chain(calls).chain(bare.filter(at_line_start)).filter_map(|at| quoted(text.get(at..)?)).collect()
}

/// Where a relative import leads, from the root of the repository.
fn target(file: &File, import: &str) -> String {
    let mut path = PathBuf::from(&file.path);
    path.pop();
    for piece in PathBuf::from(import).components() {
        match piece {
            Component::ParentDir => drop(path.pop()),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path.to_string_lossy().into_owned()
}

#[test]
fn screens_import_the_kit_the_api_the_shell_and_themselves() {
    let package: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(root().join("package.json")).unwrap()).unwrap();
    let known =
        |name: &str| ["dependencies", "devDependencies"].iter().any(|section| package[section].get(name).is_some());
    let (mut problems, mut seen) = (vec![], 0);
    for file in files().iter().filter(|f| f.is(&["ts", "tsx"])) {
        let Some(part) = file.part() else { continue };
        let home = format!("crates/{}/web", part.replacen('/', "/src/", 1));
        seen += 1;
        for import in imports(&file.text) {
            let package =
                import.split('/').take(if import.starts_with('@') { 2 } else { 1 }).collect::<Vec<_>>().join("/");
            let fine = if import.starts_with('.') {
                target(file, &import).starts_with(&home)
            } else {
                OURS.iter().any(|ours| import.starts_with(&format!("{ours}/"))) || known(&package)
            };
            if !fine {
                problems.push(format!("{} 导入了 {import}", file.path));
            }
        }
    }
    assert!(seen > 10, "the screens were not found");
    none("网页的导入", &problems);
}

#[test]
fn the_shell_and_the_kit_name_no_part() {
    let mut problems = vec![];
    for file in files().iter().filter(|f| f.path.starts_with("web/src/") && f.is(&["ts", "tsx"]) && !f.is_test()) {
        for import in imports(&file.text) {
            // The rule book is no part: its tables of names may be read by whoever shows them.
            if import.contains("crates/") && !import.contains("crates/standards/data/") {
                problems.push(format!("{} 导入了 {import}：各部分的页面由 import.meta.glob 找到", file.path));
            }
        }
    }
    none("外壳的导入", &problems);
}

#[test]
fn the_reader_of_imports_finds_them_all() {
    let text = "import 'a.css';\nimport { b } from \"@kit/b\";\nimport type { c } from './c';\nconst d = import('./d');\n// text from here\n";
    let mut found = imports(text);
    found.sort();
    assert_eq!(found, ["./c", "./d", "@kit/b", "a.css"]);
}
