//! Makes the port's errors.

use codesm_core::problems::PackageError;
use std::io;

/// The package as a whole is to blame.
pub(crate) fn refuse(code: &'static str, message: impl Into<String>) -> PackageError {
    PackageError {
        code,
        file: None,
        key: None,
        message: message.into(),
        is_local_fault: false,
    }
}

/// A file of the package is to blame.
pub(crate) fn refuse_file(code: &'static str, file: impl Into<String>, message: impl Into<String>) -> PackageError {
    PackageError {
        file: Some(file.into()),
        ..refuse(code, message)
    }
}

/// A key in a file of the package is to blame.
pub(crate) fn refuse_key(code: &'static str, file: impl Into<String>, key: impl Into<String>, message: impl Into<String>) -> PackageError {
    PackageError {
        key: Some(key.into()),
        ..refuse_file(code, file, message)
    }
}

/// This machine is to blame: a full disk, a file that cannot be read.
pub(crate) fn local(doing: &str, error: &io::Error) -> PackageError {
    PackageError {
        is_local_fault: true,
        ..refuse("package.unreadable", format!("{doing}: {error}"))
    }
}
