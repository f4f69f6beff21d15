//! The same stories on a file and, where a test run offers one, on PostgreSQL.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use evidence::Suite;

use super::*;
use crate::online::codec::Point;
use crate::online::reading::Quality;

const T0: Ms = 1_795_003_200_000; // a full hour

fn batch(seq: i64, ts: Ms, values: &[(&str, f64)]) -> Batch {
    Batch {
        device: "GW1".into(),
        boot: "b1".into(),
        stream: Stream::Telemetry,
        seq,
        ts,
        received: ts + 40,
        values: values
            .iter()
            .map(|(tag, value)| Value { tag: (*tag).into(), value: *value, quality: Quality::Good })
            .collect(),
    }
}

/// A store of its own for one test; the guard keeps the folder.
struct Place {
    location: String,
    _folder: tempfile::TempDir,
}

/// A file, and a fresh schema of the run's PostgreSQL where there is one.
async fn places(name: &str) -> Vec<Place> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("telemetry.db").to_string_lossy().into_owned();
    let mut places = vec![Place { location: file, _folder: folder }];
    if let Ok(url) = std::env::var("ANLAN_TEST_POSTGRES") {
        use sqlx::{Connection, Executor};
        let mut c = sqlx::PgConnection::connect(&url).await.unwrap();
        let sql = format!("drop schema if exists {name} cascade; create schema {name}");
        c.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await.unwrap();
        let join = if url.contains('?') { '&' } else { '?' };
        let location = format!("{url}{join}options=-c%20search_path%3D{name}");
        places.push(Place { location, _folder: tempfile::tempdir().unwrap() });
    }
    places
}

fn values(points: &[Point]) -> Vec<f64> {
    points.iter().map(|p| p.value).collect()
}

#[tokio::test]
async fn a_batch_is_stored_once_per_device_boot_stream_and_sequence() {
    for place in places("t_once").await {
        let store = Telemetry::open(&place.location).await.unwrap();
        assert_eq!(store.append(batch(1, T0, &[("a", 1.0)])).await.unwrap(), Appended::Stored);
        assert_eq!(store.append(batch(1, T0, &[("a", 1.0)])).await.unwrap(), Appended::Duplicate);
        assert_eq!(store.append(batch(2, T0 + 1000, &[("a", 2.0)])).await.unwrap(), Appended::Stored);
        let replayed = batch(1, T0 + 2000, &[("a", 99.0)]);
        assert_eq!(store.append(replayed.clone()).await.unwrap(), Appended::Backward, "old number, newer content");
        let other_boot = Batch { boot: "b2".into(), ..batch(1, T0 + 3000, &[("a", 3.0)]) };
        assert_eq!(store.append(other_boot).await.unwrap(), Appended::Stored);
        assert_eq!(values(&store.points("a", T0, T0 + HOUR_MS).await.unwrap()), [1.0, 2.0, 3.0]);
        store.close().await;
        let store = Telemetry::open(&place.location).await.unwrap();
        assert_eq!(
            store.append(batch(2, T0 + 1000, &[])).await.unwrap(),
            Appended::Duplicate,
            "remembered over a restart"
        );
        assert_eq!(store.append(replayed).await.unwrap(), Appended::Backward);
    }
}

#[tokio::test]
async fn concurrent_senders_of_one_sequence_number_store_one() {
    for place in places("t_race").await {
        let store = Telemetry::open(&place.location).await.unwrap();
        let sends = (0..64).map(|i| {
            let store = store.clone();
            tokio::spawn(async move { store.append(batch(i / 8, T0 + i / 8, &[("a", i as f64)])).await.unwrap() })
        });
        let outcomes = futures_util::future::join_all(sends).await;
        let stored = outcomes.into_iter().filter(|o| *o.as_ref().unwrap() == Appended::Stored).count();
        assert_eq!(store.points("a", T0, T0 + 100).await.unwrap().len(), stored);
        assert!((1..=8).contains(&stored));
    }
}

#[tokio::test]
async fn two_nodes_over_one_store_agree_on_duplicates_and_tag_numbers() {
    for place in places("t_nodes").await.into_iter().filter(|p| p.location.starts_with("postgres")) {
        let (one, two) =
            (Telemetry::open(&place.location).await.unwrap(), Telemetry::open(&place.location).await.unwrap());
        for seq in 0..50 {
            let tag = format!("t{}", seq % 10);
            let b = batch(seq, T0 + seq, &[(tag.as_str(), seq as f64)]);
            let (x, y) = tokio::join!(one.append(b.clone()), two.append(b));
            let stored = [x.unwrap(), y.unwrap()].into_iter().filter(|o| *o == Appended::Stored).count();
            assert_eq!(stored, 1, "seq {seq}");
        }
    }
}

#[tokio::test]
async fn a_trend_runs_through_sealed_and_unsealed_hours() {
    for place in places("t_trend").await {
        let store = Telemetry::open(&place.location).await.unwrap();
        for i in 0..90 {
            let point = [("a", f64::from(i)), ("b", -1.0)];
            store.append(batch(i64::from(i), T0 + i64::from(i) * 60_000, &point)).await.unwrap();
        }
        let before = store.points("a", T0, T0 + 2 * HOUR_MS).await.unwrap();
        let early = store.seal(T0 + HOUR_MS + SEAL_AFTER_MS - 1).await.unwrap();
        assert_eq!(early, Sealed::default(), "an hour is not sealed while live readings may still come");
        let sealed = store.seal(T0 + HOUR_MS + SEAL_AFTER_MS).await.unwrap();
        assert_eq!((sealed.chunks, sealed.points), (2, 120));
        assert_eq!(store.seal(T0 + HOUR_MS + SEAL_AFTER_MS).await.unwrap(), Sealed::default());
        assert_eq!(store.points("a", T0, T0 + 2 * HOUR_MS).await.unwrap(), before);
        let trend = store.series("a", T0, T0 + 90 * 60_000, 9).await.unwrap();
        assert_eq!(trend.len(), 9);
        assert_eq!((trend[8].min, trend[8].max, trend[8].avg), (80.0, 89.0, 84.5));
        assert!(store.points("nobody", T0, T0 + HOUR_MS).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn late_readings_fill_gaps_but_overwrite_nothing() {
    for place in places("t_late").await {
        let store = Telemetry::open(&place.location).await.unwrap();
        store.append(batch(1, T0, &[("a", 1.0)])).await.unwrap();
        store.seal(T0 + 2 * HOUR_MS).await.unwrap();
        let late =
            |seq, ts, v| Batch { stream: Stream::Late, received: T0 + 3 * HOUR_MS, ..batch(seq, ts, &[("a", v)]) };
        store.append(late(1, T0, 99.0)).await.unwrap();
        store.append(late(2, T0 + 1000, 2.0)).await.unwrap();
        let expected = [1.0, 2.0];
        assert_eq!(values(&store.points("a", T0, T0 + HOUR_MS).await.unwrap()), expected);
        assert_eq!(store.last("a").map(|l| (l.at, l.value)), Some((T0, 1.0)), "the present is live");
        store.seal(T0 + 4 * HOUR_MS).await.unwrap();
        assert_eq!(values(&store.points("a", T0, T0 + HOUR_MS).await.unwrap()), expected);
        let roots = store.late_roots(Suite::Sm3Sm2).await.unwrap();
        assert_eq!(roots.iter().map(|r| r.of.count).collect::<Vec<_>>(), [2]);
        store.note_late(&roots).await.unwrap();
        assert!(store.late_roots(Suite::Sm3Sm2).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_root_of_a_window_is_the_same_before_and_after_sealing() {
    for place in places("t_roots").await {
        let store = Telemetry::open(&place.location).await.unwrap();
        for i in 0..60 {
            store.append(batch(i, T0 + i * 60_000, &[("a", i as f64 / 10.0), ("b", 7.0)])).await.unwrap();
        }
        let (from, to) = (T0 + 600_000, T0 + 1_200_000);
        let before = store.window_roots(from, to, Suite::Sm3Sm2).await.unwrap();
        assert_eq!((before.len(), before[0].count, before[0].tags.len()), (1, 20, 2));
        store.seal(T0 + 2 * HOUR_MS).await.unwrap();
        assert_eq!(store.window_roots(from, to, Suite::Sm3Sm2).await.unwrap(), before);
        assert_ne!(store.window_roots(from, to + 60_000, Suite::Sm3Sm2).await.unwrap()[0].root, before[0].root);
    }
}

#[tokio::test]
async fn the_present_survives_a_restart_sealed_or_not() {
    for place in places("t_present").await {
        let store = Telemetry::open(&place.location).await.unwrap();
        store.append(batch(1, T0, &[("old", 1.0), ("both", 1.0)])).await.unwrap();
        store.seal(T0 + 2 * HOUR_MS).await.unwrap();
        store.append(batch(2, T0 + 2 * HOUR_MS, &[("new", 5.0), ("both", 6.0)])).await.unwrap();
        store.close().await;
        let store = Telemetry::open(&place.location).await.unwrap();
        let now = |tag: &str| store.last(tag).map(|l| l.value);
        assert_eq!([now("old"), now("new"), now("both"), now("none")], [Some(1.0), Some(5.0), Some(6.0), None]);
        assert_eq!(store.last_heard("GW1"), Some(T0 + 2 * HOUR_MS + 40));
        assert_eq!(store.replay(T0).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_value_that_stands_still_shows_since_when() {
    let place = places("t_steady").await.remove(0);
    let store = Telemetry::open(&place.location).await.unwrap();
    for (seq, value) in [(1, 5.0), (2, 6.0), (3, 6.0), (4, 6.0)] {
        store.append(batch(seq, T0 + seq * 1000, &[("a", value)])).await.unwrap();
    }
    assert_eq!(store.last("a").unwrap().steady_since, T0 + 2000);
    assert_eq!(store.last("a").unwrap().clock_lag_ms, 40);
}

#[tokio::test]
async fn state_messages_are_heard_but_leave_no_reading() {
    let place = places("t_state").await.remove(0);
    let store = Telemetry::open(&place.location).await.unwrap();
    store.append(Batch { stream: Stream::State, ..batch(1, T0, &[]) }).await.unwrap();
    assert_eq!(store.last_heard("GW1"), Some(T0 + 40));
    assert!(store.replay(0).await.unwrap().is_empty());
}

#[tokio::test]
async fn refusals_are_counted_per_minute_and_shown_newest_first() {
    for place in places("t_refused").await {
        let store = Telemetry::open(&place.location).await.unwrap();
        let refused =
            |code, at| Quarantine { device: "GW1".into(), at, refused: Refused::new(code, "ts", "9", "时钟") };
        for i in 0..5 {
            store.quarantine(vec![refused("future", T0 + i), refused("rate", T0 + i)]).await.unwrap();
        }
        store.quarantine(vec![refused("future", T0 + 60_000)]).await.unwrap();
        let mine = ["GW1".to_owned()];
        let (all, total) = store.quarantined(&mine, None, None, 10).await.unwrap();
        assert_eq!(total, 3);
        assert_eq!(
            all.iter().map(|q| (q.code.as_str(), q.times)).collect::<Vec<_>>(),
            [("future", 1), ("rate", 5), ("future", 5)]
        );
        assert_eq!(store.quarantined(&mine, None, Some(all[1].id), 10).await.unwrap().0.len(), 1);
        assert_eq!(store.quarantined(&mine, Some(false), None, 10).await.unwrap().1, 0);
        assert!(store.quarantined(&["GW2".into()], None, None, 10).await.unwrap().0.is_empty());
    }
}

#[tokio::test]
async fn loaded_history_is_read_like_lived_history() {
    for place in places("t_history").await {
        let store = Telemetry::open(&place.location).await.unwrap();
        let day = 24 * HOUR_MS;
        let points: Vec<_> =
            (0..3 * 144).map(|i| Point { ts: T0 - 3 * day + i * 600_000, value: i as f64, quality: 0 }).collect();
        let load = || store.import("GW1", vec![("a".into(), points.clone()), ("b".into(), points.clone())], T0);
        load().await.unwrap();
        load().await.unwrap();
        assert_eq!(store.points("a", T0 - 3 * day, T0).await.unwrap(), points);
        assert_eq!(store.points("b", T0 - day - 600_000, T0 - day).await.unwrap().len(), 1);
        assert_eq!(store.last("b").map(|l| l.value), Some(431.0));
    }
}

/// Not a story of its own: the process that the kill test starts and kills.
#[test]
fn child_that_appends_until_it_is_killed() {
    let Ok(location) = std::env::var("ANLAN_KILL_STORE") else { return };
    let first: i64 = std::env::var("ANLAN_KILL_FROM").unwrap().parse().unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Telemetry::open(&location).await.unwrap();
        let senders = (0..8).map(|device| {
            let store = store.clone();
            tokio::spawn(async move {
                for seq in first.. {
                    let b = Batch {
                        device: format!("GW{device}"),
                        ..batch(seq, T0 + seq * 500, &[(&format!("tag{device}"), seq as f64)])
                    };
                    store.append(b).await.unwrap();
                    println!("acked {device} {seq}");
                    if device == 0 && seq % 50 == 49 {
                        store.seal(T0 + seq * 500).await.unwrap();
                    }
                }
            })
        });
        futures_util::future::join_all(senders).await;
    });
}

#[test]
fn kill_minus_nine_loses_nothing_acknowledged_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let location = folder.path().join("telemetry.db").to_string_lossy().into_owned();
    let mut acked = BTreeSet::new();
    // A soak run asks for more rounds.
    let rounds: i64 = std::env::var("ANLAN_KILL_ROUNDS").map_or(4, |n| n.parse().unwrap());
    for round in 0..rounds {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "online::telemetry::tests::child_that_appends_until_it_is_killed", "--nocapture"])
            .env("ANLAN_KILL_STORE", &location)
            .env("ANLAN_KILL_FROM", (round * 100_000).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut count = 0;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let Some(rest) = line.split_once("acked ").map(|(_, rest)| rest) else { continue };
            let Some((device, seq)) = rest.split_once(' ') else { continue };
            if let (Ok(device), Ok(seq)) = (device.parse::<i64>(), seq.parse::<i64>()) {
                acked.insert((device, seq));
            }
            count += 1;
            if count == 700 + (round * 137) % 1_000 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
    }
    assert!(acked.len() > 2_000, "{}", acked.len());
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Telemetry::open(&location).await.unwrap();
        for device in 0..8 {
            let tag = format!("tag{device}");
            let stored: Vec<i64> =
                store.points(&tag, 0, T0 * 2).await.unwrap().iter().map(|p| p.value as i64).collect();
            let unique: BTreeSet<i64> = stored.iter().copied().collect();
            assert_eq!(stored.len(), unique.len(), "doubled on device {device}");
            let lost: Vec<_> = acked.iter().filter(|(d, seq)| *d == device && !unique.contains(seq)).collect();
            assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        }
    });
}
