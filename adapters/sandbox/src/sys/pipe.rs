//! Pipes.

use super::check;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Gives a pipe room for `bytes`.
pub(crate) fn resize(pipe: BorrowedFd<'_>, bytes: usize) -> io::Result<()> {
    let bytes = libc::c_int::try_from(bytes).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open; the command takes a number.
    check(unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETPIPE_SZ, bytes) }).map(drop)
}

/// Writing to this end never waits.
pub(crate) fn never_wait(pipe: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: the descriptor is open; the command takes a number. No other flag of a pipe's end can be lost.
    check(unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) }).map(drop)
}
