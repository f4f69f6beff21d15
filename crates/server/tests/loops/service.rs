//! A service of the prevention plan: agreed, rendered by an expert of the library, confirmed by the
//! works, and only then paid from the insurer's ledger.
use crate::{DAY, HOUR, act, at, behind, carry_out, county, expert, insure, text};
use serde_json::json;
use testing::{Client, TestPlatform, story};

/// A plan of one line that both sides agreed: path of the line.
async fn agreed(t: &TestPlatform, insurer: &Client, policy: &str) -> String {
    let line = json!({"item": "screening", "content": "液氯储罐区专家排查", "due_on": "2026-12-01", "supplier": "SVC1",
        "amount_fen": 100_000});
    let form = json!({"goals": "全年无泄漏事故", "lines": [line]});
    let plan = insurer.post(&format!("{policy}/plan"), &form).await.ok();
    let agree = format!("/api/v1/prevention-plans/{}/agree", text(&plan, "id"));
    t.login("principal@E001").await.post(&agree, &json!({})).await.ok();
    t.run_jobs().await;
    format!("/api/v1/prevention-lines/{}", text(&plan["lines"][0], "id"))
}

story!(a_service_is_paid_when_it_was_rendered_signed_and_confirmed, server::parts::all(), |t| {
    county(t).await;
    let (expert, person) = expert(t, "SVC1", "chlor_alkali").await;
    let policy = insure(t).await;
    let insurer = t.login("risk_service@INS1").await;
    let finance = t.login("finance@INS1").await;
    let manager = t.login("safety_manager@E001").await;
    let line = agreed(t, &insurer, &policy).await;
    let pay = json!({"amount_fen": 100_000, "voucher": "JZ-1"});
    finance.post(&format!("{line}/settle"), &pay).await.problem(422);

    let wanted = json!({"deadline": at(5 * DAY), "skills": ["chlor_alkali"]});
    let visit = text(&insurer.post(&format!("{line}/schedule"), &wanted).await.ok(), "visit");
    t.run_jobs().await;
    let path = format!("/api/v1/visits/{visit}");
    act(t, &insurer, &path, "assign", json!({"people": [person], "from": at(HOUR), "to": at(DAY)})).await;
    act(t, &expert, &path, "accept", json!({})).await;
    let told = json!({"matter": "液氯储罐区专家排查", "legal_basis": ["安责险事故预防服务（AQ 9010）"],
        "planned_end": at(DAY), "template": "chlor_alkali"});
    act(t, &expert, &path, "announce", told).await;
    carry_out(t, (&expert, &manager), &path, &[]).await;
    finance.post(&format!("{line}/settle"), &pay).await.problem(422);

    manager.post(&format!("/api/v1/services/{visit}/confirm"), &json!({"satisfied": true})).await.ok();
    t.run_jobs().await;
    finance.post(&format!("{line}/settle"), &json!({"amount_fen": 100_001})).await.problem(422);
    let paid = finance.post(&format!("{line}/settle"), &pay).await.ok();
    assert_eq!(paid["visit"], json!(visit), "{paid}");
    let again = finance.post(&format!("{line}/settle"), &pay).await.status;
    assert!(again == 409 || again == 422, "not paid twice: {again}");
    let settled = t.last_event("svc.fee.settled").await.to_string();
    let (kinds, _) = behind(&t.login("officer@GOV").await, &settled).await;
    for kind in ["svc.plan.agreed", "visit.left", "check.record.signed", "svc.report.confirmed", "ins.policy.bound"] {
        assert!(kinds.iter().any(|k| k == kind), "no {kind} in {kinds:?}");
    }
    t.login("finance@INS2").await.post(&format!("{line}/settle"), &pay).await.problem(404);
});
