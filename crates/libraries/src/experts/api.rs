//! Handlers.
use super::PART;
use super::find::{self, Found, Search};
use super::store::{self, Filter, InstrumentFilter, ServiceFilter};
use super::taxonomy::{self, Taxonomy};
use super::view::{Certificate, Conflict, ExpertRow, Instrument, OrgRow, Service};
use super::write::{self, ConflictForm, ExpertForm, InstrumentForm, ServiceAnswer};
use axum::Json;
use platform::auth::Org;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId};
use platform::{Action, App, Ctx, Error, Ms, Placed, Result, Role, Subject, regions, scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, register))
        .routes(routes!(terms))
        .routes(routes!(search))
        .routes(routes!(one, change))
        .routes(routes!(declare))
        .routes(routes!(orgs))
        .routes(routes!(org))
        .routes(routes!(instruments, calibrate))
        .routes(routes!(services))
        .routes(routes!(service))
        .routes(routes!(confirm))
}

/// The id of what was entered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ExpertEntered)]
pub struct Entered {
    /// Id.
    pub id: Uuid,
}

/// An expert as the caller may see him or her.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExpertView {
    /// What the library shows of everybody.
    #[serde(flatten)]
    pub row: ExpertRow,
    /// Certificates.
    pub certificates: Vec<Certificate>,
    /// Declared conflicts; for the person, the own organisation and the government of its area.
    pub conflicts: Option<Vec<Conflict>>,
    /// The rule that hides them from others.
    pub hidden_by: Option<String>,
    /// Visits of this expert within the caller's scope.
    pub services: i64,
    /// Whether the caller may change the file.
    pub may_edit: bool,
    /// Whether the caller may declare a conflict.
    pub may_declare: bool,
    /// Edition of the taxonomy.
    pub edition: String,
}

/// A service organisation as the library sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExpertOrgView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Region.
    pub region: String,
    /// Its name.
    pub region_name: String,
    /// People in the library.
    pub experts: i64,
    /// Qualifications of the organisation.
    pub qualifications: Vec<Certificate>,
    /// Visits within the caller's scope.
    pub services: i64,
    /// Whether the caller keeps its file.
    pub may_edit: bool,
}

/// Words looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Words {
    /// Name.
    q: Option<String>,
}

/// Whom the caller looks for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Enterprise; an enterprise looks for itself.
    enterprise: Option<String>,
    /// Skills, separated by commas; where none is named, what its trade and risk tags call for.
    skills: Option<String>,
    /// Kind of task; `inspection` where not given.
    task: Option<String>,
    /// First day, such as 2026-12-01; tomorrow where not given.
    from: Option<String>,
    /// Last day; the first one where not given.
    to: Option<String>,
}

/// The answer of a search, with what was asked.
#[derive(Serialize, ToSchema)]
struct FindAnswer {
    enterprise: String,
    enterprise_name: String,
    skills: Vec<String>,
    skill_names: Vec<String>,
    task: String,
    from: Ms,
    to: Ms,
    #[serde(flatten)]
    found: Found,
}

/// Who keeps the confidential half of a file: the own organisation and the government of its area.
fn keeps(ctx: &Ctx, row: &ExpertRow, placed: &Placed) -> bool {
    let government = ctx.actor.subject == Some(Subject::Government) && scope::covers(&ctx.actor, placed);
    ctx.actor.is_internal() || row.org == ctx.actor.org || government
}

async fn view(ctx: &Ctx, id: Uuid) -> Result<Json<ExpertView>> {
    let (row, placed) = store::find(ctx, id).await?;
    let open = keeps(ctx, &row, &placed);
    let filter = ServiceFilter { person: Some(id), ..ServiceFilter::default() };
    let page = PageQuery { size: Some(1), ..PageQuery::default() };
    Ok(Json(ExpertView {
        certificates: store::certificates_of(ctx, &row.org, Some(id)).await?,
        conflicts: if open { Some(store::conflicts_of(ctx, id).await?) } else { None },
        hidden_by: (!open).then(|| "回避申报只对本人所在机构和属地监管部门开放".to_owned()),
        services: store::services(ctx, &page, &filter).await?.total,
        may_edit: row.org == ctx.actor.org && ctx.may(&PART, Action::Edit),
        may_declare: open && ctx.may(&PART, Action::Explain),
        edition: taxonomy::at(ctx.now())?.mark(),
        row,
    }))
}

/// 专家库
#[utoipa::path(get, path = "/experts", tag = "experts", params(PageQuery, Filter), responses((status = 200, body = List<ExpertRow>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::experts(&ctx, &page, &filter).await?;
    Exported::new(&ctx, &page, list)
}

/// 专家入库
#[utoipa::path(post, path = "/experts", tag = "experts", request_body = ExpertForm, responses((status = 200, body = ExpertView)))]
async fn register(ctx: Ctx, Body(form): Body<ExpertForm>) -> Result<Json<ExpertView>> {
    let id = write::register(&ctx, &form).await?;
    view(&ctx, id).await
}

/// 专业、任务、证书和仪器的分类（带版本）
#[utoipa::path(get, path = "/expert-terms", tag = "experts", responses((status = 200, body = Taxonomy)))]
async fn terms(ctx: Ctx) -> Result<Json<Taxonomy>> {
    ctx.allow(&PART, Action::View)?;
    Ok(Json(taxonomy::at(ctx.now())?.clone()))
}

/// 专家档案
#[utoipa::path(get, path = "/experts/{id}", tag = "experts", params(("id" = Uuid, Path)), responses((status = 200, body = ExpertView)))]
async fn one(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<ExpertView>> {
    ctx.allow(&PART, Action::View)?;
    view(&ctx, id).await
}

/// 修改专家档案
#[utoipa::path(put, path = "/experts/{id}", tag = "experts", params(("id" = Uuid, Path)), request_body = ExpertForm, responses((status = 200, body = ExpertView)))]
async fn change(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<ExpertForm>) -> Result<Json<ExpertView>> {
    write::change(&ctx, id, &form).await?;
    view(&ctx, id).await
}

/// 申报回避
#[utoipa::path(post, path = "/experts/{id}/conflicts", tag = "experts", params(("id" = Uuid, Path)), request_body = ConflictForm, responses((status = 200, body = Entered)))]
async fn declare(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<ConflictForm>) -> Result<Json<Entered>> {
    Ok(Json(Entered { id: write::declare(&ctx, id, &form).await? }))
}

/// 查找专家：先后次序的理由，不能派的原因
#[utoipa::path(get, path = "/expert-search", tag = "experts", params(Wanted), responses((status = 200, body = FindAnswer)))]
async fn search(ctx: Ctx, Params(wanted): Params<Wanted>) -> Result<Json<FindAnswer>> {
    ctx.allow(&PART, Action::View)?;
    let org = enterprise(&ctx, wanted.enterprise.as_deref()).await?;
    let taxonomy = taxonomy::at(ctx.now())?;
    let (from, to) = window(&ctx, &wanted)?;
    let named = wanted.skills.as_deref().unwrap_or_default();
    let mut skills: Vec<String> =
        named.split([',', '，', '、']).map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect();
    if skills.is_empty() {
        let words = subjects::enterprise::risk_words(ctx.db(), &org.id).await?;
        skills = taxonomy.skills_for(words.iter().map(String::as_str));
    }
    let task = wanted.task.filter(|t| !t.is_empty()).unwrap_or_else(|| "inspection".to_owned());
    if !taxonomy.tasks.iter().any(|t| t.code == task) {
        return Err(Error::invalid("task", "任务种类不在分类中，请从列表中选择"));
    }
    let search = Search { enterprise: org.id.clone(), skills: skills.clone(), task: task.clone(), from, to };
    let mut found = find::candidates(&ctx, &search).await?;
    if ctx.actor.subject != Some(Subject::Government) {
        found.rejected.iter_mut().for_each(|c| conceal(&ctx, c));
    }
    let skill_names = skills.iter().map(|s| taxonomy.skill_name(s).to_owned()).collect();
    let (enterprise, enterprise_name) = (org.id, org.name);
    Ok(Json(FindAnswer { enterprise, enterprise_name, skills, skill_names, task, from: Ms(from), to: Ms(to), found }))
}

/// What an expert declared is told to the own organisation and the government only.
fn conceal(ctx: &Ctx, candidate: &mut find::Candidate) {
    if candidate.org == ctx.actor.org {
        return;
    }
    for reason in candidate.reasons.iter_mut().filter(|r| r.code == "conflict") {
        "有回避情形".clone_into(&mut reason.text);
    }
}

/// The enterprise a search is about, within the caller's scope.
async fn enterprise(ctx: &Ctx, given: Option<&str>) -> Result<Org> {
    let id = match given.map(str::trim).filter(|g| !g.is_empty()) {
        Some(id) => id,
        None if ctx.actor.subject == Some(Subject::Enterprise) => ctx.actor.org.as_str(),
        None => return Err(Error::invalid("enterprise", "请选择要去的企业")),
    };
    store::enterprise(ctx, id).await
}

/// The window asked for: whole days in Beijing, at most a quarter.
fn window(ctx: &Ctx, wanted: &Wanted) -> Result<(i64, i64)> {
    use standards::date::Date;
    let day = |field: &str, text: &str| {
        Date::parse(text.trim()).ok_or_else(|| Error::invalid(field, "请填写日期，如 2026-12-01"))
    };
    let today = Date::beijing(ctx.now().0).ok_or_else(|| Error::internal("the clock stands outside the calendar"))?;
    let from = wanted.from.as_deref().filter(|d| !d.is_empty()).map(|d| day("from", d)).transpose()?;
    let from = from.or_else(|| today.add_days(1)).unwrap_or(today);
    let to = wanted.to.as_deref().filter(|d| !d.is_empty()).map(|d| day("to", d)).transpose()?.unwrap_or(from);
    if from < today {
        return Err(Error::invalid("from", "开始日期已经过去，请填写今天或以后"));
    }
    if to < from || from.add_days(92).is_some_and(|most| to > most) {
        return Err(Error::invalid("to", "结束日期须不早于开始日期，且不超过三个月"));
    }
    Ok((from.beijing_start_ms(), to.beijing_start_ms() + super::decide::DAY - 1))
}

/// 库中的技术服务机构
#[utoipa::path(get, path = "/expert-orgs", tag = "experts", params(PageQuery, Words), responses((status = 200, body = List<OrgRow>)))]
async fn orgs(ctx: Ctx, Params(page): Params<PageQuery>, Params(words): Params<Words>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::orgs(&ctx, &page, words.q.as_deref()).await?;
    Exported::new(&ctx, &page, list)
}

/// 机构能力：专家、资质、仪器、服务
#[utoipa::path(get, path = "/expert-orgs/{id}", tag = "experts", params(("id" = String, Path)), responses((status = 200, body = ExpertOrgView)))]
async fn org(ctx: Ctx, PathId(id): PathId<String>) -> Result<Json<ExpertOrgView>> {
    ctx.allow(&PART, Action::View)?;
    let org = Org::find(ctx.db(), &id).await?.filter(|o| o.subject == Subject::ServiceOrg).ok_or(Error::NotFound)?;
    let page = PageQuery { size: Some(1), ..PageQuery::default() };
    let filter = Filter { org: Some(org.id.clone()), ..Filter::default() };
    let served = ServiceFilter { org: Some(org.id.clone()), ..ServiceFilter::default() };
    Ok(Json(ExpertOrgView {
        region_name: regions::name(ctx.db(), &org.region).await?,
        experts: store::experts(&ctx, &page, &filter).await?.total,
        qualifications: store::certificates_of(&ctx, &org.id, None).await?,
        services: store::services(&ctx, &page, &served).await?.total,
        may_edit: ctx.actor.org == org.id && ctx.may(&PART, Action::Register),
        id: org.id,
        name: org.name,
        region: org.region,
    }))
}

/// 仪器设备与检定
#[utoipa::path(get, path = "/instruments", tag = "experts", params(PageQuery, InstrumentFilter), responses((status = 200, body = List<Instrument>)))]
async fn instruments(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<InstrumentFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::instruments(&ctx, &page, &filter).await?;
    Exported::new(&ctx, &page, list)
}

/// 登记仪器或新的检定
#[utoipa::path(post, path = "/instruments", tag = "experts", request_body = InstrumentForm, responses((status = 200, body = Entered)))]
async fn calibrate(ctx: Ctx, Body(form): Body<InstrumentForm>) -> Result<Json<Entered>> {
    Ok(Json(Entered { id: write::calibrate(&ctx, &form).await? }))
}

/// 服务记录
#[utoipa::path(get, path = "/services", tag = "experts", params(PageQuery, ServiceFilter), responses((status = 200, body = List<Service>)))]
async fn services(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<ServiceFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::services(&ctx, &page, &filter).await?;
    Exported::new(&ctx, &page, list)
}

/// 一次服务
#[utoipa::path(get, path = "/services/{id}", tag = "experts", params(("id" = Uuid, Path)), responses((status = 200, body = Service)))]
async fn service(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<Service>> {
    ctx.allow(&PART, Action::View)?;
    Ok(Json(store::service_of(&ctx, id).await?))
}

/// 企业确认服务
#[utoipa::path(post, path = "/services/{id}/confirm", tag = "experts", params(("id" = Uuid, Path)), request_body = ServiceAnswer, responses((status = 200, body = Service)))]
async fn confirm(ctx: Ctx, PathId(id): PathId<Uuid>, Body(answer): Body<ServiceAnswer>) -> Result<Json<Service>> {
    write::confirm(&ctx, id, &answer).await?;
    Ok(Json(store::service_of(&ctx, id).await?))
}

/// Roles that keep the file of a service organisation.
pub const KEEPERS: [Role; 2] = [Role::ServiceAdmin, Role::ProjectManager];
