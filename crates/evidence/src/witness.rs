//! The witness as a pure function: stored state and request in, answer and next state out.
//!
//! C2SP tlog-witness. Whoever runs it must make load, [`Witness::decide`] and store one
//! atomic step per origin, and have the next state on disk before the answer leaves. Else a
//! slow request could roll the record back behind a newer one.

use std::fmt;

use crate::checkpoint::Checkpoint;
use crate::key::{Role, SigningKey, VerifierKey};
use crate::merkle::{Head, verify_consistency};
use crate::note::{Line, Note};
use crate::text::{base64, decimal, hash_from_base64};
use crate::{Error, Hash, Result, empty_root};

const WHAT: &str = "见证请求";

/// Body of `add-checkpoint`: the size the log believes we hold, the proof, the new head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Size the consistency proof starts from.
    pub old: u64,
    /// Consistency proof from `old` to the checkpoint.
    pub proof: Vec<Hash>,
    /// The log's signed checkpoint.
    pub note: Note,
    /// Its body, parsed.
    pub checkpoint: Checkpoint,
}

impl Request {
    /// A request for a signed checkpoint.
    pub fn new(old: u64, proof: Vec<Hash>, note: Note) -> Result<Self> {
        let checkpoint = Checkpoint::parse(&note.text)?;
        Ok(Self { old, proof, note, checkpoint })
    }

    /// Reads a request body strictly.
    pub fn parse(body: &str) -> Result<Self> {
        let bad = |why: &str| Error::new(WHAT, why);
        let (head, note) = body.split_once("\n\n").ok_or_else(|| bad("缺少证明与检查点之间的空行"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|l| decimal(l.strip_prefix("old ")?));
        let old = old.ok_or_else(|| bad("第一行应为“old <大小>”，不带前导零"))?;
        let proof: Option<Vec<Hash>> = lines.map(hash_from_base64).collect();
        let proof = proof.ok_or_else(|| bad("每行应为一个 32 字节哈希的 base64"))?;
        if proof.len() > 63 {
            return Err(bad("一致性证明超过 63 个哈希"));
        }
        Self::new(old, proof, Note::parse(note)?)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", base64(hash)))?;
        write!(f, "\n{}", self.note)
    }
}

/// What a witness keeps per origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The latest head we cosigned, with the log's signature and ours.
    pub cosigned: Note,
    /// A head of the same size and another root that the log also signed. It proves
    /// misbehaviour by itself; until a person removes it we sign nothing for this origin.
    pub conflict: Option<Note>,
}

impl State {
    fn head(&self) -> Result<Head> {
        Ok(Checkpoint::parse(&self.cosigned.text)?.head)
    }
}

/// Answer to a request, by its HTTP status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: our cosignature.
    Cosigned(Line),
    /// 400: malformed, or the old size is above the new one.
    Malformed(String),
    /// 403: no valid signature of the log.
    NotSigned(String),
    /// 404: an origin we do not watch.
    UnknownLog,
    /// 409: we hold this size, not the old size of the request.
    HaveSize(u64),
    /// 422: the proof fails, or same size and another root, or we stopped for this origin.
    Inconsistent(String),
}

impl Answer {
    /// HTTP status of C2SP tlog-witness.
    pub fn status(&self) -> u16 {
        match self {
            Answer::Cosigned(_) => 200,
            Answer::Malformed(_) => 400,
            Answer::NotSigned(_) => 403,
            Answer::UnknownLog => 404,
            Answer::HaveSize(_) => 409,
            Answer::Inconsistent(_) => 422,
        }
    }

    /// Content type of [`Answer::body`].
    pub fn content_type(&self) -> &'static str {
        if matches!(self, Answer::HaveSize(_)) { "text/x.tlog.size" } else { "text/plain; charset=utf-8" }
    }

    /// Response body: signature line, size, or the reason.
    pub fn body(&self) -> String {
        match self {
            Answer::Cosigned(line) => format!("{line}\n"),
            Answer::HaveSize(size) => format!("{size}\n"),
            Answer::UnknownLog => "不认识的日志来源\n".to_owned(),
            Answer::Malformed(why) | Answer::NotSigned(why) | Answer::Inconsistent(why) => format!("{why}\n"),
        }
    }
}

/// Outcome of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What to answer, once `next` is stored.
    pub answer: Answer,
    /// The state to store, if it changed.
    pub next: Option<State>,
    /// Whether this request is the first proof of a split view: alert the owner.
    pub alarm: bool,
}

impl From<Answer> for Decision {
    fn from(answer: Answer) -> Self {
        Self { answer, next: None, alarm: false }
    }
}

/// A witness: its key and the logs it watches.
#[derive(Debug)]
pub struct Witness {
    key: SigningKey,
    logs: Vec<VerifierKey>,
}

impl Witness {
    /// A witness with a cosignature key for logs of the same suite. Several keys of one
    /// origin are its rotation.
    pub fn new(key: SigningKey, logs: Vec<VerifierKey>) -> Result<Self> {
        let bad = |why: String| Err(Error::new("见证设置", why));
        if key.verifier().role() != Role::Witness {
            return bad(format!("“{}”不是见证密钥", key.verifier().name()));
        }
        if logs.is_empty() {
            return bad("没有要见证的日志".to_owned());
        }
        for log in &logs {
            if log.role() != Role::Log {
                return bad(format!("“{}”不是日志密钥", log.name()));
            }
            if log.suite() != key.verifier().suite() {
                return bad(format!("日志“{}”的套件与见证密钥不同", log.name()));
            }
            if log.bytes() == key.verifier().bytes() {
                return bad(format!("日志“{}”与见证用同一把密钥，这样的见证不算数", log.name()));
            }
        }
        Ok(Self { key, logs })
    }

    /// The public key of this witness.
    pub fn key(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// Whether this witness watches `origin`.
    pub fn watches(&self, origin: &str) -> bool {
        self.logs.iter().any(|k| k.name() == origin)
    }

    /// Decides one request at time `now` (Unix seconds), given what is stored for its origin.
    pub fn decide(&self, state: Option<&State>, request: &Request, now: u64) -> Decision {
        self.refusal(state, request).unwrap_or_else(|| self.cosign(state, request, now))
    }

    /// The checks, in the order of the specification.
    fn refusal(&self, state: Option<&State>, request: &Request) -> Option<Decision> {
        let new = request.checkpoint.head;
        let keys: Vec<&VerifierKey> = self.logs.iter().filter(|k| k.name() == request.checkpoint.origin).collect();
        let Some(suite) = keys.first().map(|k| k.suite()) else {
            return Some(Answer::UnknownLog.into());
        };
        if let Err(error) = request.note.verify(&keys) {
            return Some(Answer::NotSigned(error.to_string()).into());
        }
        if request.old > new.size {
            return Some(Answer::Malformed("旧大小大于检查点的大小".to_owned()).into());
        }
        let recorded = match state.map(State::head).transpose() {
            Ok(head) => head.unwrap_or(Head { size: 0, root: empty_root(suite) }),
            Err(error) => return Some(Answer::Inconsistent(format!("本方存档无法读取：{error}")).into()),
        };
        let stopped = state.is_some_and(|s| s.conflict.is_some());
        let split = new.size == recorded.size && new.root != recorded.root;
        if request.old != recorded.size {
            let mut decision = Decision::from(Answer::HaveSize(recorded.size));
            if split && !stopped {
                decision = decision.with_conflict(state, request);
            }
            return Some(decision);
        }
        if stopped {
            let why = "该日志曾对同一大小签过两个不同的树根，本方已停止见证，待人工处理";
            return Some(Answer::Inconsistent(why.to_owned()).into());
        }
        if let Err(error) = verify_consistency(suite, recorded, new, &request.proof) {
            let decision = Decision::from(Answer::Inconsistent(error.to_string()));
            return Some(if split { decision.with_conflict(state, request) } else { decision });
        }
        None
    }

    fn cosign(&self, state: Option<&State>, request: &Request, now: u64) -> Decision {
        let line = match self.key.cosign(&request.note.text, now) {
            Ok(line) => line,
            Err(error) => return Answer::Inconsistent(error.to_string()).into(),
        };
        // Keep the verified log signatures and ours; what others said is not ours to repeat.
        let origin = &request.checkpoint.origin;
        let keys = || self.logs.iter().filter(|k| k.name() == origin);
        let by_log = |line: &&Line| keys().any(|k| line.is_by(k));
        let mut lines: Vec<Line> = request.note.lines.iter().filter(by_log).cloned().collect();
        lines.push(line.clone());
        let cosigned = Note { text: request.note.text.clone(), lines };
        let conflict = state.and_then(|s| s.conflict.clone());
        Decision { answer: Answer::Cosigned(line), next: Some(State { cosigned, conflict }), alarm: false }
    }
}

impl Decision {
    /// Keeps the conflicting head as evidence. Without a stored head there is nothing it
    /// could conflict with: the empty tree was never signed by the log.
    fn with_conflict(mut self, state: Option<&State>, request: &Request) -> Self {
        if let Some(state) = state {
            self.next = Some(State { conflict: Some(request.note.clone()), ..state.clone() });
            self.alarm = true;
        }
        self
    }
}

#[cfg(test)]
mod tests;
