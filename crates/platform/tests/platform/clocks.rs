//! Clocks: pauses add time, steps escalate, nothing fires twice, one failing rule holds up no other.
use crate::probe::{self, ANSWER, STEP, start_clock, steps};
use platform::{ClockEnd, args, sql};
use testing::TestPlatform;

async fn change(t: &TestPlatform, what: impl AsyncFnOnce(&mut platform::Tx)) {
    let ctx = t.ctx();
    let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    let mut tx = ctx.begin().await.unwrap();
    what(&mut tx).await;
    let event = ctx.event(&probe::spoken("changed"), "probe/x", &org.placed()).unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
}

fn at(minutes: &[i64]) -> Vec<(String, i64, i64)> {
    (0..).zip(minutes).map(|(step, minute)| ("a".to_owned(), step, minute * STEP)).collect()
}

#[tokio::test]
async fn steps_escalate_one_after_another_and_end() {
    for engine in probe::engines() {
        let mut t = probe::start(engine).await;
        start_clock(&t, ANSWER, "a").await;
        t.forward(STEP - 1).await;
        assert!(steps(&t.app).await.is_empty(), "not a millisecond early");
        t.forward(1).await;
        t.run_jobs().await;
        t.restart().await;
        t.run_jobs().await;
        assert_eq!(steps(&t.app).await, at(&[1]), "once, also over a restart");
        t.forward(STEP).await;
        t.forward(10 * STEP).await;
        assert_eq!(steps(&t.app).await, at(&[1, 2, 12]));
        t.forward(100 * STEP).await;
        assert_eq!(steps(&t.app).await.len(), 3, "three steps and no more");
        t.finish().await;
    }
}

#[tokio::test]
async fn steps_missed_while_the_node_was_down_are_caught_up_in_order() {
    let mut t = probe::start(testing::Engine::Sqlite).await;
    start_clock(&t, ANSWER, "a").await;
    t.app.source().forward(5 * STEP);
    t.restart().await;
    t.run_jobs().await;
    assert_eq!(steps(&t.app).await, at(&[5, 5, 5]));
    t.finish().await;
}

#[tokio::test]
async fn a_pause_adds_its_own_length() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        start_clock(&t, ANSWER, "a").await;
        t.forward(STEP / 2).await;
        change(&t, async |tx| assert_eq!(tx.pause_clocks("a", "夜间停产").await.unwrap(), 1)).await;
        t.forward(10 * STEP).await;
        assert!(steps(&t.app).await.is_empty(), "a paused clock does not fire");
        change(&t, async |tx| assert_eq!(tx.resume_clocks("a").await.unwrap(), 1)).await;
        t.forward(STEP / 2 - 1).await;
        assert!(steps(&t.app).await.is_empty());
        t.forward(1).await;
        assert_eq!(steps(&t.app).await, at(&[11]));
        change(&t, async |tx| assert_eq!(tx.resume_clocks("a").await.unwrap(), 0)).await;
        t.finish().await;
    }
}

#[tokio::test]
async fn an_obligation_that_was_met_or_fell_away_does_not_fire() {
    let t = probe::start(testing::Engine::Sqlite).await;
    for (subject, end) in [("a", ClockEnd::Met), ("b", ClockEnd::Void)] {
        start_clock(&t, ANSWER, subject).await;
        change(&t, async |tx| assert_eq!(tx.stop_clocks(subject, ANSWER, end).await.unwrap(), 1)).await;
    }
    start_clock(&t, ANSWER, "c").await;
    change(&t, async |tx| {
        tx.pause_clocks("c", "停产").await.unwrap();
        assert_eq!(tx.stop_clocks("c", ANSWER, ClockEnd::Met).await.unwrap(), 1, "a paused one too");
        assert_eq!(tx.resume_clocks("c").await.unwrap(), 0);
    })
    .await;
    t.forward(10 * STEP).await;
    assert!(steps(&t.app).await.is_empty());
    t.finish().await;
}

#[tokio::test]
async fn two_schedulers_take_each_step_once() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        for subject in ["a", "b", "c", "d"] {
            start_clock(&t, ANSWER, subject).await;
        }
        t.app.source().forward(STEP);
        let rounds = (0..4).map(|_| t.app.run_jobs());
        for result in futures_util::future::join_all(rounds).await {
            result.unwrap();
        }
        assert_eq!(steps(&t.app).await.len(), 4);
        t.finish().await;
    }
}

#[tokio::test]
async fn clocks_that_fail_hold_up_no_other_and_are_tried_again_later() {
    let t = probe::start(testing::Engine::Sqlite).await;
    for n in 0..250 {
        start_clock(&t, "probe.broken", &format!("broken {n}")).await;
    }
    t.app.source().forward(1);
    start_clock(&t, ANSWER, "a").await;
    t.forward(STEP).await;
    t.forward(1_000).await;
    assert_eq!(steps(&t.app).await, [("a".to_owned(), 0, STEP + 1_001)], "found behind 250 that fail");
    let gone = sql("delete from clock where rule = $1", args!["probe.broken"]);
    probe::say(&t.ctx(), "E001", "cleared", vec![gone]).await;
    t.finish().await;
}
