use super::*;
use crate::key::{Role, SigningKey};
use crate::merkle::Head;

const SM: Suite = Suite::Sm3Sm2;

fn log_key() -> SigningKey {
    SigningKey::new("log.example/evidence-sm3", SM, Role::Log, &[100; 32]).unwrap()
}

fn witness(n: u8) -> SigningKey {
    SigningKey::new(&format!("w{n}.example"), SM, Role::Witness, &[n; 32]).unwrap()
}

/// Witnesses w1 … wn, then the given lines.
fn policy_text(n: u8, rest: &str) -> String {
    let witnesses: String =
        (1..=n).map(|i| format!("witness w{i} {}\n", witness(i).verifier())).collect::<Vec<_>>().concat();
    format!("log {}\n{witnesses}{rest}\n", log_key().verifier())
}

fn members(n: usize) -> String {
    (1..=n).map(|i| format!(" w{i}")).collect::<Vec<_>>().concat()
}

fn parse(n: u8, rest: &str) -> Result<Policy> {
    Policy::parse(policy_text(n, rest).as_bytes())
}

#[test]
fn a_flat_quorum_is_met_from_k_signers_on() {
    for n in 1..=8_usize {
        for k in 1..=n {
            let names = members(n);
            let policy = parse(n as u8, &format!("group g {k}{names}\nquorum g")).unwrap();
            for set in 0..1_u32 << n {
                assert_eq!(policy.is_met(|at| set >> at & 1 == 1), set.count_ones() as usize >= k);
            }
        }
    }
}

#[test]
fn quorum_arithmetic_table() {
    for (n, k, to_split, may_be_offline) in
        [(4, 2, 0, 2), (4, 3, 2, 1), (4, 4, 4, 0), (5, 4, 3, 1), (7, 5, 3, 2), (8, 6, 4, 2)]
    {
        let names = members(n.into());
        let policy = parse(n, &format!("group g {k}{names}\nquorum g")).unwrap();
        assert_eq!(policy.strength(), Strength { needed: k, may_be_offline, to_split }, "{k} of {n}");
    }
}

#[test]
fn strength_of_nested_groups_equals_trying_all_sets() {
    for rules in [
        "group a any w1 w2\ngroup b 2 w3 w4 w5\ngroup g all a b w6\nquorum g",
        "group a all w1 w2\ngroup b any w3 w4\ngroup g 2 a b w5 w6\nquorum g",
        "group a 2 w1 w2 w3\ngroup b 2 w4 w5 w6\ngroup g any a b\nquorum g",
        "group a 2 w1 w2 w3\ngroup b all a w4\nquorum b",
        "quorum w2",
        "quorum none",
    ] {
        let policy = parse(6, rules).unwrap();
        let met: Vec<u32> = (0..64).filter(|set| policy.is_met(|at| set >> at & 1 == 1)).collect();
        let needed = met.iter().map(|s| s.count_ones()).min().unwrap();
        let to_split = met.iter().flat_map(|a| met.iter().map(move |b| (a & b).count_ones())).min().unwrap();
        let offline = (0..=6)
            .rev()
            .find(|max| (0..64_u32).all(|off| off.count_ones() > *max || met.contains(&(63 & !off))))
            .unwrap();
        let want = Strength { needed: needed as usize, may_be_offline: offline as usize, to_split: to_split as usize };
        assert_eq!(policy.strength(), want, "{rules}");
    }
}

#[test]
fn the_four_subjects_with_several_insurers_and_parks() {
    let rules = "group ins any w2 w3\ngroup ent 2 w4 w5 w6\ngroup four 3 w1 ins ent w7\nquorum four";
    let policy = parse(7, rules).unwrap();
    let met = |names: &[usize]| policy.is_met(|at| names.contains(&(at + 1)));
    assert!(met(&[1, 2, 7]) && met(&[1, 3, 4, 5]) && met(&[2, 4, 6, 7]));
    assert!(!met(&[2, 3, 1]), "two insurers are one subject");
    assert!(!met(&[1, 2, 4]), "one park of three is not enough");
    assert_eq!(policy.quorum(), "four");
}

#[test]
fn comments_blank_lines_tabs_and_urls_are_allowed() {
    let text = policy_text(1, "\n \t # 岚江县\nquorum\tw1  ").replace("log ", "\tlog  ");
    let text = text.replacen('\n', " https://log.example/\n", 1);
    let policy = Policy::parse(text.as_bytes()).unwrap();
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://log.example/"));
    assert!(Policy::parse(text.trim_end().as_bytes()).is_ok());
}

#[test]
fn at_most_256_of_a_kind() {
    let logs = |count: u32| -> String {
        let key = |n: u32| {
            let secret = [[0; 28].as_slice(), &n.to_be_bytes()].concat().try_into().unwrap();
            SigningKey::new("log.example", Suite::Sha256Ed25519, Role::Log, &secret).unwrap()
        };
        (1..=count).map(|n| format!("log {}\n", key(n).verifier())).collect::<Vec<_>>().concat() + "quorum none\n"
    };
    assert_eq!(Policy::parse(logs(256).as_bytes()).unwrap().logs().len(), 256);
    assert!(Policy::parse(logs(257).as_bytes()).unwrap_err().why().contains("超过 256"));
}

#[test]
fn malformed_policies_are_refused() {
    let w1 = witness(1).verifier().to_string();
    let again = VerifierKey::new("other.example", SM, Role::Witness, witness(1).verifier().bytes()).unwrap();
    let log_as_witness = VerifierKey::new("w.example", SM, Role::Witness, log_key().verifier().bytes()).unwrap();
    let ed = SigningKey::new("ed.example", Suite::Sha256Ed25519, Role::Witness, &[9; 32]).unwrap();
    for (rules, why) in [
        (String::new(), "缺少 quorum"),
        ("quorum w1\nquorum w1".into(), "只能有一行"),
        ("quorum w9".into(), "没有定义"),
        ("quorum g\ngroup g 1 w1".into(), "没有定义"),
        ("group g 3 w1 w2\nquorum g".into(), "门限 3"),
        ("group g 0 w1\nquorum g".into(), "门限 0"),
        ("group g all\nquorum g".into(), "门限 0"),
        ("group g any\nquorum g".into(), "成员数 0"),
        ("group g 01 w1\nquorum g".into(), "门限“01”"),
        ("group g some w1\nquorum g".into(), "门限“some”"),
        ("group g 1 w1 w1\nquorum g".into(), "入组一次"),
        ("group g 1 w1\ngroup h 1 w1\nquorum g".into(), "入组一次"),
        ("group g 1 g\nquorum g".into(), "没有定义"),
        ("group g 1 none\nquorum g".into(), "没有定义"),
        ("group w1 1 w2\nquorum w1".into(), "重复"),
        ("group none 1 w2\nquorum none".into(), "保留字"),
        (format!("witness w1 {}\nquorum w1", witness(8).verifier()), "重复"),
        (format!("witness w8 {w1}\nquorum w1"), "同一把公钥"),
        (format!("witness w8 {again}\nquorum w1"), "同一把公钥"),
        (format!("witness w8 {log_as_witness}\nquorum w1"), "同一把公钥"),
        (format!("log {}\nquorum w1", log_key().verifier()), "同一把公钥"),
        (format!("witness w8 {}\nquorum w1", ed.verifier()), "套件"),
        (format!("log {}\nquorum w1", witness(8).verifier()), "需要日志密钥"),
        (format!("witness w8 {}\nquorum w1", log_key().verifier()), "需要见证密钥"),
        (format!("witness w8 {w1} http://a b\nquorum w1"), "应为 log"),
        (format!("log {} a b\nquorum w1", witness(8).verifier()), "应为 log"),
        ("witness w8\nquorum w1".into(), "应为 log"),
        ("Quorum w1".into(), "应为 log"),
        ("quorum w1 w2".into(), "应为 log"),
        ("quorum w1\r".into(), "控制字符"),
    ] {
        let error = parse(2, &rules).expect_err(&rules).to_string();
        assert!(error.contains(why), "{rules}: {error}");
    }
    assert!(Policy::parse(b"# \xb0\xb2\nquorum none\n").unwrap_err().why().contains("UTF-8"));
    assert!(Policy::parse(b"quorum none\n").is_ok());
}

fn signed(body: &str, cosigners: &[u8]) -> Note {
    let mut lines = vec![log_key().sign_note(body).unwrap()];
    lines.extend(cosigners.iter().map(|n| witness(*n).cosign(body, 1000 + u64::from(*n)).unwrap()));
    Note { text: body.to_owned(), lines }
}

fn body(origin: &str) -> String {
    Checkpoint { origin: origin.to_owned(), head: Head { size: 5, root: [3; 32] } }.to_string()
}

#[test]
fn a_checkpoint_states_who_cosigned_and_whether_it_is_enough() {
    let policy = parse(4, "group four 3 w1 w2 w3 w4\nquorum four").unwrap();
    let body = body("log.example/evidence-sm3");
    for (cosigners, met) in [
        (&[][..], false),
        (&[4, 1], false),
        (&[1, 2, 4], true),
        (&[4, 3, 2, 1], true),
        (&[1, 1, 1, 2], false),
        (&[1, 2, 9], false),
    ] {
        let witnessed = policy.check(&signed(&body, cosigners).to_string()).unwrap();
        assert_eq!(witnessed.quorum_met, met, "{cosigners:?}");
        assert_eq!(witnessed.demand_quorum(&policy).is_ok(), met);
        let names: Vec<String> = witnessed.cosigners.iter().map(|c| c.name.clone()).collect();
        let mut want: Vec<String> = cosigners.iter().filter(|n| **n < 5).map(|n| format!("w{n}")).collect();
        want.sort();
        want.dedup();
        assert_eq!(names, want);
        assert!(witnessed.cosigners.iter().all(|c| c.time == 1000 + c.name[1..].parse::<u64>().unwrap()));
    }
}

#[test]
fn a_checkpoint_without_its_own_logs_signature_is_refused() {
    let policy = parse(4, "group four 3 w1 w2 w3 w4\nquorum four").unwrap();
    let good = signed(&body("log.example/evidence-sm3"), &[1, 2, 3]);
    let mut unsigned = good.clone();
    unsigned.lines.remove(0);
    assert!(policy.check(&unsigned.to_string()).unwrap_err().why().contains("自己的签名"));
    let other = signed(&body("log.example/other-sm3"), &[1, 2, 3]);
    assert!(policy.check(&other.to_string()).unwrap_err().why().contains("不是政策中的日志"));
    let mut spoilt = good;
    spoilt.lines[3].bytes[20] ^= 1;
    assert!(policy.check(&spoilt.to_string()).is_err(), "a known witness's broken signature spoils the note");
}

#[test]
fn a_second_log_may_be_listed_for_rotation_and_only_its_own_origin_counts() {
    let next = SigningKey::new("log.example/evidence2-sm3", SM, Role::Log, &[101; 32]).unwrap();
    let policy = parse(1, &format!("log {}\nquorum w1", next.verifier())).unwrap();
    let body = body("log.example/evidence2-sm3");
    let note = |key: &SigningKey| Note { text: body.clone(), lines: vec![key.sign_note(&body).unwrap()] }.to_string();
    assert!(policy.check(&note(&next)).is_ok());
    assert!(policy.check(&note(&log_key())).is_err());
}
