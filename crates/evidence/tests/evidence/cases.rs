//! `cases/verify.json`: proofs with the verdict they must get, for this crate and for every
//! other implementation of the check (the browser's). Both read the same file.
//!
//! `ANLAN_UPDATE_CASES=1` writes it anew; keys are fixed, so it only changes when a format does.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use evidence::verify::verify;
use evidence::{Disclosure, Note, Policy, Suite};
use serde::{Deserialize, Serialize};

use crate::fixture::{Log, PHOTO, disclosures, event_entry, witness_key};

/// One case. Everything is text but for files, which are base64.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Case {
    name: String,
    suite: String,
    policy: String,
    proof: String,
    entry: String,
    disclosures: Vec<String>,
    files: Vec<String>,
    valid: bool,
}

impl Case {
    fn verdict(&self) -> bool {
        let Ok(policy) = Policy::parse(self.policy.as_bytes()) else { return false };
        let disclosures: Vec<&str> = self.disclosures.iter().map(String::as_str).collect();
        let files: Vec<Vec<u8>> = self.files.iter().map(|f| BASE64_STANDARD.decode(f).unwrap()).collect();
        let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
        verify(&policy, &self.proof, self.entry.as_bytes(), &disclosures, &files).is_ok()
    }
}

/// Collects the cases of one suite: an honest record, then one thing changed at a time.
struct Maker {
    log: Log,
    three: Note,
    honest: Case,
    out: Vec<Case>,
}

impl Maker {
    fn new(suite: Suite) -> Self {
        let log = Log::new(suite, (0..20).map(|n| event_entry(suite, n)));
        let three = log.cosigned(&["gov", "ins", "svc"]);
        let honest = Case {
            name: "an honest record with everything disclosed".into(),
            suite: suite.name().into(),
            policy: log.policy_text(3),
            proof: log.proof(3, &three).to_string(),
            entry: String::from_utf8(log.entries[3].clone()).unwrap(),
            disclosures: disclosures(suite, 3).iter().map(Disclosure::encode).collect(),
            files: vec![BASE64_STANDARD.encode(PHOTO)],
            valid: true,
        };
        Self { log, three, out: vec![honest.clone()], honest }
    }

    fn add(&mut self, name: &str, valid: bool, change: impl FnOnce(&Self, &mut Case)) {
        let mut case = Case { name: name.into(), valid, ..self.honest.clone() };
        change(self, &mut case);
        self.out.push(case);
    }

    /// Adds a case whose proof holds another version of the cosigned head.
    fn head(&mut self, name: &str, valid: bool, change: impl FnOnce(&Self, &mut Note)) {
        self.add(name, valid, |m, c| {
            let mut note = m.three.clone();
            change(m, &mut note);
            c.proof = m.log.proof(3, &note).to_string();
        });
    }
}

fn accepted(m: &mut Maker) {
    m.add("nothing disclosed", true, |_, c| (c.disclosures, c.files) = (vec![], vec![]));
    m.head("all four cosigned", true, |m, note| *note = m.log.cosigned(&["gov", "ent", "ins", "svc"]));
    m.head("an unknown key's signature line", true, |_, note| {
        note.lines.push(evidence::note::Line::parse("— unknown.example AAAAAAAA").unwrap());
    });
    m.add("the last entry of the tree", true, |m, c| {
        (c.disclosures, c.files) = (vec![], vec![]);
        c.proof = m.log.proof(19, &m.three).to_string();
        c.entry = String::from_utf8(m.log.entries[19].clone()).unwrap();
    });
    m.add("a group inside a group", true, |_, c| {
        let nested = "group market any ent ins\ngroup four all gov market svc";
        c.policy = c.policy.replace("group four 3 gov ent ins svc", nested);
    });
    m.add("unauthenticated extra data", true, |_, c| c.proof = c.proof.replacen("index", "extra aGk=\nindex", 1));
    m.add("comments and blanks in the policy", true, |_, c| c.policy = format!("# 合同附件三\n\n\t{}", c.policy));
}

fn broken_proofs(m: &mut Maker) {
    m.add("entry changed", false, |_, c| c.entry = c.entry.replace("重大", "较大"));
    m.add("entry with a space more", false, |_, c| c.entry.push(' '));
    m.add("index changed", false, |_, c| c.proof = c.proof.replace("index 3", "index 4"));
    m.add("index beyond the tree", false, |_, c| c.proof = c.proof.replace("index 3", "index 20"));
    m.add("index with a leading zero", false, |_, c| c.proof = c.proof.replace("index 3", "index 03"));
    m.add("proof of another entry", false, |m, c| c.proof = m.log.proof(4, &m.three).to_string());
    m.add("one hash missing", false, |_, c| c.proof = drop_line(&c.proof, 2));
    m.add("one hash twice", false, |_, c| c.proof = double_line(&c.proof, 2));
    m.add("size changed", false, |_, c| c.proof = c.proof.replace("\n20\n", "\n21\n"));
    m.add("carriage returns", false, |_, c| c.proof = c.proof.replace('\n', "\r\n"));
    m.add("no final newline", false, |_, c| c.proof = c.proof.trim_end().to_owned());
}

fn broken_heads(m: &mut Maker) {
    m.head("two of four cosigned", false, |m, note| *note = m.log.cosigned(&["gov", "ins"]));
    m.head("one witness three times", false, |m, note| *note = m.log.cosigned(&["gov", "gov", "gov"]));
    m.head("a known witness's signature is broken", false, |m, note| {
        *note = m.log.cosigned(&["gov", "ent", "ins", "svc"]);
        note.lines[2].bytes[30] ^= 1;
    });
    m.head("a cosignature's time changed", false, |_, note| note.lines[1].bytes[7] ^= 1);
    m.head("a cosignature on another head", false, |m, note| {
        let other = m.log.checkpoint(19).text;
        note.lines[1] = witness_key(m.log.suite, "gov").cosign(&other, 1_000).unwrap();
    });
    m.head("no signature of the log", false, |_, note| _ = note.lines.remove(0));
}

fn broken_policies(m: &mut Maker) {
    m.add("another log", false, |_, c| c.policy = c.policy.replacen("log log.example", "log other.example", 1));
    m.add("a quorum above the number of members", false, |_, c| c.policy = c.policy.replace("four 3", "four 5"));
    m.add("a quorum of nobody known", false, |_, c| c.policy = c.policy.replace("quorum four", "quorum five"));
    m.add("one member twice", false, |_, c| c.policy = c.policy.replace("gov ent ins svc", "gov gov ins svc"));
}

fn broken_disclosures(m: &mut Maker) {
    m.add("a disclosure of another record", false, |m, c| {
        c.disclosures = vec![disclosures(m.log.suite, 4)[0].encode()];
    });
    m.add("a disclosure twice", false, |_, c| c.disclosures.push(c.disclosures[0].clone()));
    m.add("a disclosure with another value", false, |_, c| {
        c.disclosures[0] = Disclosure::new(&[4; 16], "person", "示例乙").encode();
    });
    m.add("another photo", false, |_, c| c.files = vec![BASE64_STANDARD.encode(b"another photo")]);
    m.add("a photo whose salt is withheld", false, |_, c| c.disclosures.truncate(2));
}

fn cases(suite: Suite) -> Vec<Case> {
    let mut maker = Maker::new(suite);
    for part in [accepted, broken_proofs, broken_heads, broken_policies, broken_disclosures] {
        part(&mut maker);
    }
    maker.out
}

fn lines(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

fn drop_line(text: &str, at: usize) -> String {
    let mut lines = lines(text);
    lines.remove(at);
    lines.join("\n")
}

fn double_line(text: &str, at: usize) -> String {
    let mut lines = lines(text);
    lines.insert(at, lines[at]);
    lines.join("\n")
}

#[test]
fn every_case_gets_its_verdict_and_the_shared_file_is_current() {
    let cases: Vec<Case> = [Suite::Sm3Sm2, Suite::Sha256Ed25519].into_iter().flat_map(cases).collect();
    for case in &cases {
        assert_eq!(case.verdict(), case.valid, "{} {}", case.suite, case.name);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/verify.json");
    if std::env::var_os("ANLAN_UPDATE_CASES").is_some() {
        std::fs::write(path, serde_json::to_string_pretty(&cases).unwrap() + "\n").unwrap();
    }
    let stored: Vec<Case> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(stored.len(), cases.len());
    for (stored, case) in stored.iter().zip(&cases) {
        // Compared by verdict and not by bytes, because SM2 nonces differ between libraries.
        assert_eq!((&stored.name, &stored.suite, stored.valid), (&case.name, &case.suite, case.valid));
        assert_eq!(stored.verdict(), stored.valid, "{} {}", stored.suite, stored.name);
    }
}
