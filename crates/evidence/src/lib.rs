//! 证据核心: append-only Merkle log, proofs, signed heads, witnesses and salted disclosures.
//!
//! Pure functions over bytes: no clock, no random source, no network, no database. Whoever
//! doubts the operator can build this crate alone and check a record with it.
//!
//! Public formats are followed exactly: RFC 6962 §2.1 and RFC 9162 §2.1 (tree), RFC 9901
//! (salted disclosures), and from C2SP signed-note, tlog-checkpoint, tlog-cosignature,
//! tlog-tiles, tlog-proof, tlog-policy and tlog-witness. What has no public specification
//! (SM3 as tree hash, SM2 as note signature, the case bundle) is marked so where it is defined.

pub mod case;
pub mod checkpoint;
mod disclosure;
mod error;
mod frontier;
mod json;
pub mod key;
pub mod merkle;
pub mod note;
pub mod policy;
mod proof_file;
mod receipt;
pub mod restore;
mod suite;
pub mod text;
pub mod tile;
pub mod verify;
pub mod witness;

pub use checkpoint::Checkpoint;
pub use disclosure::{Disclosed, Disclosure, file_commit, file_disclosure, sd_digests};
pub use error::{Error, Result};
pub use frontier::{Frontier, Node};
pub use key::{Role, SigningKey, VerifierKey};
pub use note::Note;
pub use policy::Policy;
pub use proof_file::ProofFile;
pub use receipt::Receipt;
pub use suite::{Hash, Suite, empty_root, leaf_hash, node_hash};

/// Longest entry the log accepts: entry bundles carry 16-bit lengths (C2SP tlog-tiles).
pub const MAX_ENTRY_LEN: usize = 65_535;
