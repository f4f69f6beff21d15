//! The cockpit of a region: numbers, areas and points of every part, drilled by region code.
use axum::Json;
use platform::http::Params;
use platform::view::{CardItem, Chart, MapPoint, Number};
use platform::{Ctx, Error, Ms, Result, Subject, regions};
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Which region.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CockpitQuery {
    /// 2, 4, 6, 9 or 12 digits; the caller's own area where not given.
    region: Option<String>,
}

/// A region on the way from the caller's area to this one.
#[derive(Serialize, ToSchema)]
pub(super) struct Crumb {
    region: String,
    name: String,
}

/// A child region with its counts.
#[derive(Serialize, ToSchema)]
pub(super) struct Area {
    region: String,
    name: String,
    counts: BTreeMap<String, i64>,
}

/// The situation of a region.
#[derive(Serialize, ToSchema)]
pub(super) struct Situation {
    region: String,
    name: String,
    at: Ms,
    crumbs: Vec<Crumb>,
    numbers: Vec<Number>,
    areas: Vec<Area>,
    points: Vec<MapPoint>,
    charts: Vec<Chart>,
    rows: Vec<CardItem>,
}

/// The region asked for, inside the caller's own area.
pub(super) fn allowed_region(ctx: &Ctx, asked: Option<&str>) -> Result<(Region, Region)> {
    let Some(own) = ctx.actor.region.filter(|_| ctx.actor.subject == Some(Subject::Government)) else {
        return Err(Error::Forbidden("一张图面向政府用户；企业和机构请从首页进入".to_owned()));
    };
    let region = match asked {
        Some(text) => Region::parse(text).map_err(|message| Error::invalid("region", message))?,
        None => own,
    };
    if own.contains(&region) { Ok((own, region)) } else { Err(Error::NotFound) }
}

/// 驾驶舱
#[utoipa::path(get, path = "/cockpit", tag = "portal", params(CockpitQuery), responses((status = 200, body = Situation)))]
pub(super) async fn cockpit(ctx: Ctx, Params(query): Params<CockpitQuery>) -> Result<Json<Situation>> {
    let (own, region) = allowed_region(&ctx, query.region.as_deref())?;
    let code = region.as_str().to_owned();
    let names = regions::names(ctx.db()).await?;
    let name_of = |code: &str| names.get(code).cloned().unwrap_or_else(|| code.to_owned());
    let mut situation = Situation {
        name: name_of(&code),
        at: ctx.now(),
        crumbs: crumbs(own, region)
            .into_iter()
            .map(|r| Crumb { name: name_of(r.as_str()), region: r.as_str().to_owned() })
            .collect(),
        numbers: vec![],
        areas: vec![],
        points: vec![],
        charts: vec![],
        rows: vec![],
        region: code.clone(),
    };
    let mut areas: BTreeMap<String, BTreeMap<String, i64>> =
        regions::children(ctx.db(), &code).await?.into_iter().map(|(code, _)| (code, BTreeMap::new())).collect();
    for part in ctx.app.parts().iter().filter(|p| p.built) {
        let share = (part.cockpit)(ctx.clone(), code.clone()).await?;
        situation.numbers.extend(share.numbers);
        situation.points.extend(share.points);
        situation.charts.extend(share.charts);
        situation.rows.extend(share.rows);
        for count in share.areas {
            *areas.entry(count.region).or_default().entry(count.key).or_default() += count.count;
        }
    }
    situation.areas =
        areas.into_iter().map(|(region, counts)| Area { name: name_of(&region), region, counts }).collect();
    Ok(Json(situation))
}

/// From the caller's own area down to the region shown.
fn crumbs(own: Region, region: Region) -> Vec<Region> {
    let mut path = vec![region];
    let mut at = region;
    while at != own {
        let Some(parent) = at.parent() else { break };
        path.push(parent);
        at = parent;
    }
    path.reverse();
    path
}
