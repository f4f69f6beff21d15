#![cfg(feature = "mqtt-broker")]
use super::gateway::{Broker, Gateway};
use super::{Target, keys, replay};
use lines::online::api::{LimitForm, NewDevice, NewTag, add_device, register_tag};
use lines::online::{Entrance, Pipeline, broker};
use platform::{Source, Subject};
use std::time::Duration;
use testing::{Engine, START, TestPlatform};

const PATIENCE: Duration = Duration::from_secs(20);

/// A node with one firm and its broker on a free port of this machine.
async fn node() -> (TestPlatform, broker::Broker, Broker) {
    let t = TestPlatform::start(Engine::Sqlite, crate::parts::all()).await;
    t.org(Subject::Enterprise, "E001", "990121301").await;
    let entrance = Entrance(Pipeline::of(&t.app).unwrap());
    let tcp = Some("127.0.0.1:0".parse().unwrap());
    let running =
        broker::Broker::start(broker::Settings { tcp, tls: None, max_connections: 10 }, entrance).await.unwrap();
    let address = Broker::parse(&running.tcp().unwrap().to_string()).unwrap();
    (t, running, address)
}

async fn raised(t: &TestPlatform) -> i64 {
    let query = platform::sql("select count(*) as n from event where kind = 'iot.alarm.raised'", vec![]);
    t.app.db().one(query).await.unwrap().get("n").unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_gateway_sends_is_stored_and_judged_and_a_wrong_key_is_refused() {
    let (t, running, address) = node().await;
    let device = NewDevice {
        id: "E001-GW".into(),
        name: "网关".into(),
        enterprise: "E001".into(),
        model: None,
        calibration_valid_to: None,
    };
    let key = add_device(&t.ctx(), &device).await.unwrap().password;
    let tag = NewTag {
        tag: "E001-cl2".into(),
        name: "氯气".into(),
        enterprise: "E001".into(),
        device: Some("E001-GW".into()),
        hazard_source: None,
        metric: "cl2".into(),
        unit: "mg/m3".into(),
        sample_s: 30,
        consequence: 1,
        limits: LimitForm { h: Some(1.0), ..LimitForm::default() },
    };
    register_tag(&t.ctx(), tag, "form").await.unwrap();
    let mut gateway = Gateway::connect(&address, "E001-GW", &key, START.0);
    // Kept while there is no connection, and sent late.
    gateway.send(START.0 - 1_000, &[("E001-cl2", 0.3)]);
    gateway.connected(PATIENCE).await.unwrap();
    gateway.send(START.0, &[("E001-cl2", 1.4)]);
    assert!(gateway.settled(PATIENCE).await, "both are acknowledged");
    let pipeline = Pipeline::of(&t.app).unwrap();
    pipeline.settle().await;
    assert_eq!(pipeline.telemetry.last("E001-cl2").map(|l| (l.at, l.value)), Some((START.0, 1.4)));
    assert_eq!(pipeline.telemetry.points("E001-cl2", 0, i64::MAX).await.unwrap().len(), 2);
    assert_eq!(raised(&t).await, 1);
    let stranger = Gateway::connect(&address, "E001-GW", "wrong", START.0);
    assert!(stranger.connected(PATIENCE).await.unwrap_err().to_string().contains("拒绝"));
    running.stop();
    t.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_registered_and_becomes_readings_of_now() {
    let (t, running, address) = node().await;
    let data = t.app.data().clone();
    // The simulators follow the clock of the node, which stands still in a test.
    keys::keep_clock(&data, START.0 - Source::system().now().0).unwrap();
    let rows = (0..60).map(|i| format!("2020-03-09 10:14:{:02};{};{};0.0;0.0\n", i % 60, 5 + i % 3, 79.5));
    let text = format!("datetime;Pressure;Temperature;anomaly;changepoint\n{}", rows.collect::<String>());
    std::fs::write(data.join("recorded.csv"), text).unwrap();
    let replay = replay::Replay {
        file: data.join("recorded.csv"),
        target: Target { data: data.clone(), mqtt: format!("{}:{}", address.host, address.port) },
        enterprise: "E001".into(),
        device: None,
        hazard_source: None,
        sigma: 4.0,
        speed: 40.0,
    };
    replay.run_in(&t.app).await.unwrap();
    let store = &Pipeline::of(&t.app).unwrap().telemetry;
    assert_eq!(store.points("E001-REPLAY-pressure", 0, i64::MAX).await.unwrap().len(), 60);
    assert!(store.last("E001-REPLAY-temperature").is_none(), "a column that never moved is left out");
    replay.run_in(&t.app).await.unwrap();
    assert_eq!(store.points("E001-REPLAY-pressure", 0, i64::MAX).await.unwrap().len(), 120, "the same device again");
    running.stop();
    t.finish().await;
}
