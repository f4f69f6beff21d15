//! The trend of a tag with its limits, alarms and gaps.

use axum::Json;
use platform::http::{Params, PathId};
use platform::{Action, Ctx, Error, Ms, Result, args, sql};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::super::{PART, Pipeline, coverage, store};
use super::tags::LimitForm;

/// Longest window of one trend.
const MAX_WINDOW_MS: i64 = 366 * 86_400_000;
const DAY_MS: i64 = 86_400_000;

/// Window and resolution.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesQuery {
    /// Start; a day ago where not given.
    from: Option<Ms>,
    /// End; now where not given.
    to: Option<Ms>,
    /// Intervals, 1 to 2000, 600 where not given.
    #[param(minimum = 1, maximum = 2000)]
    points: Option<usize>,
}

/// The limits from a moment on.
#[derive(Debug, Serialize, ToSchema)]
pub struct LimitsFrom {
    /// In force from.
    from: Ms,
    /// The limits.
    #[serde(flatten)]
    limits: LimitForm,
}

/// An alarm inside the window.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlarmSpan {
    /// Alarm.
    id: Uuid,
    /// Level.
    level: String,
    /// Priority.
    priority: i64,
    /// Raised.
    from: Ms,
    /// Back to normal or cleared.
    to: Option<Ms>,
}

/// A pause in the data.
#[derive(Debug, Serialize, ToSchema)]
pub struct Gap {
    /// Start.
    from: Ms,
    /// End.
    to: Ms,
}

/// A trend.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Trend)]
pub struct Series {
    /// `[time in ms, min, max, average]`; intervals without data are left out.
    #[schema(value_type = Vec<Vec<f64>>)]
    points: Vec<(i64, f64, f64, f64)>,
    /// Limits over time.
    limits_history: Vec<LimitsFrom>,
    /// Alarms.
    alarms: Vec<AlarmSpan>,
    /// Pauses longer than three samples.
    gaps: Vec<Gap>,
}

/// 点位趋势
#[utoipa::path(get, path = "/tags/{tag}/series", tag = "online", params(("tag" = String, Path), SeriesQuery), responses((status = 200, body = Series)))]
pub(super) async fn series(
    ctx: Ctx,
    PathId(name): PathId<String>,
    Params(query): Params<SeriesQuery>,
) -> Result<Json<Series>> {
    ctx.allow(&PART, Action::View)?;
    let to = query.to.unwrap_or_else(|| ctx.now()).0;
    let from = query.from.map_or_else(|| to.saturating_sub(DAY_MS), |f| f.0);
    if from >= to || to.saturating_sub(from) > MAX_WINDOW_MS {
        return Err(Error::invalid("from", "开始时间须早于结束时间，且相距不超过 366 天"));
    }
    let buckets = query.points.unwrap_or(600);
    if !(1..=2_000).contains(&buckets) {
        return Err(Error::invalid("points", "点数须在 1 到 2000 之间"));
    }
    let tag = store::tag(&ctx, &name).await?;
    let pipeline = Pipeline::of(&ctx.app)?;
    let raw = pipeline.telemetry.points(&name, from, to).await.map_err(Error::internal)?;
    let enterprise = tag.placed.enterprise.clone().unwrap_or_default();
    let stops: Vec<_> =
        store::stops(ctx.db(), &enterprise, from, to).await?.into_iter().map(|(a, b, _)| (a, b)).collect();
    // Nothing is missing in the future.
    let gaps = coverage::measure(&raw, tag.sample_s, from, to.min(ctx.now().0), &stops).gaps;
    let points = super::super::codec::down_sample(raw, from, to, buckets);
    Ok(Json(Series {
        points: points.into_iter().map(|b| (b.from, b.min, b.max, b.avg)).collect(),
        limits_history: history(&ctx, &name).await?,
        alarms: alarms(&ctx, &name, from, to).await?,
        gaps: gaps.into_iter().map(|(a, b)| Gap { from: Ms(a), to: Ms(b) }).collect(),
    }))
}

async fn history(ctx: &Ctx, tag: &str) -> Result<Vec<LimitsFrom>> {
    let versions = store::limit_versions(ctx.db(), tag).await?;
    Ok(versions.iter().map(|(from, limits)| LimitsFrom { from: *from, limits: limits.into() }).collect())
}

async fn alarms(ctx: &Ctx, tag: &str, from: i64, to: i64) -> Result<Vec<AlarmSpan>> {
    let mut query = sql(
        "select a.id, a.level, a.priority, a.raised_at, coalesce(a.back_at, a.cleared_at) as ended_at from alarm a
         where a.tag = $1 and a.raised_at < $2 and (a.back_at is null or a.back_at >= $3)",
        args![tag, to, from],
    );
    store::visible(&mut query, ctx, super::super::model::ALARM_SCOPE, "alarms");
    query.push(" order by a.raised_at limit 500");
    let rows = ctx.db().all(query).await?;
    rows.iter()
        .map(|r| {
            Ok(AlarmSpan {
                id: r.get("id")?,
                level: r.get("level")?,
                priority: r.get("priority")?,
                from: r.get("raised_at")?,
                to: r.get("ended_at")?,
            })
        })
        .collect()
}
