//! Events of on-site supervision: visits, checks, hazards.
use crate::{Code, FreeText, LeafSafe, Personal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A candidate who was not possible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rejected {
    /// Person.
    pub person: Uuid,
    /// Reason: `skill`, `certificate`, `conflict`, `frequency`, `busy`, `distance`.
    pub reason: Code,
}
impl LeafSafe for Rejected {}

/// The value of a sensor at verification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SensorProof {
    /// Tag.
    pub tag: Code,
    /// Value.
    pub value: f64,
    /// When it was measured, milliseconds UTC.
    pub at: i64,
    /// Whether it lay inside its limits.
    pub inside: bool,
}
impl LeafSafe for SensorProof {}

crate::events! { "lines/onsite";
    /// Somebody, or a reaction, asks for a visit.
    "visit.requested" v 1 E1 "检查服务申请" => VisitRequested {
        /// Visit.
        visit: Uuid,
        /// `enforcement`, `prevention_service`, `recheck`, `joint`, `insurer_survey`.
        visit_kind: Code,
        /// Skills needed, as the experts library names them.
        skills: Vec<Code>,
        /// Latest day, milliseconds UTC.
        deadline: i64,
        /// 1 to 4.
        priority: u8,
        /// Why: `alarm`, `accident`, `complaint`, `plan`, `recheck`, `request`.
        reason_code: Code,
        /// Why, in words.
        reason: FreeText,
        /// Event that caused it, such as an alarm.
        source_event: Option<Uuid>,
    }
    /// A person chose who goes, from proposed candidates.
    "visit.assigned" v 1 E1 "派定人员" => VisitAssigned {
        /// Visit.
        visit: Uuid,
        /// Organisation that sends them.
        org: Code,
        /// People who go.
        people: Vec<Uuid>,
        /// Window start, milliseconds UTC.
        from: i64,
        /// Window end.
        to: i64,
        /// Score of the choice.
        chosen_score: f64,
        /// Parts of that score by name.
        score_parts: std::collections::BTreeMap<Code, f64>,
        /// Who was not possible, and why.
        rejected: Vec<Rejected>,
    }
    /// The people sent accept.
    "visit.accepted" v 1 E1 "接受派单" => VisitAccepted {
        /// Visit.
        visit: Uuid,
        /// Person who accepts.
        person: Uuid,
    }
    /// The people sent decline.
    "visit.declined" v 1 E1 "拒绝派单" => VisitDeclined {
        /// Visit.
        visit: Uuid,
        /// Reason: `ill`, `conflict`, `busy`, `skill`, `other`.
        reason_code: Code,
        /// Reason in words.
        reason: FreeText,
    }
    /// A conflict of interest stands in the way.
    "visit.conflict_found" v 1 E1 "发现回避情形" => VisitConflictFound {
        /// Visit.
        visit: Uuid,
        /// Person.
        person: Uuid,
        /// `relation`, `frequency`, `self_review`, `employer`.
        conflict: Code,
    }
    /// The enterprise is told matter, basis and planned end.
    "visit.announced" v 1 E1 "入企告知" => VisitAnnounced {
        /// Visit.
        visit: Uuid,
        /// Unit that comes.
        unit: Code,
        /// Matter.
        matter: FreeText,
        /// Laws and clauses.
        legal_basis: Vec<Code>,
        /// Planned end, milliseconds UTC.
        planned_end: i64,
        /// Organisations that join.
        joint_with: Vec<Code>,
    }
    /// People came in by the enterprise's code.
    "visit.entered" v 1 E2 "扫码入企" => VisitEntered {
        /// Visit.
        visit: Uuid,
        /// Code that was scanned.
        code: Code,
        /// People present.
        people: Vec<Uuid>,
        /// Position as the device gave it.
        position: Personal<String>,
        /// Scanned before leaving instead of at the door.
        late: bool,
    }
    /// People left.
    "visit.left" v 1 E1 "离开企业" => VisitLeft {
        /// Visit.
        visit: Uuid,
        /// Minutes on site.
        minutes: u32,
    }
    /// The visit is not needed any more.
    "visit.withdrawn" v 1 E1 "撤回检查服务" => VisitWithdrawn {
        /// Visit.
        visit: Uuid,
        /// Reason.
        reason: FreeText,
    }
    /// The enterprise says how the visit was.
    "visit.evaluated" v 1 E2 "企业评价" => VisitEvaluated {
        /// Visit.
        visit: Uuid,
        /// 1 to 5 by question: `conduct`, `useful`, `burden`.
        scores: std::collections::BTreeMap<Code, u8>,
        /// Whether it is a complaint that must be answered.
        complaint: bool,
        /// What the enterprise wrote.
        comment: Option<FreeText>,
    }
    /// One check item was answered.
    "check.item.answered" v 1 E1 "检查项结果" => CheckItemAnswered {
        /// Visit.
        visit: Uuid,
        /// Item of the check list.
        item: Code,
        /// Standard and clause.
        clause: Option<Code>,
        /// `pass`, `general`, `major`, `na`.
        answer: Code,
        /// Note.
        note: Option<FreeText>,
        /// Order on the device.
        seq: u32,
    }
    /// The record was signed by both sides, or a refusal recorded.
    "check.record.signed" v 1 E3 "检查记录签字" => CheckRecordSigned {
        /// Visit.
        visit: Uuid,
        /// SM3 digest of the record.
        record: Code,
        /// People who signed for the visitors.
        by: Vec<Uuid>,
        /// Whether the enterprise signed.
        enterprise_signed: bool,
        /// Refusal, as recorded.
        refusal: Option<FreeText>,
    }
    /// A hazard was found.
    "hazard.found" v 1 E2 "发现隐患" => HazardFound {
        /// Hazard.
        hazard: Uuid,
        /// `general` or `major` as suspected.
        level: Code,
        /// Criterion it breaks.
        clause: Option<Code>,
        /// Place.
        place: FreeText,
        /// What is wrong.
        text: FreeText,
        /// `visit`, `self_check`, `patrol`, `report`, `alarm`.
        found_via: Code,
        /// Visit that found it.
        visit: Option<Uuid>,
        /// Sensor that watches the same thing.
        tag: Option<Code>,
    }
    /// The same place and clause is open already.
    "hazard.duplicate_linked" v 1 E1 "关联重复隐患" => HazardDuplicateLinked {
        /// Hazard.
        hazard: Uuid,
        /// The open one.
        of: Uuid,
        /// 0 to 1.
        similarity: f64,
    }
    /// Government confirmed the level.
    "hazard.level_confirmed" v 1 E2 "确认隐患等级" => HazardLevelConfirmed {
        /// Hazard.
        hazard: Uuid,
        /// Suspected level.
        from: Code,
        /// Confirmed level.
        to: Code,
        /// Criterion.
        criterion: Option<Code>,
        /// Ground.
        ground: FreeText,
    }
    /// Who rectifies, how, with what money, by when.
    "hazard.assigned" v 1 E1 "下达整改" => HazardAssigned {
        /// Hazard.
        hazard: Uuid,
        /// Post responsible.
        owner_post: Code,
        /// Person responsible.
        owner: Personal<String>,
        /// Measure.
        measure: FreeText,
        /// Money, 分.
        money_fen: Option<i64>,
        /// Due, milliseconds UTC.
        due: i64,
        /// Rule the due date comes from.
        rule: Code,
        /// Plan, required for major hazards.
        plan: Option<FreeText>,
    }
    /// The enterprise asks for more time.
    "hazard.extension_requested" v 1 E2 "申请延期" => HazardExtensionRequested {
        /// Hazard.
        hazard: Uuid,
        /// Working days asked for.
        working_days: u32,
        /// Reason.
        reason: FreeText,
        /// What keeps it safe meanwhile.
        interim_measure: FreeText,
    }
    /// Government decided.
    "hazard.extension_decided" v 1 E2 "延期审批" => HazardExtensionDecided {
        /// Hazard.
        hazard: Uuid,
        /// Granted.
        granted: bool,
        /// New due, milliseconds UTC.
        until: Option<i64>,
        /// Reason.
        reason: FreeText,
    }
    /// The enterprise says it is fixed.
    "hazard.rectified" v 1 E2 "整改完成" => HazardRectified {
        /// Hazard.
        hazard: Uuid,
        /// What was done.
        measure: FreeText,
        /// Cost, 分.
        cost_fen: Option<i64>,
        /// Account that reports it.
        person: Uuid,
        /// Digests of photos before.
        before: Vec<Code>,
        /// Digests of photos after.
        after: Vec<Code>,
    }
    /// Somebody else looked: fixed or not.
    "hazard.verified" v 1 E2 "复查核实" => HazardVerified {
        /// Hazard.
        hazard: Uuid,
        /// Fixed.
        passed: bool,
        /// Account that verified.
        verifier: Uuid,
        /// Organisation that found it.
        found_by: Code,
        /// Confirmed level.
        level: Code,
        /// Whether it was fixed before the due date.
        on_time: bool,
        /// Working days late.
        days_late: u32,
        /// Value of the sensor where a tag exists.
        sensor: Option<SensorProof>,
        /// Note.
        note: Option<FreeText>,
    }
    /// It was not fixed, or came back.
    "hazard.reopened" v 1 E2 "重新打开隐患" => HazardReopened {
        /// Hazard.
        hazard: Uuid,
        /// Why.
        why: FreeText,
    }
    /// Closed after a passed verification.
    "hazard.closed" v 1 E1 "隐患销号" => HazardClosed {
        /// Hazard.
        hazard: Uuid,
    }
    /// The due date passed.
    "hazard.overdue" v 1 E1 "整改逾期" => HazardOverdue {
        /// Hazard.
        hazard: Uuid,
        /// Working days over.
        days_over: u32,
        /// What follows.
        next_step: Code,
    }
    /// Listed for supervision.
    "hazard.listed_for_supervision" v 1 E2 "挂牌督办" => HazardListed {
        /// Hazard.
        hazard: Uuid,
        /// `county`, `city`, `province`.
        level: Code,
        /// Due, milliseconds UTC.
        due: i64,
    }
    /// Taken off the list of supervision.
    "hazard.supervision_lifted" v 1 E2 "解除挂牌督办" => HazardSupervisionLifted {
        /// Hazard.
        hazard: Uuid,
        /// Opinion.
        opinion: FreeText,
    }
}
