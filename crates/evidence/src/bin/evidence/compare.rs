//! `evidence compare`: two heads of one log, which may be from two people.

use evidence::merkle::{Head, verify_consistency};
use evidence::policy::Witnessed;
use evidence::{Hash, Policy, ProofFile};
use serde_json::json;
use std::path::{Path, PathBuf};

use crate::inspect::{read_policy, read_text};
use crate::output::{Failure, Outcome, Output, unusable};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// 政策文件（只用其中日志的公钥，不要求门限）
    #[arg(long)]
    policy: PathBuf,
    /// 大小不同时的一致性证明：每行一个 base64 哈希
    #[arg(long)]
    consistency: Option<PathBuf>,
    /// 检查点或证明文件
    a: PathBuf,
    /// 另一个检查点或证明文件
    b: PathBuf,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let policy = read_policy(&args.policy)?;
    let (a, b) = (signed_head(&policy, &args.a)?, signed_head(&policy, &args.b)?);
    if a.checkpoint.origin != b.checkpoint.origin {
        return Err(unusable(format!("来源不同：{} 与 {}，无从比较", a.checkpoint.origin, b.checkpoint.origin)));
    }
    let (old, new) = if a.checkpoint.head.size <= b.checkpoint.head.size { (&a, &b) } else { (&b, &a) };
    let (old, new) = (old.checkpoint.head, new.checkpoint.head);
    let split = if old.size == new.size {
        old.root != new.root
    } else {
        let path = proof(args.consistency.as_deref())?;
        match verify_consistency(a.suite, old, new, &path) {
            Ok(()) => false,
            Err(error) => return Ok(unproven(&a, old, new, &error)),
        }
    };
    let text = match (split, old.size == new.size) {
        (true, _) => "分叉：同一日志对同一大小签了两个不同的树根。这两份文件本身就是日志作伪的证据，请一并保存",
        (false, true) => "一致：大小与树根相同",
        (false, false) => "一致：较大的树以较小的树开头",
    };
    Ok(Output { valid: !split, text: text.to_owned(), json: summary(&a, old, new, Some(split)) })
}

/// A failed proof shows nothing about the log: the proof itself may be the wrong one.
fn unproven(a: &Witnessed, old: Head, new: Head, error: &evidence::Error) -> Output {
    let text = format!("未能证明一致：{error}。证明可能取错，也可能日志分叉；请向日志索取正确的一致性证明");
    Output { valid: false, text, json: summary(a, old, new, None) }
}

fn summary(a: &Witnessed, old: Head, new: Head, split: Option<bool>) -> serde_json::Value {
    let head = |h: Head| json!({"size": h.size, "root": hex::encode(h.root)});
    json!({"origin": a.checkpoint.origin, "old": head(old), "new": head(new), "split_view": split})
}

fn signed_head(policy: &Policy, path: &Path) -> Result<Witnessed, Failure> {
    let text = read_text(path, "检查点")?;
    let note = match ProofFile::parse(&text) {
        Ok(proof) => proof.checkpoint,
        Err(_) => text,
    };
    Ok(policy.check(&note)?)
}

fn proof(path: Option<&Path>) -> Result<Vec<Hash>, Failure> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let path = path.ok_or_else(|| unusable("两个检查点大小不同，须用 --consistency 给出一致性证明才能判定"))?;
    let text = read_text(path, "一致性证明")?;
    let hashes = text.lines().map(|l| BASE64_STANDARD.decode(l).ok()?.try_into().ok());
    let hashes: Option<Vec<Hash>> = hashes.collect();
    hashes.ok_or_else(|| evidence::Error::new("一致性证明", "每行应为一个 32 字节哈希的 base64").into())
}
