//! N15-01: who must insure, who has not, who lapses soon, and whether all people are covered.
pub mod store;

use super::PART;
use super::common::{RULE, text};
use axum::Json;
use events::insurance::InsuranceDutyDecided;
use platform::auth::Org;
use platform::http::{Body, Exported, List, PageQuery, Params, PathId, Table};
use platform::sheets::Value;
use platform::{Action, App, Ctx, Error, Ms, Result, Subject};
use serde::{Deserialize, Serialize};
use standards::codes::Region;
use standards::insurance::must_insure;
use standards::tables::{Scope, Tables};
use store::{Filter, Unit};
use subjects::enterprise::facts::Facts;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// A policy that ends within so many days is announced.
pub const SOON_MS: i64 = 30 * 86_400_000;

/// Words of registered trades and tags → sector of the list. The list speaks of legal categories, so
/// this is a presumption that the county may correct.
const WORDS: &[(&str, &str)] = &[
    ("民用爆炸", "民用爆炸物品"),
    ("烟花爆竹", "烟花爆竹"),
    ("危险化学品", "危险化学品"),
    ("矿山", "矿山"),
    ("尾矿", "矿山"),
    ("煤矿", "矿山"),
    ("冶金", "金属冶炼"),
    ("金属冶炼", "金属冶炼"),
    ("深井铸造", "金属冶炼"),
    ("建筑施工", "建筑施工"),
    ("道路运输", "交通运输"),
    ("交通运输", "交通运输"),
    ("渔业生产", "渔业生产"),
];

/// The sector an enterprise presumably belongs to; none where it is encouraged only.
pub fn presumed(facts: &Facts) -> Option<&'static str> {
    let known = |text: &str| WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, sector)| *sector);
    known(&facts.industry).or_else(|| facts.tags.iter().find_map(|tag| known(tag)))
}

/// Whether the list of the day has the sector.
pub fn mandatory(tables: &Tables, sector: &str, on: standards::date::Date, region: &str) -> bool {
    let scope = Scope { on: Some(on), region: Region::parse(region).ok() };
    must_insure(tables, sector, scope).is_ok_and(|m| m.mandatory)
}

/// Where an enterprise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// No policy.
    None,
    /// The policy ended and nothing followed.
    Lapsed,
    /// The policy ends within thirty days.
    Soon,
    /// Covered.
    Covered,
}

impl Standing {
    const ALL: [Self; 4] = [Self::None, Self::Lapsed, Self::Soon, Self::Covered];
    /// From the moment the cover ends.
    pub const fn of(covered_to: i64, now: Ms) -> Self {
        if covered_to == 0 {
            Self::None
        } else if covered_to <= now.0 {
            Self::Lapsed
        } else if covered_to <= now.0 + SOON_MS {
            Self::Soon
        } else {
            Self::Covered
        }
    }
    /// Word of filters.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Lapsed => "lapsed",
            Self::Soon => "soon",
            Self::Covered => "covered",
        }
    }
    /// Chinese name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "未投保",
            Self::Lapsed => "已脱保",
            Self::Soon => "即将到期",
            Self::Covered => "在保",
        }
    }
    /// Reads the word of a filter.
    pub fn parse(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|s| s.code() == text);
        found.ok_or_else(|| Error::invalid("standing", "投保状态只能是 none、lapsed、soon 或 covered"))
    }
}

/// A row of the list of those who must insure.
#[derive(Debug, Serialize, ToSchema)]
pub struct InsuranceDuty {
    /// Enterprise.
    pub enterprise: String,
    /// Its name.
    pub enterprise_name: String,
    /// Region.
    pub region: String,
    /// Sector of the list; empty where insured without having to.
    pub sector: String,
    /// Whether the county decided the sector; otherwise it is presumed from the registered trade.
    pub decided: bool,
    /// `none`, `lapsed`, `soon` or `covered`.
    pub standing: String,
    /// In words.
    pub standing_name: String,
    /// Policy.
    pub policy: Option<String>,
    /// Insurer.
    pub insurer: Option<String>,
    /// Its name.
    pub insurer_name: Option<String>,
    /// Last day of the cover.
    pub covered_to: Option<String>,
    /// People covered.
    pub insured_people: i64,
    /// People on the register.
    pub employees: i64,
    /// People on the register who are not covered.
    pub uncovered: i64,
}

impl Table for InsuranceDuty {
    const TITLE: &'static str = "安责险应保尽保清单";
    const COLUMNS: &'static [&'static str] = &[
        "企业",
        "区域",
        "应投保行业",
        "认定方式",
        "投保状态",
        "保险机构",
        "保险止期",
        "在册人数",
        "承保人数",
        "未承保人数",
    ];
    fn cells(&self) -> Vec<Option<Value>> {
        vec![
            Some(self.enterprise_name.as_str().into()),
            Some(self.region.as_str().into()),
            Some(self.sector.as_str().into()),
            Some(if self.decided { "监管部门认定" } else { "按登记行业推定" }.into()),
            Some(self.standing_name.as_str().into()),
            self.insurer_name.as_deref().map(Into::into),
            self.covered_to.as_deref().map(Into::into),
            Some(self.employees.into()),
            Some(self.insured_people.into()),
            Some(self.uncovered.into()),
        ]
    }
}

/// What the county decides.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InsuranceDutyDecision {
    /// Sector of the list; empty where the enterprise belongs to none.
    #[serde(default)]
    pub sector: String,
    /// Ground.
    #[schema(max_length = 200)]
    pub reason: String,
}

/// Decides whether an enterprise must insure.
pub async fn decide(ctx: &Ctx, enterprise: &str, body: &InsuranceDutyDecision) -> Result<()> {
    ctx.allow(&PART, Action::Edit)?;
    let org = Org::find(ctx.db(), enterprise).await?.filter(|o| o.subject == Subject::Enterprise);
    let org = org.ok_or(Error::NotFound)?;
    ctx.require(&PART, Action::Edit, &org.placed())?;
    if ctx.actor.subject != Some(Subject::Government) && !ctx.actor.is_internal() {
        return Err(Error::Forbidden("投保义务由属地监管部门认定".to_owned()));
    }
    let reason = text("reason", &body.reason, "认定理由", 200)?;
    let sector = body.sector.trim();
    if !sector.is_empty() && !mandatory(&ctx.app.rules(), sector, super::common::today(ctx)?, &org.region) {
        return Err(Error::invalid(
            "sector",
            format!("“{sector}”不在应投保行业名单中（{RULE} 第二条），请从名单中选择或留空"),
        ));
    }
    let facts = subjects::enterprise::facts::facts(ctx, enterprise).await?;
    let employees = facts.and_then(|f| f.employees).map_or(0, i64::from);
    let mut tx = ctx.begin().await?;
    store::put(&mut tx, &org, sector, true, employees).await?;
    let payload = InsuranceDutyDecided {
        enterprise: enterprise.into(),
        sector: (!sector.is_empty()).then(|| sector.into()),
        reason: reason.into(),
    };
    let event = ctx.event(&payload, format!("insurance-duty/{enterprise}"), &org.placed())?;
    ctx.commit(tx, event.law(format!("{RULE} 第二条")), vec![]).await?;
    Ok(())
}

/// 安责险应保尽保清单
#[utoipa::path(get, path = "/insurance-duties", tag = "insurance", params(PageQuery, Filter), responses((status = 200, body = List<InsuranceDuty>)))]
async fn list(ctx: Ctx, Params(page): Params<PageQuery>, Params(filter): Params<Filter>) -> Result<Exported> {
    ctx.allow(&PART, Action::View)?;
    let list = store::list(&ctx, &page, &filter).await?;
    Exported::new(&ctx, &page, list)
}

/// 认定企业的投保义务
#[utoipa::path(post, path = "/insurance-duties/{enterprise}", tag = "insurance", params(("enterprise" = String, Path)), request_body = InsuranceDutyDecision, responses((status = 200, body = InsuranceDuty)))]
async fn decided(
    ctx: Ctx,
    PathId(enterprise): PathId<String>,
    Body(body): Body<InsuranceDutyDecision>,
) -> Result<Json<InsuranceDuty>> {
    decide(&ctx, &enterprise, &body).await?;
    Ok(Json(store::one(&ctx, &enterprise).await?.view(ctx.now())))
}

impl Unit {
    /// The row as it stands now.
    pub fn view(self, now: Ms) -> InsuranceDuty {
        let standing = Standing::of(self.covered_to, now);
        let covered = matches!(standing, Standing::Covered | Standing::Soon);
        let insured_people = if covered { self.insured_people } else { 0 };
        InsuranceDuty {
            standing: standing.code().to_owned(),
            standing_name: standing.name().to_owned(),
            covered_to: (self.covered_to > 0).then(|| super::common::last_day(Ms(self.covered_to))),
            uncovered: (self.employees - insured_people).max(0),
            insured_people,
            enterprise: self.enterprise,
            enterprise_name: self.enterprise_name,
            region: self.region,
            sector: self.sector,
            decided: self.decided,
            policy: self.policy,
            insurer: self.insurer,
            insurer_name: self.insurer_name,
            employees: self.employees,
        }
    }
}

/// Routes.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(decided))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(industry: &str) -> Facts {
        Facts { industry: industry.to_owned(), tags: vec![], employees: None, active: true }
    }

    #[test]
    fn trades_of_the_list_are_presumed_to_have_to_insure() {
        for (industry, sector) in [
            ("危险化学品经营(加油站)", Some("危险化学品")),
            ("非煤矿山(地下)", Some("矿山")),
            ("尾矿库", Some("矿山")),
            ("有色(深井铸造)", Some("金属冶炼")),
            ("道路运输(客运)", Some("交通运输")),
            ("建筑施工(小型)", Some("建筑施工")),
            ("机械(铸造)", None),
            ("轻工(粉尘涉爆)", None),
            ("城镇燃气", None),
        ] {
            assert_eq!(presumed(&facts(industry)), sector, "{industry}");
        }
    }

    #[test]
    fn every_presumed_sector_stands_in_the_list_of_the_rule() {
        let on = standards::date::Date::parse("2026-11-23").unwrap();
        assert!(WORDS.iter().all(|(_, sector)| mandatory(Tables::shipped(), sector, on, "990121")));
        assert!(!mandatory(Tables::shipped(), "餐饮", on, "990121"));
    }

    #[test]
    fn a_cover_ends_at_its_last_moment() {
        let now = Ms(1_000_000_000_000);
        for (to, standing) in [
            (0, Standing::None),
            (now.0, Standing::Lapsed),
            (now.0 + 1, Standing::Soon),
            (now.0 + SOON_MS, Standing::Soon),
            (now.0 + SOON_MS + 1, Standing::Covered),
        ] {
            assert_eq!(Standing::of(to, now), standing);
        }
    }
}
