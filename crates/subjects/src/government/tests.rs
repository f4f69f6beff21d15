//! Accounts, roles and keys by three administrators who cannot step into each other's place.
use crate::ALL;
use crate::enterprise::tests::enterprise;
use platform::Subject;
use serde_json::{Value, json};
use testing::{Client, TestPlatform, story};

const SEPARATION: &str = "GB/T 22239-2019 8.1.5 安全管理中心（三员分立）";

async fn id_of(client: &Client, username: &str) -> String {
    let list = client.get(&format!("/api/v1/users?q={username}")).await.ok();
    list["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{username} is not in {list}")).to_owned()
}

async fn open(t: &TestPlatform, by: &Client, username: &str, org: &str) -> (String, String) {
    let made = by.post("/api/v1/users", &json!({"username": username, "person": "新同事", "org": org})).await.ok();
    t.run_jobs().await;
    (made["id"].as_str().unwrap().to_owned(), made["password"].as_str().unwrap().to_owned())
}

story!(three_administrators_do_three_things, ALL.to_vec(), |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let sys = t.login("sys_admin@GOV").await;
    let sec = t.login("sec_admin@GOV").await;
    let auditor = t.login("auditor@GOV").await;
    let (id, password) = open(t, &sys, "zhang.san", "GOV").await;
    let first = t.anonymous().sign_in("zhang.san", &password).await;
    assert_eq!(first.get("/api/v1/enterprises").await.problem(422)["title"], "首次登录请先修改初始密码");
    let role = json!({"role": "officer"});
    for not_theirs in [&sys, &auditor] {
        not_theirs.post(&format!("/api/v1/users/{id}/roles"), &role).await.problem(403);
    }
    for not_theirs in [&sec, &auditor] {
        let body = json!({"username": "x.y.z", "person": "某人", "org": "GOV"});
        not_theirs.post("/api/v1/users", &body).await.problem(403);
        not_theirs.post(&format!("/api/v1/users/{id}/disable"), &json!({})).await.problem(403);
        not_theirs.post("/api/v1/keys", &json!({"name": "a", "scopes": [], "org": "GOV"})).await.problem(403);
    }
    for not_theirs in [&sys, &sec] {
        not_theirs.get("/api/v1/audit").await.problem(403);
    }
    assert!(sec.post(&format!("/api/v1/users/{id}/roles"), &role).await.status.is_success());
    let roles = auditor.get(&format!("/api/v1/users/{id}/roles")).await.ok();
    assert_eq!(roles[0]["name"], "监管员");
    let log = auditor.get("/api/v1/audit?kind=role.&from=2026-11-23&to=2026-11-23").await.ok();
    assert_eq!(
        (&log["items"][0]["title"], &log["items"][0]["actor"]["role"]),
        (&json!("授予角色"), &json!("安全管理员"))
    );
    assert_eq!(log["items"][0]["subject"], format!("account/{id}"));
    assert_eq!(auditor.get("/api/v1/audit?from=gestern").await.problem(422)["errors"][0]["field"], "from");
    assert!(sys.post(&format!("/api/v1/users/{id}/disable"), &json!({"reason": "调离"})).await.status.is_success());
    assert_eq!(sys.get("/api/v1/users?state=disabled").await.ok()["total"], 1);
    first.get("/api/v1/session").await.problem(401);
    let kinds = t.kinds(&format!("account/{id}")).await;
    assert_eq!(kinds, ["account.changed", "access.recorded", "role.granted", "account.changed"]);
});

story!(one_account_holds_one_of_the_three_and_nobody_serves_himself, ALL.to_vec(), |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let sys = t.login("sys_admin@GOV").await;
    let sec = t.login("sec_admin@GOV").await;
    t.login("auditor@GOV").await;
    let (sys_id, sec_id) = (id_of(&sys, "sys_admin").await, id_of(&sys, "sec_admin").await);
    let auditor_id = id_of(&sys, "auditor").await;
    let grant =
        async |id: &str, role: &str| sec.post(&format!("/api/v1/users/{id}/roles"), &json!({"role": role})).await;
    assert_eq!(grant(&sec_id, "officer").await.problem(422)["clause"], SEPARATION);
    for (id, role) in [(&sys_id, "sec_admin"), (&sys_id, "auditor"), (&auditor_id, "sys_admin")] {
        assert_eq!(grant(id, role).await.problem(422)["clause"], SEPARATION, "{role}");
    }
    assert_eq!(grant(&auditor_id, "principal").await.problem(422)["errors"][0]["field"], "role");
    for id in [&sec_id, &auditor_id] {
        let reset = sys.post(&format!("/api/v1/users/{id}/reset-password"), &json!({})).await.problem(422);
        assert_eq!(reset["clause"], SEPARATION);
    }
    sys.post(&format!("/api/v1/users/{sys_id}/disable"), &json!({})).await.problem(422);
    sec.delete(&format!("/api/v1/users/{sec_id}/roles/sec_admin")).await.problem(422);
    let (id, _) = open(t, &sys, "zhang.san", "GOV").await;
    let past = json!({"role": "officer", "until": "2020-01-01T00:00:00Z"});
    let past = sec.post(&format!("/api/v1/users/{id}/roles"), &past).await.problem(422);
    assert_eq!(past["errors"][0]["field"], "until");
    let new = sys.post(&format!("/api/v1/users/{id}/reset-password"), &json!({})).await.ok();
    t.anonymous().sign_in("zhang.san", new["password"].as_str().unwrap()).await;
    let known = sys.post("/api/v1/users", &json!({"username": "zhang.san", "person": "别人", "org": "GOV"})).await;
    assert_eq!(known.problem(422)["errors"][0]["field"], "username");
});

story!(administrators_stay_inside_their_area_and_organisation, ALL.to_vec(), |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    t.org(Subject::Government, "OTHER", "990122").await;
    t.org(Subject::Insurer, "INS1", "990121").await;
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    enterprise(t, "E2", 2, "乙化工有限公司", "990121110").await;
    let (mine, other) = (t.login("sys_admin@GOV").await, t.login("sys_admin@OTHER").await);
    let own_admin = t.login("org_admin@E1").await;
    let worker = t.login("worker@E2").await;
    let worker_id = id_of(&mine, "worker@E2").await;
    other.post(&format!("/api/v1/users/{worker_id}/disable"), &json!({})).await.problem(404);
    own_admin.post(&format!("/api/v1/users/{worker_id}/disable"), &json!({})).await.problem(404);
    worker.get("/api/v1/users").await.problem(403);
    let names = |list: Value| -> Vec<String> {
        list["items"].as_array().unwrap().iter().map(|u| u["username"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(own_admin.get("/api/v1/users").await.ok()), ["org_admin@E1"]);
    assert_eq!(names(other.get("/api/v1/users").await.ok()), ["sys_admin@OTHER"]);
    let (id, _) = open(t, &own_admin, "li.si", "E1").await;
    assert!(
        own_admin.post(&format!("/api/v1/users/{id}/roles"), &json!({"role": "team_leader"})).await.status.is_success()
    );
    own_admin.post(&format!("/api/v1/users/{id}/roles"), &json!({"role": "officer"})).await.problem(422);
    let own_id = id_of(&own_admin, "org_admin").await;
    own_admin.post(&format!("/api/v1/users/{own_id}/roles"), &json!({"role": "principal"})).await.problem(422);
    let outside = json!({"username": "wang.wu", "person": "王五", "org": "E2"});
    assert_eq!(own_admin.post("/api/v1/users", &outside).await.problem(422)["errors"][0]["field"], "org");
    let orgs = own_admin.get("/api/v1/orgs").await.ok();
    let seen: Vec<&str> = orgs["items"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap()).collect();
    assert_eq!(seen, ["E1", "INS1"]);
});

story!(organisations_are_registered_inside_the_area, ALL.to_vec(), |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let sys = t.login("sys_admin@GOV").await;
    let bureau = json!({"id": "HOUSING", "subject": "government", "name": "住房和城乡建设局", "region": "990121", "sectors": ["建设"]});
    assert_eq!(sys.post("/api/v1/orgs", &bureau).await.ok()["sectors"], json!(["建设"]));
    sys.post("/api/v1/orgs", &bureau).await.problem(409);
    for (field, value) in [
        ("region", "990122"),
        ("region", "9901"),
        ("uscc", "91990121MA9000011X"),
        ("id", "lower case"),
        ("subject", "enterprise"),
    ] {
        let mut wrong = bureau.clone();
        wrong[field] = json!(value);
        assert_eq!(sys.post("/api/v1/orgs", &wrong).await.problem(422)["errors"][0]["field"], field, "{field} {value}");
    }
    t.login("officer@GOV").await.post("/api/v1/orgs", &bureau).await.problem(403);
    assert_eq!(t.kinds("org/HOUSING").await, ["org.registered"]);
});

story!(a_key_does_what_its_scopes_say_until_it_is_revoked, ALL.to_vec(), |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    let sys = t.login("sys_admin@GOV").await;
    let scopes = sys.get("/api/v1/keys/scopes?org=E1").await.ok();
    let words: Vec<&str> = scopes.as_array().unwrap().iter().map(|s| s["scope"].as_str().unwrap()).collect();
    assert!(
        words.contains(&"enterprise:view") && !words.iter().any(|w| w.contains("manage") || w.contains("consent")),
        "{words:?}"
    );
    let wish = |scopes: Value| json!({"name": "省平台对接", "scopes": scopes, "org": "E1"});
    for wrong in [json!([]), json!(["enterprise:merge"]), json!(["government:manage_roles"])] {
        assert_eq!(sys.post("/api/v1/keys", &wish(wrong)).await.problem(422)["errors"][0]["field"], "scopes");
    }
    let issued = sys.post("/api/v1/keys", &wish(json!(["enterprise:view"]))).await.ok();
    let machine = t.anonymous().with_key(issued["secret"].as_str().unwrap());
    assert_eq!(machine.get("/api/v1/enterprises").await.ok()["items"][0]["id"], "E1");
    machine.put("/api/v1/enterprises/E1/profile", &json!({})).await.problem(403);
    let list = sys.get("/api/v1/keys").await.ok();
    assert_eq!((&list["items"][0]["state"], &list["items"][0]["secret"]), (&json!("active"), &Value::Null));
    let id = issued["id"].as_str().unwrap();
    assert!(sys.post(&format!("/api/v1/keys/{id}/revoke"), &json!({"reason": "停用"})).await.status.is_success());
    machine.get("/api/v1/enterprises").await.problem(401);
    assert_eq!(t.kinds(&format!("key/{id}")).await, ["key.issued", "key.revoked"]);
});

story!(the_table_shown_is_the_table_enforced, ALL.to_vec(), |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let officer = t.login("officer@GOV").await;
    let table = officer.get("/api/v1/authorisation").await.ok();
    let rows = table["rows"].as_array().unwrap();
    let row = |part: &str, action: &str| {
        rows.iter().find(|r| r["part"] == part && r["action"] == action && r["subject"] == "government")
    };
    assert_eq!(row("enterprise", "merge").unwrap()["roles"], json!(["officer"]));
    assert_eq!(row("government", "manage_roles").unwrap()["roles"], json!(["sec_admin"]));
    enterprise(t, "E1", 1, "甲化工有限公司", "990121110").await;
    t.org(Subject::Government, "TOWN", "990121110").await;
    t.org(Subject::Government, "SIBLING", "990121111").await;
    let who = officer.get("/api/v1/authorisation/who?enterprise=E1").await.ok();
    let bodies: Vec<&str> = who["government"].as_array().unwrap().iter().map(|g| g["org"].as_str().unwrap()).collect();
    assert_eq!(bodies, ["GOV", "TOWN"]);
    officer.get("/api/v1/authorisation/who?enterprise=E9").await.problem(404);
});
