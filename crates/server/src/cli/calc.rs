//! `anlan calc`: one rule of the standards, from standard input to standard output.
use clap::Args;
use standards::calc;
use std::io::Read;
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
}

impl Calc {
    /// Exit 0 with the answer, 2 with problem+json on standard output for a wrong input.
    pub(super) fn run(self) -> ExitCode {
        if self.list {
            return list(self.json);
        }
        let rule = self.rule.unwrap_or_default();
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
