//! The writes: plan, agreement, visit, confirmation, complaint, payment; and what visits tell.
use super::decide::{self, Period, PlanForm, PlanLine, STANDARD, State};
use super::store;
use crate::insurance::PART;
use crate::insurance::common::{own_enterprise, own_insurer, same_version, text, today, yuan};
use crate::insurance::policies::store as policies;
use events::experts::ServiceReportConfirmed;
use events::insurance::{
    ServiceComplaintAnswered, ServiceComplaintFiled, ServiceComplaintOverdue, ServiceFeeSettled, ServiceLineConfirmed,
    ServiceLineScheduled, ServicePlanAgreed, ServicePlanProposed, ServicePlanReturned,
};
use events::onsite::{CheckRecordSigned, VisitLeft, VisitWithdrawn};
use lines::onsite::visits::commands as visits;
use lines::onsite::visits::decide::{Kind, Reason};
use platform::auth::Org;
use platform::{
    Action, Clock, ClockEnd, ClockRule, Ctx, Error, Event, Ms, NewClock, NewEvent, Notice, Reaction, Result, Role,
    Subject, To, Visibility,
};
use standards::date::Date;
use uuid::Uuid;

/// The clock of an unanswered complaint.
pub const ANSWER: ClockRule = ClockRule {
    key: "insurance.complaint",
    title: "答复预防服务投诉",
    basis: "AQ 9010-2019（投诉 10 个工作日内答复）",
    fire: |ctx, clock| Box::pin(unanswered(ctx, clock)),
};

/// What visits and the experts library tell of a line.
pub const REACTIONS: &[Reaction] = &[Reaction {
    name: "insurance.service",
    kinds: &["visit.left", "visit.withdrawn", "check.record.signed", "svc.report.confirmed"],
    run: |ctx, event| Box::pin(follow(ctx, event)),
}];

fn codes(lines: &[PlanLine]) -> Vec<events::Code> {
    let mut items: Vec<&str> = lines.iter().map(|l| l.item.as_str()).collect();
    items.sort_unstable();
    items.dedup();
    items.into_iter().map(Into::into).collect()
}

/// The insurer proposes a plan for a policy; answers its id.
pub async fn propose(ctx: &Ctx, policy: Uuid, form: &PlanForm) -> Result<Uuid> {
    ctx.allow(&PART, Action::Assign)?;
    let mut tx = ctx.begin().await?;
    let of = policies::load_in(&mut tx, ctx, policy).await?;
    own_insurer(ctx, &of.placed)?;
    if !of.runs(ctx.now()) {
        return Err(Error::Conflict("保单已终止或到期，不能再拟订服务方案".to_owned()));
    }
    if store::has_plan(&mut tx, policy).await? {
        return Err(Error::Conflict("这份保单已有待确认或执行中的服务方案".to_owned()));
    }
    let day = |at: Ms| Date::beijing(at.0).ok_or_else(|| Error::internal("a policy outside the calendar"));
    let period = Period { from: day(of.from)?, to: day(Ms(of.to.0 - 1))? };
    let (goals, lines) = decide::plan(form, &period)?;
    for (i, line) in lines.iter().enumerate() {
        let org = Org::find(ctx.db(), &line.supplier).await?;
        let fits = org.is_some_and(|o| o.subject == Subject::ServiceOrg || o.id == of.placed.owner);
        if !fits {
            return Err(Error::invalid(
                format!("lines[{i}].supplier"),
                "服务由保险机构自有人员或名录中的技术服务机构提供，请重新选择",
            ));
        }
    }
    let budget = decide::budget(&lines);
    let fee = decide::fee(&ctx.app.rules(), of.premium_fen, budget, today(ctx)?, &of.placed.region)?;
    decide::under_cap(&fee, budget)?;
    let id = ctx.new_id();
    let payload = ServicePlanProposed {
        plan: id,
        policy,
        items: codes(&lines),
        visits: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        budget_fen: budget,
        goals: goals.clone().into(),
    };
    let subject = format!("prevention-plan/{id}");
    let event = ctx.event(&payload, subject, &of.placed)?.because([of.bound_event]).law(STANDARD).law(fee.rule.clone());
    store::insert(&mut tx, ctx, id, &of, (&goals, &lines, &fee), event.id).await?;
    let title = format!("{}拟订了事故预防服务方案，请确认", of.insurer_name);
    let body = format!("{} 项服务，预算 {}。", lines.len(), yuan(budget));
    let link = format!("/prevention-plans/{id}");
    let notice = Notice { priority: 3, title: &title, body: &body, link: &link, event: event.id };
    tx.notify(ctx, To::Org(of.enterprise(), &[Role::Principal, Role::SafetyManager]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(id)
}

/// The enterprise agrees.
pub async fn agree(ctx: &Ctx, id: Uuid, revision: Option<i64>) -> Result<()> {
    ctx.allow(&PART, Action::Sign)?;
    let lines = store::lines_of(ctx, id).await?;
    let mut tx = ctx.begin().await?;
    let old = store::plan_in(&mut tx, ctx, id).await?;
    own_enterprise(ctx, &old.placed)?;
    old.state.waits()?;
    same_version(revision, old.revision)?;
    let mut items: Vec<&str> = lines.iter().map(|l| l.item.as_str()).collect();
    items.sort_unstable();
    items.dedup();
    let payload = ServicePlanAgreed {
        plan: id,
        policy: old.policy,
        items: items.into_iter().map(Into::into).collect(),
        visits: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        budget_fen: old.budget_fen,
    };
    let event = ctx.event(&payload, old.subject(), &old.placed)?.because([old.proposed_event]).law(STANDARD);
    store::answer(&mut tx, &old, State::Agreed, event.id, None).await?;
    for line in lines.iter().filter(|l| l.supplier != old.placed.owner) {
        let object = line.id.to_string();
        let grant = Visibility {
            org: &line.supplier,
            enterprise: old.enterprise(),
            object_kind: "prevention_line",
            object_id: Some(&object),
            fields: &["summary"],
            purpose: "按服务方案提供事故预防服务",
            from: ctx.now(),
            to: Some(old.policy_to),
            because: event.id,
        };
        tx.open_visibility(ctx, &grant).await?;
    }
    let title = format!("{}已确认事故预防服务方案", old.enterprise_name);
    let link = format!("/prevention-plans/{id}");
    let notice =
        Notice { priority: 4, title: &title, body: "可以按计划安排服务。", link: &link, event: event.id };
    tx.notify(ctx, To::Org(&old.placed.owner, &[Role::RiskService]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The enterprise sends a plan back, or the insurer takes it back.
pub async fn send_back(ctx: &Ctx, id: Uuid, reason: &str, revision: Option<i64>) -> Result<()> {
    let insurer = ctx.actor.subject == Some(Subject::Insurer);
    ctx.allow(&PART, if insurer { Action::Assign } else { Action::Sign })?;
    let reason = text("reason", reason, "退回原因", 200)?;
    let mut tx = ctx.begin().await?;
    let old = store::plan_in(&mut tx, ctx, id).await?;
    if insurer {
        own_insurer(ctx, &old.placed)?;
    } else {
        own_enterprise(ctx, &old.placed)?;
    }
    old.state.waits()?;
    same_version(revision, old.revision)?;
    let payload = ServicePlanReturned { plan: id, reason: reason.clone().into() };
    let event = ctx.event(&payload, old.subject(), &old.placed)?.because([old.proposed_event]);
    store::answer(&mut tx, &old, State::Returned, event.id, Some(&reason)).await?;
    let title = format!("{}的事故预防服务方案被退回", old.enterprise_name);
    let link = format!("/insurance-policies/{}", old.policy);
    let notice = Notice { priority: 3, title: &title, body: &reason, link: &link, event: event.id };
    tx.notify(ctx, To::Org(&old.placed.owner, &[Role::RiskService]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The insurer asks for the visit that renders a line, and names it there.
pub async fn schedule(ctx: &Ctx, id: Uuid, deadline: Ms, skills: Vec<String>) -> Result<Uuid> {
    ctx.allow(&PART, Action::Assign)?;
    let line = store::line(ctx, id).await?;
    own_insurer(ctx, &line.placed)?;
    line.progress.schedule()?;
    let form = visits::NewVisit {
        enterprise: line.enterprise().to_owned(),
        kind: Kind::PreventionService,
        reason_code: Reason::Plan,
        reason: format!("事故预防服务方案：{}（{}）", line.content, decide::item_name(&line.item)),
        skills,
        deadline,
        priority: None,
        source_event: None,
    };
    let visit = visits::request(ctx, form).await?;
    // The submission key was spent on the request of the visit.
    name(&ctx.acting_as((*ctx.actor).clone()), id, visit).await?;
    Ok(visit)
}

/// Names the visit of a line in a write of its own: the visit belongs to the on-site line.
pub async fn name(ctx: &Ctx, id: Uuid, visit: Uuid) -> Result<()> {
    ctx.allow(&PART, Action::Assign)?;
    let mut tx = ctx.begin().await?;
    let old = store::line_in(&mut tx, ctx, id).await?;
    own_insurer(ctx, &old.placed)?;
    old.progress.schedule()?;
    let payload = ServiceLineScheduled { line: id, plan: old.plan, visit };
    let event = ctx.event(&payload, old.subject(), &old.placed)?;
    store::schedule(&mut tx, &old, visit).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The enterprise confirms a service.
pub async fn confirm(ctx: &Ctx, id: Uuid, satisfied: bool, comment: Option<&str>) -> Result<()> {
    ctx.allow(&PART, Action::Evaluate)?;
    let comment = comment.map(str::trim).filter(|c| !c.is_empty());
    let comment = comment.map(|c| text("comment", c, "意见", 500)).transpose()?;
    if !satisfied && comment.is_none() {
        return Err(Error::invalid("comment", format!("不满意的，请写明具体意见（{STANDARD} 回访记录）")));
    }
    let mut tx = ctx.begin().await?;
    let old = store::line_in(&mut tx, ctx, id).await?;
    own_enterprise(ctx, &old.placed)?;
    old.progress.confirm()?;
    let visit = old.visit.ok_or(Error::NotFound)?;
    let payload = ServiceLineConfirmed { line: id, visit, satisfied, comment: comment.map(Into::into) };
    let event = ctx.event(&payload, old.subject(), &old.placed)?.because(old.events.clone()).law(STANDARD);
    store::confirm(&mut tx, &old, event.id, satisfied).await?;
    let title = format!("{}已确认服务“{}”", old.enterprise_name, old.content);
    let link = format!("/prevention-plans/{}", old.plan);
    let body = if satisfied {
        "评价满意，可以结算费用。"
    } else {
        "评价不满意，请查看意见后再结算。"
    };
    let notice = Notice { priority: 4, title: &title, body, link: &link, event: event.id };
    tx.notify(ctx, To::Org(&old.placed.owner, &[Role::RiskService, Role::Finance]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The insurer pays a line from the ledger.
pub async fn settle(ctx: &Ctx, id: Uuid, fen: i64, voucher: Option<&str>) -> Result<()> {
    ctx.allow(&PART, Action::Settle)?;
    let voucher = voucher.map(str::trim).filter(|v| !v.is_empty());
    let mut tx = ctx.begin().await?;
    let old = store::line_in(&mut tx, ctx, id).await?;
    own_insurer(ctx, &old.placed)?;
    old.progress.settle()?;
    if !(1..=old.amount_fen).contains(&fen) {
        let most = yuan(old.amount_fen);
        return Err(Error::invalid("amount_fen", format!("金额须大于 0 且不超过方案中的 {most}，按实际成本列支")));
    }
    if voucher.is_some_and(|v| v.chars().count() > 40) {
        return Err(Error::invalid("voucher", "凭证号最多 40 字"));
    }
    let plan = store::plan_in(&mut tx, ctx, old.plan).await?;
    let policy = policies::load_in(&mut tx, ctx, old.policy).await?;
    let spent = store::spent(&mut tx, old.policy).await?.saturating_add(fen);
    if spent > plan.budget_fen {
        return Err(Error::invalid(
            "amount_fen",
            format!("台账余额不足：余额 {}", yuan(plan.budget_fen - spent + fen)),
        ));
    }
    let fee = decide::fee(&ctx.app.rules(), policy.premium_fen, spent, today(ctx)?, &policy.placed.region)?;
    decide::under_cap(&fee, spent)?;
    let visit = old.visit.ok_or(Error::NotFound)?;
    let payload = ServiceFeeSettled {
        policy: old.policy,
        line: id,
        visit,
        amount_fen: fen,
        balance_fen: plan.budget_fen - spent,
        supplier: old.supplier.as_str().into(),
        voucher: voucher.map(Into::into),
    };
    let event = ctx.event(&payload, old.subject(), &old.placed)?.because(old.events.clone()).because(plan.agreed_event);
    let event = event.law(fee.rule);
    store::settle(&mut tx, &old, fen, voucher, event.id).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// The enterprise complains about a service; answers the complaint's id.
pub async fn complain(ctx: &Ctx, id: Uuid, what: &str) -> Result<Uuid> {
    ctx.allow(&PART, Action::Evaluate)?;
    let what = text("text", what, "投诉内容", 1000)?;
    let mut tx = ctx.begin().await?;
    let line = store::line_in(&mut tx, ctx, id).await?;
    own_enterprise(ctx, &line.placed)?;
    if !line.progress.agreed {
        return Err(Error::Conflict("方案还没有确认：不同意方案的请直接退回".to_owned()));
    }
    let last = decide::answer_by(&ctx.app.rules(), today(ctx)?);
    let due = Ms(last.add_days(1).unwrap_or(last).beijing_start_ms());
    let complaint = ctx.new_id();
    let payload = ServiceComplaintFiled { complaint, line: id, text: what.clone().into(), due: due.0 };
    let event = ctx.event(&payload, line.subject(), &line.placed)?.because(line.events.clone()).law(STANDARD);
    store::complain(&mut tx, complaint, &line, &what, due, event.id).await?;
    let subject = format!("service-complaint/{complaint}");
    let clock = NewClock {
        rule: ANSWER.key,
        subject: &subject,
        placed: &line.placed,
        due_at: due,
        data: complaint,
        because: event.id,
    };
    tx.start_clock(ctx, clock).await?;
    let title = format!("{}投诉服务“{}”，请在 {last} 前答复", line.enterprise_name, line.content);
    let notice = Notice { priority: 2, title: &title, body: &what, link: "/service-complaints", event: event.id };
    tx.notify(ctx, To::Org(&line.placed.owner, &[Role::RiskService]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(complaint)
}

/// The insurer answers a complaint.
pub async fn reply(ctx: &Ctx, id: Uuid, finding: &str, measures: &str, revision: Option<i64>) -> Result<()> {
    ctx.allow(&PART, Action::Explain)?;
    let finding = text("finding", finding, "调查结论与依据", 1000)?;
    let measures = text("measures", measures, "处理措施", 1000)?;
    let mut tx = ctx.begin().await?;
    let old = store::complaint_in(&mut tx, ctx, id).await?;
    own_insurer(ctx, &old.placed)?;
    if old.state != "open" {
        return Err(Error::Conflict("这件投诉已经答复".to_owned()));
    }
    same_version(revision, old.revision)?;
    let payload =
        ServiceComplaintAnswered { complaint: id, finding: finding.clone().into(), measures: measures.clone().into() };
    let event = answer_event(ctx, &payload, &old)?;
    store::reply(&mut tx, &old, &finding, &measures).await?;
    tx.stop_clocks(&format!("service-complaint/{id}"), ANSWER.key, ClockEnd::Met).await?;
    let title = format!("对服务“{}”的投诉已答复", old.content);
    let notice = Notice { priority: 3, title: &title, body: &measures, link: "/service-complaints", event: event.id };
    let enterprise = old.placed.enterprise.as_deref().unwrap_or_default();
    tx.notify(ctx, To::Org(enterprise, &[Role::Principal, Role::SafetyManager]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

fn answer_event<P: events::Payload>(ctx: &Ctx, payload: &P, old: &store::Complaint) -> Result<NewEvent> {
    let subject = format!("prevention-plan/{}", old.plan);
    Ok(ctx.event(payload, subject, &old.placed)?.because([old.filed_event]).law(ANSWER.basis))
}

async fn unanswered(ctx: Ctx, clock: Clock) -> Result<()> {
    let id: Uuid = serde_json::from_value(clock.data.clone()).map_err(Error::internal)?;
    let mut tx = ctx.begin().await?;
    tx.advance_clock(&clock, None).await?;
    let old = store::complaint_in(&mut tx, &ctx, id).await?;
    if !store::overdue(&mut tx, id).await? {
        return ctx.keep(tx).await;
    }
    let payload = ServiceComplaintOverdue { complaint: id, due: old.due_at.0 };
    let event = answer_event(&ctx, &payload, &old)?;
    let title = format!("{}的服务投诉超过 10 个工作日未答复", old.enterprise_name);
    let notice = Notice { priority: 2, title: &title, body: &old.text, link: "/service-complaints", event: event.id };
    tx.notify(&ctx, To::Org(&old.placed.owner, &[Role::RiskService, Role::Finance]), &notice).await?;
    tx.notify(&ctx, To::Area(&old.placed.region, &[Role::Officer]), &notice).await?;
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

async fn follow(ctx: Ctx, event: Event) -> Result<()> {
    let mut tx = ctx.begin().await?;
    let touched = match event.kind.as_str() {
        "visit.left" => store::left(&mut tx, event.payload::<VisitLeft>()?.visit, event.id).await?,
        "visit.withdrawn" => store::unscheduled(&mut tx, event.payload::<VisitWithdrawn>()?.visit).await?,
        "check.record.signed" => {
            let signed: CheckRecordSigned = event.payload()?;
            // A record that the enterprise refused to sign proves the visit, but pays for nothing.
            if signed.enterprise_signed { store::signed(&mut tx, signed.visit, event.id).await? } else { 0 }
        }
        _ => {
            let said: ServiceReportConfirmed = event.payload()?;
            store::confirmed(&mut tx, said.visit, event.id, said.satisfied).await?
        }
    };
    if touched == 0 { Ok(()) } else { ctx.keep(tx).await }
}
