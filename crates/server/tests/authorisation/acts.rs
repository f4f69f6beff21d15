//! The acts of the parts about visits, hazards, experts, credit and insurance.
use crate::routes::{Route, act, get, post, put, reason};
use serde_json::json;

/// The library: people, papers, instruments, and what an enterprise says of a service.
pub fn experts() -> Vec<Route> {
    let form = json!({"person": "@spare_person", "skills": ["fire"]});
    let paper = json!({"kind": "cma", "number": "试探-1", "valid_to": "2027-06-30"});
    let meter = json!({"kind": "gas_detector", "serial": "试探-1", "calibrated_to": "2027-06-30"});
    vec![
        post("/experts", form),
        put("/experts/{id}", json!({"skills": ["fire"]})).of("expert"),
        post("/experts/{id}/conflicts", json!({"enterprise": "E001", "kind": "other"})).of("expert"),
        post("/instruments", meter),
        post("/service-orgs/{id}/qualifications", paper).of("service_org"),
        post("/services/{id}/confirm", json!({"satisfied": true})).of("service"),
    ]
}

/// Hazards. Each act needs the step before; the stories of the part take them.
pub fn hazards() -> Vec<Route> {
    let found = json!({"enterprise": "E001", "level": "general", "place": "试探部位", "text": "试探问题描述", "found_via": "report"});
    let order = json!({"owner_post": "试探岗位", "owner": "试探", "measure": "试探措施", "version": 1});
    vec![
        post("/hazards", found),
        post("/hazards/{id}/confirm", json!({"to": "general", "ground": "试探认定", "version": 1})).of("hazard"),
        post("/hazards/{id}/assign", order).of("hazard"),
        post(
            "/hazards/{id}/extension",
            json!({"working_days": 1, "reason": "试探理由", "interim_measure": "试探措施", "version": 1}),
        )
        .of("hazard"),
        post("/hazards/{id}/extension/decide", json!({"granted": true, "reason": "试探", "version": 1})).of("hazard"),
        post("/hazards/{id}/rectify", json!({"measure": "试探整改", "after": [], "version": 1})).of("hazard"),
        post("/hazards/{id}/verify", json!({"passed": true, "version": 1})).of("hazard"),
        post("/hazards/{id}/reopen", json!({"why": "试探理由", "version": 1})).of("hazard"),
        post("/hazards/{id}/list", json!({"level": "county", "due_on": "2026-12-20", "version": 1})).of("hazard"),
        post("/hazards/{id}/lift", json!({"opinion": "试探意见", "version": 1})).of("hazard"),
    ]
}

/// Visits. Most acts need the step before and the people who were chosen; the stories of the part take
/// them, so here they only show that nobody gets in from outside.
pub fn visits() -> Vec<Route> {
    let version = || json!({"version": 1});
    let visit = json!({"enterprise": "E001", "kind": "prevention_service", "reason_code": "alarm", "reason": "试探申请服务",
        "deadline": "2026-12-20T00:00:00.000Z"});
    let people = ["01900000-0000-7000-8000-000000000009"];
    let told = json!({"matter": "试探事项", "legal_basis": ["安责险事故预防服务（AQ 9010）"],
        "planned_end": "2026-12-20T00:00:00.000Z", "version": 1});
    vec![
        post("/visits", visit),
        post("/visits/{id}/assign", json!({"people": people, "from": "2026-12-01T00:00:00.000Z", "to": "2026-12-02T00:00:00.000Z", "version": 1})).of("visit"),
        post("/visits/{id}/accept", version()).of("visit"),
        post("/visits/{id}/decline", json!({"reason_code": "busy", "reason": "试探", "version": 1})).of("visit"),
        post("/visits/{id}/announce", told).of("visit"),
        post("/visits/{id}/enter", json!({"code": "https://x/q/enterprise/E001", "version": 1})).of("visit"),
        post("/visits/{id}/answers", json!({"item": "g01", "answer": "pass"})).of("visit"),
        post("/visits/{id}/leave", version()).of("visit"),
        post("/visits/{id}/sign", json!({"record": "0", "version": 1})).of("visit"),
        post("/visits/{id}/refusal", json!({"record": "0", "refusal": "试探拒绝签字", "version": 1})).of("visit"),
        post("/visits/{id}/evaluate", json!({"scores": {"conduct": 5, "useful": 5, "burden": 5}, "version": 1})).of("visit"),
        post("/visits/{id}/withdraw", json!({"reason": "试探撤回", "version": 1})).of("visit"),
    ]
}

pub fn credit() -> Vec<Route> {
    let fact = json!({"subject": "E001", "code": "penalty.general", "happened_at": "2026-11-01T00:00:00Z", "note": "试探文书"});
    let class =
        json!({"trade": "危险化学品", "scale": "small", "must_insure": true, "department": "应急管理", "risk": "red"});
    let dispute = json!({"ground_code": "wrong_fact", "ground": "试探异议", "evidence": ["@file"]});
    let adoption = json!({"table": "credit_grades", "edition": "示例-2026", "document": "试探文号"});
    vec![
        post("/credit-facts", fact),
        act("/credit-facts/{id}/confirm").of("credit_candidate"),
        post("/credit-facts/{id}/dismiss", reason()).of("credit_to_dismiss"),
        post("/credit-facts/{id}/objections", dispute).of("credit_fact"),
        post("/credit-objections/{id}/answer", json!({"upheld": false, "reason": "试探答复"})).of("credit_objection"),
        post("/credit-scores/{subject}/what-if", json!({})).of("enterprise"),
        post("/credit-ratings/{enterprise}/what-if", json!({})).of("enterprise"),
        post("/credit-ratings/{enterprise}/class", class).of("enterprise"),
        post("/credit-runs", json!({"from": "2026-11-01T00:00:00Z", "to": "2026-11-20T00:00:00Z"})),
        post("/credit-model", adoption),
    ]
}

/// Insurance. Those who may not come first, so each act finds its object as the world left it; a policy
/// ends last.
pub fn insurance() -> Vec<Route> {
    let groups = json!([{"name": "试探", "people": 40, "per_person_fen": 50_000_000}]);
    let asked = json!({"insurer": "INS1", "groups": groups, "cumulative_fen": 1_000_000_000, "medical_fen": 10_000_000,
        "from": "2028-12-01", "to": "2029-11-30"});
    let quote = json!({"policy_no": "试探-1", "scheme": "示例浮动2026", "base_fen": 1_000_000, "commission_bp": 100});
    let line = json!({"item": "training", "content": "试探培训", "due_on": "2028-01-10", "supplier": "SVC1", "amount_fen": 1_000});
    let answer = json!({"finding": "试探结论", "measures": "试探措施"});
    vec![
        get("/insurance-applications/{id}").of("application"),
        get("/insurance-policies/{id}").of("policy"),
        get("/insurance-policies/{id}/changes").of("policy"),
        get("/insurance-policies/{id}/basis").of("policy"),
        get("/insurance-policies/{id}/plan").of("policy"),
        get("/premium-adjustments/{id}").of("adjustment"),
        get("/prevention-plans/{id}").of("plan"),
        post("/insurance-duties/{enterprise}", json!({"sector": "危险化学品", "reason": "试探"})).of("enterprise"),
        post("/insurance-applications", asked),
        post("/insurance-applications/{id}/quote", quote).of("application"),
        post("/insurance-applications/{id}/accept", json!({})).of("application_quoted"),
        post("/insurance-applications/{id}/withdraw", reason()).of("application_to_withdraw"),
        post("/premium-adjustments/{id}/accept", json!({})).of("adjustment"),
        post("/premium-adjustments/{id}/decline", reason()).of("adjustment_to_decline"),
        post("/prevention-plans/{id}/agree", json!({})).of("plan_to_agree"),
        post("/prevention-plans/{id}/return", reason()).of("plan_to_return"),
        post("/prevention-lines/{id}/schedule", json!({"deadline": "2026-12-20T00:00:00.000Z"})).of("line"),
        post("/prevention-lines/{id}/confirm", json!({"satisfied": true})).of("line"),
        post("/prevention-lines/{id}/settle", json!({"amount_fen": 1_000})).of("line"),
        post("/prevention-lines/{id}/complain", json!({"text": "试探投诉"})).of("line"),
        post("/service-complaints/{id}/answer", answer).of("complaint"),
        post("/insurance-policies/{id}/plan", json!({"goals": "试探目标", "lines": [line]})).of("policy_without_plan"),
        post("/insurance-policies/{id}/end", json!({"reason": "production_stopped"})).of("policy_without_plan"),
    ]
}
