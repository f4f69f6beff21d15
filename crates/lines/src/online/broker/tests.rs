//! The broker against a client library and against Mosquitto's own publisher, over loopback.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use parking_lot::Mutex;
use rumqttc::{AsyncClient, ConnectReturnCode, ConnectionError, Event, EventLoop, MqttOptions, Packet, QoS};

use super::*;
use crate::online::ingest::{Attempt, Verdict, Why};
use crate::online::reading::Stream;

/// Remembers what it was given; can be told to fail.
#[derive(Clone, Default)]
struct Notebook {
    stored: Arc<Mutex<Vec<(String, Stream, Bytes)>>>,
    attempts: Arc<Mutex<Vec<Attempt>>>,
    failing: Arc<AtomicBool>,
}

impl Ingest for Notebook {
    async fn authenticate(&self, client_id: &str, username: &str, password: &[u8]) -> bool {
        username == client_id && password == b"secret"
    }
    async fn publish(&self, device: &str, stream: Stream, payload: Bytes) -> Verdict {
        tokio::task::yield_now().await;
        if self.failing.load(Ordering::SeqCst) {
            return Verdict::NotStored("disk full".into());
        }
        self.stored.lock().push((device.to_owned(), stream, payload));
        Verdict::Durable
    }
    async fn refused(&self, attempt: Attempt) {
        self.attempts.lock().push(attempt);
    }
}

async fn broker(notebook: &Notebook, tls: Option<Arc<ServerConfig>>) -> Broker {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let settings = Settings { tcp: Some(any), tls: tls.map(|c| (any, c)), max_connections: 100 };
    Broker::start(settings, notebook.clone()).await.unwrap()
}

fn options(address: SocketAddr, id: &str, password: &str) -> MqttOptions {
    let mut options = MqttOptions::new(id, address.ip().to_string(), address.port());
    options.set_credentials(id, password).set_keep_alive(Duration::from_secs(30));
    options
}

/// What the connection said until it ended or acknowledged `acks` messages.
async fn outcome(mut events: EventLoop, acks: usize) -> (usize, Option<String>) {
    let mut seen = 0;
    loop {
        match tokio::time::timeout(Duration::from_secs(20), events.poll()).await.expect("the broker answers") {
            Ok(Event::Incoming(Packet::PubAck(_))) => seen += 1,
            // A reconnect may meet the end of the connection before it; the client library tries again.
            Ok(_) | Err(ConnectionError::ConnectionRefused(ConnectReturnCode::ServiceUnavailable)) => {}
            Err(error) => return (seen, Some(error.to_string())),
        }
        if seen == acks {
            return (seen, None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn qos_1_is_acknowledged_only_after_the_append() {
    let notebook = Notebook::default();
    let broker = broker(&notebook, None).await;
    let (client, events) = AsyncClient::new(options(broker.tcp().unwrap(), "GW1", "secret"), 32);
    for i in 0..20 {
        client.publish("anlan/v1/GW1/telemetry", QoS::AtLeastOnce, false, format!("{{\"seq\":{i}}}")).await.unwrap();
    }
    assert_eq!(outcome(events, 20).await, (20, None));
    assert_eq!(notebook.stored.lock().len(), 20);
    assert_eq!(notebook.stored.lock()[7].2, "{\"seq\":7}");

    notebook.failing.store(true, Ordering::SeqCst);
    let (client, events) = AsyncClient::new(options(broker.tcp().unwrap(), "GW2", "secret"), 32);
    client.publish("anlan/v1/GW2/late", QoS::AtLeastOnce, false, "x").await.unwrap();
    let (acks, ended) = outcome(events, 1).await;
    assert_eq!(acks, 0, "what is not stored is not acknowledged");
    assert!(ended.is_some());
    broker.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_to_another_devices_topic_disconnects_and_is_reported() {
    let notebook = Notebook::default();
    let broker = broker(&notebook, None).await;
    for topic in ["anlan/v1/GW2/telemetry", "anlan/v1/GW1/telemetry/x", "free/topic"] {
        let (client, events) = AsyncClient::new(options(broker.tcp().unwrap(), "GW1", "secret"), 8);
        client.publish(topic, QoS::AtLeastOnce, false, "{}").await.unwrap();
        let (acks, ended) = outcome(events, 1).await;
        assert!(acks == 0 && ended.is_some(), "{topic}");
        assert_eq!(
            notebook.attempts.lock().last().unwrap(),
            &Attempt { client_id: "GW1".into(), topic: topic.into(), why: Why::Topic }
        );
    }
    assert!(notebook.stored.lock().is_empty());
    broker.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn retained_messages_wills_and_subscriptions_are_refused() {
    let notebook = Notebook::default();
    let broker = broker(&notebook, None).await;
    let (client, events) = AsyncClient::new(options(broker.tcp().unwrap(), "GW1", "secret"), 8);
    client.publish("anlan/v1/GW1/telemetry", QoS::AtLeastOnce, true, "{}").await.unwrap();
    assert_eq!(outcome(events, 1).await.0, 0);

    let mut with_will = options(broker.tcp().unwrap(), "GW1", "secret");
    with_will.set_last_will(rumqttc::LastWill::new("anlan/v1/GW2/telemetry", "{}", QoS::AtLeastOnce, false));
    let (_client, events) = AsyncClient::new(with_will, 8);
    assert!(outcome(events, 1).await.1.is_some());

    let (client, mut events) = AsyncClient::new(options(broker.tcp().unwrap(), "GW1", "secret"), 8);
    client.subscribe("anlan/#", QoS::AtMostOnce).await.unwrap();
    let granted = loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::SubAck(ack))) => {
                break ack.return_codes.iter().any(|c| matches!(c, rumqttc::SubscribeReasonCode::Success(_)));
            }
            Ok(_) | Err(ConnectionError::ConnectionRefused(ConnectReturnCode::ServiceUnavailable)) => {}
            Err(_) => break false,
        }
    };
    assert!(!granted);
    let whys: Vec<_> = notebook.attempts.lock().iter().map(|a| a.why).collect();
    assert_eq!(whys, [Why::Retain, Why::Will]);
    broker.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_no_password_are_refused() {
    let notebook = Notebook::default();
    let broker = broker(&notebook, None).await;
    let (client, events) = AsyncClient::new(options(broker.tcp().unwrap(), "GW1", "wrong"), 8);
    client.publish("anlan/v1/GW1/telemetry", QoS::AtLeastOnce, false, "{}").await.unwrap();
    assert!(outcome(events, 1).await.1.is_some());
    let anonymous = MqttOptions::new("GW1", "127.0.0.1", broker.tcp().unwrap().port());
    let (client, events) = AsyncClient::new(anonymous, 8);
    client.publish("anlan/v1/GW1/telemetry", QoS::AtLeastOnce, false, "{}").await.unwrap();
    assert!(outcome(events, 1).await.1.is_some());
    assert!(notebook.stored.lock().is_empty());
    broker.stop();
}

#[tokio::test]
async fn a_taken_port_is_an_error_with_the_address() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let settings = Settings { tcp: Some(address), tls: None, max_connections: 10 };
    let error = Broker::start(settings, Notebook::default()).await.err().unwrap();
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

/// A self-signed certificate for 127.0.0.1 and its PEM.
fn certificate() -> (Arc<ServerConfig>, String) {
    let issued = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into(), "localhost".into()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    (Arc::new(config), issued.cert.pem())
}

/// Runs Debian's `mosquitto_pub` with the given arguments and returns whether it succeeded.
async fn mosquitto(args: Vec<String>) -> bool {
    tokio::task::spawn_blocking(move || {
        Command::new("mosquitto_pub").args(args).output().expect("Debian package mosquitto-clients").status.success()
    })
    .await
    .unwrap()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn mosquitto_publishes_over_tcp_and_tls_in_both_versions() {
    let notebook = Notebook::default();
    let (config, pem) = certificate();
    let broker = broker(&notebook, Some(config)).await;
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, pem).unwrap();
    let tls = format!(" --cafile {}", ca.display());
    for version in ["mqttv311", "mqttv5"] {
        for (port, extra) in [(broker.tcp().unwrap().port(), ""), (broker.tls().unwrap().port(), tls.as_str())] {
            let common = format!("-V {version} -h 127.0.0.1 -p {port} -i GW1 -u GW1 -q 1{extra}");
            assert!(
                mosquitto(words(&format!("{common} -P secret -t anlan/v1/GW1/telemetry -m {{}}"))).await,
                "{common}"
            );
            assert!(
                !mosquitto(words(&format!("{common} -P wrong -t anlan/v1/GW1/telemetry -m {{}}"))).await,
                "{common}"
            );
            // A refused topic ends the connection; what counts is that nothing is stored and the attempt is known.
            mosquitto(words(&format!("{common} -P secret -t anlan/v1/GW2/telemetry -m {{}}"))).await;
        }
    }
    assert_eq!(notebook.stored.lock().len(), 4);
    assert!(notebook.attempts.lock().len() >= 4);
    broker.stop();
}
