//! Scores as they were computed, newest marked.
use crate::credit::model::Scored;
use platform::db::Row;
use platform::scope::{self, sector_list};
use platform::{Columns, Ctx, Ms, Placed, Result, Subject, Tx, args, sql};
use uuid::Uuid;

const SCOPE: Columns = Columns {
    enterprise: "c.enterprise",
    region: "c.region",
    sectors: Some("c.sectors"),
    kind: "credit",
    id: "c.event",
    owner: Some("c.owner"),
};

/// A score as stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Event that stated it.
    pub event: Uuid,
    /// Subject.
    pub subject: String,
    /// `enterprise`, `service_org`, `expert`.
    pub subject_kind: String,
    /// Where it stands.
    pub placed: Placed,
    /// As of.
    pub as_of: Ms,
    /// Score.
    pub score: i64,
}

fn read(row: &Row) -> Result<Stored> {
    Ok(Stored {
        event: row.get("event")?,
        subject: row.get("subject")?,
        subject_kind: row.get("subject_kind")?,
        placed: Placed::read(row)?,
        as_of: row.get("as_of")?,
        score: row.get("score")?,
    })
}

/// Whom a score is about.
#[derive(Debug, Clone)]
pub struct Whom {
    /// Subject.
    pub subject: String,
    /// `enterprise`, `service_org`, `expert`.
    pub kind: String,
    /// Where it stands.
    pub placed: Placed,
}

/// Writes a score as the newest of its subject.
pub async fn put(tx: &mut Tx, event: Uuid, whom: &Whom, scored: &Scored, as_of: Ms, rule_set: &str) -> Result<()> {
    tx.run(sql("update credit_score set newest = 0 where subject = $1 and newest = 1", args![&whom.subject])).await?;
    let placed = &whom.placed;
    tx.run(sql(
        "insert into credit_score (event, subject, subject_kind, owner, enterprise, region, sectors, as_of, score, low, high, counted, rule_set, newest)
         values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,1)",
        args![
            event, &whom.subject, &whom.kind, &placed.owner, placed.enterprise.clone(), &placed.region, sector_list(&placed.sectors),
            as_of, scored.score, scored.low, scored.high, scored.counted, rule_set,
        ],
    ))
    .await?;
    Ok(())
}

/// The scores of a subject that the caller may see, newest first.
pub async fn history(ctx: &Ctx, subject: &str, most: i64) -> Result<Vec<Stored>> {
    let mut query = sql("select c.* from credit_score c where c.subject = ", vec![]);
    query.bind(subject);
    scope::field_condition(&mut query, &ctx.actor, ctx.now(), SCOPE, "credit");
    query.push(" order by c.newest desc, c.as_of desc, c.event desc limit ").bind(most);
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// The newest scores of all enterprises inside the caller's scope, for a grading run.
pub async fn newest(ctx: &Ctx) -> Result<Vec<Stored>> {
    let mut query = sql("select c.* from credit_score c where c.newest = 1 and c.subject_kind = 'enterprise'", vec![]);
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    query.push(" order by c.subject");
    ctx.db().all(query).await?.iter().map(read).collect()
}

/// Whether the caller may read a subject's credit at all: an organisation in scope, its own, or a
/// person of its own organisation.
pub async fn whom(ctx: &Ctx, subject: &str) -> Result<Whom> {
    if let Some(org) = platform::auth::Org::find(ctx.db(), subject).await? {
        let kind = match org.subject {
            Subject::Enterprise => "enterprise",
            Subject::ServiceOrg => "service_org",
            _ => return Err(platform::Error::NotFound),
        };
        let mut query = sql("select o.id from org o where o.id = ", vec![]);
        query.bind(subject);
        let columns = Columns {
            enterprise: "o.id",
            region: "o.region",
            sectors: Some("o.sectors"),
            kind: "credit",
            id: "o.id",
            owner: Some("o.id"),
        };
        scope::field_condition(&mut query, &ctx.actor, ctx.now(), columns, "credit");
        ctx.db().one(query).await?;
        return Ok(Whom { subject: org.id.clone(), kind: kind.to_owned(), placed: org.placed() });
    }
    // A person is known here by the facts recorded about them.
    let mut query =
        sql("select c.* from credit_score c where c.subject_kind = 'expert' and c.newest = 1 and c.subject = ", vec![]);
    query.bind(subject);
    scope::condition(&mut query, &ctx.actor, ctx.now(), SCOPE);
    let stored = read(&ctx.db().one(query).await?)?;
    Ok(Whom { subject: stored.subject, kind: stored.subject_kind, placed: stored.placed })
}
