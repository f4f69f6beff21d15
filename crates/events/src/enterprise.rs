//! Events of the enterprise register.
use crate::{Code, FreeText, Personal};
use uuid::Uuid;

crate::events! { "subjects/enterprise";
    /// An enterprise entered the register.
    "ent.enterprise.registered" v 1 E1 "企业登记" => EnterpriseRegistered {
        /// Enterprise.
        enterprise: Code,
        /// Unified social credit code; absent for a sole trader, whose code points to a person.
        uscc: Option<Code>,
        /// The code of a sole trader (个体工商户).
        sole_trader_uscc: Personal<String>,
        /// Name.
        name: Personal<String>,
        /// GB/T 4754 code.
        industry: Option<Code>,
        /// Employees.
        employees: Option<u32>,
        /// Risk tags.
        risk_tags: Vec<Code>,
        /// Region.
        region: Code,
        /// Address.
        address: FreeText,
        /// Longitude in 1e-6 degrees, CGCS2000.
        lon_e6: Option<i64>,
        /// Latitude in 1e-6 degrees, CGCS2000.
        lat_e6: Option<i64>,
        /// Contact.
        contact: Personal<String>,
        /// Phone of the contact.
        phone: Personal<String>,
        /// `register`, `self`, `import` or `form`.
        source: Code,
    }
    /// The county changed what the register says of an enterprise.
    "ent.enterprise.changed" v 1 E1 "企业登记变更" => EnterpriseChanged {
        /// Enterprise.
        enterprise: Code,
        /// Fields changed.
        changed: Vec<Code>,
        /// Field → old and new value, as JSON.
        values: FreeText,
    }
    /// A self-registration waits for the county.
    "ent.registration.filed" v 1 E1 "企业自主注册" => RegistrationFiled {
        /// Registration.
        registration: Uuid,
        /// Unified social credit code; absent for a sole trader.
        uscc: Option<Code>,
        /// The code of a sole trader (个体工商户).
        sole_trader_uscc: Personal<String>,
        /// Name.
        name: Personal<String>,
        /// GB/T 4754 code.
        industry: Option<Code>,
        /// Contact.
        contact: Personal<String>,
        /// Phone.
        phone: Personal<String>,
        /// Region.
        region: Code,
    }
    /// The county took or refused a self-registration.
    "ent.registration.decided" v 1 E1 "注册审核" => RegistrationDecided {
        /// Registration.
        registration: Uuid,
        /// `accepted` or `rejected`.
        result: Code,
        /// Enterprise that came of it.
        enterprise: Option<Code>,
        /// Reason given.
        reason: Option<FreeText>,
    }
    /// A site of an enterprise opened or changed.
    "ent.site.opened" v 1 E1 "场所登记" => SiteOpened {
        /// Site.
        site: Uuid,
        /// Name.
        name: FreeText,
        /// Region.
        region: Code,
        /// Landlord, where the site stands on another enterprise's ground (厂中厂).
        landlord: Option<Code>,
        /// Tenants.
        tenants: Vec<Code>,
        /// Longitude in 1e-6 degrees.
        lon_e6: Option<i64>,
        /// Latitude in 1e-6 degrees.
        lat_e6: Option<i64>,
        /// Ground area in m².
        area_m2: Option<u32>,
        /// `一证多地` or `一地多证` where licence and place do not match.
        mismatch: Option<Code>,
        /// Address.
        address: FreeText,
    }
    /// The enterprise confirmed or changed its own file.
    "ent.profile.confirmed" v 1 E1 "企业档案确认" => ProfileConfirmed {
        /// Fields changed.
        changed: Vec<Code>,
        /// Where each prefilled field came from.
        sources: std::collections::BTreeMap<Code, Code>,
        /// New values, as the person confirmed them.
        values: FreeText,
    }
    /// Duplicates became one.
    "ent.enterprise.merged" v 1 E2 "企业档案合并" => EnterpriseMerged {
        /// The record that stays.
        kept: Code,
        /// The records that point to it from now on.
        merged: Vec<Code>,
        /// Reason.
        reason: FreeText,
        /// Field → record it was taken from.
        fields_chosen: std::collections::BTreeMap<Code, Code>,
    }
    /// The enterprise lets somebody see named objects and fields until a date.
    "consent.given" v 1 E2 "授权同意" => ConsentGiven {
        /// Who may see.
        to: Code,
        /// Why.
        purpose: Code,
        /// Objects.
        objects: Vec<Code>,
        /// Fields.
        fields: Vec<Code>,
        /// End, milliseconds UTC.
        until: Option<i64>,
    }
    /// A consent was withdrawn.
    "consent.withdrawn" v 1 E2 "撤回授权" => ConsentWithdrawn {
        /// The event that gave it.
        consent: Uuid,
    }
}
