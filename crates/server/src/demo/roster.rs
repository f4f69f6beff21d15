//! Who is who in the county: its organisations, their people and the names they sign in with.
use super::county::{Demo, Firm, Town};
use super::light::LightFirm;
use super::map;
use super::people::person;
use super::seeded::Chance;
use platform::auth::Org;
use platform::{Role, Subject};
use subjects::enterprise::people::NewPerson;
use uuid::Uuid;

/// The bureau of the county.
pub const BUREAU: &str = "GOV";
/// The bureau of the county next door.
pub const NEIGHBOUR: &str = "GOV2";
/// The bureau of the city above both.
const CITY: &str = "GOVCITY";
/// The firm whose ground others rent.
pub const LANDLORD: &str = "E062";

/// Line departments: id, name in the county's list, sectors they supervise.
const DEPARTMENTS: [(&str, &str, &[&str]); 8] = [
    ("GOV-ZJ", "住房和城乡建设局", &["建设"]),
    ("GOV-JT", "交通运输局", &["交通"]),
    ("GOV-SJ", "市场监督管理局", &["特种设备"]),
    ("GOV-XF", "消防救援大队", &["消防"]),
    ("GOV-ZG", "自然资源和规划局", &["矿山"]),
    ("GOV-NY", "农业农村局", &["农业"]),
    ("GOV-JR", "金融监管支局", &["金融"]),
    ("GOV-ZS", "政务服务和数据管理局", &["数据"]),
];

/// What experts know, drawn from when they are invented.
const SPECIALITIES: [&str; 12] = [
    "氯碱",
    "危化工艺",
    "粉尘防爆",
    "电气安全",
    "特种设备",
    "有限空间",
    "建筑施工",
    "非煤矿山",
    "消防",
    "涉氨制冷",
    "冶金铸造",
    "道路运输",
];

/// Every organisation that is no enterprise.
pub fn organisations(demo: &Demo) -> Vec<Org> {
    let org = |id: &str, subject, name: String, uscc: Option<&String>, region: &str, sectors: &[&str]| Org {
        id: id.to_owned(),
        subject,
        name,
        uscc: uscc.cloned(),
        region: region.to_owned(),
        sectors: sectors.iter().map(|s| (*s).to_owned()).collect(),
    };
    let county = demo.county.code.as_str();
    let office = |id: &str, name: String, region: &str, sectors: &[&str]| {
        org(id, Subject::Government, name, None, region, sectors)
    };
    let mut all = vec![
        office(BUREAU, demo.government.emergency_bureau.clone(), county, &[]),
        office(NEIGHBOUR, format!("{}应急管理局", map::NEIGHBOUR.1), map::NEIGHBOUR.0, &[]),
        office(CITY, format!("{}应急管理局", map::CITY.1), map::CITY.0, &[]),
    ];
    all.extend(
        DEPARTMENTS
            .iter()
            .map(|(id, name, sectors)| office(id, format!("{}{name}", demo.county.name), county, sectors)),
    );
    all.extend(demo.county.towns.iter().map(|t| office(&town_office(t), town_name(t), &t.code, &[])));
    all.extend(demo.insurers.iter().map(|i| org(&i.id, Subject::Insurer, i.name.clone(), Some(&i.uscc), county, &[])));
    all.extend(
        demo.service_orgs.iter().map(|s| org(&s.id, Subject::ServiceOrg, s.name.clone(), Some(&s.uscc), county, &[])),
    );
    all
}

fn town_office(town: &Town) -> String {
    format!("GOV-{}", town.code)
}

fn town_name(town: &Town) -> String {
    let suffix = match () {
        () if town.name.ends_with("街道") => "办事处",
        () if town.name.ends_with(['镇', '乡']) => "人民政府",
        () => "管理委员会",
    };
    format!("{}{suffix}", town.name)
}

/// A person with a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Name to sign in with.
    pub username: String,
    /// Organisation.
    pub org: String,
    /// Role.
    pub role: Role,
    /// Area, where it is smaller than the organisation's.
    pub region: Option<String>,
    /// Sectors, where they are fewer than the organisation's.
    pub sectors: Vec<String>,
}

impl Login {
    fn new(role: Role, org: &str) -> Self {
        let username = format!("{}@{org}", role.code());
        Self { username, org: org.to_owned(), role, region: None, sectors: vec![] }
    }
}

/// Every sign-in: all roles of every organisation in full, and the head of every insured small firm,
/// who alone can let its insurer see its file.
pub fn logins(demo: &Demo, light: &[LightFirm]) -> Vec<Login> {
    let of = |subject| Role::ALL.iter().copied().filter(move |r| r.subject() == subject);
    let mut all: Vec<Login> = of(Subject::Government).map(|role| bureau_login(role, demo)).collect();
    all.extend([Role::Leader, Role::DutyOfficer, Role::Officer].map(|role| Login::new(role, NEIGHBOUR)));
    all.extend([Role::Leader, Role::DutyOfficer].map(|role| Login::new(role, CITY)));
    all.extend(DEPARTMENTS.iter().map(|(id, ..)| Login::new(Role::Department, id)));
    all.extend(demo.county.towns.iter().map(|t| Login::new(Role::Township, &town_office(t))));
    for firm in &demo.firms {
        let rents_out = firm.id == LANDLORD;
        all.extend(
            of(Subject::Enterprise).filter(|r| *r != Role::Landlord || rents_out).map(|r| Login::new(r, &firm.id)),
        );
    }
    all.extend(demo.insurers.iter().flat_map(|i| of(Subject::Insurer).map(|r| Login::new(r, &i.id))));
    all.extend(demo.service_orgs.iter().flat_map(|s| of(Subject::ServiceOrg).map(|r| Login::new(r, &s.id))));
    all.extend(light.iter().filter(|f| f.insurer.is_some()).map(|f| Login::new(Role::Principal, &f.id)));
    all
}

/// In the bureau itself one person answers for the park and one for one trade, so that a smaller
/// area and a sector can be tried there too.
fn bureau_login(role: Role, demo: &Demo) -> Login {
    let login = Login::new(role, BUREAU);
    match role {
        Role::Township => Login { region: demo.town("岚江化工园区").map(|t| t.code.clone()), ..login },
        Role::Department => Login { sectors: vec!["工贸".to_owned()], ..login },
        _ => login,
    }
}

/// The logins people are told of: one per role, and who must not see our county's records.
pub fn shown(demo: &Demo) -> Vec<(String, String)> {
    let orgs = organisations(demo);
    let names = |id: &str| {
        let org = orgs.iter().find(|o| o.id == id).map(|o| o.name.clone());
        org.or_else(|| demo.firms.iter().find(|f| f.id == id).map(|f| f.name.clone())).unwrap_or_default()
    };
    let wanted = |l: &&Login| {
        matches!(l.org.as_str(), BUREAU | NEIGHBOUR | CITY | "GOV-990121103" | "GOV-ZJ" | "E001" | "INS4" | "SVC5")
            || l.role == Role::Landlord
    };
    let all = logins(demo, &[]);
    all.iter().filter(wanted).map(|l| (l.username.clone(), format!("{} {}", names(&l.org), l.role.name()))).collect()
}

/// The person of a sign-in; experts are given what they know.
pub fn person_of(demo: &Demo, username: &str, role: Role) -> NewPerson {
    let known = if role == Role::Expert { specialities(demo, username) } else { vec![] };
    new_person(demo, username, role.name(), known)
}

/// The experts of the service organisations who do not sign in: organisation and person.
pub fn experts(demo: &Demo) -> Vec<(String, NewPerson)> {
    let of = |org: &super::county::ServiceOrg| {
        let (id, kinds) = (org.id.clone(), org.kinds.clone());
        (1..org.experts).map(move |no| {
            let key = format!("expert {no} of {id}");
            let mut known = kinds.clone();
            known.extend(specialities(demo, &key));
            (id.clone(), new_person(demo, &key, Role::Expert.name(), known))
        })
    };
    demo.service_orgs.iter().flat_map(|o| of(o).collect::<Vec<_>>()).collect()
}

fn new_person(demo: &Demo, key: &str, post: &str, specialities: Vec<String>) -> NewPerson {
    let invented = person(demo.seed, key);
    NewPerson {
        id: Some(person_id(demo.seed, key)),
        name: invented.name,
        phone: Some(invented.phone),
        id_number: None,
        posts: vec![post.to_owned()],
        specialities,
    }
}

/// The id of the person behind a key: always the same, so that nobody is entered twice.
pub fn person_id(seed: u64, key: &str) -> Uuid {
    let mut chance = Chance::of(seed, &format!("person {key}"));
    Uuid::from_u64_pair(chance.bits(), chance.bits())
}

fn specialities(demo: &Demo, key: &str) -> Vec<String> {
    let mut chance = Chance::of(demo.seed, &format!("specialities {key}"));
    let mut known: Vec<String> = (0..chance.between(1, 4)).map(|_| chance.word(&SPECIALITIES).to_owned()).collect();
    known.sort_unstable();
    known.dedup();
    known
}

/// The sectors whose departments supervise a trade.
pub fn sectors(industry: &str, tags: &[String]) -> Vec<String> {
    let trades = [
        ("危险化学品", "危险化学品"),
        ("民用爆炸", "危险化学品"),
        ("烟花爆竹", "危险化学品"),
        ("矿", "矿山"),
        ("建筑施工", "建设"),
        ("城镇燃气", "建设"),
        ("公用", "建设"),
        ("道路运输", "交通"),
        ("汽修", "交通"),
        ("渔业", "农业"),
        ("农产品", "农业"),
        ("餐饮住宿", "商贸"),
        ("商贸仓储", "商贸"),
    ];
    let first = trades.iter().find(|(word, _)| industry.contains(word)).map_or("工贸", |(_, sector)| sector);
    let mut sectors = vec![first.to_owned()];
    let has = |words: &[&str]| tags.iter().any(|t| words.iter().any(|w| t.contains(w)));
    if has(&["锅炉", "起重", "塔吊", "气瓶", "行车", "叉车", "充装"]) {
        sectors.push("特种设备".to_owned());
    }
    if has(&["人员密集", "可燃物", "消防", "三合一", "加油站", "住人"]) {
        sectors.push("消防".to_owned());
    }
    sectors
}

/// The name of the person who holds a role in a firm.
pub fn holder(demo: &Demo, firm: &Firm, role: Role) -> super::people::Person {
    person(demo.seed, &format!("{}@{}", role.code(), firm.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_role_of_the_contract_has_a_login_that_is_told() {
        let demo = Demo::read().unwrap();
        let told = shown(&demo);
        for role in Role::ALL {
            let prefix = format!("{}@", role.code());
            let of_subject = |name: &str| logins(&demo, &[]).iter().any(|l| l.username == name && l.role == *role);
            assert!(told.iter().any(|(name, _)| name.starts_with(&prefix) && of_subject(name)), "{prefix}");
        }
        for name in ["officer@GOV", "claims@INS4", "principal@E001", "expert@SVC5", "leader@GOV2", "landlord@E062"] {
            assert!(told.iter().any(|(n, _)| n == name), "{name}");
        }
    }

    #[test]
    fn logins_and_people_are_unique() {
        let demo = Demo::read().unwrap();
        let light = super::super::light::firms(&demo, &map::Map::new(&demo));
        let all = logins(&demo, &light);
        let mut names = HashSet::new();
        let mut ids = HashSet::new();
        for login in &all {
            assert!(names.insert(&login.username), "{} twice", login.username);
            assert!(ids.insert(person_id(demo.seed, &login.username)));
        }
        let experts = experts(&demo);
        assert_eq!(experts.len() + demo.service_orgs.len(), 70);
        assert!(experts.iter().all(|(_, p)| ids.insert(p.id.unwrap())));
    }

    #[test]
    fn every_organisation_of_a_login_exists() {
        let demo = Demo::read().unwrap();
        let mut known: HashSet<String> = organisations(&demo).into_iter().map(|o| o.id).collect();
        known.extend(demo.firms.iter().map(|f| f.id.clone()));
        assert!(logins(&demo, &[]).iter().all(|l| known.contains(&l.org)));
    }

    #[test]
    fn trades_are_supervised_by_their_department() {
        let some = |i: &str, t: &[&str]| sectors(i, &t.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        assert_eq!(some("危险化学品经营(加油站)", &["加油站"]), ["危险化学品", "消防"]);
        assert_eq!(some("建筑施工", &["塔吊"]), ["建设", "特种设备"]);
        assert_eq!(some("机械制造", &[]), ["工贸"]);
        let demo = Demo::read().unwrap();
        let named: HashSet<&str> = DEPARTMENTS.iter().map(|d| d.1).collect();
        let listed = demo.government.departments.iter().filter(|d| !d.contains("应急") && !d.contains("townships"));
        assert!(listed.into_iter().all(|d| named.contains(d.as_str())));
    }
}
