//! Passwords, tokens, second factors and signatures. Nothing here keeps state, reads a clock or
//! touches the database.

mod mac;
mod password;
mod token;
mod totp;

pub use mac::{Mac, csrf_matches, csrf_token};
pub use password::{check_password, hash_password, verify_password};
use token::random_bytes;
pub use token::{equal, token_hash};
pub use totp::{Totp, new_totp_secret};

/// The secret work itself failed: no randomness from the system, or a stored secret that cannot
/// be read. Never caused by what a user typed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SecretError(String);

impl SecretError {
    fn new(what: &str, cause: &impl std::fmt::Display) -> Self {
        Self(format!("{what}：{cause}"))
    }
}
