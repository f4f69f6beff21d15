//! Numbers of the tags, and which devices have reported them. A number is given once and never again.

use std::collections::{BTreeSet, HashMap, HashSet};

use sqlx::Row;

use super::db::{Pool, Source, Tx, Writing, each};
use super::{Result, StoreError};

/// The tags known to the store.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    numbers: HashMap<String, i64>,
    names: HashMap<i64, String>,
    devices: HashSet<(String, String)>,
}

/// Pairs of tag and device.
pub(super) type Pairs = BTreeSet<(String, String)>;

impl Dictionary {
    pub(super) async fn load(source: &Source) -> Result<Dictionary> {
        let mut dictionary = Dictionary::default();
        each!(&source.pool, Pool, pool => {
            for row in sqlx::query("select no, name from tm_tag").fetch_all(pool).await? {
                dictionary.add(row.try_get(1)?, row.try_get(0)?);
            }
            let pairs = "select t.name, d.device from tm_tag_device d join tm_tag t on t.no = d.tag";
            for row in sqlx::query(pairs).fetch_all(pool).await? {
                dictionary.devices.insert((row.try_get(0)?, row.try_get(1)?));
            }
        });
        Ok(dictionary)
    }

    pub(super) fn add(&mut self, name: String, no: i64) {
        self.names.insert(no, name.clone());
        self.numbers.insert(name, no);
    }

    pub(super) fn number(&self, tag: &str) -> Option<i64> {
        self.numbers.get(tag).copied()
    }

    pub(super) fn name(&self, no: i64) -> Option<&str> {
        self.names.get(&no).map(String::as_str)
    }

    pub(super) fn devices_of(&self, tag: &str) -> Vec<String> {
        self.devices.iter().filter(|(name, _)| name == tag).map(|(_, device)| device.clone()).collect()
    }

    /// The pairs nobody has met yet.
    pub(super) fn strange<'a>(&self, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Pairs {
        pairs
            .map(|(tag, device)| (tag.to_owned(), device.to_owned()))
            .filter(|pair| !self.devices.contains(pair))
            .collect()
    }

    pub(super) fn meet(&mut self, met: Vec<(String, String, i64)>) {
        for (tag, device, no) in met {
            self.add(tag.clone(), no);
            self.devices.insert((tag, device));
        }
    }
}

/// Writes pairs not met before, numbering tags as needed. A transaction of its own: a number that no
/// reading uses yet does no harm.
pub(super) async fn register(writing: &mut Writing, pairs: &Pairs) -> Result<Vec<(String, String, i64)>> {
    let mut tx = writing.begin().await?;
    let mut met = Vec::with_capacity(pairs.len());
    for (tag, device) in pairs {
        let no = number(&mut tx, tag).await?;
        let link = "insert into tm_tag_device (tag, device) values ($1, $2) on conflict do nothing";
        each!(&mut tx, Tx, t => sqlx::query(link).bind(no).bind(device).execute(&mut **t).await.map(drop)?);
        met.push((tag.clone(), device.clone(), no));
    }
    tx.commit().await?;
    Ok(met)
}

async fn number(tx: &mut Tx<'_>, tag: &str) -> Result<i64> {
    let find = "select no from tm_tag where name = $1";
    let insert = "insert into tm_tag (no, name) select coalesce(max(no), 0) + 1, $1 from tm_tag where true on conflict do nothing";
    // Another node may take the same number at the same moment; then this one tries the next.
    for _ in 0..8 {
        let found: Option<i64> = each!(&mut *tx, Tx, t => {
            match sqlx::query(find).bind(tag).fetch_optional(&mut **t).await? {
                Some(row) => Some(row.try_get(0)?),
                None => None,
            }
        });
        if let Some(no) = found {
            return Ok(no);
        }
        each!(&mut *tx, Tx, t => sqlx::query(insert).bind(tag).execute(&mut **t).await.map(drop)?);
    }
    Err(StoreError::Database(format!("位号 {tag} 编号失败")))
}
