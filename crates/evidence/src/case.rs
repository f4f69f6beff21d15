//! Case bundles [ours]: everything about a case in one set of files, verifiable offline.
//!
//! ```text
//! policy.txt                   the policy the sender used; the reader trusts his own
//! entries/<index>.json         exact entry bytes
//! proofs/<index>.tlog-proof    all with the same checkpoint
//! disclosures/<index>.txt      one per line; only those this reader may see
//! files/<commit>               attachments, named by the commitment in the entry
//! README.txt                   what to do
//! ```
//!
//! This module knows names and bytes only; whoever calls it zips and unzips.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

use crate::verify::{EntryReport, HeadReport, verify_entry, verify_head};
use crate::{Error, Policy, ProofFile, Result};

const WHAT: &str = "案卷包";

/// What the receiver of a bundle reads first.
pub const README: &str = "\
这是安澜平台导出的案卷包，可在断网的电脑上自行核验，不必信任平台。

核验：evidence verify --policy 您的政策文件 --bundle 本案卷包.zip
退出码 0 为有效，1 为无效，2 为无法检查；加 --json 得到机器可读的结果。

请使用您自己合同或约定里的政策文件，不要用包内的 policy.txt：
它只供对照，谁都可以在包里放一份对自己有利的政策。

entries/      条目原始字节，一个字节都不能改
proofs/       包含证明与经见证的检查点（C2SP tlog-proof）
disclosures/  向您披露的内容，每行一项；没有列出的，是未向您披露或已依法删除
files/        附件，文件名是条目中的承诺

核验能证明：条目在见证时间已经存在，此后没有被改动。
核验不能证明：条目写入时是否属实、是否完整。
";

/// A bundle's contents.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Case {
    /// The sender's policy. Not trusted.
    pub policy: Vec<u8>,
    /// Entries with their proofs, by index.
    pub records: BTreeMap<u64, Record>,
    /// Attachments by commitment.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// One entry of a bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Exact entry bytes.
    pub entry: Vec<u8>,
    /// Proof file.
    pub proof: String,
    /// Encoded disclosures.
    pub disclosures: Vec<String>,
}

/// What a verified bundle shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseReport {
    /// The one cosigned head.
    pub head: HeadReport,
    /// The entries, by index.
    pub entries: Vec<EntryReport>,
    /// Whether the policy inside is byte for byte the reader's own.
    pub same_policy: bool,
}

impl Case {
    /// The files of the bundle in a fixed order, instructions included.
    pub fn to_files(&self) -> Vec<(String, Vec<u8>)> {
        let mut out =
            vec![("README.txt".to_owned(), README.as_bytes().to_vec()), ("policy.txt".to_owned(), self.policy.clone())];
        for (index, record) in &self.records {
            out.push((format!("entries/{index}.json"), record.entry.clone()));
            out.push((format!("proofs/{index}.tlog-proof"), record.proof.clone().into_bytes()));
            if !record.disclosures.is_empty() {
                let lines = record.disclosures.join("\n") + "\n";
                out.push((format!("disclosures/{index}.txt"), lines.into_bytes()));
            }
        }
        out.extend(self.files.iter().map(|(commit, file)| (format!("files/{commit}"), file.clone())));
        out
    }

    /// Reads the files of a bundle. Unknown or repeated names are refused, so that nothing
    /// in a bundle looks verified without being so.
    pub fn from_files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self> {
        let mut case = Self::default();
        let (mut names, mut entries, mut proofs) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (name, bytes) in files {
            let unknown = || Error::new(WHAT, format!("不认识的文件“{name}”"));
            if !names.insert(name.clone()) {
                return Err(Error::new(WHAT, format!("文件“{name}”出现两次")));
            }
            match name.split_once('/') {
                None if name == "README.txt" => {}
                None if name == "policy.txt" => case.policy = bytes,
                Some(("entries", file)) => {
                    let index = numbered(file, ".json").ok_or_else(unknown)?;
                    entries.insert(index);
                    case.records.entry(index).or_default().entry = bytes;
                }
                Some(("proofs", file)) => {
                    let index = numbered(file, ".tlog-proof").ok_or_else(unknown)?;
                    proofs.insert(index);
                    let text = crate::text::utf8("证明文件", &bytes)?;
                    text.clone_into(&mut case.records.entry(index).or_default().proof);
                }
                Some(("disclosures", file)) => {
                    let index = numbered(file, ".txt").ok_or_else(unknown)?;
                    case.records.entry(index).or_default().disclosures = disclosure_lines(&bytes)?;
                }
                // A name that no entry commits to is refused when the case is verified.
                Some(("files", commit)) => {
                    case.files.insert(commit.to_owned(), bytes);
                }
                _ => return Err(unknown()),
            }
        }
        if let Some(index) = case.records.keys().find(|i| !entries.contains(i) || !proofs.contains(i)) {
            return Err(Error::new(WHAT, format!("第 {index} 条缺少条目或证明")));
        }
        Ok(case)
    }

    /// Verifies everything in the bundle against the reader's own policy: one head for all
    /// entries, every disclosure in its entry, every file committed to by an entry.
    pub fn verify(&self, policy: &Policy, own_policy: &[u8]) -> Result<CaseReport> {
        let mut proofs = BTreeMap::new();
        for (index, record) in &self.records {
            let proof = ProofFile::parse(&record.proof)?;
            if proof.index != *index {
                return Err(Error::new(WHAT, format!("proofs/{index} 里的序号是 {}", proof.index)));
            }
            proofs.insert(*index, proof);
        }
        let checkpoint = match proofs.values().next() {
            Some(first) if proofs.values().all(|p| p.checkpoint == first.checkpoint) => &first.checkpoint,
            Some(_) => return Err(Error::new(WHAT, "各证明的检查点不同，应为同一个")),
            None => return Err(Error::new(WHAT, "没有任何条目")),
        };
        let head = verify_head(policy, checkpoint)?;
        let mut unclaimed: BTreeSet<&str> = self.files.keys().map(String::as_str).collect();
        let mut entries = Vec::with_capacity(self.records.len());
        for (index, record) in &self.records {
            let Some(proof) = proofs.get(index) else {
                continue;
            };
            let files = self.files_named_in(record);
            let disclosures: Vec<&str> = record.disclosures.iter().map(String::as_str).collect();
            let contents: Vec<&[u8]> = files.iter().map(|(_, bytes)| *bytes).collect();
            let report = verify_entry(&head, proof, &record.entry, &disclosures, &contents)
                .map_err(|e| Error::new(WHAT, format!("第 {index} 条：{e}")))?;
            for ((name, _), commit) in files.iter().zip(&report.files) {
                if name != commit {
                    return Err(Error::new(WHAT, format!("files/{name} 的内容属于另一承诺 {commit}")));
                }
                unclaimed.remove(name);
            }
            entries.push(report);
        }
        if let Some(name) = unclaimed.first() {
            return Err(Error::new(WHAT, format!("files/{name} 不属于任何条目，或其盐没有披露")));
        }
        let same_policy = self.policy == own_policy;
        Ok(CaseReport { head: HeadReport::new(policy, &head), entries, same_policy })
    }

    /// The bundle's files whose salt this record discloses.
    fn files_named_in<'a>(&'a self, record: &Record) -> Vec<(&'a str, &'a [u8])> {
        let names = record.disclosures.iter().filter_map(|text| {
            let disclosure = crate::Disclosure::decode(text).ok()?;
            Some(disclosure.name.strip_prefix("file:")?.to_owned())
        });
        let found = names.filter_map(|name| self.files.get_key_value(&name));
        found.map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect()
    }
}

/// `<index><suffix>` with a canonical index.
fn numbered(file: &str, suffix: &str) -> Option<u64> {
    crate::text::decimal(file.strip_suffix(suffix)?)
}

/// The lines of a disclosure file; empty lines are refused. A final newline is optional.
pub fn disclosure_lines(file: &[u8]) -> Result<Vec<String>> {
    let text = crate::text::utf8("披露文件", file)?;
    let lines: Vec<String> = text.strip_suffix('\n').unwrap_or(text).split('\n').map(str::to_owned).collect();
    match lines.as_slice() {
        [only] if only.is_empty() => Ok(Vec::new()),
        _ if lines.iter().any(String::is_empty) => Err(Error::new("披露文件", "含空行，应每行一项")),
        _ => Ok(lines),
    }
}
