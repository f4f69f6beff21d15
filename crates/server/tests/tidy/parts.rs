//! The list of parts, their folders and documents, the events they own, and who knows whom.
use super::{LAYERS, files, none, root};
use platform::Part;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

fn folder(part: &Part) -> String {
    format!("crates/{}", part.owner.replacen('/', "/src/", 1))
}

/// The parts that have a folder of their own; the portal belongs to the server.
fn listed() -> Vec<&'static Part> {
    server::parts::all().into_iter().filter(|p| p.owner.contains('/')).collect()
}

#[test]
fn the_list_is_the_folders() {
    let mut problems = vec![];
    let mut keys = BTreeSet::new();
    for part in listed() {
        if !keys.insert(part.key) {
            problems.push(format!("{} 在名单里出现两次", part.key));
        }
        if part.owner.rsplit('/').next() != Some(part.key) {
            problems.push(format!("{} 的文件夹是 {}，名字应相同", part.key, part.owner));
        }
        if root().join(folder(part)).join("mod.rs").exists() != part.built {
            let what = if part.built { "没有文件夹" } else { "还是计划中，却有文件夹" };
            problems.push(format!("{}（{}）{what}", part.owner, part.name));
        }
    }
    for layer in LAYERS {
        for entry in fs::read_dir(root().join("crates").join(layer).join("src")).unwrap().map(Result::unwrap) {
            let owner = format!("{layer}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() && !listed().iter().any(|p| p.owner == owner) {
                problems.push(format!("crates/{layer}/src/{} 不在名单里", entry.file_name().to_string_lossy()));
            }
        }
    }
    none("部分的名单", &problems);
}

#[test]
fn every_built_part_explains_itself() {
    let problems: Vec<String> = listed()
        .into_iter()
        .filter(|part| part.built)
        .filter(|part| {
            let text = fs::read_to_string(root().join(folder(part)).join("README.md")).unwrap_or_default();
            text.chars().count() < 100
        })
        .map(|part| format!("{}/README.md：写明用途、法律依据、谁做什么", folder(part)))
        .collect();
    none("部分的说明", &problems);
}

#[test]
fn parts_of_one_layer_do_not_import_each_other() {
    let mut problems = vec![];
    let mut folders: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for part in listed().into_iter().filter(|p| p.built) {
        if let Some((layer, key)) = part.owner.split_once('/') {
            folders.entry(layer).or_default().push(key);
        }
    }
    for file in files().iter().filter(|f| f.is(&["rs"]) && !f.is_test()) {
        let Some(part) = file.part() else { continue };
        let Some((layer, own)) = part.split_once('/') else { continue };
        // The four registers are one layer that shares people and organisations.
        if layer == "subjects" {
            continue;
        }
        for other in folders.get(layer).into_iter().flatten().filter(|other| **other != own) {
            for path in [format!("crate::{other}"), format!("super::{other}"), format!("super::super::{other}")] {
                if file.text.contains(&format!("{path}::")) || file.text.contains(&format!("{path};")) {
                    problems.push(format!("{} 使用了 {path}：各部分只通过事件往来", file.path));
                }
            }
        }
    }
    none("部分之间", &problems);
}

/// Rows of events.csv: kind, owner, evidence class. The data column is quoted and holds commas.
fn rows() -> Vec<(String, String, String)> {
    let text = fs::read_to_string(root().join("crates/events/events.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let titles = reader.headers().unwrap().clone();
    let at = |name: &str| titles.iter().position(|t| t == name).unwrap();
    let (event, owner, class) = (at("event"), at("owner"), at("evidence_class"));
    reader
        .records()
        .map(Result::unwrap)
        .map(|r| (r[event].to_owned(), r[owner].to_owned(), r[class].to_owned()))
        .collect()
}

#[test]
fn every_kind_is_in_the_list_of_events_with_its_owner_and_class() {
    let rows = rows();
    let mut problems = vec![];
    let mut seen = BTreeSet::new();
    for (kind, owner, _) in &rows {
        if !seen.insert(kind) {
            problems.push(format!("events.csv 有两行 {kind}"));
        }
        let shared = owner == "platform" || owner.ends_with("/*");
        if !shared && !listed().iter().any(|p| p.owner == owner) {
            problems.push(format!("events.csv 的 {kind} 属于 {owner}，没有这个部分"));
        }
    }
    for info in events::known() {
        let Some((_, owner, class)) = rows.iter().find(|(kind, ..)| kind == info.kind) else {
            problems.push(format!("{} 不在 events.csv 里", info.kind));
            continue;
        };
        if owner != info.owner {
            problems.push(format!("{} 的归属：events.csv 写 {owner}，代码写 {}", info.kind, info.owner));
        }
        if *class != format!("{:?}", info.class) {
            problems.push(format!("{} 的证据等级：events.csv 写 {class}，代码写 {:?}", info.kind, info.class));
        }
    }
    none("事件名单", &problems);
}

#[test]
fn what_a_part_listens_to_exists() {
    let mut problems = vec![];
    let mut names = BTreeSet::new();
    for part in server::parts::all() {
        for reaction in part.reactions {
            if !names.insert(reaction.name) {
                problems.push(format!("反应 {} 的名字重复", reaction.name));
            }
            for kind in reaction.kinds.iter().filter(|kind| events::info(kind).is_none()) {
                problems.push(format!("{} 监听的事件 {kind} 不存在", reaction.name));
            }
        }
        for clock in part.clocks {
            if !names.insert(clock.key) {
                problems.push(format!("时限规则 {} 的名字重复", clock.key));
            }
        }
        for schedule in part.schedules {
            if !names.insert(schedule.name) {
                problems.push(format!("定时工作 {} 的名字重复", schedule.name));
            }
        }
    }
    none("反应、时限和定时工作", &problems);
}

#[test]
fn a_planned_part_shows_nothing() {
    let problems: Vec<String> = listed()
        .into_iter()
        .filter(|p| !p.built)
        .filter(|p| !(p.menu.is_empty() && p.grants.is_empty() && p.migrations.is_empty() && p.imports.is_empty()))
        .map(|p| format!("{} 还是计划中，却有菜单、权限、表或导入", p.name))
        .collect();
    none("计划中的部分", &problems);
}
