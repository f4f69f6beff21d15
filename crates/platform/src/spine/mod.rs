//! The spine: the one way to commit, reading events back, and the tree over them.
mod projection;
mod tree;

pub use projection::misfits;
pub use tree::{TreeHead, rederive};
pub(crate) use tree::{integrate, load_head};

use crate::args;
use crate::ctx::{Ctx, Tx};
use crate::db::{Db, sql};
use crate::error::{Error, Result};
use crate::event::{self, COLUMNS, Event, NewEvent, SUITE, Surroundings};
use crate::{log, scope};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest chain of reactions that cause each other; beyond it a loop is more likely than sense.
const MAX_DEPTH: i64 = 16;

/// What an acknowledged write promises: these events, at these places, with these leaves.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Receipt {
    /// Event ids in order.
    pub events: Vec<Uuid>,
    /// Place of the first in the log.
    pub seq: i64,
    /// Leaf hashes, hex.
    pub leaves: Vec<String>,
}

impl Ctx {
    /// The only way to end a business write. No event, no commit. Returns once it is durable.
    pub async fn commit(&self, tx: Tx, first: NewEvent, rest: Vec<NewEvent>) -> Result<Receipt> {
        self.app.log().may_write()?;
        let mut tx = tx;
        let count = i64::try_from(rest.len() + 1).unwrap_or(i64::MAX);
        let depth = self.cause().map_or(0, |c| c.depth + 1);
        if depth > MAX_DEPTH {
            return Err(Error::internal("reactions cause each other without end"));
        }
        self.once_in(&mut tx, std::iter::once(&first).chain(&rest)).await?;
        let head =
            tx.one(sql("update log_head set next = next + $1 where id = 1 returning next", args![count])).await?;
        let mut seq = head.get::<i64>("next")? - count;
        let mut receipt = Receipt { events: vec![], seq, leaves: vec![] };
        let mut written = vec![];
        let seen = self.app.tree_head();
        let around = Surroundings {
            node: self.app.node(),
            actor: &self.actor,
            now: self.app.source().now(),
            seen: (seen.size, seen.root),
            source: self.app.source(),
            clock: self.app.policy().clock,
            demo: self.request.then.is_some(),
        };
        for event in std::iter::once(first).chain(rest) {
            let event = match self.cause() {
                Some(cause) if event.because.is_empty() => event.because([cause.event]),
                _ => event,
            };
            let event = match (self.request.then, event.occurred_at) {
                (Some(then), None) => event.at(then),
                _ => event,
            };
            let leaf = insert(&mut tx, &event, &around, seq, depth).await?;
            receipt.events.push(event.id);
            receipt.leaves.push(hex::encode(leaf));
            written.push(leaf);
            seq += 1;
        }
        tx.into_raw().commit().await?;
        self.app.became_durable(seq - 1);
        log::remember(written);
        Ok(receipt)
    }

    /// Ends a reaction that only takes over, into a table of its own part, what its cause says: the
    /// row is a projection of that event, so there is nothing new to state. Once per event.
    pub async fn keep(&self, tx: Tx) -> Result<()> {
        if self.cause().is_none() {
            return Err(Error::internal("only a reaction may write without an event of its own"));
        }
        let mut tx = tx;
        self.once_in(&mut tx, std::iter::empty()).await?;
        tx.into_raw().commit().await
    }

    /// Starts an event of this request.
    pub fn event<P: events::Payload>(
        &self,
        payload: &P,
        subject: impl Into<String>,
        placed: &scope::Placed,
    ) -> Result<NewEvent> {
        NewEvent::new(self.new_id(), payload, subject, placed)
    }
}

async fn insert(tx: &mut Tx, event: &NewEvent, around: &Surroundings<'_>, seq: i64, depth: i64) -> Result<[u8; 32]> {
    let written = event::write(event, around)?;
    let leaf = evidence::leaf_hash(SUITE, &written.entry);
    let because = serde_json::to_string(&event.because).map_err(Error::internal)?;
    let placed = &event.placed;
    tx.run(sql(
        "insert into event (seq, id, kind, version, subject, owner, enterprise, region, sectors, audience, occurred_at, recorded_at,
         actor_org, actor_subject, because, depth, entry, leaf) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18)",
        args![
            seq, event.id, event.info.kind, event.info.version, &event.subject, &placed.owner, placed.enterprise.clone(), &placed.region,
            scope::sector_list(&placed.sectors), event.audience.code(), event.occurred_at.unwrap_or(around.now), around.now,
            &around.actor.org, around.actor.subject.map_or("", |s| s.letter()), because, depth, written.entry, leaf,
        ],
    ))
    .await?;
    for file in &event.files {
        tx.run(sql(
            "insert into file_ref (digest, event_id, kind) values ($1, $2, $3) on conflict do nothing",
            args![&file.digest, event.id, &file.kind],
        ))
        .await?;
    }
    if !written.disclosures.is_empty() {
        let mut insert = sql("insert into disclosure (event_id, ordinal, name, encoded, state) values ", vec![]);
        for (ordinal, (name, encoded)) in written.disclosures.into_iter().enumerate() {
            insert
                .push(if ordinal == 0 { "(" } else { ",(" })
                .bind(event.id)
                .push(",")
                .bind(ordinal)
                .push(",")
                .bind(name);
            insert.push(",").bind(encoded).push(",'active')");
        }
        tx.run(insert).await?;
    }
    Ok(leaf)
}

/// Events after `after` up to `until`, oldest first, with their disclosures.
pub(crate) async fn read_after(db: &Db, after: i64, until: i64, limit: i64) -> Result<Vec<Event>> {
    let mut query = sql("select ", vec![]);
    query.push(COLUMNS).push(" from event e where e.seq > ").bind(after).push(" and e.seq <= ").bind(until);
    query.push(" order by e.seq limit ").bind(limit);
    let rows = db.all(query).await?;
    let mut events = rows.iter().map(Event::read).collect::<Result<Vec<_>>>()?;
    disclose(db, &mut events).await?;
    Ok(events)
}

/// Puts the stored disclosures beside their events.
pub(crate) async fn disclose(db: &Db, events: &mut [Event]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let rows = db.all(event::disclosures_of(events.iter().map(|e| e.id))).await?;
    let mut by_event: HashMap<Uuid, Vec<(String, Option<String>)>> = HashMap::new();
    for row in rows {
        by_event.entry(row.get("event_id")?).or_default().push((row.get("name")?, row.get("encoded")?));
    }
    for event in events {
        event.disclosures = by_event.remove(&event.id).unwrap_or_default();
    }
    Ok(())
}
