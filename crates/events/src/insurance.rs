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
    /// The county says whether an enterprise belongs to a sector that must insure.
    "ins.duty.decided" v 1 E2 "认定投保义务" => InsuranceDutyDecided {
        /// Enterprise.
        enterprise: Code,
        /// Sector of the list; absent where none fits.
        sector: Option<Code>,
        /// Ground.
        reason: FreeText,
    }
    /// An enterprise asks the insurer of its choice for cover.
    "ins.proposal.created" v 1 E1 "投保申请" => ProposalCreated {
        /// Application.
        application: Uuid,
        /// Insurer.
        insurer: Code,
        /// Enterprise.
        enterprise: Code,
        /// People to be covered: all employees.
        insured_people: u32,
        /// Limit per person, 分.
        per_person_fen: i64,
        /// Cover begins, milliseconds UTC.
        from: i64,
        /// Cover ends.
        to: i64,
        /// `enterprise` for an application, `import` for a paper policy that the insurer enters.
        origin: Code,
    }
    /// An application or quote is taken back.
    "ins.proposal.withdrawn" v 1 E1 "撤回投保" => ProposalWithdrawn {
        /// Application.
        application: Uuid,
        /// Reason.
        reason: FreeText,
    }
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
        /// Commission, hundredths of a percent of the premium.
        commission_bp: i64,
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
    }    /// A proposal that no longer follows from the facts falls away before anybody decided.
    "ins.premium.lapsed" v 1 E1 "保费建议失效" => PremiumLapsed {
        /// Adjustment.
        adjustment: Uuid,
    }
    /// The insurer proposes a prevention plan.
    "svc.plan.proposed" v 1 E1 "拟订预防服务方案" => ServicePlanProposed {
        /// Plan.
        plan: Uuid,
        /// Policy.
        policy: Uuid,
        /// Service items of AQ 9010.
        items: Vec<Code>,
        /// Visits.
        visits: u32,
        /// Budget, 分.
        budget_fen: i64,
        /// Goals, measures and guarantees in words.
        goals: FreeText,
    }
    /// The enterprise agrees to the plan that the insurer proposed.
    "svc.plan.agreed" v 1 E2 "预防服务方案" => ServicePlanAgreed {
        /// Plan.
        plan: Uuid,
        /// Policy.
        policy: Uuid,
        /// Service items of AQ 9010.
        items: Vec<Code>,
        /// Visits.
        visits: u32,
        /// Budget, 分.
        budget_fen: i64,
    }
    /// A proposed plan is sent back.
    "svc.plan.returned" v 1 E1 "退回预防服务方案" => ServicePlanReturned {
        /// Plan.
        plan: Uuid,
        /// What to put right.
        reason: FreeText,
    }
    /// A line of the plan names the visit that carries it out.
    "svc.line.scheduled" v 1 E1 "安排预防服务" => ServiceLineScheduled {
        /// Line.
        line: Uuid,
        /// Plan.
        plan: Uuid,
        /// Visit.
        visit: Uuid,
    }
    /// The enterprise confirms that a service of the plan was rendered.
    "svc.line.confirmed" v 1 E2 "确认预防服务" => ServiceLineConfirmed {
        /// Line.
        line: Uuid,
        /// Visit.
        visit: Uuid,
        /// Satisfied.
        satisfied: bool,
        /// Concrete opinion.
        comment: Option<FreeText>,
    }
    /// The enterprise complains about a service.
    "svc.complaint.filed" v 1 E2 "预防服务投诉" => ServiceComplaintFiled {
        /// Complaint.
        complaint: Uuid,
        /// Line.
        line: Uuid,
        /// What is complained of.
        text: FreeText,
        /// Last day of the answer, milliseconds UTC.
        due: i64,
    }
    /// The insurer answers: request, finding and basis, measures.
    "svc.complaint.answered" v 1 E2 "答复预防服务投诉" => ServiceComplaintAnswered {
        /// Complaint.
        complaint: Uuid,
        /// Finding and basis.
        finding: FreeText,
        /// Measures.
        measures: FreeText,
    }
    /// Ten working days passed without an answer.
    "svc.complaint.overdue" v 1 E1 "投诉逾期未答复" => ServiceComplaintOverdue {
        /// Complaint.
        complaint: Uuid,
        /// Last day of the answer, milliseconds UTC.
        due: i64,
    }
    /// The visit was paid from the prevention ledger.
    "svc.fee.settled" v 1 E2 "服务费结算" => ServiceFeeSettled {
        /// Policy.
        policy: Uuid,
        /// Line of the plan.
        line: Uuid,
        /// Visit.
        visit: Uuid,
        /// Amount, 分.
        amount_fen: i64,
        /// Balance of the ledger, 分.
        balance_fen: i64,
        /// Supplier.
        supplier: Code,
        /// Number of the voucher.
        voucher: Option<Code>,
    }
}
