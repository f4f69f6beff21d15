//! What no compiler checks: the import table of ARCHITECTURE.md, who owns which table and which
//! kind of event, sizes, words. Every check names all that is wrong, not the first.
mod crates;
mod parts;
mod sql;
mod standards;
mod text;
mod web;

use std::fs;
use std::path::{Path, PathBuf};

/// A file of the repository: its path from the root, with `/`, and its text.
struct File {
    path: String,
    text: String,
}

impl File {
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
    fn is(&self, extensions: &[&str]) -> bool {
        extensions.iter().any(|e| self.path.ends_with(&format!(".{e}")))
    }
    /// Tests may reach where the product may not.
    fn is_test(&self) -> bool {
        let inside = ["/tests/", "/benches/", "/template/", "/fixtures/"].iter().any(|part| self.path.contains(part));
        let names = ["tests.rs", "_tests.rs", ".spec.ts", ".spec.tsx", ".test.ts", ".test.tsx"];
        inside || names.iter().any(|end| self.path.ends_with(end))
    }
    /// The part folder it lies in: `lines/online`.
    fn part(&self) -> Option<String> {
        let mut pieces = self.path.strip_prefix("crates/")?.split('/');
        let (layer, src, part) = (pieces.next()?, pieces.next()?, pieces.next()?);
        pieces.next()?;
        (LAYERS.contains(&layer) && src == "src").then(|| format!("{layer}/{part}"))
    }
}

/// The crates whose folders are parts, from left to right.
const LAYERS: [&str; 4] = ["subjects", "libraries", "lines", "systems"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Every text file of the repository that people write.
fn files() -> Vec<File> {
    const SKIPPED: [&str; 7] = ["target", "node_modules", ".git", "dist", ".venv", "test-results", "playwright-report"];
    const READ: [&str; 13] =
        ["rs", "toml", "sql", "md", "ts", "tsx", "css", "html", "csv", "py", "sh", "yml", "service"];
    let (root, mut found, mut open) = (root(), vec![], vec![root()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().into_string().unwrap_or_default());
            if path.is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    open.push(path);
                }
                continue;
            }
            let script = folder.ends_with("scripts") || folder.ends_with("bench") || name == "Makefile";
            let known = name.rsplit_once('.').is_some_and(|(_, end)| READ.contains(&end));
            if let (true, Ok(text)) = (script || known, fs::read_to_string(&path)) {
                let path = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                found.push(File { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 200, "the repository was not found from {}", root.display());
    found
}

/// Fails with the whole list.
fn none(what: &str, problems: &[String]) {
    assert!(problems.is_empty(), "\n{what}: {} 处\n  {}\n", problems.len(), problems.join("\n  "));
}
