//! Visits: from the request to the evaluation.
use platform::App;
use utoipa_axum::router::OpenApiRouter;

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
