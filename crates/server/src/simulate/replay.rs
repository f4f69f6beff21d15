//! Replays a recorded sensor file as the readings of a device: registered first, then sent over MQTT
//! with its times moved to now.
use super::Target;
use super::gateway::{Broker, Gateway};
use super::keys::{self, Keys};
use super::node::Node;
use super::recording::{LEARNT_FROM, Recording, slug, unit};
use crate::demo::log;
use anyhow::{Context, Result, ensure};
use clap::Args;
use lines::online::api::{LimitForm, NewDevice, NewTag, add_device, register_tag};
use platform::config::Config;
use platform::{Actor, App, Ctx};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Most messages a second: the platform refuses a device that sends more than fifty.
const MOST_A_SECOND: f64 = 40.0;

/// 回放录制文件
#[derive(Debug, Args)]
pub struct Replay {
    /// 录制文件（CSV，分号分隔，第一列为时间；anomaly、changepoint 列不回放）
    pub file: PathBuf,
    /// 发到哪里
    #[command(flatten)]
    pub target: Target,
    /// 数据归到哪家企业
    #[arg(long, default_value = "E001")]
    pub enterprise: String,
    /// 设备编号；不填为 企业编号-REPLAY
    #[arg(long)]
    pub device: Option<String>,
    /// 点位归到哪个重大危险源（编号见危险源页面）；不填为该企业的第一个
    #[arg(long)]
    pub hazard_source: Option<String>,
    /// 限值取前 400 行的均值加减多少倍标准差
    #[arg(long, default_value_t = 4.0)]
    pub sigma: f64,
    /// 比录制时快多少倍
    #[arg(long, default_value_t = 1.0)]
    pub speed: f64,
}

/// A column with its tag and limits.
struct Track {
    column: usize,
    name: String,
    tag: String,
    limits: LimitForm,
}

impl Replay {
    /// Opens the node beside the running one, registers what is new as its own commands do, then sends
    /// every row at its time.
    pub async fn run(self) -> Result<()> {
        let data = self.target.data.to_string_lossy().into_owned();
        let app = crate::node::open(&Config::load(std::env::vars(), &[("data", data)])?).await?;
        let done = self.run_in(&app).await;
        app.stop().await;
        done
    }

    /// The same with a node that is open.
    pub async fn run_in(&self, app: &App) -> Result<()> {
        ensure!(self.sigma.is_finite() && self.sigma > 0.0, "--sigma 应大于 0");
        let recording = Recording::open(&self.file)?;
        let fastest = MOST_A_SECOND * recording.step() as f64 / 1_000.0;
        ensure!(
            self.speed > 0.0 && self.speed <= fastest,
            "--speed 应大于 0、不超过 {fastest}：平台限制每台设备的报文速率"
        );
        for problem in recording.problems.iter().take(20) {
            eprintln!("{problem}");
        }
        let device = self.device.clone().unwrap_or_else(|| format!("{}-REPLAY", self.enterprise));
        let tracks = self.tracks(&recording, &device);
        ensure!(!tracks.is_empty(), "所有列在前 {LEARNT_FROM} 行都没有变化，算不出限值，没有可回放的内容");
        let key = self.register(app, &recording, &device, &tracks).await?;
        self.send(&recording, &device, &tracks, &key).await
    }

    fn tracks(&self, recording: &Recording, device: &str) -> Vec<Track> {
        let columns = recording.columns.iter().enumerate();
        let track = |(column, name): (usize, &String)| {
            let Some(limits) = recording.limits(column, self.sigma) else {
                eprintln!("列 {name} 在前 {LEARNT_FROM} 行没有变化，不设点位");
                return None;
            };
            Some(Track { column, name: name.clone(), tag: format!("{device}-{}", slug(name)), limits })
        };
        columns.filter_map(track).collect()
    }

    async fn register(&self, app: &App, recording: &Recording, device: &str, tracks: &[Track]) -> Result<String> {
        let ctx = app.ctx(Actor::system());
        let key = self.key_of(&ctx, device).await?;
        let source = match &self.hazard_source {
            Some(source) => Some(source.clone()),
            None => log::hazard_sources(app.db()).await?.remove(&self.enterprise),
        };
        let known = log::subjects(app.db(), "iot.tag.registered").await?;
        let sample_s = (recording.step() as f64 / self.speed / 1_000.0).round().max(1.0) as u32;
        println!("{:<36} {:>12} {:>12} {:>12} {:>12}", "位号", "低低报", "低报", "高报", "高高报");
        for track in tracks {
            let [ll, l, h, hh] =
                [track.limits.ll, track.limits.l, track.limits.h, track.limits.hh].map(Option::unwrap_or_default);
            println!("{:<36} {ll:>12} {l:>12} {h:>12} {hh:>12}", track.tag);
            if known.contains(&format!("tag/{}", track.tag)) {
                println!("  已登记，沿用平台上的限值");
                continue;
            }
            let tag = NewTag {
                tag: track.tag.clone(),
                name: format!("{}（回放）", track.name),
                enterprise: self.enterprise.clone(),
                device: Some(device.to_owned()),
                hazard_source: source.clone(),
                metric: slug(&track.name),
                unit: unit(&track.name).to_owned(),
                sample_s,
                consequence: 2,
                limits: track.limits,
            };
            register_tag(&ctx, tag, "import").await?;
        }
        Ok(key)
    }

    /// The key of the device: on file from an earlier replay, or issued now.
    async fn key_of(&self, ctx: &Ctx, device: &str) -> Result<String> {
        let data = &self.target.data;
        if let Some(key) = keys::read(data)?.remove(device) {
            return Ok(key);
        }
        let new = NewDevice {
            id: device.to_owned(),
            name: "录制数据回放".to_owned(),
            enterprise: self.enterprise.clone(),
            model: None,
            calibration_valid_to: None,
        };
        let issued = add_device(ctx, &new).await?;
        keys::add(data, Keys::from([(device.to_owned(), issued.password.clone())])).context("设备密钥无法保存")?;
        Ok(issued.password)
    }

    async fn send(&self, recording: &Recording, device: &str, tracks: &[Track], key: &str) -> Result<()> {
        let node = Node::watch(self.target.data.clone());
        let mut gateway = Gateway::connect(&Broker::parse(&self.target.mqtt)?, device, key, node.now());
        gateway.connected(Duration::from_secs(20)).await?;
        let start = node.now();
        let seconds = recording.rows.last().map_or(0.0, |r| r.0 as f64 / 1_000.0 / self.speed);
        println!("回放 {} 行、{} 个点位，约 {seconds:.0} 秒；设备 {device}", recording.rows.len(), tracks.len());
        for (offset, row) in &recording.rows {
            let at = start + (*offset as f64 / self.speed) as i64;
            tokio::time::sleep(Duration::from_millis((at - node.now()).max(0) as u64)).await;
            let shown = tracks.iter().map(|t| (t.tag.as_str(), row.get(t.column).copied().flatten()));
            let values: Vec<(&str, f64)> = shown.filter_map(|(tag, value)| Some((tag, value?))).collect();
            if !values.is_empty() {
                gateway.send(at, &values);
            }
        }
        let settled = gateway.settled(Duration::from_secs(30)).await;
        let counts = &gateway.counts;
        println!(
            "已发送 {} 条报文、{} 个数值，平台已确认 {} 条；趋势见 监测点位 页，企业 {}",
            counts.sent.load(Ordering::Relaxed),
            counts.values.load(Ordering::Relaxed),
            counts.acknowledged.load(Ordering::Relaxed),
            self.enterprise,
        );
        ensure!(settled, "有报文没有得到平台确认：请检查平台是否在运行，再回放一次");
        Ok(())
    }
}
