//! TLS of a node: a local certificate authority made at first start, or the customer's own
//! certificate. Phones and browsers that install the authority once trust the node, which
//! offline storage, camera and WebCrypto need.
//!
//! Time comes in as an argument. Callers use the machine's own time, never the movable clock of a
//! demo, because browsers judge certificates by theirs.

mod authority;
mod files;
mod own;

use std::path::Path;
use std::sync::{Arc, RwLock};

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

pub use authority::Authority;

/// Protocols offered over HTTPS.
pub const HTTP: [&str; 2] = ["h2", "http/1.1"];

/// TLS cannot be set up: one line that says why and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TlsError(pub String);

/// The certificate that listeners show: a renewed one takes the place of the old one at once, for
/// every listener that was made from the same identity, without a restart.
#[derive(Debug, Clone)]
pub struct Shown(Arc<RwLock<Arc<CertifiedKey>>>);

impl Shown {
    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, TlsError> {
        let key = CertifiedKey::from_der(chain, key, &provider())
            .map_err(|e| TlsError(format!("证书不能用于 TLS（{e}）")))?;
        Ok(Self(Arc::new(RwLock::new(Arc::new(key)))))
    }
    fn current(&self) -> Arc<CertifiedKey> {
        // Nothing that holds the lock can panic; a poisoned one still holds a good key.
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
    /// Shows what a newer identity shows; false where that is the same certificate.
    pub fn renew(&self, newer: &Identity) -> bool {
        let next = newer.shown.current();
        if next.cert == self.current().cert {
            return false;
        }
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = next;
        true
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

/// What the node shows to those who connect.
pub struct Identity {
    shown: Shown,
    /// When the certificate ends, milliseconds since 1970; health checks warn before.
    pub not_after_ms: i64,
    /// The local authority to install on phones; nothing with the customer's own certificate.
    pub authority: Option<Authority>,
}

impl Identity {
    /// The node's own authority and a certificate for this machine, both kept in `<data>/tls/`
    /// and made or renewed where missing, near their end or short of a name. Call it at start,
    /// and daily on a node that runs for long.
    ///
    /// `configured` names must be covered, else it is an error; `found` ones (see
    /// [`machine_names`]) are covered where the authority may.
    ///
    /// # Errors
    /// Files that cannot be read or written, or a configured name outside what the authority of
    /// an earlier start may certify.
    pub fn local(data: &Path, configured: &[String], found: &[String], now_ms: i64) -> Result<Self, TlsError> {
        authority::local(&data.join("tls"), configured, found, now_ms)
    }

    /// The customer's own certificate: a PEM chain, leaf first, and its PEM key.
    ///
    /// # Errors
    /// Unreadable files, a key that belongs to another certificate, a certificate that has ended
    /// or not begun.
    pub fn own(certificate: &Path, key: &Path, now_ms: i64) -> Result<Self, TlsError> {
        own::load(certificate, key, now_ms)
    }

    /// The certificate that its listeners show, to renew it while they run.
    pub fn shown(&self) -> Shown {
        self.shown.clone()
    }

    /// The configuration of a TLS listener that speaks these protocols; none for plain MQTT.
    pub fn server_config(&self, protocols: &[&str]) -> Result<Arc<ServerConfig>, TlsError> {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map(|builder| builder.with_no_client_auth().with_cert_resolver(Arc::new(self.shown.clone())))
            .map_err(|e| TlsError(format!("证书不能用于 TLS（{e}）")))?;
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(Arc::new(config))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// The names this machine goes by: its host name, and the address it would use towards the
/// network (asked of the routing table; nothing is sent).
pub fn machine_names() -> Vec<String> {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().map(|name| name.trim().to_lowercase());
    let address = std::net::UdpSocket::bind("0.0.0.0:0")
        .and_then(|socket| socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr()))
        .ok()
        .map(|address| address.ip())
        .filter(|ip| !ip.is_unspecified() && !ip.is_loopback())
        .map(|ip| ip.to_string());
    // A host name that is no DNS name (an underscore, Chinese) cannot be certified.
    let host = host.filter(|name| ServerName::try_from(name.as_str()).is_ok());
    [host, address].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
