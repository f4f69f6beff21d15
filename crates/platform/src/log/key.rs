//! The log's key: made once with the log, kept in a file that its owner alone may read. The name of
//! the log stands in the database, so that a data folder without its key signs nothing rather than
//! something new.
use crate::args;
use crate::db::{Db, sql};
use crate::error::{Error, Result};
use crate::event::SUITE;
use crate::source::Source;
use evidence::{Role, SigningKey, VerifierKey};
use std::io::Write;
use std::path::Path;

const SETTING: &str = "log.vkey";

/// The log's public key, and its secret where this node holds it.
pub(super) async fn open(
    db: &Db,
    source: &Source,
    node: &str,
    folder: &Path,
) -> Result<(VerifierKey, Option<SigningKey>)> {
    let path = folder.join("log.key");
    let mut mine = read(&path)?;
    let mut known = stored(db).await?;
    if known.is_none() {
        let key = match mine.take() {
            Some(key) => key,
            None => make(source, node, &path)?,
        };
        let mut tx = db.begin().await?;
        tx.run(sql(
            "insert into setting (key, value) values ('log.vkey', $1) on conflict (key) do nothing",
            args![key.verifier().to_string()],
        ))
        .await?;
        tx.commit().await?;
        // Another node may have been first.
        known = stored(db).await?;
        mine = Some(key);
    }
    let vkey = known.ok_or_else(|| Error::internal("the log has no key"))?;
    publish(folder, &vkey);
    if mine.is_none() {
        tracing::warn!("this node does not hold the log's key ({}): {}", vkey.name(), path.display());
    }
    let mine = mine.filter(|key| *key.verifier() == vkey);
    Ok((vkey, mine))
}

async fn stored(db: &Db) -> Result<Option<VerifierKey>> {
    let row = db.opt(sql("select value from setting where key = $1", args![SETTING])).await?;
    let text = row.map(|row| row.get::<String>("value")).transpose()?;
    text.map(|text| text.parse().map_err(Error::internal)).transpose()
}

/// Lays the public key beside, for whoever sets up witnesses; a folder that cannot be written to is
/// found out elsewhere.
fn publish(folder: &Path, vkey: &VerifierKey) {
    let path = folder.join("log.vkey");
    if !path.exists() && folder.exists() {
        drop(std::fs::write(path, format!("{vkey}\n")));
    }
}

fn read(path: &Path) -> Result<Option<SigningKey>> {
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let key: SigningKey =
                text.trim_end().parse().map_err(|e| Error::internal(format!("{}: {e}", path.display())))?;
            let fits = key.verifier().role() == Role::Log && key.verifier().suite() == SUITE;
            if fits { Ok(Some(key)) } else { Err(Error::internal(format!("{} is no {SUITE} log key", path.display()))) }
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::internal(format!("{}: {e}", path.display()))),
    }
}

/// A new key under a name of its own: two logs must never share one, or their witnesses would see a
/// split where there are two beginnings.
fn make(source: &Source, node: &str, path: &Path) -> Result<SigningKey> {
    let name = format!("{node}-{}.anlan/evidence-sm3", hex::encode(source.random::<4>()));
    // An SM2 scalar is out of range about once in 2³², so a few draws always suffice.
    let drawn = (0..8).find_map(|_| SigningKey::new(&name, SUITE, Role::Log, &source.random::<32>()).ok());
    let key = drawn.ok_or_else(|| Error::internal("no usable log key was drawn"))?;
    write(path, &key.to_secret_text()).map_err(|e| Error::internal(format!("{}: {e}", path.display())))?;
    Ok(key)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::File::open(folder)?.sync_all()
}
