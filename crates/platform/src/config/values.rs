//! The raw values of all settings and where each came from.

use std::collections::HashMap;
use std::fmt;

use super::parse::{address, address_or_off};
use super::{Address, ConfigError, SETTINGS, Setting};

/// Variables of the test runner and the like, which are no settings and no mistakes either.
const OTHER_VARIABLES: [&str; 2] = ["ANLAN_TEST_", "ANLAN_CONFIG"];

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    Default,
    File(String),
    Variable(String),
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("默认值"),
            Self::File(name) => write!(f, "来自文件 {name}"),
            Self::Variable(name) => write!(f, "来自环境变量 {name}"),
            Self::Flag(name) => write!(f, "来自参数 {name}"),
        }
    }
}

/// Value and origin of every setting.
pub struct Values {
    given: HashMap<&'static str, (String, Origin)>,
    /// The `[[channel]]` tables of the file, which only a file can hold.
    pub channels: Option<toml::Value>,
    pub warnings: Vec<String>,
}

fn setting(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

impl Values {
    /// Lays file, variables and flags over the defaults.
    pub fn gather(
        variables: impl IntoIterator<Item = (String, String)>,
        flags: &[(&str, String)],
    ) -> Result<Self, ConfigError> {
        let variables: HashMap<String, String> =
            variables.into_iter().filter(|(name, _)| name.starts_with("ANLAN_")).collect();
        let defaults = SETTINGS.iter().map(|s| (s.key, (s.default.to_owned(), Origin::Default)));
        let mut values = Self { given: defaults.collect(), channels: None, warnings: Vec::new() };
        let file = flags.iter().find(|(key, _)| *key == "config").map(|(_, file)| file);
        if let Some(file) = file.or_else(|| variables.get("ANLAN_CONFIG")) {
            values.read_file(file)?;
        }
        values.read_variables(&variables);
        for (key, value) in flags.iter().filter(|(key, _)| *key != "config") {
            let setting = setting(key).ok_or_else(|| ConfigError(format!("没有名为 {key} 的设置")))?;
            values.set(setting, value, Origin::Flag(setting.flag()));
        }
        Ok(values)
    }

    fn set(&mut self, setting: &Setting, value: &str, origin: Origin) {
        self.given.insert(setting.key, (value.trim().to_owned(), origin));
    }

    fn read_variables(&mut self, variables: &HashMap<String, String>) {
        for setting in SETTINGS {
            if let Some(value) = variables.get(&setting.variable()) {
                self.set(setting, value, Origin::Variable(setting.variable()));
            }
        }
        let known = |name: &str| {
            SETTINGS.iter().any(|s| s.variable() == name) || OTHER_VARIABLES.iter().any(|other| name.starts_with(other))
        };
        let mut unknown: Vec<_> = variables.keys().filter(|name| !known(name)).collect();
        unknown.sort();
        self.warnings.extend(unknown.iter().map(|name| format!("环境变量 {name} 不是任何设置，已忽略：请检查拼写")));
    }

    fn read_file(&mut self, file: &str) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|e| ConfigError(format!("读不到配置文件 {file}（{e}）：请检查路径和权限")))?;
        let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
            let line =
                e.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.matches('\n').count() + 1);
            let message = e.message().replace('\n', "；");
            ConfigError(format!(
                "配置文件 {file} 第 {line} 行不是正确的 TOML（{message}）：文字要加引号，如 listen = \"0.0.0.0:8443\""
            ))
        })?;
        self.read_table(file, "", &table)
    }

    fn read_table(&mut self, file: &str, prefix: &str, table: &toml::Table) -> Result<(), ConfigError> {
        for (name, value) in table {
            let key = format!("{prefix}{name}");
            match (value, setting(&key)) {
                (channels, None) if key == "channel" => self.channels = Some(channels.clone()),
                (toml::Value::Table(inner), None) => self.read_table(file, &format!("{key}."), inner)?,
                (value, Some(setting)) => self.set(setting, &plain(value), Origin::File(file.to_owned())),
                (_, None) => {
                    return Err(ConfigError(format!(
                        "配置文件 {file} 里的 {key} 不是任何设置：请检查拼写，或删去这一行"
                    )));
                }
            }
        }
        Ok(())
    }

    fn raw(&self, key: &str) -> (&str, &Origin) {
        self.given.get(key).map_or(("", &Origin::Default), |(value, origin)| (value.as_str(), origin))
    }

    /// Whether a setting has a value.
    pub fn is_set(&self, key: &str) -> bool {
        !self.raw(key).0.is_empty()
    }

    /// The one line about a wrong setting.
    pub fn wrong(&self, key: &str, what_to_do: &str) -> ConfigError {
        let (value, origin) = self.raw(key);
        let shown = if setting(key).is_some_and(|s| s.secret) { "（不显示）" } else { value };
        ConfigError(format!("设置 {key} = {shown}（{origin}）不对：{what_to_do}"))
    }

    /// A setting that must have a value.
    pub fn get<T>(&self, key: &str, parse: fn(&str) -> Result<T, String>) -> Result<T, ConfigError> {
        let (value, _) = self.raw(key);
        if value.is_empty() {
            return Err(self.wrong(key, "不能留空"));
        }
        parse(value).map_err(|what_to_do| self.wrong(key, &what_to_do))
    }

    /// A setting that may be left out.
    pub fn optional<T>(&self, key: &str, parse: fn(&str) -> Result<T, String>) -> Result<Option<T>, ConfigError> {
        if self.is_set(key) { self.get(key, parse).map(Some) } else { Ok(None) }
    }

    /// An address; it is explicit when anybody but the default gave it.
    pub fn address(&self, key: &'static str) -> Result<Address, ConfigError> {
        let explicit = *self.raw(key).1 != Origin::Default;
        Ok(Address { setting: key, socket: self.get(key, address)?, explicit })
    }

    /// An address that may be `off`.
    pub fn switchable(&self, key: &'static str) -> Result<Option<Address>, ConfigError> {
        match self.get(key, address_or_off)? {
            None => Ok(None),
            Some(_) => self.address(key).map(Some),
        }
    }
}

/// A TOML value as the text a variable would carry.
fn plain(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
