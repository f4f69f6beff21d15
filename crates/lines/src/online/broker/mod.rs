//! The MQTT broker inside the binary (v3.1.1 and v5, over TCP and TLS).
//!
//! Everything happens in the broker's publish *access* hook, because its publish hook runs earlier and
//! cannot refuse: the topic is checked against the authenticated client id and the message is made
//! durable before the hook allows it, so that an acknowledgement means stored. A refusal always
//! disconnects: without that a 3.1.1 client would get an acknowledgement for what was refused. Wills,
//! retained messages and superusers bypass or outlive that check, so there are none; nobody subscribes,
//! because this broker has nothing to say to devices.

mod gate;
mod tls;

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rmqtt::context::ServerContext;
use rmqtt::hook::Type;
use rmqtt::net::{Builder, Listener};
use rmqtt::server::MqttServer;
use tokio::task::JoinHandle;
use tokio_rustls::rustls::ServerConfig;

use super::ingest::Ingest;
use super::reading::MAX_BYTES;

/// Where and how the broker listens.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address without TLS; none leaves only TLS.
    pub tcp: Option<SocketAddr>,
    /// Address with TLS and the node's certificate.
    pub tls: Option<(SocketAddr, Arc<ServerConfig>)>,
    /// Most devices connected at once.
    pub max_connections: usize,
}

/// A running broker.
pub struct Broker {
    tcp: Option<SocketAddr>,
    tls: Option<SocketAddr>,
    open: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

/// The broker could not start.
#[derive(Debug, thiserror::Error)]
#[error("MQTT 无法监听 {address}：{reason}；请换一个端口或停掉占用者")]
pub struct CannotListen {
    address: SocketAddr,
    reason: String,
}

/// Messages a client may have under way; the broker handles them one at a time per connection.
const MAX_INFLIGHT: NonZeroU16 = NonZeroU16::new(256).unwrap();
/// Room for topic and headers beside the largest payload.
const MAX_PACKET: u32 = MAX_BYTES as u32 + 4_096;
/// Sessions keep nothing anybody could miss.
const SESSION: Duration = Duration::from_secs(30);

impl Broker {
    /// Binds the addresses and starts taking connections.
    pub async fn start<I: Ingest>(settings: Settings, ingest: I) -> Result<Broker, CannotListen> {
        let context = ServerContext::new()
            .mqtt_max_sessions(settings.max_connections as isize)
            // The broker's own overload check looks at the machine's load average and would turn devices away
            // because somebody compiles beside it.
            .busy_check_enable(false)
            .build()
            .await;
        let open = Arc::new(AtomicBool::new(true));
        let hooks = context.extends.hook_mgr().register();
        let gate = gate::Gate::new(ingest, open.clone());
        for kind in [Type::ClientAuthenticate, Type::MessagePublishCheckAcl, Type::ClientSubscribeCheckAcl] {
            hooks.add(kind, Box::new(gate.clone())).await;
        }
        hooks.start().await;

        // With TLS only, the broker itself listens on a free loopback port behind the TLS front.
        let plain = settings.tcp.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let listener = listen(plain, settings.max_connections)?;
        let address = listener.local_addr().map_err(|e| CannotListen { address: plain, reason: e.to_string() })?;
        let server = MqttServer::new(context).listener_by_id(listener, 1).build();
        let mut tasks = vec![tokio::spawn(async move {
            if let Err(error) = server.run().await {
                tracing::error!(%error, "MQTT broker ended");
            }
        })];
        let mut tls = None;
        if let Some((wanted, config)) = settings.tls {
            let front = tls::Front::bind(wanted, config, address, settings.max_connections)
                .await
                .map_err(|e| CannotListen { address: wanted, reason: e.to_string() })?;
            tls = front.address();
            tasks.push(tokio::spawn(front.run()));
        }
        Ok(Broker { tcp: settings.tcp.map(|_| address), tls, open, tasks })
    }

    /// The plain address, with the port that was chosen where 0 was asked for.
    pub const fn tcp(&self) -> Option<SocketAddr> {
        self.tcp
    }

    /// The TLS address.
    pub const fn tls(&self) -> Option<SocketAddr> {
        self.tls
    }

    /// Takes no more connections or messages. What was acknowledged is stored; the rest will be sent again.
    pub fn stop(self) {
        self.open.store(false, Ordering::Release);
        for task in self.tasks {
            task.abort();
        }
    }
}

fn listen(address: SocketAddr, max_connections: usize) -> Result<Listener, CannotListen> {
    Builder::new()
        .name("anlan/mqtt")
        .laddr(address)
        .reuseaddr(Some(true))
        .nodelay(true)
        .backlog(1_024)
        .max_connections(max_connections)
        .max_handshaking_limit(256)
        .max_inflight(MAX_INFLIGHT)
        .max_packet_size(MAX_PACKET)
        .max_clientid_len(super::reading::MAX_NAME)
        .max_topic_levels(8)
        .max_subscriptions(1)
        .max_mqueue_len(16)
        .allow_anonymous(false)
        .session_expiry_interval(SESSION)
        .max_session_expiry_interval(SESSION)
        .bind()
        .and_then(Listener::tcp)
        .map_err(|e| CannotListen { address, reason: e.to_string() })
}

#[cfg(test)]
mod tests;
