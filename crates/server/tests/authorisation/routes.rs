//! How each route is called: which id stands in its path, and a body that its schema accepts, so
//! that a refusal is about rights and not about spelling.
use crate::acts;
use serde_json::{Value, json};

/// One operation of the API.
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    /// What the ids in its path are of, in order; empty where it has none.
    pub of: Vec<&'static str>,
    pub query: &'static str,
    pub body: Body,
    /// Only about the caller: one caller per subject suffices.
    pub own_account: bool,
}

pub enum Body {
    None,
    Json(Value),
    Form(&'static str),
    /// A new enterprise each time.
    NewEnterprise,
    /// A new registration each time.
    NewRegistration,
    Lines(&'static str),
}

fn new(method: &'static str, path: &'static str) -> Route {
    Route { method, path, of: vec![], query: "", body: Body::None, own_account: false }
}
pub fn get(path: &'static str) -> Route {
    new("GET", path)
}
pub fn post(path: &'static str, body: Value) -> Route {
    Route { body: Body::Json(body), ..new("POST", path) }
}
pub fn act(path: &'static str) -> Route {
    new("POST", path)
}
pub fn put(path: &'static str, body: Value) -> Route {
    Route { body: Body::Json(body), ..new("PUT", path) }
}

impl Route {
    pub fn of(mut self, what: &'static str) -> Self {
        self.of.push(what);
        self
    }
    fn query(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }
    fn with(mut self, body: Body) -> Self {
        self.body = body;
        self
    }
    const fn own_account(mut self) -> Self {
        self.own_account = true;
        self
    }
    /// Whether an object that is not there answers like one outside the scope.
    pub fn is_about_an_object(&self) -> bool {
        !self.of.is_empty()
            && self.of != ["kind"]
            && self.of != ["template"]
            && self.of != ["rule"]
            && self.of != ["rule_table"]
            && self.of != ["region"]
    }
    pub fn title(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

pub fn reason() -> Value {
    json!({"reason": "试探"})
}

fn person() -> Value {
    json!({"name": "试探", "phone": "13800000009", "post": "worker"})
}

fn limits() -> Value {
    json!({"ll": 5, "l": 10, "h": 81, "hh": 87, "dead_band": 1})
}

/// Every route, those that end something last.
pub fn all() -> Vec<Route> {
    [
        reading(),
        registers(),
        supervision(),
        // Before those who ask for visits: an enterprise is visited so many times a year only.
        acts::insurance(),
        acts::visits(),
        acts::hazards(),
        acts::experts(),
        acts::credit(),
        administration(),
        platform_routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Lists and answers that need no id.
const LISTS: [&str; 54] = [
    "/alarms",
    "/cause-codes",
    "/credit-catalogue",
    "/credit-facts",
    "/credit-model",
    "/credit-objections",
    "/credit-ratings",
    "/credit-runs",
    "/desk",
    "/devices",
    "/enterprises",
    "/enterprises/duplicates",
    "/hazard-sources",
    "/home",
    "/imports",
    "/keys",
    "/keys/scopes",
    "/limit-changes",
    "/notifications",
    "/online-rates",
    "/orgs",
    "/quarantine",
    "/registrations",
    "/shifts",
    "/tags",
    "/users",
    "/audit",
    "/authorisation",
    "/channels",
    "/calc",
    "/rule-editions",
    "/rule-tables",
    "/session",
    "/evidence/log",
    "/check-templates",
    "/visits",
    "/visit-irregularities",
    "/visit-options",
    "/hazards",
    "/hazard-clauses",
    "/experts",
    "/expert-terms",
    "/expert-orgs",
    "/instruments",
    "/services",
    "/tasks",
    "/insurance-applications",
    "/insurance-duties",
    "/insurance-policies",
    "/insurance-statistics",
    "/premium-adjustments",
    "/prevention-lines",
    "/service-complaints",
    "/insurance-applications/start",
];

fn reading() -> Vec<Route> {
    let mut routes: Vec<Route> = LISTS.into_iter().map(get).collect();
    routes.extend([
        get("/cockpit").query("region=990121"),
        get("/search").query("q=%E9%87%91%E4%B8%9D%E9%9B%80"),
        get("/timeline").query("limit=200"),
        get("/live").query("after=0"),
        get("/authorisation/who").query("enterprise=E001"),
        get("/alarms/{id}").of("alarm"),
        get("/visit-caps").query("enterprise=E001"),
        get("/expert-search").query("enterprise=E001"),
        get("/experts/{id}").of("expert"),
        get("/expert-orgs/{id}").of("service_org"),
        get("/services/{id}").of("service"),
        get("/service-orgs/{id}/qualifications").of("service_org"),
        get("/hazards/{id}").of("hazard"),
        get("/visits/{id}").of("visit"),
        get("/visits/{id}/candidates").of("visit"),
        get("/visits/{id}/record").of("visit"),
        get("/check-templates/{key}").of("template"),
        get("/calc/{rule}").of("rule"),
        get("/calc/{rule}/template").of("rule"),
        get("/rule-tables/{table}").of("rule_table"),
        get("/channels/{name}/undelivered").of("channel"),
        get("/credit-facts/{id}").of("credit_fact"),
        get("/credit-ratings/{enterprise}").of("enterprise"),
        get("/credit-ratings/{enterprise}/basis").of("enterprise"),
        get("/credit-runs/{id}").of("credit_run"),
        get("/credit-scores/{subject}").of("enterprise"),
        get("/enterprises/{id}").of("enterprise"),
        get("/enterprises/{id}/page").of("enterprise"),
        get("/enterprises/{id}/people").of("enterprise"),
        get("/enterprises/{id}/sites").of("enterprise"),
        get("/enterprises/{id}/consents").of("enterprise"),
        get("/events/{id}").of("event"),
        get("/events/{id}/entry").of("event"),
        get("/events/{id}/bundle").of("event"),
        get("/events/{id}/receipt").of("event"),
        get("/files/{digest}").of("file"),
        get("/hazard-sources/{id}").of("hazard_source"),
        get("/imports/runs/{id}/errors").of("run"),
        get("/imports/{kind}/template").of("kind"),
        get("/insurers/{id}").of("insurer"),
        get("/insurers/{id}/people").of("insurer"),
        get("/service-orgs/{id}").of("service_org"),
        get("/service-orgs/{id}/people").of("service_org"),
        get("/map/{region}").of("region"),
        get("/qr/{kind}/{id}").of("qr_kind").of("enterprise"),
        get("/registrations/{id}").of("registration"),
        get("/tags/{tag}/series").of("tag"),
        get("/users/{id}/roles").of("user"),
    ]);
    routes
}

fn registers() -> Vec<Route> {
    let profile = json!({"contact_name": "试探", "contact_phone": "13800000008"});
    vec![
        act("/enterprises").with(Body::NewEnterprise),
        put("/enterprises/{id}", profile.clone()).of("enterprise"),
        put("/enterprises/{id}/profile", profile).of("enterprise"),
        post("/enterprises/{id}/people", person()).of("enterprise"),
        post("/enterprises/{id}/sites", json!({"name": "试探", "address": "试探路", "region": "990121110"}))
            .of("enterprise"),
        post("/enterprises/{id}/consents", json!({"to": "INS3", "purpose": "underwriting", "fields": ["summary"]}))
            .of("enterprise"),
        act("/enterprises/{id}/consents/{consent}/withdraw").of("enterprise").of("consent"),
        post("/enterprises/{id}/merge", json!({"merged": ["E901"], "reason": "试探"})).of("enterprise"),
        post("/insurers/{id}/people", person()).of("insurer"),
        post("/service-orgs/{id}/people", person()).of("service_org"),
        act("/registrations").with(Body::NewRegistration),
        act("/registrations/{id}/accept").of("registration"),
        post("/registrations/{id}/reject", reason()).of("registration_to_reject"),
        act("/imports/{kind}")
            .of("kind")
            .with(Body::Form("位号,名称,企业编号,参数,单位,采样周期秒\nprobe-new,试探,E001,pressure,MPa,30\n")),
        act("/imports/runs/{id}/apply").of("run"),
        act("/files").with(Body::Form("试探")),
    ]
}

fn supervision() -> Vec<Route> {
    let source = json!({"name": "试探罐区", "population_500m": 10, "units": [
        {"name": "试探单元", "kind": "储罐区", "chemicals": [{"name": "液氯", "q_t": "90"}]}]});
    let mut renamed = source.clone();
    renamed["name"] = json!("试探罐区二");
    let tag = json!({"tag": "probe-tag", "name": "试探", "enterprise": "E001", "metric": "level", "unit": "%", "sample_s": 30,
        "limits": limits()});
    let mut change = limits();
    change["reason"] = json!("试探一次变更");
    vec![
        post("/alarms/{id}/acknowledge", json!({})).of("alarm"),
        post(
            "/alarms/{id}/explain",
            json!({"cause_code": "instrument", "text": "试探说明的文字", "measure": "试探措施的文字"}),
        )
        .of("alarm"),
        post("/alarms/{id}/clear", json!({})).of("alarm_to_clear"),
        post("/devices", json!({"id": "probe-device", "name": "试探", "enterprise": "E001"})),
        post("/devices/{id}/revoke", reason()).of("device"),
        post("/tags", tag),
        post("/tags/{tag}/limit-changes", change).of("free_tag"),
        post("/limit-changes/{id}/approve", reason()).of("limit_change"),
        post("/limit-changes/{id}/reject", reason()).of("change_to_reject"),
        post(
            "/online-rates/{enterprise}/planned-stop",
            json!({"from": "2026-11-24T00:00:00.000Z", "to": "2026-11-25T00:00:00.000Z", "reason": "试探停产"}),
        )
        .of("enterprise"),
        post("/shifts/take", json!({})),
        post("/shifts/{id}/handover", json!({"to_note": "试探交班", "password": testing::PASSWORD})).of("shift"),
        post("/hazard-sources", source.clone()),
        put("/hazard-sources/{id}", renamed).of("hazard_source"),
        post("/hazard-sources/{id}/confirm", json!({})).of("hazard_source"),
        post("/hazard-sources/{id}/return", reason()).of("hazard_source"),
        act("/telemetry").with(Body::Lines("{\"seq\":9,\"ts\":1795395600000,\"boot\":\"b9\",\"values\":{\"x\":1}}")),
    ]
}

/// A county's own edition of a rule table.
fn bands() -> Value {
    let text = standards::tables::Tables::shipped().export("lec_bands").unwrap();
    let mut edition = serde_json::from_str::<Value>(&text).unwrap()[0].clone();
    let own = [("standard", "试探办法"), ("clause", "附件2"), ("edition", "2027"), ("valid_from", "2027-01-01")];
    let own = own.into_iter().chain([("region", "990121"), ("source", "试探公报"), ("confidence", "full_text")]);
    for (key, value) in own {
        edition[key] = json!(value);
    }
    edition
}

fn administration() -> Vec<Route> {
    vec![
        post("/orgs", json!({"name": "试探机构", "region": "990121110", "subject": "service_org"})),
        post("/users", json!({"username": "probe.user", "person": "试探", "org": "E001"})),
        post("/users/{id}/roles", json!({"role": "team_leader"})).of("user"),
        post("/users/{id}/enable", reason()).of("user"),
        post("/users/{id}/reset-password", reason()).of("user"),
        post("/keys", json!({"name": "试探", "org": "E001", "scopes": ["online:view"]})),
        post("/keys/{id}/revoke", reason()).of("key"),
        new("DELETE", "/users/{id}/roles/{role}").of("user").of("role").query("reason=%E8%AF%95%E6%8E%A2"),
        post("/users/{id}/disable", reason()).of("user"),
    ]
}

fn platform_routes() -> Vec<Route> {
    vec![
        post("/calc/{rule}", json!({"l": 3, "e": 10, "c": 15})).of("rule"),
        act("/calc/{rule}/batch").of("rule").with(Body::Form("风险点,L,E,C\n试探点,3,6,15\n")),
        post("/rule-tables/{table}/trial", json!({"edition": bands()})).of("rule_table"),
        post("/rule-tables/{table}/editions", json!({"edition": bands()})).of("rule_table"),
        post("/channels/{name}/retry", json!({})).of("channel"),
        post("/notifications/read", json!({"ids": []})),
        post("/session/confirm", json!({"password": testing::PASSWORD})).own_account(),
        act("/session/totp").own_account(),
        put("/session/totp", json!({"code": "000000"})).own_account(),
        post("/session", json!({"username": "nobody@GOV", "password": "wrong"})).own_account(),
        new("DELETE", "/session").own_account(),
        post("/session/password", json!({"old": testing::PASSWORD, "new": "Anlan-Other#2026"})).own_account(),
    ]
}
