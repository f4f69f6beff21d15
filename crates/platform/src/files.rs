//! Files, stored by the SM3 digest of their bytes; the original bytes are the evidence.
use crate::args;
use crate::ctx::Ctx;
use crate::db::sql;
use crate::error::{Error, Result};
use crate::event::{FileRef, SUITE};
use serde::Serialize;
use std::path::PathBuf;
use utoipa::ToSchema;

/// Largest single file.
pub const MAX_FILE: usize = 50 * 1024 * 1024;

/// A stored file.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StoredFile {
    /// SM3 digest, hex.
    pub digest: String,
    /// Name as uploaded.
    pub name: String,
    /// Type found from the bytes, not from the name.
    pub mime: String,
    /// Bytes.
    pub size: u64,
}

/// Digest of a file's bytes.
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(SUITE.hash(&[bytes]))
}

fn path(ctx: &Ctx, digest: &str) -> Result<PathBuf> {
    let (Some(a), true) = (digest.get(..2), digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit())) else {
        return Err(Error::NotFound);
    };
    Ok(ctx.app.data().join("files").join(a).join(digest))
}

/// The type of the bytes by their first bytes; unknown kinds are served as plain downloads.
fn sniff(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        [b'P', b'K', 3, 4, ..] => "application/zip",
        _ => "application/octet-stream",
    }
}

/// Stores a file durably and notes who brought it. The same bytes are stored once.
pub async fn store(ctx: &Ctx, name: &str, bytes: Vec<u8>) -> Result<StoredFile> {
    if bytes.is_empty() {
        return Err(Error::invalid("file", "文件是空的，请重新选择"));
    }
    if bytes.len() > MAX_FILE {
        return Err(Error::TooLarge("单个文件不能超过 50 MB，请压缩或分开上传".to_owned()));
    }
    let file = StoredFile {
        digest: digest(&bytes),
        name: name.chars().take(200).collect(),
        mime: sniff(&bytes).to_owned(),
        size: bytes.len() as u64,
    };
    let target = path(ctx, &file.digest)?;
    tokio::task::spawn_blocking(move || write_durably(&target, &bytes))
        .await
        .map_err(Error::internal)?
        .map_err(|e| Error::internal(format!("store a file: {e}")))?;
    let mut tx = ctx.db().begin().await?;
    tx.run(sql(
        "insert into file (digest, org, name, mime, size, created_at, account) values ($1, $2, $3, $4, $5, $6, $7) on conflict (digest, org) do nothing",
        args![&file.digest, &ctx.actor.org, &file.name, &file.mime, i64::try_from(file.size).unwrap_or(i64::MAX), ctx.now(), ctx.actor.account()],
    ))
    .await?;
    tx.commit().await?;
    Ok(file)
}

/// A rename is atomic only when the bytes were synced before it.
fn write_durably(target: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    if target.exists() {
        return Ok(());
    }
    let folder = target.parent().unwrap_or(target);
    std::fs::create_dir_all(folder)?;
    let temporary = target.with_extension(format!("{}.part", crate::source::trace_id()));
    let mut file = std::fs::File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, target)?;
    std::fs::File::open(folder)?.sync_all()
}

/// Reads a file that the caller's organisation brought, or that an event it may see refers to.
pub async fn load(ctx: &Ctx, digest: &str) -> Result<(StoredFile, Vec<u8>)> {
    let target = path(ctx, digest)?;
    let mut query = sql("select name, mime, size from file where digest = ", vec![]);
    query.bind(digest);
    if !crate::timeline::refers_to_file(ctx, digest).await? {
        query.push(" and org = ").bind(ctx.actor.org.as_str());
    }
    query.push(" order by created_at limit 1");
    let row = ctx.db().one(query).await?;
    let bytes = tokio::fs::read(target).await.map_err(|_| Error::NotFound)?;
    let size = row.get::<i64>("size")?;
    Ok((
        StoredFile {
            digest: digest.to_owned(),
            name: row.get("name")?,
            mime: row.get("mime")?,
            size: size.unsigned_abs(),
        },
        bytes,
    ))
}

/// The file as an event names it, for whoever may read it. Made before the write begins, because
/// it reads the bytes: what the leaf says of a file is a salted hash over all of them.
pub async fn reference(ctx: &Ctx, digest: &str, kind: &str) -> Result<FileRef> {
    let (stored, bytes) = load(ctx, digest).await?;
    let (kind, salt) = (kind.to_owned(), ctx.app.source().random::<16>());
    tokio::task::spawn_blocking(move || {
        let commit = evidence::file_commit(SUITE, &salt, &bytes);
        FileRef { digest: stored.digest, kind, size: bytes.len(), commit, salt }
    })
    .await
    .map_err(Error::internal)
}
