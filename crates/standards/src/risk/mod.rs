//! Risk grading: LEC, LS, direct determination and the static score of chemical enterprises.

mod direct;
mod lec;
mod ls;
mod score;

pub use direct::{Direct, DirectRow, direct};
pub use lec::{BandRow, Edge, Lec, ValueRow, lec};
pub use ls::{LossRow, Ls, Severity, SeverityAsked, VariantRow, ls, severity};
pub use score::{ItemScore, Met, RedRow, Score, ScoreBand, ScoreRow, score};

use crate::problem::Problem;
use crate::tables::{Scope, Tables};
use alloc::format;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// The four grades of risk, the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Grade {
    /// 重大风险
    #[serde(rename = "重大")]
    Major,
    /// 较大风险
    #[serde(rename = "较大")]
    Larger,
    /// 一般风险
    #[serde(rename = "一般")]
    General,
    /// 低风险
    #[serde(rename = "低")]
    Low,
}

/// The four colours, red the gravest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Colour {
    /// 红
    #[serde(rename = "红")]
    Red,
    /// 橙
    #[serde(rename = "橙")]
    Orange,
    /// 黄
    #[serde(rename = "黄")]
    Yellow,
    /// 蓝
    #[serde(rename = "蓝")]
    Blue,
}

/// Colour and lowest controlling layer of a grade.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerRow {
    /// The grade.
    pub grade: Grade,
    /// Its colour.
    pub colour: Colour,
    /// The layer that must control it; every layer above controls it too.
    pub layer: String,
}

/// Colour and controlling layer of a grade (四级四色; the layers above control what lower layers do).
pub fn layer(tables: &Tables, grade: Grade, scope: Scope) -> Result<&LayerRow, Problem> {
    let table = tables.risk_layers.select(Scope { on: None, ..scope })?;
    let row = table.rows.iter().find(|r| r.grade == grade);
    row.ok_or_else(|| Problem::field("grade", "该风险等级没有颜色与管控层级"))
}

/// Checks that the residual (现有) risk is not graver than the inherent (固有) one: measures cannot
/// make a risk greater, so such a pair is a mistake of the assessor.
pub fn check_residual(inherent: Grade, residual: Grade) -> Result<(), Problem> {
    if residual < inherent {
        return Err(Problem::field(
            "residual",
            format!("现有风险（{}）高于固有风险（{}），请核对评价取值", word(residual), word(inherent)),
        ));
    }
    Ok(())
}

fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::Major => "重大",
        Grade::Larger => "较大",
        Grade::General => "一般",
        Grade::Low => "低",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residual_risk_may_not_exceed_inherent_risk() {
        assert!(check_residual(Grade::Major, Grade::Low).is_ok());
        assert!(check_residual(Grade::General, Grade::General).is_ok());
        assert!(check_residual(Grade::General, Grade::Larger).is_err_and(|p| p.title.contains("较大")));
    }

    #[test]
    fn four_grades_have_four_colours_and_layers() {
        let of = |g| layer(Tables::shipped(), g, Scope::default()).map(|r| (r.colour, r.layer.clone())).unwrap();
        assert_eq!(of(Grade::Major), (Colour::Red, "公司级".into()));
        assert_eq!(of(Grade::Larger).0, Colour::Orange);
        assert_eq!(of(Grade::General).0, Colour::Yellow);
        assert_eq!(of(Grade::Low), (Colour::Blue, "岗位级".into()));
    }
}
