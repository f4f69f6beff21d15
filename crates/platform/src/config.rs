//! Configuration of a node: defaults, then a TOML file, then `ANLAN_*` variables, then flags; the
//! later wins. Every setting is a row of [`SETTINGS`], so that its name, default and meaning are
//! written once. A wrong value stops the start with one line that names the setting, the value,
//! where it came from and what to do.

mod listen;
mod parse;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use crate::channels::{self, Channel};
pub use listen::{Address, Bound};
pub use parse::{ClockSource, LogFormat};
use values::Values;

/// One setting. Its variable is [`Setting::variable`], its flag [`Setting::flag`]; in the TOML
/// file a dot begins a table (`session.idle` is `idle` under `[session]`).
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Name, as in the TOML file.
    pub key: &'static str,
    /// Value when nobody says anything; empty means not set.
    pub default: &'static str,
    /// What it does, in Chinese.
    pub meaning: &'static str,
    /// Whether its value must not appear in messages and logs.
    pub secret: bool,
}

impl Setting {
    const fn new(key: &'static str, default: &'static str, meaning: &'static str) -> Self {
        Self { key, default, meaning, secret: false }
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The environment variable: `ANLAN_SESSION_IDLE`.
    pub fn variable(&self) -> String {
        format!("ANLAN_{}", self.key.to_uppercase().replace('.', "_"))
    }

    /// The flag: `--session-idle`.
    pub fn flag(&self) -> String {
        format!("--{}", self.key.replace(['.', '_'], "-"))
    }
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    Setting::new("data", "anlan-data", "数据文件夹：数据库、文件、证书都在里面"),
    Setting::new("database", "", "留空用数据文件夹里的 SQLite；或 postgres://用户:口令@主机/库名").secret(),
    Setting::new("node", "node1", "节点名，写入每个事件的来源；小写字母、数字和 -"),
    Setting::new("listen", "127.0.0.1:8443", "HTTPS 地址；要让手机和其他电脑访问，写 0.0.0.0:8443"),
    Setting::new("http", "127.0.0.1:8080", "本机明文 HTTP 地址，只能是回环地址；off 为不开"),
    Setting::new("mqtt", "127.0.0.1:1883", "MQTT 地址（不加密，只应在本机或专网）；off 为不开"),
    Setting::new("mqtts", "127.0.0.1:8883", "MQTT over TLS 地址；off 为不开"),
    Setting::new("nats", "", "多节点时的 NATS 地址，如 nats://10.0.0.5:4222；留空不用"),
    Setting::new("public_url", "", "二维码和通知里用的网址，如 https://anlan.example；留空按 HTTPS 地址推出"),
    Setting::new("demo", "false", "装入虚构的岚江县并打印演示账号；真实数据的节点不能开"),
    Setting::new("demo_days", "30", "演示县装入多少天的监测与报警历史；0 只装登记信息"),
    Setting::new("tls.cert", "", "自备证书链（PEM）；留空由节点自建本地根证书"),
    Setting::new("tls.key", "", "自备证书的私钥（PEM），与 tls.cert 同时给出"),
    Setting::new("tls.names", "", "本地证书另加的域名和局域网地址，用逗号分开"),
    Setting::new("anchor", "", "锚定程序及参数，如 scripts/anchor-rfc3161 CA.pem https://可信时间戳/；留空不锚定"),
    Setting::new("log.format", "text", "日志格式：text 给人看，json 给程序收"),
    Setting::new("log.filter", "info", "日志级别，如 info 或 info,sqlx=warn"),
    Setting::new("session.idle", "30m", "多久没有操作就要重新登录"),
    Setting::new("session.lifetime", "12h", "登录后最长多久要重新登录"),
    Setting::new("lockout.failures", "5", "连续输错几次口令锁定账号"),
    Setting::new("lockout.duration", "15m", "锁定多久"),
    Setting::new("metrics.token", "", "从别的机器读取 /metrics 的令牌；留空只许本机读取").secret(),
    Setting::new("clock.source", "unknown", "本机时钟由谁校准：ntp、device 或 unknown，写入每个事件"),
    Setting::new("clock.tick", "1s", "检查各类时限（签收、整改、上报）的间隔"),
    Setting::new("clock.device_skew", "5m", "设备时间与本机相差多少以内按实时读数处理"),
    Setting::new("device.rate", "50", "每台设备每秒最多报多少条报文，停歇后可连发十倍；超出的拒收并记录"),
];

/// The configuration of a node.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder that holds everything of an embedded node.
    pub data: PathBuf,
    /// URL of PostgreSQL; nothing means SQLite inside `data`.
    pub database: Option<String>,
    /// Name of the node, part of every event's source.
    pub node: String,
    /// HTTPS.
    pub listen: Address,
    /// Plain HTTP, loopback only.
    pub http: Option<Address>,
    /// MQTT without TLS.
    pub mqtt: Option<Address>,
    /// MQTT over TLS.
    pub mqtts: Option<Address>,
    /// URL of NATS.
    pub nats: Option<String>,
    /// Address people and phones use, without a slash at its end.
    pub public_url: Option<String>,
    /// Whether this is a demonstration with invented data.
    pub demo: bool,
    /// Days of history that a demonstration loads.
    pub demo_days: u32,
    /// The customer's own certificate chain and key, both PEM.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Further names and addresses of the local certificate.
    pub tls_names: Vec<String>,
    /// Program that anchors witnessed heads elsewhere, with its arguments.
    pub anchor: Option<Vec<String>>,
    /// Format of the log.
    pub log_format: LogFormat,
    /// Filter of the log.
    pub log_filter: String,
    /// A session ends after so long without a request.
    pub session_idle: Duration,
    /// A session ends so long after login in any case.
    pub session_lifetime: Duration,
    /// So many wrong passwords in a row lock an account.
    pub lockout_failures: u32,
    /// How long an account stays locked.
    pub lockout_duration: Duration,
    /// Token for `/metrics` from other machines.
    pub metrics_token: Option<String>,
    /// Who keeps this machine's clock right.
    pub clock_source: ClockSource,
    /// How often due times are checked.
    pub clock_tick: Duration,
    /// How far a device's time may be off for a reading to count as live.
    pub device_skew: Duration,
    /// How many messages a second one device may send in the long run.
    pub device_rate: u32,
    /// Outside channels, from the `[[channel]]` tables of the file.
    pub channels: Vec<Channel>,
    /// Things to say at start: variables that look like settings and are none.
    pub warnings: Vec<String>,
}

/// A wrong setting: one line that says which, what and how to put it right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl Config {
    /// Reads the configuration. `flags` are pairs of setting name and value as the command line
    /// gave them; the pair `config`, or the variable `ANLAN_CONFIG`, names the TOML file.
    ///
    /// # Errors
    /// [`ConfigError`] for an unreadable file, an unknown name in it, or any wrong value.
    pub fn load(
        variables: impl IntoIterator<Item = (String, String)>,
        flags: &[(&str, String)],
    ) -> Result<Self, ConfigError> {
        let values = Values::gather(variables, flags)?;
        let config = Self::from_values(&values)?;
        config.check(&values)?;
        Ok(config)
    }

    fn from_values(values: &Values) -> Result<Self, ConfigError> {
        let cert = values.optional("tls.cert", parse::path)?;
        let key = values.optional("tls.key", parse::path)?;
        Ok(Self {
            data: values.get("data", parse::path)?,
            database: values.optional("database", parse::database)?,
            node: values.get("node", parse::node)?,
            listen: values.address("listen")?,
            http: values.switchable("http")?,
            mqtt: values.switchable("mqtt")?,
            mqtts: values.switchable("mqtts")?,
            nats: values.optional("nats", parse::nats)?,
            public_url: values.optional("public_url", parse::public_url)?,
            demo: values.get("demo", parse::yes_no)?,
            demo_days: values.get("demo_days", parse::days)?,
            certificate: cert.zip(key),
            tls_names: values.optional("tls.names", parse::names)?.unwrap_or_default(),
            anchor: values.optional("anchor", |text| Ok(text.split_whitespace().map(str::to_owned).collect()))?,
            log_format: values.get("log.format", parse::log_format)?,
            log_filter: values.get("log.filter", |text| Ok(text.to_owned()))?,
            session_idle: values.get("session.idle", parse::duration)?,
            session_lifetime: values.get("session.lifetime", parse::duration)?,
            lockout_failures: values.get("lockout.failures", parse::count)?,
            lockout_duration: values.get("lockout.duration", parse::duration)?,
            metrics_token: values.optional("metrics.token", parse::token)?,
            clock_source: values.get("clock.source", parse::clock_source)?,
            clock_tick: values.get("clock.tick", parse::duration)?,
            device_skew: values.get("clock.device_skew", parse::duration)?,
            device_rate: values.get("device.rate", parse::count)?,
            channels: values.channels.as_ref().map(channels::parse).transpose()?.unwrap_or_default(),
            warnings: values.warnings.clone(),
        })
    }

    /// What only several settings together can get wrong.
    fn check(&self, values: &Values) -> Result<(), ConfigError> {
        if self.http.as_ref().is_some_and(|http| !http.socket.ip().is_loopback()) {
            return Err(
                values.wrong("http", "明文 HTTP 只能开在本机：改为 127.0.0.1:端口 或 off；对外请用 listen（HTTPS）")
            );
        }
        for (one, other) in [("tls.cert", "tls.key"), ("tls.key", "tls.cert")] {
            if values.is_set(one) && !values.is_set(other) {
                return Err(values.wrong(one, &format!("还缺 {other}：自备证书和私钥要同时给出，或都留空")));
            }
        }
        if self.session_idle > self.session_lifetime {
            return Err(values.wrong("session.idle", "不能比 session.lifetime 长：缩短它，或加长 session.lifetime"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
