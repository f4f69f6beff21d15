//! HTTP server of a witness (C2SP tlog-witness).

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::output::{Outcome, Output, unusable};
use crate::witness::node::Node;

/// Room for 63 hashes and a hundred signature lines.
const MAX_BODY: usize = 64 * 1024;

pub(super) fn run(node: Node, listen: SocketAddr, prefix: &str) -> Outcome {
    let prefix = prefix.trim_end_matches('/');
    if !prefix.is_empty() && !prefix.starts_with('/') {
        return Err(unusable("网址前缀应以 / 开头"));
    }
    let routes = Router::new()
        .route(&format!("{prefix}/add-checkpoint"), post(add_checkpoint))
        .route(&format!("{prefix}/{{origin_hash}}/checkpoint"), get(checkpoint))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::new(node));
    let runtime = tokio::runtime::Runtime::new().map_err(unusable)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .map_err(|e| unusable(format!("不能监听 {listen}（{e}），请换端口或停掉占用者")))?;
        let address = listener.local_addr().map_err(unusable)?;
        let _ = writeln!(std::io::stdout(), "http://{address}{prefix}");
        axum::serve(listener, routes).with_graceful_shutdown(stop()).await.map_err(unusable)
    })?;
    Ok(Output::valid("已停止".to_owned(), json!({})))
}

async fn stop() {
    let _ = tokio::signal::ctrl_c().await;
}

/// The step blocks on a mutex and on fsync, so it runs off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, Response> {
    let outcome = tokio::task::spawn_blocking(work).await;
    outcome.map_err(|e| e.to_string()).and_then(|result| result).map_err(|why| {
        eprintln!("{why}");
        (StatusCode::INTERNAL_SERVER_ERROR, why + "\n").into_response()
    })
}

async fn add_checkpoint(State(node): State<Arc<Node>>, body: Bytes) -> Response {
    match blocking(move || node.handle(&body)).await {
        Ok(answer) => {
            let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, answer.content_type())], answer.body()).into_response()
        }
        Err(failed) => failed,
    }
}

async fn checkpoint(State(node): State<Arc<Node>>, Path(origin_hash): Path<String>) -> Response {
    match blocking(move || node.latest(&origin_hash)).await {
        Ok(Some(note)) => note.into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(failed) => failed,
    }
}
