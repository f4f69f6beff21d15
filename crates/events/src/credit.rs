//! Events of the credit library: facts, objections, scores.
use crate::{Code, FreeText, LeafSafe};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One fact in a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreInput {
    /// Fact.
    pub fact: Uuid,
    /// What it contributed, hundredths of a point.
    pub points: i64,
}
impl LeafSafe for ScoreInput {}

crate::events! { "libraries/credit";
    /// A credit fact, with its source event and legal basis.
    "credit.fact.recorded" v 1 E2 "记入信用事实" => CreditFactRecorded {
        /// Fact.
        fact: Uuid,
        /// Organisation it is about.
        subject_org: Code,
        /// Catalogue code.
        code: Code,
        /// Points in hundredths; negative is adverse.
        weight: i64,
        /// Event it rests on.
        source_event: Uuid,
        /// Legal basis.
        basis: Code,
        /// Counts from, milliseconds UTC.
        valid_from: i64,
        /// Counts until.
        valid_to: Option<i64>,
        /// Edition of the catalogue.
        edition: Code,
        /// Accounts that confirmed an adverse fact.
        confirmed_by: Vec<Uuid>,
    }
    /// A rule turned an event into a candidate; an adverse one waits for a person.
    "credit.fact.proposed" v 1 E1 "信用事实候选" => CreditFactProposed {
        /// Fact.
        fact: Uuid,
        /// Organisation it is about.
        subject_org: Code,
        /// Catalogue code.
        code: Code,
        /// Event it rests on.
        source_event: Uuid,
        /// Edition of the catalogue.
        edition: Code,
    }
    /// The first of the two persons that a serious adverse fact needs.
    "credit.fact.seconded" v 1 E2 "严重不利事实初次确认" => CreditFactSeconded {
        /// Fact.
        fact: Uuid,
        /// Account that confirmed first.
        by: Uuid,
    }
    /// A person dismissed a candidate.
    "credit.fact.dismissed" v 1 E2 "候选不予记入" => CreditFactDismissed {
        /// Fact.
        fact: Uuid,
        /// Reason.
        reason: FreeText,
    }
    /// The enterprise objects to one fact.
    "credit.fact.objected" v 1 E2 "信用异议" => CreditFactObjected {
        /// Fact.
        fact: Uuid,
        /// Objection.
        objection: Uuid,
        /// `wrong_fact`, `wrong_person`, `wrong_weight`, `expired`.
        ground_code: Code,
        /// Ground.
        ground: FreeText,
    }
    /// The answer to an objection is late.
    "credit.objection.overdue" v 1 E1 "异议逾期未答复" => CreditObjectionOverdue {
        /// Fact.
        fact: Uuid,
        /// Objection.
        objection: Uuid,
        /// When the answer was due, milliseconds UTC.
        due: i64,
    }
    /// The objection was decided; upheld means every effect is undone.
    "credit.fact.corrected" v 1 E3 "异议处理" => CreditFactCorrected {
        /// Fact.
        fact: Uuid,
        /// Objection.
        objection: Option<Uuid>,
        /// `upheld`, `rejected`.
        result: Code,
        /// Written answer.
        reason: FreeText,
    }
    /// A score with the contribution of every input.
    "credit.score.computed" v 1 E2 "信用评分" => CreditScoreComputed {
        /// Organisation.
        subject_org: Code,
        /// Edition of the model.
        edition: Code,
        /// Hundredths of a point.
        score: i64,
        /// Lower end of the interval.
        low: i64,
        /// Upper end.
        high: i64,
        /// Facts and what each contributed.
        inputs: Vec<ScoreInput>,
        /// Day it holds for, milliseconds UTC.
        as_of: i64,
    }
}
