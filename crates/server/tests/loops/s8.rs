//! S8: a major hazard is put off twice, runs over its time, is listed for supervision, and each step
//! that counts against the works waits for a person before it does.
use crate::{DAY, act, county, insure, order, photo, rectify, refused, text};
use serde_json::{Value, json};
use testing::{TestPlatform, story};

const FACTS: &str = "/api/v1/credit-facts";

/// A major hazard that the works has to fix: its path.
async fn assigned(t: &TestPlatform) -> String {
    let officer = t.login("officer@GOV").await;
    let form = json!({"enterprise": "E001", "level": "major", "place": "液氯储罐区", "text": "切断阀失效", "found_via": "patrol",
        "photos": [photo(&officer, 90).await]});
    let path = format!("/api/v1/hazards/{}", text(&officer.post("/api/v1/hazards", &form).await.ok(), "id"));
    act(t, &officer, &path, "confirm", json!({"to": "major", "ground": "现场核实"})).await;
    let principal = t.login("principal@E001").await;
    act(t, &principal, &path, "assign", order()).await;
    path
}

/// More time twice, and not a third time.
async fn extensions(t: &TestPlatform, path: &str) {
    let officer = t.login("officer@GOV").await;
    let leader = t.login("team_leader@E001").await;
    let ask = json!({"working_days": 3, "reason": "备件未到货", "interim_measure": "停用并上锁"});
    for _ in 0..2 {
        let before = text(&act(t, &leader, path, "extension", ask.clone()).await, "due");
        refused(&leader, path, "extension", ask.clone(), 422).await;
        let yes = json!({"granted": true, "reason": "同意，期间停用"});
        assert!(text(&act(t, &officer, path, "extension/decide", yes).await, "due") > before);
    }
    let third = refused(&leader, path, "extension", ask, 422).await;
    assert!(text(&third, "title").contains("上限 2 次"), "{third}");
}

/// The candidate of a kind that waits for a person.
async fn waiting(t: &TestPlatform, code: &str) -> String {
    let rows = t.login("officer@GOV").await.get(&format!("{FACTS}?state=waiting")).await.ok();
    let found = rows["items"].as_array().unwrap().iter().find(|fact| fact["code"] == code);
    text(found.unwrap_or_else(|| panic!("no {code} in {rows}")), "id")
}

async fn score(t: &TestPlatform) -> Value {
    t.login("safety_manager@E001").await.get("/api/v1/credit-ratings/E001").await.ok()["score"].clone()
}

story!(an_overdue_hazard_is_listed_and_counts_when_a_person_says_so, server::parts::all(), |t| {
    county(t).await;
    let policy = insure(t).await;
    let path = assigned(t).await;
    extensions(t, &path).await;
    let subject = format!("hazard/{}", path.rsplit('/').next().unwrap());

    t.forward(80 * DAY).await;
    t.run_jobs().await;
    let kinds = t.kinds(&subject).await;
    assert_eq!(kinds.iter().filter(|k| *k == "hazard.overdue").count(), 2, "{kinds:?}");
    let officer = t.login("officer@GOV").await;
    assert_eq!(officer.get("/api/v1/hazards?overdue=true").await.ok()["total"], 1);
    let tasks = officer.get("/api/v1/tasks").await.ok();
    let list = format!("{}?do=list", path.trim_start_matches("/api/v1"));
    assert!(tasks.to_string().contains(&list), "the officer is asked to list it: {tasks}");

    let start = score(t).await;
    let late = waiting(t, "hazard.overdue").await;
    assert_eq!(score(t).await, start, "a candidate does not count");
    officer.post(&format!("{FACTS}/{late}/confirm"), &json!({})).await.ok();
    t.run_jobs().await;
    assert_eq!(score(t).await, json!(6_600));

    let day = t.ctx().now().plus(20 * DAY).iso();
    let listing = json!({"level": "county", "due_on": &day[..10]});
    refused(&t.login("principal@E001").await, &path, "list", listing.clone(), 403).await;
    act(t, &officer, &path, "list", listing.clone()).await;
    refused(&officer, &path, "list", listing, 422).await;
    assert!(!officer.get("/api/v1/tasks").await.ok().to_string().contains(&list), "listed, it is the works' turn");
    let listed = waiting(t, "hazard.supervised").await;
    officer.post(&format!("{FACTS}/{listed}/confirm"), &json!({})).await.ok();
    officer.post(&format!("{FACTS}/{listed}/confirm"), &json!({})).await.problem(422);
    t.run_jobs().await;
    assert_eq!(score(t).await, json!(6_600), "a serious fact needs two");
    t.login("enforcer@GOV").await.post(&format!("{FACTS}/{listed}/confirm"), &json!({})).await.ok();
    t.run_jobs().await;
    assert_eq!(score(t).await, json!(5_800));

    rectify(t, &t.login("team_leader@E001").await, &path, 50).await;
    let verified = act(t, &officer, &path, "verify", json!({"passed": true})).await;
    assert_eq!(verified["state"], "verified");
    let closed = act(t, &officer, &path, "lift", json!({"opinion": "整改到位，同意解除"})).await;
    assert_eq!(closed["state"], "closed");
    let seen = t.login("underwriter@INS1").await.get(&policy).await.ok();
    assert_eq!(seen["proposal"], Value::Null, "what was fixed late earns nothing: {seen}");
    for name in ["officer@GOV2", "underwriter@INS2"] {
        t.login(name).await.get(&path).await.problem(404);
    }
});
