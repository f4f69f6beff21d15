//! Loads the county through the same commands as real use, and goes on where it was cut off.
//!
//! What has been done is read from the log itself; the moment "now" of the history is when the first
//! event was recorded, so that a second try makes the same history.
mod alarms;
mod answers;
mod hazards;
mod library;
mod points;
mod policies;
mod progress;
mod register;
mod telemetry;
mod visits;

use super::county::Demo;
use super::history;
use super::light::{self, LightFirm};
use super::map::{self, Map};
use super::{log, roster};
use crate::simulate::keys;
use anyhow::{Result, bail};
use events::platform::{ImportApplied, RuleEditionPublished};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use platform::auth::{self, Org};
use platform::regions::Division;
use platform::{Actor, App, Ctx, Ms, Placed};
use progress::Progress;
use standards::codes::Region;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// One password for all demo logins.
pub const PASSWORD: &str = "Anlan-Demo#2026";

/// The object of the first event of a demo node, and of the last of its loading.
const BEGUN: &str = "demo/divisions";
const DONE: &str = "demo/loaded";

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Writes under way at once, so that they share the disk's flushes.
const LANES: usize = 48;

/// The logins people are told of, and who they are.
pub fn logins() -> Vec<(String, String)> {
    Demo::read().map(|demo| roster::shown(&demo)).unwrap_or_default()
}

/// Sets the clock of a demo node as far forward as it was, and loads what is missing of the county
/// with `days` days of history. A node with real data refuses.
pub async fn prepare(app: &App, days: u32) -> Result<()> {
    app.source().forward(keys::moved_clock(app.data()));
    if log::recorded(app.db(), DONE).await?.is_some() {
        return Ok(());
    }
    let begun = log::recorded(app.db(), BEGUN).await?;
    if begun.is_none() && !log::orgs(app.db()).await?.is_empty() {
        bail!("这个节点已有真实数据，不能装入演示县：请换一个空的 --data 文件夹，或去掉 --demo");
    }
    app.set_quiet(true);
    let loaded = Load::new(app, days, begun).await?.run().await;
    app.set_quiet(false);
    loaded
}

/// A loading under way.
struct Load {
    app: App,
    demo: Arc<Demo>,
    map: Map,
    light: Vec<LightFirm>,
    /// "Now" of the history.
    now: Ms,
    days: i64,
    progress: Progress,
}

impl Load {
    async fn new(app: &App, days: u32, begun: Option<Ms>) -> Result<Self> {
        let demo = Arc::new(Demo::read()?);
        let map = Map::new(&demo);
        let light = light::firms(&demo, &map);
        let now = begun.unwrap_or_else(|| app.source().now());
        let load = Self { app: app.clone(), demo, map, light, now, days: i64::from(days), progress: Progress::new() };
        if begun.is_none() {
            load.begin().await?;
        }
        Ok(load)
    }

    async fn run(&self) -> Result<()> {
        self.organisations().await?;
        self.enterprises().await?;
        self.accounts().await?;
        self.experts().await?;
        self.library().await?;
        self.sites().await?;
        self.consents().await?;
        self.hazard_sources().await?;
        self.devices_and_tags().await?;
        let history = Arc::new(history::of(&self.demo, self.now.0, self.days));
        self.telemetry(&history).await?;
        self.policies().await?;
        self.visits().await?;
        self.hazards().await?;
        self.answers().await?;
        self.alarms(&history).await?;
        self.requests_withdrawn().await?;
        self.progress.stage(98, 2, "核对与收尾", 1);
        // What other parts make of the history happens now, while nobody is told of it.
        self.app.run_jobs().await?;
        self.finish().await?;
        self.progress.done();
        Ok(())
    }

    /// The platform itself, at the beginning of the history.
    fn past(&self) -> Result<Ctx> {
        Ok(self.app.ctx(Actor::system()).at(self.now.plus(-(self.days * visits::DAYS + 1) * DAY))?)
    }

    /// The platform itself, when sources and devices came online: just before the readings begin.
    fn online(&self) -> Result<Ctx> {
        Ok(self.app.ctx(Actor::system()).at(self.now.plus(-(self.days + 1) * DAY))?)
    }

    /// Somebody who signs in, at a moment of the history.
    async fn person(&self, username: &str, then: Ms) -> Result<Ctx> {
        let Some(account) = auth::find(self.app.db(), username).await? else { bail!("没有账号 {username}") };
        let actor = auth::actor(self.app.db(), &account, self.app.source().now()).await?;
        Ok(self.app.ctx(actor).at(then)?)
    }

    /// The names of the divisions: the first fact of a demo node.
    async fn begin(&self) -> Result<()> {
        let ctx = self.app.ctx(Actor::system());
        let at = |x, y| Some(self.demo.county.map_anchor.degrees(x, y));
        let mut divisions = vec![
            (map::PROVINCE.0, map::PROVINCE.1, None),
            (map::CITY.0, map::CITY.1, None),
            (map::NEIGHBOUR.0, map::NEIGHBOUR.1, None),
            (self.demo.county.code.as_str(), self.demo.county.name.as_str(), at(0.0, 0.0)),
        ];
        divisions.extend(self.demo.county.towns.iter().map(|t| (t.code.as_str(), t.name.as_str(), at(t.x_m, t.y_m))));
        let mut tx = ctx.begin().await?;
        for (code, name, at) in divisions {
            let region = Region::parse(code).map_err(anyhow::Error::msg)?;
            tx.put_division(&Division { region, name: name.to_owned(), at }).await?;
        }
        let payload = RuleEditionPublished {
            rule_set: "divisions".into(),
            table: "divisions".into(),
            standard: "行政区划代码".into(),
            edition: "demo".into(),
            valid_from: "2026-01-01".into(),
            valid_to: None,
            region: Some(map::PROVINCE.0.into()),
            confidence: "unconfirmed".into(),
            digest: hex::encode(super::county::digest()).into(),
            changed: 0,
            source: "虚构的示范省岚州市，不对应任何真实地名".into(),
        };
        let event = ctx.event(&payload, BEGUN, &whole())?;
        ctx.commit(tx, event, vec![]).await?;
        Ok(())
    }

    /// Marks the node as a demonstration that is loaded.
    async fn finish(&self) -> Result<()> {
        let ctx = self.app.ctx(Actor::system());
        let payload = ImportApplied {
            kind: "demo".into(),
            digest: hex::encode(super::county::digest()).into(),
            taken: u32::try_from(self.demo.firms.len() + self.light.len()).unwrap_or(u32::MAX),
            refused: 0,
        };
        let event = ctx.event(&payload, DONE, &whole())?;
        let tx = ctx.begin().await?;
        ctx.commit(tx, event, vec![]).await?;
        Ok(())
    }

    /// An organisation that must be loaded by now.
    async fn org(&self, id: &str) -> Result<Org> {
        match Org::find(self.app.db(), id).await? {
            Some(org) => Ok(org),
            None => bail!("机构 {id} 没有装入"),
        }
    }

    /// Does one thing for every item, many at a time, and counts them as progress.
    async fn each<T, F>(&self, items: Vec<T>, work: impl Fn(T) -> F) -> Result<()>
    where
        F: Future<Output = Result<()>>,
    {
        stream::iter(items)
            .map(work)
            .buffer_unordered(LANES)
            .try_for_each(|()| {
                self.progress.step(1);
                std::future::ready(Ok(()))
            })
            .await
    }
}

/// Where facts about the demonstration as a whole stand.
fn whole() -> Placed {
    Placed { owner: roster::BUREAU.to_owned(), enterprise: None, region: map::PROVINCE.0.to_owned(), sectors: vec![] }
}

/// Groups items by a key, in the order of the keys.
fn grouped<T, K: Ord>(items: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> BTreeMap<K, Vec<T>> {
    let mut groups: BTreeMap<K, Vec<T>> = BTreeMap::new();
    for item in items {
        groups.entry(key(&item)).or_default().push(item);
    }
    groups
}

/// Actors by the names they sign in with, looked up once.
type People = HashMap<String, Actor>;

#[cfg(test)]
mod tests;
