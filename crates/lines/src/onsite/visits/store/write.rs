//! What writes visits.
use super::super::decide::{State, Visit};
use super::super::model::{Announcement, Answer, Evaluation, RejectedView, Row};
use super::text;
use platform::{Ctx, Error, Ms, Placed, Result, Sql, Tx, args, scope, sql};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A new visit.
pub struct New<'a> {
    /// Id.
    pub id: Uuid,
    /// Where it stands.
    pub placed: &'a Placed,
    /// Kind and reason.
    pub visit: &'a Visit,
    /// Why, in words.
    pub reason: &'a str,
    /// Skills.
    pub skills: &'a [String],
    /// 1 to 4.
    pub priority: u8,
    /// Latest moment.
    pub deadline: Ms,
    /// Event that caused it, and its object.
    pub source: Option<(Uuid, String)>,
    /// Year it counts in.
    pub year: i64,
    /// Event that asks.
    pub event: Uuid,
}

/// Writes a new visit.
pub async fn insert(tx: &mut Tx, ctx: &Ctx, new: &New<'_>) -> Result<()> {
    let org = if ctx.actor.org.is_empty() { "platform" } else { ctx.actor.org.as_str() };
    let (source, about) = new.source.clone().unzip();
    let enterprise = new.placed.enterprise.as_deref().unwrap_or_default();
    tx.run(sql(
        "insert into visit (id, enterprise, region, sectors, kind, reason_code, reason, skills, priority, deadline, source_event, source_subject,
         requested_org, requested_by, requested_event, state, year, late, version, created_at, updated_at, last_event)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'requested', $16, 0, 1, $17, $17, $15)",
        args![
            new.id, enterprise, &new.placed.region, scope::sector_list(&new.placed.sectors), new.visit.kind.code(), new.visit.reason.code(),
            new.reason, scope::sector_list(new.skills), new.priority, new.deadline, source, about, org, ctx.actor.account(), new.event, new.year, ctx.now(),
        ],
    ))
    .await?;
    Ok(())
}

/// Which columns a command changes besides state and version.
pub enum Change<'a> {
    /// Nothing else.
    Plain,
    /// Who goes.
    Assigned {
        /// Organisation.
        org: &'a str,
        /// People with their names.
        people: &'a [(Uuid, String)],
        /// Window.
        window: (Ms, Ms),
        /// Score and parts.
        score: (f64, &'a BTreeMap<String, f64>),
        /// Who was not possible.
        rejected: &'a [RejectedView],
    },
    /// Nobody goes any more.
    Declined,
    /// What the enterprise was told.
    Announced(&'a Announcement, &'a str),
    /// Who came in.
    Entered {
        /// People present.
        present: &'a [Uuid],
        /// Late scan.
        late: bool,
    },
    /// The digest of the record.
    Left(&'a str),
    /// A visitor signed.
    VisitorSigned(Uuid),
    /// The enterprise signed, by this person.
    EnterpriseSigned(&'a str),
    /// Refusal.
    Refused(&'a str),
    /// Why withdrawn.
    Withdrawn(&'a str),
}

/// Writes the changed visit over the version it was decided on.
pub async fn update(tx: &mut Tx, ctx: &Ctx, row: &Row, after: State, event: Uuid, change: Change<'_>) -> Result<()> {
    let touched = tx
        .run(sql(
            "update visit set state = $1, version = version + 1, updated_at = $2, last_event = $3 where id = $4 and version = $5",
            args![after.code(), ctx.now(), event, row.id, row.version],
        ))
        .await?;
    if touched != 1 {
        return Err(stale());
    }
    if let Some(statement) = columns(ctx, row.id, event, &change)? {
        tx.run(statement).await?;
    }
    match change {
        Change::Assigned { people, .. } => {
            tx.run(sql("delete from visit_person where visit = $1", args![row.id])).await?;
            for (i, (person, name)) in people.iter().enumerate() {
                tx.run(sql(
                    "insert into visit_person (visit, person, name, ordinal, present) values ($1, $2, $3, $4, 0)",
                    args![row.id, person, name, i],
                ))
                .await?;
            }
        }
        Change::Declined => {
            tx.run(sql("delete from visit_person where visit = $1", args![row.id])).await?;
        }
        Change::Entered { present, .. } => {
            for person in present {
                tx.run(sql(
                    "update visit_person set present = 1 where visit = $1 and person = $2",
                    args![row.id, person],
                ))
                .await?;
            }
        }
        Change::VisitorSigned(person) => {
            tx.run(sql(
                "update visit_person set signed_at = $1 where visit = $2 and person = $3",
                args![ctx.now(), row.id, person],
            ))
            .await?;
        }
        _ => {}
    }
    Ok(())
}

/// Somebody was faster.
pub fn stale() -> Error {
    Error::Conflict("本次检查服务刚被其他人办理，页面内容已过期；请刷新后再办理，您填写的内容不会丢失".to_owned())
}

fn columns(ctx: &Ctx, id: Uuid, event: Uuid, change: &Change<'_>) -> Result<Option<Sql>> {
    let now = ctx.now();
    Ok(Some(match change {
        Change::Plain | Change::VisitorSigned(_) => return Ok(None),
        Change::Assigned { org, window, score, rejected, .. } => sql(
            "update visit set org = $1, from_at = $2, to_at = $3, score = $4, score_parts = $5, rejected = $6, assigned_event = $7 where id = $8",
            args![*org, window.0, window.1, score.0, text(score.1)?, text(rejected)?, event, id],
        ),
        Change::Declined => sql(
            "update visit set org = null, from_at = null, to_at = null, score = null, score_parts = null, assigned_event = null where id = $1",
            args![id],
        ),
        Change::Announced(told, template) => sql(
            "update visit set matter = $1, legal_basis = $2, planned_end = $3, joint_with = $4, template = $5, announced_at = $6 where id = $7",
            args![
                &told.matter,
                text(&told.legal_basis)?,
                told.planned_end,
                text(&told.joint_with)?,
                *template,
                told.at,
                id
            ],
        ),
        Change::Entered { late, .. } => {
            sql("update visit set entered_at = $1, late = $2 where id = $3", args![now, *late, id])
        }
        Change::Left(record) => {
            sql("update visit set left_at = $1, record = $2 where id = $3", args![now, *record, id])
        }
        Change::EnterpriseSigned(by) => {
            sql("update visit set enterprise_signed_by = $1, signed_at = $2 where id = $3", args![*by, now, id])
        }
        Change::Refused(note) => {
            sql("update visit set refusal = $1, signed_at = $2 where id = $3", args![*note, now, id])
        }
        Change::Withdrawn(reason) => sql("update visit set withdrawn_reason = $1 where id = $2", args![*reason, id]),
    }))
}

/// Writes an answer; a new one replaces the old, whose event stays.
pub async fn put_answer(tx: &mut Tx, ctx: &Ctx, visit: Uuid, given: &Answer) -> Result<()> {
    tx.run(sql(
        "insert into visit_answer (visit, item, answer, note, seq, answered_by, answered_at, event) values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (visit, item) do update set answer = excluded.answer, note = excluded.note, seq = excluded.seq,
         answered_by = excluded.answered_by, answered_at = excluded.answered_at, event = excluded.event",
        args![visit, &given.item, &given.answer, given.note.clone(), given.seq, ctx.actor.account(), given.at, given.event],
    ))
    .await?;
    Ok(())
}

/// Writes what the enterprise said.
pub async fn put_evaluation(tx: &mut Tx, visit: Uuid, said: &Evaluation) -> Result<()> {
    tx.run(sql(
        "insert into visit_evaluation (visit, scores, complaint, comment, at) values ($1, $2, $3, $4, $5)",
        args![visit, text(&said.scores)?, said.complaint, said.comment.clone(), said.at],
    ))
    .await?;
    Ok(())
}

/// Holds a visit in a state for the rest of this write, so that nobody ends it meanwhile.
pub async fn hold(tx: &mut Tx, row: &Row) -> Result<()> {
    let now = tx.now();
    let touched = tx
        .run(sql(
            "update visit set updated_at = $1 where id = $2 and state = $3",
            args![now, row.id, row.visit.state.code()],
        ))
        .await?;
    if touched == 1 { Ok(()) } else { Err(stale()) }
}
