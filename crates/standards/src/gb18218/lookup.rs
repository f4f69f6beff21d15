//! Which row of the tables an entry means. A name or CAS number that fits several entries, or one
//! whose condition it does not tell, is never decided here.

use super::tables::{Class, Hint, NamedBeta, Substance};
use super::{Asked, Edition};
use crate::codes::normalise;
use crate::problem::Problem;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What an entry was found to be.
pub struct Found<'a> {
    /// The entry of Table 1, when Table 1 decides.
    pub substance: Option<&'a Substance>,
    /// The classes given.
    pub classes: Vec<&'a Class>,
}

/// Finds the rows an entry means (GB 18218-2018, 4.2.1: Table 1 by name first, Table 2 by class
/// otherwise; 4.2.3: a mixture of another class than the pure substance goes by its class).
pub fn find<'a>(edition: &Edition<'a>, asked: &Asked) -> Result<Found<'a>, Problem> {
    let classes = classes(edition, asked)?;
    let substance = if asked.mixture { None } else { substance(edition, asked)? };
    match (substance, classes.is_empty()) {
        (None, true) if asked.mixture => {
            Err(Problem::field("class", "混合物的危险类别与纯物质不同时，须给出混合物的类别符号")
                .under("GB 18218-2018 4.2.3"))
        }
        (None, true) => Err(not_listed(asked)),
        (substance, _) => Ok(Found { substance, classes }),
    }
}

fn not_listed(asked: &Asked) -> Problem {
    let name = asked.name.as_deref().or(asked.cas.as_deref());
    let field = if asked.name.is_some() { "name" } else { "cas" };
    match name {
        Some(name) => {
            Problem::field(field, format!("“{name}”不在表1中；请核对名称，或用 class 给出表2的类别符号（如 W5.3）"))
        }
        None => Problem::field("name", "请给出 name、cas、no 或 class 之一"),
    }
    .under("GB 18218-2018 4.2.1")
}

fn classes<'a>(edition: &Edition<'a>, asked: &Asked) -> Result<Vec<&'a Class>, Problem> {
    let find = |text: &String| {
        let symbol = normalise(text);
        let class = edition.classes.rows.iter().find(|c| c.symbol == symbol);
        class.ok_or_else(|| {
            let known: Vec<&str> = edition.classes.rows.iter().map(|c| c.symbol.as_str()).collect();
            Problem::field("class", format!("“{text}”不是表2的类别符号；可用：{}", known.join("、")))
                .under("GB 18218-2018 表2")
        })
    };
    asked.classes.iter().map(find).collect()
}

/// How a name stands for an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Told {
    /// The full name with its condition.
    Full,
    /// Another name that means this entry.
    Alias,
    /// A plain name that does not tell whether the condition holds.
    Loose,
}

/// The entries of Table 1 by every name in its normal form; built once for a batch.
pub struct Names<'a>(BTreeMap<String, Vec<(&'a Substance, Told)>>);

impl<'a> Names<'a> {
    /// Indexes Table 1.
    pub fn new(rows: &'a [Substance]) -> Names<'a> {
        let mut names: BTreeMap<String, Vec<(&Substance, Told)>> = BTreeMap::new();
        for row in rows {
            let full = core::iter::once((&row.name, Told::Full));
            let others = row.aliases.iter().map(|n| (n, Told::Alias)).chain(row.loose.iter().map(|n| (n, Told::Loose)));
            for (name, told) in full.chain(others) {
                names.entry(normalise(name)).or_default().push((row, told));
            }
        }
        Names(names)
    }

    fn get(&self, name: &str) -> &[(&'a Substance, Told)] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

fn substance<'a>(edition: &Edition<'a>, asked: &Asked) -> Result<Option<&'a Substance>, Problem> {
    let rows = &edition.substances.rows;
    if let Some(no) = asked.no {
        let row = rows.iter().find(|s| s.no == no);
        return row
            .map(Some)
            .ok_or_else(|| Problem::field("no", format!("表1没有第 {no} 项")).under("GB 18218-2018 表1"));
    }
    let cas = asked.cas.as_deref().map(checked_cas).transpose()?;
    let has_cas = |s: &Substance| cas.as_ref().is_none_or(|c| s.cas.contains(c));
    let candidates: Vec<(&Substance, Told)> = match (&asked.name, &cas) {
        (None, None) => return Ok(None),
        (None, Some(_)) => rows.iter().filter(|s| has_cas(s)).map(|s| (s, Told::Loose)).collect(),
        (Some(name), _) => {
            let named = edition.names.get(&normalise(name));
            if let Some((row, _)) = named.iter().find(|(_, told)| *told == Told::Full) {
                return agree(row, cas.as_deref()).map(Some);
            }
            named.iter().filter(|(s, _)| has_cas(s)).copied().collect()
        }
    };
    match candidates.as_slice() {
        [] if asked.classes.is_empty() && asked.name.is_some() && cas.is_some() => {
            Err(Problem::field("cas", "name 与 cas 不是表1中的同一项，请核对").under("GB 18218-2018 表1"))
        }
        [] => Ok(None),
        [(one, told)] if !one.conditional || *told == Told::Alias => Ok(Some(one)),
        several => Err(choose(asked, several)),
    }
}

fn agree<'a>(row: &'a Substance, cas: Option<&str>) -> Result<&'a Substance, Problem> {
    match cas {
        Some(cas) if !row.cas.iter().any(|c| c == cas) => {
            Err(Problem::field("cas", format!("CAS 号 {cas} 与“{}”不符", row.name)).under("GB 18218-2018 表1"))
        }
        _ => Ok(row),
    }
}

fn choose(asked: &Asked, candidates: &[(&Substance, Told)]) -> Problem {
    let field = if asked.name.is_some() { "name" } else { "cas" };
    let lines: Vec<String> = candidates
        .iter()
        .map(|(s, _)| format!("no {}：{}（临界量 {} t）", s.no, s.name, s.critical_t.normalize()))
        .collect();
    Problem::field(
        field,
        format!("须按组成或状态选定，请用 no 指明：{}；都不符合时用 class 给出类别", lines.join("；")),
    )
    .under("GB 18218-2018 表1")
}

/// A CAS number in its normal form, its check digit verified.
fn checked_cas(text: &str) -> Result<String, Problem> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let shaped = text.split('-').count() == 3 && (5..=10).contains(&digits.len());
    let mut reversed = digits.bytes().rev().map(|b| u32::from(b - b'0'));
    let check = reversed.next();
    let sum: u32 = reversed.zip(1..).map(|(d, weight)| d * weight).sum();
    if shaped && check == Some(sum % 10) {
        return Ok(text.trim().to_string());
    }
    Err(Problem::field("cas", format!("“{text}”不是有效的 CAS 号（校验位不符或格式不是 7782-50-5 的样子）")))
}

/// β of a gas named in Table 3, by the CAS numbers of its Table 1 entry or as it was asked for:
/// carbon monoxide stands in Table 3 only.
pub fn named_beta<'a>(edition: &Edition<'a>, substance: Option<&Substance>, asked: &Asked) -> Option<&'a NamedBeta> {
    let is_asked = |b: &NamedBeta| asked.name.as_ref() == Some(&b.name) || asked.cas.as_ref() == Some(&b.cas);
    let fits = |b: &NamedBeta| substance.map_or_else(|| !asked.mixture && is_asked(b), |s| s.cas.contains(&b.cas));
    edition.betas.rows.iter().find(|b| fits(b))
}

/// The unconfirmed hint for the class of a Table 1 substance.
pub fn hint<'a>(edition: &Edition<'a>, substance: &Substance) -> Option<&'a Hint> {
    edition.hints.rows.iter().find(|h| h.name == substance.name)
}
