//! What a command says when it fails.

use crate::config::WrongKeys;
use crate::wiring::WiringError;
use codesm_core::judging::SandboxError;
use codesm_core::kernel::AppError;
use codesm_core::problems::PackageError;
use std::fmt;
use std::process::ExitCode;

/// A failure, with a stable code and a sentence for the operator.
#[derive(Debug)]
pub(crate) struct CliError {
    code: String,
    message: String,
    exit: u8,
}

impl CliError {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            exit: 1,
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl From<WrongKeys> for CliError {
    fn from(wrong: WrongKeys) -> Self {
        // 2: wrong usage, as clap has it.
        Self {
            code: "config.wrong".to_owned(),
            message: wrong.to_string(),
            exit: 2,
        }
    }
}

impl From<AppError> for CliError {
    fn from(error: AppError) -> Self {
        let mut message = error.public_message().to_owned();
        for field in error.fields() {
            message = format!("{message}\n  {}: {}", field.field, field.message);
        }
        let mut cause = std::error::Error::source(&error);
        while let Some(reason) = cause {
            message = format!("{message}\n  because: {reason}");
            cause = reason.source();
        }
        Self::new(error.code(), message)
    }
}

impl From<SandboxError> for CliError {
    fn from(error: SandboxError) -> Self {
        Self::new("sandbox.unavailable", error.to_string())
    }
}

impl From<PackageError> for CliError {
    fn from(error: PackageError) -> Self {
        Self::new(error.code, error.to_string())
    }
}

impl From<WiringError> for CliError {
    fn from(error: WiringError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

/// Prints the failure and gives the exit code.
pub(crate) fn report(error: &CliError) -> ExitCode {
    eprintln!("codesm: {error}");
    ExitCode::from(error.exit)
}
