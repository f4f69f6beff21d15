use super::*;
use serde_json::json;

const SM: Suite = Suite::Sm3Sm2;

fn claims() -> Vec<Disclosure> {
    vec![
        Disclosure::new(&[1; 16], "inspector", "示例甲"),
        Disclosure::new(&[2; 16], "phone", "13900000000"),
        Disclosure::new(&[3; 16], "position", json!({"lon": 119.3, "lat": 26.1})),
    ]
}

fn entry(data: Value) -> Vec<u8> {
    json!({"specversion": "1.0", "id": "e1", "data": data}).to_string().into_bytes()
}

fn entry_with(claims: &[Disclosure]) -> Vec<u8> {
    entry(json!({"body": {"grade": "重大"}, "_sd_alg": "sm3", "_sd": sd_digests(SM, claims)}))
}

fn open(entry: &[u8], claims: &[Disclosure]) -> Result<Disclosed> {
    let encoded: Vec<String> = claims.iter().map(Disclosure::encode).collect();
    Disclosed::open(SM, entry, &encoded.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn rfc_9901_section_4_2_3_digest_example() {
    let text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    assert_eq!(digest_of(Suite::Sha256Ed25519, text), "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
    let read = Disclosure::decode(text).unwrap();
    assert_eq!((read.name.as_str(), &read.value), ("family_name", &json!("Möbius")));
    // Our own writer has no spaces, so the digest of a foreign text is over the text itself.
    assert_ne!(read.encode(), text);
}

#[test]
fn foreign_disclosure_with_spaces_opens_its_digest() {
    let text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    let suite = Suite::Sha256Ed25519;
    let entry = entry(json!({"_sd_alg": "sha-256", "_sd": [digest_of(suite, text)]}));
    let seen = Disclosed::open(suite, &entry, &[text]).unwrap();
    assert_eq!(seen.data, json!({"family_name": "Möbius"}));
}

#[test]
fn a_reader_sees_what_was_disclosed_and_how_much_is_withheld() {
    let all = claims();
    let seen = open(&entry_with(&all), &all[..2]).unwrap();
    assert_eq!(seen.data, json!({"body": {"grade": "重大"}, "inspector": "示例甲", "phone": "13900000000"}));
    assert_eq!((seen.opened.len(), seen.withheld), (2, 1));
    let none = open(&entry_with(&all), &[]).unwrap();
    assert_eq!((none.opened.len(), none.withheld), (0, 3));
}

#[test]
fn encoding_round_trips_and_every_change_moves_the_digest() {
    let all = claims();
    for claim in &all {
        assert_eq!(&Disclosure::decode(&claim.encode()).unwrap(), claim);
        for other in [
            Disclosure { salt: "x".into(), ..claim.clone() },
            Disclosure { name: "x".into(), ..claim.clone() },
            Disclosure { value: json!("x"), ..claim.clone() },
        ] {
            assert_ne!(other.digest(SM), claim.digest(SM));
            assert!(open(&entry_with(&all), &[other]).is_err());
        }
    }
}

#[test]
fn a_disclosure_of_another_entry_or_given_twice_is_refused() {
    let all = claims();
    assert!(open(&entry_with(&all[1..]), &all[..1]).is_err());
    assert!(open(&entry_with(&all), &[all[0].clone(), all[0].clone()]).is_err());
}

#[test]
fn a_disclosure_must_not_hide_a_clear_claim() {
    let claim = [Disclosure::new(&[1; 16], "body", "另一内容")];
    let error = open(&entry_with(&claim), &claim).unwrap_err();
    assert!(error.why().contains("同名"), "{error}");
    let two = [Disclosure::new(&[1; 16], "x", 1), Disclosure::new(&[2; 16], "x", 2)];
    assert!(open(&entry_with(&two), &two).is_err());
}

#[test]
fn reserved_names_and_other_shapes_are_refused() {
    for json in [
        r#"["s","_sd",1]"#,
        r#"["s","...",1]"#,
        r#"["s",1]"#,
        r#"["s","n",1,2]"#,
        "{}",
        "1",
        r#"["s","n",{"a":1,"a":2}]"#,
    ] {
        assert!(Disclosure::decode(&B64URL.encode(json)).is_err(), "{json}");
    }
    let padded = format!("{}=", claims()[0].encode());
    assert!(Disclosure::decode(&padded).is_err());
}

#[test]
fn malformed_digest_lists_are_refused() {
    let digests = sd_digests(SM, &claims());
    let reversed: Vec<_> = digests.iter().rev().collect();
    for data in [
        json!({"_sd_alg": "sm3", "_sd": reversed}),
        json!({"_sd_alg": "sm3", "_sd": [digests[0], digests[0]]}),
        json!({"_sd_alg": "sm3", "_sd": [digests[0]], "body": {"_sd": [digests[0]]}}),
        json!({"_sd_alg": "sm3", "_sd": "x"}),
        json!({"_sd_alg": "sm3", "_sd": [1]}),
        json!({"_sd_alg": "sha-256", "_sd": digests}),
        json!({"_sd": digests}),
        json!({"_sd_alg": "sm3", "body": {"_sd_alg": "sm3"}}),
        json!({"_sd_alg": "sm3", "files": [{"_sd_alg": "sm3"}]}),
        json!({"files": [{"...": digests[0]}]}),
    ] {
        assert!(open(&entry(data.clone()), &[]).is_err(), "{data}");
    }
}

#[test]
fn disclosed_values_may_hold_further_digests() {
    let inner = Disclosure::new(&[1; 16], "name", "示例乙");
    let outer = Disclosure::new(&[2; 16], "person", json!({"_sd": [inner.digest(SM)]}));
    let entry = entry(json!({"_sd_alg": "sm3", "_sd": [outer.digest(SM)]}));
    let seen = open(&entry, &[inner.clone(), outer.clone()]).unwrap();
    assert_eq!(seen.data, json!({"person": {"name": "示例乙"}}));
    assert_eq!(open(&entry, &[outer]).unwrap().withheld, 1);
    assert!(open(&entry, &[inner]).is_err(), "nothing visible holds its digest");
}

#[test]
fn a_file_opens_only_with_its_own_salt_and_bytes() {
    let photo = b"photo bytes";
    let commit = file_commit(SM, &[7; 16], photo);
    let salt = file_disclosure(&[8; 16], &commit, &[7; 16]);
    let entry = entry(json!({"files": [{"commit": commit, "kind": "photo", "size": 11}],
        "_sd_alg": "sm3", "_sd": [salt.digest(SM)]}));
    let seen = open(&entry, &[salt]).unwrap();
    assert_eq!(seen.check_file(SM, photo).unwrap(), commit);
    assert!(seen.check_file(SM, b"photo bytez").is_err());
    assert!(open(&entry, &[]).unwrap().check_file(SM, photo).is_err());
}
