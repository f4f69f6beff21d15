//! Every route × every role × {own scope, other enterprise, other county, other insurer,
//! anonymous}. Outside its scope nobody gets a canary, and what is there answers exactly as what is
//! not; inside, the snapshot says in Chinese who may do what, and each call is shown to work for
//! somebody. A seeded leak must be found, or the test proves nothing.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test reports by panicking")]
mod acts;
mod insured;
mod matrix;
mod routes;
mod world;

use matrix::Matrix;
use platform::{App, Part, Phase, sql};
use std::collections::BTreeSet;
use testing::{Engine, TestPlatform};
use utoipa_axum::router::OpenApiRouter;

async fn start(parts: Vec<&'static Part>) -> TestPlatform {
    TestPlatform::start(Engine::Sqlite, parts).await
}

/// Operations of the API description: method and path.
fn described(app: &App) -> BTreeSet<(String, String)> {
    let (_, document) = platform::http::router(app);
    let document = serde_json::to_value(document).unwrap();
    let mut found = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "delete", "patch"].iter().filter(|m| item.get(**m).is_some()) {
            found.insert((method.to_uppercase(), path.trim_start_matches("/api/v1").to_owned()));
        }
    }
    found
}

#[tokio::test]
async fn every_route_is_covered() {
    let t = start(server::parts::all()).await;
    let listed: BTreeSet<(String, String)> =
        routes::all().iter().map(|r| (r.method.to_owned(), r.path.to_owned())).collect();
    let known = described(&t.app);
    let missing: Vec<_> = known.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&known).collect();
    t.finish().await;
    assert!(missing.is_empty(), "routes without a row in routes.rs: {missing:#?}");
    assert!(gone.is_empty(), "rows without a route: {gone:#?}");
}

#[tokio::test]
async fn nobody_sees_or_does_what_is_not_theirs() {
    let t = start(server::parts::all()).await;
    let world = world::build(&t).await;
    let matrix = Matrix::run(&t, &world, &routes::all()).await;
    println!("{} probes, {} actors, {} routes", matrix.probes, world.actors.len(), routes::all().len());
    t.finish().await;
    assert!(matrix.problems.is_empty(), "{} problems:\n{}", matrix.problems.len(), matrix.problems.join("\n"));
    insta::assert_snapshot!("who_may_do_what", matrix.table());
}

fn leak() -> OpenApiRouter<App> {
    use axum::Json;
    use platform::{Ctx, Result};
    async fn names(ctx: Ctx) -> Result<Json<Vec<String>>> {
        let rows = ctx.db().all(sql("select name from org order by id", vec![])).await?;
        Ok(Json(rows.iter().map(|r| r.get("name")).collect::<Result<_>>()?))
    }
    async fn one(ctx: Ctx, platform::http::PathId(id): platform::http::PathId<String>) -> Result<Json<usize>> {
        let rows = ctx.db().all(sql("select id from org where id = $1", platform::args![id])).await?;
        if rows.is_empty() {
            Err(platform::Error::NotFound)
        } else {
            Err(platform::Error::Forbidden("别家的".into()))
        }
    }
    OpenApiRouter::new().route("/leak", axum::routing::get(names)).route("/leak/{id}", axum::routing::get(one))
}

static LEAKY: Part = {
    let mut part = Part::new("leaky", "leaky", "漏", Phase::Base);
    part.routes = leak;
    part
};

#[tokio::test]
async fn a_seeded_leak_is_found() {
    let t = start([server::parts::all(), vec![&LEAKY]].concat()).await;
    let world = world::build(&t).await;
    let routes = [routes::get("/leak"), routes::get("/leak/{id}").of("enterprise")];
    let matrix = Matrix::run(&t, &world, &routes).await;
    t.finish().await;
    let found = |what: &str, who: &str| matrix.problems.iter().any(|p| p.contains(what) && p.contains(who));
    assert!(found("GET /leak ", "safety_manager@E002"), "names of others: {:#?}", matrix.problems);
    assert!(found("GET /leak ", "underwriter@INS2") && found("GET /leak ", "officer@GOV130111"));
    assert!(found("GET /leak/{id}", "不存在"), "403 where 404 is due tells that it exists");
}
