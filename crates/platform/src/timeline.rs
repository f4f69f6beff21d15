//! Reading events back for people: facts for the live stream, timelines, one event with causes.
use crate::actor::Subject;
use crate::args;
use crate::ctx::Ctx;
use crate::db::{Row, Sql, sql};
use crate::error::{Error, Result};
use crate::event::{COLUMNS, EVENT_SCOPE, Event};
use crate::scope;
use crate::source::Ms;
use crate::spine;
use serde::Serialize;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// A fact as the live stream tells it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Fact {
    /// Place in the log.
    pub seq: i64,
    /// Kind.
    pub kind: String,
    /// Chinese title of the kind.
    pub title: String,
    /// Object.
    pub subject: String,
    /// Enterprise.
    pub enterprise: Option<String>,
    /// Region.
    pub region: String,
    /// When it happened.
    pub at: Ms,
}

/// An entry of a timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineItem {
    /// Event id.
    pub id: Uuid,
    /// Place in the log.
    pub seq: i64,
    /// Kind.
    pub kind: String,
    /// Chinese title of the kind.
    pub title: String,
    /// Object.
    pub subject: String,
    /// When it happened.
    pub at: Ms,
    /// When it was recorded.
    pub recorded_at: Ms,
    /// Organisation that acted.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Role, device or part that acted, in words.
    pub who: String,
    /// Causes.
    pub because: Vec<Uuid>,
    /// Body with the disclosures this reader may see.
    #[schema(value_type = Object)]
    pub body: Value,
    /// Files it refers to.
    pub files: Vec<TimelineFile>,
    /// Leaf hash, hex.
    pub leaf: String,
}

/// A file of a timeline entry; it opens at `/files/{digest}`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineFile {
    /// SM3 digest.
    pub digest: String,
    /// `photo`, `report`, …
    pub kind: String,
}

/// Adds scope and audience for events selected as `e`; every list of events goes through it.
pub fn visible(query: &mut Sql, ctx: &Ctx) {
    scope::condition(query, &ctx.actor, ctx.now(), EVENT_SCOPE);
    match ctx.actor.subject {
        _ if ctx.actor.is_internal() => {}
        Some(Subject::Government) => {
            query.push(" and (e.audience <> 'restricted' or e.actor_org = ").bind(ctx.actor.org.as_str()).push(")");
        }
        _ => {
            query.push(" and e.audience = 'parties'");
        }
    }
}

fn title(kind: &str) -> String {
    events::info(kind).map_or_else(|| kind.to_owned(), |k| k.title.to_owned())
}

/// Facts read at a time.
pub(crate) const FACTS: usize = 500;

/// The next facts after `after` up to `until` that the caller may see, at most [`FACTS`].
pub(crate) async fn facts_between(ctx: &Ctx, after: i64, until: i64) -> Result<Vec<Fact>> {
    if until <= after {
        return Ok(vec![]);
    }
    let mut query = sql(
        "select e.seq, e.kind, e.subject, e.enterprise, e.region, e.occurred_at from event e where e.seq > ",
        vec![],
    );
    query.bind(after).push(" and e.seq <= ").bind(until);
    visible(&mut query, ctx);
    query.push(" order by e.seq limit ").bind(FACTS);
    let read = |row: &Row| {
        let kind: String = row.get("kind")?;
        Ok(Fact {
            seq: row.get("seq")?,
            title: title(&kind),
            kind,
            subject: row.get("subject")?,
            enterprise: row.get("enterprise")?,
            region: row.get("region")?,
            at: row.get("occurred_at")?,
        })
    };
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// Whether the caller may watch the readings of an enterprise.
pub(crate) async fn may_see_readings(ctx: &Ctx, enterprise: &str) -> Result<bool> {
    let mut query = sql("select o.id from org o where o.id = ", vec![]);
    query.bind(enterprise);
    let columns = scope::Columns {
        enterprise: "o.id",
        region: "o.region",
        sectors: Some("o.sectors"),
        kind: "telemetry",
        id: "o.id",
        owner: None,
    };
    scope::condition(&mut query, &ctx.actor, ctx.now(), columns);
    Ok(ctx.db().opt(query).await?.is_some())
}

/// The timeline of an object or an enterprise, newest first.
pub async fn timeline(
    ctx: &Ctx,
    subject: Option<&str>,
    enterprise: Option<&str>,
    kind: Option<&str>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<TimelineItem>> {
    let mut query = sql("select ", vec![]);
    query.push(COLUMNS).push(" from event e where 1 = 1");
    query
        .filter(" and e.subject = ", subject)
        .filter(" and e.enterprise = ", enterprise)
        .filter(" and e.kind = ", kind)
        .filter(" and e.seq < ", before);
    visible(&mut query, ctx);
    query.push(" order by e.seq desc limit ").bind(limit);
    items(ctx, query).await
}

/// One event and what led to it: the answer to "why?".
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Why {
    /// The event itself first, then its causes, nearest first.
    pub items: Vec<TimelineItem>,
    /// Causes that are named but not shown: outside the caller's scope, or no longer there. Either way a hole.
    pub hidden: Vec<Uuid>,
    /// Whether the walk was cut short.
    pub more: bool,
}

/// Layers of causes walked; a whole loop from a premium down to a reading has fewer than twenty.
const LAYERS: usize = 64;
/// Events shown of one walk.
const NODES: usize = 1_000;

/// One event and the events that led to it, as far as the caller may see them.
pub async fn with_causes(ctx: &Ctx, id: Uuid) -> Result<Why> {
    let mut items: Vec<TimelineItem> = vec![];
    let mut seen = HashSet::from([id]);
    let mut hidden = vec![];
    let mut wanted = vec![id];
    for _ in 0..LAYERS {
        if wanted.is_empty() || items.len() >= NODES {
            break;
        }
        wanted.truncate(NODES - items.len());
        let mut query = sql("select ", vec![]);
        query.push(COLUMNS).push(" from event e where 1 = 1").in_list(" and e.id", wanted.iter().map(Uuid::to_string));
        visible(&mut query, ctx);
        query.push(" order by e.seq desc");
        let layer = self::items(ctx, query).await?;
        hidden.extend(wanted.iter().filter(|w| layer.iter().all(|item| item.id != **w)));
        wanted = layer.iter().flat_map(|item| item.because.clone()).filter(|cause| seen.insert(*cause)).collect();
        items.extend(layer);
    }
    if items.is_empty() { Err(Error::NotFound) } else { Ok(Why { items, hidden, more: !wanted.is_empty() }) }
}

async fn items(ctx: &Ctx, query: Sql) -> Result<Vec<TimelineItem>> {
    let mut events = ctx.db().all(query).await?.iter().map(Event::read).collect::<Result<Vec<_>>>()?;
    spine::disclose(ctx.db(), &mut events).await?;
    let mut names = HashMap::new();
    let mut orgs = sql("select id, name from org where 1 = 1", vec![]);
    orgs.in_list(" and id", events.iter().map(|e| e.actor_org.clone()));
    for row in ctx.db().all(orgs).await? {
        names.insert(row.get::<String>("id")?, row.get::<String>("name")?);
    }
    let mut files = files_of(ctx, &events).await?;
    let item = |event: &Event| {
        let open = may_read_personal(ctx, event);
        let files = files.remove(&event.id).filter(|_| open).unwrap_or_default();
        item(event, names.get(&event.actor_org), files, if open { ERASED } else { WITHHELD })
    };
    events.iter().map(item).collect()
}

/// What stands in place of a value that was erased by law.
const ERASED: &str = "（已依法删除）";
/// What stands in place of a value that the reader's grant does not cover.
const WITHHELD: &str = "（未授权查看）";

/// A grant opens objects and fields to an insurer or service organisation, never the personal
/// values in what others did; the parts show those they may see.
pub(crate) fn may_read_personal(ctx: &Ctx, event: &Event) -> bool {
    let by_grant = matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg));
    !by_grant || event.actor_org == ctx.actor.org
}

fn item(event: &Event, org_name: Option<&String>, files: Vec<TimelineFile>, absent: &str) -> Result<TimelineItem> {
    let entry: Value = serde_json::from_slice(&event.entry).map_err(Error::internal)?;
    let mut event = event.clone();
    if absent == WITHHELD {
        event.disclosures.iter_mut().for_each(|(_, encoded)| *encoded = None);
    }
    Ok(TimelineItem {
        id: event.id,
        seq: event.seq,
        title: title(&event.kind),
        at: event.occurred_at,
        recorded_at: event.recorded_at,
        org_name: org_name.cloned().unwrap_or_else(|| "平台".to_owned()),
        who: who(entry.pointer("/data/ctx/actor").unwrap_or(&Value::Null), &event.actor_subject),
        files,
        body: unmark(event.body()?, absent),
        leaf: hex::encode(evidence::leaf_hash(crate::event::SUITE, &event.entry)),
        kind: event.kind,
        subject: event.subject,
        org: event.actor_org,
        because: event.because,
    })
}

/// The files of these events.
async fn files_of(ctx: &Ctx, events: &[Event]) -> Result<HashMap<Uuid, Vec<TimelineFile>>> {
    let mut query = sql("select event_id, digest, kind from file_ref where 1 = 1", vec![]);
    query.in_list(" and event_id", events.iter().map(|e| e.id.to_string())).push(" order by event_id, digest");
    let mut files: HashMap<Uuid, Vec<TimelineFile>> = HashMap::new();
    for row in ctx.db().all(query).await? {
        let file = TimelineFile { digest: row.get("digest")?, kind: row.get("kind")? };
        files.entry(row.get("event_id")?).or_default().push(file);
    }
    Ok(files)
}

/// Whether an event the caller may see refers to this file.
pub(crate) async fn refers_to_file(ctx: &Ctx, digest: &str) -> Result<bool> {
    let mut query = sql("select e.seq from event e join file_ref f on f.event_id = e.id where f.digest = ", vec![]);
    query.bind(digest);
    visible(&mut query, ctx);
    query.push(" limit 1");
    Ok(ctx.db().opt(query).await?.is_some())
}

fn who(actor: &Value, subject: &str) -> String {
    let (role, device, key) = (text_of(actor, "role"), text_of(actor, "device"), text_of(actor, "key"));
    if let Some(role) = role {
        let subject = Subject::ALL.into_iter().find(|s| s.letter() == subject);
        return subject
            .and_then(|s| crate::actor::Role::parse(s, role))
            .map_or_else(|| role.to_owned(), |r| r.name().to_owned());
    }
    device
        .map(|d| format!("设备 {d}"))
        .or_else(|| key.map(|k| format!("接口 {k}")))
        .unwrap_or_else(|| "系统自动".to_owned())
}

/// Personal values as plain values; what is not there is a word that says why.
fn unmark(value: Value, absent: &str) -> Value {
    match value {
        Value::Object(mut map) if map.len() == 1 && map.contains_key(events::PERSONAL_KEY) => {
            match map.remove(events::PERSONAL_KEY) {
                Some(Value::Null) | None => Value::String(absent.to_owned()),
                Some(value) => value,
            }
        }
        Value::Object(map) => map.into_iter().map(|(k, v)| (k, unmark(v, absent))).collect(),
        Value::Array(items) => items.into_iter().map(|item| unmark(item, absent)).collect(),
        other => other,
    }
}

/// The stored bytes of an event the caller may see, for offline checks.
pub async fn entry(ctx: &Ctx, id: Uuid) -> Result<Vec<u8>> {
    let mut query = sql("select e.entry from event e where e.id = ", args![]);
    query.bind(id);
    visible(&mut query, ctx);
    ctx.db().one(query).await?.get("entry")
}

fn text_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}
