//! The evidence log in the node: durable leaves become a tree, the tree a signed head, the head
//! something that witnesses of the four subjects have cosigned.
//!
//! Sequence, integrate and publish are separate steps. `Ctx::commit` gives the dense place and
//! returns when durable; the tree task takes durable leaves; only then is a head signed. Before the
//! first signature of a run the whole log is derived again from the stored bytes, and compared with
//! every head this log has signed and with what its witnesses hold: a log that was restored from an
//! old backup must not sign a second history.
mod anchor;
mod bundle;
mod key;
mod proof;
mod publish;
mod receipt;
mod routes;
mod served;
mod status;
mod store;
mod witness;

pub use anchor::Anchor;
pub(crate) use receipt::{promised, remember};
pub(crate) use routes::api;
pub use routes::tiles;
pub(crate) use store::keep_nodes;

use crate::app::App;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::source::Source;
use evidence::policy::Party;
use evidence::{Policy, SigningKey};
use parking_lot::{Mutex, RwLock};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tokio::sync::watch;

/// Folder of the log's key, policy and marks, inside the data folder.
const FOLDER: &str = "log";
/// Mark that `anlan restore` leaves: the log asks its witnesses before it goes on.
const RESTORED: &str = "restored";

/// What the log may do just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The stored bytes are being derived again and the witnesses asked; nothing is signed yet.
    Checking,
    /// Restored from a backup and no answer from the witnesses yet: nothing is written or signed.
    Restored,
    /// All is well.
    Signing,
    /// A witness holds a larger head of ours: this is an old copy. Nothing is written or signed.
    Behind(u64),
    /// A witness holds a head of ours that is not a beginning of this tree: there are two histories.
    Split(u64),
    /// The stored bytes are not those that were signed. Nothing is signed.
    Altered(String),
    /// Another node holds the key of this log.
    Elsewhere,
}

/// The running state of the log.
pub(crate) struct Log {
    /// Name of the log, for as long as it lives.
    pub(crate) origin: String,
    /// Public key.
    pub(crate) vkey: String,
    key: Option<SigningKey>,
    policy: Policy,
    policy_text: String,
    holders: BTreeMap<String, String>,
    standing: RwLock<Standing>,
    /// One head is signed at a time.
    signing: tokio::sync::Mutex<()>,
    /// Size of the newest signed head.
    published: watch::Sender<u64>,
    /// What a witness last refused, by its name in the policy.
    refusals: Mutex<BTreeMap<String, String>>,
    folder: PathBuf,
}

impl Log {
    /// Opens key and policy. Signs nothing yet.
    pub(crate) async fn open(db: &Db, source: &Source, node: &str, data: &Path) -> Result<Self> {
        let folder = data.join(FOLDER);
        let (vkey, key) = key::open(db, source, node, &folder).await?;
        let origin = vkey.name().to_owned();
        let (policy_text, policy) = policy(&folder, &vkey)?;
        let holders = holders(&policy_text);
        let standing = match &key {
            None => Standing::Elsewhere,
            Some(_) if folder.join(RESTORED).exists() => Standing::Restored,
            Some(_) => Standing::Checking,
        };
        let newest = store::newest(db).await?.map_or(0, |head| head.size);
        Ok(Self {
            origin,
            vkey: vkey.to_string(),
            key,
            policy,
            policy_text,
            holders,
            standing: RwLock::new(standing),
            signing: tokio::sync::Mutex::new(()),
            published: watch::Sender::new(newest),
            refusals: Mutex::default(),
            folder,
        })
    }

    /// What the log may do.
    pub(crate) fn standing(&self) -> Standing {
        self.standing.read().clone()
    }

    fn set_standing(&self, standing: Standing) {
        if !matches!(standing, Standing::Signing | Standing::Checking) {
            tracing::error!(?standing, "the log signs nothing: {}", words(&standing));
        }
        *self.standing.write() = standing;
    }

    /// Refuses a write that would put a second history in the place of one already witnessed.
    pub(crate) fn may_write(&self) -> Result<()> {
        match *self.standing.read() {
            Standing::Restored | Standing::Behind(_) => Err(Error::refused(
                "防止回滚：恢复后日志不得短于见证方所持",
                format!("{}；请联系系统管理员补回缺失的记录后再办理", words(&self.standing.read())),
            )),
            _ => Ok(()),
        }
    }

    /// What keeps the log from going on, in words.
    pub(crate) fn trouble(&self) -> Option<String> {
        let standing = self.standing();
        (!matches!(standing, Standing::Checking | Standing::Signing | Standing::Elsewhere)).then(|| words(&standing))
    }

    /// Witnesses of the policy.
    fn witnesses(&self) -> &[Party] {
        self.policy.witnesses()
    }

    /// Whether the policy asks for witnesses at all.
    fn has_quorum(&self) -> bool {
        self.policy.quorum() != "none"
    }
}

/// A standing in words.
fn words(standing: &Standing) -> String {
    match standing {
        Standing::Checking => "正在由原始字节重新推导证据树并与见证方核对".to_owned(),
        Standing::Restored => "数据由备份恢复，尚未与见证方核对，暂为只读".to_owned(),
        Standing::Signing => "正常".to_owned(),
        Standing::Behind(size) => {
            format!("见证方已见到 {size} 条，本节点不足：数据来自旧备份，暂为只读")
        }
        Standing::Split(size) => format!("见证方持有的第 {size} 条处的树根与本节点不同：出现两套历史，已停止签名"),
        Standing::Altered(what) => format!("库中内容与已签名的不符（{what}）：可能被改动，已停止签名"),
        Standing::Elsewhere => "日志密钥在另一节点".to_owned(),
    }
}

/// The policy file with the log's own line before it. Without a file nobody witnesses.
fn policy(folder: &Path, vkey: &evidence::VerifierKey) -> Result<(String, Policy)> {
    let path = folder.join("policy.txt");
    let file = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => "quorum none\n".to_owned(),
        Err(e) => return Err(Error::internal(format!("{}: {e}", path.display()))),
    };
    let own = format!("log {vkey}");
    let text = if file.lines().any(|line| line.trim() == own) { file } else { format!("{own}\n{file}") };
    let policy = Policy::parse(text.as_bytes()).map_err(|e| Error::internal(format!("{}：{e}", path.display())))?;
    Ok((text, policy))
}

/// `# holder <witness> <whose machine>` lines: who holds each key, in words that every reader of the
/// policy sees.
fn holders(policy: &str) -> BTreeMap<String, String> {
    let lines = policy.lines().filter_map(|line| line.trim().strip_prefix("# holder ")?.split_once(' '));
    lines.map(|(name, whose)| (name.to_owned(), whose.trim().to_owned())).collect()
}

/// Whether a completed node is stored: the roots of full tiles are, leaves stand with their events.
pub(crate) const fn is_kept(node: evidence::Node) -> bool {
    node.level > 0 && node.level.is_multiple_of(8)
}

/// Starts what keeps the log going: check, sign, push, anchor.
pub(crate) fn run(app: &App) {
    if app.log().key.is_none() {
        return;
    }
    app.spawn(publish::publish_loop(app.clone()));
    for witness in app.log().witnesses().iter().filter(|w| w.url.is_some()) {
        app.spawn(witness::push_loop(app.clone(), witness.clone()));
    }
}

impl App {
    /// Does the whole sequence once, by hand: check, sign, push. For tests and commands.
    pub async fn publish(&self) -> Result<()> {
        if matches!(self.log().standing(), Standing::Checking | Standing::Restored) {
            publish::check(self).await?;
        }
        publish::sign(self).await?;
        for witness in self.log().witnesses().iter().filter(|w| w.url.is_some()) {
            witness::push(self, witness).await;
        }
        Ok(())
    }
}

/// Size of the newest head that this log signed.
pub async fn signed(app: &App) -> Result<u64> {
    Ok(store::newest(app.db()).await?.map_or(0, |head| head.size))
}

/// Whether the log signs heads just now.
pub fn signs(app: &App) -> bool {
    app.log().standing() == Standing::Signing
}

/// Leaves the mark of a restored data folder.
pub fn mark_restored(data: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(data.join(FOLDER))?;
    std::fs::write(data.join(FOLDER).join(RESTORED), "由 anlan restore 写入：与见证方核对无误后自动删除\n")
}
