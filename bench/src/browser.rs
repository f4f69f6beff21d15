//! The same in a real browser: a Chromium driven by `bench/browser.mjs`, in a process of its own.
use crate::process::Process;
use crate::stats::Latencies;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

const LOG: &str = "target/bench/browser.log";

/// How long pages took in the browser.
pub struct Shown {
    /// Enterprise pages.
    pub page: Latencies,
    /// The list of enterprises.
    pub list: Latencies,
}

fn start(what: &str, base: &str, rest: &[&str]) -> Result<Process> {
    let args = [&["bench/browser.mjs", what, base, server::demo::PASSWORD], rest].concat();
    Process::start(Path::new("node"), &args, Path::new(LOG))
}

/// Opens enterprise pages and the list by clicks.
pub async fn pages(base: &str, ids: &[String]) -> Result<Shown> {
    let some: Vec<&str> = ids.iter().step_by(ids.len() / 40).map(String::as_str).collect();
    let mut process = start("pages", base, &some)?;
    let said = process.read_to("done").await.with_context(|| format!("see {LOG}"))?;
    let mut shown = Shown { page: Latencies::default(), list: Latencies::default() };
    for line in &said {
        let mut words = line.split_whitespace();
        let (kind, ms) =
            (words.next().unwrap_or_default(), words.next().and_then(|w| w.parse::<f64>().ok()).unwrap_or(0.0));
        let took = Duration::from_secs_f64(ms / 1_000.0);
        match kind {
            "page" => shown.page.add(took),
            "list" => shown.list.add(took),
            _ => {}
        }
    }
    process.finish().await?;
    Ok(shown)
}

/// A browser that listens to the live stream.
pub struct Listener(Process);

impl Listener {
    /// Signs in as the duty officer and opens the stream.
    pub async fn open(base: &str) -> Result<Self> {
        let mut process = start("live", base, &[])?;
        process.read_to("listening").await.with_context(|| format!("see {LOG}"))?;
        Ok(Self(process))
    }

    /// When each alarm arrived, in milliseconds since 1970 by the browser's clock.
    pub async fn close(mut self) -> Result<HashMap<String, f64>> {
        let answer: Value = serde_json::from_str(&self.0.ask("close").await?)?;
        self.0.finish().await?;
        let arrived = answer.as_object().context("no arrivals")?;
        Ok(arrived.iter().filter_map(|(alarm, at)| Some((alarm.clone(), at.as_f64()?))).collect())
    }
}
