//! Composition: the parts become one node, one set of pages, one command. No business logic.
pub mod assets;
mod batch;
pub mod cli;
pub mod demo;
pub mod node;
pub mod pages;
pub mod parts;
pub mod serve;
pub mod simulate;

/// The OpenAPI document of this build, as committed for the front end.
pub async fn openapi_json() -> anyhow::Result<String> {
    let folder = std::env::temp_dir().join(format!("anlan-openapi-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let flags = [("data", folder.to_string_lossy().into_owned())];
    let app = node::open(&platform::config::Config::load([], &flags)?).await?;
    let (_, document) = platform::http::router(&app);
    app.stop().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(document.to_pretty_json()?)
}
