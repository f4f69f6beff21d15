//! Stories of certificates: first start, restart, renewal, and what must not be accepted.

use std::os::unix::fs::PermissionsExt;

use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConnection};

use super::*;

/// 23 November 2026.
const NOW: i64 = 1_795_392_000_000;
const DAY: i64 = 86_400_000;

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn start(data: &Path, now_ms: i64) -> Identity {
    Identity::local(data, &words(&["anlan.example", "8.8.4.4"]), &words(&["duty-pc", "192.168.3.7"]), now_ms).unwrap()
}

/// A whole TLS handshake in memory; the protocol agreed on.
fn handshake(identity: &Identity, trusted: &[u8], name: &str) -> Result<Option<Vec<u8>>, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(trusted.to_vec())).unwrap();
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions().unwrap();
    let mut client = builder.with_root_certificates(roots).with_no_client_auth();
    client.alpn_protocols = vec![b"http/1.1".to_vec()];
    client.time_provider = Arc::new(Fixed);
    let mut client = ClientConnection::new(Arc::new(client), ServerName::try_from(name.to_owned()).unwrap())?;
    let mut server = ServerConnection::new(identity.server_config(&HTTP).unwrap())?;
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(server.alpn_protocol().map(<[u8]>::to_vec))
}

#[derive(Debug)]
struct Fixed;

impl rustls::time_provider::TimeProvider for Fixed {
    fn current_time(&self) -> Option<rustls::pki_types::UnixTime> {
        let since = std::time::Duration::from_millis(NOW.unsigned_abs());
        Some(rustls::pki_types::UnixTime::since_unix_epoch(since))
    }
}

#[test]
fn who_installs_the_authority_trusts_the_node_under_each_of_its_names() {
    let data = tempfile::tempdir().unwrap();
    let identity = start(data.path(), NOW);
    let authority = identity.authority.clone().unwrap();
    for name in ["localhost", "127.0.0.1", "::1", "duty-pc", "192.168.3.7", "anlan.example", "8.8.4.4"] {
        assert_eq!(handshake(&identity, &authority.der, name), Ok(Some(b"http/1.1".to_vec())), "{name}");
    }
    assert!(handshake(&identity, &authority.der, "other.example").is_err());
}

#[test]
fn a_stranger_does_not_trust_the_node() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let foreign = start(other.path(), NOW).authority.unwrap();
    assert!(handshake(&start(one.path(), NOW), &foreign.der, "localhost").is_err());
}

#[test]
fn a_restart_keeps_authority_and_certificate() {
    let data = tempfile::tempdir().unwrap();
    let (first, second) = (start(data.path(), NOW), start(data.path(), NOW + 300 * DAY));
    assert_eq!(first.shown.current().cert, second.shown.current().cert);
    assert_eq!(first.authority.unwrap().fingerprint, second.authority.unwrap().fingerprint);
}

#[test]
fn a_certificate_near_its_end_is_renewed_under_the_same_authority() {
    let data = tempfile::tempdir().unwrap();
    let (first, second) = (start(data.path(), NOW), start(data.path(), NOW + 370 * DAY));
    assert_ne!(first.shown.current().cert, second.shown.current().cert);
    assert!(second.not_after_ms > first.not_after_ms);
    // Listeners of the first show the second from now on; the same once more changes nothing.
    let shown = first.shown();
    assert_eq!((shown.renew(&second), shown.renew(&second)), (true, false));
    assert_eq!(first.shown.current().cert, second.shown.current().cert);
    assert_eq!(first.authority.unwrap().der, second.authority.unwrap().der);
}

#[test]
fn an_authority_without_room_for_one_more_certificate_is_replaced() {
    let data = tempfile::tempdir().unwrap();
    let (first, second) = (start(data.path(), NOW), start(data.path(), NOW + 3_400 * DAY));
    assert_ne!(first.authority.unwrap().der, second.authority.unwrap().der);
    let clock_set_back = start(data.path(), NOW);
    assert_eq!(
        handshake(&clock_set_back, &clock_set_back.authority.clone().unwrap().der, "localhost").map(|_| ()),
        Ok(())
    );
}

#[test]
fn a_new_name_of_a_private_network_is_added_and_a_public_one_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let authority = start(data.path(), NOW).authority.unwrap();
    let more = Identity::local(data.path(), &words(&["10.1.2.3", "duty.lan"]), &words(&["renamed-pc"]), NOW).unwrap();
    assert!(handshake(&more, &authority.der, "duty.lan").is_ok());
    assert!(handshake(&more, &authority.der, "renamed-pc").is_err(), "not certifiable, so left out");
    let refused = Identity::local(data.path(), &words(&["bank.example"]), &[], NOW).err().unwrap();
    assert!(refused.0.contains("bank.example") && refused.0.contains("tls/ca.pem"), "{refused}");
}

#[test]
fn keys_are_readable_by_the_node_only() {
    let data = tempfile::tempdir().unwrap();
    start(data.path(), NOW);
    let mode = |name: &str| data.path().join("tls").join(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(""), mode("ca.key"), mode("leaf.key")), (0o700, 0o600, 0o600));
}

#[test]
fn a_damaged_certificate_is_issued_anew_and_a_damaged_authority_is_said() {
    let data = tempfile::tempdir().unwrap();
    let first = start(data.path(), NOW);
    std::fs::write(data.path().join("tls/leaf.key"), "broken").unwrap();
    assert_ne!(start(data.path(), NOW).shown.current().cert, first.shown.current().cert);
    std::fs::write(data.path().join("tls/ca.key"), "broken").unwrap();
    let refused = Identity::local(data.path(), &[], &[], NOW).err().unwrap();
    assert!(refused.0.contains("已损坏"), "{refused}");
}

#[test]
fn the_fingerprint_is_that_of_the_certificate_phones_install() {
    let data = tempfile::tempdir().unwrap();
    let authority = start(data.path(), NOW).authority.unwrap();
    assert_eq!((authority.fingerprint.len(), authority.fingerprint.matches(':').count()), (95, 31));
    assert_eq!(own::chain(&authority.pem).unwrap()[0].as_ref(), authority.der);
}

/// Files of a certificate as a customer would bring them.
fn customers(data: &Path, now_ms: i64) -> (std::path::PathBuf, std::path::PathBuf) {
    start(data, now_ms);
    (data.join("tls/leaf.pem"), data.join("tls/leaf.key"))
}

#[test]
fn the_customers_certificate_is_used_while_valid() {
    let data = tempfile::tempdir().unwrap();
    let (cert, key) = customers(data.path(), NOW);
    let identity = Identity::own(&cert, &key, NOW).unwrap();
    assert!(identity.authority.is_none() && identity.not_after_ms > NOW + 390 * DAY);
    for wrong in [NOW - 10 * DAY, NOW + 400 * DAY] {
        let refused = Identity::own(&cert, &key, wrong).err().unwrap();
        assert!(refused.0.contains("2026-11-22 至 2027-12-25"), "{refused}");
    }
}

#[test]
fn a_customers_file_that_cannot_be_used_says_which_and_why() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (cert, key) = customers(one.path(), NOW);
    let foreign = customers(other.path(), NOW).1;
    let why = |cert: &Path, key: &Path| Identity::own(cert, key, NOW).err().unwrap().0;
    assert!(why(&cert, &foreign).contains("不是一对"));
    assert!(why(&key, &key).contains("设置 tls.cert") && why(&key, &key).contains("不是 PEM 格式的证书"));
    assert!(why(&cert, &cert).contains("设置 tls.key"));
    assert!(why(Path::new("/nowhere.pem"), &key).contains("没有这个文件"));
    let locked = one.path().join("locked.key");
    std::fs::write(&locked, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
        .unwrap();
    assert!(why(&cert, &locked).contains("加了密码"));
}

#[test]
fn machine_names_are_names_and_addresses() {
    assert!(machine_names().iter().all(|name| ServerName::try_from(name.as_str()).is_ok()));
}
