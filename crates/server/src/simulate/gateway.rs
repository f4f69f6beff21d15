//! A gateway as the field has it: one connection, one key, every batch numbered, and what could not
//! be sent during an outage is sent late.
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Messages the connection holds before the gateway buffers them itself.
const UNDER_WAY: usize = 64;
/// Messages a gateway keeps through an outage; then the oldest go.
const KEPT: usize = 20_000;
/// Pause before another try to connect.
const AGAIN: Duration = Duration::from_secs(2);

/// Where a gateway sends to.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl Broker {
    /// Reads `host:port`, with or without `mqtt://`.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let plain = text.trim().trim_start_matches("mqtt://");
        let (host, port) = plain.rsplit_once(':').unwrap_or((plain, "1883"));
        let port = port.parse().map_err(|_| anyhow::anyhow!("MQTT 地址“{text}”的端口不是数字：写成 127.0.0.1:1883"))?;
        anyhow::ensure!(!host.is_empty(), "MQTT 地址“{text}”没有主机名：写成 127.0.0.1:1883");
        Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port })
    }
}

/// What happened to the messages of one gateway.
#[derive(Debug, Default)]
pub struct Counts {
    /// Handed to the connection.
    pub sent: AtomicU64,
    /// Acknowledged by the platform, that is: stored there.
    pub acknowledged: AtomicU64,
    /// Values in all messages.
    pub values: AtomicU64,
    connected: AtomicBool,
    refused: AtomicBool,
}

impl Counts {
    /// Whether the platform refused the key.
    pub fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }
}

/// One gateway.
pub struct Gateway {
    id: String,
    boot: String,
    seq: u64,
    client: AsyncClient,
    /// What is waiting for the connection to come back, oldest first.
    kept: VecDeque<String>,
    /// Its counts.
    pub counts: Arc<Counts>,
}

impl Gateway {
    /// Connects with its key and keeps connecting; `boot` tells this start from the one before.
    pub fn connect(broker: &Broker, id: &str, password: &str, boot: i64) -> Self {
        let mut options = MqttOptions::new(id, broker.host.clone(), broker.port);
        options.set_credentials(id, password).set_keep_alive(Duration::from_secs(30)).set_inflight(UNDER_WAY as u16);
        let (client, events) = AsyncClient::new(options, UNDER_WAY);
        let counts = Arc::new(Counts::default());
        tokio::spawn(listen(events, counts.clone()));
        Self { id: id.to_owned(), boot: boot.to_string(), seq: 0, client, kept: VecDeque::new(), counts }
    }

    /// Sends values read at one time; keeps them for later where the connection is down.
    pub fn send(&mut self, at: i64, values: &[(&str, f64)]) {
        self.seq += 1;
        self.counts.values.fetch_add(values.len() as u64, Ordering::Relaxed);
        let body = message(self.seq, at, &self.boot, values);
        if self.counts.connected.load(Ordering::Relaxed) {
            self.send_kept();
            if self.publish("telemetry", &body) {
                return;
            }
        }
        self.keep_back(body);
    }

    /// Keeps values for later: the way to the platform is cut for now.
    pub fn keep(&mut self, at: i64, values: &[(&str, f64)]) {
        self.seq += 1;
        self.keep_back(message(self.seq, at, &self.boot, values));
    }

    fn keep_back(&mut self, body: String) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(body);
    }

    /// Sends what an outage kept back, a little at a time beside the live readings.
    fn send_kept(&mut self) {
        for _ in 0..8 {
            let Some(body) = self.kept.pop_front() else { return };
            if !self.publish("late", &body) {
                self.kept.push_front(body);
                return;
            }
        }
    }

    fn publish(&self, stream: &str, body: &str) -> bool {
        let topic = format!("anlan/v1/{}/{stream}", self.id);
        let handed = self.client.try_publish(topic, QoS::AtLeastOnce, false, body.to_owned()).is_ok();
        self.counts.sent.fetch_add(u64::from(handed), Ordering::Relaxed);
        handed
    }

    /// Waits until everything is acknowledged, at most so long; false where something is not.
    pub async fn settled(&mut self, patience: Duration) -> bool {
        let end = tokio::time::Instant::now() + patience;
        while tokio::time::Instant::now() < end {
            self.send_kept();
            let (sent, stored) =
                (self.counts.sent.load(Ordering::Relaxed), self.counts.acknowledged.load(Ordering::Relaxed));
            if self.kept.is_empty() && stored >= sent {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        false
    }

    /// Waits for the first connection; an error says why there is none.
    pub async fn connected(&self, patience: Duration) -> anyhow::Result<()> {
        let end = tokio::time::Instant::now() + patience;
        while !self.counts.connected.load(Ordering::Relaxed) {
            anyhow::ensure!(
                !self.counts.is_refused(),
                "平台拒绝了设备 {} 的密钥：请确认 --data 指向该平台的数据文件夹",
                self.id
            );
            anyhow::ensure!(
                tokio::time::Instant::now() < end,
                "连不上 MQTT：请确认平台已启动，并用 --mqtt 给出它打印的地址"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

/// The body of one message (contract §4).
fn message(seq: u64, ts: i64, boot: &str, values: &[(&str, f64)]) -> String {
    let values: serde_json::Map<String, serde_json::Value> =
        values.iter().map(|(tag, value)| ((*tag).to_owned(), (*value).into())).collect();
    serde_json::json!({"seq": seq, "ts": ts, "boot": boot, "values": values}).to_string()
}

/// Follows the connection and counts what it acknowledges.
async fn listen(mut events: EventLoop, counts: Arc<Counts>) {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => counts.connected.store(true, Ordering::Relaxed),
            Ok(Event::Incoming(Packet::PubAck(_))) => drop(counts.acknowledged.fetch_add(1, Ordering::Relaxed)),
            Ok(_) => {}
            Err(error) => {
                let refused = matches!(error, rumqttc::ConnectionError::ConnectionRefused(_));
                counts.refused.store(refused, Ordering::Relaxed);
                counts.connected.store(false, Ordering::Relaxed);
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_with_and_without_scheme_and_port() {
        for (text, host, port) in [
            ("127.0.0.1:1884", "127.0.0.1", 1884),
            ("mqtt://[::1]:1883", "::1", 1883),
            ("broker.example", "broker.example", 1883),
        ] {
            let broker = Broker::parse(text).unwrap();
            assert_eq!((broker.host.as_str(), broker.port), (host, port));
        }
        assert!(Broker::parse("127.0.0.1:mqtt").is_err() && Broker::parse(":1883").is_err());
    }

    #[test]
    fn a_message_is_what_the_platform_reads() {
        use lines::online::reading::{Known, Stream, parse};
        let body = message(7, 1_795_395_600_000, "1795395600000", &[("E001-a", 0.25), ("E001-b", 3.0)]);
        let read = parse(Stream::Telemetry, body.as_bytes(), 1_795_395_600_000, |_| Known::Mine).unwrap();
        assert_eq!((read.seq, read.values.len(), read.refused.len()), (7, 2, 0));
    }
}
