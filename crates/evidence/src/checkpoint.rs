//! Checkpoints (C2SP tlog-checkpoint): the signed head of a log.

use std::fmt;

use crate::merkle::Head;
use crate::text::{base64, decimal, hash_from_base64, is_key_name};
use crate::{Error, Result};

const WHAT: &str = "检查点";

/// Body of a checkpoint: which log, how many entries, which root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Origin of the log, which is also the name of its key.
    pub origin: String,
    /// Size and root.
    pub head: Head,
}

impl Checkpoint {
    /// Reads a body: origin, size, root, each on a line of its own. Extension lines are
    /// refused, because nobody audits them.
    pub fn parse(body: &str) -> Result<Self> {
        let bad = |why: &str| Error::new(WHAT, why);
        let lines = body.strip_suffix('\n').ok_or_else(|| bad("最后一行缺少换行"))?;
        let mut lines = lines.split('\n');
        let (Some(origin), Some(size), Some(root), None) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(bad("应正好三行：来源、大小、树根（不接受扩展行）"));
        };
        if !is_key_name(origin) {
            return Err(bad("来源为空，或含空格、加号"));
        }
        let size = decimal(size).ok_or_else(|| bad("大小应为不带前导零的十进制数"))?;
        let root = hash_from_base64(root).ok_or_else(|| bad("树根应为 32 字节的 base64"))?;
        Ok(Self { origin: origin.to_owned(), head: Head { size, root } })
    }
}

impl fmt::Display for Checkpoint {
    /// The body, which is what gets signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.head.size, base64(&self.head.root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn c2sp_tlog_checkpoint_example() {
        let checkpoint = Checkpoint::parse(BODY).unwrap();
        assert_eq!((checkpoint.origin.as_str(), checkpoint.head.size), ("example.com/behind-the-sofa", 20_852_163));
        assert_eq!(checkpoint.to_string(), BODY);
    }

    #[test]
    fn other_forms_are_refused() {
        for bad in [
            "",
            "\n",
            "a\n1\n",
            BODY.trim_end(),
            &format!("{BODY}\n"),
            &format!("{BODY}extension\n"),
            &BODY.replace("20852163", "020852163"),
            &BODY.replace("20852163", "-1"),
            &BODY.replace("20852163", "9223372036854775808"),
            &BODY.replace("20852163", ""),
            &BODY.replace("q2I=", "q2I"),
            &BODY.replace("q2I=", "q2J="),
            &BODY.replace("CsUY", ""),
            &BODY.replace("behind-the", "behind the"),
            &BODY.replace("example.com/behind-the-sofa", ""),
            &BODY.replace('\n', "\r\n"),
        ] {
            assert!(Checkpoint::parse(bad).is_err(), "{bad:?}");
        }
    }
}
