//! Passwords: what is asked of them, and how they are kept.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};

use super::SecretError;

/// Memory of one hash in KiB: 19 MiB, the OWASP Password Storage Cheat Sheet's setting for
/// argon2id with two passes and one lane.
const MEMORY_KIB: u32 = 19_456;
/// Passes over that memory, same source.
const PASSES: u32 = 2;
/// Lanes, same source.
const LANES: u32 = 1;
/// Shortest password, in characters.
const MIN_CHARS: usize = 10;
/// Longest password, in characters: long enough for any sentence, short enough to hash.
const MAX_CHARS: usize = 128;
/// How many of the four kinds (upper, lower, digit, other) a password mixes.
const MIN_KINDS: usize = 3;
/// A valid hash that no password opens. Checking against it takes as long as a real check, so
/// that the time of an answer does not tell which accounts exist.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$YW5sYW4gbm9ib2R5IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn hasher() -> Result<Argon2<'static>, SecretError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| SecretError::new("口令参数", &e))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The argon2id hash of a password as a PHC string, with a salt of its own. Takes some 100 ms of
/// a core: callers run it on a blocking thread.
pub fn hash_password(password: &str) -> Result<String, SecretError> {
    let hash = hasher()?.hash_password(password.as_bytes()).map_err(|e| SecretError::new("口令散列", &e))?;
    Ok(hash.to_string())
}

/// Whether a password opens a stored hash. For an account that does not exist give `None`: the
/// answer is no, after the same work. Takes as long as [`hash_password`].
pub fn verify_password(password: &str, stored: Option<&str>) -> bool {
    let (Ok(hasher), Ok(hash)) = (hasher(), PasswordHash::new(stored.unwrap_or(NOBODY))) else { return false };
    hasher.verify_password(password.as_bytes(), &hash).is_ok() && stored.is_some()
}

/// The password rule (GB/T 22239-2019, level 3, 身份鉴别: complexity; the figures are ours): at
/// least 10 characters, three of the four kinds, and not built from the user name.
///
/// # Errors
/// What is wrong with it, in Chinese, to be shown beside the field.
pub fn check_password(username: &str, password: &str) -> Result<(), String> {
    let length = password.chars().count();
    if !(MIN_CHARS..=MAX_CHARS).contains(&length) {
        return Err(format!("口令应为 {MIN_CHARS} 到 {MAX_CHARS} 个字符，现在是 {length} 个"));
    }
    let other = |c: char| !(c.is_ascii_uppercase() || c.is_ascii_lowercase() || c.is_ascii_digit());
    let kinds: [fn(&char) -> bool; 3] = [char::is_ascii_uppercase, char::is_ascii_lowercase, char::is_ascii_digit];
    let found = kinds.iter().filter(|kind| password.chars().any(|c| kind(&c))).count();
    if found + usize::from(password.chars().any(other)) < MIN_KINDS {
        return Err(format!("口令应包含大写字母、小写字母、数字、其他符号中的至少 {MIN_KINDS} 种"));
    }
    let (name, folded) = (username.to_lowercase(), password.to_lowercase());
    let reversed: String = name.chars().rev().collect();
    if !name.is_empty() && (folded.contains(&name) || folded.contains(&reversed)) {
        return Err("口令不能包含用户名（倒写也不行）".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_its_own_hash_only() {
        let hash = hash_password("Ancheng-2026").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password("Ancheng-2026", Some(&hash)));
        assert!(!verify_password("ancheng-2026", Some(&hash)));
        assert!(!verify_password("Ancheng-2026", Some("not a hash")));
        assert_ne!(hash, hash_password("Ancheng-2026").unwrap(), "every hash has its own salt");
    }

    #[test]
    fn an_account_that_does_not_exist_costs_a_real_check_and_never_opens() {
        assert!(PasswordHash::new(NOBODY).is_ok(), "else the answer would come at once");
        assert!(!verify_password("", None));
    }

    #[test]
    fn the_password_rule_asks_for_length_kinds_and_no_user_name() {
        for (password, part) in [
            ("Ab1-", "10 到 128"),
            ("abcdefghij1", "至少 3 种"),
            ("岚江安全生产监督管理", "至少 3 种"),
            ("Officer-2026x", "用户名"),
            ("x1-RECIFFO-y", "用户名"),
        ] {
            let reason = check_password("officer", password).unwrap_err();
            assert!(reason.contains(part), "{password}: {reason}");
        }
        assert!(check_password("officer", &"aB1".repeat(50)).is_err());
        for password in ["Lanjiang-26", "安澜lanjiang26", "xK8#mnpq-rst"] {
            assert_eq!(check_password("officer", password), Ok(()), "{password}");
        }
    }
}
