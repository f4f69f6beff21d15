//! The HTTP API of the online line.

mod alarms;
mod desk;
mod devices;
mod limits;
mod rates;
mod series;
mod tags;
mod telemetry;

pub use alarms::AlarmView;
pub use devices::{Credentials, revoke_device};
pub use devices::{NewDevice, add_device};
pub use rates::{Rate, RateCache, rate_of};
pub use tags::{LimitForm, NewTag, check_tag, register_tag};

use platform::{App, Error, Result, Sql, scope};
use standards::codes::Region;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Routes under `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(alarms::list))
        .routes(routes!(alarms::one))
        .routes(routes!(alarms::acknowledge))
        .routes(routes!(alarms::explain))
        .routes(routes!(alarms::clear))
        .routes(routes!(alarms::causes))
        .routes(routes!(desk::desk))
        .routes(routes!(desk::shifts))
        .routes(routes!(desk::take))
        .routes(routes!(desk::handover))
        .routes(routes!(rates::list))
        .routes(routes!(rates::plan_stop))
        .routes(routes!(tags::list, tags::add))
        .routes(routes!(series::series))
        .routes(routes!(limits::request))
        .routes(routes!(limits::list))
        .routes(routes!(limits::approve))
        .routes(routes!(limits::reject))
        .routes(routes!(devices::list, devices::add))
        .routes(routes!(devices::revoke))
        .routes(routes!(devices::quarantine))
        .routes(routes!(telemetry::ingest))
}

/// Adds a filter by region: everything below the code.
fn below(query: &mut Sql, column: &'static str, region: Option<&Region>) {
    if let Some(region) = region {
        let (from, to) = scope::prefix_range(region);
        query.push(" and ").push(column).push(" >= ").bind(from);
        query.push(" and ").push(column).push(" < ").bind(to);
    }
}

/// Reads a region filter.
fn region(text: Option<&String>) -> Result<Option<Region>> {
    text.filter(|t| !t.is_empty()).map(|t| Region::parse(t).map_err(|m| Error::invalid("region", m))).transpose()
}
