//! Its share of pages that others assemble: home cards, the queue, the enterprise page, search.
use super::clocks::CONFIRM_BASIS;
use super::decide::DAY;
use super::store::{self, Ending, Filter, ServiceFilter};
use super::taxonomy::{self, name_of};
use super::view::Service;
use super::{PART, api};
use platform::http::PageQuery;
use platform::view::{Card, CardItem, Content, Hit, Section, TASKS_MOST, TableColumn, Task, TaskAction, Tone};
use platform::{Action, ActorRef, Ctx, Ms, Result, Subject};
use std::collections::BTreeMap;

fn page(size: i64) -> PageQuery {
    PageQuery { size: Some(size), ..PageQuery::default() }
}

async fn to_confirm(ctx: &Ctx, most: i64) -> Result<Vec<Service>> {
    if ctx.actor.subject != Some(Subject::Enterprise) || !ctx.may(&PART, Action::Evaluate) {
        return Ok(vec![]);
    }
    let filter = ServiceFilter { state: Some("left".to_owned()), ..ServiceFilter::default() };
    Ok(store::services(ctx, &page(most), &filter).await?.items)
}

fn keeps(ctx: &Ctx) -> bool {
    ctx.actor.subject == Some(Subject::ServiceOrg) && api::KEEPERS.iter().any(|role| ctx.actor.has(*role))
}

async fn endings(ctx: &Ctx, most: i64) -> Result<Vec<Ending>> {
    if !keeps(ctx) {
        return Ok(vec![]);
    }
    let before = ctx.now().0 + taxonomy::at(ctx.now())?.rules.notice_days * DAY;
    store::endings(ctx, &ctx.actor.org, before, most).await
}

/// What an ending is called, and where it is put right.
fn named(ctx: &Ctx, ending: &Ending) -> Result<(String, String)> {
    let taxonomy = taxonomy::at(ctx.now())?;
    let link = match ending.person {
        Some(person) => format!("/experts/{person}"),
        None => format!("/expert-orgs/{}", ctx.actor.org),
    };
    let title = match ending.what.as_str() {
        "term" => format!("{}的专家聘期", ending.name),
        "calibration" => format!("{} {} 的检定", name_of(&taxonomy.instruments, &ending.kind), ending.name),
        _ if ending.person.is_some() => format!("{}的{}", ending.name, name_of(&taxonomy.certificates, &ending.kind)),
        _ => format!("本机构的{}", name_of(&taxonomy.qualifications, &ending.kind)),
    };
    Ok((title, link))
}

/// Services to confirm, what runs out, and an expert's own work.
pub async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    let mut cards = vec![];
    let services = to_confirm(&ctx, 5).await?;
    if !services.is_empty() {
        let items = services.iter().map(|s| CardItem {
            title: format!("{}的服务", s.org_name),
            subtitle: format!("在场 {} 分钟，检查 {} 项，隐患 {} 条", s.minutes, s.items, s.hazards),
            link: format!("/services/{}", s.id),
            tone: Tone::Warn,
            at: s.left_at,
            due_at: s.confirm_due,
        });
        cards.push(card("services_to_confirm", "待确认的技术服务", 30, "/services?state=left", items.collect()));
    }
    let mut items = vec![];
    for ending in endings(&ctx, 5).await? {
        let (title, link) = named(&ctx, &ending)?;
        let gone = ending.ends < ctx.now();
        items.push(CardItem {
            title,
            subtitle: if gone { "已到期，不能派出或使用" } else { "即将到期" }.to_owned(),
            link,
            tone: if gone { Tone::Bad } else { Tone::Warn },
            at: None,
            due_at: Some(ending.ends),
        });
    }
    if !items.is_empty() {
        cards.push(card(
            "expert_endings",
            "证书、聘期和检定到期",
            30,
            &format!("/expert-orgs/{}", ctx.actor.org),
            items,
        ));
    }
    cards.extend(own_record(&ctx).await?);
    Ok(cards)
}

fn card(key: &str, title: &str, order: i32, link: &str, items: Vec<CardItem>) -> Card {
    Card {
        key: key.into(),
        part: PART.key.into(),
        title: title.into(),
        order,
        link: link.into(),
        items,
        ..Card::default()
    }
}

/// What an expert did.
async fn own_record(ctx: &Ctx) -> Result<Option<Card>> {
    let (ActorRef::Person { person, .. }, true) = (&ctx.actor.me, ctx.actor.has(platform::Role::Expert)) else {
        return Ok(None);
    };
    let filter = ServiceFilter { person: Some(*person), ..ServiceFilter::default() };
    let list = store::services(ctx, &page(1), &filter).await?;
    Ok((list.total > 0).then(|| Card {
        value: Some(list.total.to_string()),
        unit: Some("次".to_owned()),
        ..card("own_services", "我的服务记录", 40, &format!("/services?person={person}"), vec![])
    }))
}

/// The queue: services to confirm, and what runs out.
pub async fn tasks(ctx: Ctx) -> Result<Vec<Task>> {
    let mut tasks: Vec<Task> = to_confirm(&ctx, TASKS_MOST).await?.iter().map(confirming).collect();
    for ending in endings(&ctx, TASKS_MOST).await? {
        tasks.push(renewing(&ctx, &ending)?);
    }
    Ok(tasks)
}

fn confirming(service: &Service) -> Task {
    let link = format!("/services/{}", service.id);
    Task {
        key: format!("experts.confirm/{}", service.id),
        title: format!("确认{}的技术服务", service.org_name),
        enterprise: Some(service.enterprise.clone()),
        why_me: "服务在本企业进行，由您确认到场和内容".to_owned(),
        why_now: format!(
            "服务人员已离开：在场 {} 分钟，检查 {} 项，隐患 {} 条",
            service.minutes, service.items, service.hazards
        ),
        if_not: "逾期记为未答复，不算满意；服务费不能结算".to_owned(),
        due: service.confirm_due,
        clock: Some(CONFIRM_BASIS.to_owned()),
        risk: 4,
        because: service.done_event,
        actions: vec![TaskAction::open("确认", format!("{link}?do=confirm"))],
        link,
        ..Task::default()
    }
}

fn renewing(ctx: &Ctx, ending: &Ending) -> Result<Task> {
    let (title, link) = named(ctx, ending)?;
    let gone = ending.ends < Ms(ctx.now().0);
    let if_not = match ending.what.as_str() {
        "calibration" => "过期仪器的读数不能作为检查依据",
        _ if ending.person.is_none() => "资质过期后不能承接服务",
        _ => "到期后不能派出，在入企时也会被拒绝",
    };
    Ok(Task {
        key: format!("experts.{}/{}", ending.what, ending.id),
        title: format!("{title}{}", if gone { "已到期" } else { "即将到期" }),
        why_me: "您管理本机构的人员和仪器档案".to_owned(),
        why_now: "有效期届满前 30 日提醒（示例）".to_owned(),
        if_not: if_not.to_owned(),
        due: Some(ending.ends),
        risk: if gone { 2 } else { 3 },
        actions: vec![TaskAction::open("更新", link.clone())],
        link,
        ..Task::default()
    })
}

/// Services at an enterprise.
pub async fn sections(ctx: Ctx, enterprise: String) -> Result<Vec<Section>> {
    if !ctx.may(&PART, Action::View) {
        return Ok(vec![]);
    }
    let filter = ServiceFilter { enterprise: Some(enterprise.clone()), ..ServiceFilter::default() };
    let list = store::services(&ctx, &page(5), &filter).await?;
    if list.items.is_empty() {
        return Ok(vec![]);
    }
    let columns = [
        ("org", "机构"),
        ("people", "人员"),
        ("at", "入企"),
        ("minutes", "在场分钟"),
        ("hazards", "隐患"),
        ("state", "状态"),
    ];
    let row = |s: &Service| {
        let at = s.entered_at.map_or_else(|| "—".to_owned(), Ms::beijing);
        let cells = [
            s.org_name.clone(),
            s.people.join("、"),
            at,
            s.minutes.to_string(),
            s.hazards.to_string(),
            s.state_name.clone(),
        ];
        let mut row: BTreeMap<String, String> = columns.iter().map(|(key, _)| (*key).to_owned()).zip(cells).collect();
        row.insert("link".into(), format!("/services/{}", s.id));
        row
    };
    let titles = columns.iter().map(|(key, title)| TableColumn { key: (*key).into(), title: (*title).into() });
    Ok(vec![Section {
        key: "services".into(),
        part: PART.key.into(),
        title: "技术服务记录".into(),
        link: Some(format!("/services?enterprise={enterprise}")),
        order: 62,
        content: Content::Table { columns: titles.collect(), rows: list.items.iter().map(row).collect() },
    }])
}

/// Hits of the search box.
pub async fn search(ctx: Ctx, words: String) -> Result<Vec<Hit>> {
    if !ctx.may(&PART, Action::View) {
        return Ok(vec![]);
    }
    let filter = Filter { q: Some(words), ..Filter::default() };
    let found = store::experts(&ctx, &page(5), &filter).await?;
    let hit = |x: super::view::ExpertRow| Hit {
        kind: "expert".into(),
        subtitle: format!("{} · {}", x.org_name, x.skill_names.join("、")),
        link: format!("/experts/{}", x.id),
        title: x.name,
    };
    Ok(found.items.into_iter().map(hit).collect())
}
