//! The `[[channel]]` tables of the configuration file, read into [`Channel`]s or refused with one
//! line that names the channel, the key and the way out.
use super::guard;
use crate::config::ConfigError;
use crate::secrets::Mac;
use ipnet::IpNet;
use std::fmt;
use std::path::PathBuf;

/// Shortest secret: 16 characters are 64 bits even where it is plain hexadecimal.
const SHORTEST_SECRET: usize = 16;
const KEYS: [&str; 11] =
    ["name", "kind", "org", "events", "audience", "url", "secret", "signature", "allow", "ca", "command"];

/// Where a channel's messages go.
#[derive(Clone, Debug)]
pub enum Target {
    /// A signed POST.
    Webhook(Webhook),
    /// A program of this machine: JSON in, one JSON line out.
    Command(Vec<String>),
}

/// A signed POST to an address that was checked before it is connected to.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Address.
    pub url: reqwest::Url,
    /// Key of the signature.
    pub secret: Secret,
    /// Algorithm of the signature.
    pub mac: Mac,
    /// Private networks the operator allows by name; everything that is not public is refused
    /// unless it stands here.
    pub allow: Vec<IpNet>,
    /// The only authority trusted for this address (PEM), where it is not a public one.
    pub ca: Option<PathBuf>,
}

/// A secret that never appears in a message or log.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("（不显示）")
    }
}

/// One outside channel as the operator configured it.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Unique name; its durable cursor is kept under it.
    pub name: String,
    /// Organisation it speaks for: it gets what that organisation may see.
    pub org: String,
    /// Kinds it wants, `iot.alarm.*` or `hazard.found`; empty for all.
    pub events: Vec<String>,
    /// Whether it also gets events meant for government only. Restricted ones never leave.
    pub government_only: bool,
    /// Where it goes.
    pub target: Target,
}

impl Channel {
    /// Whether it wants events of this kind.
    pub fn wants(&self, kind: &str) -> bool {
        self.events.is_empty()
            || self.events.iter().any(|wanted| match wanted.strip_suffix('*') {
                Some(start) => kind.starts_with(start),
                None => kind == wanted,
            })
    }
}

/// Reads the array of channels of a configuration file.
///
/// # Errors
/// [`ConfigError`] for an unknown or missing key, a wrong value, or a name given twice.
pub fn parse(channels: &toml::Value) -> Result<Vec<Channel>, ConfigError> {
    let tables = channels.as_array().ok_or_else(|| wrong("?", "channel", "每个通道写成一个 [[channel]] 表"))?;
    let mut parsed: Vec<Channel> = vec![];
    for table in tables {
        let table = table.as_table().ok_or_else(|| wrong("?", "channel", "每个通道写成一个 [[channel]] 表"))?;
        let channel = Reader { table, name: name_of(table)? }.channel()?;
        if parsed.iter().any(|p| p.name == channel.name) {
            return Err(wrong(&channel.name, "name", "重名：每个通道要有自己的名字"));
        }
        parsed.push(channel);
    }
    Ok(parsed)
}

fn wrong(channel: &str, key: &str, what_to_do: &str) -> ConfigError {
    ConfigError(format!("外部通道 {channel} 的 {key} 不对：{what_to_do}"))
}

fn name_of(table: &toml::Table) -> Result<String, ConfigError> {
    let name = table.get("name").and_then(toml::Value::as_str).unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
        return Err(wrong(name, "name", "必填，只能用小写字母、数字和 -，不超过 40 个字符"));
    }
    Ok(name.to_owned())
}

struct Reader<'a> {
    table: &'a toml::Table,
    name: String,
}

impl Reader<'_> {
    fn wrong(&self, key: &str, what_to_do: &str) -> ConfigError {
        wrong(&self.name, key, what_to_do)
    }

    fn text(&self, key: &str) -> Result<Option<&str>, ConfigError> {
        match self.table.get(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.trim())),
            Some(_) => Err(self.wrong(key, "应为不空的文字")),
        }
    }

    fn required(&self, key: &str) -> Result<&str, ConfigError> {
        self.text(key)?.ok_or_else(|| self.wrong(key, "必填"))
    }

    fn texts(&self, key: &str) -> Result<Vec<String>, ConfigError> {
        let Some(value) = self.table.get(key) else { return Ok(vec![]) };
        let items = value.as_array().into_iter().flatten().map(|v| v.as_str().map(str::to_owned));
        let texts: Option<Vec<String>> = items.collect();
        texts.filter(|t| !t.is_empty()).ok_or_else(|| self.wrong(key, "应为文字的列表，如 [\"a\", \"b\"]"))
    }

    fn channel(&self) -> Result<Channel, ConfigError> {
        if let Some(key) = self.table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(self.wrong(key, "没有这一项：请检查拼写，或删去这一行"));
        }
        let target = match self.required("kind")? {
            "webhook" => Target::Webhook(self.webhook()?),
            "command" => Target::Command(self.command()?),
            _ => return Err(self.wrong("kind", "只能是 webhook 或 command")),
        };
        let government_only = match self.text("audience")?.unwrap_or("parties") {
            "parties" => false,
            "gov" => true,
            _ => return Err(self.wrong("audience", "只能是 parties（各方可见）或 gov（另加仅政府可见）")),
        };
        Ok(Channel {
            name: self.name.clone(),
            org: self.required("org")?.to_owned(),
            events: self.events()?,
            government_only,
            target,
        })
    }

    fn events(&self) -> Result<Vec<String>, ConfigError> {
        let events = self.texts("events")?;
        let known = |wanted: &str| match wanted.strip_suffix('*') {
            Some(start) => events::known().any(|k| k.kind.starts_with(start)),
            None => events::info(wanted).is_some(),
        };
        match events.iter().find(|wanted| !known(wanted)) {
            Some(wanted) => {
                Err(self.wrong("events", &format!("没有事件 {wanted}：写全名，或以 * 结尾，如 iot.alarm.*")))
            }
            None => Ok(events),
        }
    }

    fn command(&self) -> Result<Vec<String>, ConfigError> {
        let command = self.texts("command")?;
        match command.first() {
            Some(program) if program.starts_with('/') => Ok(command),
            _ => Err(self.wrong("command", "必填，第一项是程序的完整路径，如 [\"/usr/local/bin/anlan-sms\"]")),
        }
    }

    fn webhook(&self) -> Result<Webhook, ConfigError> {
        let allow: Result<Vec<IpNet>, ConfigError> = self
            .texts("allow")?
            .iter()
            .map(|net| {
                guard::network(net).ok_or_else(|| self.wrong("allow", &format!("{net} 不是网段，应如 10.20.0.0/16")))
            })
            .collect();
        let allow = allow?;
        let url: reqwest::Url = self.required("url")?.parse().map_err(|_| self.wrong("url", "不是网址"))?;
        guard::check_url(&url, &allow).map_err(|what_to_do| self.wrong("url", &what_to_do))?;
        let secret = self.required("secret")?;
        if secret.chars().count() < SHORTEST_SECRET {
            return Err(self.wrong("secret", "至少 16 个字符：与接收方约定一个随机的长密钥"));
        }
        let mac = match self.text("signature")?.unwrap_or("hmac-sm3") {
            "hmac-sm3" => Mac::Sm3,
            "hmac-sha256" => Mac::Sha256,
            _ => return Err(self.wrong("signature", "只能是 hmac-sm3 或 hmac-sha256")),
        };
        let ca = self.text("ca")?.map(PathBuf::from);
        Ok(Webhook { url, secret: Secret(secret.to_owned()), mac, allow, ca })
    }
}
