//! The context of one request or job, and a business write in progress.
use crate::actor::{Actor, ActorRef};
use crate::app::App;
use crate::args;
use crate::db::{Db, RawTx, sql};
use crate::error::{Error, Result};
use crate::event::NewEvent;
use crate::part::{Action, Part};
use crate::scope::{self, Placed};
use crate::source::Ms;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use uuid::Uuid;

/// Who asks, on which node, with what at hand. Time, ids and randomness enter through it.
#[derive(Clone)]
pub struct Ctx {
    /// The node.
    pub app: App,
    /// Who acts.
    pub actor: Arc<Actor>,
    pub(crate) request: Arc<Request>,
}

/// What is known of the request besides the actor.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// Key and body digest under which the write may happen once.
    pub once: Option<(String, String)>,
    /// The event a reaction answers.
    pub cause: Option<Cause>,
    /// Where the call came from.
    pub address: String,
    /// Whether it came over TLS.
    pub over_tls: bool,
    /// Hash of the session token.
    pub session: Option<String>,
    /// When the person last confirmed with password or second factor.
    pub confirmed_at: Option<Ms>,
    /// The past moment at which a demonstration's history happens.
    pub then: Option<Ms>,
}

/// The event a reaction answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cause {
    pub event: Uuid,
    pub depth: i64,
}

impl Ctx {
    /// A context of the platform's own.
    pub fn internal(app: &App, actor: Actor) -> Self {
        Self { app: app.clone(), actor: Arc::new(actor), request: Arc::new(Request::default()) }
    }
    /// The same context acting as somebody else (loading a demo, tests).
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { app: self.app.clone(), actor: Arc::new(actor), request: Arc::new(Request::default()) }
    }
    /// The same caller without the submission key of the request.
    #[must_use]
    pub(crate) fn without_once(&self) -> Self {
        let request = Request { once: None, ..(*self.request).clone() };
        Self { request: Arc::new(request), ..self.clone() }
    }
    pub(crate) fn reacting(app: &App, name: &'static str, once: String, cause: Cause) -> Self {
        let request = Request { once: Some((once, String::new())), cause: Some(cause), ..Request::default() };
        Self { app: app.clone(), actor: Arc::new(Actor::reaction(name)), request: Arc::new(request) }
    }
    /// The same caller at a past moment, for the history that a demonstration loads: what it writes
    /// happened then, is recorded now and is marked. A node with real data refuses.
    pub fn at(&self, then: Ms) -> Result<Self> {
        if !self.app.demo() || then > self.app.source().now() {
            return Err(Error::internal("only a demonstration may be given a past, and no node a future"));
        }
        let request = Request { then: Some(then), ..(*self.request).clone() };
        Ok(Self { request: Arc::new(request), ..self.clone() })
    }
    /// Now.
    pub fn now(&self) -> Ms {
        self.request.then.unwrap_or_else(|| self.app.source().now())
    }
    /// A new UUIDv7.
    pub fn new_id(&self) -> Uuid {
        self.app.source().id()
    }
    /// The database, for reading.
    pub fn db(&self) -> &Db {
        self.app.db()
    }
    pub(crate) fn cause(&self) -> Option<Cause> {
        self.request.cause
    }
    /// Where the call came from.
    pub fn address(&self) -> &str {
        &self.request.address
    }

    /// Whether a role of the caller may do this in a part.
    pub fn may(&self, part: &Part, action: Action) -> bool {
        if let ActorRef::ApiKey(_) = self.actor.me {
            let scope = format!("{}:{}", part.key, action.code());
            return self.actor.scopes.contains(&scope);
        }
        self.actor.is_internal() || self.actor.roles.iter().any(|role| part.allows(*role, action))
    }
    /// Refuses an act that no role of the caller allows.
    pub fn allow(&self, part: &Part, action: Action) -> Result<()> {
        if self.may(part, action) {
            return Ok(());
        }
        let roles: Vec<&str> = self.actor.roles.iter().map(|r| r.name()).collect();
        Err(Error::Forbidden(format!(
            "您的角色（{}）不能在“{}”中{}；如需办理，请联系本单位管理员授权",
            if roles.is_empty() { "未授权".to_owned() } else { roles.join("、") },
            part.name,
            action.name()
        )))
    }
    /// Refuses an act on an object that the role does not allow or that stands outside the scope.
    /// Objects were already loaded through scope, so this is the second wall, not the first.
    pub fn require(&self, part: &Part, action: Action, object: &Placed) -> Result<()> {
        self.allow(part, action)?;
        if scope::covers(&self.actor, object) { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Starts a business write.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx { raw: self.db().begin().await?, now: self.now() })
    }

    /// Writes the idempotency row inside the write itself, so that the effect happens once.
    pub(crate) async fn once_in(&self, tx: &mut Tx, events: impl Iterator<Item = &NewEvent>) -> Result<()> {
        let Some((key, hash)) = &self.request.once else { return Ok(()) };
        let ids: Vec<Uuid> = events.map(|e| e.id).collect();
        let ids = serde_json::to_string(&ids).map_err(Error::internal)?;
        let fresh = tx
            .run(sql(
                "insert into once (key, hash, at, events) values ($1, $2, $3, $4) on conflict (key) do nothing",
                args![key, hash, self.now(), ids],
            ))
            .await?;
        if fresh == 1 {
            Ok(())
        } else {
            Err(Error::Conflict("这次提交已经办理过，无需重复提交".to_owned()))
        }
    }
}

/// A business write in progress. It has no `commit`: see [`Ctx::commit`].
pub struct Tx {
    raw: RawTx,
    now: Ms,
}

impl Tx {
    pub(crate) fn into_raw(self) -> RawTx {
        self.raw
    }
    /// When the write began.
    pub const fn now(&self) -> Ms {
        self.now
    }
}

impl Deref for Tx {
    type Target = RawTx;
    fn deref(&self) -> &RawTx {
        &self.raw
    }
}
impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut RawTx {
        &mut self.raw
    }
}
