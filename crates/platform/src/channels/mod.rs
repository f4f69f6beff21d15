//! Outside channels (SMS, 12350, credit platforms, chain anchors): one contract for all of them.
//! A channel gets the events that its organisation may see, as JSON, once each and in retries
//! under the same id; it answers with a receipt, which is kept. What cannot be delivered backs
//! off and ends as a dead letter that administrators see and can send again.
mod api;
pub(crate) mod command;
mod guard;
mod settings;
mod store;
mod webhook;

pub(crate) use api::routes;
pub use settings::{Channel, Secret, Target, Webhook, parse};

use crate::actor::{Actor, ActorRef, Subject};
use crate::app::App;
use crate::auth::Org;
use crate::ctx::Ctx;
use crate::error::Result;
use serde_json::json;
use standards::codes::Region;
use std::sync::Arc;
use std::time::Duration;

/// Attempts before a message is a dead letter: with these pauses about nine hours.
const MAX_ATTEMPTS: i64 = 20;
/// First and longest pause between attempts.
const BACKOFF_MS: (i64, i64) = (1_000, 3_600_000);
/// Messages of one channel sent in one round.
const ROUND: i64 = 50;
/// So many failures in a row end a round: the receiver is away, not the message wrong.
const GIVE_UP: usize = 3;
/// How long a claimed message belongs to the node that claimed it; longer than any attempt takes.
const CLAIM_MS: i64 = 60_000;

/// The channels of this node.
pub(crate) struct Channels(Vec<Channel>);

/// Registers the channels of the configuration and starts one worker for each. A channel that is
/// new begins with what happens from now on.
pub async fn start(app: &App, channels: Vec<Channel>) -> Result<()> {
    register(app, channels).await?;
    for index in 0..of(app).0.len() {
        let app_of_worker = app.clone();
        app.spawn(async move { worker(&app_of_worker, index).await });
    }
    Ok(())
}

/// Registers channels without workers; tests drive them with [`run_due`].
pub async fn register(app: &App, channels: Vec<Channel>) -> Result<()> {
    for channel in &channels {
        store::begin(app, &channel.name).await?;
    }
    app.put_state(Arc::new(Channels(channels)));
    Ok(())
}

/// The channels of this node; without a configured one there are none.
pub(crate) fn of(app: &App) -> Arc<Channels> {
    app.state().unwrap_or_else(|_| Arc::new(Channels(vec![])))
}

async fn worker(app: &App, index: usize) {
    let mut durable = app.watch_durable();
    let channels = of(app);
    let Some(channel) = channels.0.get(index) else { return };
    loop {
        durable.mark_unchanged();
        if let Err(error) = round(app, channel).await {
            tracing::error!(channel = channel.name, %error, "channel {}: {error}", channel.name);
        }
        let _ = tokio::time::timeout(Duration::from_secs(1), durable.changed()).await;
        // Bursts are enqueued together instead of one by one.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Does one round of every channel; returns how many messages were delivered.
pub async fn run_due(app: &App) -> Result<usize> {
    let mut delivered = 0;
    for channel in &of(app).0 {
        delivered += round(app, channel).await?;
    }
    Ok(delivered)
}

/// Takes in what has become durable, then sends what is due.
async fn round(app: &App, channel: &Channel) -> Result<usize> {
    let Some(ctx) = context(app, channel).await? else {
        tracing::warn!(channel = channel.name, "channel {}: its organisation is not registered", channel.name);
        return Ok(0);
    };
    store::take_in(&ctx, channel).await?;
    let (mut delivered, mut failures) = (0, 0);
    for due in store::due(app, &channel.name, ROUND).await? {
        if !store::claim(app, &channel.name, &due, app.source().now().plus(CLAIM_MS)).await? {
            continue;
        }
        match send(&ctx, channel, due.seq).await? {
            Ok(receipt) => {
                store::delivered(app, &channel.name, due.seq, &receipt).await?;
                (delivered, failures) = (delivered + 1, 0);
            }
            Err(error) => {
                failures += 1;
                fail(app, channel, &due, &error).await?;
            }
        }
        if failures == GIVE_UP {
            break;
        }
    }
    Ok(delivered)
}

async fn fail(app: &App, channel: &Channel, due: &store::Due, error: &str) -> Result<()> {
    let attempts = due.attempts + 1;
    tracing::warn!(channel = channel.name, seq = due.seq, attempts, error, "channel {}: {error}", channel.name);
    let next = (attempts < MAX_ATTEMPTS).then(|| app.source().now().plus(backoff(attempts)));
    store::failed(app, &channel.name, due.seq, next, error).await
}

fn backoff(attempts: i64) -> i64 {
    let doublings = u32::try_from((attempts - 1).clamp(0, 20)).unwrap_or(0);
    BACKOFF_MS.0.saturating_mul(1_i64 << doublings).min(BACKOFF_MS.1)
}

/// The channel as an actor: its organisation's scope, without roles.
async fn context(app: &App, channel: &Channel) -> Result<Option<Ctx>> {
    let Some(org) = Org::find(app.db(), &channel.org).await? else { return Ok(None) };
    let actor = Actor {
        me: ActorRef::ApiKey(format!("channel:{}", channel.name)),
        subject: Some(org.subject),
        name: channel.name.clone(),
        roles: vec![],
        region: (org.subject == Subject::Government).then(|| Region::parse(&org.region).ok()).flatten(),
        sectors: org.sectors,
        org: org.id,
        scopes: vec![],
    };
    Ok(Some(app.ctx(actor)))
}

/// One attempt. The scope is asked again: what was closed meanwhile is not sent.
async fn send(ctx: &Ctx, channel: &Channel, seq: i64) -> Result<Result<String, String>> {
    let Some(event) = store::event(ctx, channel, seq).await? else {
        return Ok(Err("本通道的机构已不再可见这条事件".to_owned()));
    };
    let id = event.id.to_string();
    let message = message(ctx, channel, event);
    Ok(match &channel.target {
        Target::Webhook(hook) => webhook::send(hook, &channel.name, &id, ctx.now(), message).await,
        Target::Command(command) => command::send(command, &id, message).await,
    })
}

/// The message: the entry as text, byte for byte, so that the receiver can check its leaf; and
/// the receipt, which says where it stands in the log. Personal values are not in an entry.
fn message(ctx: &Ctx, channel: &Channel, event: store::Sendable) -> Vec<u8> {
    let head = ctx.app.tree_head();
    let title = events::info(&event.kind).map_or(event.kind.as_str(), |kind| kind.title);
    json!({
        "channel": channel.name, "node": ctx.app.node(), "id": event.id, "kind": event.kind, "title": title,
        "subject": event.subject, "at": event.at, "entry": String::from_utf8_lossy(&event.entry),
        "receipt": {"seq": event.seq, "leaf": hex::encode(&event.leaf), "log": {"size": head.size, "root": head.root}},
    })
    .to_string()
    .into_bytes()
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Waiting,
    Delivered,
    Dead,
}

impl State {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}
