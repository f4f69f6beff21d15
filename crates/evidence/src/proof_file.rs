//! Proof files (C2SP tlog-proof): one entry's inclusion proof with a cosigned checkpoint.

use std::fmt;

use crate::text::{base64, decimal, from_base64, hash_from_base64};
use crate::{Error, Hash, Result};

const WHAT: &str = "证明文件";
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// A `.tlog-proof` file, read but not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofFile {
    /// Opaque data that nothing authenticates.
    pub extra: Option<Vec<u8>>,
    /// Index of the entry.
    pub index: u64,
    /// Inclusion proof, leaf side first.
    pub path: Vec<Hash>,
    /// The cosigned checkpoint, verbatim.
    pub checkpoint: String,
}

impl ProofFile {
    /// Reads a proof file strictly. The checkpoint is kept as it is and parsed as a note
    /// when it is verified.
    pub fn parse(file: &str) -> Result<Self> {
        let bad = |why: &str| Error::new(WHAT, why);
        let (head, checkpoint) = file.split_once("\n\n").ok_or_else(|| bad("缺少证明与检查点之间的空行"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(bad("第一行应为 c2sp.org/tlog-proof@v1"));
        }
        let extra = match lines.next_if(|l| l.starts_with("extra ")) {
            None => None,
            Some(line) => {
                let data = line.strip_prefix("extra ").and_then(from_base64);
                Some(data.ok_or_else(|| bad("extra 行不是 base64"))?)
            }
        };
        let index = lines.next().and_then(|l| decimal(l.strip_prefix("index ")?));
        let index = index.ok_or_else(|| bad("缺少“index <序号>”行，序号不带前导零"))?;
        let path: Option<Vec<Hash>> = lines.map(hash_from_base64).collect();
        let path = path.ok_or_else(|| bad("每行应为一个 32 字节哈希的 base64"))?;
        if path.len() > 63 {
            return Err(bad("哈希超过 63 个"));
        }
        Ok(Self { extra, index, path, checkpoint: checkpoint.to_owned() })
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", base64(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", base64(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(extra: Option<&[u8]>, hashes: usize) -> ProofFile {
        ProofFile {
            extra: extra.map(<[u8]>::to_vec),
            index: 5,
            path: vec![[7; 32]; hashes],
            checkpoint: "test checkpoint\n".into(),
        }
    }

    #[test]
    fn layout_of_c2sp_tlog_proof() {
        let hash = base64(&[7; 32]);
        for (proof, text) in [
            (proof(None, 2), format!("{HEADER}\nindex 5\n{hash}\n{hash}\n\ntest checkpoint\n")),
            (proof(Some(b"hi"), 1), format!("{HEADER}\nextra aGk=\nindex 5\n{hash}\n\ntest checkpoint\n")),
            (proof(Some(b""), 0), format!("{HEADER}\nextra \nindex 5\n\ntest checkpoint\n")),
        ] {
            assert_eq!(proof.to_string(), text);
            assert_eq!(ProofFile::parse(&text).unwrap(), proof);
        }
    }

    #[test]
    fn at_most_63_hashes() {
        assert!(ProofFile::parse(&proof(None, 63).to_string()).is_ok());
        assert!(ProofFile::parse(&proof(None, 64).to_string()).is_err());
    }

    #[test]
    fn malformed_proof_files_are_refused() {
        let good = proof(Some(b"hi"), 1).to_string();
        for bad in [
            String::new(),
            good.replace("@v1", "@v2"),
            good.replace("extra aGk=", "extra !!"),
            good.replace("extra aGk=", "extra"),
            good.replace("index 5\n", ""),
            good.replace("index 5", "index 05"),
            good.replace("index 5", "index -5"),
            good.replace("index 5", "index x"),
            good.replace("index 5", "Index 5"),
            good.replace("BwcH", "!!!!"),
            good.replace("index 5\n", "index 5\nAAAA\n"),
            good.replace("\n\n", "\n"),
            good.replace('\n', "\r\n"),
            format!("\n{good}"),
        ] {
            assert!(ProofFile::parse(&bad).is_err(), "{bad:?}");
        }
    }
}
