//! SQL of the list of API keys.
use platform::http::Listing;
use platform::scope::{self, Columns};
use platform::{Ctx, Db, Result, Sql, Subject, args, sql};

/// The list of keys.
pub(super) const LISTING: Listing = Listing {
    select: "select k.id, k.name, k.org, o.name as org_name, k.scopes, k.until_at, k.revoked_at, k.created_at, k.used_at from access_key k join org o on o.id = k.org where 1 = 1",
    count: "from access_key k join org o on o.id = k.org where 1 = 1",
    sorts: &[("created_at", "k.created_at"), ("name", "k.name")],
    tie: "k.id",
    descending: true,
};

const SCOPE: Columns =
    Columns { enterprise: "k.org", region: "o.region", sectors: None, kind: "key", id: "k.id", owner: Some("k.org") };

/// Adds the keys the caller may administer.
pub(super) fn within_reach(query: &mut Sql, ctx: &Ctx) {
    match ctx.actor.subject {
        Some(Subject::Government) => scope::condition(query, &ctx.actor, ctx.now(), SCOPE),
        _ if ctx.actor.is_internal() => {}
        _ => drop(query.push(" and k.org = ").bind(ctx.actor.org.as_str())),
    }
}

/// The organisation that holds a key.
pub(super) async fn holder(db: &Db, id: &str) -> Result<String> {
    db.one(sql("select org from access_key where id = $1", args![id])).await?.get("org")
}
