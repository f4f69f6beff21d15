//! What the pages assembled by the server show of this part.
use super::file::{Source, State, level_name, level_of};
use super::store::{self, Mark};
use super::{PART, write};
use platform::view::{
    AreaCount, Card, CardItem, Chart, Cockpit, Content, Hit, MapPoint, Number, RowFigures, Section, Series,
    TableColumn, Tone,
};
use platform::{Action, Ctx, Result, Role, Subject};
use standards::codes::{Region, RegionLevel};
use standards::date::Date;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

const LIST: &str = "/hazard-sources";
/// An evaluation that is due within so many days is announced.
const SOON_DAYS: i64 = 90;

fn link(id: uuid::Uuid) -> String {
    format!("{LIST}/{id}")
}

/// Red for levels 1 and 2, amber for 3 and 4: colours follow consequence, not alarms.
const fn tone(level: i64) -> Tone {
    match level {
        1 | 2 => Tone::Bad,
        3 | 4 => Tone::Warn,
        _ => Tone::Plain,
    }
}

fn words(level: i64) -> &'static str {
    level_of(level).map_or("不构成", level_name)
}

/// "一级 1 · 三级 3 · 四级 6"
fn by_level(marks: &[Mark]) -> String {
    let count = |level: i64| marks.iter().filter(|m| m.level == level).count();
    let parts = (1..=4).map(|l| (words(l), count(l))).filter(|(_, n)| *n > 0);
    parts.map(|(name, n)| format!("{name} {n}")).collect::<Vec<_>>().join(" · ")
}

/// Cards of the home page.
pub async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    let me = &ctx.actor;
    let enterprise = me.has(Role::Principal) || me.has(Role::SafetyManager);
    if !enterprise && !me.has(Role::Officer) && !me.has(Role::Leader) {
        return Ok(vec![]);
    }
    let marks = store::marks(&ctx, None).await?;
    if marks.is_empty() {
        return Ok(vec![]);
    }
    let today = write::today(&ctx)?;
    let mut cards = vec![];
    if me.has(Role::Leader) || enterprise {
        cards.push(total(&marks));
    }
    if me.has(Role::Officer) {
        cards.extend(waiting(&marks));
    }
    if enterprise {
        cards.extend(own_work(&marks, today));
    }
    Ok(cards)
}

fn card(key: &str, title: &str, link: String, order: i32) -> Card {
    Card { key: key.into(), part: PART.key.into(), title: title.into(), link, order, ..Card::default() }
}

fn total(marks: &[Mark]) -> Card {
    let major = marks.iter().filter(|m| m.level < 5).count();
    Card {
        value: Some(major.to_string()),
        unit: Some("个".into()),
        note: Some(by_level(marks)),
        ..card("hazard_sources", "重大危险源", LIST.into(), 40)
    }
}

fn item(mark: &Mark, subtitle: String, tone: Tone) -> CardItem {
    CardItem { title: mark.name.clone(), subtitle, link: link(mark.id), tone, at: None, due_at: None }
}

fn waiting(marks: &[Mark]) -> Option<Card> {
    let filed: Vec<&Mark> = marks.iter().filter(|m| m.state == State::Filed.code()).collect();
    let items = filed.iter().take(5).map(|m| item(m, format!("{}，待确认", words(m.level)), tone(m.level)));
    (!filed.is_empty()).then(|| Card {
        value: Some(filed.len().to_string()),
        unit: Some("份".into()),
        tone: Tone::Warn,
        note: Some("企业登记或修改后须由属地确认，确认前按登记内容计算级别。".into()),
        items: items.collect(),
        ..card("hazard_sources_waiting", "待确认的重大危险源档案", format!("{LIST}?state=filed"), 20)
    })
}

fn own_work(marks: &[Mark], today: Date) -> Option<Card> {
    let mut items: Vec<CardItem> = marks
        .iter()
        .filter(|m| m.state == State::Returned.code())
        .map(|m| item(m, "档案被退回，请按意见修改后重新提交".into(), Tone::Bad))
        .collect();
    let soon = today.add_days(SOON_DAYS).unwrap_or(today);
    for mark in marks.iter().filter(|m| m.level < 5) {
        match mark.evaluation_due.as_deref().and_then(Date::parse) {
            None => items.push(item(mark, "没有登记安全评估日期".into(), Tone::Warn)),
            Some(due) if due < today => items.push(item(mark, format!("安全评估已于 {due} 到期"), Tone::Bad)),
            Some(due) if due <= soon => items.push(item(mark, format!("安全评估将于 {due} 到期"), Tone::Warn)),
            Some(_) => {}
        }
    }
    (!items.is_empty()).then(|| Card {
        value: Some(items.len().to_string()),
        unit: Some("项".into()),
        tone: if items.iter().any(|i| i.tone == Tone::Bad) { Tone::Bad } else { Tone::Warn },
        items,
        ..card("hazard_sources_work", "重大危险源待办", LIST.into(), 25)
    })
}

/// Sections of an enterprise's page.
pub async fn sections(ctx: Ctx, enterprise: String) -> Result<Vec<Section>> {
    if !ctx.may(&PART, Action::View) {
        return Ok(vec![hidden("hazard_sources", "重大危险源", "您的角色不能查看重大危险源")]);
    }
    let granted = matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg));
    let sources = store::of_enterprise(&ctx, &enterprise).await?;
    if sources.is_empty() {
        let why = "企业没有向贵单位开放重大危险源概况（summary）";
        let closed = granted && !ctx.granted_field(&enterprise, "summary").await?;
        return Ok(if closed { vec![hidden("hazard_sources", "重大危险源", why)] } else { vec![] });
    }
    let mut sections = vec![register(&enterprise, &sources)];
    let mut open = vec![];
    for source in &sources {
        if store::opens(&ctx, source.id, "people").await? {
            open.push(source);
        }
    }
    let title = "三级包保责任人";
    sections.push(if open.is_empty() {
        hidden("hazard_people", title, "企业没有向贵单位开放人员信息（people）")
    } else {
        people(&open)
    });
    Ok(sections)
}

fn hidden(key: &str, title: &str, why: &str) -> Section {
    section(key, title, None, Content::Hidden { hidden_by: why.into() })
}

fn section(key: &str, title: &str, link: Option<String>, content: Content) -> Section {
    let order = if key == "hazard_sources" { 40 } else { 41 };
    Section { key: key.into(), part: PART.key.into(), title: title.into(), link, order, content }
}

fn table(columns: &[(&str, &str)], rows: Vec<Vec<String>>, links: Vec<String>) -> Content {
    let row = |(cells, link): (Vec<String>, String)| {
        let keys = columns.iter().map(|(key, _)| (*key).to_owned());
        let mut row: BTreeMap<String, String> = keys.zip(cells).collect();
        row.insert("link".into(), link);
        row
    };
    let titles = columns.iter().map(|(key, title)| TableColumn { key: (*key).into(), title: (*title).into() });
    Content::Table { columns: titles.collect(), rows: rows.into_iter().zip(links).map(row).collect() }
}

fn register(enterprise: &str, sources: &[Source]) -> Section {
    let columns = [
        ("name", "名称"),
        ("level", "级别"),
        ("r", "R"),
        ("filed_no", "备案编号"),
        ("evaluation_due", "下次安全评估"),
        ("state", "档案状态"),
    ];
    let dash = || "—".to_owned();
    let cells = |s: &Source| {
        let file = &s.file;
        vec![
            file.name.clone(),
            write::words(file).to_owned(),
            file.r.map_or_else(dash, |r| r.to_string()),
            file.filed_no.clone().unwrap_or_else(dash),
            file.evaluation_due.map_or_else(dash, |d| d.to_string()),
            s.state.name().to_owned(),
        ]
    };
    let links = sources.iter().map(|s| link(s.id)).collect();
    let content = table(&columns, sources.iter().map(cells).collect(), links);
    section("hazard_sources", "重大危险源", Some(format!("{LIST}?enterprise={enterprise}")), content)
}

fn people(sources: &[&Source]) -> Section {
    let columns = [("source", "危险源"), ("post", "岗位"), ("name", "姓名"), ("phone", "电话")];
    let all = || sources.iter().flat_map(|s| s.file.responsible.iter().map(move |p| (s, p)));
    let cells = all().map(|(s, p)| {
        let phone = p.phone.clone().unwrap_or_else(|| "—".to_owned());
        vec![s.file.name.clone(), p.post.name().to_owned(), p.name.clone(), phone]
    });
    let links = all().map(|(s, _)| link(s.id)).collect();
    section("hazard_people", "三级包保责任人", None, table(&columns, cells.collect(), links))
}

/// The highest level of each enterprise of a list.
pub async fn figures(ctx: Ctx, enterprises: Vec<String>) -> Result<HashMap<String, RowFigures>> {
    if !ctx.may(&PART, Action::View) {
        return Ok(HashMap::new());
    }
    let highest = store::highest(&ctx, &enterprises).await?;
    let figures = |(enterprise, level)| {
        let hazard_source_level = level_of(level).map(|l| level_name(l).to_owned());
        (enterprise, RowFigures { hazard_source_level, ..RowFigures::default() })
    };
    Ok(highest.into_iter().map(figures).collect())
}

/// The share of the cockpit: number by level, points, counts per child region.
pub async fn cockpit(ctx: Ctx, region: String) -> Result<Cockpit> {
    if !ctx.may(&PART, Action::View) {
        return Ok(Cockpit::default());
    }
    let range = store::parse_region(&region)?;
    let mut marks = store::marks(&ctx, Some(&range)).await?;
    marks.retain(|m| m.level < 5);
    let alarms = alarms(&ctx, &region).await?;
    let link_here = format!("{LIST}?region={region}");
    let number = Number {
        key: "hazard_sources".into(),
        label: "重大危险源".into(),
        value: marks.len().to_string(),
        unit: "个".into(),
        tone: Tone::Plain,
        link: link_here.clone(),
    };
    let chart = Chart {
        key: "hazard_sources_by_level".into(),
        title: "重大危险源级别".into(),
        form: "bar".into(),
        categories: (1..=4).map(|l| words(l).to_owned()).collect(),
        series: vec![Series {
            name: "数量".into(),
            values: (1..=4).map(|l| marks.iter().filter(|m| m.level == l).count() as f64).collect(),
        }],
        link: link_here,
    };
    Ok(Cockpit {
        numbers: vec![number],
        points: marks.iter().filter_map(|mark| point(mark, &alarms)).collect(),
        areas: areas(&region, &marks),
        charts: vec![chart],
        rows: vec![],
    })
}

/// Open alarms of each source, by the measuring points that belong to it.
async fn alarms(ctx: &Ctx, region: &str) -> Result<HashMap<Uuid, i64>> {
    let by_tag = lines::online::open_alarms_by_tag(ctx, region).await?;
    let mut alarms: HashMap<Uuid, i64> = HashMap::new();
    for (source, tag) in store::sources_of_tags(ctx, by_tag.keys()).await? {
        *alarms.entry(source).or_default() += by_tag.get(&tag).copied().unwrap_or(0);
    }
    Ok(alarms)
}

fn point(mark: &Mark, alarms: &HashMap<Uuid, i64>) -> Option<MapPoint> {
    let (lon, lat) = mark.at?;
    let open = alarms.get(&mark.id).copied().unwrap_or(0);
    let waiting = if open > 0 { format!("，{open} 条预警未处置") } else { String::new() };
    Some(MapPoint {
        layer: "hazard_sources".into(),
        enterprise: mark.enterprise.clone(),
        name: format!("{}（{}{waiting}）", mark.name, words(mark.level)),
        lon,
        lat,
        tone: tone(mark.level),
        alarms: open,
        link: link(mark.id),
    })
}

fn areas(region: &str, marks: &[Mark]) -> Vec<AreaCount> {
    let levels = [RegionLevel::City, RegionLevel::County, RegionLevel::Town, RegionLevel::Village];
    let Some(below) = levels.into_iter().find(|l| l.digits() > region.len()) else { return vec![] };
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for mark in marks {
        if let Some(child) = Region::parse(&mark.region).ok().and_then(|r| r.at(below)) {
            *counts.entry(child.to_string()).or_default() += 1;
        }
    }
    let count = |(region, count)| AreaCount { region, key: "hazard_sources".into(), count };
    counts.into_iter().map(count).collect()
}

/// Hits of the search box.
pub async fn search(ctx: Ctx, words: String) -> Result<Vec<Hit>> {
    if !ctx.may(&PART, Action::View) || words.trim().is_empty() {
        return Ok(vec![]);
    }
    let sources = store::search(&ctx, &words, 10).await?;
    let hit = |s: &Source| Hit {
        kind: "hazard-source".into(),
        title: s.file.name.clone(),
        subtitle: format!("{} · {}", s.enterprise_name, write::words(&s.file)),
        link: link(s.id),
    };
    Ok(sources.iter().map(hit).collect())
}
