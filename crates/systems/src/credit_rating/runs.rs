//! A grading of a period: every enterprise again, and who moved by which facts.
use super::PART;
use super::store::{self, Run};
use super::write::tables;
use events::Code;
use events::credit_rating::CreditRunMade;
use libraries::credit;
use platform::auth::Org;
use platform::{Action, Ctx, Error, Ms, Placed, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The period of a run.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = CreditRunForm)]
pub struct RunForm {
    /// First moment.
    pub from: Ms,
    /// Last moment; not later than now.
    pub to: Ms,
}

/// An enterprise whose grade moved in a period.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = CreditMover)]
pub struct Mover {
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub name: String,
    /// Grade at the start; none where it had none.
    pub from: Option<String>,
    /// Grade at the end.
    pub to: String,
    /// Score at the start.
    pub score_from: Option<i64>,
    /// Score at the end.
    pub score_to: i64,
    /// `up`, `down` or `first`.
    pub direction: String,
    /// The three facts that moved it.
    pub facts: Vec<MovingFact>,
}

/// A fact that moved a grade.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = CreditMovingFact)]
pub struct MovingFact {
    /// Fact.
    pub fact: Uuid,
    /// Name.
    pub name: String,
    /// What it contributed, hundredths.
    pub points: i64,
}

/// Grades every enterprise of the caller's area that has facts, and says who moved.
pub async fn run(ctx: &Ctx, form: RunForm) -> Result<Uuid> {
    ctx.allow(&PART, Action::Approve)?;
    if form.to > ctx.now() {
        return Err(Error::invalid("to", "评定期止不能晚于现在"));
    }
    if form.from >= form.to {
        return Err(Error::invalid("from", "评定期起须早于评定期止"));
    }
    let own = Org::find(ctx.db(), &ctx.actor.org).await?.ok_or(Error::NotFound)?;
    let (mut found, mut rated) = (vec![], 0_u32);
    // What ran out is the platform's own statement, in commits of their own beside the run's.
    let machine = ctx.acting_as(platform::Actor::system());
    let machine = if ctx.now() < ctx.app.source().now() { machine.at(ctx.now())? } else { machine };
    for enterprise in credit::enterprises_with_score(ctx).await? {
        // Facts run out between events; the stated score then follows before it is compared.
        credit::restate(&machine, &enterprise).await?;
        rated += 1;
        found.extend(mover(ctx, &enterprise, &form).await?);
    }
    let count = |way: &str| u32::try_from(found.iter().filter(|m| m.direction == way).count()).unwrap_or(0);
    let region = ctx.actor.region.as_ref().map_or_else(|| own.region.clone(), |r| r.as_str().to_owned());
    let placed = Placed { region, ..own.placed() };
    let made = Run {
        id: ctx.new_id(),
        placed,
        from_at: form.from,
        to_at: form.to,
        made_at: ctx.now(),
        rated,
        up: count("up"),
        down: count("down"),
        movers: serde_json::to_string(&found).map_err(Error::internal)?,
    };
    let payload = CreditRunMade {
        run: made.id,
        region: Code::from(&made.placed.region),
        from: form.from.0,
        to: form.to.0,
        rated,
        up: made.up,
        down: made.down,
    };
    let mut tx = ctx.begin().await?;
    store::put_run(&mut tx, &made).await?;
    let event = ctx.event(&payload, format!("credit-run/{}", made.id), &made.placed)?;
    ctx.commit(tx, event.audience(events::Audience::Gov), vec![]).await?;
    Ok(made.id)
}

async fn mover(ctx: &Ctx, enterprise: &str, form: &RunForm) -> Result<Option<Mover>> {
    let Some((to, score_to)) = store::grade_at(ctx, enterprise, form.to).await? else { return Ok(None) };
    let before = store::grade_at(ctx, enterprise, form.from).await?;
    if before.as_ref().is_some_and(|(grade, _)| *grade == to) {
        return Ok(None);
    }
    let basis = credit::basis(ctx, enterprise).await?;
    let name = Org::find(ctx.db(), enterprise).await?.map_or_else(String::new, |o| o.name);
    let inside = |c: &&credit::view::CreditContribution| c.fact.valid_from >= form.from && c.fact.valid_from <= form.to;
    let mut moved: Vec<_> = basis.contributions.iter().filter(inside).collect();
    moved.sort_by_key(|c| (-c.contributed.abs(), c.fact.id));
    let facts =
        moved.iter().take(3).map(|c| MovingFact { fact: c.fact.id, name: c.fact.name.clone(), points: c.contributed });
    let grades = tables(ctx, &basis.placed.region)?.grades;
    let place = |grade: &str| standards::credit::place_of(&grades, grade);
    let direction = match &before {
        None => "first",
        Some((grade, _)) if place(&to) < place(grade) => "up",
        Some(_) => "down",
    };
    Ok(Some(Mover {
        enterprise: enterprise.to_owned(),
        name,
        direction: direction.to_owned(),
        facts: facts.collect(),
        score_from: before.as_ref().map(|(_, score)| *score),
        from: before.map(|(grade, _)| grade),
        to,
        score_to,
    }))
}
