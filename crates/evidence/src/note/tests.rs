use super::*;
use crate::Suite;

const C2SP_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const C2SP_NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn key(n: u8, role: Role) -> SigningKey {
    SigningKey::new(&format!("k{n}.example"), Suite::Sm3Sm2, role, &[n; 32]).unwrap()
}

fn open(note: &str, keys: &[&VerifierKey]) -> Result<Vec<Signed>> {
    Note::parse(note)?.verify(keys)
}

#[test]
fn c2sp_signed_note_example_verifies() {
    let key: VerifierKey = C2SP_KEY.parse().unwrap();
    assert_eq!(open(C2SP_NOTE, &[&key]).unwrap(), [Signed { key: 0, time: None }]);
    assert_eq!(Note::parse(C2SP_NOTE).unwrap().to_string(), C2SP_NOTE);
}

#[test]
fn go_sumdb_note_example_is_reproduced_byte_for_byte() {
    let key: SigningKey =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz".parse().unwrap();
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let line = key.sign_note(text).unwrap().to_string();
    assert_eq!(
        line,
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    );
}

#[test]
fn every_changed_byte_of_the_c2sp_example_is_noticed() {
    let key: VerifierKey = C2SP_KEY.parse().unwrap();
    for i in 0..C2SP_NOTE.len() {
        for bit in 0..8 {
            let mut bytes = C2SP_NOTE.as_bytes().to_vec();
            bytes[i] ^= 1 << bit;
            let outcome = crate::text::utf8("t", &bytes).and_then(|note| open(note, &[&key]));
            assert!(outcome.is_err(), "byte {i} bit {bit}");
        }
    }
}

#[test]
fn text_may_hold_blank_lines_and_the_last_one_splits() {
    let log = key(1, Role::Log);
    let text = "one\n\ntwo\n\n\nthree\n";
    let note = Note { text: text.into(), lines: vec![log.sign_note(text).unwrap()] }.to_string();
    assert_eq!(Note::parse(&note).unwrap().text, text);
    assert!(open(&note, &[log.verifier()]).is_ok());
}

#[test]
fn unknown_keys_are_ignored_but_a_known_key_that_fails_spoils_the_note() {
    let (log, stranger) = (key(1, Role::Log), key(2, Role::Log));
    let text = "t\n";
    let mut note =
        Note { text: text.into(), lines: vec![log.sign_note(text).unwrap(), stranger.sign_note("other\n").unwrap()] };
    assert_eq!(note.verify(&[log.verifier()]).unwrap().len(), 1);
    assert!(note.verify(&[log.verifier(), stranger.verifier()]).is_err());
    assert!(note.verify(&[]).is_err());
    // Same name, another ID: not the known key.
    note.lines[1].id[0] ^= 1;
    assert!(note.verify(&[log.verifier(), stranger.verifier()]).is_ok());
}

#[test]
fn a_key_counts_once_with_its_earliest_time() {
    let witness = key(1, Role::Witness);
    let lines = vec![witness.cosign("t\n", 2000).unwrap(), witness.cosign("t\n", 1000).unwrap()];
    let note = Note { text: "t\n".into(), lines };
    assert_eq!(note.verify(&[witness.verifier()]).unwrap(), [Signed { key: 0, time: Some(1000) }]);
}

#[test]
fn a_cosignature_binds_its_time_and_is_no_log_signature() {
    let witness = key(1, Role::Witness);
    let mut line = witness.cosign("t\n", 1000).unwrap();
    assert_eq!(line.verify(witness.verifier(), "t\n"), Ok(Some(1000)));
    line.bytes[7] ^= 1;
    assert!(line.verify(witness.verifier(), "t\n").is_err());
    line.bytes.truncate(7);
    assert!(line.verify(witness.verifier(), "t\n").is_err(), "too short for a time");
    assert!(witness.sign_note("t\n").is_err());
    assert!(key(2, Role::Log).cosign("t\n", 1).is_err());
    let late =
        Line::new(witness.verifier(), Some(1 << 63), &witness.sign(cosignature_message("t\n", 1 << 63).as_bytes()));
    assert!(late.verify(witness.verifier(), "t\n").is_err(), "above 2^63 - 1");
}

#[test]
fn at_least_sixteen_and_at_most_a_hundred_signatures() {
    let log = key(1, Role::Log);
    let line = log.sign_note("t\n").unwrap();
    let note = |n| Note { text: "t\n".into(), lines: vec![line.clone(); n] }.to_string();
    assert!(open(&note(16), &[log.verifier()]).is_ok());
    assert!(Note::parse(&note(100)).is_ok());
    assert!(Note::parse(&note(101)).is_err());
}

#[test]
fn malformed_notes_are_refused() {
    let line = "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=";
    for bad in [
        String::new(),
        "\n".into(),
        "\n\n".into(),
        "t\n".into(),
        "t\n\n".into(),
        format!("t\n{line}\n"),
        format!("t\n\n{line}"),
        format!("\n\n{line}\n"),
        format!("t\n\n{line}\n\n"),
        format!("t\n\n{line}\nx\n"),
        format!("t\r\n\r\n{line}\r\n"),
        format!("t\u{0}\n\n{line}\n"),
        format!("t\n\n{}\n", line.replace('—', "-")),
        format!("t\n\n{}\n", line.replace("— ", "—")),
        format!("t\n\n{}\n", line.replace("foo", "f+o")),
        format!("t\n\n{}\n", line.replace("foo", "f\u{a0}o")),
        format!("t\n\n{}\n", line.replace("QM=", "QM")),
        format!("t\n\n{}\n", line.replace("QM=", "QN=")),
        "t\n\n— k AAAA\n".into(),
        "t\n\n— k AAAAAA==\n".into(),
        "t\n\n— k  AAAAAAAA\n".into(),
    ] {
        assert!(Note::parse(&bad).is_err(), "{bad:?}");
    }
}
