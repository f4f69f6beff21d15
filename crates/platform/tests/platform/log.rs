//! The evidence log of a node: no state is shown early, nothing is signed over altered bytes, a
//! restored old copy stays silent, and a bundle convinces somebody who trusts only his own policy.
use crate::probe::{self, PROBE, write};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use evidence::case::Case;
use evidence::witness::{Request, Witness};
use evidence::{Policy, Receipt, Role, SigningKey, Suite};
use platform::{App, Db, Setup, Source, Subject};
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::Path as FilePath;
use std::sync::{Arc, Mutex};
use testing::{Client, Engine, TestPlatform};

const FOUR: [&str; 4] = ["gov", "ent", "ins", "svc"];
const ORIGIN: &str = "test.anlan/evidence-sm3";

fn log_key() -> SigningKey {
    SigningKey::new(ORIGIN, Suite::Sm3Sm2, Role::Log, &[9; 32]).unwrap()
}

fn witness_key(n: usize) -> SigningKey {
    SigningKey::new(&format!("{}.example", FOUR[n]), Suite::Sm3Sm2, Role::Witness, &[n as u8 + 1; 32]).unwrap()
}

/// A witness process of its own, as far as the node can tell.
#[derive(Clone)]
struct Running {
    witness: Arc<Witness>,
    held: Arc<Mutex<Option<evidence::witness::State>>>,
    up: Arc<Mutex<bool>>,
    url: String,
}

impl Running {
    async fn start(n: usize) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let running = Self {
            witness: Arc::new(Witness::new(witness_key(n), vec![log_key().verifier().clone()]).unwrap()),
            held: Arc::default(),
            up: Arc::new(Mutex::new(true)),
            url: format!("http://{}/log/witness", listener.local_addr().unwrap()),
        };
        let routes = Router::new()
            .route("/log/witness/add-checkpoint", post(add))
            .route("/log/witness/{origin}/checkpoint", get(held))
            .with_state(running.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        running
    }

    fn set_up(&self, up: bool) {
        *self.up.lock().unwrap() = up;
    }
}

async fn add(State(w): State<Running>, body: String) -> impl IntoResponse {
    if !*w.up.lock().unwrap() {
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    let request = Request::parse(&body).unwrap();
    let mut held = w.held.lock().unwrap();
    let decision = w.witness.decide(held.as_ref(), &request, 1_795_395_700);
    if let Some(next) = decision.next {
        *held = Some(next);
    }
    (StatusCode::from_u16(decision.answer.status()).unwrap(), decision.answer.body())
}

async fn held(State(w): State<Running>, Path(origin): Path<String>) -> impl IntoResponse {
    if !*w.up.lock().unwrap() {
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    assert_eq!(origin, hex::encode(Suite::Sha256Ed25519.hash(&[ORIGIN.as_bytes()])));
    match w.held.lock().unwrap().as_ref() {
        Some(state) => (StatusCode::OK, state.cosigned.to_string()),
        None => (StatusCode::NOT_FOUND, String::new()),
    }
}

async fn four() -> Vec<Running> {
    let mut all = vec![];
    for n in 0..4 {
        all.push(Running::start(n).await);
    }
    all
}

/// The policy the four subjects agreed upon, as the insurer has it in its contract.
fn policy_text(witnesses: &[Running]) -> String {
    let line = |n: usize| format!("witness {} {} {}\n", FOUR[n], witness_key(n).verifier(), witnesses[n].url);
    let lines: String = (0..4).map(line).collect();
    format!(
        "log {}\n# holder gov 应急管理局机房\n{lines}group four 3 gov ent ins svc\nquorum four\n",
        log_key().verifier()
    )
}

fn lay(folder: &FilePath, policy: &str) {
    std::fs::create_dir_all(folder.join("log")).unwrap();
    std::fs::write(folder.join("log/log.key"), log_key().to_secret_text()).unwrap();
    std::fs::write(folder.join("log/policy.txt"), policy).unwrap();
}

async fn start(engine: Engine, policy: &str) -> TestPlatform {
    let t = TestPlatform::start_with(engine, vec![&PROBE], |folder| lay(folder, policy)).await;
    for id in ["E001", "E002"] {
        t.org(Subject::Enterprise, id, "990121103").await;
    }
    t
}

async fn state(client: &Client) -> Value {
    client.get("/api/v1/evidence/log").await.ok()
}

fn unzip(bytes: &[u8]) -> Case {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files = vec![];
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = vec![];
        file.read_to_end(&mut bytes).unwrap();
        files.push((file.name().unwrap().into_owned(), bytes));
    }
    Case::from_files(files).unwrap()
}

#[tokio::test]
async fn no_state_is_shown_before_it_is_reached() {
    for engine in probe::engines() {
        let witnesses = four().await;
        let t = start(engine, &policy_text(&witnesses)).await;
        let client = t.as_enterprise("E001").await;
        for witness in &witnesses[1..] {
            witness.set_up(false);
        }
        let before = state(&client).await;
        assert_eq!((before["signed"].as_u64(), before["witnessed"].as_u64()), (Some(0), Some(0)), "{before}");
        assert_eq!(t.anonymous().get("/log/checkpoint").await.status, StatusCode::NOT_FOUND);
        write(&t.ctx(), "E001", "甲", 1).await.unwrap();
        t.run_jobs().await;
        t.app.publish().await.unwrap();
        let one = state(&client).await;
        assert_eq!(one["signed"], one["stored"]);
        assert_eq!((one["witnessed"].as_u64(), one["quorum"].as_u64()), (Some(0), Some(3)), "one of four: {one}");
        assert_eq!((&one["witnesses"][0]["light"], &one["witnesses"][1]["light"]), (&json!("lit"), &json!("dark")));
        assert_eq!(one["witnesses"][0]["holder"], "应急管理局机房");
        witnesses[1].set_up(true);
        t.app.publish().await.unwrap();
        assert_eq!(state(&client).await["witnessed"], 0, "two of four");
        let id = t.last_event("person.registered").await;
        assert_eq!(client.get(&format!("/api/v1/events/{id}/bundle")).await.status, StatusCode::CONFLICT);
        witnesses[2].set_up(true);
        t.app.publish().await.unwrap();
        let three = state(&client).await;
        assert_eq!(three["witnessed"], three["signed"], "{three}");
        let note = String::from_utf8(t.anonymous().get("/log/checkpoint").await.bytes).unwrap();
        let policy = Policy::parse(policy_text(&witnesses).as_bytes()).unwrap();
        assert!(policy.check(&note).unwrap().quorum_met);
        t.finish().await;
    }
}

#[tokio::test]
async fn a_bundle_verifies_with_the_readers_own_policy_and_shows_what_he_may_see() {
    for engine in probe::engines() {
        let witnesses = four().await;
        let t = start(engine, &policy_text(&witnesses)).await;
        let client = t.as_enterprise("E001").await;
        for n in 0..300 {
            write(&t.ctx(), "E001", &format!("员工{n}"), n).await.unwrap();
        }
        t.run_jobs().await;
        t.app.publish().await.unwrap();
        let own = policy_text(&witnesses).into_bytes();
        let policy = Policy::parse(&own).unwrap();
        let path = format!("/api/v1/events/{}/bundle", t.last_event("access.recorded").await);
        let reply = client.get(&path).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", String::from_utf8_lossy(&reply.bytes));
        assert_eq!(reply.headers["anlan-left-out"], "0");
        let case = unzip(&reply.bytes);
        let report = case.verify(&policy, &own).unwrap();
        assert!(report.same_policy && report.entries.len() == 2, "the effect and its cause");
        let opened: Vec<&String> = report.entries.iter().flat_map(|e| &e.opened).collect();
        assert!(opened.iter().any(|name| name.ends_with("name")), "{opened:?}");
        // Another enterprise sees nothing of it, a stranger even less.
        let other = t.as_enterprise("E002").await;
        assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
        let stranger = t.anonymous().get(&path).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
        let whole = unzip(&client.get(&format!("{path}?whole=true")).await.bytes);
        assert_eq!(whole.verify(&policy, &own).unwrap().entries.len(), 2);
        // Tiles: hashes for everybody, entries for those who may see each of them.
        let tile = t.anonymous().get("/log/tile/0/000").await;
        assert_eq!((tile.status, tile.bytes.len()), (StatusCode::OK, 256 * 32));
        assert_eq!(t.anonymous().get("/log/tile/1/000.p/2").await.bytes.len(), 64);
        assert_eq!(t.anonymous().get("/log/tile/1/000.p/3").await.status, StatusCode::NOT_FOUND);
        assert_eq!(t.anonymous().get("/log/tile/entries/000").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(client.get("/log/tile/entries/000").await.status, StatusCode::NOT_FOUND, "others' entries in it");
        t.finish().await;
    }
}

#[tokio::test]
async fn every_acknowledged_write_comes_with_a_signed_promise() {
    let witnesses = four().await;
    let t = start(Engine::Sqlite, &policy_text(&witnesses)).await;
    let client = t.as_enterprise("E001").await;
    let body = json!({"enterprise": "E001", "name": "乙", "n": 7}).to_string().into_bytes();
    let reply = client.send(Method::POST, "/api/v1/probe/notes", Some(("application/json", body)), &[]).await;
    let note = BASE64_STANDARD.decode(reply.headers["anlan-receipt"].as_bytes()).unwrap();
    let note = String::from_utf8(note).unwrap();
    let id = reply.ok()["events"][0].as_str().unwrap().to_owned();
    let entry = client.get(&format!("/api/v1/events/{id}/entry")).await.bytes;
    let policy = Policy::parse(policy_text(&witnesses).as_bytes()).unwrap();
    let receipt = Receipt::verify(&policy, &note, &entry).unwrap();
    assert_eq!(receipt.include_by, testing::START.0.unsigned_abs() / 1_000 + 86_400);
    let again = client.get(&format!("/api/v1/events/{id}/receipt")).await;
    Receipt::verify(&policy, &String::from_utf8(again.bytes).unwrap(), &entry).unwrap();
    assert!(client.get("/api/v1/session").await.headers.get("anlan-receipt").is_none(), "nothing was written");
    let other = t.as_enterprise("E002").await;
    assert_eq!(other.get(&format!("/api/v1/events/{id}/receipt")).await.status, StatusCode::NOT_FOUND);
    t.finish().await;
}

#[tokio::test]
async fn a_polling_witness_brings_its_signature_and_nobody_else_does() {
    let witnesses = four().await;
    // Nobody can be reached: all four poll.
    let text: String =
        policy_text(&witnesses).lines().map(|l| l.split(" http://").next().unwrap().to_owned() + "\n").collect();
    let t = start(Engine::Sqlite, &text).await;
    let client = t.as_enterprise("E001").await;
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    let note = String::from_utf8(t.anonymous().get("/log/checkpoint").await.bytes).unwrap();
    let body = evidence::Note::parse(&note).unwrap().text;
    let post = |note: String| {
        let stranger = t.anonymous();
        async move {
            let body = Some(("text/plain", note.into_bytes()));
            stranger.send(Method::POST, "/log/add-cosignature", body, &[]).await.status
        }
    };
    let signed = |n: usize, text: &str| {
        let line = witness_key(n).cosign(text, 1_795_395_700).unwrap();
        evidence::Note { text: text.to_owned(), lines: vec![line] }
    };
    for n in 0..3 {
        assert_eq!(state(&client).await["witnessed"], 0);
        assert_eq!(post(signed(n, &body).to_string()).await, StatusCode::NO_CONTENT);
        assert_eq!(post(signed(n, &body).to_string()).await, StatusCode::NO_CONTENT, "twice is once");
    }
    assert_ne!(state(&client).await["witnessed"], 0);
    let stranger = SigningKey::new("gov.example", Suite::Sm3Sm2, Role::Witness, &[77; 32]).unwrap();
    let line = stranger.cosign(&body, 1).unwrap();
    let forged = evidence::Note { text: body.clone(), lines: vec![line] }.to_string();
    assert_eq!(post(forged).await, StatusCode::UNPROCESSABLE_ENTITY);
    let mut broken = signed(3, &body);
    broken.lines[0].bytes[20] ^= 1;
    assert_eq!(post(broken.to_string()).await, StatusCode::UNPROCESSABLE_ENTITY);
    let size = body.lines().nth(1).unwrap();
    let elsewhere = body.replace(&format!("\n{size}\n"), "\n999999\n");
    assert_eq!(post(signed(3, &elsewhere).to_string()).await, StatusCode::NOT_FOUND);
    let root = body.lines().nth(2).unwrap();
    let split = body.replace(root, &BASE64_STANDARD.encode([7; 32]));
    assert_eq!(post(signed(3, &split).to_string()).await, StatusCode::CONFLICT);
    assert_eq!(post("nonsense".to_owned()).await, StatusCode::UNPROCESSABLE_ENTITY);
    t.finish().await;
}

async fn open(folder: &FilePath) -> App {
    let setup = Setup {
        db: Db::sqlite(&folder.join("anlan.sqlite")).await.unwrap(),
        source: Source::fixed(testing::START, 99),
        node: "test".to_owned(),
        data: folder.to_owned(),
        parts: vec![&PROBE],
        demo: true,
        policy: platform::Policy::default(),
    };
    App::start(setup).await.unwrap()
}

fn system(app: &App) -> platform::Ctx {
    app.ctx(platform::Actor::system())
}

#[tokio::test]
async fn a_restored_old_copy_neither_signs_nor_writes() {
    let witnesses = four().await;
    let policy = policy_text(&witnesses);
    let t = start(Engine::Sqlite, &policy).await;
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    let (old, current) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    t.app.db().copy_to(&old.path().join("anlan.sqlite")).await.unwrap();
    write(&t.ctx(), "E001", "后来的", 1).await.unwrap();
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    t.app.db().copy_to(&current.path().join("anlan.sqlite")).await.unwrap();
    t.finish().await;
    for folder in [old.path(), current.path()] {
        lay(folder, &policy);
        platform::log::mark_restored(folder).unwrap();
    }
    // The old copy hears of the later head and stays as it is.
    let app = open(old.path()).await;
    assert!(write(&system(&app), "E001", "另一段历史", 9).await.is_err(), "nothing before the witnesses answered");
    app.publish().await.unwrap();
    let refused = write(&system(&app), "E001", "另一段历史", 9).await.unwrap_err().to_string();
    assert!(refused.contains("旧备份"), "{refused}");
    app.stop().await;
    // One answer of four is too few even for a good copy: any quorum could be among the silent.
    for witness in &witnesses[1..] {
        witness.set_up(false);
    }
    let app = open(current.path()).await;
    app.publish().await.unwrap();
    assert!(write(&system(&app), "E001", "还不行", 9).await.is_err());
    witnesses[1].set_up(true);
    app.publish().await.unwrap();
    write(&system(&app), "E001", "继续", 9).await.unwrap();
    assert!(!current.path().join("log/restored").exists());
    app.stop().await;
}

/// One statement of somebody with the rights of the database's administrator.
async fn attack(folder: &FilePath, statements: &[&'static str]) {
    use sqlx::Connection as _;
    let url = format!("sqlite://{}", folder.join("anlan.sqlite").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    for statement in statements {
        sqlx::query(*statement).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_log_whose_rows_were_rewritten_signs_nothing_more() {
    let witnesses = four().await;
    let policy = policy_text(&witnesses);
    let t = start(Engine::Sqlite, &policy).await;
    for n in 0..300 {
        write(&t.ctx(), "E001", &format!("员工{n}"), n).await.unwrap();
    }
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    let clean = tempfile::tempdir().unwrap();
    t.app.db().copy_to(&clean.path().join("anlan.sqlite")).await.unwrap();
    t.finish().await;
    let attacks: [(&str, &[&str]); 8] = [
        ("one entry", &["update event set entry = replace(cast(entry as text), 'E001', 'E002') where seq = 150"]),
        ("one leaf", &["update event set leaf = (select leaf from event where seq = 3) where seq = 4"]),
        (
            "entry and leaf of another",
            &[
                "update event set entry = (select entry from event where seq = 3), leaf = (select leaf from event where seq = 3) where seq = 4",
            ],
        ),
        (
            "two swapped",
            &[
                "update event set seq = -1 where seq = 40",
                "update event set seq = 40 where seq = 41",
                "update event set seq = 41 where seq = -1",
            ],
        ),
        (
            "one dropped, the rest moved up",
            &[
                "delete from event where seq = 100",
                "update event set seq = -seq where seq > 100",
                "update event set seq = -seq - 1 where seq < 0",
            ],
        ),
        (
            "the last ones dropped",
            &[
                "delete from event where seq > 200",
                "update log_head set next = 201",
                "delete from log_state",
                "delete from log_node where place > 0",
            ],
        ),
        ("a node", &["update log_node set hash = (select leaf from event where seq = 1)"]),
        ("a head", &["update log_checkpoint set note = replace(note, 'evidence', 'evidense')"]),
    ];
    for (what, statements) in attacks {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(clean.path().join("anlan.sqlite"), folder.path().join("anlan.sqlite")).unwrap();
        lay(folder.path(), &policy);
        attack(folder.path(), statements).await;
        let app = open(folder.path()).await;
        app.publish().await.ok();
        let before = platform::log::signed(&app).await.unwrap();
        assert!(!platform::log::signs(&app), "{what}: the log goes on signing");
        write(&system(&app), "E001", "之后", 1000).await.ok();
        app.run_jobs().await.ok();
        app.publish().await.ok();
        assert_eq!(platform::log::signed(&app).await.unwrap(), before, "{what}: a head was signed");
        app.stop().await;
    }
}

#[tokio::test]
async fn a_history_signed_anew_with_the_logs_own_key_is_refused_by_the_witnesses() {
    let witnesses = four().await;
    let policy = policy_text(&witnesses);
    let t = start(Engine::Sqlite, &policy).await;
    write(&t.ctx(), "E001", "原来的", 77).await.unwrap();
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    t.finish().await;
    // The operator begins again under the same name and key, and has a longer history.
    let t = start(Engine::Sqlite, &policy).await;
    for n in 0..20 {
        write(&t.ctx(), "E001", &format!("改写{n}"), n).await.unwrap();
    }
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    let client = t.as_enterprise("E001").await;
    let state = state(&client).await;
    assert_eq!((state["standing"].as_str(), state["witnessed"].as_u64()), (Some("split"), Some(0)), "{state}");
    t.finish().await;
}

/// A time-stamp authority made with OpenSSL, as a program that turns a query into a reply.
fn authority(folder: &FilePath) -> bool {
    let script = r#"
set -eu
printf '[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=test tsa\n[ext]\nextendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n[tsa]\ndefault_tsa=one\n[one]\nserial=%s/serial\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n' "$PWD" > tsa.cnf
echo 01 > serial
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out ca.pem -days 3650 -config tsa.cnf
cat > tsa <<END
#!/bin/sh
cat > $PWD/query.tsq
openssl ts -reply -config $PWD/tsa.cnf -queryfile $PWD/query.tsq -inkey $PWD/key.pem -signer $PWD/ca.pem
END
chmod +x tsa
"#;
    let made = std::process::Command::new("bash").args(["-c", script]).current_dir(folder).output();
    made.is_ok_and(|out| out.status.success())
}

#[tokio::test]
async fn a_witnessed_head_is_anchored_at_a_time_stamp_authority() {
    let tsa = tempfile::tempdir().unwrap();
    assert!(authority(tsa.path()), "OpenSSL makes a time-stamp authority");
    let adapter = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/anchor-rfc3161");
    let at = |name: &str| tsa.path().join(name).display().to_string();
    let command = vec![adapter.to_owned(), at("ca.pem"), format!("exec:{}", at("tsa"))];
    let anchor = platform::log::Anchor::of(command);
    let witnesses = four().await;
    let t = start(Engine::Sqlite, &policy_text(&witnesses)).await;
    assert!(!anchor.once(&t.app).await.unwrap(), "nothing is witnessed yet");
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    assert!(anchor.once(&t.app).await.unwrap());
    let client = t.as_enterprise("E001").await;
    let after = state(&client).await;
    assert_eq!((&after["anchored"], after["anchor"].as_str()), (&after["witnessed"], Some("rfc3161")), "{after}");
    assert!(!anchor.once(&t.app).await.unwrap(), "the same head is anchored once");
    // An authority that signs for somebody else is refused, and no write waits for it.
    t.app.source().forward(3_600_000);
    write(&t.ctx(), "E001", "丙", 5).await.unwrap();
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    std::fs::write(tsa.path().join("tsa"), "#!/bin/sh\nexec cat\n").unwrap();
    assert!(anchor.once(&t.app).await.unwrap_err().to_string().contains("锚定程序"));
    assert!(state(&client).await["anchored"].as_u64() < state(&client).await["witnessed"].as_u64());
    t.finish().await;
}
