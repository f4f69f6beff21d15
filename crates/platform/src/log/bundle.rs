//! The case bundle: entries, proofs under one cosigned head, the disclosures and files that this
//! reader may see, the policy and instructions. It is checked with the `evidence` command alone.
use super::proof::Tiles;
use super::served;
use super::store::{self, Signed};
use crate::ctx::Ctx;
use crate::db::{Sql, sql};
use crate::error::{Error, Result};
use crate::event::{COLUMNS, Event, SUITE};
use crate::{files, spine, timeline};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use evidence::case::{Case, Record};
use evidence::{Disclosure, ProofFile};
use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use uuid::Uuid;

/// Entries in one bundle.
const MOST_ENTRIES: usize = 10_000;
/// Bytes of attachments in one bundle; the command unpacks no more than a gigabyte.
const MOST_BYTES: usize = 200 * 1024 * 1024;
/// Longest causal chain that is followed.
const DEPTH: usize = 16;

/// A bundle.
pub(super) struct Made {
    /// For the file name.
    pub(super) name: String,
    /// The zip.
    pub(super) zip: Vec<u8>,
    /// Entries of the case that no witnessed head covers yet.
    pub(super) left_out: usize,
}

/// Puts the bundle together, of what the caller may see: an event and what led to it, or the whole of
/// what happened to its object.
pub(super) async fn make(ctx: &Ctx, id: Uuid, whole: bool) -> Result<Made> {
    let mut found = gather(ctx, id, whole).await?;
    if found.len() > MOST_ENTRIES {
        return Err(Error::TooLarge(format!("案卷超过 {MOST_ENTRIES} 条，请按单个事件分别导出")));
    }
    let head = head(ctx).await?;
    let all = found.len();
    found.retain(|event| event.seq.unsigned_abs() <= head.size);
    if found.is_empty() {
        return Err(Error::Conflict("这些记录已保存，但还没有达到见证门限的检查点，请稍后再导出".to_owned()));
    }
    spine::disclose(ctx.db(), &mut found).await?;
    let (left_out, count) = (all - found.len(), found.len());
    let case = case(ctx, &head, found).await?;
    debug_assert_eq!(case.records.len(), count);
    let zip = tokio::task::spawn_blocking(move || zip(&case)).await.map_err(Error::internal)?;
    Ok(Made { name: id.to_string(), zip: zip.map_err(|e| Error::internal(format!("zip: {e}")))?, left_out })
}

/// The newest head that satisfies the policy.
async fn head(ctx: &Ctx) -> Result<Signed> {
    let found = if ctx.app.log().has_quorum() {
        store::newest_witnessed(ctx.db()).await?
    } else {
        store::newest(ctx.db()).await?
    };
    found.ok_or_else(|| Error::Conflict("日志还没有达到见证门限的检查点，请稍后再导出".to_owned()))
}

/// The events of the case, oldest first.
async fn gather(ctx: &Ctx, id: Uuid, whole: bool) -> Result<Vec<Event>> {
    let mut query = sql("select ", vec![]);
    query.push(COLUMNS).push(" from event e where e.id = ").bind(id);
    let mut layer = visible(ctx, query).await?;
    let Some(event) = layer.first() else { return Err(Error::NotFound) };
    if whole {
        let mut query = sql("select ", vec![]);
        query.push(COLUMNS).push(" from event e where e.subject = ").bind(event.subject.as_str());
        layer = visible(ctx, query).await?;
    }
    let mut found = BTreeMap::new();
    for _ in 0..DEPTH {
        let known: HashSet<Uuid> = found.values().map(|event: &Event| event.id).collect();
        let causes: HashSet<Uuid> = layer.iter().flat_map(|e| e.because.iter().copied()).collect();
        found.extend(layer.into_iter().map(|event| (event.seq, event)));
        let causes: Vec<Uuid> = causes.into_iter().filter(|id| !known.contains(id)).collect();
        if causes.is_empty() || found.len() > MOST_ENTRIES {
            break;
        }
        layer = vec![];
        for some in causes.chunks(500) {
            let mut query = sql("select ", vec![]);
            query.push(COLUMNS).push(" from event e where 1 = 1");
            query.in_list(" and e.id", some.iter().map(Uuid::to_string));
            layer.extend(visible(ctx, query).await?);
        }
    }
    Ok(found.into_values().collect())
}

async fn visible(ctx: &Ctx, mut query: Sql) -> Result<Vec<Event>> {
    timeline::visible(&mut query, ctx);
    query.push(" order by e.seq limit ").bind(MOST_ENTRIES + 1);
    ctx.db().all(query).await?.iter().map(Event::read).collect()
}

async fn case(ctx: &Ctx, head: &Signed, events: Vec<Event>) -> Result<Case> {
    let checkpoint = served::note(ctx.db(), head).await?.to_string();
    let mut case = Case { policy: ctx.app.log().policy_text.clone().into_bytes(), ..Case::default() };
    let mut tiles = Tiles::new(ctx.db(), head.size);
    let mut bytes = 0;
    for event in events {
        let index = event.seq.unsigned_abs() - 1;
        let path = tiles.inclusion(index).await?;
        let proof = ProofFile { extra: None, index, path, checkpoint: checkpoint.clone() };
        let mut disclosures = vec![];
        if timeline::may_read_personal(ctx, &event) {
            disclosures = event.disclosures.iter().filter_map(|(_, encoded)| encoded.clone()).collect();
            for (commit, file) in attachments(ctx, &event, &disclosures).await? {
                bytes += file.len();
                if bytes > MOST_BYTES {
                    return Err(Error::TooLarge("案卷的附件超过 200 MB，请按单个事件分别导出".to_owned()));
                }
                case.files.insert(commit, file);
            }
        }
        case.records.insert(index, Record { entry: event.entry, proof: proof.to_string(), disclosures });
    }
    Ok(case)
}

/// The event's files under the names its entry gives them. A file is found by its digest, and named
/// by the salted commitment that a disclosure opens.
async fn attachments(ctx: &Ctx, event: &Event, disclosures: &[String]) -> Result<Vec<(String, Vec<u8>)>> {
    let salts: Vec<(String, [u8; 16])> = disclosures
        .iter()
        .filter_map(|encoded| {
            let disclosure = Disclosure::decode(encoded).ok()?;
            let commit = disclosure.name.strip_prefix("file:")?.to_owned();
            let salt = BASE64_URL_SAFE_NO_PAD.decode(disclosure.value.as_str()?).ok()?;
            Some((commit, salt.try_into().ok()?))
        })
        .collect();
    if salts.is_empty() {
        return Ok(vec![]);
    }
    let rows = ctx
        .db()
        .all(sql("select digest from file_ref where event_id = $1 order by digest", crate::args![event.id]))
        .await?;
    let mut found = vec![];
    for row in rows {
        // A file that was erased by law is not there any more; its commitment stays.
        let Ok((_, bytes)) = files::load(ctx, &row.get::<String>("digest")?).await else { continue };
        let commit = salts.iter().find(|(commit, salt)| evidence::file_commit(SUITE, salt, &bytes) == *commit);
        found.extend(commit.map(|(commit, _)| (commit.clone(), bytes)));
    }
    Ok(found)
}

fn zip(case: &Case) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in case.to_files() {
        writer.start_file(name, options)?;
        writer.write_all(&bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
