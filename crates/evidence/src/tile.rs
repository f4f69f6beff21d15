//! Tiles and entry bundles (C2SP tlog-tiles): the tree as files of up to 256 hashes.
//!
//! With SM3 the log is *shaped* like tlog-tiles, which fixes SHA-256; its origin ends in
//! `-sm3` so that nobody takes one for the other.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Hash, MAX_ENTRY_LEN, Node, Result, Suite, node_hash};

/// Number of hashes in a full tile, and of entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

const WHAT: &str = "瓦片路径";

/// What a tile path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Tree hashes at tile level 0 to 63: tree level 0, 8, 16 …
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

/// One tile or entry bundle. Its path is relative to the log's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// Tree level or entries.
    pub level: Level,
    /// Number within the level.
    pub index: u64,
    /// Hashes or entries in it: 1 to 256, below 256 for a partial tile.
    pub width: u16,
}

impl Tile {
    /// The tile as it stands in a tree of `size` leaves, if it has anything in it.
    pub fn at(level: Level, index: u64, size: u64) -> Option<Self> {
        let filled = size.checked_shr(level.tree_level()).unwrap_or(0);
        let width = filled.saturating_sub(index.checked_mul(u64::from(TILE_WIDTH))?).min(u64::from(TILE_WIDTH));
        (width > 0).then_some(Self { level, index, width: width as u16 })
    }

    /// The tile of a tree of `size` leaves that holds or can compute `node`.
    pub fn holding(node: Node, size: u64) -> Option<Self> {
        let index = node.index.checked_shl(u32::from(node.level % 8))? / u64::from(TILE_WIDTH);
        Self::at(Level::Hashes(node.level / 8), index, size)
    }

    /// All tiles that are new or wider at `new` leaves than at `old`, bundles included: what
    /// a log must publish before it signs the head of size `new`.
    pub fn between(old: u64, new: u64) -> Vec<Self> {
        let levels = std::iter::once(Level::Entries).chain((0..8).map(Level::Hashes));
        let tiles_of = |level: Level| {
            let filled = |size: u64| size >> level.tree_level();
            let first = filled(old) / u64::from(TILE_WIDTH);
            let end = filled(new).div_ceil(u64::from(TILE_WIDTH));
            let range = if filled(old) == filled(new) { 0..0 } else { first..end };
            range.filter_map(move |index| Self::at(level, index, new))
        };
        levels.flat_map(tiles_of).collect()
    }

    /// Hash of `node` from the bytes of the tile [`Tile::holding`] it.
    pub fn node(&self, suite: Suite, bytes: &[u8], node: Node) -> Result<Hash> {
        let missing = || Error::new("瓦片", format!("{self} 不含第 {} 层第 {} 个节点", node.level, node.index));
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != usize::from(self.width) {
            return Err(Error::new(
                "瓦片",
                format!("{self} 应为 {} 字节，实为 {}", u32::from(self.width) * 32, bytes.len()),
            ));
        }
        let first = node.index.checked_shl(u32::from(node.level % 8)).ok_or_else(missing)?;
        if self.level != Level::Hashes(node.level / 8) || first / u64::from(TILE_WIDTH) != self.index {
            return Err(missing());
        }
        let start = (first % u64::from(TILE_WIDTH)) as usize;
        let mut row = hashes.get(start..start + (1 << (node.level % 8))).ok_or_else(missing)?.to_vec();
        while row.len() > 1 {
            row = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(suite, left, right)).collect();
        }
        row.first().copied().ok_or_else(missing)
    }
}

impl Level {
    /// Tree level of one item of the tile.
    fn tree_level(self) -> u32 {
        match self {
            Level::Entries => 0,
            Level::Hashes(level) => u32::from(level) * 8,
        }
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Level::Hashes(level) => write!(f, "tile/{level}/")?,
            Level::Entries => write!(f, "tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        let last = groups.remove(0);
        for group in groups.iter().rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{last:03}")?;
        if self.width < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for Tile {
    type Err = Error;

    /// Reads `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`, in the one spelling that
    /// [`fmt::Display`] writes.
    fn from_str(path: &str) -> Result<Self> {
        let bad = || Error::new(WHAT, format!("“{path}”不是 tile/<L>/<N>[.p/<W>]（C2SP tlog-tiles）"));
        let (level, rest) = path.strip_prefix("tile/").and_then(|p| p.split_once('/')).ok_or_else(bad)?;
        let level = match level {
            "entries" => Level::Entries,
            number => Level::Hashes(number.parse().ok().filter(|l| *l < 64).ok_or_else(bad)?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().map_err(|_| bad())?),
            None => (rest, TILE_WIDTH),
        };
        let mut index = 0_u64;
        for group in number.split('/') {
            let digits = group.trim_start_matches('x').parse::<u64>().map_err(|_| bad())?;
            index = index.checked_mul(1000).and_then(|i| i.checked_add(digits)).ok_or_else(bad)?;
        }
        let tile = Self { level, index, width };
        // Comparing with the canonical spelling covers zeroes, signs, padding and widths.
        if width == 0 || width > TILE_WIDTH || tile.to_string() != path {
            return Err(bad());
        }
        Ok(tile)
    }
}

/// An entry bundle: each entry after its 16-bit big-endian length.
pub fn encode_entries<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len())
            .map_err(|_| Error::new("条目", format!("有 {} 字节，最多 {MAX_ENTRY_LEN}", entry.len())))?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(entry);
    }
    Ok(out)
}

/// The entries of a bundle; there must be exactly `width`.
pub fn decode_entries(mut bundle: &[u8], width: u16) -> Result<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest
            .split_at_checked(usize::from(u16::from_be_bytes(*length)))
            .ok_or_else(|| Error::new("条目包", "最后一条不完整"))?;
        entries.push(entry);
        bundle = rest;
    }
    if !bundle.is_empty() || entries.len() != usize::from(width) {
        return Err(Error::new("条目包", format!("应正好有 {width} 条，实有 {}", entries.len())));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Frontier, leaf_hash, merkle};
    use std::collections::BTreeMap;

    fn path(level: Level, index: u64, width: u16) -> String {
        Tile { level, index, width }.to_string()
    }

    #[test]
    fn tlog_tiles_path_examples() {
        assert_eq!(path(Level::Hashes(0), 1234067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(Level::Entries, 5, 112), "tile/entries/005.p/112");
        assert_eq!(path(Level::Hashes(63), 1000, 1), "tile/63/x001/000.p/1");
        for tile in ["tile/0/x001/x234/067", "tile/entries/005.p/112", "tile/63/x001/000.p/1"] {
            assert_eq!(tile.parse::<Tile>().unwrap().to_string(), tile);
        }
    }

    #[test]
    fn other_spellings_of_a_path_are_refused() {
        for path in [
            "tile/64/000",
            "tile/00/000",
            "tile/+1/000",
            "tile/0/0",
            "tile/0/1000",
            "tile/0/x000/001",
            "tile/0/001/001",
            "tile/0/x001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/1/2",
            "tile/0/000/",
            "/tile/0/000",
            "tile/0/xx1/001",
            "tile/Entries/000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/0/../000",
            "tile//000",
            "tile/0/",
        ] {
            assert!(path.parse::<Tile>().is_err(), "{path}");
        }
    }

    #[test]
    fn tlog_tiles_example_tree_of_70000() {
        let tiles = Tile::between(0, 70_000);
        let count = |level, full: bool| tiles.iter().filter(|t| t.level == level && (t.width == 256) == full).count();
        assert_eq!((count(Level::Hashes(0), true), count(Level::Hashes(0), false)), (273, 1));
        assert_eq!((count(Level::Hashes(1), true), count(Level::Hashes(1), false)), (1, 1));
        assert_eq!((count(Level::Hashes(2), true), count(Level::Hashes(2), false)), (0, 1));
        assert_eq!(Tile::at(Level::Hashes(0), 273, 70_000).unwrap().width, 112);
        assert_eq!(Tile::at(Level::Hashes(1), 1, 70_000).unwrap().width, 17);
        assert_eq!(Tile::at(Level::Hashes(1), 0, 256).unwrap().width, 1);
        assert_eq!(Tile::at(Level::Hashes(2), 0, 256), None);
        assert_eq!(Tile::between(70_000, 70_001).len(), 2, "only the leaf tile and the bundle grow");
        assert!(Tile::between(9, 9).is_empty());
    }

    #[test]
    fn proofs_and_roots_from_tiles_alone() {
        let (suite, size) = (Suite::Sm3Sm2, 70_000_u64);
        let mut tree = Frontier::new(suite);
        let mut stored: BTreeMap<Tile, Vec<u8>> = BTreeMap::new();
        let mut rows: BTreeMap<(u8, u64), Vec<u8>> = BTreeMap::new();
        for n in 0..size {
            tree.append_with(leaf_hash(suite, &n.to_be_bytes()), |node, hash| {
                if node.level.is_multiple_of(8) {
                    rows.entry((node.level / 8, node.index / 256)).or_default().extend(hash);
                }
            });
        }
        for ((level, index), bytes) in rows {
            stored.insert(Tile::at(Level::Hashes(level), index, size).unwrap(), bytes);
        }
        let read = |node| {
            let tile = Tile::holding(node, size)?;
            tile.node(suite, stored.get(&tile)?, node).ok()
        };
        assert_eq!(merkle::root_at(suite, size, read), Ok(tree.root()));
        for index in [0, 1, 255, 256, 65_535, 65_536, 69_999] {
            let proof = merkle::Plan::inclusion(index, size).unwrap().finish(suite, read).unwrap();
            let leaf = leaf_hash(suite, &index.to_be_bytes());
            merkle::verify_inclusion(suite, &leaf, index, size, &proof, &tree.root()).unwrap();
        }
        let old = merkle::Head { size: 777, root: merkle::root_at(suite, 777, read).unwrap() };
        let proof = merkle::Plan::consistency(777, size).unwrap().finish(suite, read).unwrap();
        merkle::verify_consistency(suite, old, merkle::Head { size, root: tree.root() }, &proof).unwrap();
    }

    #[test]
    fn a_tile_of_the_wrong_length_or_place_gives_no_hash() {
        let tile = Tile::at(Level::Hashes(0), 0, 3).unwrap();
        let node = |level, index| Node { level, index };
        let suite = Suite::Sm3Sm2;
        assert!(tile.node(suite, &[1; 96], node(1, 0)).is_ok());
        assert!(tile.node(suite, &[1; 96], node(1, 1)).is_err(), "leaf 3 is not there");
        assert!(tile.node(suite, &[1; 96], node(8, 0)).is_err());
        assert!(tile.node(suite, &[1; 96], node(0, 256)).is_err());
        assert!(tile.node(suite, &[1; 95], node(0, 0)).is_err());
        assert!(tile.node(suite, &[1; 128], node(0, 0)).is_err());
    }

    #[test]
    fn entry_bundles_hold_exactly_their_entries() {
        let long = vec![7; MAX_ENTRY_LEN];
        let entries: [&[u8]; 3] = [b"", b"one", &long];
        let bundle = encode_entries(entries).unwrap();
        assert_eq!(decode_entries(&bundle, 3).unwrap(), entries);
        assert!(decode_entries(&bundle, 2).is_err());
        assert!(decode_entries(&bundle, 4).is_err());
        assert!(decode_entries(&bundle[..bundle.len() - 1], 3).is_err());
        assert!(decode_entries(&[&bundle[..], &[0]].concat(), 3).is_err());
        assert!(encode_entries([&vec![0; MAX_ENTRY_LEN + 1][..]]).is_err());
    }
}
