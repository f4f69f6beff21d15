//! GB 18218-2018 危险化学品重大危险源辨识: identification and grading of major hazard installations.

mod lookup;
pub mod tables;

use crate::problem::Problem;
use crate::ratio::Ratio;
use crate::tables::{RuleRef, Scope, Table, Tables};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use lookup::{Found, Names};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tables::{Alpha, Class, Hint, LevelRow, NamedBeta, Substance, UnitBorder};

/// Level of a major hazard, 一级 the most dangerous.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Level {
    /// R ≥ 100
    #[serde(rename = "一级")]
    One,
    /// 50 ≤ R < 100
    #[serde(rename = "二级")]
    Two,
    /// 10 ≤ R < 50
    #[serde(rename = "三级")]
    Three,
    /// R < 10
    #[serde(rename = "四级")]
    Four,
}

/// One entry of a unit as the assessor gives it.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Number in Table 1; decides where a name or CAS number cannot.
    pub no: Option<u16>,
    /// Name.
    pub name: Option<String>,
    /// CAS number.
    pub cas: Option<String>,
    /// Symbols of the hazard classes of Table 2.
    pub classes: Vec<String>,
    /// Design maximum quantity, t.
    pub q_t: Decimal,
    /// True for a mixture of another hazard class than the pure substance (4.2.3).
    pub mixture: bool,
}

/// One unit.
#[derive(Clone, Default, Debug, Serialize, Deserialize)]
pub struct Unit {
    /// What the unit holds.
    pub substances: Vec<Asked>,
    /// Residents within 500 m outside the plant boundary; needed for the level only.
    pub population_500m: Option<u32>,
    /// 生产单元, 储罐区 or 仓库.
    pub kind: Option<String>,
}

/// One term of the sum.
#[derive(Clone, Debug, Serialize)]
pub struct Term {
    /// Name, or the class where Table 1 does not name the substance.
    pub name: String,
    /// Number in Table 1.
    pub no: Option<u16>,
    /// The class that decided the critical quantity or β.
    pub class: Option<String>,
    /// Design maximum quantity, t.
    pub q_t: Decimal,
    /// Critical quantity, t.
    pub critical_t: Decimal,
    /// q/Q.
    pub ratio: Decimal,
    /// Correction factor; none while no class is known and none is needed.
    pub beta: Option<Decimal>,
}

/// The assessment of one unit.
#[derive(Clone, Debug, Serialize)]
pub struct Assessment {
    /// S = Σ q/Q.
    pub sum: Decimal,
    /// S ≥ 1.
    pub major: bool,
    /// α of the residents given.
    pub alpha: Option<Decimal>,
    /// R = α Σ β q/Q; none when not major.
    pub r: Option<Decimal>,
    /// Level; none when not major.
    pub level: Option<Level>,
    /// The terms in the order given.
    pub terms: Vec<Term>,
    /// Where the unit ends, for the kind given.
    pub border: Option<String>,
    /// Choices that were made and what to look at.
    pub warnings: Vec<String>,
    /// Standard and edition.
    pub rule: RuleRef,
}

/// The tables of one edition.
pub struct Edition<'a> {
    substances: &'a Table<Substance>,
    classes: &'a Table<Class>,
    betas: &'a Table<NamedBeta>,
    alphas: &'a Table<Alpha>,
    levels: &'a Table<LevelRow>,
    hints: &'a Table<Hint>,
    units: &'a Table<UnitBorder>,
    names: Names<'a>,
}

impl<'a> Edition<'a> {
    /// The tables in force; select once for a batch.
    pub fn select(tables: &'a Tables, scope: Scope) -> Result<Edition<'a>, Problem> {
        let substances = tables.gb18218_substances.select(scope)?;
        Ok(Edition {
            names: Names::new(&substances.rows),
            substances,
            classes: tables.gb18218_classes.select(scope)?,
            betas: tables.gb18218_betas.select(scope)?,
            alphas: tables.gb18218_alphas.select(scope)?,
            levels: tables.gb18218_levels.select(scope)?,
            hints: tables.gb18218_hints.select(scope)?,
            units: tables.gb18218_units.select(scope)?,
        })
    }
}

/// A term with its exact quotient.
struct Exact<'a> {
    term: Term,
    quotient: Ratio,
    substance: Option<&'a Substance>,
}

/// Identifies and grades one unit (GB 18218-2018, 4.2 and 4.3; quantities in t).
///
/// `S = Σ q/Q`, major when `S ≥ 1`; then `R = α Σ β q/Q` and the level of Table 6. Sums are exact
/// fractions. Errors, each at its field: no substances, a quantity of zero or with more than nine
/// decimals, a name or CAS number that fits several entries or whose condition is open, an unknown
/// class, and, for a major hazard, residents or a class for β not given.
pub fn assess(edition: &Edition<'_>, unit: &Unit) -> Result<Assessment, Problem> {
    if unit.substances.is_empty() {
        return Err(Problem::field("substances", "至少填写一种危险化学品").under("GB 18218-2018 4.2.1"));
    }
    let mut warnings = Vec::new();
    let terms: Vec<Exact<'_>> = unit
        .substances
        .iter()
        .enumerate()
        .map(|(i, asked)| term(edition, asked, &mut warnings).map_err(|p| p.inside(&format!("substances[{i}]"))))
        .collect::<Result<_, _>>()?;
    let sum = terms.iter().try_fold(Ratio::ZERO, |sum, t| sum.plus(t.quotient)).ok_or_else(too_large)?;
    let major = sum >= one();
    let alpha = unit.population_500m.and_then(|n| alpha(edition, n));
    let graded = if major { Some(grade(edition, &terms, alpha)?) } else { None };
    Ok(Assessment {
        sum: sum.to_decimal().ok_or_else(too_large)?,
        major,
        alpha: alpha.map(|a| a.normalize()),
        r: graded.map(|(r, _)| r),
        level: graded.map(|(_, level)| level),
        terms: terms.into_iter().map(|t| t.term).collect(),
        border: border(edition, unit.kind.as_deref())?,
        warnings,
        rule: edition.substances.rule().at("4.2、4.3"),
    })
}

fn one() -> Ratio {
    Ratio::from_decimal(Decimal::ONE).unwrap_or(Ratio::ZERO)
}

fn too_large() -> Problem {
    Problem::field("substances", "数值过大或位数过多，无法精确计算；请核对数量与单位（t）")
}

fn term<'a>(edition: &Edition<'a>, asked: &Asked, warnings: &mut Vec<String>) -> Result<Exact<'a>, Problem> {
    let q = asked.q_t.normalize();
    if q <= Decimal::ZERO {
        return Err(Problem::field("q_t", "设计最大量应大于 0（单位 t）").under("GB 18218-2018 4.2.2"));
    }
    if q.scale() > 9 {
        return Err(Problem::field("q_t", "设计最大量最多 9 位小数（单位 t）"));
    }
    let found = lookup::find(edition, asked)?;
    let (name, critical, class) = critical(&found, asked)?;
    let quotient =
        Ratio::from_decimal(q).zip(Ratio::from_decimal(critical)).and_then(|(q, c)| q.over(c)).ok_or_else(too_large)?;
    let (beta, beta_class) = beta(edition, &found, asked, &name, warnings);
    if let Some(note) =
        found.substance.is_none().then(|| found.classes.iter().find_map(|c| c.note.as_deref())).flatten()
    {
        warnings.push(format!("“{name}”的数量按{note}计（表2）"));
    }
    let term = Term {
        name,
        no: found.substance.map(|s| s.no),
        class: beta_class.or(class),
        q_t: q,
        critical_t: critical.normalize(),
        ratio: quotient.to_decimal().ok_or_else(too_large)?,
        beta: beta.map(|b| b.normalize()),
    };
    Ok(Exact { term, quotient, substance: found.substance })
}

/// Name, critical quantity and deciding class; several hazards take the lowest quantity (4.2.1 b).
fn critical(found: &Found<'_>, asked: &Asked) -> Result<(String, Decimal, Option<String>), Problem> {
    if let Some(substance) = found.substance {
        return Ok((substance.name.clone(), substance.critical_t, None));
    }
    let lowest = found.classes.iter().min_by_key(|c| c.critical_t);
    let class = lowest.ok_or_else(|| Problem::field("class", "缺少类别符号"))?;
    let name = asked.name.clone().or_else(|| asked.cas.clone()).unwrap_or_else(|| class.symbol.clone());
    Ok((name, class.critical_t, Some(class.symbol.clone())))
}

/// β by name (Table 3), otherwise by class (Table 4). The standard does not say which class counts
/// where a substance has several; the largest β is taken and the choice recorded.
fn beta(
    edition: &Edition<'_>,
    found: &Found<'_>,
    asked: &Asked,
    name: &str,
    warnings: &mut Vec<String>,
) -> (Option<Decimal>, Option<String>) {
    if let Some(named) = lookup::named_beta(edition, found.substance, asked) {
        return (Some(named.beta), None);
    }
    let Some(class) = found.classes.iter().max_by_key(|c| c.beta) else {
        return (None, None);
    };
    if found.classes.len() > 1 {
        warnings.push(format!(
            "“{name}”有多个类别，β 取其中最大值 {}（{}）；标准未规定取法",
            class.beta.normalize(),
            class.symbol
        ));
    } else if found.substance.is_some() {
        warnings.push(format!("“{name}”的 β 按所选类别 {} 取 {}", class.symbol, class.beta.normalize()));
    }
    // The class printed beside the critical quantity stays the one that decided it.
    (Some(class.beta), found.substance.map(|_| class.symbol.clone()))
}

fn alpha(edition: &Edition<'_>, population: u32) -> Option<Decimal> {
    let bands = edition.alphas.rows.iter().filter(|a| a.population_from <= population);
    bands.max_by_key(|a| a.population_from).map(|a| a.alpha)
}

fn grade(edition: &Edition<'_>, terms: &[Exact<'_>], alpha: Option<Decimal>) -> Result<(Decimal, Level), Problem> {
    let mut weighted = Ratio::ZERO;
    for (index, exact) in terms.iter().enumerate() {
        let beta = exact.term.beta.ok_or_else(|| ask_class(edition, index, exact))?;
        let part = Ratio::from_decimal(beta).and_then(|b| b.times(exact.quotient)).ok_or_else(too_large)?;
        weighted = weighted.plus(part).ok_or_else(too_large)?;
    }
    let alpha = alpha.ok_or_else(|| {
        Problem::field("population_500m", "构成重大危险源，分级需要厂区边界外 500 m 内常住人口数")
            .under("GB 18218-2018 表5")
    })?;
    let r = Ratio::from_decimal(alpha).and_then(|a| a.times(weighted)).ok_or_else(too_large)?;
    let reached = |row: &&LevelRow| Ratio::from_decimal(row.r_from).is_some_and(|from| from <= r);
    let row = edition.levels.rows.iter().filter(reached).max_by_key(|row| row.r_from);
    let level = row.map(|row| row.level).ok_or_else(too_large)?;
    Ok((r.to_decimal().ok_or_else(too_large)?, level))
}

fn ask_class(edition: &Edition<'_>, index: usize, exact: &Exact<'_>) -> Problem {
    let hint = exact.substance.and_then(|s| lookup::hint(edition, s));
    let hint = hint.map_or_else(String::new, |h| format!("（提示：常见为 {}，未经核实）", h.symbol));
    let message = format!("“{}”未列入表3，请用 class 选定表4的类别符号以确定 β{hint}", exact.term.name);
    Problem::field(format!("substances[{index}].class"), message).under("GB 18218-2018 表4")
}

fn border(edition: &Edition<'_>, kind: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(kind) = kind else { return Ok(None) };
    let row = edition.units.rows.iter().find(|u| u.kind == kind);
    row.map(|u| Some(u.border.clone()))
        .ok_or_else(|| Problem::field("unit", "单元应为生产单元、储罐区或仓库").under("GB 18218-2018 4.1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edition() -> Edition<'static> {
        Edition::select(Tables::shipped(), Scope::default()).unwrap()
    }

    fn one_of(asked: Asked) -> Unit {
        Unit { substances: alloc::vec![asked], population_500m: Some(0), kind: None }
    }

    #[test]
    fn table_1_every_entry_is_major_from_its_critical_quantity_on() {
        let edition = edition();
        assert_eq!(edition.substances.rows.len(), 85);
        for row in &edition.substances.rows {
            let asked = |q_t| Asked { no: Some(row.no), classes: alloc::vec!["W5.3".into()], q_t, ..Asked::default() };
            let at = assess(&edition, &one_of(asked(row.critical_t))).unwrap();
            assert!(at.major && at.sum == Decimal::ONE, "{}", row.name);
            let below = assess(&edition, &one_of(asked(row.critical_t - Decimal::new(1, 6)))).unwrap();
            assert!(!below.major && below.level.is_none(), "{}", row.name);
        }
    }

    #[test]
    fn table_1_every_entry_answers_to_its_full_name_and_every_cas_is_valid() {
        let edition = edition();
        for row in &edition.substances.rows {
            let named = Asked { name: Some(row.name.clone()), q_t: Decimal::ONE, ..Asked::default() };
            let named = Asked { classes: alloc::vec!["J1".into()], ..named };
            let got = assess(&edition, &one_of(named)).unwrap();
            assert_eq!(got.terms[0].no, Some(row.no), "{}", row.name);
            for cas in &row.cas {
                let asked = Asked {
                    cas: Some(cas.clone()),
                    q_t: Decimal::ONE,
                    classes: alloc::vec!["J1".into()],
                    ..Asked::default()
                };
                let shared = edition.substances.rows.iter().filter(|s| s.cas.contains(cas)).count() > 1;
                match assess(&edition, &one_of(asked)) {
                    Ok(a) => assert!(a.terms[0].no == Some(row.no) && !row.conditional, "{cas}"),
                    Err(p) => assert!((shared || row.conditional) && p.errors[0].message.contains("no "), "{cas}"),
                }
            }
        }
    }

    #[test]
    fn tables_2_and_4_every_class_with_its_quantity_and_beta() {
        let edition = edition();
        assert_eq!(edition.classes.rows.len(), 24);
        for row in &edition.classes.rows {
            let asked = Asked { classes: alloc::vec![row.symbol.clone()], q_t: row.critical_t, ..Asked::default() };
            let got = assess(&edition, &one_of(asked)).unwrap();
            assert_eq!((got.sum, got.terms[0].beta), (Decimal::ONE, Some(row.beta)), "{}", row.symbol);
            assert_eq!(got.r, Some((row.beta * Decimal::new(5, 1)).normalize()), "{}", row.symbol);
        }
    }

    #[test]
    fn table_3_every_named_gas_has_its_own_beta() {
        let edition = edition();
        assert_eq!(edition.betas.rows.len(), 14);
        for gas in &edition.betas.rows {
            let asked = Asked { name: Some(gas.name.clone()), q_t: Decimal::from(20), ..Asked::default() };
            let asked = Asked { classes: alloc::vec!["J5".into()], ..asked };
            let got = assess(&edition, &one_of(asked)).unwrap();
            assert_eq!(got.terms[0].beta, Some(gas.beta), "{}", gas.name);
        }
    }
}
