//! Events of work-safety liability insurance.
use crate::{Code, FreeText, LeafSafe};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One factor of a premium.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Factor {
    /// Name: `credit`, `claims`, `standardisation`, `risk`, `governance`.
    pub name: Code,
    /// Change in hundredths of a percent: `-500` is −5 %.
    pub change_bp: i64,
    /// Clause of the scheme.
    pub clause: Code,
    /// Events behind it.
    pub because: Vec<Uuid>,
}
impl LeafSafe for Factor {}

crate::events! { "systems/insurance";
    /// Base, factors, premium.
    "ins.quote.made" v 1 E2 "安责险报价" => QuoteMade {
        /// Quote.
        quote: Uuid,
        /// Enterprise.
        enterprise: Code,
        /// Base premium, 分.
        base_fen: i64,
        /// Factors with the events behind each.
        factors: Vec<Factor>,
        /// Premium, 分.
        premium_fen: i64,
        /// Scheme edition.
        scheme: Code,
    }
    /// A policy.
    "ins.policy.bound" v 1 E3 "保单生效" => PolicyBound {
        /// Policy.
        policy: Uuid,
        /// Number.
        policy_no: Code,
        /// Insurer.
        insurer: Code,
        /// Enterprise.
        enterprise: Code,
        /// From.
        from: i64,
        /// To.
        to: i64,
        /// People covered.
        insured_people: u32,
        /// Limit per person.
        per_person_fen: i64,
        /// Cumulative limit.
        cumulative_fen: i64,
        /// Medical limit per person.
        medical_fen: i64,
        /// Premium.
        premium_fen: i64,
        /// Quote.
        quote: Option<Uuid>,
        /// Scheme edition.
        scheme: Code,
    }
    /// A policy ended.
    "ins.policy.ended" v 1 E2 "保单终止" => PolicyEnded {
        /// Policy.
        policy: Uuid,
        /// `expired`, `closed_by_law`, `production_stopped`.
        ground: Code,
    }
    /// An adjustment proposed from verified fixes and grade.
    "ins.premium.proposed" v 1 E1 "保费调整建议" => PremiumProposed {
        /// Adjustment.
        adjustment: Uuid,
        /// Policy.
        policy: Uuid,
        /// Premium now, 分.
        old_fen: i64,
        /// Premium proposed, 分.
        new_fen: i64,
        /// Factors with the events behind each.
        factors: Vec<Factor>,
        /// Scheme edition.
        scheme: Code,
    }
    /// A person accepted the adjustment.
    "ins.premium.adjusted" v 1 E2 "保费调整" => PremiumAdjusted {
        /// Adjustment.
        adjustment: Uuid,
        /// Policy.
        policy: Uuid,
        /// Before, 分.
        old_fen: i64,
        /// After, 分.
        new_fen: i64,
        /// Factors with the events behind each.
        factors: Vec<Factor>,
        /// From, milliseconds UTC.
        effective: i64,
        /// Scheme edition.
        scheme: Code,
    }
    /// A person declined the adjustment.
    "ins.premium.declined" v 1 E2 "不采纳保费建议" => PremiumDeclined {
        /// Adjustment.
        adjustment: Uuid,
        /// Reason.
        reason: FreeText,
    }
}
