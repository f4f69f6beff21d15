//! What the log says has been done already, so that loading can go on where it was cut off.
use platform::{Db, Ms, Result, args, sql};
use std::collections::{HashMap, HashSet};

/// The objects that have an event of a kind: `tag/<tag>`, `device/<id>`.
pub async fn subjects(db: &Db, kind: &str) -> Result<HashSet<String>> {
    let rows = db.all(sql("select distinct subject from event where kind = $1", args![kind])).await?;
    rows.iter().map(|r| r.get("subject")).collect()
}

/// When the first event about an object was recorded.
pub async fn recorded(db: &Db, subject: &str) -> Result<Option<Ms>> {
    let row =
        db.opt(sql("select recorded_at from event where subject = $1 order by seq limit 1", args![subject])).await?;
    row.map(|r| r.get("recorded_at")).transpose()
}

/// The names people sign in with that exist already.
pub async fn usernames(db: &Db) -> Result<HashSet<String>> {
    let rows = db.all(sql("select username from account", vec![])).await?;
    rows.iter().map(|r| r.get("username")).collect()
}

/// The organisations that exist already.
pub async fn orgs(db: &Db) -> Result<HashSet<String>> {
    let rows = db.all(sql("select id from org", vec![])).await?;
    rows.iter().map(|r| r.get("id")).collect()
}

/// The first major hazard source of every enterprise that has one.
pub async fn hazard_sources(db: &Db) -> Result<HashMap<String, String>> {
    let filed = "select enterprise, subject from event where kind = 'hazard_source.filed' order by seq desc";
    let rows = db.all(sql(filed, vec![])).await?;
    let read = |r: &platform::db::Row| {
        let subject: String = r.get("subject")?;
        Ok((r.get("enterprise")?, subject.trim_start_matches("hazard-source/").to_owned()))
    };
    rows.iter().map(read).collect()
}

/// An alarm of the past that is on record: when it was raised, its object, and what has happened to it.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Id of the alarm.
    pub id: String,
    /// Kinds of its events.
    pub kinds: HashSet<String>,
}

/// The alarms on record by the time and the tag and level they were raised for.
pub async fn alarms(db: &Db) -> Result<HashMap<(i64, String), Known>> {
    let raised = "select subject, occurred_at, entry from event where kind = 'iot.alarm.raised'";
    let mut found = HashMap::new();
    for row in db.all(sql(raised, vec![])).await? {
        let entry: serde_json::Value = serde_json::from_slice(&row.get::<Vec<u8>>("entry")?).unwrap_or_default();
        let word = |path: &str| entry.pointer(path).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let what = format!("{} {}", word("/data/body/tag"), word("/data/body/level"));
        found.insert(row.get::<String>("subject")?, (row.get("occurred_at")?, what));
    }
    let mut known: HashMap<(i64, String), Known> = HashMap::new();
    for row in db.all(sql("select subject, kind from event where kind like 'iot.alarm.%'", vec![])).await? {
        let subject: String = row.get("subject")?;
        if let Some(key) = found.get(&subject) {
            let alarm = known.entry(key.clone()).or_default();
            subject.trim_start_matches("alarm/").clone_into(&mut alarm.id);
            alarm.kinds.insert(row.get("kind")?);
        }
    }
    Ok(known)
}

/// How many events of a kind every enterprise has.
pub async fn count_by_enterprise(db: &Db, kind: &str) -> Result<HashMap<String, usize>> {
    let counted =
        "select enterprise, count(*) as n from event where kind = $1 and enterprise is not null group by enterprise";
    let rows = db.all(sql(counted, args![kind])).await?;
    rows.iter().map(|r| Ok((r.get("enterprise")?, r.get::<i64>("n")? as usize))).collect()
}

/// The objects that have an event of a kind, by enterprise and in the order they happened.
pub async fn by_enterprise(db: &Db, kind: &str) -> Result<HashMap<String, Vec<String>>> {
    let listed =
        "select enterprise, subject from event where kind = $1 and enterprise is not null order by occurred_at, seq";
    let mut found: HashMap<String, Vec<String>> = HashMap::new();
    for row in db.all(sql(listed, args![kind])).await? {
        found.entry(row.get("enterprise")?).or_default().push(row.get("subject")?);
    }
    Ok(found)
}

/// The kinds of events an object has.
pub async fn kinds(db: &Db, subject: &str) -> Result<HashSet<String>> {
    let rows = db.all(sql("select distinct kind from event where subject = $1", args![subject])).await?;
    rows.iter().map(|r| r.get("kind")).collect()
}

/// One event of a kind: whom it is about, when it happened, and one field of its body.
#[derive(Debug, Clone)]
pub struct Made {
    /// Enterprise.
    pub enterprise: String,
    /// When.
    pub at: i64,
    /// The field, as text.
    pub value: String,
}

/// The events of a kind that are about an enterprise, in the order they happened.
pub async fn events(db: &Db, kind: &str, field: &str) -> Result<Vec<Made>> {
    let listed = "select enterprise, occurred_at, entry from event where kind = $1 and enterprise is not null order by occurred_at, seq";
    let read = |row: &platform::db::Row| {
        let entry: serde_json::Value = serde_json::from_slice(&row.get::<Vec<u8>>("entry")?).unwrap_or_default();
        let value = entry.pointer("/data/body").and_then(|body| body.get(field)).and_then(|v| v.as_str());
        let value = value.unwrap_or_default().to_owned();
        Ok(Made { enterprise: row.get("enterprise")?, at: row.get("occurred_at")?, value })
    };
    db.all(sql(listed, args![kind])).await?.iter().map(read).collect()
}
