//! Two years in which people went to the firms: inspections of the bureau and services that insurers
//! pay for, spread over the working days so that nobody is in two places at once.
use crate::demo::county::{Demo, Firm};
use crate::demo::light::LightFirm;
use crate::demo::seeded::Chance;
use std::collections::HashMap;

type Ms = i64;
const MINUTE: Ms = 60_000;
const HOUR: Ms = 60 * MINUTE;
const DAY: Ms = 24 * HOUR;
/// 09:30 in Beijing, in UTC.
const MORNING: Ms = 90 * MINUTE;
/// 388 inspections in 24 months.
const INSPECTION_A_DAY: f64 = 0.76;
/// 508 services in 24 months, by three organisations.
const SERVICE_A_DAY: f64 = 0.36;
/// Visits of one firm in a calendar year; two below the cap, so that there is room for what happens next.
const A_YEAR: usize = 4;
/// Days between two visits of one firm.
const APART: Ms = 25 * DAY;
/// Share of hazards put right too late.
const OVERDUE: f64 = 0.061;
/// Days a hazard is given.
pub const TO_RECTIFY: Ms = 15 * DAY;

/// Something found wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Place in the check list, counted round if the list is shorter.
    pub item: usize,
    /// Suspected to be a major hazard.
    pub major: bool,
}

/// How something found wrong was put right.
#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// How long it took from the order.
    pub took: Ms,
    /// What it cost, 分.
    pub cost_fen: i64,
    /// Whether it was not right at the first look.
    pub reopened: bool,
}

/// How the hazard of this number at a firm was put right.
pub fn fix(demo: &Demo, enterprise: &str, no: usize) -> Fix {
    let mut chance = Chance::of(demo.seed, &format!("fix {no} at {enterprise}"));
    let late = chance.share() < OVERDUE;
    let share = 0.2 + 0.7 * chance.share();
    Fix {
        took: if late { TO_RECTIFY + chance.between(3, 25) * DAY } else { (TO_RECTIFY as f64 * share) as Ms },
        cost_fen: chance.between(2, 180) * 10_000,
        reopened: chance.share() < 0.05,
    }
}

/// One visit of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Firm.
    pub enterprise: String,
    /// Insurer that asked and organisation that went; nobody for an inspection of the bureau.
    pub service: Option<(String, String)>,
    /// When they came in.
    pub enter: Ms,
    /// Minutes on site.
    pub minutes: i64,
    /// What was wrong.
    pub faults: Vec<Fault>,
    /// What the firm said of it, where it said anything.
    pub scores: Option<[u8; 3]>,
}

impl Call {
    /// When it was asked for.
    pub const fn asked(&self) -> Ms {
        self.enter - 5 * DAY
    }
    /// When the firm was told: a day before a service, at the door before an inspection.
    pub const fn told(&self) -> Ms {
        self.enter - if self.service.is_some() { DAY } else { 5 * MINUTE }
    }
    /// When they left.
    pub const fn left(&self) -> Ms {
        self.enter + self.minutes * MINUTE
    }
}

/// The visits of the last `days` days before now, oldest first; every one is over before now.
pub fn of(demo: &Demo, light: &[LightFirm], now: Ms, days: i64) -> Vec<Call> {
    let mut plan = Plan { demo, light, calls: vec![], last: HashMap::new(), counted: HashMap::new() };
    for day in (now / DAY - days + 6)..(now / DAY) {
        // 1 January 1970 was a Thursday.
        if (day + 3) % 7 < 5 {
            plan.day(day);
        }
    }
    plan.calls
}

struct Plan<'a> {
    demo: &'a Demo,
    light: &'a [LightFirm],
    calls: Vec<Call>,
    last: HashMap<String, Ms>,
    counted: HashMap<(String, i64), usize>,
}

impl Plan<'_> {
    fn day(&mut self, day: i64) {
        let mut chance = Chance::of(self.demo.seed, &format!("visits of day {day}"));
        let morning = day * DAY + MORNING;
        if chance.share() < INSPECTION_A_DAY {
            let full = chance.share() < 0.4;
            let insured: Vec<&LightFirm> = self.light.iter().filter(|f| f.insurer.is_some()).collect();
            let firm = if full {
                chance.of_list(&self.demo.firms).map(|f| f.id.clone())
            } else {
                chance.of_list(&insured).map(|f| f.id.clone())
            };
            if let Some(firm) = firm {
                self.add(firm, None, morning, &mut chance);
            }
        }
        for org in ["SVC3", "SVC4", "SVC5"] {
            if chance.share() < SERVICE_A_DAY {
                let served: Vec<&Firm> =
                    self.demo.firms.iter().filter(|f| f.service_org.as_deref() == Some(org)).collect();
                if let Some(firm) = chance.of_list(&served)
                    && let Some(insurer) = &firm.insurer
                {
                    let service = Some((insurer.clone(), org.to_owned()));
                    self.add(firm.id.clone(), service, morning + 4 * HOUR + 30 * MINUTE, &mut chance);
                }
            }
        }
    }

    fn add(&mut self, enterprise: String, service: Option<(String, String)>, enter: Ms, chance: &mut Chance) {
        let asked_year = year(enter - 5 * DAY);
        let counted = self.counted.entry((enterprise.clone(), asked_year)).or_default();
        let rested = self.last.get(&enterprise).is_none_or(|last| enter - last >= APART);
        if *counted >= A_YEAR || !rested {
            return;
        }
        *counted += 1;
        self.last.insert(enterprise.clone(), enter);
        let faults = (0..chance.between(0, 4)).map(|no| fault(no as usize, chance)).collect();
        let scores = (chance.share() < 0.6).then(|| [(); 3].map(|()| if chance.share() < 0.85 { 5 } else { 4 }));
        self.calls.push(Call { enterprise, service, enter, minutes: chance.between(50, 150), faults, scores });
    }
}

fn fault(no: usize, chance: &mut Chance) -> Fault {
    Fault { item: no * 3 + chance.between(0, 3) as usize, major: chance.share() < 0.02 }
}

/// Calendar year in Beijing, near enough for a cap: the days between are no working days.
fn year(at: Ms) -> i64 {
    standards::date::Date::beijing(at).map_or(0, |day| i64::from(day.year()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::light;
    use crate::demo::map::Map;

    #[test]
    fn two_years_of_visits_keep_the_cap_and_nobody_is_in_two_places() {
        let demo = Demo::read().unwrap();
        let light = light::firms(&demo, &Map::new(&demo));
        let now = 1_795_395_600_000;
        let calls = of(&demo, &light, now, 720);
        assert_eq!(calls, of(&demo, &light, now, 720), "the same county every time");
        let services = calls.iter().filter(|c| c.service.is_some()).count();
        assert!((250..550).contains(&services), "{services} services");
        assert!((300..420).contains(&(calls.len() - services)), "{} inspections", calls.len() - services);
        let mut seen: HashMap<(Option<&str>, Ms), usize> = HashMap::new();
        let mut years: HashMap<(&str, i64), usize> = HashMap::new();
        for call in &calls {
            let who = call.service.as_ref().map(|(_, org)| org.as_str());
            *seen.entry((who, call.enter / DAY)).or_default() += 1;
            *years.entry((&call.enterprise, year(call.asked()))).or_default() += 1;
            assert!(call.left() < now && call.told() > call.asked());
        }
        assert!(seen.values().all(|n| *n == 1), "one visit a day for each crew");
        assert!(years.values().all(|n| *n <= A_YEAR));
    }
}
