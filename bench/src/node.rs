//! The node under measurement and its simulators, as a user runs them.
use crate::process::{Process, Silent};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The program under measurement; the release build beside this one.
pub fn program() -> Result<PathBuf> {
    let folder = std::env::current_exe()?.parent().context("no folder")?.to_path_buf();
    Ok(folder.join("anlan"))
}

/// A running demo node.
pub struct Node {
    process: Silent,
    /// Where its pages are, without TLS.
    pub http: String,
    /// Where its devices connect, `host:port`.
    pub mqtt: String,
    /// When it was started, and how long until it said that it was.
    pub started: (Instant, Duration),
}

impl Node {
    /// Starts the demo county over a data folder, on free ports of this machine.
    pub async fn start(data: &Path, days: u32) -> Result<Self> {
        let begun = Instant::now();
        let (folder, days) = (data.to_string_lossy(), days.to_string());
        let any = "127.0.0.1:0";
        let args = [
            "serve",
            "--demo",
            "--demo-days",
            &days,
            "--data",
            &folder,
            "--listen",
            any,
            "--http",
            any,
            "--mqtt",
            any,
            "--mqtts",
            "off",
            "--log-filter",
            "warn",
        ];
        let mut process = Process::start(&program()?, &args, &data.with_extension("log"))?;
        let said = process.read_to("按 Ctrl-C 停止").await.context("see the log beside the data folder")?;
        let took = begun.elapsed();
        let after = |mark: &str| said.iter().find_map(|l| l.split_once(mark)).map(|(_, rest)| rest.trim().to_owned());
        Ok(Self {
            http: after("本机明文").context("no HTTP address")?,
            mqtt: after("设备接入 mqtt://").context("no MQTT address")?,
            process: process.ignore_output(),
            started: (begun, took),
        })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
    /// Stops it as an administrator does.
    pub async fn stop(self) -> Result<()> {
        self.process.stop().await
    }
    /// Ends it at once, as a crash would.
    pub async fn kill(self) -> Result<()> {
        self.process.kill().await
    }

    /// Starts the devices of the county in a process of their own.
    pub async fn simulators(&self, data: &Path) -> Result<Silent> {
        let folder = data.to_string_lossy();
        let args = ["simulate", "devices", "--data", &folder, "--mqtt", &self.mqtt];
        let mut process = Process::start(&program()?, &args, &data.with_extension("devices.log"))?;
        let said = process.read_to("模拟").await?;
        println!("{}", said.join(" "));
        Ok(process.ignore_output())
    }
}
