//! Events of the register of major hazard sources (N9).
use crate::{Code, FreeText, LeafSafe, Personal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One chemical of a unit as an event states it; decimals are text, so that nothing is rounded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChemicalFact {
    /// Number in Table 1 of GB 18218, where it decides.
    pub no: Option<u16>,
    /// Name as filed.
    pub name: FreeText,
    /// Class that decided the critical quantity or β.
    pub class: Option<Code>,
    /// Design maximum quantity, t.
    pub q_t: Code,
    /// Critical quantity, t.
    pub critical_t: Code,
    /// Correction factor β.
    pub beta: Option<Code>,
}
impl LeafSafe for ChemicalFact {}

/// One unit as an event states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitFact {
    /// Name on site.
    pub name: FreeText,
    /// `生产单元`, `储罐区` or `仓库`.
    pub kind: Code,
    /// Sum of q/Q.
    pub s: Code,
    /// R; none where the unit is no major hazard.
    pub r: Option<Code>,
    /// Level.
    pub level: Option<Code>,
    /// What it holds.
    pub chemicals: Vec<ChemicalFact>,
    /// Measuring points of the unit and of its tanks.
    pub tags: Vec<Code>,
}
impl LeafSafe for UnitFact {}

/// Who answers for the source under 三级包保.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResponsibleFact {
    /// `主要负责人`, `技术负责人` or `操作负责人`.
    pub post: Code,
    /// Name.
    pub name: Personal<String>,
    /// Phone.
    pub phone: Personal<String>,
}
impl LeafSafe for ResponsibleFact {}

/// The file of a source as an event states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceFact {
    /// Name.
    pub name: FreeText,
    /// Site of the enterprise.
    pub site: Option<Uuid>,
    /// Residents within 500 m outside the plant boundary.
    pub population_500m: Option<u32>,
    /// Units with their assessment.
    pub units: Vec<UnitFact>,
    /// Largest sum of q/Q.
    pub s: Code,
    /// Largest R; none where no unit is a major hazard.
    pub r: Option<Code>,
    /// Highest level; none where no unit is a major hazard.
    pub level: Option<Code>,
    /// Edition of the rule behind the figures.
    pub edition: Code,
    /// Version of the rule set it belongs to.
    pub rule_set: Code,
    /// Persons responsible.
    pub responsible: Vec<ResponsibleFact>,
    /// Number under which the authority filed it.
    pub filed_no: Option<Code>,
    /// Day of filing, `YYYY-MM-DD`.
    pub filed_on: Option<Code>,
    /// Day of the last safety evaluation, `YYYY-MM-DD`.
    pub evaluated_on: Option<Code>,
}
impl LeafSafe for SourceFact {}

crate::events! { "systems/major_hazards";
    /// An enterprise, or the county for it, put a source on file.
    "hazard_source.filed" v 1 E2 "登记重大危险源" => HazardSourceFiled {
        /// Source.
        source: Uuid,
        /// The file.
        file: SourceFact,
        /// `form`, `import` or `demo`.
        origin: Code,
    }
    /// The file changed, and with it, perhaps, the level.
    "hazard_source.changed" v 1 E2 "变更重大危险源档案" => HazardSourceChanged {
        /// Source.
        source: Uuid,
        /// The file as it is now.
        file: SourceFact,
        /// Fields that changed.
        fields: Vec<Code>,
        /// Level before.
        level_before: Option<Code>,
        /// R before.
        r_before: Option<Code>,
        /// `form`, `import` or `demo`.
        origin: Code,
    }
    /// The county has checked the file.
    "hazard_source.confirmed" v 1 E2 "确认重大危险源档案" => HazardSourceConfirmed {
        /// Source.
        source: Uuid,
        /// Revision that was checked.
        revision: i64,
        /// Level confirmed.
        level: Option<Code>,
        /// R confirmed.
        r: Option<Code>,
        /// Opinion.
        opinion: Option<FreeText>,
    }
    /// The county sent the file back to be put right.
    "hazard_source.returned" v 1 E1 "退回重大危险源档案" => HazardSourceReturned {
        /// Source.
        source: Uuid,
        /// Revision that was checked.
        revision: i64,
        /// What to put right.
        reason: FreeText,
    }
    /// A measuring point was registered for the source and joins its file.
    "hazard_source.tag_joined" v 1 E1 "监测点位归入重大危险源" => HazardSourceTagJoined {
        /// Source.
        source: Uuid,
        /// Tag.
        tag: Code,
    }
    /// The safety evaluation has run out of time.
    "hazard_source.evaluation_overdue" v 1 E1 "安全评估到期" => HazardSourceEvaluationOverdue {
        /// Source.
        source: Uuid,
        /// Day it was due, `YYYY-MM-DD`.
        due: Code,
    }
    /// Two records of an enterprise became one, and the source goes with them.
    "hazard_source.moved" v 1 E1 "重大危险源随企业档案合并" => HazardSourceMoved {
        /// Source.
        source: Uuid,
        /// Enterprise before.
        from: Code,
        /// Enterprise now.
        to: Code,
    }
}
