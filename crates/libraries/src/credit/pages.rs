//! Cards and tasks.
use super::catalogue;
use super::store::{self, objections};
use super::view::points;
use super::{ANSWER, PART};
use platform::view::{Card, CardItem, TASKS_MOST, Task, TaskAction, Tone};
use platform::{Action, Ctx, Ms, Result, Role, Subject};

fn decides(ctx: &Ctx) -> bool {
    ctx.may(&PART, Action::Approve) && ctx.actor.subject == Some(Subject::Government)
}

fn card(key: &str, title: &str, link: &str, order: i32, items: Vec<CardItem>) -> Option<Card> {
    (!items.is_empty()).then(|| Card {
        key: key.to_owned(),
        part: PART.key.to_owned(),
        title: title.to_owned(),
        value: Some(items.len().to_string()),
        unit: Some("条".to_owned()),
        tone: Tone::Warn,
        link: link.to_owned(),
        order,
        items: items.into_iter().take(5).collect(),
        ..Card::default()
    })
}

/// Cards of the home page.
pub async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    if decides(&ctx) {
        let items = store::waiting(&ctx, TASKS_MOST).await?.into_iter().map(|fact| CardItem {
            title: fact.org_name.clone(),
            subtitle: format!("{}，{}", fact.name, fact.state.name()),
            link: format!("/credit-facts/{}", fact.id),
            tone: if fact.serious { Tone::Bad } else { Tone::Warn },
            at: Some(fact.proposed_at),
            due_at: None,
        });
        return Ok(card("credit_waiting", "待确认的不利信用事实", "/credit-facts?state=waiting", 30, items.collect())
            .into_iter()
            .collect());
    }
    if !(ctx.actor.has(Role::Principal) || ctx.actor.has(Role::SafetyManager)) {
        return Ok(vec![]);
    }
    let items = own(&ctx).await?.into_iter().map(|(fact, until)| CardItem {
        title: fact.name.clone(),
        subtitle: format!("{} 分，可提出异议", points(fact.points)),
        link: format!("/credit-facts/{}", fact.id),
        tone: Tone::Warn,
        at: fact.recorded_at,
        due_at: Some(until),
    });
    Ok(card("credit_own", "可提出异议的不利信用事实", "/credit-facts?direction=adverse", 45, items.collect())
        .into_iter()
        .collect())
}

/// The caller's own adverse facts whose term is still running, with its end.
async fn own(ctx: &Ctx) -> Result<Vec<(store::Fact, Ms)>> {
    let term = catalogue::model(ctx, "")?.row.objection_days.saturating_mul(86_400_000);
    let facts = store::own_adverse(ctx, ctx.now().plus(-term), TASKS_MOST).await?;
    Ok(facts.into_iter().filter_map(|f| f.recorded_at.map(|at| (f, at.plus(term)))).collect())
}

/// What the caller is to do.
pub async fn tasks(ctx: Ctx) -> Result<Vec<Task>> {
    if !decides(&ctx) {
        return Ok(vec![]);
    }
    let mut tasks = vec![];
    for fact in store::waiting(&ctx, TASKS_MOST).await? {
        let mine = ctx.actor.account().is_some_and(|me| super::decide::confirm(&fact.standing(), me).is_ok());
        if !mine {
            continue;
        }
        let link = format!("/credit-facts/{}", fact.id);
        tasks.push(Task {
            key: format!("credit.confirm/{}", fact.id),
            title: format!("确认不利信用事实：{}", fact.name),
            enterprise: fact.placed.enterprise.clone(),
            why_me: "属地监管人员确认不利事实".to_owned(),
            why_now: if fact.serious {
                "严重事实，须两名不同的人员确认"
            } else {
                "规则由已发生的事件提出候选"
            }
            .to_owned(),
            if_not: "确认前不计入评分，等级和监管频次不变".to_owned(),
            risk: if fact.serious { 2 } else { 3 },
            because: Some(fact.source_event),
            actions: vec![TaskAction::open("查看并确认", link.clone())],
            link,
            ..Task::default()
        });
    }
    for objection in objections::open(&ctx, TASKS_MOST).await? {
        let link = format!("/credit-facts/{}", objection.fact);
        tasks.push(Task {
            key: format!("credit.answer/{}", objection.id),
            title: format!("答复信用异议：{}", objection.fact_name),
            enterprise: objection.placed.enterprise.clone(),
            why_me: "异议由属地监管部门书面答复".to_owned(),
            why_now: format!("{}提出异议", objection.org_name),
            if_not: "逾期将通报领导和执法监督；期间这条事实对所有人标为有异议".to_owned(),
            due: Some(objection.due_at),
            clock: Some(ANSWER.to_owned()),
            risk: 2,
            actions: vec![TaskAction::open("答复", format!("{link}?do=answer"))],
            link,
            ..Task::default()
        });
    }
    Ok(tasks)
}
