//! Sessions: signing in with lock-out and second factor, and the rows behind the cookie.
use crate::actor::ActorRef;
use crate::app::App;
use crate::args;
use crate::auth::accounts::{self, Account, Org};
use crate::ctx::Ctx;
use crate::db::sql;
use crate::error::{Error, Result};
use crate::secrets;
use crate::source::Ms;
use events::platform::AccessRecorded;

/// Name of the session cookie.
pub(crate) const COOKIE: &str = "anlan_session";
/// A confirmation by password or second factor holds this long (evidence class E3).
const CONFIRMED_MS: i64 = 5 * 60_000;

/// A session that was found by its cookie.
pub(crate) struct Found {
    pub account: Account,
    pub token_hash: String,
    pub confirmed_at: Ms,
}

/// A new session's cookie value.
pub(crate) struct Opened {
    pub token: String,
    pub account: Account,
}

/// The CSRF token of a session: derived, so that nothing more needs to be stored.
pub(crate) fn csrf(app: &App, token: &str) -> String {
    secrets::csrf_token(app.secret(), token)
}

pub(crate) fn csrf_matches(app: &App, token: &str, given: &str) -> bool {
    secrets::csrf_matches(app.secret(), token, given)
}

/// Hashing takes a core for tens of milliseconds: never more than two at once.
pub(crate) async fn hash(app: &App, password: String) -> Result<String> {
    let _permit = app.hashing().acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || secrets::hash_password(&password))
        .await
        .map_err(Error::internal)?
        .map_err(Error::internal)
}

async fn verify(app: &App, password: String, hash: Option<String>) -> Result<bool> {
    let _permit = app.hashing().acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(move || secrets::verify_password(&password, hash.as_deref()))
        .await
        .map_err(Error::internal)
}

/// Finds a live session and moves its idle time on.
pub(crate) async fn find(app: &App, token: &str) -> Result<Option<Found>> {
    let token_hash = secrets::token_hash(token);
    let now = app.source().now();
    let row = app
        .db()
        .opt(sql(
            "select s.seen_at, s.confirmed_at as session_confirmed, a.* from session s join account a on a.id = s.account
             where s.token_hash = $1 and s.expires_at > $2 and s.seen_at > $3 and a.disabled = 0",
            args![&token_hash, now, now.plus(-app.policy().session_idle_ms)],
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    // Once a minute is precise enough for an idle limit of hours.
    if now.0 - row.get::<i64>("seen_at")? > 60_000 {
        let mut tx = app.db().begin().await?;
        tx.run(sql("update session set seen_at = $1 where token_hash = $2", args![now, &token_hash])).await?;
        tx.commit().await?;
    }
    Ok(Some(Found { account: Account::read(&row)?, token_hash, confirmed_at: row.get("session_confirmed")? }))
}

/// The account of a session that has neither been closed nor reached its end.
pub(crate) async fn account(app: &App, token_hash: &str) -> Result<Account> {
    let row = app
        .db()
        .opt(sql(
            "select a.* from session s join account a on a.id = s.account where s.token_hash = $1 and s.expires_at > $2 and a.disabled = 0",
            args![token_hash, app.source().now()],
        ))
        .await?;
    row.as_ref().map(Account::read).transpose()?.ok_or(Error::Unauthenticated("login-required"))
}

/// Signs in: password, lock-out, second factor, then a fresh session.
pub(crate) async fn open(ctx: &Ctx, username: &str, password: String, code: Option<&str>) -> Result<Opened> {
    let app = &ctx.app;
    let now = ctx.now();
    let Some(account) = accounts::find(app.db(), username).await?.filter(|a| a.username == username && !a.disabled)
    else {
        // The same work as for a known name, so that names cannot be told apart by time.
        verify(app, password, None).await?;
        return Err(Error::Unauthenticated("login-failed"));
    };
    if account.locked_until.is_some_and(|until| until > now) {
        return Err(Error::Unauthenticated("locked"));
    }
    if !verify(app, password, Some(account.password_hash.clone())).await? {
        return Err(failed(ctx, &account).await?);
    }
    let step = match (&account.totp_secret, code) {
        (None, _) => account.totp_step,
        (Some(_), None) => return Err(Error::Unauthenticated("totp-required")),
        (Some(secret), Some(code)) => match step_of(&account, secret, code, now)? {
            Some(step) => step,
            None => return Err(failed(ctx, &account).await?),
        },
    };
    let token = hex::encode(app.source().random::<32>());
    let mut tx = ctx.begin().await?;
    tx.run(sql(
        "update account set failed = 0, locked_until = null, totp_step = $1 where id = $2",
        args![step, account.id],
    ))
    .await?;
    tx.run(sql("delete from session where expires_at <= $1", args![now])).await?;
    tx.run(sql(
        "insert into session (token_hash, account, created_at, seen_at, expires_at, confirmed_at, address) values ($1, $2, $3, $3, $4, $3, $5)",
        args![secrets::token_hash(&token), account.id, now, now.plus(app.policy().session_lifetime_ms), ctx.address()],
    ))
    .await?;
    record(ctx, tx, &account, "login", None).await?;
    Ok(Opened { token, account })
}

/// Counts a failure; the one that locks the account is a fact.
async fn failed(ctx: &Ctx, account: &Account) -> Result<Error> {
    let now = ctx.now();
    let mut tx = ctx.begin().await?;
    let count: i64 = tx
        .one(sql("update account set failed = failed + 1 where id = $1 returning failed", args![account.id]))
        .await?
        .get("failed")?;
    if count < ctx.app.policy().lockout_failures {
        tx.into_raw().commit().await?;
        return Ok(Error::Unauthenticated("login-failed"));
    }
    tx.run(sql(
        "update account set failed = 0, locked_until = $1 where id = $2",
        args![now.plus(ctx.app.policy().lockout_ms), account.id],
    ))
    .await?;
    record(ctx, tx, account, "locked", Some("failed_attempts")).await?;
    Ok(Error::Unauthenticated("locked"))
}

async fn record(ctx: &Ctx, tx: crate::ctx::Tx, account: &Account, act: &str, reason: Option<&str>) -> Result<()> {
    let org = Org::find(ctx.db(), &account.org).await?.ok_or(Error::NotFound)?;
    let mut actor = accounts::actor(ctx.db(), account, ctx.now()).await?;
    actor.me = ActorRef::Person { account: account.id, person: account.person };
    let payload =
        AccessRecorded { act: act.into(), address: ctx.address().to_owned().into(), reason: reason.map(Into::into) };
    let me = ctx.acting_as(actor);
    let event = me.event(&payload, format!("account/{}", account.id), &org.placed())?;
    me.commit(tx, event, vec![]).await?;
    Ok(())
}

impl Ctx {
    /// Ends the caller's session.
    pub(crate) async fn close_session(&self) -> Result<()> {
        let Some(token) = &self.request.session else { return Ok(()) };
        let mut tx = self.db().begin().await?;
        tx.run(sql("delete from session where token_hash = $1", args![token])).await?;
        tx.commit().await
    }

    /// The account behind the caller.
    pub(crate) async fn own_account(&self) -> Result<Account> {
        let id = self.actor.account().ok_or_else(|| Error::Forbidden("接口密钥没有个人账号".to_owned()))?;
        accounts::find(self.db(), &id.to_string()).await?.ok_or(Error::NotFound)
    }

    /// Refuses an act of class E3 unless the person confirmed within the last five minutes.
    pub fn require_confirmed(&self) -> Result<()> {
        let fresh = self.request.confirmed_at.is_some_and(|at| self.now().0 - at.0 <= CONFIRMED_MS);
        // The past that a demonstration loads was confirmed by nobody; no request can stand in it.
        if fresh || self.actor.is_internal() || self.request.then.is_some() {
            return Ok(());
        }
        Err(Error::refused("证据等级 E3", "这一步需要本人确认：请在弹窗中输入密码或动态口令后重试"))
    }

    /// Confirms the person by password or second factor.
    pub async fn confirm(&self, password: Option<String>, code: Option<&str>) -> Result<()> {
        let account = self.own_account().await?;
        let fits = match (password, code, &account.totp_secret) {
            (Some(password), _, _) => verify(&self.app, password, Some(account.password_hash.clone())).await?,
            (None, Some(code), Some(secret)) => step_of(&account, secret, code, self.now())?.is_some(),
            _ => return Err(Error::invalid("password", "请输入密码或动态口令")),
        };
        if !fits {
            failed(self, &account).await?;
            return Err(Error::invalid("password", "密码或动态口令不正确"));
        }
        let mut tx = self.db().begin().await?;
        tx.run(sql(
            "update session set confirmed_at = $1 where token_hash = $2",
            args![self.now(), self.request.session.clone()],
        ))
        .await?;
        tx.commit().await
    }

    /// Changes the caller's own password and ends the other sessions.
    pub(crate) async fn change_password(&self, old: String, new: String) -> Result<()> {
        let account = self.own_account().await?;
        if !verify(&self.app, old, Some(account.password_hash.clone())).await? {
            failed(self, &account).await?;
            return Err(Error::invalid("old", "原密码不正确"));
        }
        check_new(&account.username, &new, "new")?;
        let hash = hash(&self.app, new).await?;
        let mut tx = self.begin().await?;
        tx.run(sql("update account set password_hash = $1, must_change = 0 where id = $2", args![hash, account.id]))
            .await?;
        tx.run(sql(
            "delete from session where account = $1 and token_hash <> $2",
            args![account.id, self.request.session.clone()],
        ))
        .await?;
        record(self, tx, &account, "password_changed", None).await
    }

    /// Starts setting up a second factor: a secret that counts once a code has proved it.
    pub(crate) async fn start_totp(&self) -> Result<(String, String)> {
        let account = self.own_account().await?;
        let secret = secrets::new_totp_secret().map_err(Error::internal)?;
        let mut tx = self.db().begin().await?;
        tx.run(sql("update account set totp_pending = $1 where id = $2", args![&secret, account.id])).await?;
        tx.commit().await?;
        let url = second_factor(&account, &secret)?.enrol_url().map_err(Error::internal)?;
        Ok((secret, url))
    }

    /// Ends setting it up.
    pub(crate) async fn finish_totp(&self, code: &str) -> Result<()> {
        let account = self.own_account().await?;
        let secret = account.totp_pending.clone().ok_or_else(|| Error::invalid("code", "请先获取绑定二维码"))?;
        let step = step_of(&account, &secret, code, self.now())?
            .ok_or_else(|| Error::invalid("code", "动态口令不正确，请核对手机时间后重试"))?;
        let mut tx = self.begin().await?;
        tx.run(sql(
            "update account set totp_secret = $1, totp_pending = null, totp_step = $2 where id = $3",
            args![secret, step, account.id],
        ))
        .await?;
        record(self, tx, &account, "totp_on", None).await
    }

    /// Hash for a new password, after the policy; for accounts that others open.
    pub async fn new_password_hash(&self, username: &str, password: &str, field: &str) -> Result<String> {
        check_new(username, password, field)?;
        hash(&self.app, password.to_owned()).await
    }
}

fn check_new(username: &str, password: &str, field: &str) -> Result<()> {
    secrets::check_password(username, password).map_err(|problem| Error::invalid(field, problem))
}

fn second_factor(account: &Account, secret: &str) -> Result<secrets::Totp> {
    secrets::Totp::open(secret, &account.username, "安澜").map_err(Error::internal)
}

/// The step of a code that has not been used before.
fn step_of(account: &Account, secret: &str, code: &str, now: Ms) -> Result<Option<i64>> {
    let last = u64::try_from(account.totp_step).ok().filter(|s| *s > 0);
    Ok(second_factor(account, secret)?.verify(code, now.0, last).and_then(|s| i64::try_from(s).ok()))
}
