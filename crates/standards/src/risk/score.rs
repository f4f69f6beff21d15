//! Static risk score of hazardous-chemical enterprises, 应急〔2018〕19号.

use super::Colour;
use crate::problem::Problem;
use crate::tables::{RuleRef, Scope, Table, Tables};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One condition of the score table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreRow {
    /// Number.
    pub id: String,
    /// Category.
    pub category: String,
    /// Item whose full score caps the deductions.
    pub item: String,
    /// Full score of the item.
    #[serde(default)]
    pub item_full: Option<Decimal>,
    /// The condition.
    pub condition: String,
    /// Points, negative for deductions.
    pub points: Decimal,
    /// What is counted, where points are per piece.
    #[serde(default)]
    pub per: Option<String>,
    /// True where of all met conditions of the item only the weightiest counts.
    #[serde(default)]
    pub one_of: bool,
}

/// A band of the score.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreBand {
    /// Lowest score, included.
    pub from: Decimal,
    /// Colour.
    pub colour: Colour,
}

/// A condition that makes the enterprise red whatever its score.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedRow {
    /// Number.
    pub id: String,
    /// The condition.
    pub text: String,
}

/// A condition the enterprise meets.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Met {
    /// Number of the condition.
    pub id: String,
    /// How many pieces.
    pub count: u32,
}

/// What one item contributes.
#[derive(Clone, Debug, Serialize)]
pub struct ItemScore {
    /// The item.
    pub item: String,
    /// Sum of deductions before the cap, negative.
    pub deducted: Decimal,
    /// Deductions that count, negative.
    pub counted: Decimal,
    /// Additions.
    pub added: Decimal,
}

/// The score of an enterprise.
#[derive(Clone, Debug, Serialize)]
pub struct Score {
    /// 100 less deductions plus additions; the document sets no upper end.
    pub score: Decimal,
    /// Colour of the score alone.
    pub score_colour: Colour,
    /// Colour after the direct-red conditions.
    pub colour: Colour,
    /// Direct-red conditions met.
    pub direct_red: Vec<String>,
    /// Item by item.
    pub items: Vec<ItemScore>,
    /// Edition.
    pub rule: RuleRef,
}

/// Scores an enterprise (应急〔2018〕19号 评估诊断分级表): 100, less deductions of which each item's
/// sum is capped at its full score, plus additions; ≥ 90 blue, ≥ 75 yellow, ≥ 60 orange, else red,
/// and red at once under a direct condition. Errors: unknown or repeated condition, a count for a
/// condition that is not counted, accidents together with "no accident".
pub fn score(tables: &Tables, met: &[Met], red: &[String], scope: Scope) -> Result<Score, Problem> {
    let table = tables.chem_score.select(scope)?;
    let bands = tables.chem_score_bands.select(scope)?;
    let rows = met.iter().enumerate().map(|(i, m)| condition(table, met, i, m)).collect::<Result<Vec<_>, _>>()?;
    contradiction(&rows)?;
    let items = items(&rows);
    let score = items
        .iter()
        .fold(Decimal::ONE_HUNDRED, |sum, i| sum.saturating_add(i.counted).saturating_add(i.added))
        .normalize();
    let direct_red = red_rows(tables, red, scope)?;
    let band = bands.rows.iter().filter(|b| b.from <= score).max_by_key(|b| b.from);
    let score_colour = band.map_or(Colour::Red, |b| b.colour);
    let colour = if direct_red.is_empty() { score_colour } else { Colour::Red };
    Ok(Score { score, score_colour, colour, direct_red, items, rule: table.rule() })
}

fn condition<'a>(
    table: &'a Table<ScoreRow>,
    met: &[Met],
    index: usize,
    asked: &Met,
) -> Result<(&'a ScoreRow, u32), Problem> {
    let at = |name: &str| format!("conditions[{index}].{name}");
    let row = table.rows.iter().find(|r| r.id == asked.id);
    let row = row
        .ok_or_else(|| Problem::field(at("id"), format!("评分表没有编号“{}”", asked.id)).under(table.clause.clone()))?;
    if met.iter().filter(|m| m.id == asked.id).count() > 1 {
        return Err(Problem::field(at("id"), format!("“{}”出现多次，请合并为一条并填数量", asked.id)));
    }
    if asked.count == 0 || asked.count > 10_000 {
        return Err(Problem::field(at("count"), "数量应为 1—10000；未涉及的条件不填"));
    }
    if row.per.is_none() && asked.count > 1 {
        return Err(Problem::field(at("count"), format!("“{}”不按数量计分", row.condition)).under(table.clause.clone()));
    }
    Ok((row, asked.count))
}

/// Additions and deductions of the accident item exclude each other.
fn contradiction(rows: &[(&ScoreRow, u32)]) -> Result<(), Problem> {
    let accident =
        |positive: bool| rows.iter().any(|(r, _)| r.item == "安全事故情况" && r.points.is_sign_positive() == positive);
    if accident(true) && accident(false) {
        return Err(Problem::field("conditions", "“五年内未发生安全事故”与近三年的事故不能同时成立"));
    }
    Ok(())
}

fn items(rows: &[(&ScoreRow, u32)]) -> Vec<ItemScore> {
    let first_of_item = |index: usize, row: &ScoreRow| !rows.iter().take(index).any(|(r, _)| r.item == row.item);
    let firsts = rows.iter().enumerate().filter(|(index, (row, _))| first_of_item(*index, row));
    firsts
        .map(|(_, (row, _))| {
            let own: Vec<Decimal> = rows
                .iter()
                .filter(|(r, _)| r.item == row.item)
                .map(|(r, n)| r.points.saturating_mul(Decimal::from(*n)))
                .collect();
            item(row, &own)
        })
        .collect()
}

fn item(row: &ScoreRow, points: &[Decimal]) -> ItemScore {
    let weightiest =
        |p: &Decimal| if row.one_of { points.iter().map(Decimal::abs).max() == Some(p.abs()) } else { true };
    let counted: Vec<Decimal> = points.iter().copied().filter(weightiest).collect();
    let signed = |negative: bool| counted.iter().filter(move |p| p.is_sign_negative() == negative);
    let sum = |negative: bool| signed(negative).fold(Decimal::ZERO, |sum, p| sum.saturating_add(*p));
    let deducted = sum(true);
    let floor = row.item_full.map_or(Decimal::MIN, |full| -full);
    ItemScore {
        item: row.item.clone(),
        deducted: deducted.normalize(),
        counted: deducted.max(floor).normalize(),
        added: sum(false).normalize(),
    }
}

fn red_rows(tables: &Tables, red: &[String], scope: Scope) -> Result<Vec<String>, Problem> {
    let table = tables.chem_score_red.select(scope)?;
    let find = |(index, id): (usize, &String)| {
        let row = table.rows.iter().find(|r| r.id == *id);
        row.map(|r| format!("{}：{}", r.id, r.text))
            .ok_or_else(|| Problem::field(format!("direct_red[{index}]"), format!("没有编号为“{id}”的直接判红条件")))
    };
    red.iter().enumerate().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_2018_19_every_condition_alone_gives_its_points() {
        let table = Tables::shipped().chem_score.select(Scope::default()).unwrap();
        assert_eq!(table.rows.len(), 42);
        for row in &table.rows {
            let met = [Met { id: row.id.clone(), count: 1 }];
            let got = score(Tables::shipped(), &met, &[], Scope::default()).unwrap();
            assert_eq!(got.score, (Decimal::ONE_HUNDRED + row.points).normalize(), "{}", row.condition);
        }
    }

    #[test]
    fn doc_2018_19_no_item_deducts_more_than_its_full_score() {
        let table = Tables::shipped().chem_score.select(Scope::default()).unwrap();
        for row in table.rows.iter().filter(|r| r.per.is_some() && r.points.is_sign_negative()) {
            let met = [Met { id: row.id.clone(), count: 1000 }];
            let got = score(Tables::shipped(), &met, &[], Scope::default()).unwrap();
            assert_eq!(Some(-got.items[0].counted), row.item_full, "{}", row.condition);
        }
    }
}
