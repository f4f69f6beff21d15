//! `evidence witness …`: the same decision over HTTP, by polling, or through files.

mod node;
mod poll;
mod serve;

use evidence::witness::Answer;
use serde_json::json;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::output::{Outcome, Output, read, unusable};
use node::{Node, NodeArgs};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// 提供 HTTP 服务（C2SP tlog-witness），日志来推送
    Serve {
        #[command(flatten)]
        node: NodeArgs,
        /// 监听地址，端口 0 为任选空闲端口
        #[arg(long, default_value = "127.0.0.1:8500")]
        listen: SocketAddr,
        /// 网址前缀
        #[arg(long, default_value = "/log/witness")]
        prefix: String,
    },
    /// 由见证方去取日志的检查点，核验后送回签名（网络不许入站时用）
    Poll {
        #[command(flatten)]
        node: NodeArgs,
        /// 日志地址前缀，如 https://anlan.example/log
        #[arg(long)]
        url: String,
        /// 信任的 CA 证书（PEM）
        #[arg(long)]
        ca: Option<PathBuf>,
        /// 两次之间的秒数
        #[arg(long, default_value_t = 10)]
        every: u64,
        /// 只做一次
        #[arg(long)]
        once: bool,
    },
    /// 处理一份请求文件（经网闸或移动介质摆渡），写出应答文件
    Cosign {
        #[command(flatten)]
        node: NodeArgs,
        /// 请求文件：与 add-checkpoint 的请求正文相同
        #[arg(long)]
        request: PathBuf,
        /// 应答文件：与应答正文相同
        #[arg(long)]
        out: PathBuf,
    },
    /// 列出各日志的最新见证与停止原因
    Status {
        #[command(flatten)]
        node: NodeArgs,
    },
    /// 人工处理分叉之后，恢复对某日志的见证；证据文件改名保留
    Release {
        #[command(flatten)]
        node: NodeArgs,
        /// 日志来源
        #[arg(long)]
        origin: String,
    },
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Serve { node, listen, prefix } => serve::run(Node::open(&node)?, listen, &prefix),
        Command::Poll { node, url, ca, every, once } => {
            poll::run(&Node::open(&node)?, &url, ca.as_deref(), every, once)
        }
        Command::Cosign { node, request, out } => {
            let answer = Node::open(&node)?.handle(&read(&request)?).map_err(unusable)?;
            std::fs::write(&out, answer.body())
                .map_err(|e| unusable(format!("写不出应答文件 {}（{e}）", out.display())))?;
            Ok(answered(&answer))
        }
        Command::Status { node } => status(&Node::open(&node)?),
        Command::Release { node, origin } => {
            let kept = Node::open(&node)?.release(&origin).map_err(unusable)?;
            let text = format!("已恢复对 {origin} 的见证；分叉证据保留在 {}", kept.display());
            Ok(Output::valid(text, json!({"origin": origin, "evidence": kept})))
        }
    }
}

fn answered(answer: &Answer) -> Output {
    let valid = matches!(answer, Answer::Cosigned(_));
    let text = format!("{} {}", answer.status(), answer.body());
    Output { valid, text, json: json!({"status": answer.status(), "body": answer.body()}) }
}

fn status(node: &Node) -> Outcome {
    let (mut text, mut list) = (vec![format!("见证方 {}", node.witness.key())], Vec::new());
    for origin in node.origins() {
        let state = node.load(&origin).map_err(unusable)?;
        let size = state.as_ref().and_then(|s| evidence::Checkpoint::parse(&s.cosigned.text).ok()).map(|c| c.head.size);
        let stopped = state.is_some_and(|s| s.conflict.is_some());
        let shown = size.map_or("尚未见证".to_owned(), |s| format!("已见证到 {s}"));
        let halted = if stopped { "，已停止：发现分叉" } else { "" };
        text.push(format!("{origin}  {shown}{halted}"));
        list.push(json!({"origin": origin, "size": size, "stopped": stopped}));
    }
    Ok(Output::valid(text.join("\n"), json!({"witness": node.witness.key().to_string(), "logs": list})))
}
