//! Grades of hot work, work at height and lifting.

use super::{limit, rule};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What is known about a hot-work point outside the fixed hot-work areas.
#[derive(Clone, Copy, Default, Debug)]
pub struct HotWorkFacts {
    /// On running equipment, pipes or tanks in a fire or explosion area, or under pressure.
    pub on_running_equipment: bool,
    /// Inside the dike of a major-hazard tank area holding flammables.
    pub in_major_hazard_dike: bool,
    /// In a fire or explosion area.
    pub in_explosion_area: bool,
    /// On a pipe rack.
    pub on_pipe_rack: bool,
    /// Whole plant stopped, cleaned, isolated and analysed, and the production or safety head approved.
    pub plant_stopped_and_approved: bool,
    /// Holiday, day off, night or special circumstances.
    pub upgrade: bool,
    /// Outdoor wind, grade.
    pub wind_grade: Option<u32>,
    /// Outdoors.
    pub outdoor: bool,
}

/// Grade of hot work.
#[derive(Clone, Debug, Serialize)]
pub struct HotWork {
    /// 特级, 一级 or 二级.
    pub grade: String,
    /// Grade before any upgrade.
    pub base: String,
    /// Why.
    pub reasons: Vec<String>,
    /// True where the standard forbids the work unless it cannot be avoided.
    pub forbidden_unless_necessary: bool,
    /// Clause.
    pub rule: RuleRef,
}

const HOT_WORK: [&str; 3] = ["特级", "一级", "二级"];

/// Grades hot work (GB 30871-2022, 5.1 and 5.2.16; wind in grades). Holidays, nights and special
/// circumstances raise it by one grade; outdoor wind from grade 5 forbids it, and work that cannot
/// be avoided is raised too. 特级 cannot be raised further.
pub fn hot_work(tables: &Tables, facts: HotWorkFacts, scope: Scope) -> Result<HotWork, Problem> {
    let mut reasons: Vec<String> = Vec::new();
    let special = facts.on_running_equipment || facts.in_major_hazard_dike;
    let base: usize = if facts.plant_stopped_and_approved && !facts.in_major_hazard_dike {
        reasons.push("装置全部停车、清洗置换、隔离并分析合格，经生产或安全负责人批准，可按二级管理".to_string());
        2
    } else if special {
        reasons.push("运行状态下的生产装置设备、管道、储罐上，或构成重大危险源的可燃介质罐区防火堤内".to_string());
        0
    } else if facts.in_explosion_area || facts.on_pipe_rack {
        reasons.push("火灾爆炸危险场所的其他部位或管廊上".to_string());
        1
    } else {
        2
    };
    let limit = limit(tables, "wind_hot_work", scope)?;
    let windy = facts.outdoor && facts.wind_grade.is_some_and(|w| Decimal::from(w) >= limit);
    let raised = facts.upgrade || windy;
    if facts.upgrade {
        reasons.push("节假日、公休日、夜间或其他特殊情况，升级管理".to_string());
    }
    if windy {
        reasons.push(format!("风力 {limit} 级以上禁止露天动火；确需动火应升级管理"));
    }
    let word = |i: usize| HOT_WORK.get(i).map_or_else(String::new, ToString::to_string);
    Ok(HotWork {
        grade: word(base.saturating_sub(usize::from(raised))),
        base: word(base),
        reasons,
        forbidden_unless_necessary: windy,
        rule: rule(tables, "5.1、5.2", scope)?,
    })
}

/// A band of heights.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeightRow {
    /// Lower end, excluded, m.
    pub above: Decimal,
    /// Grade without aggravating factors (method A).
    pub grade_a: String,
    /// Grade with any of them (method B).
    pub grade_b: String,
}

/// An aggravating factor, or a case of Annex B with the grade it asks for at least.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorRow {
    /// Number.
    pub id: String,
    /// What it is.
    pub text: String,
    /// Grade it asks for at least; none for a factor of method B.
    #[serde(default)]
    pub at_least: Option<String>,
}

/// Safe distance to live parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveRow {
    /// Voltage up to, kV.
    pub kv_up_to: Decimal,
    /// Distance, m.
    pub distance_m: Decimal,
}

/// What is known about work at height.
#[derive(Clone, Default, Debug)]
pub struct HeightAsked {
    /// Height above the reference level, m.
    pub height_m: Decimal,
    /// Numbers of the factors and cases that apply.
    pub factors: Vec<String>,
    /// Voltage of the nearest live part, kV.
    pub live_kv: Option<Decimal>,
    /// Distance to it, m.
    pub live_distance_m: Option<Decimal>,
}

/// Grade of work at height.
#[derive(Clone, Debug, Serialize)]
pub struct HeightGrade {
    /// Ⅰ级 to Ⅳ级.
    pub grade: String,
    /// A without, B with aggravating factors.
    pub method: &'static str,
    /// What raised it.
    pub reasons: Vec<String>,
    /// Clause.
    pub rule: RuleRef,
}

/// Grades work at height (GB 30871-2022, 8.1 and Annex B; height in m). Work below 2 m is not work
/// at height and an error, as are an unknown factor and a voltage without its distance.
pub fn height(tables: &Tables, asked: &HeightAsked, scope: Scope) -> Result<HeightGrade, Problem> {
    let clause = "GB 30871-2022 8.1";
    let from = limit(tables, "height_from", scope)?;
    if asked.height_m < from {
        return Err(Problem::field("height_m", format!("距坠落基准面 {from} m 以上才是高处作业")).under(clause));
    }
    let known = tables.gb30871_height_factors.select(scope)?;
    let mut factors: Vec<&FactorRow> = Vec::new();
    for (index, id) in asked.factors.iter().enumerate() {
        let row = known.rows.iter().find(|r| r.id == *id);
        factors.push(row.ok_or_else(|| {
            Problem::field(format!("factors[{index}]"), format!("没有编号为“{id}”的因素")).under(clause)
        })?);
    }
    if near_live_part(tables, asked, scope)? {
        factors.extend(known.rows.iter().find(|r| r.id == "F6"));
    }
    let method_b = factors.iter().any(|f| f.at_least.is_none());
    let bands = tables.gb30871_heights.select(scope)?;
    let band = bands.rows.iter().filter(|b| asked.height_m > b.above).max_by_key(|b| b.above);
    let by_height = band.map_or("", |b| if method_b { &b.grade_b } else { &b.grade_a });
    let grade = factors.iter().filter_map(|f| f.at_least.as_deref()).chain([by_height]).max_by_key(|g| roman(g));
    Ok(HeightGrade {
        grade: grade.unwrap_or(by_height).to_string(),
        method: if method_b { "B" } else { "A" },
        reasons: factors.iter().map(|f| f.text.clone()).collect(),
        rule: bands.rule().at("8.1、附录B"),
    })
}

fn roman(grade: &str) -> u8 {
    match grade {
        "Ⅰ级" => 1,
        "Ⅱ级" => 2,
        "Ⅲ级" => 3,
        "Ⅳ级" => 4,
        _ => 0,
    }
}

fn near_live_part(tables: &Tables, asked: &HeightAsked, scope: Scope) -> Result<bool, Problem> {
    let (kv, distance) = match (asked.live_kv, asked.live_distance_m) {
        (None, None) => return Ok(false),
        (Some(kv), Some(distance)) => (kv, distance),
        (Some(_), None) => return Err(Problem::field("live_distance_m", "给出带电体电压时须给出距离（m）")),
        (None, Some(_)) => return Err(Problem::field("live_kv", "给出带电体距离时须给出电压（kV）")),
    };
    let table = tables.gb30871_live_parts.select(scope)?;
    let row = table.rows.iter().filter(|r| kv <= r.kv_up_to).min_by_key(|r| r.kv_up_to);
    let row = row.ok_or_else(|| Problem::field("live_kv", "标准未规定该电压等级的距离").under("GB 30871-2022 8.1"))?;
    Ok(distance < row.distance_m)
}

/// Grade of lifting.
#[derive(Clone, Debug, Serialize)]
pub struct Lift {
    /// 一级, 二级 or 三级.
    pub grade: &'static str,
    /// Whether a lifting plan must be drawn up and approved.
    pub plan_required: bool,
    /// Whether the permit may be left out; the risk analysis may not.
    pub permit_may_be_omitted: bool,
    /// With two cranes, the largest load of each in percent of its rating.
    pub crane_pair_percent: Decimal,
    /// Clause.
    pub rule: RuleRef,
}

/// Grades lifting by mass (GB 30871-2022, 9.1 and 9.2; t): over 100 一级, from 40 二级, below 三级.
/// 一级, 二级 and a difficult 三级 need a plan; below 10 t the permit may be left out.
pub fn lift(tables: &Tables, mass_t: Decimal, difficult: bool, scope: Scope) -> Result<Lift, Problem> {
    if mass_t <= Decimal::ZERO {
        return Err(Problem::field("mass_t", "吊物质量应大于 0（单位 t）").under("GB 30871-2022 9.1"));
    }
    let grade = if mass_t > limit(tables, "lift_one_above", scope)? {
        "一级"
    } else if mass_t >= limit(tables, "lift_two_from", scope)? {
        "二级"
    } else {
        "三级"
    };
    Ok(Lift {
        grade,
        plan_required: grade != "三级" || difficult,
        permit_may_be_omitted: mass_t < limit(tables, "lift_permit_from", scope)? && !difficult,
        crane_pair_percent: limit(tables, "crane_pair_percent", scope)?,
        rule: rule(tables, "9.1、9.2", scope)?,
    })
}
