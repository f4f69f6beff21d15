//! The small verbs: note, merkle, policy, checkpoint.

use evidence::merkle::{Head, verify_consistency, verify_inclusion};
use evidence::{Checkpoint, Frontier, Hash, Note, Policy, Suite, VerifierKey, leaf_hash};
use serde_json::json;
use std::path::{Path, PathBuf};

use crate::output::{Failure, Outcome, Output, beijing, read, unusable};

/// `evidence note …`
#[derive(clap::Subcommand)]
pub(crate) enum NoteCommand {
    /// 用给定公钥打开签名文本，验证后输出正文
    Open {
        /// 公钥（vkey），可多次给出
        #[arg(long = "key", required = true)]
        keys: Vec<VerifierKey>,
        /// 文件，- 为标准输入
        file: PathBuf,
    },
}

/// `evidence merkle …`
#[derive(clap::Subcommand)]
pub(crate) enum MerkleCommand {
    /// 由条目算树根：每个文件一条，或 --lines 文件中每行一条
    Root {
        /// 算法套件
        #[arg(long, default_value = "sm3-sm2")]
        suite: Suite,
        /// 该文件每行（不含换行）为一条
        #[arg(long, conflicts_with = "files")]
        lines: Option<PathBuf>,
        /// 条目文件，按序
        files: Vec<PathBuf>,
    },
    /// 验证包含证明（RFC 9162 §2.1.3.2）；哈希用十六进制或 base64
    Inclusion {
        /// 算法套件
        #[arg(long, default_value = "sm3-sm2")]
        suite: Suite,
        /// 条目序号，从 0 起
        #[arg(long)]
        index: u64,
        /// 树的大小
        #[arg(long)]
        size: u64,
        /// 树根
        #[arg(long, value_parser = parse_hash)]
        root: Hash,
        /// 叶哈希；或用 --entry
        #[arg(long, value_parser = parse_hash, required_unless_present = "entry")]
        leaf: Option<Hash>,
        /// 条目文件
        #[arg(long, conflicts_with = "leaf")]
        entry: Option<PathBuf>,
        /// 证明，叶侧在前
        #[arg(value_parser = parse_hash)]
        path: Vec<Hash>,
    },
    /// 验证一致性证明（RFC 9162 §2.1.4.2）
    Consistency {
        /// 算法套件
        #[arg(long, default_value = "sm3-sm2")]
        suite: Suite,
        /// 旧树大小
        #[arg(long)]
        old_size: u64,
        /// 旧树根
        #[arg(long, value_parser = parse_hash)]
        old_root: Hash,
        /// 新树大小
        #[arg(long)]
        new_size: u64,
        /// 新树根
        #[arg(long, value_parser = parse_hash)]
        new_root: Hash,
        /// 证明
        #[arg(value_parser = parse_hash)]
        path: Vec<Hash>,
    },
}

/// `evidence policy …`
#[derive(clap::Subcommand)]
pub(crate) enum PolicyCommand {
    /// 检查政策文件，并说明门限经得起什么
    Check {
        /// 政策文件
        file: PathBuf,
    },
}

/// `evidence checkpoint …`
#[derive(clap::Subcommand)]
pub(crate) enum CheckpointCommand {
    /// 读出检查点；给出 --policy 时一并验证签名与门限
    Parse {
        /// 政策文件
        #[arg(long)]
        policy: Option<PathBuf>,
        /// 检查点文件，- 为标准输入
        file: PathBuf,
    },
}

/// A hash in 64 hexadecimal digits or in base64.
fn parse_hash(text: &str) -> Result<Hash, String> {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let bytes = hex::decode(text).ok().or_else(|| BASE64_STANDARD.decode(text).ok());
    let hash = bytes.and_then(|b| b.try_into().ok());
    hash.ok_or_else(|| "应为 32 字节哈希，64 位十六进制或 base64".to_owned())
}

pub(crate) fn read_policy(path: &Path) -> Result<Policy, Failure> {
    Policy::parse(&read(path)?).map_err(unusable)
}

pub(crate) fn read_text(path: &Path, what: &'static str) -> Result<String, Failure> {
    Ok(evidence::text::utf8(what, &read(path)?)?.to_owned())
}

pub(crate) fn note(command: &NoteCommand) -> Outcome {
    let NoteCommand::Open { keys, file } = command;
    let note = Note::parse(&read_text(file, "签名文本")?)?;
    let keys: Vec<&VerifierKey> = keys.iter().collect();
    let signed = note.verify(&keys)?;
    let by = signed.iter().filter_map(|s| Some((keys.get(s.key)?.name(), s.time)));
    let by: Vec<_> = by.map(|(key, time)| json!({"key": key, "time": time})).collect();
    Ok(Output::valid(note.text.clone(), json!({"text": note.text, "signed_by": by})))
}

pub(crate) fn merkle(command: &MerkleCommand) -> Outcome {
    match command {
        MerkleCommand::Root { suite, lines, files } => root(*suite, lines.as_deref(), files),
        MerkleCommand::Inclusion { suite, index, size, root, leaf, entry, path } => {
            let leaf = match (leaf, entry) {
                (Some(leaf), _) => *leaf,
                (None, Some(entry)) => leaf_hash(*suite, &read(entry)?),
                (None, None) => return Err(unusable("请给出 --leaf 或 --entry")),
            };
            verify_inclusion(*suite, &leaf, *index, *size, path, root)?;
            let text = format!("有效：第 {index} 号条目在大小为 {size} 的树中");
            Ok(Output::valid(text, json!({"index": index, "size": size, "leaf": hex::encode(leaf)})))
        }
        MerkleCommand::Consistency { suite, old_size, old_root, new_size, new_root, path } => {
            let old = Head { size: *old_size, root: *old_root };
            verify_consistency(*suite, old, Head { size: *new_size, root: *new_root }, path)?;
            let text = format!("有效：大小 {new_size} 的树以大小 {old_size} 的树开头，没有改动");
            Ok(Output::valid(text, json!({"old_size": old_size, "new_size": new_size})))
        }
    }
}

fn root(suite: Suite, lines: Option<&Path>, files: &[PathBuf]) -> Outcome {
    let mut tree = Frontier::new(suite);
    if let Some(path) = lines {
        let content = read(path)?;
        let content = content.strip_suffix(b"\n").unwrap_or(&content);
        if !content.is_empty() {
            content.split(|b| *b == b'\n').for_each(|line| _ = tree.append(leaf_hash(suite, line)));
        }
    }
    for path in files {
        tree.append(leaf_hash(suite, &read(path)?));
    }
    let root = hex::encode(tree.root());
    let json = json!({"suite": suite.name(), "size": tree.size(), "root": root});
    Ok(Output::valid(format!("{root}\n大小 {}，套件 {suite}", tree.size()), json))
}

pub(crate) fn policy(command: &PolicyCommand) -> Outcome {
    let PolicyCommand::Check { file } = command;
    // Here the policy is what is being examined, so a bad one is exit 1.
    let policy = Policy::parse(&read(file)?)?;
    let strength = policy.strength();
    let names =
        |parties: &[evidence::policy::Party]| -> Vec<String> { parties.iter().map(|p| p.name.clone()).collect() };
    let mut text = vec![format!("政策合格，套件 {}", policy.suite())];
    text.push(format!("日志      {}", names(policy.logs()).join("、")));
    text.push(format!("见证方    {}", names(policy.witnesses()).join("、")));
    text.push(format!("门限      “{}”，最少 {} 个签名", policy.quorum(), strength.needed));
    text.push(format!("可离线    任意 {} 个见证方离线仍可达到", strength.may_be_offline));
    text.push(match strength.to_split {
        0 => "警告      日志单方即可让两套历史都达到门限，应提高门限".to_owned(),
        n => format!("抗分叉    日志须与至少 {n} 个见证方串通，才能让两套历史都达到门限"),
    });
    let json = json!({
        "suite": policy.suite().name(), "logs": names(policy.logs()), "witnesses": names(policy.witnesses()),
        "quorum": policy.quorum(), "needed": strength.needed,
        "may_be_offline": strength.may_be_offline, "dishonest_to_split": strength.to_split,
    });
    Ok(Output::valid(text.join("\n"), json))
}

pub(crate) fn checkpoint(command: &CheckpointCommand) -> Outcome {
    let CheckpointCommand::Parse { policy, file } = command;
    let text = read_text(file, "检查点")?;
    let note = Note::parse(&text)?;
    let checkpoint = Checkpoint::parse(&note.text)?;
    let head = checkpoint.head;
    let mut json = json!({
        "origin": checkpoint.origin, "size": head.size, "root": hex::encode(head.root),
        "signatures": note.lines.iter().map(|l| json!({"name": l.name, "key_id": hex::encode(l.id)})).collect::<Vec<_>>(),
    });
    let mut out = vec![
        format!("来源      {}", checkpoint.origin),
        format!("大小      {}", head.size),
        format!("树根      {}", hex::encode(head.root)),
    ];
    let Some(path) = policy else {
        out.push(format!("签名行    {} 行，未验证（请给出 --policy）", note.lines.len()));
        return Ok(Output::valid(out.join("\n"), json));
    };
    let policy = read_policy(path)?;
    let witnessed = policy.check(&text)?;
    let (signed, known) = (witnessed.cosigners.len(), policy.witnesses().len());
    let met = if witnessed.quorum_met { "已达到" } else { "未达到" };
    out.push(format!("见证      {signed}/{known}，门限“{}”{met}", policy.quorum()));
    for cosigner in &witnessed.cosigners {
        out.push(format!("          {}（{}）{}", cosigner.name, cosigner.key, beijing(cosigner.time)));
    }
    let cosigners = witnessed.cosigners.iter().map(|c| json!({"name": c.name, "key": c.key, "time": c.time}));
    if let Some(map) = json.as_object_mut() {
        map.insert("cosigners".into(), cosigners.collect());
        map.insert("quorum_met".into(), witnessed.quorum_met.into());
    }
    Ok(Output { valid: witnessed.quorum_met, text: out.join("\n"), json })
}
