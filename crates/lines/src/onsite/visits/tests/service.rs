//! Stories of a prevention service: asked for by an alarm, experts chosen, the door, what they may see.
use super::*;
use events::enterprise::ConsentGiven;
use events::online::AlarmRaised;
use libraries::experts;
use platform::Visibility;
use platform::auth::Org;
use subjects::enterprise::people::{NewPerson, register_many};
use subjects::service_org::{QualificationForm, qualify};
use uuid::Uuid;

const PARTS: [&platform::Part; 4] = [&PART, &experts::PART, &subjects::service_org::PART, &subjects::enterprise::PART];

/// Enters the person behind a sign-in into the library, with a certificate until that day.
async fn expert(t: &TestPlatform, org: &str, username: &str, valid_to: &str) -> Uuid {
    let account = platform::auth::find(t.app.db(), username).await.unwrap().unwrap();
    let ctx = t.ctx();
    let placed = Org::find(ctx.db(), org).await.unwrap().unwrap().placed();
    let name = format!("专家{org}");
    let person = NewPerson {
        id: Some(account.person),
        name,
        phone: None,
        id_number: None,
        posts: vec!["现场专家".into()],
        specialities: vec!["氯碱".into()],
    };
    register_many(&ctx, vec![(placed, person)]).await.unwrap();
    let form = serde_json::from_value(json!({"person": account.person, "org": org, "skills": ["chemical_process"]}));
    experts::register(&ctx, &form.unwrap()).await.unwrap();
    let certificate = QualificationForm {
        person: Some(account.person),
        kind: "registered_safety_engineer".into(),
        number: format!("AQ{org}"),
        skills: vec![],
        valid_to: valid_to.into(),
        verified_against: None,
    };
    qualify(&ctx, org, &certificate).await.unwrap();
    t.run_jobs().await;
    account.person
}

/// A level-one alarm, as the online line tells it.
async fn alarm(t: &TestPlatform, priority: u8) -> Uuid {
    let ctx = t.ctx();
    let mut placed = Org::find(ctx.db(), "E001").await.unwrap().unwrap().placed();
    placed.sectors = vec!["危险化学品".into()];
    let id = ctx.new_id();
    let payload = AlarmRaised {
        alarm: id,
        tag: "LT-101".into(),
        level: "HH".into(),
        priority,
        limit: 85.0,
        value: 91.0,
        first_out: None,
        grouped_with: None,
    };
    let event = ctx.event(&payload, format!("alarm/{id}"), &placed).unwrap();
    let event_id = event.id;
    let tx = ctx.begin().await.unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
    t.run_jobs().await;
    event_id
}

/// Kinds of objects that are open to an organisation now.
async fn opened(t: &TestPlatform, org: &str) -> Vec<String> {
    let open = platform::sql(
        "select object_kind from visibility where org = $1 and (to_at is null or to_at > $2) order by object_kind",
        platform::args![org, t.ctx().now()],
    );
    t.app.db().all(open).await.unwrap().iter().map(|r| r.get("object_kind").unwrap()).collect()
}

/// The enterprise lets an insurer see its summary.
async fn consent(t: &TestPlatform, to: &str) {
    let ctx = t.ctx();
    let org = Org::find(ctx.db(), "E001").await.unwrap().unwrap();
    let payload = ConsentGiven {
        to: to.into(),
        purpose: "underwriting".into(),
        objects: vec![],
        fields: vec!["summary".into()],
        until: None,
    };
    let event = ctx.event(&payload, "org/E001", &org.placed()).unwrap();
    let grant = Visibility {
        org: to,
        enterprise: "E001",
        object_kind: "enterprise",
        object_id: None,
        fields: &["summary"],
        purpose: "核保",
        from: ctx.now(),
        to: None,
        because: event.id,
    };
    let mut tx = ctx.begin().await.unwrap();
    tx.open_visibility(&ctx, &grant).await.unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
}

struct Service {
    officer: Client,
    manager: Client,
    expert: Client,
    person: Uuid,
}

async fn service(t: &TestPlatform, valid_to: &str) -> Service {
    let manager = t.as_enterprise("E001").await;
    let officer = t.as_inspector("990121").await;
    t.org(Subject::ServiceOrg, "SVC1", "990121").await;
    let login = t.login("expert@SVC1").await;
    let person = expert(t, "SVC1", "expert@SVC1", valid_to).await;
    Service { officer, manager, expert: login, person }
}

/// The expert is chosen and the enterprise told.
async fn told(s: &Service) -> Value {
    let rows = s.officer.get(&format!("{LIST}?reason=alarm")).await.ok();
    let visit = rows["items"][0].clone();
    let chosen = json!({"people": [s.person], "from": at(3_600_000), "to": at(DAY)});
    act(&s.officer, &visit, "assign", chosen).await;
    act(&s.expert, &visit, "accept", json!({})).await;
    let basis = "安责险事故预防服务（AQ 9010）";
    let body = json!({"matter": "液氯储罐液位预警现场核查", "legal_basis": [basis], "planned_end": at(DAY), "template": "chlor_alkali"});
    act(&s.expert, &visit, "announce", body).await
}

story!(a_level_one_alarm_asks_for_a_visit_once, PARTS.to_vec(), |t| {
    let s = service(t, "2027-12-31").await;
    let cause = alarm(t, 1).await;
    alarm(t, 1).await;
    alarm(t, 2).await;
    let rows = s.officer.get(LIST).await.ok();
    assert_eq!((&rows["total"], &rows["items"][0]["priority"]), (&json!(1), &json!(1)));
    let visit = s.officer.get(&path(&rows["items"][0])).await.ok();
    assert_eq!(visit["source_event"], json!(cause));
    assert!(visit["reason"].as_str().unwrap().contains("LT-101"));
    assert_eq!(visit["skills"], json!(["chemical_process"]));
    assert_eq!(visit["deadline"], json!(at(48 * 3_600_000)));
    assert_eq!(acts(&visit), ["assign", "withdraw"]);
    let asked = serde_json::from_value(visit["requested_event"].clone()).unwrap();
    let why = platform::timeline::with_causes(&t.ctx(), asked).await.unwrap();
    assert!(why.items.iter().any(|e| e.kind == "iot.alarm.raised"));
});

story!(an_expert_sees_what_the_visit_needs_and_afterwards_only_the_record, PARTS.to_vec(), |t| {
    let s = service(t, "2027-12-31").await;
    alarm(t, 1).await;
    assert_eq!(s.expert.get(LIST).await.ok()["total"], 0);
    assert_eq!(opened(t, "SVC1").await, [""; 0]);
    let visit = told(&s).await;
    assert_eq!(opened(t, "SVC1").await, ["alarm", "enterprise", "hazard", "visit"]);
    assert_eq!(s.expert.get(&path(&visit)).await.ok()["acts"], json!(["enter"]));
    let inside = act(&s.expert, &visit, "enter", json!({"code": code("E001")})).await;
    answer_all(&s.expert, &inside, "c07").await;
    let visit = act(&s.expert, &visit, "leave", json!({})).await;
    act(&s.expert, &visit, "sign", json!({"record": visit["record"]})).await;
    act(&s.manager, &visit, "sign", json!({"record": visit["record"]})).await;
    assert_eq!(s.expert.get(&path(&visit)).await.ok()["state"], "signed", "its own past visit stays visible");
    assert_eq!(opened(t, "SVC1").await, ["visit"], "summary, hazards and alarm are closed with the record");
    t.run_jobs().await;
    assert!(t.kinds(&subject(&visit)).await.contains(&"check.record.signed".to_owned()));
});

story!(at_the_door_a_conflict_and_an_expired_certificate_are_refused, PARTS.to_vec(), |t| {
    let mut s = service(t, "2026-11-24").await;
    alarm(t, 1).await;
    let visit = told(&s).await;
    // The certificate runs out the day before they come.
    t.forward(2 * DAY).await;
    s.expert = t.login("expert@SVC1").await;
    s.officer = t.login("officer@GOV990121").await;
    let expired = refused(&s.expert, &visit, "enter", json!({"code": code("E001")}), 422).await;
    assert!(expired["title"].as_str().unwrap().contains("不能入企") && expired["clause"].is_string(), "{expired}");
    assert_eq!(s.officer.get(&path(&visit)).await.ok()["state"], "announced");
});

story!(a_conflict_declared_after_the_choice_stops_the_entry, PARTS.to_vec(), |t| {
    let s = service(t, "2027-12-31").await;
    alarm(t, 1).await;
    let visit = told(&s).await;
    let conflict = json!({"enterprise": "E001", "kind": "relative"});
    s.expert.post(&format!("/api/v1/experts/{}/conflicts", s.person), &conflict).await.ok();
    t.run_jobs().await;
    assert!(t.kinds(&subject(&visit)).await.contains(&"visit.conflict_found".to_owned()));
    let stopped = refused(&s.expert, &visit, "enter", json!({"code": code("E001")}), 422).await;
    assert!(stopped["title"].as_str().unwrap().contains("回避"), "{stopped}");
    act(&s.officer, &visit, "withdraw", json!({"reason": "人员须回避，重新申请"})).await;
    s.expert.get(&path(&visit)).await.ok();
    let again = s.officer.post(LIST, &form("E001", "prevention_service", "alarm")).await.ok();
    let found = s.officer.get(&format!("{}/candidates", path(&again))).await.ok();
    assert_eq!((&found["possible"], &found["rejected"][0]["code"]), (&json!([]), &json!("conflict")));
    let no = json!({"people": [s.person], "from": at(3_600_000), "to": at(DAY)});
    refused(&s.officer, &again, "assign", no, 422).await;
});

story!(an_insurer_asks_for_a_survey_and_follows_only_that, PARTS.to_vec(), |t| {
    let s = service(t, "2027-12-31").await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    let insurer = t.login("risk_service@INS1").await;
    let survey = form("E001", "insurer_survey", "plan");
    assert_eq!(insurer.post(LIST, &survey).await.problem(422)["errors"][0]["field"], "enterprise");
    consent(t, "INS1").await;
    insurer.post(LIST, &form("E001", "enforcement", "plan")).await.problem(403);
    let visit = insurer.post(LIST, &survey).await.ok();
    s.officer.post(LIST, &form("E001", "enforcement", "plan")).await.ok();
    assert_eq!(insurer.get(LIST).await.ok()["total"], 1, "the inspection is not theirs to see");
    let chosen = json!({"people": [s.person], "from": at(3_600_000), "to": at(DAY)});
    let assigned = act(&insurer, &visit, "assign", chosen).await;
    assert_eq!(assigned["org"], "SVC1");
    act(&s.expert, &visit, "decline", json!({"reason_code": "ill", "reason": "住院治疗"})).await;
});
