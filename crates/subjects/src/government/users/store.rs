//! SQL of the lists of accounts: the platform's directory, read for names.
use platform::http::Listing;
use platform::scope::{self, Columns};
use platform::{Ctx, Ms, Result, Role, Sql, Subject, Tx, args, sql};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// The list of accounts.
pub(super) const LISTING: Listing = Listing {
    select: "select a.id, a.username, a.person_name, a.org, o.name as org_name, o.subject, a.totp_secret, a.locked_until, a.disabled, a.created_at, (select max(e.recorded_at) from event e where e.subject = 'account/' || a.id and e.kind = 'access.recorded') as last_access from account a join org o on o.id = a.org where 1 = 1",
    count: "from account a join org o on o.id = a.org where 1 = 1",
    sorts: &[("username", "a.username"), ("created_at", "a.created_at")],
    tie: "a.id",
    descending: false,
};

/// Accounts are seen by their own organisation, and by the government of its area.
const SCOPE: Columns = Columns {
    enterprise: "a.org",
    region: "coalesce(a.region, o.region)",
    sectors: None,
    kind: "account",
    id: "a.id",
    owner: Some("a.org"),
};

/// Adds the accounts the caller may administer or read. Grants on an enterprise never reach the
/// accounts of its people.
pub(crate) fn within_reach(query: &mut Sql, ctx: &Ctx) {
    match ctx.actor.subject {
        Some(Subject::Government) => scope::condition(query, &ctx.actor, ctx.now(), SCOPE),
        _ if ctx.actor.is_internal() => {}
        _ => drop(query.push(" and a.org = ").bind(ctx.actor.org.as_str())),
    }
}

/// A role somebody holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct HeldRole {
    /// Role id.
    pub(super) id: String,
    /// Role name.
    pub(super) name: String,
    /// End; nothing where it has none.
    pub(super) until: Option<Ms>,
}

/// The roles in force of these accounts.
pub(super) async fn roles(ctx: &Ctx, accounts: &[(Uuid, Subject)]) -> Result<HashMap<Uuid, Vec<HeldRole>>> {
    let subjects: HashMap<Uuid, Subject> = accounts.iter().copied().collect();
    let mut found: HashMap<Uuid, Vec<HeldRole>> = HashMap::new();
    for some in accounts.chunks(500) {
        let mut query = sql(
            "select account, role, until_at from role_grant where (until_at is null or until_at > $1)",
            args![ctx.now()],
        );
        query.in_list(" and account", some.iter().map(|(id, _)| *id)).push(" order by account, role");
        for row in ctx.db().all(query).await? {
            let (account, code): (Uuid, String) = (row.get("account")?, row.get("role")?);
            let role = subjects.get(&account).and_then(|s| Role::parse(*s, &code));
            let name = role.map_or_else(|| code.clone(), |r| r.name().to_owned());
            found.entry(account).or_default().push(HeldRole { id: code, name, until: row.get("until_at")? });
        }
    }
    Ok(found)
}

/// The roles in force of one account, as a write sees them.
pub(super) async fn held_in(tx: &mut Tx, account: Uuid, subject: Subject) -> Result<Vec<Role>> {
    let now = tx.now();
    let query = sql(
        "select role from role_grant where account = $1 and (until_at is null or until_at > $2)",
        args![account, now],
    );
    let rows = tx.all(query).await?;
    let codes = rows.iter().map(|row| row.get::<String>("role")).collect::<Result<Vec<_>>>()?;
    Ok(codes.iter().filter_map(|code| Role::parse(subject, code)).collect())
}

/// Figures for the administrators' home pages.
pub(crate) struct Figures {
    pub all: i64,
    pub locked: i64,
    pub disabled: i64,
    pub without_role: i64,
}

/// Counts the accounts within reach.
pub(crate) async fn figures(ctx: &Ctx) -> Result<Figures> {
    let now = ctx.now();
    let mut query = sql(
        "select count(*) as n, cast(coalesce(sum(case when a.locked_until > $1 then 1 else 0 end), 0) as bigint) as locked,
         cast(coalesce(sum(a.disabled), 0) as bigint) as disabled,
         cast(coalesce(sum(case when a.disabled = 0 and not exists (select 1 from role_grant g where g.account = a.id and (g.until_at is null or g.until_at > $1)) then 1 else 0 end), 0) as bigint) as without_role
         from account a join org o on o.id = a.org where 1 = 1",
        args![now],
    );
    within_reach(&mut query, ctx);
    let row = ctx.db().one(query).await?;
    Ok(Figures {
        all: row.get("n")?,
        locked: row.get("locked")?,
        disabled: row.get("disabled")?,
        without_role: row.get("without_role")?,
    })
}
