//! S3 in short: no input makes a parser panic, and what parses prints the same.

use evidence::case::Case;
use evidence::tile::{Tile, decode_entries};
use evidence::witness::Request;
use evidence::{Checkpoint, Disclosed, Disclosure, Frontier, Note, Policy, ProofFile, SigningKey, Suite, VerifierKey};
use proptest::prelude::*;
use std::sync::LazyLock;

use crate::fixture::{Log, case, plain_entries};
use crate::soak;

fn cases() -> ProptestConfig {
    let mut config = ProptestConfig::with_cases(if soak() { 200_000 } else { 400 });
    config.failure_persistence = None;
    config
}

/// Feeds one input to every parser; each must return, and text must survive a round trip.
fn feed(bytes: &[u8]) {
    let _ = Policy::parse(bytes);
    let _ = Frontier::from_bytes(bytes).map(|f| assert_eq!(f.to_bytes(), bytes));
    for width in [0, 1, 3, 256] {
        let _ = decode_entries(bytes, width);
    }
    let _ = Disclosed::open(Suite::Sm3Sm2, bytes, &[]);
    let _ = Case::from_files([("proofs/1.tlog-proof".to_owned(), bytes.to_vec())]);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = Note::parse(text).map(|note| assert_eq!(note.to_string(), text));
    let _ = Checkpoint::parse(text).map(|checkpoint| assert_eq!(checkpoint.to_string(), text));
    let _ = ProofFile::parse(text).map(|proof| assert_eq!(proof.to_string(), text));
    let _ = Request::parse(text).map(|request| assert_eq!(request.to_string(), text));
    let _ = text.parse::<Tile>().map(|tile| assert_eq!(tile.to_string(), text));
    let _ = text.parse::<VerifierKey>().map(|key| assert_eq!(key.to_string(), text));
    let _ = text.parse::<SigningKey>().map(|key| assert_eq!(key.to_secret_text(), text));
    let _ = Disclosure::decode(text);
    let _ = Disclosed::open(Suite::Sha256Ed25519, b"{\"data\":{}}", &[text]);
}

/// One honest example of each format.
static EXAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let suite = Suite::Sm3Sm2;
    let log = Log::new(suite, plain_entries(9));
    let checkpoint = log.cosigned(&["gov", "svc"]);
    let (_, case) = case(suite);
    vec![
        log.policy_text(3).into_bytes(),
        checkpoint.to_string().into_bytes(),
        checkpoint.text.clone().into_bytes(),
        log.proof(4, &checkpoint).to_string().into_bytes(),
        log.request(5, 9).to_string().into_bytes(),
        log.tree.to_bytes(),
        log.key.verifier().to_string().into_bytes(),
        log.key.to_secret_text().into_bytes(),
        b"tile/0/x001/x234/067.p/9".to_vec(),
        case.records[&3].entry.clone(),
        case.records[&3].disclosures[0].clone().into_bytes(),
    ]
});

#[test]
fn every_example_is_accepted_by_its_parser_and_cut_short_never_panics() {
    for example in EXAMPLES.iter() {
        feed(example);
        for cut in (0..example.len()).step_by(if soak() { 1 } else { 9 }) {
            feed(&example[..cut]);
            feed(&example[cut..]);
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        feed(&bytes);
    }

    #[test]
    fn text_of_the_formats_own_alphabet_never_panics(text in "(old |index |extra |c2sp\\.org/tlog-proof@v1|— |\n|\n\n|[0-9]{1,20}|[A-Za-z0-9+/]{43}=|\\+|log |witness |group |quorum |all |any |[a-z]{1,5}| ){0,30}") {
        feed(text.as_bytes());
    }

    #[test]
    fn honest_text_with_one_splice_never_panics(which in 0..11_usize, at in any::<prop::sample::Index>(), drop in 0..4_usize, add in proptest::collection::vec(any::<u8>(), 0..4)) {
        let mut example = EXAMPLES[which].clone();
        let at = at.index(example.len());
        let end = (at + drop).min(example.len());
        example.splice(at..end, add);
        feed(&example);
    }

    #[test]
    fn disclosures_round_trip(salt in any::<[u8; 16]>(), name in "[^_.].{0,20}", text in ".{0,40}", number in any::<i64>()) {
        let value = serde_json::json!({"t": text, "n": [number, null]});
        let disclosure = Disclosure::new(&salt, name, value);
        prop_assert_eq!(Disclosure::decode(&disclosure.encode()).unwrap(), disclosure);
    }

    #[test]
    fn tile_paths_round_trip(level in 0..64_u8, index in any::<u64>(), width in 1..=256_u16, entries in any::<bool>()) {
        use evidence::tile::Level;
        let level = if entries { Level::Entries } else { Level::Hashes(level) };
        let tile = Tile { level, index, width };
        prop_assert_eq!(tile.to_string().parse::<Tile>().unwrap(), tile);
    }
}
