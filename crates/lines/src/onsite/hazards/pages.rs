//! What hazards offer to pages others assemble: tasks, cards, the enterprise page, the cockpit, search.
use super::super::PART;
use super::api::acts;
use super::decide::{Level, State};
use super::model::{HazardRow, Row};
use super::rules;
use super::store::{self, Filter};
use platform::view::{
    Card, CardItem, Cockpit, Content, Hit, Number, Section, TASKS_MOST, TableColumn, Task, TaskAction, Tone,
};
use platform::{Action, Ctx, Ms, Result, Role, Subject};

const LIST: &str = "/hazards";
const DAY: i64 = 86_400_000;

fn link(row: &Row) -> String {
    format!("{LIST}/{}", row.id)
}

fn of(state: &str) -> Filter {
    Filter { state: Some(state.to_owned()), ..Filter::default() }
}

fn tone(row: &Row, now: Ms) -> Tone {
    if row.overdue(now) {
        Tone::Bad
    } else if row.hazard.level == Level::Major {
        Tone::Warn
    } else {
        Tone::Plain
    }
}

/// What an act is called, why it is the caller's and what follows if it is not done.
fn words(act: &str) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match act {
        "confirm" => ("确认隐患等级", "您有确认权限", "等级没有确认就不能下达整改，风险一直存在"),
        "assign" => ("下达整改", "您负责明确责任、措施、资金、期限和预案", "没有下达整改，就没有人按期消除隐患"),
        "decide" => ("审批延期", "延期须由监管部门审批", "不审批，企业仍须按原期限完成整改"),
        "rectify" => ("整改并上传照片", "贵单位负责整改", "逾期会告知监管部门，并可能计入信用记录"),
        "verify" => ("复查核实", "您不是整改人，可以复查", "没有复查不能销号"),
        "lift" => ("解除挂牌", "复查已通过", "不解除挂牌，隐患不能销号"),
        "list" => ("挂牌督办", "您负责督办逾期的重大隐患", "不督办，重大隐患一直逾期"),
        _ => return None,
    })
}

/// Whether a hazard has been overdue so long that it is time to list it; before, listing is only possible.
fn long_overdue(ctx: &Ctx, row: &Row) -> bool {
    let Ok(wait) = rules::limit("supervise_after", ctx.now(), &row.placed.region) else { return false };
    row.hazard.state == State::Assigned && row.due().is_some_and(|due| due.plus(wait.value * DAY) <= ctx.now())
}

fn task(ctx: &Ctx, row: &Row) -> Option<Task> {
    const ORDER: [&str; 7] = ["decide", "lift", "verify", "confirm", "rectify", "assign", "list"];
    let acts = acts(ctx, row);
    let act = ORDER.into_iter().find(|act| acts.contains(act) && (*act != "list" || long_overdue(ctx, row)))?;
    // The officer orders what the enterprise has not ordered itself, from the list; it is the firm's task.
    if act == "assign" && ctx.actor.subject == Some(Subject::Government) {
        return None;
    }
    let (title, why_me, if_not) = words(act)?;
    let overdue = row.overdue(ctx.now());
    let late = if overdue { "，已逾期" } else { "" };
    let level = row.hazard.level;
    Some(Task {
        key: format!("onsite.hazard/{}", row.id),
        title: format!("{title}：{}{}", row.enterprise_name, row.place),
        link: link(row),
        enterprise: Some(row.enterprise().to_owned()),
        why_me: why_me.to_owned(),
        why_now: format!("{}，{}{late}", level.title(), row.hazard.state.title()),
        if_not: if_not.to_owned(),
        due: row.due().filter(|_| row.hazard.state == State::Assigned),
        clock: row.due_rule.clone().filter(|_| row.hazard.state == State::Assigned),
        risk: if level == Level::Major { 1 } else { 3 },
        because: Some(row.last_event),
        actions: vec![TaskAction::open(title, format!("{}?do={act}", link(row)))],
        ..Task::default()
    })
}

/// What the caller is to do.
pub async fn tasks(ctx: Ctx) -> Result<Vec<Task>> {
    if !ctx.may(&PART, Action::View) || ctx.actor.subject.is_none() {
        return Ok(vec![]);
    }
    let rows = store::some(&ctx, &of("open"), TASKS_MOST).await?;
    Ok(rows.iter().filter_map(|row| task(&ctx, row)).collect())
}

fn item(row: &Row, now: Ms) -> CardItem {
    let (next, by) = row.next();
    CardItem {
        title: format!("{} {}", row.enterprise_name, row.place),
        subtitle: format!("{}，下一步{next}（{by}）", row.hazard.level.title()),
        link: link(row),
        tone: tone(row, now),
        at: Some(row.created_at),
        due_at: row.due().filter(|_| row.hazard.state == State::Assigned),
    }
}

async fn card(ctx: &Ctx, key: &str, title: &str, order: i32, filter: &Filter, query: &str) -> Result<Option<Card>> {
    let count = store::count(ctx, filter).await?;
    if count == 0 {
        return Ok(None);
    }
    let rows = store::some(ctx, filter, 5).await?;
    let now = ctx.now();
    let grave = rows.iter().any(|row| row.overdue(now));
    Ok(Some(Card {
        key: key.into(),
        part: PART.key.into(),
        title: title.into(),
        link: format!("{LIST}?{query}"),
        order,
        value: Some(count.to_string()),
        unit: Some("条".into()),
        tone: if grave { Tone::Bad } else { Tone::Warn },
        items: rows.iter().map(|row| item(row, now)).collect(),
        ..Card::default()
    }))
}

/// Cards of the home page.
pub async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    if !ctx.may(&PART, Action::View) {
        return Ok(vec![]);
    }
    let mut cards = vec![];
    if ctx.may(&PART, Action::Approve) {
        cards.extend(card(&ctx, "onsite.hazards.found", "待确认等级的隐患", 16, &of("found"), "state=found").await?);
        let asked = Filter { extension: Some(true), ..Filter::default() };
        cards.extend(card(&ctx, "onsite.hazards.asked", "待审批的延期", 17, &asked, "extension=true").await?);
    }
    if ctx.may(&PART, Action::Verify) {
        cards.extend(card(&ctx, "onsite.hazards.done", "待复查的隐患", 18, &of("rectified"), "state=rectified").await?);
    }
    if ctx.may(&PART, Action::Rectify) {
        cards.extend(card(&ctx, "onsite.hazards.fix", "整改中的隐患", 14, &of("assigned"), "state=assigned").await?);
    }
    if ctx.actor.has(Role::Leader) || ctx.actor.has(Role::Principal) {
        let late = Filter { overdue: Some(true), level: Some("major".into()), ..Filter::default() };
        let query = "overdue=true&level=major";
        cards.extend(card(&ctx, "onsite.hazards.late", "逾期的重大隐患", 13, &late, query).await?);
    }
    Ok(cards)
}

fn number(key: &str, label: &str, value: i64, tone: Tone, link: String) -> Number {
    Number { key: key.into(), label: label.into(), value: value.to_string(), unit: "条".into(), tone, link }
}

fn section(key: &str, link: Option<String>, order: i32, content: Content) -> Section {
    Section { key: key.into(), part: PART.key.into(), title: "隐患".into(), link, order, content }
}

/// Open, major and overdue hazards under a filter, each with its list.
async fn numbers(ctx: &Ctx, of: &Filter, query: &str) -> Result<Vec<Number>> {
    let open = Filter { state: Some("open".into()), ..of.clone() };
    let major = Filter { level: Some("major".into()), ..open.clone() };
    let late = Filter { overdue: Some(true), ..of.clone() };
    let (open, major, late) =
        (store::count(ctx, &open).await?, store::count(ctx, &major).await?, store::count(ctx, &late).await?);
    let when = |n: i64, tone: Tone| if n > 0 { tone } else { Tone::Good };
    Ok(vec![
        number("hazards_open", "未销号隐患", open, Tone::Plain, format!("{LIST}?state=open&{query}")),
        number(
            "hazards_major",
            "其中重大隐患",
            major,
            when(major, Tone::Warn),
            format!("{LIST}?state=open&level=major&{query}"),
        ),
        number("hazards_overdue", "逾期隐患", late, when(late, Tone::Bad), format!("{LIST}?overdue=true&{query}")),
    ])
}

/// Sections of an enterprise's page.
pub async fn sections(ctx: Ctx, enterprise: String) -> Result<Vec<Section>> {
    if !ctx.may(&PART, Action::View) {
        let hidden_by = "您的角色不能查看隐患".to_owned();
        return Ok(vec![section("hazards", None, 45, Content::Hidden { hidden_by })]);
    }
    let filter = Filter { enterprise: Some(enterprise.clone()), ..Filter::default() };
    let rows = store::some(&ctx, &Filter { state: Some("open".into()), ..filter.clone() }, 5).await?;
    let outside = matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg));
    if outside && store::count(&ctx, &filter).await? == 0 {
        let hidden_by = "隐患只对企业、监管部门，以及发现它或经授权的机构开放".to_owned();
        return Ok(vec![section("hazards", None, 45, Content::Hidden { hidden_by })]);
    }
    let query = format!("enterprise={enterprise}");
    let list = format!("{LIST}?{query}");
    let numbers = numbers(&ctx, &filter, &query).await?;
    let mut sections = vec![section("hazards", Some(list.clone()), 45, Content::Numbers { numbers })];
    if !rows.is_empty() {
        sections.push(section("hazards_list", Some(list), 46, table(&rows, ctx.now())));
    }
    Ok(sections)
}

fn table(rows: &[Row], now: Ms) -> Content {
    const COLUMNS: [(&str, &str); 5] =
        [("number", "编号"), ("level", "等级"), ("place", "部位"), ("state", "状态"), ("due", "整改期限")];
    let line = |row: &Row| {
        let shown = HazardRow::new(row, now);
        let due = shown.due.map_or_else(|| "—".to_owned(), Ms::beijing);
        let cells = [
            ("number", shown.number),
            ("level", shown.level_name),
            ("place", shown.place),
            ("state", shown.state_name),
            ("due", due),
            ("link", link(row)),
        ];
        cells.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
    };
    let column = |(key, title): &(&str, &str)| TableColumn { key: (*key).into(), title: (*title).into() };
    Content::Table { columns: COLUMNS.iter().map(column).collect(), rows: rows.iter().map(line).collect() }
}

/// The share of the cockpit for a region.
pub async fn cockpit(ctx: Ctx, region: String) -> Result<Cockpit> {
    if !ctx.may(&PART, Action::View) {
        return Ok(Cockpit::default());
    }
    let of = Filter { region: Some(region.clone()), ..Filter::default() };
    let numbers = numbers(&ctx, &of, &format!("region={region}")).await?;
    Ok(Cockpit { numbers, ..Cockpit::default() })
}

/// Hits of the search box.
pub async fn search(ctx: Ctx, words: String) -> Result<Vec<Hit>> {
    if !ctx.may(&PART, Action::View) || words.trim().is_empty() {
        return Ok(vec![]);
    }
    let rows = store::some(&ctx, &Filter { q: Some(words), ..Filter::default() }, 10).await?;
    let hit = |row: &Row| Hit {
        kind: "hazard".into(),
        title: format!("{} {}", row.number(), row.place),
        subtitle: format!("{}，{}", row.enterprise_name, row.hazard.state.title()),
        link: link(row),
    };
    Ok(rows.iter().map(hit).collect())
}
