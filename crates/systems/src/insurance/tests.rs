//! Stories of the insurance, through the HTTP router on both databases.
use super::PART;
use serde_json::{Value, json};
use testing::{Client, PASSWORD, TestPlatform, story};

const DAY: i64 = 86_400_000;

struct World {
    principal: Client,
    underwriter: Client,
}

async fn world(t: &TestPlatform) -> World {
    let _ = t.as_enterprise("E001").await;
    t.org(platform::Subject::Insurer, "INS4", "990121").await;
    t.org(platform::Subject::Insurer, "INS5", "990121").await;
    World { principal: t.login("principal@E001").await, underwriter: t.login("underwriter@INS4").await }
}

fn application() -> Value {
    json!({"insurer": "INS4", "groups": [{"name": "全体", "people": 318, "per_person_fen": 50_000_000}],
        "cumulative_fen": 1_000_000_000, "medical_fen": 10_000_000, "from": "2026-12-01", "to": "2027-11-30"})
}

fn quote(no: &str) -> Value {
    json!({"policy_no": no, "scheme": "示例浮动2026", "base_fen": 13_360_000, "declared": ["no_accident"], "commission_bp": 300})
}

fn at(object: &Value, list: &str, act: &str) -> String {
    format!("/api/v1/{list}/{}/{act}", object["id"].as_str().unwrap())
}

/// Applies, quotes and signs; answers the policy's path.
async fn bound(w: &World) -> String {
    let asked = w.principal.post("/api/v1/insurance-applications", &application()).await.ok();
    let quoted = w.underwriter.post(&at(&asked, "insurance-applications", "quote"), &quote("P-1")).await.ok();
    assert_eq!(quoted["priced"]["premium_fen"], 12_024_000);
    w.principal.post("/api/v1/session/confirm", &json!({"password": PASSWORD})).await.ok();
    let done = w.principal.post(&at(&asked, "insurance-applications", "accept"), &json!({})).await.ok();
    format!("/api/v1/insurance-policies/{}", done["policy"].as_str().unwrap())
}

story!(both_sides_sign_and_only_the_parties_see_the_policy, vec![&subjects::enterprise::PART, &PART], |t| {
    let w = world(t).await;
    let asked = w.principal.post("/api/v1/insurance-applications", &application()).await.ok();
    let accept = at(&asked, "insurance-applications", "accept");
    let mut dear = quote("P-0");
    dear["commission_bp"] = json!(501);
    let quote_at = at(&asked, "insurance-applications", "quote");
    let refused = w.underwriter.post(&quote_at, &dear).await.problem(422);
    assert!(refused["clause"].as_str().unwrap().contains("第十四条"), "{refused}");
    dear["commission_bp"] = json!(0);
    dear["declared"] = json!(["credit_a"]);
    assert_eq!(w.underwriter.post(&quote_at, &dear).await.problem(422)["errors"][0]["field"], "declared");
    // Signing in counts as a confirmation for five minutes.
    t.forward(6 * 60_000).await;
    w.principal.post(&accept, &json!({})).await.problem(422);
    w.principal.post("/api/v1/session/confirm", &json!({"password": PASSWORD})).await.ok();
    w.principal.post(&accept, &json!({})).await.problem(409);
    let policy = bound(&w).await;
    let rival = t.login("underwriter@INS5").await;
    let stranger = {
        let _ = t.as_enterprise("E002").await;
        t.login("principal@E002").await
    };
    let county = t.as_inspector("990121").await;
    let next = t.as_inspector("990122").await;
    for client in [&rival, &stranger, &next] {
        client.get(&policy).await.problem(404);
        assert_eq!(client.get("/api/v1/insurance-policies").await.ok()["total"], 0);
    }
    for client in [&w.principal, &w.underwriter, &county] {
        assert_eq!(client.get(&policy).await.ok()["premium_fen"], 12_024_000);
    }
    t.anonymous().get(&policy).await.problem(401);
    let end = format!("{policy}/end");
    let refused = w.underwriter.post(&end, &json!({"reason": "customer_asks"})).await.problem(422);
    assert!(refused["clause"].as_str().unwrap().contains("第十六条"), "{refused}");
    w.underwriter.post(&end, &json!({"reason": "production_stopped"})).await.ok();
    w.underwriter.post(&end, &json!({"reason": "production_stopped"})).await.problem(409);
});

story!(a_policy_ends_by_itself_after_its_last_day, vec![&subjects::enterprise::PART, &PART], |t| {
    let w = world(t).await;
    let policy = bound(&w).await;
    t.forward(400 * DAY).await;
    let county = t.as_inspector("990121").await;
    let seen = county.get(&policy).await.ok();
    assert_eq!((&seen["state"], &seen["ground"]), (&json!("ended"), &json!("expired")));
});
