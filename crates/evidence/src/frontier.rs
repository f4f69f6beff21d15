//! Compact range: the right edge of the tree, enough to append and to state the root.

use crate::{Error, Hash, Result, Suite, empty_root, node_hash};

/// Position of a complete subtree: it covers leaves `index << level` up to
/// `(index + 1) << level`. Level 0 is the leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// Height above the leaves.
    pub level: u8,
    /// Number of the subtree at that height, from the left.
    pub index: u64,
}

/// What a log must remember to go on: the size and the roots of the complete subtrees that
/// make up the tree, largest first (one per set bit of the size). A few hundred bytes, which
/// the platform keeps in one database row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frontier {
    suite: Suite,
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    pub fn new(suite: Suite) -> Self {
        Self { suite, size: 0, peaks: Vec::new() }
    }

    /// Suite of the log.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends one leaf hash and returns its index.
    pub fn append(&mut self, leaf: Hash) -> u64 {
        self.append_with(leaf, |_, _| ())
    }

    /// Appends one leaf hash and reports every subtree it completes, the leaf itself first:
    /// what a store of node hashes or tiles has to add.
    pub fn append_with(&mut self, leaf: Hash, mut completed: impl FnMut(Node, Hash)) -> u64 {
        let index = self.size;
        let mut node = Node { level: 0, index };
        let mut hash = leaf;
        completed(node, hash);
        // Each trailing one bit of the size is a finished left sibling waiting for this one.
        while node.index & 1 == 1
            && let Some(left) = self.peaks.pop()
        {
            hash = node_hash(self.suite, &left, &hash);
            node = Node { level: node.level + 1, index: node.index >> 1 };
            completed(node, hash);
        }
        self.peaks.push(hash);
        self.size += 1;
        index
    }

    /// Root of the tree, RFC 6962 §2.1.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return empty_root(self.suite);
        };
        peaks.fold(*last, |right, left| node_hash(self.suite, left, &right))
    }

    /// Bytes for a database row: suite, size big-endian, then the subtree roots.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(9 + 32 * self.peaks.len());
        out.push(match self.suite {
            Suite::Sm3Sm2 => 1,
            Suite::Sha256Ed25519 => 2,
        });
        out.extend_from_slice(&self.size.to_be_bytes());
        for peak in &self.peaks {
            out.extend_from_slice(peak);
        }
        out
    }

    /// Reads what [`Frontier::to_bytes`] wrote. The length must fit the size exactly.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let bad = |why: &str| Error::new("树前沿", why);
        let (head, peaks) = bytes.split_first_chunk::<9>().ok_or_else(|| bad("不足 9 字节"))?;
        let [suite, size @ ..] = head;
        let suite = match suite {
            1 => Suite::Sm3Sm2,
            2 => Suite::Sha256Ed25519,
            _ => return Err(bad("算法套件编号不认识")),
        };
        let size = u64::from_be_bytes(*size);
        let (peaks, rest) = peaks.as_chunks::<32>();
        if !rest.is_empty() || peaks.len() != size.count_ones() as usize {
            return Err(bad("哈希个数与树的大小不符"));
        }
        Ok(Self { suite, size, peaks: peaks.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaf_hash;

    /// Leaves of the RFC 6962 reference implementation's test tree.
    const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 8] = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn rfc_6962_reference_roots_for_one_to_eight_leaves() {
        let suite = Suite::Sha256Ed25519;
        let mut tree = Frontier::new(suite);
        assert_eq!(tree.root(), empty_root(suite));
        for (index, (leaf, root)) in LEAVES.iter().zip(ROOTS).enumerate() {
            assert_eq!(tree.append(leaf_hash(suite, &hex::decode(leaf).unwrap())), index as u64);
            assert_eq!(hex::encode(tree.root()), root);
        }
    }

    /// RFC 6962 §2.1 word for word: split at the largest power of two smaller than n.
    fn root_by_definition(suite: Suite, leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(suite),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
                node_hash(suite, &root_by_definition(suite, left), &root_by_definition(suite, right))
            }
        }
    }

    #[test]
    fn root_equals_the_recursive_definition_and_survives_storage() {
        for suite in [Suite::Sm3Sm2, Suite::Sha256Ed25519] {
            let mut tree = Frontier::new(suite);
            let mut leaves = Vec::new();
            for n in 0..130_u32 {
                assert_eq!(tree.root(), root_by_definition(suite, &leaves), "size {n}");
                tree = Frontier::from_bytes(&tree.to_bytes()).unwrap();
                assert_eq!(tree.size(), u64::from(n));
                leaves.push(leaf_hash(suite, &n.to_be_bytes()));
                tree.append(*leaves.last().unwrap());
            }
        }
    }

    #[test]
    fn every_completed_subtree_is_reported_once() {
        let mut tree = Frontier::new(Suite::Sm3Sm2);
        let mut nodes = std::collections::BTreeMap::new();
        for n in 0..64_u8 {
            tree.append_with([n; 32], |node, hash| {
                assert!(nodes.insert(node, hash).is_none());
            });
        }
        assert_eq!(nodes.len(), 127);
        assert_eq!(nodes.get(&Node { level: 6, index: 0 }), Some(&tree.root()));
    }

    #[test]
    fn stored_bytes_of_a_wrong_length_or_suite_are_refused() {
        let mut tree = Frontier::new(Suite::Sm3Sm2);
        (0..5).for_each(|n| {
            tree.append([n; 32]);
        });
        let good = tree.to_bytes();
        assert_eq!(Frontier::from_bytes(&good), Ok(tree));
        for cut in 0..good.len() {
            assert!(Frontier::from_bytes(&good[..cut]).is_err());
        }
        assert!(Frontier::from_bytes(&[good.clone(), vec![0]].concat()).is_err());
        assert!(Frontier::from_bytes(&[&[3], &good[1..]].concat()).is_err());
    }
}
