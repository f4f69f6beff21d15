//! What the pages assembled by the server show of this part.
use super::applications::form::State as Application;
use super::applications::store as applications;
use super::common::{last_day, yuan};
use super::duties::store as duties;
use super::duties::{SOON_MS, Standing};
use super::policies::store as policies;
use super::prevention::store as prevention;
use super::{PART, premiums};
use platform::view::{
    Card, CardItem, Chart, Cockpit, Content, Field, Hit, Number, Section, Series, TASKS_MOST, Task, TaskAction, Tone,
};
use platform::{Action, Ctx, Result, Role, Subject};

/// Order of the section on the enterprise's page.
const ORDER: i32 = 60;

fn card(key: &str, title: &str, link: &str, order: i32) -> Card {
    Card { key: key.into(), part: PART.key.into(), title: title.into(), link: link.into(), order, ..Card::default() }
}

fn counted(base: Card, items: Vec<CardItem>, unit: &str, tone: Tone) -> Option<Card> {
    (!items.is_empty()).then(|| Card {
        value: Some(items.len().to_string()),
        unit: Some(unit.into()),
        tone,
        items: items.into_iter().take(5).collect(),
        ..base
    })
}

/// Cards of the home page: only what this person has to do or watch.
pub async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    let me = &ctx.actor;
    let mut cards = vec![];
    if me.has(Role::Underwriter) {
        cards.extend(proposals(&ctx).await?);
        cards.extend(ending(&ctx).await?);
    }
    if me.has(Role::RiskService) {
        cards.extend(lines(&ctx, "planned", "insurance_lines", "待安排的预防服务").await?);
    }
    if me.has(Role::Finance) {
        cards.extend(lines(&ctx, "confirmed", "insurance_settle", "待结算的预防服务").await?);
    }
    if me.has(Role::Principal) || me.has(Role::SafetyManager) {
        cards.extend(own_cover(&ctx).await?);
    }
    if me.has(Role::Officer) || me.has(Role::Leader) {
        cards.extend(coverage(&ctx).await?);
    }
    Ok(cards)
}

async fn proposals(ctx: &Ctx) -> Result<Option<Card>> {
    let waiting = premiums::store::waiting(ctx, TASKS_MOST).await?;
    let item = |a: &premiums::Adjustment| CardItem {
        title: a.enterprise_name.clone(),
        subtitle: format!("{} → {}", yuan(a.old_fen), yuan(a.new_fen)),
        link: format!("/premium-adjustments/{}", a.id),
        tone: Tone::Warn,
        at: Some(a.proposed_at),
        due_at: None,
    };
    let base = card("premium_proposals", "待决定的保险费调整", "/premium-adjustments?state=proposed", 20);
    Ok(counted(base, waiting.iter().map(item).collect(), "项", Tone::Warn))
}

async fn ending(ctx: &Ctx) -> Result<Option<Card>> {
    let soon = policies::ending(ctx, SOON_MS, TASKS_MOST).await?;
    let item = |p: &policies::Policy| CardItem {
        title: p.enterprise_name.clone(),
        subtitle: format!("保单 {} 于 {} 到期", p.policy_no, last_day(p.to)),
        link: format!("/insurance-policies/{}", p.id),
        tone: Tone::Warn,
        at: None,
        due_at: Some(p.to),
    };
    Ok(counted(
        card("policies_ending", "30 天内到期的保单", "/insurance-policies?state=in_force&sort=to", 30),
        soon.iter().map(item).collect(),
        "份",
        Tone::Warn,
    ))
}

async fn lines(ctx: &Ctx, state: &str, key: &str, title: &str) -> Result<Option<Card>> {
    let found = prevention::lines_in(ctx, state, TASKS_MOST).await?;
    let item = |l: &prevention::Line| CardItem {
        title: format!("{}：{}", l.enterprise_name, l.content),
        subtitle: format!("计划 {}，{}", l.due_on, yuan(l.amount_fen)),
        link: format!("/prevention-plans/{}", l.plan),
        tone: Tone::Plain,
        at: None,
        due_at: None,
    };
    let link = format!("/prevention-lines?state={state}");
    Ok(counted(card(key, title, &link, 25), found.iter().map(item).collect(), "项", Tone::Warn))
}

async fn own_cover(ctx: &Ctx) -> Result<Option<Card>> {
    let unit = match duties::one(ctx, &ctx.actor.org).await {
        Ok(unit) => unit,
        Err(platform::Error::NotFound) => return Ok(None),
        Err(other) => return Err(other),
    };
    let (policy, must) = (unit.policy.clone(), !unit.sector.is_empty());
    let view = unit.view(ctx.now());
    let (tone, note) = match view.standing.as_str() {
        "none" if must => {
            (Tone::Bad, "本单位属于应投保行业，未投保将被责令改正并处罚款（安全生产法 第一百零九条）".to_owned())
        }
        "lapsed" => (Tone::Bad, "保险期间已届满，请立即续保".to_owned()),
        "soon" => (Tone::Warn, "请在到期前续保，避免脱保".to_owned()),
        _ => (Tone::Good, format!("承保 {} 人", view.insured_people)),
    };
    let link = policy.map_or_else(|| "/insurance-applications".to_owned(), |p| format!("/insurance-policies/{p}"));
    let value = view.covered_to.unwrap_or_else(|| view.standing_name.clone());
    Ok(Some(Card {
        value: Some(value), tone, note: Some(note), ..card("insurance_cover", "安责险保障至", &link, 35)
    }))
}

async fn coverage(ctx: &Ctx) -> Result<Option<Card>> {
    let counts = duties::counts(ctx, None).await?;
    let of = |s: Standing| counts.iter().find(|(c, _)| *c == s).map_or(0, |(_, n)| *n);
    let open = of(Standing::None) + of(Standing::Lapsed);
    let note = format!(
        "未投保 {} 家，已脱保 {} 家，30 天内到期 {} 家",
        of(Standing::None),
        of(Standing::Lapsed),
        of(Standing::Soon)
    );
    Ok((counts.iter().any(|(_, n)| *n > 0)).then(|| Card {
        value: Some(open.to_string()),
        unit: Some("家".into()),
        tone: if open > 0 { Tone::Warn } else { Tone::Good },
        note: Some(note),
        ..card("insurance_duties", "应投保未在保", "/insurance-duties?standing=none", 45)
    }))
}

/// What the caller is to do here.
pub async fn tasks(ctx: Ctx) -> Result<Vec<Task>> {
    let me = &ctx.actor;
    let mut tasks = vec![];
    if me.has(Role::Underwriter) {
        for a in applications::waiting(&ctx, Application::Requested, TASKS_MOST).await? {
            tasks.push(quote_task(&a));
        }
        for a in premiums::store::waiting(&ctx, TASKS_MOST).await? {
            tasks.push(adjustment_task(&a));
        }
    }
    if me.has(Role::Principal) {
        for a in applications::waiting(&ctx, Application::Quoted, TASKS_MOST).await? {
            tasks.push(accept_task(&a));
        }
        for p in prevention::plans_waiting(&ctx, TASKS_MOST).await? {
            tasks.push(agree_task(&p));
        }
    }
    if me.has(Role::Principal) || me.has(Role::SafetyManager) {
        tasks.extend(prevention::lines_in(&ctx, "rendered", TASKS_MOST).await?.iter().map(confirm_task));
    }
    if me.has(Role::RiskService) {
        tasks.extend(prevention::complaints_open(&ctx, TASKS_MOST).await?.iter().map(complaint_task));
    }
    if me.has(Role::Finance) {
        tasks.extend(prevention::lines_in(&ctx, "confirmed", TASKS_MOST).await?.iter().map(settle_task));
    }
    Ok(tasks)
}

fn quote_task(a: &applications::Stored) -> Task {
    let link = format!("/insurance-applications/{}", a.id);
    Task {
        key: format!("insurance.quote/{}", a.id),
        title: format!("为{}报价", a.enterprise_name),
        enterprise: Some(a.enterprise().to_owned()),
        why_me: "企业选择了贵机构，由核保报价".into(),
        why_now: format!("企业申请自 {} 起投保 {} 人", a.asked.from, a.asked.people),
        if_not: "企业没有保障，可改选其他保险机构".into(),
        risk: 3,
        because: Some(a.proposal_event),
        actions: vec![TaskAction::open("报价", format!("{link}?do=quote"))],
        link,
        ..Task::default()
    }
}

fn accept_task(a: &applications::Stored) -> Task {
    let link = format!("/insurance-applications/{}", a.id);
    Task {
        key: format!("insurance.accept/{}", a.id),
        title: format!("确认{}的安责险报价", a.insurer_name),
        enterprise: Some(a.enterprise().to_owned()),
        why_me: "保单由投保单位主要负责人确认生效".into(),
        why_now: a.quote.as_ref().map_or_else(String::new, |q| format!("已报价 {}", yuan(q.priced.premium_fen))),
        if_not: "保单不生效；应投保而未投保的，将被责令改正并处罚款（安全生产法 第一百零九条）".into(),
        risk: 2,
        because: a.quote_event,
        actions: vec![TaskAction::open("查看并确认", link.clone())],
        link,
        ..Task::default()
    }
}

fn adjustment_task(a: &premiums::Adjustment) -> Task {
    let link = format!("/premium-adjustments/{}", a.id);
    Task {
        key: format!("insurance.adjustment/{}", a.id),
        title: format!("决定{}的保险费调整：{} → {}", a.enterprise_name, yuan(a.old_fen), yuan(a.new_fen)),
        enterprise: a.placed.enterprise.clone(),
        why_me: "保险费调整由核保人员决定".into(),
        why_now: "核实的整改或信用等级发生了变化".into(),
        if_not: "保险费仍按原金额执行，企业看得到建议未处理".into(),
        risk: 3,
        because: Some(a.proposed_event),
        actions: vec![
            TaskAction::post("采纳", link.clone(), format!("/premium-adjustments/{}/accept", a.id)),
            TaskAction::open("查看因素", link.clone()),
        ],
        link,
        ..Task::default()
    }
}

fn agree_task(p: &prevention::Plan) -> Task {
    let link = format!("/prevention-plans/{}", p.id);
    Task {
        key: format!("insurance.agree/{}", p.id),
        title: format!("确认事故预防服务方案（预算 {}）", yuan(p.budget_fen)),
        enterprise: p.placed.enterprise.clone(),
        why_me: "服务方案须与投保单位协商一致".into(),
        why_now: "保险机构已拟订方案".into(),
        if_not: "预防服务不能开始，保险费中的预防费用用不到本单位".into(),
        risk: 3,
        because: Some(p.proposed_event),
        actions: vec![TaskAction::open("查看并确认", link.clone())],
        link,
        ..Task::default()
    }
}

fn line_task(l: &prevention::Line, key: &str, title: String, why: [&str; 3]) -> Task {
    let link = format!("/prevention-plans/{}", l.plan);
    Task {
        key: format!("insurance.{key}/{}", l.id),
        title,
        enterprise: l.placed.enterprise.clone(),
        why_me: why[0].into(),
        why_now: why[1].into(),
        if_not: why[2].into(),
        risk: 4,
        because: l.events.last().copied(),
        actions: vec![TaskAction::open("办理", link.clone())],
        link,
        ..Task::default()
    }
}

fn confirm_task(l: &prevention::Line) -> Task {
    let title = format!("确认服务“{}”", l.content);
    line_task(
        l,
        "confirm",
        title,
        ["服务由被保险企业确认", "服务人员已入企并离开", "服务费用不能结算，服务机构拿不到报酬"],
    )
}

fn settle_task(l: &prevention::Line) -> Task {
    let title = format!("结算{}的服务“{}”（{}）", l.enterprise_name, l.content, yuan(l.amount_fen));
    line_task(l, "settle", title, ["预防费用由合规财务结算", "企业已确认服务", "台账与实际服务不符"])
}

fn complaint_task(c: &prevention::Complaint) -> Task {
    let link = format!("/service-complaints?plan={}", c.plan);
    Task {
        key: format!("insurance.complaint/{}", c.id),
        title: format!("答复{}的服务投诉", c.enterprise_name),
        enterprise: c.placed.enterprise.clone(),
        why_me: "投诉由保险机构风控服务答复".into(),
        why_now: format!("企业投诉服务“{}”", c.content),
        if_not: "逾期标红，并告知属地监管部门".into(),
        due: Some(c.due_at),
        clock: Some(super::prevention::write::ANSWER.basis.into()),
        risk: if c.overdue { 2 } else { 3 },
        because: Some(c.filed_event),
        actions: vec![TaskAction::open("答复", link.clone())],
        link,
        ..Task::default()
    }
}

fn section(link: Option<String>, content: Content) -> Section {
    Section { key: "insurance".into(), part: PART.key.into(), title: "安责险".into(), link, order: ORDER, content }
}

/// The section of an enterprise's page.
pub async fn sections(ctx: Ctx, enterprise: String) -> Result<Vec<Section>> {
    let hidden = |why: &str| vec![section(None, Content::Hidden { hidden_by: why.to_owned() })];
    if !ctx.may(&PART, Action::View) {
        return Ok(hidden("您的角色不能查看安责险"));
    }
    let unit = match duties::one(&ctx, &enterprise).await {
        Ok(unit) => Some(unit.view(ctx.now())),
        Err(platform::Error::NotFound) => None,
        Err(other) => return Err(other),
    };
    let found = policies::of_enterprise(&ctx, &enterprise).await?;
    if unit.is_none() && found.is_empty() && matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg)) {
        return Ok(hidden("只对企业、监管部门和承保的保险机构开放"));
    }
    let field = |label: &str, value: String, link: Option<String>| Field {
        label: label.into(),
        value,
        link,
        ..Field::default()
    };
    let mut fields = vec![];
    if let Some(unit) = unit {
        fields.push(field("投保状态", unit.standing_name, None));
        let sector = if unit.sector.is_empty() { "不在应投保行业名单中".to_owned() } else { unit.sector };
        fields.push(field("应投保行业", sector, None));
        fields.push(field("承保人数 / 在册人数", format!("{} / {}", unit.insured_people, unit.employees), None));
    } else {
        fields.push(field("投保状态", "不在应投保行业名单中，未投保".into(), None));
    }
    if let Some(policy) = found.iter().find(|p| p.runs(ctx.now())) {
        let link = format!("/insurance-policies/{}", policy.id);
        fields.push(field("保单", policy.policy_no.clone(), Some(link)));
        fields.push(field("保险机构", policy.insurer_name.clone(), None));
        fields.push(field("保险止期", last_day(policy.to), None));
        fields.push(field("每人限额", yuan(policy.terms.asked.per_person_fen), None));
        fields.push(field(
            "现行保险费",
            yuan(policy.premium_fen),
            Some(format!("/insurance-policies/{}?tab=changes", policy.id)),
        ));
    }
    Ok(vec![section(Some(format!("/insurance-policies?enterprise={enterprise}")), Content::Fields { fields })])
}

/// The share of the cockpit: who of those that must is insured.
pub async fn cockpit(ctx: Ctx, region: String) -> Result<Cockpit> {
    if !ctx.may(&PART, Action::View) {
        return Ok(Cockpit::default());
    }
    let counts = duties::counts(&ctx, Some(&duties::range(&region)?)).await?;
    let of = |s: Standing| counts.iter().find(|(c, _)| *c == s).map_or(0, |(_, n)| *n);
    let all: i64 = counts.iter().map(|(_, n)| n).sum();
    if all == 0 {
        return Ok(Cockpit::default());
    }
    let covered = of(Standing::Covered) + of(Standing::Soon);
    let link = format!("/insurance-duties?region={region}");
    let number = Number {
        key: "insured_rate".into(),
        label: "安责险投保率".into(),
        value: (covered * 100 / all).to_string(),
        unit: "%".into(),
        tone: if covered == all { Tone::Good } else { Tone::Warn },
        link: link.clone(),
    };
    let places = [Standing::None, Standing::Lapsed, Standing::Soon, Standing::Covered];
    let chart = Chart {
        key: "insurance_standing".into(),
        title: "应投保企业投保情况".into(),
        form: "bar".into(),
        categories: places.iter().map(|s| s.name().to_owned()).collect(),
        series: vec![Series { name: "企业".into(), values: places.iter().map(|s| of(*s) as f64).collect() }],
        link,
    };
    Ok(Cockpit { numbers: vec![number], charts: vec![chart], ..Cockpit::default() })
}

/// Hits of the search box: policies by number or enterprise.
pub async fn search(ctx: Ctx, words: String) -> Result<Vec<Hit>> {
    let words = words.trim();
    if !ctx.may(&PART, Action::View) || words.is_empty() {
        return Ok(vec![]);
    }
    let page = platform::http::PageQuery { size: Some(10), ..Default::default() };
    let hit = |p: policies::Policy| Hit {
        kind: "insurance-policy".into(),
        title: format!("保单 {}", p.policy_no),
        subtitle: format!("{} · {}", p.enterprise_name, p.insurer_name),
        link: format!("/insurance-policies/{}", p.id),
    };
    let number = policies::Filter { policy_no: Some(words.to_owned()), ..Default::default() };
    let found = policies::list(&ctx, &page, &number, hit).await?.items;
    if !found.is_empty() {
        return Ok(found);
    }
    let name = policies::Filter { q: Some(words.to_owned()), ..Default::default() };
    Ok(policies::list(&ctx, &page, &name, hit).await?.items)
}
