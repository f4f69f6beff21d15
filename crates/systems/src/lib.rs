//! The fifteen systems (the "N"): before, during and after an accident.
//!
//! [`ALL`] is the list. A built system is a folder beside this file and its `PART` here; a planned
//! one is a line here and nothing else: no folder, no menu entry, no route.

pub mod credit_rating;
pub mod insurance;
pub mod major_hazards;

#[cfg(test)]
mod table;
/// What `make new-system` copies. It is compiled and told as a story with the tests, so that it
/// cannot fall behind the platform.
#[cfg(test)]
#[path = "../template/mod.rs"]
mod template;
#[cfg(test)]
#[path = "../template/events.rs"]
mod template_events;

use platform::{Part, Phase};

/// The fifteen systems, N1 to N15.
pub const ALL: &[&Part] = &[
    // 事前
    &credit_rating::PART,
    &Part::planned(2, "risk_assessment", "systems/risk_assessment", "企业生产风险评估", Phase::Before),
    &Part::planned(3, "expert_dispatch", "systems/expert_dispatch", "专家服务资源智能调度", Phase::Before),
    &Part::planned(4, "safety_ledger", "systems/safety_ledger", "安全生产电子台账", Phase::Before),
    &Part::planned(5, "site_conditions", "systems/site_conditions", "现场安全条件核查", Phase::Before),
    &Part::planned(6, "training", "systems/training", "安全生产培训", Phase::Before),
    &Part::planned(7, "drills", "systems/drills", "应急演练指导", Phase::Before),
    // 事中
    &Part::planned(8, "risk_map", "systems/risk_map", "风险区域分级可视化", Phase::During),
    &major_hazards::PART,
    &Part::planned(10, "machinery", "systems/machinery", "机械设备运行使用", Phase::During),
    &Part::planned(11, "attendance", "systems/attendance", "人员在岗管理", Phase::During),
    &Part::planned(12, "incidents", "systems/incidents", "事故应急管理", Phase::During),
    // 事后
    &Part::planned(13, "work_review", "systems/work_review", "作业后操作数据复核", Phase::After),
    &Part::planned(14, "traceback", "systems/traceback", "风险事故数据化追溯", Phase::After),
    &insurance::PART,
];

#[cfg(test)]
mod tests {
    use super::ALL;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_numbers_run_from_1_without_a_gap_and_the_fifteen_are_there() {
        let numbers: Vec<usize> = ALL.iter().filter_map(|p| p.no).map(usize::from).collect();
        assert_eq!(numbers, (1..=ALL.len()).collect::<Vec<usize>>());
        assert!(ALL.len() >= 15);
    }

    #[test]
    fn keys_and_owners_are_folder_names_and_phases_run_forward() {
        for part in ALL {
            assert_eq!(part.owner, format!("systems/{}", part.key));
        }
        let phases: Vec<&str> = ALL.iter().map(|p| p.phase.name()).collect();
        let want = [("事前", 7), ("事中", 5), ("事后", 3)];
        assert_eq!(phases[..15], want.iter().flat_map(|(name, n)| vec![*name; *n]).collect::<Vec<_>>());
    }

    #[test]
    fn a_folder_exists_exactly_for_what_is_built() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let entries = fs::read_dir(here).unwrap().map(|e| e.unwrap());
        let folders: BTreeSet<String> =
            entries.filter(|e| e.path().is_dir()).map(|e| e.file_name().into_string().unwrap()).collect();
        let built: BTreeSet<String> = ALL.iter().filter(|p| p.built).map(|p| p.key.to_owned()).collect();
        assert_eq!(folders, built);
        assert!(ALL.iter().filter(|p| !p.built).all(|p| p.menu.is_empty() && p.grants.is_empty()));
    }

    #[test]
    fn the_template_owns_its_events_as_a_system_does() {
        assert!(crate::template_events::KINDS.iter().all(|kind| kind.owner == crate::template::PART.owner));
    }
}
