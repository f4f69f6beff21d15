//! The offline check: policy + proof file + entry, and what each step established.

use serde::Serialize;
use serde_json::Value;

use crate::policy::{Policy, Witnessed};
use crate::text::base64;
use crate::{Disclosed, MAX_ENTRY_LEN, ProofFile, Result, leaf_hash, merkle};
use crate::{Error, json};

/// What a verified proof shows. Field names are the keys of `evidence verify --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The cosigned head.
    pub head: HeadReport,
    /// The entry under it.
    pub entry: EntryReport,
}

/// A cosigned head that satisfies the policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeadReport {
    /// Log.
    pub origin: String,
    /// Suite.
    pub suite: &'static str,
    /// Number of entries.
    pub size: u64,
    /// Root hash, base64.
    pub root: String,
    /// Name of the quorum in the policy.
    pub quorum: String,
    /// Number of witnesses the policy knows.
    pub witnesses: usize,
    /// Witnesses that signed.
    pub cosigners: Vec<CosignerReport>,
    /// Earliest cosignature: the entry existed by then. Unix seconds.
    pub earliest: Option<u64>,
    /// Latest cosignature. Unix seconds.
    pub latest: Option<u64>,
}

/// One witness's signature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CosignerReport {
    /// Name in the policy.
    pub name: String,
    /// Key name.
    pub key: String,
    /// Unix seconds.
    pub time: u64,
}

/// An entry that is included under a head.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntryReport {
    /// Index in the log.
    pub index: u64,
    /// Leaf hash, hexadecimal.
    pub leaf: String,
    /// Whether the bytes are an event envelope; otherwise only the bytes were checked.
    pub is_event: bool,
    /// `id`, `type`, `source` and `time` of the envelope, as far as it has them.
    pub event: Value,
    /// Names of the claims that disclosures opened.
    pub opened: Vec<String>,
    /// Number of digests nobody opened here: withheld or erased.
    pub withheld: usize,
    /// The envelope's `data` with the disclosed claims in place.
    pub data: Value,
    /// Commitments of the given files, in the order given.
    pub files: Vec<String>,
}

/// Checks a proof file offline: the checkpoint against the policy, the entry against the
/// checkpoint (RFC 9162 §2.1.3.2), then disclosures and files against the entry.
pub fn verify(policy: &Policy, proof: &str, entry: &[u8], disclosures: &[&str], files: &[&[u8]]) -> Result<Report> {
    let proof = ProofFile::parse(proof)?;
    let head = verify_head(policy, &proof.checkpoint)?;
    let entry = verify_entry(&head, &proof, entry, disclosures, files)?;
    Ok(Report { head: HeadReport::new(policy, &head), entry })
}

/// Checks a signed checkpoint against a policy, quorum included.
pub fn verify_head(policy: &Policy, checkpoint: &str) -> Result<Witnessed> {
    if policy.logs().is_empty() {
        return Err(Error::new("政策文件", "没有 log 行，无法认定日志"));
    }
    let head = policy.check(checkpoint)?;
    head.demand_quorum(policy)?;
    Ok(head)
}

/// Checks one entry under a head that [`verify_head`] accepted. The caller has made sure
/// that `proof` holds the same checkpoint.
pub fn verify_entry(
    head: &Witnessed,
    proof: &ProofFile,
    entry: &[u8],
    disclosures: &[&str],
    files: &[&[u8]],
) -> Result<EntryReport> {
    if entry.len() > MAX_ENTRY_LEN {
        return Err(Error::new("条目", format!("有 {} 字节，最多 {MAX_ENTRY_LEN}", entry.len())));
    }
    let (suite, tree) = (head.suite, head.checkpoint.head);
    let leaf = leaf_hash(suite, entry);
    merkle::verify_inclusion(suite, &leaf, proof.index, tree.size, &proof.path, &tree.root)?;
    let mut report = EntryReport {
        index: proof.index,
        leaf: hex::encode(leaf),
        is_event: false,
        event: Value::Null,
        opened: Vec::new(),
        withheld: 0,
        data: Value::Null,
        files: Vec::new(),
    };
    if !is_event(entry) && disclosures.is_empty() && files.is_empty() {
        return Ok(report);
    }
    let disclosed = Disclosed::open(suite, entry, disclosures)?;
    report.files = files.iter().map(|file| disclosed.check_file(suite, file)).collect::<Result<_>>()?;
    report.is_event = true;
    report.event = summary(entry)?;
    (report.opened, report.withheld, report.data) = (disclosed.opened, disclosed.withheld, disclosed.data);
    Ok(report)
}

/// Whether a lenient reader takes the bytes for a JSON object. If so, they must also be
/// unambiguous, else two readers could see two contents in one proven entry.
fn is_event(entry: &[u8]) -> bool {
    serde_json::from_slice::<Value>(entry).is_ok_and(|v| v.is_object())
}

fn summary(entry: &[u8]) -> Result<Value> {
    let envelope = json::parse("条目", entry)?;
    let keep = ["id", "type", "source", "subject", "time"];
    let kept = keep.iter().filter_map(|key| Some(((*key).to_owned(), envelope.get(key)?.clone())));
    Ok(Value::Object(kept.collect()))
}

impl HeadReport {
    /// The report about a verified head.
    pub fn new(policy: &Policy, head: &Witnessed) -> Self {
        let times = || head.cosigners.iter().map(|c| c.time);
        Self {
            origin: head.checkpoint.origin.clone(),
            suite: head.suite.name(),
            size: head.checkpoint.head.size,
            root: base64(&head.checkpoint.head.root),
            quorum: policy.quorum().to_owned(),
            witnesses: policy.witnesses().len(),
            cosigners: head
                .cosigners
                .iter()
                .map(|c| CosignerReport { name: c.name.clone(), key: c.key.clone(), time: c.time })
                .collect(),
            earliest: times().min(),
            latest: times().max(),
        }
    }
}
