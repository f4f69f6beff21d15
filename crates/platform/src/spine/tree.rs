//! The tree over the stored leaves: a compact frontier, moved on as events become durable.
use crate::args;
use crate::db::{Db, sql};
use crate::error::{Error, Result};
use crate::event::SUITE;
use crate::log;
use evidence::{Frontier, Hash, Node};

/// Leaves taken into the tree at a time.
const BATCH: i64 = 2_000;

/// Size and root of the tree. `crate::log` signs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeHead {
    /// Leaves in the tree.
    pub size: u64,
    /// Root, hex.
    pub root: String,
}

impl TreeHead {
    fn of(frontier: &Frontier) -> Self {
        Self { size: frontier.size(), root: hex::encode(frontier.root()) }
    }
}

/// The frontier as last stored.
pub(crate) async fn load_head(db: &Db) -> Result<(Frontier, TreeHead)> {
    let stored = db.opt(sql("select frontier from log_state where id = 1", vec![])).await?;
    let frontier = match stored {
        Some(row) => Frontier::from_bytes(&row.get::<Vec<u8>>("frontier")?).map_err(Error::internal)?,
        None => Frontier::new(SUITE),
    };
    let head = TreeHead::of(&frontier);
    Ok((frontier, head))
}

/// Takes the durable leaves that are not yet in the tree, and stores the new frontier.
pub(crate) async fn integrate(db: &Db, frontier: &mut Frontier, durable: i64) -> Result<TreeHead> {
    loop {
        let size = i64::try_from(frontier.size()).map_err(Error::internal)?;
        let rows = db
            .all(sql(
                "select seq, leaf from event where seq > $1 and seq <= $2 order by seq limit $3",
                args![size, durable, BATCH],
            ))
            .await?;
        if rows.is_empty() {
            return Ok(TreeHead::of(frontier));
        }
        // Moved on in a copy: what could not be stored is not in the tree either.
        let (mut next, mut nodes) = (frontier.clone(), vec![]);
        for (row, expected) in rows.iter().zip(size + 1..) {
            if row.get::<i64>("seq")? != expected {
                return Err(Error::internal(format!("the log has a hole at {expected}")));
            }
            let leaf: Vec<u8> = row.get("leaf")?;
            let leaf = leaf.try_into().map_err(|_| Error::internal(format!("leaf {expected} is not 32 bytes")))?;
            next.append_with(leaf, |node, hash| {
                if log::is_kept(node) {
                    nodes.push((node, hash));
                }
            });
        }
        store(db, &next, &nodes).await?;
        *frontier = next;
    }
}

async fn store(db: &Db, frontier: &Frontier, nodes: &[(Node, Hash)]) -> Result<()> {
    let mut tx = db.begin().await?;
    log::keep_nodes(&mut tx, nodes).await?;
    tx.run(sql(
        "insert into log_state (id, size, root, frontier) values (1, $1, $2, $3)
         on conflict (id) do update set size = excluded.size, root = excluded.root, frontier = excluded.frontier",
        args![i64::try_from(frontier.size()).map_err(Error::internal)?, frontier.root(), frontier.to_bytes()],
    ))
    .await?;
    tx.commit().await
}

/// Re-derives the tree from the stored entries: every leaf from its bytes, the root from the
/// leaves. Returns the head, or what does not fit.
pub async fn rederive(db: &Db) -> Result<TreeHead> {
    let mut frontier = Frontier::new(SUITE);
    loop {
        let size = i64::try_from(frontier.size()).map_err(Error::internal)?;
        let rows = db
            .all(sql("select seq, entry, leaf from event where seq > $1 order by seq limit $2", args![size, BATCH]))
            .await?;
        if rows.is_empty() {
            break;
        }
        for (row, expected) in rows.iter().zip(size + 1..) {
            let leaf = evidence::leaf_hash(SUITE, &row.get::<Vec<u8>>("entry")?);
            if row.get::<i64>("seq")? != expected || row.get::<Vec<u8>>("leaf")? != leaf {
                return Err(Error::internal(format!("entry {expected} does not match its leaf")));
            }
            frontier.append(leaf);
        }
    }
    let derived = TreeHead::of(&frontier);
    let (_, stored) = load_head(db).await?;
    if stored.size == derived.size && stored.root != derived.root {
        return Err(Error::internal(format!(
            "the stored root {} differs from the derived {}",
            stored.root, derived.root
        )));
    }
    Ok(derived)
}
