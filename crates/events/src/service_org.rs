//! Events of service organisations: what they and their people are qualified for.
use crate::{Code, Personal};
use uuid::Uuid;

crate::events! { "subjects/service_org";
    /// A person of the organisation holds a certificate; the same certificate again means it was renewed.
    "org.person.qualified" v 1 E1 "人员资格登记" => PersonQualified {
        /// Certificate.
        certificate: Uuid,
        /// Person who holds it.
        person: Uuid,
        /// Organisation.
        org: Code,
        /// Kind, as the list of certificate kinds names it.
        cert_kind: Code,
        /// Number on the certificate.
        number: Personal<String>,
        /// Skills it is for; empty for all.
        skills: Vec<Code>,
        /// Last moment of its validity, milliseconds UTC.
        valid_to: i64,
        /// Register it was compared with.
        verified_against: Option<Code>,
    }
    /// The organisation itself holds a qualification; the same one again means it was renewed.
    "org.qualified" v 1 E1 "机构资质登记" => OrgQualified {
        /// Qualification.
        certificate: Uuid,
        /// Organisation.
        org: Code,
        /// Kind, as the list of qualification kinds names it.
        cert_kind: Code,
        /// Number, a public register entry.
        number: Code,
        /// Last moment of its validity, milliseconds UTC.
        valid_to: i64,
        /// Register it was compared with.
        verified_against: Option<Code>,
    }
}
