//! The tables of the library.
mod record;
mod rows;

pub use record::*;
pub use rows::*;

use super::decide::{Held, Known};
use super::find::{Candidate, Person};
use platform::scope::members;
use platform::{Ctx, Result, sql};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What the library knows of everybody, or of one, in respect of an enterprise.
pub async fn known(ctx: &Ctx, person: Option<Uuid>, enterprise: &str, most: i64) -> Result<Vec<Person>> {
    let mut query =
        sql("select x.*, o.name as org_name from expert x left join org o on o.id = x.org where 1 = 1", vec![]);
    query.filter(" and x.id = ", person).push(" order by x.name, x.id limit ").bind(most);
    let mut all: Vec<(Uuid, Person)> = vec![];
    for row in ctx.db().all(query).await? {
        let id: Uuid = row.get("id")?;
        let candidate = Candidate {
            person: id,
            org: row.get("org")?,
            org_name: row.get::<Option<String>>("org_name")?.unwrap_or_default(),
            name: row.get("name")?,
            score: 0.0,
            parts: BTreeMap::new(),
            reasons: vec![],
        };
        let known = Known {
            skills: members(&row.get::<String>("skills")?),
            regions: members(&row.get::<String>("regions")?),
            until: row.get("until_at")?,
            ..Known::default()
        };
        all.push((id, (candidate, known)));
    }
    let at: HashMap<Uuid, usize> = all.iter().enumerate().map(|(i, (id, _))| (*id, i)).collect();
    let mut people: Vec<Person> = all.into_iter().map(|(_, person)| person).collect();
    let mut put = |id: Uuid, put: &mut dyn FnMut(&mut Known)| {
        if let Some((_, known)) = at.get(&id).and_then(|i| people.get_mut(*i)) {
            put(known);
        }
    };
    certificates(ctx, person, &mut put).await?;
    declared(ctx, person, enterprise, &mut put).await?;
    visits(ctx, person, enterprise, &mut put).await?;
    Ok(people)
}

/// Puts something to what is known of a person, where the person is among those looked at.
type Put<'a> = dyn FnMut(Uuid, &mut dyn FnMut(&mut Known)) + Send + 'a;

async fn certificates(ctx: &Ctx, person: Option<Uuid>, put: &mut Put<'_>) -> Result<()> {
    let mut query =
        sql("select person, kind, skills, valid_to from expert_certificate where person is not null", vec![]);
    query.filter(" and person = ", person).push(" order by valid_to");
    for row in ctx.db().all(query).await? {
        let held = Held {
            kind: row.get("kind")?,
            skills: members(&row.get::<String>("skills")?),
            valid_to: row.get("valid_to")?,
        };
        put(row.get("person")?, &mut |known| known.certificates.push(held.clone()));
    }
    Ok(())
}

async fn declared(ctx: &Ctx, person: Option<Uuid>, enterprise: &str, put: &mut Put<'_>) -> Result<()> {
    let mut query = sql("select person, kind, until_at from expert_conflict where enterprise = ", vec![]);
    query.bind(enterprise).filter(" and person = ", person);
    for row in ctx.db().all(query).await? {
        let (kind, until): (String, Option<i64>) = (row.get("kind")?, row.get("until_at")?);
        put(row.get("person")?, &mut |known| known.declared.push((kind.clone(), until)));
    }
    Ok(())
}

/// Visits that are over say what somebody has done; the others, when somebody is not free.
async fn visits(ctx: &Ctx, person: Option<Uuid>, enterprise: &str, put: &mut Put<'_>) -> Result<()> {
    let mut query = sql(
        "select m.person, s.enterprise, s.state, s.from_at, s.to_at, s.entered_at, s.satisfied from expert_visit_person m join expert_visit s on s.id = m.visit where 1 = 1",
        vec![],
    );
    query.filter(" and m.person = ", person);
    for row in ctx.db().all(query).await? {
        let (state, at): (String, String) = (row.get("state")?, row.get("enterprise")?);
        let (entered, satisfied): (Option<i64>, Option<i64>) = (row.get("entered_at")?, row.get("satisfied")?);
        let window: (i64, i64) = (row.get("from_at")?, row.get("to_at")?);
        put(row.get("person")?, &mut |known| {
            if let (true, Some(entered)) = (at == enterprise, entered) {
                known.visits_here.push(entered);
            }
            match state.as_str() {
                "assigned" | "entered" => {
                    known.open += 1;
                    // The same enterprise at the same time is the very visit that is asked about.
                    if at != enterprise {
                        known.elsewhere.push(window);
                    }
                }
                "left" | "confirmed" => known.done += 1,
                _ => {}
            }
            if let Some(satisfied) = satisfied {
                known.answers.0 += satisfied;
                known.answers.1 += 1;
            }
        });
    }
    Ok(())
}
