use super::*;
use crate::{Frontier, Node, Suite, leaf_hash, merkle};
use std::collections::BTreeMap;

const SM: Suite = Suite::Sm3Sm2;
const ORIGIN: &str = "log.example/evidence-sm3";

fn log_key() -> SigningKey {
    SigningKey::new(ORIGIN, SM, Role::Log, &[100; 32]).unwrap()
}

fn witness() -> Witness {
    let key = SigningKey::new("gov.example", SM, Role::Witness, &[1; 32]).unwrap();
    Witness::new(key, vec![log_key().verifier().clone()]).unwrap()
}

/// A log over `salt`-specific leaves: two salts are two histories that share `common` leaves.
struct Log {
    nodes: BTreeMap<Node, Hash>,
}

impl Log {
    fn new(size: u32, common: u32, salt: u32) -> Self {
        let (mut tree, mut nodes) = (Frontier::new(SM), BTreeMap::new());
        for n in 0..size {
            let leaf = if n < common { (n, 0) } else { (n, salt) };
            tree.append_with(leaf_hash(SM, format!("{leaf:?}").as_bytes()), |node, hash| {
                nodes.insert(node, hash);
            });
        }
        Self { nodes }
    }

    fn request(&self, old: u64, new: u64) -> Request {
        let read = |node| self.nodes.get(&node).copied();
        let head = Head { size: new, root: merkle::root_at(SM, new, read).unwrap() };
        let proof = merkle::Plan::consistency(old, new).unwrap().finish(SM, read).unwrap();
        Request::new(old, proof, sign(&Checkpoint { origin: ORIGIN.into(), head })).unwrap()
    }
}

fn sign(checkpoint: &Checkpoint) -> Note {
    let text = checkpoint.to_string();
    let lines = vec![log_key().sign_note(&text).unwrap()];
    Note { text, lines }
}

/// A witness with its store, as a server would drive it.
struct Driven {
    witness: Witness,
    state: Option<State>,
    now: u64,
}

impl Driven {
    fn new() -> Self {
        Self { witness: witness(), state: None, now: 1_000 }
    }

    fn send(&mut self, request: &Request) -> (u16, bool) {
        self.now += 1;
        let decision = self.witness.decide(self.state.as_ref(), request, self.now);
        if let Answer::Cosigned(line) = &decision.answer {
            let time = line.verify(self.witness.key(), &request.note.text).unwrap();
            assert_eq!(time, Some(self.now));
        }
        if let Some(next) = decision.next {
            self.state = Some(next);
        }
        (decision.answer.status(), decision.alarm)
    }

    fn size(&self) -> u64 {
        self.state.as_ref().map_or(0, |s| s.head().unwrap().size)
    }
}

#[test]
fn a_log_that_only_appends_is_cosigned_step_by_step() {
    let log = Log::new(40, 0, 0);
    let mut witness = Driven::new();
    for (old, new) in [(0, 1), (1, 7), (7, 7), (7, 8), (8, 33), (33, 40), (40, 40)] {
        assert_eq!(witness.send(&log.request(old, new)), (200, false));
        assert_eq!(witness.size(), new);
    }
    let kept = witness.state.unwrap().cosigned;
    assert_eq!(kept.verify(&[log_key().verifier(), witness.witness.key()]).unwrap().len(), 2);
}

#[test]
fn statuses_of_c2sp_tlog_witness() {
    let log = Log::new(20, 0, 0);
    let mut witness = Driven::new();
    assert_eq!(witness.send(&log.request(0, 8)).0, 200);

    let mut request = log.request(8, 12);
    request.old = 13;
    assert_eq!(witness.send(&request).0, 400, "old above new");

    let other = Checkpoint { origin: "other.example-sm3".into(), ..log.request(8, 12).checkpoint };
    assert_eq!(witness.send(&Request::new(8, vec![], sign(&other)).unwrap()).0, 404);

    let mut request = log.request(8, 12);
    request.note.lines[0].bytes[9] ^= 1;
    assert_eq!(witness.send(&request).0, 403, "the log's signature fails");
    request.note.lines[0].id[0] ^= 1;
    assert_eq!(witness.send(&request).0, 403, "no signature of the log");

    assert_eq!(witness.send(&log.request(7, 12)).0, 409);
    assert_eq!(witness.send(&log.request(9, 12)).0, 409);
    assert_eq!(witness.send(&log.request(0, 8)).0, 409, "first contact asks with 0");

    let mut request = log.request(8, 12);
    request.proof[0][0] ^= 1;
    assert_eq!(witness.send(&request), (422, false), "anybody can garble a proof: no alarm");
    request.proof.clear();
    assert_eq!(witness.send(&request).0, 422);
    assert_eq!(witness.size(), 8);
    assert_eq!(witness.send(&log.request(8, 12)).0, 200);
}

#[test]
fn first_contact_needs_an_empty_proof_and_an_empty_tree_its_own_root() {
    let log = Log::new(5, 0, 0);
    let mut with_proof = log.request(0, 5);
    with_proof.proof = vec![[1; 32]];
    assert_eq!(Driven::new().send(&with_proof).0, 422);
    let empty = |root| {
        Request::new(0, vec![], sign(&Checkpoint { origin: ORIGIN.into(), head: Head { size: 0, root } })).unwrap()
    };
    assert_eq!(Driven::new().send(&empty([1; 32])), (422, false));
    assert_eq!(Driven::new().send(&empty(empty_root(SM))).0, 200);
}

#[test]
fn a_second_root_for_the_recorded_size_is_kept_and_stops_the_origin() {
    let (log, fork) = (Log::new(30, 0, 0), Log::new(30, 10, 7));
    for old in [12, 0] {
        let mut witness = Driven::new();
        witness.send(&log.request(0, 12));
        let mut lie = fork.request(12, 12);
        lie.old = old;
        let status = if old == 12 { 422 } else { 409 };
        assert_eq!(witness.send(&lie), (status, true));
        let state = witness.state.clone().unwrap();
        assert_eq!(state.conflict.as_ref(), Some(&lie.note));
        assert_eq!(state.head().unwrap(), log.request(0, 12).checkpoint.head);
        // Neither history goes on, and the alarm rings once.
        assert_eq!(witness.send(&log.request(12, 20)), (422, false));
        assert_eq!(witness.send(&fork.request(12, 20)), (422, false));
        assert_eq!(witness.send(&lie), (status, false));
        // A person decides: the conflict is taken out and the record is as before.
        witness.state.as_mut().unwrap().conflict = None;
        assert_eq!(witness.send(&log.request(12, 20)).0, 200);
    }
}

#[test]
fn a_rewritten_history_of_another_size_is_never_cosigned() {
    let (log, fork) = (Log::new(40, 0, 0), Log::new(40, 10, 7));
    let mut witness = Driven::new();
    witness.send(&log.request(0, 12));
    for new in 13..40 {
        assert_eq!(witness.send(&fork.request(12, new)).0, 422);
    }
    assert_eq!(witness.send(&log.request(12, 40)).0, 200);
}

#[test]
fn any_interleaving_of_requests_only_grows() {
    let log = Log::new(64, 0, 0);
    let mut witness = Driven::new();
    let mut seed = 1_u64;
    for _ in 0..300 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (a, b) = (seed >> 33 & 63, seed >> 40 & 63);
        let before = witness.size();
        let (status, _) = witness.send(&log.request(a.min(b), a.max(b)));
        assert_eq!(status == 200, a.min(b) == before);
        assert!(witness.size() >= before);
    }
    assert!(witness.size() > 0);
}

#[test]
fn request_body_layout_and_refusals() {
    let request = Log::new(12, 0, 0).request(7, 12);
    let body = request.to_string();
    assert!(body.starts_with("old 7\n"));
    assert_eq!(Request::parse(&body).unwrap(), request);
    let many: String = format!("{}\n", base64(&[0; 32])).repeat(64);
    for bad in [
        body.replace("old 7", "old 07"),
        body.replace("old 7", "old -7"),
        body.replace("old 7\n", ""),
        body.replace("old 7", "Old 7"),
        body.replacen("old 7\n", "old 7\nAAAA\n", 1),
        body.replacen("old 7\n", &format!("old 7\n{many}"), 1),
        body.replacen("\n\n", "\n", 1),
        body.trim_end().to_owned(),
        body.replacen('\n', "\r\n", 1),
        String::new(),
    ] {
        assert!(Request::parse(&bad).is_err(), "{bad}");
    }
}

#[test]
fn unsuitable_keys_are_refused_at_set_up() {
    let witness_key = |n| SigningKey::new("w.example", SM, Role::Witness, &[n; 32]).unwrap();
    let log = log_key().verifier().clone();
    let ed = SigningKey::new("ed.example", Suite::Sha256Ed25519, Role::Log, &[9; 32]).unwrap();
    let other_log = SigningKey::new("log2.example-sm3", SM, Role::Log, &[101; 32]).unwrap();
    assert!(Witness::new(other_log, vec![log.clone()]).is_err(), "a log key cannot cosign");
    assert!(Witness::new(witness_key(1), vec![]).is_err());
    assert!(Witness::new(witness_key(1), vec![witness_key(2).verifier().clone()]).is_err());
    assert!(Witness::new(witness_key(1), vec![ed.verifier().clone()]).is_err());
    assert!(Witness::new(witness_key(100), vec![log]).is_err(), "the log's own key");
}

#[test]
fn several_logs_and_a_rotated_key_are_watched_side_by_side() {
    let new_key = SigningKey::new(ORIGIN, SM, Role::Log, &[102; 32]).unwrap();
    let other = SigningKey::new("log2.example-sm3", SM, Role::Log, &[101; 32]).unwrap();
    let logs = [&log_key(), &new_key, &other].map(|k| k.verifier().clone());
    let key = SigningKey::new("gov.example", SM, Role::Witness, &[1; 32]).unwrap();
    let witness = Witness::new(key, logs.to_vec()).unwrap();
    assert!(witness.watches(ORIGIN) && witness.watches("log2.example-sm3") && !witness.watches("log3.example-sm3"));
    let request = Log::new(9, 0, 0).request(0, 9);
    let kept = witness.decide(None, &request, 7).next.unwrap().cosigned;
    assert_eq!(kept.lines.len(), 2, "the log's line and ours");
    assert!(kept.verify(&[log_key().verifier()]).is_ok());
}

#[test]
fn at_most_63_proof_hashes() {
    let mut request = Log::new(12, 0, 0).request(7, 12);
    request.proof = vec![[1; 32]; 63];
    assert!(Request::parse(&request.to_string()).is_ok());
    request.proof.push([1; 32]);
    assert!(Request::parse(&request.to_string()).is_err());
}
