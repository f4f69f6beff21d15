//! From a reading over MQTT to the alarm in a browser.
use crate::browser::Listener;
use crate::device::{Device, body};
use crate::http::Person;
use crate::node::Node;
use crate::report::Report;
use crate::stats::{COLUMNS, Latencies, verdict};
use anyhow::{Context, Result, ensure};
use platform::Source;
use rumqttc::{Event, EventLoop, Packet, QoS};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Firm that gets the extra points.
const FIRM: &str = "E001";
/// Extra gateways.
const DEVICES: usize = 10;
/// Extra points behind each of them.
const TAGS: usize = 60;
/// Alarms a second; the whole nation has 4,500 a day.
const RATE: u32 = 5;
/// Milliseconds the issue allows.
const AIM: f64 = 500.0;

type Arrived = Arc<Mutex<HashMap<String, Instant>>>;

/// What was published: point → when, by the steady clock and in milliseconds since 1970.
type Published = HashMap<String, (Instant, f64)>;

/// Raises one alarm on each extra point and times its way.
pub async fn measure(data: &Path, days: u32) -> Result<()> {
    let mut report = Report::begin("alarm", "From a reading over MQTT to the alarm in a browser")?;
    let node = Node::start(data, days).await?;
    let simulators = node.simulators(data).await?;
    let officer = Person::sign_in(&node.http, "officer@GOV").await?;
    let devices = register(&officer).await?;
    let arrived = Arrived::default();
    let stream = Person::sign_in(&node.http, "duty_officer@GOV").await?.live().await?;
    let listening = tokio::spawn(listen(stream, arrived.clone()));
    let browser = Listener::open(&node.http).await?;

    let (published, acknowledged) = publish(&node.mqtt, &devices).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let shown = browser.close().await?;
    listening.abort();
    let tags = tags_of_alarms(&officer).await?;
    let (mut program, mut chromium) = (Latencies::default(), Latencies::default());
    let arrived = arrived.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for (alarm, tag) in &tags {
        let Some((sent, sent_ms)) = published.get(tag) else { continue };
        if let Some(at) = arrived.get(alarm) {
            program.add(at.duration_since(*sent));
        }
        if let Some(at) = shown.get(alarm) {
            chromium.add(Duration::from_secs_f64((at - sent_ms).max(0.0) / 1_000.0));
        }
    }
    write(&mut report, published.len(), days, [&acknowledged, &program, &chromium]);
    simulators.stop().await?;
    node.stop().await?;
    report.end()
}

fn write(report: &mut Report, published: usize, days: u32, [acknowledged, program, chromium]: [&Latencies; 3]) {
    report.line(format!(
        "\nThe loaded county with {days} days of history and its 1,635 simulated points running beside. {published} readings that cross \
         a limit, each of its own point, {RATE} a second in an open loop from {DEVICES} gateways; every one must become an alarm on \
         the live stream (`GET /api/v1/live`, signed in as the duty officer of the county).\n"
    ));
    report.line(format!("| from the publish call to | {COLUMNS} |\n| --- | --- | --- | --- | --- | --- | --- |"));
    report.line(format!("| acknowledgement: the reading is durable | {acknowledged} |"));
    report.line(format!("| event in a program that reads the stream | {program} |"));
    report.line(format!("| event in `EventSource` of Chromium, duty desk open | {chromium} |"));
    let p99 = chromium.percentile(99.0).max(program.percentile(99.0));
    let lost = (published - program.len(), published - chromium.len());
    report.line(format!("\nReadings without an alarm: {} in the program, {} in Chromium.", lost.0, lost.1));
    report.line(format!("p99 {p99:.0} ms (the larger of both); aim below {AIM} ms: {}.", verdict(p99, AIM)));
}

async fn register(officer: &Person) -> Result<Vec<Device>> {
    let mut devices = vec![];
    for number in 0..DEVICES {
        let id = format!("BENCH-{number:02}");
        let form = json!({"id": id, "name": format!("测量网关 {number}"), "enterprise": FIRM});
        let key = officer.post("/devices", &form).await?;
        let password = key.get("password").and_then(Value::as_str).context("no key")?.to_owned();
        let tags: Vec<String> = (0..TAGS).map(|tag| format!("{id}-{tag:02}")).collect();
        for tag in &tags {
            let form = json!({
                "tag": tag, "name": tag, "enterprise": FIRM, "device": id, "metric": "pressure", "unit": "kPa", "sample_s": 60,
                "consequence": 2, "limits": {"h": 100.0, "dead_band": 1.0, "on_delay_s": 0, "off_delay_s": 0},
            });
            officer.post("/tags", &form).await?;
        }
        devices.push(Device { id, password, tags });
    }
    Ok(devices)
}

/// Reads the stream line by line and notes when each alarm came.
async fn listen(mut stream: reqwest::Response, arrived: Arrived) -> Result<()> {
    let mut text = Vec::new();
    while let Some(chunk) = stream.chunk().await? {
        let at = Instant::now();
        text.extend_from_slice(&chunk);
        while let Some(end) = text.iter().position(|b| *b == b'\n') {
            let line: Vec<u8> = text.drain(..=end).collect();
            let Some(fact) = line.strip_prefix(b"data:").and_then(|f| serde_json::from_slice::<Value>(f).ok()) else {
                continue;
            };
            let field = |name| fact.get(name).and_then(Value::as_str);
            if let (Some("iot.alarm.raised"), Some(alarm)) = (field("kind"), field("subject")) {
                arrived.lock().unwrap_or_else(PoisonError::into_inner).insert(alarm.to_owned(), at);
            }
        }
    }
    Ok(())
}

/// First a normal value for every point, then one by one a value above the limit.
async fn publish(address: &str, devices: &[Device]) -> Result<(Published, Latencies)> {
    let (boot, mut clients, mut waiting) = (Source::system().now().0, vec![], vec![]);
    for device in devices {
        let (client, events) = device.connect(address)?;
        client.publish(device.topic(), QoS::AtLeastOnce, false, body(&device.tags, 0, boot, 50.0)).await?;
        waiting.push(tokio::spawn(acknowledged(events, 1 + TAGS)));
        clients.push((device, client));
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (begun, mut published) = (Instant::now(), Published::new());
    let turns = (0..TAGS).flat_map(|tag| clients.iter().map(move |(device, client)| (tag, *device, client)));
    for (number, (tag, device, client)) in turns.enumerate() {
        tokio::time::sleep_until((begun + Duration::from_secs(1) * number as u32 / RATE).into()).await;
        let Some(tag_name) = device.tags.get(tag) else { continue };
        let message = body(std::slice::from_ref(tag_name), 1 + tag as u64, boot, 120.0);
        published.insert(tag_name.clone(), (Instant::now(), Source::system().now().0 as f64));
        client.publish(device.topic(), QoS::AtLeastOnce, false, message).await?;
    }
    let mut latencies = Latencies::default();
    for ((device, _), waiting) in clients.iter().zip(waiting) {
        let times = waiting.await??;
        for (tag, at) in device.tags.iter().zip(times.iter().skip(1)) {
            if let Some((sent, _)) = published.get(tag) {
                latencies.add(at.duration_since(*sent));
            }
        }
    }
    Ok((published, latencies))
}

/// When each of so many messages was acknowledged, in their order.
async fn acknowledged(mut events: EventLoop, wanted: usize) -> Result<Vec<Instant>> {
    let mut times = vec![];
    while times.len() < wanted {
        if let Event::Incoming(Packet::PubAck(_)) = events.poll().await? {
            times.push(Instant::now());
        }
    }
    Ok(times)
}

/// The point of every open alarm of the firm, by the object of its events.
async fn tags_of_alarms(person: &Person) -> Result<HashMap<String, String>> {
    let alarms = person.all(&format!("/alarms?enterprise={FIRM}&state=open")).await?;
    let field = |alarm: &Value, name| alarm.get(name).and_then(Value::as_str).map(str::to_owned);
    let tags: HashMap<_, _> =
        alarms.iter().filter_map(|a| Some((format!("alarm/{}", field(a, "id")?), field(a, "tag")?))).collect();
    ensure!(!tags.is_empty(), "no alarm was raised");
    Ok(tags)
}
