//! N15-04: the prevention plan of AQ 9010, its visits, the ledger that pays them, and complaints.
mod decide;
pub mod store;
pub mod write;

pub use decide::{Fee, LineForm, PlanForm, State, fee};

use super::PART;
use super::applications::{Because, Seen};
use super::common::{cell, today};
use axum::Json;
use decide::{ITEMS, item_name};
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, App, Ctx, Ms, Result, Subject};
use serde::{Deserialize, Serialize};
use store::{Complaint, ComplaintFilter, Line, LineFilter};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// A line of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreventionLine {
    /// Id.
    pub id: Uuid,
    /// Plan.
    pub plan: Uuid,
    /// Policy.
    pub policy: Uuid,
    /// Its number.
    pub policy_no: String,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Kind of service.
    pub item: String,
    /// In words.
    pub item_name: String,
    /// What is done.
    pub content: String,
    /// Planned day.
    pub due_on: String,
    /// Organisation that renders it.
    pub supplier: String,
    /// Its name.
    pub supplier_name: String,
    /// Money of the plan, 分.
    pub amount_fen: i64,
    /// `planned`, `scheduled`, `rendered`, `confirmed` or `settled`.
    pub state: String,
    /// In words.
    pub state_name: String,
    /// Visit.
    pub visit: Option<Uuid>,
    /// Whether the people left the enterprise.
    pub left: bool,
    /// Whether the record is signed.
    pub signed: bool,
    /// What the enterprise said.
    pub satisfied: Option<bool>,
    /// Paid, 分.
    pub settled_fen: Option<i64>,
    /// When.
    pub settled_at: Option<Ms>,
    /// Voucher.
    pub voucher: Option<String>,
    /// Open complaints.
    pub complaints: i64,
    /// What is missing before it can be paid.
    pub missing: Option<String>,
    /// Whether the planned day has passed without a service.
    pub late: bool,
    /// Whether the caller may ask for the visit.
    pub may_schedule: bool,
    /// Whether the caller may confirm it.
    pub may_confirm: bool,
    /// Whether the caller may complain.
    pub may_complain: bool,
    /// Whether the caller may pay it.
    pub may_settle: bool,
}

fn line_view(ctx: &Ctx, line: Line) -> PreventionLine {
    let p = line.progress;
    let mine = ctx.actor.subject == Some(Subject::Insurer) && ctx.actor.org == line.placed.owner;
    let own = ctx.actor.subject == Some(Subject::Enterprise);
    let may = |action| ctx.may(&PART, action);
    let day = today(ctx).map(|d| d.to_string()).unwrap_or_default();
    PreventionLine {
        may_schedule: mine && may(Action::Assign) && p.schedule().is_ok(),
        may_confirm: own && may(Action::Evaluate) && p.confirm().is_ok(),
        may_complain: own && may(Action::Evaluate) && p.agreed,
        may_settle: mine && may(Action::Settle) && p.settle().is_ok(),
        missing: p.settle().err().filter(|_| !p.settled).map(|e| e.to_string()),
        late: !p.left && line.due_on < day,
        state: p.code().to_owned(),
        state_name: p.name().to_owned(),
        left: p.left,
        signed: p.signed,
        enterprise: line.enterprise().to_owned(),
        id: line.id,
        plan: line.plan,
        policy: line.policy,
        policy_no: line.policy_no,
        enterprise_name: line.enterprise_name,
        item_name: item_name(&line.item).to_owned(),
        item: line.item,
        content: line.content,
        due_on: line.due_on,
        supplier: line.supplier,
        supplier_name: line.supplier_name,
        amount_fen: line.amount_fen,
        visit: line.visit,
        satisfied: line.satisfied,
        settled_fen: p.settled.then_some(line.settled_fen),
        settled_at: line.settled_at,
        voucher: line.voucher,
        complaints: line.complaints,
    }
}

impl Table for PreventionLine {
    const TITLE: &'static str = "事故预防服务与费用台账";
    const COLUMNS: &'static [&'static str] = &[
        "保单号",
        "企业",
        "服务项目",
        "服务内容",
        "计划日期",
        "服务机构",
        "计划金额（元）",
        "状态",
        "满意",
        "结算金额（元）",
        "结算时间",
        "凭证号",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.policy_no.as_str().into()),
            Some(self.enterprise_name.as_str().into()),
            Some(self.item_name.as_str().into()),
            Some(self.content.as_str().into()),
            Some(self.due_on.as_str().into()),
            Some(self.supplier_name.as_str().into()),
            Some(cell(self.amount_fen).into()),
            Some(self.state_name.as_str().into()),
            self.satisfied.map(|s| if s { "满意" } else { "不满意" }.into()),
            self.settled_fen.map(|fen| cell(fen).into()),
            self.settled_at.map(|at| at.beijing().into()),
            self.voucher.as_deref().map(Into::into),
        ]
    }
}

/// A plan with its lines and ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreventionPlan {
    /// Id.
    pub id: Uuid,
    /// Policy.
    pub policy: Uuid,
    /// Its number.
    pub policy_no: String,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// `proposed`, `agreed` or `returned`.
    pub state: String,
    /// In words.
    pub state_name: String,
    /// Goals in words.
    pub goals: String,
    /// Budget, 分.
    pub budget_fen: i64,
    /// Paid so far, 分.
    pub spent_fen: i64,
    /// Left, 分.
    pub balance_fen: i64,
    /// Floor and cap as they stood.
    pub fee: Fee,
    /// Lines.
    pub lines: Vec<PreventionLine>,
    /// Why it was sent back.
    pub reason: Option<String>,
    /// When both sides agreed.
    pub agreed_at: Option<Ms>,
    /// Version.
    pub revision: i64,
    /// Whether the caller may agree now.
    pub may_agree: bool,
    /// Whether the caller may send it back now.
    pub may_return: bool,
}

async fn plan_view(ctx: &Ctx, id: Uuid) -> Result<Json<PreventionPlan>> {
    let plan = store::plan(ctx, id).await?;
    let lines = store::lines_of(ctx, id).await?;
    let spent_fen = lines.iter().map(|l| l.settled_fen).sum();
    let waits = plan.state.waits().is_ok();
    let own = ctx.actor.subject == Some(Subject::Enterprise) && ctx.may(&PART, Action::Sign);
    let mine = super::common::own_insurer(ctx, &plan.placed).is_ok() && ctx.may(&PART, Action::Assign);
    Ok(Json(PreventionPlan {
        id,
        policy: plan.policy,
        enterprise: plan.enterprise().to_owned(),
        policy_no: plan.policy_no,
        enterprise_name: plan.enterprise_name,
        state: plan.state.code().to_owned(),
        state_name: plan.state.name().to_owned(),
        goals: plan.goals,
        budget_fen: plan.budget_fen,
        spent_fen,
        balance_fen: plan.budget_fen - spent_fen,
        fee: plan.fee,
        lines: lines.into_iter().map(|l| line_view(ctx, l)).collect(),
        reason: plan.reason,
        agreed_at: plan.agreed_at,
        revision: plan.revision,
        may_agree: waits && own,
        may_return: waits && (own || mine),
    }))
}

/// What a plan may be made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreventionStart {
    /// Kinds of service: code and name.
    pub items: Vec<PreventionItem>,
    /// Organisations that may render services, in the order of their numbers.
    pub suppliers: Vec<super::applications::InsurerChoice>,
    /// Floor and cap for this policy.
    pub fee: Fee,
}

/// A kind of service of AQ 9010.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreventionItem {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// 服务方案的可选项与费用上下限
#[utoipa::path(get, path = "/insurance-policies/{id}/plan", tag = "insurance", params(("id" = Uuid, Path)), responses((status = 200, body = PreventionStart)))]
async fn start(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<PreventionStart>> {
    ctx.allow(&PART, Action::View)?;
    let policy = super::policies::store::load(&ctx, id).await?;
    let fee = decide::fee(&ctx.app.rules(), policy.premium_fen, 0, today(&ctx)?, &policy.placed.region)?;
    let items = ITEMS.iter().map(|(code, name)| PreventionItem { code: (*code).into(), name: (*name).into() });
    let suppliers = super::duties::store::suppliers(&ctx, &policy.placed.owner).await?;
    Ok(Json(PreventionStart { items: items.collect(), suppliers, fee }))
}

/// 拟订事故预防服务方案
#[utoipa::path(post, path = "/insurance-policies/{id}/plan", tag = "insurance", params(("id" = Uuid, Path)), request_body = PlanForm, responses((status = 200, body = PreventionPlan)))]
async fn propose(ctx: Ctx, PathId(id): PathId<Uuid>, Body(form): Body<PlanForm>) -> Result<Json<PreventionPlan>> {
    let plan = write::propose(&ctx, id, &form).await?;
    plan_view(&ctx, plan).await
}

/// 事故预防服务方案
#[utoipa::path(get, path = "/prevention-plans/{id}", tag = "insurance", params(("id" = Uuid, Path)), responses((status = 200, body = PreventionPlan)))]
async fn plan(ctx: Ctx, PathId(id): PathId<Uuid>) -> Result<Json<PreventionPlan>> {
    ctx.allow(&PART, Action::View)?;
    plan_view(&ctx, id).await
}

/// 企业确认服务方案
#[utoipa::path(post, path = "/prevention-plans/{id}/agree", tag = "insurance", params(("id" = Uuid, Path)), request_body = Seen, responses((status = 200, body = PreventionPlan)))]
async fn agree(ctx: Ctx, PathId(id): PathId<Uuid>, Body(seen): Body<Seen>) -> Result<Json<PreventionPlan>> {
    write::agree(&ctx, id, seen.revision).await?;
    plan_view(&ctx, id).await
}

/// 退回服务方案
#[utoipa::path(post, path = "/prevention-plans/{id}/return", tag = "insurance", params(("id" = Uuid, Path)), request_body = Because, responses((status = 200, body = PreventionPlan)))]
async fn send_back(ctx: Ctx, PathId(id): PathId<Uuid>, Body(body): Body<Because>) -> Result<Json<PreventionPlan>> {
    write::send_back(&ctx, id, &body.reason, body.revision).await?;
    plan_view(&ctx, id).await
}

/// 事故预防服务与费用台账
#[utoipa::path(get, path = "/prevention-lines", tag = "insurance", params(PageQuery, LineFilter), responses((status = 200, body = List<PreventionLine>)))]
async fn lines(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<LineFilter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::lines(&ctx, &page, &filter, |l| line_view(&ctx, l)).await?;
    Exported::new(&ctx, &page, list)
}

async fn line(ctx: &Ctx, id: Uuid) -> Result<Json<PreventionLine>> {
    Ok(Json(line_view(ctx, store::line(ctx, id).await?)))
}

/// Asks for the visit of a line.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PreventionSchedule {
    /// Latest moment to come in.
    pub deadline: Ms,
    /// Skills needed, as the experts library names them.
    #[serde(default)]
    pub skills: Vec<String>,
}

/// 按方案申请一次预防服务
#[utoipa::path(post, path = "/prevention-lines/{id}/schedule", tag = "insurance", params(("id" = Uuid, Path)), request_body = PreventionSchedule, responses((status = 200, body = PreventionLine)))]
async fn schedule(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(body): Body<PreventionSchedule>,
) -> Result<Json<PreventionLine>> {
    write::schedule(&ctx, id, body.deadline, body.skills).await?;
    line(&ctx, id).await
}

/// What the enterprise says of a service.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PreventionConfirm {
    /// Satisfied.
    pub satisfied: bool,
    /// Concrete opinion; needed where not satisfied.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub comment: Option<String>,
}

/// 企业确认一次预防服务
#[utoipa::path(post, path = "/prevention-lines/{id}/confirm", tag = "insurance", params(("id" = Uuid, Path)), request_body = PreventionConfirm, responses((status = 200, body = PreventionLine)))]
async fn confirm(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(body): Body<PreventionConfirm>,
) -> Result<Json<PreventionLine>> {
    write::confirm(&ctx, id, body.satisfied, body.comment.as_deref()).await?;
    line(&ctx, id).await
}

/// A payment from the ledger.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PreventionSettle {
    /// Money, 分.
    pub amount_fen: i64,
    /// Number of the voucher.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub voucher: Option<String>,
}

/// 结算一次预防服务的费用
#[utoipa::path(post, path = "/prevention-lines/{id}/settle", tag = "insurance", params(("id" = Uuid, Path)), request_body = PreventionSettle, responses((status = 200, body = PreventionLine)))]
async fn settle(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(body): Body<PreventionSettle>,
) -> Result<Json<PreventionLine>> {
    write::settle(&ctx, id, body.amount_fen, body.voucher.as_deref()).await?;
    line(&ctx, id).await
}

/// What is complained of.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ServiceComplaintForm {
    /// In words.
    #[schema(max_length = 1000)]
    pub text: String,
}

/// A complaint.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceComplaint {
    /// Id.
    pub id: Uuid,
    /// Line.
    pub line: Uuid,
    /// Plan.
    pub plan: Uuid,
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// What the service was.
    pub content: String,
    /// What is complained of.
    pub text: String,
    /// `open` or `answered`.
    pub state: String,
    /// In words.
    pub state_name: String,
    /// Answer due.
    pub due_at: Ms,
    /// Ten working days passed without an answer.
    pub overdue: bool,
    /// Finding and basis.
    pub finding: Option<String>,
    /// Measures.
    pub measures: Option<String>,
    /// When it was filed.
    pub filed_at: Ms,
    /// When it was answered.
    pub answered_at: Option<Ms>,
    /// Version.
    pub revision: i64,
    /// Whether the caller may answer.
    pub may_answer: bool,
}

fn complaint_view(ctx: &Ctx, c: Complaint) -> ServiceComplaint {
    let open = c.state == "open";
    let mine = super::common::own_insurer(ctx, &c.placed).is_ok();
    let state_name = match (open, c.overdue) {
        (true, true) => "逾期未答复",
        (true, false) => "待答复",
        (false, true) => "逾期后答复",
        (false, false) => "已答复",
    };
    ServiceComplaint {
        may_answer: open && mine && ctx.may(&PART, Action::Explain),
        state_name: state_name.to_owned(),
        enterprise: c.placed.enterprise.clone().unwrap_or_default(),
        id: c.id,
        line: c.line,
        plan: c.plan,
        enterprise_name: c.enterprise_name,
        content: c.content,
        text: c.text,
        state: c.state,
        due_at: c.due_at,
        overdue: c.overdue,
        finding: c.finding,
        measures: c.measures,
        filed_at: c.filed_at,
        answered_at: c.answered_at,
        revision: c.revision,
    }
}

impl Table for ServiceComplaint {
    const TITLE: &'static str = "预防服务投诉";
    const COLUMNS: &'static [&'static str] =
        &["企业", "服务内容", "投诉内容", "状态", "答复期限", "调查结论与依据", "处理措施", "投诉时间", "答复时间"];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.enterprise_name.as_str().into()),
            Some(self.content.as_str().into()),
            Some(self.text.as_str().into()),
            Some(self.state_name.as_str().into()),
            Some(super::common::last_day(self.due_at).into()),
            self.finding.as_deref().map(Into::into),
            self.measures.as_deref().map(Into::into),
            Some(self.filed_at.beijing().into()),
            self.answered_at.map(|at| at.beijing().into()),
        ]
    }
}

/// 投诉一次预防服务
#[utoipa::path(post, path = "/prevention-lines/{id}/complain", tag = "insurance", params(("id" = Uuid, Path)), request_body = ServiceComplaintForm, responses((status = 200, body = ServiceComplaint)))]
async fn complain(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(body): Body<ServiceComplaintForm>,
) -> Result<Json<ServiceComplaint>> {
    let complaint = write::complain(&ctx, id, &body.text).await?;
    Ok(Json(complaint_view(&ctx, store::complaint(&ctx, complaint).await?)))
}

/// 预防服务投诉列表
#[utoipa::path(get, path = "/service-complaints", tag = "insurance", params(PageQuery, ComplaintFilter), responses((status = 200, body = List<ServiceComplaint>)))]
async fn complaints(
    ctx: Ctx,
    Params(page): Params<PageQuery>,
    Params(filter): Params<ComplaintFilter>,
) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::complaints(&ctx, &page, &filter, |c| complaint_view(&ctx, c)).await?;
    Exported::new(&ctx, &page, list)
}

/// The answer to a complaint.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ServiceComplaintAnswer {
    /// Finding and basis.
    #[schema(max_length = 1000)]
    pub finding: String,
    /// Measures.
    #[schema(max_length = 1000)]
    pub measures: String,
    /// Version.
    #[serde(default)]
    pub revision: Option<i64>,
}

/// 答复预防服务投诉
#[utoipa::path(post, path = "/service-complaints/{id}/answer", tag = "insurance", params(("id" = Uuid, Path)), request_body = ServiceComplaintAnswer, responses((status = 200, body = ServiceComplaint)))]
async fn answer(
    ctx: Ctx,
    PathId(id): PathId<Uuid>,
    Body(body): Body<ServiceComplaintAnswer>,
) -> Result<Json<ServiceComplaint>> {
    write::reply(&ctx, id, &body.finding, &body.measures, body.revision).await?;
    Ok(Json(complaint_view(&ctx, store::complaint(&ctx, id).await?)))
}

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(start, propose))
        .routes(routes!(plan))
        .routes(routes!(agree))
        .routes(routes!(send_back))
        .routes(routes!(lines))
        .routes(routes!(schedule))
        .routes(routes!(confirm))
        .routes(routes!(settle))
        .routes(routes!(complain))
        .routes(routes!(complaints))
        .routes(routes!(answer))
}
