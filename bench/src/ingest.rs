//! The node that takes the flood: the program's own online line and broker over a county without
//! history, with the share of messages per device lifted, which `anlan serve` keeps at fifty a second.
use anyhow::{Context, Result};
use lines::online::api::{LimitForm, NewDevice, NewTag, add_device, register_tag};
use lines::online::broker::{Broker, Settings};
use lines::online::rate::Rate;
use lines::online::{Entrance, Pipeline};
use platform::Actor;
use platform::config::Config;
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

/// Firm that gets the devices.
const FIRM: &str = "E001";
/// Points behind each device, and values in each message.
pub const TAGS: usize = 3;

/// Opens the node, registers devices, prints its address and their keys, and takes what comes until its input ends.
pub async fn serve(data: &Path, devices: usize) -> Result<()> {
    let settings = [("data", data.to_string_lossy().into_owned()), ("demo", "true".to_owned())];
    let app = server::node::open(&Config::load([], &settings)?).await?;
    server::demo::prepare(&app, 0).await?;
    let ctx = app.ctx(Actor::system());
    let mut keys = vec![];
    for number in 0..devices {
        let id = format!("LOAD-{number:03}");
        let device = NewDevice {
            id: id.clone(),
            name: id.clone(),
            enterprise: FIRM.to_owned(),
            model: None,
            calibration_valid_to: None,
        };
        let key = add_device(&ctx, &device).await?;
        let tags: Vec<String> = (0..TAGS).map(|tag| format!("{id}-{tag}")).collect();
        for tag in &tags {
            let limits = LimitForm {
                hh: Some(95.0),
                h: Some(90.0),
                l: Some(10.0),
                ll: Some(5.0),
                dead_band: 1.0,
                on_delay_s: 0,
                off_delay_s: 0,
            };
            let new = NewTag {
                tag: tag.clone(),
                name: tag.clone(),
                enterprise: FIRM.to_owned(),
                device: Some(id.clone()),
                hazard_source: None,
                metric: "pressure".to_owned(),
                unit: "kPa".to_owned(),
                sample_s: 1,
                consequence: 2,
                limits,
            };
            register_tag(&ctx, new, "import").await?;
        }
        keys.push(json!({"id": id, "password": key.password, "tags": tags}));
    }
    let pipeline = Pipeline::of(&app)?;
    pipeline.set_rate(Rate { per_second: 1_000_000, burst: 1_000_000 });
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let broker =
        Broker::start(Settings { tcp: Some(any), tls: None, max_connections: 1_000 }, Entrance(pipeline)).await?;
    app.run();
    println!("{}", json!({"mqtt": broker.tcp().context("no address")?.to_string(), "devices": keys}));
    // Ends with the program that measures.
    tokio::task::spawn_blocking(|| std::io::copy(&mut std::io::stdin(), &mut std::io::sink())).await??;
    broker.stop();
    app.stop().await;
    Ok(())
}
