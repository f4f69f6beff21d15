//! LS 风险矩阵法: R = L × S, with the variants in use as data.

use super::{Colour, Grade, layer};
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Tables};
use alloc::format;
use alloc::string::String;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The bands of one variant.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantRow {
    /// Short name, V1 to V7.
    pub variant: String,
    /// Name for people.
    pub name: String,
    /// L and S run from 1 to this.
    pub size: u8,
    /// Smallest R that is 重大.
    pub major_from: u8,
    /// Smallest R that is 较大.
    pub larger_from: u8,
    /// Smallest R that is 一般.
    pub general_from: u8,
    /// Used when no variant is asked for.
    pub default: bool,
    /// Where it was read.
    pub source: String,
}

/// A graded LS product.
#[derive(Clone, Debug, Serialize)]
pub struct Ls {
    /// L × S.
    pub r: u32,
    /// Grade.
    pub grade: Grade,
    /// Colour.
    pub colour: Colour,
    /// Lowest controlling layer.
    pub layer: String,
    /// The variant that graded.
    pub variant: String,
    /// Edition.
    pub rule: RuleRef,
}

/// Grades `R = L × S` (风险矩阵法, R 分级表; no unit) in a variant, by default the one marked so.
/// Errors: unknown variant, L or S outside 1 to the size of the matrix.
pub fn ls(tables: &Tables, l: u32, s: u32, variant: Option<&str>, scope: Scope) -> Result<Ls, Problem> {
    let (table, row) = if let Some(name) = variant {
        tables.ls_variants.find(scope, "variant", name, |r| &r.variant)?
    } else {
        let table = tables.ls_variants.select(scope)?;
        let row = table.rows.iter().find(|r| r.default);
        (table, row.ok_or_else(|| Problem::field("variant", "此版本没有默认方案，请指定 variant"))?)
    };
    for (field, value) in [("l", l), ("s", s)] {
        if value < 1 || value > u32::from(row.size) {
            let message =
                format!("{} 应为 1—{} 的整数（{} {}）", field.to_uppercase(), row.size, row.variant, row.name);
            return Err(Problem::field(field, message).under(table.clause.clone()));
        }
    }
    let r = l * s;
    let grade = match r {
        r if r >= u32::from(row.major_from) => Grade::Major,
        r if r >= u32::from(row.larger_from) => Grade::Larger,
        r if r >= u32::from(row.general_from) => Grade::General,
        _ => Grade::Low,
    };
    let layer = layer(tables, grade, scope)?;
    Ok(Ls {
        r,
        grade,
        colour: layer.colour,
        layer: layer.layer.clone(),
        variant: row.variant.clone(),
        rule: table.rule(),
    })
}

/// Loss thresholds of S, which differ between copies.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossRow {
    /// Name of the scheme.
    pub scheme: String,
    /// Loss from which S is 5, 10⁴ yuan.
    pub five_from: Decimal,
    /// Loss from which S is 4, 10⁴ yuan.
    pub four_from: Decimal,
    /// Loss from which S is 3, 10⁴ yuan; below it 2, no loss 1.
    pub three_from: Decimal,
    /// Used when no scheme is asked for.
    pub default: bool,
}

/// What the assessor found in each column of the S table.
#[derive(Clone, Copy, Default, Debug)]
pub struct SeverityAsked {
    /// Law and rules, 1 to 5.
    pub law: Option<u32>,
    /// People, 1 to 5.
    pub people: Option<u32>,
    /// Loss, 10⁴ yuan.
    pub loss_wan: Option<Decimal>,
    /// Stop of work, 1 to 5.
    pub stop: Option<u32>,
    /// Image, 1 to 5.
    pub image: Option<u32>,
}

/// S as the maximum over the columns.
#[derive(Clone, Debug, Serialize)]
pub struct Severity {
    /// S.
    pub s: u32,
    /// Value of the loss column.
    pub loss: Option<u32>,
    /// Edition.
    pub rule: RuleRef,
}

/// S as the maximum over the columns given (风险矩阵法, S 取值表; loss in 10⁴ yuan). Errors: no
/// column given, a column outside 1–5, an unknown loss scheme.
pub fn severity(
    tables: &Tables,
    asked: SeverityAsked,
    scheme: Option<&str>,
    scope: Scope,
) -> Result<Severity, Problem> {
    let table = tables.ls_losses.select(scope)?;
    let wanted = |row: &&LossRow| scheme.map_or(row.default, |name| row.scheme == name);
    let row = table.rows.iter().find(wanted).ok_or_else(|| Problem::field("scheme", "没有这个损失方案"))?;
    for (field, value) in [("law", asked.law), ("people", asked.people), ("stop", asked.stop), ("image", asked.image)] {
        if value.is_some_and(|v| !(1..=5).contains(&v)) {
            return Err(Problem::field(field, "应为 1—5 的整数").under(table.clause.clone()));
        }
    }
    let loss = asked.loss_wan.map(|loss| match loss {
        loss if loss >= row.five_from => 5,
        loss if loss >= row.four_from => 4,
        loss if loss >= row.three_from => 3,
        loss if loss > Decimal::ZERO => 2,
        _ => 1,
    });
    let columns = [asked.law, asked.people, loss, asked.stop, asked.image];
    let s = columns.into_iter().flatten().max().ok_or_else(|| Problem::field("people", "至少给出一栏的后果"))?;
    Ok(Severity { s, loss, rule: table.rule() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Grade::{General, Larger, Low, Major};

    /// Grades by product, written out from the sources rather than from the shipped bands.
    fn expected(variant: &str, r: u32) -> Grade {
        match (variant, r) {
            ("V1" | "V2" | "V3" | "V4" | "V6", 20 | 25) | ("V5", 15..=25) | ("V7", 12 | 16) => Major,
            ("V1" | "V4" | "V6", 15 | 16) | ("V2", 9..=16) | ("V3", 10..=16) | ("V5", 9..=14) | ("V7", 8 | 9) => Larger,
            ("V1", 9..=12)
            | ("V2" | "V5", 4..=8)
            | ("V3", 4..=9)
            | ("V4", 8..=12)
            | ("V6", 10 | 12)
            | ("V7", 4 | 6) => General,
            _ => Low,
        }
    }

    #[test]
    fn ls_every_product_of_every_variant() {
        let mut seen = 0;
        for (variant, size) in [("V1", 5), ("V2", 5), ("V3", 5), ("V4", 5), ("V5", 5), ("V6", 5), ("V7", 4)] {
            for l in 1..=size {
                for s in 1..=size {
                    let got = ls(Tables::shipped(), l, s, Some(variant), Scope::default()).unwrap();
                    assert_eq!((got.r, got.grade), (l * s, expected(variant, l * s)), "{variant} {l}×{s}");
                    seen += 1;
                }
            }
            assert!(
                ls(Tables::shipped(), size + 1, 1, Some(variant), Scope::default())
                    .is_err_and(|p| p.errors[0].field == "l")
            );
            assert!(
                ls(Tables::shipped(), 1, 0, Some(variant), Scope::default()).is_err_and(|p| p.errors[0].field == "s")
            );
        }
        assert_eq!(seen, 6 * 25 + 16);
    }
}
