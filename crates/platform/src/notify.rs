//! In-app notifications, written in the transaction of what they tell.
use crate::actor::Role;
use crate::args;
use crate::ctx::{Ctx, Tx};
use crate::db::{Sql, sql};
use crate::error::Result;
use crate::source::Ms;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Whom to tell.
#[derive(Debug, Clone, Copy)]
pub enum To<'a> {
    /// Holders of a role in an organisation.
    Org(&'a str, &'a [Role]),
    /// Government users with a role whose area contains the region.
    Area(&'a str, &'a [Role]),
}

/// What to tell.
#[derive(Debug, Clone)]
pub struct Notice<'a> {
    /// 1 (now) to 4 (when there is time).
    pub priority: u8,
    /// One line.
    pub title: &'a str,
    /// Why, and what happens next.
    pub body: &'a str,
    /// Where it opens.
    pub link: &'a str,
    /// The event it tells.
    pub event: Uuid,
}

/// A notification as its reader sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Notification {
    /// Id.
    pub id: Uuid,
    /// 1 (now) to 4.
    pub priority: i64,
    /// One line.
    pub title: String,
    /// Why, and what happens next.
    pub body: String,
    /// Where it opens.
    pub link: String,
    /// When it was written.
    pub created_at: Ms,
    /// When it was read.
    pub read_at: Option<Ms>,
}

impl Tx {
    /// Tells everybody selected; returns how many.
    pub async fn notify(&mut self, ctx: &Ctx, to: To<'_>, notice: &Notice<'_>) -> Result<usize> {
        if ctx.app.is_quiet() {
            return Ok(0);
        }
        let rows = self.all(recipients(to, ctx.now())).await?;
        for row in &rows {
            self.run(sql(
                "insert into notification (id, account, priority, title, body, link, event_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                args![ctx.new_id(), row.get::<String>("id")?, notice.priority, notice.title, notice.body, notice.link, notice.event, ctx.now()],
            ))
            .await?;
        }
        Ok(rows.len())
    }
}

fn recipients(to: To<'_>, now: Ms) -> Sql {
    let mut query = sql(
        "select distinct a.id from account a join role_grant g on g.account = a.id join org o on o.id = a.org where a.disabled = 0",
        vec![],
    );
    query.push(" and (g.until_at is null or g.until_at > ").bind(now).push(")");
    let roles = match to {
        To::Org(org, roles) => {
            query.push(" and a.org = ").bind(org);
            roles
        }
        To::Area(region, roles) => {
            // The user's area is a prefix of the region at its own level.
            query.push(" and o.subject = 'government' and coalesce(a.region, o.region) in (");
            for (i, length) in [2_usize, 4, 6, 9, 12].into_iter().filter(|n| *n <= region.len()).enumerate() {
                query.push(if i == 0 { "" } else { "," }).bind(region.get(..length).unwrap_or_default());
            }
            query.push(")");
            roles
        }
    };
    query.in_list(" and g.role", roles.iter().map(|r| r.code()));
    query
}

/// The caller's notifications, newest first, and how many are unread.
pub async fn list(ctx: &Ctx, before: Option<Ms>, limit: i64) -> Result<(Vec<Notification>, i64)> {
    let Some(account) = ctx.actor.account() else { return Ok((vec![], 0)) };
    let mut query =
        sql("select id, priority, title, body, link, created_at, read_at from notification where account = ", vec![]);
    query
        .bind(account)
        .filter(" and created_at < ", before)
        .push(" order by created_at desc, id desc limit ")
        .bind(limit);
    let rows = ctx.db().all(query).await?;
    let items = rows
        .iter()
        .map(|r| {
            Ok(Notification {
                id: r.get("id")?,
                priority: r.get("priority")?,
                title: r.get("title")?,
                body: r.get("body")?,
                link: r.get("link")?,
                created_at: r.get("created_at")?,
                read_at: r.get("read_at")?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    let unread = ctx
        .db()
        .one(sql("select count(*) as n from notification where account = $1 and read_at is null", args![account]))
        .await?
        .get("n")?;
    Ok((items, unread))
}

/// Marks the caller's notifications as read; all of them where none is named.
pub async fn mark_read(ctx: &Ctx, ids: &[Uuid]) -> Result<u64> {
    let Some(account) = ctx.actor.account() else { return Ok(0) };
    let mut query = sql("update notification set read_at = ", vec![]);
    query.bind(ctx.now()).push(" where read_at is null and account = ").bind(account);
    if !ids.is_empty() {
        query.in_list(" and id", ids.iter().map(Uuid::to_string));
    }
    let mut tx = ctx.db().begin().await?;
    let touched = tx.run(query).await?;
    tx.commit().await?;
    Ok(touched)
}
