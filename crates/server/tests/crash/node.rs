//! The process under test and the folder it lives in.
use axum::http::StatusCode;
use base64::Engine as _;
use events::organisations::RoleGranted;
use platform::auth::{NewAccount, Org};
use platform::config::Config;
use platform::{Actor, App, Ctx, Role, Subject};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use subjects::enterprise::{EnterpriseForm, NewEnterprise, Origin, register_many};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const PASSWORD: &str = "Anlan-Crash#2026";
/// Gateways: one over HTTP, one over MQTT, each with a tag of its own.
pub const HTTP_GATEWAY: &str = "crash-http";
pub const MQTT_GATEWAY: &str = "crash-mqtt";

/// A data folder with an enterprise, its safety manager and two gateways.
pub struct Place {
    pub folder: TempDir,
    variables: Vec<(String, String)>,
    pub session: Session,
    pub http_header: String,
    pub mqtt_password: String,
}

/// What a browser keeps; it outlives the process, because the session is a durable row.
#[derive(Clone, Default)]
pub struct Session {
    pub cookie: String,
    pub csrf: String,
}

impl Place {
    pub async fn prepare(variables: &[(&str, &str)]) -> Self {
        // The client is built with TLS even where it is not used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().unwrap();
        let flags = [("data", folder.path().to_str().unwrap().to_owned())];
        let app = server::node::open(&Config::load([], &flags).unwrap()).await.unwrap();
        enter(&app).await;
        app.stop().await;
        drop(app);
        let mut place = Self {
            folder,
            variables: vec![],
            session: Session::default(),
            http_header: String::new(),
            mqtt_password: String::new(),
        };
        place.connect_gateways().await;
        place.variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        place
    }

    pub fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join(file)
    }

    /// Signs in as somebody who was entered.
    pub async fn sign_in(&self, node: &Node, username: &str) -> Session {
        let form = json!({"username": username, "password": PASSWORD});
        let reply = node.client.post(node.url("/session")).json(&form).send().await.unwrap();
        assert_eq!(reply.status(), StatusCode::OK);
        let cookie = reply.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let body: Value = reply.json().await.unwrap();
        Session { cookie, csrf: body["csrf"].as_str().unwrap().to_owned() }
    }

    /// Registers the gateways, over HTTP as a person would.
    async fn connect_gateways(&mut self) {
        let node = Node::start(self).await;
        self.session = self.sign_in(&node, "safety_manager@E001").await;
        for device in [HTTP_GATEWAY, MQTT_GATEWAY] {
            let form = json!({"id": device, "name": device, "enterprise": "E001"});
            let key = node.post(&self.session, "/devices", None, &form).await.unwrap();
            let password = key["password"].as_str().unwrap().to_owned();
            let tag = json!({"tag": format!("{device}-level"), "name": "液位", "enterprise": "E001", "device": device, "metric": "level",
                "unit": "%", "sample_s": 1, "limits": {"ll": 5, "l": 10, "h": 80, "hh": 85, "dead_band": 1}});
            node.post(&self.session, "/tags", None, &tag).await.unwrap();
            if device == HTTP_GATEWAY {
                let pair = base64::prelude::BASE64_STANDARD.encode(format!("{device}:{password}"));
                self.http_header = format!("Basic {pair}");
            } else {
                self.mqtt_password = password;
            }
        }
        node.kill().await;
    }

    /// `anlan backup` of the folder, whatever is being written to it.
    pub async fn backup(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        self.command(&["backup", copy.path().to_str().unwrap()], self.folder.path()).await;
        copy
    }

    /// `anlan restore` into a folder of its own.
    pub async fn restored(&self, copy: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        self.command(&["restore", copy.to_str().unwrap()], folder.path()).await;
        Self {
            folder,
            variables: self.variables.clone(),
            session: self.session.clone(),
            http_header: self.http_header.clone(),
            mqtt_password: self.mqtt_password.clone(),
        }
    }

    async fn command(&self, args: &[&str], data: &Path) {
        let output =
            Command::new(env!("CARGO_BIN_EXE_anlan")).args(args).arg("--data").arg(data).output().await.unwrap();
        assert!(output.status.success(), "anlan {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// `anlan check` on the folder: integrity of the file, tree from the stored bytes.
    pub async fn check_command(&self) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_anlan"))
            .args(["check", "--data", self.folder.path().to_str().unwrap()])
            .output()
            .await
            .unwrap();
        assert!(output.status.success(), "anlan check: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

/// The enterprise and the account, entered beside the process as `anlan user` does.
async fn enter(app: &App) {
    let ctx = app.ctx(Actor::system());
    let form = json!({"name": "试验厂", "uscc": "91350100M000100Y43", "region": "990121110", "gbt4754": "2614", "employees": 40,
        "contact_name": "试验", "contact_phone": "13800000001"});
    let form: EnterpriseForm = serde_json::from_value(form).unwrap();
    let profile = form.check(None).unwrap();
    register_many(&ctx, vec![NewEnterprise { id: Some("E001".into()), profile, origin: Origin::Form }]).await.unwrap();
    let bureau = Org {
        id: "GOV".into(),
        subject: Subject::Government,
        name: "试验县应急局".into(),
        uscc: None,
        region: "990121".into(),
        sectors: vec![],
    };
    open_account(&ctx, &bureau, "officer@GOV", Role::Officer).await;
    let org = Org::find(app.db(), "E001").await.unwrap().unwrap();
    open_account(&ctx, &org, "safety_manager@E001", Role::SafetyManager).await;
    app.run_jobs().await.unwrap();
}

/// Opens an account, and enters its organisation where that is new.
async fn open_account(ctx: &Ctx, org: &Org, username: &str, role: Role) {
    let hash = platform::secrets::hash_password(PASSWORD).unwrap();
    let person = ctx.new_id();
    let account = NewAccount {
        username,
        person,
        person_name: "试验",
        phone: None,
        org: &org.id,
        region: None,
        sectors: &[],
        password_hash: &hash,
        must_change: false,
    };
    let known = Org::find(ctx.db(), &org.id).await.unwrap().is_some();
    let mut tx = ctx.begin().await.unwrap();
    if !known {
        tx.put_org(org).await.unwrap();
    }
    let id = tx.open_account(ctx, &account).await.unwrap();
    let payload =
        RoleGranted { account: id, person, role: role.code().into(), org: org.id.as_str().into(), until: None };
    let event = ctx.event(&payload, format!("account/{id}"), &org.placed()).unwrap();
    tx.grant_role(id, role, None, event.id).await.unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
}

/// A running `anlan serve`, killed by its own process id.
pub struct Node {
    child: Child,
    _output: Lines<BufReader<ChildStdout>>,
    pub http: SocketAddr,
    pub mqtt: SocketAddr,
    pub client: reqwest::Client,
}

impl Node {
    /// Starts the process on free ports and waits for its addresses.
    pub async fn start(place: &Place) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(place.path("node.log")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_anlan"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--http",
                "127.0.0.1:0",
                "--mqtt",
                "127.0.0.1:0",
                "--mqtts",
                "off",
            ])
            .args(["--log-filter", "warn", "--data"])
            .arg(place.folder.path())
            .envs(place.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut http, mut mqtt) = (None, None);
        let told = tokio::time::timeout(Duration::from_secs(60), async {
            while let Some(line) = output.next_line().await.unwrap() {
                http = http.or_else(|| line.split("http://").nth(1).and_then(|a| a.trim().parse().ok()));
                mqtt = mqtt.or_else(|| line.split("mqtt://").nth(1).and_then(|a| a.trim().parse().ok()));
                if line.contains("Ctrl-C") {
                    return;
                }
            }
        });
        told.await.expect("the node starts within a minute");
        let (Some(http), Some(mqtt)) = (http, mqtt) else {
            panic!("the node did not start:\n{}", tail(&place.path("node.log")));
        };
        Self { child, _output: output, http, mqtt, client: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}/api/v1{path}", self.http)
    }

    /// A write as the page sends it; nothing where no success was heard.
    pub async fn post(&self, session: &Session, path: &str, key: Option<&str>, body: &Value) -> Option<Value> {
        post(&self.client, &self.url(path), session, key, body).await
    }

    /// SIGKILL, to this child and no other.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// A write; nothing where no success was heard.
pub async fn post(
    client: &reqwest::Client,
    url: &str,
    session: &Session,
    key: Option<&str>,
    body: &Value,
) -> Option<Value> {
    let mut request =
        client.post(url).header("cookie", &session.cookie).header("x-csrf-token", &session.csrf).json(body);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let reply = request.send().await.ok()?;
    let status = reply.status();
    let bytes = reply.bytes().await.ok()?;
    assert!(!status.is_client_error(), "{url}: {status} {}", String::from_utf8_lossy(&bytes));
    if status.is_success() { serde_json::from_slice(&bytes).ok() } else { None }
}

fn tail(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().rev().take(20).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
}
