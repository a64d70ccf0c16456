//! Users, groups and host names.

use super::check;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Effective user id of this process.
pub(crate) fn effective_user() -> u32 {
    // SAFETY: takes no pointers and cannot fail.
    unsafe { libc::geteuid() }
}

/// Effective group id of this process.
pub(crate) fn effective_group() -> u32 {
    // SAFETY: takes no pointers and cannot fail.
    unsafe { libc::getegid() }
}

/// Becomes this user and group for good, without supplementary groups.
pub(crate) fn become_user(user: u32, clear_groups: bool) -> io::Result<()> {
    if clear_groups {
        // SAFETY: a length of zero needs no list.
        check(unsafe { libc::setgroups(0, std::ptr::null()) })?;
    }
    // SAFETY: take no pointers.
    check(unsafe { libc::setresgid(user, user, user) })?;
    // SAFETY: take no pointers.
    check(unsafe { libc::setresuid(user, user, user) }).map(drop)
}

/// Gives an open file (or pipe) to a user, so that `/dev/stdout` can be opened again by it.
pub(crate) fn give_to(file: BorrowedFd<'_>, user: u32) -> io::Result<()> {
    // SAFETY: the descriptor is open.
    check(unsafe { libc::fchown(file.as_raw_fd(), user, user) }).map(drop)
}

/// Name of the machine as programs see it.
pub(crate) fn set_host_name(name: &str) -> io::Result<()> {
    // SAFETY: pointer and length describe the same string.
    check(unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) }).map(drop)
}
