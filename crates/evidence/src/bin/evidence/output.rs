//! What a command found, printed for a person or as JSON, and the exit code.

use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

/// A command that could examine what it was given.
pub(crate) struct Output {
    /// Whether it holds: exit code 0 or 1.
    pub(crate) valid: bool,
    /// For a person.
    pub(crate) text: String,
    /// For a program; `valid` is added.
    pub(crate) json: Value,
}

impl Output {
    pub(crate) fn valid(text: String, json: Value) -> Self {
        Self { valid: true, text, json }
    }
}

/// A command that stopped.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Examined and not valid: exit code 1.
    Invalid(evidence::Error),
    /// Could not be examined: exit code 2.
    Unusable(String),
}

impl From<evidence::Error> for Failure {
    fn from(error: evidence::Error) -> Self {
        Failure::Invalid(error)
    }
}

pub(crate) type Outcome = Result<Output, Failure>;

/// An error in what the user configured, as opposed to what is being examined.
pub(crate) fn unusable(why: impl std::fmt::Display) -> Failure {
    Failure::Unusable(why.to_string())
}

/// Reads a file; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let outcome = if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(path).map(|content| bytes = content)
    };
    outcome.map_err(|e| unusable(format!("读不出文件 {}（{e}），请检查路径与权限", path.display())))?;
    Ok(bytes)
}

/// Unix seconds as Beijing time, the legal time of the records' readers.
pub(crate) fn beijing(seconds: u64) -> String {
    let zone = FixedOffset::east_opt(8 * 3600);
    let time = i64::try_from(seconds).ok().and_then(|s| DateTime::from_timestamp(s, 0));
    match (time, zone) {
        (Some(time), Some(zone)) => {
            format!("{}（北京时间）", time.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S"))
        }
        _ => format!("Unix 秒 {seconds}"),
    }
}

/// Prints the outcome and gives the exit code. A closed pipe is no reason to panic.
pub(crate) fn print(outcome: Outcome, as_json: bool) -> ExitCode {
    let (code, text, mut json, message) = match outcome {
        Ok(output) => (u8::from(!output.valid), output.text, output.json, None),
        Err(Failure::Invalid(error)) => {
            let json = json!({"error": {"what": error.what(), "why": error.why()}});
            (1, String::new(), json, Some(format!("无效：{error}")))
        }
        Err(Failure::Unusable(why)) => {
            let json = json!({"error": {"what": "用法", "why": why}});
            (2, String::new(), json, Some(format!("无法检查：{why}")))
        }
    };
    if let Some(message) = message {
        let _ = writeln!(std::io::stderr(), "{message}");
    }
    if as_json {
        if let Value::Object(map) = &mut json {
            map.insert("valid".to_owned(), if code == 2 { Value::Null } else { Value::Bool(code == 0) });
        }
        let _ = writeln!(std::io::stdout(), "{json:#}");
    } else if !text.is_empty() {
        let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    }
    ExitCode::from(code)
}
