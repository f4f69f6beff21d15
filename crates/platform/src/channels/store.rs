//! Cursors and deliveries: bookkeeping of the platform, no facts of their own.
use super::{Channel, State};
use crate::app::App;
use crate::args;
use crate::ctx::Ctx;
use crate::db::{Sql, sql};
use crate::error::Result;
use crate::source::Ms;
use crate::timeline;
use uuid::Uuid;

/// Events taken in at a time.
const BATCH: i64 = 500;

/// A message that is due.
pub(super) struct Due {
    pub seq: i64,
    pub attempts: i64,
}

/// What is sent of an event.
pub(super) struct Sendable {
    pub seq: i64,
    pub id: Uuid,
    pub kind: String,
    pub subject: String,
    pub at: Ms,
    pub entry: Vec<u8>,
    pub leaf: Vec<u8>,
}

/// Gives a new channel its cursor: what happened before it existed is not sent.
pub(super) async fn begin(app: &App, channel: &str) -> Result<()> {
    let mut tx = app.db().begin().await?;
    tx.run(sql(
        "insert into delivery_cursor (channel, seq) values ($1, $2) on conflict (channel) do nothing",
        args![channel, app.durable()],
    ))
    .await?;
    tx.commit().await
}

/// The organisation's scope, and the audience the operator chose.
fn visible(query: &mut Sql, ctx: &Ctx, channel: &Channel) {
    timeline::visible(query, ctx);
    query.push(if channel.government_only {
        " and e.audience in ('parties', 'gov')"
    } else {
        " and e.audience = 'parties'"
    });
}

/// Moves the cursor over what has become durable and notes what is to be sent.
pub(super) async fn take_in(ctx: &Ctx, channel: &Channel) -> Result<()> {
    let app = &ctx.app;
    loop {
        let row = app.db().one(sql("select seq from delivery_cursor where channel = $1", args![&channel.name])).await?;
        let (from, durable) = (row.get::<i64>("seq")?, app.durable());
        if from >= durable {
            return Ok(());
        }
        let mut query = sql("select e.seq, e.kind from event e where e.seq > ", vec![]);
        query.bind(from).push(" and e.seq <= ").bind(durable);
        visible(&mut query, ctx, channel);
        query.push(" order by e.seq limit ").bind(BATCH);
        let rows = app.db().all(query).await?;
        let full = i64::try_from(rows.len()).is_ok_and(|n| n == BATCH);
        let mut cursor = durable;
        let mut tx = app.db().begin().await?;
        for row in &rows {
            let seq: i64 = row.get("seq")?;
            if full {
                cursor = seq;
            }
            // While history is being loaded nothing is sent to anybody.
            if channel.wants(&row.get::<String>("kind")?) && !app.is_quiet() {
                tx.run(sql(
                    "insert into delivery (channel, seq, attempts, next_at, state) values ($1, $2, 0, $3, 'waiting') on conflict (channel, seq) do nothing",
                    args![&channel.name, seq, ctx.now()],
                ))
                .await?;
            }
        }
        tx.run(sql(
            "update delivery_cursor set seq = $1 where channel = $2 and seq < $1",
            args![cursor, &channel.name],
        ))
        .await?;
        tx.commit().await?;
    }
}

/// What is due, oldest first.
pub(super) async fn due(app: &App, channel: &str, limit: i64) -> Result<Vec<Due>> {
    let rows = app
        .db()
        .all(sql(
            "select seq, attempts from delivery where channel = $1 and state = 'waiting' and next_at <= $2 order by seq limit $3",
            args![channel, app.source().now(), limit],
        ))
        .await?;
    rows.iter().map(|row| Ok(Due { seq: row.get("seq")?, attempts: row.get("attempts")? })).collect()
}

/// Claims a message for this node until `until`; false where another node was faster. A node
/// that stops in the middle leaves the message to be tried again under the same id.
pub(super) async fn claim(app: &App, channel: &str, due: &Due, until: Ms) -> Result<bool> {
    let mut tx = app.db().begin().await?;
    let touched = tx
        .run(sql(
            "update delivery set attempts = attempts + 1, next_at = $1 where channel = $2 and seq = $3 and attempts = $4 and state = 'waiting'",
            args![until, channel, due.seq, due.attempts],
        ))
        .await?;
    tx.commit().await?;
    Ok(touched == 1)
}

/// The event, as far as the channel may see it now.
pub(super) async fn event(ctx: &Ctx, channel: &Channel, seq: i64) -> Result<Option<Sendable>> {
    let mut query = sql(
        "select e.seq, e.id, e.kind, e.subject, e.occurred_at, e.entry, e.leaf from event e where e.seq = ",
        vec![],
    );
    query.bind(seq);
    visible(&mut query, ctx, channel);
    let Some(row) = ctx.db().opt(query).await? else { return Ok(None) };
    Ok(Some(Sendable {
        seq: row.get("seq")?,
        id: row.get("id")?,
        kind: row.get("kind")?,
        subject: row.get("subject")?,
        at: row.get("occurred_at")?,
        entry: row.get("entry")?,
        leaf: row.get("leaf")?,
    }))
}

/// Keeps the receipt.
pub(super) async fn delivered(app: &App, channel: &str, seq: i64, receipt: &str) -> Result<()> {
    end(app, channel, seq, State::Delivered, app.source().now(), (Some(receipt), None)).await
}

/// Notes a failure: tried again at `next`, a dead letter where there is no next time.
pub(super) async fn failed(app: &App, channel: &str, seq: i64, next: Option<Ms>, error: &str) -> Result<()> {
    let state = if next.is_some() { State::Waiting } else { State::Dead };
    end(app, channel, seq, state, next.unwrap_or_else(|| app.source().now()), (None, Some(error))).await
}

async fn end(
    app: &App,
    channel: &str,
    seq: i64,
    state: State,
    next: Ms,
    (receipt, error): (Option<&str>, Option<&str>),
) -> Result<()> {
    let mut tx = app.db().begin().await?;
    tx.run(sql(
        "update delivery set state = $1, next_at = $2, receipt = $3, error = $4 where channel = $5 and seq = $6",
        args![state.code(), next, receipt, error, channel, seq],
    ))
    .await?;
    tx.commit().await
}

/// Messages by state.
pub(super) async fn counts(app: &App, channel: &str) -> Result<Vec<(String, i64)>> {
    let rows = app
        .db()
        .all(sql("select state, count(*) as n from delivery where channel = $1 group by state", args![channel]))
        .await?;
    rows.iter().map(|row| Ok((row.get("state")?, row.get("n")?))).collect()
}

/// A message that could not be delivered.
pub(super) struct Undelivered {
    pub seq: i64,
    pub event: Uuid,
    pub kind: String,
    pub state: String,
    pub attempts: i64,
    pub next: Ms,
    pub error: String,
}

/// Messages whose last attempt failed, oldest first.
pub(super) async fn undelivered(app: &App, channel: &str, limit: i64) -> Result<Vec<Undelivered>> {
    let rows = app
        .db()
        .all(sql(
            "select d.seq, d.state, d.attempts, d.next_at, d.error, e.id, e.kind from delivery d join event e on e.seq = d.seq
             where d.channel = $1 and d.error is not null order by d.seq limit $2",
            args![channel, limit],
        ))
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Undelivered {
                seq: row.get("seq")?,
                event: row.get("id")?,
                kind: row.get("kind")?,
                state: row.get("state")?,
                attempts: row.get("attempts")?,
                next: row.get("next_at")?,
                error: row.get("error")?,
            })
        })
        .collect()
}

/// Makes every dead letter of a channel due again.
pub(super) async fn revive(app: &App, channel: &str) -> Result<u64> {
    let mut tx = app.db().begin().await?;
    let revived = tx
        .run(sql(
            "update delivery set state = 'waiting', attempts = 0, next_at = $1 where channel = $2 and state = 'dead'",
            args![app.source().now(), channel],
        ))
        .await?;
    tx.commit().await?;
    Ok(revived)
}
