//! The small firms: 1,222 shops and works, generated from the seed.
use super::county::{Demo, Town};
use super::map::Map;
use super::seeded::Chance;
use standards::codes::{Uscc, organisation_check_digit};
use std::collections::HashSet;

/// A small firm.
#[derive(Debug, Clone, PartialEq)]
pub struct LightFirm {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Unified social credit code; 92… for a sole trader, which points to a natural person.
    pub uscc: String,
    /// Region code of its town.
    pub region: String,
    /// Name of its town.
    pub town: String,
    /// Metres east of the anchor.
    pub x_m: f64,
    /// Metres north of the anchor.
    pub y_m: f64,
    /// Trade in the words of supervision.
    pub industry: String,
    /// GB/T 4754 code.
    pub gbt4754: String,
    /// Employees.
    pub employees: u32,
    /// Three to eight risk tags.
    pub tags: Vec<String>,
    /// Insurer, where it is insured.
    pub insurer: Option<String>,
}

/// What a trade makes: name on the sign, GB/T 4754 class.
type Works = (&'static str, &'static str);

struct Trade {
    name: &'static str,
    works: &'static [Works],
    /// Sole traders are common where this is set; their sign reads 店, 坊 or 部 instead of 公司.
    sole: Option<&'static [Works]>,
    tags: &'static [&'static str],
}

const TRADES: &[Trade] = &[
    Trade {
        name: "机械制造",
        works: &[
            ("机械配件有限公司", "3484"),
            ("紧固件有限公司", "3482"),
            ("模具有限公司", "3525"),
            ("金属结构有限公司", "3311"),
            ("汽车零部件有限公司", "3670"),
            ("电机有限公司", "3812"),
        ],
        sole: None,
        tags: &["机械伤害", "起重伤害", "焊接动火", "叉车作业", "冲压设备", "切削液", "气瓶", "行车"],
    },
    Trade {
        name: "轻工纺织",
        works: &[
            ("织造有限公司", "1751"),
            ("服饰有限公司", "1819"),
            ("包装印刷有限公司", "2319"),
            ("塑料制品有限公司", "2929"),
            ("家具有限公司", "2110"),
            ("纸箱有限公司", "2231"),
        ],
        sole: None,
        tags: &["可燃物堆放", "机械伤害", "粉尘", "胶粘剂", "人员密集", "消防通道", "叉车作业", "导热油锅炉"],
    },
    Trade {
        name: "建材",
        works: &[("水泥制品有限公司", "3021"), ("混凝土构件有限公司", "3022"), ("石材有限公司", "3032")],
        sole: None,
        tags: &["机械伤害", "筒仓清理", "有限空间", "车辆伤害", "粉尘", "高处作业", "皮带输送"],
    },
    Trade {
        name: "商贸仓储",
        works: &[("仓储有限公司", "5990"), ("建材商贸有限公司", "5165"), ("超市有限公司", "5212")],
        sole: None,
        tags: &["可燃物堆放", "货架坍塌", "叉车作业", "车辆伤害", "消防通道", "充电区"],
    },
    Trade {
        name: "餐饮住宿(九小场所)",
        works: &[("餐饮有限公司", "6210"), ("宾馆有限公司", "6129")],
        sole: Some(&[("小吃店", "6220"), ("饭庄", "6210"), ("旅馆", "6129")]),
        tags: &["燃气使用", "瓶装液化气", "油烟管道", "人员密集", "消防通道", "疏散楼梯", "住人夹层"],
    },
    Trade {
        name: "建筑施工(小型)",
        works: &[("装饰工程有限公司", "5011"), ("市政工程有限公司", "4813"), ("设备安装有限公司", "4920")],
        sole: None,
        tags: &["高处作业", "脚手架", "临时用电", "起重吊装", "有限空间", "焊接动火", "劳务分包"],
    },
    Trade {
        name: "个体加工",
        works: &[("五金加工厂", "3484"), ("木制品加工厂", "2039")],
        sole: Some(&[("五金加工部", "3484"), ("铝合金门窗加工部", "3312"), ("木作坊", "2039")]),
        tags: &["机械伤害", "三合一场所", "木粉尘", "焊接动火", "可燃物堆放", "油漆", "气瓶"],
    },
    Trade {
        name: "农产品加工",
        works: &[("米业有限公司", "1311"), ("茶业有限公司", "1530"), ("豆制品有限公司", "1392")],
        sole: None,
        tags: &["粮食粉尘", "有限空间", "小型冷库", "蒸汽锅炉", "机械伤害", "腌制池"],
    },
    Trade {
        name: "汽修",
        works: &[("汽车维修有限公司", "8111")],
        sole: Some(&[("汽车修理店", "8111"), ("汽车美容店", "8111")]),
        tags: &["举升机", "喷烤漆房", "废机油", "气瓶", "焊接动火", "地沟"],
    },
];

/// Risks every small workplace has.
const COMMON_TAGS: [&str; 5] = ["触电", "火灾", "临时用电", "电动车充电", "消防设施"];

const BRANDS: [&str; 63] = [
    "鑫达", "顺发", "恒源", "永盛", "金利", "宏运", "瑞丰", "兴隆", "华美", "佳和", "安顺", "广源", "德胜", "祥云",
    "明辉", "立新", "长青", "振兴", "海纳", "天成", "万通", "福临", "聚贤", "乐家", "万顺", "同心", "春晖", "远航",
    "百川", "锦绣", "丰泽", "新叶", "三友", "双喜", "四方", "五福", "六合", "七彩", "八达", "九如", "红日", "青禾",
    "白鹭", "蓝湾", "紫荆", "金桥", "银杏", "铜锣", "铁山", "石泉", "木林", "水云", "火炬", "土城", "日升", "月明",
    "星辉", "晨光", "晚晴", "东篱", "西岭", "南屏", "北辰",
];

/// How many firms a town draws, in the order of the county's list; the closed park draws none.
fn weight(town: &Town) -> f64 {
    match town.code.get(6..) {
        Some("001") => 3.0,
        Some("302" | "104") => 2.0,
        Some("301") => 0.0,
        Some("201" | "202") => 0.4,
        _ => 1.0,
    }
}

/// All small firms, in the order of their ids.
pub fn firms(demo: &Demo, map: &Map) -> Vec<LightFirm> {
    let mut names = HashSet::new();
    let mut firms = Vec::with_capacity(demo.light.total);
    for (trade_name, count) in &demo.light.mix {
        let Some(trade) = TRADES.iter().find(|t| t.name == trade_name) else { continue };
        for _ in 0..*count {
            let no = firms.len() + 1;
            firms.extend(firm(demo, map, trade, no, &mut names));
        }
    }
    firms
}

fn firm(demo: &Demo, map: &Map, trade: &Trade, no: usize, names: &mut HashSet<String>) -> Option<LightFirm> {
    let id = format!("L{no:04}");
    let mut chance = Chance::of(demo.seed, &id);
    // Half of all numbers drawn lie below the median of 14; the tail reaches the low hundreds.
    let employees = (14.0 * (0.85 * chance.bell()).exp()).round().clamp(1.0, 300.0) as u32;
    let town = town(demo, &mut chance)?;
    let sole = trade.sole.filter(|_| employees <= 16);
    let works = chance.of_list(sole.unwrap_or(trade.works))?;
    let name = name(town, works, &mut chance, names);
    let (x_m, y_m) = map.place_in(town, &mut chance);
    let insured = chance.share() < 0.38;
    let insurer = if insured { chance.of_list(&demo.insurers).map(|i| i.id.clone()) } else { None };
    Some(LightFirm {
        uscc: uscc(if sole.is_some() { "92" } else { "91" }, &demo.county.code, no)?,
        id,
        name,
        region: town.code.clone(),
        town: town.name.clone(),
        x_m,
        y_m,
        industry: trade.name.to_owned(),
        gbt4754: works.1.to_owned(),
        employees,
        tags: tags(trade, &mut chance),
        insurer,
    })
}

fn town<'a>(demo: &'a Demo, chance: &mut Chance) -> Option<&'a Town> {
    let towns = &demo.county.towns;
    let mut left = chance.share() * towns.iter().map(weight).sum::<f64>();
    towns.iter().find(|town| {
        left -= weight(town);
        left < 0.0
    })
}

/// County, town, brand, trade; another brand is drawn until nobody else has the name.
fn name(town: &Town, works: &Works, chance: &mut Chance, names: &mut HashSet<String>) -> String {
    let short = town.name.trim_start_matches("岚江").trim_end_matches(['镇', '乡']).trim_end_matches("街道");
    let short = if short == "经济开发区" { "开发区" } else { short };
    loop {
        let brand = chance.word(&BRANDS);
        let plain = format!("岚江{short}{brand}{}", works.0);
        let name = if names.contains(&plain) {
            format!("岚江{short}{brand}{}{}", chance.word(&BRANDS), works.0)
        } else {
            plain
        };
        if names.insert(name.clone()) {
            return name;
        }
    }
}

/// A credit code of the county's registry with both check characters right (GB 32100-2015, GB 11714-1997).
fn uscc(kind: &str, county: &str, no: usize) -> Option<String> {
    let body = format!("MA91{no:04}");
    let code = format!("{kind}{county}{body}{}", organisation_check_digit(&body)?);
    ('0'..='9').chain('A'..='Z').map(|check| format!("{code}{check}")).find(|code| Uscc::parse(code).is_ok())
}

fn tags(trade: &Trade, chance: &mut Chance) -> Vec<String> {
    let wanted = chance.between(3, 9) as usize;
    let mut rest: Vec<&str> = trade.tags.iter().chain(&COMMON_TAGS).copied().collect();
    let mut tags = vec![];
    while tags.len() < wanted && !rest.is_empty() {
        let at = chance.between(0, rest.len() as i64) as usize;
        tags.push(rest.swap_remove(at.min(rest.len() - 1)).to_owned());
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn all() -> (Demo, Vec<LightFirm>) {
        let demo = Demo::read().unwrap();
        let map = Map::new(&demo);
        let firms = firms(&demo, &map);
        (demo, firms)
    }

    #[test]
    fn the_generator_repeats_itself() {
        assert_eq!(all().1, all().1);
    }

    #[test]
    fn every_trade_has_its_number_and_the_median_firm_14_people() {
        let (demo, firms) = all();
        assert_eq!(firms.len(), 1222);
        for (trade, count) in &demo.light.mix {
            assert_eq!(firms.iter().filter(|f| f.industry == *trade).count(), *count, "{trade}");
        }
        let mut people: Vec<u32> = firms.iter().map(|f| f.employees).collect();
        people.sort_unstable();
        assert!((13..=15).contains(&people[people.len() / 2]), "{}", people[people.len() / 2]);
        let insured = firms.iter().filter(|f| f.insurer.is_some()).count();
        assert!((420..=510).contains(&insured), "about 38 % of 1,222 are insured: {insured}");
        assert!(firms.iter().all(|f| (3..=8).contains(&f.tags.len())));
    }

    #[test]
    fn codes_are_valid_and_codes_and_names_unique_across_the_county() {
        let (demo, firms) = all();
        let mut codes: HashMap<&str, &str> = demo.firms.iter().map(|f| (f.uscc.as_str(), f.id.as_str())).collect();
        let mut names: HashSet<&str> = demo.firms.iter().map(|f| f.name.as_str()).collect();
        for firm in &firms {
            let code = Uscc::parse(&firm.uscc).unwrap();
            assert!(code.warnings().is_empty(), "{}", firm.uscc);
            assert!(codes.insert(&firm.uscc, &firm.id).is_none(), "{} twice", firm.uscc);
            assert!(names.insert(&firm.name), "{} twice", firm.name);
        }
        assert!(firms.iter().any(|f| f.uscc.starts_with("92")), "sole traders are among them");
    }

    #[test]
    fn industry_codes_are_codes_of_the_standard() {
        let (demo, firms) = all();
        for code in firms.iter().map(|f| &f.gbt4754).chain(demo.firms.iter().map(|f| &f.gbt4754)) {
            assert!(standards::codes::IndustryCode::parse(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn every_small_firm_stands_inside_its_town() {
        let (demo, firms) = all();
        let map = Map::new(&demo);
        for firm in &firms {
            assert_eq!(map.town_at(firm.x_m, firm.y_m), Some(firm.region.as_str()), "{}", firm.id);
        }
    }
}
