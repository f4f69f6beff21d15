//! Events of the experts library and of prevention services.
use crate::{Code, FreeText, Personal};
use uuid::Uuid;

crate::events! { "libraries/experts";
    /// An expert entered the library.
    "expert.registered" v 1 E1 "专家入库" => ExpertRegistered {
        /// Expert (person).
        expert: Uuid,
        /// Organisation.
        org: Code,
        /// Name.
        name: Personal<String>,
        /// Skills, tied to risk tags.
        skills: Vec<Code>,
        /// Title or qualification.
        title: Option<Code>,
        /// Regions served.
        regions: Vec<Code>,
        /// End of the term of office.
        until: Option<i64>,
    }
    /// What the library knows of an expert was changed.
    "expert.changed" v 1 E1 "专家信息变更" => ExpertChanged {
        /// Expert (person).
        expert: Uuid,
        /// Organisation.
        org: Code,
        /// Skills, tied to risk tags.
        skills: Vec<Code>,
        /// Title or qualification.
        title: Option<Code>,
        /// Regions served.
        regions: Vec<Code>,
        /// End of the term of office.
        until: Option<i64>,
    }
    /// A term, a certificate or a calibration ends soon, or has ended.
    "expert.expiry_noticed" v 1 E1 "到期提醒" => ExpiryNoticed {
        /// `term`, `certificate`, `qualification` or `calibration`.
        what: Code,
        /// Expert, certificate or instrument.
        object: Uuid,
        /// Person it is about, where it is about one.
        person: Option<Uuid>,
        /// Organisation.
        org: Code,
        /// When it ends or ended, milliseconds UTC.
        ends: i64,
        /// Whether it has ended.
        ended: bool,
    }
    /// A conflict declared.
    "expert.conflict_declared" v 1 E1 "回避申报" => ConflictDeclared {
        /// Declaration.
        declaration: Uuid,
        /// Person.
        person: Uuid,
        /// Enterprise.
        enterprise: Code,
        /// `relative`, `employer`, `adviser`, `other`.
        conflict: Code,
        /// End.
        until: Option<i64>,
    }
    /// An instrument with its calibration.
    "instrument.registered" v 1 E1 "仪器登记" => InstrumentRegistered {
        /// Instrument.
        instrument: Uuid,
        /// Organisation.
        org: Code,
        /// Kind.
        kind: Code,
        /// Factory number.
        serial: Code,
        /// Calibration valid until.
        calibrated_to: i64,
    }
    /// A service visit is done.
    "svc.visit.done" v 1 E2 "服务完成" => ServiceVisitDone {
        /// Visit.
        visit: Uuid,
        /// Items.
        items: Vec<Code>,
        /// Hazards found.
        hazards: Vec<Uuid>,
        /// Minutes on site.
        minutes: u32,
    }
    /// The enterprise confirmed the service.
    "svc.report.confirmed" v 1 E2 "服务确认" => ServiceReportConfirmed {
        /// Visit.
        visit: Uuid,
        /// Satisfied.
        satisfied: bool,
        /// Comments.
        comments: Option<FreeText>,
    }
    /// The enterprise did not answer within the term; silence is not taken for satisfaction.
    "svc.report.unanswered" v 1 E1 "服务确认逾期未答复" => ServiceReportUnanswered {
        /// Visit.
        visit: Uuid,
        /// End of the term, milliseconds UTC.
        due: i64,
    }
}
