//! Errors of the sandbox itself.

use codesm_core::judging::SandboxError;
use std::fmt::Display;
use std::io;

/// A fault with a stable code.
pub(crate) fn fault(code: &'static str, message: impl Display) -> SandboxError {
    SandboxError::Fault {
        code,
        message: message.to_string(),
    }
}

/// Names what failed; a full disk has a code of its own, because it is the operator's to mend.
pub(crate) trait OrFault<T> {
    /// Turns the error into a fault.
    fn or_fault(self, code: &'static str, what: &str) -> Result<T, SandboxError>;
}

impl<T> OrFault<T> for io::Result<T> {
    fn or_fault(self, code: &'static str, what: &str) -> Result<T, SandboxError> {
        self.map_err(|error| {
            let code = if error.kind() == io::ErrorKind::StorageFull {
                "sandbox.disk_full"
            } else {
                code
            };
            fault(code, format!("{what}: {error}"))
        })
    }
}
