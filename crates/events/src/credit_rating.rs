//! Events of classification and grading (N1): classes, grades, notices, runs, editions.
use crate::Code;
use uuid::Uuid;

crate::events! { "systems/credit_rating";
    /// A person confirmed how an enterprise is classified.
    "credit.class.confirmed" v 1 E2 "确认企业分类" => ClassConfirmed {
        /// Organisation.
        subject_org: Code,
        /// Trade, as the list of sectors names it.
        trade: Code,
        /// Hazards, as risk tags name them.
        hazards: Vec<Code>,
        /// `micro`, `small`, `medium`, `large`.
        scale: Code,
        /// Whether the law obliges it to insure.
        must_insure: bool,
        /// Supervising department.
        department: Code,
        /// Risk colour: `red`, `orange`, `yellow`, `blue`.
        risk: Code,
        /// Fields in which the person departed from the suggestion.
        departed: Vec<Code>,
    }
    /// The enterprise is told before a downgrade.
    "credit.grade.noticed" v 1 E2 "降级预告" => CreditGradeNoticed {
        /// Organisation.
        subject_org: Code,
        /// Grade now.
        from: Code,
        /// Grade proposed.
        to: Code,
        /// When it takes effect unless corrected.
        effective: i64,
        /// The facts that move it.
        facts: Vec<Uuid>,
    }
    /// The ground of a notice fell away before it took effect.
    "credit.grade.notice_withdrawn" v 1 E2 "撤回降级预告" => CreditNoticeWithdrawn {
        /// Organisation.
        subject_org: Code,
        /// The notice.
        notice: Uuid,
        /// Score now, hundredths of a point.
        score: i64,
    }
    /// A grade.
    "credit.grade.published" v 1 E3 "信用等级发布" => CreditGradePublished {
        /// Organisation.
        subject_org: Code,
        /// A to D.
        grade: Code,
        /// Grade before.
        previous: Option<Code>,
        /// From.
        from: i64,
        /// Until.
        to: Option<i64>,
        /// Hundredths of a point.
        score: i64,
        /// Edition of the cut-offs.
        edition: Code,
        /// Facts that moved it most.
        reasons: Vec<Uuid>,
        /// Visits that the supervision table asks for.
        visits_per_year: u32,
    }
    /// A grading was run for a period.
    "credit.run.made" v 1 E2 "信用评定" => CreditRunMade {
        /// Run.
        run: Uuid,
        /// Region.
        region: Code,
        /// First moment of the period.
        from: i64,
        /// Last moment.
        to: i64,
        /// Enterprises rated.
        rated: u32,
        /// Moved up.
        up: u32,
        /// Moved down.
        down: u32,
    }
    /// The government adopted an edition of the model's tables.
    "credit.edition.confirmed" v 1 E3 "确认信用模型版本" => CreditEditionConfirmed {
        /// Table.
        table: Code,
        /// Edition.
        edition: Code,
        /// Document that adopts it.
        document: Code,
        /// Region it is adopted for.
        region: Code,
    }
}
