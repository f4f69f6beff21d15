//! The `evidence` command as an insurer uses it: files in, words and exit code out.

use evidence::{Suite, file_commit};
use serde_json::Value;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

use crate::fixture::{Log, PHOTO, case, plain_entries};

pub(crate) fn evidence(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evidence")).current_dir(dir).args(args).output().unwrap()
}

/// Exit code, standard output, standard error.
fn run(dir: &TempDir, args: &[&str]) -> (i32, String, String) {
    let output = evidence(dir.path(), args);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn json(dir: &TempDir, args: &[&str]) -> (i32, Value) {
    let (code, out, _) = run(dir, &[args, &["--json"]].concat());
    (code, serde_json::from_str(&out).unwrap())
}

fn put(dir: &TempDir, name: &str, content: impl AsRef<[u8]>) {
    std::fs::write(dir.path().join(name), content).unwrap();
}

/// The files of one record, as the four subjects exchange them.
fn record() -> (TempDir, Log) {
    let dir = tempfile::tempdir().unwrap();
    let (log, case) = case(Suite::Sm3Sm2);
    put(&dir, "policy", log.policy_text(3));
    put(&dir, "proof", &case.records[&3].proof);
    put(&dir, "entry", &case.records[&3].entry);
    put(&dir, "disclosures", case.records[&3].disclosures.join("\n") + "\n");
    put(&dir, "photo", PHOTO);
    (dir, log)
}

const VERIFY: [&str; 7] = ["verify", "--policy", "policy", "--proof", "proof", "--entry", "entry"];

#[test]
fn a_valid_record_is_explained_in_chinese_and_exits_0() {
    let (dir, _) = record();
    let args = [&VERIFY[..], &["--disclosures", "disclosures", "--file", "photo"]].concat();
    let (code, out, err) = run(&dir, &args);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    for words in [
        "有效",
        "log.example/evidence-sm3",
        "3/4",
        "1970-01-01 08:16:40（北京时间）",
        "person",
        "另有 1 项",
        "附件      1 个",
        "没有证明",
    ] {
        assert!(out.contains(words), "{words} in {out}");
    }
    let (code, json) = json(&dir, &args);
    assert_eq!((code, &json["valid"]), (0, &Value::Bool(true)));
    assert_eq!(json["head"]["cosigners"].as_array().unwrap().len(), 3);
    assert_eq!(json["entry"]["data"]["person"], "示例甲");
    assert_eq!((&json["entry"]["withheld"], &json["head"]["earliest"]), (&Value::from(1), &Value::from(1000)));
}

#[test]
fn changed_evidence_exits_1_and_says_which_rule_broke() {
    let (dir, log) = record();
    let all = [&VERIFY[..], &["--disclosures", "disclosures", "--file", "photo"]].concat();
    let honest = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
    for (name, words) in [("entry", "包含证明"), ("proof", "无效"), ("disclosures", "披露项"), ("photo", "附件")]
    {
        let before = honest(name);
        let mut changed = before.clone();
        let last = changed.len() - 3;
        changed[last] ^= 1;
        put(&dir, name, &changed);
        let (code, out, err) = run(&dir, &all);
        assert_eq!((code, out.as_str()), (1, ""), "{name}");
        assert!(err.contains(words), "{name}: {err}");
        let (code, json) = json(&dir, &all);
        assert_eq!((code, &json["valid"]), (1, &Value::Bool(false)));
        assert!(json["error"]["why"].is_string());
        put(&dir, name, &before);
    }
    put(&dir, "policy", log.policy_text(4));
    let (code, _, err) = run(&dir, &VERIFY);
    assert_eq!(code, 1);
    assert!(err.contains("未达到") && err.contains("4 个见证方中有 3 个"), "{err}");
}

#[test]
fn what_cannot_be_examined_exits_2() {
    let (dir, log) = record();
    assert_eq!(run(&dir, &["verify"]).0, 2);
    assert_eq!(run(&dir, &["verify", "--policy", "policy"]).0, 2);
    assert_eq!(run(&dir, &["frobnicate"]).0, 2);
    assert_eq!(run(&dir, &[&VERIFY[..], &["--file", "missing"]].concat()).0, 2);
    put(&dir, "policy", log.policy_text(5));
    let (code, _, err) = run(&dir, &VERIFY);
    assert!(code == 2 && err.contains("门限 5"), "{err}");
    let (code, json) = json(&dir, &VERIFY);
    assert_eq!((code, &json["valid"]), (2, &Value::Null));
    let (code, _, err) = run(&dir, &["policy", "check", "policy"]);
    assert!(code == 1 && err.contains("第 6 行"), "{err}");
}

fn zip(dir: &TempDir, name: &str, files: &[(String, Vec<u8>)]) {
    let file = std::fs::File::create(dir.path().join(name)).unwrap();
    let mut writer = zip::ZipWriter::new(file);
    for (name, bytes) in files {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn a_case_bundle_is_verified_with_the_readers_own_policy() {
    let (dir, _) = record();
    let (log, case) = case(Suite::Sm3Sm2);
    let files = case.to_files();
    zip(&dir, "case.zip", &files);
    let args = ["verify", "--policy", "policy", "--bundle", "case.zip"];
    let (code, out, err) = run(&dir, &args);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("2 条全部核验通过") && !out.contains("提示"), "{out}");
    // A bundle that brings its own, weaker policy gains nothing by it.
    put(&dir, "policy", log.policy_text(4));
    assert_eq!(run(&dir, &args).0, 1);
    put(&dir, "policy", log.policy_text(2));
    let (code, out, _) = run(&dir, &args);
    assert!(code == 0 && out.contains("自带的政策与您的不同"));
    zip(&dir, "case.zip", &files[..files.len() - 1]);
    assert_eq!(run(&dir, &args).0, 0, "a file may be left out");
    zip(&dir, "case.zip", &[&files[..], &[("files/evil.exe".into(), vec![1])]].concat());
    assert_eq!(run(&dir, &args).0, 1);
    put(&dir, "case.zip", b"PK no zip");
    assert_eq!(run(&dir, &args).0, 1);
}

#[test]
fn every_byte_of_the_zip_is_covered_or_changes_nothing_seen() {
    let (dir, _) = record();
    let (_, case) = case(Suite::Sm3Sm2);
    zip(&dir, "case.zip", &case.to_files());
    let args = ["verify", "--policy", "policy", "--bundle", "case.zip"];
    let honest = std::fs::read(dir.path().join("case.zip")).unwrap();
    let seen = json(&dir, &args).1;
    for at in (0..honest.len()).step_by(if crate::soak() { 1 } else { 97 }) {
        let mut changed = honest.clone();
        changed[at] ^= 1 << (at % 8);
        put(&dir, "case.zip", &changed);
        let (code, mut json) = json(&dir, &args);
        // The policy inside is shown as different, never used.
        json["same_policy"] = Value::Bool(true);
        assert!(code == 1 || json == seen, "byte {at}: {json}");
    }
}

#[test]
fn a_receipt_is_verified_against_its_entry() {
    let (dir, log) = record();
    let entry = std::fs::read(dir.path().join("entry")).unwrap();
    let leaf = evidence::leaf_hash(log.suite, &entry);
    put(&dir, "receipt", evidence::Receipt::sign(&log.key, leaf, 1_800_000_000).unwrap().to_string());
    let args = |entry| ["receipt", "--policy", "policy", "--receipt", "receipt", "--entry", entry];
    let (code, out, _) = run(&dir, &args("entry"));
    assert!(code == 0 && out.contains("2027-01-15 16:00:00（北京时间）"), "{out}");
    assert_eq!(run(&dir, &args("photo")).0, 1);
}

#[test]
fn policy_check_states_what_the_quorum_withstands() {
    let (dir, log) = record();
    let (code, json3) = json(&dir, &["policy", "check", "policy"]);
    assert_eq!((code, &json3["dishonest_to_split"], &json3["may_be_offline"]), (0, &2.into(), &1.into()));
    put(&dir, "policy", log.policy_text(2));
    let (_, out, _) = run(&dir, &["policy", "check", "policy"]);
    assert!(out.contains("警告"), "{out}");
}

#[test]
fn note_open_and_checkpoint_parse() {
    let (dir, log) = record();
    put(&dir, "checkpoint", log.cosigned(&["gov", "ent"]).to_string());
    let key = log.key.verifier().to_string();
    let (code, out, _) = run(&dir, &["note", "open", "--key", &key, "checkpoint"]);
    assert!(code == 0 && out.starts_with("log.example/evidence-sm3\n20\n"));
    let foo = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    assert_eq!(run(&dir, &["note", "open", "--key", foo, "checkpoint"]).0, 1);
    let (code, plain) = json(&dir, &["checkpoint", "parse", "checkpoint"]);
    assert_eq!((code, &plain["size"], &plain["root"]), (0, &20.into(), &hex::encode(log.tree.root()).into()));
    let (code, checked) = json(&dir, &["checkpoint", "parse", "--policy", "policy", "checkpoint"]);
    assert_eq!((code, &checked["quorum_met"], checked["cosigners"].as_array().unwrap().len()), (1, &false.into(), 2));
}

#[test]
fn merkle_root_inclusion_and_consistency() {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::new(Suite::Sha256Ed25519, plain_entries(7));
    put(&dir, "lines", log.entries.join(&b'\n'));
    put(&dir, "entry", &log.entries[4]);
    let root = hex::encode(log.tree.root());
    let suite = ["--suite", "sha256-ed25519"];
    let (_, out, _) = run(&dir, &[&["merkle", "root", "--lines", "lines"], &suite[..]].concat());
    assert!(out.starts_with(&root));
    let path: Vec<String> = log.path(4).iter().map(hex::encode).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let args = |index| {
        [
            &["merkle", "inclusion", "--index", index, "--size", "7", "--root", &root, "--entry", "entry"],
            &suite[..],
            &path,
        ]
        .concat()
    };
    assert_eq!(run(&dir, &args("4")).0, 0);
    assert_eq!(run(&dir, &args("5")).0, 1);
    let old = hex::encode(log.head(3).root);
    let request = log.request(3, 7);
    let path: Vec<String> = request.proof.iter().map(hex::encode).collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let args = |old_size| {
        [
            &[
                "merkle",
                "consistency",
                "--old-size",
                old_size,
                "--old-root",
                &old,
                "--new-size",
                "7",
                "--new-root",
                &root,
            ],
            &suite[..],
            &path,
        ]
        .concat()
    };
    assert_eq!(run(&dir, &args("3")).0, 0);
    assert_eq!(run(&dir, &args("2")).0, 1);
}

#[test]
fn compare_finds_a_split_view() {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let (dir, log) = record();
    let fork = Log::new(log.suite, plain_entries(20));
    put(&dir, "a", log.checkpoint(20).to_string());
    put(&dir, "b", fork.checkpoint(20).to_string());
    put(&dir, "old", log.checkpoint(9).to_string());
    let lines: Vec<String> = log.request(9, 20).proof.iter().map(|h| BASE64_STANDARD.encode(h) + "\n").collect();
    put(&dir, "consistency", lines.concat());
    let compare = |rest: &[&str]| json(&dir, &[&["compare", "--policy", "policy"], rest].concat());
    assert_eq!(compare(&["a", "proof"]).0, 0, "a proof file holds a checkpoint too");
    let (code, split) = compare(&["a", "b"]);
    assert_eq!((code, &split["split_view"]), (1, &Value::Bool(true)));
    assert_eq!(compare(&["a", "old"]).0, 2, "different sizes need a proof");
    assert_eq!(compare(&["--consistency", "consistency", "old", "a"]).0, 0);
    let (code, unproven) = compare(&["--consistency", "consistency", "old", "b"]);
    assert_eq!((code, &unproven["split_view"]), (1, &Value::Null));
}

#[test]
fn keygen_makes_keys_nobody_else_may_read_and_never_overwrites() {
    let dir = tempfile::tempdir().unwrap();
    let make =
        |name, role, suite, out| run(&dir, &["keygen", "--name", name, "--role", role, "--suite", suite, "--out", out]);
    for (name, role, suite, out) in [
        ("log.example/x-sm3", "log", "sm3-sm2", "a"),
        ("log.example/x", "log", "sha256-ed25519", "b"),
        ("gov.example", "witness", "sm3-sm2", "c"),
    ] {
        let (code, vkey, _) = make(name, role, suite, out);
        assert!(code == 0 && vkey.starts_with(&format!("{name}+")));
        let secret = std::fs::read_to_string(dir.path().join(out)).unwrap();
        let key: evidence::SigningKey = secret.trim_end().parse().unwrap();
        assert_eq!(key.verifier().to_string(), vkey.trim_end());
        assert_eq!(std::fs::metadata(dir.path().join(out)).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(make("gov.example", "witness", "sm3-sm2", "a").0, 2);
    assert_eq!(make("log.example/x", "log", "sm3-sm2", "d").0, 2);
    assert_eq!(make("log.example/x-sm3", "log", "sha256-ed25519", "d").0, 2);
}

#[test]
fn the_photo_of_another_record_is_not_accepted() {
    let (dir, _) = record();
    let commit = file_commit(Suite::Sm3Sm2, &[9; 16], b"other");
    put(&dir, "photo", commit);
    let args = [&VERIFY[..], &["--disclosures", "disclosures", "--file", "photo"]].concat();
    assert_eq!(run(&dir, &args).0, 1);
}
