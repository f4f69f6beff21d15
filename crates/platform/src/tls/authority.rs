//! The local certificate authority and the certificates it issues.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Datelike};
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};

use super::own::{chain, validity_ms};
use super::{Identity, Shown, TlsError, files, provider};

const DAY_MS: i64 = 86_400_000;
/// How long the authority lives: as long as people keep a phone.
const AUTHORITY_DAYS: i64 = 3_650;
/// How long a certificate lives; browsers accept at most 398 days.
const LEAF_DAYS: i64 = 397;
/// A certificate is renewed so long before its end.
const RENEW_DAYS: i64 = 30;
/// Names every node has.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// Domains that nobody can own on the public Internet (RFC 2606, RFC 6762, RFC 8375, and the
/// usual private ones): what the authority may certify besides the configured names.
const PRIVATE_DOMAINS: [&str; 7] = ["localhost", "local", "lan", "internal", "intranet", "home.arpa", "test"];
/// Loopback, private and link-local networks (RFC 1918, 3927, 4193, 4291).
const PRIVATE_NETWORKS: [&str; 8] = [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
];

/// The public half of the local authority, for those who are to trust it.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The certificate as PEM.
    pub pem: String,
    /// The certificate as DER, the form phones install.
    pub der: Vec<u8>,
    /// SHA-256 of the DER in the form dialogs show: `AB:CD:…`.
    pub fingerprint: String,
}

/// Loads or makes the authority and a certificate of this machine.
pub fn local(folder: &Path, configured: &[String], found: &[String], now_ms: i64) -> Result<Identity, TlsError> {
    files::make_folder(folder)?;
    let authority = SigningAuthority::open(folder, configured, found, now_ms)?;
    let names = authority.names(configured, found, now_ms)?;
    let (chain, key) = match stored_leaf(folder)? {
        Some((chain, key)) if authority.covers(&chain, &names, now_ms) => (chain, key),
        _ => authority.issue(folder, &names, now_ms)?,
    };
    let not_after_ms = chain.first().and_then(validity_ms).map_or(now_ms, |(_, to)| to);
    Ok(Identity { shown: Shown::new(chain, key)?, not_after_ms, authority: Some(authority.public()) })
}

type Leaf = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The certificate of an earlier start; a damaged one counts as none and is issued anew.
fn stored_leaf(folder: &Path) -> Result<Option<Leaf>, TlsError> {
    let (cert, key) = (files::read(&folder.join("leaf.pem"))?, files::read(&folder.join("leaf.key"))?);
    let leaf = cert.zip(key).and_then(|(cert, key)| {
        let (chain, key) = (chain(&cert)?, PrivateKeyDer::from_pem_slice(key.as_bytes()).ok()?);
        rustls::sign::CertifiedKey::from_der(chain.clone(), key.clone_key(), &provider()).ok()?;
        Some((chain, key))
    });
    Ok(leaf)
}

struct SigningAuthority {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl SigningAuthority {
    /// The stored authority; a new one where there is none, or where its time does not leave room
    /// for one more certificate.
    fn open(folder: &Path, configured: &[String], found: &[String], now_ms: i64) -> Result<Self, TlsError> {
        let (cert, key) = (files::read(&folder.join("ca.pem"))?, files::read(&folder.join("ca.key"))?);
        let stored = match (cert, key) {
            (Some(cert), Some(key)) => Some(Self::load(cert, &key).ok_or_else(|| damaged(folder))?),
            _ => None,
        };
        let room = (LEAF_DAYS + RENEW_DAYS) * DAY_MS;
        let usable =
            |stored: &Self| validity_ms(&stored.der).is_some_and(|(from, to)| from <= now_ms && now_ms + room <= to);
        match stored.filter(usable) {
            Some(stored) => Ok(stored),
            None => Self::make(folder, configured, found, now_ms),
        }
    }

    fn load(pem: String, key: &str) -> Option<Self> {
        let der = chain(&pem)?.into_iter().next()?;
        let key = KeyPair::from_pem(key).ok()?;
        let private = PrivateKeyDer::try_from(key.serialize_der()).ok()?;
        rustls::sign::CertifiedKey::from_der(vec![der.clone()], private, &provider()).ok()?;
        let issuer = Issuer::from_ca_cert_der(&der, key).ok()?;
        Some(Self { pem, der, issuer })
    }

    fn make(folder: &Path, configured: &[String], found: &[String], now_ms: i64) -> Result<Self, TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|e| impossible(&e))?;
        let host = found.first().map_or("localhost", String::as_str);
        let mut params = params(&format!("Anlan 安澜 {host} 本地根证书"), now_ms, AUTHORITY_DAYS)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(constraints(configured, found));
        let cert = params.self_signed(&key).map_err(|e| impossible(&e))?;
        files::write(&folder.join("ca.key"), &key.serialize_pem())?;
        files::write(&folder.join("ca.pem"), &cert.pem())?;
        Ok(Self { pem: cert.pem(), der: cert.der().clone(), issuer: Issuer::new(params, key) })
    }

    /// All names to certify: loopback, the configured ones (each must be allowed) and those found
    /// (left out where not allowed: a host that was renamed must not keep the node from starting).
    fn names(&self, configured: &[String], found: &[String], now_ms: i64) -> Result<Vec<String>, TlsError> {
        let mut names: Vec<String> = LOOPBACK.map(str::to_owned).to_vec();
        for name in configured {
            if !self.may_certify(name, now_ms) {
                return Err(TlsError(format!(
                    "设置 tls.names 里的 {name} 不在本地根证书允许的范围内：删除数据文件夹里的 tls/ca.pem 和 tls/ca.key 再启动，会生成新的根证书（手机要重新安装）"
                )));
            }
            names.push(name.clone());
        }
        names.extend(found.iter().filter(|name| self.may_certify(name, now_ms)).cloned());
        Ok(names)
    }

    /// Tried out rather than computed: the same library that will judge the certificate judges
    /// one for this name alone.
    fn may_certify(&self, name: &str, now_ms: i64) -> bool {
        let names = [name.to_owned()];
        self.sign(&names, now_ms).is_ok_and(|(cert, _)| self.covers(&[cert.der().clone()], &names, now_ms))
    }

    /// Whether a certificate is ours and good for all names, now and until it would be renewed.
    fn covers(&self, chain: &[CertificateDer<'_>], names: &[String], now_ms: i64) -> bool {
        let mut roots = RootCertStore::empty();
        if roots.add(self.der.clone()).is_err() {
            return false;
        }
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
        let (Ok(verifier), Some((leaf, rest))) = (verifier, chain.split_first()) else { return false };
        let good = |name: &String, ms: i64| {
            let time = UnixTime::since_unix_epoch(Duration::from_millis(ms.max(0).unsigned_abs()));
            ServerName::try_from(name.as_str())
                .is_ok_and(|name| verifier.verify_server_cert(leaf, rest, &name, &[], time).is_ok())
        };
        names.iter().all(|name| good(name, now_ms) && good(name, now_ms + RENEW_DAYS * DAY_MS))
    }

    fn sign(&self, names: &[String], now_ms: i64) -> Result<(rcgen::Certificate, KeyPair), TlsError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|e| impossible(&e))?;
        let first = names.first().map_or("localhost", String::as_str);
        let mut params = params(first, now_ms, LEAF_DAYS)?;
        params.subject_alt_names =
            CertificateParams::new(names.to_vec()).map_err(|e| impossible(&e))?.subject_alt_names;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let cert = params.signed_by(&key, &self.issuer).map_err(|e| impossible(&e))?;
        Ok((cert, key))
    }

    fn issue(&self, folder: &Path, names: &[String], now_ms: i64) -> Result<Leaf, TlsError> {
        let (cert, key) = self.sign(names, now_ms)?;
        files::write(&folder.join("leaf.key"), &key.serialize_pem())?;
        files::write(&folder.join("leaf.pem"), &cert.pem())?;
        Ok((vec![cert.der().clone()], PrivateKeyDer::from(key)))
    }

    fn public(self) -> Authority {
        let digest = Sha256::digest(&self.der);
        let fingerprint = digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":");
        Authority { pem: self.pem, der: self.der.to_vec(), fingerprint }
    }
}

/// Name and validity, in whole days from the day before, so that clocks a little apart agree.
fn params(common_name: &str, now_ms: i64, days: i64) -> Result<CertificateParams, TlsError> {
    let day = |ms: i64| {
        let date = DateTime::from_timestamp_millis(ms).filter(|date| (1970..9999).contains(&date.year()))?;
        Some(date_time_ymd(date.year(), date.month() as u8, date.day() as u8))
    };
    let bounds = day(now_ms - DAY_MS).zip(day(now_ms + days * DAY_MS));
    let (from, to) = bounds.ok_or_else(|| TlsError("本机时间不对，无法签发证书：请先校准时间".to_owned()))?;
    let mut params = CertificateParams::default();
    (params.not_before, params.not_after) = (from, to);
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Anlan 安澜");
    params.distinguished_name.push(DnType::CommonName, common_name);
    Ok(params)
}

/// What the authority may certify: private domains and networks, and the names known when it is
/// made. A stolen key can then imitate no other site to those who installed it.
fn constraints(configured: &[String], found: &[String]) -> NameConstraints {
    let address =
        |ip: IpAddr| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(ip, if ip.is_ipv4() { 32 } else { 128 }));
    let mut permitted: Vec<_> =
        PRIVATE_DOMAINS.iter().map(|domain| GeneralSubtree::DnsName((*domain).to_owned())).collect();
    permitted.extend(PRIVATE_NETWORKS.iter().filter_map(|network| network.parse().ok()).map(GeneralSubtree::IpAddress));
    permitted.extend(configured.iter().chain(found).map(|name| match name.parse::<IpAddr>() {
        Ok(ip) => address(ip),
        Err(_) => GeneralSubtree::DnsName(name.clone()),
    }));
    NameConstraints { permitted_subtrees: permitted, excluded_subtrees: Vec::new() }
}

fn damaged(folder: &Path) -> TlsError {
    TlsError(format!(
        "本地根证书 {}/ca.pem 或 ca.key 已损坏：从备份恢复；或删除这两个文件再启动，会生成新的根证书（手机要重新安装）",
        folder.display()
    ))
}

fn impossible(e: &rcgen::Error) -> TlsError {
    TlsError(format!("签发证书失败（{e}）"))
}
