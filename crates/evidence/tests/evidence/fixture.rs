//! A small log with four witnesses, all keys fixed.

use evidence::case::{Case, Record};
use evidence::merkle::{Head, Plan, root_at};
use evidence::witness::{Answer, Request, State, Witness};
use evidence::{
    Checkpoint, Disclosure, Frontier, Hash, Node, Note, Policy, ProofFile, Role, SigningKey, Suite, file_commit,
    file_disclosure, leaf_hash, sd_digests,
};
use serde_json::json;
use std::collections::BTreeMap;

pub(crate) const FOUR: [&str; 4] = ["gov", "ent", "ins", "svc"];
pub(crate) const PHOTO: &[u8] = b"not really a photo";

pub(crate) struct Log {
    pub(crate) suite: Suite,
    pub(crate) key: SigningKey,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) tree: Frontier,
    pub(crate) nodes: BTreeMap<Node, Hash>,
}

pub(crate) fn origin(suite: Suite) -> &'static str {
    match suite {
        Suite::Sm3Sm2 => "log.example/evidence-sm3",
        Suite::Sha256Ed25519 => "log.example/evidence",
    }
}

impl Log {
    pub(crate) fn new(suite: Suite, entries: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let key = SigningKey::new(origin(suite), suite, Role::Log, &[100; 32]).unwrap();
        let mut log = Self { suite, key, entries: vec![], tree: Frontier::new(suite), nodes: BTreeMap::new() };
        for entry in entries {
            let nodes = &mut log.nodes;
            log.tree.append_with(leaf_hash(suite, &entry), |node, hash| {
                nodes.insert(node, hash);
            });
            log.entries.push(entry);
        }
        log
    }

    pub(crate) fn read(&self, node: Node) -> Option<Hash> {
        self.nodes.get(&node).copied()
    }

    pub(crate) fn head(&self, size: u64) -> Head {
        Head { size, root: root_at(self.suite, size, |n| self.read(n)).unwrap() }
    }

    pub(crate) fn checkpoint(&self, size: u64) -> Note {
        let text = Checkpoint { origin: origin(self.suite).into(), head: self.head(size) }.to_string();
        let line = self.key.sign_note(&text).unwrap();
        Note { text, lines: vec![line] }
    }

    pub(crate) fn request(&self, old: u64, new: u64) -> Request {
        let proof = Plan::consistency(old, new).unwrap().finish(self.suite, |n| self.read(n)).unwrap();
        Request::new(old, proof, self.checkpoint(new)).unwrap()
    }

    /// The newest checkpoint, cosigned by the named witnesses at times 1,000, 1,001 …
    pub(crate) fn cosigned(&self, by: &[&str]) -> Note {
        let mut note = self.checkpoint(self.tree.size());
        for (name, time) in by.iter().zip(1_000..) {
            let line = witness_key(self.suite, name).cosign(&note.text, time).unwrap();
            note.lines.push(line);
        }
        note
    }

    pub(crate) fn path(&self, index: u64) -> Vec<Hash> {
        Plan::inclusion(index, self.tree.size()).unwrap().finish(self.suite, |n| self.read(n)).unwrap()
    }

    pub(crate) fn proof(&self, index: u64, checkpoint: &Note) -> ProofFile {
        ProofFile { extra: None, index, path: self.path(index), checkpoint: checkpoint.to_string() }
    }

    pub(crate) fn policy_text(&self, needed: usize) -> String {
        let witnesses = FOUR.map(|name| format!("witness {name} {}\n", witness_key(self.suite, name).verifier()));
        let group = format!("group four {needed} {}\nquorum four\n", FOUR.join(" "));
        format!("log {}\n{}{group}", self.key.verifier(), witnesses.concat())
    }

    pub(crate) fn policy(&self, needed: usize) -> Policy {
        Policy::parse(self.policy_text(needed).as_bytes()).unwrap()
    }
}

pub(crate) fn witness_key(suite: Suite, name: &str) -> SigningKey {
    let secret = [FOUR.iter().position(|n| *n == name).unwrap() as u8 + 1; 32];
    SigningKey::new(&format!("{name}.example"), suite, Role::Witness, &secret).unwrap()
}

/// A witness with its stored state, driven in memory.
pub(crate) struct Honest {
    witness: Witness,
    state: Option<State>,
}

impl Honest {
    pub(crate) fn new(log: &Log, name: &str) -> Self {
        let key = witness_key(log.suite, name);
        Self { witness: Witness::new(key, vec![log.key.verifier().clone()]).unwrap(), state: None }
    }

    pub(crate) fn ask(&mut self, request: &Request, now: u64) -> Answer {
        let decision = self.witness.decide(self.state.as_ref(), request, now);
        self.state = decision.next.or(self.state.take());
        decision.answer
    }
}

/// Plain entries of about a hundred bytes.
pub(crate) fn plain_entries(count: usize) -> impl Iterator<Item = Vec<u8>> {
    (0..count).map(|n| {
        json!({"id": format!("e{n}"), "type": "hazard.found.v1", "data": {"body": {"n": n, "grade": "重大"}}})
            .to_string()
            .into_bytes()
    })
}

/// The disclosures of [`event_entry`]: a name, a phone, and the salt of the photo.
pub(crate) fn disclosures(suite: Suite, n: u8) -> Vec<Disclosure> {
    let commit = file_commit(suite, &[n; 16], PHOTO);
    vec![
        Disclosure::new(&[n + 1; 16], "person", "示例甲"),
        Disclosure::new(&[n + 2; 16], "phone", "13900000000"),
        file_disclosure(&[n + 3; 16], &commit, &[n; 16]),
    ]
}

pub(crate) fn event_entry(suite: Suite, n: u8) -> Vec<u8> {
    let commit = file_commit(suite, &[n; 16], PHOTO);
    json!({"specversion": "1.0", "id": format!("e{n}"), "source": "urn:anlan:node:E001", "type": "hazard.found.v1",
        "time": "2026-05-06T01:12:31.000Z", "data": {"body": {"grade": "重大", "n": n},
        "files": [{"commit": commit, "kind": "photo", "size": PHOTO.len()}],
        "_sd_alg": suite.sd_alg(), "_sd": sd_digests(suite, &disclosures(suite, n))}})
    .to_string()
    .into_bytes()
}

/// A case of two records out of twenty; the first withholds the phone.
pub(crate) fn case(suite: Suite) -> (Log, Case) {
    let log = Log::new(suite, (0..20).map(|n| event_entry(suite, n)));
    let checkpoint = log.cosigned(&["gov", "ins", "svc"]);
    let mut case = Case { policy: log.policy_text(3).into_bytes(), ..Case::default() };
    for n in [3_u8, 17] {
        let mut opened = disclosures(suite, n);
        if n == 3 {
            opened.remove(1);
        }
        let record = Record {
            entry: log.entries[usize::from(n)].clone(),
            proof: log.proof(n.into(), &checkpoint).to_string(),
            disclosures: opened.iter().map(Disclosure::encode).collect(),
        };
        case.records.insert(n.into(), record);
        case.files.insert(file_commit(suite, &[n; 16], PHOTO), PHOTO.to_vec());
    }
    (log, case)
}
