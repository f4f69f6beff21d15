//! How each route is called: which id stands in its path, and a body that its schema accepts, so
//! that a refusal is about rights and not about spelling.
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
fn post(path: &'static str, body: Value) -> Route {
    Route { body: Body::Json(body), ..new("POST", path) }
}
fn act(path: &'static str) -> Route {
    new("POST", path)
}
fn put(path: &'static str, body: Value) -> Route {
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

fn reason() -> Value {
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
    [reading(), registers(), supervision(), visits(), hazards(), experts(), administration(), platform_routes()]
        .into_iter()
        .flatten()
        .collect()
}

fn reading() -> Vec<Route> {
    let lists = [
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
    ];
    let mut routes: Vec<Route> = lists.into_iter().map(get).collect();
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
        get("/services/{id}").of("visit"),
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

/// The library: people, papers, instruments, and what an enterprise says of a service.
fn experts() -> Vec<Route> {
    let form = json!({"person": "01900000-0000-7000-8000-000000000009", "skills": ["fire"]});
    let paper = json!({"kind": "cma", "number": "试探-1", "valid_to": "2027-06-30"});
    let meter = json!({"kind": "gas_detector", "serial": "试探-1", "calibrated_to": "2027-06-30"});
    vec![
        post("/experts", form),
        put("/experts/{id}", json!({"skills": ["fire"]})).of("expert"),
        post("/experts/{id}/conflicts", json!({"enterprise": "E001", "kind": "other"})).of("expert"),
        post("/instruments", meter),
        post("/service-orgs/{id}/qualifications", paper).of("service_org"),
        post("/services/{id}/confirm", json!({"satisfied": true})).of("visit"),
    ]
}

/// Hazards. Each act needs the step before; the stories of the part take them.
fn hazards() -> Vec<Route> {
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
fn visits() -> Vec<Route> {
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

fn credit() -> Vec<Route> {
    let fact = json!({"subject": "E001", "code": "penalty.general", "happened_at": "2026-11-01T00:00:00Z", "note": "试探文书"});
    let class =
        json!({"trade": "危险化学品", "scale": "small", "must_insure": true, "department": "应急管理", "risk": "red"});
    let dispute = json!({"ground_code": "wrong_fact", "ground": "试探异议", "evidence": ["00"]});
    let adoption = json!({"table": "credit_grades", "edition": "没有", "document": "试探文号"});
    vec![
        post("/credit-facts", fact),
        act("/credit-facts/{id}/confirm").of("credit_candidate"),
        post("/credit-facts/{id}/dismiss", reason()).of("credit_candidate"),
        post("/credit-facts/{id}/objections", dispute).of("credit_fact"),
        post("/credit-objections/{id}/answer", json!({"upheld": false, "reason": "试探答复"})).of("credit_objection"),
        post("/credit-scores/{subject}/what-if", json!({})).of("enterprise"),
        post("/credit-ratings/{enterprise}/what-if", json!({})).of("enterprise"),
        post("/credit-ratings/{enterprise}/class", class).of("enterprise"),
        post("/credit-runs", json!({"from": "2026-11-01T00:00:00Z", "to": "2026-11-20T00:00:00Z"})),
        post("/credit-model", adoption),
    ]
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
        act("/calc/{rule}/batch").of("rule"),
        post("/rule-tables/{table}/trial", json!({"edition": {}})).of("rule_table"),
        post("/rule-tables/{table}/editions", json!({"edition": {}})).of("rule_table"),
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
