//! `anlan calc`: one rule of the standards, from standard input to standard output, or a whole sheet.
use crate::batch;
use clap::Args;
use standards::calc;
use standards::tables::Tables;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Largest input.
const MAX_INPUT: u64 = 4 * 1024 * 1024;

#[derive(Args)]
pub(super) struct Calc {
    /// 规则名称，如 gb18218、uscc、workdays
    #[arg(required_unless_present = "list")]
    rule: Option<String>,
    /// 列出全部规则
    #[arg(long)]
    list: bool,
    /// 输出该规则的输入输出 JSON Schema
    #[arg(long)]
    describe: bool,
    /// 与 --list 同用：输出 JSON
    #[arg(long)]
    json: bool,
    /// 批量计算一张表（gb18218、lec、ls）：输入文件（xlsx 或 csv）和结果文件
    #[arg(long, num_args = 2, value_names = ["输入", "结果"], conflicts_with_all = ["describe", "list"])]
    batch: Option<Vec<PathBuf>>,
    /// 写出批量计算的空白模板
    #[arg(long, value_name = "文件", conflicts_with_all = ["describe", "list", "batch"])]
    template: Option<PathBuf>,
}

impl Calc {
    /// Exit 0 with the answer, 2 with problem+json on standard output for a wrong input.
    pub(super) fn run(self) -> ExitCode {
        if self.list {
            return list(self.json);
        }
        let rule = self.rule.unwrap_or_default();
        if let Some([from, to]) = self.batch.as_deref() {
            return ended(sheet(&rule, from, to));
        }
        if let Some(file) = &self.template {
            return ended(template(&rule, file));
        }
        let result =
            if self.describe { calc::describe(&rule) } else { read().and_then(|input| calc::run(&rule, &input)) };
        match result {
            Ok(answer) => {
                println!("{answer}");
                ExitCode::SUCCESS
            }
            Err(problem) => {
                println!("{}", serde_json::to_string(&problem).unwrap_or_default());
                eprintln!("anlan calc: {}", problem.title);
                ExitCode::from(2)
            }
        }
    }
}

fn ended(result: Result<String, String>) -> ExitCode {
    match result {
        Ok(text) => {
            eprintln!("{text}");
            ExitCode::SUCCESS
        }
        Err(text) => {
            eprintln!("anlan calc: {text}");
            ExitCode::from(2)
        }
    }
}

fn of(rule: &str) -> Result<&'static batch::Batch, String> {
    let known = || batch::rules().collect::<Vec<_>>().join("、");
    batch::find(rule).ok_or_else(|| format!("规则“{rule}”没有批量计算，可用：{}", known()))
}

/// A sheet in, a sheet with results and reasons out.
fn sheet(rule: &str, from: &Path, to: &Path) -> Result<String, String> {
    let bytes = std::fs::read(from).map_err(|e| format!("{} 无法读取：{e}", from.display()))?;
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    let outcome = of(rule)?.run(Tables::shipped(), &bytes, &name, platform::sheets::MAX_ROWS)?;
    std::fs::write(to, &outcome.book).map_err(|e| format!("{} 无法写入：{e}", to.display()))?;
    Ok(format!("{} 行，其中 {} 行不能计算（原因见结果文件 {}）", outcome.rows, outcome.refused, to.display()))
}

fn template(rule: &str, file: &Path) -> Result<String, String> {
    let book = of(rule)?.template()?;
    std::fs::write(file, book).map_err(|e| format!("{} 无法写入：{e}", file.display()))?;
    Ok(format!("模板已写入 {}", file.display()))
}

fn read() -> Result<String, standards::problem::Problem> {
    let mut bytes = vec![];
    let read = std::io::stdin().lock().take(MAX_INPUT).read_to_end(&mut bytes);
    read.map_err(|e| standards::problem::Problem::field("", format!("标准输入无法读取：{e}")))?;
    String::from_utf8(bytes).map_err(|_| standards::problem::Problem::field("", "输入须为 UTF-8 的 JSON"))
}

fn list(json: bool) -> ExitCode {
    let rules = calc::list();
    if json {
        println!("{}", serde_json::to_string_pretty(&rules).unwrap_or_default());
        return ExitCode::SUCCESS;
    }
    for rule in rules {
        let part = |key: &str| rule.rule.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        println!(
            "{:<22} {}  {} {}（{}，自 {}）",
            rule.name,
            rule.title,
            part("standard"),
            part("clause"),
            part("edition"),
            part("valid_from")
        );
    }
    ExitCode::SUCCESS
}
