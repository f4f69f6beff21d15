//! Who could go: proposed in order with the reason for the order, and who cannot with the reason why.
//! Experts come from the experts library; officers from the accounts of the area.
use super::decide::Kind;
use super::model::{RejectedView, Row};
use super::{rules, store};
use libraries::experts;
use platform::{Ctx, Error, Ms, Result};
use serde::Serialize;
use standards::codes::Region;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// One part of a score.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScorePart {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Points.
    pub points: f64,
}

impl ScorePart {
    fn new(code: &str, points: f64) -> Self {
        const NAMES: [(&str, &str); 7] = [
            ("skill", "专业"),
            ("certificate", "证书"),
            ("experience", "经验"),
            ("free", "空闲"),
            ("record", "评价"),
            ("base", "基础"),
            ("load", "未办结"),
        ];
        let name = NAMES.iter().find(|(known, _)| *known == code).map_or(code, |(_, name)| name);
        Self { code: code.to_owned(), name: name.to_owned(), points }
    }

    /// The parts as stored, with their names.
    pub fn named(parts: &BTreeMap<String, f64>) -> Vec<Self> {
        parts.iter().map(|(code, points)| Self::new(code, *points)).collect()
    }
}

/// Somebody who could go.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VisitCandidate {
    /// Person.
    pub person: Uuid,
    /// Name.
    pub name: String,
    /// Organisation.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// Score; the list is in its order.
    pub score: f64,
    /// What it is made of.
    pub parts: Vec<ScorePart>,
    /// Why this place in the order, in words.
    pub why: String,
}

/// Who could go and who cannot.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VisitCandidates {
    /// How the order is made.
    pub rule: String,
    /// How many are needed at least.
    pub least: usize,
    /// In order.
    pub possible: Vec<VisitCandidate>,
    /// Who cannot, and why.
    pub rejected: Vec<RejectedView>,
}

/// The people chosen.
pub struct Chosen {
    /// Organisation.
    pub org: String,
    /// Its name.
    pub org_name: String,
    /// People with their names.
    pub people: Vec<(Uuid, String)>,
    /// Mean score.
    pub score: f64,
    /// Mean of each part.
    pub parts: BTreeMap<String, f64>,
}

/// The window asked about where nothing is chosen yet: from now to the latest moment.
pub fn window(ctx: &Ctx, row: &Row) -> (Ms, Ms) {
    row.window.unwrap_or_else(|| (ctx.now(), Ms(row.deadline.0.max(ctx.now().0 + 1))))
}

/// Proposes candidates.
pub async fn find(ctx: &Ctx, row: &Row, window: (Ms, Ms)) -> Result<VisitCandidates> {
    if row.visit.kind.is_government() { officers(ctx, row, window).await } else { library(ctx, row, window).await }
}

fn search(row: &Row, (from, to): (Ms, Ms)) -> experts::Search {
    experts::Search {
        enterprise: row.enterprise().to_owned(),
        skills: row.skills.clone(),
        task: task(row).to_owned(),
        from: from.0,
        to: to.0,
    }
}

/// The kind of task as the experts library names it.
const fn task(row: &Row) -> &'static str {
    if row.visit.reason.is_emergency() {
        return "emergency";
    }
    match row.visit.kind {
        Kind::PreventionService => "advice",
        _ => "inspection",
    }
}

async fn library(ctx: &Ctx, row: &Row, window: (Ms, Ms)) -> Result<VisitCandidates> {
    let found = experts::candidates(ctx, &search(row, window)).await?;
    let possible = found.possible.iter().map(|c| VisitCandidate {
        person: c.person,
        name: c.name.clone(),
        org_name: c.org_name.clone(),
        org: c.org.clone(),
        score: c.score,
        parts: ScorePart::named(&c.parts),
        why: c.reasons.iter().map(|r| r.text.as_str()).collect::<Vec<_>>().join("；"),
    });
    let rejected = found.rejected.iter().map(|c| RejectedView {
        person: c.person,
        name: c.name.clone(),
        org: c.org_name.clone(),
        code: c.reasons.first().map_or_else(|| "other".to_owned(), |r| r.code.clone()),
        why: c.reasons.iter().map(worded).collect::<Vec<_>>().join("；"),
    });
    Ok(VisitCandidates {
        rule: format!("专家库推荐：按专业、证书、经验、空闲和企业评价计分，分高者在前（{}）", found.edition),
        least: row.visit.kind.least_people(),
        possible: possible.collect(),
        rejected: rejected.collect(),
    })
}

fn worded(reason: &experts::Reason) -> String {
    match &reason.clause {
        Some(clause) => format!("{}（{clause}）", reason.text),
        None => reason.text.clone(),
    }
}

async fn officers(ctx: &Ctx, row: &Row, window: (Ms, Ms)) -> Result<VisitCandidates> {
    let place = Region::parse(&row.placed.region).ok();
    let mut possible = vec![];
    let mut rejected = vec![];
    for officer in store::officers(ctx, row.id, window).await? {
        let covers = Region::parse(&officer.area).is_ok_and(|area| place.is_some_and(|p| area.contains(&p)));
        if !covers {
            // Somebody of another county is no candidate at all, so nothing is said about them.
            continue;
        }
        if officer.busy {
            rejected.push(RejectedView {
                person: officer.person,
                name: officer.name,
                org: officer.org_name,
                code: "busy".to_owned(),
                why: "这个时段已派往其他企业".to_owned(),
            });
            continue;
        }
        let load = -10.0 * officer.open as f64;
        possible.push(VisitCandidate {
            person: officer.person,
            name: officer.name,
            org: officer.org,
            org_name: officer.org_name,
            score: 100.0 + load,
            parts: vec![ScorePart::new("base", 100.0), ScorePart::new("load", load)],
            why: format!("手上未办结的检查服务 {} 件", officer.open),
        });
    }
    possible.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.person.cmp(&b.person)));
    Ok(VisitCandidates {
        rule: "本辖区有检查职责的人员，未办结的检查服务少者在前；同一时段已有安排的不能派定".to_owned(),
        least: row.visit.kind.least_people(),
        possible,
        rejected,
    })
}

/// The people named, if all of them are possible and of one organisation where it is a service.
pub fn choose(found: &VisitCandidates, people: &[Uuid], row: &Row) -> Result<Chosen> {
    let mut chosen = vec![];
    for id in people {
        match found.possible.iter().find(|c| c.person == *id) {
            Some(candidate) => chosen.push(candidate),
            None => return Err(not_possible(found, *id)),
        }
    }
    let Some(first) = chosen.first() else { return Err(Error::invalid("people", "请至少选定一人")) };
    if !row.visit.kind.is_government() && chosen.iter().any(|c| c.org != first.org) {
        return Err(Error::invalid("people", "一次服务的人员须来自同一服务机构；请分别申请，或只选一家机构的人员"));
    }
    let n = chosen.len() as f64;
    let mut parts: BTreeMap<String, f64> = BTreeMap::new();
    for part in chosen.iter().flat_map(|c| &c.parts) {
        *parts.entry(part.code.clone()).or_default() += part.points / n;
    }
    Ok(Chosen {
        org: first.org.clone(),
        org_name: first.org_name.clone(),
        people: chosen.iter().map(|c| (c.person, c.name.clone())).collect(),
        score: chosen.iter().map(|c| c.score).sum::<f64>() / n,
        parts,
    })
}

fn not_possible(found: &VisitCandidates, id: Uuid) -> Error {
    match found.rejected.iter().find(|r| r.person == id) {
        Some(rejected) => Error::refused(
            rules::CHOICE,
            format!("people：{}不能派定：{}；请从推荐的人员中另选", rejected.name, rejected.why),
        ),
        None => Error::invalid("people", "所选人员不在推荐名单中，请从列表中选择"),
    }
}

/// Looks again at the door: a certificate may have run out, a conflict come up since they were chosen.
pub async fn at_the_door(ctx: &Ctx, row: &Row, present: &[Uuid]) -> Result<()> {
    if row.visit.kind.is_government() {
        return Ok(());
    }
    let search = search(row, (ctx.now(), ctx.now().plus(1)));
    for person in present {
        let reasons = experts::check(ctx, *person, &search).await?;
        // Frequency and load were weighed when they were chosen; being here is what makes them busy.
        let stops = reasons
            .iter()
            .find(|r| matches!(r.code.as_str(), "certificate" | "conflict" | "skill" | "term" | "unknown"));
        if let Some(reason) = stops {
            let clause = reason.clause.clone().unwrap_or_else(|| rules::WITHDRAWAL.to_owned());
            let name = row.people.iter().find(|p| p.person == *person).map_or("", |p| p.name.as_str());
            let message = format!("people：{name}不能入企：{}；请改派其他人员", reason.text);
            return Err(Error::refused(clause, message));
        }
    }
    Ok(())
}
