//! Why a process cannot be put together.

use codesm_core::judging::SandboxError;
use codesm_crypto::KeyTooShort;
use codesm_persistence::DatabaseError;
use std::error::Error as StdError;
use std::fmt;
use std::path::Path;

/// Something the process needs cannot be used. Names what, and what to do where that is known.
#[derive(Debug)]
pub struct WiringError {
    code: &'static str,
    message: String,
}

impl WiringError {
    /// A failure with a stable code.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(crate) fn folder(folder: &Path, error: &std::io::Error) -> Self {
        Self::new("storage.folder", format!("the folder {} cannot be used: {error}", folder.display()))
    }

    pub(crate) fn key(error: KeyTooShort) -> Self {
        Self::new("auth.signing_key", error.to_string())
    }

    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }
}

impl fmt::Display for WiringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for WiringError {}

impl From<DatabaseError> for WiringError {
    fn from(error: DatabaseError) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(reason) = cause {
            message = format!("{message}: {reason}");
            cause = reason.source();
        }
        let code = match error {
            DatabaseError::InvalidUrl { .. } => "database.url",
            DatabaseError::Unreachable { .. } => "database.unavailable",
            DatabaseError::Migration { .. } => "database.migration",
            DatabaseError::Outdated { .. } => "database.outdated",
            DatabaseError::Newer { .. } => "database.newer",
        };
        Self { code, message }
    }
}

impl From<SandboxError> for WiringError {
    fn from(error: SandboxError) -> Self {
        Self::new("sandbox.unavailable", format!("{error}; `codesm doctor` says what to do"))
    }
}
