//! Lists and enterprise pages while the simulators run, and the memory of the server meanwhile.
use crate::browser;
use crate::http::Person;
use crate::node::Node;
use crate::process;
use crate::report::Report;
use crate::stats::{COLUMNS, Latencies, verdict};
use anyhow::{Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Enterprises of the demo county.
const ENTERPRISES: usize = 1_284;
/// Milliseconds the issue allows for an enterprise page.
const PAGE_AIM: f64 = 300.0;
/// Milliseconds it allows for a list.
const LIST_AIM: f64 = 150.0;
/// Megabytes it allows for the server process.
const MEMORY_AIM: f64 = 350.0;
/// Requests a second, lists and pages in turn: some two hundred people who look at a new screen every ten seconds.
const RATE: u32 = 20;
/// Kind under which enterprise pages are counted; lists are counted under their path.
const PAGE: &str = "enterprise page";

type Seen = Arc<Mutex<BTreeMap<String, Latencies>>>;

/// Measures for `seconds` after a warm-up of a quarter of it.
pub async fn measure(data: &Path, days: u32, seconds: u32) -> Result<()> {
    let mut report = Report::begin("pages", "Lists, enterprise pages and memory")?;
    let node = Node::start(data, days).await?;
    let devices = node.simulators(data).await?;
    let person = Person::sign_in(&node.http, "officer@GOV").await?;
    let firms = person.all("/enterprises").await?;
    ensure!(firms.len() == ENTERPRISES, "{} enterprises instead of {ENTERPRISES}", firms.len());
    let ids: Vec<String> =
        firms.iter().filter_map(|f| f.get("id").and_then(Value::as_str)).map(str::to_owned).collect();
    let paths = paths(&person, &ids).await?;

    run(&person, &paths, seconds / 4).await?;
    let (seen, memory) = (run(&person, &paths, seconds).await?, process::memory(node.id())?);
    let (pages, lists) = split(&seen);

    report.line(format!(
        "\nThe loaded county: {ENTERPRISES} enterprises, {days} days of history; 1,635 points come in over MQTT from a process of \
         their own. One signed-in officer, {RATE} requests a second in an open loop (latency counts from when a request was due), \
         {seconds} s after {} s of warm-up, plain HTTP over loopback, gzip.\n",
        seconds / 4
    ));
    report.line(format!("| request | {COLUMNS} |\n| --- | --- | --- | --- | --- | --- | --- |"));
    for (kind, latencies) in &seen {
        report.line(format!("| {kind} | {latencies} |"));
    }
    report.line(format!("| **all enterprise pages** | {pages} |\n| **all lists** | {lists} |"));
    let (page, list) = (pages.percentile(95.0), lists.percentile(95.0));
    report.line(format!("\n* Enterprise page p95 {page:.0} ms; aim below {PAGE_AIM} ms: {}.", verdict(page, PAGE_AIM)));
    report.line(format!("* List p95 {list:.0} ms; aim below {LIST_AIM} ms: {}.", verdict(list, LIST_AIM)));
    report.line(format!(
        "* Server process {:.0} MB resident, {:.0} MB at most since its start; aim below {MEMORY_AIM} MB: {}.",
        memory.0,
        memory.1,
        verdict(memory.1, MEMORY_AIM)
    ));
    let shown = browser::pages(&node.http, &ids).await?;
    report.line(format!(
        "\n| in Chromium on the same cores, software rendering: from the address until nothing on the page is loading | {COLUMNS} |\n| --- | --- | --- | --- | --- | --- | --- |\n| enterprise page | {} |\n| list of enterprises | {} |",
        shown.page, shown.list
    ));
    devices.stop().await?;
    node.stop().await?;
    report.end()
}

/// What people ask for: every list in the forms its page offers, near and far from its beginning.
async fn paths(person: &Person, ids: &[String]) -> Result<Vec<(String, Vec<String>)>> {
    let far = person.get("/enterprises?page[size]=200").await?;
    let cursor = far.get("next").and_then(Value::as_str).unwrap_or_default().to_owned();
    let lists = [
        (
            "/enterprises",
            vec![
                String::new(),
                "?q=化工".to_owned(),
                "?sort=-id".to_owned(),
                format!("?page[size]=20&page[cursor]={cursor}"),
            ],
        ),
        ("/alarms", vec![String::new(), "?state=open".to_owned(), "?enterprise=E001".to_owned()]),
        ("/tags", vec![String::new(), "?enterprise=E001".to_owned(), "?q=cl2".to_owned()]),
        ("/hazard-sources", vec![String::new()]),
        ("/devices", vec![String::new()]),
        ("/online-rates", vec![String::new()]),
    ];
    let mut all = vec![(PAGE.to_owned(), ids.iter().map(|id| format!("/enterprises/{id}/page")).collect())];
    for (list, forms) in lists {
        let mut kept: Vec<String> = vec![];
        for form in forms {
            // A form that a list does not offer is no request people make.
            if person.get(&format!("{list}{form}")).await.is_ok() {
                kept.push(format!("{list}{form}"));
            }
        }
        ensure!(!kept.is_empty(), "{list} does not answer");
        all.push((list.to_owned(), kept));
    }
    Ok(all)
}

/// Sends requests at their times whether or not earlier ones have been answered.
async fn run(person: &Person, paths: &[(String, Vec<String>)], seconds: u32) -> Result<BTreeMap<String, Latencies>> {
    let seen: Seen = Arc::default();
    let begun = Instant::now();
    let mut asked = vec![];
    for number in 0..(seconds * RATE) as usize {
        let due = begun + Duration::from_secs(1) * number as u32 / RATE;
        tokio::time::sleep_until(due.into()).await;
        // Pages and lists in turn; 37 and 64 have no divisor in common, so that every page has its turn somewhere.
        let kind = if number % 2 == 0 { 0 } else { 1 + (number / 2) % (paths.len() - 1) };
        let Some((kind, forms)) = paths.get(kind) else { continue };
        let Some(path) = forms.get(number * 37 % forms.len()) else { continue };
        let (person, kind, path, seen) = (person.clone(), kind.clone(), path.clone(), seen.clone());
        asked.push(tokio::spawn(async move {
            person.load(&path).await?;
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.entry(kind).or_default().add(due.elapsed());
            Ok::<_, anyhow::Error>(())
        }));
    }
    for request in asked {
        request.await??;
    }
    Ok(seen.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

fn split(seen: &BTreeMap<String, Latencies>) -> (Latencies, Latencies) {
    let (mut pages, mut lists) = (Latencies::default(), Latencies::default());
    for (kind, latencies) in seen {
        if kind == PAGE { &mut pages } else { &mut lists }.extend(latencies);
    }
    (pages, lists)
}
