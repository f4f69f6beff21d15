//! Witnesses: heads pushed to those that can be reached, cosignatures taken from those that poll, and
//! the question before the first signature whether one of them knows more than this node.
use super::proof::Tiles;
use super::store::{self, Cosigned, Signed};
use super::{Standing, served, words};
use crate::app::App;
use crate::error::{Error, Result};
use crate::source::Ms;
use evidence::merkle::Head;
use evidence::note::Line;
use evidence::policy::Party;
use evidence::restore::{self, Verdict};
use evidence::witness::Request;
use evidence::{Checkpoint, Note, Suite};
use std::sync::LazyLock;
use std::time::Duration;

const TIME_LIMIT: Duration = Duration::from_secs(5);
/// Least time between two heads for one witness, and the longest wait after failures.
const PACE: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// A cosignature is a line; a witness that answers more is not read.
const MAX_ANSWER: usize = 64 * 1024;

static CLIENT: LazyLock<Option<reqwest::Client>> = LazyLock::new(|| {
    // Whoever installed a provider first is kept.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(TIME_LIMIT).redirect(reqwest::redirect::Policy::none()).no_proxy();
    client.user_agent(concat!("anlan/", env!("CARGO_PKG_VERSION"))).build().ok()
});

/// Status and body of a witness's answer.
type Answer = std::result::Result<(u16, String), String>;

async fn ask(url: String, body: Option<String>) -> Answer {
    let client = CLIENT.as_ref().ok_or("HTTP 客户端无法启动")?;
    let request = match body {
        Some(body) => client.post(&url).body(body),
        None => client.get(&url),
    };
    let mut answer =
        request.send().await.map_err(|e| if e.is_timeout() { "5 秒内没有答复" } else { "连接不上" })?;
    let mut bytes = vec![];
    while let Some(chunk) = answer.chunk().await.map_err(|_| "答复中断")? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_ANSWER {
            return Err("答复过长".to_owned());
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| "答复不是文本")?;
    Ok((answer.status().as_u16(), text))
}

fn base(witness: &Party) -> &str {
    witness.url.as_deref().unwrap_or_default().trim_end_matches('/')
}

/// The head a witness holds of this log: nothing where it holds none.
async fn held(app: &App, witness: &Party) -> std::result::Result<Option<String>, String> {
    // C2SP tlog-witness names an origin by its SHA-256, in every suite.
    let origin = hex::encode(Suite::Sha256Ed25519.hash(&[app.log().origin.as_bytes()]));
    match ask(format!("{}/{origin}/checkpoint", base(witness)), None).await? {
        (200, note) => Ok(Some(note)),
        (404, _) => Ok(None),
        (status, _) => Err(format!("答复 {status}")),
    }
}

/// Asks the witnesses what they hold. Nothing: a restored log has not heard from enough of them yet.
pub(super) async fn compare(app: &App) -> Result<Option<Standing>> {
    let log = app.log();
    let (mut notes, mut answered) = (vec![], 0);
    let reachable: Vec<&Party> = log.witnesses().iter().filter(|w| w.url.is_some()).collect();
    for witness in &reachable {
        match held(app, witness).await {
            Ok(note) => {
                answered += 1;
                // Somebody who answers in a witness's place is not believed.
                notes.extend(note.filter(|n| Note::parse(n).is_ok_and(|n| n.verify(&[&witness.key]).is_ok())));
            }
            Err(why) => tracing::warn!(witness = witness.name, "witness {}: {why}", witness.name),
        }
    }
    match judge(app, &notes).await? {
        Standing::Signing => {}
        other => return Ok(Some(other)),
    }
    // So many answers that every quorum has one of them among its members.
    let enough = (log.policy.strength().may_be_offline + 1).min(reachable.len());
    let restored = log.standing() == Standing::Restored;
    Ok((!restored || answered >= enough).then_some(Standing::Signing))
}

/// What the heads that witnesses hold say about this tree.
async fn judge(app: &App, notes: &[String]) -> Result<Standing> {
    let log = app.log();
    let head = app.tree_head();
    let root = store::hash(hex::decode(&head.root).map_err(Error::internal)?)?;
    let own = Checkpoint { origin: log.origin.clone(), head: Head { size: head.size, root } };
    let mut tiles = Tiles::new(app.db(), head.size);
    let mut nodes = std::collections::HashMap::new();
    for note in notes {
        let seen = Note::parse(note).and_then(|n| Checkpoint::parse(&n.text)).map_err(Error::internal)?;
        if seen.head.size <= head.size {
            nodes.extend(tiles.nodes(evidence::merkle::root_nodes(seen.head.size)).await?);
        }
    }
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    let verdict = restore::check(&log.policy, &own, &notes, |node| nodes.get(&node).copied());
    Ok(match verdict.map_err(Error::internal)? {
        Verdict::MaySign => Standing::Signing,
        Verdict::Behind(size) => Standing::Behind(size),
        Verdict::Split(head) => Standing::Split(head.size),
    })
}

/// Keeps one witness up to date for as long as the node runs.
pub(super) async fn push_loop(app: App, witness: Party) {
    let mut published = app.log().published.subscribe();
    let mut wait = PACE;
    loop {
        published.mark_unchanged();
        let done = push(&app, &witness).await;
        wait = if done { PACE } else { (wait * 2).min(LONGEST_WAIT) };
        tokio::time::sleep(wait).await;
        if done && published.changed().await.is_err() {
            return;
        }
    }
}

/// Offers the newest head to a witness; true when there is nothing left to offer.
pub(super) async fn push(app: &App, witness: &Party) -> bool {
    let outcome = offer(app, witness).await;
    let mut refusals = app.log().refusals.lock();
    match outcome {
        Ok(()) => {
            refusals.remove(&witness.name);
            true
        }
        Err(error) => {
            let why = error.to_string();
            if refusals.insert(witness.name.clone(), why.clone()) != Some(why) {
                tracing::warn!(witness = witness.name, %error, "witness {} did not cosign: {error}", witness.name);
            }
            false
        }
    }
}

async fn offer(app: &App, witness: &Party) -> Result<()> {
    let Some(head) = store::newest(app.db()).await? else { return Ok(()) };
    let known = store::lamps(app.db()).await?.into_iter().find(|(name, ..)| *name == witness.name);
    let mut old = known.map_or(0, |(_, size, _)| size);
    if old == head.size {
        return Ok(());
    }
    let failed = |why: String| Error::Conflict(why);
    // Its own record decides: at most one answer says which size to begin from.
    for _ in 0..2 {
        let proof = Tiles::new(app.db(), head.size).consistency(old).await?;
        let note = Note::parse(&head.note).map_err(Error::internal)?;
        let request = Request::new(old, proof, note).map_err(Error::internal)?;
        let url = format!("{}/add-checkpoint", base(witness));
        match ask(url, Some(request.to_string())).await.map_err(failed)? {
            (200, body) => {
                let lines = body.lines().map(Line::parse).collect::<std::result::Result<Vec<_>, _>>();
                let lines = lines.map_err(|e| failed(format!("签名行读不懂（{e}）")))?;
                return accept(app, &Note { text: request.note.text, lines }).await;
            }
            (409, body) => match body.trim().parse() {
                Ok(size) if size <= head.size => old = size,
                _ => return ahead(app, witness).await,
            },
            (422, body) => {
                ahead(app, witness).await?;
                return Err(failed(format!("拒绝：{}", body.trim())));
            }
            (status, body) => return Err(failed(format!("答复 {status}：{}", body.trim()))),
        }
    }
    Err(failed("所持大小一再变化".to_owned()))
}

/// A witness says that it holds more than we have, or something else: only a head with our own
/// signature counts, because anybody may claim.
async fn ahead(app: &App, witness: &Party) -> Result<()> {
    let note = held(app, witness).await.map_err(Error::Conflict)?;
    let standing = judge(app, &Vec::from_iter(note)).await?;
    if standing == Standing::Signing {
        return Err(Error::Conflict("所持大小与其签名的检查点不符".to_owned()));
    }
    let why = words(&standing);
    app.log().set_standing(standing);
    Err(Error::Conflict(why))
}

/// Takes cosignatures on a head of ours: pushed ones and those a polling witness brings.
pub(super) async fn accept(app: &App, note: &Note) -> Result<()> {
    let log = app.log();
    let checkpoint = Checkpoint::parse(&note.text).map_err(|e| Error::invalid("checkpoint", e.to_string()))?;
    let head = store::of_size(app.db(), checkpoint.head.size).await?.ok_or(Error::NotFound)?;
    let own = Note::parse(&head.note).map_err(Error::internal)?;
    if own.text != note.text {
        tracing::error!(size = head.size, "a cosignature came for another head of size {}", head.size);
        return Err(Error::Conflict("该大小处的检查点与本日志所签的不同".to_owned()));
    }
    let mut taken = false;
    for line in &note.lines {
        let Some(witness) = log.witnesses().iter().find(|w| line.is_by(&w.key)) else { continue };
        let time = line.verify(&witness.key, &note.text).map_err(|e| Error::invalid("signature", e.to_string()))?;
        let seconds = i64::try_from(time.unwrap_or(0)).map_err(Error::internal)?;
        let signed_at = Ms(seconds.saturating_mul(1_000));
        let cosigned = Cosigned { witness: witness.name.clone(), line: line.to_string(), signed_at };
        store::keep_cosignature(app.db(), head.size, &cosigned, app.source().now()).await?;
        taken = true;
    }
    if !taken {
        return Err(Error::invalid("signature", "没有政策中的见证方的签名"));
    }
    count(app, &head).await
}

/// Notes when enough witnesses have signed a head.
async fn count(app: &App, head: &Signed) -> Result<()> {
    let log = app.log();
    if head.quorum_at.is_some() || !log.has_quorum() {
        return Ok(());
    }
    let cosigned = store::cosignatures(app.db(), head.size).await?;
    let signed = |at: usize| log.witnesses().get(at).is_some_and(|w| cosigned.iter().any(|c| c.witness == w.name));
    if !log.policy.is_met(signed) {
        return Ok(());
    }
    // The note is verified as an outsider would, before any screen says that it stands.
    let note = served::with(head, &cosigned)?.to_string();
    let witnessed = log.policy.check(&note).map_err(Error::internal)?;
    if witnessed.quorum_met {
        store::quorum_reached(app.db(), head.size, app.source().now()).await?;
    }
    Ok(())
}
