//! The premium as a function of events: undone exactly, split event by event, and recomputed by an
//! independent script.
use super::pricing::{Basis, Cause, Next, What, next, price, steps};
use proptest::prelude::*;
use serde_json::json;
use standards::date::Date;
use standards::tables::Tables;
use std::io::Write;
use std::process::{Command, Stdio};
use uuid::Uuid;

/// 2026-11-23 09:00 in Beijing.
const NOW: i64 = 1_795_395_600_000;
const DAY: i64 = 86_400_000;

fn basis(base_fen: i64, declared: &[&str]) -> Basis {
    let from = Date::parse("2026-12-01").unwrap();
    Basis {
        scheme: "示例浮动2026".to_owned(),
        base_fen: Some(base_fen),
        cost_wan: None,
        discount_percent: None,
        coefficients: vec![],
        declared: declared.iter().map(|d| (*d).to_owned()).collect(),
        from,
        until: from.add_months(12).unwrap().beijing_start_ms() - 1,
        region: "990121103".to_owned(),
    }
}

fn cause(seq: i64, what: What) -> Cause {
    Cause { event: Uuid::from_u128(u128::try_from(seq).unwrap()), seq, at: NOW + seq * DAY, what }
}

fn grade(seq: i64, grade: &str) -> Cause {
    cause(seq, What::Grade { grade: grade.to_owned() })
}

fn fix(seq: i64, hazard: &str, counts: bool) -> Cause {
    cause(seq, What::Fix { hazard: hazard.to_owned(), counts })
}

fn fen(basis: &Basis, causes: &[Cause]) -> i64 {
    price(Tables::shipped(), basis, causes).unwrap().premium_fen
}

#[test]
fn three_verified_fixes_take_4_008_yuan_of_133_600_and_each_names_its_event() {
    let basis = basis(13_360_000, &[]);
    let causes = [grade(1, "B"), fix(2, "h1", true), fix(3, "h2", true), fix(4, "h3", true)];
    let priced = price(Tables::shipped(), &basis, &causes).unwrap();
    assert_eq!(priced.premium_fen, 13_360_000 - 400_800);
    assert!(priced.example, "the percentages are an example and say so");
    let events: Vec<usize> = priced.terms.iter().map(|t| t.because.len()).collect();
    assert_eq!(events, [1, 3]);
}

#[test]
fn a_hazard_that_comes_back_counts_no_more_and_one_hazard_counts_once() {
    let basis = basis(10_000_000, &[]);
    assert_eq!(fen(&basis, &[fix(1, "h", true), fix(2, "h", true)]), 9_900_000);
    assert_eq!(fen(&basis, &[fix(1, "h", true), fix(2, "h", false)]), 10_000_000);
    assert_eq!(fen(&basis, &[fix(1, "h", false), fix(2, "h", true)]), 9_900_000);
}

#[test]
fn what_lies_more_than_a_year_before_the_cover_counts_no_more() {
    let basis = basis(10_000_000, &[]);
    let mut old = fix(1, "h", true);
    old.at = basis.since() - 1;
    assert_eq!(fen(&basis, &[old.clone()]), 10_000_000);
    old.at += 1;
    assert_eq!(fen(&basis, &[old]), 9_900_000);
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        prop_oneof![Just("A"), Just("B"), Just("C"), Just("D")].prop_map(|g| What::Grade { grade: g.to_owned() }),
        (0_u8..9, any::<bool>()).prop_map(|(h, counts)| What::Fix { hazard: format!("h{h}"), counts }),
    ]
}

fn history() -> impl Strategy<Value = Vec<Cause>> {
    proptest::collection::vec(what(), 0..24)
        .prop_map(|all| (1..).zip(all).map(|(seq, what)| cause(seq, what)).collect())
}

proptest! {
    /// An adverse fact lowers the grade, an upheld objection publishes the grade as if it had never
    /// been: whatever stood before, the premium is the same to the fen.
    #[test]
    fn an_upheld_objection_brings_the_premium_back_exactly(
        causes in history(), base in 1_i64..1_000_000_000, before in "[ABCD]", wrong in "[ABCD]"
    ) {
        let basis = basis(base, &["no_accident"]);
        let mut all = causes;
        let seq = 100;
        all.push(grade(seq, &before));
        let premium = fen(&basis, &all);
        all.push(grade(seq + 1, &wrong));
        all.push(grade(seq + 2, &before));
        prop_assert_eq!(fen(&basis, &all), premium);
    }

    /// A person decides now and then, or never: the premium in force plus what is proposed is always
    /// what the facts give, and once everything is accepted nothing is left to propose.
    #[test]
    fn proposals_follow_the_facts_and_come_to_rest(causes in history(), accepts in proptest::collection::vec(any::<bool>(), 24)) {
        let basis = basis(13_360_000, &[]);
        let (mut current, mut open) = (fen(&basis, &[]), None);
        for (n, accept) in (1..=causes.len()).zip(accepts) {
            let computed = fen(&basis, &causes[..n]);
            match next(current, open, computed) {
                Next::Nothing => {}
                Next::Lapse => open = None,
                Next::Propose => open = Some(computed),
            }
            prop_assert_eq!(open.unwrap_or(current), computed);
            prop_assert_ne!(open, Some(current));
            if let (true, Some(fen)) = (accept, open) {
                (current, open) = (fen, None);
            }
        }
    }

    /// The differences event by event add up to the whole change.
    #[test]
    fn the_yuan_of_each_event_add_up(causes in history(), after in 0_i64..24, base in 1_i64..1_000_000_000) {
        let basis = basis(base, &[]);
        let all = steps(Tables::shipped(), &basis, &causes, after).unwrap();
        let known: Vec<Cause> = causes.iter().filter(|c| c.seq <= after).cloned().collect();
        let moved: i64 = all.iter().map(|s| s.after_fen - s.before_fen).sum();
        prop_assert_eq!(moved, fen(&basis, &causes) - fen(&basis, &known));
    }
}

/// Random numbers that repeat (xorshift), so that a difference can be looked at again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

fn random(chance: &mut Chance) -> (Basis, Vec<Cause>) {
    let declared = [&[][..], &["no_accident"], &["larger_accident", "city_excellent"], &["provincial_advanced"]];
    let basis = basis(1 + i64::try_from(chance.below(1_000_000_000)).unwrap(), declared[chance.below(4) as usize]);
    let count = i64::try_from(chance.below(20)).unwrap();
    let causes = (1..=count).map(|seq| {
        let what = if chance.below(3) == 0 {
            What::Grade { grade: ["A", "B", "C", "D"][chance.below(4) as usize].to_owned() }
        } else {
            What::Fix { hazard: format!("h{}", chance.below(9)), counts: chance.below(4) > 0 }
        };
        let mut cause = cause(seq, what);
        // Some lie before the window, some after the cover.
        cause.at = NOW + (i64::try_from(chance.below(1200)).unwrap() - 600) * DAY;
        cause
    });
    let causes = causes.collect();
    (basis, causes)
}

#[test]
fn ten_thousand_histories_recomputed_outside_differ_nowhere() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/recompute/premium.py");
    let scheme = super::rates::schemes(Tables::shipped(), Date::parse("2026-12-01").unwrap(), "990121103");
    let scheme = scheme.into_iter().find(|s| s.name == "示例浮动2026").unwrap();
    let mut chance = Chance(0x5eed_1234_5678_9abc);
    let mut lines = Vec::new();
    for _ in 0..10_000 {
        let (basis, causes) = random(&mut chance);
        let upto = i64::try_from(chance.below(20)).unwrap();
        let known: Vec<Cause> = causes.iter().filter(|c| c.seq <= upto).cloned().collect();
        let bound = price(Tables::shipped(), &basis, &known).unwrap();
        let now = price(Tables::shipped(), &basis, &causes).unwrap();
        let export = json!({
            "format": "anlan-premium-1", "policy_no": "P", "scheme": scheme, "since": basis.since(), "basis": basis,
            "causes": causes, "bound_seq": upto, "bound_fen": bound.premium_fen, "premium_fen": now.premium_fen,
            "computed_fen": now.premium_fen,
            "adjustments": [{"id": "x", "state": "accepted", "old_fen": bound.premium_fen, "new_fen": now.premium_fen,
                "upto": causes.len(), "terms": now.terms}],
        });
        lines.push(export.to_string());
    }
    // One wrong fen must be found, or agreement would mean nothing.
    let mut wrong: serde_json::Value = serde_json::from_str(&lines[17]).unwrap();
    wrong["computed_fen"] = json!(wrong["computed_fen"].as_i64().unwrap() + 1);
    assert!(run(script, &lines.join("\n")).contains("复算 10000 份，0 处差异"));
    assert!(run(script, &wrong.to_string()).contains("复算 1 份，1 处差异"));
}

fn run(script: &str, input: &str) -> String {
    let mut child = Command::new("python3")
        .args([script, "--lines", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed to compare with the independent script");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}
