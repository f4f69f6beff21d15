//! The rule tables in force on this node: those shipped with `standards`, and every edition
//! published here. Parts ask for them with [`App::rules`]; what a stored result was computed with
//! comes back with [`App::rules_at`].
use crate::app::App;
use crate::error::{Error, Result};
use standards::tables::{RULE_SET, Tables};
use std::ops::Deref;
use std::sync::Arc;

/// The tables in force; reads like [`Tables`].
#[derive(Debug, Clone)]
pub struct Rules(Option<Arc<Tables>>);

impl Deref for Rules {
    type Target = Tables;
    fn deref(&self) -> &Tables {
        self.0.as_deref().unwrap_or_else(|| Tables::shipped())
    }
}

/// An edition that was published on this node.
#[derive(Debug, Clone)]
pub struct PublishedEdition {
    /// The rule table.
    pub table: String,
    /// The edition as JSON, in the shape of `Tables::export`'s items.
    pub json: String,
}

/// What was published, in its order, and the tables that result.
struct RuleBook {
    published: Vec<PublishedEdition>,
    newest: Rules,
}

/// Name of the rule set after so many publications.
pub fn version(published: usize) -> String {
    if published == 0 { RULE_SET.to_owned() } else { format!("{RULE_SET}+{published}") }
}

fn build(published: &[PublishedEdition]) -> Rules {
    if published.is_empty() {
        return Rules(None);
    }
    let mut tables = Tables::shipped().clone();
    for (no, edition) in (1..).zip(published) {
        // An edition that a later release ships under the same name stands in it already.
        match tables.with_edition(&version(no), &edition.table, &edition.json) {
            Ok(next) => tables = next,
            Err(problem) => {
                tracing::warn!(table = edition.table, "published edition {no} is left out: {}", problem.title);
                tables.version = version(no);
            }
        }
    }
    Rules(Some(Arc::new(tables)))
}

impl App {
    /// The rule tables in force: shipped and published.
    pub fn rules(&self) -> Rules {
        self.state::<RuleBook>().map_or(Rules(None), |book| book.newest.clone())
    }

    /// The tables of a rule set named in a stored result, to compute it again to the last digit.
    pub fn rules_at(&self, rule_set: &str) -> Result<Rules> {
        let book = self.state::<RuleBook>().ok();
        let published = book.as_ref().map_or(&[][..], |book| book.published.as_slice());
        let known = (0..=published.len()).find(|count| version(*count) == rule_set);
        let known = known.and_then(|count| published.get(..count)).ok_or_else(|| {
            Error::invalid(
                "rule_set",
                format!(
                    "本节点没有规则集“{rule_set}”：现有 {RULE_SET} 至 {}，更早的随相应版本的程序提供",
                    version(published.len())
                ),
            )
        })?;
        Ok(build(known))
    }

    /// Sets what has been published here, in its order.
    pub fn put_rules(&self, published: Vec<PublishedEdition>) {
        let newest = build(&published);
        self.put_state(Arc::new(RuleBook { published, newest }));
    }
}
