use super::*;
use std::collections::HashSet;

const NOW: Ms = 1_795_395_600_000;

fn month() -> (Demo, Vec<Excursion>, Vec<Life>) {
    let demo = Demo::read().unwrap();
    let History { excursions, lives } = of(&demo, NOW, 30);
    (demo, excursions, lives)
}

#[test]
fn thirty_days_hold_about_sixteen_point_seven_alarms_a_day() {
    let (_, excursions, lives) = month();
    let a_day = lives.len() as f64 / 30.0;
    assert!((15.2..18.2).contains(&a_day), "{} alarms of {} excursions, {a_day} a day", lives.len(), excursions.len());
    let outer = lives.iter().filter(|l| matches!(l.level, Level::HH | Level::LL)).count();
    assert!(outer > 20 && outer * 2 < lives.len(), "{outer} of {} are HH or LL", lives.len());
}

#[test]
fn every_alarm_violates_its_limit_and_comes_back_before_it_is_cleared() {
    let (demo, _, lives) = month();
    for life in &lives {
        assert!(life.level.is_outside(life.value, life.limit), "{life:?}");
        assert!(if life.level.is_high() { life.extreme >= life.value } else { life.extreme <= life.value });
        assert!(life.returned.0 > life.raised_at && life.returned.0 <= NOW, "{life:?}");
        assert!(life.cleared_at.is_none_or(|at| at >= life.returned.0 && life.explained_at.is_some()));
        assert!(life.explained_at.is_none_or(|at| life.acknowledged_at.is_some_and(|taken| taken <= at)));
        assert!(demo.sensors.iter().any(|s| s.tag == life.tag));
        assert!(lines::online::decide::CAUSE_CODES.iter().any(|(code, _)| *code == life.words.cause));
    }
}

#[test]
fn one_tag_has_one_alarm_of_a_level_at_a_time() {
    let (_, _, lives) = month();
    for (i, a) in lives.iter().enumerate() {
        for b in lives.iter().skip(i + 1).filter(|b| (&b.tag, b.level) == (&a.tag, a.level)) {
            assert!(a.cleared_at.is_some_and(|at| at < b.raised_at), "{a:?}\n{b:?}");
        }
    }
}

#[test]
fn some_answers_come_too_late_and_a_few_alarms_are_open() {
    let (demo, _, lives) = month();
    let late = |l: &&Life| {
        let sensor = demo.sensors.iter().find(|s| s.tag == l.tag).unwrap();
        let firm = demo.firms.iter().find(|f| f.id == l.enterprise).unwrap();
        let grade = Grade::of(
            standards::tables::Tables::shipped(),
            l.level,
            consequence(firm, sensor),
            &sensor.metric,
            &demo.county.code,
            l.raised_at,
        );
        let allowed = clocks::allowance(grade.priority);
        l.acknowledged_at.is_none_or(|at| at > l.raised_at + allowed.acknowledge_min * MINUTE)
    };
    let overdue = lives.iter().filter(late).count();
    assert!((20..120).contains(&overdue), "{overdue} of {} were taken late", lives.len());
    let open: HashSet<&str> = lives.iter().filter(|l| l.cleared_at.is_none()).map(|l| l.tag.as_str()).collect();
    assert!((3..25).contains(&open.len()), "{open:?}");
    for tag in ["E010-gas_combustible-02-lel", "E011-tank_liquid-03-level", "E042-gas_toxic_h2s-01-h2s"] {
        assert!(open.contains(tag), "{tag}");
    }
    assert!(lives.iter().any(|l| l.acknowledged_at.is_none()), "somebody still has to take one");
}

#[test]
fn the_firm_of_s1_has_had_two_chlorine_alarms_before() {
    let (_, _, lives) = month();
    assert_eq!(lives.iter().filter(|l| l.tag == "E001-gas_toxic_cl2-17-cl2" && l.level == Level::H).count(), 2);
}

#[test]
fn limits_of_every_sensor_are_in_order_with_a_dead_band_that_fits() {
    for sensor in Demo::read().unwrap().sensors.iter().filter(|s| s.has_limits()) {
        limits(sensor).check().unwrap_or_else(|e| panic!("{}: {e:?}", sensor.tag));
    }
}

#[test]
fn the_history_repeats_itself_and_may_be_left_out() {
    let demo = Demo::read().unwrap();
    assert_eq!(of(&demo, NOW, 30), of(&demo, NOW, 30));
    assert_eq!(of(&demo, NOW, 0), History { excursions: vec![], lives: vec![] });
}
