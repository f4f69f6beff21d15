//! Stories of grades through HTTP, on both databases.
use super::PART;
use events::Payload;
use events::onsite::{HazardOverdue, HazardVerified};
use platform::auth::Org;
use platform::{Subject, Visibility};
use serde_json::{Value, json};
use testing::{Client, TestPlatform, story};
use uuid::Uuid;

const DAY: i64 = 86_400_000;
const RATINGS: &str = "/api/v1/credit-ratings";
const FACTS: &str = "/api/v1/credit-facts";

fn parts() -> Vec<&'static platform::Part> {
    vec![&libraries::credit::PART, &PART]
}

async fn state<P: Payload>(t: &TestPlatform, enterprise: &str, subject: &str, payload: &P) {
    let ctx = t.ctx();
    let org = Org::find(ctx.db(), enterprise).await.unwrap().unwrap();
    let event = ctx.event(payload, subject, &org.placed()).unwrap();
    let tx = ctx.begin().await.unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
    t.run_jobs().await;
}

async fn fixed(t: &TestPlatform, enterprise: &str, hazard: u128) {
    let hazard = Uuid::from_u128(hazard);
    let payload = HazardVerified {
        hazard,
        passed: true,
        verifier: Uuid::from_u128(9),
        found_by: "GOV990121".into(),
        level: "general".into(),
        on_time: true,
        days_late: 0,
        sensor: None,
        note: None,
    };
    state(t, enterprise, &format!("hazard/{hazard}"), &payload).await;
}

/// An overdue hazard that the officer confirms as a fact; answers the fact's id.
async fn adverse(t: &TestPlatform, officer: &Client, enterprise: &str, hazard: u128) -> String {
    let hazard = Uuid::from_u128(hazard);
    let payload = HazardOverdue { hazard, days_over: 1, next_step: "remind".into() };
    state(t, enterprise, &format!("hazard/{hazard}"), &payload).await;
    let waiting = officer.get(&format!("{FACTS}?state=waiting")).await.ok();
    let id = waiting["items"][0]["id"].as_str().unwrap().to_owned();
    officer.post(&format!("{FACTS}/{id}/confirm"), &json!({})).await.ok();
    t.run_jobs().await;
    id
}

async fn page(client: &Client, enterprise: &str) -> Value {
    client.get(&format!("{RATINGS}/{enterprise}")).await.ok()
}

async fn grades(t: &TestPlatform, enterprise: &str) -> Vec<String> {
    let all = t.kinds(&format!("credit/{enterprise}")).await;
    all.into_iter().filter(|kind| kind.starts_with("credit.grade.")).collect()
}

story!(a_better_grade_comes_at_once_and_a_worse_one_is_announced, parts(), |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    assert!(page(&manager, "E001").await["rating"].is_null());
    for hazard in 1..=3 {
        fixed(t, "E001", hazard).await;
    }
    let seen = page(&manager, "E001").await;
    assert_eq!((&seen["rating"]["grade"], &seen["score"], &seen["example"]), (&json!("B"), &json!(7600), &json!(true)));
    assert_eq!(seen["supervision"]["visits_least"], 1);
    for hazard in 11..=12 {
        adverse(t, &officer, "E001", hazard).await;
    }
    let seen = page(&manager, "E001").await;
    assert_eq!((&seen["rating"]["grade"], &seen["rating"]["notice_to"]), (&json!("B"), &json!("C")));
    let told = manager.get("/api/v1/notifications").await.ok();
    assert!(told.to_string().contains("拟降为 C"), "{told}");
    t.forward(16 * DAY).await;
    let manager = t.login("safety_manager@E001").await;
    let seen = page(&manager, "E001").await;
    assert_eq!((&seen["rating"]["grade"], &seen["rating"]["previous"]), (&json!("C"), &json!("B")));
    assert_eq!(seen["supervision"]["visits_least"], 2);
    assert_eq!(grades(t, "E001").await, ["credit.grade.published", "credit.grade.noticed", "credit.grade.published"]);
    let trial = json!({"add": [{"code": "hazard.on_time", "count": 1}]});
    let trial = manager.post(&format!("{RATINGS}/E001/what-if"), &trial).await.ok();
    assert_eq!((&trial["then"], &trial["grade_now"], &trial["grade_then"]), (&json!(7000), &json!("C"), &json!("B")));
});

story!(an_upheld_objection_brings_back_grade_visits_and_score, parts(), |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    let leader = t.login("leader@GOV990121").await;
    for hazard in 1..=3 {
        fixed(t, "E001", hazard).await;
    }
    adverse(t, &officer, "E001", 11).await;
    let before = page(&manager, "E001").await;
    let wrong = adverse(t, &officer, "E001", 12).await;
    let file = manager.upload("/api/v1/files", "证明.txt", b"receipt").await.ok();
    let objection = json!({"ground_code": "wrong_fact", "ground": "已按期整改", "evidence": [file["digest"]]});
    let objected = manager.post(&format!("{FACTS}/{wrong}/objections"), &objection).await.ok();
    // The dispute holds the notice up; the answer then takes its ground away.
    let id = objected["objections"][0]["id"].as_str().unwrap();
    leader
        .post(&format!("/api/v1/credit-objections/{id}/answer"), &json!({"upheld": true, "reason": "属实"}))
        .await
        .ok();
    t.run_jobs().await;
    let after = page(&manager, "E001").await;
    for key in ["score", "low", "high", "contributions", "supervision"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    assert_eq!((&after["rating"]["grade"], &after["rating"]["notice_to"]), (&json!("B"), &Value::Null));
    t.forward(20 * DAY).await;
    let manager = t.login("safety_manager@E001").await;
    assert_eq!(page(&manager, "E001").await["rating"]["grade"], "B");
});

story!(a_dispute_holds_a_downgrade_up, parts(), |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    for hazard in 1..=3 {
        fixed(t, "E001", hazard).await;
    }
    adverse(t, &officer, "E001", 11).await;
    let wrong = adverse(t, &officer, "E001", 12).await;
    let file = manager.upload("/api/v1/files", "证明.txt", b"receipt").await.ok();
    let objection = json!({"ground_code": "wrong_fact", "ground": "已按期整改", "evidence": [file["digest"]]});
    manager.post(&format!("{FACTS}/{wrong}/objections"), &objection).await.ok();
    t.forward(16 * DAY).await;
    let manager = t.login("safety_manager@E001").await;
    let seen = page(&manager, "E001").await;
    assert_eq!((&seen["rating"]["grade"], &seen["rating"]["notice_to"]), (&json!("B"), &json!("C")));
});

story!(a_death_lowers_the_grade_without_notice, parts(), |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    fixed(t, "E001", 1).await;
    let form =
        json!({"subject": "E001", "code": "accident.death", "happened_at": "2026-11-01T00:00:00Z", "note": "调查报告"});
    let fact = officer.post(FACTS, &form).await.ok();
    let id = fact["id"].as_str().unwrap();
    t.login("enforcer@GOV990121").await.post(&format!("{FACTS}/{id}/confirm"), &json!({})).await.ok();
    t.run_jobs().await;
    assert_eq!(page(&manager, "E001").await["rating"]["grade"], "D");
    assert!(!grades(t, "E001").await.contains(&"credit.grade.noticed".to_owned()));
});

story!(few_facts_keep_the_grade_and_a_person_confirms_the_class, parts(), |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    adverse(t, &officer, "E001", 11).await;
    let seen = page(&manager, "E001").await;
    assert_eq!((&seen["rating"]["grade"], &seen["rating"]["guarded"]), (&json!("B"), &json!(true)));
    assert_eq!((&seen["class"]["confirmed"], &seen["may_classify"]), (&json!(false), &json!(false)));
    let mut class = json!({"trade": "危险化学品", "hazards": ["液氯"], "scale": "medium", "must_insure": true,
        "department": "应急管理", "risk": "red", "revision": 0});
    manager.post(&format!("{RATINGS}/E001/class"), &class).await.problem(403);
    let seen = officer.post(&format!("{RATINGS}/E001/class"), &class).await.ok();
    assert_eq!((&seen["class"]["confirmed"], &seen["rating"]["visits"]), (&json!(true), &json!(3)));
    officer.post(&format!("{RATINGS}/E001/class"), &class).await.problem(409);
    class["revision"] = json!(1);
    class["risk"] = json!("violet");
    assert_eq!(officer.post(&format!("{RATINGS}/E001/class"), &class).await.problem(422)["errors"][0]["field"], "risk");
});

story!(a_run_names_the_movers_and_the_basis_is_recomputed_outside, parts(), |t| {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    for hazard in 1..=8 {
        fixed(t, "E001", hazard).await;
        fixed(t, "E001", 100 + hazard).await;
    }
    let run = json!({"from": "2026-11-01T00:00:00Z", "to": t.ctx().now().iso()});
    let run = officer.post("/api/v1/credit-runs", &run).await.ok();
    assert_eq!((&run["rated"], &run["movers"][0]["enterprise"]), (&json!(1), &json!("E001")));
    assert_eq!(run["movers"][0]["facts"].as_array().unwrap().len(), 3);
    let late = json!({"from": "2026-11-01T00:00:00Z", "to": "2027-11-01T00:00:00Z"});
    officer.post("/api/v1/credit-runs", &late).await.problem(422);

    let basis = manager.get(&format!("{RATINGS}/E001/basis")).await;
    // The same story runs on both databases at once, with the same ids.
    let name = format!("anlan-basis-{}-{:?}.json", std::process::id(), std::thread::current().id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, &basis.bytes).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/recompute/score.py");
    let output = std::process::Command::new("python3").arg(script).arg(&path).output().unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(basis.ok()["grade"], "A");
    let paper = manager.get(&format!("{RATINGS}/E001/basis?form=pdf")).await;
    assert!(paper.bytes.starts_with(b"%PDF-"));
});

story!(others_see_what_they_may, parts(), |t| {
    t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    fixed(t, "E001", 1).await;
    adverse(t, &officer, "E001", 11).await;
    let org = t.org(Subject::Insurer, "INS1", "990121").await;
    let insurer = t.login("underwriter@INS1").await;
    for stranger in [&t.as_enterprise("E002").await, &t.as_inspector("990122").await, &insurer] {
        stranger.get(&format!("{RATINGS}/E001")).await.problem(404);
        stranger.get(&format!("{RATINGS}/E001/basis")).await.problem(404);
        assert_eq!(stranger.get(RATINGS).await.ok()["total"], 0);
    }
    t.anonymous().get(RATINGS).await.problem(401);
    let ctx = t.ctx();
    let because = t.last_event("credit.grade.published").await;
    let payload = events::enterprise::ConsentGiven {
        to: org.id.as_str().into(),
        purpose: "underwriting".into(),
        objects: vec![],
        fields: vec!["credit".into()],
        until: None,
    };
    let placed = Org::find(ctx.db(), "E001").await.unwrap().unwrap().placed();
    let event = ctx.event(&payload, "org/E001", &placed).unwrap();
    let mut tx = ctx.begin().await.unwrap();
    let grant = Visibility {
        org: "INS1",
        enterprise: "E001",
        object_kind: "credit",
        object_id: None,
        fields: &["credit"],
        purpose: "核保",
        from: ctx.now(),
        to: None,
        because,
    };
    tx.open_visibility(&ctx, &grant).await.unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
    let seen = page(&insurer, "E001").await;
    assert!(seen["rating"]["grade"].is_string() && seen["peers"].is_null());
    assert!(seen["contributions"].as_array().unwrap().iter().all(|c| c["liability"] == true));
    insurer.get(&format!("{RATINGS}/E001/basis")).await.problem(403);
});

story!(the_leader_adopts_an_edition_by_a_document, parts(), |t| {
    let officer = t.as_inspector("990121").await;
    let leader = t.login("leader@GOV990121").await;
    let adoption = json!({"table": "credit_grades", "edition": "示例-2026", "document": "安应急〔2026〕12号"});
    officer.post("/api/v1/credit-model", &adoption).await.problem(403);
    let model = leader.post("/api/v1/credit-model", &adoption).await.ok();
    let grades = model["editions"].as_array().unwrap().iter().find(|e| e["table"] == "credit_grades").unwrap();
    assert_eq!(grades["document"], "安应急〔2026〕12号");
    leader.post("/api/v1/credit-model", &adoption).await.problem(409);
});
