//! System calls that have no safe wrapper, each behind a small safe function.
//!
//! Nothing here knows what a sandbox is. `sandboxd` is single-threaded, so code after `fork` may allocate.
#![expect(unsafe_code, reason = "the kernel is reached through libc; every block says why it is sound")]

pub(crate) mod child_stack;
pub(crate) mod identity;
pub(crate) mod memory_file;
pub(crate) mod mount;
pub(crate) mod pipe;
pub(crate) mod poll;
pub(crate) mod process;
pub(crate) mod socket;

use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Turns the kernel's -1 into an error.
fn check(result: impl Into<i64>) -> io::Result<i64> {
    let result = result.into();
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A path as the kernel wants it.
fn c_path(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))
}
