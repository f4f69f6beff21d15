//! S5: every changed byte is noticed, and nothing honest is.

use evidence::case::{Case, Record, disclosure_lines};
use evidence::merkle::{root_at, verify_inclusion};
use evidence::tile::{Level, Tile, decode_entries, encode_entries};
use evidence::verify::{verify, verify_entry, verify_head};
use evidence::{Disclosure, Suite, file_commit, file_disclosure, leaf_hash, sd_digests};
use serde_json::json;
use std::collections::BTreeMap;

use crate::fixture::{Log, case, plain_entries};
use crate::soak;

const SUITES: [Suite; 2] = [Suite::Sm3Sm2, Suite::Sha256Ed25519];

/// Every changed form of `bytes`: one bit of each byte, a different one each time, or all
/// bits in the long form. `step` above 1 samples the short form.
fn flips(bytes: &[u8], step: usize) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    let (step, bits) = if soak() { (1, 8) } else { (step, 1) };
    (0..bytes.len()).step_by(step).flat_map(move |at| {
        (0..bits).map(move |bit| {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1 << ((at + bit) % 8);
            (at, changed)
        })
    })
}

#[test]
fn every_byte_of_a_thousand_entries_is_covered() {
    let log = Log::new(Suite::Sm3Sm2, plain_entries(1000));
    let (size, root) = (log.tree.size(), log.tree.root());
    let mut flipped = 0;
    for (entry, index) in log.entries.iter().zip(0..) {
        let path = log.path(index);
        for (at, changed) in flips(entry, 1) {
            let leaf = leaf_hash(log.suite, &changed);
            assert!(verify_inclusion(log.suite, &leaf, index, size, &path, &root).is_err(), "{index}:{at}");
            flipped += 1;
        }
    }
    assert!(flipped > 60_000);
}

#[test]
fn every_byte_of_the_entry_bundles_is_covered() {
    let log = Log::new(Suite::Sm3Sm2, plain_entries(1000));
    for chunk in log.entries.chunks(256) {
        let width = chunk.len() as u16;
        let bundle = encode_entries(chunk.iter().map(Vec::as_slice)).unwrap();
        for (at, changed) in flips(&bundle, 1) {
            // A reader compares each entry's leaf hash with the tile; unchanged ones agree.
            let noticed = decode_entries(&changed, width).map_or(true, |entries| {
                let mut pairs = entries.iter().zip(chunk).filter(|(new, old)| **new != &old[..]);
                pairs.any(|(new, old)| leaf_hash(log.suite, new) != leaf_hash(log.suite, old))
            });
            assert!(noticed, "byte {at}");
        }
    }
}

#[test]
fn every_byte_of_the_tiles_is_covered() {
    let log = Log::new(Suite::Sm3Sm2, plain_entries(1000));
    let size = log.tree.size();
    let mut tiles: BTreeMap<Tile, Vec<u8>> = BTreeMap::new();
    for (node, hash) in log.nodes.iter().filter(|(node, _)| node.level.is_multiple_of(8)) {
        tiles.entry(Tile::holding(*node, size).unwrap()).or_default().extend(hash);
    }
    assert_eq!(tiles.len(), 5);
    let root_from = |tiles: &BTreeMap<Tile, Vec<u8>>| {
        let read = |node| {
            let tile = Tile::holding(node, size)?;
            tile.node(log.suite, tiles.get(&tile)?, node).ok()
        };
        root_at(log.suite, size, read)
    };
    assert_eq!(root_from(&tiles), Ok(log.tree.root()));
    for (tile, bytes) in &tiles {
        // A full leaf tile is checked against the hash of its subtree one level up.
        let full = tile.level == Level::Hashes(0) && tile.width == 256;
        let above = evidence::Node { level: 8, index: tile.index };
        for (at, changed) in flips(bytes, 11) {
            if full {
                let whole = subtree(log.suite, &changed);
                assert_ne!(Some(whole), log.read(above), "{tile} byte {at}");
            } else {
                let mut tiles = tiles.clone();
                tiles.insert(*tile, changed);
                assert_ne!(root_from(&tiles), Ok(log.tree.root()), "{tile} byte {at}");
            }
        }
    }
}

/// Root over the hashes of a tile, taken as leaves.
fn subtree(suite: Suite, bytes: &[u8]) -> evidence::Hash {
    let mut tree = evidence::Frontier::new(suite);
    bytes.as_chunks::<32>().0.iter().for_each(|hash| _ = tree.append(*hash));
    tree.root()
}

#[test]
fn every_byte_of_a_cosigned_head_is_covered() {
    for suite in SUITES {
        let log = Log::new(suite, plain_entries(5));
        // Exactly the quorum, so that a line whose name changed is missed.
        let (policy, head) = (log.policy(3), log.cosigned(&["gov", "ins", "svc"]).to_string());
        verify_head(&policy, &head).unwrap();
        for (at, changed) in flips(head.as_bytes(), 1) {
            let accepted = std::str::from_utf8(&changed).is_ok_and(|text| verify_head(&policy, text).is_ok());
            assert!(!accepted, "{suite} byte {at}");
        }
    }
}

#[test]
fn every_byte_of_a_proof_file_and_its_entry_is_covered() {
    for suite in SUITES {
        let log = Log::new(suite, plain_entries(100));
        let policy = log.policy(3);
        let proof = log.proof(77, &log.cosigned(&["gov", "ent", "svc"])).to_string();
        let entry = &log.entries[77];
        verify(&policy, &proof, entry, &[], &[]).unwrap();
        for (at, changed) in flips(proof.as_bytes(), 1) {
            let accepted = std::str::from_utf8(&changed).is_ok_and(|p| verify(&policy, p, entry, &[], &[]).is_ok());
            assert!(!accepted, "{suite} proof byte {at}");
        }
        for (at, changed) in flips(entry, 1) {
            assert!(verify(&policy, &proof, &changed, &[], &[]).is_err(), "{suite} entry byte {at}");
        }
    }
}

#[test]
fn every_byte_of_a_case_bundle_is_covered_but_for_readme_and_policy() {
    for suite in SUITES {
        let (log, case) = case(suite);
        let (policy, own) = (log.policy(3), log.policy_text(3).into_bytes());
        let files = case.to_files();
        let honest = Case::from_files(files.clone()).unwrap();
        assert_eq!(honest, case);
        let report = honest.verify(&policy, &own).unwrap();
        assert!(report.same_policy);
        assert_eq!((report.head.earliest, report.head.latest), (Some(1_000), Some(1_002)));
        let seen: Vec<_> =
            report.entries.iter().map(|e| (e.index, e.opened.len(), e.withheld, e.files.len())).collect();
        assert_eq!(seen, [(3, 2, 1, 1), (17, 3, 0, 1)]);
        for which in 2..files.len() {
            for (at, changed) in flips(&files[which].1, 7) {
                let mut files = files.clone();
                files[which].1 = changed;
                let accepted = Case::from_files(files.clone()).is_ok_and(|c| c.verify(&policy, &own).is_ok());
                assert!(!accepted, "{suite} {} byte {at}", files[which].0);
            }
        }
    }
}

#[test]
fn parts_of_a_case_bundle_cannot_be_moved_dropped_or_added() {
    let (log, case) = case(Suite::Sm3Sm2);
    let (policy, own) = (log.policy(3), log.policy_text(3).into_bytes());
    let files = case.to_files();
    let refused = |files: Vec<(String, Vec<u8>)>, what: &str| {
        assert!(Case::from_files(files).and_then(|c| c.verify(&policy, &own)).is_err(), "{what}");
    };
    let renamed = |from: &str, to: &str| {
        let rename = |name: &String| if name == from { to.to_owned() } else { name.clone() };
        files.iter().map(|(name, bytes)| (rename(name), bytes.clone())).collect::<Vec<_>>()
    };
    let without =
        |prefix: &str| files.iter().filter(|(name, _)| !name.starts_with(prefix)).cloned().collect::<Vec<_>>();
    for (from, to) in [
        ("entries/3.json", "entries/4.json"),
        ("proofs/3.tlog-proof", "proofs/4.tlog-proof"),
        ("disclosures/3.txt", "disclosures/5.txt"),
        ("entries/3.json", "entries/03.json"),
        ("entries/3.json", "entries/../3.json"),
        ("README.txt", "readme.exe"),
    ] {
        refused(renamed(from, to), to);
    }
    for prefix in ["entries/3", "proofs/3", "disclosures/3", "entries/", "proofs/"] {
        refused(without(prefix), prefix);
    }
    for half in ["entries/3", "proofs/3"] {
        assert!(Case::from_files(without(half)).unwrap_err().why().contains("缺少条目或证明"), "{half}");
    }
    let under_another_index: Vec<_> = files.iter().map(|(n, b)| (n.replace("s/3.", "s/4."), b.clone())).collect();
    refused(under_another_index, "a record under another index");
    let mut doubled = files.clone();
    doubled.push(files[2].clone());
    refused(doubled, "a name twice");
    let mut extra = files.clone();
    extra.push((format!("files/{}", "A".repeat(43)), b"x".to_vec()));
    refused(extra, "a file nobody committed to");
    let mut swapped = files.clone();
    let at: Vec<usize> = (0..files.len()).filter(|i| files[*i].0.starts_with("disclosures/")).collect();
    (swapped[at[0]].1, swapped[at[1]].1) = (files[at[1]].1.clone(), files[at[0]].1.clone());
    refused(swapped, "disclosures of the other record");
    // Withholding more is the sender's right; files then have to go too.
    let less: Vec<_> = without("disclosures/").into_iter().filter(|(name, _)| !name.starts_with("files/")).collect();
    let report = Case::from_files(less).unwrap().verify(&policy, b"").unwrap();
    assert_eq!(report.entries.iter().map(|e| e.withheld).sum::<usize>(), 6);
    assert!(!report.same_policy);
}

#[test]
fn another_checkpoint_in_one_proof_of_a_bundle_is_refused() {
    let (log, mut case) = case(Suite::Sm3Sm2);
    let other = log.cosigned(&["gov", "ent", "svc"]);
    case.records.get_mut(&17).unwrap().proof = log.proof(17, &other).to_string();
    assert!(case.verify(&log.policy(3), b"").unwrap_err().why().contains("检查点不同"));
}

#[test]
fn ten_thousand_honest_proofs_raise_no_alarm() {
    for suite in SUITES {
        let log = Log::new(suite, plain_entries(10_000));
        let policy = log.policy(3);
        let checkpoint = log.cosigned(&["gov", "ent", "ins", "svc"]);
        let head = verify_head(&policy, &checkpoint.to_string()).unwrap();
        for (entry, index) in log.entries.iter().zip(0..) {
            let proof = log.proof(index, &checkpoint);
            let report = verify_entry(&head, &proof, entry, &[], &[]).unwrap();
            assert_eq!((report.index, report.is_event), (index, true));
        }
    }
}

#[test]
fn an_entry_that_two_readers_would_read_differently_is_refused() {
    let entry = br#"{"data":{"body":{"grade":1},"body":{"grade":2}}}"#.to_vec();
    let log = Log::new(Suite::Sm3Sm2, [entry.clone(), b"no JSON at all".to_vec()]);
    let checkpoint = log.cosigned(&["gov", "ent", "ins"]);
    let check =
        |index: u64, entry: &[u8]| verify(&log.policy(3), &log.proof(index, &checkpoint).to_string(), entry, &[], &[]);
    assert!(check(0, &entry).is_err());
    assert!(!check(1, b"no JSON at all").unwrap().entry.is_event);
}

#[test]
fn a_proof_with_too_few_cosignatures_or_for_another_policy_is_refused() {
    let log = Log::new(Suite::Sm3Sm2, plain_entries(9));
    let two = log.proof(4, &log.cosigned(&["gov", "svc"])).to_string();
    let entry = &log.entries[4];
    assert!(verify(&log.policy(3), &two, entry, &[], &[]).unwrap_err().why().contains("未达到"));
    assert!(verify(&log.policy(2), &two, entry, &[], &[]).is_ok());
    let other = Log::new(Suite::Sha256Ed25519, plain_entries(9));
    assert!(verify(&other.policy(2), &two, entry, &[], &[]).is_err());
}

#[test]
fn the_longest_entry_verifies_and_a_longer_one_does_not() {
    let log = Log::new(Suite::Sm3Sm2, [vec![b'x'; 65_535], vec![b'x'; 65_536]]);
    let checkpoint = log.cosigned(&["gov", "ent", "ins"]);
    let check = |index: u64| {
        let proof = log.proof(index, &checkpoint).to_string();
        verify(&log.policy(3), &proof, &log.entries[index as usize], &[], &[])
    };
    assert!(check(0).is_ok());
    assert!(check(1).unwrap_err().why().contains("65536"));
}

#[test]
fn a_policy_without_a_log_accepts_nothing_and_says_so() {
    let log = Log::new(Suite::Sm3Sm2, plain_entries(3));
    let proof = log.proof(1, &log.cosigned(&["gov", "ent", "ins"])).to_string();
    let text = log.policy_text(3);
    let policy = evidence::Policy::parse(text.split_once('\n').unwrap().1.as_bytes()).unwrap();
    assert!(verify(&policy, &proof, &log.entries[1], &[], &[]).unwrap_err().why().contains("没有 log 行"));
}

#[test]
fn the_files_of_one_record_cannot_trade_names() {
    let suite = Suite::Sm3Sm2;
    let files = [(file_commit(suite, &[1; 16], b"one"), b"one"), (file_commit(suite, &[2; 16], b"two"), b"two")];
    let salts = [(1, &files[0].0), (2, &files[1].0)].map(|(n, commit)| file_disclosure(&[n + 8; 16], commit, &[n; 16]));
    let listed: Vec<_> = files.iter().map(|(commit, _)| json!({"commit": commit})).collect();
    let data = json!({"files": listed, "_sd_alg": "sm3", "_sd": sd_digests(suite, &salts)});
    let log = Log::new(suite, [json!({"data": data}).to_string().into_bytes()]);
    let proof = log.proof(0, &log.cosigned(&["gov", "ent", "ins"])).to_string();
    let disclosures = salts.iter().map(Disclosure::encode).collect();
    let mut case = Case::default();
    case.records.insert(0, Record { entry: log.entries[0].clone(), proof, disclosures });
    case.files = files.iter().map(|(commit, file)| (commit.clone(), file.to_vec())).collect();
    assert!(case.verify(&log.policy(3), b"").is_ok());
    case.files = [(files[0].0.clone(), b"two".to_vec()), (files[1].0.clone(), b"one".to_vec())].into();
    assert!(case.verify(&log.policy(3), b"").unwrap_err().why().contains("属于另一承诺"));
}

#[test]
fn a_disclosure_file_has_one_disclosure_a_line() {
    assert_eq!(disclosure_lines(b"a\nb\n").unwrap(), ["a", "b"]);
    assert_eq!(disclosure_lines(b"a\nb").unwrap(), ["a", "b"]);
    assert!(disclosure_lines(b"").unwrap().is_empty() && disclosure_lines(b"\n").unwrap().is_empty());
    for bad in [&b"a\n\nb\n"[..], b"\na\n", b"a\n\n", b"a\r\n"] {
        assert!(disclosure_lines(bad).is_err(), "{bad:?}");
    }
}
