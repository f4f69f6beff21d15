//! `anlan import` and `anlan template`: the same imports as on the page, for operators.
use super::Settings;
use anyhow::{Context, Result, bail};
use clap::Args;
use platform::auth;
use platform::import::{self, Report};
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Import {
    /// 内容：enterprises、people、sensors、hazard-sources ……
    kind: String,
    /// Excel 或 CSV 文件
    file: PathBuf,
    /// 写入（默认只检查）
    #[arg(long)]
    apply: bool,
    /// 以哪个账号的权限导入
    #[arg(long = "as", value_name = "USERNAME", default_value = "officer@GOV")]
    username: String,
    /// 以 JSON 输出结果
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
}

impl Import {
    pub(super) async fn run(self) -> Result<()> {
        let bytes = std::fs::read(&self.file).with_context(|| format!("无法读取 {}", self.file.display()))?;
        let app = crate::node::open(&self.settings.load()?).await?;
        let (part, import) = import::find(&app, &self.kind).with_context(|| unknown(&self.kind))?;
        let account = auth::find(app.db(), &self.username)
            .await?
            .with_context(|| format!("没有账号 {}：用 --as 指定一个已有账号", self.username))?;
        let ctx = app.ctx(auth::actor(app.db(), &account, app.source().now()).await?);
        ctx.allow(part, import.action)?;
        let name = self.file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let stored = platform::files::store(&ctx, &name, bytes.clone()).await?;
        let run = import::Run { id: ctx.new_id(), digest: stored.digest, name, part, import };
        let report = import::execute(&ctx, &run, &bytes, self.apply).await?;
        if report.valid < report.rows {
            let target = self.file.with_extension("错误行.xlsx");
            std::fs::write(&target, import::errors_workbook(&ctx, &run, &bytes).await?)?;
            eprintln!("有错误的行已写到 {}，改正后可直接再次导入", target.display());
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print(&report, self.apply);
        }
        app.stop().await;
        Ok(())
    }
}

fn unknown(kind: &str) -> String {
    let kinds: Vec<&str> = crate::parts::all().iter().flat_map(|p| p.imports).map(|i| i.kind).collect();
    format!("没有“{kind}”这类导入，可用：{}", kinds.join("、"))
}

fn print(report: &Report, apply: bool) {
    println!("共 {} 行，正确 {} 行，有误 {} 行", report.rows, report.valid, report.rows - report.valid);
    for problem in &report.errors {
        println!("  第 {} 行 {}“{}”：{}", problem.row, problem.field, problem.value, problem.message);
    }
    for column in &report.unknown_columns {
        println!("  未识别的列“{column}”已略过");
    }
    println!(
        "{}",
        if apply {
            format!("已写入 {} 行", report.applied)
        } else {
            "仅检查，未写入；确认无误后加 --apply".to_owned()
        }
    );
}

#[derive(Args)]
pub(super) struct Template {
    /// 内容：enterprises、people、sensors、hazard-sources ……
    kind: String,
    /// 写到哪个文件
    #[arg(long, short)]
    out: Option<PathBuf>,
}

impl Template {
    pub(super) fn run(self) -> Result<()> {
        let parts = crate::parts::all();
        let import = parts.iter().flat_map(|p| p.imports).find(|i| i.kind == self.kind);
        let Some(import) = import else { bail!(unknown(&self.kind)) };
        let out = self.out.unwrap_or_else(|| PathBuf::from(format!("{}导入模板.xlsx", import.sheet.title)));
        std::fs::write(&out, platform::sheets::template(import.sheet)?)
            .with_context(|| format!("无法写入 {}", out.display()))?;
        println!("{}", out.display());
        Ok(())
    }
}
