//! The second factor: time-based one-time codes, RFC 6238.

use totp_rs::{Builder, Secret, Totp as Inner, TotpError};

use super::SecretError;

/// Length of a step, the one every authenticator app knows.
const STEP_SECONDS: u64 = 30;
/// How many steps before and after now are accepted (RFC 6238 §5.2 recommends one).
const SKEW: u16 = 1;

/// A new shared secret of 160 random bits (RFC 4226 §4), in Base32 as it is stored.
pub fn new_totp_secret() -> Result<String, SecretError> {
    Ok(Secret::new_stack(super::random_bytes::<20>()?).to_base32())
}

/// The second factor of one account.
pub struct Totp(Inner);

impl Totp {
    /// Opens a stored secret for an account.
    pub fn open(secret: &str, account: &str, issuer: &str) -> Result<Self, SecretError> {
        let failed = |e: TotpError| SecretError::new("动态口令密钥", &e);
        let secret = Secret::try_from_base32(secret).map_err(|e| SecretError::new("动态口令密钥", &e))?;
        let totp = Builder::new()
            .with_secret(secret)
            .with_step_duration(STEP_SECONDS)
            .with_skew(SKEW)
            // A colon separates issuer and account in the address, so neither may hold one.
            .with_account_name(account.replace(':', " "))
            .with_issuer(Some(issuer.replace(':', " ")))
            .build()
            .map_err(failed)?;
        Ok(Self(totp))
    }

    /// The address that an authenticator app takes as a QR code.
    pub fn enrol_url(&self) -> Result<String, SecretError> {
        self.0.to_url().map_err(|e| SecretError::new("动态口令网址", &e))
    }

    /// Checks a code at a time (milliseconds since 1970): the step it belongs to, or nothing.
    /// The caller stores the step and passes it as `last_step` next time, so that each code is
    /// accepted once (RFC 6238 §5.2).
    pub fn verify(&self, code: &str, now_ms: i64, last_step: Option<u64>) -> Option<u64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now_ms).ok()? / 1_000;
        let step = self.0.check(&code, seconds)?;
        Some(step).filter(|step| last_step.is_none_or(|last| *step > last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors of RFC 6238, appendix B (SHA-1).
    const RFC_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_follow_rfc_6238_appendix_b() {
        let totp = Totp::open(RFC_SECRET, "officer", "安澜").unwrap();
        // The appendix prints eight digits; six-digit codes are their last six.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(totp.verify(code, seconds * 1_000, None), Some(seconds as u64 / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_accepted_one_step_early_or_late_and_only_once() {
        let totp = Totp::open(RFC_SECRET, "officer", "安澜").unwrap();
        assert_eq!(totp.verify("287 082", 89_000, None), Some(1));
        assert_eq!(totp.verify("287082", 0, None), Some(1));
        assert_eq!(totp.verify("287082", 120_000, None), None);
        assert_eq!(totp.verify("287082", 59_000, Some(1)), None, "replay");
        for code in ["", "28708", "2870822", "abcdef", "２８７０８２"] {
            assert_eq!(totp.verify(code, 59_000, None), None, "{code}");
        }
        assert_eq!(totp.verify("287082", -1, None), None);
    }

    #[test]
    fn the_enrol_address_carries_issuer_and_account_in_chinese() {
        let secret = new_totp_secret().unwrap();
        let url = Totp::open(&secret, "值班员:1", "安澜:岚江").unwrap().enrol_url().unwrap();
        assert!(url.starts_with("otpauth://totp/") && url.contains(&secret), "{url}");
        assert!(Totp::open("ABC", "a", "b").is_err());
        assert!(Totp::open("!!", "a", "b").is_err());
    }
}
