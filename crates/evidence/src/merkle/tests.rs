use super::*;
use crate::leaf_hash;
use std::collections::BTreeMap;

struct Log {
    suite: Suite,
    heads: Vec<Head>,
    leaves: Vec<Hash>,
    nodes: BTreeMap<Node, Hash>,
}

impl Log {
    fn of(suite: Suite, size: u32) -> Self {
        let mut tree = Frontier::new(suite);
        let mut log =
            Self { suite, heads: vec![Head { size: 0, root: tree.root() }], leaves: vec![], nodes: BTreeMap::new() };
        for n in 0..size {
            let leaf = leaf_hash(suite, &n.to_be_bytes());
            tree.append_with(leaf, |node, hash| {
                log.nodes.insert(node, hash);
            });
            log.leaves.push(leaf);
            log.heads.push(Head { size: tree.size(), root: tree.root() });
        }
        log
    }

    fn finish(&self, plan: &Plan) -> Vec<Hash> {
        plan.finish(self.suite, |node| self.nodes.get(&node).copied()).unwrap()
    }
}

fn hashes(hex_list: &[&str]) -> Vec<Hash> {
    hex_list.iter().map(|h| hex::decode(h).unwrap().try_into().unwrap()).collect()
}

/// The eight-leaf tree of the RFC 6962 reference implementation and its published proofs.
fn reference_log() -> Log {
    let leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    let mut log = Log::of(Suite::Sha256Ed25519, 0);
    let mut tree = Frontier::new(log.suite);
    for leaf in leaves {
        let leaf = leaf_hash(log.suite, &hex::decode(leaf).unwrap());
        tree.append_with(leaf, |node, hash| {
            log.nodes.insert(node, hash);
        });
        log.leaves.push(leaf);
        log.heads.push(Head { size: tree.size(), root: tree.root() });
    }
    log
}

#[test]
fn rfc_6962_reference_inclusion_proofs() {
    let log = reference_log();
    let cases: [(u64, u64, &[&str]); 4] = [
        (0, 1, &[]),
        (
            0,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            &[
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ];
    for (index, size, path) in cases {
        let path = hashes(path);
        assert_eq!(log.finish(&Plan::inclusion(index, size).unwrap()), path);
        let (leaf, root) = (&log.leaves[index as usize], &log.heads[size as usize].root);
        verify_inclusion(log.suite, leaf, index, size, &path, root).unwrap();
    }
}

#[test]
fn rfc_6962_reference_consistency_proofs() {
    let log = reference_log();
    let cases: [(usize, usize, &[&str]); 4] = [
        (1, 1, &[]),
        (
            1,
            8,
            &[
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            &[
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            &[
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ];
    for (old, new, path) in cases {
        let path = hashes(path);
        assert_eq!(log.finish(&Plan::consistency(old as u64, new as u64).unwrap()), path);
        verify_consistency(log.suite, log.heads[old], log.heads[new], &path).unwrap();
    }
}

#[test]
fn every_inclusion_proof_of_every_size_verifies_and_no_other_index_does() {
    for suite in [Suite::Sm3Sm2, Suite::Sha256Ed25519] {
        let log = Log::of(suite, 40);
        for size in 1..=40 {
            let root = &log.heads[size as usize].root;
            for index in 0..size {
                let path = log.finish(&Plan::inclusion(index, size).unwrap());
                let leaf = &log.leaves[index as usize];
                verify_inclusion(suite, leaf, index, size, &path, root).unwrap();
                for other in (0..=size).filter(|other| *other != index) {
                    assert!(verify_inclusion(suite, leaf, other, size, &path, root).is_err());
                }
                let shorter = &path[..path.len().saturating_sub(1)];
                assert!(path.is_empty() || verify_inclusion(suite, leaf, index, size, shorter, root).is_err());
                let longer = [&path[..], &[*root]].concat();
                assert!(verify_inclusion(suite, leaf, index, size, &longer, root).is_err());
            }
        }
    }
}

#[test]
fn every_consistency_proof_verifies_and_no_changed_one_does() {
    for suite in [Suite::Sm3Sm2, Suite::Sha256Ed25519] {
        let log = Log::of(suite, 40);
        for new in 0..=40 {
            for old in 0..=new {
                let path = log.finish(&Plan::consistency(old as u64, new as u64).unwrap());
                let (old, new) = (log.heads[old], log.heads[new]);
                verify_consistency(suite, old, new, &path).unwrap();
                let refused = |old, new, path: &[Hash]| {
                    assert!(verify_consistency(suite, old, new, path).is_err());
                };
                let wrong = Head { root: [9; 32], ..old };
                refused(wrong, new, &path);
                // With an empty old tree any new root is consistent, as RFC 9162 says.
                if old.size > 0 {
                    refused(old, Head { root: [9; 32], ..new }, &path);
                }
                refused(old, new, &[&path[..], &[new.root]].concat());
                if !path.is_empty() {
                    refused(old, new, &path[1..]);
                    refused(old, new, &path[..path.len() - 1]);
                    refused(new, old, &path);
                }
            }
        }
    }
}

#[test]
fn root_at_any_earlier_size_comes_from_the_stored_nodes() {
    let log = Log::of(Suite::Sm3Sm2, 70);
    for head in &log.heads {
        assert_eq!(root_at(log.suite, head.size, |n| log.nodes.get(&n).copied()), Ok(head.root));
    }
    assert!(root_at(log.suite, 71, |n| log.nodes.get(&n).copied()).is_err());
}

#[test]
fn impossible_positions_are_errors_not_panics() {
    for (index, size) in [(0, 0), (5, 5), (0, u64::MAX), (u64::MAX, u64::MAX)] {
        assert!(Plan::inclusion(index, size).is_err());
        assert!(verify_inclusion(Suite::Sm3Sm2, &[0; 32], index, size, &[[0; 32]; 64], &[0; 32]).is_err());
    }
    assert!(Plan::consistency(2, 1).is_err());
    assert!(Plan::consistency(1, u64::MAX).is_err());
    assert!(Plan::inclusion(MAX_SIZE - 1, MAX_SIZE).is_ok());
    let huge = Head { size: u64::MAX, root: [0; 32] };
    assert!(verify_consistency(Suite::Sm3Sm2, Head { size: 3, ..huge }, huge, &[[0; 32]; 64]).is_err());
}

/// Root that a path over left siblings only leads to, as on the right edge.
fn fold_left(leaf: Hash, path: &[Hash]) -> Hash {
    path.iter().fold(leaf, |right, left| node_hash(Suite::Sm3Sm2, left, &right))
}

#[test]
fn sizes_up_to_the_limit_verify_and_none_above() {
    let (suite, leaf) = (Suite::Sm3Sm2, [1; 32]);
    let path = vec![[2; 32]; 62];
    let root = fold_left(leaf, &path);
    assert!(verify_inclusion(suite, &leaf, MAX_SIZE - 1, MAX_SIZE, &path, &root).is_ok());
    let one_more = fold_left(leaf, &path[..1]);
    assert!(verify_inclusion(suite, &leaf, MAX_SIZE + 1, MAX_SIZE + 2, &path[..1], &one_more).is_err());
    let head = |size| Head { size, root };
    assert!(verify_consistency(suite, head(MAX_SIZE), head(MAX_SIZE), &[]).is_ok());
    assert!(verify_consistency(suite, head(MAX_SIZE + 1), head(MAX_SIZE + 1), &[]).is_err());
    assert!(Plan::consistency(MAX_SIZE, MAX_SIZE).is_ok());
    assert!(Plan::consistency(MAX_SIZE + 1, MAX_SIZE + 1).is_err());
}

#[test]
fn each_refusal_names_its_reason() {
    let suite = Suite::Sm3Sm2;
    let log = Log::of(suite, 12);
    let inclusion = |index, size, path: &[Hash]| {
        verify_inclusion(suite, &log.leaves[0], index, size, path, &log.heads[12].root).unwrap_err().why().to_owned()
    };
    let path = log.finish(&Plan::inclusion(0, 12).unwrap());
    assert!(inclusion(12, 12, &path).contains("不在大小为 12"));
    assert!(inclusion(0, 12, &path[1..]).contains("不足"));
    assert!(inclusion(0, 12, &[&path[..], &path].concat()).contains("过多"));
    assert!(inclusion(1, 12, &path).contains("树根"));
    let consistency = |old: usize, new: usize, path: &[Hash]| {
        verify_consistency(suite, log.heads[old], log.heads[new], path).unwrap_err().why().to_owned()
    };
    let path = log.finish(&Plan::consistency(5, 12).unwrap());
    assert!(consistency(12, 5, &path).contains("旧树比新树大"));
    assert!(consistency(5, 12, &[]).contains("不足"));
    assert!(consistency(5, 12, &[&path[..], &path].concat()).contains("过多"));
    let wrong = Head { root: [9; 32], ..log.heads[5] };
    let error = verify_consistency(suite, wrong, log.heads[12], &path).unwrap_err();
    assert!(error.why().contains("不是新树的开头"));
    assert!(consistency(0, 12, &path).contains("应为空"));
    assert!(consistency(5, 5, &path).contains("应为空"));
}
