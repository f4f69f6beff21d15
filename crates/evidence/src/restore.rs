//! The restore trap: a log restored from an older backup must not go on signing.
//!
//! It would sign a second history over the indices that the backup has lost. So after every
//! restore, and at every start, the log asks its witnesses for the newest head they hold
//! (tlog-witness, monitor retrieval) and compares before it signs anything.

use crate::checkpoint::Checkpoint;
use crate::key::VerifierKey;
use crate::merkle::{Head, root_at};
use crate::note::Note;
use crate::{Hash, Node, Policy, Result};

/// What the log may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// No witness knows more than we have, and all they know is ours.
    MaySign,
    /// A witness holds a larger head that we signed: stay read-only until the entries up to
    /// this size are recovered.
    Behind(u64),
    /// A witness holds a head that we signed and that is not a beginning of our tree: never
    /// sign for this origin again before people have decided.
    Split(Head),
}

/// Compares our tree with the heads that witnesses hold. `read` gives our stored subtree
/// hashes. A head without our log's valid signature is an error and not a verdict: somebody
/// answers in a witness's place.
pub fn check(
    policy: &Policy,
    own: &Checkpoint,
    witnessed: &[&str],
    mut read: impl FnMut(Node) -> Option<Hash>,
) -> Result<Verdict> {
    let keys: Vec<&VerifierKey> =
        policy.logs().iter().map(|log| &log.key).filter(|key| key.name() == own.origin).collect();
    let mut behind = None;
    for note in witnessed {
        let note = Note::parse(note)?;
        let seen = Checkpoint::parse(&note.text)?;
        note.verify(&keys)?;
        if seen.origin != own.origin {
            continue;
        }
        if seen.head.size > own.head.size {
            behind = behind.max(Some(seen.head.size));
        } else if root_at(policy.suite(), seen.head.size, &mut read)? != seen.head.root {
            return Ok(Verdict::Split(seen.head));
        }
    }
    Ok(behind.map_or(Verdict::MaySign, Verdict::Behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Frontier, Role, SigningKey, Suite, leaf_hash};
    use std::collections::BTreeMap;

    const SM: Suite = Suite::Sm3Sm2;

    fn key(n: u8) -> SigningKey {
        SigningKey::new("log.example/evidence-sm3", SM, Role::Log, &[n; 32]).unwrap()
    }

    fn tree(size: u64, salt: &str) -> (BTreeMap<Node, Hash>, Checkpoint) {
        let (mut tree, mut nodes) = (Frontier::new(SM), BTreeMap::new());
        for n in 0..size {
            tree.append_with(leaf_hash(SM, format!("{salt}{n}").as_bytes()), |node, hash| {
                nodes.insert(node, hash);
            });
        }
        let head = Head { size, root: tree.root() };
        (nodes, Checkpoint { origin: key(1).verifier().name().into(), head })
    }

    fn signed(checkpoint: &Checkpoint, by: u8) -> String {
        let text = checkpoint.to_string();
        Note { lines: vec![key(by).sign_note(&text).unwrap()], text }.to_string()
    }

    #[test]
    fn a_restored_log_signs_only_when_no_witness_is_ahead_or_elsewhere() {
        let policy = Policy::parse(format!("log {}\nquorum none\n", key(1).verifier()).as_bytes()).unwrap();
        let (nodes, own) = tree(20, "");
        let heads = [9, 20, 25, 31].map(|size| signed(&tree(size, "").1, 1));
        let verdict = |heads: &[&String]| {
            let heads: Vec<&str> = heads.iter().map(|h| h.as_str()).collect();
            check(&policy, &own, &heads, |node| nodes.get(&node).copied())
        };
        let [older, same, ahead, further] = &heads;
        assert_eq!(verdict(&[]), Ok(Verdict::MaySign));
        assert_eq!(verdict(&[older, same]), Ok(Verdict::MaySign));
        assert_eq!(verdict(&[older, further, ahead]), Ok(Verdict::Behind(31)));
        let fork = tree(12, "other").1;
        assert_eq!(verdict(&[further, &signed(&fork, 1)]), Ok(Verdict::Split(fork.head)));
        assert!(verdict(&[&signed(&fork, 2)]).is_err(), "not signed by this log");
    }
}
