//! What the online line offers to pages others assemble: home cards, the enterprise page, the cockpit.

use std::collections::{BTreeMap, HashMap};

use futures_util::future::BoxFuture;
use platform::view::{
    AreaCount, Card, CardItem, Chart, Cockpit, Content, Figures, Hit, Number, Section, Series, TableColumn, Tone,
};
use platform::{Action, Ctx, Error, Result, Sql, Subject, scope, sql};
use standards::codes::{Region, RegionLevel};

use super::decide::State;
use super::model::{ALARM_SCOPE, CHANGE_SCOPE, TAG_SCOPE};
use super::{PART, Pipeline, clocks, day_start, store, watchman};

const KEY: &str = "online";

fn tone_of(priority: i64) -> Tone {
    match priority {
        1 => Tone::Bad,
        2 => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// Cards of the caller's home page.
pub fn cards(ctx: Ctx) -> BoxFuture<'static, Result<Vec<Card>>> {
    Box::pin(async move {
        if !ctx.may(&PART, Action::View) {
            return Ok(vec![]);
        }
        let mut cards = vec![open_alarms(&ctx).await?];
        if ctx.may(&PART, Action::Approve) {
            cards.extend(pending_changes(&ctx).await?);
        }
        cards.extend(silent(&ctx).await?);
        Ok(cards)
    })
}

async fn open_alarms(ctx: &Ctx) -> Result<Card> {
    let mut query = sql(
        "select a.id, a.level, a.priority, a.state, a.value, a.raised_at, coalesce(a.ack_due_at, a.explain_due_at) as due_at,
         t.name, t.unit, o.name as enterprise_name from alarm a join tag t on t.tag = a.tag join org o on o.id = a.enterprise
         where a.state <> 'cleared'",
        vec![],
    );
    store::visible(&mut query, ctx, ALARM_SCOPE, "alarms");
    query.push(" order by a.priority, a.raised_at limit 5");
    let mut items = vec![];
    for row in ctx.db().all(query).await? {
        let state = match row.get::<String>("state")?.as_str() {
            "active" => "待签收",
            "acknowledged" => "待说明",
            _ => "待消警",
        };
        let (value, unit, level): (f64, String, String) = (row.get("value")?, row.get("unit")?, row.get("level")?);
        items.push(CardItem {
            title: row.get("name")?,
            subtitle: format!("{} {level} {value} {unit} · {state}", row.get::<String>("enterprise_name")?),
            link: format!("/alarms/{}", row.get::<String>("id")?),
            tone: tone_of(row.get("priority")?),
            at: Some(row.get("raised_at")?),
            due_at: row.get("due_at")?,
        });
    }
    let open = count(ctx, "select count(*) as n from alarm a where a.state <> 'cleared'").await?;
    let unacked = count(ctx, "select count(*) as n from alarm a where a.state = 'active'").await?;
    let note = match ctx.actor.subject {
        _ if unacked == 0 => None,
        Some(Subject::Enterprise) => Some(format!("{unacked} 条待签收，逾期将逐级上报至{}", clocks::rung(3).title)),
        _ => Some(format!("{unacked} 条待签收")),
    };
    Ok(Card {
        key: "online.alarms".into(),
        part: KEY.into(),
        title: "未处置完的预警".into(),
        value: Some(open.to_string()),
        unit: Some("条".into()),
        tone: if unacked > 0 {
            Tone::Bad
        } else if open > 0 {
            Tone::Warn
        } else {
            Tone::Good
        },
        note,
        link: "/alarms?state=open".into(),
        order: 10,
        items,
    })
}

async fn count(ctx: &Ctx, text: &'static str) -> Result<i64> {
    let mut query = sql(text, vec![]);
    store::visible(&mut query, ctx, ALARM_SCOPE, "alarms");
    ctx.db().one(query).await?.get("n")
}

async fn pending_changes(ctx: &Ctx) -> Result<Option<Card>> {
    let mut query = sql(
        "select c.id, c.loosens, c.requested_at, t.name, o.name as enterprise_name from limit_change c join tag t on t.tag = c.tag
         join org o on o.id = c.enterprise where c.state = 'pending'",
        vec![],
    );
    store::visible(&mut query, ctx, CHANGE_SCOPE, "telemetry");
    query.push(" order by c.loosens desc, c.requested_at limit 5");
    let mut items = vec![];
    for row in ctx.db().all(query).await? {
        let loosens: bool = row.get("loosens")?;
        items.push(CardItem {
            title: row.get("name")?,
            subtitle: format!(
                "{} {}",
                row.get::<String>("enterprise_name")?,
                if loosens { "申请放宽限值" } else { "申请调整限值" }
            ),
            link: "/limit-changes?state=pending".into(),
            tone: if loosens { Tone::Warn } else { Tone::Plain },
            at: Some(row.get("requested_at")?),
            due_at: None,
        });
    }
    Ok((!items.is_empty()).then(|| Card {
        key: "online.limit_changes".into(),
        part: KEY.into(),
        title: "待批准的限值变更".into(),
        value: Some(items.len().to_string()),
        unit: Some("项".into()),
        tone: Tone::Warn,
        note: Some("未批准前原限值继续有效".into()),
        link: "/limit-changes?state=pending".into(),
        order: 30,
        items,
    }))
}

async fn silent(ctx: &Ctx) -> Result<Option<Card>> {
    let mut query =
        sql("select count(*) as n from device d where d.offline_since is not null and d.state = 'active'", vec![]);
    store::visible(&mut query, ctx, super::model::DEVICE_SCOPE, "telemetry");
    let n: i64 = ctx.db().one(query).await?.get("n")?;
    Ok((n > 0).then(|| Card {
        key: "online.silent".into(),
        part: KEY.into(),
        title: "离线设备".into(),
        value: Some(n.to_string()),
        unit: Some("台".into()),
        tone: Tone::Warn,
        note: Some("离线期间没有数据，也不会报警".into()),
        link: "/devices".into(),
        order: 40,
        items: vec![],
    }))
}

/// The section of an enterprise's page.
pub fn sections(ctx: Ctx, enterprise: String) -> BoxFuture<'static, Result<Vec<Section>>> {
    Box::pin(async move {
        if !ctx.may(&PART, Action::View) {
            return Ok(vec![]);
        }
        if !ctx.granted_field(&enterprise, "alarms").await? {
            let hidden_by = "未获企业授权查看预警和监测数据".to_owned();
            return Ok(vec![section("online", "在线监测", None, 30, Content::Hidden { hidden_by })]);
        }
        Ok(vec![numbers(&ctx, &enterprise).await?, table(&ctx, &enterprise).await?])
    })
}

fn section(key: &str, title: &str, link: Option<String>, order: i32, content: Content) -> Section {
    Section { key: key.into(), part: KEY.into(), title: title.into(), link, order, content }
}

/// Open alarms and the share of points that are online, beside enterprises in lists.
pub fn figures(ctx: Ctx, enterprises: Vec<String>) -> BoxFuture<'static, Result<Figures>> {
    Box::pin(async move {
        let mut found = Figures::new();
        if !ctx.may(&PART, Action::View) {
            return Ok(found);
        }
        let mut open = sql("select a.enterprise, count(*) as n from alarm a where a.state <> 'cleared'", vec![]);
        open.in_list(" and a.enterprise", enterprises.iter().map(String::as_str));
        store::visible(&mut open, &ctx, ALARM_SCOPE, "alarms");
        open.push(" group by a.enterprise");
        for row in ctx.db().all(open).await? {
            found.entry(row.get("enterprise")?).or_default().alarms_active = Some(row.get("n")?);
        }
        let mut tags = sql("select t.enterprise, t.tag, t.sample_s from tag t where 1 = 1", vec![]);
        tags.in_list(" and t.enterprise", enterprises.iter().map(String::as_str));
        store::visible(&mut tags, &ctx, TAG_SCOPE, "telemetry");
        let pipeline = Pipeline::of(&ctx.app)?;
        let mut points: BTreeMap<String, (f64, f64)> = BTreeMap::new();
        for row in ctx.db().all(tags).await? {
            let patience = watchman::SILENT_MS.max(row.get::<i64>("sample_s")? * 3_000);
            let live = pipeline.telemetry.last(&row.get::<String>("tag")?);
            let (online, all) = points.entry(row.get("enterprise")?).or_default();
            *all += 1.0;
            *online += f64::from(u8::from(live.is_some_and(|l| ctx.now().0 - l.at <= patience)));
        }
        for (enterprise, (online, all)) in points {
            let figures = found.entry(enterprise).or_default();
            figures.online_rate = Some((online * 1_000.0 / all).round() / 10.0);
            figures.alarms_active.get_or_insert(0);
        }
        Ok(found)
    })
}

async fn numbers(ctx: &Ctx, enterprise: &str) -> Result<Section> {
    let one = async |text: &'static str, columns, field| {
        let mut query = sql(text, vec![]);
        query.bind(enterprise);
        store::visible(&mut query, ctx, columns, field);
        ctx.db().one(query).await?.get::<i64>("n")
    };
    let tags = one("select count(*) as n from tag t where t.enterprise = ", TAG_SCOPE, "telemetry").await?;
    let open =
        one("select count(*) as n from alarm a where a.state <> 'cleared' and a.enterprise = ", ALARM_SCOPE, "alarms")
            .await?;
    let all = one("select count(*) as n from alarm a where a.enterprise = ", ALARM_SCOPE, "alarms").await?;
    let number = |key: &str, label: &str, value: i64, unit: &str, tone, link: String| Number {
        key: key.into(),
        label: label.into(),
        value: value.to_string(),
        unit: unit.into(),
        tone,
        link,
    };
    let tone = if open > 0 { Tone::Bad } else { Tone::Good };
    let numbers = vec![
        number("online.tags", "监测点位", tags, "个", Tone::Plain, format!("/tags?enterprise={enterprise}")),
        number(
            "online.open",
            "未处置完的预警",
            open,
            "条",
            tone,
            format!("/alarms?state=open&enterprise={enterprise}"),
        ),
        number("online.all", "历史预警", all, "条", Tone::Plain, format!("/alarms?enterprise={enterprise}")),
    ];
    Ok(section("online", "在线监测", Some(format!("/tags?enterprise={enterprise}")), 30, Content::Numbers { numbers }))
}

async fn table(ctx: &Ctx, enterprise: &str) -> Result<Section> {
    let mut query = sql(
        "select a.id, a.level, a.state, a.value, a.raised_at, t.name, t.unit from alarm a join tag t on t.tag = a.tag where a.enterprise = ",
        vec![],
    );
    query.bind(enterprise);
    store::visible(&mut query, ctx, ALARM_SCOPE, "alarms");
    query.push(" order by case when a.state = 'cleared' then 1 else 0 end, a.raised_at desc limit 10");
    let mut rows = vec![];
    for row in ctx.db().all(query).await? {
        let value = format!("{} {}", row.get::<f64>("value")?, row.get::<String>("unit")?);
        let at: platform::Ms = row.get("raised_at")?;
        rows.push(BTreeMap::from([
            ("at".to_owned(), at.beijing()),
            ("tag".to_owned(), row.get("name")?),
            ("level".to_owned(), row.get("level")?),
            ("value".to_owned(), value),
            ("state".to_owned(), State::parse(&row.get::<String>("state")?).map_or("", State::title).to_owned()),
            ("link".to_owned(), format!("/alarms/{}", row.get::<String>("id")?)),
        ]));
    }
    let columns = [("at", "时间"), ("tag", "点位"), ("level", "等级"), ("value", "报警值"), ("state", "状态")];
    let columns = columns.map(|(key, title)| TableColumn { key: key.into(), title: title.into() }).to_vec();
    let link = Some(format!("/alarms?enterprise={enterprise}"));
    Ok(section("online.alarms", "最近预警", link, 31, Content::Table { columns, rows }))
}

/// The share of the cockpit for one region.
pub fn cockpit(ctx: Ctx, region: String) -> BoxFuture<'static, Result<Cockpit>> {
    Box::pin(async move {
        let Ok(area) = Region::parse(&region) else { return Ok(Cockpit::default()) };
        if !ctx.may(&PART, Action::View) {
            return Ok(Cockpit::default());
        }
        let today = day_start(ctx.now().0);
        let mut open = sql(
            "select count(*) as n, sum(case when a.state = 'active' then 1 else 0 end) as unacked from alarm a where a.state <> 'cleared'",
            vec![],
        );
        within(&mut open, &ctx, &area);
        let row = ctx.db().one(open).await?;
        let (n, unacked): (i64, Option<i64>) = (row.get("n")?, row.get("unacked")?);
        let link = |rest: &str| format!("/alarms?region={region}{rest}");
        let number = |key: &str, label: &str, value: i64, tone, link: String| Number {
            key: key.into(),
            label: label.into(),
            value: value.to_string(),
            unit: "条".into(),
            tone,
            link,
        };
        let bad = |n: i64| if n > 0 { Tone::Bad } else { Tone::Good };
        Ok(Cockpit {
            numbers: vec![
                number("online.open", "未处置预警", n, bad(n), link("&state=open")),
                number(
                    "online.unacked",
                    "待签收",
                    unacked.unwrap_or(0),
                    bad(unacked.unwrap_or(0)),
                    link("&state=active"),
                ),
            ],
            points: vec![],
            areas: areas(&ctx, &area).await?,
            charts: vec![by_level(&ctx, &area, today).await?],
            rows: rows(&ctx, &area).await?,
        })
    })
}

fn within(query: &mut Sql, ctx: &Ctx, area: &Region) {
    let (from, below) = scope::prefix_range(area);
    query.push(" and a.region >= ").bind(from).push(" and a.region < ").bind(below);
    store::visible(query, ctx, ALARM_SCOPE, "alarms");
}

/// How many open alarms each measuring point of an area has, of those the caller may see.
pub async fn open_alarms_by_tag(ctx: &Ctx, region: &str) -> Result<HashMap<String, i64>> {
    let area = Region::parse(region).map_err(|e| Error::invalid("region", e))?;
    let mut query = sql("select a.tag, count(*) as n from alarm a where a.state <> 'cleared'", vec![]);
    within(&mut query, ctx, &area);
    query.push(" group by a.tag");
    ctx.db().all(query).await?.iter().map(|row| Ok((row.get("tag")?, row.get("n")?))).collect()
}

/// Open alarms per child region.
async fn areas(ctx: &Ctx, area: &Region) -> Result<Vec<AreaCount>> {
    let next = match area.level() {
        RegionLevel::Province => RegionLevel::City,
        RegionLevel::City => RegionLevel::County,
        RegionLevel::County => RegionLevel::Town,
        RegionLevel::Town | RegionLevel::Village => RegionLevel::Village,
    };
    let mut query = sql("select substr(a.region, 1, ", vec![]);
    // The length stands in the text twice, so that both engines see one expression.
    query.push(match next {
        RegionLevel::City => "4",
        RegionLevel::County => "6",
        RegionLevel::Town => "9",
        _ => "12",
    });
    query.push(") as child, count(*) as n from alarm a where a.state <> 'cleared'");
    within(&mut query, ctx, area);
    query.push(" group by child");
    let rows = ctx.db().all(query).await?;
    rows.iter().map(|r| Ok(AreaCount { region: r.get("child")?, key: "alarms".into(), count: r.get("n")? })).collect()
}

async fn by_level(ctx: &Ctx, area: &Region, today: i64) -> Result<Chart> {
    let mut query = sql("select a.level, count(*) as n from alarm a where a.raised_at >= ", vec![]);
    query.bind(today);
    within(&mut query, ctx, area);
    query.push(" group by a.level");
    let mut found = BTreeMap::new();
    for row in ctx.db().all(query).await? {
        found.insert(row.get::<String>("level")?, row.get::<i64>("n")? as f64);
    }
    let levels = super::limits::Level::ALL;
    Ok(Chart {
        key: "online.levels".into(),
        title: "今日预警等级".into(),
        form: "bar".into(),
        categories: levels.iter().map(|l| l.title().to_owned()).collect(),
        series: vec![Series {
            name: "条".into(),
            values: levels.iter().map(|l| found.get(l.code()).copied().unwrap_or(0.0)).collect(),
        }],
        link: format!("/alarms?region={}", area.as_str()),
    })
}

async fn rows(ctx: &Ctx, area: &Region) -> Result<Vec<CardItem>> {
    let mut query = sql(
        "select a.id, a.level, a.priority, a.raised_at, a.ack_due_at, t.name, o.name as enterprise_name from alarm a
         join tag t on t.tag = a.tag join org o on o.id = a.enterprise where a.state <> 'cleared'",
        vec![],
    );
    within(&mut query, ctx, area);
    query.push(" order by a.raised_at desc limit 20");
    let found = ctx.db().all(query).await?;
    found
        .iter()
        .map(|row| {
            Ok(CardItem {
                title: format!("{} {}", row.get::<String>("enterprise_name")?, row.get::<String>("name")?),
                subtitle: row.get("level")?,
                link: format!("/alarms/{}", row.get::<String>("id")?),
                tone: tone_of(row.get("priority")?),
                at: Some(row.get("raised_at")?),
                due_at: row.get("ack_due_at")?,
            })
        })
        .collect()
}

/// Tags by number or name.
pub fn search(ctx: Ctx, words: String) -> BoxFuture<'static, Result<Vec<Hit>>> {
    Box::pin(async move {
        let words = words.replace(['%', '_'], "");
        if words.trim().is_empty() || !ctx.may(&PART, Action::View) {
            return Ok(vec![]);
        }
        let pattern = format!("%{}%", words.trim());
        let mut query = sql(
            "select t.tag, t.name, o.name as enterprise_name from tag t join org o on o.id = t.enterprise where (t.tag like ",
            vec![],
        );
        query.bind(&pattern).push(" or t.name like ").bind(&pattern).push(")");
        store::visible(&mut query, &ctx, TAG_SCOPE, "telemetry");
        query.push(" order by t.tag limit 10");
        let rows = ctx.db().all(query).await?;
        rows.iter()
            .map(|r| {
                let tag: String = r.get("tag")?;
                Ok(Hit {
                    kind: "tag".into(),
                    title: r.get("name")?,
                    subtitle: format!("{} {tag}", r.get::<String>("enterprise_name")?),
                    link: format!("/tags/{tag}"),
                })
            })
            .collect()
    })
}
