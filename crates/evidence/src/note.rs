//! Signed notes (C2SP signed-note) with note signatures and timestamped cosignatures.

use std::fmt;

use crate::key::{Role, SigningKey, VerifierKey};
use crate::text::{base64, from_base64, is_key_name, no_control_characters};
use crate::{Error, Result};

/// Most signature lines read. The specification asks for at least 16; several insurers and
/// parks may each run a witness.
pub const MAX_SIGNATURES: usize = 100;

const WHAT: &str = "签名文本";

/// One signature line: `— <key name> base64(key ID ‖ signature)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Key name.
    pub name: String,
    /// Key ID.
    pub id: [u8; 4],
    /// What follows the key ID: a signature, or time and signature.
    pub bytes: Vec<u8>,
}

impl Line {
    /// A note signature line for signature bytes made elsewhere, such as in an HSM, over the
    /// note text. For a witness `time` is the time in the [`cosignature_message`] it signed.
    pub fn new(key: &VerifierKey, time: Option<u64>, signature: &[u8]) -> Self {
        let bytes = match time {
            None => signature.to_vec(),
            Some(time) => [&time.to_be_bytes(), signature].concat(),
        };
        Self { name: key.name().to_owned(), id: key.id(), bytes }
    }

    /// Reads one line without its newline.
    pub fn parse(line: &str) -> Result<Self> {
        let bad = |why: &str| Error::new(WHAT, format!("签名行“{line}”{why}"));
        let rest = line.strip_prefix("— ").ok_or_else(|| bad("应以“— ”开头"))?;
        let (name, signature) = rest.split_once(' ').ok_or_else(|| bad("缺少签名"))?;
        if !is_key_name(name) {
            return Err(bad("的密钥名为空，或含空格、加号"));
        }
        let signature = from_base64(signature).ok_or_else(|| bad("的签名不是 base64"))?;
        let (id, bytes) = signature.split_first_chunk::<4>().ok_or_else(|| bad("的签名过短"))?;
        if bytes.is_empty() {
            return Err(bad("的签名过短"));
        }
        Ok(Self { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
    }

    /// Whether name and ID are those of `key`.
    pub fn is_by(&self, key: &VerifierKey) -> bool {
        self.name == key.name() && self.id == key.id()
    }

    /// Verifies the line as one made by `key` over the note `text`. Gives the time of a
    /// cosignature, nothing for a log's signature.
    pub fn verify(&self, key: &VerifierKey, text: &str) -> Result<Option<u64>> {
        let (time, valid) = match key.role() {
            Role::Log => (None, key.verify(text.as_bytes(), &self.bytes)),
            Role::Witness => match self.bytes.split_first_chunk::<8>() {
                Some((time, signature)) => {
                    let time = u64::from_be_bytes(*time);
                    let in_range = i64::try_from(time).is_ok();
                    let message = cosignature_message(text, time);
                    (Some(time), in_range && key.verify(message.as_bytes(), signature))
                }
                None => (None, false),
            },
        };
        if !valid || !self.is_by(key) {
            return Err(Error::new(WHAT, format!("“{}”的签名无效，整份文本不可信", key.name())));
        }
        Ok(time)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "— {} {}", self.name, base64(&[&self.id, &self.bytes[..]].concat()))
    }
}

/// What a witness signs (C2SP tlog-cosignature v1): *at this time, this was the largest
/// consistent head I had seen for this origin.* `time` is in Unix seconds.
pub fn cosignature_message(body: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{body}")
}

impl SigningKey {
    /// Signs a note text with a log key.
    pub fn sign_note(&self, text: &str) -> Result<Line> {
        self.expect_role(Role::Log)?;
        Ok(Line::new(self.verifier(), None, &self.sign(text.as_bytes())))
    }

    /// Cosigns a checkpoint body with a witness key at `time`, Unix seconds.
    pub fn cosign(&self, body: &str, time: u64) -> Result<Line> {
        self.expect_role(Role::Witness)?;
        let signature = self.sign(cosignature_message(body, time).as_bytes());
        Ok(Line::new(self.verifier(), Some(time), &signature))
    }

    fn expect_role(&self, role: Role) -> Result<()> {
        if self.verifier().role() == role {
            return Ok(());
        }
        let why = format!("“{}”的用途不对：日志密钥与见证密钥不可互用", self.verifier().name());
        Err(Error::new("密钥", why))
    }
}

/// A signed note: text and signature lines, read but not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The text, including its final newline.
    pub text: String,
    /// The signature lines in order.
    pub lines: Vec<Line>,
}

/// A key of the caller's list that signed a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    /// Position in the caller's list of keys.
    pub key: usize,
    /// Time of the cosignature in Unix seconds, the earliest if there are several.
    pub time: Option<u64>,
}

impl Note {
    /// Reads a note strictly: text, blank line, one or more signature lines, each `\n`-ended.
    pub fn parse(note: &str) -> Result<Self> {
        no_control_characters(WHAT, note)?;
        let bad = |why: &str| Error::new(WHAT, why);
        let split = note.rfind("\n\n").ok_or_else(|| bad("缺少正文与签名之间的空行"))?;
        let (text, lines) = (note.get(..=split), note.get(split + 2..));
        let (Some(text), Some(lines)) = (text, lines.and_then(|l| l.strip_suffix('\n'))) else {
            return Err(bad("没有签名行，或最后一行缺少换行"));
        };
        if text == "\n" {
            return Err(bad("正文为空"));
        }
        if lines.split('\n').count() > MAX_SIGNATURES {
            return Err(bad("签名行过多"));
        }
        let lines = lines.split('\n').map(Line::parse).collect::<Result<_>>()?;
        Ok(Self { text: text.to_owned(), lines })
    }

    /// Verifies the signatures of the known `keys`. Unknown keys are ignored; a known key
    /// whose signature fails spoils the whole note; each key counts once; at least one must
    /// have signed.
    pub fn verify(&self, keys: &[&VerifierKey]) -> Result<Vec<Signed>> {
        let mut signed: Vec<Signed> = Vec::new();
        for line in &self.lines {
            let Some(key) = keys.iter().position(|k| line.is_by(k)) else {
                continue;
            };
            let Some(verifier) = keys.get(key) else {
                continue;
            };
            let time = line.verify(verifier, &self.text)?;
            match signed.iter_mut().find(|s| s.key == key) {
                Some(before) => before.time = before.time.min(time),
                None => signed.push(Signed { key, time }),
            }
        }
        if signed.is_empty() {
            return Err(Error::new(WHAT, "没有任何已知密钥的签名"));
        }
        Ok(signed)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests;
