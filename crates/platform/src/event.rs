//! A fact: how it is written into its final envelope, and how it is read back.
use crate::actor::{Actor, ActorRef};
use crate::db::{Row, Sql, sql};
use crate::error::{Error, Result};
use crate::scope::{Columns, Placed};
use crate::source::{Ms, Source};
use events::{Audience, KindInfo, PERSONAL_KEY, Payload};
use evidence::{Disclosure, Suite};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The suite of this node's log, fixed at creation.
pub const SUITE: Suite = Suite::Sm3Sm2;

/// An event about to be committed. Its id exists already, so that rows and other events of the
/// same write can name it.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// UUIDv7.
    pub id: Uuid,
    /// Kind.
    pub info: KindInfo,
    /// `alarm/<id>`
    pub subject: String,
    /// Where it stands.
    pub placed: Placed,
    /// Site.
    pub site: Option<String>,
    /// Who may see it at all.
    pub audience: Audience,
    /// When it happened, where that is not now.
    pub occurred_at: Option<Ms>,
    /// Whose clock that time came from, where it is not this machine's: `device`.
    pub clock: Option<&'static str>,
    /// Device that reported it.
    pub device: Option<String>,
    /// Ids of the events that led here.
    pub because: Vec<Uuid>,
    /// Laws and clauses it rests on.
    pub law: Vec<String>,
    /// Edition of the rules used.
    pub rules: Option<String>,
    /// Event it corrects.
    pub supersedes: Option<Uuid>,
    /// Files by digest and kind.
    pub files: Vec<FileRef>,
    body: Value,
}

/// A file an event refers to; made by [`crate::files::reference`].
#[derive(Debug, Clone)]
pub struct FileRef {
    /// Digest under which it is stored.
    pub(crate) digest: String,
    /// `photo`, `report`, …
    pub(crate) kind: String,
    /// Bytes.
    pub(crate) size: usize,
    /// What the leaf says of it: a salted hash, because a photo is personal data and its bare
    /// hash would let anybody who has the photo find the record.
    pub(crate) commit: String,
    /// The salt of the commitment; goes into a disclosure.
    pub(crate) salt: [u8; 16],
}

impl NewEvent {
    /// An event about `subject`, standing where `placed` says.
    pub fn new<P: Payload>(id: Uuid, payload: &P, subject: impl Into<String>, placed: &Placed) -> Result<Self> {
        let body =
            serde_json::to_value(payload).map_err(|e| Error::internal(format!("payload of {}: {e}", P::INFO.kind)))?;
        Ok(Self {
            id,
            info: P::INFO,
            subject: subject.into(),
            placed: placed.clone(),
            site: None,
            audience: Audience::Parties,
            occurred_at: None,
            clock: None,
            device: None,
            because: vec![],
            law: vec![],
            rules: None,
            supersedes: None,
            files: vec![],
            body,
        })
    }
    /// Names an event that led here.
    #[must_use]
    pub fn because(mut self, event: impl IntoIterator<Item = Uuid>) -> Self {
        self.because.extend(event);
        self
    }
    /// Says when it happened.
    #[must_use]
    pub const fn at(mut self, when: Ms) -> Self {
        self.occurred_at = Some(when);
        self
    }
    /// Says who may see it at all.
    #[must_use]
    pub const fn audience(mut self, audience: Audience) -> Self {
        self.audience = audience;
        self
    }
    /// Names the device and that its clock gave the time.
    #[must_use]
    pub fn device(mut self, device: impl Into<String>) -> Self {
        self.device = Some(device.into());
        self.clock = Some("device");
        self
    }
    /// Names a law or rule with its clause.
    #[must_use]
    pub fn law(mut self, clause: impl Into<String>) -> Self {
        self.law.push(clause.into());
        self
    }
    /// Attaches a file.
    #[must_use]
    pub fn file(mut self, file: FileRef) -> Self {
        self.files.push(file);
        self
    }
}

/// What stands in the envelope besides the event itself.
pub(crate) struct Surroundings<'a> {
    pub node: &'a str,
    pub actor: &'a Actor,
    pub now: Ms,
    pub seen: (u64, String),
    pub source: &'a Source,
    /// Who keeps this machine's clock right.
    pub clock: &'static str,
    /// Whether this is the invented past of a demonstration.
    pub demo: bool,
}

/// The written form: bytes of the leaf and the disclosures kept beside it.
pub(crate) struct Written {
    pub entry: Vec<u8>,
    pub disclosures: Vec<(String, String)>,
}

/// Writes the envelope of contract §6, moving every personal value into a salted disclosure.
pub(crate) fn write(event: &NewEvent, around: &Surroundings) -> Result<Written> {
    let mut hidden = Hidden { source: around.source, disclosures: vec![] };
    let mut body = event.body.clone();
    hidden.take("body", &mut body);
    let mut actor = json!({"org": around.actor.org});
    if let Some(actor) = actor.as_object_mut() {
        if let Some(subject) = around.actor.subject {
            actor.insert("subject".into(), subject.letter().into());
        }
        if let Some(role) = around.actor.roles.first() {
            actor.insert("role".into(), role.code().into());
        }
        describe(&around.actor.me, actor, &mut hidden);
    }
    let files: Vec<Value> = event
        .files
        .iter()
        .map(|f| {
            hidden.keep(&evidence::file_disclosure(&around.source.random::<16>(), &f.commit, &f.salt));
            json!({"commit": f.commit, "kind": f.kind, "size": f.size})
        })
        .collect();
    let mut digests: Vec<String> = hidden.disclosures.iter().map(|(_, _, digest)| digest.clone()).collect();
    // Sorted, so that their order tells nothing about the order of the fields.
    digests.sort_unstable();
    let data =
        json!({"ctx": context(event, around, &actor), "body": body, "files": files, "_sd_alg": "sm3", "_sd": digests});
    let entry = serde_json::to_vec(&json!({
        "specversion": "1.0", "id": event.id, "source": format!("urn:anlan:{}:{}", around.node, around.actor.org),
        "type": format!("{}.v{}", event.info.kind, event.info.version), "subject": event.subject,
        "time": event.occurred_at.unwrap_or(around.now).iso(), "datacontenttype": "application/json", "data": data,
    }))
    .map_err(|e| Error::internal(format!("envelope: {e}")))?;
    if entry.len() > evidence::MAX_ENTRY_LEN {
        return Err(Error::TooLarge(format!(
            "一次提交的内容过大（{} 字节，上限 65535）：请把大段内容作为附件上传",
            entry.len()
        )));
    }
    Ok(Written {
        entry,
        disclosures: hidden.disclosures.into_iter().map(|(name, encoded, _)| (name, encoded)).collect(),
    })
}

fn describe(me: &ActorRef, actor: &mut Map<String, Value>, hidden: &mut Hidden) {
    match me {
        ActorRef::Person { person, .. } => hidden.add("actor/person".to_owned(), json!(person)),
        ActorRef::Device(device) => drop(actor.insert("device".into(), device.as_str().into())),
        ActorRef::ApiKey(key) => drop(actor.insert("key".into(), key.as_str().into())),
        ActorRef::Reaction(name) => drop(actor.insert("reaction".into(), (*name).into())),
        ActorRef::System => drop(actor.insert("system".into(), true.into())),
        ActorRef::Anonymous => drop(actor.insert("anonymous".into(), true.into())),
    }
}

fn context(event: &NewEvent, around: &Surroundings, actor: &Value) -> Value {
    let placed = &event.placed;
    let mut ctx = Map::new();
    ctx.insert("recorded".into(), around.now.iso().into());
    if around.demo {
        // No clock ever showed that time.
        ctx.insert("clock".into(), "unknown".into());
        ctx.insert("demo".into(), true.into());
    } else {
        ctx.insert("clock".into(), event.clock.unwrap_or(around.clock).into());
    }
    if let Some(enterprise) = &placed.enterprise {
        ctx.insert("enterprise".into(), enterprise.as_str().into());
    }
    // The organisation a record belongs to decides who sees it, so it stands in the leaf; for a
    // record about an enterprise it is that enterprise.
    if placed.enterprise.as_ref() != Some(&placed.owner) {
        ctx.insert("owner".into(), placed.owner.as_str().into());
    }
    if let Some(site) = &event.site {
        ctx.insert("site".into(), site.as_str().into());
    }
    ctx.insert("region".into(), placed.region.as_str().into());
    ctx.insert("sectors".into(), json!(placed.sectors));
    ctx.insert("audience".into(), event.audience.code().into());
    ctx.insert("actor".into(), actor.clone());
    if let Some(device) = &event.device {
        ctx.insert("device".into(), device.as_str().into());
    }
    ctx.insert("because".into(), json!(event.because));
    ctx.insert("law".into(), json!(event.law));
    if let Some(rules) = &event.rules {
        ctx.insert("rules".into(), rules.as_str().into());
    }
    if let Some(old) = event.supersedes {
        ctx.insert("supersedes".into(), json!(old));
    }
    ctx.insert("seen".into(), json!({"size": around.seen.0, "root": around.seen.1}));
    Value::Object(ctx)
}

struct Hidden<'a> {
    source: &'a Source,
    disclosures: Vec<(String, String, String)>,
}

impl Hidden<'_> {
    fn add(&mut self, name: String, value: Value) {
        self.keep(&Disclosure::new(&self.source.random::<16>(), name, value));
    }

    fn keep(&mut self, disclosure: &Disclosure) {
        self.disclosures.push((disclosure.name.clone(), disclosure.encode(), disclosure.digest(SUITE)));
    }

    /// Removes every marked value below `path` and keeps it as a disclosure of that name.
    fn take(&mut self, path: &str, value: &mut Value) {
        match value {
            Value::Object(map) => {
                let marked: Vec<String> = map.iter().filter(|(_, v)| is_marked(v)).map(|(k, _)| k.clone()).collect();
                for key in marked {
                    if let Some(Value::Object(mut inner)) = map.remove(&key) {
                        let inner = inner.remove(PERSONAL_KEY).unwrap_or(Value::Null);
                        if !inner.is_null() {
                            self.add(format!("{path}/{key}"), inner);
                        }
                    }
                }
                for (key, child) in map.iter_mut() {
                    self.take(&format!("{path}/{key}"), child);
                }
            }
            Value::Array(items) => {
                for (i, item) in items.iter_mut().enumerate() {
                    let at = format!("{path}/{i}");
                    if is_marked(item) {
                        let inner = item.get_mut(PERSONAL_KEY).map(Value::take).unwrap_or_default();
                        *item = Value::Null;
                        self.add(at, inner);
                    } else {
                        self.take(&at, item);
                    }
                }
            }
            _ => {}
        }
    }
}

fn is_marked(value: &Value) -> bool {
    value.as_object().is_some_and(|m| m.len() == 1 && m.contains_key(PERSONAL_KEY))
}

/// A stored event.
#[derive(Debug, Clone)]
pub struct Event {
    /// Server order; index in the log plus one.
    pub seq: i64,
    /// Id.
    pub id: Uuid,
    /// Kind without version. Unknown kinds keep their name.
    pub kind: String,
    /// Object it is about.
    pub subject: String,
    /// Where it stands.
    pub placed: Placed,
    /// Audience word.
    pub audience: String,
    /// When it happened.
    pub occurred_at: Ms,
    /// When it was recorded.
    pub recorded_at: Ms,
    /// Organisation that acted.
    pub actor_org: String,
    /// Subject letter of the actor.
    pub actor_subject: String,
    /// Causes.
    pub because: Vec<Uuid>,
    /// Length of the causal chain of reactions.
    pub depth: i64,
    /// Exact bytes of the leaf.
    pub entry: Vec<u8>,
    /// Disclosures as (name, encoded); `None` once erased.
    pub disclosures: Vec<(String, Option<String>)>,
}

/// Columns to select for [`Event::read`].
pub const COLUMNS: &str = "e.seq, e.id, e.kind, e.subject, e.owner, e.enterprise, e.region, e.sectors, e.audience, e.occurred_at, e.recorded_at, e.actor_org, e.actor_subject, e.because, e.depth, e.entry";

/// How events are placed for scope.
pub const EVENT_SCOPE: Columns = Columns {
    enterprise: "e.enterprise",
    region: "e.region",
    sectors: Some("e.sectors"),
    kind: crate::scope::EVENT_KIND,
    id: "e.subject",
    owner: Some("e.owner"),
};

impl Event {
    /// Reads a row selected with [`COLUMNS`]; disclosures come separately.
    pub fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            seq: row.get("seq")?,
            id: row.get("id")?,
            kind: row.get("kind")?,
            subject: row.get("subject")?,
            placed: Placed::read(row)?,
            audience: row.get("audience")?,
            occurred_at: row.get("occurred_at")?,
            recorded_at: row.get("recorded_at")?,
            actor_org: row.get("actor_org")?,
            actor_subject: row.get("actor_subject")?,
            because: row.json("because")?,
            depth: row.get("depth")?,
            entry: row.get("entry")?,
            disclosures: vec![],
        })
    }

    /// The body with the disclosures put back; an erased value reads as null.
    pub fn body(&self) -> Result<Value> {
        let mut entry: Value =
            serde_json::from_slice(&self.entry).map_err(|e| Error::internal(format!("entry {}: {e}", self.seq)))?;
        let mut body = entry.pointer_mut("/data/body").map(Value::take).unwrap_or_default();
        for (name, encoded) in &self.disclosures {
            let Some(path) = name.strip_prefix("body/") else { continue };
            let value = match encoded {
                Some(encoded) => Disclosure::decode(encoded).map_err(Error::internal)?.value,
                None => Value::Null,
            };
            put(&mut body, path, json!({PERSONAL_KEY: value}));
        }
        Ok(body)
    }

    /// The payload as its type.
    pub fn payload<P: Payload>(&self) -> Result<P> {
        serde_json::from_value(self.body()?).map_err(|e| Error::internal(format!("payload of event {}: {e}", self.id)))
    }
}

/// Puts a value at a slash path below an object or array.
fn put(root: &mut Value, path: &str, value: Value) {
    let mut at = root;
    let mut keys = path.split('/').peekable();
    while let Some(key) = keys.next() {
        let last = keys.peek().is_none();
        at = match at {
            Value::Object(map) if last => {
                map.insert(key.to_owned(), value);
                return;
            }
            Value::Object(map) => map.entry(key.to_owned()).or_insert_with(|| Value::Object(Map::new())),
            Value::Array(items) => {
                let Some(slot) = key.parse::<usize>().ok().and_then(|i| items.get_mut(i)) else { return };
                if last {
                    *slot = value;
                    return;
                }
                slot
            }
            _ => return,
        };
    }
}

/// The disclosures of these events, as stored.
pub(crate) fn disclosures_of(ids: impl IntoIterator<Item = Uuid>) -> Sql {
    let mut query = sql("select event_id, name, encoded from disclosure where 1 = 1", vec![]);
    query.in_list(" and event_id", ids.into_iter().map(|id| id.to_string()));
    query.push(" order by event_id, ordinal");
    query
}
