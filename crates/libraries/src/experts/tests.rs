//! Stories of the library, through the HTTP router on both databases.
use super::{PART, Search, check};
use events::onsite::{CheckItemAnswered, HazardFound, VisitAssigned, VisitEntered, VisitLeft, VisitRequested};
use events::{FreeText, Payload, Personal};
use platform::{Ms, Part, Placed, Subject};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testing::{Client, START, TestPlatform, story};
use uuid::Uuid;

const DAY: i64 = 86_400_000;

fn parts() -> Vec<&'static Part> {
    let mut parts = subjects::ALL.to_vec();
    parts.push(&PART);
    parts
}

/// A person of an organisation, by its own administrator.
async fn person(admin: &Client, org: &str, name: &str, phone: &str) -> String {
    let body = json!({"name": name, "phone": phone});
    let entered = admin.post(&format!("/api/v1/service-orgs/{org}/people"), &body).await.ok();
    entered["id"].as_str().unwrap().to_owned()
}

async fn expert(admin: &Client, org: &str, name: &str, phone: &str, skills: &[&str]) -> String {
    let id = person(admin, org, name, phone).await;
    let form = json!({"person": id, "skills": skills, "title": "高级工程师"});
    admin.post("/api/v1/experts", &form).await.ok();
    id
}

async fn certificate(t: &TestPlatform, admin: &Client, person: &str, number: &str, valid_to: &str) {
    let form = json!({"person": person, "kind": "expert_letter", "number": number, "valid_to": valid_to});
    admin.post("/api/v1/service-orgs/SVC1/qualifications", &form).await.ok();
    t.run_jobs().await;
}

struct World {
    admin: Client,
    officer: Client,
    factory: Client,
}

async fn world(t: &TestPlatform) -> World {
    t.org(Subject::ServiceOrg, "SVC1", "990121").await;
    t.org(Subject::ServiceOrg, "SVC2", "990121").await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    World {
        admin: t.login("org_admin@SVC1").await,
        factory: t.as_enterprise("E001").await,
        officer: t.as_inspector("990121").await,
    }
}

fn uuid(text: &str) -> Uuid {
    text.parse().unwrap()
}

/// What the on-site line would say of a visit.
async fn say<P: Payload>(t: &TestPlatform, visit: Uuid, payload: &P, enterprise: &str) {
    let ctx = t.ctx();
    let event =
        ctx.event(payload, format!("visit/{visit}"), &Placed::enterprise(enterprise, "990121103", vec![])).unwrap();
    ctx.commit(ctx.begin().await.unwrap(), event, vec![]).await.unwrap();
    t.run_jobs().await;
}

async fn assign(t: &TestPlatform, enterprise: &str, people: &[&str], from: i64) -> Uuid {
    let visit = t.ctx().new_id();
    let asked = VisitRequested {
        visit,
        visit_kind: "prevention_service".into(),
        skills: vec!["chlor_alkali".into()],
        deadline: from + DAY,
        priority: 3,
        reason_code: "plan".into(),
        reason: FreeText::from("年度服务"),
        source_event: None,
    };
    say(t, visit, &asked, enterprise).await;
    let assigned = VisitAssigned {
        visit,
        org: "SVC1".into(),
        people: people.iter().map(|p| uuid(p)).collect(),
        from,
        to: from + DAY / 4,
        chosen_score: 80.0,
        score_parts: BTreeMap::new(),
        rejected: vec![],
    };
    say(t, visit, &assigned, enterprise).await;
    visit
}

async fn carry_out(t: &TestPlatform, visit: Uuid, people: &[&str]) {
    let people = people.iter().map(|p| uuid(p)).collect();
    let entered = VisitEntered { visit, code: "E001".into(), people, position: Personal(None), late: false };
    say(t, visit, &entered, "E001").await;
    for (seq, item) in ["GB-1", "GB-2", "GB-2"].into_iter().enumerate() {
        let answer = CheckItemAnswered {
            visit,
            item: item.into(),
            clause: None,
            answer: "pass".into(),
            note: None,
            seq: u32::try_from(seq).unwrap(),
        };
        say(t, visit, &answer, "E001").await;
    }
    let hazard = HazardFound {
        hazard: t.ctx().new_id(),
        level: "general".into(),
        clause: None,
        place: FreeText::from("罐区"),
        text: FreeText::from("接地线松动"),
        found_via: "visit".into(),
        visit: Some(visit),
        tag: None,
    };
    say(t, visit, &hazard, "E001").await;
    t.app.source().forward(90 * 60_000);
    say(t, visit, &VisitLeft { visit, minutes: 90 }, "E001").await;
}

fn found<'a>(answer: &'a Value, list: &str, person: &str) -> Option<&'a Value> {
    answer[list].as_array().unwrap().iter().find(|c| c["person"] == person)
}

fn codes(candidate: &Value) -> Vec<&str> {
    candidate["reasons"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect()
}

const FIND: &str = "/api/v1/expert-search?enterprise=E001&skills=%E6%B0%AF%E7%A2%B1&from=2026-12-01";

story!(the_order_has_its_reasons_and_the_refused_theirs, parts(), |t| {
    let w = world(t).await;
    let able = expert(&w.admin, "SVC1", "陈工", "13800000001", &["氯碱", "fire"]).await;
    let lapsed = expert(&w.admin, "SVC1", "李工", "13800000002", &["氯碱"]).await;
    let other = expert(&w.admin, "SVC1", "王工", "13800000003", &["mine"]).await;
    let bare = expert(&w.admin, "SVC1", "赵工", "13800000004", &["氯碱"]).await;
    certificate(t, &w.admin, &able, "ZJ-1", "2027-12-31").await;
    certificate(t, &w.admin, &lapsed, "ZJ-2", "2026-11-25").await;
    let answer = w.officer.get(FIND).await.ok();
    assert_eq!(answer["possible"][0]["person"], able.as_str(), "{answer}");
    assert_eq!(answer["possible"][1]["person"], bare.as_str());
    let parts = &answer["possible"][0]["parts"];
    assert_eq!((&parts["skill"], &parts["certificate"]), (&json!(40.0), &json!(15.0)));
    assert!(answer["edition"].as_str().unwrap().contains("示例"));
    assert_eq!(codes(found(&answer, "rejected", &lapsed).unwrap()), ["certificate"]);
    assert_eq!(codes(found(&answer, "rejected", &other).unwrap()), ["skill"]);
    // The certificate is renewed under the same number.
    certificate(t, &w.admin, &lapsed, "ZJ-2", "2028-11-25").await;
    assert!(found(&w.officer.get(FIND).await.ok(), "possible", &lapsed).is_some());
    let earlier = json!({"person": lapsed, "kind": "expert_letter", "number": "ZJ-2", "valid_to": "2027-01-01"});
    let refused = w.admin.post("/api/v1/service-orgs/SVC1/qualifications", &earlier).await.problem(422);
    assert_eq!(refused["errors"][0]["field"], "valid_to");
    let export = w.officer.get("/api/v1/experts?format=csv").await;
    assert!(String::from_utf8(export.bytes).unwrap().contains("陈工"));
});

story!(conflicts_declared_and_computed_keep_a_person_away, parts(), |t| {
    let w = world(t).await;
    let declared = expert(&w.admin, "SVC1", "陈工", "13800000001", &["氯碱"]).await;
    let employed = expert(&w.admin, "SVC1", "李工", "13800000002", &["氯碱"]).await;
    let form = json!({"enterprise": "E001", "kind": "relative", "note": "妹夫任车间主任"});
    let path = format!("/api/v1/experts/{declared}/conflicts");
    t.login("org_admin@SVC2").await.post(&path, &form).await.problem(404);
    w.factory.post(&path, &form).await.problem(403);
    let wrong = json!({"enterprise": "E999", "kind": "enemy", "until": "昨天"});
    let fields = w.admin.post(&path, &wrong).await.problem(422);
    assert_eq!(fields["errors"].as_array().unwrap().len(), 3);
    w.admin.post(&path, &form).await.ok();
    // The other stands on the enterprise's own list of people, which the register of enterprises tells.
    let body = json!({"name": "李工", "phone": "13800000002"});
    t.login("org_admin@SVC2").await.post("/api/v1/service-orgs/SVC2/people", &body).await.ok();
    let answer = w.officer.get(FIND).await.ok();
    let reason = &found(&answer, "rejected", &declared).unwrap()["reasons"][0];
    assert!(reason["text"].as_str().unwrap().contains("亲属"), "{reason}");
    assert!(found(&answer, "possible", &employed).is_some());
    // An enterprise learns that there is a conflict, not which.
    let seen = w.factory.get(FIND).await.ok();
    assert_eq!(found(&seen, "rejected", &declared).unwrap()["reasons"][0]["text"], "有回避情形");
    let page = w.factory.get(&format!("/api/v1/experts/{declared}")).await.ok();
    assert_eq!(page["conflicts"], Value::Null);
    assert!(page["hidden_by"].as_str().is_some());
    assert_eq!(w.officer.get(&format!("/api/v1/experts/{declared}")).await.ok()["conflicts"][0]["kind"], "relative");
    let next_county = t.as_inspector("990122").await;
    assert_eq!(next_county.get(&format!("/api/v1/experts/{declared}")).await.ok()["conflicts"], Value::Null);
    next_county.get(FIND).await.problem(404);
});

story!(a_visit_becomes_a_service_record_that_the_enterprise_confirms, parts(), |t| {
    let w = world(t).await;
    let able = expert(&w.admin, "SVC1", "陈工", "13800000001", &["氯碱"]).await;
    let from = START.0 + DAY;
    let visit = assign(t, "E001", &[&able], from).await;
    let search = |enterprise: &str| Search {
        enterprise: enterprise.to_owned(),
        skills: vec!["氯碱".into()],
        task: "inspection".into(),
        from,
        to: from + 1000,
    };
    // Busy elsewhere, but not for the very visit at whose door it is asked again.
    t.as_enterprise("E002").await;
    let busy = check(&t.ctx(), uuid(&able), &search("E002")).await.unwrap();
    assert_eq!(busy.iter().map(|r| r.code.as_str()).collect::<Vec<_>>(), ["busy"]);
    assert!(check(&t.ctx(), uuid(&able), &search("E001")).await.unwrap().is_empty());
    let nobody = check(&t.ctx(), t.ctx().new_id(), &search("E001")).await.unwrap();
    assert_eq!(nobody[0].code, "unknown");

    let confirm = format!("/api/v1/services/{visit}/confirm");
    w.factory.post(&confirm, &json!({"satisfied": true})).await.problem(409);
    carry_out(t, visit, &[&able]).await;
    assert!(t.kinds(&format!("visit/{visit}")).await.contains(&"svc.visit.done".to_owned()));
    let row = w.factory.get(&format!("/api/v1/services/{visit}")).await.ok();
    assert_eq!((&row["minutes"], &row["items"], &row["hazards"]), (&json!(90), &json!(2), &json!(1)));
    assert_eq!((&row["state"], &row["may_confirm"], &row["people"]), (&json!("left"), &json!(true), &json!(["陈工"])));
    assert_eq!(w.admin.get("/api/v1/services").await.ok()["total"], 1);
    for stranger in [
        t.as_enterprise("E002").await,
        t.login("org_admin@SVC2").await,
        t.as_inspector("990122").await,
        t.login("underwriter@INS1").await,
    ] {
        assert_eq!(stranger.get("/api/v1/services").await.ok()["total"], 0);
        stranger.get(&format!("/api/v1/services/{visit}")).await.problem(404);
    }
    t.as_enterprise("E002").await.post(&confirm, &json!({"satisfied": true})).await.problem(404);
    w.admin.post(&confirm, &json!({"satisfied": true})).await.problem(403);
    t.anonymous().get("/api/v1/services").await.problem(401);

    let silent = w.factory.post(&confirm, &json!({"satisfied": false})).await.problem(422);
    assert_eq!(silent["errors"][0]["field"], "comments");
    w.factory.post(&confirm, &json!({"satisfied": false, "comments": "没有到储罐区"})).await.ok();
    w.factory.post(&confirm, &json!({"satisfied": true})).await.problem(409);
    assert_eq!(w.officer.get(&format!("/api/v1/services/{visit}")).await.ok()["comments"], "没有到储罐区");
    // The term is met, so nothing more comes of it.
    t.forward(30 * DAY).await;
    assert!(!t.kinds(&format!("visit/{visit}")).await.contains(&"svc.report.unanswered".to_owned()));
});

story!(silence_is_an_event_and_no_satisfaction, parts(), |t| {
    let w = world(t).await;
    let able = expert(&w.admin, "SVC1", "陈工", "13800000001", &["氯碱"]).await;
    let visit = assign(t, "E001", &[&able], START.0 + DAY).await;
    carry_out(t, visit, &[&able]).await;
    let row = w.factory.get(&format!("/api/v1/services/{visit}")).await.ok();
    // Monday 2026-11-23: five working days end with Monday 2026-11-30.
    assert_eq!(row["confirm_due"], Ms(START.0 + 7 * DAY + 15 * 3_600_000 - 1).iso());
    t.forward(8 * DAY).await;
    let subject = format!("visit/{visit}");
    assert_eq!(t.kinds(&subject).await.last().map(String::as_str), Some("svc.report.unanswered"));
    let w = World { factory: t.as_enterprise("E001").await, ..w };
    assert_eq!(w.factory.get(&format!("/api/v1/services/{visit}")).await.ok()["satisfied"], Value::Null);
    let late = w.factory.post(&format!("/api/v1/services/{visit}/confirm"), &json!({"satisfied": true})).await.ok();
    assert_eq!(late["satisfied"], true);
});

story!(what_runs_out_is_told_before_and_at_the_end, parts(), |t| {
    let w = world(t).await;
    let able = expert(&w.admin, "SVC1", "陈工", "13800000001", &["氯碱"]).await;
    certificate(t, &w.admin, &able, "ZJ-1", "2027-01-31").await;
    let meter = json!({"kind": "gas_detector", "serial": "A-1", "calibrated_to": "2026-12-31"});
    let id = w.admin.post("/api/v1/instruments", &meter).await.ok()["id"].as_str().unwrap().to_owned();
    let subject = format!("instrument/{id}");
    t.forward(20 * DAY).await;
    let w = World { admin: t.login("org_admin@SVC1").await, ..w };
    assert_eq!(t.kinds(&subject).await, ["instrument.registered", "expert.expiry_noticed"]);
    let again = json!({"kind": "gas_detector", "serial": "A-1", "calibrated_to": "2027-12-31"});
    assert_eq!(w.admin.post("/api/v1/instruments", &again).await.ok()["id"], id.as_str());
    t.forward(30 * DAY).await;
    t.forward(30 * DAY).await;
    let w = World { admin: t.login("org_admin@SVC1").await, officer: t.as_inspector("990121").await, ..w };
    assert_eq!(t.kinds(&subject).await.len(), 3, "calibrated in time");
    let page = w.admin.get(&format!("/api/v1/experts/{able}")).await.ok();
    assert_eq!((&page["lapsed"], &page["certificates"][0]["lapsed"]), (&json!(true), &json!(true)));
    let told = w.admin.get("/api/v1/notifications").await.ok().to_string();
    assert!(told.contains("将于 2027-01-31 到期") && told.contains("已于 2027-01-31 到期"), "{told}");
    let wrong = json!({"kind": "telescope", "serial": " ", "calibrated_to": "soon"});
    assert_eq!(w.admin.post("/api/v1/instruments", &wrong).await.problem(422)["errors"].as_array().unwrap().len(), 3);
    assert_eq!(w.officer.get("/api/v1/instruments").await.ok()["total"], 1);
    assert_eq!(t.login("org_admin@SVC2").await.get("/api/v1/instruments").await.ok()["total"], 0);
});

story!(who_keeps_the_file_and_who_does_not, parts(), |t| {
    let w = world(t).await;
    let id = person(&w.admin, "SVC1", "陈工", "13800000001").await;
    let form = json!({"person": id, "skills": ["氯碱"], "regions": ["990121"], "until": "2027-06-30"});
    w.officer.post("/api/v1/experts", &form).await.problem(403);
    let foreign = t.login("org_admin@SVC2").await;
    assert_eq!(foreign.post("/api/v1/experts", &form).await.problem(422)["errors"][0]["field"], "person");
    t.anonymous().post("/api/v1/experts", &form).await.problem(401);
    let view = w.admin.post("/api/v1/experts", &form).await.ok();
    assert_eq!((&view["skill_names"], &view["may_edit"]), (&json!(["氯碱"]), &json!(true)));
    w.admin.post("/api/v1/experts", &form).await.problem(409);
    let path = format!("/api/v1/experts/{id}");
    foreign.put(&path, &form).await.problem(404);
    let mut change = json!({"skills": ["fire"], "revision": 1});
    assert_eq!(w.admin.put(&path, &change).await.ok()["skills"], json!(["fire"]));
    w.admin.put(&path, &change).await.problem(409);
    change = json!({"skills": [], "revision": 2});
    assert_eq!(w.admin.put(&path, &change).await.problem(422)["errors"][0]["field"], "skills");
    assert_eq!(t.kinds(&format!("expert/{id}")).await, ["expert.registered", "expert.changed"]);
    let orgs = w.officer.get("/api/v1/expert-orgs").await.ok();
    assert_eq!((&orgs["items"][0]["experts"], &orgs["total"]), (&json!(1), &json!(2)));
    let org = w.officer.get("/api/v1/expert-orgs/SVC1").await.ok();
    assert_eq!((&org["experts"], &org["may_edit"]), (&json!(1), &json!(false)));
    let numbers = w.officer.get("/api/v1/service-orgs/SVC1/qualifications").await.ok();
    assert_eq!(numbers["total"], 0);
});
