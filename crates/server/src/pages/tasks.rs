//! 工作台 (P-01): one queue over all parts, sorted by legal clock, then by risk.
use base64::Engine as _;
use platform::http::{Exported, List, PageQuery, Params, Table};
use platform::sheets::Value;
use platform::view::Task;
use platform::{Ctx, Error, Result, sql};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use utoipa::{IntoParams, ToSchema};

/// What of the queue.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TaskQuery {
    /// Part, by its key.
    part: Option<String>,
    /// Enterprise.
    enterprise: Option<String>,
    /// Only what is overdue.
    overdue: Option<bool>,
}

/// A task as a row of the export.
#[derive(Serialize)]
pub(super) struct TaskRow(Task);

impl Table for TaskRow {
    const TITLE: &'static str = "待办事项";
    const COLUMNS: &'static [&'static str] =
        &["事项", "系统", "企业", "为什么是我", "为什么是现在", "不办的后果", "期限", "期限依据", "风险"];
    fn cells(&self) -> Vec<Option<Value>> {
        let task = &self.0;
        vec![
            Some(task.title.as_str().into()),
            Some(task.part_name.as_str().into()),
            task.enterprise_name.as_deref().map(Into::into),
            Some(task.why_me.as_str().into()),
            Some(task.why_now.as_str().into()),
            Some(task.if_not.as_str().into()),
            task.due.map(|due| due.beijing().into()),
            task.clock.as_deref().map(Into::into),
            Some(i64::from(task.risk).into()),
        ]
    }
}

/// How much of the queue belongs to one part.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TaskShare {
    /// Key of the part.
    pub(super) part: String,
    /// Its name.
    pub(super) name: String,
    /// Tasks.
    pub(super) count: usize,
    /// Of these overdue.
    pub(super) overdue: usize,
}

/// The place of a task in the queue: due time (none comes last), risk, key.
fn place(task: &Task) -> (i64, u8, &str) {
    (task.due.map_or(i64::MAX, |due| due.0), task.risk, &task.key)
}

/// Everything the caller is to do, in the order of the queue.
pub(super) async fn queue(ctx: &Ctx) -> Result<Vec<Task>> {
    let mut tasks = vec![];
    for part in ctx.app.parts().iter().filter(|p| p.built) {
        for task in (part.tasks)(ctx.clone()).await? {
            tasks.push(Task { part: part.key.to_owned(), part_name: part.name.to_owned(), ..task });
        }
    }
    tasks.sort_by(|a, b| place(a).cmp(&place(b)));
    // The same duty may be seen by two lists of one part.
    tasks.dedup_by(|a, b| a.key == b.key);
    Ok(tasks)
}

/// How the queue is spread over the parts, fullest first.
pub(super) fn shares(tasks: &[Task], now: i64) -> Vec<TaskShare> {
    let mut by_part: BTreeMap<&str, TaskShare> = BTreeMap::new();
    for task in tasks {
        let share = by_part.entry(&task.part).or_insert_with(|| TaskShare {
            part: task.part.clone(),
            name: task.part_name.clone(),
            count: 0,
            overdue: 0,
        });
        share.count += 1;
        share.overdue += usize::from(is_overdue(task, now));
    }
    let mut shares: Vec<TaskShare> = by_part.into_values().collect();
    shares.sort_by_key(|s| std::cmp::Reverse(s.count));
    shares
}

/// Whether a task's time is over.
pub(super) fn is_overdue(task: &Task, now: i64) -> bool {
    task.due.is_some_and(|due| due.0 < now)
}

/// Names of the enterprises that the tasks are about; the tasks were cut to the caller's scope by their parts.
async fn name_enterprises(ctx: &Ctx, tasks: &mut [Task]) -> Result<()> {
    let mut query = sql("select id, name from org where 1 = 1", vec![]);
    query.in_list(" and id", tasks.iter().filter_map(|t| t.enterprise.clone()));
    let mut names: HashMap<String, String> = HashMap::new();
    for row in ctx.db().all(query).await? {
        names.insert(row.get("id")?, row.get("name")?);
    }
    for task in tasks {
        task.enterprise_name = task.enterprise.as_ref().and_then(|id| names.get(id).cloned());
    }
    Ok(())
}

/// Where a page goes on: behind the task of this place, whether it is still there or not.
fn after(cursor: &str) -> Result<(i64, u8, String)> {
    let bytes = base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| Error::invalid("page[cursor]", "翻页位置无效，请从第一页重新开始"))
}

fn cursor(task: &Task) -> Result<String> {
    let json = serde_json::to_vec(&place(task)).map_err(Error::internal)?;
    Ok(base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(json))
}

/// One page of the queue; an export is the whole of it.
fn page(mut tasks: Vec<Task>, page: &PageQuery) -> Result<List<Task>> {
    let exporting = page.format.as_deref().is_some_and(|f| f != "json");
    let size = page.size.unwrap_or(20);
    if !(1..=200).contains(&size) {
        return Err(Error::invalid("page[size]", "每页行数须在 1 到 200 之间"));
    }
    let total = i64::try_from(tasks.len()).unwrap_or(i64::MAX);
    let mut next = None;
    if !exporting {
        if let Some(from) = &page.cursor {
            let (due, risk, key) = after(from)?;
            tasks.retain(|task| place(task) > (due, risk, key.as_str()));
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let more = tasks.len() > size;
        tasks.truncate(size);
        next = tasks.last().filter(|_| more).map(cursor).transpose()?;
    }
    Ok(List { items: tasks, next, total, total_exact: true })
}

/// 待办事项：按法定期限、再按风险排序
#[utoipa::path(get, path = "/tasks", tag = "portal", params(PageQuery, TaskQuery), responses((status = 200, body = List<Task>)))]
pub(super) async fn tasks(
    ctx: Ctx,
    Params(paging): Params<PageQuery>,
    Params(query): Params<TaskQuery>,
) -> Result<Exported> {
    if paging.sort.as_deref().is_some_and(|s| !s.is_empty()) {
        return Err(Error::invalid("sort", "待办事项固定按期限和风险排序"));
    }
    let mut all = queue(&ctx).await?;
    let now = ctx.now().0;
    let wanted = |given: &Option<String>| given.clone().filter(|g| !g.is_empty());
    let (part, enterprise) = (wanted(&query.part), wanted(&query.enterprise));
    all.retain(|task| {
        part.as_ref().is_none_or(|part| task.part == *part)
            && enterprise.as_ref().is_none_or(|id| task.enterprise.as_ref() == Some(id))
            && (query.overdue != Some(true) || is_overdue(task, now))
    });
    let mut list = page(all, &paging)?;
    name_enterprises(&ctx, &mut list.items).await?;
    let List { items, next, total, total_exact } = list;
    Exported::new(&ctx, &paging, List { items: items.into_iter().map(TaskRow).collect(), next, total, total_exact })
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::Ms;

    fn task(key: &str, due: Option<i64>, risk: u8) -> Task {
        Task { key: key.into(), due: due.map(Ms), risk, part: key.split('.').next().unwrap().into(), ..Task::default() }
    }

    fn sorted() -> Vec<Task> {
        let mut tasks =
            vec![task("a.late", None, 1), task("b.x", Some(5), 3), task("a.y", Some(5), 1), task("c.z", Some(1), 4)];
        tasks.sort_by(|a, b| place(a).cmp(&place(b)));
        tasks
    }

    #[test]
    fn the_legal_clock_comes_before_the_risk_and_no_clock_comes_last() {
        let keys: Vec<String> = sorted().into_iter().map(|t| t.key).collect();
        assert_eq!(keys, ["c.z", "a.y", "b.x", "a.late"]);
    }

    #[test]
    fn pages_go_on_where_they_ended_even_if_that_task_is_done() {
        let asked = |cursor: Option<String>| PageQuery { size: Some(2), cursor, ..PageQuery::default() };
        let first = page(sorted(), &asked(None)).unwrap();
        assert_eq!((first.items.len(), first.total), (2, 4));
        let without: Vec<Task> = sorted().into_iter().filter(|t| t.key != "a.y").collect();
        let rest = page(without, &asked(first.next)).unwrap();
        assert_eq!(rest.items.iter().map(|t| t.key.as_str()).collect::<Vec<_>>(), ["b.x", "a.late"]);
        assert!(rest.next.is_none());
        assert!(page(sorted(), &asked(Some("!".into()))).is_err());
    }

    #[test]
    fn the_shares_add_up() {
        let shares = shares(&sorted(), 2);
        assert_eq!(shares.iter().map(|s| s.count).sum::<usize>(), 4);
        assert_eq!((shares[0].part.as_str(), shares[0].count), ("a", 2));
        assert_eq!(shares.iter().map(|s| s.overdue).sum::<usize>(), 1);
    }
}
