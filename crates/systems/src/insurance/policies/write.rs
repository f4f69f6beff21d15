//! The writes: bind, end, and the clock of the last day.
use super::store::{self, Policy};
use super::{Act, State, Terms};
use crate::insurance::applications::store::Stored as Application;
use crate::insurance::common::{LAW, RULE, own_insurer, same_version, yuan};
use crate::insurance::duties::store::{self as duties, Cover};
use crate::insurance::{PART, premiums};
use events::insurance::{PolicyBound, PolicyEnded};
use platform::auth::Org;
use platform::{
    Action, Clock, ClockEnd, ClockRule, Ctx, Error, Ms, NewClock, NewEvent, Notice, Result, Role, To, Tx, Visibility,
};
use uuid::Uuid;

/// The clock of the last day of a policy.
pub const EXPIRY: ClockRule = ClockRule {
    key: "insurance.expiry",
    title: "安责险到期前续保",
    basis: "安全生产责任保险实施办法（应急〔2025〕27号） 第十六条",
    fire: |ctx, clock| Box::pin(expire(ctx, clock)),
};
/// Grounds on which a policy may end before its last day.
pub const GROUNDS: [(&str, &str); 2] = [("closed_by_law", "依法关闭"), ("production_stopped", "完全停止生产经营活动")];
/// What a policy opens to its insurer: kinds of object, each with a row of its own.
const OPENS: [(&str, &[&str]); 5] = [
    ("enterprise", &["summary"]),
    ("hazard_source", &["summary"]),
    ("hazard", &["summary", "hazards"]),
    ("visit", &["visits"]),
    ("credit_rating", &["summary"]),
];

/// Binds a policy inside the write that accepts its quote.
pub async fn bind(tx: &mut Tx, ctx: &Ctx, id: Uuid, of: &Application, org: &Org) -> Result<NewEvent> {
    let quote = of.quote.clone().ok_or_else(|| Error::Conflict("保险机构还没有报价".to_owned()))?;
    let asked = of.asked.clone();
    if asked.to_at() <= ctx.now().0 {
        return Err(Error::Conflict("报价的保险期间已经过去，请重新申请".to_owned()));
    }
    if let Some(ends) = store::overlaps(tx, &org.id, asked.from_at(), asked.to_at()).await? {
        return Err(Error::Conflict(format!(
            "已有保单承保到 {}，保险期间不能重叠，请撤回后把起期改到其后",
            crate::insurance::common::last_day(ends)
        )));
    }
    let placed = crate::insurance::common::placed(&of.placed.owner, org);
    let payload = PolicyBound {
        policy: id,
        policy_no: of.policy_no.clone().unwrap_or_default().into(),
        insurer: of.placed.owner.as_str().into(),
        enterprise: org.id.as_str().into(),
        from: asked.from_at(),
        to: asked.to_at(),
        insured_people: asked.people,
        per_person_fen: asked.per_person_fen,
        cumulative_fen: asked.cumulative_fen,
        medical_fen: asked.medical_fen,
        premium_fen: quote.priced.premium_fen,
        quote: Some(of.id),
        scheme: quote.priced.edition.as_str().into(),
    };
    let because = of.quote_event.into_iter();
    let mut event = ctx.event(&payload, format!("insurance-policy/{id}"), &placed)?.because(because).law(LAW);
    event.law.push(format!("{RULE} 第十五、十六条"));
    if let Some(digest) = quote.file.as_deref().filter(|d| !d.is_empty()) {
        event = event.file(platform::files::reference(ctx, digest, "policy").await?);
    }
    let terms = Terms {
        asked,
        basis: quote.basis,
        priced: quote.priced,
        upto: quote.upto,
        commission_bp: quote.commission_bp,
        file: quote.file,
    };
    store::insert(tx, id, of, &placed, &terms, event.id).await?;
    let to = Ms(terms.asked.to_at());
    open(tx, ctx, &placed.owner, &org.id, to, event.id).await?;
    premiums::write::open_causes(tx, ctx, (&placed.owner, &org.id), &terms.priced.because(), to, event.id).await?;
    cover(tx, org).await?;
    let subject = format!("insurance-policy/{id}");
    let clock =
        NewClock { rule: EXPIRY.key, subject: &subject, placed: &placed, due_at: to, data: id, because: event.id };
    tx.start_clock(ctx, clock).await?;
    let title = format!("{}已确认安责险保单 {}", org.name, of.policy_no.clone().unwrap_or_default());
    let body = format!("保险费 {}，请制定事故预防服务方案。", yuan(terms.priced.premium_fen));
    let link = format!("/insurance-policies/{id}");
    let notice = Notice { priority: 3, title: &title, body: &body, link: &link, event: event.id };
    tx.notify(ctx, To::Org(&placed.owner, &[Role::Underwriter, Role::RiskService]), &notice).await?;
    Ok(event)
}

async fn open(tx: &mut Tx, ctx: &Ctx, insurer: &str, enterprise: &str, to: Ms, because: Uuid) -> Result<()> {
    for (kind, fields) in OPENS {
        let grant = Visibility {
            org: insurer,
            enterprise,
            object_kind: kind,
            object_id: None,
            fields,
            purpose: "安责险承保期间的风险管理",
            from: ctx.now(),
            to: Some(to),
            because,
        };
        tx.open_visibility(ctx, &grant).await?;
    }
    Ok(())
}

/// Notes in the list of duties what cover an enterprise has now.
pub async fn cover(tx: &mut Tx, org: &Org) -> Result<()> {
    let now = tx.now();
    let running = store::last_running(tx, &org.id).await?;
    let cover = match &running {
        Some(policy) => Cover {
            policy: Some(policy.id.to_string()),
            insurer: Some(&policy.placed.owner),
            to: policy.to.0,
            people: i64::from(policy.terms.asked.people),
        },
        None => Cover { policy: None, insurer: None, to: now.0, people: 0 },
    };
    duties::cover(tx, org, &cover).await
}

/// Ends a policy before its last day.
pub async fn end(ctx: &Ctx, id: Uuid, ground: &str, revision: Option<i64>) -> Result<()> {
    ctx.allow(&PART, Action::Approve)?;
    if !GROUNDS.iter().any(|(code, _)| *code == ground) {
        return Err(Error::refused(
            format!("{RULE} 第十六条"),
            "不得退保：只有依法关闭或完全停止生产经营活动时才能提前终止，请选择其中一项",
        ));
    }
    let mut tx = ctx.begin().await?;
    let old = store::load_in(&mut tx, ctx, id).await?;
    own_insurer(ctx, &old.placed)?;
    same_version(revision, old.revision)?;
    old.state.after(Act::End)?;
    let event = end_in(&mut tx, ctx, &old, ground).await?;
    tx.stop_clocks(&old.subject(), EXPIRY.key, ClockEnd::Void).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

async fn end_in(tx: &mut Tx, ctx: &Ctx, old: &Policy, ground: &str) -> Result<NewEvent> {
    store::end(tx, old, ground).await?;
    tx.close_visibility(old.bound_event, ctx.now()).await?;
    premiums::store::close(tx, old.id, None).await?;
    let org = Org::find(ctx.db(), old.enterprise()).await?.ok_or(Error::NotFound)?;
    cover(tx, &org).await?;
    let payload = PolicyEnded { policy: old.id, ground: ground.into() };
    let event = ctx.event(&payload, old.subject(), &old.placed)?.because([old.bound_event]);
    let title = format!("安责险保单 {} 已终止", old.policy_no);
    let body = if ground == "expired" {
        "保险期间届满且没有续保：请立即投保，未投保将被责令改正并处罚款（安全生产法 第一百零九条）。"
    } else {
        "保单因停产或关闭提前终止；恢复生产前须重新投保。"
    };
    let link = "/insurance-duties";
    let notice = Notice { priority: 2, title: &title, body, link, event: event.id };
    tx.notify(ctx, To::Org(old.enterprise(), &[Role::Principal, Role::SafetyManager]), &notice).await?;
    tx.notify(ctx, To::Org(&old.placed.owner, &[Role::Underwriter]), &notice).await?;
    Ok(event.law(format!("{RULE} 第十六条")))
}

async fn expire(ctx: Ctx, clock: Clock) -> Result<()> {
    let id: Uuid = serde_json::from_value(clock.data.clone()).map_err(Error::internal)?;
    let mut tx = ctx.begin().await?;
    let old = store::load_in(&mut tx, &ctx, id).await?;
    tx.advance_clock(&clock, None).await?;
    if old.state != State::InForce {
        return ctx.keep(tx).await;
    }
    let event = end_in(&mut tx, &ctx, &old, "expired").await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}
