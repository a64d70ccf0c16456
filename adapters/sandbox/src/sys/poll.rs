//! Waiting for descriptors.

use super::check;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

/// What is waited for. The end of the other side is noticed in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Read,
    Write,
    Nothing,
}

/// Waits until one of the descriptors can be read (or was closed by the other side) or the time is over.
/// `None` entries are never ready.
pub(crate) fn readable<const N: usize>(descriptors: [Option<BorrowedFd<'_>>; N], timeout: Option<Duration>) -> io::Result<[bool; N]> {
    let mut list = descriptors.map(|descriptor| entry(descriptor.map(|descriptor| (descriptor, Wish::Read))));
    wait_for(&mut list, timeout)?;
    Ok(list.map(|entry| entry.revents != 0))
}

/// Waits until one of the wishes comes true, or the other side of one is gone, or the time is over.
pub(crate) fn wait(wishes: &[Option<(BorrowedFd<'_>, Wish)>], timeout: Option<Duration>) -> io::Result<Vec<bool>> {
    let mut list: Vec<libc::pollfd> = wishes.iter().map(|wish| entry(*wish)).collect();
    wait_for(&mut list, timeout)?;
    Ok(list.iter().map(|entry| entry.revents != 0).collect())
}

fn entry(wish: Option<(BorrowedFd<'_>, Wish)>) -> libc::pollfd {
    libc::pollfd {
        // A negative number makes the kernel skip the entry.
        fd: wish.map_or(-1, |(descriptor, _)| descriptor.as_raw_fd()),
        events: match wish {
            Some((_, Wish::Read)) => libc::POLLIN,
            Some((_, Wish::Write)) => libc::POLLOUT,
            Some((_, Wish::Nothing)) | None => 0,
        },
        revents: 0,
    }
}

fn wait_for(list: &mut [libc::pollfd], timeout: Option<Duration>) -> io::Result<()> {
    let timeout = timeout.map(|timeout| libc::timespec {
        tv_sec: libc::time_t::try_from(timeout.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: timeout.subsec_nanos().into(),
    });
    let timeout_pointer = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    let count = libc::nfds_t::try_from(list.len()).map_err(io::Error::other)?;
    // SAFETY: the list has `count` entries; both pointers live through the call.
    match check(unsafe { libc::ppoll(list.as_mut_ptr(), count, timeout_pointer, std::ptr::null()) }) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {
            // Nothing is known then.
            for entry in list {
                entry.revents = 0;
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}
