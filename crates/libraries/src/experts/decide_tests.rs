use super::*;
use crate::experts::taxonomy;
use proptest::prelude::*;

const NOW: i64 = 1_795_395_600_000;

fn shipped() -> &'static Taxonomy {
    taxonomy::at(Ms(NOW)).unwrap()
}

fn asked<'a>(skills: &'a [String], task: &'a str) -> Asked<'a> {
    Asked { region: "990121103", skills, task, window: (NOW + DAY, NOW + 2 * DAY), now: NOW }
}

fn able() -> Known {
    Known {
        skills: vec!["chlor_alkali".into(), "fire".into()],
        certificates: vec![held("expert_letter", NOW + 300 * DAY)],
        ..Known::default()
    }
}

fn held(kind: &str, valid_to: i64) -> Held {
    Held { kind: kind.into(), skills: vec![], valid_to }
}

fn codes(task: &str, known: &Known) -> Vec<String> {
    let skills = ["chlor_alkali".to_owned()];
    refusals(shipped(), &asked(&skills, task), known).into_iter().map(|r| r.code).collect()
}

#[test]
fn an_able_free_and_independent_person_may_go() {
    assert!(codes("inspection", &able()).is_empty());
}

#[test]
fn every_ground_is_named_and_all_are_named_at_once() {
    assert_eq!(codes("inspection", &Known { skills: vec!["mine".into()], ..able() }), ["skill"]);
    assert_eq!(codes("inspection", &Known { until: Some(NOW), ..able() }), ["term"]);
    assert_eq!(codes("inspection", &Known { regions: vec!["990122".into()], ..able() }), ["region"]);
    assert!(codes("inspection", &Known { regions: vec!["9901".into()], ..able() }).is_empty());
    let elsewhere = vec![(NOW + DAY + 1, NOW + 3 * DAY)];
    assert_eq!(codes("inspection", &Known { elsewhere: elsewhere.clone(), ..able() }), ["busy"]);
    assert_eq!(codes("inspection", &Known { employed: true, elsewhere, ..able() }), ["conflict", "busy"]);
}

#[test]
fn a_lapsed_certificate_refuses_until_it_is_renewed() {
    let mut known = Known { certificates: vec![held("expert_letter", NOW - 1)], ..able() };
    assert_eq!(codes("inspection", &known), ["certificate"]);
    known.certificates.push(held("expert_letter", NOW + 90 * DAY));
    assert!(codes("inspection", &known).is_empty());
    // One that is for another trade does not stand in the way.
    let other = Held { skills: vec!["mine".into()], ..held("senior_title", NOW - 1) };
    assert!(codes("inspection", &Known { certificates: vec![other], ..able() }).is_empty());
    // It must still hold on the day of the visit.
    assert_eq!(
        codes("inspection", &Known { certificates: vec![held("expert_letter", NOW + DAY / 2)], ..able() }),
        ["certificate"]
    );
}

#[test]
fn a_declared_conflict_holds_to_its_end() {
    let declared = |until| Known { declared: vec![("relative".into(), until)], ..able() };
    assert_eq!(codes("inspection", &declared(None)), ["conflict"]);
    assert_eq!(codes("inspection", &declared(Some(NOW + 10 * DAY))), ["conflict"]);
    assert!(codes("inspection", &declared(Some(NOW))).is_empty());
}

#[test]
fn the_same_firm_too_often_and_reviewing_ones_own_work() {
    let visits = |n: i64| Known { visits_here: (1..=n).map(|i| NOW - i * 30 * DAY).collect(), ..able() };
    assert!(codes("inspection", &visits(3)).is_empty());
    assert_eq!(codes("inspection", &visits(4)), ["frequency"]);
    assert_eq!(codes("review", &visits(1)), ["conflict"]);
    let old = Known { visits_here: vec![NOW - 731 * DAY], ..able() };
    assert!(codes("review", &old).is_empty());
}

#[test]
fn a_form_names_every_wrong_field() {
    let error = fill(shipped(), &["算命".into()], None, &["99".into(), "xx".into()], Some("昨天"), NOW).unwrap_err();
    let Error::Invalid(faults) = error else { panic!() };
    let fields: Vec<&str> = faults.iter().map(|f| f.field.as_str()).collect();
    assert_eq!(fields, ["skills[0]", "regions[1]", "until"]);
    let good =
        fill(shipped(), &["氯碱".into(), "chlor_alkali".into()], Some(" 高工 "), &[], Some("2027-06-30"), NOW).unwrap();
    assert_eq!((good.skills.as_slice(), good.title.as_deref()), (["chlor_alkali".to_owned()].as_slice(), Some("高工")));
}

proptest! {
    /// The parts are what the score is, nothing exceeds its weight, and more skill, record or time never lowers it.
    #[test]
    fn the_score_is_its_parts(done in 0_i64..40, open in 0_i64..10, good in 0_i64..20, bad in 0_i64..20, skilled: bool) {
        let skills = ["chlor_alkali".to_owned(), "mine".to_owned()];
        let asked = asked(&skills, "inspection");
        let known = Known { done, open, answers: (good, good + bad), skills: if skilled { skills.to_vec() } else { vec!["mine".into()] }, ..able() };
        let (sum, parts, reasons) = score(shipped(), &asked, &known);
        prop_assert!((sum - parts.values().sum::<f64>()).abs() < 0.051);
        prop_assert!((0.0..=100.0).contains(&sum));
        prop_assert_eq!(parts.len(), reasons.len());
        let better = Known { done: done + 1, open: open.saturating_sub(1).max(0), answers: (good + 1, good + bad + 1), ..known };
        prop_assert!(score(shipped(), &asked, &better).0 >= sum - 0.051);
    }
}
