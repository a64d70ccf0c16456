//! Files in memory and pipes.

use super::check;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

fn create(flags: u32) -> io::Result<File> {
    // SAFETY: the name is a constant ending with a zero.
    let raw = check(unsafe { libc::memfd_create(c"input".as_ptr(), libc::MFD_CLOEXEC | flags) })?;
    let raw = RawFd::try_from(raw).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    // SAFETY: the kernel just gave us this descriptor.
    Ok(unsafe { File::from_raw_fd(raw) })
}

/// An empty file in memory.
pub(crate) fn empty() -> io::Result<File> {
    create(0)
}

/// A file in memory that nobody can change any more, at its beginning.
pub(crate) fn sealed(write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<File> {
    let mut file = create(libc::MFD_ALLOW_SEALING)?;
    write(&mut file)?;
    file.flush()?;
    io::Seek::rewind(&mut file)?;
    let seals = libc::F_SEAL_SEAL | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_WRITE;
    // SAFETY: the descriptor is open; the command takes a number.
    check(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) })?;
    Ok(file)
}

/// An event counter that wakes a poll.
pub(crate) fn event() -> io::Result<OwnedFd> {
    // SAFETY: takes no pointers.
    let raw = check(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) })?;
    let raw = RawFd::try_from(raw).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    // SAFETY: the kernel just gave us this descriptor.
    Ok(unsafe { OwnedFd::from_raw_fd(raw) })
}
