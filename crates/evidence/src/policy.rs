//! Trust policies (C2SP tlog-policy): which logs, which witnesses, which quorum.
//!
//! ```text
//! log <vkey>
//! witness gov <vkey>
//! witness picc <vkey>
//! witness cpic <vkey>
//! group ins any picc cpic
//! group two all gov ins
//! quorum two
//! ```
//!
//! Stricter than the specification in three points: the file is UTF-8, one public key occurs
//! once in the whole file (a log that cosigns itself adds nothing), and all keys are of one
//! suite.

use crate::checkpoint::Checkpoint;
use crate::key::VerifierKey;
use crate::note::Note;
use crate::{Error, Result, Suite};

const WHAT: &str = "政策文件";

/// A trust policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    suite: Suite,
    logs: Vec<Party>,
    witnesses: Vec<Party>,
    /// Witnesses and groups in the order of the file; a group names earlier ones only.
    members: Vec<Member>,
    quorum: Option<usize>,
}

/// A log or witness of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Name within the policy; for a log its origin.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where to reach it, if the file says so.
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    name: String,
    rule: Rule,
    used: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Witness(usize),
    Group { needed: usize, of: Vec<usize> },
}

/// What a quorum withstands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strength {
    /// Fewest cosignatures that satisfy it.
    pub needed: usize,
    /// Witnesses that may be offline, whichever they are.
    pub may_be_offline: usize,
    /// Fewest dishonest witnesses that, with the log, get two histories accepted. With 0
    /// the quorum is unsafe even if every witness is honest.
    pub to_split: usize,
}

/// A witness of the policy that cosigned a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigner {
    /// Name within the policy.
    pub name: String,
    /// Name of its key.
    pub key: String,
    /// When it signed, Unix seconds.
    pub time: u64,
}

/// A checkpoint whose log signature and cosignatures were verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// The head.
    pub checkpoint: Checkpoint,
    /// Suite of the log.
    pub suite: Suite,
    /// Witnesses that cosigned it, in the order of the policy.
    pub cosigners: Vec<Cosigner>,
    /// Whether they make the quorum.
    pub quorum_met: bool,
}

impl Policy {
    /// Reads a policy file strictly.
    pub fn parse(file: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(file)
            .map_err(|_| Error::new(WHAT, "不是 UTF-8 文本（若由记事本存为 GBK，请另存为 UTF-8）"))?;
        if let Some(at) = text.bytes().position(|b| (b < 0x20 && b != b'\n' && b != b'\t') || b == 0x7f) {
            return Err(Error::new(WHAT, format!("第 {at} 字节是控制字符，只允许制表符和换行（\\n，不带回车）")));
        }
        let mut reader = reader::Reader::default();
        for (line, number) in text.split('\n').zip(1..) {
            let words: Vec<&str> = line.split([' ', '\t']).filter(|w| !w.is_empty()).collect();
            if words.first().is_none_or(|w| w.starts_with('#')) {
                continue;
            }
            let read = reader.line(&words);
            read.map_err(|why| Error::new(WHAT, format!("第 {number} 行：{why}")))?;
        }
        reader.finish().map_err(|why| Error::new(WHAT, why))
    }

    /// Suite of all keys.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Accepted logs.
    pub fn logs(&self) -> &[Party] {
        &self.logs
    }

    /// Known witnesses.
    pub fn witnesses(&self) -> &[Party] {
        &self.witnesses
    }

    /// Name of the quorum; `none` if no cosignature is asked for.
    pub fn quorum(&self) -> &str {
        self.quorum.and_then(|q| self.members.get(q)).map_or("none", |m| m.name.as_str())
    }

    /// Whether the witnesses for which `signed` holds (by position) make the quorum.
    pub fn is_met(&self, signed: impl Fn(usize) -> bool) -> bool {
        let met = self.fold(|rule, met: &[bool]| match rule {
            Rule::Witness(at) => signed(*at),
            Rule::Group { needed, of } => of.iter().filter(|at| met.get(**at) == Some(&true)).count() >= *needed,
        });
        self.quorum.is_none_or(|q| met.get(q) == Some(&true))
    }

    /// What the quorum withstands. Each name is a member of one group at most, so the
    /// groups form a tree and the fewest of each kind add up from the leaves.
    pub fn strength(&self) -> Strength {
        // Of each node: fewest to satisfy it, fewest absent that spoil it, and fewest in
        // common to two sets that each satisfy it.
        let costs = self.fold(|rule, costs: &[[usize; 3]]| match rule {
            Rule::Witness(_) => [1, 1, 1],
            Rule::Group { needed, of } => {
                let cheapest = |kind: usize, count: usize| {
                    let mut each: Vec<usize> = of.iter().filter_map(|at| costs.get(*at)?.get(kind).copied()).collect();
                    each.sort_unstable();
                    each.iter().take(count).sum()
                };
                let (k, n) = (*needed, of.len());
                [cheapest(0, k), cheapest(1, n - k + 1), cheapest(2, (2 * k).saturating_sub(n))]
            }
        });
        match self.quorum.and_then(|q| costs.get(q)) {
            Some([needed, spoil, common]) => Strength { needed: *needed, may_be_offline: spoil - 1, to_split: *common },
            None => Strength { needed: 0, may_be_offline: self.witnesses.len(), to_split: 0 },
        }
    }

    /// One value per member, each from those before it.
    fn fold<T>(&self, value: impl Fn(&Rule, &[T]) -> T) -> Vec<T> {
        let mut values = Vec::with_capacity(self.members.len());
        for member in &self.members {
            let next = value(&member.rule, &values);
            values.push(next);
        }
        values
    }

    /// Verifies a signed checkpoint: its origin is that of a log of this policy, that log's
    /// key signed it, and every known witness's line on it verifies. The quorum is stated,
    /// not demanded: a screen shows k of n while [`Witnessed::demand_quorum`] insists.
    pub fn check(&self, note: &str) -> Result<Witnessed> {
        let note = Note::parse(note)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        let logs: Vec<&VerifierKey> =
            self.logs.iter().map(|l| &l.key).filter(|k| k.name() == checkpoint.origin).collect();
        if logs.is_empty() {
            let known: Vec<&str> = self.logs.iter().map(|l| l.name.as_str()).collect();
            let why = format!("来源“{}”不是政策中的日志（{}）", checkpoint.origin, known.join("、"));
            return Err(Error::new("检查点", why));
        }
        let keys: Vec<&VerifierKey> = logs.iter().copied().chain(self.witnesses.iter().map(|w| &w.key)).collect();
        let signed = note.verify(&keys)?;
        if !signed.iter().any(|s| s.key < logs.len()) {
            return Err(Error::new("检查点", format!("没有日志“{}”自己的签名", checkpoint.origin)));
        }
        let time_of = |witness: usize| signed.iter().find(|s| s.key == logs.len() + witness)?.time;
        let cosigners = self.witnesses.iter().enumerate().filter_map(|(at, witness)| {
            let (name, key) = (witness.name.clone(), witness.key.name().to_owned());
            Some(Cosigner { name, key, time: time_of(at)? })
        });
        Ok(Witnessed {
            checkpoint,
            suite: self.suite,
            cosigners: cosigners.collect(),
            quorum_met: self.is_met(|at| time_of(at).is_some()),
        })
    }
}

impl Witnessed {
    /// Fails unless the quorum is met.
    pub fn demand_quorum(&self, policy: &Policy) -> Result<()> {
        if self.quorum_met {
            return Ok(());
        }
        let names: Vec<&str> = self.cosigners.iter().map(|c| c.name.as_str()).collect();
        let why = format!(
            "未达到“{}”：{} 个见证方中有 {} 个有效签名（{}），至少需 {} 个且符合分组",
            policy.quorum(),
            policy.witnesses.len(),
            names.len(),
            names.join("、"),
            policy.strength().needed,
        );
        Err(Error::new("见证门限", why))
    }
}

mod reader;
#[cfg(test)]
mod tests;
