//! Test drivers: a platform with a fresh database, a clock that stands still, and clients that
//! talk to it through the HTTP router. Panics are how a test driver reports; it is no product code.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test driver reports by panicking"
)]
mod client;
mod database;

pub use client::{Client, Reply};
pub use database::Engine;

use events::organisations::{OrgRegistered, RoleGranted};
use platform::auth::{NewAccount, Org};
use platform::{Actor, App, Ctx, Ms, Part, Role, Setup, Source, Subject};
use std::sync::OnceLock;
use uuid::Uuid;

/// The password of every test login.
pub const PASSWORD: &str = "Anlan-Test#2026";
/// Where the clock stands at the start: 2026-11-23 09:00 in Beijing, a Monday.
pub const START: Ms = Ms(1_795_395_600_000);

/// A node under test. End the test with [`TestPlatform::finish`], which checks the house rules.
pub struct TestPlatform {
    /// The node.
    pub app: App,
    router: axum::Router,
    database: database::Database,
    parts: Vec<&'static Part>,
    restarts: u64,
    finished: bool,
}

impl TestPlatform {
    /// Starts a node with these parts on a fresh database.
    pub async fn start(engine: Engine, parts: Vec<&'static Part>) -> Self {
        Self::start_with(engine, parts, |_| ()).await
    }

    /// The same with something laid into the data folder first, such as the policy of the log.
    pub async fn start_with(engine: Engine, parts: Vec<&'static Part>, prepare: impl FnOnce(&std::path::Path)) -> Self {
        let database = database::Database::create(engine).await;
        prepare(database.folder());
        let (app, router) = open(&database, parts.clone(), Source::fixed(START, 7)).await;
        Self { app, router, database, parts, restarts: 0, finished: false }
    }

    /// Stops the node and starts it again on the same database, as after a crash: what was not
    /// durable is gone, clients have to sign in again only if their session was not.
    pub async fn restart(&mut self) {
        self.app.stop().await;
        self.restarts += 1;
        // Another seed, because ids must not repeat within one database.
        let source = Source::fixed(self.app.source().now(), 7 + self.restarts * 1_000_000_000);
        (self.app, self.router) = open(&self.database, self.parts.clone(), source).await;
    }

    /// A context of the platform's own.
    pub fn ctx(&self) -> Ctx {
        self.app.ctx(Actor::system())
    }

    /// Registers an organisation in the directory, with its event.
    pub async fn org(&self, subject: Subject, id: &str, region: &str) -> Org {
        let org = Org {
            id: id.to_owned(),
            subject,
            name: format!("{}{id}", subject.name()),
            uscc: None,
            region: region.to_owned(),
            sectors: vec![],
        };
        let ctx = self.ctx();
        let mut tx = ctx.begin().await.unwrap();
        tx.put_org(&org).await.unwrap();
        let payload = OrgRegistered {
            org: id.into(),
            kind: subject.code().into(),
            name: org.name.clone().into(),
            uscc: None,
            region: region.into(),
            sectors: vec![],
            verified_by: None,
        };
        let event = ctx.event(&payload, format!("org/{id}"), &org.placed()).unwrap();
        ctx.commit(tx, event, vec![]).await.unwrap();
        org
    }

    /// Opens `role@org` (the organisation must exist) and signs in.
    pub async fn login(&self, username: &str) -> Client {
        let ctx = self.ctx();
        if platform::auth::find(ctx.db(), username).await.unwrap().is_none() {
            self.open_account(&ctx, username).await;
        }
        let client = self.anonymous();
        client.sign_in(username, PASSWORD).await
    }

    async fn open_account(&self, ctx: &Ctx, username: &str) {
        static HASH: OnceLock<String> = OnceLock::new();
        let hash = HASH.get_or_init(|| platform::secrets::hash_password(PASSWORD).unwrap());
        let (role, org) = username.split_once('@').expect("role@org");
        let org = Org::find(ctx.db(), org).await.unwrap().expect("the organisation exists");
        let role = Role::parse(org.subject, role).expect("the role exists in this subject");
        let person = ctx.new_id();
        let account = NewAccount {
            username,
            person,
            person_name: role.name(),
            phone: None,
            org: &org.id,
            region: None,
            sectors: &[],
            password_hash: hash,
            must_change: false,
        };
        let mut tx = ctx.begin().await.unwrap();
        let id = tx.open_account(ctx, &account).await.unwrap();
        let payload =
            RoleGranted { account: id, person, role: role.code().into(), org: org.id.as_str().into(), until: None };
        let event = ctx.event(&payload, format!("account/{id}"), &org.placed()).unwrap();
        tx.grant_role(id, role, None, event.id).await.unwrap();
        ctx.commit(tx, event, vec![]).await.unwrap();
    }

    /// Somebody who is not signed in.
    pub fn anonymous(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// The safety manager of an enterprise, which is registered where it is not yet.
    pub async fn as_enterprise(&self, id: &str) -> Client {
        if Org::find(self.app.db(), id).await.unwrap().is_none() {
            self.org(Subject::Enterprise, id, "990121103").await;
        }
        self.login(&format!("safety_manager@{id}")).await
    }

    /// An officer of the bureau of a region, which is registered where it is not yet.
    pub async fn as_inspector(&self, region: &str) -> Client {
        let id = format!("GOV{region}");
        if Org::find(self.app.db(), &id).await.unwrap().is_none() {
            self.org(Subject::Government, &id, region).await;
        }
        self.login(&format!("officer@{id}")).await
    }

    /// Moves the clock forward and does what has become due.
    pub async fn forward(&self, ms: i64) {
        self.app.source().forward(ms);
        self.run_jobs().await;
    }

    /// Does all work that is due.
    pub async fn run_jobs(&self) {
        self.app.run_jobs().await.unwrap();
    }

    /// Kinds of the events about an object, oldest first.
    pub async fn kinds(&self, subject: &str) -> Vec<String> {
        let query = platform::sql("select kind from event where subject = $1 order by seq", platform::args![subject]);
        let rows = self.app.db().all(query).await.unwrap();
        rows.iter().map(|r| r.get("kind").unwrap()).collect()
    }

    /// The last event of a kind.
    pub async fn last_event(&self, kind: &str) -> Uuid {
        let query =
            platform::sql("select id from event where kind = $1 order by seq desc limit 1", platform::args![kind]);
        self.app.db().one(query).await.expect("such an event").get("id").unwrap()
    }

    /// Ends the test: no job left, no parked reaction, the tree re-derives from the stored bytes,
    /// and the columns of every event say what its entry says.
    pub async fn finish(mut self) {
        self.finished = true;
        self.run_jobs().await;
        let parked =
            self.app.db().all(platform::sql("select reaction, error from reaction_parked", vec![])).await.unwrap();
        let parked: Vec<(String, String)> =
            parked.iter().map(|r| (r.get("reaction").unwrap(), r.get("error").unwrap())).collect();
        assert!(parked.is_empty(), "parked reactions: {parked:?}");
        let derived = platform::spine::rederive(self.app.db()).await.expect("the tree re-derives");
        assert_eq!(derived, self.app.tree_head(), "the tree head is the root of the stored leaves");
        let misfits = platform::spine::misfits(self.app.db()).await.unwrap();
        assert!(misfits.is_empty(), "columns that say something else than their entry: {misfits:?}");
        self.app.stop().await;
        self.database.remove().await;
    }
}

impl Drop for TestPlatform {
    fn drop(&mut self) {
        assert!(self.finished || std::thread::panicking(), "end the test with TestPlatform::finish");
    }
}

async fn open(database: &database::Database, parts: Vec<&'static Part>, source: Source) -> (App, axum::Router) {
    let setup = Setup {
        db: database.open().await,
        source,
        node: "test".to_owned(),
        data: database.folder().to_owned(),
        parts,
        demo: true,
        policy: platform::Policy::default(),
    };
    let app = App::start(setup).await.expect("the node starts");
    let (router, _) = platform::http::router(&app);
    let router = platform::http::finish(&app, router.fallback(|| async { platform::Error::NotFound }));
    (app, router)
}

/// A story, told once and run on both databases. The PostgreSQL half needs the test run's wrapper
/// (`scripts/with-postgres`), which `make test` uses.
#[macro_export]
macro_rules! story {
    ($(#[$meta:meta])* $name:ident, $parts:expr, |$t:ident| $body:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "a story may need nothing of its file")]
            use super::*;
            async fn tell($t: &$crate::TestPlatform) $body
            #[tokio::test]
            async fn on_sqlite() {
                let t = $crate::TestPlatform::start($crate::Engine::Sqlite, $parts).await;
                tell(&t).await;
                t.finish().await;
            }
            #[tokio::test]
            async fn on_postgres() {
                let Some(engine) = $crate::Engine::postgres() else { return };
                let t = $crate::TestPlatform::start(engine, $parts).await;
                tell(&t).await;
                t.finish().await;
            }
        }
    };
}
