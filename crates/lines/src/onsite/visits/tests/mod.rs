//! Stories of visits, through the HTTP router on both databases.
use crate::onsite::PART;
use platform::{Ctx, Subject};
use serde_json::{Value, json};
use testing::{Client, PASSWORD, TestPlatform, story};

mod service;

const LIST: &str = "/api/v1/visits";
const DAY: i64 = 86_400_000;

/// A moment so many milliseconds from the test clock's start.
fn at(ms: i64) -> String {
    platform::Ms(testing::START.0 + ms).iso()
}

fn form(enterprise: &str, kind: &str, reason: &str) -> Value {
    json!({"enterprise": enterprise, "kind": kind, "reason_code": reason, "reason": "按年度计划安排检查", "deadline": at(5 * DAY)})
}

fn path(visit: &Value) -> String {
    format!("{LIST}/{}", visit["id"].as_str().unwrap())
}

fn subject(visit: &Value) -> String {
    format!("visit/{}", visit["id"].as_str().unwrap())
}

fn acts(visit: &Value) -> Vec<String> {
    serde_json::from_value(visit["acts"].clone()).unwrap()
}

async fn act(client: &Client, visit: &Value, act: &str, body: Value) -> Value {
    let seen = client.get(&path(visit)).await.ok();
    let mut body = body;
    body["version"] = seen["version"].clone();
    client.post(&format!("{}/{act}", path(visit)), &body).await.ok()
}

async fn refused(client: &Client, visit: &Value, act: &str, body: Value, status: u16) -> Value {
    let seen = client.get(&path(visit)).await.ok();
    let mut body = body;
    body["version"] = seen["version"].clone();
    client.post(&format!("{}/{act}", path(visit)), &body).await.problem(status)
}

/// What a signed-in person sees on assembled pages.
async fn ctx_of(t: &TestPlatform, username: &str) -> Ctx {
    let account = platform::auth::find(t.app.db(), username).await.unwrap().unwrap();
    let actor = platform::auth::actor(t.app.db(), &account, t.ctx().now()).await.unwrap();
    t.ctx().acting_as(actor)
}

/// The county's officer and enforcer, the enterprise's safety manager and principal.
struct World {
    officer: Client,
    enforcer: Client,
    manager: Client,
    principal: Client,
}

async fn world(t: &TestPlatform) -> World {
    let manager = t.as_enterprise("E001").await;
    World {
        officer: t.as_inspector("990121").await,
        enforcer: t.login("enforcer@GOV990121").await,
        principal: t.login("principal@E001").await,
        manager,
    }
}

async fn people(client: &Client, visit: &Value) -> Vec<Value> {
    let found = client.get(&format!("{}/candidates", path(visit))).await.ok();
    found["possible"].as_array().unwrap().iter().map(|c| c["person"].clone()).collect()
}

fn code(enterprise: &str) -> String {
    format!("https://10.0.0.5:8443/q/enterprise/{enterprise}")
}

/// An inspection that the enterprise has been told of.
async fn announced(w: &World, reason: &str) -> Value {
    let visit = w.officer.post(LIST, &form("E001", "enforcement", reason)).await.ok();
    let both = people(&w.officer, &visit).await;
    assert_eq!(both.len(), 2, "officer and enforcer");
    act(&w.officer, &visit, "assign", json!({"people": both, "from": at(DAY), "to": at(2 * DAY)})).await;
    act(&w.enforcer, &visit, "accept", json!({})).await;
    let basis = "安全生产法（2021）第六十五条";
    let body = json!({"matter": "安全生产执法检查", "legal_basis": [basis], "planned_end": at(2 * DAY)});
    act(&w.enforcer, &visit, "announce", body).await
}

async fn entered(w: &World) -> Value {
    let visit = announced(w, "plan").await;
    let people: Vec<Value> = visit["crew"].as_array().unwrap().iter().map(|p| p["person"].clone()).collect();
    act(&w.officer, &visit, "enter", json!({"code": code("E001"), "people": people, "position": "119.1,31.2"})).await
}

async fn answer_all(client: &Client, visit: &Value, failed: &str) {
    for item in visit["items"].as_array().unwrap() {
        let key = item["key"].as_str().unwrap();
        let (answer, note) =
            if key == failed { ("general", json!("三号出口堆放纸箱")) } else { ("pass", Value::Null) };
        let body = json!({"item": key, "answer": answer, "note": note});
        client.post(&format!("{}/answers", path(visit)), &body).await.ok();
    }
}

async fn left(w: &World) -> Value {
    let visit = entered(w).await;
    answer_all(&w.enforcer, &visit, "g10").await;
    act(&w.officer, &visit, "leave", json!({})).await
}

story!(an_inspection_from_request_to_evaluation, vec![&PART], |t| {
    let w = world(t).await;
    let visit = entered(&w).await;
    assert_eq!(visit["items"].as_array().unwrap().len(), 10);
    assert_eq!(
        (&visit["cap"]["used"], &visit["cap"]["cap"], &visit["cap"]["example"]),
        (&json!(1), &json!(6), &json!(true))
    );
    let unanswered = refused(&w.officer, &visit, "leave", json!({}), 422).await;
    assert!(unanswered["title"].as_str().unwrap().contains("10 项"), "{unanswered}");
    let silent = json!({"item": "g10", "answer": "general"});
    w.officer.post(&format!("{}/answers", path(&visit)), &silent).await.problem(422);
    w.manager.post(&format!("{}/answers", path(&visit)), &silent).await.problem(403);
    answer_all(&w.enforcer, &visit, "g10").await;
    t.app.source().forward(65 * 60_000);
    let visit = act(&w.officer, &visit, "leave", json!({})).await;
    let record = visit["record"].clone();
    assert_eq!((visit["state"].as_str(), record.as_str().unwrap().len()), (Some("left"), 64));

    // The sign-in is an hour old: signing asks for the person again.
    let stale = refused(&w.officer, &visit, "sign", json!({"record": record}), 422).await;
    assert_eq!(stale["clause"], "证据等级 E3");
    for client in [&w.officer, &w.enforcer, &w.manager] {
        client.post("/api/v1/session/confirm", &json!({"password": PASSWORD})).await.ok();
    }
    refused(&w.manager, &visit, "sign", json!({"record": record}), 422).await;
    act(&w.officer, &visit, "sign", json!({"record": record})).await;
    refused(&w.enforcer, &visit, "sign", json!({"record": "0".repeat(64)}), 409).await;
    act(&w.enforcer, &visit, "sign", json!({"record": record})).await;
    assert_eq!(acts(&w.manager.get(&path(&visit)).await.ok()), ["sign"]);
    let visit = act(&w.manager, &visit, "sign", json!({"record": record})).await;
    assert_eq!((visit["state"].as_str(), &visit["enterprise_signed"]), (Some("signed"), &json!(true)));

    let scores = json!({"conduct": 5, "useful": 4, "burden": 2});
    let said = act(&w.principal, &visit, "evaluate", json!({"scores": scores, "comment": "讲解细致"})).await;
    assert_eq!(said["evaluation"]["scores"]["useful"], 4);
    for inspector in [&w.officer, &w.enforcer] {
        assert_eq!(
            inspector.get(&path(&visit)).await.ok()["evaluation"],
            Value::Null,
            "hidden from the inspected unit's visitors"
        );
    }
    let supervisor = t.login("supervisor@GOV990121").await;
    assert_eq!(supervisor.get(&path(&visit)).await.ok()["evaluation"]["comment"], "讲解细致");
    let mut expected = vec!["visit.requested", "visit.assigned", "visit.accepted", "visit.announced", "visit.entered"];
    expected.extend(["check.item.answered"; 10]);
    expected.extend([
        "visit.left",
        "check.record.signed",
        "check.record.signed",
        "check.record.signed",
        "visit.evaluated",
    ]);
    assert_eq!(t.kinds(&subject(&visit)).await, expected);
    let seen = w.officer.get(&format!("/api/v1/timeline?subject={}", subject(&visit))).await.ok();
    assert!(!seen.to_string().contains("visit.evaluated"), "the evaluation is not on the inspectors' timeline");
});

story!(the_record_is_one_page_that_can_be_printed, vec![&PART], |t| {
    let w = world(t).await;
    let visit = left(&w).await;
    let page = w.manager.get(&format!("{}/record", path(&visit))).await;
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    let text = String::from_utf8(page.bytes).unwrap();
    for part in ["现场检查记录", "三号出口堆放纸箱", "第一百零五条", visit["record"].as_str().unwrap(), "未签字"]
    {
        assert!(text.contains(part), "{part} is missing");
    }
    let stored = w.manager.get(&format!("/api/v1/files/{}", visit["record"].as_str().unwrap())).await;
    assert!(String::from_utf8(stored.bytes).unwrap().contains("三号出口堆放纸箱"), "what is signed is what is stored");
});

story!(a_refusal_to_sign_is_recorded_after_the_visitors_signed, vec![&PART], |t| {
    let w = world(t).await;
    let visit = left(&w).await;
    let record = visit["record"].clone();
    let note = json!({"record": record, "refusal": "负责人以对结果有异议为由拒绝签字，已录像"});
    refused(&w.officer, &visit, "refusal", note.clone(), 422).await;
    act(&w.officer, &visit, "sign", json!({"record": record})).await;
    act(&w.enforcer, &visit, "sign", json!({"record": record})).await;
    refused(&w.manager, &visit, "refusal", note.clone(), 403).await;
    let visit = act(&w.officer, &visit, "refusal", note).await;
    assert_eq!((visit["state"].as_str(), &visit["enterprise_signed"]), (Some("signed"), &json!(false)));
    assert!(visit["refusal"].as_str().unwrap().contains("拒绝签字"));
});

story!(wrong_entries_are_refused_with_the_clause, vec![&PART], |t| {
    let w = world(t).await;
    let alone = w.officer.post(LIST, &form("E001", "enforcement", "plan")).await.ok();
    let both = people(&w.officer, &alone).await;
    let one = json!({"people": [both[0]], "from": at(DAY), "to": at(2 * DAY)});
    let single = refused(&w.officer, &alone, "assign", one, 422).await;
    assert_eq!(single["clause"], "行政处罚法（2021）第四十二条");
    act(&w.officer, &alone, "withdraw", json!({"reason": "改期办理"})).await;

    let visit = announced(&w, "plan").await;
    let crew: Vec<Value> = visit["crew"].as_array().unwrap().iter().map(|p| p["person"].clone()).collect();
    let without = refused(&w.officer, &visit, "enter", json!({"code": "", "people": crew}), 422).await;
    assert!(without["title"].as_str().unwrap().contains("企业码"), "{without}");
    refused(&w.officer, &visit, "enter", json!({"code": code("E002"), "people": crew}), 422).await;
    let single = refused(&w.officer, &visit, "enter", json!({"code": code("E001")}), 422).await;
    assert_eq!(single["clause"], "行政处罚法（2021）第四十二条");
    refused(&w.officer, &visit, "enter", json!({"code": code("E001"), "people": crew, "late": true}), 422).await;
    refused(&w.manager, &visit, "enter", json!({"code": code("E001"), "people": crew}), 403).await;
    let old = json!({"code": code("E001"), "people": crew, "version": 1});
    w.officer.post(&format!("{}/enter", path(&visit)), &old).await.problem(409);
    assert_eq!(w.officer.get(&path(&visit)).await.ok()["state"], "announced", "nothing was lost");
    refused(&w.officer, &visit, "leave", json!({}), 403).await;
    refused(&w.officer, &visit, "sign", json!({"record": "x"}), 422).await;

    let past = json!({"enterprise": "E001", "kind": "enforcement", "reason_code": "plan", "reason": "按年度计划", "deadline": at(-DAY)});
    assert_eq!(w.officer.post(LIST, &past).await.problem(422)["errors"][0]["field"], "deadline");
    assert_eq!(w.manager.post(LIST, &form("E001", "enforcement", "plan")).await.problem(403)["status"], 403);
});

story!(an_urgent_entry_may_be_scanned_before_leaving_and_is_flagged, vec![&PART], |t| {
    let w = world(t).await;
    let visit = announced(&w, "complaint").await;
    let crew: Vec<Value> = visit["crew"].as_array().unwrap().iter().map(|p| p["person"].clone()).collect();
    let inside = act(&w.officer, &visit, "enter", json!({"code": code("E001"), "people": crew, "late": true})).await;
    assert_eq!(inside["late"], true);
    let supervisor = t.login("supervisor@GOV990121").await;
    let listed = supervisor.get("/api/v1/visit-irregularities").await.ok();
    assert_eq!((&listed["total"], &listed["items"][0]["irregularity"]), (&json!(1), &json!("late_scan")));
    w.officer.get("/api/v1/visit-irregularities").await.problem(403);
    let sheet = supervisor.get("/api/v1/visit-irregularities?format=xlsx").await;
    assert!(sheet.bytes.starts_with(b"PK"));
});

story!(the_yearly_cap_counts_all_subjects_and_lets_urgent_visits_through, vec![&PART], |t| {
    let w = world(t).await;
    for _ in 0..3 {
        w.officer.post(LIST, &form("E001", "enforcement", "plan")).await.ok();
        w.manager.post(LIST, &form("E001", "prevention_service", "request")).await.ok();
    }
    let cap = w.manager.get("/api/v1/visit-caps?enterprise=E001").await.ok();
    assert_eq!((&cap["used"], &cap["cap"]), (&json!(6), &json!(6)));
    let full = w.officer.post(LIST, &form("E001", "joint", "plan")).await.problem(422);
    assert!(full["clause"].as_str().unwrap().contains("示例"), "{full}");
    let urgent = w.officer.post(LIST, &form("E001", "recheck", "recheck")).await.ok();
    assert_eq!((&urgent["cap"]["used"], &urgent["cap"]["urgent"]), (&json!(7), &json!(1)));
    let rows = w.officer.get(&format!("{LIST}?state=requested&page[size]=1")).await.ok();
    assert_eq!(rows["total"], 7);
    act(&w.officer, &rows["items"][0], "withdraw", json!({"reason": "合并办理"})).await;
    assert_eq!(w.officer.get("/api/v1/visit-caps?enterprise=E001").await.ok()["used"], 6);
    let supervisor = t.login("supervisor@GOV990121").await;
    let over = supervisor.get("/api/v1/visit-irregularities?irregularity=over_cap").await.ok();
    assert_eq!(over["total"], 0, "the seventh was withdrawn");
});

story!(others_see_nothing_and_the_enterprise_sees_an_inspection_when_told, vec![&PART], |t| {
    let w = world(t).await;
    let visit = w.officer.post(LIST, &form("E001", "enforcement", "plan")).await.ok();
    w.manager.get(&path(&visit)).await.problem(404);
    assert_eq!(w.manager.get(LIST).await.ok()["total"], 0);
    let timeline = w.manager.get(&format!("/api/v1/timeline?subject={}", subject(&visit))).await.ok();
    assert!(!timeline.to_string().contains("visit.requested"), "nor on the timeline");
    act(&w.officer, &visit, "withdraw", json!({"reason": "改期办理"})).await;
    w.manager.get(&path(&visit)).await.problem(404);

    let told = announced(&w, "plan").await;
    assert_eq!(w.manager.get(&path(&told)).await.ok()["announcement"]["matter"], "安全生产执法检查");
    assert_eq!(w.manager.get(&path(&told)).await.ok()["rejected"], json!([]));
    t.org(Subject::Insurer, "INS1", "990121").await;
    t.org(Subject::ServiceOrg, "SVC1", "990121").await;
    let strangers = [
        t.as_enterprise("E002").await,
        t.as_inspector("990122").await,
        t.login("risk_service@INS1").await,
        t.login("expert@SVC1").await,
    ];
    for stranger in &strangers {
        stranger.get(&path(&told)).await.problem(404);
        stranger.get(&format!("{}/record", path(&told))).await.problem(404);
        assert_eq!(stranger.get(LIST).await.ok()["total"], 0);
        for what in ["enter", "leave", "sign"] {
            let body = json!({"version": 4, "code": code("E001"), "record": "x"});
            let status = stranger.post(&format!("{}/{what}", path(&told)), &body).await.status.as_u16();
            assert!(status == 404 || status == 403, "{what}: {status}");
        }
    }
    t.anonymous().get(&path(&told)).await.problem(401);
    t.anonymous().get(LIST).await.problem(401);
});

story!(who_declines_says_why_and_somebody_else_is_chosen, vec![&PART], |t| {
    let w = world(t).await;
    let visit = w.officer.post(LIST, &form("E001", "enforcement", "plan")).await.ok();
    let both = people(&w.officer, &visit).await;
    let window = json!({"people": both, "from": at(DAY), "to": at(2 * DAY)});
    act(&w.officer, &visit, "assign", window.clone()).await;
    refused(&w.enforcer, &visit, "decline", json!({"reason_code": "tired", "reason": "太累了"}), 422).await;
    let seen = w.enforcer.get(&path(&visit)).await.ok();
    let no = json!({"reason_code": "busy", "reason": "当日有听证", "version": seen["version"]});
    w.enforcer.post(&format!("{}/decline", path(&visit)), &no).await.ok();
    assert_eq!(w.officer.get(&path(&visit)).await.ok()["state"], "requested");
    // Another visit in the same window makes both busy, and the list says so.
    let other = w.officer.post(LIST, &form("E001", "recheck", "recheck")).await.ok();
    act(&w.officer, &other, "assign", window.clone()).await;
    let found = w.officer.get(&format!("{}/candidates?from={}&to={}", path(&visit), at(DAY), at(2 * DAY))).await.ok();
    assert_eq!((found["possible"].as_array().unwrap().len(), &found["rejected"][0]["code"]), (0, &json!("busy")));
    let busy = refused(&w.officer, &visit, "assign", window, 422).await;
    assert!(busy["title"].as_str().unwrap().contains("不能派定"), "{busy}");
});

story!(pages_say_what_is_to_be_done_and_why, vec![&PART], |t| {
    let w = world(t).await;
    let visit = announced(&w, "plan").await;
    let officer = ctx_of(t, "officer@GOV990121").await;
    let tasks = (PART.tasks)(officer.clone()).await.unwrap();
    assert_eq!((tasks.len(), tasks[0].actions[0].title.as_str()), (1, "扫码入企"));
    assert!(!tasks[0].why_me.is_empty() && !tasks[0].if_not.is_empty() && tasks[0].due.is_some());
    let cards = (PART.cards)(ctx_of(t, "principal@E001").await).await.unwrap();
    assert_eq!(cards.iter().find(|c| c.key == "onsite.burden").unwrap().value.as_deref(), Some("1/6"));
    let sections = (PART.sections)(officer.clone(), "E001".into()).await.unwrap();
    assert_eq!(sections.iter().filter(|s| s.key.starts_with("visits")).count(), 2);
    let cockpit = (PART.cockpit)(officer.clone(), "990121".into()).await.unwrap();
    assert_eq!(cockpit.numbers[0].value, "1");
    assert_eq!(
        (PART.search)(officer, "E001".into()).await.unwrap()[0].link,
        format!("/visits/{}", visit["id"].as_str().unwrap())
    );
    let sheet = w.officer.get(&format!("{LIST}?format=xlsx")).await;
    assert!(sheet.bytes.starts_with(b"PK"));
    w.officer.get(&format!("{LIST}?state=unknown")).await.problem(422);
    assert_eq!(w.officer.get("/api/v1/check-templates").await.ok().as_array().unwrap().len(), 5);
    w.officer.get("/api/v1/check-templates/none").await.problem(404);
});
