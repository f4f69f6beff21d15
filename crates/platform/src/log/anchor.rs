//! Anchors: a program outside the node takes the cosigned head to somewhere under another rule, such
//! as a time-stamp authority (RFC 3161) or a chain. Its outage never holds up a write.
use super::{served, store};
use crate::app::App;
use crate::channels::command;
use crate::error::{Error, Result};
use std::time::Duration;

/// A new head is anchored after so many entries, or after [`EVERY`].
const ENTRIES: u64 = 10_000;
const EVERY: i64 = 3_600_000;
const LOOK: Duration = Duration::from_secs(10);
const LONGEST_WAIT: Duration = Duration::from_mins(30);

/// An anchor program: the cosigned checkpoint on its input, one JSON line back.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// Name under which receipts are kept.
    pub name: String,
    /// Program and arguments.
    pub command: Vec<String>,
}

impl Anchor {
    /// The anchor of a configured command, named after its program.
    pub fn of(command: Vec<String>) -> Self {
        let program = command.first().and_then(|p| p.rsplit('/').next()).unwrap_or_default();
        Self { name: program.trim_start_matches("anchor-").to_owned(), command }
    }

    /// Starts anchoring.
    pub fn start(self, app: &App) {
        app.spawn(anchor_loop(app.clone(), self));
    }

    /// Anchors the newest witnessed head if one is due; true where a receipt came.
    pub async fn once(&self, app: &App) -> Result<bool> {
        let Some(head) = store::newest_witnessed(app.db()).await? else { return Ok(false) };
        if let Some((size, _, _, at)) = store::newest_anchor(app.db()).await? {
            let due = head.size >= size + ENTRIES || at.plus(EVERY) <= app.source().now();
            if head.size <= size || !due {
                return Ok(false);
            }
        }
        let note = served::note(app.db(), &head).await?.to_string();
        let receipt = command::send(&self.command, &head.size.to_string(), note.into_bytes()).await;
        let receipt = receipt.map_err(|why| Error::Conflict(format!("锚定程序：{why}")))?;
        store::keep_anchor(app.db(), head.size, &self.name, &receipt, app.source().now()).await?;
        Ok(true)
    }
}

async fn anchor_loop(app: App, anchor: Anchor) {
    let mut wait = LOOK;
    loop {
        tokio::time::sleep(wait).await;
        match anchor.once(&app).await {
            Ok(_) => wait = LOOK,
            Err(error) => {
                tracing::warn!(anchor = anchor.name, %error, "anchor {}: {error}", anchor.name);
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
    }
}
