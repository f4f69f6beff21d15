//! Check, then sign: nothing is signed that is not durable, and nothing before the stored bytes were
//! derived again.
use super::store::{self, Signed};
use super::{RESTORED, Standing, is_kept, witness};
use crate::app::App;
use crate::args;
use crate::db::{Db, sql};
use crate::error::{Error, Result};
use crate::event::SUITE;
use evidence::merkle::Head;
use evidence::{Checkpoint, Frontier, Hash, Node, Note};
use std::collections::BTreeMap;
use std::time::Duration;

/// Between two signed heads: many leaves share one head, and no leaf waits long for one.
const PACE: Duration = Duration::from_millis(250);
/// Between two attempts to ask the witnesses of a restored log.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// Leaves checked at a time.
const BATCH: i64 = 2_000;

/// Checks once, then signs what the tree takes in.
pub(super) async fn publish_loop(app: App) {
    while matches!(app.log().standing(), Standing::Checking | Standing::Restored) {
        if let Err(error) = check(&app).await {
            tracing::error!(%error, "the log could not be checked: {error}");
        }
        if matches!(app.log().standing(), Standing::Checking | Standing::Restored) {
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }
    let mut heads = app.watch_head();
    let mut signed = 0_u64;
    loop {
        heads.mark_unchanged();
        if let Err(error) = sign(&app).await {
            tracing::error!(%error, "the head could not be signed: {error}");
        }
        signed += 1;
        if signed.is_multiple_of(1_000)
            && let Err(error) = store::thin_out(app.db(), app.source().now()).await
        {
            tracing::error!(%error, "old heads could not be thinned out: {error}");
        }
        tokio::time::sleep(PACE).await;
        if heads.changed().await.is_err() {
            return;
        }
    }
}

/// Derives the log again from its bytes and compares: with the columns, the kept nodes, every head it
/// signed, and what the witnesses hold.
pub(super) async fn check(app: &App) -> Result<()> {
    let log = app.log();
    let Some(key) = &log.key else { return Ok(()) };
    let mut heads = BTreeMap::new();
    for head in store::all(app.db()).await? {
        let note = Note::parse(&head.note).map_err(Error::internal)?;
        if note.verify(&[key.verifier()]).is_err() {
            log.set_standing(Standing::Altered(format!("第 {} 条处的签名", head.size)));
            return Ok(());
        }
        heads.insert(head.size, head.checkpoint()?.head.root);
    }
    if let Some(what) = derive(app.db(), &heads, app.tree_head().size).await? {
        log.set_standing(Standing::Altered(what));
        return Ok(());
    }
    let verdict = witness::compare(app).await?;
    match verdict {
        Some(Standing::Signing) => {
            match std::fs::remove_file(log.folder.join(RESTORED)) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::internal(format!("the mark of the restore stays: {e}")));
                }
                _ => {}
            }
            log.set_standing(Standing::Signing);
        }
        Some(other) => log.set_standing(other),
        None => {}
    }
    Ok(())
}

/// What does not fit, in words; nothing is good. Missing upper nodes (of a log older than them) are
/// filled in, wrong ones reported.
async fn derive(db: &Db, heads: &BTreeMap<u64, Hash>, until: u64) -> Result<Option<String>> {
    let until = i64::try_from(until).map_err(Error::internal)?;
    let complete = store::count_nodes(db).await? >= until / 256;
    let mut tree = Frontier::new(SUITE);
    loop {
        let size = i64::try_from(tree.size()).map_err(Error::internal)?;
        let rows = db
            .all(sql(
                "select seq, entry, leaf from event where seq > $1 and seq <= $2 order by seq limit $3",
                args![size, until, BATCH],
            ))
            .await?;
        if rows.is_empty() {
            break;
        }
        let mut nodes: Vec<(Node, Hash)> = vec![];
        for (row, expected) in rows.iter().zip(size + 1..) {
            let leaf = evidence::leaf_hash(SUITE, &row.get::<Vec<u8>>("entry")?);
            if row.get::<i64>("seq")? != expected || row.get::<Vec<u8>>("leaf")? != leaf {
                return Ok(Some(format!("第 {expected} 条")));
            }
            tree.append_with(leaf, |node, hash| {
                if is_kept(node) {
                    nodes.push((node, hash));
                }
            });
            if heads.get(&tree.size()).is_some_and(|root| *root != tree.root()) {
                return Ok(Some(format!("前 {} 条的树根", tree.size())));
            }
        }
        if !complete {
            let mut tx = db.begin().await?;
            store::keep_nodes(&mut tx, &nodes).await?;
            tx.commit().await?;
        }
        for (node, hash) in nodes {
            let kept = store::nodes_between(db, node.level, node.index, node.index + 1).await?;
            if kept.first() != Some(&hash) {
                return Ok(Some(format!("第 {} 层第 {} 个节点", node.level, node.index)));
            }
        }
    }
    let missing = heads.keys().find(|size| **size > tree.size());
    Ok(missing.map(|size| format!("已签到 {size} 条，库中只有 {} 条", tree.size())))
}

/// Signs the head of what is durably in the tree, if it is new.
pub(super) async fn sign(app: &App) -> Result<()> {
    let log = app.log();
    let Some(key) = log.key.as_ref().filter(|_| log.standing() == Standing::Signing) else { return Ok(()) };
    let _one = log.signing.lock().await;
    let head = app.tree_head();
    if head.size <= *log.published.borrow() {
        return Ok(());
    }
    // Another node's rows may be visible before they are on disk.
    app.db().flushed().await?;
    let root = store::hash(hex::decode(&head.root).map_err(Error::internal)?)?;
    let text = Checkpoint { origin: log.origin.clone(), head: Head { size: head.size, root } }.to_string();
    let line = key.sign_note(&text).map_err(Error::internal)?;
    let note = Note { text, lines: vec![line] }.to_string();
    let signed = Signed { size: head.size, note, at: app.source().now(), quorum_at: None };
    store::keep(app.db(), &signed).await?;
    log.published.send_replace(head.size);
    Ok(())
}
