//! Credit of enterprises: the catalogue of facts, the figures of the score, the cut-offs of the
//! grades, and the supervision table grade × risk.
//!
//! No national standard fixes these figures (the published local models differ), so every shipped
//! edition is an example that the government of the place adopts or replaces; results say so.

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One kind of fact.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactRow {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Hundredths of a point; negative is adverse.
    pub points: i64,
    /// Most that facts of this kind add together, hundredths; none where every one counts whole.
    #[serde(default)]
    pub cap: Option<i64>,
    /// Days it counts.
    pub days: i64,
    /// Whether two different persons must confirm it.
    #[serde(default)]
    pub serious: bool,
    /// Whom it is about: `enterprise`, `service_org`, `expert`.
    pub subjects: Vec<String>,
    /// Legal basis.
    pub basis: String,
    /// Ground on which a grade falls without notice: `death`, `refusal`, `concealment`.
    #[serde(default)]
    pub ground: Option<String>,
    /// Whether it matters for the liability an insurer carries.
    #[serde(default)]
    pub liability: bool,
    /// Whether a person records it from a document; others come from events.
    #[serde(default)]
    pub manual: bool,
}

/// The figures of the score.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelRow {
    /// Score of a subject without facts, hundredths.
    pub base: i64,
    /// Lowest score.
    pub lowest: i64,
    /// Highest score.
    pub highest: i64,
    /// Half width of the interval without facts, hundredths.
    pub spread: i64,
    /// Smallest half width.
    pub spread_least: i64,
    /// Facts below which the score alone gives no grade under `guard`.
    pub few: u32,
    /// Worst grade that few facts can give.
    pub guard: String,
    /// Days after recording within which an objection may be raised.
    pub objection_days: i64,
    /// Working days for the written answer.
    pub answer_workdays: i32,
    /// Working days between notice and downgrade.
    pub notice_workdays: i32,
}

/// A grade.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeRow {
    /// Grade.
    pub grade: String,
    /// Name.
    pub name: String,
    /// Lowest score of the grade, hundredths.
    pub from: i64,
}

/// What a grade and a risk colour ask for in a year.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupervisionRow {
    /// Grade.
    pub grade: String,
    /// `red`, `orange`, `yellow`, `blue`.
    pub risk: String,
    /// Fewest visits.
    pub visits_least: u32,
    /// Most visits, over all subjects.
    pub visits_most: u32,
    /// Days between self-checks.
    pub self_check_days: u32,
    /// Prevention services.
    pub services: u32,
    /// Training hours.
    pub training_hours: u32,
}

/// The grade of a score: the first row, best first, whose lower bound it reaches; the last otherwise.
pub fn grade_of(rows: &[GradeRow], score: i64) -> Option<&GradeRow> {
    rows.iter().find(|row| score >= row.from).or(rows.last())
}

/// Place of a grade, 0 for the best.
pub fn place_of(rows: &[GradeRow], grade: &str) -> Option<usize> {
    rows.iter().position(|row| row.grade == grade)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::{Confidence, Scope, Tables};

    #[test]
    fn cut_offs_fall_and_every_pair_of_grade_and_risk_has_its_row() {
        let tables = Tables::shipped();
        let grades = tables.credit_grades.select(Scope::default()).unwrap();
        assert!(grades.rows.windows(2).all(|pair| pair[0].from > pair[1].from));
        assert_eq!(grades.confidence, Confidence::Unconfirmed);
        let table = tables.credit_supervision.select(Scope::default()).unwrap();
        for grade in &grades.rows {
            for risk in ["red", "orange", "yellow", "blue"] {
                let row = table.rows.iter().find(|r| r.grade == grade.grade && r.risk == risk).unwrap();
                assert!(row.visits_least <= row.visits_most);
            }
        }
    }

    #[test]
    fn a_score_on_the_border_has_the_better_grade() {
        let table = Tables::shipped().credit_grades.select(Scope::default()).unwrap();
        let grade = |score| grade_of(&table.rows, score).unwrap().grade.as_str();
        assert_eq!([grade(10_000), grade(8_500), grade(8_499), grade(7_000), grade(0)], ["A", "A", "B", "B", "D"]);
        assert_eq!(place_of(&table.rows, "C"), Some(2));
    }

    #[test]
    fn signs_caps_and_grounds_agree() {
        let table = Tables::shipped().credit_facts.select(Scope::default()).unwrap();
        for row in &table.rows {
            assert!(row.points != 0 && row.days > 0 && !row.subjects.is_empty(), "{}", row.code);
            assert!(row.cap.is_none_or(|cap| cap.signum() == row.points.signum()), "{}", row.code);
            assert!(row.points < 0 || (!row.serious && row.ground.is_none()), "{}", row.code);
        }
    }
}
