//! Salted disclosures (RFC 9901, SD-JWT §4.2): personal data stays outside the log.
//!
//! The entry carries only digests, in sorted `_sd` lists. A disclosure kept elsewhere opens
//! one of them. When disclosure and salt are erased the digest can neither be opened nor
//! guessed, and every proof still verifies. `_sd_alg` "sm3" is our own value; RFC 9901
//! lets a profile define it.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD as B64URL, Engine as _};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

use crate::{Error, Result, Suite, json};

const WHAT: &str = "披露项";

/// One opened value: random salt, claim name, value.
#[derive(Debug, Clone, PartialEq)]
pub struct Disclosure {
    /// At least 128 random bits, base64url, never used for two claims.
    pub salt: String,
    /// Claim name.
    pub name: String,
    /// Claim value.
    pub value: Value,
}

impl Disclosure {
    /// A disclosure with 16 random bytes, which the caller draws.
    pub fn new(salt: &[u8; 16], name: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { salt: B64URL.encode(salt), name: name.into(), value: value.into() }
    }

    /// RFC 9901 §4.2.1: base64url of the JSON array `[salt, name, value]`. Store this
    /// string: its digest is over these exact characters.
    pub fn encode(&self) -> String {
        let json = serde_json::json!([self.salt, self.name, self.value]);
        B64URL.encode(json.to_string())
    }

    /// RFC 9901 §4.2.3: base64url of the hash over the encoded string.
    pub fn digest(&self, suite: Suite) -> String {
        digest_of(suite, &self.encode())
    }

    /// Reads an encoded disclosure. The digest of a foreign one must be taken over the text
    /// as received ([`Disclosed::open`] does), because other JSON writers space differently.
    pub fn decode(encoded: &str) -> Result<Self> {
        let bytes = B64URL.decode(encoded).map_err(|_| Error::new(WHAT, "不是 base64url 文本"))?;
        let Value::Array(parts) = json::parse(WHAT, &bytes)? else {
            return Err(Error::new(WHAT, "应为 JSON 数组 [盐, 名称, 值]（RFC 9901 §4.2.1）"));
        };
        let Ok([Value::String(salt), Value::String(name), value]) = <[Value; 3]>::try_from(parts) else {
            return Err(Error::new(WHAT, "应为 JSON 数组 [盐, 名称, 值]（RFC 9901 §4.2.1）"));
        };
        if name == "_sd" || name == "..." {
            return Err(Error::new(WHAT, format!("名称不得为“{name}”（RFC 9901 §4.2.1）")));
        }
        Ok(Self { salt, name, value })
    }
}

fn digest_of(suite: Suite, encoded: &str) -> String {
    B64URL.encode(suite.hash(&[encoded.as_bytes()]))
}

/// The `_sd` list for an entry: the digests in sorted order, so that order tells nothing.
pub fn sd_digests(suite: Suite, disclosures: &[Disclosure]) -> Vec<String> {
    let mut list: Vec<String> = disclosures.iter().map(|d| d.digest(suite)).collect();
    list.sort();
    list
}

/// Commitment to a file, for `data.files[].commit`: base64url of `H(salt ‖ file)` [ours].
/// The bare hash of a photo would let anybody who has the photo find the record.
pub fn file_commit(suite: Suite, salt: &[u8; 16], file: &[u8]) -> String {
    B64URL.encode(suite.hash(&[salt, file]))
}

/// The disclosure that opens a file commitment: name `file:<commit>`, value the file's own
/// salt [ours]. `disclosure_salt` and `file_salt` are drawn separately.
pub fn file_disclosure(disclosure_salt: &[u8; 16], commit: &str, file_salt: &[u8; 16]) -> Disclosure {
    Disclosure::new(disclosure_salt, format!("file:{commit}"), B64URL.encode(file_salt))
}

/// An entry's `data` after its disclosures were checked and put in place.
#[derive(Debug, Clone, PartialEq)]
pub struct Disclosed {
    /// `data` with the disclosed claims in place and without `_sd` and `_sd_alg`.
    pub data: Value,
    /// Names of the disclosed claims, in the order of the entry.
    pub opened: Vec<String>,
    /// Number of digests that nothing opened: withheld from this reader, or erased.
    pub withheld: usize,
}

impl Disclosed {
    /// Checks encoded disclosures against an entry, RFC 9901 §7.1: every disclosure must
    /// match a digest, no digest may occur twice, no claim may be called `_sd` or `...` or
    /// hide a claim that is in clear, and `_sd_alg` must be the one of the log's suite.
    pub fn open(suite: Suite, entry: &[u8], encoded: &[&str]) -> Result<Self> {
        let Value::Object(mut envelope) = json::parse("条目", entry)? else {
            return Err(Error::new("条目", "应为 JSON 对象（事件信封）"));
        };
        let data = envelope.remove("data").unwrap_or(Value::Null);
        let mut opener =
            Opener { suite, offered: BTreeMap::new(), seen: BTreeSet::new(), opened: Vec::new(), withheld: 0 };
        for text in encoded {
            let disclosure = Disclosure::decode(text)?;
            if opener.offered.insert(digest_of(suite, text), disclosure).is_some() {
                return Err(Error::new(WHAT, "同一披露项给出了两次"));
            }
        }
        let data = opener.value(data, true)?;
        if let Some(unused) = opener.offered.values().next() {
            return Err(Error::new(WHAT, format!("“{}”的摘要不在条目的 _sd 中，不属于该条目或已被改动", unused.name)));
        }
        Ok(Self { data, opened: opener.opened, withheld: opener.withheld })
    }

    /// Checks that `file` is one of the entry's files: its commitment is listed in
    /// `data.files[].commit` and the disclosure with its salt was given. Returns the commitment.
    pub fn check_file(&self, suite: Suite, file: &[u8]) -> Result<String> {
        let files = self.data.get("files").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut salts = 0;
        for commit in files.iter().filter_map(|f| f.get("commit")?.as_str()) {
            let Some(salt) = self.data.get(format!("file:{commit}")).and_then(Value::as_str) else {
                continue;
            };
            salts += 1;
            let salt = B64URL.decode(salt).ok().and_then(|s| <[u8; 16]>::try_from(s).ok());
            let salt = salt.ok_or_else(|| Error::new("附件", "披露的盐应为 16 字节的 base64url"))?;
            if file_commit(suite, &salt, file) == commit {
                return Ok(commit.to_owned());
            }
        }
        Err(Error::new("附件", format!("内容与条目中的 {} 个附件承诺都不符（其中 {salts} 个披露了盐）", files.len())))
    }
}

/// Walks an entry and puts the offered disclosures in place.
struct Opener {
    suite: Suite,
    offered: BTreeMap<String, Disclosure>,
    seen: BTreeSet<String>,
    opened: Vec<String>,
    withheld: usize,
}

impl Opener {
    fn value(&mut self, value: Value, top: bool) -> Result<Value> {
        match value {
            Value::Object(map) => self.object(map, top).map(Value::Object),
            Value::Array(items) => {
                items.into_iter().map(|item| self.value(item, false)).collect::<Result<_>>().map(Value::Array)
            }
            plain => Ok(plain),
        }
    }

    fn object(&mut self, mut map: Map<String, Value>, top: bool) -> Result<Map<String, Value>> {
        if map.contains_key("...") {
            return Err(Error::new("条目", "不支持数组元素的披露（键“...”）"));
        }
        let digests = self.digests(map.remove("_sd"))?;
        self.check_alg(map.remove("_sd_alg"), top, !digests.is_empty())?;
        let mut out = Map::new();
        for (key, value) in map {
            out.insert(key, self.value(value, false)?);
        }
        for digest in digests {
            let Some(disclosure) = self.offered.remove(&digest) else {
                self.withheld += 1;
                continue;
            };
            if out.contains_key(&disclosure.name) {
                return Err(Error::new(WHAT, format!("“{}”与条目中已有的项同名", disclosure.name)));
            }
            self.opened.push(disclosure.name.clone());
            // A disclosed value may itself hold digests (RFC 9901 §4.2.6).
            let value = self.value(disclosure.value, false)?;
            out.insert(disclosure.name, value);
        }
        Ok(out)
    }

    /// The `_sd` list: strings, sorted, each digest once in the whole entry.
    fn digests(&mut self, list: Option<Value>) -> Result<Vec<String>> {
        let bad = |why: &str| Error::new("条目", why);
        let list = match list {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(bad("_sd 应为摘要数组")),
        };
        let mut digests = Vec::with_capacity(list.len());
        for item in list {
            let Value::String(digest) = item else {
                return Err(bad("_sd 应为摘要数组"));
            };
            if !self.seen.insert(digest.clone()) {
                return Err(bad("同一摘要在 _sd 中出现两次（RFC 9901 §7.1）"));
            }
            digests.push(digest);
        }
        if !digests.is_sorted() {
            return Err(bad("_sd 没有排序，次序会泄露内容"));
        }
        Ok(digests)
    }

    fn check_alg(&self, alg: Option<Value>, top: bool, has_digests: bool) -> Result<()> {
        let want = self.suite.sd_alg();
        match alg {
            Some(_) if !top => Err(Error::new("条目", "_sd_alg 只能在 data 的顶层（RFC 9901 §4.1.1）")),
            Some(Value::String(alg)) if alg == want => Ok(()),
            Some(alg) => Err(Error::new("条目", format!("_sd_alg 是 {alg}，该日志的套件要求“{want}”"))),
            None if top && has_digests => Err(Error::new("条目", format!("有 _sd 却没有 _sd_alg，应为“{want}”"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
