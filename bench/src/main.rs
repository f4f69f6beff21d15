//! The figures that are promised, measured: `bench/run` builds and calls this.
mod alarm;
mod browser;
mod credit;
mod device;
mod http;
mod ingest;
mod node;
mod pages;
mod peer;
mod process;
mod rate;
mod report;
mod start;
mod stats;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::fs;
use std::path::{Path, PathBuf};

/// Measures the release build; every result is a dated file under docs/results.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Days of history of the demo county.
    #[arg(long, global = true, default_value_t = 30)]
    days: u32,
    /// Seconds of the page load, and of each round of the MQTT rate divided by six.
    #[arg(long, global = true, default_value_t = 60)]
    seconds: u32,
}

#[derive(Subcommand)]
enum Verb {
    /// Start to first page.
    Start,
    /// Lists, enterprise pages, memory.
    Pages,
    /// From a reading to the alarm in a browser.
    Alarm,
    /// Credit scores of a county.
    Credit,
    /// MQTT QoS 1 rate beside Mosquitto.
    Rate,
    /// The node that takes the flood; started by `rate`.
    #[command(hide = true)]
    Ingest {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        devices: usize,
    },
    /// The subscriber that stores; started by `rate`.
    #[command(hide = true)]
    Store {
        #[arg(long)]
        mqtt: String,
        #[arg(long)]
        file: PathBuf,
    },
}

#[tokio::main]
async fn main() -> Result<()> {
    let Cli { verb, days, seconds } = Cli::parse();
    let folder = Path::new("target/bench");
    let county = folder.join("county");
    match verb {
        Some(Verb::Ingest { data, devices }) => return ingest::serve(&data, devices).await,
        Some(Verb::Store { mqtt, file }) => return peer::store(&mqtt, &file).await,
        _ if folder.exists() => fs::remove_dir_all(folder)?,
        _ => {}
    }
    fs::create_dir_all(folder)?;
    let wanted = |one: &Verb| verb.as_ref().is_none_or(|v| std::mem::discriminant(v) == std::mem::discriminant(one));
    if wanted(&Verb::Start) {
        start::measure(&county, days).await?;
    }
    if wanted(&Verb::Pages) {
        pages::measure(&county, days, seconds).await?;
    }
    if wanted(&Verb::Alarm) {
        alarm::measure(&county, days).await?;
    }
    if wanted(&Verb::Credit) {
        credit::measure()?;
    }
    if wanted(&Verb::Rate) {
        rate::measure(folder, u64::from(seconds / 6).max(1)).await?;
    }
    Ok(())
}
