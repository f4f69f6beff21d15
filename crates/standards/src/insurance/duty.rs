//! Duty to insure, smallest limits, and the prevention-service fee.

use crate::problem::Problem;
use crate::tables::{Confidence, RuleRef, Scope, Table, Tables};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A sector that must insure.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectorRow {
    /// Name as the rule has it.
    pub sector: String,
}

/// Whether an enterprise must insure.
#[derive(Clone, Debug, Serialize)]
pub struct MustInsure {
    /// True for the sectors of the list; others are encouraged.
    pub mandatory: bool,
    /// The sectors of the list.
    pub sectors: Vec<String>,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// Whether a sector must carry the insurance (应急〔2025〕27号 art. 2 from 2025-03-29, 安监总办〔2017〕140号
/// before; 安全生产法 art. 51). The sector is a legal category, not an industry code.
pub fn must_insure(tables: &Tables, sector: &str, scope: Scope) -> Result<MustInsure, Problem> {
    let table = tables.insurance_sectors.select(scope)?;
    Ok(MustInsure {
        mandatory: table.rows.iter().any(|r| r.sector == sector),
        sectors: table.rows.iter().map(|r| r.sector.clone()).collect(),
        unconfirmed: table.unconfirmed().into_iter().collect(),
        rule: table.rule(),
    })
}

/// A smallest limit per person.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRow {
    /// Name.
    pub name: String,
    /// Fixed floor, yuan.
    #[serde(default)]
    pub floor_yuan: Option<Decimal>,
    /// Multiple of last year's urban disposable income per head.
    #[serde(default)]
    pub income_multiple: Option<Decimal>,
}

/// The smallest limit per person.
#[derive(Clone, Debug, Serialize)]
pub struct MinLimit {
    /// The limit, yuan: the largest of all floors.
    pub limit_yuan: Decimal,
    /// The floor that decided.
    pub by: String,
    /// Every floor that applies.
    pub floors: Vec<String>,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// Smallest death and disability limit per person (应急〔2025〕27号 art. 15; yuan): the largest of the
/// national floor, a local floor given, and, where the region uses one, a multiple of last year's
/// urban disposable income per head. Errors: a negative amount, income needed but not given.
pub fn min_limit(
    tables: &Tables,
    local_floor_yuan: Option<Decimal>,
    income_yuan: Option<Decimal>,
    scope: Scope,
) -> Result<MinLimit, Problem> {
    for (field, value) in [("local_floor_yuan", local_floor_yuan), ("income_yuan", income_yuan)] {
        if value.is_some_and(|v| v < Decimal::ZERO) {
            return Err(Problem::field(field, "金额不能为负"));
        }
    }
    let in_force = tables.insurance_limits.in_force(scope);
    let mut floors: Vec<(Decimal, String, &Table<LimitRow>)> = Vec::new();
    for (table, row) in in_force.iter().flat_map(|t| t.rows.iter().map(move |r| (*t, r))) {
        let by_income = match (row.income_multiple, income_yuan) {
            (Some(_), None) => {
                return Err(Problem::field(
                    "income_yuan",
                    format!("“{}”按收入倍数确定最低限额，须给出上年城镇居民人均可支配收入", table.edition),
                )
                .under(table.clause.clone()));
            }
            (multiple, income) => multiple.zip(income).map(|(m, i)| m.saturating_mul(i)),
        };
        floors.extend(
            row.floor_yuan.into_iter().chain(by_income).map(|yuan| (yuan.normalize(), row.name.clone(), table)),
        );
    }
    let national = tables.insurance_limits.select(Scope { region: None, ..scope })?;
    floors.extend(local_floor_yuan.map(|yuan| (yuan.normalize(), "当地最低限额".into(), national)));
    let best = floors.iter().max_by_key(|(yuan, _, _)| *yuan);
    let (limit, by, table) = best.ok_or_else(|| Problem::field("on", "该日没有最低限额规定"))?;
    Ok(MinLimit {
        limit_yuan: *limit,
        by: by.clone(),
        floors: floors.iter().map(|(yuan, name, _)| format!("{name}：{yuan} 元")).collect(),
        unconfirmed: in_force.iter().filter_map(|t| t.unconfirmed()).collect(),
        rule: table.rule(),
    })
}

/// Floor or ceiling of the prevention-service fee, percent of premium received.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeeRow {
    /// At least.
    #[serde(default)]
    pub floor_percent: Option<Decimal>,
    /// At most.
    #[serde(default)]
    pub cap_percent: Option<Decimal>,
}

/// What may and must be spent on prevention.
#[derive(Clone, Debug, Serialize)]
pub struct PreventionFee {
    /// At least, yuan.
    pub floor_yuan: Option<Decimal>,
    /// At most, yuan.
    pub cap_yuan: Option<Decimal>,
    /// 不足, 合规 or 超限; none where nothing spent is given.
    pub status: Option<&'static str>,
    /// What is not confirmed.
    pub unconfirmed: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// Prevention-service fee (应急〔2025〕27号: at most 21 % of premium actually received; some provinces set
/// a floor; yuan). An unconfirmed local figure is named but does not count. Errors: negative money.
pub fn prevention_fee(
    tables: &Tables,
    premium_yuan: Decimal,
    spent_yuan: Option<Decimal>,
    scope: Scope,
) -> Result<PreventionFee, Problem> {
    for (field, value) in [("premium_yuan", Some(premium_yuan)), ("spent_yuan", spent_yuan)] {
        if value.is_some_and(|v| v < Decimal::ZERO) {
            return Err(Problem::field(field, "金额不能为负"));
        }
    }
    let table = tables.prevention_fees.select(scope)?;
    let in_force = tables.prevention_fees.in_force(scope);
    let confirmed = || in_force.iter().filter(|t| t.confidence != Confidence::Unconfirmed).flat_map(|t| t.rows.iter());
    let share = |p: Decimal| (premium_yuan.saturating_mul(p) / Decimal::ONE_HUNDRED).round_dp(2).normalize();
    let floor_yuan = confirmed().filter_map(|r| r.floor_percent).max().map(share);
    let cap_yuan = confirmed().filter_map(|r| r.cap_percent).min().map(share);
    let status = spent_yuan.map(|spent| {
        if floor_yuan.is_some_and(|f| spent < f) {
            "不足"
        } else if cap_yuan.is_some_and(|c| spent > c) {
            "超限"
        } else {
            "合规"
        }
    });
    Ok(PreventionFee {
        floor_yuan,
        cap_yuan,
        status,
        unconfirmed: in_force.iter().filter_map(|t| t.unconfirmed()).collect(),
        rule: table.rule(),
    })
}
