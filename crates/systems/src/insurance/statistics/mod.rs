//! N15-14: per insurer how much is covered and what becomes of the prevention fee.
pub mod store;

use super::PART;
use super::common::{cell, today};
use super::prevention::Fee;
use platform::http::{Exported, List, PageQuery, Params, Table};
use platform::sheets::Value;
use platform::{Action, App, Ctx, Result};
use serde::Serialize;
use store::Filter;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What one insurer does in the caller's area.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsurerStatistics {
    /// Insurer.
    pub insurer: String,
    /// Its name.
    pub insurer_name: String,
    /// Policies in force.
    pub policies: i64,
    /// People covered.
    pub people: i64,
    /// Premium in force, 分.
    pub premium_fen: i64,
    /// Policies with an agreed prevention plan.
    pub planned: i64,
    /// Budget of agreed plans, 分.
    pub budget_fen: i64,
    /// Paid, 分.
    pub spent_fen: i64,
    /// Share of the premium, hundredths of a percent.
    pub share_bp: i64,
    /// Most that may be spent, 分.
    pub cap_fen: Option<i64>,
    /// Least that must be spent, 分.
    pub floor_fen: Option<i64>,
    /// `不足`, `合规` or `超限`.
    pub status: String,
    /// Complaints without an answer after ten working days.
    pub overdue_complaints: i64,
}

/// Sums of one insurer before the rule is applied.
pub struct Sums {
    /// Insurer.
    pub insurer: String,
    /// Its name.
    pub insurer_name: String,
    /// Policies in force.
    pub policies: i64,
    /// People covered.
    pub people: i64,
    /// Premium in force, 分.
    pub premium_fen: i64,
    /// Policies with an agreed plan.
    pub planned: i64,
    /// Budget, 分.
    pub budget_fen: i64,
    /// Paid, 分.
    pub spent_fen: i64,
    /// Overdue complaints.
    pub overdue: i64,
}

impl Sums {
    fn view(self, fee: Option<Fee>) -> InsurerStatistics {
        let share_bp = self.spent_fen.saturating_mul(10_000).checked_div(self.premium_fen).unwrap_or_default();
        InsurerStatistics {
            insurer: self.insurer,
            insurer_name: self.insurer_name,
            policies: self.policies,
            people: self.people,
            premium_fen: self.premium_fen,
            planned: self.planned,
            budget_fen: self.budget_fen,
            spent_fen: self.spent_fen,
            share_bp,
            cap_fen: fee.as_ref().and_then(|f| f.cap_fen),
            floor_fen: fee.as_ref().and_then(|f| f.floor_fen),
            status: fee.map(|f| f.status).unwrap_or_default(),
            overdue_complaints: self.overdue,
        }
    }
}

impl Table for InsurerStatistics {
    const TITLE: &'static str = "保险机构承保与预防费用统计";
    const COLUMNS: &'static [&'static str] = &[
        "保险机构",
        "在保保单",
        "承保人数",
        "保险费（元）",
        "有服务方案的保单",
        "预防费用预算（元）",
        "已列支（元）",
        "占比（%）",
        "上限（元）",
        "下限（元）",
        "结论",
        "逾期未答复投诉",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.insurer_name.as_str().into()),
            Some(self.policies.into()),
            Some(self.people.into()),
            Some(cell(self.premium_fen).into()),
            Some(self.planned.into()),
            Some(cell(self.budget_fen).into()),
            Some(cell(self.spent_fen).into()),
            Some(cell(self.share_bp).into()),
            self.cap_fen.map(|fen| cell(fen).into()),
            self.floor_fen.map(|fen| cell(fen).into()),
            Some(self.status.as_str().into()),
            Some(self.overdue_complaints.into()),
        ]
    }
}

/// 保险机构承保与预防费用统计
#[utoipa::path(get, path = "/insurance-statistics", tag = "insurance", params(PageQuery, Filter), responses((status = 200, body = List<InsurerStatistics>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let sums = store::sums(&ctx, &filter).await?;
    let rules = ctx.app.rules();
    let region = ctx.actor.region.map(|r| r.to_string()).unwrap_or_default();
    let day = today(&ctx)?;
    let view = |s: Sums| {
        let fee = super::prevention::fee(&rules, s.premium_fen, s.spent_fen, day, &region).ok();
        s.view(fee)
    };
    let items: Vec<InsurerStatistics> = sums.into_iter().map(view).collect();
    let total = i64::try_from(items.len()).unwrap_or_default();
    Exported::new(&ctx, &page, List { items, next: None, total, total_exact: true })
}

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}
