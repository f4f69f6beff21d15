//! What visits offer to pages others assemble: tasks, cards, the enterprise page, the cockpit, search.
use super::super::PART;
use super::decide::State;
use super::model::{Row, VisitRow};
use super::store::{self, Filter};
use super::supervision::{self, IrregularFilter};
use super::{commands, rights, rules};
use platform::http::PageQuery;
use platform::view::{
    Card, CardItem, Cockpit, Content, Hit, Number, Section, TASKS_MOST, TableColumn, Task, TaskAction, Tone,
};
use platform::{Action, Ctx, Ms, Result, Role, Subject};

const LIST: &str = "/visits";
const DAY: i64 = 86_400_000;

fn link(row: &Row) -> String {
    format!("{LIST}/{}", row.id)
}

fn open() -> Filter {
    Filter { state: Some("open".to_owned()), ..Filter::default() }
}

const fn tone(priority: i64) -> Tone {
    match priority {
        1 => Tone::Bad,
        2 => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// What an act is called, why it is the caller's and what follows if it is not done.
fn words(act: &str) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match act {
        "assign" => ("派定人员", "您有派定权限", "超过最迟入企时间仍未派定，问题没有人到现场核实"),
        "accept" => ("接受或谢绝派单", "您被派定前往", "不答复会耽误入企；不能前往请尽早谢绝，以便另派"),
        "announce" => ("告知企业", "您被派定前往", "没有告知不能入企"),
        "enter" => ("扫码入企", "您被派定前往", "没有扫码的入企会列入执法监督的异常清单"),
        "answer" => ("完成检查并离开", "您在现场", "检查项没有填完不能离开，记录无法形成"),
        "sign" => ("阅读记录并签字", "这份记录需要您签字", "超过时限没有签字，会列入执法监督的异常清单"),
        "evaluate" => ("评价本次检查服务", "贵单位接受了检查服务", "评价用于改进检查服务，对到场人员不可见"),
        _ => return None,
    })
}

/// When the next step of a visit is due, and the rule that says so.
fn due(ctx: &Ctx, row: &Row) -> Result<(Option<Ms>, Option<String>)> {
    Ok(match row.visit.state {
        State::Left => {
            let limit = rules::limit("result_days", ctx.now(), &row.placed.region)?;
            (row.left_at.map(|at| at.plus(limit.value * DAY)), Some(limit.rule))
        }
        State::Entered => (row.announcement.as_ref().map(|a| a.planned_end), None),
        state if state.is_open() => (Some(row.deadline), Some("最迟入企时间".to_owned())),
        _ => (None, None),
    })
}

fn task(ctx: &Ctx, row: &Row) -> Result<Option<Task>> {
    const ORDER: [&str; 7] = ["sign", "answer", "enter", "announce", "accept", "assign", "evaluate"];
    let acts = rights::acts(ctx, row);
    let chosen =
        ORDER.into_iter().find(|act| acts.contains(act) && (*act != "assign" || row.visit.state == State::Requested));
    let Some((act, (title, why_me, if_not))) = chosen.and_then(|act| words(act).map(|w| (act, w))) else {
        return Ok(None);
    };
    let (due, clock) = due(ctx, row)?;
    Ok(Some(Task {
        key: format!("onsite.visit/{}", row.id),
        title: format!("{title}：{}{}", row.enterprise_name, row.visit.kind.title()),
        link: link(row),
        enterprise: Some(row.enterprise().to_owned()),
        why_me: why_me.to_owned(),
        why_now: format!("{}，{}", row.visit.reason.title(), row.visit.state.title()),
        if_not: if_not.to_owned(),
        due,
        clock,
        risk: u8::try_from(row.priority).unwrap_or(3),
        because: Some(row.last_event),
        actions: vec![TaskAction::open(title, format!("{}?do={act}", link(row)))],
        ..Task::default()
    }))
}

/// What the caller is to do.
pub async fn tasks(ctx: Ctx) -> Result<Vec<Task>> {
    if !ctx.may(&PART, Action::View) || ctx.actor.subject.is_none() {
        return Ok(vec![]);
    }
    let mut rows = store::some(&ctx, &open(), TASKS_MOST).await?;
    if ctx.may(&PART, Action::Evaluate) {
        let signed = Filter { state: Some(State::Signed.code().to_owned()), ..Filter::default() };
        rows.extend(store::some(&ctx, &signed, 20).await?);
    }
    let mut tasks = vec![];
    for row in &rows {
        tasks.extend(task(&ctx, row)?);
    }
    Ok(tasks)
}

fn card(key: &str, title: &str, link: String, order: i32) -> Card {
    Card { key: key.into(), part: PART.key.into(), title: title.into(), link, order, ..Card::default() }
}

fn item(row: &Row) -> CardItem {
    let (next, by) = row.next();
    CardItem {
        title: format!("{}{}", row.enterprise_name, row.visit.kind.title()),
        subtitle: format!("{}，下一步{next}（{by}）", row.visit.state.title()),
        link: link(row),
        tone: tone(row.priority),
        at: Some(row.created_at),
        due_at: row.visit.state.is_open().then_some(row.deadline),
    }
}

/// Cards of the home page.
pub async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    if !ctx.may(&PART, Action::View) {
        return Ok(vec![]);
    }
    let mut cards = vec![];
    let running = store::count(&ctx, &open()).await?;
    if running > 0 {
        let rows = store::some(&ctx, &open(), 5).await?;
        let urgent = rows.iter().any(|r| r.priority == 1);
        cards.push(Card {
            value: Some(running.to_string()),
            unit: Some("件".into()),
            tone: if urgent { Tone::Warn } else { Tone::Plain },
            note: urgent.then(|| "含一级预警引起的，须在最迟入企时间前到场".to_owned()),
            items: rows.iter().map(item).collect(),
            ..card("onsite.visits", "办理中的检查服务", format!("{LIST}?state=open"), 22)
        });
    }
    if ctx.actor.has(Role::Principal) || ctx.actor.has(Role::SafetyManager) {
        cards.push(burden(&ctx).await?);
    }
    if ctx.may(&PART, Action::Audit) {
        cards.extend(irregular(&ctx).await?);
    }
    Ok(cards)
}

async fn burden(ctx: &Ctx) -> Result<Card> {
    let year = commands::year(ctx.now());
    let org = platform::auth::Org::find(ctx.db(), &ctx.actor.org).await?;
    let limit = rules::limit("visits_per_year", ctx.now(), &org.map(|o| o.region).unwrap_or_default())?;
    let (used, _) = store::used(ctx, &ctx.actor.org, year).await?;
    let example = if limit.example { "；上限为示例" } else { "" };
    Ok(Card {
        value: Some(format!("{used}/{}", limit.value)),
        unit: Some("次".into()),
        tone: if used >= limit.value { Tone::Warn } else { Tone::Plain },
        note: Some(format!("政府、保险和服务机构合计{example}")),
        ..card("onsite.burden", "本年入企检查服务", format!("{LIST}?year={year}"), 60)
    })
}

async fn irregular(ctx: &Ctx) -> Result<Option<Card>> {
    let page = PageQuery { size: Some(5), ..PageQuery::default() };
    let list = supervision::list(ctx, &page, &IrregularFilter::default()).await?;
    let row = |each: &supervision::Irregular| CardItem {
        title: format!("{}：{}", each.irregularity_name, each.row.enterprise_name),
        subtitle: each.why.clone(),
        link: format!("{LIST}/{}", each.row.id),
        tone: Tone::Warn,
        at: Some(each.row.created_at),
        due_at: None,
    };
    Ok((list.total > 0).then(|| Card {
        value: Some(list.total.to_string()),
        unit: Some("件".into()),
        tone: Tone::Warn,
        note: Some("由您核实；不核实，不规范的入企会继续发生".into()),
        items: list.items.iter().map(row).collect(),
        ..card("onsite.irregular", "异常入企", "/visit-irregularities".into(), 15)
    }))
}

fn number(key: &str, label: &str, value: String, unit: &str, tone: Tone, link: String) -> Number {
    Number { key: key.into(), label: label.into(), value, unit: unit.into(), tone, link }
}

fn section(key: &str, link: Option<String>, order: i32, content: Content) -> Section {
    Section { key: key.into(), part: PART.key.into(), title: "检查服务".into(), link, order, content }
}

/// Sections of an enterprise's page.
pub async fn sections(ctx: Ctx, enterprise: String) -> Result<Vec<Section>> {
    if !ctx.may(&PART, Action::View) {
        let hidden_by = "您的角色不能查看检查服务".to_owned();
        return Ok(vec![section("visits", None, 50, Content::Hidden { hidden_by })]);
    }
    let rows = store::newest(&ctx, &enterprise, 5).await?;
    let list = format!("{LIST}?enterprise={enterprise}");
    if matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg)) {
        if rows.is_empty() {
            let hidden_by = "检查服务只对企业、监管部门和承担或申请的机构开放".to_owned();
            return Ok(vec![section("visits", None, 50, Content::Hidden { hidden_by })]);
        }
        return Ok(vec![section("visits_list", Some(list), 51, table(&rows))]);
    }
    let org = store::enterprise(&ctx, &enterprise).await?;
    let year = commands::year(ctx.now());
    let limit = rules::limit("visits_per_year", ctx.now(), &org.region)?;
    let (used, urgent) = store::used(&ctx, &enterprise, year).await?;
    let running = store::count(&ctx, &Filter { enterprise: Some(enterprise.clone()), ..open() }).await?;
    let full = if used >= limit.value { Tone::Warn } else { Tone::Good };
    let unit = if limit.example { "次（上限为示例）" } else { "次" };
    let numbers = vec![
        number(
            "visits.year",
            "本年入企 / 上限",
            format!("{used}/{}", limit.value),
            unit,
            full,
            format!("{list}&year={year}"),
        ),
        number(
            "visits.urgent",
            "其中因预警、事故、投诉、复查",
            urgent.to_string(),
            "次",
            Tone::Plain,
            format!("{list}&year={year}"),
        ),
        number("visits.open", "办理中", running.to_string(), "件", Tone::Plain, format!("{list}&state=open")),
    ];
    let mut sections = vec![section("visits", Some(list.clone()), 50, Content::Numbers { numbers })];
    if !rows.is_empty() {
        sections.push(section("visits_list", Some(list), 51, table(&rows)));
    }
    Ok(sections)
}

fn table(rows: &[Row]) -> Content {
    let columns = [
        ("number", "编号"),
        ("kind", "类别"),
        ("reason", "事由"),
        ("state", "状态"),
        ("org", "派出单位"),
        ("entered", "入企时间"),
    ];
    let line = |row: &Row| {
        let shown = VisitRow::from(row);
        let entered = row.entered_at.map_or_else(|| "—".to_owned(), Ms::beijing);
        let cells = [
            ("number", shown.number),
            ("kind", shown.kind_name),
            ("reason", shown.reason_name),
            ("state", shown.state_name),
            ("org", shown.org_name.unwrap_or_else(|| "—".to_owned())),
            ("entered", entered),
            ("link", link(row)),
        ];
        cells.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
    };
    Content::Table {
        columns: columns
            .iter()
            .map(|(key, title)| TableColumn { key: (*key).into(), title: (*title).into() })
            .collect(),
        rows: rows.iter().map(line).collect(),
    }
}

/// The share of the cockpit for a region.
pub async fn cockpit(ctx: Ctx, region: String) -> Result<Cockpit> {
    if !ctx.may(&PART, Action::View) {
        return Ok(Cockpit::default());
    }
    let year = commands::year(ctx.now());
    let of = Filter { region: Some(region.clone()), ..Filter::default() };
    let all = store::count(&ctx, &Filter { year: Some(year), ..of.clone() }).await?;
    let running = store::count(&ctx, &Filter { state: Some("open".into()), ..of }).await?;
    let numbers = vec![
        number(
            "visits",
            "本年检查服务",
            all.to_string(),
            "次",
            Tone::Plain,
            format!("{LIST}?year={year}&region={region}"),
        ),
        number(
            "visits_open",
            "办理中的检查服务",
            running.to_string(),
            "件",
            Tone::Plain,
            format!("{LIST}?state=open&region={region}"),
        ),
    ];
    Ok(Cockpit { numbers, ..Cockpit::default() })
}

/// Hits of the search box.
pub async fn search(ctx: Ctx, words: String) -> Result<Vec<Hit>> {
    if !ctx.may(&PART, Action::View) || words.trim().is_empty() {
        return Ok(vec![]);
    }
    let rows = store::some(&ctx, &Filter { q: Some(words), ..Filter::default() }, 10).await?;
    let hit = |row: &Row| Hit {
        kind: "visit".into(),
        title: format!("{} {}", row.number(), row.enterprise_name),
        subtitle: format!("{}，{}", row.visit.kind.title(), row.visit.state.title()),
        link: link(row),
    };
    Ok(rows.iter().map(hit).collect())
}
