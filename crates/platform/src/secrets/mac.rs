//! Keyed signatures: of webhooks (so that the receiver knows us) and of forms (CSRF).

use hmac::digest::InvalidLength;
use hmac::{Hmac, KeyInit};
use sha2::Sha256;
use sm3::Sm3;

use super::equal;

/// The algorithm of a webhook signature, chosen with the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mac {
    /// HMAC over SM3 (GB/T 32905-2016).
    Sm3,
    /// HMAC over SHA-256 (RFC 2104, FIPS 180-4).
    Sha256,
}

impl Mac {
    /// The name in front of a signature.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sm3 => "hmac-sm3",
            Self::Sha256 => "hmac-sha256",
        }
    }

    /// The signature of a message: `hmac-sm3=<hex>`. What is signed is id, time (milliseconds
    /// since 1970) and body, joined by dots, so that neither can be exchanged; the receiver
    /// refuses old times and ids it has seen.
    pub fn sign(self, key: &[u8], id: &str, time_ms: i64, body: &[u8]) -> String {
        let head = format!("{id}.{time_ms}.");
        format!("{}={}", self.name(), self.hex(key, &[head.as_bytes(), body]))
    }

    /// Whether a signature is that of this message, for receivers of ours and tests.
    pub fn verify(self, key: &[u8], id: &str, time_ms: i64, body: &[u8], signature: &str) -> bool {
        equal(self.sign(key, id, time_ms, body), signature)
    }

    fn hex(self, key: &[u8], parts: &[&[u8]]) -> String {
        let bytes = match self {
            Self::Sm3 => mac::<Hmac<Sm3>>(key, parts),
            Self::Sha256 => mac::<Hmac<Sha256>>(key, parts),
        };
        // HMAC takes keys of any length, so this never happens; an empty text matches nothing.
        bytes.map(hex::encode).unwrap_or_default()
    }
}

fn mac<M: KeyInit + hmac::Mac>(key: &[u8], parts: &[&[u8]]) -> Result<Vec<u8>, InvalidLength> {
    let mut mac = <M as KeyInit>::new_from_slice(key)?;
    for part in parts {
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().to_vec())
}

/// The CSRF token of a session: bound to it, so nothing needs to be stored.
pub fn csrf_token(key: &[u8], session: &str) -> String {
    Mac::Sha256.hex(key, &[b"csrf.", session.as_bytes()])
}

/// Whether a request carries the CSRF token of its session.
pub fn csrf_matches(key: &[u8], session: &str, token: &str) -> bool {
    equal(csrf_token(key, session), token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_sha256_follows_rfc_4231_case_2() {
        let hex = Mac::Sha256.hex(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn hmac_sm3_agrees_with_openssl_3_0() {
        let hex = Mac::Sm3.hex(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex, "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882");
    }

    #[test]
    fn a_signature_covers_id_time_and_body() {
        for mac in [Mac::Sm3, Mac::Sha256] {
            let signature = mac.sign(b"key", "m1", 1_000, b"{}");
            assert!(signature.starts_with(mac.name()));
            assert!(mac.verify(b"key", "m1", 1_000, b"{}", &signature));
            assert!(!mac.verify(b"kez", "m1", 1_000, b"{}", &signature));
            assert!(!mac.verify(b"key", "m2", 1_000, b"{}", &signature));
            assert!(!mac.verify(b"key", "m1", 1_001, b"{}", &signature));
            assert!(!mac.verify(b"key", "m1", 1_000, b"{ }", &signature));
            assert!(!mac.verify(b"key", "m1", 1_000, b"{}", ""));
        }
        assert_ne!(Mac::Sm3.sign(b"k", "i", 1, b""), Mac::Sha256.sign(b"k", "i", 1, b""));
    }

    #[test]
    fn a_csrf_token_belongs_to_one_session() {
        let token = csrf_token(b"key", "session");
        assert!(csrf_matches(b"key", "session", &token));
        assert!(!csrf_matches(b"key", "another", &token) && !csrf_matches(b"other", "session", &token));
        assert!(!csrf_matches(b"key", "session", ""));
    }
}
