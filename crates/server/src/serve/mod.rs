//! `anlan serve`: one node with its listeners, started and stopped in order.
mod docs;
mod operations;
mod site;

use crate::node;
use anyhow::Result;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::{Extension, Router};
use platform::App;
use platform::config::{Bound, Config};
use platform::http::OverTls;
use platform::tls::{self, Identity};
use std::net::SocketAddr;
use std::time::Duration;

/// How long open requests may take to end when the node stops.
const GRACE: Duration = Duration::from_secs(10);

/// How often the TLS certificate is looked at.
const RENEWAL: Duration = Duration::from_hours(24);

/// Devices connected at once; a county has some thousands of gateways at most.
#[cfg(feature = "mqtt-broker")]
const MAX_DEVICES: usize = 20_000;

/// Runs a node until it is asked to stop.
pub async fn run(config: Config) -> Result<()> {
    for warning in &config.warnings {
        tracing::warn!("{warning}");
    }
    let _hold = node::hold(&config)?;
    let metrics = operations::install_metrics()?;
    let app = node::open(&config).await?;
    settle_devices(&app, &config)?;
    let identity = identity(&config)?;
    renew_daily(&app, &config, &identity);
    let (https, http) = (config.listen.bind()?, config.http.as_ref().map(platform::config::Address::bind).transpose()?);
    if config.demo {
        crate::demo::prepare(&app, config.demo_days).await?;
    }
    let broker = broker(&app, &config, &identity).await?;
    platform::channels::start(&app, config.channels.clone()).await?;
    app.run();
    if let Some(command) = config.anchor.clone() {
        platform::log::Anchor::of(command).start(&app);
    }

    let site = site::Site::new(&app, &config, &identity, metrics, https.socket);
    let router = site::router(&app, site);
    let handle = axum_server::Handle::new();
    let secure = serve_tls(https.listener.try_clone()?, &identity, router.clone(), handle.clone())?;
    let plain = http.as_ref().map(|b| serve_plain(b, router, app.clone())).transpose()?;
    announce(&app, &https, http.as_ref(), &broker);

    stop_signal().await?;
    println!("正在停止：等待进行中的请求完成……");
    handle.graceful_shutdown(Some(GRACE));
    app.stop().await;
    broker.stop();
    let _ = secure.await;
    if let Some(plain) = plain {
        let _ = plain.await;
    }
    app.integrate().await?;
    println!("已停止");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "browsers judge certificates by the machine's clock, never by a demo's")]
fn identity(config: &Config) -> Result<Identity> {
    let now = chrono::Utc::now().timestamp_millis();
    Ok(match &config.certificate {
        Some((certificate, key)) => Identity::own(certificate, key, now)?,
        None => Identity::local(&config.data, &config.tls_names, &tls::machine_names(), now)?,
    })
}

/// Certificates end while nodes run on: looked at daily, and after a mistake again the next day.
fn renew_daily(app: &App, config: &Config, identity: &Identity) {
    let (shown, config, stop) = (identity.shown(), config.clone(), app.stopping());
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RENEWAL) => {}
            }
            match self::identity(&config) {
                Ok(newer) if shown.renew(&newer) => tracing::info!("the TLS certificate was renewed"),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "the TLS certificate could not be renewed: {error}"),
            }
        }
    });
}

/// What the configuration says of devices.
fn settle_devices(app: &App, config: &Config) -> Result<()> {
    let pipeline = lines::online::Pipeline::of(app)?;
    let per_second = config.device_rate;
    pipeline.set_rate(lines::online::rate::Rate { per_second, burst: per_second.saturating_mul(10) });
    pipeline.set_skew(i64::try_from(config.device_skew.as_millis()).unwrap_or(i64::MAX));
    Ok(())
}

type Task = tokio::task::JoinHandle<std::io::Result<()>>;

fn connect_info(router: Router) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router.into_make_service_with_connect_info::<SocketAddr>()
}

fn serve_tls(
    listener: std::net::TcpListener,
    identity: &Identity,
    router: Router,
    handle: axum_server::Handle<SocketAddr>,
) -> Result<Task> {
    let config = axum_server::tls_rustls::RustlsConfig::from_config(identity.server_config(&tls::HTTP)?);
    let server = axum_server::from_tcp_rustls(listener, config)?.handle(handle);
    Ok(tokio::spawn(server.serve(connect_info(router.layer(Extension(OverTls))))))
}

fn serve_plain(bound: &Bound, router: Router, app: App) -> Result<Task> {
    let listener = tokio::net::TcpListener::from_std(bound.listener.try_clone()?)?;
    let stop = app.stopping();
    Ok(tokio::spawn(async move {
        axum::serve(listener, connect_info(router)).with_graceful_shutdown(stop.cancelled_owned()).await
    }))
}

/// The MQTT side of the online line, where it is built in and switched on.
struct MqttSide {
    #[cfg(feature = "mqtt-broker")]
    broker: Option<lines::online::broker::Broker>,
}

impl MqttSide {
    fn addresses(&self) -> Vec<String> {
        #[cfg(feature = "mqtt-broker")]
        if let Some(broker) = &self.broker {
            let tcp = broker.tcp().map(|a| format!("mqtt://{a}"));
            return tcp.into_iter().chain(broker.tls().map(|a| format!("mqtts://{a}"))).collect();
        }
        vec![]
    }
    fn stop(self) {
        #[cfg(feature = "mqtt-broker")]
        if let Some(broker) = self.broker {
            broker.stop();
        }
    }
}

#[cfg(feature = "mqtt-broker")]
async fn broker(app: &App, config: &Config, identity: &Identity) -> Result<MqttSide> {
    // The port is found by binding it once; the broker binds it again a moment later.
    let free = |address: &Option<platform::config::Address>| -> Result<Option<SocketAddr>> {
        let Some(address) = address else { return Ok(None) };
        let bound = address.bind()?;
        if let Some(note) = &bound.note {
            println!("{note}");
        }
        Ok(Some(bound.socket))
    };
    let (tcp, secure) = (free(&config.mqtt)?, free(&config.mqtts)?);
    if tcp.is_none() && secure.is_none() {
        return Ok(MqttSide { broker: None });
    }
    let tls = secure.map(|address| Ok::<_, anyhow::Error>((address, identity.server_config(&[])?))).transpose()?;
    let entrance = lines::online::Entrance(lines::online::Pipeline::of(app)?);
    let settings = lines::online::broker::Settings { tcp, tls, max_connections: MAX_DEVICES };
    Ok(MqttSide { broker: Some(lines::online::broker::Broker::start(settings, entrance).await?) })
}

#[cfg(not(feature = "mqtt-broker"))]
#[expect(clippy::unused_async, reason = "same shape as with the broker built in")]
async fn broker(_: &App, _: &Config, _: &Identity) -> Result<MqttSide> {
    Ok(MqttSide {})
}

fn announce(app: &App, https: &Bound, http: Option<&Bound>, broker: &MqttSide) {
    for note in [Some(https), http].into_iter().flatten().filter_map(|b| b.note.as_ref()) {
        println!("{note}");
    }
    println!("安澜 {} 已启动（节点 {}，{}）", env!("CARGO_PKG_VERSION"), app.node(), app.db().engine());
    println!("  网页     https://{}", https.socket);
    if let Some(http) = http {
        println!("  本机明文 http://{}", http.socket);
    }
    println!("  手机信任 https://{}/ca", https.socket);
    for address in broker.addresses() {
        println!("  设备接入 {address}");
    }
    if app.demo() {
        println!("  演示账号 http://{}/demo", http.map_or(https.socket, |b| b.socket));
        crate::demo::desk::print_logins();
    }
    println!("按 Ctrl-C 停止");
}

/// Ctrl-C or the service manager's terminate.
async fn stop_signal() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
