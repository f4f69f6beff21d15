//! Inclusion and consistency proofs: verification by RFC 9162 §2.1.3.2 and §2.1.4.2,
//! generation by RFC 6962 §2.1.1 and §2.1.2 from stored subtree hashes.

use crate::{Error, Frontier, Hash, Node, Result, Suite, empty_root, node_hash};

/// Largest tree size accepted anywhere: what a signed 64-bit integer holds, as databases do.
pub const MAX_SIZE: u64 = i64::MAX as u64;

const INCLUSION: &str = "包含证明";
const CONSISTENCY: &str = "一致性证明";

/// Checks that `leaf` is leaf number `index` of the tree of `size` leaves with this `root`,
/// RFC 9162 §2.1.3.2.
pub fn verify_inclusion(suite: Suite, leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> Result<()> {
    if index >= size || size > MAX_SIZE {
        return Err(Error::new(INCLUSION, format!("序号 {index} 不在大小为 {size} 的树中")));
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if last == 0 {
            return Err(Error::new(INCLUSION, "哈希过多（RFC 9162 §2.1.3.2）"));
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(suite, sibling, &hash);
            skip_levels_without_sibling(&mut node, &mut last);
        } else {
            hash = node_hash(suite, &hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 {
        return Err(Error::new(INCLUSION, "哈希不足（RFC 9162 §2.1.3.2）"));
    }
    if hash != *root {
        return Err(Error::new(INCLUSION, "算出的树根与检查点不同：条目、序号或证明被改动，或不属于该检查点"));
    }
    Ok(())
}

/// On the right edge a subtree rises unpaired; RFC 9162 shifts both counters past it.
fn skip_levels_without_sibling(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        (*node, *last) = (*node >> 1, *last >> 1);
    }
}

/// A tree head: size and root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of leaves.
    pub size: u64,
    /// Root hash.
    pub root: Hash,
}

/// Checks that the tree of head `new` begins with all leaves of head `old`, unchanged,
/// RFC 9162 §2.1.4.2. An empty old tree and equal heads need an empty proof.
pub fn verify_consistency(suite: Suite, old: Head, new: Head, path: &[Hash]) -> Result<()> {
    let bad = |why: &str| Err(Error::new(CONSISTENCY, why));
    if old.size > new.size || new.size > MAX_SIZE {
        return bad("旧树比新树大");
    }
    if old.size == 0 && old.root != empty_root(suite) {
        return bad("空树的树根不对");
    }
    if old.size == new.size && old.root != new.root {
        return bad("大小相同而树根不同：日志出现两个版本");
    }
    if old.size == 0 || old.size == new.size {
        return if path.is_empty() { Ok(()) } else { bad("此处证明应为空") };
    }
    // A complete old tree is itself the first node, so the proof leaves it out.
    let (first, rest) = match path.split_first() {
        None => return bad("哈希不足（RFC 9162 §2.1.4.2）"),
        Some(_) if old.size.is_power_of_two() => (&old.root, path),
        Some((first, rest)) => (first, rest),
    };
    let shift = (old.size - 1).trailing_ones();
    let (mut node, mut last) = ((old.size - 1) >> shift, (new.size - 1) >> shift);
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return bad("哈希过多（RFC 9162 §2.1.4.2）");
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(suite, sibling, &old_hash);
            new_hash = node_hash(suite, sibling, &new_hash);
            skip_levels_without_sibling(&mut node, &mut last);
        } else {
            new_hash = node_hash(suite, &new_hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last != 0 || old_hash != old.root || new_hash != new.root {
        return bad("旧树不是新树的开头：已入账的内容被改动，或证明不属于这两个检查点");
    }
    Ok(())
}

/// Which stored subtree hashes a proof needs. Two steps, so that a store which answers
/// asynchronously or in batches can load [`Plan::nodes`] first and [`Plan::finish`] then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// One item per proof hash; each is the hash of these adjoining complete subtrees.
    steps: Vec<Vec<Node>>,
}

impl Plan {
    /// Nodes of the inclusion proof for leaf `index` in the tree of `size`, RFC 6962 §2.1.1.
    pub fn inclusion(index: u64, size: u64) -> Result<Self> {
        if index >= size || size > MAX_SIZE {
            return Err(Error::new(INCLUSION, format!("序号 {index} 不在大小为 {size} 的树中")));
        }
        let (mut start, mut end) = (0, size);
        let mut steps = Vec::new();
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                steps.push(cover(middle, end));
                end = middle;
            } else {
                steps.push(cover(start, middle));
                start = middle;
            }
        }
        steps.reverse();
        Ok(Self { steps })
    }

    /// Nodes of the consistency proof from size `old` to size `new`, RFC 6962 §2.1.2.
    pub fn consistency(old: u64, new: u64) -> Result<Self> {
        if old > new || new > MAX_SIZE {
            return Err(Error::new(CONSISTENCY, format!("不能从 {old} 到 {new}")));
        }
        let mut steps = Vec::new();
        if old == 0 || old == new {
            return Ok(Self { steps });
        }
        let (mut start, mut end) = (0, new);
        while old != end {
            let middle = start + split(end - start);
            if old <= middle {
                steps.push(cover(middle, end));
                end = middle;
            } else {
                steps.push(cover(start, middle));
                start = middle;
            }
        }
        // From the left edge the old root itself is this node, and the verifier has it.
        if start != 0 {
            steps.push(cover(start, end));
        }
        steps.reverse();
        Ok(Self { steps })
    }

    /// Every node to read.
    pub fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        self.steps.iter().flatten().copied()
    }

    /// The proof, from the hashes that `read` has for the nodes.
    pub fn finish(&self, suite: Suite, mut read: impl FnMut(Node) -> Option<Hash>) -> Result<Vec<Hash>> {
        self.steps.iter().map(|nodes| join(suite, nodes, &mut read)).collect()
    }
}

/// The stored nodes that make up the root of the first `size` leaves.
pub fn root_nodes(size: u64) -> Vec<Node> {
    cover(0, size)
}

/// Root of the first `size` leaves, from stored subtree hashes.
pub fn root_at(suite: Suite, size: u64, mut read: impl FnMut(Node) -> Option<Hash>) -> Result<Hash> {
    join(suite, &root_nodes(size), &mut read)
}

/// Root of a list of entries, in order.
pub fn root_of<'a>(suite: Suite, entries: impl IntoIterator<Item = &'a [u8]>) -> Hash {
    let mut tree = Frontier::new(suite);
    for entry in entries {
        tree.append(crate::leaf_hash(suite, entry));
    }
    tree.root()
}

/// Largest power of two smaller than `n` (n ≥ 2).
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The complete subtrees that make up leaves `start..end`, left to right. `start` must be a
/// multiple of the smallest power of two not below the length, as every split gives.
fn cover(mut start: u64, end: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    while start < end {
        let level = (end - start).ilog2();
        nodes.push(Node { level: level as u8, index: start >> level });
        start += 1 << level;
    }
    nodes
}

fn join(suite: Suite, nodes: &[Node], read: &mut impl FnMut(Node) -> Option<Hash>) -> Result<Hash> {
    let mut get = |node: &Node| {
        read(*node)
            .ok_or_else(|| Error::new("日志存储", format!("缺少第 {} 层第 {} 个节点的哈希", node.level, node.index)))
    };
    let mut nodes = nodes.iter().rev();
    let Some(last) = nodes.next() else {
        return Ok(empty_root(suite));
    };
    let last = get(last)?;
    nodes.try_fold(last, |right, node| Ok(node_hash(suite, &get(node)?, &right)))
}

#[cfg(test)]
mod tests;
