//! `evidence verify`.

use evidence::case::{Case, CaseReport, disclosure_lines};
use evidence::verify::{CosignerReport, EntryReport, HeadReport, Report, verify};
use evidence::{Policy, Receipt};
use serde_json::json;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::inspect::{read_policy, read_text};
use crate::output::{Failure, Outcome, Output, beijing, read, unusable};

/// Most bytes unpacked from one bundle, against decompression bombs.
const MAX_BUNDLE: u64 = 1 << 30;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// 政策文件：取自您自己的合同或约定，不要用案卷包里的
    #[arg(long)]
    policy: PathBuf,
    /// 证明文件（.tlog-proof）
    #[arg(long, required_unless_present = "bundle", requires = "entry")]
    proof: Option<PathBuf>,
    /// 条目原始字节
    #[arg(long, requires = "proof")]
    entry: Option<PathBuf>,
    /// 披露文件，每行一项
    #[arg(long, requires = "proof")]
    disclosures: Option<PathBuf>,
    /// 附件，可多次给出
    #[arg(long = "file", requires = "proof")]
    files: Vec<PathBuf>,
    /// 案卷包（zip），代替 --proof 与 --entry
    #[arg(long, conflicts_with = "proof")]
    bundle: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Outcome {
    let policy_file = read(&args.policy)?;
    let policy = Policy::parse(&policy_file).map_err(unusable)?;
    if let Some(bundle) = &args.bundle {
        let case = Case::from_files(unzip(bundle)?)?;
        return Ok(case_output(&case.verify(&policy, &policy_file)?));
    }
    let (Some(proof), Some(entry)) = (&args.proof, &args.entry) else {
        return Err(unusable("请给出 --proof 与 --entry，或 --bundle"));
    };
    let (proof, entry) = (read(proof)?, read(entry)?);
    let disclosures = args.disclosures.as_deref().map(read).transpose()?;
    let files = args.files.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    let disclosures = disclosures.map(|file| disclosure_lines(&file)).transpose()?.unwrap_or_default();
    let proof = evidence::text::utf8("证明文件", &proof)?;
    let lines: Vec<&str> = disclosures.iter().map(String::as_str).collect();
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    Ok(report_output(&verify(&policy, proof, &entry, &lines, &files)?))
}

#[derive(clap::Args)]
pub(crate) struct ReceiptArgs {
    /// 政策文件：取自您自己的合同或约定
    #[arg(long)]
    policy: PathBuf,
    /// 回执文件
    #[arg(long)]
    receipt: PathBuf,
    /// 条目原始字节
    #[arg(long)]
    entry: PathBuf,
}

pub(crate) fn receipt(args: &ReceiptArgs) -> Outcome {
    let policy = read_policy(&args.policy)?;
    let receipt = Receipt::verify(&policy, &read_text(&args.receipt, "回执")?, &read(&args.entry)?)?;
    let by = beijing(receipt.include_by);
    let text = format!(
        "有效：日志 {} 承诺最迟于 {by} 将该条目入账。届时若拿不出包含证明，这份回执就是日志失信的证据",
        receipt.origin
    );
    let json = json!({"origin": receipt.origin, "leaf": hex::encode(receipt.leaf), "include_by": receipt.include_by});
    Ok(Output::valid(text, json))
}

fn report_output(report: &Report) -> Output {
    let mut text = vec!["有效：条目已入账，检查点已达到见证门限".to_owned()];
    text.extend(head_text(&report.head));
    text.extend(entry_text(&report.entry));
    text.extend(limits_text(&report.head));
    Output::valid(text.join("\n"), json!(report))
}

fn case_output(report: &CaseReport) -> Output {
    let mut text = vec![format!("有效：案卷包内 {} 条全部核验通过", report.entries.len())];
    text.extend(head_text(&report.head));
    text.extend(report.entries.iter().flat_map(entry_text));
    if !report.same_policy {
        text.push("提示      案卷包自带的政策与您的不同；核验只依据您的政策".to_owned());
    }
    text.extend(limits_text(&report.head));
    Output::valid(text.join("\n"), json!(report))
}

fn limits_text(head: &HeadReport) -> [String; 2] {
    let proved = match head.earliest {
        Some(_) => "证明了    条目在上述时间已经存在，此后没有被改动；要另有一套历史，须有见证方与日志串通",
        None => "证明了    条目在日志签名的这一检查点之下，此后没有被改动",
    };
    let not_proved = "没有证明  条目在写入时是否属实、是否完整；请结合来源与其他证据判断";
    [proved.to_owned(), not_proved.to_owned()]
}

fn head_text(head: &HeadReport) -> Vec<String> {
    let mut out = vec![
        format!("日志      {}（{}），共 {} 条", head.origin, head.suite, head.size),
        format!("树根      {}", head.root),
        format!("见证      {}/{}，门限“{}”", head.cosigners.len(), head.witnesses, head.quorum),
    ];
    let signer = |c: &CosignerReport| format!("          {}（{}）{}", c.name, c.key, beijing(c.time));
    out.extend(head.cosigners.iter().map(signer));
    out.push(match head.earliest {
        Some(time) => format!("存在时间  最迟于 {} 已存在", beijing(time)),
        None => "存在时间  没有见证，无法证明时间，也不能排除日志分叉".to_owned(),
    });
    out
}

fn entry_text(entry: &EntryReport) -> Vec<String> {
    let mut out = vec![format!("条目      第 {} 号，叶哈希 {}", entry.index, entry.leaf)];
    if !entry.is_event {
        out.push("          内容不是事件信封，只核验了字节".to_owned());
        return out;
    }
    let field = |key: &str| entry.event.get(key).and_then(|v| v.as_str()).unwrap_or("（无）");
    out.push(format!("          {}，编号 {}，时间 {}", field("type"), field("id"), field("time")));
    if !entry.opened.is_empty() {
        out.push(format!("披露      已打开 {} 项：{}", entry.opened.len(), entry.opened.join("、")));
    }
    if entry.withheld > 0 {
        out.push(format!("          另有 {} 项未向您披露或已删除", entry.withheld));
    }
    if !entry.files.is_empty() {
        out.push(format!("附件      {} 个，内容与承诺相符", entry.files.len()));
    }
    out
}

/// Unpacks a bundle in memory. Directories are skipped; everything else must be known.
fn unzip(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let broken = |e: &dyn std::fmt::Display| {
        Failure::Invalid(evidence::Error::new("案卷包", format!("不是完好的 zip 文件（{e}）")))
    };
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(read(path)?)).map_err(|e| broken(&e))?;
    if archive.has_duplicate_names() {
        return Err(broken(&"有同名文件，不同软件会解出不同内容"));
    }
    let (mut files, mut left) = (Vec::new(), MAX_BUNDLE);
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|e| broken(&e))?;
        if file.is_dir() {
            continue;
        }
        let name = file.name().map_err(|e| broken(&e))?.into_owned();
        let mut bytes = Vec::new();
        file.take(left + 1).read_to_end(&mut bytes).map_err(|e| broken(&e))?;
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or_else(|| unusable(format!("案卷包解开后超过 {MAX_BUNDLE} 字节")))?;
        files.push((name, bytes));
    }
    Ok(files)
}
