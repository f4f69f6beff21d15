//! Receipts [ours]: the log's signed promise to include an entry by a time.
//!
//! Every acknowledged write gets one. A receipt whose time has passed while no proof of
//! inclusion can be shown is evidence against the operator, as an SCT is in Certificate
//! Transparency. The second line is a hash and never a number, so that no reader can take
//! a receipt for a checkpoint.
//!
//! ```text
//! anlan-receipt/v1
//! <leaf hash, base64>
//! <origin>
//! <include by, Unix seconds>
//! ```

use std::fmt;

use crate::key::VerifierKey;
use crate::note::Note;
use crate::text::{base64, decimal, hash_from_base64, is_key_name};
use crate::{Error, Hash, Policy, Result, SigningKey, leaf_hash};

const WHAT: &str = "回执";
const HEADER: &str = "anlan-receipt/v1";

/// Body of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Leaf hash of the promised entry.
    pub leaf: Hash,
    /// Log that promises.
    pub origin: String,
    /// Latest time by which a cosigned checkpoint includes it, Unix seconds.
    pub include_by: u64,
}

impl Receipt {
    /// Signs the promise with the log's key, whose name is the origin.
    pub fn sign(key: &SigningKey, leaf: Hash, include_by: u64) -> Result<Note> {
        let text = Self { leaf, origin: key.verifier().name().to_owned(), include_by }.to_string();
        let line = key.sign_note(&text)?;
        Ok(Note { text, lines: vec![line] })
    }

    /// Checks a receipt offline: a log of the policy signed it, and it is about this entry.
    pub fn verify(policy: &Policy, note: &str, entry: &[u8]) -> Result<Self> {
        let note = Note::parse(note)?;
        let receipt = Self::parse(&note.text)?;
        let keys: Vec<&VerifierKey> =
            policy.logs().iter().map(|log| &log.key).filter(|key| key.name() == receipt.origin).collect();
        note.verify(&keys)?;
        if leaf_hash(policy.suite(), entry) != receipt.leaf {
            return Err(Error::new(WHAT, "不是这一条目的回执，或条目被改动"));
        }
        Ok(receipt)
    }

    fn parse(text: &str) -> Result<Self> {
        let bad = |why: &str| Error::new(WHAT, why);
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        if lines.next() != Some(HEADER) {
            return Err(bad("第一行应为 anlan-receipt/v1"));
        }
        let (Some(leaf), Some(origin), Some(by), None) = (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(bad("应正好四行：抬头、叶哈希、来源、最迟入账时间"));
        };
        let leaf = hash_from_base64(leaf).ok_or_else(|| bad("叶哈希应为 32 字节的 base64"))?;
        let include_by = decimal(by).ok_or_else(|| bad("时间应为不带前导零的 Unix 秒"))?;
        if !is_key_name(origin) {
            return Err(bad("来源为空，或含空格、加号"));
        }
        Ok(Self { leaf, origin: origin.to_owned(), include_by })
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{HEADER}\n{}\n{}\n{}\n", base64(&self.leaf), self.origin, self.include_by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Checkpoint, Role, Suite};

    fn key(n: u8) -> SigningKey {
        SigningKey::new("log.example/evidence-sm3", Suite::Sm3Sm2, Role::Log, &[n; 32]).unwrap()
    }

    fn policy() -> Policy {
        Policy::parse(format!("log {}\nquorum none\n", key(1).verifier()).as_bytes()).unwrap()
    }

    #[test]
    fn a_receipt_binds_log_entry_and_time() {
        let note = Receipt::sign(&key(1), leaf_hash(Suite::Sm3Sm2, b"entry"), 1_800_000_000).unwrap();
        let receipt = Receipt::verify(&policy(), &note.to_string(), b"entry").unwrap();
        assert_eq!((receipt.origin.as_str(), receipt.include_by), ("log.example/evidence-sm3", 1_800_000_000));
        assert!(Receipt::verify(&policy(), &note.to_string(), b"entrz").is_err());
        let later = note.to_string().replace("1800000000", "1900000000");
        assert!(Receipt::verify(&policy(), &later, b"entry").is_err());
        let stranger = Receipt::sign(&key(2), leaf_hash(Suite::Sm3Sm2, b"entry"), 1).unwrap();
        assert!(Receipt::verify(&policy(), &stranger.to_string(), b"entry").is_err());
    }

    #[test]
    fn a_receipt_is_no_checkpoint_and_a_checkpoint_no_receipt() {
        let note = Receipt::sign(&key(1), [7; 32], 9).unwrap();
        assert!(Checkpoint::parse(&note.text).is_err());
        assert!(policy().check(&note.to_string()).is_err());
        let head = crate::merkle::Head { size: 9, root: [7; 32] };
        let text = Checkpoint { origin: key(1).verifier().name().into(), head }.to_string();
        let checkpoint = Note { lines: vec![key(1).sign_note(&text).unwrap()], text };
        assert!(Receipt::verify(&policy(), &checkpoint.to_string(), b"").is_err());
    }

    #[test]
    fn other_forms_are_refused() {
        let good = Receipt { leaf: [7; 32], origin: "log.example".into(), include_by: 9 }.to_string();
        assert_eq!(Receipt::parse(&good).unwrap().to_string(), good);
        for bad in [
            good.replace("v1", "v2"),
            good.replace("log.example", "log example"),
            good.replace("\n9\n", "\n09\n"),
            good.replace("\n9\n", "\n"),
            format!("{good}x\n"),
            good.replace("BwcH", "!!!!"),
        ] {
            assert!(Receipt::parse(&bad).is_err(), "{bad}");
        }
    }
}
