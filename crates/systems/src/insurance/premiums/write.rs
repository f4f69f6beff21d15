//! What other parts' events do to premiums, and what a person decides about it.
use super::store;
use super::{Adjustment, State};
use crate::insurance::common::{own_insurer, same_version, text, yuan};
use crate::insurance::policies::store::{self as policies, Policy};
use crate::insurance::policies::{Act, write as policy};
use crate::insurance::pricing::{Next, What, next, price};
use crate::insurance::{PART, duties, prevention};
use events::enterprise::EnterpriseMerged;
use events::insurance::{PremiumAdjusted, PremiumDeclined, PremiumLapsed, PremiumProposed};
use events::onsite::{HazardReopened, HazardVerified};
use platform::auth::Org;
use platform::{Action, Ctx, Error, Event, Ms, NewEvent, Notice, Reaction, Result, Role, Subject, To, Tx, Visibility};
use uuid::Uuid;

/// The law that lets a premium follow conduct.
const LAW: &str = "安全生产法 第七十八条";

/// Reactions.
pub const REACTIONS: &[Reaction] = &[
    Reaction {
        name: "insurance.reprice",
        kinds: &["hazard.verified", "hazard.reopened", "credit.grade.published", "ins.policy.bound"],
        run: |ctx, event| Box::pin(reprice(ctx, event)),
    },
    Reaction {
        name: "insurance.duty",
        kinds: &["ent.enterprise.registered", "ent.enterprise.changed"],
        run: |ctx, event| Box::pin(follow_register(ctx, event)),
    },
    Reaction {
        name: "insurance.follow_merge",
        kinds: &["ent.enterprise.merged"],
        run: |ctx, event| Box::pin(follow_merge(ctx, event)),
    },
];

/// What an event says that a premium may follow from, and of which enterprise.
fn said(event: &Event) -> Result<Option<(String, What)>> {
    let enterprise = event.placed.enterprise.clone();
    Ok(match event.kind.as_str() {
        "hazard.verified" => {
            let fact: HazardVerified = event.payload()?;
            let counts = fact.passed && fact.on_time;
            enterprise.map(|e| (e, What::Fix { hazard: fact.hazard.to_string(), counts }))
        }
        "hazard.reopened" => {
            let fact: HazardReopened = event.payload()?;
            enterprise.map(|e| (e, What::Fix { hazard: fact.hazard.to_string(), counts: false }))
        }
        "credit.grade.published" => {
            // Only two members are of interest, whichever part owns the payload.
            let body = event.body()?;
            let word = |name: &str| body.get(name).and_then(|v| v.as_str()).map(str::to_owned);
            word("subject_org").zip(word("grade")).map(|(org, grade)| (org, What::Grade { grade }))
        }
        _ => None,
    })
}

async fn reprice(ctx: Ctx, event: Event) -> Result<()> {
    let mut tx = ctx.begin().await?;
    let enterprise = match said(&event)? {
        Some((org, what)) => {
            let known = Org::find(ctx.db(), &org).await?.is_some_and(|o| o.subject == Subject::Enterprise);
            if !known {
                return Ok(());
            }
            store::keep_cause(&mut tx, &org, &event, &what).await?;
            org
        }
        None => event.placed.enterprise.clone().unwrap_or_default(),
    };
    let mut all = vec![];
    for policy in policies::running(&mut tx, &enterprise).await? {
        all.extend(follow(&mut tx, &ctx, &policy, &event).await?);
    }
    if all.is_empty() {
        return ctx.keep(tx).await;
    }
    let first = all.remove(0);
    ctx.commit(tx, first, all).await?;
    Ok(())
}

/// Proposes the premium that the facts give now, or lets a proposal lapse that they do not.
async fn follow(tx: &mut Tx, ctx: &Ctx, policy: &Policy, event: &Event) -> Result<Vec<NewEvent>> {
    let causes = store::causes(tx, policy.enterprise()).await?;
    let priced = price(&ctx.app.rules(), &policy.terms.basis, &causes)?;
    let open = store::open(tx, policy.id).await?;
    let what = next(policy.premium_fen, open.as_ref().map(|o| o.new_fen), priced.premium_fen);
    let mut events = vec![];
    if let (Some(old), Next::Lapse | Next::Propose) = (&open, what) {
        let payload = PremiumLapsed { adjustment: old.id };
        let lapsed = ctx.event(&payload, policy.subject(), &policy.placed)?.because([old.proposed_event, event.id]);
        store::decide(tx, old, State::Lapsed, lapsed.id, None).await?;
        events.push(lapsed);
    }
    if what != Next::Propose {
        return Ok(events);
    }
    let id = ctx.new_id();
    let payload = PremiumProposed {
        adjustment: id,
        policy: policy.id,
        old_fen: policy.premium_fen,
        new_fen: priced.premium_fen,
        factors: priced.factors(),
        scheme: priced.edition.as_str().into(),
    };
    let mut because = priced.because();
    because.extend([event.id, policy.premium_event]);
    because.sort_unstable();
    because.dedup();
    let mut proposed = ctx.event(&payload, policy.subject(), &policy.placed)?.because(because.clone()).law(LAW);
    proposed.law.push(priced.rule.clone());
    proposed.rules = Some(ctx.app.rules().version.clone());
    let upto = causes.iter().map(|c| c.seq).max().unwrap_or_default();
    store::insert(tx, id, policy, &priced, upto, proposed.id).await?;
    let of = (policy.placed.owner.as_str(), policy.enterprise());
    open_causes(tx, ctx, of, &because, policy.to, policy.bound_event).await?;
    tell(tx, ctx, policy, id, (policy.premium_fen, priced.premium_fen), proposed.id).await?;
    events.push(proposed);
    Ok(events)
}

async fn tell(tx: &mut Tx, ctx: &Ctx, policy: &Policy, id: Uuid, fen: (i64, i64), event: Uuid) -> Result<()> {
    let title = format!("{}的保险费建议由 {} 调整为 {}", policy.enterprise_name, yuan(fen.0), yuan(fen.1));
    let link = format!("/premium-adjustments/{id}");
    let body = "建议由核实的整改和信用等级得出，点开可看每个因素依据的事件；由核保人员决定是否采纳。";
    let notice = Notice { priority: 3, title: &title, body, link: &link, event };
    tx.notify(ctx, To::Org(&policy.placed.owner, &[Role::Underwriter]), &notice).await?;
    tx.notify(ctx, To::Org(policy.enterprise(), &[Role::Principal]), &notice).await?;
    Ok(())
}

/// Lets the insurer open the events that a premium rests on, object by object, while the policy runs.
pub async fn open_causes(
    tx: &mut Tx,
    ctx: &Ctx,
    (insurer, enterprise): (&str, &str),
    events: &[Uuid],
    to: Ms,
    because: Uuid,
) -> Result<()> {
    for subject in store::subjects(tx, events).await? {
        let grant = Visibility {
            org: insurer,
            enterprise,
            object_kind: "event",
            object_id: Some(&subject),
            fields: &["summary"],
            purpose: "保险费因素的依据",
            from: ctx.now(),
            to: Some(to),
            because,
        };
        tx.open_visibility(ctx, &grant).await?;
    }
    Ok(())
}

/// The underwriter accepts: the premium of the policy changes.
pub async fn accept(ctx: &Ctx, id: Uuid, revision: Option<i64>) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    let mut tx = ctx.begin().await?;
    let (old, policy) = decidable(&mut tx, ctx, id, revision).await?;
    if policy.premium_fen != old.old_fen {
        return Err(Error::Conflict("保单的保险费在建议提出后已经变动，请刷新后按新的建议办理".to_owned()));
    }
    let payload = PremiumAdjusted {
        adjustment: id,
        policy: policy.id,
        old_fen: old.old_fen,
        new_fen: old.new_fen,
        factors: old.factors(),
        effective: ctx.now().0,
        scheme: old.scheme.as_str().into(),
    };
    let event = ctx.event(&payload, policy.subject(), &policy.placed)?.because([old.proposed_event]).law(LAW);
    let event = event.because(old.because());
    store::decide(&mut tx, &old, State::Accepted, event.id, None).await?;
    policies::reprice(&mut tx, &policy, old.new_fen, event.id).await?;
    let title = format!("保险费由 {} 调整为 {}", yuan(old.old_fen), yuan(old.new_fen));
    let link = format!("/insurance-policies/{}?tab=changes", policy.id);
    let body = "打开可看因为哪些事件、各差多少元。";
    let notice = Notice { priority: 4, title: &title, body, link: &link, event: event.id };
    tx.notify(ctx, To::Org(policy.enterprise(), &[Role::Principal, Role::SafetyManager]), &notice).await?;
    tx.notify(ctx, To::Org(&policy.placed.owner, &[Role::Finance]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The underwriter declines, with a reason that the enterprise reads.
pub async fn decline(ctx: &Ctx, id: Uuid, reason: &str, revision: Option<i64>) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    let reason = text("reason", reason, "不采纳的理由", 200)?;
    let mut tx = ctx.begin().await?;
    let (old, policy) = decidable(&mut tx, ctx, id, revision).await?;
    let payload = PremiumDeclined { adjustment: id, reason: reason.clone().into() };
    let event = ctx.event(&payload, policy.subject(), &policy.placed)?.because([old.proposed_event]);
    store::decide(&mut tx, &old, State::Declined, event.id, Some(&reason)).await?;
    let title = "保险费调整建议未被采纳";
    let link = format!("/premium-adjustments/{id}");
    let notice = Notice { priority: 3, title, body: &reason, link: &link, event: event.id };
    tx.notify(ctx, To::Org(policy.enterprise(), &[Role::Principal]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The proposal and its policy, where the caller may decide about it.
async fn decidable(tx: &mut Tx, ctx: &Ctx, id: Uuid, revision: Option<i64>) -> Result<(Adjustment, Policy)> {
    let old = store::load_in(tx, ctx, id).await?;
    own_insurer(ctx, &old.placed)?;
    old.state.open()?;
    same_version(revision, old.revision)?;
    let policy = policies::load_in(tx, ctx, old.policy).await?;
    policy.state.after(Act::Adjust)?;
    Ok((old, policy))
}

/// The register says what trade an enterprise is in and how many people it has.
async fn follow_register(ctx: Ctx, event: Event) -> Result<()> {
    let Some(enterprise) = event.placed.enterprise.clone() else { return Ok(()) };
    let Some(org) = Org::find(ctx.db(), &enterprise).await? else { return Ok(()) };
    let Some(facts) = subjects::enterprise::facts::facts(&ctx, &enterprise).await? else { return Ok(()) };
    let mut tx = ctx.begin().await?;
    let known = duties::store::known(&mut tx, &enterprise).await?;
    let (sector, decided) = match &known {
        Some((sector, true)) => (sector.clone(), true),
        _ => (duties::presumed(&facts).unwrap_or_default().to_owned(), false),
    };
    if sector.is_empty() && known.is_none() {
        return Ok(());
    }
    duties::store::put(&mut tx, &org, &sector, decided, facts.employees.map_or(0, i64::from)).await?;
    ctx.keep(tx).await
}

/// What stood under merged records goes on under the record that stays.
async fn follow_merge(ctx: Ctx, event: Event) -> Result<()> {
    let merged: EnterpriseMerged = event.payload()?;
    let kept = Org::find(ctx.db(), merged.kept.as_str()).await?.ok_or(Error::NotFound)?;
    let mut tx = ctx.begin().await?;
    for gone in &merged.merged {
        duties::store::remove(&mut tx, gone.as_str()).await?;
        store::hand_over(&mut tx, gone.as_str(), &kept).await?;
        prevention::store::hand_over(&mut tx, gone.as_str(), &kept).await?;
        if policies::hand_over(&mut tx, gone.as_str(), &kept).await? > 0 {
            policy::cover(&mut tx, &kept).await?;
        }
    }
    ctx.keep(tx).await
}
