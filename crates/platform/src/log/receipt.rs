//! Receipts: every acknowledged write comes back with the log's signed promise to include it.
use crate::app::App;
use crate::error::{Error, Result};
use crate::source::Ms;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use evidence::{Hash, Receipt};
use parking_lot::Mutex;

/// The log includes an entry within a day, as certificate logs promise.
const WITHIN_MS: i64 = 24 * 3_600_000;
/// Receipts in one answer's headers; those of a larger write are read by event.
const MOST: usize = 8;
/// One signed note in base64, once per entry written.
const HEADER: HeaderName = HeaderName::from_static("anlan-receipt");

tokio::task_local! {
    static WRITTEN: Mutex<Vec<Hash>>;
}

/// Remembers what this request has durably written.
pub(crate) fn remember(leaves: impl IntoIterator<Item = Hash>) {
    // Jobs and commands answer nobody.
    let _ = WRITTEN.try_with(|written| written.lock().extend(leaves));
}

/// The promise for one leaf; nothing where this node does not hold the log's key.
pub(super) fn sign(app: &App, leaf: Hash, recorded: Ms) -> Result<Option<String>> {
    let Some(key) = &app.log().key else { return Ok(None) };
    let by = recorded.plus(WITHIN_MS).0.div_euclid(1_000).unsigned_abs();
    Ok(Some(Receipt::sign(key, leaf, by).map_err(Error::internal)?.to_string()))
}

/// Middleware: adds the receipts of what the request wrote.
pub(crate) async fn promised(State(app): State<App>, request: Request, next: Next) -> Response {
    WRITTEN
        .scope(Mutex::default(), async {
            let mut response = next.run(request).await;
            let written = WRITTEN.with(|written| std::mem::take(&mut *written.lock()));
            if response.status().is_success() {
                let now = app.source().now();
                let notes = written.into_iter().take(MOST).filter_map(|leaf| sign(&app, leaf, now).ok().flatten());
                for note in notes {
                    if let Ok(value) = HeaderValue::from_str(&BASE64_STANDARD.encode(note)) {
                        response.headers_mut().append(HEADER, value);
                    }
                }
            }
            response
        })
        .await
}
