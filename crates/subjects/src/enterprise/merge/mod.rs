//! Duplicates: finding enterprises that look like one, and making one record of them.
pub(super) mod api;
mod store;

use crate::enterprise::PART;
use crate::enterprise::checks::{filled, line};
use crate::enterprise::profile::{FIELDS, Profile};
use crate::enterprise::register::active;
use crate::enterprise::store::{self as records, Enterprise, Wanted};
use events::Code;
use events::enterprise::EnterpriseMerged;
use platform::auth::Org;
use platform::{Action, Ctx, Error, FieldError, Result, Subject};
use serde::Deserialize;
use standards::codes::{RegionLevel, normalise};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// Records compared at a time; a county has a few thousand.
const COMPARED: i64 = 20_000;
/// Records of one town whose names are compared in pairs; beyond it pairs grow too many.
const PAIRED: usize = 2_000;
/// From this share of common letter pairs on, two names are worth a person's look.
const SIMILAR: f64 = 0.85;
/// Groups shown at a time.
const SHOWN: usize = 200;

/// What is to become of duplicates.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct MergeForm {
    /// 并入的档案编号
    merged: Vec<String>,
    /// 合并理由
    reason: String,
    /// 字段 → 取自哪份档案
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// The profile the kept record will have. Every chosen field must exist and come from one of the
/// records; what is not chosen stays as the kept record has it.
fn decide(kept: &Enterprise, merged: &[Enterprise], fields: &BTreeMap<String, String>) -> Result<Profile> {
    let mut profile = kept.profile.clone();
    let mut faults = vec![];
    for (field, source) in fields {
        let from = std::iter::once(kept).chain(merged).find(|e| e.id == *source);
        match from {
            None => faults.push(FieldError::new(format!("fields.{field}"), format!("“{source}”不在要合并的档案中"))),
            Some(from) if !profile.take(field, &from.profile) => {
                let keys: Vec<&str> = FIELDS.iter().map(|(key, _)| *key).collect();
                faults.push(FieldError::new(
                    format!("fields.{field}"),
                    format!("没有这个字段，可选：{}", keys.join("、")),
                ));
            }
            Some(_) => {}
        }
    }
    if faults.is_empty() { Ok(profile) } else { Err(Error::Invalid(faults)) }
}

/// Makes one record of several. Nothing is deleted: the merged records stay as they were and
/// point to the kept one, which takes over their sites, people, accounts, keys and grants.
async fn merge(ctx: &Ctx, id: &str, form: &MergeForm) -> Result<()> {
    ctx.allow(&PART, Action::Merge)?;
    let kept = active(ctx, id).await?;
    let reason = filled(Some(&form.reason)).ok_or_else(|| Error::invalid("reason", "请写明合并理由"))?;
    let reason = line(&reason, 500).map_err(|e| Error::invalid("reason", e))?;
    let ids: BTreeSet<&String> = form.merged.iter().collect();
    if ids.is_empty() || ids.len() > 20 || ids.contains(&kept.id) {
        return Err(Error::invalid("merged", "请选 1 到 20 份要并入的档案，不含保留的这份"));
    }
    let mut merged = vec![];
    for id in ids {
        merged.push(active(ctx, id).await?);
    }
    let profile = decide(&kept, &merged, &form.fields)?;
    let payload = EnterpriseMerged {
        kept: id.into(),
        merged: merged.iter().map(|e| Code::from(&e.id)).collect(),
        reason: reason.into(),
        fields_chosen: form.fields.iter().map(|(field, source)| (Code::from(field), Code::from(source))).collect(),
    };
    let event = ctx.event(&payload, format!("enterprise/{id}"), &kept.placed())?;
    let mut tx = ctx.begin().await?;
    for gone in &merged {
        tx.merge_org(&gone.id, id).await?;
        store::absorb(&mut tx, gone, id).await?;
    }
    records::update(&mut tx, &kept, &profile, kept.confirmed_at).await?;
    let org = Org {
        id: id.to_owned(),
        subject: Subject::Enterprise,
        name: profile.name.clone(),
        uscc: Some(profile.uscc.to_string()),
        region: profile.region.to_string(),
        sectors: profile.sectors.clone(),
    };
    tx.update_org(&org, "active").await?;
    for (field, source) in form.fields.iter().filter(|(_, source)| source.as_str() != id) {
        store::copy_source(&mut tx, field, source, id).await?;
    }
    ctx.commit(tx, event, vec![]).await?;
    Ok(())
}

/// Records that look like one enterprise, and why.
#[derive(Debug)]
pub(crate) struct Group {
    reason: &'static str,
    members: Vec<Enterprise>,
}

/// Groups of records in the caller's area that look like one enterprise.
async fn duplicates(ctx: &Ctx) -> Result<Vec<Group>> {
    let all = records::all(ctx, &Wanted::default(), COMPARED).await?;
    let mut known = BTreeSet::new();
    let mut groups = vec![];
    let same_code = by_key(&all, |e| Some(e.profile.uscc.organisation_code().to_owned()));
    let same_name = by_key(&all, |e| {
        let county = e.profile.region.at(RegionLevel::County)?;
        Some(format!("{county}{}", normalise(&e.profile.name)))
    });
    add(&mut groups, &mut known, "主体标识码相同（信用代码第 9—17 位）", same_code);
    add(&mut groups, &mut known, "名称相同且在同一县区", same_name);
    add(&mut groups, &mut known, "名称相近且在同一乡镇", similar(&all));
    groups.truncate(SHOWN);
    Ok(groups)
}

fn by_key(all: &[Enterprise], key: impl Fn(&Enterprise) -> Option<String>) -> Vec<Vec<&Enterprise>> {
    let mut found: BTreeMap<String, Vec<&Enterprise>> = BTreeMap::new();
    for enterprise in all {
        if let Some(key) = key(enterprise) {
            found.entry(key).or_default().push(enterprise);
        }
    }
    found.into_values().filter(|members| members.len() > 1).collect()
}

/// Adds the groups whose members are not already together in a group with a stronger reason.
fn add(
    groups: &mut Vec<Group>,
    known: &mut BTreeSet<(String, String)>,
    reason: &'static str,
    found: Vec<Vec<&Enterprise>>,
) {
    for members in found {
        let ids: Vec<&String> = members.iter().map(|e| &e.id).collect();
        let pairs: Vec<(String, String)> = ids
            .iter()
            .enumerate()
            .flat_map(|(i, a)| ids.iter().skip(i + 1).map(|b| ((*a).clone(), (*b).clone())))
            .collect();
        let fresh = pairs.iter().any(|pair| !known.contains(pair));
        known.extend(pairs);
        if fresh {
            groups.push(Group { reason, members: members.into_iter().cloned().collect() });
        }
    }
}

fn similar(all: &[Enterprise]) -> Vec<Vec<&Enterprise>> {
    let mut towns: BTreeMap<&str, Vec<(&Enterprise, Name)>> = BTreeMap::new();
    for enterprise in all {
        towns
            .entry(enterprise.profile.region.as_str())
            .or_default()
            .push((enterprise, Name::of(&enterprise.profile.name)));
    }
    let mut pairs = vec![];
    for town in towns.values().filter(|t| t.len() <= PAIRED) {
        for (i, (a, name)) in town.iter().enumerate() {
            pairs.extend(town.iter().skip(i + 1).filter(|(_, other)| name.is_like(other)).map(|(b, _)| vec![*a, *b]));
        }
    }
    pairs
}

/// A name as compared: its letter pairs without the legal form, and the numbers in it. Shops
/// that differ only by a number are different shops.
struct Name {
    pairs: BTreeSet<(char, char)>,
    numbers: String,
}

impl Name {
    fn of(name: &str) -> Self {
        let mut core = normalise(name);
        for form in ["股份有限公司", "有限责任公司", "有限公司", "公司"] {
            if let Some(rest) = core.strip_suffix(form) {
                core = rest.to_owned();
                break;
            }
        }
        let letters: Vec<char> = core.chars().filter(|c| c.is_alphanumeric()).collect();
        let pairs = letters.iter().copied().zip(letters.iter().copied().skip(1)).collect();
        let numbers = letters.iter().filter(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(**c)).collect();
        Self { pairs, numbers }
    }
    fn is_like(&self, other: &Self) -> bool {
        let all = self.pairs.len() + other.pairs.len();
        let common = self.pairs.intersection(&other.pairs).count();
        all > 0 && self.numbers == other.numbers && 2.0 * common as f64 / all as f64 >= SIMILAR
    }
}

#[cfg(test)]
mod tests;
