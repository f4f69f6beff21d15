//! Whom each step of a hazard is told to.
use super::commands::Found;
use super::decide::{Hazard, Level, State};
use super::model::Row;
use platform::auth::Org;
use platform::{Ctx, Ms, Notice, Result, Role, To, Tx};
use uuid::Uuid;

const ENTERPRISE: &[Role] = &[Role::Principal, Role::SafetyManager];
const OFFICERS: &[Role] = &[Role::Officer, Role::Enforcer];

/// What is told of which hazard.
struct Word<'a> {
    id: Uuid,
    priority: u8,
    title: &'a str,
    body: &'a str,
    event: Uuid,
}

async fn send(tx: &mut Tx, ctx: &Ctx, whom: To<'_>, word: &Word<'_>) -> Result<()> {
    let link = format!("/hazards/{}", word.id);
    let notice = Notice { priority: word.priority, title: word.title, body: word.body, link: &link, event: word.event };
    tx.notify(ctx, whom, &notice).await.map(drop)
}

async fn enterprise(tx: &mut Tx, ctx: &Ctx, row: &Row, title: &str, body: &str, event: Uuid) -> Result<()> {
    let priority = if row.hazard.level == Level::Major { 2 } else { 3 };
    let word = Word { id: row.id, priority, title, body, event };
    send(tx, ctx, To::Org(row.enterprise(), ENTERPRISE), &word).await
}

async fn officers(tx: &mut Tx, ctx: &Ctx, row: &Row, title: &str, body: &str, event: Uuid) -> Result<()> {
    let priority = if row.hazard.level == Level::Major { 2 } else { 3 };
    let word = Word { id: row.id, priority, title, body, event };
    send(tx, ctx, To::Area(&row.placed.region, OFFICERS), &word).await
}

/// It was found: the enterprise, and government where it may be major.
pub async fn found(tx: &mut Tx, ctx: &Ctx, id: Uuid, org: &Org, found: &Found, event: Uuid) -> Result<()> {
    let title =
        format!("发现{}：{}", if found.level == Level::Major { "疑似重大隐患" } else { "一般隐患" }, found.place);
    let priority = if found.level == Level::Major { 2 } else { 3 };
    let word = Word { id, priority, title: &title, body: &found.text, event };
    send(tx, ctx, To::Org(&org.id, ENTERPRISE), &word).await?;
    if found.level == Level::Major {
        let body = format!("{}：{}。请确认等级。", org.name, found.text);
        send(tx, ctx, To::Area(&org.region, OFFICERS), &Word { body: &body, ..word }).await?;
    }
    Ok(())
}

/// The level is confirmed.
pub async fn confirmed(tx: &mut Tx, ctx: &Ctx, row: &Row, to: Level, event: Uuid) -> Result<()> {
    let title = format!("已确认为{}：{}", to.title(), row.place);
    enterprise(tx, ctx, row, &title, "请明确责任人、措施、资金、期限和预案后下达整改。", event).await
}

/// It is to be fixed.
pub async fn assigned(tx: &mut Tx, ctx: &Ctx, row: &Row, due: Ms, event: Uuid) -> Result<()> {
    let body = format!("整改期限 {}；不能按期完成的，请在期限前申请延期。", due.beijing());
    enterprise(tx, ctx, row, &format!("整改任务：{}", row.place), &body, event).await
}

/// More time is asked for.
pub async fn extension_asked(tx: &mut Tx, ctx: &Ctx, row: &Row, days: u32, event: Uuid) -> Result<()> {
    let title = format!("延期申请待审批：{}", row.enterprise_name);
    officers(tx, ctx, row, &title, &format!("{}，申请延期 {days} 个工作日。", row.place), event).await
}

/// Government decided on it.
pub async fn extension_decided(
    tx: &mut Tx,
    ctx: &Ctx,
    row: &Row,
    until: Option<Ms>,
    reason: &str,
    event: Uuid,
) -> Result<()> {
    let title = match until {
        Some(until) => format!("准予延期至 {}：{}", until.beijing(), row.place),
        None => format!("不准延期：{}", row.place),
    };
    enterprise(tx, ctx, row, &title, reason, event).await
}

/// It is said to be fixed.
pub async fn rectified(tx: &mut Tx, ctx: &Ctx, row: &Row, event: Uuid) -> Result<()> {
    let title = format!("整改完成待复查：{}", row.place);
    if row.hazard.level == Level::Major {
        return officers(tx, ctx, row, &title, &row.enterprise_name, event).await;
    }
    enterprise(tx, ctx, row, &title, "请由整改人以外的人员复查。", event).await
}

/// Somebody looked.
pub async fn verified(tx: &mut Tx, ctx: &Ctx, row: &Row, after: &Hazard, note: &str, event: Uuid) -> Result<()> {
    let title = match after.state {
        State::Closed => format!("隐患已销号：{}", row.place),
        State::Verified => format!("复查通过，待解除挂牌：{}", row.place),
        _ => format!("复查不通过，须重新整改：{}", row.place),
    };
    enterprise(tx, ctx, row, &title, note, event).await
}

/// It is open again.
pub async fn reopened(tx: &mut Tx, ctx: &Ctx, row: &Row, why: &str, event: Uuid) -> Result<()> {
    enterprise(tx, ctx, row, &format!("隐患重新打开：{}", row.place), why, event).await
}

/// It is listed for supervision.
pub async fn listed(tx: &mut Tx, ctx: &Ctx, row: &Row, title: &str, due: Ms, event: Uuid) -> Result<()> {
    let title = format!("{title}督办：{}", row.place);
    enterprise(tx, ctx, row, &title, &format!("督办期限 {}。", due.beijing()), event).await
}

/// It is taken off the list.
pub async fn lifted(tx: &mut Tx, ctx: &Ctx, row: &Row, opinion: &str, event: Uuid) -> Result<()> {
    enterprise(tx, ctx, row, &format!("解除挂牌，隐患已销号：{}", row.place), opinion, event).await
}

/// The term is over.
pub async fn overdue(tx: &mut Tx, ctx: &Ctx, row: &Row, first: bool, event: Uuid) -> Result<()> {
    let title = format!("隐患整改逾期：{}", row.place);
    let body = if first {
        "请立即完成整改；逾期会计入信用记录。"
    } else {
        "持续逾期，监管部门可以挂牌督办或依法处理。"
    };
    enterprise(tx, ctx, row, &title, body, event).await?;
    officers(tx, ctx, row, &format!("{title}（{}）", row.enterprise_name), body, event).await
}
