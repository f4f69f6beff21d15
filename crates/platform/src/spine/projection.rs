//! The columns of `event` say what the entry says: a changed column would show an event to
//! somebody it is not for, or hide it, while the tree still verifies.
use crate::args;
use crate::db::{Db, sql};
use crate::error::{Error, Result};
use crate::event::{COLUMNS, Event};
use crate::source::Ms;
use serde_json::Value;

/// Events checked at a time.
const BATCH: i64 = 1_000;

/// What differs between the columns of stored events and their entries, in words; empty is good.
pub async fn misfits(db: &Db) -> Result<Vec<String>> {
    let mut found = vec![];
    let mut after = 0;
    loop {
        let mut query = sql("select ", args![]);
        query.push(COLUMNS).push(", e.version from event e where e.seq > ").bind(after);
        query.push(" order by e.seq limit ").bind(BATCH);
        let rows = db.all(query).await?;
        if rows.is_empty() {
            return Ok(found);
        }
        for row in &rows {
            let event = Event::read(row)?;
            after = event.seq;
            let entry: Value = serde_json::from_slice(&event.entry).map_err(Error::internal)?;
            for (column, stored, stated) in compare(&event, row.get("version")?, &entry) {
                if stored != stated {
                    found.push(format!("第 {} 条的 {column} 列是“{stored}”，条目写的是“{stated}”", event.seq));
                }
            }
        }
    }
}

/// Column name, what the column holds, what the entry states.
fn compare(event: &Event, version: i64, entry: &Value) -> [(&'static str, String, String); 13] {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let time = |pointer: &str| Ms::parse(&text(pointer)).map_or(0, |t| t.0).to_string();
    let list = |pointer: &str| -> String {
        let items = entry.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).collect::<Vec<_>>().join(",")
    };
    let enterprise = text("/data/ctx/enterprise");
    let owner = entry.pointer("/data/ctx/owner").and_then(Value::as_str).unwrap_or(&enterprise).to_owned();
    let because: Vec<String> = event.because.iter().map(ToString::to_string).collect();
    [
        ("id", event.id.to_string(), text("/id")),
        ("kind", format!("{}.v{version}", event.kind), text("/type")),
        ("subject", event.subject.clone(), text("/subject")),
        ("owner", event.placed.owner.clone(), owner),
        ("enterprise", event.placed.enterprise.clone().unwrap_or_default(), enterprise),
        ("region", event.placed.region.clone(), text("/data/ctx/region")),
        ("sectors", event.placed.sectors.join(","), list("/data/ctx/sectors")),
        ("audience", event.audience.clone(), text("/data/ctx/audience")),
        ("occurred_at", event.occurred_at.0.to_string(), time("/time")),
        ("recorded_at", event.recorded_at.0.to_string(), time("/data/ctx/recorded")),
        ("actor_org", event.actor_org.clone(), text("/data/ctx/actor/org")),
        ("actor_subject", event.actor_subject.clone(), text("/data/ctx/actor/subject")),
        ("because", because.join(","), list("/data/ctx/because")),
    ]
}
