//! Who could go, in which order and why, and who could not: what other parts ask the library.
use super::decide::{self, Asked, Known};
use super::store;
use super::taxonomy;
use platform::auth::Org;
use platform::{Ctx, Error, Result, Subject};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Search {
    /// Enterprise that is to be visited.
    pub enterprise: String,
    /// Skills, as the taxonomy names them: codes or Chinese names.
    pub skills: Vec<String>,
    /// Kind of task: `inspection`, `emergency`, `review`, `training`, `advice`.
    pub task: String,
    /// Start of the window, milliseconds UTC.
    pub from: i64,
    /// Its end.
    pub to: i64,
}

/// Why somebody stands where they stand, or may not go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ExpertReason)]
pub struct Reason {
    /// Refusals: `skill`, `certificate`, `conflict`, `frequency`, `busy`, `region`, `term`, `unknown`; of the order: `skill`,
    /// `certificate`, `experience`, `free`, `record`.
    pub code: String,
    /// In words.
    pub text: String,
    /// Edition or clause it rests on.
    pub clause: Option<String>,
}

/// Somebody of the library.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExpertCandidate)]
pub struct Candidate {
    /// Person.
    pub person: Uuid,
    /// Organisation.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Name.
    pub name: String,
    /// 0 to 100.
    pub score: f64,
    /// Its parts by name.
    pub parts: BTreeMap<String, f64>,
    /// Why this place, or why not at all.
    pub reasons: Vec<Reason>,
}

/// The answer: best first, and who was not possible.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = ExpertsFound)]
pub struct Found {
    /// Who could go, best first.
    pub possible: Vec<Candidate>,
    /// Who could not, and why.
    pub rejected: Vec<Candidate>,
    /// The edition that decided.
    pub edition: String,
}

/// People one search looks at; a county's library is smaller.
const MOST: i64 = 2_000;

/// Looks through the whole library; best first, ties by name.
pub async fn candidates(ctx: &Ctx, search: &Search) -> Result<Found> {
    let taxonomy = taxonomy::at(ctx.now())?;
    let org = enterprise(ctx, &search.enterprise).await?;
    let skills = codes(taxonomy, &search.skills)?;
    let asked = asked(ctx, &org, search, &skills);
    let people = store::known(ctx, None, &search.enterprise, MOST).await?;
    let mut found = Found { edition: taxonomy.mark(), ..Found::default() };
    let staff = subjects::service_org::staff_of(ctx.db(), &search.enterprise).await?;
    for (candidate, mut known) in people {
        known.employed = candidate.org == search.enterprise || staff.contains(&candidate.person);
        let refusals = decide::refusals(taxonomy, &asked, &known);
        let (score, parts, reasons) = decide::score(taxonomy, &asked, &known);
        if refusals.is_empty() {
            found.possible.push(Candidate { score, parts, reasons, ..candidate });
        } else {
            found.rejected.push(Candidate { score, parts, reasons: refusals, ..candidate });
        }
    }
    let order = |a: &Candidate, b: &Candidate| {
        b.score.total_cmp(&a.score).then_with(|| (&a.name, a.person).cmp(&(&b.name, b.person)))
    };
    found.possible.sort_by(order);
    found.rejected.sort_by(order);
    Ok(found)
}

/// Whether this person may go: nothing in the answer means yes. Asked when somebody is sent, and again at the door.
pub async fn check(ctx: &Ctx, person: Uuid, search: &Search) -> Result<Vec<Reason>> {
    let taxonomy = taxonomy::at(ctx.now())?;
    let org = enterprise(ctx, &search.enterprise).await?;
    let skills = codes(taxonomy, &search.skills)?;
    let asked = asked(ctx, &org, search, &skills);
    let Some((candidate, mut known)) = store::known(ctx, Some(person), &search.enterprise, 1).await?.into_iter().next()
    else {
        let text = "不在专家库中：请由所在机构先登记入库".to_owned();
        return Ok(vec![Reason { code: "unknown".to_owned(), text, clause: None }]);
    };
    let staff = subjects::service_org::staff_of(ctx.db(), &search.enterprise).await?;
    known.employed = candidate.org == search.enterprise || staff.contains(&candidate.person);
    Ok(decide::refusals(taxonomy, &asked, &known))
}

/// Codes of the skills that an enterprise of this trade with these risk tags calls for.
pub fn skills_for<'a>(ctx: &Ctx, words: impl IntoIterator<Item = &'a str>) -> Result<Vec<String>> {
    Ok(taxonomy::at(ctx.now())?.skills_for(words))
}

async fn enterprise(ctx: &Ctx, id: &str) -> Result<Org> {
    let org = Org::find(ctx.db(), id).await?.filter(|o| o.subject == Subject::Enterprise);
    org.ok_or_else(|| Error::invalid("enterprise", format!("企业 {id} 不在名录中，请从列表中选择")))
}

fn codes(taxonomy: &taxonomy::Taxonomy, words: &[String]) -> Result<Vec<String>> {
    let code = |word: &String| {
        let found = taxonomy.skill(word).map(|s| s.code.clone());
        found.ok_or_else(|| Error::invalid("skills", format!("“{word}”不在专业分类（{}）中", taxonomy.edition)))
    };
    words.iter().filter(|w| !w.trim().is_empty()).map(code).collect()
}

fn asked<'a>(ctx: &Ctx, org: &'a Org, search: &'a Search, skills: &'a [String]) -> Asked<'a> {
    let window = (search.from, search.to);
    Asked { region: &org.region, skills, task: &search.task, window, now: ctx.now().0 }
}

/// What `store` fills in for one person.
pub(super) type Person = (Candidate, Known);
