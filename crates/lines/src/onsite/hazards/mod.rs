//! Hazards: from found to closed.
use platform::App;
use utoipa_axum::router::OpenApiRouter;

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
