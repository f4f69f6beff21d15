//! What the register says of an enterprise: the form as typed, and the profile once every rule held.
use crate::enterprise::checks::{
    Faults, filled, industry_code, line, name, optional, or_base, phone, position, region, uscc, words,
};
use platform::Result;
use serde::Deserialize;
use standards::codes::{IndustryCode, Region, SECTIONS, Uscc, normalise};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Every field of a profile with its Chinese name, in the order people read them.
pub const FIELDS: &[(&str, &str)] = &[
    ("name", "企业名称"),
    ("uscc", "统一社会信用代码"),
    ("region", "所在区域"),
    ("industry", "行业"),
    ("gbt4754", "行业代码"),
    ("employees", "从业人数"),
    ("tags", "标签"),
    ("sectors", "行业主管领域"),
    ("address", "地址"),
    ("position", "坐标"),
    ("contact_name", "联系人"),
    ("contact_phone", "联系电话"),
];

/// Fields an enterprise may change by itself; the others are the county's to change.
pub const OWN_FIELDS: &[&str] =
    &["industry", "gbt4754", "employees", "address", "position", "contact_name", "contact_phone"];

/// An enterprise as typed into a form. Absent fields stay as they are when a record is changed.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct EnterpriseForm {
    /// 企业名称，与营业执照一致
    #[schema(min_length = 2, max_length = 100)]
    pub name: Option<String>,
    /// 统一社会信用代码（GB 32100-2015）
    pub uscc: Option<String>,
    /// 所在区域的行政区划代码，6、9 或 12 位
    pub region: Option<String>,
    /// 行业，用常用名称
    pub industry: Option<String>,
    /// 国民经济行业代码（GB/T 4754-2017）
    pub gbt4754: Option<String>,
    /// 从业人数
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub employees: Option<i64>,
    /// 风险标签
    pub tags: Option<Vec<String>>,
    /// 行业主管领域
    pub sectors: Option<Vec<String>>,
    /// 地址
    pub address: Option<String>,
    /// 经度（CGCS2000，度）
    pub lon: Option<f64>,
    /// 纬度（CGCS2000，度）
    pub lat: Option<f64>,
    /// 联系人
    pub contact_name: Option<String>,
    /// 联系电话
    pub contact_phone: Option<String>,
}

/// An enterprise as the register holds it: every rule of [`EnterpriseForm::check`] holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Name.
    pub name: String,
    /// Unified social credit code.
    pub uscc: Uscc,
    /// Region, county or smaller.
    pub region: Region,
    /// Trade in common words.
    pub industry: String,
    /// GB/T 4754 code.
    pub gbt4754: Option<IndustryCode>,
    /// Employees.
    pub employees: Option<u32>,
    /// Risk tags.
    pub tags: Vec<String>,
    /// Sectors whose departments supervise it.
    pub sectors: Vec<String>,
    /// Address.
    pub address: Option<String>,
    /// Longitude and latitude in 1e-6 degrees, CGCS2000.
    pub position: Option<(i64, i64)>,
    /// Contact.
    pub contact_name: Option<String>,
    /// Phone of the contact.
    pub contact_phone: Option<String>,
}

impl EnterpriseForm {
    /// Checks a new record, or a change of one. Every wrong field is named with its rule and way out.
    pub fn check(&self, base: Option<&Profile>) -> Result<Profile> {
        let mut faults = Faults::default();
        let name = faults.take("name", or_base(self.name.as_deref(), base.map(|b| &b.name), name));
        let uscc = faults.take("uscc", or_base(self.uscc.as_deref(), base.map(|b| &b.uscc), uscc));
        let region = faults.take("region", or_base(self.region.as_deref(), base.map(|b| &b.region), region));
        let gbt4754 = match filled(self.gbt4754.as_deref()) {
            Some(text) => faults.take("gbt4754", industry_code(&text)),
            None => base.and_then(|b| b.gbt4754.clone()),
        };
        let industry = faults.take("industry", self.industry(base, gbt4754.as_ref()));
        let employees = faults.take("employees", self.employees(base));
        let position = faults.take("lon", self.position(base));
        let tags = faults.take("tags", words(self.tags.as_deref(), base.map(|b| &b.tags)));
        let sectors = faults.take("sectors", words(self.sectors.as_deref(), base.map(|b| &b.sectors)));
        let address = faults.take(
            "address",
            optional(self.address.as_deref(), base.and_then(|b| b.address.as_ref()), |t| line(t, 200)),
        );
        let contact_name = faults.take(
            "contact_name",
            optional(self.contact_name.as_deref(), base.and_then(|b| b.contact_name.as_ref()), |t| line(t, 30)),
        );
        let contact_phone = faults.take(
            "contact_phone",
            optional(self.contact_phone.as_deref(), base.and_then(|b| b.contact_phone.as_ref()), phone),
        );
        let profile = (|| {
            Some(Profile {
                name: name?,
                uscc: uscc?,
                region: region?,
                industry: industry?,
                gbt4754,
                employees: employees?,
                tags: tags?,
                sectors: sectors?,
                address: address?,
                position: position?,
                contact_name: contact_name?,
                contact_phone: contact_phone?,
            })
        })();
        faults.end(profile)
    }

    /// The trade in words; where none is given the division of the code names it. A section that
    /// is named must be the one the code lies in.
    fn industry(&self, base: Option<&Profile>, code: Option<&IndustryCode>) -> Result<String, String> {
        let Some(text) = filled(self.industry.as_deref()) else {
            let known = base.map(|b| b.industry.clone()).filter(|i| !i.is_empty());
            return Ok(known.or_else(|| code.map(|c| c.division().name.to_owned())).unwrap_or_default());
        };
        let text = line(&text, 50)?;
        let narrow = normalise(&text);
        let named = SECTIONS.iter().find(|s| normalise(s.name) == narrow || s.code.to_string() == narrow);
        match (named, code) {
            (Some(section), Some(code)) if section.code != code.section().code => Err(format!(
                "行业门类“{}”与行业代码 {} 不符，该代码属于“{}”（GB/T 4754-2017）：请改正其中一项",
                section.name,
                code.as_str(),
                code.section().name
            )),
            (Some(section), _) => Ok(section.name.to_owned()),
            _ => Ok(text),
        }
    }

    fn employees(&self, base: Option<&Profile>) -> Result<Option<u32>, String> {
        let Some(given) = self.employees else { return Ok(base.and_then(|b| b.employees)) };
        u32::try_from(given)
            .ok()
            .filter(|n| *n <= 1_000_000)
            .map(Some)
            .ok_or_else(|| format!("从业人数应为 0 到 1000000 的整数，现为 {given}：请按在册人数填写"))
    }

    fn position(&self, base: Option<&Profile>) -> Result<Option<(i64, i64)>, String> {
        match (self.lon, self.lat) {
            (None, None) => Ok(base.and_then(|b| b.position)),
            (Some(lon), Some(lat)) => position(lon, lat).map(Some),
            _ => Err("经度和纬度要同时填写，或都不填".to_owned()),
        }
    }
}

impl Profile {
    /// The value of a field as people read it.
    pub fn text(&self, field: &str) -> String {
        match field {
            "name" => self.name.clone(),
            "uscc" => self.uscc.to_string(),
            "region" => self.region.to_string(),
            "industry" => self.industry.clone(),
            "gbt4754" => self.gbt4754.as_ref().map(|c| c.as_str().to_owned()).unwrap_or_default(),
            "employees" => self.employees.map(|n| n.to_string()).unwrap_or_default(),
            "tags" => self.tags.join("、"),
            "sectors" => self.sectors.join("、"),
            "address" => self.address.clone().unwrap_or_default(),
            "position" => {
                self.position.map(|(lon, lat)| format!("{:.6}, {:.6}", degrees(lon), degrees(lat))).unwrap_or_default()
            }
            "contact_name" => self.contact_name.clone().unwrap_or_default(),
            "contact_phone" => self.contact_phone.clone().unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// Takes one field over from another record; false where there is no such field.
    pub fn take(&mut self, field: &str, from: &Self) -> bool {
        match field {
            "name" => self.name.clone_from(&from.name),
            "uscc" => self.uscc = from.uscc.clone(),
            "region" => self.region = from.region,
            "industry" => self.industry.clone_from(&from.industry),
            "gbt4754" => self.gbt4754.clone_from(&from.gbt4754),
            "employees" => self.employees = from.employees,
            "tags" => self.tags.clone_from(&from.tags),
            "sectors" => self.sectors.clone_from(&from.sectors),
            "address" => self.address.clone_from(&from.address),
            "position" => self.position = from.position,
            "contact_name" => self.contact_name.clone_from(&from.contact_name),
            "contact_phone" => self.contact_phone.clone_from(&from.contact_phone),
            _ => return false,
        }
        true
    }

    /// The fields whose values differ, with the old and the new one.
    pub fn changes(&self, new: &Self) -> BTreeMap<&'static str, (String, String)> {
        let pairs = FIELDS.iter().map(|(field, _)| (*field, (self.text(field), new.text(field))));
        pairs.filter(|(_, (old, new))| old != new).collect()
    }

    /// The GB/T 4754 section letter; empty where the trade is only known in words.
    pub fn section(&self) -> String {
        let by_name = || SECTIONS.iter().find(|s| s.name == self.industry);
        self.gbt4754
            .as_ref()
            .map(|c| c.section().code)
            .or_else(|| by_name().map(|s| s.code))
            .map(String::from)
            .unwrap_or_default()
    }
}

/// Degrees from millionths of a degree.
pub(crate) fn degrees(e6: i64) -> f64 {
    e6 as f64 / 1e6
}

/// The Chinese name of a field.
pub fn title(field: &str) -> &str {
    FIELDS.iter().find(|(key, _)| *key == field).map_or(field, |(_, title)| title)
}

/// The pinyin initials of a name, by which people look enterprises up: `岚江氯碱` is `ljlj`.
pub fn initials(name: &str) -> String {
    use pinyin::ToPinyin;
    let letters = normalise(name).to_lowercase();
    letters
        .chars()
        .filter_map(|c| match c.to_pinyin() {
            Some(sound) => sound.first_letter().chars().next(),
            None => c.is_ascii_alphanumeric().then_some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use platform::Error;

    fn form() -> EnterpriseForm {
        EnterpriseForm {
            name: Some("岚江 氯碱化工有限公司".into()),
            uscc: Some("９１９９０１２１ｍａ9000011n".into()),
            region: Some("９９０１２１１０３".into()),
            gbt4754: Some("2612".into()),
            contact_phone: Some("+86 138-0000-0001".into()),
            ..EnterpriseForm::default()
        }
    }

    fn fields(error: Error) -> Vec<(String, String)> {
        match error {
            Error::Invalid(all) => all.into_iter().map(|f| (f.field, f.message)).collect(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn full_width_text_is_brought_to_one_form() {
        let profile = form().check(None).unwrap();
        assert_eq!(profile.uscc.as_str(), "91990121MA9000011N");
        assert_eq!(profile.region.as_str(), "990121103");
        assert_eq!(profile.contact_phone.as_deref(), Some("13800000001"));
        assert_eq!(
            (profile.name.as_str(), profile.industry.as_str()),
            ("岚江氯碱化工有限公司", "化学原料和化学制品制造业")
        );
        assert_eq!(profile.section(), "C");
    }

    #[test]
    fn every_wrong_field_is_named_at_once_with_its_rule() {
        let bad = EnterpriseForm {
            name: Some(" ".into()),
            uscc: Some("91990121MA9000011X".into()),
            region: Some("99".into()),
            gbt4754: Some("9999".into()),
            employees: Some(-1),
            lon: Some(30.0),
            lat: Some(118.0),
            contact_phone: Some("12345".into()),
            ..EnterpriseForm::default()
        };
        let found = fields(bad.check(None).unwrap_err());
        let names: Vec<&str> = found.iter().map(|(f, _)| f.as_str()).collect();
        assert_eq!(names, ["name", "uscc", "region", "gbt4754", "employees", "lon", "contact_phone"]);
        assert!(found[1].1.contains("GB 32100") && found[3].1.contains("4754"), "{found:?}");
    }

    #[test]
    fn gbt4754_a_section_that_is_not_the_codes_is_refused() {
        let wrong = EnterpriseForm { industry: Some("建筑业".into()), ..form() };
        assert_eq!(fields(wrong.check(None).unwrap_err())[0].0, "industry");
        let letter = EnterpriseForm { industry: Some("ｃ".into()), ..form() };
        assert_eq!(letter.check(None).unwrap().industry, "制造业");
    }

    #[test]
    fn a_change_keeps_what_is_not_named() {
        let base = form().check(None).unwrap();
        let change =
            EnterpriseForm { employees: Some(12), contact_phone: Some(String::new()), ..EnterpriseForm::default() };
        let new = change.check(Some(&base)).unwrap();
        let changed: Vec<&str> = base.changes(&new).into_keys().collect();
        assert_eq!(changed, ["contact_phone", "employees"]);
        assert_eq!(new.contact_phone, None);
    }

    #[test]
    fn initials_find_chinese_names() {
        assert_eq!(initials("岚江氯碱化工（A区）"), "ljljhgaq");
    }
}
