//! The spine: one effect per submission key, no hole in the log, atomic writes whatever is dropped
//! and when, columns that say what the leaf says, and personal values that stay out of it.
use crate::probe::{self, say, write};
use axum::http::Method;
use evidence::{Disclosed, Suite};
use platform::files;
use platform::{Ctx, args, sql};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::pin::pin;
use std::task::Poll;
use testing::{Client, Reply, TestPlatform};

const SM3: Suite = Suite::Sm3Sm2;

async fn count(t: &TestPlatform, table: &'static str) -> i64 {
    let query = match table {
        "event" => "select count(*) as n from event",
        "note" => "select count(*) as n from probe_note",
        "noted" => "select count(*) as n from event where kind = 'person.registered'",
        _ => panic!("{table}"),
    };
    t.app.db().one(sql(query, vec![])).await.unwrap().get("n").unwrap()
}

/// The log has no hole and no note is without its event.
async fn sound(t: &TestPlatform) {
    let row =
        t.app.db().one(sql("select coalesce(max(seq), 0) as top, count(*) as n from event", vec![])).await.unwrap();
    assert_eq!(row.get::<i64>("top").unwrap(), row.get::<i64>("n").unwrap(), "dense");
    assert_eq!(count(t, "note").await, count(t, "noted").await, "a write is whole or not there");
}

async fn submit(client: &Client, key: &str, body: u8) -> Reply {
    let body = json!({"enterprise": "E001", "name": format!("{key}-{body}"), "n": body}).to_string().into_bytes();
    let extra = [("idempotency-key", key)];
    client.send(Method::POST, "/api/v1/probe/notes", Some(("application/json", body)), &extra).await
}

#[derive(Debug, Clone)]
enum Op {
    Submit { key: u8, body: u8 },
    Race { key: u8, body: u8, times: usize },
    Drop,
    Fail,
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (0..6_u8, 0..3_u8).prop_map(|(key, body)| Op::Submit { key, body }),
        3 => (0..6_u8, 0..3_u8, 2..6_usize).prop_map(|(key, body, times)| Op::Race { key, body, times }),
        1 => Just(Op::Drop),
        1 => Just(Op::Fail),
        1 => Just(Op::Restart),
    ]
}

/// Which body a key was first used with, and the answer it got.
type Known = HashMap<u8, (u8, Vec<u8>)>;

async fn submit_and_check(client: &Client, known: &mut Known, key: u8, body: u8) {
    let reply = submit(client, &format!("k{key}"), body).await;
    match known.get(&key) {
        None => {
            assert!(reply.status.is_success());
            known.insert(key, (body, reply.bytes));
        }
        Some((first, answer)) if *first == body => {
            assert!(reply.status.is_success());
            assert_eq!(reply.headers["idempotent-replay"], "true");
            assert_eq!(&reply.bytes, answer, "a replay answers the same");
        }
        Some(_) => assert_eq!(reply.problem(422)["errors"][0]["field"], "Idempotency-Key"),
    }
}

async fn race_and_check(client: &Client, known: &mut Known, key: u8, body: u8, times: usize) {
    let name = format!("k{key}");
    let replies = futures_util::future::join_all((0..times).map(|_| submit(client, &name, body))).await;
    let fresh: Vec<&Reply> =
        replies.iter().filter(|r| r.status.is_success() && !r.headers.contains_key("idempotent-replay")).collect();
    match known.get(&key) {
        None => {
            assert_eq!(fresh.len(), 1, "one effect");
            known.insert(key, (body, fresh[0].bytes.clone()));
        }
        Some(_) => assert!(fresh.is_empty()),
    }
    let allowed = [200, 409, 422];
    assert!(replies.iter().all(|r| allowed.contains(&r.status.as_u16())), "{:?}", replies[0].status);
}

async fn live(mut t: TestPlatform, ops: &[Op]) {
    let mut client = t.login("safety_manager@E001").await;
    let mut known = Known::new();
    for op in ops {
        match *op {
            Op::Submit { key, body } => submit_and_check(&client, &mut known, key, body).await,
            Op::Race { key, body, times } => race_and_check(&client, &mut known, key, body, times).await,
            Op::Drop => {
                let mut tx = t.ctx().begin().await.unwrap();
                tx.run(sql("insert into probe_note (id, enterprise, n) values ('gone', 'E001', 1)", vec![]))
                    .await
                    .unwrap();
            }
            Op::Fail => {
                let ctx = t.ctx();
                let mut tx = ctx.begin().await.unwrap();
                assert!(tx.run(sql("insert into probe_note (id) values ('gone')", vec![])).await.is_err());
                let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
                let event = ctx.event(&probe::spoken("x"), "probe/x", &org.placed()).unwrap();
                assert!(ctx.commit(tx, event, vec![]).await.is_err(), "a failed statement cannot be committed");
            }
            Op::Restart => {
                t.restart().await;
                client = t.login("safety_manager@E001").await;
            }
        }
    }
    assert_eq!(count(&t, "note").await, i64::try_from(known.len()).unwrap());
    sound(&t).await;
    t.finish().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: probe::cases(10), max_shrink_iters: 30, ..ProptestConfig::default() })]

    #[test]
    fn a_submission_key_has_one_effect_and_one_answer(ops in prop::collection::vec(op(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            for engine in probe::engines() {
                live(probe::start(engine).await, &ops).await;
            }
        });
    }
}

#[tokio::test]
async fn keys_of_different_callers_never_meet_and_sign_in_takes_no_part() {
    let t = probe::start(testing::Engine::Sqlite).await;
    let (one, other) = (t.login("safety_manager@E001").await, t.login("safety_manager@E002").await);
    submit(&one, "k", 1).await.ok();
    assert_eq!(submit(&other, "k", 2).await.status, 200);
    let form = json!({"username": "safety_manager@E001", "password": testing::PASSWORD}).to_string().into_bytes();
    let extra = [("idempotency-key", "login")];
    let anyone = t.anonymous();
    for _ in 0..2 {
        let reply =
            anyone.send(Method::POST, "/api/v1/session", Some(("application/json", form.clone())), &extra).await;
        assert!(reply.headers.contains_key("set-cookie"), "a session each time");
    }
    let kept = t.app.db().all(sql("select key from once where key like '%login%'", vec![])).await.unwrap();
    assert!(kept.is_empty(), "not even a digest of a password is kept");
    t.finish().await;
}

/// Polls a future at most so often, then drops it.
async fn poll_at_most<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    std::future::poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_dropped_after_any_number_of_polls_are_whole_or_not_there() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        let mut tasks = vec![];
        for polls in 0..40_usize {
            for copy in 0..6 {
                let ctx = t.ctx();
                let name = format!("{polls}-{copy}");
                let n = i64::try_from(polls).unwrap();
                tasks.push(tokio::spawn(async move {
                    let done = poll_at_most(write(&ctx, "E001", &name, n), polls).await;
                    (name, done.is_some_and(|r| r.is_ok()))
                }));
            }
        }
        let mut acknowledged = 0;
        for task in tasks {
            let (name, acked) = task.await.unwrap();
            let stored = t.app.db().opt(sql("select id from probe_note where id = $1", args![&name])).await.unwrap();
            assert!(!acked || stored.is_some(), "{name} was acknowledged");
            acknowledged += i64::from(acked);
        }
        // What was cut after hand-over may still commit; what was acknowledged is there.
        assert!(count(&t, "note").await >= acknowledged && acknowledged > 0);
        write(&t.ctx(), "E001", "after", 1).await.unwrap();
        sound(&t).await;
        t.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_inside_a_write_gives_the_writer_back() {
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        let panics = (0..20).map(|n| {
            let ctx = t.ctx();
            tokio::spawn(async move {
                let mut tx = ctx.begin().await.unwrap();
                tx.run(sql(
                    "insert into probe_note (id, enterprise, n) values ($1, 'E001', 1)",
                    args![format!("p{n}")],
                ))
                .await
                .unwrap();
                assert!(n > 100, "on purpose");
            })
        });
        let panics: Vec<_> = panics.collect();
        let writes = (0..20).map(|n| {
            let ctx = t.ctx();
            tokio::spawn(async move { write(&ctx, "E001", &format!("w{n}"), n).await.unwrap() })
        });
        for task in writes.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        for task in panics {
            assert!(task.await.unwrap_err().is_panic());
        }
        assert_eq!(count(&t, "note").await, 20);
        sound(&t).await;
        t.finish().await;
    }
}

#[tokio::test]
async fn a_full_queue_is_busy_at_once_and_loses_nothing() {
    let t = probe::start(testing::Engine::Sqlite).await;
    let held = t.ctx().begin().await.unwrap();
    let ctx = t.ctx();
    let waiting: Vec<_> = (0..1_100).map(|_| Box::pin(ctx.begin())).collect();
    let mut busy = 0;
    let mut queued = vec![];
    for mut begin in waiting {
        match futures_util::poll!(&mut begin) {
            Poll::Ready(Err(platform::Error::Busy)) => busy += 1,
            Poll::Pending => queued.push(begin),
            Poll::Ready(other) => panic!("unexpected: {:?}", other.map(|_| ())),
        }
    }
    assert_eq!((queued.len(), busy), (1_024, 76));
    drop(held);
    drop(queued);
    // The writer skips those who went away, then there is room again.
    while matches!(t.ctx().begin().await, Err(platform::Error::Busy)) {
        tokio::task::yield_now().await;
    }
    write(&t.ctx(), "E001", "after", 1).await.unwrap();
    t.finish().await;
}

#[tokio::test]
async fn a_changed_column_is_found() {
    let t = probe::start(testing::Engine::Sqlite).await;
    write(&t.ctx(), "E001", "a", 1).await.unwrap();
    assert!(platform::spine::misfits(t.app.db()).await.unwrap().is_empty());
    for statement in [
        "update event set owner = 'INS9' where seq = 1",
        "update event set region = '990122' where seq = 2",
        "update event set audience = 'gov' where seq = 3",
        "update event set enterprise = 'E002' where seq = 4",
    ] {
        say(&t.ctx(), "E003", "tampering", vec![sql(statement, vec![])]).await;
    }
    let found = platform::spine::misfits(t.app.db()).await.unwrap();
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(found[0].contains("owner") && found[3].contains("enterprise"));
    for statement in [
        "update event set owner = 'E001' where seq = 1",
        "update event set region = '990121103' where seq = 2",
        "update event set audience = 'parties' where seq = 3",
        "update event set enterprise = 'E001' where seq = 4",
    ] {
        say(&t.ctx(), "E003", "mending", vec![sql(statement, vec![])]).await;
    }
    t.finish().await;
}

/// The entry and the encoded disclosures of every event.
async fn stored(t: &TestPlatform) -> Vec<(Vec<u8>, Vec<String>)> {
    let mut all = vec![];
    for row in t.app.db().all(sql("select id, entry from event order by seq", vec![])).await.unwrap() {
        let query = sql("select encoded from disclosure where event_id = $1", args![row.get::<String>("id").unwrap()]);
        let encoded = t.app.db().all(query).await.unwrap().iter().map(|r| r.get("encoded").unwrap()).collect();
        all.push((row.get("entry").unwrap(), encoded));
    }
    all
}

#[tokio::test]
async fn disclosures_open_the_digests_of_their_own_entry_and_no_other() {
    let t = probe::start(testing::Engine::Sqlite).await;
    t.login("safety_manager@E001").await;
    write(&t.ctx(), "E001", "王安澜", 7).await.unwrap();
    let all = stored(&t).await;
    for (entry, encoded) in &all {
        let open: Vec<&str> = encoded.iter().map(String::as_str).collect();
        let opened = Disclosed::open(SM3, entry, &open).unwrap();
        assert_eq!((opened.withheld, opened.opened.len()), (0, encoded.len()), "every digest has its disclosure");
        assert!(!String::from_utf8_lossy(entry).contains(events::PERSONAL_KEY));
    }
    let (entry, encoded) = all.last().unwrap();
    let one = Disclosed::open(SM3, entry, &[&encoded[0]]).unwrap();
    assert_eq!(one.withheld, encoded.len() - 1, "one can be shown without the others");
    let (_, foreign) = &all[0];
    assert!(Disclosed::open(SM3, entry, &[&foreign[0]]).is_err());
    let salts: std::collections::HashSet<String> =
        all.iter().flat_map(|(_, e)| e).map(|e| evidence::Disclosure::decode(e).unwrap().salt).collect();
    assert_eq!(salts.len(), all.iter().map(|(_, e)| e.len()).sum::<usize>(), "no salt twice");
    t.finish().await;
}

#[tokio::test]
async fn a_file_is_in_the_leaf_as_a_salted_commitment_that_the_verifier_checks() {
    let t = probe::start(testing::Engine::Sqlite).await;
    let ctx: Ctx = t.ctx();
    let photo = b"\x89PNG a photo of a valve".to_vec();
    let stored_file = files::store(&ctx, "阀门.png", photo.clone()).await.unwrap();
    let file = files::reference(&ctx, &stored_file.digest, "photo").await.unwrap();
    let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    let tx = ctx.begin().await.unwrap();
    let event = ctx.event(&probe::spoken("photo"), "probe/x", &org.placed()).unwrap().file(file);
    let id = event.id;
    ctx.commit(tx, event, vec![]).await.unwrap();
    let (entry, encoded) = stored(&t).await.pop().unwrap();
    let open: Vec<&str> = encoded.iter().map(String::as_str).collect();
    let opened = Disclosed::open(SM3, &entry, &open).unwrap();
    opened.check_file(SM3, &photo).unwrap();
    assert!(opened.check_file(SM3, b"another photo").is_err());
    assert!(!String::from_utf8_lossy(&entry).contains(&stored_file.digest), "the bare digest would identify the photo");
    let manager = t.login("safety_manager@E001").await;
    let item = manager.get(&format!("/api/v1/events/{id}")).await.ok();
    assert_eq!(item["items"][0]["files"], json!([{"digest": stored_file.digest, "kind": "photo"}]));
    assert_eq!(manager.get(&format!("/api/v1/files/{}", stored_file.digest)).await.bytes, photo);
    let other = t.login("safety_manager@E002").await;
    other.get(&format!("/api/v1/files/{}", stored_file.digest)).await.problem(404);
    t.finish().await;
}

#[tokio::test]
async fn personal_values_are_in_no_leaf_whatever_was_done() {
    const CANARIES: [&str; 5] = ["金丝雀一号", "13900000042", "11010519491231002X", "203.0.113.77", "领导"];
    for engine in probe::engines() {
        let t = probe::start(engine).await;
        t.org(platform::Subject::Government, "GOV", "990121").await;
        t.login("leader@GOV").await;
        write(&t.ctx(), "E001", "金丝雀一号", 42).await.unwrap();
        let ctx = t.ctx();
        let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
        let tx = ctx.begin().await.unwrap();
        let access = events::platform::AccessRecorded {
            act: "login".into(),
            address: "203.0.113.77".to_owned().into(),
            reason: None,
        };
        ctx.commit(tx, ctx.event(&access, "probe/x", &org.placed()).unwrap(), vec![]).await.unwrap();
        t.run_jobs().await;
        let all = stored(&t).await;
        let disclosed: String = all
            .iter()
            .flat_map(|(_, encoded)| encoded)
            .map(|e| evidence::Disclosure::decode(e).unwrap().value.to_string())
            .collect();
        for canary in CANARIES {
            for (entry, _) in &all {
                assert!(!String::from_utf8_lossy(entry).contains(canary), "{canary} is in a leaf");
            }
            // A role's name is no disclosure; the others must have been looked for where they are.
            assert!(canary == "领导" || disclosed.contains(canary), "{canary} was never there");
        }
        t.finish().await;
    }
}

#[tokio::test]
async fn an_entry_over_the_limit_is_refused_and_nothing_is_stored() {
    let t = probe::start(testing::Engine::Sqlite).await;
    let ctx = t.ctx();
    let org = platform::auth::Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    let tx = ctx.begin().await.unwrap();
    let payload = events::platform::AccessRecorded {
        act: "x".repeat(65_000).into(),
        address: String::new().into(),
        reason: Some("y".repeat(600).into()),
    };
    let before = count(&t, "event").await;
    let refused = ctx.commit(tx, ctx.event(&payload, "probe/x", &org.placed()).unwrap(), vec![]).await.unwrap_err();
    assert!(matches!(refused, platform::Error::TooLarge(_)));
    assert_eq!(count(&t, "event").await, before);
    write(&t.ctx(), "E001", "after", 1).await.unwrap();
    t.finish().await;
}

#[tokio::test]
async fn an_event_of_a_reaction_names_its_cause() {
    let t = probe::start(testing::Engine::Sqlite).await;
    let receipt = write(&t.ctx(), "E001", "a", 1).await.unwrap();
    t.run_jobs().await;
    let effect = t.last_event("access.recorded").await;
    let manager = t.login("safety_manager@E001").await;
    let chain = manager.get(&format!("/api/v1/events/{effect}")).await.ok();
    assert_eq!(chain["items"][1]["id"], json!(receipt.events[0]));
    let bytes = manager.get(&format!("/api/v1/events/{}/entry", receipt.events[0])).await.bytes;
    assert_eq!(
        hex::encode(evidence::leaf_hash(SM3, &bytes)),
        receipt.leaves[0],
        "the receipt's leaf is that of the bytes"
    );
    let entry: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((&entry["specversion"], &entry["type"]), (&json!("1.0"), &json!("person.registered.v1")));
    t.finish().await;
}
