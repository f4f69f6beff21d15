//! The writes: apply, quote, accept (which binds the policy), withdraw. Handlers, import and the
//! demo's history share them.
use super::form::{self, Act, Application, Asked, QuoteForm, Setting, State};
use super::store::{self, Stored};
use crate::insurance::common::{self, LAW, RULE, own_enterprise, own_insurer, placed, same_version, text, yuan};
use crate::insurance::{PART, policies, premiums};
use events::insurance::{ProposalCreated, ProposalWithdrawn, QuoteMade};
use platform::auth::Org;
use platform::{Action, Ctx, Error, NewEvent, Notice, Placed, Result, Role, Subject, To, Tx, Visibility};
use uuid::Uuid;

/// The insurer may look at an applicant for so long.
const LOOK_MS: i64 = 30 * 86_400_000;
/// What it may look at: kinds of object, each opened by a row of its own.
const LOOK_AT: [&str; 3] = ["enterprise", "hazard_source", "credit_rating"];

async fn enterprise(ctx: &Ctx, id: &str) -> Result<Org> {
    Org::find(ctx.db(), id).await?.filter(|o| o.subject == Subject::Enterprise).ok_or(Error::NotFound)
}

/// The enterprise asks an insurer of its choice; answers the application's id.
pub async fn apply(ctx: &Ctx, asked: &Asked) -> Result<Uuid> {
    ctx.allow(&PART, Action::Register)?;
    let org = enterprise(ctx, common::own(ctx, Subject::Enterprise)?).await?;
    let insurer = common::insurer(ctx, &asked.insurer).await?;
    let facts = subjects::enterprise::facts::facts(ctx, &org.id).await?;
    let covered = policies::store::covered_to(ctx, &org.id).await?;
    let mut earliest = common::today(ctx)?;
    if let Some(after) = covered.and_then(|to| standards::date::Date::beijing(to.0)) {
        earliest = earliest.max(after);
    }
    let rules = ctx.app.rules();
    let setting = Setting {
        tables: &rules,
        region: &org.region,
        employees: facts.and_then(|f| f.employees),
        earliest: Some(earliest),
    };
    let application = form::check(asked, &setting)?;
    let id = ctx.new_id();
    let place = placed(&insurer.id, &org);
    let mut tx = ctx.begin().await?;
    let event = created(ctx, id, &place, &application, "enterprise")?;
    store::insert(&mut tx, id, &place, &application, event.id).await?;
    open_look(&mut tx, ctx, &insurer.id, &org.id, event.id).await?;
    let title = format!("{}申请投保安责险，请报价", org.name);
    let body = format!(
        "承保 {} 人，每人限额 {}，自 {} 起。",
        application.people,
        yuan(application.per_person_fen),
        application.from
    );
    let link = format!("/insurance-applications/{id}");
    let notice = Notice { priority: 3, title: &title, body: &body, link: &link, event: event.id };
    tx.notify(ctx, To::Org(&insurer.id, &[Role::Underwriter]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(id)
}

fn created(ctx: &Ctx, id: Uuid, place: &Placed, asked: &Application, origin: &str) -> Result<NewEvent> {
    let payload = ProposalCreated {
        application: id,
        insurer: place.owner.as_str().into(),
        enterprise: place.enterprise.as_deref().unwrap_or_default().into(),
        insured_people: asked.people,
        per_person_fen: asked.per_person_fen,
        from: asked.from_at(),
        to: asked.to_at(),
        origin: origin.into(),
    };
    Ok(ctx.event(&payload, format!("insurance-application/{id}"), place)?.law(LAW))
}

/// Lets the insurer look at the applicant, kind by kind, for a month.
async fn open_look(tx: &mut Tx, ctx: &Ctx, insurer: &str, enterprise: &str, because: Uuid) -> Result<()> {
    for kind in LOOK_AT {
        let grant = Visibility {
            org: insurer,
            enterprise,
            object_kind: kind,
            object_id: None,
            fields: &["summary"],
            purpose: "安责险投保核保",
            from: ctx.now(),
            to: Some(ctx.now().plus(LOOK_MS)),
            because,
        };
        tx.open_visibility(ctx, &grant).await?;
    }
    Ok(())
}

/// The insurer quotes: base, scheme, what it states itself; the rest comes out of events.
pub async fn quote(ctx: &Ctx, id: Uuid, form: &QuoteForm) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    let mut tx = ctx.begin().await?;
    let old = store::load_in(&mut tx, ctx, id).await?;
    own_insurer(ctx, &old.placed)?;
    same_version(form.revision, old.revision)?;
    let event = quote_in(&mut tx, ctx, &old, form).await?;
    let premium = yuan(event.1);
    let title = format!("{}的安责险报价为 {premium}，请确认", old.insurer_name);
    let link = format!("/insurance-applications/{id}");
    let body = "每个费率因素都能点开看依据的事件；主要负责人确认后保单生效。";
    let notice = Notice { priority: 3, title: &title, body, link: &link, event: event.0.id };
    tx.notify(ctx, To::Org(old.enterprise(), &[Role::Principal, Role::SafetyManager]), &notice).await?;
    ctx.commit(tx, event.0, vec![]).await?;
    Ok(())
}

async fn quote_in(tx: &mut Tx, ctx: &Ctx, old: &Stored, form: &QuoteForm) -> Result<(NewEvent, i64)> {
    old.state.after(Act::Quote)?;
    let policy_no = form.policy_no.trim();
    if policies::store::number_taken(tx, &old.placed.owner, policy_no).await? {
        return Err(Error::invalid("policy_no", format!("保单号 {policy_no} 已经使用，请核对")));
    }
    let rules = ctx.app.rules();
    let basis = form::basis(&rules, form, &old.asked, &old.placed.region)?;
    let causes = premiums::store::causes(tx, old.enterprise()).await?;
    let quote = form::quote(&rules, basis, &causes, &old.asked, form)?;
    let payload = QuoteMade {
        quote: old.id,
        enterprise: old.enterprise().into(),
        base_fen: form.base_fen.unwrap_or_default(),
        factors: quote.priced.factors(),
        premium_fen: quote.priced.premium_fen,
        commission_bp: form.commission_bp,
        scheme: quote.priced.edition.as_str().into(),
    };
    let mut event = ctx.event(&payload, old.subject(), &old.placed)?.law(quote.priced.rule.clone());
    event = event.because([old.proposal_event]).because(quote.priced.because());
    event.rules = Some(ctx.app.rules().version.clone());
    if let Some(digest) = form.file.as_deref().filter(|d| !d.is_empty()) {
        event = event.file(platform::files::reference(ctx, digest, "policy").await?);
    }
    store::quote(tx, old, policy_no, &quote, event.id).await?;
    Ok((event, quote.priced.premium_fen))
}

/// The enterprise signs the quote: the policy is bound.
pub async fn accept(ctx: &Ctx, id: Uuid, revision: Option<i64>) -> Result<Uuid> {
    ctx.allow(&PART, Action::Sign)?;
    ctx.require_confirmed()?;
    let mut tx = ctx.begin().await?;
    let old = store::load_in(&mut tx, ctx, id).await?;
    own_enterprise(ctx, &old.placed)?;
    old.state.after(Act::Accept)?;
    same_version(revision, old.revision)?;
    let org = enterprise(ctx, old.enterprise()).await?;
    let policy = ctx.new_id();
    let event = policies::write::bind(&mut tx, ctx, policy, &old, &org).await?;
    store::end(&mut tx, &old, State::Bound, Some(policy), None).await?;
    // What the application opened is followed by what the policy opens.
    tx.close_visibility(old.proposal_event, ctx.now()).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(policy)
}

/// Either side takes it back.
pub async fn withdraw(ctx: &Ctx, id: Uuid, reason: &str, revision: Option<i64>) -> Result<()> {
    let subject = ctx.actor.subject;
    let action = if subject == Some(Subject::Insurer) { Action::Approve } else { Action::Sign };
    ctx.allow(&PART, action)?;
    let reason = text("reason", reason, "撤回原因", 200)?;
    let mut tx = ctx.begin().await?;
    let old = store::load_in(&mut tx, ctx, id).await?;
    if subject == Some(Subject::Insurer) {
        own_insurer(ctx, &old.placed)?;
    } else {
        own_enterprise(ctx, &old.placed)?;
    }
    old.state.after(Act::Withdraw)?;
    same_version(revision, old.revision)?;
    store::end(&mut tx, &old, State::Withdrawn, None, Some(&reason)).await?;
    tx.close_visibility(old.proposal_event, ctx.now()).await?;
    let payload = ProposalWithdrawn { application: id, reason: reason.into() };
    let event = ctx.event(&payload, old.subject(), &old.placed)?.because([old.proposal_event]);
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// An insurer enters a policy that exists on paper: it takes effect here once the enterprise signs.
pub async fn enter_paper(ctx: &Ctx, org: &Org, asked: &Asked, form: &QuoteForm) -> Result<Uuid> {
    let (insurer, application) = judge_paper(ctx, org, asked, form).await?;
    let id = ctx.new_id();
    let place = placed(&insurer.id, org);
    let mut tx = ctx.begin().await?;
    let first = created(ctx, id, &place, &application, "import")?;
    store::insert(&mut tx, id, &place, &application, first.id).await?;
    let fresh = Stored {
        id,
        placed: place.clone(),
        enterprise_name: org.name.clone(),
        insurer_name: insurer.name.clone(),
        state: State::Requested,
        asked: application,
        quote: None,
        policy_no: None,
        policy: None,
        proposal_event: first.id,
        quote_event: None,
        reason: None,
        revision: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    let (event, _) = quote_in(&mut tx, ctx, &fresh, form).await?;
    let title = format!("{}登记了贵单位的安责险保单 {}，请确认", insurer.name, form.policy_no.trim());
    let link = format!("/insurance-applications/{id}");
    let body = "核对保险期间、人数和保险费；确认后保单在平台生效，有误请撤回并说明。";
    let notice = Notice { priority: 3, title: &title, body, link: &link, event: event.id };
    tx.notify(ctx, To::Org(&org.id, &[Role::Principal]), &notice).await?;
    ctx.commit(tx, first, vec![event]).await?;
    Ok(id)
}

/// Checks a paper policy without writing.
pub async fn judge_paper(ctx: &Ctx, org: &Org, asked: &Asked, form: &QuoteForm) -> Result<(Org, Application)> {
    ctx.allow(&PART, Action::Import)?;
    let insurer = common::insurer(ctx, common::own(ctx, Subject::Insurer)?).await?;
    let rules = ctx.app.rules();
    let setting = Setting { tables: &rules, region: &org.region, employees: None, earliest: None };
    let application = form::check(asked, &setting)?;
    if application.to_at() <= ctx.now().0 {
        return Err(Error::refused(RULE, "保单已经到期：只登记在保的保单"));
    }
    form::basis(&rules, form, &application, &org.region)?;
    Ok((insurer, application))
}
