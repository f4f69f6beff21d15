use super::*;
use proptest::prelude::*;

fn urgent() -> Alarm {
    Alarm::raise(Level::HH, Priority::from_code(1), 0)
}

fn explained() -> Alarm {
    urgent().acknowledge().unwrap().explain("leak", "法兰渗漏", "已紧固").unwrap()
}

#[test]
fn the_straight_way_is_acknowledge_explain_clear() {
    let alarm = explained().back_to_normal();
    assert_eq!(alarm.clear(false).unwrap().state, State::Cleared);
}

#[test]
fn clear_is_refused_while_the_value_is_outside() {
    assert!(explained().clear(true).unwrap_err().message.contains("限值之外"));
    assert!(explained().clear(false).is_err(), "not yet back to normal");
    assert!(explained().back_to_normal().clear(true).is_err(), "outside again at this moment");
}

#[test]
fn clear_is_refused_before_the_explanation_and_explanation_before_acknowledgement() {
    assert!(urgent().back_to_normal().clear(false).unwrap_err().message.contains("签收"));
    let acknowledged = urgent().back_to_normal().acknowledge().unwrap();
    assert!(acknowledged.clear(false).unwrap_err().message.contains("说明"));
    assert!(urgent().explain("leak", "渗漏", "紧固").is_err());
}

#[test]
fn an_explanation_needs_a_known_cause_and_words() {
    let taken = urgent().acknowledge().unwrap();
    assert!(taken.explain("aliens", "渗漏", "紧固").unwrap_err().message.contains("cause_code"));
    assert!(taken.explain("leak", " ", "紧固").unwrap_err().message.starts_with("text"));
    assert!(taken.explain("leak", "渗漏", "好").unwrap_err().message.starts_with("measure"));
}

#[test]
fn a_recurrence_after_the_explanation_asks_for_a_new_one() {
    let again = explained().back_to_normal().recurred(100_000);
    assert_eq!(again.state, State::Acknowledged);
    assert_eq!(again.explain_due_at, Some(100_000 + 30 * 60_000));
    assert_eq!(again.recurrences, 1);
    assert!(!again.back_to_normal);
}

#[test]
fn clocks_escalate_rung_by_rung_and_stop_at_the_top() {
    let mut alarm = urgent();
    let mut rungs = Vec::new();
    let mut now = 0;
    while let Some(due) = alarm.ack_due_at {
        now = due;
        let clock = alarm.overdue(now).unwrap();
        assert_eq!(clock, Overdue::Acknowledge);
        alarm = alarm.escalate(clock, now);
        rungs.push(clocks::rung(alarm.escalation).key);
    }
    assert_eq!(rungs, ["principal", "township", "county"]);
    assert_eq!(now, 9 * 60_000);
}

#[test]
fn an_acknowledged_alarm_is_overdue_only_for_its_explanation() {
    let taken = urgent().acknowledge().unwrap();
    assert_eq!(taken.overdue(29 * 60_000), None);
    assert_eq!(taken.overdue(30 * 60_000), Some(Overdue::Explain));
    assert_eq!(explained().overdue(i64::MAX), None);
}

#[test]
fn nobody_approves_their_own_limit_change() {
    let limits = Limits { h: Some(80.0), ..Limits::default() };
    assert!(approve_limits("zhang", "zhang", &limits).is_err());
    assert!(approve_limits("zhang", "li", &limits).is_ok());
    let bad = Limits { h: Some(80.0), hh: Some(70.0), ..Limits::default() };
    assert!(approve_limits("zhang", "li", &bad).unwrap_err().message.contains("hh"));
}

#[derive(Debug, Clone)]
enum Step {
    Acknowledge,
    Explain,
    Clear(bool),
    Back,
    Recur,
    Tick,
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Acknowledge),
        Just(Step::Explain),
        any::<bool>().prop_map(Step::Clear),
        Just(Step::Back),
        Just(Step::Recur),
        Just(Step::Tick),
    ]
}

proptest! {
    #[test]
    fn no_path_skips_a_step(steps in prop::collection::vec(any_step(), 1..60)) {
        let mut alarm = urgent();
        let (mut now, mut acknowledged, mut explained_since_recurrence) = (0, false, false);
        for step in steps {
            now += 100_000;
            let before = alarm;
            let after = match step {
                Step::Acknowledge => alarm.acknowledge(),
                Step::Explain => alarm.explain("leak", "法兰渗漏", "已紧固"),
                Step::Clear(outside) => alarm.clear(outside).inspect(|_| assert!(!outside)),
                Step::Back => Ok(alarm.back_to_normal()),
                Step::Recur if alarm.state == State::Cleared => Ok(alarm),
                Step::Recur => Ok(alarm.recurred(now)),
                Step::Tick => Ok(alarm.overdue(now).map_or(alarm, |clock| alarm.escalate(clock, now))),
            };
            let Ok(after) = after else { continue };
            if after.state == State::Acknowledged { acknowledged = true; }
            if after.state == State::Explained && before.state != State::Explained { explained_since_recurrence = true; }
            if after.recurrences > before.recurrences { explained_since_recurrence &= before.state != State::Explained; }
            prop_assert!(after.escalation >= before.escalation);
            if after.state == State::Cleared {
                prop_assert!(acknowledged && explained_since_recurrence);
                prop_assert!(before.state == State::Cleared || before.back_to_normal);
            }
            if before.state == State::Cleared { prop_assert_eq!(after.state, State::Cleared); }
            alarm = after;
        }
    }
}
