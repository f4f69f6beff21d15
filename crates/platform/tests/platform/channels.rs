//! Outside channels over loopback: what is sent, signed, retried, given up and never sent.
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use parking_lot::Mutex;
use platform::channels::{self, Channel};
use platform::secrets::Mac;
use platform::{Ms, Subject, Visibility, sql};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use testing::{TestPlatform, story};

const SECRET: &str = "0123456789abcdef0123";

/// A receiver on loopback that answers as told and remembers what came.
#[derive(Clone)]
struct Receiver {
    answers: Arc<Mutex<Vec<(u16, String)>>>,
    came: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    address: SocketAddr,
}

impl Receiver {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self { answers: Arc::default(), came: Arc::default(), address: listener.local_addr().unwrap() };
        let router = axum::Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    fn answers(&self, status: u16, body: &str, times: usize) {
        self.answers.lock().extend(std::iter::repeat_n((status, body.to_owned()), times));
    }

    fn count(&self) -> usize {
        self.came.lock().len()
    }

    fn json(&self, n: usize) -> Value {
        serde_json::from_slice(&self.came.lock()[n].1).unwrap()
    }

    fn channel(&self, more: &str) -> Channel {
        channel(&format!("url = \"http://{}/in\"\nallow = [\"127.0.0.0/8\"]\n{more}", self.address))
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap, String) {
    receiver.came.lock().push((headers, body));
    let mut answers = receiver.answers.lock();
    let (status, text) = if answers.is_empty() { (200, r#"{"ok":true}"#.to_owned()) } else { answers.remove(0) };
    let mut headers = HeaderMap::new();
    headers.insert("location", format!("http://{}/elsewhere", receiver.address).parse().unwrap());
    (StatusCode::from_u16(status).unwrap(), headers, text)
}

fn parse(text: &str) -> Result<Vec<Channel>, String> {
    let table: toml::Table = text.parse().unwrap();
    channels::parse(&table["channel"]).map_err(|e| e.0)
}

fn channel(more: &str) -> Channel {
    let base = "[[channel]]\nname = \"sms\"\nkind = \"webhook\"\norg = \"GOV\"\n";
    parse(&format!("{base}secret = \"{SECRET}\"\n{more}")).unwrap().remove(0)
}

fn command(program: &str) -> Channel {
    let text = format!("[[channel]]\nname = \"sms\"\nkind = \"command\"\norg = \"GOV\"\ncommand = {program}\n");
    parse(&text).unwrap().remove(0)
}

async fn states(t: &TestPlatform) -> Vec<(i64, String, i64, Option<String>, Option<String>)> {
    let rows = t
        .app
        .db()
        .all(sql("select seq, state, attempts, receipt, error from delivery order by seq", vec![]))
        .await
        .unwrap();
    let read = |r: &platform::db::Row| {
        (
            r.get("seq").unwrap(),
            r.get("state").unwrap(),
            r.get("attempts").unwrap(),
            r.get("receipt").unwrap(),
            r.get("error").unwrap(),
        )
    };
    rows.iter().map(read).collect()
}

story!(a_message_is_signed_carries_the_exact_entry_and_keeps_the_receipt, vec![], |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let receiver = Receiver::start().await;
    channels::register(&t.app, vec![receiver.channel("")]).await.unwrap();
    assert_eq!(channels::run_due(&t.app).await.unwrap(), 0, "what was before the channel is not sent");
    t.org(Subject::Enterprise, "E001", "990121103").await;
    t.run_jobs().await;
    receiver.answers(200, r#"{"number":"A-1"}"#, 1);
    assert_eq!(channels::run_due(&t.app).await.unwrap(), 1);
    let (headers, body) = receiver.came.lock()[0].clone();
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let time: i64 = text("anlan-time").parse().unwrap();
    assert!(Mac::Sm3.verify(SECRET.as_bytes(), &text("anlan-id"), time, &body, &text("anlan-signature")));
    let message = receiver.json(0);
    assert_eq!(message["id"], text("anlan-id"));
    assert_eq!((&message["kind"], &message["subject"]), (&json!("org.registered"), &json!("org/E001")));
    let leaf = evidence::leaf_hash(evidence::Suite::Sm3Sm2, message["entry"].as_str().unwrap().as_bytes());
    assert_eq!(message["receipt"]["leaf"], hex::encode(leaf), "the entry is the leaf, byte for byte");
    assert_eq!(message["receipt"]["log"]["root"], t.app.tree_head().root);
    assert!(!body.windows("企业E001".len()).any(|w| w == "企业E001".as_bytes()), "a name is personal and stays here");
    assert_eq!(states(t).await, [(2, "delivered".into(), 1, Some(r#"{"number":"A-1"}"#.into()), None)]);
    assert_eq!(channels::run_due(&t.app).await.unwrap(), 0, "delivered once");
});

story!(a_failing_receiver_is_retried_later_and_later_under_the_same_id_and_then_given_up, vec![], |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let receiver = Receiver::start().await;
    receiver.answers(503, "", 100);
    channels::register(&t.app, vec![receiver.channel("")]).await.unwrap();
    t.org(Subject::Enterprise, "E001", "990121103").await;
    channels::run_due(&t.app).await.unwrap();
    channels::run_due(&t.app).await.unwrap();
    assert_eq!(receiver.count(), 1, "not tried again before its time");
    for attempt in 1..20_u32 {
        let pause = (1_i64 << (attempt - 1)).min(3_600) * 1_000;
        let before = receiver.count();
        t.app.source().forward(pause - 1);
        channels::run_due(&t.app).await.unwrap();
        assert_eq!(receiver.count(), before, "attempt {attempt} came too early");
        t.app.source().forward(1);
        channels::run_due(&t.app).await.unwrap();
        assert_eq!(receiver.count(), before + 1, "attempt {attempt}");
    }
    let ids: std::collections::BTreeSet<String> =
        (0..receiver.count()).map(|n| receiver.json(n)["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 1);
    let (_, state, attempts, _, error) = states(t).await.remove(0);
    assert_eq!((state.as_str(), attempts), ("dead", 20));
    assert_eq!(error.as_deref(), Some("接收方答复 503 Service Unavailable"));
});

story!(dead_letters_are_seen_by_the_administrators_of_the_organisation_and_sent_again, vec![], |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    t.org(Subject::Government, "GOV2", "990122").await;
    let receiver = Receiver::start().await;
    channels::register(&t.app, vec![receiver.channel("")]).await.unwrap();
    t.org(Subject::Enterprise, "E001", "990121103").await;
    channels::run_due(&t.app).await.unwrap();
    // Dead by hand: the long way there is the story above.
    let mut tx = t.ctx().begin().await.unwrap();
    tx.run(sql("update delivery set state = 'dead', error = '接收方答复 500'", vec![])).await.unwrap();
    let org = platform::auth::Org::find(t.app.db(), "GOV").await.unwrap().unwrap();
    let note = t.ctx().event(&org_event(), "org/GOV", &org.placed()).unwrap();
    t.ctx().commit(tx, note, vec![]).await.unwrap();

    let admin = t.login("sys_admin@GOV").await;
    let list = admin.get("/api/v1/channels").await.ok();
    assert_eq!(
        (&list[0]["name"], &list[0]["dead"], &list[0]["target"]),
        (&json!("sms"), &json!(1), &json!("127.0.0.1"))
    );
    let dead = admin.get("/api/v1/channels/sms/undelivered").await.ok();
    assert_eq!(dead[0]["error"], "接收方答复 500");
    for (who, count) in [("auditor@GOV", 1), ("sys_admin@GOV2", 0)] {
        assert_eq!(t.login(who).await.get("/api/v1/channels").await.ok().as_array().unwrap().len(), count, "{who}");
    }
    let other = t.login("sys_admin@GOV2").await;
    other.get("/api/v1/channels/sms/undelivered").await.problem(404);
    other.post("/api/v1/channels/sms/retry", &json!({})).await.problem(404);
    t.login("officer@GOV").await.get("/api/v1/channels").await.problem(403);
    t.login("auditor@GOV").await.post("/api/v1/channels/sms/retry", &json!({})).await.problem(403);
    assert_eq!(admin.post("/api/v1/channels/sms/retry", &json!({})).await.ok()["retried"], 1);
    channels::run_due(&t.app).await.unwrap();
    assert!(states(t).await.iter().all(|s| s.1 == "delivered"));
});

fn org_event() -> events::platform::AccessRecorded {
    events::platform::AccessRecorded { act: "login".into(), address: "127.0.0.1".to_owned().into(), reason: None }
}

story!(a_channel_gets_what_its_organisation_may_see_and_no_more, vec![], |t| {
    for (subject, id, region) in [
        (Subject::Government, "GOV", "990121"),
        (Subject::Insurer, "INS1", "990121"),
        (Subject::Enterprise, "E001", "990121103"),
        (Subject::Enterprise, "E002", "990122001"),
    ] {
        t.org(subject, id, region).await;
    }
    let receiver = Receiver::start().await;
    let county = receiver.channel("events = [\"access.*\"]");
    let mut wide = receiver.channel("audience = \"gov\"\nevents = [\"access.recorded\"]");
    "wide".clone_into(&mut wide.name);
    let mut insurer = receiver.channel("events = [\"access.recorded\"]");
    "insurer".clone_into(&mut insurer.name);
    "INS1".clone_into(&mut insurer.org);
    channels::register(&t.app, vec![county, wide, insurer]).await.unwrap();
    for id in ["E001", "E002"] {
        for audience in [events::Audience::Parties, events::Audience::Gov, events::Audience::Restricted] {
            note(t, id, audience).await;
        }
    }
    channels::run_due(&t.app).await.unwrap();
    let mut got = sent(&receiver);
    assert_eq!(
        got,
        [("sms".into(), "org/E001".into()), ("wide".into(), "org/E001".into()), ("wide".into(), "org/E001".into())]
    );

    // A grant opens the enterprise to the insurer; its end closes what has not been sent yet.
    let ctx = t.ctx();
    let org = platform::auth::Org::find(t.app.db(), "E001").await.unwrap().unwrap();
    let mut tx = ctx.begin().await.unwrap();
    let event = ctx.event(&org_event(), "org/INS1", &org.placed()).unwrap().audience(events::Audience::Gov);
    let grant = Visibility {
        org: "INS1",
        enterprise: "E001",
        object_kind: "event",
        object_id: None,
        fields: &["summary"],
        purpose: "承保",
        from: Ms(0),
        to: None,
        because: event.id,
    };
    tx.open_visibility(&ctx, &grant).await.unwrap();
    let cause = event.id;
    ctx.commit(tx, event, vec![]).await.unwrap();
    note(t, "E001", events::Audience::Parties).await;
    channels::run_due(&t.app).await.unwrap();
    got = sent(&receiver);
    assert_eq!(got.iter().filter(|(channel, _)| channel == "insurer").count(), 1);

    receiver.answers(500, "", 3);
    note(t, "E001", events::Audience::Parties).await;
    channels::run_due(&t.app).await.unwrap();
    let mut tx = ctx.begin().await.unwrap();
    tx.close_visibility(cause, t.app.source().now()).await.unwrap();
    let event = ctx.event(&org_event(), "org/INS1", &org.placed()).unwrap().audience(events::Audience::Restricted);
    ctx.commit(tx, event, vec![]).await.unwrap();
    t.app.source().forward(10_000);
    let before = sent(&receiver).len();
    channels::run_due(&t.app).await.unwrap();
    let after = sent(&receiver).split_off(0);
    let late: Vec<_> = after.iter().filter(|(channel, _)| channel == "insurer").collect();
    assert_eq!(late.len(), 2, "one delivered, one refused by the receiver, none after the grant ended");
    assert!(after.len() > before, "the county's retries went on");
});

async fn note(t: &TestPlatform, enterprise: &str, audience: events::Audience) {
    let ctx = t.ctx();
    let org = platform::auth::Org::find(t.app.db(), enterprise).await.unwrap().unwrap();
    let tx = ctx.begin().await.unwrap();
    let event = ctx.event(&org_event(), format!("org/{enterprise}"), &org.placed()).unwrap().audience(audience);
    ctx.commit(tx, event, vec![]).await.unwrap();
}

fn sent(receiver: &Receiver) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let mut all: Vec<_> = (0..receiver.count())
        .map(|n| receiver.json(n))
        .map(|message| (text(&message["channel"]), text(&message["subject"])))
        .collect();
    all.sort();
    all
}

story!(redirects_are_not_followed_and_long_answers_are_not_kept, vec![], |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let receiver = Receiver::start().await;
    channels::register(&t.app, vec![receiver.channel("")]).await.unwrap();
    receiver.answers(302, "", 1);
    t.org(Subject::Enterprise, "E001", "990121103").await;
    channels::run_due(&t.app).await.unwrap();
    assert_eq!((receiver.count(), states(t).await[0].1.as_str()), (1, "waiting"));
    receiver.answers(200, &"x".repeat(70_000), 1);
    t.app.source().forward(1_000);
    channels::run_due(&t.app).await.unwrap();
    assert_eq!(states(t).await[0].3.as_deref(), Some(r#"{"note":"答复超过 64 KiB，未保存"}"#));
});

story!(an_inner_address_without_permission_is_never_connected_to, vec![], |t| {
    t.org(Subject::Government, "GOV", "990121").await;
    let receiver = Receiver::start().await;
    let port = receiver.address.port();
    let urls = [
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
    ];
    let mut all: Vec<Channel> = vec![];
    for (i, url) in urls.iter().enumerate() {
        let mut refused = channel(&format!("url = \"{url}\""));
        refused.name = format!("c{i}");
        all.push(refused);
    }
    channels::register(&t.app, all).await.unwrap();
    t.org(Subject::Enterprise, "E001", "990121103").await;
    channels::run_due(&t.app).await.unwrap();
    assert_eq!(receiver.count(), 0);
    for (_, state, _, _, error) in states(t).await {
        assert_eq!(state, "waiting");
        assert!(error.unwrap().contains("内网或本机地址"));
    }
});

#[tokio::test]
async fn https_is_checked_against_the_configured_authority() {
    let t = TestPlatform::start(testing::Engine::Sqlite, vec![]).await;
    t.org(Subject::Government, "GOV", "990121").await;
    let folder = tempfile::tempdir().unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis();
    let identity = platform::tls::Identity::local(folder.path(), &[], &[], i64::try_from(now).unwrap()).unwrap();
    let stranger =
        platform::tls::Identity::local(&folder.path().join("b"), &[], &[], i64::try_from(now).unwrap()).unwrap();
    let pem = |name: &str, identity: &platform::tls::Identity| {
        let path = folder.path().join(name);
        std::fs::write(&path, &identity.authority.as_ref().unwrap().pem).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let receiver = Receiver::start().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let tls = axum_server::tls_rustls::RustlsConfig::from_config(identity.server_config(&platform::tls::HTTP).unwrap());
    let router = axum::Router::new().fallback(receive).with_state(receiver.clone());
    tokio::spawn(axum_server::from_tcp_rustls(listener, tls).unwrap().serve(router.into_make_service()));
    let with = |name: &str, ca: &str| {
        let text =
            format!("url = \"https://localhost:{}/\"\nallow = [\"127.0.0.1\", \"::1\"]\nca = \"{ca}\"", address.port());
        let mut channel = channel(&text);
        name.clone_into(&mut channel.name);
        channel
    };
    let trusting = with("a", &pem("right.pem", &identity));
    let wary = with("b", &pem("wrong.pem", &stranger));
    channels::register(&t.app, vec![trusting, wary]).await.unwrap();
    t.org(Subject::Enterprise, "E001", "990121103").await;
    assert_eq!(channels::run_due(&t.app).await.unwrap(), 1, "{:?}", states(&t).await);
    assert_eq!(receiver.json(0)["channel"], "a");
    t.finish().await;
}

#[tokio::test]
async fn a_command_gets_json_on_its_input_and_answers_one_json_line() {
    let cases = [
        (r#"["/bin/sh", "-c", "cat >/dev/null; echo '{\"sent\": 1}'"]"#, Ok(r#"{"sent":1}"#)),
        (
            r#"["/bin/sh", "-c", "grep -q org.registered && echo \"{\\\"id\\\": \\\"$ANLAN_ID\\\"}\" | cut -c1-7 && exit 3"]"#,
            Err("程序失败"),
        ),
        (r#"["/bin/sh", "-c", "echo 短信网关不通 >&2; exit 1"]"#, Err("短信网关不通")),
        (r#"["/bin/sh", "-c", "echo hello"]"#, Err("不是 JSON")),
        (r#"["/bin/sh", "-c", "echo '{}'; echo '{}'"]"#, Err("一行 JSON")),
        (r#"["/bin/sh", "-c", "head -c 100000 /dev/zero | tr '\\0' ' '"]"#, Err("程序")),
        (r#"["/no/such/program"]"#, Err("无法启动")),
        (r#"["/bin/sh", "-c", "test -z \"$HOME$ANLAN_SECRET\" && cat >/dev/null && echo 1"]"#, Ok("1")),
    ];
    for (program, expected) in cases {
        let t = TestPlatform::start(testing::Engine::Sqlite, vec![]).await;
        t.org(Subject::Government, "GOV", "990121").await;
        channels::register(&t.app, vec![command(program)]).await.unwrap();
        t.org(Subject::Enterprise, "E001", "990121103").await;
        channels::run_due(&t.app).await.unwrap();
        let (_, _, _, receipt, error) = states(&t).await.remove(0);
        match expected {
            Ok(json) => assert_eq!(receipt.as_deref(), Some(json), "{program}: {error:?}"),
            Err(part) => assert!(error.as_ref().is_some_and(|e| e.contains(part)), "{program}: {error:?}"),
        }
        t.finish().await;
    }
}

#[test]
fn a_wrong_channel_is_refused_with_its_name_and_the_way_out() {
    let good = format!(
        "name = \"sms\"\norg = \"GOV\"\nkind = \"webhook\"\nurl = \"https://a.example/\"\nsecret = \"{SECRET}\"\n"
    );
    let with = |from: &str, to: &str| parse(&format!("[[channel]]\n{}", good.replace(from, to)));
    assert!(with("", "").is_ok());
    let cases = [
        ("name = \"sms\"", "name = \"短信\"", "name"),
        ("org = \"GOV\"\n", "", "org"),
        ("kind = \"webhook\"", "kind = \"smtp\"", "kind"),
        ("https://a.example/", "http://a.example/", "url"),
        ("https://a.example/", "https://user:pw@a.example/", "url"),
        (SECRET, "short", "secret"),
        ("org =", "events = [\"no.such.*\"]\norg =", "events"),
        ("org =", "allow = [\"10.0.0.0/40\"]\norg =", "allow"),
        ("org =", "audience = \"restricted\"\norg =", "audience"),
        ("org =", "retries = 3\norg =", "retries"),
        ("kind = \"webhook\"", "kind = \"command\"\ncommand = [\"sms\"]", "command"),
    ];
    for (from, to, key) in cases {
        let refused = with(from, to).unwrap_err();
        assert!(refused.contains(&format!("的 {key} 不对")) && !refused.contains('\n'), "{to}: {refused}");
        assert!(!refused.contains(SECRET));
    }
    let twice = parse(&format!("[[channel]]\n{good}\n[[channel]]\n{good}")).unwrap_err();
    assert!(twice.contains("重名"), "{twice}");
    assert!(!format!("{:?}", with("", "").unwrap()).contains(SECRET));
}

#[test]
fn channels_come_from_the_configuration_file() {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(
        file,
        "node = \"n1\"\n[[channel]]\nname = \"sms\"\norg = \"GOV\"\nkind = \"command\"\ncommand = [\"/bin/true\"]"
    )
    .unwrap();
    let flags = [("config", file.path().to_str().unwrap().to_owned())];
    let config = platform::config::Config::load([], &flags).unwrap();
    assert_eq!((config.node.as_str(), config.channels[0].name.as_str()), ("n1", "sms"));
}
