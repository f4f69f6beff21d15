//! What the log keeps besides the leaves: nodes, signed heads, cosignatures, anchors.
use crate::args;
use crate::db::{Db, RawTx, Row, sql};
use crate::error::{Error, Result};
use crate::source::Ms;
use evidence::tile::{Level, Tile};
use evidence::{Checkpoint, Hash, Node};

/// A head this log signed.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    /// Leaves under it.
    pub(crate) size: u64,
    /// Checkpoint body and the log's signature.
    pub(crate) note: String,
    /// When.
    pub(crate) at: Ms,
    /// When enough witnesses had cosigned it.
    pub(crate) quorum_at: Option<Ms>,
}

impl Signed {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            size: row.get::<i64>("size")?.unsigned_abs(),
            note: row.get("note")?,
            at: row.get("signed_at")?,
            quorum_at: row.get("quorum_at")?,
        })
    }

    /// Its body.
    pub(crate) fn checkpoint(&self) -> Result<Checkpoint> {
        let note = evidence::Note::parse(&self.note).map_err(Error::internal)?;
        Checkpoint::parse(&note.text).map_err(Error::internal)
    }
}

const HEAD: &str = "select size, note, signed_at, quorum_at from log_checkpoint";

/// The newest signed head.
pub(crate) async fn newest(db: &Db) -> Result<Option<Signed>> {
    let mut query = sql(HEAD, vec![]);
    query.push(" order by size desc limit 1");
    db.opt(query).await?.map(|row| Signed::read(&row)).transpose()
}

/// The newest head that enough witnesses have cosigned.
pub(crate) async fn newest_witnessed(db: &Db) -> Result<Option<Signed>> {
    let mut query = sql(HEAD, vec![]);
    query.push(" where quorum_at is not null order by size desc limit 1");
    db.opt(query).await?.map(|row| Signed::read(&row)).transpose()
}

/// The head of a size.
pub(crate) async fn of_size(db: &Db, size: u64) -> Result<Option<Signed>> {
    let mut query = sql(HEAD, vec![]);
    query.push(" where size = ").bind(i64::try_from(size).map_err(Error::internal)?);
    db.opt(query).await?.map(|row| Signed::read(&row)).transpose()
}

/// Every head still kept, smallest first.
pub(crate) async fn all(db: &Db) -> Result<Vec<Signed>> {
    let mut query = sql(HEAD, vec![]);
    query.push(" order by size");
    db.all(query).await?.iter().map(Signed::read).collect()
}

/// Keeps a head before anybody sees it.
pub(crate) async fn keep(db: &Db, head: &Signed) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.run(sql(
        "insert into log_checkpoint (size, note, signed_at) values ($1, $2, $3) on conflict (size) do nothing",
        args![i64::try_from(head.size).map_err(Error::internal)?, &head.note, head.at],
    ))
    .await?;
    tx.commit().await
}

/// Thins out heads older than a day to one an hour, and with them what witnesses signed.
pub(crate) async fn thin_out(db: &Db, now: Ms) -> Result<()> {
    let before = now.plus(-24 * 3_600_000);
    let mut tx = db.begin().await?;
    tx.run(sql(
        "delete from log_checkpoint where signed_at < $1
         and size not in (select max(size) from log_checkpoint group by signed_at / 3600000)
         and size not in (select max(size) from log_checkpoint where quorum_at is not null group by quorum_at / 3600000)
         and size not in (select size from log_anchor)",
        args![before],
    ))
    .await?;
    tx.run(sql("delete from log_cosignature where size not in (select size from log_checkpoint)", vec![])).await?;
    tx.commit().await
}

/// A stored cosignature.
#[derive(Debug, Clone)]
pub(crate) struct Cosigned {
    /// Name of the witness in the policy.
    pub(crate) witness: String,
    /// Signature line.
    pub(crate) line: String,
    /// When it says it signed.
    pub(crate) signed_at: Ms,
}

/// The cosignatures under a head.
pub(crate) async fn cosignatures(db: &Db, size: u64) -> Result<Vec<Cosigned>> {
    let rows = db
        .all(sql(
            "select witness, line, signed_at from log_cosignature where size = $1 order by witness",
            args![i64::try_from(size).map_err(Error::internal)?],
        ))
        .await?;
    let read = |row: &Row| {
        Ok(Cosigned { witness: row.get("witness")?, line: row.get("line")?, signed_at: row.get("signed_at")? })
    };
    rows.iter().map(read).collect()
}

/// Per witness the largest head it cosigned, and when.
pub(crate) async fn lamps(db: &Db) -> Result<Vec<(String, u64, Ms)>> {
    let rows = db
        .all(sql(
            "select c.witness as witness, c.size as size, c.signed_at as signed_at from log_cosignature c
             join (select witness, max(size) as size from log_cosignature group by witness) m
             on m.witness = c.witness and m.size = c.size",
            vec![],
        ))
        .await?;
    let read = |row: &Row| Ok((row.get("witness")?, row.get::<i64>("size")?.unsigned_abs(), row.get("signed_at")?));
    rows.iter().map(read).collect()
}

/// Keeps a cosignature; false where it was known.
pub(crate) async fn keep_cosignature(db: &Db, size: u64, cosigned: &Cosigned, now: Ms) -> Result<bool> {
    let mut tx = db.begin().await?;
    let fresh = tx
        .run(sql(
            "insert into log_cosignature (size, witness, line, signed_at, received_at) values ($1, $2, $3, $4, $5)
             on conflict (size, witness) do nothing",
            args![
                i64::try_from(size).map_err(Error::internal)?,
                &cosigned.witness,
                &cosigned.line,
                cosigned.signed_at,
                now
            ],
        ))
        .await?;
    tx.commit().await?;
    Ok(fresh == 1)
}

/// States that enough witnesses have cosigned a head.
pub(crate) async fn quorum_reached(db: &Db, size: u64, now: Ms) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.run(sql(
        "update log_checkpoint set quorum_at = $1 where size = $2 and quorum_at is null",
        args![now, i64::try_from(size).map_err(Error::internal)?],
    ))
    .await?;
    tx.commit().await
}

/// The largest anchored head: size, anchor, receipt, when.
pub(crate) async fn newest_anchor(db: &Db) -> Result<Option<(u64, String, String, Ms)>> {
    let row =
        db.opt(sql("select size, anchor, receipt, at from log_anchor order by size desc limit 1", vec![])).await?;
    let read = |row: Row| {
        Ok((row.get::<i64>("size")?.unsigned_abs(), row.get("anchor")?, row.get("receipt")?, row.get("at")?))
    };
    row.map(read).transpose()
}

/// Keeps an anchor's receipt.
pub(crate) async fn keep_anchor(db: &Db, size: u64, anchor: &str, receipt: &str, now: Ms) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.run(sql(
        "insert into log_anchor (size, anchor, receipt, at) values ($1, $2, $3, $4) on conflict (size, anchor) do nothing",
        args![i64::try_from(size).map_err(Error::internal)?, anchor, receipt, now],
    ))
    .await?;
    tx.commit().await
}

/// Keeps the completed nodes that stand at the foot of a tile.
pub(crate) async fn keep_nodes(tx: &mut RawTx, nodes: &[(Node, Hash)]) -> Result<()> {
    for (node, hash) in nodes {
        let place = i64::try_from(node.index).map_err(Error::internal)?;
        tx.run(sql(
            "insert into log_node (level, place, hash) values ($1, $2, $3) on conflict (level, place) do nothing",
            args![node.level, place, *hash],
        ))
        .await?;
    }
    Ok(())
}

/// Every kept node, for the check at start.
pub(crate) async fn count_nodes(db: &Db) -> Result<i64> {
    db.one(sql("select count(*) as n from log_node where level = 8", vec![])).await?.get("n")
}

/// The stored nodes of one level in a range of places.
pub(crate) async fn nodes_between(db: &Db, level: u8, from: u64, to: u64) -> Result<Vec<Hash>> {
    let (from, to) = (i64::try_from(from).map_err(Error::internal)?, i64::try_from(to).map_err(Error::internal)?);
    let rows = if level == 0 {
        db.all(sql("select leaf as hash from event where seq > $1 and seq <= $2 order by seq", args![from, to])).await?
    } else {
        db.all(sql(
            "select hash from log_node where level = $1 and place >= $2 and place < $3 order by place",
            args![level, from, to],
        ))
        .await?
    };
    rows.iter().map(|row| hash(row.get("hash")?)).collect()
}

/// The bytes of a hash tile, if the log has all of it.
pub(crate) async fn tile(db: &Db, tile: Tile) -> Result<Option<Vec<u8>>> {
    let Level::Hashes(level) = tile.level else { return Ok(None) };
    let Some(level) = level.checked_mul(8) else { return Ok(None) };
    let from = tile.index.saturating_mul(u64::from(evidence::tile::TILE_WIDTH));
    let hashes = nodes_between(db, level, from, from.saturating_add(u64::from(tile.width))).await?;
    Ok((hashes.len() == usize::from(tile.width)).then(|| hashes.concat()))
}

pub(crate) fn hash(bytes: Vec<u8>) -> Result<Hash> {
    bytes.try_into().map_err(|_| Error::internal("a stored hash is not 32 bytes long"))
}
