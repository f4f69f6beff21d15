//! Turns a request into a context: API key or session cookie, CSRF, and who that is now.
use crate::actor::{Actor, ActorRef};
use crate::app::App;
use crate::auth::session;
use crate::ctx::{Ctx, Request};
use crate::error::{Error, Result};
use crate::http::once::Once;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use std::net::SocketAddr;
use std::sync::Arc;

/// Marks requests that came over TLS; the server's TLS listener adds it.
#[derive(Debug, Clone, Copy)]
pub struct OverTls;

/// The token of an `Authorization: Bearer` header.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The session cookie's value.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    cookies.map(str::trim).find_map(|c| c.strip_prefix(session::COOKIE)?.strip_prefix('='))
}

pub(crate) fn address(parts: &Parts) -> String {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or_else(|| "local".to_owned(), |c| c.0.ip().to_string())
}

impl FromRequestParts<App> for Ctx {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let mut request = Request {
            address: address(parts),
            over_tls: parts.extensions.get::<OverTls>().is_some(),
            ..Request::default()
        };
        let actor = if let Some(token) = bearer(&parts.headers) {
            crate::auth::keys::actor(app, token).await?
        } else if let Some(token) = cookie(&parts.headers) {
            let found = session::find(app, token).await?.ok_or(Error::Unauthenticated("login-required"))?;
            check_csrf(app, &parts.method, &parts.headers, token)?;
            // A first password is known to whoever set it; nothing else may be done with it.
            if found.account.must_change && !parts.uri.path().contains("/session") {
                return Err(Error::refused("等保 GB/T 22239-2019 身份鉴别", "首次登录请先修改初始密码"));
            }
            request.session = Some(found.token_hash);
            request.confirmed_at = Some(found.confirmed_at);
            crate::auth::actor(app.db(), &found.account, app.source().now()).await?
        } else {
            return Err(Error::Unauthenticated("login-required"));
        };
        request.once = parts.extensions.get::<Once>().map(|once| (once.key_for(&actor), once.hash.clone()));
        Ok(Self { app: app.clone(), actor: Arc::new(actor), request: Arc::new(request) })
    }
}

impl Ctx {
    /// The same caller with the roles and area it has now; an error once the session or key has
    /// ended. For what outlives a request; an open stream does not count as activity.
    pub(crate) async fn refreshed(&self) -> Result<Self> {
        let actor = match (&self.actor.me, &self.request.session) {
            (ActorRef::Person { .. }, Some(session)) => {
                let account = session::account(&self.app, session).await?;
                crate::auth::actor(self.db(), &account, self.now()).await?
            }
            (ActorRef::ApiKey(id), _) => crate::auth::keys::actor_of(&self.app, id).await?,
            _ => return Ok(self.clone()),
        };
        Ok(Self { actor: Arc::new(actor), ..self.clone() })
    }
}

/// A browser sends the cookie by itself, so a write also needs the token only our page knows.
fn check_csrf(app: &App, method: &Method, headers: &HeaderMap, token: &str) -> Result<()> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let given = headers.get("x-csrf-token").and_then(|v| v.to_str().ok()).unwrap_or_default();
    if session::csrf_matches(app, token, given) {
        Ok(())
    } else {
        Err(Error::Forbidden("页面已过期，请刷新后重试（缺少防伪令牌）".to_owned()))
    }
}

/// A context for endpoints that need no sign-in: self-registration, sign-in itself, devices.
pub struct Anyone(pub Ctx);

impl FromRequestParts<App> for Anyone {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let actor = Actor::anonymous();
        debug_assert_eq!(actor.me, ActorRef::Anonymous);
        let once = parts.extensions.get::<Once>().map(|once| (once.key_for(&actor), once.hash.clone()));
        let request = Request {
            address: address(parts),
            over_tls: parts.extensions.get::<OverTls>().is_some(),
            once,
            ..Request::default()
        };
        Ok(Self(Ctx { app: app.clone(), actor: Arc::new(actor), request: Arc::new(request) }))
    }
}
