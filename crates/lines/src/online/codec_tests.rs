use super::*;
use proptest::prelude::*;

fn bits(points: &[Point]) -> Vec<(Ms, u64, u8)> {
    points.iter().map(|p| (p.ts, p.value.to_bits(), p.quality)).collect()
}

/// A slow wander with instrument noise at one decimal, every 30 s with no jitter: what a level sensor sends.
fn level_sensor(hours: i64, step_ms: i64) -> Vec<Point> {
    let mut state = 42u64;
    let mut noise = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as f64 / f64::from(1u32 << 31)) - 0.5
    };
    let mut level = 50.0;
    (0..hours * 3_600_000 / step_ms)
        .map(|i| {
            level += noise() * 0.4;
            let value = ((level + noise() * 0.3) * 10.0f64).round() / 10.0;
            Point { ts: 1_795_000_000_000 + i * step_ms, value, quality: 0 }
        })
        .collect()
}

#[test]
fn an_hour_of_a_level_sensor_takes_less_than_one_byte_a_point() {
    let second = level_sensor(1, 1_000);
    let chunk = encode(&second);
    let per_point = chunk.len() as f64 / second.len() as f64;
    assert!(per_point < 0.8, "{per_point} bytes per point at 1 Hz");
    let slow = level_sensor(1, 30_000);
    let per_point = encode(&slow).len() as f64 / slow.len() as f64;
    assert!(per_point < 1.3, "{per_point} bytes per point at 30 s");
}

#[test]
fn jitter_of_a_few_milliseconds_stays_cheap() {
    let mut points = level_sensor(1, 1_000);
    for (i, p) in points.iter_mut().enumerate() {
        p.ts += (i as i64 * 7919) % 11 - 5;
    }
    let chunk = encode(&points);
    assert_eq!(bits(&decode(&chunk).unwrap()), bits(&points));
    assert!(chunk.len() < points.len() * 3);
}

#[test]
fn values_no_decimal_scale_can_hold_are_kept_as_raw_bits() {
    let points: Vec<_> = [-0.0, f64::MIN_POSITIVE, 1.0 / 3.0, 1e300, 0.1 + 0.2]
        .into_iter()
        .enumerate()
        .map(|(i, value)| Point { ts: i as i64, value, quality: 0 })
        .collect();
    assert_eq!(bits(&decode(&encode(&points)).unwrap()), bits(&points));
}

#[test]
fn a_large_value_followed_by_a_fine_one_falls_back_to_raw() {
    let points = [9e14, 0.000_000_001].map(|value| Point { ts: 0, value, quality: 0 });
    assert_eq!(bits(&decode(&encode(&points)).unwrap()), bits(&points));
}

#[test]
fn every_flipped_byte_is_noticed() {
    let chunk = encode(&level_sensor(1, 60_000));
    for i in 0..chunk.len() {
        let mut bad = chunk.clone();
        bad[i] ^= 0x40;
        assert!(decode(&bad).is_err(), "byte {i}");
    }
    assert!(decode(&[]).is_err());
}

#[test]
fn down_sampling_keeps_the_spike_and_the_gap() {
    let mut points: Vec<_> = (0..100).map(|i| Point { ts: i * 10, value: 1.0, quality: 0 }).collect();
    points[42].value = 99.0;
    points.retain(|p| !(600..800).contains(&p.ts));
    let buckets = down_sample(points, 0, 1000, 10);
    assert_eq!(buckets.len(), 8);
    assert_eq!(buckets[4], Bucket { from: 400, min: 1.0, max: 99.0, avg: (9.0 + 99.0) / 10.0, count: 10 });
    assert_eq!(buckets[6].from, 800);
}

fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("stored values are finite", |v| v.is_finite()),
        (-100_000i64..100_000).prop_map(|v| v as f64 / 100.0),
        (0i64..1000).prop_map(|v| v as f64),
    ]
}

proptest! {
    #[test]
    fn round_trip_is_bit_exact(points in prop::collection::vec((any::<i64>(), any_value(), 0u8..4), 0..200)) {
        let points: Vec<_> = points.into_iter().map(|(ts, value, quality)| Point { ts, value, quality }).collect();
        prop_assert_eq!(bits(&decode(&encode(&points)).unwrap()), bits(&points));
    }

    #[test]
    fn round_trip_of_regular_decimals(start in 0i64..1_000_000, step in 0i64..100_000, values in prop::collection::vec(-5000i64..5000, 1..500)) {
        let points: Vec<_> = values.iter().enumerate()
            .map(|(i, v)| Point { ts: start + step * i as i64, value: *v as f64 / 10.0, quality: 0 }).collect();
        let chunk = encode(&points);
        prop_assert_eq!(bits(&decode(&chunk).unwrap()), bits(&points));
        prop_assert!(chunk.len() <= points.len() * 3 + 24);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode(&bytes);
        let mut framed = vec![VERSION, 0];
        framed.extend(&bytes);
        let sum = checksum(&framed).to_le_bytes();
        framed.extend(sum);
        let _ = decode(&framed);
    }
}
