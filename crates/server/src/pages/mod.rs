//! Pages assembled from what every part offers: home, enterprise page, cockpit, search, map.
mod calc;
mod cockpit;
mod enterprise;
mod home;
mod map;
mod search;
mod tasks;

use platform::{Action, App, Grant, MenuEntry, Part, Phase, Role};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const VIEW: &[Action] = &[Action::View];
const EVERYBODY: &[Grant] = &{
    let mut grants = [Grant { role: Role::Leader, actions: VIEW }; Role::ALL.len()];
    let mut i = 0;
    while i < Role::ALL.len() {
        #[expect(clippy::indexing_slicing, reason = "bounds are checked at compile time")]
        {
            grants[i] = Grant { role: Role::ALL[i], actions: VIEW };
        }
        i += 1;
    }
    grants
};

/// The portal: everybody signed in may open pages; what they hold is decided by each part.
pub static PART: Part = {
    let mut part = Part::new("portal", "platform", "门户", Phase::Base);
    part.grants = EVERYBODY;
    part.routes = routes;
    part.menu = &[MenuEntry { title: "计算器", path: "/calc", action: Action::View }];
    part
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(home::home))
        .routes(routes!(tasks::tasks))
        .routes(routes!(enterprise::page))
        .routes(routes!(cockpit::cockpit))
        .routes(routes!(map::map))
        .routes(routes!(search::search))
        .routes(routes!(calc::list))
        .routes(routes!(calc::describe, calc::evaluate))
        .routes(routes!(calc::template))
        .routes(routes!(calc::sheet))
}
