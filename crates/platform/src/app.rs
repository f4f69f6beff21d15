//! One node: its database, clock, parts and background work.
use crate::actor::Actor;
use crate::ctx::Ctx;
use crate::db::{Db, Migration};
use crate::error::{Error, Result};
use crate::part::{Action, Part};
use crate::source::Source;
use crate::spine::{self, TreeHead};
use crate::{clocks, jobs, log, reactions};
use evidence::Frontier;
use parking_lot::{Mutex, RwLock};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Semaphore, broadcast, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The platform's own tables.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "0001_init", sql: include_str!("migrations/0001_init.sql"), pg: None },
    Migration { name: "0002_log", sql: include_str!("migrations/0002_log.sql"), pg: None },
];

/// What a node is started with.
pub struct Setup {
    /// Database.
    pub db: Db,
    /// Clock, ids, randomness.
    pub source: Source,
    /// Node name, part of every event's source.
    pub node: String,
    /// Folder of files and of the embedded stores.
    pub data: PathBuf,
    /// The parts, in the order of their migrations.
    pub parts: Vec<&'static Part>,
    /// Fictional data: demo logins and a clock that can be moved.
    pub demo: bool,
    /// Figures of sign-in and background work that operators may set.
    pub policy: Policy,
}

/// Figures of sign-in and background work that operators may set.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// A session ends after so long without a request.
    pub session_idle_ms: i64,
    /// A session ends so long after sign-in in any case.
    pub session_lifetime_ms: i64,
    /// So many failures in a row lock an account.
    pub lockout_failures: i64,
    /// How long it stays locked. Short, so that nobody can keep a duty officer out on purpose;
    /// every lock is a fact the auditor sees.
    pub lockout_ms: i64,
    /// How often clocks and schedules are looked at.
    pub tick: std::time::Duration,
    /// Who keeps this machine's clock right: `ntp`, `device` or `unknown`; stands in every event.
    pub clock: &'static str,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            session_idle_ms: 2 * 3_600_000,
            session_lifetime_ms: 12 * 3_600_000,
            lockout_failures: 5,
            lockout_ms: 10 * 60_000,
            tick: std::time::Duration::from_millis(250),
            clock: "ntp",
        }
    }
}

/// A live message to browsers that is not a fact: new readings of an enterprise.
#[derive(Debug, Clone)]
pub struct Readings {
    /// Enterprise.
    pub enterprise: String,
    /// JSON text of the message.
    pub json: Arc<str>,
}

struct Inner {
    setup: Setup,
    durable: watch::Sender<i64>,
    head: watch::Sender<TreeHead>,
    frontier: tokio::sync::Mutex<Frontier>,
    readings: broadcast::Sender<Readings>,
    state: RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    tasks: TaskTracker,
    stop: CancellationToken,
    quiet: std::sync::atomic::AtomicBool,
    hashing: Semaphore,
    secret: [u8; 32],
    log: log::Log,
    pub(crate) jobs: tokio::sync::Mutex<jobs::State>,
    ready: Mutex<Vec<String>>,
}

/// A node, cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

impl App {
    /// Migrates the database, loads the tree and starts what the parts need. Background work
    /// starts with [`App::run`]; tests drive it by hand with [`App::run_jobs`].
    pub async fn start(setup: Setup) -> Result<Self> {
        let now = setup.source.now();
        let mut owners: Vec<(&'static str, &'static [Migration])> = vec![("platform", MIGRATIONS)];
        owners.extend(setup.parts.iter().map(|p| (p.key, p.migrations)));
        setup.db.migrate(&owners, now).await?;
        let (frontier, head) = spine::load_head(&setup.db).await?;
        let next: i64 =
            setup.db.one(crate::db::sql("select next from log_head where id = 1", vec![])).await?.get("next")?;
        let secret = crate::auth::node_secret(&setup.db, &setup.source).await?;
        let log = log::Log::open(&setup.db, &setup.source, &setup.node, &setup.data).await?;
        let jobs = jobs::State::load(&setup.db, &setup.parts, next - 1).await?;
        let app = Self(Arc::new(Inner {
            durable: watch::Sender::new(next - 1),
            head: watch::Sender::new(head),
            frontier: tokio::sync::Mutex::new(frontier),
            readings: broadcast::Sender::new(256),
            state: RwLock::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            quiet: false.into(),
            hashing: Semaphore::new(2),
            secret,
            log,
            jobs: tokio::sync::Mutex::new(jobs),
            ready: Mutex::default(),
            setup,
        }));
        app.integrate().await?;
        for part in app.parts() {
            (part.start)(app.clone()).await?;
        }
        Ok(app)
    }

    /// Starts the background work: tree, reactions, clocks, schedules.
    pub fn run(&self) {
        self.spawn(jobs::tree_loop(self.clone()));
        self.spawn(jobs::work_loop(self.clone()));
        log::run(self);
    }

    /// Does all work that is due, until nothing is left. For tests and loading.
    pub async fn run_jobs(&self) -> Result<()> {
        let mut state = self.0.jobs.lock().await;
        for _ in 0..64 {
            self.integrate().await?;
            let moved =
                reactions::drain(self, &mut state).await? + clocks::fire_due(self, &mut state.failed_clocks).await?;
            if moved == 0 {
                return Ok(());
            }
        }
        Err(Error::internal("the work does not come to rest"))
    }

    /// Runs what reacts to facts until nothing moves, and leaves due times alone: the history of a
    /// demonstration brings its own.
    pub async fn run_reactions(&self) -> Result<()> {
        let mut state = self.0.jobs.lock().await;
        loop {
            self.integrate().await?;
            if reactions::drain(self, &mut state).await? == 0 {
                return Ok(());
            }
        }
    }

    /// Stops the background work and waits for it.
    pub async fn stop(&self) {
        self.0.stop.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Runs a task that ends with the node.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move {
            tokio::select! { () = stop.cancelled() => {}, () = task => {} }
        });
    }

    /// Cancelled when the node stops.
    pub fn stopping(&self) -> CancellationToken {
        self.0.stop.clone()
    }
    /// Database.
    pub fn db(&self) -> &Db {
        &self.0.setup.db
    }
    /// Clock, ids, randomness.
    pub fn source(&self) -> &Source {
        &self.0.setup.source
    }
    /// Node name.
    pub fn node(&self) -> &str {
        &self.0.setup.node
    }
    /// Data folder.
    pub fn data(&self) -> &PathBuf {
        &self.0.setup.data
    }
    /// Parts, built ones and planned ones.
    pub fn parts(&self) -> &[&'static Part] {
        &self.0.setup.parts
    }
    /// The part of a key.
    pub fn part(&self, key: &str) -> Option<&'static Part> {
        self.parts().iter().copied().find(|p| p.key == key)
    }
    /// True on a node with fictional data.
    pub fn demo(&self) -> bool {
        self.0.setup.demo
    }
    pub(crate) fn policy(&self) -> &Policy {
        &self.0.setup.policy
    }
    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.0.secret
    }
    pub(crate) fn log(&self) -> &log::Log {
        &self.0.log
    }
    pub(crate) fn hashing(&self) -> &Semaphore {
        &self.0.hashing
    }
    pub(crate) fn jobs(&self) -> &tokio::sync::Mutex<jobs::State> {
        &self.0.jobs
    }

    /// The newest tree head.
    pub fn tree_head(&self) -> TreeHead {
        self.0.head.borrow().clone()
    }
    /// Wakes when the tree has taken in more.
    pub(crate) fn watch_head(&self) -> watch::Receiver<TreeHead> {
        self.0.head.subscribe()
    }
    /// Last durable place in the log.
    pub fn durable(&self) -> i64 {
        *self.0.durable.borrow()
    }
    /// Wakes when more of the log has become durable.
    pub fn watch_durable(&self) -> watch::Receiver<i64> {
        self.0.durable.subscribe()
    }
    pub(crate) fn became_durable(&self, seq: i64) {
        self.0.durable.send_if_modified(|known| {
            let more = seq > *known;
            *known = seq.max(*known);
            more
        });
    }
    /// Takes durable leaves into the tree.
    pub async fn integrate(&self) -> Result<()> {
        let mut frontier = self.0.frontier.lock().await;
        let head = spine::integrate(self.db(), &mut frontier, self.durable()).await?;
        self.0.head.send_replace(head);
        Ok(())
    }

    /// Sends new readings to the browsers that watch this enterprise.
    pub fn push_readings(&self, readings: Readings) {
        // Nobody watching is the normal case.
        let _ = self.0.readings.send(readings);
    }
    pub(crate) fn watch_readings(&self) -> broadcast::Receiver<Readings> {
        self.0.readings.subscribe()
    }

    /// While quiet, nothing is sent to people: history is being loaded.
    pub fn set_quiet(&self, quiet: bool) {
        self.0.quiet.store(quiet, std::sync::atomic::Ordering::Relaxed);
    }
    /// Whether people are to be left alone.
    pub fn is_quiet(&self) -> bool {
        self.0.quiet.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Keeps a part's running state (stores, pipelines) under its type.
    pub fn put_state<T: Any + Send + Sync>(&self, state: Arc<T>) {
        self.0.state.write().insert(TypeId::of::<T>(), state);
    }
    /// A part's running state.
    pub fn state<T: Any + Send + Sync>(&self) -> Result<Arc<T>> {
        let found = self.0.state.read().get(&TypeId::of::<T>()).cloned();
        found
            .and_then(|s| s.downcast().ok())
            .ok_or_else(|| Error::internal(format!("{} has not been started", std::any::type_name::<T>())))
    }

    /// What keeps the node from being ready, in words; empty when ready.
    pub fn not_ready(&self) -> Vec<String> {
        let mut reasons = self.0.ready.lock().clone();
        reasons.extend(self.0.log.trouble());
        reasons
    }
    /// States a reason why the node is not ready yet (loading).
    pub fn set_not_ready(&self, reasons: Vec<String>) {
        *self.0.ready.lock() = reasons;
    }

    /// A context of the platform's own.
    pub fn ctx(&self, actor: Actor) -> Ctx {
        Ctx::internal(self, actor)
    }

    /// Who may do what: role × part × action, for the printed table.
    pub fn authorisation_table(&self) -> Vec<(crate::actor::Role, &'static Part, Vec<Action>)> {
        let mut table = vec![];
        for role in crate::actor::Role::ALL {
            for part in self.parts().iter().filter(|p| p.built) {
                let actions: Vec<Action> = Action::ALL.into_iter().filter(|a| part.allows(*role, *a)).collect();
                if !actions.is_empty() {
                    table.push((*role, *part, actions));
                }
            }
        }
        table
    }
}
