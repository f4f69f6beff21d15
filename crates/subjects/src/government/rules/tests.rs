//! The rule office over HTTP: who sees, tries out and publishes, and what stays as it was.
use crate::ALL;
use platform::Subject;
use serde_json::{Value, json};
use standards::calc;
use testing::{Client, TestPlatform, story};

/// A county's own LEC bands, stricter than the usual ones.
fn bands() -> Value {
    let text = standards::tables::Tables::shipped().export("lec_bands").unwrap();
    let mut edition = serde_json::from_str::<Value>(&text).unwrap()[0].clone();
    for (key, value) in [
        ("standard", json!("某县分级管控办法")),
        ("clause", json!("附件2")),
        ("edition", json!("2027")),
        ("valid_from", json!("2027-01-01")),
        ("region", json!("990121")),
        ("source", json!("县公报 2026 年第 9 期")),
        ("confidence", json!("full_text")),
    ] {
        edition[key] = value;
    }
    edition
}

async fn confirm(client: &Client) {
    let body = json!({"password": testing::PASSWORD});
    assert!(client.post("/api/v1/session/confirm", &body).await.status.is_success());
}

const TRIAL: &str = "/api/v1/rule-tables/lec_bands/trial";
const PUBLISH: &str = "/api/v1/rule-tables/lec_bands/editions";

story!(everybody_reads_the_tables_and_one_administrator_publishes, ALL.to_vec(), |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    let sys = t.login("sys_admin@GOV").await;
    let all = t.anonymous().get("/api/v1/rule-tables").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), standards::tables::Tables::TITLES.len());
    assert_eq!(all["rule_set"], standards::tables::RULE_SET);
    let one = t.anonymous().get("/api/v1/rule-tables/lec_bands").await.ok();
    assert_eq!(one["editions"].as_array().unwrap().len(), 1);
    t.anonymous().get("/api/v1/rule-tables/nothing").await.problem(404);
    let body = json!({"edition": bands()});
    t.anonymous().post(TRIAL, &body).await.problem(401);
    for other in ["officer@GOV", "sec_admin@GOV", "auditor@GOV", "underwriter@INS1"] {
        let other = t.login(other).await;
        other.post(TRIAL, &body).await.problem(403);
        other.post(PUBLISH, &body).await.problem(403);
    }
    sys.post("/api/v1/rule-tables/nothing/trial", &body).await.problem(404);
    assert_eq!(t.login("underwriter@INS1").await.get("/api/v1/rule-editions").await.ok()["total"], 0);
});

story!(an_edition_is_tried_out_confirmed_and_published_and_old_results_stay, ALL.to_vec(), |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let sys = t.login("sys_admin@GOV").await;
    let mut form = json!({"edition": bands()});
    let trial = sys.post(TRIAL, &form).await.ok();
    assert!(trial["reference"].as_u64().unwrap() > 0 && trial["refused"] == 0, "{trial}");
    assert_eq!(trial["rule_set"], format!("{}+1", standards::tables::RULE_SET));
    form["trial"] = trial["trial"].clone();
    t.forward(10 * 60_000).await;
    assert_eq!(sys.post(PUBLISH, &form).await.problem(422)["clause"], "证据等级 E3");
    confirm(&sys).await;
    let mut other = form.clone();
    other["edition"]["clause"] = json!("附件3");
    assert_eq!(sys.post(PUBLISH, &other).await.problem(422)["errors"][0]["field"], "trial");
    let published = sys.post(PUBLISH, &form).await.ok();
    assert_eq!(published["rule_set"], trial["rule_set"]);
    assert_eq!(t.kinds("rule-table/lec_bands").await, ["rule.edition_published"]);
    assert_eq!(sys.post(PUBLISH, &form).await.problem(422)["errors"][0]["field"], "edition", "its name is taken");
    let list = sys.get("/api/v1/rule-editions?table=lec_bands").await.ok();
    assert_eq!((&list["items"][0]["edition"], &list["items"][0]["region"]), (&json!("2027"), &json!("990121")));

    let app = &t.app;
    let ask = r#"{"l":3,"e":10,"c":15,"on":"2027-02-01","region":"990121110"}"#;
    let answer = |tables: &standards::tables::Tables| -> Value {
        serde_json::from_str(&calc::run_with(tables, "lec", ask).unwrap()).unwrap()
    };
    assert_eq!(answer(&app.rules())["rule"]["edition"], "2027");
    let before = answer(&app.rules_at(standards::tables::RULE_SET).unwrap());
    assert_ne!(before["rule"]["edition"], "2027", "the old rule set still answers as it did");
    assert!(app.rules_at("2019.1").is_err());
});

#[tokio::test]
async fn what_is_published_outlives_a_restart() {
    let mut t = TestPlatform::start(testing::Engine::Sqlite, ALL.to_vec()).await;
    t.org(Subject::Government, "GOV", "990121").await;
    let sys = t.login("sys_admin@GOV").await;
    let mut form = json!({"edition": bands()});
    form["trial"] = sys.post(TRIAL, &form).await.ok()["trial"].clone();
    confirm(&sys).await;
    sys.post(PUBLISH, &form).await.ok();
    t.restart().await;
    assert_eq!(t.app.rules().version, format!("{}+1", standards::tables::RULE_SET));
    t.finish().await;
}

story!(a_wrong_edition_is_refused_field_by_field, ALL.to_vec(), |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let sys = t.login("sys_admin@GOV").await;
    for (key, value, field) in [
        ("region", json!("990122"), "region"),
        ("source", json!(" "), "source"),
        ("rows", json!([]), "rows"),
        ("rows", json!([{"x": 1}]), "edition"),
        ("valid_to", json!("2026-12-31"), "valid_to"),
        ("edition", json!(""), "edition"),
    ] {
        let mut edition = bands();
        edition[key] = value;
        let refused = sys.post(TRIAL, &json!({"edition": edition})).await.problem(422);
        assert_eq!(refused["errors"][0]["field"], field, "{refused}");
    }
    let mut edition = bands();
    edition["rows"].as_array_mut().unwrap().truncate(1);
    let trial = sys.post(TRIAL, &json!({"edition": edition})).await.ok();
    assert!(trial["refused"].as_u64().unwrap() > 0, "{trial}");
    confirm(&sys).await;
    let form = json!({"edition": edition, "trial": trial["trial"]});
    assert_eq!(sys.post(PUBLISH, &form).await.problem(422)["errors"][0]["field"], "accept_refused");
});
