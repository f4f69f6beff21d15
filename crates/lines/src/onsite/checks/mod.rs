//! Check templates: lists of items as data, each item with its clause.
use platform::App;
use utoipa_axum::router::OpenApiRouter;

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
}
