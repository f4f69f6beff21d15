//! The `visibility` table: dated grants, each with the event that caused it.
use crate::args;
use crate::ctx::{Ctx, Tx};
use crate::db::sql;
use crate::error::Result;
use crate::source::Ms;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What an organisation may see of an enterprise, why and how long.
#[derive(Debug, Clone)]
pub struct Visibility<'a> {
    /// Organisation that may see.
    pub org: &'a str,
    /// Enterprise that is seen.
    pub enterprise: &'a str,
    /// Kind of object, as [`crate::Columns`] of its list name it: a grant never opens everything.
    pub object_kind: &'a str,
    /// One object; `None` for all of the kind.
    pub object_id: Option<&'a str>,
    /// Field groups the grant opens: `summary`, `alarms`, `telemetry`, `people`.
    pub fields: &'a [&'a str],
    /// Purpose, in words that the enterprise is shown.
    pub purpose: &'a str,
    /// Start.
    pub from: Ms,
    /// End; `None` until the cause ends.
    pub to: Option<Ms>,
    /// Event that caused it.
    pub because: Uuid,
}

impl Tx {
    /// Opens a grant.
    pub async fn open_visibility(&mut self, ctx: &Ctx, grant: &Visibility<'_>) -> Result<Uuid> {
        let id = ctx.new_id();
        self.run(sql(
            "insert into visibility (id, org, enterprise, object_kind, object_id, fields, purpose, from_at, to_at, because_event) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
            args![id, grant.org, grant.enterprise, grant.object_kind, grant.object_id, format!(",{},", grant.fields.join(",")), grant.purpose, grant.from, grant.to, grant.because],
        ))
        .await?;
        Ok(id)
    }

    /// Closes the grants that an event opened.
    pub async fn close_visibility(&mut self, because: Uuid, at: Ms) -> Result<u64> {
        self.run(sql(
            "update visibility set to_at = $1 where because_event = $2 and (to_at is null or to_at > $1)",
            args![at, because],
        ))
        .await
    }
}

impl Ctx {
    /// Whether the caller, an insurer or service organisation, was granted this field group of
    /// an enterprise as a whole; a grant of one object opens that object only. Other subjects see
    /// whole records within their scope.
    pub async fn granted_field(&self, enterprise: &str, field: &str) -> Result<bool> {
        use crate::actor::Subject;
        if !matches!(self.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg)) {
            return Ok(true);
        }
        let now = self.now();
        let row = self
            .db()
            .opt(sql(
                "select id from visibility where org = $1 and enterprise = $2 and object_id is null and from_at <= $3 and (to_at is null or to_at > $3) and fields like $4 limit 1",
                args![&self.actor.org, enterprise, now, format!("%,{field},%")],
            ))
            .await?;
        Ok(row.is_some())
    }
}

/// One grant as the enterprise is shown it: who, what, why, how long.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Granted {
    /// Organisation that may see.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Kind of object.
    pub kind: String,
    /// Field groups.
    pub fields: Vec<String>,
    /// One object, as `kind/id`; nothing where the grant is for all of them.
    pub object: Option<String>,
    /// Purpose.
    pub purpose: String,
    /// Start.
    pub from: Ms,
    /// End; nothing where it lasts until its cause ends.
    pub to: Option<Ms>,
    /// Event that caused it.
    pub because: Uuid,
    /// Title of that event.
    pub cause: String,
}

/// The grants on an enterprise that are in force or still to come, oldest first.
pub async fn on_enterprise(ctx: &Ctx, enterprise: &str) -> Result<Vec<Granted>> {
    let rows = ctx
        .db()
        .all(sql(
            "select v.*, o.name as org_name, e.kind from visibility v left join org o on o.id = v.org left join event e on e.id = v.because_event
             where v.enterprise = $1 and (v.to_at is null or v.to_at > $2) order by v.from_at, v.id",
            args![enterprise, ctx.now()],
        ))
        .await?;
    rows.iter()
        .map(|row| {
            let fields: String = row.get("fields")?;
            let (kind, id): (String, Option<String>) = (row.get("object_kind")?, row.get("object_id")?);
            let cause: Option<String> = row.get("kind")?;
            Ok(Granted {
                org: row.get("org")?,
                org_name: row.get::<Option<String>>("org_name")?.unwrap_or_default(),
                fields: crate::scope::members(&fields),
                object: id.map(|id| format!("{kind}/{id}")),
                kind,
                purpose: row.get("purpose")?,
                from: row.get("from_at")?,
                to: row.get("to_at")?,
                because: row.get("because_event")?,
                cause: cause.and_then(|k| events::info(&k)).map_or("", |k| k.title).to_owned(),
            })
        })
        .collect()
}
