//! From text to the value of a setting, or what to write instead.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// Format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

/// Who keeps a clock right; recorded in every event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSource {
    /// A time server.
    Ntp,
    /// The device itself.
    Device,
    /// Nobody said.
    Unknown,
}

impl ClockSource {
    /// The word of the event envelope.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ntp => "ntp",
            Self::Device => "device",
            Self::Unknown => "unknown",
        }
    }
}

pub fn path(text: &str) -> Result<PathBuf, String> {
    if text.contains('\0') { Err("路径里不能有空字符".to_owned()) } else { Ok(PathBuf::from(text)) }
}

pub fn yes_no(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("只能是 true 或 false".to_owned()),
    }
}

pub fn count(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|n| (1..=1_000).contains(n)).ok_or_else(|| "应为 1 到 1000 的整数".to_owned())
}

/// Days of history: bounded, because loading takes time and room.
pub fn days(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|n| *n <= 730).ok_or_else(|| "写 0 到 730 之间的整数".to_owned())
}

pub fn duration(text: &str) -> Result<Duration, String> {
    let help = || "应为大于零的时长，如 90s、30m、12h 或 7d".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(help)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(help()),
    };
    // A year is longer than anything these settings can sensibly mean.
    let number: u64 = number.trim().parse().ok().filter(|n| (1..=31_536_000).contains(n)).ok_or_else(help)?;
    Some(Duration::from_secs(number * seconds)).filter(|d| d.as_secs() <= 31_536_000).ok_or_else(help)
}

pub fn address(text: &str) -> Result<SocketAddr, String> {
    let help = || "应为 地址:端口，如 127.0.0.1:8443 或 [::1]:8443".to_owned();
    if let Some(port) = text.strip_prefix("localhost:") {
        return port.parse().map(|port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)).map_err(|_| help());
    }
    text.parse().map_err(|_| help())
}

pub fn address_or_off(text: &str) -> Result<Option<SocketAddr>, String> {
    if text == "off" { Ok(None) } else { address(text).map(Some).map_err(|help| format!("{help}，或 off")) }
}

pub fn database(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
    match host {
        Some(rest) if !rest.is_empty() => Ok(text.to_owned()),
        _ => Err("应为 postgres://用户:口令@主机/库名；留空则用数据文件夹里的 SQLite".to_owned()),
    }
}

pub fn nats(text: &str) -> Result<String, String> {
    let known = text.starts_with("nats://") || text.starts_with("tls://");
    if known { Ok(text.to_owned()) } else { Err("应为 nats://主机:端口 或 tls://主机:端口".to_owned()) }
}

pub fn public_url(text: &str) -> Result<String, String> {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"].iter().any(|start| text.starts_with(start));
    let blank = text.chars().any(char::is_whitespace);
    if (text.starts_with("https://") || local) && !blank {
        return Ok(text.trim_end_matches('/').to_owned());
    }
    Err("应以 https:// 开头，如 https://anlan.example".to_owned())
}

pub fn node(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.chars().all(allowed) && text.len() <= 40 {
        Ok(text.to_owned())
    } else {
        Err("只能用小写字母、数字和 -，不超过 40 个字符".to_owned())
    }
}

pub fn names(text: &str) -> Result<Vec<String>, String> {
    let names: Vec<String> =
        text.split([',', '，']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_lowercase).collect();
    let host = |name: &str| {
        name.len() <= 253
            && name.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            })
    };
    match names.iter().find(|name| name.parse::<IpAddr>().is_err() && !host(name)) {
        Some(name) => Err(format!("「{name}」既不是域名也不是 IP 地址；多个用逗号分开，不带 https:// 和端口")),
        None => Ok(names),
    }
}

pub fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("只能是 text 或 json".to_owned()),
    }
}

pub fn token(text: &str) -> Result<String, String> {
    if text.chars().count() >= 16 {
        Ok(text.to_owned())
    } else {
        Err("至少 16 个字符，如 openssl rand -hex 16 的输出".to_owned())
    }
}

pub fn clock_source(text: &str) -> Result<ClockSource, String> {
    [ClockSource::Ntp, ClockSource::Device, ClockSource::Unknown]
        .into_iter()
        .find(|source| source.as_str() == text)
        .ok_or_else(|| "只能是 ntp、device 或 unknown".to_owned())
}
