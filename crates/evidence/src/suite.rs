//! The two cryptographic suites and the tree hashes of RFC 6962 §2.1.

use sha2::Sha256;
use sm3::{Digest, Sm3};
use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// A tree hash. Both suites produce 32 bytes.
pub type Hash = [u8; 32];

/// The algorithms of one log, fixed when the log is created and never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Suite {
    /// 国密: SM3 (GB/T 32905-2016) and SM2 signatures (GB/T 32918.2). The default.
    #[default]
    Sm3Sm2,
    /// SHA-256 and Ed25519 (RFC 8032), as the public C2SP formats define them.
    Sha256Ed25519,
}

impl Suite {
    /// Name used in files and settings.
    pub fn name(self) -> &'static str {
        match self {
            Suite::Sm3Sm2 => "sm3-sm2",
            Suite::Sha256Ed25519 => "sha256-ed25519",
        }
    }

    /// Value of `_sd_alg` for this suite. `sha-256` is from RFC 9901 §4.1.1, `sm3` is ours.
    pub fn sd_alg(self) -> &'static str {
        match self {
            Suite::Sm3Sm2 => "sm3",
            Suite::Sha256Ed25519 => "sha-256",
        }
    }

    /// Hash of the concatenation of `parts`.
    pub fn hash(self, parts: &[&[u8]]) -> Hash {
        match self {
            Suite::Sm3Sm2 => digest::<Sm3>(parts),
            Suite::Sha256Ed25519 => digest::<Sha256>(parts),
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Suite {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self> {
        match s {
            "sm3-sm2" => Ok(Suite::Sm3Sm2),
            "sha256-ed25519" => Ok(Suite::Sha256Ed25519),
            _ => Err(Error::new("算法套件", format!("没有“{s}”，只能是 sm3-sm2 或 sha256-ed25519"))),
        }
    }
}

fn digest<D: Digest>(parts: &[&[u8]]) -> Hash {
    let mut state = D::new();
    for part in parts {
        state.update(part);
    }
    let mut out = Hash::default();
    // Both digests are exactly 32 bytes long, so zip covers every byte.
    for (to, from) in out.iter_mut().zip(state.finalize()) {
        *to = from;
    }
    out
}

/// Leaf hash, RFC 6962 §2.1: `H(0x00 ‖ entry)` over the exact stored bytes.
pub fn leaf_hash(suite: Suite, entry: &[u8]) -> Hash {
    suite.hash(&[&[0x00], entry])
}

/// Interior node hash, RFC 6962 §2.1: `H(0x01 ‖ left ‖ right)`.
pub fn node_hash(suite: Suite, left: &Hash, right: &Hash) -> Hash {
    suite.hash(&[&[0x01], left, right])
}

/// Root of the empty tree, RFC 6962 §2.1: the hash of nothing.
pub fn empty_root(suite: Suite) -> Hash {
    suite.hash(&[])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sm3(text: &[u8]) -> String {
        hex::encode(Suite::Sm3Sm2.hash(&[text]))
    }

    #[test]
    fn sm3_examples_of_gbt_32905_2016_annex_a() {
        assert_eq!(sm3(b"abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        assert_eq!(sm3(&b"abcd".repeat(16)), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
    }

    #[test]
    fn empty_roots_are_the_hash_of_nothing() {
        assert_eq!(
            hex::encode(empty_root(Suite::Sm3Sm2)),
            "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"
        );
        assert_eq!(
            hex::encode(empty_root(Suite::Sha256Ed25519)),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn hashing_in_parts_equals_hashing_the_whole() {
        for suite in [Suite::Sm3Sm2, Suite::Sha256Ed25519] {
            assert_eq!(suite.hash(&[b"ab", b"", b"c"]), suite.hash(&[b"abc"]));
            assert_eq!(suite.name().parse::<Suite>(), Ok(suite));
        }
        assert!("SM3".parse::<Suite>().is_err());
    }
}
