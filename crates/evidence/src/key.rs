//! Keys of logs and witnesses, and their text forms (C2SP signed-note "vkey").
//!
//! SM2 has no type byte in C2SP. Ours is `0xff`, which signed-note reserves for that, then
//! the OID of SM2-with-SM3 and the purpose. The key ID stays SHA-256 in both suites, because
//! it is a name and protects nothing.

use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use sm2::dsa::signature::Verifier as _;
use std::fmt;
use std::str::FromStr;

use crate::text::{base64, from_base64, is_key_name};
use crate::{Error, Result, Suite};

/// User ID that goes into every SM2 signature (GB/T 32918.2 §5.5); the customary default,
/// which tokens and HSMs use.
pub const SM2_USER_ID: &str = "1234567812345678";

const WHAT: &str = "密钥";

/// What a key signs. One key never does both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Note signatures over the note text: the log's own.
    Log,
    /// Timestamped cosignatures (C2SP tlog-cosignature v1): a witness's.
    Witness,
}

fn type_bytes(suite: Suite, role: Role) -> &'static [u8] {
    match (suite, role) {
        (Suite::Sha256Ed25519, Role::Log) => b"\x01",
        (Suite::Sha256Ed25519, Role::Witness) => b"\x04",
        (Suite::Sm3Sm2, Role::Log) => b"\xff1.2.156.10197.1.501/note",
        (Suite::Sm3Sm2, Role::Witness) => b"\xff1.2.156.10197.1.501/cosignature-v1",
    }
}

const KINDS: [(Suite, Role); 4] = [
    (Suite::Sm3Sm2, Role::Log),
    (Suite::Sm3Sm2, Role::Witness),
    (Suite::Sha256Ed25519, Role::Log),
    (Suite::Sha256Ed25519, Role::Witness),
];

/// Splits `type ‖ key material` by a known type and the length of what follows it.
fn split_type(bytes: &[u8], length: impl Fn(Suite) -> usize) -> Option<(Suite, Role, &[u8])> {
    KINDS.into_iter().find_map(|(suite, role)| {
        let rest = bytes.strip_prefix(type_bytes(suite, role))?;
        (rest.len() == length(suite)).then_some((suite, role, rest))
    })
}

/// First four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).
fn key_id(name: &str, suite: Suite, role: Role, public: &[u8]) -> [u8; 4] {
    let mut hash = Sha256::new();
    hash.update(name);
    hash.update(b"\n");
    hash.update(type_bytes(suite, role));
    hash.update(public);
    let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
    [a, b, c, d]
}

#[derive(Clone)]
enum Public {
    Sm2(Box<sm2::dsa::VerifyingKey>),
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
}

/// A public key with name and purpose: what a policy lists.
#[derive(Clone)]
pub struct VerifierKey {
    name: String,
    role: Role,
    bytes: Vec<u8>,
    id: [u8; 4],
    public: Public,
}

impl VerifierKey {
    /// A key from its raw bytes: 65 (04‖X‖Y) for SM2, 32 for Ed25519.
    pub fn new(name: &str, suite: Suite, role: Role, bytes: &[u8]) -> Result<Self> {
        if !is_key_name(name) {
            return Err(Error::new(WHAT, format!("名称“{name}”为空，或含空格、加号")));
        }
        let bad = || Error::new(WHAT, format!("“{name}”的公钥不是有效的 {suite} 公钥"));
        let public = match suite {
            Suite::Sm3Sm2 if bytes.len() == 65 => {
                let key = sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_USER_ID, bytes);
                Public::Sm2(Box::new(key.map_err(|_| bad())?))
            }
            Suite::Sm3Sm2 => return Err(bad()),
            Suite::Sha256Ed25519 => {
                let key = ed25519_dalek::VerifyingKey::try_from(bytes).map_err(|_| bad())?;
                // A small-order key would accept one signature for many messages.
                let key = Some(key).filter(|k| !k.is_weak()).ok_or_else(bad)?;
                Public::Ed25519(Box::new(key))
            }
        };
        let id = key_id(name, suite, role, bytes);
        Ok(Self { name: name.to_owned(), role, bytes: bytes.to_vec(), id, public })
    }

    /// Key name; for a log its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Log or witness.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Suite of the key.
    pub fn suite(&self) -> Suite {
        match self.public {
            Public::Sm2(_) => Suite::Sm3Sm2,
            Public::Ed25519(_) => Suite::Sha256Ed25519,
        }
    }

    /// Key ID: with the name it marks the signature lines made by this key.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Raw public key. Two keys with equal bytes are one key, whatever their names.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether `signature` (64 bytes) is this key's over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            Public::Sm2(key) => {
                sm2::dsa::Signature::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Public::Ed25519(key) => ed25519_dalek::Signature::try_from(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = [type_bytes(self.suite(), self.role), &self.bytes].concat();
        write!(f, "{}+{}+{}", self.name, hex::encode(self.id), base64(&typed))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.role, &self.bytes) == (&other.name, other.role, &other.bytes)
    }
}

impl Eq for VerifierKey {}

impl FromStr for VerifierKey {
    type Err = Error;

    /// Reads a vkey: `<name>+<key ID in hex>+<base64(type ‖ public key)>`.
    fn from_str(text: &str) -> Result<Self> {
        let bad = |why: &str| Error::new(WHAT, format!("“{text}”{why}"));
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(typed)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad("不是 名称+编号+公钥 三段（C2SP signed-note）"));
        };
        let typed = from_base64(typed).ok_or_else(|| bad("的公钥不是 base64"))?;
        let length = |suite| if suite == Suite::Sm3Sm2 { 65 } else { 32 };
        let (suite, role, bytes) = split_type(&typed, length).ok_or_else(|| bad("的签名类型不认识，或公钥长度不对"))?;
        let key = Self::new(name, suite, role, bytes)?;
        if hex::encode(key.id) != id {
            return Err(bad("的编号与名称、公钥不符"));
        }
        Ok(key)
    }
}

enum Secret {
    Sm2(Box<sm2::dsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

/// A software signing key. Keys in a token or HSM sign elsewhere; their signatures become
/// note lines through [`crate::note::Line::new`].
pub struct SigningKey {
    secret: Secret,
    verifier: VerifierKey,
}

impl SigningKey {
    /// A key from 32 secret bytes, which the caller draws. For SM2 they are the scalar, and
    /// about one value in 2³² is refused: draw again.
    pub fn new(name: &str, suite: Suite, role: Role, secret: &[u8; 32]) -> Result<Self> {
        let (secret, public) = match suite {
            Suite::Sm3Sm2 => {
                let key = sm2::dsa::SigningKey::from_slice(SM2_USER_ID, secret)
                    .map_err(|_| Error::new(WHAT, "私钥不在 SM2 的取值范围内，请重新生成"))?;
                let public = key.verifying_key().to_sec1_bytes().to_vec();
                (Secret::Sm2(Box::new(key)), public)
            }
            Suite::Sha256Ed25519 => {
                let key = ed25519_dalek::SigningKey::from_bytes(secret);
                let public = key.verifying_key().to_bytes().to_vec();
                (Secret::Ed25519(Box::new(key)), public)
            }
        };
        let verifier = VerifierKey::new(name, suite, role, &public)?;
        Ok(Self { secret, verifier })
    }

    /// The public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// 64 signature bytes over `message`; SM2 as r‖s.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.secret {
            Secret::Sm2(key) => {
                let signature: sm2::dsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Secret::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        }
    }

    /// Text form for a key file: `PRIVATE+KEY+<name>+<key ID>+<base64(type ‖ secret)>`, as
    /// Go's `sumdb/note` writes it. Keep the file readable by its owner only.
    pub fn to_secret_text(&self) -> String {
        let secret = match &self.secret {
            Secret::Sm2(key) => key.to_bytes().to_vec(),
            Secret::Ed25519(key) => key.to_bytes().to_vec(),
        };
        let key = &self.verifier;
        let typed = [type_bytes(key.suite(), key.role), &secret].concat();
        format!("PRIVATE+KEY+{}+{}+{}", key.name, hex::encode(key.id), base64(&typed))
    }
}

impl fmt::Debug for SigningKey {
    /// Shows the public half only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifier)
    }
}

impl FromStr for SigningKey {
    type Err = Error;

    /// Reads what [`SigningKey::to_secret_text`] wrote. Errors never repeat the text.
    fn from_str(text: &str) -> Result<Self> {
        let bad = || Error::new(WHAT, "不是 PRIVATE+KEY+名称+编号+私钥 的私钥文本");
        let mut parts = text.strip_prefix("PRIVATE+KEY+").ok_or_else(bad)?.splitn(3, '+');
        let (Some(name), Some(id), Some(typed)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad());
        };
        let typed = from_base64(typed).ok_or_else(bad)?;
        let (suite, role, secret) = split_type(&typed, |_| 32).ok_or_else(bad)?;
        let key = Self::new(name, suite, role, secret.try_into().map_err(|_| bad())?)?;
        if hex::encode(key.verifier.id) != id {
            return Err(Error::new(WHAT, "私钥文本的编号与名称、私钥不符"));
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gbt_32918_5_annex_a_signature_verifies_on_sm2p256v1() {
        let secret = hex::decode("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8").unwrap();
        let public = hex::decode(concat!(
            "04",
            "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020",
            "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
        ))
        .unwrap();
        let signature = hex::decode(concat!(
            "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3",
            "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
        ))
        .unwrap();
        let key = SigningKey::new("gb", Suite::Sm3Sm2, Role::Log, secret[..].try_into().unwrap()).unwrap();
        assert_eq!(key.verifier().bytes(), public);
        assert!(key.verifier().verify(b"message digest", &signature));
        assert!(!key.verifier().verify(b"message digesu", &signature));
        for i in 0..64 {
            let mut changed = signature.clone();
            changed[i] ^= 1;
            assert!(!key.verifier().verify(b"message digest", &changed), "byte {i}");
        }
        // Libraries choose the nonce differently, so our own signature is checked, not compared.
        assert!(key.verifier().verify(b"message digest", &key.sign(b"message digest")));
    }

    #[test]
    fn rfc_8032_section_7_1_test_2() {
        let secret = hex::decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let key = SigningKey::new("x", Suite::Sha256Ed25519, Role::Log, secret[..].try_into().unwrap()).unwrap();
        assert_eq!(
            hex::encode(key.verifier().bytes()),
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        );
        assert_eq!(
            hex::encode(key.sign(&[0x72])),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        );
    }

    #[test]
    fn published_vkeys_parse_and_print_the_same() {
        for vkey in [
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        ] {
            assert_eq!(vkey.parse::<VerifierKey>().unwrap().to_string(), vkey);
        }
        let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
        let key: SigningKey = secret.parse().unwrap();
        assert_eq!(key.verifier().to_string(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        assert_eq!(key.to_secret_text(), secret);
    }

    #[test]
    fn keys_of_every_kind_round_trip_and_do_not_verify_for_each_other() {
        let keys: Vec<SigningKey> = KINDS
            .iter()
            .zip(1..)
            .map(|((suite, role), n)| SigningKey::new("k.example/-sm3", *suite, *role, &[n; 32]).unwrap())
            .collect();
        for (i, key) in keys.iter().enumerate() {
            assert_eq!(&key.verifier().to_string().parse::<VerifierKey>().unwrap(), key.verifier());
            let again: SigningKey = key.to_secret_text().parse().unwrap();
            assert_eq!(again.verifier(), key.verifier());
            assert!(!format!("{key:?}").contains("PRIVATE"));
            for (j, other) in keys.iter().enumerate() {
                assert_eq!(other.verifier().verify(b"m", &key.sign(b"m")), i == j);
            }
        }
    }

    #[test]
    fn malformed_vkeys_are_refused() {
        let good = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        for bad in [
            "",
            "a+b",
            "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            &good.replace("530d903a", "530D903A"),
            &good.replace("530d903a", "530d903b"),
            &good.replace("foo", "fop"),
            &good.replace("example", "exa mple"),
            &good.replace("+Aeky", "+Beky"),
            &good[..good.len() - 4],
            &format!("{good}AAAA"),
        ] {
            assert!(bad.parse::<VerifierKey>().is_err(), "{bad}");
        }
        assert!(VerifierKey::new("x", Suite::Sha256Ed25519, Role::Log, &[0; 32]).is_err(), "small order");
        assert!(VerifierKey::new("x", Suite::Sm3Sm2, Role::Log, &[4; 65]).is_err(), "not on the curve");
        assert!(SigningKey::new("x", Suite::Sm3Sm2, Role::Log, &[0; 32]).is_err());
        for name in ["", "a b", "a+b", "a\u{3000}b", "a\nb"] {
            assert!(SigningKey::new(name, Suite::Sm3Sm2, Role::Log, &[1; 32]).is_err(), "{name:?}");
        }
    }
}
