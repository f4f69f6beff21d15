//! Events that every subject's register shares: organisations, people, roles, keys.
use crate::{Code, FreeText, Personal};
use uuid::Uuid;

crate::events! { "subjects/*";
    /// An organisation of any subject entered the register.
    "org.registered" v 1 E1 "机构登记" => OrgRegistered {
        /// Organisation.
        org: Code,
        /// Subject: `government`, `enterprise`, `insurer`, `service_org`.
        kind: Code,
        /// Name; a public register entry, but a sole trader's name is personal.
        name: Personal<String>,
        /// Unified social credit code (GB 32100), where it has one that names no person.
        uscc: Option<Code>,
        /// Administrative region.
        region: Code,
        /// Sectors it supervises or belongs to.
        sectors: Vec<Code>,
        /// Who verified it.
        verified_by: Option<Code>,
    }
    /// A person of an organisation.
    "person.registered" v 1 E1 "人员登记" => PersonRegistered {
        /// Person.
        person: Uuid,
        /// Organisation.
        org: Code,
        /// Name.
        name: Personal<String>,
        /// Phone.
        phone: Personal<String>,
        /// Citizen identification number (GB 11643).
        id_number: Personal<String>,
        /// Posts.
        posts: Vec<Code>,
        /// Fields an expert knows.
        specialities: Vec<Code>,
    }
    /// A sign-in was opened, disabled or enabled, or its secret was reset.
    "account.changed" v 1 E2 "账号变更" => AccountChanged {
        /// Account.
        account: Uuid,
        /// Person.
        person: Uuid,
        /// `opened`, `disabled`, `enabled`, `password_reset`, `totp_on`, `totp_off`.
        act: Code,
        /// Reason given.
        reason: Option<FreeText>,
    }
    /// A role was granted to a person.
    "role.granted" v 1 E2 "授予角色" => RoleGranted {
        /// Account that now holds it.
        account: Uuid,
        /// Person.
        person: Uuid,
        /// Role id (contract §7).
        role: Code,
        /// Organisation in which it holds.
        org: Code,
        /// End, milliseconds UTC.
        until: Option<i64>,
    }
    /// A role was taken back.
    "role.revoked" v 1 E2 "收回角色" => RoleRevoked {
        /// Account.
        account: Uuid,
        /// Person.
        person: Uuid,
        /// Role id.
        role: Code,
        /// Organisation.
        org: Code,
        /// Reason.
        reason: FreeText,
    }
    /// A key for a machine was issued; the secret is shown once and never stored.
    "key.issued" v 1 E2 "密钥签发" => KeyIssued {
        /// Key id.
        key: Code,
        /// `device`, `api` or `signing`.
        kind: Code,
        /// Organisation or device that holds it.
        holder: Code,
        /// What it may do.
        scopes: Vec<Code>,
        /// End, milliseconds UTC.
        until: Option<i64>,
    }
    /// A key was revoked.
    "key.revoked" v 1 E2 "密钥吊销" => KeyRevoked {
        /// Key id.
        key: Code,
        /// Reason.
        reason: FreeText,
    }
}
