//! Handlers.
use super::file::{Change, Confirmation, Source, UnitFile};
use super::form::{NewSource, Responsible};
use super::row::HazardSourceRow;
use super::store::{self, Filter};
use super::{PART, decide, write};
use axum::Json;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId};
use platform::{Action, App, Ctx, Result, Subject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(one, edit))
        .routes(routes!(confirm))
        .routes(routes!(send_back))
}

/// A part of a file that the caller may know of, but not read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HazardHiddenPart)]
pub struct HiddenPart {
    /// What is hidden.
    pub part: String,
    /// The rule that hides it.
    pub hidden_by: String,
}

/// The file of a source as the caller may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HazardSourceView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: HazardSourceRow,
    /// Site of the enterprise.
    pub site: Option<Uuid>,
    /// Longitude, CGCS2000 degrees.
    pub lon: Option<f64>,
    /// Latitude, CGCS2000 degrees.
    pub lat: Option<f64>,
    /// Residents within 500 m outside the plant boundary.
    pub population_500m: Option<u32>,
    /// Exposure factor α of those residents.
    pub alpha: Option<String>,
    /// Units with their assessment.
    pub units: Vec<UnitFile>,
    /// Tags registered for the source that are not put to a unit or tank yet.
    pub other_tags: Vec<String>,
    /// Persons responsible under 三级包保.
    pub responsible: Vec<Responsible>,
    /// Day of filing.
    pub filed_on: Option<String>,
    /// Day of the last safety evaluation.
    pub evaluated_on: Option<String>,
    /// The rule that sets the next one.
    pub evaluation_basis: String,
    /// Standard behind the figures, with clause.
    pub standard: String,
    /// Edition of the tables that were used.
    pub edition: String,
    /// Version of the rule set they belong to.
    pub rule_set: String,
    /// What to look at before confirming.
    pub warnings: Vec<String>,
    /// What the last change did to the level.
    pub last_change: Option<Change>,
    /// What the county last confirmed.
    pub confirmed: Option<Confirmation>,
    /// Why it was sent back.
    pub return_reason: Option<String>,
    /// Whether the caller may change it.
    pub may_edit: bool,
    /// Whether the caller may confirm or send it back now.
    pub may_confirm: bool,
    /// Parts of the file that are hidden from the caller.
    pub hidden: Vec<HiddenPart>,
}

/// The opinion of a confirmation.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = HazardSourceOpinion)]
pub struct Opinion {
    /// Opinion.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub opinion: Option<String>,
}

/// Why a file is sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = HazardSourceReturn)]
pub struct SendBack {
    /// What to put right, and the rule.
    #[schema(max_length = 500)]
    pub reason: String,
}

async fn view(ctx: &Ctx, source: Source) -> Result<HazardSourceView> {
    let mut view = whole(ctx, source)?;
    if !matches!(ctx.actor.subject, Some(Subject::Insurer | Subject::ServiceOrg)) {
        return Ok(view);
    }
    let mut hide = |part: &str, hidden_by: &str| {
        view.hidden.push(HiddenPart { part: part.to_owned(), hidden_by: hidden_by.to_owned() });
    };
    let people = store::opens(ctx, view.row.id, "people").await?;
    let telemetry = store::opens(ctx, view.row.id, "telemetry").await?;
    hide("审核过程", "只对企业和监管部门开放");
    if !people {
        hide("三级包保责任人", "企业没有向贵单位开放人员信息（people）");
    }
    if !telemetry {
        hide("监测点位", "企业没有向贵单位开放监测数据（telemetry）");
    }
    view.return_reason = None;
    view.warnings.clear();
    if !people {
        view.responsible.clear();
    }
    if !telemetry {
        view.other_tags.clear();
        for unit in &mut view.units {
            unit.tags.clear();
            unit.tanks.iter_mut().for_each(|t| t.tags.clear());
        }
    }
    Ok(view)
}

fn whole(ctx: &Ctx, source: Source) -> Result<HazardSourceView> {
    let row = HazardSourceRow::of(&source);
    let warnings = decide::warnings(&source.file, write::today(ctx)?);
    let covers = |action| ctx.require(&PART, action, &source.placed).is_ok();
    let (may_edit, may_confirm) =
        (covers(Action::Edit), covers(Action::Approve) && source.state == super::file::State::Filed);
    let may_confirm = may_confirm && decide::may_check(&source, store::person(ctx));
    let file = source.file;
    Ok(HazardSourceView {
        row,
        site: file.site,
        lon: file.lon,
        lat: file.lat,
        population_500m: file.population_500m,
        alpha: file.alpha.map(|a| a.to_string()),
        units: file.units,
        other_tags: file.other_tags,
        responsible: file.responsible,
        filed_on: file.filed_on.map(|d| d.to_string()),
        evaluated_on: file.evaluated_on.map(|d| d.to_string()),
        evaluation_basis: decide::EVALUATION_BASIS.to_owned(),
        standard: format!("{} {}", file.rule.standard, file.rule.clause),
        edition: file.rule.edition,
        rule_set: file.rule_set,
        warnings,
        last_change: source.last_change,
        confirmed: source.confirmed,
        return_reason: source.return_reason,
        may_edit,
        may_confirm,
        hidden: vec![],
    })
}

async fn answer(ctx: &Ctx, id: Uuid) -> Result<Json<HazardSourceView>> {
    Ok(Json(view(ctx, store::load(ctx, id).await?).await?))
}

/// 重大危险源列表
#[utoipa::path(get, path = "/hazard-sources", tag = "major_hazards", params(PageQuery, Filter), responses((status = 200, body = List<HazardSourceRow>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::list(&ctx, &page, &filter).await?;
    Exported::new(&ctx, &page, list)
}

/// 登记重大危险源
#[utoipa::path(post, path = "/hazard-sources", tag = "major_hazards", request_body = NewSource, responses((status = 200, body = HazardSourceView)))]
async fn register(ctx: Ctx, Body(form): Body<NewSource>) -> Result<Json<HazardSourceView>> {
    let id = write::file(&ctx, form).await?;
    answer(&ctx, id).await
}

/// 重大危险源档案
#[utoipa::path(get, path = "/hazard-sources/{id}", tag = "major_hazards", params(("id" = Uuid, Path)), responses((status = 200, body = HazardSourceView)))]
async fn one(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<HazardSourceView>> {
    ctx.allow(&PART, Action::View)?;
    answer(&ctx, id).await
}

/// 修改重大危险源档案
#[utoipa::path(put, path = "/hazard-sources/{id}", tag = "major_hazards", params(("id" = Uuid, Path)), request_body = NewSource, responses((status = 200, body = HazardSourceView)))]
async fn edit(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<NewSource>) -> Result<Json<HazardSourceView>> {
    write::change(&ctx, id, form).await?;
    answer(&ctx, id).await
}

/// 确认重大危险源档案
#[utoipa::path(post, path = "/hazard-sources/{id}/confirm", tag = "major_hazards", params(("id" = Uuid, Path)), request_body = Opinion, responses((status = 200, body = HazardSourceView)))]
async fn confirm(ctx: Ctx, PathId(id): PathId<Uuid>, Body(cmd): Body<Opinion>) -> Result<Json<HazardSourceView>> {
    write::confirm(&ctx, id, cmd.opinion.as_deref()).await?;
    answer(&ctx, id).await
}

/// 退回重大危险源档案
#[utoipa::path(post, path = "/hazard-sources/{id}/return", tag = "major_hazards", params(("id" = Uuid, Path)), request_body = SendBack, responses((status = 200, body = HazardSourceView)))]
async fn send_back(ctx: Ctx, PathId(id): PathId<Uuid>, Body(cmd): Body<SendBack>) -> Result<Json<HazardSourceView>> {
    write::send_back(&ctx, id, &cmd.reason).await?;
    answer(&ctx, id).await
}
