//! Whom each step of a visit is told to.
use super::commands::Asked;
use super::crew::Chosen;
use super::decide::{State, Visit};
use super::model::{Announcement, Row};
use platform::{Ctx, Notice, Placed, Result, Role, To, Tx};
use uuid::Uuid;

const ENTERPRISE: &[Role] = &[Role::Principal, Role::SafetyManager];
const OFFICERS: &[Role] = &[Role::Officer, Role::Enforcer];
const SERVICE: &[Role] = &[Role::ProjectManager, Role::Expert];

fn link(id: Uuid) -> String {
    format!("/visits/{id}")
}

async fn to(
    tx: &mut Tx,
    ctx: &Ctx,
    whom: To<'_>,
    id: Uuid,
    (priority, title, body): (u8, &str, &str),
    event: Uuid,
) -> Result<()> {
    let notice = Notice { priority, title, body, link: &link(id), event };
    tx.notify(ctx, whom, &notice).await.map(drop)
}

/// The people who were sent, or who send them.
async fn visitors(tx: &mut Tx, ctx: &Ctx, row: &Row, org: &str, title: &str, body: &str, event: Uuid) -> Result<()> {
    let roles = if row.visit.kind.is_government() { OFFICERS } else { SERVICE };
    let priority = u8::try_from(row.priority).unwrap_or(3);
    to(tx, ctx, To::Org(org, roles), row.id, (priority, title, body), event).await
}

async fn enterprise(tx: &mut Tx, ctx: &Ctx, row: &Row, title: &str, body: &str, event: Uuid) -> Result<()> {
    to(tx, ctx, To::Org(row.enterprise(), ENTERPRISE), row.id, (3, title, body), event).await
}

/// A visit is asked for: the county chooses who goes.
pub async fn requested(tx: &mut Tx, ctx: &Ctx, id: Uuid, placed: &Placed, asked: &Asked, event: Uuid) -> Result<()> {
    let title = format!("{}待派定：{}", asked.visit.kind.title(), asked.visit.reason.title());
    let body = format!("{}。最迟入企 {}，请从推荐的人员中派定。", asked.reason, asked.deadline.beijing());
    to(tx, ctx, To::Area(&placed.region, &[Role::Officer]), id, (asked.priority, &title, &body), event).await
}

/// Somebody is chosen.
pub async fn assigned(tx: &mut Tx, ctx: &Ctx, row: &Row, chosen: &Chosen, event: Uuid) -> Result<()> {
    let title = format!("派单：{}{}", row.enterprise_name, row.visit.kind.title());
    let body = format!("最迟入企 {}，请接受或说明理由谢绝。", row.deadline.beijing());
    visitors(tx, ctx, row, &chosen.org, &title, &body, event).await?;
    if row.visit.kind.is_government() {
        return Ok(());
    }
    let names: Vec<&str> = chosen.people.iter().map(|(_, name)| name.as_str()).collect();
    let body = format!("{}将派 {} 到贵单位提供{}。", chosen.org_name, names.join("、"), row.visit.kind.title());
    enterprise(tx, ctx, row, "检查服务人员已派定", &body, event).await
}

/// They accepted or declined.
pub async fn answered(tx: &mut Tx, ctx: &Ctx, row: &Row, what: &str, event: Uuid) -> Result<()> {
    let title = format!("{}的{}{what}", row.enterprise_name, row.visit.kind.title());
    to(tx, ctx, To::Area(&row.placed.region, &[Role::Officer]), row.id, (3, &title, ""), event).await
}

/// The enterprise is told.
pub async fn announced(tx: &mut Tx, ctx: &Ctx, row: &Row, told: &Announcement, event: Uuid) -> Result<()> {
    let unit = row.org_name.as_deref().unwrap_or_default();
    let title = format!("入企告知：{unit}{}", row.visit.kind.title());
    let body = format!(
        "事项：{}。依据：{}。人员：{}。预计结束 {}。人员到场须先扫贵单位的企业码。",
        told.matter,
        told.legal_basis.join("；"),
        row.names(),
        told.planned_end.beijing()
    );
    enterprise(tx, ctx, row, &title, &body, event).await
}

/// They are on site.
pub async fn entered(tx: &mut Tx, ctx: &Ctx, row: &Row, event: Uuid) -> Result<()> {
    enterprise(tx, ctx, row, &format!("{}人员已扫码入企", row.visit.kind.title()), &row.names(), event).await
}

/// They have left.
pub async fn left(tx: &mut Tx, ctx: &Ctx, row: &Row, event: Uuid) -> Result<()> {
    let org = row.org.clone().unwrap_or_default();
    visitors(tx, ctx, row, &org, "检查记录待签字", "检查已结束，请阅读记录并签字。", event).await
}

/// A signature came, or a refusal was noted.
pub async fn signed(tx: &mut Tx, ctx: &Ctx, row: &Row, after: &Visit, event: Uuid) -> Result<()> {
    if after.state == State::Signed {
        let title = format!("{}的检查记录已完成", row.enterprise_name);
        let org = row.org.clone().unwrap_or_default();
        visitors(tx, ctx, row, &org, &title, "记录已存证，可以打印。", event).await?;
        return enterprise(tx, ctx, row, "请评价本次检查服务", "评价对到场的检查服务人员不可见。", event).await;
    }
    if after.signatures_missing() == 0 {
        return enterprise(tx, ctx, row, "检查记录待贵单位签字", "请阅读记录后签字；有异议可在签字前提出。", event)
            .await;
    }
    Ok(())
}

/// A complaint goes to supervision.
pub async fn complaint(tx: &mut Tx, ctx: &Ctx, row: &Row, event: Uuid) -> Result<()> {
    let title = format!("企业投诉：{}的{}", row.enterprise_name, row.visit.kind.title());
    let body = "企业对入企检查服务提出投诉，请核实后答复企业。";
    let whom = To::Area(&row.placed.region, &[Role::Supervisor]);
    to(tx, ctx, whom, row.id, (2, &title, body), event).await
}

/// Nobody comes.
pub async fn withdrawn(tx: &mut Tx, ctx: &Ctx, row: &Row, reason: &str, event: Uuid) -> Result<()> {
    let title = format!("{}的{}已撤回", row.enterprise_name, row.visit.kind.title());
    if let Some(org) = row.org.clone() {
        visitors(tx, ctx, row, &org, &title, reason, event).await?;
    }
    if row.announcement.is_some() || !row.visit.kind.is_government() {
        enterprise(tx, ctx, row, &title, reason, event).await?;
    }
    Ok(())
}
