//! Decisions, one by one and as random histories.
use super::*;
use proptest::prelude::*;

fn id(n: u8) -> Uuid {
    Uuid::from_u64_pair(1, u64::from(n))
}

fn good() -> BTreeMap<String, u8> {
    QUESTIONS.iter().map(|(code, _)| ((*code).to_owned(), 5)).collect()
}

fn announced(kind: Kind, reason: Reason) -> Visit {
    let visit = Visit::request(kind, reason).assign(vec![id(1), id(2)]).unwrap();
    visit.accept().unwrap().announce(1, 0, 10).unwrap()
}

#[test]
fn enforcement_needs_two_people_at_assignment_and_at_the_door() {
    let alone = Visit::request(Kind::Enforcement, Reason::Plan).assign(vec![id(1)]).unwrap_err();
    assert_eq!(alone.rule, TWO_OFFICERS);
    let door = announced(Kind::Enforcement, Reason::Plan).enter(true, vec![id(1)], false).unwrap_err();
    assert_eq!(door.rule, TWO_OFFICERS);
    assert!(announced(Kind::PreventionService, Reason::Plan).enter(true, vec![id(1)], false).is_ok());
    assert!(Visit::request(Kind::Joint, Reason::Plan).assign(vec![id(1), id(1)]).is_err());
}

#[test]
fn nobody_enters_without_the_code_or_uninvited() {
    let visit = announced(Kind::PreventionService, Reason::Plan);
    assert!(visit.clone().enter(false, vec![id(1)], false).unwrap_err().message.starts_with("code"));
    assert!(visit.clone().enter(true, vec![id(1), id(9)], false).unwrap_err().message.starts_with("people"));
    assert!(visit.clone().enter(true, vec![id(1)], true).unwrap_err().message.starts_with("late"));
    assert!(announced(Kind::PreventionService, Reason::Alarm).enter(true, vec![id(1)], true).is_ok());
    assert!(visit.enter(true, vec![], false).is_err());
}

#[test]
fn the_code_at_the_door_is_an_address_that_names_the_enterprise() {
    for (code, fits) in [
        ("https://10.0.0.5:8443/q/enterprise/E001", true),
        (" http://localhost/q/enterprise/E001/ ", true),
        ("https://x/q/enterprise/E001?from=door", true),
        ("E001", false),
        ("https://x/q/enterprise/E0011", false),
        ("https://x/q/site/E001", false),
        ("https://x/enterprises/E001", false),
        ("", false),
    ] {
        assert_eq!(code_fits(code, "E001"), fits, "{code}");
    }
}

#[test]
fn a_failed_item_says_what_is_wrong_and_no_item_stays_open() {
    let inside = announced(Kind::Enforcement, Reason::Plan).enter(true, vec![id(1), id(2)], false).unwrap();
    assert!(inside.answer("major", " ").is_err());
    assert!(inside.answer("perhaps", "x").is_err());
    assert!(inside.answer("pass", "").is_ok());
    assert!(inside.clone().leave(1).is_err());
    let left = inside.leave(0).unwrap();
    assert!(left.clone().sign_enterprise().is_err(), "visitors first");
    let one = left.sign_visitor(id(1)).unwrap();
    assert!(one.clone().sign_visitor(id(1)).is_err());
    assert!(one.clone().refuse_signature("负责人拒绝签字").is_err(), "the second officer has not signed");
    let both = one.sign_visitor(id(2)).unwrap();
    assert!(both.clone().refuse_signature("不签").is_err());
    assert!(!both.clone().refuse_signature("负责人以有异议为由拒绝签字，已录像").unwrap().enterprise_signed);
    let signed = both.sign_enterprise().unwrap();
    assert!(signed.clone().evaluate(&BTreeMap::new()).is_err());
    assert!(signed.clone().evaluate(&BTreeMap::from([("conduct".into(), 6)])).is_err());
    assert_eq!(signed.evaluate(&good()).unwrap().state, State::Evaluated);
}

#[test]
fn only_reasons_of_urgency_go_over_the_cap() {
    let over: Vec<_> = Reason::ALL.iter().filter(|r| r.over_cap()).map(|r| r.code()).collect();
    assert_eq!(over, ["alarm", "accident", "complaint", "recheck"]);
}

#[derive(Debug, Clone)]
enum Step {
    Assign(Vec<u8>),
    Accept,
    Decline,
    Announce(usize, i64),
    Enter(bool, Vec<u8>, bool),
    Leave(usize),
    SignVisitor(u8),
    SignEnterprise,
    Refuse,
    Evaluate,
    Withdraw,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let people = || prop::collection::vec(1u8..4, 0..4);
    // Likely arguments weigh more, so that histories reach the end often enough to be tested there.
    let step = prop_oneof![
        3 => Just(Step::Assign(vec![1, 2])),
        1 => people().prop_map(Step::Assign),
        4 => Just(Step::Accept),
        1 => Just(Step::Decline),
        4 => (0usize..3, 5i64..20).prop_map(|(n, end)| Step::Announce(n, end)),
        4 => Just(Step::Enter(true, vec![1, 2], false)),
        1 => (any::<bool>(), people(), any::<bool>()).prop_map(|(c, p, l)| Step::Enter(c, p, l)),
        4 => (0usize..2).prop_map(Step::Leave),
        6 => (1u8..4).prop_map(Step::SignVisitor),
        3 => Just(Step::SignEnterprise),
        1 => Just(Step::Refuse),
        3 => Just(Step::Evaluate),
        1 => Just(Step::Withdraw),
    ];
    prop::collection::vec(step, 0..60)
}

fn ids(of: &[u8]) -> Vec<Uuid> {
    of.iter().map(|n| id(*n)).collect()
}

fn apply(visit: Visit, step: &Step) -> Result<Visit, Refusal> {
    match step {
        Step::Assign(people) => visit.assign(ids(people)),
        Step::Accept => visit.accept(),
        Step::Decline => visit.decline("busy"),
        Step::Announce(bases, end) => visit.announce(*bases, 10, *end),
        Step::Enter(code, people, late) => visit.enter(*code, ids(people), *late),
        Step::Leave(open) => visit.leave(*open),
        Step::SignVisitor(n) => visit.sign_visitor(id(*n)),
        Step::SignEnterprise => visit.sign_enterprise(),
        Step::Refuse => visit.refuse_signature("负责人拒绝签字，已说明"),
        Step::Evaluate => visit.evaluate(&good()),
        Step::Withdraw => visit.withdraw(),
    }
}

proptest! {
    /// Whatever is tried in whatever order: the states passed are exactly the prescribed ones.
    #[test]
    fn no_path_skips_a_required_step(kind in prop::sample::select(Kind::ALL), reason in prop::sample::select(Reason::ALL), steps in steps()) {
        let mut visit = Visit::request(kind, reason);
        let mut passed = vec![State::Requested];
        for step in &steps {
            let before = visit.clone();
            let Ok(after) = apply(visit.clone(), step) else { continue };
            let allowed = match before.state {
                State::Requested => matches!(after.state, State::Assigned | State::Withdrawn),
                State::Assigned => matches!(after.state, State::Assigned | State::Accepted | State::Requested | State::Withdrawn),
                State::Accepted => matches!(after.state, State::Assigned | State::Announced | State::Requested | State::Withdrawn),
                State::Announced => matches!(after.state, State::Entered | State::Withdrawn),
                State::Entered => after.state == State::Left,
                State::Left => matches!(after.state, State::Left | State::Signed),
                State::Signed => after.state == State::Evaluated,
                State::Evaluated | State::Withdrawn => false,
            };
            prop_assert!(allowed, "{:?} -> {:?}", before.state, after.state);
            if after.state != before.state {
                passed.push(after.state);
            }
            visit = after;
        }
        if matches!(visit.state, State::Entered | State::Left | State::Signed | State::Evaluated) {
            prop_assert!(visit.present.len() >= kind.least_people());
            prop_assert!(visit.present.iter().all(|p| visit.people.contains(p)));
            for needed in [State::Assigned, State::Accepted, State::Announced, State::Entered] {
                prop_assert!(passed.contains(&needed), "{needed:?} is missing in {passed:?}");
            }
        }
        if matches!(visit.state, State::Signed | State::Evaluated) {
            prop_assert_eq!(visit.signatures_missing(), 0);
            prop_assert!(passed.contains(&State::Left));
        }
        if visit.state == State::Withdrawn {
            prop_assert!(visit.present.is_empty());
        }
    }
}
