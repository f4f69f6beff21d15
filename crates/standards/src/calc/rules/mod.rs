//! What each rule takes and answers, one file per subject.

mod accidents;
mod codes;
mod consequence;
mod duties;
mod effects;
mod enforcement;
mod hazards;
mod insurance;
mod monitoring;
mod risk;
mod time;
mod work;

use super::{Group, Rule};

/// Every rule, by subject.
pub const RULES: &[Group] = &[
    group("编码", "Codes", codes::RULES),
    group("时间与期限", "Time and deadlines", time::RULES),
    group("重大危险源", "Major hazards", hazards::RULES),
    group("风险分级", "Risk grading", risk::RULES),
    group("特殊作业", "Special work", work::RULES),
    group("生产安全事故", "Accidents", accidents::RULES),
    group("监测与报警", "Monitoring", monitoring::RULES),
    group("执法检查", "Enforcement", enforcement::RULES),
    group("安责险", "Liability insurance", insurance::RULES),
    group("培训、演练与设备", "Training, drills and equipment", duties::RULES),
    group("事故后果计算", "Consequences", consequence::RULES),
    group("伤害与影响", "Effects", effects::RULES),
];

const fn group(title: &'static str, title_en: &'static str, rules: &'static [Rule]) -> Group {
    Group { title, title_en, rules }
}
