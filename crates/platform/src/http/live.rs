//! The live stream: facts as they become durable, filtered by the caller's scope, and the
//! readings of one enterprise where the caller may see them.
use crate::app::Readings;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::http::Params;
use crate::timeline;
use axum::http::HeaderMap;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use futures_util::Stream;
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;

/// What the caller wants besides facts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LiveQuery {
    /// Enterprise whose readings are wanted.
    readings: Option<String>,
    /// Go on after this place, where the browser cannot send `Last-Event-ID`.
    after: Option<i64>,
}

/// 实时事件流
#[utoipa::path(get, path = "/live", tag = "live", params(LiveQuery), responses((status = 200, description = "text/event-stream", content_type = "text/event-stream", body = String)))]
pub(crate) async fn live(
    ctx: Ctx,
    Params(query): Params<LiveQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = std::result::Result<Message, Infallible>>>> {
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok()).or(query.after);
    let readings = match query.readings {
        Some(enterprise) if timeline::may_see_readings(&ctx, &enterprise).await? => Some(enterprise),
        _ => None,
    };
    // A slow browser holds its own small queue, never the node.
    let (send, receive) = mpsc::channel(64);
    let stop = ctx.app.stopping();
    let after = last.unwrap_or_else(|| ctx.app.durable());
    tokio::spawn(async move {
        tokio::select! { () = stop.cancelled() => {}, () = feed(ctx, after, readings, send) => {} }
    });
    Ok(Sse::new(ReceiverStream::new(receive))
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(15)).text("heartbeat")))
}

type Sender = mpsc::Sender<std::result::Result<Message, Infallible>>;

/// How long facts are gathered before they are sent together: the queries of a hundred browsers
/// stay bounded while a burst is written.
const GATHER: Duration = Duration::from_millis(100);

async fn feed(mut ctx: Ctx, mut after: i64, readings: Option<String>, send: Sender) {
    let mut durable = ctx.app.watch_durable();
    let mut live = ctx.app.watch_readings();
    loop {
        let until = *durable.borrow_and_update();
        // A role or account that was taken away ends here, not when the page is closed.
        let Ok(now) = ctx.refreshed().await else { return };
        ctx = now;
        match timeline::facts_between(&ctx, after, until).await {
            Ok(facts) => {
                let more = facts.last().filter(|_| facts.len() == timeline::FACTS).map(|last| last.seq);
                if !send_facts(&send, &facts).await {
                    return;
                }
                after = more.unwrap_or(until).max(after);
                if more.is_some() {
                    continue;
                }
            }
            Err(error) => tracing::error!(%error, "live stream: {error}"),
        }
        let watched = readings.as_deref();
        tokio::select! {
            open = follow(&ctx, &mut durable, &mut live, watched, &send) => if !open { return },
            () = send.closed() => return,
        }
    }
}

async fn send_facts(send: &Sender, facts: &[timeline::Fact]) -> bool {
    for fact in facts {
        let message = Message::default().event("fact").id(fact.seq.to_string()).json_data(fact);
        let Ok(message) = message else { continue };
        if send.send(Ok(message)).await.is_err() {
            return false;
        }
    }
    true
}

/// Passes readings on until new facts have become durable; false once nobody listens.
async fn follow(
    ctx: &Ctx,
    durable: &mut watch::Receiver<i64>,
    live: &mut broadcast::Receiver<Readings>,
    watched: Option<&str>,
    send: &Sender,
) -> bool {
    loop {
        tokio::select! {
            changed = durable.changed() => {
                tokio::time::sleep(GATHER).await;
                return changed.is_ok();
            }
            reading = live.recv() => {
                let (Ok(reading), Some(wanted)) = (reading, watched) else { continue };
                if reading.enterprise != wanted {
                    continue;
                }
                // A grant may have ended while its reader watched.
                if !timeline::may_see_readings(ctx, wanted).await.unwrap_or(false) {
                    return false;
                }
                if send.send(Ok(Message::default().event("readings").data(&*reading.json))).await.is_err() {
                    return false;
                }
            }
        }
    }
}
