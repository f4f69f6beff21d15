//! Consents decide what insurers and service organisations see: nothing without one, exactly the
//! groups it names with one, nothing again after it.
use crate::ALL;
use crate::enterprise::tests::enterprise;
use platform::Subject;
use serde_json::json;
use testing::story;

story!(an_insurer_sees_what_an_enterprise_consented_to_and_no_more, ALL.to_vec(), |t| {
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    enterprise(t, "E2", 2, "乙化工有限公司", "990121110").await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    t.org(Subject::Insurer, "INS2", "990121").await;
    let (one, two) = (t.login("underwriter@INS1").await, t.login("underwriter@INS2").await);
    let nothing = ["/enterprises/E1", "/enterprises/E1/sites", "/enterprises/E1/people", "/enterprises/E1/consents"];
    for path in nothing {
        one.get(&format!("/api/v1{path}")).await.problem(404);
    }
    assert_eq!(one.get("/api/v1/enterprises").await.ok()["total"], 0);

    let principal = t.login("principal@E1").await;
    let consent =
        json!({"to": "INS1", "purpose": "underwriting", "fields": ["sites"], "until": "2026-12-31T00:00:00+08:00"});
    t.login("safety_manager@E1").await.post("/api/v1/enterprises/E1/consents", &consent).await.problem(403);
    principal.post("/api/v1/enterprises/E2/consents", &consent).await.problem(404);
    let id = principal.post("/api/v1/enterprises/E1/consents", &consent).await.ok()["id"].as_str().unwrap().to_owned();

    let list = one.get("/api/v1/enterprises").await.ok();
    assert_eq!((&list["total"], &list["items"][0]["id"]), (&json!(1), &json!("E1")));
    let file = one.get("/api/v1/enterprises/E1").await.ok();
    assert_eq!((&file["contact_phone"], &file["contact_name"]), (&json!(null), &json!(null)));
    assert_eq!(file["hidden"], json!(["contact_phone", "contact_name"]));
    one.get("/api/v1/enterprises/E1/sites").await.ok();
    one.get("/api/v1/enterprises/E1/people").await.problem(403);
    one.get("/api/v1/enterprises/E2").await.problem(404);
    two.get("/api/v1/enterprises/E1").await.problem(404);
    assert_eq!(one.get("/api/v1/timeline?enterprise=E1").await.ok()["items"], json!([]), "no event rides along");

    let account = platform::auth::find(t.app.db(), "underwriter@INS1").await.unwrap().unwrap();
    let actor = platform::auth::actor(t.app.db(), &account, t.app.source().now()).await.unwrap();
    let ctx = t.app.ctx(actor);
    let sections = (crate::enterprise::PART.sections)(ctx.clone(), "E1".to_owned()).await.unwrap();
    let text = serde_json::to_string(&sections).unwrap();
    assert!(text.contains("企业的授权不含“人员”") && text.contains("仅企业自己和监管部门可见"), "{text}");
    assert!(!text.contains("13800000001") && !text.contains("王小安"), "{text}");
    assert_eq!((crate::insurer::PART.cards)(ctx).await.unwrap()[0].value.as_deref(), Some("1"));

    let who = principal.get("/api/v1/authorisation/who?enterprise=E1").await.ok();
    assert_eq!(who["grants"].as_array().unwrap().len(), 2);
    assert_eq!((&who["grants"][0]["cause"], &who["grants"][0]["because"]), (&json!("授权同意"), &json!(id)));
    one.get("/api/v1/authorisation/who?enterprise=E1").await.problem(403);
    let shown = principal.get("/api/v1/enterprises/E1/consents").await.ok();
    assert_eq!(
        (&shown["items"][0]["state"], &shown["items"][0]["fields"]),
        (&json!("active"), &json!(["summary", "sites"]))
    );

    principal.post(&format!("/api/v1/enterprises/E1/consents/{id}/withdraw"), &json!({})).await;
    one.get("/api/v1/enterprises/E1").await.problem(404);
    assert_eq!(one.get("/api/v1/enterprises").await.ok()["total"], 0);
    let withdrawn = principal.post(&format!("/api/v1/enterprises/E1/consents/{id}/withdraw"), &json!({})).await;
    withdrawn.problem(404);
    let kinds = t.kinds("enterprise/E1").await;
    assert_eq!(kinds, ["ent.enterprise.registered", "consent.given", "consent.withdrawn"]);
});

story!(a_consent_ends_by_itself_on_its_day, ALL.to_vec(), |t| {
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    t.org(Subject::ServiceOrg, "SVC1", "990121").await;
    let expert = t.login("expert@SVC1").await;
    let principal = t.login("principal@E1").await;
    let url = "/api/v1/enterprises/E1/consents";
    let consent =
        json!({"to": "SVC1", "purpose": "evaluation", "fields": ["people"], "until": "2026-11-23T10:00:00+08:00"});
    principal.post(url, &consent).await.ok();
    assert_eq!(expert.get("/api/v1/enterprises/E1/people").await.ok()["total"], 0);
    t.forward(3_600_000).await;
    expert.get("/api/v1/enterprises/E1").await.problem(404);
    let wrong = json!({"to": "SVC1", "purpose": "fun", "fields": ["secrets"], "until": "2020-01-01T00:00:00Z"});
    let problem = principal.post(url, &wrong).await.problem(422);
    let fields: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["purpose", "fields", "until"]);
    let stranger = json!({"to": "GOV", "purpose": "evaluation", "fields": []});
    assert_eq!(principal.post(url, &stranger).await.problem(422)["errors"][0]["field"], "to");
});

story!(organisations_keep_their_own_file_and_people, ALL.to_vec(), |t| {
    t.org(Subject::ServiceOrg, "SVC1", "990121").await;
    t.org(Subject::ServiceOrg, "SVC2", "990121").await;
    t.org(Subject::Insurer, "INS1", "990122").await;
    let (admin, other) = (t.login("org_admin@SVC1").await, t.login("org_admin@SVC2").await);
    let person = json!({"name": "陈工", "phone": "13800000003", "specialities": ["化工工艺", "仪表"]});
    admin.post("/api/v1/service-orgs/SVC1/people", &person).await.ok();
    other.post("/api/v1/service-orgs/SVC1/people", &person).await.problem(404);
    t.login("expert@SVC1").await.post("/api/v1/service-orgs/SVC1/people", &person).await.problem(403);
    let people = admin.get("/api/v1/service-orgs/SVC1/people").await.ok();
    assert_eq!(people["items"][0]["specialities"], json!(["化工工艺", "仪表"]));
    assert_eq!(people["items"][0]["phone"], "13800000003");
    other.get("/api/v1/service-orgs/SVC1/people").await.problem(403);
    let file = other.get("/api/v1/service-orgs/SVC1").await.ok();
    assert_eq!((&file["name"], &file["people"]), (&json!("服务机构SVC1"), &json!(null)));
    other.get("/api/v1/insurers/SVC1").await.problem(404);
    let officer = t.as_inspector("990121").await;
    assert_eq!(officer.get("/api/v1/service-orgs/SVC1/people").await.ok()["items"][0]["phone"], "138****0003");
    officer.get("/api/v1/insurers/INS1/people").await.problem(403);
});
