use super::*;
use proptest::prelude::*;

fn tank() -> Limits {
    Limits { hh: Some(85.0), h: Some(80.0), l: Some(10.0), ll: Some(5.0), dead_band: 1.0, ..Limits::default() }
}

fn run(limits: &Limits, readings: &[(Ms, f64)]) -> Vec<Signal> {
    let mut judge = Judge::default();
    readings.iter().flat_map(|&(at, v)| judge.reading(limits, at, v)).collect()
}

#[test]
fn a_violation_is_raised_at_once_without_delay_and_only_once() {
    let signals = run(&tank(), &[(0, 50.0), (1000, 80.0), (2000, 80.0), (3000, 79.5)]);
    assert_eq!(signals, vec![Signal::Raised { level: Level::H, value: 80.0, limit: 80.0, at: 1000 }]);
}

#[test]
fn the_value_must_leave_the_dead_band_to_be_back() {
    let signals = run(&tank(), &[(1, 81.0), (2, 79.0), (3, 78.9)]);
    assert_eq!(signals[1..], [Signal::BackToNormal { level: Level::H, value: 78.9, at: 3 }]);
    let low = run(&tank(), &[(1, 9.0), (2, 10.9), (3, 11.0)]);
    assert_eq!(low[1..], [Signal::BackToNormal { level: Level::L, value: 11.0, at: 3 }]);
}

#[test]
fn on_delay_needs_the_whole_time_outside() {
    let limits = Limits { on_delay_s: 10, ..tank() };
    assert!(run(&limits, &[(0, 81.0), (9_999, 81.0)]).is_empty());
    assert!(run(&limits, &[(0, 81.0), (5_000, 79.0), (10_000, 81.0), (19_999, 81.0)]).is_empty());
    assert_eq!(run(&limits, &[(0, 81.0), (10_000, 81.0)]).len(), 1);
}

#[test]
fn a_slow_sensor_is_raised_by_the_clock_when_its_value_holds() {
    let limits = Limits { on_delay_s: 5, ..tank() };
    let mut judge = Judge::default();
    assert!(judge.reading(&limits, 0, 90.0).is_empty());
    assert!(judge.waiting());
    assert!(judge.tick(&limits, 4_999).is_empty());
    assert_eq!(judge.tick(&limits, 5_000).len(), 2);
    assert!(judge.tick(&limits, 6_000).is_empty());
}

#[test]
fn off_delay_holds_the_alarm_through_a_short_dip() {
    let limits = Limits { off_delay_s: 10, ..tank() };
    let signals =
        run(&limits, &[(0, 81.0), (1_000, 70.0), (5_000, 81.0), (6_000, 70.0), (15_999, 70.0), (16_000, 70.0)]);
    assert_eq!(signals.len(), 2);
    assert_eq!(signals[1], Signal::BackToNormal { level: Level::H, value: 70.0, at: 16_000 });
}

#[test]
fn a_jump_past_both_limits_raises_the_worse_level_first() {
    let levels: Vec<_> = run(&tank(), &[(1, 90.0)])
        .into_iter()
        .map(|s| match s {
            Signal::Raised { level, .. } => level,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(levels, [Level::HH, Level::H]);
}

#[test]
fn escalation_from_h_to_hh_keeps_the_h_alarm() {
    let signals = run(&tank(), &[(1, 81.0), (2, 86.0)]);
    assert!(signals.contains(&Signal::Raised { level: Level::HH, value: 86.0, limit: 85.0, at: 2 }));
    assert!(signals.contains(&Signal::Worse { level: Level::H, value: 86.0, at: 2 }));
}

#[test]
fn a_second_violation_of_an_uncleared_alarm_is_reported_not_hidden() {
    let signals = run(&tank(), &[(1, 81.0), (2, 50.0), (3, 80.5)]);
    assert_eq!(signals[2], Signal::Recurred { level: Level::H, value: 80.5, at: 3 });
}

#[test]
fn after_a_clear_the_next_violation_is_a_new_alarm() {
    let mut judge = Judge::default();
    judge.reading(&tank(), 1, 81.0);
    judge.reading(&tank(), 2, 50.0);
    judge.cleared(Level::H);
    assert!(matches!(judge.reading(&tank(), 3, 81.0)[..], [Signal::Raised { level: Level::H, .. }]));
}

#[test]
fn a_restored_judge_does_not_raise_again() {
    let mut judge = Judge::restore(&[ActiveLevel { level: Level::H, back: false, extreme: 82.0 }]);
    assert!(judge.reading(&tank(), 1, 81.0).is_empty());
    assert!(matches!(judge.reading(&tank(), 2, 50.0)[..], [Signal::BackToNormal { .. }]));
}

#[test]
fn a_limit_taken_away_lets_its_alarm_come_back() {
    let mut judge = Judge::default();
    judge.reading(&tank(), 1, 81.0);
    let without = Limits { h: None, ..tank() };
    assert!(matches!(judge.reading(&without, 2, 81.0)[..], [Signal::BackToNormal { level: Level::H, .. }]));
    assert!(judge.reading(&without, 3, 81.0).is_empty());
}

fn any_limits() -> impl Strategy<Value = Limits> {
    (0u32..20, 0u32..20, 0.0f64..4.0).prop_map(|(on_delay_s, off_delay_s, dead_band)| Limits {
        dead_band,
        on_delay_s,
        off_delay_s,
        ..tank()
    })
}

fn any_readings() -> impl Strategy<Value = Vec<(Ms, f64)>> {
    prop::collection::vec((1i64..20_000, prop_oneof![0.0f64..100.0, 78.0f64..82.0, 3.0f64..12.0]), 1..120).prop_map(
        |steps| {
            let mut at = 0;
            steps
                .into_iter()
                .map(|(dt, v)| {
                    at += dt;
                    (at, v)
                })
                .collect()
        },
    )
}

proptest! {
    #[test]
    fn never_two_active_alarms_for_a_level_and_only_real_violations(limits in any_limits(), readings in any_readings()) {
        let mut judge = Judge::default();
        let mut active = [false; 4];
        for &(at, value) in &readings {
            for signal in judge.reading(&limits, at, value) {
                match signal {
                    Signal::Raised { level, value, limit, .. } => {
                        prop_assert!(!active[index(level)], "raised twice: {:?}", level);
                        prop_assert!(level.is_outside(value, limit));
                        active[index(level)] = true;
                    }
                    Signal::BackToNormal { level, .. } | Signal::Recurred { level, .. } | Signal::Worse { level, .. } => {
                        prop_assert!(active[index(level)], "signal about no alarm: {:?}", level);
                    }
                }
            }
        }
    }

    #[test]
    fn duplicate_and_reordered_delivery_changes_nothing(
        limits in any_limits(), readings in any_readings(), repeats in prop::collection::vec(0usize..120, 0..60),
    ) {
        let once = run(&limits, &readings);
        let mut judge = Judge::default();
        let mut twice = Vec::new();
        for (i, &(at, value)) in readings.iter().enumerate() {
            twice.extend(judge.reading(&limits, at, value));
            for &r in repeats.iter().filter(|&&r| r <= i) {
                let (old_at, old_value) = readings[r];
                twice.extend(judge.reading(&limits, old_at, old_value));
                twice.extend(judge.reading(&limits, old_at, 100.0));
            }
        }
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn chatter_is_bounded_by_the_delays(limits in any_limits(), readings in any_readings()) {
        let signals = run(&limits, &readings);
        let span = readings.last().map_or(0, |r| r.0) - readings[0].0;
        let turns = |level: Level| signals.iter().filter(|s| match s {
            Signal::Raised { level: l, .. } | Signal::Recurred { level: l, .. } => *l == level,
            _ => false,
        }).count() as i64;
        let cycle = i64::from(limits.on_delay_s + limits.off_delay_s) * 1000;
        for level in Level::ALL {
            prop_assert!(turns(level) <= readings.len() as i64);
            if cycle > 0 {
                prop_assert!((turns(level) - 1).max(0) * cycle <= span, "{} turns in {} ms", turns(level), span);
            }
        }
    }

    #[test]
    fn noise_inside_the_dead_band_never_chatters(noise in prop::collection::vec(-0.49f64..0.49, 1..200)) {
        // The value idles at 79.5: every swing stays between the limit's dead band edge and 79.99.
        let limits = tank();
        let mut readings = vec![(0, 80.0)];
        readings.extend(noise.iter().enumerate().map(|(i, n)| (i as i64 + 1, 79.5 + n)));
        prop_assert_eq!(run(&limits, &readings).len(), 1);
    }
}
