//! The one error of this crate: what was looked at, and which rule it broke.

use std::fmt;

/// Something read or checked did not hold. Both parts are written for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    what: &'static str,
    why: String,
}

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error about `what` (a thing the user can find), with the broken rule in `why`.
    pub fn new(what: &'static str, why: impl Into<String>) -> Self {
        Self { what, why: why.into() }
    }

    /// The thing that was looked at, such as 检查点 or 证明文件.
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// The rule that was broken.
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}：{}", self.what, self.why)
    }
}

impl std::error::Error for Error {}
