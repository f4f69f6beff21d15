//! The chain of an alarm, from reading to clearing, exported by the insurer's own login, convinces
//! somebody who has nothing but the `evidence` command and the policy of his own contract; four
//! witness processes, each with key and store of its own, have cosigned it. Whatever is changed
//! afterwards, in the bundle or in the database, no longer does.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test reports by panicking")]
#[path = "../authorisation/insured.rs"]
mod insured;
#[path = "../authorisation/world.rs"]
#[expect(dead_code, reason = "the matrix uses all of that world, this story one corner")]
mod world;

use platform::{args, sql};
use std::io::{BufRead, BufReader, Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use testing::{Client, Engine, TestPlatform};

const FOUR: [&str; 4] = ["gov", "ent", "ins", "svc"];

/// The command, built beside this test.
fn evidence() -> PathBuf {
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let built = Command::new(cargo).args(["build", "-q", "-p", "evidence", "--target-dir"]).arg(&target).status();
    assert!(built.unwrap().success(), "the evidence command builds");
    target.join("debug/evidence")
}

fn run(command: &Path, arguments: &[&str], folder: &Path) -> (i32, String) {
    let out = Command::new(command).args(arguments).current_dir(folder).env_clear().output().unwrap();
    let text = [out.stdout, out.stderr].concat();
    (out.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// A witness process; it ends with the test.
struct Witness(Child);

impl Drop for Witness {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Keys and processes of the four subjects, each in a folder of its own, and the policy they agreed.
fn four(command: &Path, folder: &Path, log: &str) -> (Vec<Witness>, String) {
    let (mut running, mut policy) = (vec![], format!("log {log}\n"));
    for name in FOUR {
        let own = folder.join(name);
        std::fs::create_dir(&own).unwrap();
        let key = format!("{name}.example");
        let (code, vkey) = run(command, &["keygen", "--name", &key, "--role", "witness", "--out", "key"], &own);
        assert_eq!(code, 0, "{vkey}");
        let mut child = Command::new(command)
            .args([
                "witness",
                "serve",
                "--key",
                "key",
                "--store",
                "store",
                "--init",
                "--listen",
                "127.0.0.1:0",
                "--log",
                log,
            ])
            .current_dir(&own)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        running.push(Witness(child));
        policy += &format!("witness {name} {} {}\n", vkey.trim(), url.trim());
    }
    policy += "group four 3 gov ent ins svc\nquorum four\n";
    (running, policy)
}

/// The newest event about an object that this caller sees.
async fn newest(client: &Client, subject: &str) -> String {
    let items = client.get(&format!("/api/v1/timeline?subject={subject}")).await.ok();
    items["items"][0]["id"].as_str().unwrap_or_else(|| panic!("no event of {subject}: {items}")).to_owned()
}

fn files(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bundle)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let mut bytes = vec![];
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
    for (name, bytes) in files {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A room of the insurer's: the command, its contract's policy, and nothing of the platform.
struct Room<'a> {
    command: &'a Path,
    folder: tempfile::TempDir,
}

impl Room<'_> {
    fn verify(&self, bundle: &[u8]) -> (i32, String) {
        std::fs::write(self.folder.path().join("case.zip"), bundle).unwrap();
        run(self.command, &["verify", "--policy", "contract.txt", "--bundle", "case.zip"], self.folder.path())
    }
}

fn attack_the_bundle(room: &Room, bundle: &[u8]) {
    let honest = files(bundle);
    let named = |name: &str| honest.iter().position(|(n, _)| n.starts_with(name)).unwrap();
    let mut tried = 0;
    for (at, (name, bytes)) in honest.iter().enumerate().filter(|(_, (n, _))| n.contains('/')) {
        for place in [0, bytes.len() / 2, bytes.len() - 2] {
            let mut changed = honest.clone();
            changed[at].1[place] ^= 1;
            let (code, said) = room.verify(&zip(&changed));
            assert_ne!(code, 0, "{name} byte {place}: {said}");
            tried += 1;
        }
    }
    let (first, second) = (named("entries/"), named("entries/") + 2);
    let mut swapped = honest.clone();
    (swapped[first].1, swapped[second].1) = (honest[second].1.clone(), honest[first].1.clone());
    assert_ne!(room.verify(&zip(&swapped)).0, 0, "two entries traded places");
    let mut lone = honest.clone();
    lone.remove(named("proofs/"));
    assert_ne!(room.verify(&zip(&lone)).0, 0, "an entry without proof");
    // A policy inside that asks for nobody is not the reader's.
    let mut generous = honest.clone();
    let policy = &mut generous[named("policy.txt")].1;
    *policy = String::from_utf8(policy.clone()).unwrap().replace("quorum four", "quorum none").into_bytes();
    let (code, said) = room.verify(&zip(&generous));
    assert!(code == 0 && said.contains("与您的不同"), "{said}");
    println!("{tried} changed bytes in {} files, all refused", honest.len());
}

/// Rewrites rows as the administrator of the database can, exports again, and puts them back.
async fn attack_the_database(t: &TestPlatform, room: &Room<'_>, insurer: &Client, id: &str) {
    let row = t.app.db().one(sql("select seq, entry, leaf from event where id = $1", args![id])).await.unwrap();
    let (seq, entry, leaf): (i64, Vec<u8>, Vec<u8>) =
        (row.get("seq").unwrap(), row.get("entry").unwrap(), row.get("leaf").unwrap());
    let text = String::from_utf8(entry.clone()).unwrap();
    let forged = text.replace("\"audience\":\"parties\"", "\"audience\":\"partiez\"").into_bytes();
    assert_ne!(forged, entry);
    let rehashed = evidence::leaf_hash(evidence::Suite::Sm3Sm2, &forged).to_vec();
    for (what, entry_now, leaf_now) in [
        ("the entry", forged.clone(), leaf.clone()),
        ("entry and leaf", forged, rehashed),
        ("the leaf", entry.clone(), vec![7; 32]),
    ] {
        write(t, seq, entry_now, leaf_now).await;
        let reply = insurer.get(&format!("/api/v1/events/{id}/bundle")).await;
        if reply.status.is_success() {
            let (code, said) = room.verify(&reply.bytes);
            assert_eq!(code, 1, "{what}: {said}");
        }
        write(t, seq, entry.clone(), leaf.clone()).await;
    }
    let again = insurer.get(&format!("/api/v1/events/{id}/bundle")).await;
    assert_eq!(room.verify(&again.bytes).0, 0, "as it was, it verifies as before");
}

async fn write(t: &TestPlatform, seq: i64, entry: Vec<u8>, leaf: Vec<u8>) {
    let ctx = t.ctx();
    let mut tx = ctx.begin().await.unwrap();
    tx.run(sql("update event set entry = $1, leaf = $2 where seq = $3", args![entry, leaf, seq])).await.unwrap();
    let org = platform::auth::Org::find(ctx.db(), "GOV").await.unwrap().unwrap();
    let said = events::platform::AccessRecorded { act: "sql".into(), address: "db".to_owned().into(), reason: None };
    let event = ctx.event(&said, "probe/sql", &org.placed()).unwrap();
    ctx.commit(tx, event, vec![]).await.unwrap();
}

#[tokio::test]
async fn an_alarm_exported_by_the_insurer_verifies_elsewhere_and_no_attack_does() {
    let command = evidence();
    let homes = tempfile::tempdir().unwrap();
    let name = "story.anlan/evidence-sm3";
    let (code, log) = run(&command, &["keygen", "--name", name, "--role", "log", "--out", "log.key"], homes.path());
    assert_eq!(code, 0, "{log}");
    let (witnesses, policy) = four(&command, homes.path(), log.trim());
    let t = TestPlatform::start_with(Engine::Sqlite, server::parts::all(), |data| {
        std::fs::create_dir_all(data.join("log")).unwrap();
        std::fs::copy(homes.path().join("log.key"), data.join("log/log.key")).unwrap();
        std::fs::write(data.join("log/policy.txt"), &policy).unwrap();
    })
    .await;
    let world = world::build(&t).await;
    let alarm = format!("alarm/{}", world.targets[0].ids["alarm_to_clear"]);
    let manager = t.login("safety_manager@E001").await;
    let cleared = format!("/api/v1/alarms/{}/clear", world.targets[0].ids["alarm_to_clear"]);
    manager.post(&cleared, &serde_json::json!({})).await;
    t.run_jobs().await;
    t.app.publish().await.unwrap();
    let insurer = t.login("underwriter@INS1").await;
    let id = newest(&insurer, &alarm).await;
    let bundle = insurer.get(&format!("/api/v1/events/{id}/bundle?whole=true")).await;
    assert!(bundle.status.is_success(), "{}", String::from_utf8_lossy(&bundle.bytes));
    let stranger = t.login("underwriter@INS2").await;
    assert_eq!(stranger.get(&format!("/api/v1/events/{id}/bundle?whole=true")).await.status.as_u16(), 404);

    let room = Room { command: &command, folder: tempfile::tempdir().unwrap() };
    std::fs::write(room.folder.path().join("contract.txt"), &policy).unwrap();
    let (code, said) = room.verify(&bundle.bytes);
    println!("{said}");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("见证      4/4") && said.contains("iot.alarm.raised"), "{said}");
    assert!(!String::from_utf8_lossy(&bundle.bytes).contains("13800000001"), "no phone in the insurer's bundle");
    attack_the_bundle(&room, &bundle.bytes);
    attack_the_database(&t, &room, &insurer, &id).await;
    drop(witnesses);
    t.finish().await;
}
