//! The rules, the score against its second implementation, and stories through HTTP.
use super::PART;
use super::decide::{self, Confirmed, Standing, State};
use super::model::{Entry, score};
use events::Payload;
use events::onsite::{HazardOverdue, HazardVerified, VisitAssigned, VisitEvaluated};
use platform::auth::Org;
use platform::{Ms, Subject};
use proptest::prelude::*;
use serde_json::{Value, json};
use standards::credit::ModelRow;
use standards::tables::{Scope, Tables};
use std::io::Write;
use testing::{Client, TestPlatform, story};
use uuid::Uuid;

const FACTS: &str = "/api/v1/credit-facts";
const DAY: i64 = 86_400_000;

fn shipped() -> ModelRow {
    Tables::shipped().credit_model.select(Scope::default()).unwrap().rows[0].clone()
}

fn entry() -> impl Strategy<Value = Entry> {
    (any::<u128>(), 0..6_u8, -3000..1500_i64, proptest::option::of(0..2000_i64), 0..1000_i64, 1..800_i64).prop_map(
        |(id, code, points, cap, from, days)| Entry {
            fact: Uuid::from_u128(id),
            code: format!("k{code}"),
            points,
            cap: cap.map(|c| if points < 0 { -c } else { c }),
            from,
            to: from + days,
        },
    )
}

proptest! {
    #[test]
    fn contributions_add_up_and_stay_within_points(entries in proptest::collection::vec(entry(), 0..40), as_of in 0..1200_i64) {
        let model = shipped();
        let scored = score(&model, &entries, as_of);
        prop_assert_eq!(model.base + scored.inputs.iter().map(|i| i.points).sum::<i64>(), scored.raw);
        prop_assert!(scored.low <= scored.score && scored.score <= scored.high);
        for input in &scored.inputs {
            let points = entries.iter().find(|e| e.fact == input.fact).unwrap().points;
            prop_assert!(input.points.abs() <= points.abs() && input.points * points >= 0);
        }
    }

    #[test]
    fn without_a_fact_the_score_is_what_it_would_have_been(entries in proptest::collection::vec(entry(), 1..30), pick in any::<prop::sample::Index>(), as_of in 0..1200_i64) {
        let model = shipped();
        let gone = entries[pick.index(entries.len())].fact;
        // The ledger keeps the corrected fact and leaves it out; the other world never had it.
        let kept: Vec<Entry> = entries.iter().filter(|e| e.fact != gone).cloned().collect();
        let mut other = kept.clone();
        other.reverse();
        prop_assert_eq!(score(&model, &kept, as_of), score(&model, &other, as_of));
    }

    #[test]
    fn no_path_of_a_serious_fact_counts_without_two_persons(steps in proptest::collection::vec((0..5_u8, 0..3_u128), 0..25)) {
        let mut fact = Standing { state: State::Proposed, serious: true, first_by: None, confirmed_by: vec![], recorded_at: None };
        for (step, who) in steps {
            let by = Uuid::from_u128(who);
            match step {
                0 => match decide::confirm(&fact, by) {
                    Ok(Confirmed::First) => { fact.state = State::Seconded; fact.first_by = Some(by); }
                    Ok(Confirmed::Recorded(all)) => { fact.state = State::Valid; fact.confirmed_by = all; fact.recorded_at = Some(Ms(0)); }
                    Err(_) => {}
                },
                1 => if decide::dismiss(&fact).is_ok() { fact.state = State::Dismissed; },
                2 => if decide::object(&fact, Ms(DAY), 60).is_ok() { fact.state = State::Objected; },
                _ => if decide::answer(&fact, true, Some(by)).is_ok() {
                    prop_assert!(!fact.confirmed_by.contains(&by));
                    fact.state = decide::answered(step == 3);
                },
            }
            if fact.state.counts() || fact.state == State::Corrected {
                prop_assert_eq!(fact.confirmed_by.len(), 2);
                prop_assert_ne!(fact.confirmed_by[0], fact.confirmed_by[1]);
            }
        }
    }
}

#[test]
fn an_independent_script_finds_no_difference_in_ten_thousand_histories() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let histories = (proptest::collection::vec(entry(), 0..30), 0..1200_i64);
    let model = shipped();
    let path = std::env::temp_dir().join(format!("anlan-histories-{}.ndjson", std::process::id()));
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for _ in 0..10_000 {
        let (entries, as_of) = histories.new_tree(&mut runner).unwrap().current();
        let scored = score(&model, &entries, as_of);
        let line = json!({"model": model, "facts": entries, "as_of": as_of, "scored": scored});
        writeln!(file, "{line}").unwrap();
    }
    file.flush().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/recompute/score.py");
    let output = std::process::Command::new("python3").arg(script).arg(&path).output().unwrap();
    std::fs::remove_file(&path).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("10000 recomputed, 0 differences"), "{said}");
}

#[test]
fn objection_ends_with_the_last_day_of_its_term() {
    let fact = Standing {
        state: State::Valid,
        serious: false,
        first_by: None,
        confirmed_by: vec![],
        recorded_at: Some(Ms(0)),
    };
    assert!(decide::object(&fact, Ms(60 * DAY), 60).is_ok());
    assert!(decide::object(&fact, Ms(60 * DAY + 1), 60).is_err());
}

/// States another part's event about an enterprise.
async fn state<P: Payload>(t: &TestPlatform, enterprise: &str, subject: &str, payload: &P) {
    let ctx = t.ctx();
    let org = Org::find(ctx.db(), enterprise).await.unwrap().unwrap();
    let event = ctx.event(payload, subject, &org.placed()).unwrap();
    let tx = ctx.begin().await.unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
    t.run_jobs().await;
}

async fn verified(t: &TestPlatform, enterprise: &str, hazard: u128, passed: bool) {
    let payload = HazardVerified {
        hazard: Uuid::from_u128(hazard),
        passed,
        verifier: Uuid::from_u128(9),
        found_by: "GOV990121".into(),
        level: "general".into(),
        on_time: true,
        days_late: 0,
        sensor: None,
        note: None,
    };
    state(t, enterprise, &format!("hazard/{}", Uuid::from_u128(hazard)), &payload).await;
}

async fn overdue(t: &TestPlatform, enterprise: &str, hazard: u128) {
    let payload = HazardOverdue { hazard: Uuid::from_u128(hazard), days_over: 1, next_step: "remind".into() };
    state(t, enterprise, &format!("hazard/{}", Uuid::from_u128(hazard)), &payload).await;
}

async fn score_of(client: &Client, subject: &str) -> Value {
    client.get(&format!("/api/v1/credit-scores/{subject}")).await.ok()
}

async fn first(client: &Client, filter: &str) -> Value {
    client.get(&format!("{FACTS}?{filter}")).await.ok()["items"][0].clone()
}

fn path(fact: &Value) -> String {
    format!("{FACTS}/{}", fact["id"].as_str().unwrap())
}

async fn evidence(client: &Client) -> String {
    client.upload("/api/v1/files", "证明.txt", b"receipt").await.ok()["digest"].as_str().unwrap().to_owned()
}

story!(a_verified_fix_counts_at_once_and_only_once, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    verified(t, "E001", 1, true).await;
    verified(t, "E001", 1, true).await;
    let score = score_of(&manager, "E001").await;
    assert_eq!((&score["score"], &score["counted"], &score["base"]), (&json!(7200), &json!(1), &json!(7000)));
    assert_eq!(score["contributions"][0]["contributed"], 200);
    assert!(score["example"].as_bool().unwrap() && !score["event"].is_null());
    let trial = json!({"add": [{"code": "hazard.on_time", "count": 3}]});
    let trial = manager.post("/api/v1/credit-scores/E001/what-if", &trial).await.ok();
    assert_eq!((&trial["now"], &trial["then"]), (&json!(7200), &json!(7800)));
});

story!(an_adverse_fact_needs_a_person_and_falls_by_an_upheld_objection, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    let leader = t.login("leader@GOV990121").await;
    verified(t, "E001", 1, true).await;
    let before = score_of(&manager, "E001").await;
    overdue(t, "E001", 2).await;
    assert_eq!(score_of(&manager, "E001").await["score"], 7200, "a candidate does not count");
    assert_eq!(manager.get(&format!("{FACTS}?state=proposed")).await.ok()["total"], 0);
    let fact = first(&officer, "state=waiting").await;
    manager.post(&format!("{}/confirm", path(&fact)), &json!({})).await.problem(403);
    officer.post(&format!("{}/confirm", path(&fact)), &json!({})).await.ok();
    officer.post(&format!("{}/confirm", path(&fact)), &json!({})).await.problem(409);
    assert_eq!(score_of(&manager, "E001").await["score"], 6800);

    let digest = evidence(&manager).await;
    let objection = json!({"ground_code": "wrong_fact", "ground": "整改已按期完成", "evidence": [digest]});
    let none = json!({"ground_code": "wrong_fact", "ground": "整改已按期完成", "evidence": []});
    manager.post(&format!("{}/objections", path(&fact)), &none).await.problem(422);
    let seen = manager.post(&format!("{}/objections", path(&fact)), &objection).await.ok();
    assert_eq!((&seen["state"], &seen["objections"][0]["state"]), (&json!("objected"), &json!("open")));
    assert_eq!(score_of(&manager, "E001").await["contributions"][1]["disputed"], true);
    manager.post(&format!("{}/objections", path(&fact)), &objection).await.problem(409);
    let answer = format!("/api/v1/credit-objections/{}/answer", seen["objections"][0]["id"].as_str().unwrap());
    let upheld = json!({"upheld": true, "reason": "经核实已按期整改"});
    assert!(officer.post(&answer, &upheld).await.problem(422)["clause"].is_string(), "who confirmed does not judge");
    leader.post(&answer, &upheld).await.ok();
    leader.post(&answer, &upheld).await.problem(409);
    let after = score_of(&manager, "E001").await;
    for key in ["score", "low", "high", "counted", "contributions"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_eq!(
        t.kinds(&format!("credit-fact/{}", fact["id"].as_str().unwrap())).await,
        ["credit.fact.proposed", "credit.fact.recorded", "credit.fact.objected", "credit.fact.corrected"]
    );
});

story!(a_serious_fact_needs_two_different_persons_and_objection_has_a_term, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    let form = json!({"subject": "E001", "code": "accident.death", "happened_at": "2026-11-01T00:00:00Z", "note": "事故调查报告 1 号"});
    manager.post(FACTS, &form).await.problem(403);
    let automatic =
        json!({"subject": "E001", "code": "hazard.overdue", "happened_at": "2026-11-01T00:00:00Z", "note": "试探"});
    assert_eq!(officer.post(FACTS, &automatic).await.problem(422)["errors"][0]["field"], "code");
    let fact = officer.post(FACTS, &form).await.ok();
    assert_eq!((&fact["state"], &fact["may_confirm"]), (&json!("seconded"), &json!(false)));
    officer.post(&format!("{}/confirm", path(&fact)), &json!({})).await.problem(422);
    t.login("enforcer@GOV990121").await.post(&format!("{}/confirm", path(&fact)), &json!({})).await.ok();
    assert_eq!(score_of(&manager, "E001").await["score"], 4500);
    t.forward(61 * DAY).await;
    let manager = t.login("safety_manager@E001").await;
    let objection =
        json!({"ground_code": "wrong_fact", "ground": "与本单位无关", "evidence": [evidence(&manager).await]});
    let refused = manager.post(&format!("{}/objections", path(&fact)), &objection).await.problem(422);
    assert!(refused["clause"].is_string() && refused["title"].as_str().unwrap().contains("截止"));
    t.forward(1095 * DAY).await;
    let manager = t.login("safety_manager@E001").await;
    assert_eq!(score_of(&manager, "E001").await["history"][0]["score"], 7000, "it has counted long enough");
});

story!(a_late_answer_is_a_fact_of_its_own, vec![&PART], |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    overdue(t, "E001", 2).await;
    let fact = first(&officer, "state=waiting").await;
    officer.post(&format!("{}/confirm", path(&fact)), &json!({})).await.ok();
    let objection = json!({"ground_code": "expired", "ground": "已过有效期", "evidence": [evidence(&manager).await]});
    manager.post(&format!("{}/objections", path(&fact)), &objection).await.ok();
    t.forward(6 * DAY).await;
    assert!(
        !t.kinds(&format!("credit-fact/{}", fact["id"].as_str().unwrap()))
            .await
            .contains(&"credit.objection.overdue".to_owned())
    );
    t.forward(2 * DAY).await;
    assert!(
        t.kinds(&format!("credit-fact/{}", fact["id"].as_str().unwrap()))
            .await
            .contains(&"credit.objection.overdue".to_owned())
    );
});

story!(strangers_see_nothing, vec![&PART], |t| {
    let own = t.as_enterprise("E001").await;
    verified(t, "E001", 1, true).await;
    let fact = first(&own, "").await;
    let elsewhere = t.as_inspector("990122").await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    let insurer = t.login("underwriter@INS1").await;
    for stranger in [&t.as_enterprise("E002").await, &elsewhere, &insurer] {
        stranger.get(&path(&fact)).await.problem(404);
        stranger.get("/api/v1/credit-scores/E001").await.problem(404);
        assert_eq!(stranger.get(FACTS).await.ok()["total"], 0);
    }
    t.anonymous().get(FACTS).await.problem(401);
});

story!(a_service_organisation_and_its_experts_are_subjects_too, vec![&PART], |t| {
    t.as_enterprise("E001").await;
    t.org(Subject::ServiceOrg, "S001", "990121").await;
    let (visit, person) = (Uuid::from_u128(5), Uuid::from_u128(6));
    let assigned = VisitAssigned {
        visit,
        org: "S001".into(),
        people: vec![person],
        from: 0,
        to: 1,
        chosen_score: 1.0,
        score_parts: std::collections::BTreeMap::new(),
        rejected: vec![],
    };
    state(t, "E001", &format!("visit/{visit}"), &assigned).await;
    let scores = [("conduct", 5), ("useful", 4)].into_iter().map(|(k, v)| (k.into(), v)).collect();
    state(t, "E001", &format!("visit/{visit}"), &VisitEvaluated { visit, scores, complaint: false, comment: None })
        .await;
    let admin = t.login("org_admin@S001").await;
    assert_eq!(score_of(&admin, "S001").await["score"], 7100);
    assert_eq!(score_of(&admin, &person.to_string()).await["score"], 7100);
    t.as_enterprise("E001").await.get("/api/v1/credit-scores/S001").await.problem(404);
});
