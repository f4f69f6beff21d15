//! What the register suggests of an enterprise's class. A person confirms it: the trades that the
//! insurance rule names are legal categories, which an industry code only hints at.
use serde::Serialize;
use standards::insurance::must_insure;
use standards::tables::{Scope, Tables};
use utoipa::ToSchema;

/// What is known of an enterprise.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// GB/T 4754 code.
    pub industry: Option<String>,
    /// Employees.
    pub employees: Option<i64>,
    /// Risk tags.
    pub tags: Vec<String>,
    /// Highest level of its major hazard sources, 1 to 4.
    pub hazard_level: Option<i64>,
}

/// A class, suggested or confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CreditClass)]
pub struct Class {
    /// Trade.
    pub trade: String,
    /// Hazards.
    pub hazards: Vec<String>,
    /// `micro`, `small`, `medium`, `large`.
    pub scale: String,
    /// Must insure.
    pub must_insure: bool,
    /// Supervising department.
    pub department: String,
    /// `red`, `orange`, `yellow`, `blue`.
    pub risk: String,
}

/// The trades a class may name.
pub const TRADES: [&str; 9] =
    ["矿山", "危险化学品", "烟花爆竹", "交通运输", "建筑施工", "民用爆炸物品", "金属冶炼", "渔业生产", "其他"];
/// Scales with their Chinese names.
pub const SCALES: [(&str, &str); 4] = [("micro", "微型"), ("small", "小型"), ("medium", "中型"), ("large", "大型")];
/// Risk colours with their Chinese names.
pub const RISKS: [(&str, &str); 4] = [("red", "红"), ("orange", "橙"), ("yellow", "黄"), ("blue", "蓝")];

/// The class that what is known suggests.
pub fn suggest(tables: &Tables, profile: &Profile, scope: Scope) -> Class {
    let trade = trade(profile.industry.as_deref().unwrap_or_default());
    let insured = must_insure(tables, trade, scope).is_ok_and(|m| m.mandatory);
    let scale = match profile.employees.unwrap_or(0) {
        ..20 => "micro",
        20..300 => "small",
        300..1000 => "medium",
        _ => "large",
    };
    let risk = match profile.hazard_level {
        Some(1) => "red",
        Some(2..=4) => "orange",
        _ if insured => "orange",
        _ => "yellow",
    };
    Class {
        trade: trade.to_owned(),
        hazards: profile.tags.clone(),
        scale: scale.to_owned(),
        must_insure: insured,
        department: department(trade).to_owned(),
        risk: risk.to_owned(),
    }
}

fn trade(industry: &str) -> &'static str {
    let digits: String = industry.chars().filter(char::is_ascii_digit).collect();
    match (digits.as_str(), digits.get(..2).unwrap_or_default()) {
        ("2671", _) => "民用爆炸物品",
        ("2672", _) => "烟花爆竹",
        (_, "06" | "07" | "08" | "09" | "10" | "11") => "矿山",
        (_, "25" | "26") => "危险化学品",
        (_, "31" | "32") => "金属冶炼",
        (_, "47" | "48" | "49" | "50") => "建筑施工",
        (_, "53" | "54" | "55" | "56") => "交通运输",
        (_, "04") => "渔业生产",
        _ => "其他",
    }
}

fn department(trade: &str) -> &'static str {
    match trade {
        "建筑施工" => "住房城乡建设",
        "交通运输" => "交通运输",
        "民用爆炸物品" => "工业和信息化",
        "渔业生产" => "农业农村",
        _ => "应急管理",
    }
}

/// The Chinese name of a key of one of the lists above.
pub fn name_of(list: &[(&'static str, &'static str)], key: &str) -> &'static str {
    list.iter().find(|(k, _)| *k == key).map_or("—", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chemical_plant_with_a_first_level_source_is_red_and_must_insure() {
        let profile =
            Profile { industry: Some("2614".into()), employees: Some(300), tags: vec![], hazard_level: Some(1) };
        let class = suggest(Tables::shipped(), &profile, Scope::default());
        assert_eq!((class.trade.as_str(), class.scale.as_str(), class.risk.as_str()), ("危险化学品", "medium", "red"));
        assert!(class.must_insure && TRADES.contains(&class.trade.as_str()));
        let shop = suggest(Tables::shipped(), &Profile::default(), Scope::default());
        assert_eq!((shop.trade.as_str(), shop.risk.as_str(), shop.must_insure), ("其他", "yellow", false));
    }
}
