//! S6: a malicious log shows two histories to four witnesses, some of them dishonest.

use evidence::Suite;
use evidence::note::{Line, Note};
use evidence::policy::Policy;
use evidence::witness::Answer;

use crate::fixture::{FOUR, Honest, Log, plain_entries, witness_key};

/// Two logs with one key and one origin that part after ten entries.
fn two_histories() -> [Log; 2] {
    let fork = |salt: u8| {
        let entries = plain_entries(20).enumerate();
        let entries = entries.map(move |(n, entry)| if n < 10 { entry } else { [entry, vec![salt]].concat() });
        Log::new(Suite::Sm3Sm2, entries)
    };
    [fork(b'A'), fork(b'B')]
}

/// Cosignature lines that a witness gives on the two heads when shown `first` first.
fn honest_lines(logs: &[Log; 2], name: &str, first: usize) -> [Option<Line>; 2] {
    let mut witness = Honest::new(&logs[0], name);
    // Both histories share the first ten entries, which the witness has seen.
    assert_eq!(witness.ask(&logs[0].request(0, 10), 1_000).status(), 200);
    let mut lines = [None, None];
    for which in [first, 1 - first] {
        for old in [10, 20, 0] {
            let request = logs[which].request(old, 20);
            if let Answer::Cosigned(line) = witness.ask(&request, 1_001) {
                lines[which] = Some(line);
            }
        }
    }
    lines
}

/// Whether the log can get both heads accepted, trying every order of showing them to the
/// honest witnesses. `lines[w][first]` are the honest lines of witness `w`.
fn can_split(policy: &Policy, logs: &[Log; 2], lines: &[[[Option<Line>; 2]; 2]], dishonest: u32) -> bool {
    let heads = logs.each_ref().map(|log| log.checkpoint(20));
    (0..16).filter(|order| order & dishonest == 0).any(|order: u32| {
        [0, 1].into_iter().all(|which| {
            let head: &Note = &heads[which];
            let cosigned = (0..4).filter_map(|w| {
                if dishonest >> w & 1 == 1 {
                    return witness_key(Suite::Sm3Sm2, FOUR[w]).cosign(&head.text, 1_002).ok();
                }
                lines[w][(order >> w & 1) as usize][which].clone()
            });
            let note = Note { text: head.text.clone(), lines: head.lines.iter().cloned().chain(cosigned).collect() };
            policy.check(&note.to_string()).unwrap().quorum_met
        })
    })
}

#[test]
fn both_heads_are_accepted_exactly_from_2k_minus_n_dishonest_witnesses_on() {
    let logs = two_histories();
    let lines = FOUR.map(|name| [0, 1].map(|first| honest_lines(&logs, name, first)));
    for witness in &lines {
        for (first, got) in witness.iter().enumerate() {
            assert!(got[first].is_some() && got[1 - first].is_none(), "an honest witness signs one of the two");
        }
    }
    for needed in 1..=4_u32 {
        let policy = logs[0].policy(needed as usize);
        for dishonest in 0..16_u32 {
            let expected = dishonest.count_ones() >= (2 * needed).saturating_sub(4);
            assert_eq!(can_split(&policy, &logs, &lines, dishonest), expected, "k={needed} dishonest={dishonest:04b}");
        }
        assert_eq!(policy.strength().to_split as u32, (2 * needed).saturating_sub(4));
    }
}
