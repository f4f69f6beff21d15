//! Industry classification GB/T 4754-2017: sections and divisions. Groups and classes come with the
//! register that an operator imports; here their codes are only checked for shape and placed.

use super::normalise;
use alloc::format;
use alloc::string::{String, ToString};
use serde::{Deserialize, Serialize};

/// 门类: a letter and the divisions it spans.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Section {
    /// The letter, A to T.
    pub code: char,
    /// The name.
    pub name: &'static str,
    /// First division.
    pub first: u8,
    /// Last division.
    pub last: u8,
}

/// 大类: two digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Division {
    /// The number, 1 to 97, written with two digits.
    pub code: u8,
    /// The name.
    pub name: &'static str,
}

/// The 20 sections of GB/T 4754-2017.
pub const SECTIONS: [Section; 20] = [
    Section { code: 'A', name: "农、林、牧、渔业", first: 1, last: 5 },
    Section { code: 'B', name: "采矿业", first: 6, last: 12 },
    Section { code: 'C', name: "制造业", first: 13, last: 43 },
    Section { code: 'D', name: "电力、热力、燃气及水生产和供应业", first: 44, last: 46 },
    Section { code: 'E', name: "建筑业", first: 47, last: 50 },
    Section { code: 'F', name: "批发和零售业", first: 51, last: 52 },
    Section { code: 'G', name: "交通运输、仓储和邮政业", first: 53, last: 60 },
    Section { code: 'H', name: "住宿和餐饮业", first: 61, last: 62 },
    Section { code: 'I', name: "信息传输、软件和信息技术服务业", first: 63, last: 65 },
    Section { code: 'J', name: "金融业", first: 66, last: 69 },
    Section { code: 'K', name: "房地产业", first: 70, last: 70 },
    Section { code: 'L', name: "租赁和商务服务业", first: 71, last: 72 },
    Section { code: 'M', name: "科学研究和技术服务业", first: 73, last: 75 },
    Section { code: 'N', name: "水利、环境和公共设施管理业", first: 76, last: 79 },
    Section { code: 'O', name: "居民服务、修理和其他服务业", first: 80, last: 82 },
    Section { code: 'P', name: "教育", first: 83, last: 83 },
    Section { code: 'Q', name: "卫生和社会工作", first: 84, last: 85 },
    Section { code: 'R', name: "文化、体育和娱乐业", first: 86, last: 90 },
    Section { code: 'S', name: "公共管理、社会保障和社会组织", first: 91, last: 96 },
    Section { code: 'T', name: "国际组织", first: 97, last: 97 },
];

/// The 97 divisions of GB/T 4754-2017, in order.
pub const DIVISIONS: [Division; 97] = [
    Division { code: 1, name: "农业" },
    Division { code: 2, name: "林业" },
    Division { code: 3, name: "畜牧业" },
    Division { code: 4, name: "渔业" },
    Division { code: 5, name: "农、林、牧、渔专业及辅助性活动" },
    Division { code: 6, name: "煤炭开采和洗选业" },
    Division { code: 7, name: "石油和天然气开采业" },
    Division { code: 8, name: "黑色金属矿采选业" },
    Division { code: 9, name: "有色金属矿采选业" },
    Division { code: 10, name: "非金属矿采选业" },
    Division { code: 11, name: "开采专业及辅助性活动" },
    Division { code: 12, name: "其他采矿业" },
    Division { code: 13, name: "农副食品加工业" },
    Division { code: 14, name: "食品制造业" },
    Division { code: 15, name: "酒、饮料和精制茶制造业" },
    Division { code: 16, name: "烟草制品业" },
    Division { code: 17, name: "纺织业" },
    Division { code: 18, name: "纺织服装、服饰业" },
    Division { code: 19, name: "皮革、毛皮、羽毛及其制品和制鞋业" },
    Division { code: 20, name: "木材加工和木、竹、藤、棕、草制品业" },
    Division { code: 21, name: "家具制造业" },
    Division { code: 22, name: "造纸和纸制品业" },
    Division { code: 23, name: "印刷和记录媒介复制业" },
    Division { code: 24, name: "文教、工美、体育和娱乐用品制造业" },
    Division { code: 25, name: "石油、煤炭及其他燃料加工业" },
    Division { code: 26, name: "化学原料和化学制品制造业" },
    Division { code: 27, name: "医药制造业" },
    Division { code: 28, name: "化学纤维制造业" },
    Division { code: 29, name: "橡胶和塑料制品业" },
    Division { code: 30, name: "非金属矿物制品业" },
    Division { code: 31, name: "黑色金属冶炼和压延加工业" },
    Division { code: 32, name: "有色金属冶炼和压延加工业" },
    Division { code: 33, name: "金属制品业" },
    Division { code: 34, name: "通用设备制造业" },
    Division { code: 35, name: "专用设备制造业" },
    Division { code: 36, name: "汽车制造业" },
    Division { code: 37, name: "铁路、船舶、航空航天和其他运输设备制造业" },
    Division { code: 38, name: "电气机械和器材制造业" },
    Division { code: 39, name: "计算机、通信和其他电子设备制造业" },
    Division { code: 40, name: "仪器仪表制造业" },
    Division { code: 41, name: "其他制造业" },
    Division { code: 42, name: "废弃资源综合利用业" },
    Division { code: 43, name: "金属制品、机械和设备修理业" },
    Division { code: 44, name: "电力、热力生产和供应业" },
    Division { code: 45, name: "燃气生产和供应业" },
    Division { code: 46, name: "水的生产和供应业" },
    Division { code: 47, name: "房屋建筑业" },
    Division { code: 48, name: "土木工程建筑业" },
    Division { code: 49, name: "建筑安装业" },
    Division { code: 50, name: "建筑装饰、装修和其他建筑业" },
    Division { code: 51, name: "批发业" },
    Division { code: 52, name: "零售业" },
    Division { code: 53, name: "铁路运输业" },
    Division { code: 54, name: "道路运输业" },
    Division { code: 55, name: "水上运输业" },
    Division { code: 56, name: "航空运输业" },
    Division { code: 57, name: "管道运输业" },
    Division { code: 58, name: "多式联运和运输代理业" },
    Division { code: 59, name: "装卸搬运和仓储业" },
    Division { code: 60, name: "邮政业" },
    Division { code: 61, name: "住宿业" },
    Division { code: 62, name: "餐饮业" },
    Division { code: 63, name: "电信、广播电视和卫星传输服务" },
    Division { code: 64, name: "互联网和相关服务" },
    Division { code: 65, name: "软件和信息技术服务业" },
    Division { code: 66, name: "货币金融服务" },
    Division { code: 67, name: "资本市场服务" },
    Division { code: 68, name: "保险业" },
    Division { code: 69, name: "其他金融业" },
    Division { code: 70, name: "房地产业" },
    Division { code: 71, name: "租赁业" },
    Division { code: 72, name: "商务服务业" },
    Division { code: 73, name: "研究和试验发展" },
    Division { code: 74, name: "专业技术服务业" },
    Division { code: 75, name: "科技推广和应用服务业" },
    Division { code: 76, name: "水利管理业" },
    Division { code: 77, name: "生态保护和环境治理业" },
    Division { code: 78, name: "公共设施管理业" },
    Division { code: 79, name: "土地管理业" },
    Division { code: 80, name: "居民服务业" },
    Division { code: 81, name: "机动车、电子产品和日用产品修理业" },
    Division { code: 82, name: "其他服务业" },
    Division { code: 83, name: "教育" },
    Division { code: 84, name: "卫生" },
    Division { code: 85, name: "社会工作" },
    Division { code: 86, name: "新闻和出版业" },
    Division { code: 87, name: "广播、电视、电影和录音制作业" },
    Division { code: 88, name: "文化艺术业" },
    Division { code: 89, name: "体育" },
    Division { code: 90, name: "娱乐业" },
    Division { code: 91, name: "中国共产党机关" },
    Division { code: 92, name: "国家机构" },
    Division { code: 93, name: "人民政协、民主党派" },
    Division { code: 94, name: "社会保障" },
    Division { code: 95, name: "群众团体、社会团体和其他成员组织" },
    Division { code: 96, name: "基层群众自治组织及其他组织" },
    Division { code: 97, name: "国际组织" },
];

/// The section of a letter (GB/T 4754-2017).
pub fn section(letter: char) -> Option<&'static Section> {
    SECTIONS.iter().find(|s| s.code == letter.to_ascii_uppercase())
}

/// The division of a number (GB/T 4754-2017).
pub fn division(number: u8) -> Option<&'static Division> {
    DIVISIONS.iter().find(|d| d.code == number)
}

/// A code of GB/T 4754-2017 without its letter: two digits (大类), three (中类) or four (小类). The
/// section letter is not part of the number; it follows from the division.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IndustryCode(String);

impl IndustryCode {
    /// Reads `26`, `261`, `2611` or the same with its letter (`C2611`). The error says in Chinese
    /// what is wrong.
    pub fn parse(text: &str) -> Result<IndustryCode, String> {
        let code = normalise(text);
        let letter = code.chars().next().filter(char::is_ascii_uppercase);
        let digits = letter.map_or(code.as_str(), |_| code.get(1..).unwrap_or_default());
        let shaped = (2..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let number = digits.get(..2).and_then(|d| d.parse().ok()).and_then(division);
        let Some(division) = number.filter(|_| shaped) else {
            return Err(format!("“{code}”不是行业代码：应为 2—4 位数字，前两位 01—97（GB/T 4754-2017）"));
        };
        let parsed = IndustryCode(digits.to_string());
        let belongs = parsed.section();
        match letter {
            Some(given) if given != belongs.code => Err(format!(
                "门类字母 {given} 与大类 {:02} 不符，应为 {}（GB/T 4754-2017）",
                division.code, belongs.code
            )),
            _ => Ok(parsed),
        }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The division the code lies in.
    pub fn division(&self) -> &'static Division {
        let number = self.0.get(..2).and_then(|d| d.parse().ok()).unwrap_or(0);
        division(number).unwrap_or(&FIRST_DIVISION)
    }

    /// The section the code lies in.
    pub fn section(&self) -> &'static Section {
        let number = self.division().code;
        SECTIONS.iter().find(|s| (s.first..=s.last).contains(&number)).unwrap_or(&FIRST_SECTION)
    }

    /// True for the code itself and every finer code under it.
    pub fn contains(&self, other: &IndustryCode) -> bool {
        other.0.starts_with(&self.0)
    }
}

static FIRST_DIVISION: Division = Division { code: 1, name: "农业" };
static FIRST_SECTION: Section = Section { code: 'A', name: "农、林、牧、渔业", first: 1, last: 5 };

impl TryFrom<String> for IndustryCode {
    type Error = String;
    fn try_from(text: String) -> Result<IndustryCode, String> {
        IndustryCode::parse(&text)
    }
}

impl From<IndustryCode> for String {
    fn from(code: IndustryCode) -> String {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gbt4754_sections_cover_every_division_once() {
        for d in DIVISIONS {
            let hits = SECTIONS.iter().filter(|s| (s.first..=s.last).contains(&d.code)).count();
            assert_eq!(hits, 1, "{}", d.code);
        }
        assert!(DIVISIONS.iter().zip(1u8..).all(|(d, n)| d.code == n));
        assert_eq!(
            (DIVISIONS[0].name, DIVISIONS[25].name, DIVISIONS[96].name),
            ("农业", "化学原料和化学制品制造业", "国际组织")
        );
        assert_eq!(section('c').map(|s| (s.first, s.last)), Some((13, 43)));
        assert_eq!(section('U'), None);
        assert_eq!(division(98), None);
    }

    #[test]
    fn gbt4754_codes_are_read_with_and_without_letter() {
        for text in ["C2611", "2611", "ｃ2611", " 2611 "] {
            assert_eq!(IndustryCode::parse(text).unwrap().as_str(), "2611", "{text}");
        }
        let code = IndustryCode::parse("552").unwrap();
        assert_eq!((code.section().code, code.division().name), ('G', "水上运输业"));
        for bad in ["", "C", "2", "26110", "98", "00", "2A", "业", "CC26"] {
            assert!(IndustryCode::parse(bad).is_err_and(|e| e.contains("4754")), "{bad}");
        }
        assert!(IndustryCode::parse("B2611").is_err_and(|e| e.contains("应为 C")));
    }

    #[test]
    fn a_division_contains_its_classes() {
        let code = |t| IndustryCode::parse(t).unwrap();
        assert!(code("26").contains(&code("2611")));
        assert!(!code("2611").contains(&code("26")));
        assert!(!code("25").contains(&code("26")));
    }
}
