//! What the register offers to home pages, the cockpit and the search.
use crate::enterprise::profile::degrees;
use crate::enterprise::registration;
use crate::enterprise::store::{self, Wanted};
use crate::enterprise::{PART, api};
use platform::view::{AreaCount, Card, CardItem, Cockpit, Hit, MapPoint, Number, TASKS_MOST, Task, TaskAction, Tone};
use platform::{Action, Ctx, Error, Result, Role, Subject, grants};
use standards::codes::{Region, RegionLevel};

/// Enterprises drawn on a map at most.
const POINTS: i64 = 5_000;
/// A file is asked for this long before it is due.
const ASK_BEFORE_MS: i64 = 30 * 86_400_000;

fn card(key: &str, title: &str, value: i64, unit: &str, link: String, order: i32) -> Card {
    Card {
        key: key.to_owned(),
        part: PART.key.to_owned(),
        title: title.to_owned(),
        value: Some(value.to_string()),
        unit: Some(unit.to_owned()),
        link,
        order,
        ..Card::default()
    }
}

/// Cards for the caller's home page.
pub(super) async fn cards(ctx: Ctx) -> Result<Vec<Card>> {
    let mut cards = vec![];
    if ctx.may(&PART, Action::Approve) {
        cards.push(waiting(&ctx).await?);
    }
    let counts = [Role::Leader, Role::Officer, Role::Township, Role::Department];
    if counts.iter().any(|role| ctx.actor.has(*role)) {
        cards.push(card("enterprises", "监管企业", store::count(&ctx).await?, "家", "/enterprises".to_owned(), 40));
    }
    if ctx.actor.has(Role::Principal) || ctx.actor.has(Role::SafetyManager) {
        cards.extend(own_file(&ctx).await?);
    }
    Ok(cards)
}

/// What the caller is to do: registrations to decide, the own file to confirm.
pub(super) async fn tasks(ctx: Ctx) -> Result<Vec<Task>> {
    let mut tasks = vec![];
    if ctx.may(&PART, Action::Approve) && ctx.actor.subject == Some(Subject::Government) {
        let (_, oldest) = registration::waiting(&ctx, TASKS_MOST).await?;
        tasks.extend(oldest.into_iter().map(deciding));
    }
    if ctx.actor.has(Role::Principal) || ctx.actor.has(Role::SafetyManager) || ctx.actor.has(Role::EnterpriseAdmin) {
        tasks.extend(confirming(&ctx).await?);
    }
    Ok(tasks)
}

fn deciding(filed: registration::Filed) -> Task {
    let link = "/registrations?state=pending".to_owned();
    Task {
        key: format!("enterprise.registration/{}", filed.id),
        title: format!("审核企业注册：{}", filed.name),
        why_me: "企业在您的辖区内注册，由您审核".to_owned(),
        why_now: format!("{} 提交", filed.at.beijing()),
        if_not: "审核通过前企业不能登录，也不能报数据".to_owned(),
        risk: 3,
        because: Some(filed.event),
        actions: vec![TaskAction::open("审核", link.clone())],
        link,
        ..Task::default()
    }
}

/// The own file, from a month before its yearly confirmation is due.
async fn confirming(ctx: &Ctx) -> Result<Option<Task>> {
    let found = match store::find(ctx, &ctx.actor.org).await {
        Err(Error::NotFound) => return Ok(None),
        found => found?,
    };
    let due = api::confirm_due(&found);
    let link = format!("/enterprises/{}", found.id);
    Ok((due.0 - ctx.now().0 < ASK_BEFORE_MS).then(|| Task {
        key: format!("enterprise.confirm/{}", found.id),
        title: "核对并确认企业档案".to_owned(),
        enterprise: Some(found.id),
        why_me: "您维护本企业的档案".to_owned(),
        why_now: found
            .confirmed_at
            .map_or_else(|| "还没有确认过".to_owned(), |at| format!("上次确认 {}", at.beijing())),
        if_not: "监管部门、保险机构和应急救援只能按旧档案办事".to_owned(),
        due: Some(due),
        clock: Some("企业档案每年确认一次，首次在登记后 30 日内（平台约定）".to_owned()),
        risk: 4,
        actions: vec![TaskAction::open("确认", link.clone())],
        link,
        ..Task::default()
    }))
}

async fn waiting(ctx: &Ctx) -> Result<Card> {
    let (count, oldest) = registration::waiting(ctx, 5).await?;
    let mut waiting =
        card("registrations", "待审核的企业注册", count, "件", "/registrations?state=pending".to_owned(), 20);
    if count > 0 {
        waiting.tone = Tone::Warn;
        waiting.note = Some("审核通过前企业不能登录".to_owned());
    }
    waiting.items = oldest
        .into_iter()
        .map(|filed| CardItem {
            title: filed.name,
            subtitle: format!("{} 提交", filed.at.beijing()),
            link: "/registrations?state=pending".to_owned(),
            tone: Tone::Warn,
            at: Some(filed.at),
            due_at: None,
        })
        .collect();
    Ok(waiting)
}

/// The own file: when it has to be confirmed, and who may see it.
async fn own_file(ctx: &Ctx) -> Result<Vec<Card>> {
    let found = match store::find(ctx, &ctx.actor.org).await {
        Err(Error::NotFound) => return Ok(vec![]),
        found => found?,
    };
    let link = format!("/enterprises/{}", found.id);
    let due = api::confirm_due(&found);
    let left = due.0 - ctx.now().0;
    let mut file = card("profile", "本单位档案", 0, "", link.clone(), 30);
    (file.value, file.unit) = (None, None);
    file.tone = match left {
        ..0 => Tone::Bad,
        0..ASK_BEFORE_MS => Tone::Warn,
        _ => Tone::Good,
    };
    if file.tone != Tone::Good {
        file.note = Some("请核对并确认档案，只填有变化的内容".to_owned());
    }
    file.items.push(CardItem {
        title: "确认企业档案".to_owned(),
        subtitle: found.confirmed_at.map_or_else(|| "尚未确认过".to_owned(), |at| format!("上次确认 {}", at.beijing())),
        link: link.clone(),
        tone: file.tone,
        at: found.confirmed_at,
        due_at: Some(due),
    });
    let seen = i64::try_from(grants::on_enterprise(ctx, &found.id).await?.len()).unwrap_or(i64::MAX);
    Ok(vec![file, card("visible_to", "对外授权", seen, "项", format!("{link}?tab=visibility"), 70)])
}

/// Enterprises of a region: how many, where, and on the map.
pub(super) async fn cockpit(ctx: Ctx, region: String) -> Result<Cockpit> {
    let region = Region::parse(&region).map_err(|e| Error::invalid("region", e))?;
    let mut share = Cockpit::default();
    if !ctx.may(&PART, Action::View) {
        return Ok(share);
    }
    let total: i64 = store::counts(&ctx, &region, 2).await?.iter().map(|(_, n)| n).sum();
    share.numbers.push(Number {
        key: "enterprises".to_owned(),
        label: "监管企业".to_owned(),
        value: total.to_string(),
        unit: "家".to_owned(),
        tone: Tone::Plain,
        link: format!("/enterprises?region={region}"),
    });
    if let Some(length) = below(region.level()) {
        let counts = store::counts(&ctx, &region, length).await?;
        let fits = |code: &str| i64::try_from(code.len()).is_ok_and(|n| n == length);
        let areas = counts.into_iter().filter(|(code, _)| fits(code));
        share.areas = areas.map(|(region, count)| AreaCount { region, key: "enterprises".to_owned(), count }).collect();
    }
    let wanted = Wanted { region: Some(region), ..Wanted::default() };
    for found in store::all(&ctx, &wanted, POINTS).await? {
        let Some((lon, lat)) = found.profile.position else { continue };
        share.points.push(MapPoint {
            layer: "enterprises".to_owned(),
            link: format!("/enterprises/{}", found.id),
            enterprise: found.id,
            name: found.profile.name,
            lon: degrees(lon),
            lat: degrees(lat),
            tone: Tone::Plain,
            alarms: 0,
        });
    }
    Ok(share)
}

/// Digits of the codes one level further down.
const fn below(level: RegionLevel) -> Option<i64> {
    match level {
        RegionLevel::Province => Some(4),
        RegionLevel::City => Some(6),
        RegionLevel::County => Some(9),
        RegionLevel::Town => Some(12),
        RegionLevel::Village => None,
    }
}

/// Enterprises by name, credit code or pinyin initials.
pub(super) async fn search(ctx: Ctx, q: String) -> Result<Vec<Hit>> {
    if !ctx.may(&PART, Action::View) || q.trim().is_empty() {
        return Ok(vec![]);
    }
    let own = ctx.actor.subject == Some(Subject::Enterprise);
    let wanted = Wanted { q: Some(q), ..Wanted::default() };
    let found = store::all(&ctx, &wanted, if own { 1 } else { 10 }).await?;
    let hits = found.into_iter().map(|e| Hit {
        kind: "企业".to_owned(),
        subtitle: format!("{} {}", e.profile.uscc, e.profile.industry),
        link: format!("/enterprises/{}", e.id),
        title: e.profile.name,
    });
    Ok(hits.collect())
}
