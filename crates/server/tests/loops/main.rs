//! Whole loops through all parts of the product, each human step by that person's login through the
//! API, on both databases: from a reading to a premium (s1), a wrong fact undone (s9), an overdue
//! hazard up to its listing (s8), a service that the insurer pays for (service).
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test reports by panicking")]
mod s1;
mod s8;
mod s9;
mod service;

use base64::Engine as _;
use platform::{Ms, Subject};
use serde_json::{Value, json};
use std::cell::Cell;
use std::io::Cursor;
use subjects::enterprise::people::{self, NewPerson};
use subjects::enterprise::{EnterpriseForm, NewEnterprise, Origin, register_many};
use testing::{Client, PASSWORD, TestPlatform};

/// Milliseconds of a day.
pub const DAY: i64 = 86_400_000;
/// Milliseconds of an hour.
pub const HOUR: i64 = 3_600_000;
/// The yearly premium before anything moves it, 分, with the discount for a year without accident.
pub const BASE: i64 = 13_360_000;

/// A moment so many milliseconds from the start of the test's clock.
pub fn at(ms: i64) -> String {
    Ms(testing::START.0 + ms).iso()
}

/// The text at a key of an answer.
pub fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned()
}

/// A county with a chlor-alkali works, its insurer and another, two service organisations, and the
/// county next door.
pub async fn county(t: &TestPlatform) {
    for (id, region) in [("GOV", "990121"), ("GOV2", "990122")] {
        t.org(Subject::Government, id, region).await;
    }
    for id in ["INS1", "INS2"] {
        t.org(Subject::Insurer, id, "990121").await;
    }
    for id in ["SVC1", "SVC2"] {
        t.org(Subject::ServiceOrg, id, "990121").await;
    }
    let form = json!({"name": "安澜氯碱化工厂", "uscc": uscc(), "region": "990121110", "gbt4754": "2614", "employees": 318,
        "sectors": ["危险化学品"], "tags": ["液氯"], "contact_name": "联系人", "contact_phone": "13800000001",
        "lon": 118.6, "lat": 27.3});
    let form: EnterpriseForm = serde_json::from_value(form).unwrap();
    let new = NewEnterprise { id: Some("E001".into()), profile: form.check(None).unwrap(), origin: Origin::Form };
    register_many(&t.ctx(), vec![new]).await.unwrap();
    t.run_jobs().await;
}

fn uscc() -> String {
    let letters = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let all = letters.map(|c| format!("91990121000000001{c}"));
    all.into_iter().find(|code| standards::codes::Uscc::parse(code).is_ok()).unwrap()
}

/// A gateway of the works with one detector of chlorine, which alarms at 1 and 3.
pub struct Gateway {
    header: String,
    seq: Cell<i64>,
}

impl Gateway {
    /// Registers gateway, detector and the hazard source that it watches.
    pub async fn install(t: &TestPlatform) -> Self {
        let manager = t.login("safety_manager@E001").await;
        let device = json!({"id": "E001-GW1", "name": "氯气站网关", "enterprise": "E001"});
        let key = text(&manager.post("/api/v1/devices", &device).await.ok(), "password");
        let tag = json!({"tag": "E001-CL2-01", "name": "液氯储罐区氯气检测", "enterprise": "E001", "device": "E001-GW1",
            "metric": "cl2", "unit": "ppm", "sample_s": 30, "consequence": 1, "limits": {"h": 1, "hh": 3, "dead_band": 0.1}});
        manager.post("/api/v1/tags", &tag).await.ok();
        let source = json!({"name": "液氯罐区", "population_500m": 10, "units": [{"name": "液氯储罐单元", "kind": "储罐区",
            "chemicals": [{"name": "液氯", "q_t": "90"}], "tags": ["E001-CL2-01"]}]});
        manager.post("/api/v1/hazard-sources", &source).await.ok();
        t.run_jobs().await;
        let header = format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("E001-GW1:{key}")));
        Self { header, seq: Cell::new(1) }
    }

    /// Sends a value over HTTP and waits until it is judged.
    pub async fn send(&self, t: &TestPlatform, value: f64) {
        t.app.source().forward(60_000);
        let seq = self.seq.replace(self.seq.get() + 1);
        let values = json!({"E001-CL2-01": value});
        let reading = json!({"seq": seq, "ts": t.app.source().now().0, "boot": "b1", "values": values}).to_string();
        let body = Some(("application/x-ndjson", reading.into_bytes()));
        let method = axum::http::Method::POST;
        let extra = [("authorization", self.header.as_str())];
        t.anonymous().send(method, "/api/v1/telemetry", body, &extra).await.ok();
        lines::online::Pipeline::of(&t.app).unwrap().settle().await;
        t.run_jobs().await;
    }
}

/// Enters the person behind `expert@ORG` into the library with these skills and a certificate.
pub async fn expert(t: &TestPlatform, org: &str, skill: &str) -> (Client, String) {
    let username = format!("expert@{org}");
    let login = t.login(&username).await;
    let account = platform::auth::find(t.app.db(), &username).await.unwrap().unwrap();
    let placed = platform::auth::Org::find(t.app.db(), org).await.unwrap().unwrap().placed();
    let person = NewPerson {
        id: Some(account.person),
        name: format!("{org}专家"),
        phone: None,
        id_number: None,
        posts: vec!["现场专家".into()],
        specialities: vec![],
    };
    people::register_many(&t.ctx(), vec![(placed, person)]).await.unwrap();
    let admin = t.login(&format!("org_admin@{org}")).await;
    admin.post("/api/v1/experts", &json!({"person": account.person, "skills": [skill]})).await.ok();
    let paper = json!({"person": account.person, "kind": "registered_safety_engineer", "number": format!("AQ{org}"),
        "valid_to": "2027-12-31"});
    admin.post(&format!("/api/v1/service-orgs/{org}/qualifications"), &paper).await.ok();
    t.run_jobs().await;
    (login, account.person.to_string())
}

/// Asks for cover, quotes and signs; answers the path of the policy.
pub async fn insure(t: &TestPlatform) -> String {
    let principal = t.login("principal@E001").await;
    let underwriter = t.login("underwriter@INS1").await;
    let asked = json!({"insurer": "INS1", "groups": [{"name": "全体", "people": 318, "per_person_fen": 50_000_000}],
        "cumulative_fen": 1_000_000_000, "medical_fen": 10_000_000, "from": "2026-12-01", "to": "2027-11-30"});
    let asked = text(&principal.post("/api/v1/insurance-applications", &asked).await.ok(), "id");
    let quote = json!({"policy_no": "AZ-1", "scheme": "示例浮动2026", "base_fen": BASE, "declared": ["no_accident"],
        "commission_bp": 300});
    underwriter.post(&format!("/api/v1/insurance-applications/{asked}/quote"), &quote).await.ok();
    principal.post("/api/v1/session/confirm", &json!({"password": PASSWORD})).await.ok();
    let done = principal.post(&format!("/api/v1/insurance-applications/{asked}/accept"), &json!({})).await.ok();
    t.run_jobs().await;
    format!("/api/v1/insurance-policies/{}", text(&done, "policy"))
}

/// Does an act on the version that stands now.
pub async fn act(t: &TestPlatform, client: &Client, path: &str, act: &str, body: Value) -> Value {
    let done = client.post(&format!("{path}/{act}"), &versioned(client, path, body).await).await.ok();
    t.run_jobs().await;
    done
}

/// An act that is refused with this status, on the version that stands now.
pub async fn refused(client: &Client, path: &str, act: &str, body: Value, status: u16) -> Value {
    client.post(&format!("{path}/{act}"), &versioned(client, path, body).await).await.problem(status)
}

async fn versioned(client: &Client, path: &str, mut body: Value) -> Value {
    body["version"] = client.get(path).await.ok()["version"].clone();
    body
}

/// Uploads a picture of its own colour; answers its digest.
pub async fn photo(client: &Client, colour: u8) -> Value {
    let mut bytes = Cursor::new(vec![]);
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([colour, 1, 2]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    client.upload("/api/v1/files", "现场.png", &bytes.into_inner()).await.ok()["digest"].clone()
}

/// What a rectification order of a major hazard says.
pub fn order() -> Value {
    json!({"owner_post": "氯气站主任", "owner": "王某", "measure": "更换检测器并校验联锁", "money_fen": 120_000,
        "plan": "整改期间专人值守，备好空气呼吸器"})
}

/// The works says that a hazard is fixed, with photos before and after.
pub async fn rectify(t: &TestPlatform, by: &Client, path: &str, colour: u8) -> Value {
    let (before, after) = (photo(by, colour).await, photo(by, colour + 1).await);
    let body = json!({"measure": "已更换并校验", "cost_fen": 80_000, "before": [before], "after": [after]});
    act(t, by, path, "rectify", body).await
}

/// The premium in force, 分.
pub async fn premium(client: &Client, policy: &str) -> i64 {
    client.get(policy).await.ok()["premium_fen"].as_i64().unwrap()
}

/// The underwriter takes the proposal that waits.
pub async fn accept_premium(t: &TestPlatform, underwriter: &Client, policy: &str) {
    let open = text(&underwriter.get(policy).await.ok(), "proposal");
    underwriter.post(&format!("/api/v1/premium-adjustments/{open}/accept"), &json!({})).await.ok();
    t.run_jobs().await;
}

/// Kinds of the events behind an event, and how many the caller may not see.
pub async fn behind(client: &Client, event: &str) -> (Vec<String>, usize) {
    let why = client.get(&format!("/api/v1/events/{event}")).await.ok();
    assert_eq!(why["more"], json!(false), "{why}");
    let kinds = why["items"].as_array().unwrap().iter().map(|item| text(item, "kind")).collect();
    (kinds, why["hidden"].as_array().unwrap().len())
}

/// The expert comes in by the code, answers every item, leaves after an hour; both sides sign.
pub async fn carry_out(t: &TestPlatform, (expert, works): (&Client, &Client), path: &str, fails: &[&str]) {
    let code = "https://10.0.0.5:8443/q/enterprise/E001";
    let inside = act(t, expert, path, "enter", json!({"code": code, "position": "118.6,27.3"})).await;
    for item in inside["items"].as_array().unwrap() {
        let key = text(item, "key");
        let failed = fails.contains(&key.as_str());
        let (answer, note) = if failed { ("major", json!("现场与要求不符")) } else { ("pass", Value::Null) };
        let body = json!({"item": key, "answer": answer, "note": note});
        expert.post(&format!("{path}/answers"), &body).await.ok();
    }
    t.app.source().forward(HOUR);
    let left = act(t, expert, path, "leave", json!({})).await;
    for signer in [expert, works] {
        signer.post("/api/v1/session/confirm", &json!({"password": PASSWORD})).await.ok();
        act(t, signer, path, "sign", json!({"record": left["record"]})).await;
    }
}
