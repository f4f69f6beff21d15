//! Online rates per enterprise and day, and planned stops.

use std::collections::HashMap;

use axum::Json;
use events::online::StopPlanned;
use parking_lot::Mutex;
use platform::auth::Org;
use platform::db::Row;
use platform::http::{Body, Exported, List, Listing, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, Ctx, Error, Ms, Result, Sql, Subject, args, sql};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::commands::text;
use super::super::model::TAG_SCOPE;
use super::super::{PART, Pipeline, coverage, day, day_start, store};
use super::{below, region};

const DAY_MS: i64 = 86_400_000;
/// A device clock further off than this counts as drifting.
const DRIFT_MS: i64 = 60_000;
/// Rates kept in memory.
const MAX_CACHED: usize = 20_000;
/// Longest planned stop.
const MAX_STOP_MS: i64 = 180 * DAY_MS;

/// The figures of one enterprise and day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rate {
    /// Tags.
    pub points: i64,
    /// Percent of the time due that readings cover, to one decimal; none where nothing was due.
    pub online_percent: Option<f64>,
    /// Pauses longer than three samples.
    pub gaps: i64,
    /// Tags that stood still for hours.
    pub flatlines: i64,
    /// Tags whose device clock is off by more than a minute.
    pub clock_drift: i64,
}

/// Rates measured lately: today's for a minute, earlier days' for an hour (late readings may fill gaps).
#[derive(Debug, Default)]
pub struct RateCache(Mutex<HashMap<(String, i64), (i64, Rate)>>);

impl RateCache {
    fn get(&self, enterprise: &str, day: i64, now: i64) -> Option<Rate> {
        let good_for = if day == super::super::day(now) { 60_000 } else { 3_600_000 };
        let cache = self.0.lock();
        cache.get(&(enterprise.to_owned(), day)).filter(|(at, _)| now - at < good_for).map(|(_, rate)| rate.clone())
    }

    fn put(&self, enterprise: &str, day: i64, now: i64, rate: &Rate) {
        let mut cache = self.0.lock();
        if cache.len() >= MAX_CACHED {
            cache.clear();
        }
        cache.insert((enterprise.to_owned(), day), (now, rate.clone()));
    }

    fn forget(&self, enterprise: &str) {
        self.0.lock().retain(|(e, _), _| e != enterprise);
    }
}

/// The rate of one enterprise over a day that has begun, measured a minute ago at most.
pub async fn rate_of(ctx: &Ctx, enterprise: &str, day: i64) -> Result<Rate> {
    let pipeline = Pipeline::of(&ctx.app)?;
    let now = ctx.now().0;
    if let Some(rate) = pipeline.rates().get(enterprise, day, now) {
        return Ok(rate);
    }
    let rate = measure(ctx, &pipeline, enterprise, day).await?;
    pipeline.rates().put(enterprise, day, now, &rate);
    Ok(rate)
}

async fn measure(ctx: &Ctx, pipeline: &Pipeline, enterprise: &str, day: i64) -> Result<Rate> {
    let from = day * DAY_MS - 8 * 3_600_000;
    let to = (from + DAY_MS).min(ctx.now().0);
    let stops: Vec<_> =
        store::stops(ctx.db(), enterprise, from, to).await?.into_iter().map(|(a, b, _)| (a, b)).collect();
    let mut rate = Rate::default();
    let (mut due, mut covered) = (0, 0);
    for tag in pipeline.tags(|t| t.placed.enterprise.as_deref() == Some(enterprise)) {
        let points = pipeline.telemetry.points(&tag.tag, from, to).await.map_err(Error::internal)?;
        let seen = coverage::measure(&points, tag.sample_s, from, to, &stops);
        due += seen.due_ms;
        covered += seen.covered_ms;
        rate.points += 1;
        rate.gaps += seen.gaps.len() as i64;
        rate.flatlines += i64::from(seen.flat && coverage::moves(&tag.unit));
        let lag = pipeline.telemetry.last(&tag.tag).map_or(0, |l| l.clock_lag_ms.abs());
        rate.clock_drift += i64::from(lag > DRIFT_MS);
    }
    rate.online_percent = (due > 0).then(|| (covered as f64 * 1000.0 / due as f64).round() / 10.0);
    Ok(rate)
}

/// An announced stop.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Stop {
    /// Start.
    from: Ms,
    /// End.
    to: Ms,
    /// Reason.
    reason: String,
}

/// A row of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnlineRate {
    /// Enterprise.
    enterprise: String,
    /// Its name.
    enterprise_name: String,
    /// Tags.
    points: i64,
    /// Percent of the time due that readings cover.
    online_percent: Option<f64>,
    /// Pauses longer than three samples.
    gaps: i64,
    /// Tags that stood still for hours.
    flatlines: i64,
    /// Tags whose device clock is off by more than a minute.
    clock_drift: i64,
    /// Alarms of the day not acknowledged.
    unacked: i64,
    /// Announced stop that touches the day.
    planned_stop: Option<Stop>,
}

impl Table for OnlineRate {
    const TITLE: &'static str = "在线率";
    const COLUMNS: &'static [&'static str] =
        &["企业编号", "企业", "点位", "在线率%", "中断", "数值不变", "时钟偏差", "未签收预警", "计划停用"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.enterprise.clone().into()),
            Some(self.enterprise_name.clone().into()),
            Some(self.points.into()),
            self.online_percent.map(|p| Value::from(format!("{p:.1}"))),
            Some(self.gaps.into()),
            Some(self.flatlines.into()),
            Some(self.clock_drift.into()),
            Some(self.unacked.into()),
            self.planned_stop
                .as_ref()
                .map(|s| Value::from(format!("{} 至 {} {}", s.from.beijing(), s.to.beijing(), s.reason))),
        ]
    }
}

/// Day and area.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RateFilter {
    /// Day, `YYYY-MM-DD`; today where not given.
    date: Option<String>,
    /// Region and everything below it.
    region: Option<String>,
    /// Enterprise.
    enterprise: Option<String>,
}

const LIST: Listing = Listing {
    select: "select t.enterprise, o.name as enterprise_name from (select distinct enterprise, region, sectors from tag) t \
        join org o on o.id = t.enterprise where 1 = 1",
    count: "from (select distinct enterprise, region, sectors from tag) t where 1 = 1",
    sorts: &[("enterprise", "t.enterprise"), ("enterprise_name", "o.name")],
    tie: "t.enterprise",
    descending: false,
};

fn asked_day(ctx: &Ctx, date: Option<&str>) -> Result<i64> {
    let today = day(ctx.now().0);
    let Some(text) = date.filter(|d| !d.is_empty()) else { return Ok(today) };
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| Error::invalid("date", "日期写成 2026-11-23 的样子"))?;
    let days = date.signed_duration_since(chrono::NaiveDate::default()).num_days();
    if days > today {
        return Err(Error::invalid("date", "日期不能晚于今天"));
    }
    Ok(days)
}

/// 在线率
#[utoipa::path(get, path = "/online-rates", tag = "online", params(PageQuery, RateFilter), responses((status = 200, body = List<OnlineRate>)))]
pub(super) async fn list(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<RateFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let day = asked_day(&ctx, filter.date.as_deref())?;
    let area = region(filter.region.as_ref())?;
    let conditions = |query: &mut Sql| {
        let columns = platform::Columns { id: "t.enterprise", ..TAG_SCOPE };
        store::visible(query, &ctx, columns, "telemetry");
        query.filter(" and t.enterprise = ", filter.enterprise.as_deref());
        below(query, "t.region", area.as_ref());
    };
    // The worst first cannot be asked of the database: the figures come from the readings.
    let worst_first = page.sort.as_deref().is_some_and(|s| s.trim_start_matches('-') == "online_percent");
    let asked = PageQuery { sort: page.sort.clone().filter(|_| !worst_first), ..page.clone() };
    let read = |row: &Row| Ok((row.get::<String>("enterprise")?, row.get::<String>("enterprise_name")?));
    let found = LIST.run(&ctx, &asked, conditions, read).await?;
    let unacked = unacked(&ctx, day).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for (enterprise, name) in found.items {
        items.push(row(&ctx, enterprise, name, day, &unacked).await?);
    }
    if worst_first {
        items.sort_by(|a, b| a.online_percent.unwrap_or(0.0).total_cmp(&b.online_percent.unwrap_or(0.0)));
        if page.sort.as_deref().is_some_and(|s| s.starts_with('-')) {
            items.reverse();
        }
    }
    Exported::new(&ctx, &page, List { items, next: found.next, total: found.total, total_exact: found.total_exact })
}

async fn row(
    ctx: &Ctx,
    enterprise: String,
    name: String,
    day: i64,
    unacked: &HashMap<String, i64>,
) -> Result<OnlineRate> {
    let rate = rate_of(ctx, &enterprise, day).await?;
    let from = day * DAY_MS - 8 * 3_600_000;
    let stop = store::stops(ctx.db(), &enterprise, from, from + DAY_MS).await?.into_iter().next();
    Ok(OnlineRate {
        unacked: unacked.get(&enterprise).copied().unwrap_or(0),
        planned_stop: stop.map(|(from, to, reason)| Stop { from: Ms(from), to: Ms(to), reason }),
        enterprise,
        enterprise_name: name,
        points: rate.points,
        online_percent: rate.online_percent,
        gaps: rate.gaps,
        flatlines: rate.flatlines,
        clock_drift: rate.clock_drift,
    })
}

async fn unacked(ctx: &Ctx, day: i64) -> Result<HashMap<String, i64>> {
    let from = day_start(day * DAY_MS);
    let query = sql(
        "select enterprise, count(*) as n from alarm where state = 'active' and raised_at >= $1 and raised_at < $2 group by enterprise",
        args![from, from + DAY_MS],
    );
    ctx.db().all(query).await?.iter().map(|r| Ok((r.get("enterprise")?, r.get("n")?))).collect()
}

/// A stop to announce.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StopForm {
    /// Start.
    from: Ms,
    /// End.
    to: Ms,
    /// Reason.
    reason: String,
}

/// 登记计划停用
#[utoipa::path(post, path = "/online-rates/{enterprise}/planned-stop", tag = "online", params(("enterprise" = String, Path)), request_body = StopForm, responses((status = 200, body = Stop)))]
pub(super) async fn plan_stop(
    ctx: Ctx,
    PathId(enterprise): PathId<String>,
    Body(form): Body<StopForm>,
) -> Result<Json<Stop>> {
    ctx.allow(&PART, Action::Edit)?;
    let reason = text("reason", "停用原因", &form.reason, 2)?;
    let org =
        Org::find(ctx.db(), &enterprise).await?.filter(|o| o.subject == Subject::Enterprise).ok_or(Error::NotFound)?;
    let placed = org.placed();
    ctx.require(&PART, Action::Edit, &placed)?;
    let (from, to) = (form.from, form.to);
    if from >= to || to.0.saturating_sub(from.0) > MAX_STOP_MS {
        return Err(Error::invalid("to", "结束时间须晚于开始时间，且不超过 180 天"));
    }
    if from.0 < ctx.now().0 - DAY_MS {
        return Err(Error::invalid("from", "计划停用最多补登一天，更早的中断不能事后改为计划停用"));
    }
    let payload =
        StopPlanned { enterprise: enterprise.as_str().into(), from: from.0, to: to.0, reason: reason.as_str().into() };
    let event = ctx.event(&payload, format!("enterprise/{enterprise}"), &placed)?;
    let mut tx = ctx.begin().await?;
    if !store::plan_stop(&mut tx, (ctx.new_id(), &placed), (from, to), &reason, event.id).await? {
        return Err(Error::invalid("from", "与已登记的计划停用时间重叠"));
    }
    ctx.commit(tx, event, vec![]).await?;
    Pipeline::of(&ctx.app)?.rates().forget(&enterprise);
    Ok(Json(Stop { from, to, reason }))
}
