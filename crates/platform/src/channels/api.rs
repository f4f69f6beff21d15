//! Channels as their administrators see them: what waits, what died and why, and sending again.
//! Receipts stay in the database: an answer of an inner address is not shown to anybody.
use super::{Channel, State, Target, of, store};
use crate::actor::Role;
use crate::app::App;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::http::PathId;
use crate::source::Ms;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Undelivered messages in one answer.
const SHOWN: i64 = 200;

/// Routes of channels.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(undelivered)).routes(routes!(retry))
}

/// An outside channel and how it does.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChannelState {
    name: String,
    /// `webhook` or `command`.
    kind: String,
    /// Where it goes: host or program.
    target: String,
    /// Kinds it wants; empty for all.
    events: Vec<String>,
    waiting: i64,
    delivered: i64,
    /// Messages given up after all attempts.
    dead: i64,
}

/// A message that could not be delivered yet, or at all.
#[derive(Serialize, ToSchema)]
pub(crate) struct UndeliveredMessage {
    seq: i64,
    event: Uuid,
    kind: String,
    /// `waiting` or `dead`.
    state: String,
    attempts: i64,
    /// Next attempt; the last one where it is dead.
    at: Ms,
    error: String,
}

/// How many messages will be sent again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Retried {
    retried: u64,
}

/// System administrators and auditors see the channels that speak for their own organisation.
fn own<'a>(ctx: &Ctx, channels: &'a [Channel]) -> Result<impl Iterator<Item = &'a Channel>> {
    if !(ctx.actor.has(Role::SysAdmin) || ctx.actor.has(Role::Auditor)) {
        return Err(Error::Forbidden("外部通道由系统管理员管理，审计员查看".to_owned()));
    }
    let org = ctx.actor.org.clone();
    Ok(channels.iter().filter(move |channel| channel.org == org))
}

/// 外部通道（短信、上报等）及其投递情况
#[utoipa::path(get, path = "/channels", tag = "channels", responses((status = 200, body = Vec<ChannelState>)))]
async fn list(ctx: Ctx) -> Result<Json<Vec<ChannelState>>> {
    let mut states = vec![];
    for channel in own(&ctx, &of(&ctx.app).0)? {
        let counts = store::counts(&ctx.app, &channel.name).await?;
        let count = |state: State| counts.iter().find(|(code, _)| code == state.code()).map_or(0, |(_, n)| *n);
        let (kind, target) = match &channel.target {
            Target::Webhook(hook) => ("webhook", hook.url.host_str().unwrap_or_default().to_owned()),
            Target::Command(command) => ("command", command.first().cloned().unwrap_or_default()),
        };
        states.push(ChannelState {
            name: channel.name.clone(),
            kind: kind.to_owned(),
            target,
            events: channel.events.clone(),
            waiting: count(State::Waiting),
            delivered: count(State::Delivered),
            dead: count(State::Dead),
        });
    }
    Ok(Json(states))
}

fn find(ctx: &Ctx, name: &str) -> Result<Channel> {
    own(ctx, &of(&ctx.app).0)?.find(|channel| channel.name == name).cloned().ok_or(Error::NotFound)
}

/// 未送达的消息及原因
#[utoipa::path(get, path = "/channels/{name}/undelivered", tag = "channels", params(("name" = String, Path)), responses((status = 200, body = Vec<UndeliveredMessage>)))]
async fn undelivered(ctx: Ctx, PathId(name): PathId<String>) -> Result<Json<Vec<UndeliveredMessage>>> {
    let channel = find(&ctx, &name)?;
    let messages = store::undelivered(&ctx.app, &channel.name, SHOWN).await?;
    let shown = messages.into_iter().map(|m| UndeliveredMessage {
        seq: m.seq,
        event: m.event,
        kind: m.kind,
        state: m.state,
        attempts: m.attempts,
        at: m.next,
        error: m.error,
    });
    Ok(Json(shown.collect()))
}

/// 重新投递已放弃的消息
#[utoipa::path(post, path = "/channels/{name}/retry", tag = "channels", params(("name" = String, Path)), responses((status = 200, body = Retried)))]
async fn retry(ctx: Ctx, PathId(name): PathId<String>) -> Result<Json<Retried>> {
    let channel = find(&ctx, &name)?;
    if !ctx.actor.has(Role::SysAdmin) {
        return Err(Error::Forbidden("重新投递由系统管理员办理".to_owned()));
    }
    Ok(Json(Retried { retried: store::revive(&ctx.app, &channel.name).await? }))
}
