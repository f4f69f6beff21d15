//! Given, when, then; and random walks on which no step is skipped.
use super::decide::{Extent, Hazard, Level, Order, State, Who};
use proptest::prelude::*;
use uuid::Uuid;

const DAY: i64 = 86_400_000;

fn who(n: u128, org: &str, government: bool) -> Who {
    Who { person: Uuid::from_u128(n), org: org.into(), government }
}
fn officer() -> Who {
    who(1, "GOV", true)
}
fn manager() -> Who {
    who(2, "E001", false)
}
fn colleague() -> Who {
    who(3, "E001", false)
}
fn expert() -> Who {
    who(4, "SVC", false)
}
fn extent() -> Extent {
    Extent { times: 2, days: 10, rule: "示例".into() }
}
fn order(due: i64) -> Order {
    Order { plan: true, money: true, due }
}
fn fixed(level: Level) -> Hazard {
    let hazard = Hazard::found("E001".into(), level).confirm(level, &officer()).unwrap();
    hazard.assign(order(DAY), 0).unwrap().rectify(&manager()).unwrap()
}

#[test]
fn from_found_to_closed() {
    let closed = fixed(Level::Major).verify(&officer(), true, Some(true)).unwrap();
    assert_eq!(closed.state, State::Closed);
    assert_eq!(fixed(Level::General).verify(&colleague(), true, None).unwrap().state, State::Closed);
    assert_eq!(fixed(Level::Major).verify(&expert(), false, None).unwrap().state, State::Reopened);
}

#[test]
fn who_fixed_it_does_not_verify_it() {
    for level in [Level::General, Level::Major] {
        assert!(fixed(level).verify(&manager(), true, None).unwrap_err().rule.contains("复查回避"));
    }
    assert!(fixed(Level::Major).verify(&colleague(), true, None).is_err(), "nor somebody of the same firm");
}

#[test]
fn a_value_outside_its_limits_outweighs_a_word() {
    assert!(fixed(Level::General).verify(&officer(), true, Some(false)).is_err());
    assert_eq!(fixed(Level::General).verify(&officer(), false, Some(false)).unwrap().state, State::Reopened);
}

#[test]
fn government_decides_what_is_major() {
    let suspected = Hazard::found("E001".into(), Level::Major);
    assert!(suspected.clone().confirm(Level::General, &manager()).is_err());
    assert!(suspected.confirm(Level::General, &officer()).is_ok());
    assert!(Hazard::found("E001".into(), Level::General).confirm(Level::Major, &manager()).is_err());
}

#[test]
fn a_major_hazard_needs_plan_and_money() {
    let hazard = Hazard::found("E001".into(), Level::Major).confirm(Level::Major, &officer()).unwrap();
    for bare in [Order { plan: false, ..order(DAY) }, Order { money: false, ..order(DAY) }] {
        assert!(hazard.clone().assign(bare, 0).unwrap_err().rule.contains("五落实"));
    }
    assert!(hazard.assign(order(0), 1).is_err(), "due in the past");
}

#[test]
fn extensions_are_limited_in_number_days_and_time() {
    let open = Hazard::found("E001".into(), Level::General).confirm(Level::General, &manager()).unwrap();
    let mut open = open.assign(order(DAY), 0).unwrap();
    assert!(open.clone().ask_extension(11, &extent(), 0).is_err());
    assert!(open.clone().ask_extension(0, &extent(), 0).is_err());
    assert!(open.clone().ask_extension(5, &extent(), DAY + 1).is_err(), "after the term");
    for no in 2..=3 {
        let asked = open.ask_extension(5, &extent(), 0).unwrap();
        assert!(asked.clone().ask_extension(5, &extent(), 0).is_err(), "one at a time");
        assert!(asked.clone().decide_extension(Some(0)).is_err(), "earlier than before");
        open = asked.decide_extension(Some(DAY * no)).unwrap();
    }
    assert!(open.clone().ask_extension(5, &extent(), 0).unwrap_err().message.contains("上限 2 次"));
    assert!(open.decide_extension(None).is_err());
}

#[test]
fn what_is_listed_is_closed_only_when_the_listing_is_lifted() {
    let hazard = Hazard::found("E001".into(), Level::Major);
    assert!(hazard.clone().list(DAY, 0).is_err(), "not confirmed yet");
    let hazard = hazard.confirm(Level::Major, &officer()).unwrap().list(DAY, 0).unwrap();
    assert!(hazard.clone().list(DAY, 0).is_err() && hazard.clone().lift().is_err());
    let hazard = hazard.assign(order(DAY), 0).unwrap().rectify(&manager()).unwrap();
    let hazard = hazard.verify(&officer(), true, None).unwrap();
    assert_eq!(hazard.state, State::Verified);
    assert_eq!(hazard.lift().unwrap().state, State::Closed);
}

/// One act of a random walk.
fn step(hazard: Hazard, act: u8, by: u8, now: i64) -> Option<Hazard> {
    let who = match by % 4 {
        0 => officer(),
        1 => manager(),
        2 => colleague(),
        _ => expert(),
    };
    match act % 10 {
        0 => hazard.confirm(Level::General, &who),
        1 => hazard.confirm(Level::Major, &who),
        2 => hazard.assign(order(now + DAY), now),
        3 => hazard.ask_extension(5, &extent(), now),
        4 => hazard.decide_extension(Some(now + 30 * DAY)),
        5 => hazard.rectify(&who),
        6 => hazard.verify(&who, by & 4 == 0, None),
        7 => hazard.list(now + DAY, now),
        8 => hazard.lift(),
        _ => hazard.reopen(),
    }
    .ok()
}

proptest! {
    #[test]
    fn no_path_skips_a_required_step(acts in prop::collection::vec((any::<u8>(), any::<u8>()), 0..60), major in any::<bool>()) {
        let level = if major { Level::Major } else { Level::General };
        let mut hazard = Hazard::found("E001".into(), level);
        let (mut confirmed, mut assigned, mut fixed, mut granted) = (false, false, false, 0);
        for (i, (act, by)) in acts.into_iter().enumerate() {
            let before = hazard.clone();
            let Some(after) = step(hazard.clone(), act, by, i as i64) else { continue };
            match act % 10 {
                0 | 1 => confirmed = true,
                2 => { prop_assert!(confirmed); assigned = true; }
                4 => granted += 1,
                5 => { prop_assert!(assigned); fixed = true; }
                6 => {
                    prop_assert!(fixed && before.state == State::Rectified);
                    assigned = assigned && after.state != State::Reopened;
                    fixed = fixed && after.state != State::Reopened;
                }
                9 => { assigned = false; fixed = false; }
                _ => {}
            }
            hazard = after;
            prop_assert!(hazard.extensions <= 2 && hazard.extensions == granted);
            prop_assert!(hazard.state != State::Closed || (confirmed && assigned && fixed && !hazard.listed));
            prop_assert!(!hazard.listed || hazard.level == Level::Major);
        }
    }
}
