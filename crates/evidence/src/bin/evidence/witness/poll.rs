//! Poll mode: the witness fetches the log's checkpoint and tiles, makes the consistency
//! proof itself, and posts its cosignature back. Only outbound connections.

use evidence::merkle::Plan;
use evidence::note::{Line, Note};
use evidence::tile::{TILE_WIDTH, Tile};
use evidence::witness::{Answer, Request};
use evidence::{Checkpoint, Hash};
use serde_json::json;
use std::collections::btree_map::{BTreeMap, Entry};
use std::path::Path;
use std::time::Duration;

use crate::output::{Outcome, Output, read, unusable};
use crate::witness::answered;
use crate::witness::node::Node;

/// A checkpoint, or a tile of 256 hashes, is far smaller.
const MAX_REPLY: usize = 64 * 1024;

pub(super) fn run(node: &Node, url: &str, ca: Option<&Path>, every: u64, once: bool) -> Outcome {
    // Fails only if a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder().timeout(Duration::from_secs(30));
    if let Some(path) = ca {
        let certificate = reqwest::Certificate::from_pem(&read(path)?).map_err(unusable)?;
        client = client.tls_certs_merge([certificate]);
    }
    let log = Log { client: client.build().map_err(unusable)?, url: url.trim_end_matches('/').to_owned() };
    let runtime = tokio::runtime::Runtime::new().map_err(unusable)?;
    runtime.block_on(async {
        loop {
            match log.round(node).await {
                Ok(None) if once => return Ok(Output::valid("没有新的检查点".to_owned(), json!({}))),
                Ok(Some(answer)) if once => return Ok(answered(&answer)),
                Err(why) if once => return Err(unusable(why)),
                Ok(Some(answer)) if answer.status() != 200 => eprint!("{} {}", answer.status(), answer.body()),
                Ok(_) => {}
                Err(why) => eprintln!("{why}"),
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(every)) => {}
                _ = tokio::signal::ctrl_c() => return Ok(Output::valid("已停止".to_owned(), json!({}))),
            }
        }
    })
}

struct Log {
    client: reqwest::Client,
    url: String,
}

impl Log {
    /// One round; nothing if the log's head is the one we cosigned last.
    async fn round(&self, node: &Node) -> Result<Option<Answer>, String> {
        let note = String::from_utf8(self.get("checkpoint").await?).map_err(|e| e.to_string())?;
        let note = Note::parse(&note).map_err(|e| e.to_string())?;
        let new = Checkpoint::parse(&note.text).map_err(|e| e.to_string())?;
        let kept = node.load(&new.origin)?;
        if let Some(state) = kept.as_ref().filter(|state| state.cosigned.text == note.text) {
            let ours = |line: &&Line| line.is_by(node.witness.key());
            // The log shows the cosignatures it has; a missing one was lost on the way.
            if let (None, Some(line)) = (note.lines.iter().find(ours), state.cosigned.lines.iter().find(ours)) {
                self.post(&note.text, line).await?;
            }
            return Ok(None);
        }
        let old = match kept {
            Some(state) => Checkpoint::parse(&state.cosigned.text).map_err(|e| e.to_string())?.head.size,
            None => 0,
        };
        // A smaller head gets no proof; the decision answers it with the size we hold.
        let proof = if old <= new.head.size { self.proof(node, old, new.head.size).await? } else { Vec::new() };
        let old = old.min(new.head.size);
        let text = note.text.clone();
        let request = Request::new(old, proof, note).map_err(|e| e.to_string())?;
        let answer = node.decide(&request)?;
        if let Answer::Cosigned(line) = &answer {
            self.post(&text, line).await?;
        }
        Ok(Some(answer))
    }

    /// The consistency proof from the log's tiles. Whatever they hold, a wrong proof only
    /// makes the decision refuse.
    async fn proof(&self, node: &Node, old: u64, new: u64) -> Result<Vec<Hash>, String> {
        let plan = Plan::consistency(old, new).map_err(|e| e.to_string())?;
        let suite = node.witness.key().suite();
        let mut hashes = BTreeMap::new();
        let mut tiles: BTreeMap<Tile, Vec<u8>> = BTreeMap::new();
        for wanted in plan.nodes() {
            let tile = Tile::holding(wanted, new).ok_or("检查点的大小不合理")?;
            let bytes = match tiles.entry(tile) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(self.tile(tile).await?),
            };
            hashes.insert(wanted, tile.node(suite, bytes, wanted).map_err(|e| e.to_string())?);
        }
        plan.finish(suite, |wanted| hashes.get(&wanted).copied()).map_err(|e| e.to_string())
    }

    /// A partial tile may be gone once the full one is there; its beginning is the same.
    async fn tile(&self, tile: Tile) -> Result<Vec<u8>, String> {
        match self.get(&tile.to_string()).await {
            Err(_) if tile.width < TILE_WIDTH => {
                let full = Tile { width: TILE_WIDTH, ..tile };
                let mut bytes = self.get(&full.to_string()).await?;
                bytes.truncate(usize::from(tile.width) * 32);
                Ok(bytes)
            }
            other => other,
        }
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, String> {
        let url = format!("{}/{path}", self.url);
        let failed = |e: reqwest::Error| format!("取不到 {url}（{e}）");
        let mut reply =
            self.client.get(&url).send().await.and_then(reqwest::Response::error_for_status).map_err(failed)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = reply.chunk().await.map_err(failed)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > MAX_REPLY {
                return Err(format!("{url} 的内容过大"));
            }
        }
        Ok(bytes)
    }

    /// Posts the checkpoint body with our signature line to `<url>/add-cosignature` [ours].
    async fn post(&self, text: &str, line: &Line) -> Result<(), String> {
        let url = format!("{}/add-cosignature", self.url);
        let body = Note { text: text.to_owned(), lines: vec![line.clone()] }.to_string();
        let reply = self.client.post(&url).body(body).send().await;
        let sent = reply.and_then(reqwest::Response::error_for_status);
        sent.map(|_| ()).map_err(|e| format!("签名已存档，但送不到 {url}（{e}），下次再送"))
    }
}
