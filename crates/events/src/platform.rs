//! Events of the platform itself.
use crate::{Code, FreeText};

crate::events! { "platform";
    /// A dated edition of a rule set came into force on this node.
    "rule.edition_published" v 1 E2 "规则版本发布" => RuleEditionPublished {
        /// Rule set that holds it, named in every result from now on.
        rule_set: Code,
        /// Rule table.
        table: Code,
        /// Standard or law.
        standard: Code,
        /// Edition name.
        edition: Code,
        /// First day, `YYYY-MM-DD`.
        valid_from: Code,
        /// Last day, where one is known.
        valid_to: Option<Code>,
        /// Region it holds for; none for the whole country.
        region: Option<Code>,
        /// How well its figures are known: `full_text`, `public_page` or `unconfirmed`.
        confidence: Code,
        /// SM3 digest of the edition as published.
        digest: Code,
        /// Stored cases whose answer it changes.
        changed: u32,
        /// Where the rule comes from.
        source: FreeText,
    }
    /// Personal data of an entry was erased; digests stay, values are gone.
    "personal_data.erased" v 1 E2 "个人信息删除" => PersonalDataErased {
        /// Event whose disclosures were erased.
        entry: uuid::Uuid,
        /// Names of the erased claims.
        claims: Vec<Code>,
        /// Legal ground.
        ground: FreeText,
    }
    /// A person signed in or was refused; kept as a fact because access must be provable.
    "access.recorded" v 1 E1 "登录与访问记录" => AccessRecorded {
        /// What happened: `login`, `refused`, `locked`, `logout`, `plain_view`.
        act: Code,
        /// Address the request came from.
        address: crate::Personal<String>,
        /// Why it was refused, where it was.
        reason: Option<Code>,
    }
    /// A workbook was imported: its digest, how many rows were taken and refused.
    "import.applied" v 1 E1 "批量导入" => ImportApplied {
        /// Kind of import.
        kind: Code,
        /// Digest of the file as uploaded.
        digest: Code,
        /// Rows taken.
        taken: u32,
        /// Rows refused.
        refused: u32,
    }
}
