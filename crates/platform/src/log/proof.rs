//! Proofs from the stored tiles.
use super::store;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::event::SUITE;
use evidence::merkle::Plan;
use evidence::tile::Tile;
use evidence::{Hash, Node};
use std::collections::{BTreeMap, HashMap};

/// Tiles read once and used for many proofs under one head.
pub(super) struct Tiles<'a> {
    db: &'a Db,
    size: u64,
    read: BTreeMap<Tile, Vec<u8>>,
}

impl<'a> Tiles<'a> {
    /// The tiles of the tree of `size` leaves.
    pub(super) const fn new(db: &'a Db, size: u64) -> Self {
        Self { db, size, read: BTreeMap::new() }
    }

    /// The inclusion proof of a leaf.
    pub(super) async fn inclusion(&mut self, index: u64) -> Result<Vec<Hash>> {
        let plan = Plan::inclusion(index, self.size).map_err(Error::internal)?;
        self.finish(plan).await
    }

    /// The proof that this tree begins with the tree of `old` leaves.
    pub(super) async fn consistency(&mut self, old: u64) -> Result<Vec<Hash>> {
        let plan = Plan::consistency(old, self.size).map_err(Error::internal)?;
        self.finish(plan).await
    }

    async fn finish(&mut self, plan: Plan) -> Result<Vec<Hash>> {
        let nodes = self.nodes(plan.nodes().collect()).await?;
        plan.finish(SUITE, |node| nodes.get(&node).copied()).map_err(Error::internal)
    }

    /// These subtree hashes.
    pub(super) async fn nodes(&mut self, wanted: Vec<Node>) -> Result<HashMap<Node, Hash>> {
        let mut found = HashMap::new();
        for node in wanted {
            let tile = Tile::holding(node, self.size).ok_or_else(|| Error::internal("a node outside the tree"))?;
            if !self.read.contains_key(&tile) {
                let bytes = store::tile(self.db, tile).await?;
                let bytes = bytes.ok_or_else(|| Error::internal(format!("{tile} is not complete")))?;
                self.read.insert(tile, bytes);
            }
            let bytes = self.read.get(&tile).map_or(&[][..], Vec::as_slice);
            found.insert(node, tile.node(SUITE, bytes, node).map_err(Error::internal)?);
        }
        Ok(found)
    }
}
