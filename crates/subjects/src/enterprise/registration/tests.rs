//! Self-registration as a state machine: pending → accepted or rejected, once.
use crate::ALL;
use crate::enterprise::tests::{code, enterprise};
use serde_json::{Value, json};
use testing::{PASSWORD, TestPlatform, story};

fn filing(n: u32, username: &str) -> Value {
    json!({"name": format!("第{n}化工有限公司"), "uscc": code(n), "region": "990121110", "industry": "化工", "gbt4754": "2614",
        "contact_name": "王小安", "contact_phone": "13800000001", "username": username, "password": PASSWORD})
}

async fn file(t: &TestPlatform, n: u32, username: &str) -> String {
    let filed = t.anonymous().post("/api/v1/registrations", &filing(n, username)).await.ok();
    assert_eq!(filed["state"], "pending");
    filed["id"].as_str().unwrap().to_owned()
}

fn fields(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect()
}

story!(an_accepted_enterprise_signs_in_with_the_name_it_chose, ALL.to_vec(), |t| {
    let officer = t.as_inspector("990121").await;
    let id = file(t, 1, "jiahua").await;
    let told = officer.get("/api/v1/notifications").await.ok();
    assert!(told["items"][0]["title"].as_str().unwrap().contains("第1化工有限公司"), "{told}");
    let sign_in = json!({"username": "jiahua", "password": PASSWORD});
    t.anonymous().post("/api/v1/session", &sign_in).await.problem(401);
    let list = officer.get("/api/v1/registrations?state=pending").await.ok();
    assert_eq!((&list["items"][0]["id"], &list["items"][0]["contact_phone"]), (&json!(id), &json!("13800000001")));
    let accepted = officer.post(&format!("/api/v1/registrations/{id}/accept"), &json!({})).await.ok();
    let enterprise = accepted["enterprise"].as_str().unwrap();
    let own = t.anonymous().sign_in("jiahua", PASSWORD).await;
    let session = own.get("/api/v1/session").await.ok();
    let mut roles: Vec<&str> = session["roles"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    roles.sort_unstable();
    assert_eq!((roles, &session["org"]["id"]), (vec!["org_admin", "principal"], &json!(enterprise)));
    let file = own.get(&format!("/api/v1/enterprises/{enterprise}")).await.ok();
    assert_eq!(file["contact_phone"], "13800000001");
    assert_eq!(
        own.get(&format!("/api/v1/enterprises/{enterprise}/people")).await.ok()["items"][0]["post"],
        "主要负责人"
    );
    assert_eq!(t.kinds(&format!("registration/{id}")).await, ["ent.registration.filed", "ent.registration.decided"]);
    for kind in ["org.registered", "ent.enterprise.registered", "person.registered", "account.changed", "role.granted"]
    {
        let event = t.last_event(kind).await;
        let chain = platform::timeline::with_causes(&t.ctx(), event).await.unwrap();
        assert!(chain.items.iter().any(|e| e.kind == "ent.registration.decided"), "{kind}");
    }
    let state = t.anonymous().get(&format!("/api/v1/registrations/{id}")).await.ok();
    assert_eq!(state["state"], "accepted");
});

story!(a_registration_is_decided_once_and_by_its_own_county, ALL.to_vec(), |t| {
    let (mine, other) = (t.as_inspector("990121").await, t.as_inspector("990122").await);
    let id = file(t, 1, "jiahua").await;
    let (accept, reject) = (format!("/api/v1/registrations/{id}/accept"), format!("/api/v1/registrations/{id}/reject"));
    assert_eq!(other.get("/api/v1/registrations").await.ok()["total"], 0);
    other.post(&accept, &json!({})).await.problem(404);
    other.post(&reject, &json!({"reason": "x"})).await.problem(404);
    assert_eq!(fields(&mine.post(&reject, &json!({"reason": " "})).await.problem(422)), ["reason"]);
    mine.post(&reject, &json!({"reason": "名称与执照不符"})).await.ok();
    mine.post(&accept, &json!({})).await.problem(409);
    mine.post(&reject, &json!({"reason": "再退一次"})).await.problem(409);
    let state = t.anonymous().get(&format!("/api/v1/registrations/{id}")).await.ok();
    assert_eq!((&state["state"], &state["reason"]), (&json!("rejected"), &json!("名称与执照不符")));
    let again = file(t, 1, "jiahua").await;
    mine.post(&format!("/api/v1/registrations/{again}/accept"), &json!({})).await.ok();
    mine.post(&format!("/api/v1/registrations/{again}/accept"), &json!({})).await.problem(409);
});

story!(what_is_already_known_is_refused_with_a_way_out, ALL.to_vec(), |t| {
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    let stranger = t.anonymous();
    let known = stranger.post("/api/v1/registrations", &filing(1, "jiahua")).await.problem(422);
    assert_eq!(fields(&known), ["uscc"]);
    assert!(known["errors"][0]["message"].as_str().unwrap().contains("领取"), "{known}");
    file(t, 2, "yihua").await;
    assert_eq!(fields(&stranger.post("/api/v1/registrations", &filing(2, "other")).await.problem(422)), ["uscc"]);
    assert_eq!(fields(&stranger.post("/api/v1/registrations", &filing(3, "yihua")).await.problem(422)), ["username"]);
    let mut bad = filing(4, "a@b");
    bad["uscc"] = json!("91990121MA9000011X");
    bad["contact_phone"] = json!("1");
    bad["name"] = json!("");
    let bad = stranger.post("/api/v1/registrations", &bad).await.problem(422);
    assert_eq!(fields(&bad), ["name", "uscc", "contact_phone", "username"]);
    let mut weak = filing(4, "dinghua");
    weak["password"] = json!("12345678");
    assert_eq!(fields(&stranger.post("/api/v1/registrations", &weak).await.problem(422)), ["password"]);
});

story!(a_flood_from_one_address_is_refused, ALL.to_vec(), |t| {
    for n in 0..10 {
        file(t, n, &format!("user{n}")).await;
    }
    let flood = t.anonymous().post("/api/v1/registrations", &filing(11, "user11")).await.problem(422);
    assert_eq!(flood["clause"], "自主注册频率限制");
    t.forward(3_600_001).await;
    file(t, 11, "user11").await;
});
