//! Who writes while the node dies: four people at forms, a gateway over HTTP and one over MQTT.
//! Each notes what was acknowledged in the moment it hears it.
use crate::check::Ledger;
use crate::node::{HTTP_GATEWAY, MQTT_GATEWAY, Node, Place, Session, post};
use rumqttc::{AsyncClient, Event, MqttOptions, Outgoing, Packet, QoS};
use serde_json::json;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;

const PEOPLE: usize = 4;

/// What one client heard: keys of acknowledged writes, the one in flight, times of readings.
#[derive(Default)]
pub struct Heard {
    pub events: Vec<String>,
    pub in_flight: Option<String>,
    pub http: Vec<i64>,
    pub mqtt: Vec<i64>,
}

pub struct Clients {
    stop: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Heard>>,
    resend: JoinHandle<Heard>,
}

/// Milliseconds that never repeat: each reading has a time of its own.
static LAST: AtomicI64 = AtomicI64::new(0);

fn unique_now() -> i64 {
    let now = i64::try_from(std::time::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    LAST.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |last| Some(now.max(last + 1)))
        .map_or(now, |last| now.max(last + 1))
}

/// Everybody at once; first what was in flight when the last node died.
pub async fn start(place: &Place, node: &Node, ledger: &mut Ledger) -> Clients {
    let stop = Arc::new(AtomicBool::new(false));
    let person = Person {
        client: node.client.clone(),
        url: node.url("/enterprises/E001/people"),
        session: place.session.clone(),
    };
    let unknown = ledger.take_unknown();
    let first = person.clone();
    let resend = tokio::spawn(async move { first.resend(unknown).await });
    let mut tasks = vec![];
    for _ in 0..PEOPLE {
        tasks.push(tokio::spawn(person.clone().write(ledger.next_keys(), stop.clone())));
    }
    tasks.push(tokio::spawn(over_http(
        node.client.clone(),
        node.url("/telemetry"),
        place.http_header.clone(),
        ledger.boot(),
        stop.clone(),
    )));
    tasks.push(tokio::spawn(over_mqtt(node.mqtt, place.mqtt_password.clone(), ledger.boot(), stop.clone())));
    Clients { stop, tasks, resend }
}

impl Clients {
    /// After the kill: everybody stops and tells what they heard.
    pub async fn stop(self, ledger: &mut Ledger) {
        self.stop.store(true, Ordering::SeqCst);
        ledger.hear_resent(self.resend.await.unwrap());
        for task in self.tasks {
            ledger.hear(task.await.unwrap());
        }
    }

    /// Only what was in flight; the others stop at once.
    pub async fn only_resend(self, ledger: &mut Ledger) {
        self.stop.store(true, Ordering::SeqCst);
        for task in self.tasks {
            ledger.hear(task.await.unwrap());
        }
        ledger.hear_resent(self.resend.await.unwrap());
    }
}

#[derive(Clone)]
struct Person {
    client: reqwest::Client,
    url: String,
    session: Session,
}

impl Person {
    async fn write(self, mut keys: crate::check::Keys, stop: Arc<AtomicBool>) -> Heard {
        let mut heard = Heard::default();
        while !stop.load(Ordering::SeqCst) {
            let key = keys.next_key();
            let body = json!({"name": key});
            if post(&self.client, &self.url, &self.session, Some(&key), &body).await.is_none() {
                heard.in_flight = Some(key);
                break;
            }
            heard.events.push(key);
        }
        heard
    }

    /// The same submissions under the same keys, until each is answered or the node is gone.
    async fn resend(self, keys: Vec<String>) -> Heard {
        let mut heard = Heard::default();
        for key in keys {
            let body = json!({"name": key});
            if post(&self.client, &self.url, &self.session, Some(&key), &body).await.is_some() {
                heard.events.push(key);
            } else {
                // Still unknown; it is kept for the next node.
                heard.events.push(format!("?{key}"));
            }
        }
        heard
    }
}

fn reading(device: &str, seq: i64, ts: i64, boot: &str) -> String {
    let tag = format!("{device}-level");
    json!({"seq": seq, "ts": ts, "boot": boot, "values": {tag: 50.0}}).to_string()
}

async fn over_http(client: reqwest::Client, url: String, header: String, boot: String, stop: Arc<AtomicBool>) -> Heard {
    let mut heard = Heard::default();
    let mut seq = 0;
    while !stop.load(Ordering::SeqCst) {
        seq += 1;
        let ts = unique_now();
        let request = client.post(&url).header("authorization", &header).header("content-type", "application/x-ndjson");
        match request.body(reading(HTTP_GATEWAY, seq, ts, &boot)).send().await {
            Ok(reply) if reply.status().is_success() => heard.http.push(ts),
            Ok(reply) => assert!(!reply.status().is_client_error(), "{}", reply.status()),
            Err(_) => break,
        }
    }
    heard
}

/// QoS 1: the broker's acknowledgement names the packet, in the order in which they went out.
async fn over_mqtt(broker: std::net::SocketAddr, password: String, boot: String, stop: Arc<AtomicBool>) -> Heard {
    let mut options = MqttOptions::new(MQTT_GATEWAY, broker.ip().to_string(), broker.port());
    options.set_credentials(MQTT_GATEWAY, password).set_keep_alive(Duration::from_secs(30)).set_inflight(8);
    let (client, mut events) = AsyncClient::new(options, 16);
    let (mut heard, mut sent, mut waiting) = (Heard::default(), VecDeque::new(), HashMap::new());
    let (mut seq, mut connected) = (0, false);
    loop {
        if stop.load(Ordering::SeqCst) {
            return heard;
        }
        while connected && sent.len() + waiting.len() < 8 {
            seq += 1;
            let ts = unique_now();
            let payload = reading(MQTT_GATEWAY, seq, ts, &boot);
            if client
                .try_publish(format!("anlan/v1/{MQTT_GATEWAY}/telemetry"), QoS::AtLeastOnce, false, payload)
                .is_err()
            {
                break;
            }
            sent.push_back(ts);
        }
        match tokio::time::timeout(Duration::from_millis(500), events.poll()).await {
            Ok(Ok(Event::Incoming(Packet::ConnAck(_)))) => connected = true,
            Ok(Ok(Event::Outgoing(Outgoing::Publish(id)))) => waiting.extend(sent.pop_front().map(|ts| (id, ts))),
            Ok(Ok(Event::Incoming(Packet::PubAck(ack)))) => heard.mqtt.extend(waiting.remove(&ack.pkid)),
            Ok(Err(_)) => return heard,
            _ => {}
        }
    }
}
