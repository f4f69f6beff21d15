//! `anlan simulate`: devices, stories and recorded sensor files, all over real MQTT.
pub mod devices;
pub mod gateway;
pub mod keys;
pub mod node;
pub mod recording;
pub mod replay;
pub mod story;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use gateway::Broker;
use keys::Playing;
use std::path::PathBuf;
use std::time::Duration;

/// Where the simulated devices find their keys and the platform.
#[derive(Debug, Clone, Args)]
pub struct Target {
    /// 节点的数据文件夹，设备密钥在里面
    #[arg(long, default_value = "anlan-data", value_name = "DIR")]
    pub data: PathBuf,
    /// 平台的 MQTT 地址，启动时已打印
    #[arg(long, default_value = "127.0.0.1:1883", value_name = "ADDR")]
    pub mqtt: String,
}

/// What to simulate.
#[derive(Subcommand)]
pub enum Simulate {
    /// 模拟演示县的全部设备
    Devices {
        /// 发到哪里
        #[command(flatten)]
        target: Target,
        /// 让少数仪表卡在一个数值上
        #[arg(long)]
        stuck: bool,
        /// 让网关偶尔断网，恢复后补传
        #[arg(long)]
        offline: bool,
        /// 让少数仪表缓慢漂移直到越限
        #[arg(long)]
        drift: bool,
    },
    /// 演示故事：只发读数，由人处置（S1 氯气泄漏）
    Story {
        /// 故事编号，如 S1
        name: String,
        /// 发到哪里
        #[command(flatten)]
        target: Target,
        /// 比实际快多少倍
        #[arg(long, default_value_t = 1.0)]
        speed: f64,
    },
    /// 回放录制的传感器文件（分号分隔，第一列为时间）
    Replay(replay::Replay),
}

impl Simulate {
    /// Runs until it is over or stopped.
    pub async fn run(self) -> Result<()> {
        match self {
            Self::Devices { target, stuck, offline, drift } => {
                let faults = devices::Faults { stuck, offline, drift };
                devices::run(&target.data, &Broker::parse(&target.mqtt)?, faults).await
            }
            Self::Story { name, target, speed } => story(&name, &target, speed).await,
            Self::Replay(replay) => replay.run().await,
        }
    }
}

/// Plays a story: through the running simulators, or with the gateway of its firm alone where none run.
pub async fn story(name: &str, target: &Target, speed: f64) -> Result<()> {
    let Some(story) = story::Story::find(name) else {
        let known: Vec<String> = story::STORIES.iter().map(|s| format!("{}（{}）", s.name, s.title)).collect();
        bail!("没有故事“{name}”，可选：{}", known.join("、"));
    };
    anyhow::ensure!((0.1..=60.0).contains(&speed), "--speed 应在 0.1 到 60 之间");
    let data = &target.data;
    let alone = keys::hold(data)?;
    let node = node::Node::watch(data.clone());
    // Running simulators look at the folder twice a second; the start lies just ahead of them.
    let playing = Playing { story: story.name.to_owned(), from: node.now() + 1_000, speed };
    playing.write(data)?;
    println!("{}", story.title);
    if alone.is_some() {
        let counts = devices::start(
            &Broker::parse(&target.mqtt)?,
            &keys::read(data)?,
            &node,
            devices::Faults::default(),
            |id| id == story.enterprise,
        )?;
        tokio::time::sleep(Duration::from_secs(5)).await;
        anyhow::ensure!(
            !counts.iter().any(|c| c.is_refused()),
            "平台拒绝了设备密钥：请确认 --data 指向该平台的数据文件夹"
        );
    }
    let end = playing.from + (story.seconds() * 1_000.0 / speed) as i64 + 2_000;
    while node.now() < end {
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    println!("故事的读数已发完；签收、说明和消警由人办理");
    Ok(())
}

#[cfg(test)]
mod tests;
