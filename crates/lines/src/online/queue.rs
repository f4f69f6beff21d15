//! What the online line puts into the queue of the home page: alarms to acknowledge, explain and clear, and
//! changes of limits to decide.

use futures_util::future::BoxFuture;
use platform::view::{TASKS_MOST, Task, TaskAction};
use platform::{Action, Ctx, Result, Role, Subject, sql};

use super::model::{ALARM_SCOPE, CHANGE_SCOPE};
use super::{PART, clocks, store};

/// Why the times are what they are.
const CLOCK: &str = "预警分级处置时限（县值守规则，示例）";

/// Tasks of the caller.
pub fn tasks(ctx: Ctx) -> BoxFuture<'static, Result<Vec<Task>>> {
    Box::pin(async move {
        if !ctx.may(&PART, Action::View) {
            return Ok(vec![]);
        }
        let mut tasks = vec![];
        for step in &STEPS {
            tasks.extend(alarms(&ctx, step).await?);
        }
        tasks.extend(changes(&ctx).await?);
        Ok(tasks)
    })
}

/// One step of an alarm that somebody owes.
struct Step {
    state: &'static str,
    action: Action,
    verb: &'static str,
    code: &'static str,
    /// What happens where it is not done.
    if_not: &'static str,
}

const STEPS: [Step; 3] = [
    Step {
        state: "active",
        action: Action::Acknowledge,
        verb: "签收",
        code: "acknowledge",
        if_not: "逾期逐级上报，记入经过",
    },
    Step {
        state: "acknowledged",
        action: Action::Explain,
        verb: "说明",
        code: "explain",
        if_not: "逾期逐级上报，未说明的预警不能消警",
    },
    Step {
        state: "explained", action: Action::Clear, verb: "消警", code: "clear", if_not: "预警一直算作未处置"
    },
];

/// Whose alarm it is to deal with: the enterprise's own; the duty officer's; the area's officers once it was sent up.
fn escalated_only(ctx: &Ctx) -> Option<bool> {
    match ctx.actor.subject {
        Some(Subject::Enterprise) => Some(false),
        Some(Subject::Government) => Some(!ctx.actor.has(Role::DutyOfficer)),
        _ => None,
    }
}

async fn alarms(ctx: &Ctx, step: &Step) -> Result<Vec<Task>> {
    let Some(escalated) = escalated_only(ctx).filter(|_| ctx.may(&PART, step.action)) else { return Ok(vec![]) };
    let own = ctx.actor.subject == Some(Subject::Enterprise);
    if step.state != "active" && !own {
        return Ok(vec![]);
    }
    let mut query = sql(
        "select a.id, a.enterprise, a.level, a.priority, a.value, a.escalation, a.raised_at, a.back_at, a.raised_event,
         a.ack_due_at, a.explain_due_at, t.name, t.unit from alarm a join tag t on t.tag = a.tag where a.state = ",
        vec![],
    );
    query.bind(step.state);
    if escalated {
        query.push(" and a.escalation > 0");
    }
    if step.state == "explained" {
        // As long as the value stands outside its limits an alarm cannot be cleared.
        query.push(" and a.back_at is not null");
    }
    store::visible(&mut query, ctx, ALARM_SCOPE, "alarms");
    query.push(" order by a.priority, a.raised_at limit ").bind(TASKS_MOST);
    let mut tasks = vec![];
    for row in ctx.db().all(query).await? {
        let (id, value, unit): (String, f64, String) = (row.get("id")?, row.get("value")?, row.get("unit")?);
        let (level, priority): (String, i64) = (row.get("level")?, row.get("priority")?);
        let escalation = u8::try_from(row.get::<i64>("escalation")?).unwrap_or(u8::MAX);
        let link = format!("/alarms/{id}");
        let action = if step.action == Action::Acknowledge {
            TaskAction::post(step.verb, link.clone(), format!("{link}/acknowledge"))
        } else {
            TaskAction::open(step.verb, format!("{link}?do={}", step.code))
        };
        tasks.push(Task {
            key: format!("online.{}/{id}", step.code),
            title: format!("{}预警：{}", step.verb, row.get::<String>("name")?),
            enterprise: Some(row.get("enterprise")?),
            why_me: why_me(own, escalation).to_owned(),
            why_now: format!("{level} 限报警，数值 {value} {unit}"),
            if_not: step.if_not.to_owned(),
            due: row.get(if step.state == "active" { "ack_due_at" } else { "explain_due_at" })?,
            clock: (step.state != "explained").then(|| CLOCK.to_owned()),
            risk: u8::try_from(priority.clamp(1, 4)).unwrap_or(4),
            because: row.get::<String>("raised_event")?.parse().ok(),
            actions: vec![action],
            link,
            ..Task::default()
        });
        if step.state == "explained"
            && let Some(task) = tasks.last_mut()
        {
            // The time to explain is met; clearing has none of its own.
            task.due = None;
        }
    }
    Ok(tasks)
}

fn why_me(own: bool, escalation: u8) -> &'static str {
    match (own, escalation) {
        (true, 0) => "本企业的监测点位，由您处置",
        (true, _) => "本企业逾期未处置，已上报",
        (false, 0) => "您在值班，辖区内的预警由您跟踪",
        (false, n) => {
            if clocks::can_climb(n) {
                "企业逾期未签收，已上报到辖区"
            } else {
                "企业和乡镇逾期未签收，已上报到县级"
            }
        }
    }
}

async fn changes(ctx: &Ctx) -> Result<Vec<Task>> {
    if !ctx.may(&PART, Action::Approve) {
        return Ok(vec![]);
    }
    let mut query = sql(
        "select c.id, c.enterprise, c.loosens, c.requested_at, c.because_event, t.name from limit_change c join tag t on t.tag = c.tag
         where c.state = 'pending' and c.requested_by <> ",
        vec![],
    );
    query.bind(ctx.actor.account().map(|id| id.to_string()).unwrap_or_default());
    store::visible(&mut query, ctx, CHANGE_SCOPE, "telemetry");
    query.push(" order by c.requested_at limit ").bind(TASKS_MOST);
    let mut tasks = vec![];
    for row in ctx.db().all(query).await? {
        let (id, loosens): (String, bool) = (row.get("id")?, row.get("loosens")?);
        let asked: platform::Ms = row.get("requested_at")?;
        let link = "/limit-changes?state=pending".to_owned();
        tasks.push(Task {
            key: format!("online.limit/{id}"),
            title: format!("批准限值变更：{}", row.get::<String>("name")?),
            enterprise: Some(row.get("enterprise")?),
            why_me: "您可以批准限值变更，申请人不能批准自己的申请".to_owned(),
            why_now: format!("{} 申请{}", asked.beijing(), if loosens { "放宽限值" } else { "调整限值" }),
            if_not: "批准前原限值继续有效".to_owned(),
            risk: if loosens { 2 } else { 4 },
            because: row.get::<String>("because_event")?.parse().ok(),
            actions: vec![TaskAction::open("批准或退回", link.clone())],
            link,
            ..Task::default()
        });
    }
    Ok(tasks)
}
