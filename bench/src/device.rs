//! Devices as load: MQTT clients that publish QoS 1 and time each acknowledgement.
use crate::stats::Latencies;
use anyhow::{Context, Result, bail};
use platform::Source;
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, NetworkOptions, Outgoing, Packet, QoS};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Messages a client may have under way.
pub const WINDOW: u16 = 64;

/// How long an acknowledgement may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A device with its key and points.
#[derive(Debug, Clone)]
pub struct Device {
    /// Device, client id and user name in one.
    pub id: String,
    /// Key.
    pub password: String,
    /// Points it reports.
    pub tags: Vec<String>,
}

impl Device {
    /// The topic of its readings.
    pub fn topic(&self) -> String {
        format!("anlan/v1/{}/telemetry", self.id)
    }

    /// Opens its connection.
    pub fn connect(&self, address: &str) -> Result<(AsyncClient, EventLoop)> {
        let (host, port) = address.rsplit_once(':').context("no port")?;
        let mut options = MqttOptions::new(&self.id, host, port.parse()?);
        options.set_credentials(&self.id, &self.password).set_keep_alive(Duration::from_mins(1)).set_inflight(WINDOW);
        let (client, mut events) = AsyncClient::new(options, usize::from(WINDOW));
        let mut network = NetworkOptions::new();
        network.set_tcp_nodelay(true);
        events.set_network_options(network);
        Ok((client, events))
    }
}

/// A message with one value for each of the points (contract of the telemetry body).
pub fn body(tags: &[String], seq: u64, boot: i64, value: f64) -> String {
    let values: serde_json::Map<_, _> = tags.iter().map(|t| (t.clone(), value.into())).collect();
    let now = Source::system().now().0;
    serde_json::json!({"seq": seq, "ts": now, "boot": boot, "values": values}).to_string()
}

/// What many devices together have done so far.
#[derive(Debug, Default)]
pub struct Progress {
    /// Messages acknowledged.
    pub acknowledged: AtomicU64,
    /// Messages handed to the connections.
    pub sent: AtomicU64,
    /// Set to end the load.
    pub stop: AtomicBool,
    /// Set while latencies count.
    pub counting: AtomicBool,
    latencies: Mutex<Latencies>,
}

impl Progress {
    /// The latencies of what was acknowledged while they counted.
    pub fn latencies(&self) -> Latencies {
        self.latencies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Publishes as fast as the other side acknowledges, until the load is stopped; then waits for the rest.
pub async fn flood(device: Device, address: String, progress: Arc<Progress>) -> Result<()> {
    let (client, mut events) = device.connect(&address)?;
    let wanted = Arc::new(AtomicU64::new(u64::MAX));
    let feeding = tokio::spawn(feed(device, client, progress.clone(), wanted.clone()));
    let (mut under_way, mut mine, mut latencies) = (HashMap::new(), 0, Latencies::default());
    while mine < wanted.load(Ordering::Acquire) {
        let event =
            tokio::time::timeout(PATIENCE, events.poll()).await.context("no acknowledgement for half a minute")?;
        match event? {
            Event::Outgoing(Outgoing::Publish(id)) => drop(under_way.insert(id, Instant::now())),
            Event::Incoming(Packet::PubAck(ack)) => {
                let sent = under_way.remove(&ack.pkid).context("an acknowledgement of nothing")?;
                if progress.counting.load(Ordering::Relaxed) {
                    latencies.add(sent.elapsed());
                }
                mine += 1;
                progress.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Event::Incoming(Packet::Disconnect) => bail!("disconnected"),
            _ => {}
        }
    }
    progress.latencies.lock().unwrap_or_else(PoisonError::into_inner).extend(&latencies);
    feeding.await?
}

/// Hands messages to the connection; `wanted` becomes their number before the last of them goes out.
async fn feed(device: Device, client: AsyncClient, progress: Arc<Progress>, wanted: Arc<AtomicU64>) -> Result<()> {
    let (topic, boot) = (device.topic(), Source::system().now().0);
    for seq in 1.. {
        let last = progress.stop.load(Ordering::Relaxed);
        if last {
            wanted.store(seq, Ordering::Release);
        }
        let message = body(&device.tags, seq, boot, 50.0 + (seq % 97) as f64 / 10.0);
        client.publish(&topic, QoS::AtLeastOnce, false, message).await?;
        progress.sent.fetch_add(1, Ordering::Relaxed);
        if last {
            break;
        }
    }
    Ok(())
}
