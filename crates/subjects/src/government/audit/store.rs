//! SQL of the auditor's list: the platform's log and directory, read only.
use platform::http::Listing;
use platform::{Ctx, Db, Ms, Result, sql, timeline};
use std::collections::HashMap;

/// The list of events, newest first.
pub(super) const LISTING: Listing = Listing {
    select: "select e.seq, e.id, e.kind, e.subject, e.owner, e.enterprise, e.region, e.sectors, e.audience, e.occurred_at, e.recorded_at, e.actor_org, e.actor_subject, e.because, e.depth, e.entry, e.leaf from event e where 1 = 1",
    count: "from event e where 1 = 1",
    sorts: &[("seq", "e.seq")],
    tie: "e.id",
    descending: true,
};

/// Names of organisations by id.
pub(super) async fn org_names(db: &Db) -> Result<HashMap<String, String>> {
    let rows = db.all(sql("select id, name from org where subject <> 'enterprise'", vec![])).await?;
    rows.iter().map(|r| Ok((r.get("id")?, r.get("name")?))).collect()
}

/// Acts on accounts, roles and keys, and refused or locked sign-ins, since a time.
pub(in crate::government) async fn recent(ctx: &Ctx, since: Ms) -> Result<i64> {
    let mut query = sql("select count(*) as n from event e where e.recorded_at >= ", vec![]);
    query.bind(since);
    query.in_list(" and e.kind", ["account.changed", "role.granted", "role.revoked", "key.issued", "key.revoked"]);
    timeline::visible(&mut query, ctx);
    ctx.db().one(query).await?.get("n")
}
