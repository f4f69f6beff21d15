//! `evidence`: checks Anlan evidence offline, and runs a witness.
//!
//! Exit codes: 0 valid, 1 examined and not valid, 2 could not be examined (usage, unreadable
//! file, the reader's own policy file refused).

mod compare;
mod inspect;
mod keygen;
mod output;
mod verify;
#[cfg(feature = "witness")]
mod witness;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

use output::Outcome;

/// 安澜证据工具：离线核验条目、检查点与案卷包，或作为见证方运行。
///
/// 退出码：0 有效；1 已检查而无效；2 无法检查（用法错误、文件读不出、政策文件不合格）。
#[derive(Parser)]
#[command(name = "evidence", version)]
struct Cli {
    /// 结果以 JSON 输出到标准输出
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 核验一条证据（证明文件＋条目），或整个案卷包
    Verify(verify::Args),
    /// 核验回执：日志承诺最迟何时入账
    Receipt(verify::ReceiptArgs),
    /// 签名文本（C2SP signed-note）
    #[command(subcommand)]
    Note(inspect::NoteCommand),
    /// 默克尔树：树根、包含证明、一致性证明
    #[command(subcommand)]
    Merkle(inspect::MerkleCommand),
    /// 政策文件（C2SP tlog-policy）
    #[command(subcommand)]
    Policy(inspect::PolicyCommand),
    /// 检查点（C2SP tlog-checkpoint）
    #[command(subcommand)]
    Checkpoint(inspect::CheckpointCommand),
    /// 比较两个检查点，发现日志分叉
    Compare(compare::Args),
    /// 生成日志或见证密钥
    Keygen(keygen::Args),
    /// 作为见证方：服务、轮询、文件
    #[cfg(feature = "witness")]
    #[command(subcommand)]
    Witness(witness::Command),
}

fn run(command: Command) -> Outcome {
    match command {
        Command::Verify(args) => verify::run(&args),
        Command::Receipt(args) => verify::receipt(&args),
        Command::Note(command) => inspect::note(&command),
        Command::Merkle(command) => inspect::merkle(&command),
        Command::Policy(command) => inspect::policy(&command),
        Command::Checkpoint(command) => inspect::checkpoint(&command),
        Command::Compare(args) => compare::run(&args),
        Command::Keygen(args) => keygen::run(&args),
        #[cfg(feature = "witness")]
        Command::Witness(command) => witness::run(command),
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    output::print(run(cli.command), cli.json)
}
