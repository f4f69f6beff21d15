//! Opens a node from its configuration: for `serve`, and for the commands that work beside it.
use anyhow::{Context, Result, bail};
use platform::config::Config;
use platform::{App, Db, Policy, Setup, Source};
use std::fs::File;

/// Opens the node's database and starts the parts, without background work and listeners.
pub async fn open(config: &Config) -> Result<App> {
    std::fs::create_dir_all(&config.data).with_context(|| format!("无法建立数据文件夹 {}", config.data.display()))?;
    let db = match &config.database {
        Some(url) => Db::postgres(url).await.context("无法连接 PostgreSQL：请检查 database 设置")?,
        None => Db::sqlite(&config.data.join("anlan.sqlite")).await.context("无法打开数据库文件")?,
    };
    let ms = |d: std::time::Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
    let setup = Setup {
        db,
        source: Source::system(),
        node: config.node.clone(),
        data: config.data.clone(),
        parts: crate::parts::all(),
        demo: config.demo,
        policy: Policy {
            session_idle_ms: ms(config.session_idle),
            session_lifetime_ms: ms(config.session_lifetime),
            lockout_failures: i64::from(config.lockout_failures),
            lockout_ms: ms(config.lockout_duration),
            tick: config.clock_tick.min(std::time::Duration::from_millis(250)),
            clock: config.clock_source.as_str(),
        },
    };
    Ok(App::start(setup).await?)
}

/// Holds the data folder for one serving process.
pub struct Hold(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

/// Refuses a second serving process on the same folder: two would answer for one log.
pub fn hold(config: &Config) -> Result<Hold> {
    std::fs::create_dir_all(&config.data)?;
    let path = config.data.join("anlan.lock");
    let file = File::create(&path).with_context(|| format!("无法写入 {}", path.display()))?;
    if file.try_lock().is_err() {
        bail!("数据文件夹 {} 已有一个正在运行的节点：请先停止它，或换一个 --data", config.data.display());
    }
    Ok(Hold(file))
}
