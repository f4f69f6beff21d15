//! Two worlds that must not meet: an enterprise in a town of 岚江县 and one in another province, each
//! with everything the parts know, every text of theirs carrying a canary; neighbours whose region
//! codes differ in the last digit; insurers and service organisations with and without a grant.
use crate::insured;
use base64::Engine as _;
use events::onsite::{VisitAssigned, VisitLeft};
use platform::{Role, Subject};
use serde_json::{Value, json};
use standards::codes::Uscc;
use std::cell::Cell;
use std::collections::BTreeMap;
use subjects::enterprise::{EnterpriseForm, NewEnterprise, Origin, register_many};
use testing::{Client, TestPlatform};

/// Somebody who calls.
pub struct Someone {
    pub name: String,
    pub role: Option<Role>,
    pub org: String,
    pub client: Client,
}

/// What belongs to one enterprise.
pub struct Target {
    /// Text that only those in its scope may receive.
    pub canary: &'static str,
    /// Organisations in whose scope it is.
    pub scope: &'static [&'static str],
    /// Ids by what they are of.
    pub ids: BTreeMap<&'static str, String>,
}

pub struct World {
    pub actors: Vec<Someone>,
    pub targets: Vec<Target>,
    /// Authorisation header of the first target's gateway.
    pub device: String,
}

/// Organisations: 130110 and 130111, 990121110 and 990121111 are siblings, not one inside the other.
const GOVERNMENTS: [(&str, &str); 5] = [
    ("GOV", "990121"),
    ("GOV990121110", "990121110"),
    ("GOV990121111", "990121111"),
    ("GOV130110", "130110"),
    ("GOV130111", "130111"),
];
const ENTERPRISES: [(&str, &str, &str); 4] = [
    ("E001", "990121110", "金丝雀甲"),
    ("E002", "990121111", "金丝雀乙"),
    ("E003", "130110", "金丝雀丙"),
    ("E004", "130111", "金丝雀丁"),
];
const OTHERS: [(Subject, &str); 6] = [
    (Subject::Insurer, "INS1"),
    (Subject::Insurer, "INS2"),
    (Subject::Insurer, "INS3"),
    (Subject::ServiceOrg, "SVC1"),
    (Subject::ServiceOrg, "SVC2"),
    (Subject::ServiceOrg, "SVC3"),
];

fn code(n: usize) -> String {
    let body = format!("91990121{n:09}");
    "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(|c| format!("{body}{c}")).find(|c| Uscc::parse(c).is_ok()).unwrap()
}

/// A registration form, valid each time it is asked for.
pub fn enterprise_form(n: usize, name: &str, region: &str) -> Value {
    json!({"name": name, "uscc": code(n), "region": region, "gbt4754": "2614", "employees": 40,
        "contact_name": format!("{name}联系人"), "contact_phone": "13800000001", "lon": 118.6, "lat": 27.3})
}

/// A filing for self-registration.
pub fn registration_form(n: usize, name: &str, region: &str) -> Value {
    json!({"name": format!("{name}新厂"), "uscc": code(n), "region": region, "contact_name": format!("{name}人"),
        "contact_phone": "13800000003", "username": format!("new.user{n}"), "password": testing::PASSWORD})
}

pub async fn build(t: &TestPlatform) -> World {
    for (id, region) in GOVERNMENTS {
        t.org(Subject::Government, id, region).await;
    }
    for (subject, id) in OTHERS {
        t.org(subject, id, "990121").await;
    }
    let mut all = vec![];
    for (n, (id, region, canary)) in ENTERPRISES.iter().enumerate() {
        all.push((*id, enterprise_form(n + 1, &format!("{canary}化工厂"), region)));
    }
    for (n, id) in ["E901", "E902"].iter().enumerate() {
        all.push((*id, enterprise_form(n + 11, "待合并的厂", "990121110")));
    }
    let new = |(id, form): (&str, Value)| {
        let form: EnterpriseForm = serde_json::from_value(form).unwrap();
        NewEnterprise { id: Some(id.to_owned()), profile: form.check(None).unwrap(), origin: Origin::Form }
    };
    register_many(&t.ctx(), all.into_iter().map(new).collect()).await.unwrap();
    t.run_jobs().await;
    let actors = actors(t).await;
    let (first, device) = target(t, "E001", "GOV", "金丝雀甲", &["GOV", "GOV990121110", "E001", "INS1", "SVC1"]).await;
    let (second, _) = target(t, "E003", "GOV130110", "金丝雀丙", &["GOV130110", "E003"]).await;
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    World { actors, targets: vec![first, second], device }
}

async fn actors(t: &TestPlatform) -> Vec<Someone> {
    let mut actors = vec![];
    let orgs = GOVERNMENTS.iter().map(|(id, _)| (Subject::Government, *id));
    let orgs = orgs.chain(ENTERPRISES.iter().map(|(id, ..)| (Subject::Enterprise, *id)));
    let orgs: Vec<_> = orgs.chain(OTHERS.into_iter().filter(|(_, id)| !id.ends_with('3'))).collect();
    for (subject, org) in orgs {
        for role in Role::ALL.iter().filter(|r| r.subject() == subject) {
            let name = format!("{}@{org}", role.code());
            let client = t.login(&name).await;
            actors.push(Someone { name, role: Some(*role), org: org.to_owned(), client });
        }
    }
    actors.push(Someone { name: "未登录".into(), role: None, org: String::new(), client: t.anonymous() });
    actors
}

/// The text at a key of an answer.
pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

async fn target(
    t: &TestPlatform,
    id: &'static str,
    county: &str,
    canary: &'static str,
    scope: &'static [&'static str],
) -> (Target, String) {
    let mut ids = BTreeMap::from([("enterprise", id.to_owned())]);
    let manager = t.login(&format!("safety_manager@{id}")).await;
    let principal = t.login(&format!("principal@{id}")).await;
    register(t, id, canary, &manager, &principal, &mut ids).await;
    let device = supervise(t, id, canary, &manager, &mut ids).await;
    govern(t, id, county, canary, &mut ids).await;
    credit(t, id, county, canary, &manager, &mut ids).await;
    // Nobody of INS3 and SVC3 calls, so their customer stands for the customers of others.
    let insurer = if id == "E001" { "INS1" } else { "INS3" };
    let supplier = if id == "E001" { "SVC1" } else { "SVC3" };
    experts(t, supplier, &mut ids).await;
    serve(t, id, supplier, &mut ids).await;
    insured::insure(t, id, insurer, canary, &mut ids).await;
    (Target { canary, scope, ids }, device)
}

/// Sites, people, consents, files and imports.
async fn register(
    t: &TestPlatform,
    id: &str,
    canary: &str,
    manager: &Client,
    principal: &Client,
    ids: &mut BTreeMap<&'static str, String>,
) {
    let path = |rest: &str| format!("/api/v1/enterprises/{id}/{rest}");
    let region = platform::auth::Org::find(t.app.db(), id).await.unwrap().unwrap().region;
    let site = json!({"name": format!("{canary}一厂区"), "address": format!("{canary}路1号"), "region": region});
    ids.insert("site", text(&manager.post(&path("sites"), &site).await.ok(), "id"));
    let person = json!({"name": format!("{canary}员工"), "phone": "13900000002", "post": "worker"});
    manager.post(&path("people"), &person).await.ok();
    let all = json!(["summary", "sites", "people", "hazard_sources", "alarms", "telemetry", "credit"]);
    for (to, fields, key) in
        [("INS1", all.clone(), None), ("SVC1", all, None), ("INS3", json!(["summary"]), Some("consent"))]
    {
        if id == "E003" && key.is_none() {
            continue;
        }
        let purpose = if to == "SVC1" { "evaluation" } else { "underwriting" };
        let given =
            principal.post(&path("consents"), &json!({"to": to, "purpose": purpose, "fields": fields})).await.ok();
        if let Some(key) = key {
            ids.insert(key, text(&given, "id"));
        }
    }
    let file =
        manager.upload("/api/v1/files", &format!("{canary}.png"), format!("\u{89}PNG {canary}").as_bytes()).await.ok();
    ids.insert("file", text(&file, "digest"));
    let sheet = format!(
        "位号,名称,企业编号,参数,单位,采样周期秒,高报\n{id}-new,{canary}压力,{id},pressure,MPa,30,1.2\n{id}-bad,{canary}温度,{id},t,C,很快,\n"
    );
    let run = manager.upload("/api/v1/imports/sensors", "测点.csv", sheet.as_bytes()).await.ok();
    ids.insert("run", text(&run, "id"));
}

/// A gateway that reports.
struct Gateway {
    header: String,
    seq: Cell<i64>,
}

impl Gateway {
    async fn send(&self, t: &TestPlatform, values: Value) {
        let seq = self.seq.replace(self.seq.get() + 1);
        let reading = json!({"seq": seq, "ts": t.app.source().now().0, "boot": "b1", "values": values}).to_string();
        let body = Some(("application/x-ndjson", reading.into_bytes()));
        let path = "/api/v1/telemetry";
        t.anonymous().send(axum::http::Method::POST, path, body, &[("authorization", &self.header)]).await.ok();
        lines::online::Pipeline::of(&t.app).unwrap().settle().await;
    }
}

/// Devices and tags with limits 5, 10, 80 and 85.
async fn connect(manager: &Client, id: &str, canary: &str) -> Gateway {
    let device = format!("{id}-GW1");
    let form = json!({"id": device, "name": format!("{canary}网关"), "enterprise": id});
    let key = text(&manager.post("/api/v1/devices", &form).await.ok(), "password");
    let spare = json!({"id": format!("{id}-GW2"), "name": format!("{canary}备用网关"), "enterprise": id});
    manager.post("/api/v1/devices", &spare).await.ok();
    for tag in ["level", "ready", "free", "reject"] {
        let form = json!({
            "tag": format!("{id}-{tag}"), "name": format!("{canary}液位"), "enterprise": id, "device": device, "metric": "level",
            "unit": "%", "sample_s": 30, "consequence": 1, "limits": {"ll": 5, "l": 10, "h": 80, "hh": 85, "dead_band": 1},
        });
        manager.post("/api/v1/tags", &form).await.ok();
    }
    let header = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("{device}:{key}")));
    Gateway { header, seq: Cell::new(1) }
}

async fn alarm_of(manager: &Client, tag: &str) -> String {
    text(&manager.get(&format!("/api/v1/alarms?tag={tag}")).await.ok()["items"][0], "id")
}

/// Devices, tags, limits, alarms and a hazard source.
async fn supervise(
    t: &TestPlatform,
    id: &str,
    canary: &str,
    manager: &Client,
    ids: &mut BTreeMap<&'static str, String>,
) -> String {
    let gateway = connect(manager, id, canary).await;
    let (tag, ready) = (format!("{id}-level"), format!("{id}-ready"));
    gateway.send(t, json!({tag.as_str(): 95, ready.as_str(): 95})).await;
    ids.insert("alarm", alarm_of(manager, &tag).await);
    // A second alarm has come as far as it can before somebody clears it.
    let alarm = alarm_of(manager, &ready).await;
    manager.post(&format!("/api/v1/alarms/{alarm}/acknowledge"), &json!({})).await.ok();
    let told =
        json!({"cause_code": "instrument", "text": format!("{canary}仪表校验"), "measure": format!("{canary}已复核")});
    manager.post(&format!("/api/v1/alarms/{alarm}/explain"), &told).await.ok();
    t.app.source().forward(60_000);
    gateway.send(t, json!({ready.as_str(): 50})).await;
    ids.insert("alarm_to_clear", alarm);
    for (tag, key) in [("level", "limit_change"), ("reject", "change_to_reject")] {
        let change = json!({"ll": 5, "l": 10, "h": 82, "hh": 86, "dead_band": 1, "reason": format!("{canary}改造")});
        let change = manager.post(&format!("/api/v1/tags/{id}-{tag}/limit-changes"), &change).await.ok();
        ids.insert(key, text(&change, "id"));
    }
    let source = json!({"name": format!("{canary}罐区"), "population_500m": 10, "units": [
        {"name": format!("{canary}单元"), "kind": "储罐区", "chemicals": [{"name": "液氯", "q_t": "90"}], "tags": [tag]}]});
    let source = manager.post("/api/v1/hazard-sources", &source).await.ok();
    ids.insert("hazard_source", text(&source, "id"));
    ids.insert("device", format!("{id}-GW2"));
    ids.insert("free_tag", format!("{id}-free"));
    ids.insert("tag", tag);
    gateway.header
}

/// Facts of credit: a recorded one, a serious one that waits, a disputed one, and a grading.
async fn credit(
    t: &TestPlatform,
    id: &str,
    county: &str,
    canary: &str,
    manager: &Client,
    ids: &mut BTreeMap<&'static str, String>,
) {
    let officer = t.login(&format!("officer@{county}")).await;
    let facts = [
        ("credit_fact", "penalty.general"),
        ("credit_candidate", "penalty.serious"),
        ("credit_to_dismiss", "penalty.serious"),
        ("disputed", "penalty.general"),
    ];
    for (key, code) in facts {
        let form = json!({"subject": id, "code": code, "happened_at": "2026-11-01T00:00:00Z", "note": format!("{canary}处罚决定")});
        let fact = text(&officer.post("/api/v1/credit-facts", &form).await.ok(), "id");
        if key == "disputed" {
            let digest = ids.get("file").cloned().unwrap_or_default();
            let form = json!({"ground_code": "wrong_fact", "ground": format!("{canary}不符"), "evidence": [digest]});
            let told = manager.post(&format!("/api/v1/credit-facts/{fact}/objections"), &form).await.ok();
            ids.insert("credit_objection", text(&told["objections"][0], "id"));
        } else {
            ids.insert(key, fact);
        }
    }
    t.run_jobs().await;
    let run = json!({"from": "2026-11-01T00:00:00Z", "to": t.ctx().now().iso()});
    ids.insert("credit_run", text(&officer.post("/api/v1/credit-runs", &run).await.ok(), "id"));
}

/// Two people of a service organisation, of whom the first is in the library.
async fn experts(t: &TestPlatform, org: &str, ids: &mut BTreeMap<&'static str, String>) {
    let admin = t.login(&format!("org_admin@{org}")).await;
    let people = format!("/api/v1/service-orgs/{org}/people");
    for (key, name) in [("expert", "入库专家"), ("spare_person", "未入库人员")] {
        let person = json!({"name": name, "phone": "13700000001"});
        ids.insert(key, text(&admin.post(&people, &person).await.ok(), "id"));
    }
    let form = json!({"person": ids["expert"], "skills": ["fire"]});
    ids.insert("expert", text(&admin.post("/api/v1/experts", &form).await.ok(), "id"));
}

/// States an event about an enterprise, as the part that owns it would.
pub async fn state<P: events::Payload>(t: &TestPlatform, enterprise: &str, subject: &str, payload: &P) {
    let ctx = t.ctx();
    let org = platform::auth::Org::find(ctx.db(), enterprise).await.unwrap().unwrap();
    let event = ctx.event(payload, subject, &org.placed()).unwrap();
    ctx.commit(ctx.begin().await.unwrap(), event, vec![]).await.unwrap();
    t.run_jobs().await;
}

/// A service that the people have left, so that the enterprise may say how it was.
async fn serve(t: &TestPlatform, id: &str, org: &str, ids: &mut BTreeMap<&'static str, String>) {
    let visit = uuid::Uuid::from_u128(if id == "E001" { 41 } else { 43 });
    let now = t.app.source().now().0;
    let assigned = VisitAssigned {
        visit,
        org: org.into(),
        people: vec![ids["expert"].parse().unwrap()],
        from: now,
        to: now + 3_600_000,
        chosen_score: 1.0,
        score_parts: BTreeMap::new(),
        rejected: vec![],
    };
    let subject = format!("visit/{visit}");
    state(t, id, &subject, &assigned).await;
    state(t, id, &subject, &VisitLeft { visit, minutes: 60 }).await;
    ids.insert("service", visit.to_string());
}

/// What government and administrators keep about it.
async fn govern(t: &TestPlatform, id: &str, county: &str, canary: &str, ids: &mut BTreeMap<&'static str, String>) {
    let region = platform::auth::Org::find(t.app.db(), id).await.unwrap().unwrap().region;
    let officer = t.login(&format!("officer@{county}")).await;
    let visit = json!({"enterprise": id, "kind": "prevention_service", "reason_code": "complaint",
        "reason": format!("{canary}请求服务"), "deadline": "2026-12-20T00:00:00.000Z"});
    ids.insert("visit", text(&officer.post("/api/v1/visits", &visit).await.ok(), "id"));
    let hazard = json!({"enterprise": id, "level": "general", "place": format!("{canary}部位"),
        "text": format!("{canary}堆放杂物"), "found_via": "patrol"});
    ids.insert("hazard", text(&officer.post("/api/v1/hazards", &hazard).await.ok(), "id"));
    let first = if id == "E001" { 501 } else { 511 };
    for (n, key) in [(first, "registration"), (first + 1, "registration_to_reject")] {
        let filed = t.anonymous().post("/api/v1/registrations", &registration_form(n, canary, &region)).await.ok();
        ids.insert(key, text(&filed, "id"));
    }
    let sys = t.login(&format!("sys_admin@{county}")).await;
    let user = json!({"username": format!("target.{id}"), "person": format!("{canary}账号"), "org": id});
    let user = text(&sys.post("/api/v1/users", &user).await.ok(), "id");
    let sec = t.login(&format!("sec_admin@{county}")).await;
    sec.post(&format!("/api/v1/users/{user}/roles"), &json!({"role": "worker"})).await.ok();
    ids.insert("user", user);
    ids.insert("role", "worker".to_owned());
    let key = json!({"name": format!("{canary}接口"), "org": id, "scopes": ["online:view"]});
    ids.insert("key", text(&sys.post("/api/v1/keys", &key).await.ok(), "id"));
    let desk = t.login(&format!("safety_manager@{id}")).await;
    let shift = desk.post("/api/v1/shifts/take", &json!({})).await;
    if shift.status.is_success() {
        ids.insert("shift", text(&shift.ok(), "id"));
    }
    t.run_jobs().await;
    let events = officer.get(&format!("/api/v1/timeline?enterprise={id}&kind=iot.tag.registered")).await.ok();
    ids.insert("event", text(&events["items"][0], "id"));
}
