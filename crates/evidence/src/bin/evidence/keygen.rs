//! `evidence keygen`.

use evidence::{Role, SigningKey, Suite};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::output::{Failure, Outcome, Output, unusable};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// 密钥名称，如 log.example/evidence-sm3；日志的名称就是其来源
    #[arg(long)]
    name: String,
    /// 用途：log 或 witness
    #[arg(long, value_parser = ["log", "witness"])]
    role: String,
    /// 算法套件
    #[arg(long, default_value = "sm3-sm2")]
    suite: Suite,
    /// 私钥文件，不得已存在
    #[arg(long)]
    out: PathBuf,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let role = if args.role == "log" { Role::Log } else { Role::Witness };
    let is_sm3 = args.name.ends_with("-sm3");
    if role == Role::Log && is_sm3 != (args.suite == Suite::Sm3Sm2) {
        return Err(unusable("日志名称以 -sm3 结尾当且仅当套件为 sm3-sm2，以免与 SHA-256 日志混淆"));
    }
    let key = generate(&args.name, args.suite, role)?;
    write_secret(&args.out, &key.to_secret_text())
        .map_err(|e| unusable(format!("写不出私钥文件 {}（{e}）；已有的文件不会覆盖", args.out.display())))?;
    let vkey = key.verifier().to_string();
    Ok(Output::valid(vkey.clone(), json!({"vkey": vkey, "file": args.out})))
}

fn generate(name: &str, suite: Suite, role: Role) -> Result<SigningKey, Failure> {
    // An SM2 scalar is out of range about once in 2³², so a few draws always suffice.
    let mut last = unusable("没有抽到可用的私钥");
    for _ in 0..8 {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|e| unusable(format!("系统随机数不可用（{e}）")))?;
        match SigningKey::new(name, suite, role, &secret) {
            Ok(key) => return Ok(key),
            Err(error) => last = unusable(error),
        }
    }
    Err(last)
}

/// Writes a new file that only its owner may read.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
