//! Invented people: names from two short lists, phone numbers from a prefix no operator has.
use super::seeded::Chance;

const SURNAMES: [&str; 48] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "罗",
    "高", "郑", "梁", "谢", "宋", "唐", "许", "韩", "冯", "邓", "曹", "彭", "曾", "肖", "田", "董", "袁", "潘", "蒋",
    "蔡", "余", "杜", "叶", "程", "苏", "魏", "吕", "丁", "沈",
];
const GIVEN: [&str; 60] = [
    "建", "国", "文", "明", "志", "强", "海", "波", "晓", "东", "立", "军", "永", "平", "春", "华", "俊", "杰", "伟",
    "民", "玉", "兰", "秀", "英", "桂", "芳", "丽", "娟", "红", "梅", "雪", "琴", "慧", "敏", "静", "洁", "佳", "怡",
    "欣", "悦", "天", "宇", "浩", "然", "子", "涵", "思", "远", "景", "行", "若", "溪", "承", "泽", "嘉", "禾", "安",
    "澜", "清", "和",
];

/// An invented person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Phone: 11 digits that look like a mobile number and ring nowhere.
    pub phone: String,
}

/// The person behind a key (a sign-in, a firm's contact): always the same one.
pub fn person(seed: u64, key: &str) -> Person {
    let mut chance = Chance::of(seed, key);
    let mut name = chance.word(&SURNAMES).to_owned();
    for _ in 0..if chance.share() < 0.3 { 1 } else { 2 } {
        name.push_str(chance.word(&GIVEN));
    }
    // 154 is allotted to no operator.
    Person { name, phone: format!("154{:08}", chance.between(0, 100_000_000)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_always_means_the_same_person() {
        assert_eq!(person(1, "officer@GOV"), person(1, "officer@GOV"));
        assert_ne!(person(1, "officer@GOV"), person(1, "leader@GOV"));
        let one = person(1, "x");
        assert!((2..=3).contains(&one.name.chars().count()));
        assert!(one.phone.starts_with("154") && one.phone.len() == 11);
    }
}
