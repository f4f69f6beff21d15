//! What insurance keeps about an enterprise: applications, policies, premiums, plans, complaints.
use crate::world::{state, text};
use events::onsite::HazardVerified;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use testing::{Client, TestPlatform};
use uuid::Uuid;

/// Those who act, and the words by which a leak is known.
struct Parties<'a> {
    enterprise: Client,
    underwriter: Client,
    service: Client,
    insurer: &'a str,
    supplier: &'a str,
    canary: &'a str,
}

/// Periods one after another: three policies, and applications after them.
const PERIODS: [(&str, &str); 4] = [
    ("2026-12-01", "2027-05-31"),
    ("2027-06-01", "2027-10-31"),
    ("2027-11-01", "2028-03-31"),
    ("2028-04-01", "2028-11-30"),
];

impl Parties<'_> {
    async fn apply(&self, (from, to): (&str, &str)) -> String {
        let groups = json!([{"name": format!("{}全体人员", self.canary), "people": 40, "per_person_fen": 50_000_000}]);
        let form = json!({"insurer": self.insurer, "groups": groups, "cumulative_fen": 1_000_000_000,
            "medical_fen": 10_000_000, "from": from, "to": to});
        text(&self.enterprise.post("/api/v1/insurance-applications", &form).await.ok(), "id")
    }

    async fn quoted(&self, n: usize) -> String {
        let id = self.apply(PERIODS[n]).await;
        let form = json!({"policy_no": format!("{}-{n}", self.canary), "scheme": "示例浮动2026", "base_fen": 13_360_000,
            "declared": [], "commission_bp": 100});
        self.underwriter.post(&format!("/api/v1/insurance-applications/{id}/quote"), &form).await.ok();
        id
    }

    async fn bound(&self, n: usize) -> String {
        let id = self.quoted(n).await;
        let accept = format!("/api/v1/insurance-applications/{id}/accept");
        text(&self.enterprise.post(&accept, &json!({})).await.ok(), "policy")
    }

    async fn plan(&self, policy: &str, n: usize) -> Value {
        let line = json!({"item": "training", "content": format!("{}培训", self.canary), "due_on": PERIODS[n].0,
            "supplier": self.supplier, "amount_fen": 100_000});
        let form = json!({"goals": format!("{}无事故", self.canary), "lines": [line]});
        self.service.post(&format!("/api/v1/insurance-policies/{policy}/plan"), &form).await.ok()
    }

    /// The proposal that waits for a person.
    async fn adjustment(&self, policy: &str) -> String {
        text(&self.underwriter.get(&format!("/api/v1/insurance-policies/{policy}")).await.ok(), "proposal")
    }
}

/// A fix that somebody else verified: premiums follow it.
async fn fixed(t: &TestPlatform, id: &str, hazard: Uuid) {
    let payload = HazardVerified {
        hazard,
        passed: true,
        verifier: Uuid::from_u128(9),
        found_by: "GOV".into(),
        level: "general".into(),
        on_time: true,
        days_late: 0,
        sensor: None,
        note: None,
    };
    state(t, id, &format!("hazard/{hazard}"), &payload).await;
}

/// Insures one enterprise with one insurer.
pub async fn insure(t: &TestPlatform, id: &str, insurer: &str, canary: &str, ids: &mut BTreeMap<&'static str, String>) {
    let parties = Parties {
        enterprise: t.login(&format!("principal@{id}")).await,
        underwriter: t.login(&format!("underwriter@{insurer}")).await,
        service: t.login(&format!("risk_service@{insurer}")).await,
        insurer,
        supplier: if insurer == "INS1" { "SVC1" } else { insurer },
        canary,
    };
    let (first, second, third) = (parties.bound(0).await, parties.bound(1).await, parties.bound(2).await);
    let agreed = parties.plan(&first, 0).await;
    let plan = text(&agreed, "id");
    parties.enterprise.post(&format!("/api/v1/prevention-plans/{plan}/agree"), &json!({})).await.ok();
    let line = text(&agreed["lines"][0], "id");
    let complaint = json!({"text": format!("{canary}讲师迟到")});
    let complaint =
        parties.enterprise.post(&format!("/api/v1/prevention-lines/{line}/complain"), &complaint).await.ok();
    ids.insert("complaint", text(&complaint, "id"));
    ids.insert("line", line);
    ids.insert("plan", plan);
    ids.insert("plan_to_agree", text(&parties.plan(&second, 1).await, "id"));
    ids.insert("plan_to_return", text(&parties.plan(&third, 2).await, "id"));
    fixed(t, id, Uuid::from_u128(77)).await;
    ids.insert("adjustment", parties.adjustment(&first).await);
    ids.insert("adjustment_to_decline", parties.adjustment(&second).await);
    ids.insert("policy", first);
    ids.insert("policy_without_plan", third);
    ids.insert("application_quoted", parties.quoted(3).await);
    ids.insert("application", parties.apply(PERIODS[3]).await);
    ids.insert("application_to_withdraw", parties.apply(PERIODS[3]).await);
}
