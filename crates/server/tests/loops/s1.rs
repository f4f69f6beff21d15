//! S1: chlorine at a major hazard source, from the reading to the premium.
use crate::{
    BASE, DAY, Gateway, HOUR, accept_premium, act, at, behind, carry_out, county, expert, insure, order, premium,
    rectify, refused, text,
};
use serde_json::{Value, json};
use testing::{Client, TestPlatform, story};

/// Those who act in it.
struct People {
    officer: Client,
    manager: Client,
    leader: Client,
    expert: Client,
}

/// The alarm is answered by the works: its id.
async fn alarm(t: &TestPlatform, gateway: &Gateway, manager: &Client) -> String {
    gateway.send(t, 1.6).await;
    let rows = manager.get("/api/v1/alarms?state=open").await.ok();
    assert_eq!((&rows["total"], &rows["items"][0]["priority"]), (&json!(1), &json!(1)), "{rows}");
    let id = text(&rows["items"][0], "id");
    let path = format!("/api/v1/alarms/{id}");
    let why = text(&manager.get(&path).await.ok(), "priority_why");
    assert!(why.contains("急性毒性"), "{why}");
    manager.post(&format!("{path}/acknowledge"), &json!({})).await.ok();
    manager.post(&format!("{path}/acknowledge"), &json!({})).await.problem(422);
    let said = json!({"cause_code": "leak", "text": "法兰渗漏", "measure": "已紧固，启动吸收装置"});
    manager.post(&format!("{path}/explain"), &said).await.ok();
    manager.post(&format!("{path}/clear"), &json!({})).await.problem(422);
    gateway.send(t, 0.2).await;
    manager.post(&format!("{path}/clear"), &json!({"note": "现场已确认"})).await.ok();
    t.run_jobs().await;
    id
}

/// Somebody of the library is chosen, tells the works, comes in, looks and leaves: path of the visit.
async fn visit(t: &TestPlatform, p: &People, (person, other): (&str, &str)) -> String {
    let rows = p.officer.get("/api/v1/visits").await.ok();
    assert_eq!((&rows["total"], &rows["items"][0]["reason_code"]), (&json!(1), &json!("alarm")), "{rows}");
    let path = format!("/api/v1/visits/{}", text(&rows["items"][0], "id"));
    let seen = p.officer.get(&path).await.ok();
    assert!(text(&seen, "reason").contains("E001-CL2-01"), "{seen}");
    let found = p.officer.get(&format!("{path}/candidates")).await.ok();
    assert_eq!(found["possible"].as_array().unwrap().len(), 1, "{found}");
    assert_eq!((&found["possible"][0]["person"], &found["rejected"][0]["code"]), (&json!(person), &json!("skill")));
    let sent = |person: &str| json!({"people": [person], "from": at(HOUR), "to": at(DAY)});
    let no = refused(&p.officer, &path, "assign", sent(other), 422).await;
    assert!(text(&no, "title").contains("专业不符"), "{no}");
    let stale = json!({"people": [person], "from": at(HOUR), "to": at(DAY), "version": 99});
    p.officer.post(&format!("{path}/assign"), &stale).await.problem(409);
    p.expert.get(&path).await.problem(404);
    act(t, &p.officer, &path, "assign", sent(person)).await;
    act(t, &p.expert, &path, "accept", json!({})).await;
    refused(&p.expert, &path, "accept", json!({}), 422).await;
    let told = json!({"matter": "液氯储罐区氯气预警现场核查", "legal_basis": ["安责险事故预防服务（AQ 9010）"],
        "planned_end": at(DAY), "template": "chlor_alkali"});
    act(t, &p.expert, &path, "announce", told).await;
    for wrong in ["", "https://10.0.0.5:8443/q/enterprise/E002"] {
        refused(&p.expert, &path, "enter", json!({"code": wrong}), 422).await;
    }
    carry_out(t, (&p.expert, &p.manager), &path, &["c07", "c08", "c10"]).await;
    assert_eq!(p.officer.get(&path).await.ok()["state"], "signed");
    path
}

/// The three findings are confirmed, fixed by the works and verified by the county.
async fn hazards(t: &TestPlatform, p: &People, visit: &str) -> Vec<String> {
    let of = format!("/api/v1/hazards?visit={}", visit.rsplit('/').next().unwrap());
    let rows = p.officer.get(&of).await.ok();
    assert_eq!(rows["total"], 3, "{rows}");
    let principal = t.login("principal@E001").await;
    let ids = rows["items"].as_array().unwrap().iter().map(|row| text(row, "id"));
    let paths: Vec<String> = ids.map(|id| format!("/api/v1/hazards/{id}")).collect();
    for (n, path) in paths.iter().enumerate() {
        let seen = p.manager.get(path).await.ok();
        assert_eq!((&seen["level"], &seen["found_via"]), (&json!("major"), &json!("visit")), "{seen}");
        act(t, &p.officer, path, "confirm", json!({"to": "major", "ground": "现场核实"})).await;
        act(t, &principal, path, "assign", order()).await;
        rectify(t, &p.leader, path, 10 * (u8::try_from(n).unwrap() + 1)).await;
        let own = refused(&p.manager, path, "verify", json!({"passed": true}), 422).await;
        assert!(text(&own, "clause").contains("复查回避"), "{own}");
        let done = act(t, &p.officer, path, "verify", json!({"passed": true})).await;
        assert_eq!(done["state"], "closed");
    }
    paths
}

/// The works says how the visit was and confirms the service: the expert's record and credit follow.
async fn service(t: &TestPlatform, p: &People, visit: &str) {
    let said = json!({"scores": {"conduct": 5, "useful": 5, "burden": 4}});
    act(t, &p.manager, visit, "evaluate", said).await;
    let done = t.last_event("svc.visit.done").await;
    let services = format!("/api/v1/services/{}", visit.rsplit('/').next().unwrap());
    let service = p.expert.get(&services).await.ok();
    assert_eq!(service["hazards"], json!(3), "{service}");
    p.manager.post(&format!("{services}/confirm"), &json!({"satisfied": true})).await.ok();
    p.manager.post(&format!("{services}/confirm"), &json!({"satisfied": true})).await.problem(409);
    t.run_jobs().await;
    let event = p.officer.get(&format!("/api/v1/events/{done}")).await.ok()["items"][0]["body"].clone();
    assert_eq!((event["items"].as_array().unwrap().len(), event["minutes"].clone()), (12, json!(60)), "{event}");
    t.last_event("svc.report.confirmed").await;
    let rows = p.officer.get("/api/v1/credit-facts").await.ok();
    let rated = rows["items"].as_array().unwrap().iter().filter(|f| f["code"] == "service.well_rated");
    assert_eq!(rated.count(), 2, "the organisation and the expert: {rows}");
}

/// What the premium rests on, step by step down to the alarm.
const CHAIN: [&str; 15] = [
    "ins.premium.adjusted",
    "ins.premium.proposed",
    "hazard.verified",
    "hazard.rectified",
    "hazard.assigned",
    "hazard.level_confirmed",
    "hazard.found",
    "check.item.answered",
    "visit.left",
    "visit.entered",
    "visit.announced",
    "visit.accepted",
    "visit.assigned",
    "visit.requested",
    "iot.alarm.raised",
];

/// Nothing of it is there for the county next door, another insurer, another service organisation.
async fn strangers(t: &TestPlatform, paths: &[String], event: &str) {
    for name in ["officer@GOV2", "underwriter@INS2", "expert@SVC2"] {
        let stranger = t.login(name).await;
        for path in paths {
            let status = stranger.get(path).await.status.as_u16();
            assert!(status == 404 || status == 403, "{name} {path}: {status}");
        }
        stranger.get(&format!("/api/v1/events/{event}")).await.problem(404);
        for list in ["alarms", "visits", "hazards", "insurance-policies", "credit-ratings", "credit-facts"] {
            let reply = stranger.get(&format!("/api/v1/{list}")).await;
            assert!(reply.status == 403 || reply.ok()["total"] == 0, "{name} sees {list}");
        }
    }
}

story!(a_reading_of_chlorine_moves_the_premium, server::parts::all(), |t| {
    county(t).await;
    let gateway = Gateway::install(t).await;
    let (expert, person) = expert(t, "SVC1", "chlor_alkali").await;
    let (_, other) = crate::expert(t, "SVC2", "dust").await;
    let policy = insure(t).await;
    let underwriter = t.login("underwriter@INS1").await;
    let before = premium(&underwriter, &policy).await;
    assert_eq!(before, BASE * 90 / 100);
    let p = People {
        officer: t.login("officer@GOV").await,
        manager: t.login("safety_manager@E001").await,
        leader: t.login("team_leader@E001").await,
        expert,
    };
    let alarm = alarm(t, &gateway, &p.manager).await;
    let visit = visit(t, &p, (&person, &other)).await;
    let hazards = hazards(t, &p, &visit).await;
    service(t, &p, &visit).await;

    let rating = p.manager.get("/api/v1/credit-ratings/E001").await.ok();
    assert_eq!((&rating["score"], &rating["rating"]["grade"]), (&json!(8_210), &json!("B")), "{rating}");
    assert_eq!(premium(&underwriter, &policy).await, before, "nothing changes before a person says so");
    accept_premium(t, &underwriter, &policy).await;
    assert_eq!(premium(&underwriter, &policy).await, BASE * 87 / 100);
    assert_eq!(underwriter.get(&policy).await.ok()["proposal"], Value::Null);

    let adjusted = t.last_event("ins.premium.adjusted").await.to_string();
    for name in ["officer@GOV", "principal@E001"] {
        let (kinds, hidden) = behind(&t.login(name).await, &adjusted).await;
        for kind in CHAIN.iter().chain(&["credit.grade.published", "credit.score.computed", "credit.fact.recorded"]) {
            assert!(kinds.iter().any(|k| k == kind), "{name}: no {kind} in {kinds:?}, {hidden} hidden");
        }
    }
    let (kinds, _) = behind(&underwriter, &adjusted).await;
    assert!(kinds.iter().any(|k| k == "hazard.verified"), "the insurer sees what its premium rests on: {kinds:?}");
    let mut paths = vec![policy, visit, format!("/api/v1/alarms/{alarm}"), "/api/v1/credit-ratings/E001".to_owned()];
    paths.extend(hazards);
    strangers(t, &paths, &adjusted).await;
});
