//! Where the log stands, as the screens show it: never a later state early.
use super::{Standing, store, words};
use crate::app::App;
use crate::error::Result;
use crate::source::Ms;
use serde::Serialize;
use utoipa::ToSchema;

/// The state of the evidence log. A record at place `seq` is 已保存 always, 已入账 from `signed`
/// on, 已见证 from `witnessed`, 已锚定 from `anchored`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LogState {
    /// Name of the log.
    origin: String,
    /// Its public key.
    vkey: String,
    /// `signing`, `checking`, `restored`, `behind`, `split`, `altered` or `elsewhere`.
    standing: &'static str,
    /// The same in words.
    words: String,
    /// Entries durably stored.
    stored: u64,
    /// Entries under the newest head that the log signed.
    signed: u64,
    /// When it signed that head.
    signed_at: Option<Ms>,
    /// Entries under the newest head with enough cosignatures.
    witnessed: u64,
    /// When enough had signed it.
    witnessed_at: Option<Ms>,
    /// Entries under the newest anchored head.
    anchored: u64,
    /// When it was anchored.
    anchored_at: Option<Ms>,
    /// Where it was anchored.
    anchor: Option<String>,
    /// Cosignatures that make a quorum; 0 where the policy asks for none.
    quorum: usize,
    /// Fewest dishonest witnesses that, with the log, could show two histories.
    to_split: usize,
    /// Witnesses that may be offline.
    may_be_offline: usize,
    witnesses: Vec<Lamp>,
    /// The policy file.
    policy: String,
}

/// One witness.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Lamp {
    /// Name in the policy.
    name: String,
    /// Name of its key.
    key: String,
    /// Whose machine holds the key, as the policy states it.
    holder: String,
    /// Whether it runs on the node's own machine, where its signature proves little.
    same_machine: bool,
    /// `push` or `poll`.
    way: &'static str,
    /// Entries under the largest head it cosigned.
    size: u64,
    /// When it signed.
    signed_at: Option<Ms>,
    /// `lit` signed the newest witnessed head or a later one, `behind`, `dark` never signed.
    light: &'static str,
    /// What it last refused or why it could not be reached.
    refusal: Option<String>,
}

pub(super) const fn code(standing: &Standing) -> &'static str {
    match standing {
        Standing::Checking => "checking",
        Standing::Restored => "restored",
        Standing::Signing => "signing",
        Standing::Behind(_) => "behind",
        Standing::Split(_) => "split",
        Standing::Altered(_) => "altered",
        Standing::Elsewhere => "elsewhere",
    }
}

/// The state now.
pub(super) async fn state(app: &App) -> Result<LogState> {
    let log = app.log();
    let newest = store::newest(app.db()).await?;
    let witnessed = store::newest_witnessed(app.db()).await?;
    let anchor = store::newest_anchor(app.db()).await?;
    let lamps = store::lamps(app.db()).await?;
    let strength = log.policy.strength();
    let standing = log.standing();
    let refusals = log.refusals.lock().clone();
    let goal = witnessed.as_ref().map_or(1, |head| head.size);
    let lamp = |witness: &evidence::policy::Party| {
        let seen = lamps.iter().find(|(name, ..)| *name == witness.name);
        let size = seen.map_or(0, |(_, size, _)| *size);
        Lamp {
            name: witness.name.clone(),
            key: witness.key.name().to_owned(),
            holder: log.holders.get(&witness.name).cloned().unwrap_or_default(),
            same_machine: witness.url.as_deref().is_some_and(is_local),
            way: if witness.url.is_some() { "push" } else { "poll" },
            size,
            signed_at: seen.map(|(_, _, at)| *at),
            light: if seen.is_none() {
                "dark"
            } else if size >= goal {
                "lit"
            } else {
                "behind"
            },
            refusal: refusals.get(&witness.name).cloned(),
        }
    };
    Ok(LogState {
        origin: log.origin.clone(),
        vkey: log.vkey.clone(),
        standing: code(&standing),
        words: words(&standing),
        stored: app.durable().unsigned_abs(),
        signed: newest.as_ref().map_or(0, |head| head.size),
        signed_at: newest.map(|head| head.at),
        witnessed: witnessed.as_ref().map_or(0, |head| head.size),
        witnessed_at: witnessed.and_then(|head| head.quorum_at),
        anchored: anchor.as_ref().map_or(0, |(size, ..)| *size),
        anchored_at: anchor.as_ref().map(|(.., at)| *at),
        anchor: anchor.map(|(_, name, ..)| name),
        quorum: strength.needed,
        to_split: strength.to_split,
        may_be_offline: strength.may_be_offline,
        witnesses: log.witnesses().iter().map(lamp).collect(),
        policy: log.policy_text.clone(),
    })
}

fn is_local(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or(url);
    ["127.", "localhost", "[::1]"].iter().any(|local| host.starts_with(local))
}
