//! Reactions: effects once, in the order of their key, whatever fails and whenever the node stops.
use crate::probe::{self, block, effects, unblock, write};
use platform::{args, sql};
use proptest::prelude::*;
use testing::TestPlatform;

async fn parked(t: &TestPlatform) -> i64 {
    t.app.db().one(sql("select count(*) as n from reaction_parked", vec![])).await.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn a_failing_event_parks_its_key_in_order_while_other_keys_flow() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        block(&t, "E001").await;
        for (n, enterprise) in [(1, "E001"), (2, "E002"), (3, "E001"), (4, "E002"), (5, "E001")] {
            write(&t.ctx(), enterprise, &format!("note {n}"), n).await.unwrap();
        }
        t.run_jobs().await;
        assert_eq!(effects(&t.app).await, [("E002".into(), 2), ("E002".into(), 4)]);
        assert_eq!(parked(&t).await, 3);
        t.forward(1_000).await;
        assert_eq!(effects(&t.app).await.len(), 2, "tried again, still failing");
        unblock(&t, "E001").await;
        t.run_jobs().await;
        assert_eq!(effects(&t.app).await.len(), 2, "not before its pause has passed");
        t.forward(600_000).await;
        let e1: Vec<i64> = effects(&t.app).await.into_iter().filter(|(e, _)| e == "E001").map(|(_, n)| n).collect();
        assert_eq!(e1, [1, 3, 5]);
        t.finish().await;
    }
}

#[tokio::test]
async fn retries_wait_longer_and_longer_up_to_ten_minutes() {
    let t = probe::start(testing::Engine::Sqlite).await;
    block(&t, "E001").await;
    write(&t.ctx(), "E001", "a", 1).await.unwrap();
    let attempts = async || -> (i64, i64) {
        let row = t.app.db().one(sql("select attempts, next_at from reaction_parked", vec![])).await.unwrap();
        (row.get("attempts").unwrap(), row.get("next_at").unwrap())
    };
    t.run_jobs().await;
    let mut pauses = vec![];
    for _ in 0..12 {
        let (_, next) = attempts().await;
        let pause = next - t.app.source().now().0;
        pauses.push(pause / 1_000);
        t.forward(pause).await;
    }
    assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
    unblock(&t, "E001").await;
    t.forward(600_000).await;
    t.finish().await;
}

#[tokio::test]
async fn a_reaction_that_is_new_begins_where_the_log_ends_and_keeps_that_place_over_a_stop() {
    for engine in probe::engines() {
        let mut t = probe::start(engine).await;
        write(&t.ctx(), "E001", "a", 1).await.unwrap();
        // The node stops before its first round of work.
        t.restart().await;
        t.run_jobs().await;
        assert_eq!(effects(&t.app).await, [("E001".into(), 1)]);
        t.finish().await;
    }
}

#[tokio::test]
async fn an_effect_happens_once_though_its_cursor_was_lost() {
    for engine in probe::engines() {
        let mut t = probe::start(engine).await;
        for n in 1..=5 {
            write(&t.ctx(), "E001", &format!("{n}"), n).await.unwrap();
        }
        t.run_jobs().await;
        // As if the node had been killed after the effects and before the cursor was stored.
        probe::say(&t.ctx(), "E001", "rewind", vec![sql("update reaction_cursor set seq = 0", vec![])]).await;
        t.restart().await;
        t.run_jobs().await;
        assert_eq!(effects(&t.app).await.len(), 5);
        t.finish().await;
    }
}

/// What happens to a node.
#[derive(Debug, Clone)]
enum Act {
    Write(usize),
    Block(usize),
    Unblock(usize),
    Run,
    Wait(i64),
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..3_usize).prop_map(Act::Write),
        1 => (0..3_usize).prop_map(Act::Block),
        2 => (0..3_usize).prop_map(Act::Unblock),
        3 => Just(Act::Run),
        1 => (1..700_000_i64).prop_map(Act::Wait),
        1 => Just(Act::Restart),
    ]
}

async fn live(mut t: TestPlatform, acts: &[Act]) {
    let names = ["E001", "E002", "E003"];
    let mut written: Vec<(String, i64)> = vec![];
    let mut blocked = [false; 3];
    for act in acts {
        match *act {
            Act::Write(e) => {
                let n = i64::try_from(written.len()).unwrap();
                write(&t.ctx(), names[e], &n.to_string(), n).await.unwrap();
                written.push((names[e].to_owned(), n));
            }
            Act::Block(e) if !blocked[e] => {
                block(&t, names[e]).await;
                blocked[e] = true;
            }
            Act::Unblock(e) if blocked[e] => {
                unblock(&t, names[e]).await;
                blocked[e] = false;
            }
            Act::Block(_) | Act::Unblock(_) => {}
            Act::Run => t.run_jobs().await,
            Act::Wait(ms) => t.forward(ms).await,
            Act::Restart => t.restart().await,
        }
    }
    probe::say(&t.ctx(), "E001", "unblock", vec![sql("delete from probe_block where 1 = $1", args![1_i64])]).await;
    t.forward(600_000).await;
    t.forward(600_000).await;
    let done = effects(&t.app).await;
    assert_eq!(done.len(), written.len());
    for name in names {
        let of =
            |all: &[(String, i64)]| -> Vec<i64> { all.iter().filter(|(e, _)| e == name).map(|(_, n)| *n).collect() };
        assert_eq!(of(&done), of(&written), "{name}: each once, in order");
    }
    t.finish().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: probe::cases(12), max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn effects_happen_once_and_in_the_order_of_their_key(acts in prop::collection::vec(act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            for engine in probe::engines() {
                live(probe::start(engine).await, &acts).await;
            }
        });
    }
}
