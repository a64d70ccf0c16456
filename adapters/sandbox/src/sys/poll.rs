//! Waiting for descriptors.

use super::check;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

/// Waits until one of the descriptors can be read (or was closed by the other side) or the time is over.
/// `None` entries are never ready.
pub(crate) fn readable<const N: usize>(descriptors: [Option<BorrowedFd<'_>>; N], timeout: Option<Duration>) -> io::Result<[bool; N]> {
    let mut list = descriptors.map(|descriptor| libc::pollfd {
        // A negative number makes the kernel skip the entry.
        fd: descriptor.map_or(-1, |descriptor| descriptor.as_raw_fd()),
        events: libc::POLLIN,
        revents: 0,
    });
    let timeout = timeout.map(|timeout| libc::timespec {
        tv_sec: libc::time_t::try_from(timeout.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    });
    let timeout_pointer = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let count = libc::nfds_t::try_from(N).unwrap_or(0);
    // SAFETY: the list has `count` entries; both pointers live through the call.
    match check(unsafe { libc::ppoll(list.as_mut_ptr(), count, timeout_pointer, std::ptr::null()) }) {
        Ok(_) => Ok(list.map(|entry| entry.revents != 0)),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok([false; N]),
        Err(error) => Err(error),
    }
}
