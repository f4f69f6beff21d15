//! What the law asks of an application, and the only ways from one state to the next.
use super::form::{Act, Asked, Group, Setting, State, check};
use platform::Error;
use proptest::prelude::*;
use standards::date::Date;
use standards::tables::Tables;

fn group(people: u32, yuan: i64) -> Group {
    Group { name: "一线".to_owned(), people, per_person_fen: yuan * 100 }
}

fn asked(groups: Vec<Group>) -> Asked {
    Asked {
        insurer: "INS4".to_owned(),
        groups,
        cumulative_fen: 1_000_000_000,
        medical_fen: 10_000_000,
        from: "2026-12-01".to_owned(),
        to: "2027-11-30".to_owned(),
    }
}

fn faults(form: &Asked) -> Vec<(String, String)> {
    let setting = Setting {
        tables: Tables::shipped(),
        region: "990121103",
        employees: Some(318),
        earliest: Date::parse("2026-11-23"),
    };
    match check(form, &setting) {
        Ok(_) => vec![],
        Err(Error::Invalid(errors)) => errors.into_iter().map(|e| (e.field, e.message)).collect(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn rule_27_2025_article_15_at_least_400_000_yuan_a_person() {
    assert!(faults(&asked(vec![group(318, 400_000)])).is_empty());
    let low = faults(&asked(vec![group(318, 399_999)]));
    assert_eq!(low[0].0, "groups[0].per_person_fen");
    assert!(low[0].1.contains("400000") && low[0].1.contains("第十五条"), "{low:?}");
}

#[test]
fn rule_27_2025_article_16_all_people_with_the_same_sum() {
    let uneven = faults(&asked(vec![group(300, 500_000), group(18, 400_000)]));
    assert_eq!(uneven[0].0, "groups[1].per_person_fen");
    assert!(uneven[0].1.contains("第十六条"), "{uneven:?}");
    let some = faults(&asked(vec![group(317, 500_000)]));
    assert_eq!(some[0].0, "groups");
    assert!(some[0].1.contains("318") && some[0].1.contains("全部从业人员"), "{some:?}");
}

#[test]
fn an_end_before_the_start_and_a_start_in_the_past_are_refused_at_their_fields() {
    let mut form = asked(vec![group(318, 500_000)]);
    form.to = "2026-11-30".to_owned();
    assert_eq!(faults(&form)[0].0, "to");
    form.from = "2026-11-22".to_owned();
    form.to = "2027-11-21".to_owned();
    assert_eq!(faults(&form)[0].0, "from");
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![Just(Act::Quote), Just(Act::Accept), Just(Act::Withdraw)]
}

proptest! {
    /// No path leads to a policy without a quote of the insurer and, after it, the signature of the
    /// enterprise; and nothing moves once an application is bound or withdrawn.
    #[test]
    fn no_path_skips_quote_or_signature(acts in proptest::collection::vec(act(), 0..12)) {
        let mut state = State::Requested;
        let (mut quoted, mut ended) = (false, false);
        for act in acts {
            let Ok(next) = state.after(act) else { continue };
            prop_assert!(!ended, "{state:?} moved");
            quoted |= act == Act::Quote;
            if next == State::Bound {
                prop_assert!(quoted && act == Act::Accept);
            }
            ended = matches!(next, State::Bound | State::Withdrawn);
            state = next;
        }
    }
}
