//! A witness with its store on disk.
//!
//! One folder, one process (an exclusive lock), one step at a time (a mutex): load, decide,
//! write a new file, fsync, rename, fsync the folder, and only then answer. A kill at any
//! moment leaves the old record or the new one.

use evidence::witness::{Answer, Request, State, Witness};
use evidence::{Checkpoint, Note, SigningKey, Suite, VerifierKey};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::inspect::read_policy;
use crate::output::{Failure, read, unusable};

#[derive(clap::Args)]
pub(crate) struct NodeArgs {
    /// 见证方私钥文件（evidence keygen --role witness）
    #[arg(long)]
    key: PathBuf,
    /// 要见证的日志公钥（vkey），可多次给出
    #[arg(long = "log")]
    logs: Vec<VerifierKey>,
    /// 或取自政策文件的 log 行
    #[arg(long)]
    policy: Option<PathBuf>,
    /// 存档目录
    #[arg(long)]
    store: PathBuf,
    /// 首次运行：建立存档目录。平时不要给，以免指错目录而从零开始
    #[arg(long)]
    init: bool,
}

pub(crate) struct Node {
    pub(crate) witness: Witness,
    origins: BTreeSet<String>,
    dir: PathBuf,
    /// Held while one request is decided and stored.
    step: Mutex<()>,
    /// Keeps a second process out of the folder for as long as this one lives.
    _lock: File,
}

type Reason<T> = Result<T, String>;

impl Node {
    pub(crate) fn open(args: &NodeArgs) -> Result<Self, Failure> {
        let text = String::from_utf8(read(&args.key)?).map_err(|_| unusable("私钥文件不是文本"))?;
        let key: SigningKey = text.trim_end().parse().map_err(|e: evidence::Error| unusable(e))?;
        let mut logs = args.logs.clone();
        if let Some(path) = &args.policy {
            logs.extend(read_policy(path)?.logs().iter().map(|log| log.key.clone()));
        }
        let origins = logs.iter().map(|k| k.name().to_owned()).collect();
        let witness = Witness::new(key, logs).map_err(unusable)?;
        let dir = args.store.clone();
        if args.init {
            std::fs::create_dir_all(&dir).map_err(|e| unusable(format!("建不了目录 {}（{e}）", dir.display())))?;
        }
        let lock = File::options().create(true).append(true).open(dir.join("lock"));
        let lock = lock.map_err(|e| {
            unusable(format!(
                "打不开存档目录 {}（{e}）。首次运行请加 --init；若曾运行过，请先找回原目录",
                dir.display()
            ))
        })?;
        lock.try_lock().map_err(|_| unusable(format!("存档目录 {} 正被另一进程使用", dir.display())))?;
        Ok(Self { witness, origins, dir, step: Mutex::new(()), _lock: lock })
    }

    pub(crate) fn origins(&self) -> Vec<String> {
        self.origins.iter().cloned().collect()
    }

    /// One `add-checkpoint` request, from body to answer. An error means that nothing was
    /// signed: the store could not be read or written.
    pub(crate) fn handle(&self, body: &[u8]) -> Reason<Answer> {
        let request = evidence::text::utf8("见证请求", body).and_then(Request::parse);
        match request {
            Ok(request) => self.decide(&request),
            Err(error) => Ok(Answer::Malformed(error.to_string())),
        }
    }

    pub(crate) fn decide(&self, request: &Request) -> Reason<Answer> {
        let origin = &request.checkpoint.origin;
        if !self.witness.watches(origin) {
            return Ok(Answer::UnknownLog);
        }
        // The guarded data is on disk and replaced whole, so a panic elsewhere leaves it sound.
        let _step = self.step.lock().unwrap_or_else(PoisonError::into_inner);
        let decision = self.witness.decide(self.load(origin)?.as_ref(), request, now());
        if let Some(next) = &decision.next {
            self.save(origin, next)?;
        }
        if decision.alarm {
            eprintln!(
                "警报：日志 {origin} 分叉。证据在 {}，已停止见证，请人工处理",
                self.path(origin, "conflict").display()
            );
        }
        Ok(decision.answer)
    }

    /// What is stored for an origin. A file that is there but not ours is an error: signing
    /// from zero again would be a rollback.
    pub(crate) fn load(&self, origin: &str) -> Reason<Option<State>> {
        let read = |kind| -> Reason<Option<Note>> {
            let path = self.path(origin, kind);
            let text = match std::fs::read_to_string(&path) {
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                other => other.map_err(|e| format!("读不出 {}（{e}）", path.display()))?,
            };
            Note::parse(&text).map(Some).map_err(|e| format!("{} 已损坏（{e}）", path.display()))
        };
        let Some(cosigned) = read("checkpoint")? else { return Ok(None) };
        let ours = cosigned.verify(&[self.witness.key()]).is_ok();
        if !ours || !Checkpoint::parse(&cosigned.text).is_ok_and(|c| c.origin == origin) {
            return Err(format!("{} 不是本方签过的检查点", self.path(origin, "checkpoint").display()));
        }
        Ok(Some(State { cosigned, conflict: read("conflict")? }))
    }

    fn save(&self, origin: &str, state: &State) -> Reason<()> {
        if let Some(conflict) = &state.conflict {
            self.write(&self.path(origin, "conflict"), &conflict.to_string())?;
        }
        self.write(&self.path(origin, "checkpoint"), &state.cosigned.to_string())
    }

    fn write(&self, path: &Path, text: &str) -> Reason<()> {
        let new = path.with_extension("new");
        let durable = || -> std::io::Result<()> {
            let mut file = File::create(&new)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&new, path)?;
            // Only Unix lets a folder be opened and synced; elsewhere the rename has to do.
            if cfg!(unix) { File::open(&self.dir)?.sync_all() } else { Ok(()) }
        };
        durable().map_err(|e| format!("写不进存档 {}（{e}），未签名", path.display()))
    }

    /// Takes the evidence of a split view out of the way, under a name of its own.
    pub(crate) fn release(&self, origin: &str) -> Reason<PathBuf> {
        let from = self.path(origin, "conflict");
        let to = self.path(origin, &format!("conflict-{}", now()));
        std::fs::rename(&from, &to).map_err(|e| format!("{origin} 没有停止，或存档不可写（{e}）"))?;
        Ok(to)
    }

    /// The cosigned checkpoint by the hexadecimal hash of its origin, for monitors.
    pub(crate) fn latest(&self, origin_hash: &str) -> Reason<Option<String>> {
        match self.origins.iter().find(|o| hash_name(o) == origin_hash) {
            None => Ok(None),
            Some(origin) => Ok(self.load(origin)?.map(|state| state.cosigned.to_string())),
        }
    }

    fn path(&self, origin: &str, kind: &str) -> PathBuf {
        self.dir.join(format!("{}.{kind}", hash_name(origin)))
    }
}

/// SHA-256 of the origin in hexadecimal, as tlog-witness names it, in both suites.
fn hash_name(origin: &str) -> String {
    hex::encode(Suite::Sha256Ed25519.hash(&[origin.as_bytes()]))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a witness states the time of its own clock; the only clock of this command"
)]
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs())
}
