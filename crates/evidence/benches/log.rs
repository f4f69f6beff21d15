//! How fast the pure parts are. `cargo bench -p evidence`; prints one line per figure.

use evidence::case::{Case, Record};
use evidence::merkle::{Head, Plan, verify_inclusion};
use evidence::{Checkpoint, Error, Frontier, Hash, Node, Note, Policy, ProofFile, Role, SigningKey, Suite, leaf_hash};
use std::time::{Duration, Instant};

const ENTRY: &[u8] = &[b'x'; 600];

fn main() -> Result<(), Error> {
    let million = 1_000_000;
    for suite in [Suite::Sm3Sm2, Suite::Sha256Ed25519] {
        println!("{suite}, entries of {} bytes", ENTRY.len());
        let (time, log) = timed(|| Log::new(suite, million));
        per_second("  hash and append, keeping every node", time, million);
        let (time, root) = timed(|| audit(suite, million));
        per_second("  audit from scratch, entries in memory", time, million);
        let head = Head { size: million, root };
        let (time, paths) = timed(|| (0..10_000).map(|n| log.path(n * 97)).collect::<Result<Vec<_>, _>>());
        each("  inclusion proof from stored nodes", time, 10_000);
        let paths = paths?;
        let (time, outcome) = timed(|| {
            (0..10_000).zip(&paths).try_for_each(|(n, path)| {
                verify_inclusion(suite, &leaf(suite, n * 97), n * 97, head.size, path, &head.root)
            })
        });
        outcome?;
        each("  inclusion proof verified, leaf hash included", time, 10_000);
        signatures(suite, head)?;
        bundle(suite)?;
    }
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

fn per_second(what: &str, time: Duration, count: u64) {
    println!("{what}: {:.0}/s", count as f64 / time.as_secs_f64());
}

fn each(what: &str, time: Duration, count: u32) {
    println!("{what}: {:.1} µs", (time / count).as_secs_f64() * 1e6);
}

/// An entry that differs from every other.
fn leaf(suite: Suite, n: u64) -> Hash {
    let mut entry = ENTRY.to_vec();
    entry.extend(n.to_be_bytes());
    leaf_hash(suite, &entry)
}

fn audit(suite: Suite, count: u64) -> Hash {
    let mut tree = Frontier::new(suite);
    (0..count).for_each(|n| _ = tree.append(leaf(suite, n)));
    tree.root()
}

/// A tree with every node, one list per level.
struct Log {
    suite: Suite,
    tree: Frontier,
    levels: Vec<Vec<Hash>>,
}

impl Log {
    fn new(suite: Suite, count: u64) -> Self {
        let mut log = Self { suite, tree: Frontier::new(suite), levels: vec![Vec::new(); 64] };
        for n in 0..count {
            let levels = &mut log.levels;
            log.tree.append_with(leaf(suite, n), |node, hash| {
                if let Some(level) = levels.get_mut(usize::from(node.level)) {
                    level.push(hash);
                }
            });
        }
        log
    }

    fn read(&self, node: Node) -> Option<Hash> {
        self.levels.get(usize::from(node.level))?.get(node.index as usize).copied()
    }

    fn path(&self, index: u64) -> Result<Vec<Hash>, Error> {
        Plan::inclusion(index, self.tree.size())?.finish(self.suite, |node| self.read(node))
    }
}

fn key(suite: Suite, role: Role, n: u8) -> Result<SigningKey, Error> {
    SigningKey::new(&format!("k{n}.example"), suite, role, &[n; 32])
}

fn cosigned(suite: Suite, head: Head) -> Result<(Policy, Note), Error> {
    let log = key(suite, Role::Log, 9)?;
    let text = Checkpoint { origin: log.verifier().name().to_owned(), head }.to_string();
    let mut lines = vec![log.sign_note(&text)?];
    let mut policy = format!("log {}\n", log.verifier());
    for n in 1..=4 {
        let witness = key(suite, Role::Witness, n)?;
        lines.push(witness.cosign(&text, 1_800_000_000)?);
        policy += &["witness w", &n.to_string(), " ", &witness.verifier().to_string(), "\n"].concat();
    }
    policy += "group four 3 w1 w2 w3 w4\nquorum four\n";
    Ok((Policy::parse(policy.as_bytes())?, Note { text, lines }))
}

fn signatures(suite: Suite, head: Head) -> Result<(), Error> {
    let log = key(suite, Role::Log, 9)?;
    let (time, ()) = timed(|| (0..200).for_each(|n: u32| _ = log.sign(&n.to_be_bytes())));
    each("  signature made", time, 200);
    let (policy, note) = cosigned(suite, head)?;
    let note = note.to_string();
    let (time, outcome) = timed(|| (0..100).try_for_each(|_| policy.check(&note).map(|_| ())));
    outcome?;
    each("  head with five signatures verified", time, 100);
    Ok(())
}

fn bundle(suite: Suite) -> Result<(), Error> {
    let log = Log::new(suite, 10_000);
    let (policy, note) = cosigned(suite, Head { size: 10_000, root: log.tree.root() })?;
    let mut case = Case::default();
    for index in 0..10_000 {
        let proof = ProofFile { extra: None, index, path: log.path(index)?, checkpoint: note.to_string() };
        let entry = [ENTRY, &index.to_be_bytes()].concat();
        case.records.insert(index, Record { entry, proof: proof.to_string(), disclosures: Vec::new() });
    }
    let (time, report) = timed(|| case.verify(&policy, b""));
    println!("  bundle of {} entries verified: {:.2} s", report?.entries.len(), time.as_secs_f64());
    Ok(())
}
