//! S9: a wrong adverse fact is objected to and upheld; score, grade, supervision and premium are
//! exactly what they were, whether or not the premium had already followed the fact.
use crate::{BASE, accept_premium, county, insure, premium, text};
use serde_json::{Value, json};
use testing::{Client, TestPlatform, story};

const FACTS: &str = "/api/v1/credit-facts";
const RATING: &str = "/api/v1/credit-ratings/E001";

/// Records a fact from a document; two people where the catalogue asks for two.
async fn record(t: &TestPlatform, code: &str, second: bool) -> String {
    let officer = t.login("officer@GOV").await;
    let form =
        json!({"subject": "E001", "code": code, "happened_at": "2026-11-01T00:00:00Z", "note": "安应急〔2026〕7号"});
    let id = text(&officer.post(FACTS, &form).await.ok(), "id");
    if second {
        officer.post(&format!("{FACTS}/{id}/confirm"), &json!({})).await.problem(422);
        t.login("enforcer@GOV").await.post(&format!("{FACTS}/{id}/confirm"), &json!({})).await.ok();
    }
    t.run_jobs().await;
    id
}

async fn object(t: &TestPlatform, fact: &str) -> String {
    let manager = t.login("safety_manager@E001").await;
    let file = manager.upload("/api/v1/files", "证明.txt", b"another enterprise of the same name").await.ok();
    let form = json!({"ground_code": "wrong_person", "ground": "文书所指并非本企业", "evidence": [file["digest"]]});
    let told = manager.post(&format!("{FACTS}/{fact}/objections"), &form).await.ok();
    t.run_jobs().await;
    text(&told["objections"][0], "id")
}

/// What must be as it was.
async fn standing(client: &Client) -> Value {
    let seen = client.get(RATING).await.ok();
    let rating = &seen["rating"];
    json!([
        seen["score"],
        seen["low"],
        seen["high"],
        seen["contributions"],
        seen["supervision"],
        rating["grade"],
        rating["visits"],
        rating["guarded"],
        rating["notice_to"]
    ])
}

async fn upheld(t: &TestPlatform, accepted: bool) {
    county(t).await;
    record(t, "standardisation.1", false).await;
    let policy = insure(t).await;
    let manager = t.login("safety_manager@E001").await;
    let underwriter = t.login("underwriter@INS1").await;
    let (before, paid) = (standing(&manager).await, premium(&underwriter, &policy).await);
    assert_eq!((&before[0], &before[5], paid), (&json!(8_500), &json!("A"), BASE * 80 / 100));

    let wrong = record(t, "accident.death", true).await;
    let bad = standing(&manager).await;
    assert_eq!((&bad[0], &bad[5]), (&json!(6_000), &json!("C")));
    let open = underwriter.get(&policy).await.ok();
    assert!(open["proposal"].is_string(), "a worse grade proposes a dearer premium: {open}");
    if accepted {
        accept_premium(t, &underwriter, &policy).await;
        assert_eq!(premium(&underwriter, &policy).await, BASE * 95 / 100);
    }

    let objection = format!("/api/v1/credit-objections/{}/answer", object(t, &wrong).await);
    let answer = json!({"upheld": true, "reason": "经核实，事故单位为同名企业"});
    t.login("officer@GOV").await.post(&objection, &answer).await.problem(422);
    t.login("officer@GOV2").await.post(&objection, &answer).await.problem(404);
    let leader = t.login("leader@GOV").await;
    leader.post(&objection, &answer).await.ok();
    t.run_jobs().await;
    leader.post(&objection, &answer).await.problem(409);

    assert_eq!(standing(&manager).await, before);
    if accepted {
        accept_premium(t, &underwriter, &policy).await;
    }
    let after = underwriter.get(&policy).await.ok();
    assert_eq!((&after["premium_fen"], &after["proposal"]), (&json!(paid), &Value::Null), "{after}");
    assert_eq!(after["computed"]["premium_fen"], json!(paid), "{after}");
    let kind = if accepted { "ins.premium.adjusted" } else { "ins.premium.lapsed" };
    let last = t.last_event(kind).await;
    let why = leader.get(&format!("/api/v1/events/{last}")).await.ok();
    let kinds: Vec<String> = why["items"].as_array().unwrap().iter().map(|item| text(item, "kind")).collect();
    assert!(kinds.iter().any(|k| k == "credit.fact.corrected"), "{kind} because of the correction: {kinds:?}");
}

story!(a_premium_that_followed_a_wrong_fact_comes_back_to_the_fen, server::parts::all(), |t| {
    upheld(t, true).await;
});

story!(a_proposal_from_a_wrong_fact_lapses, server::parts::all(), |t| {
    upheld(t, false).await;
});
