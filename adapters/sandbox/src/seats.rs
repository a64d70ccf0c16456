//! Seats: numbers unique on this machine, one per slot, taken by lock file.
//!
//! A seat below the number of cores comes with that core; so several workers never pin the same one, and never run
//! programs as the same user.

use crate::sys::process;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Most seats on one machine; also the size of the range of users.
const MAX_SEATS: usize = 1024;

/// A seat, kept until dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) number: usize,
    /// Core the programs are pinned to.
    pub(crate) cpu: Option<usize>,
    /// The lock ends with the file.
    _lock: File,
}

/// The folder of the lock files.
pub(crate) fn lock_folder(wanted: Option<&Path>) -> PathBuf {
    wanted.map_or_else(
        || {
            let usual = PathBuf::from("/run/lock");
            if usual.is_dir() { usual } else { std::env::temp_dir() }
        },
        Path::to_path_buf,
    )
}

/// Takes `count` seats, those with a free core first.
pub(crate) fn take(folder: &Path, count: usize) -> io::Result<Vec<Seat>> {
    fs::create_dir_all(folder)?;
    let cpus = process::allowed_cpus()?;
    let with_core = cpus.iter().map(|cpu| (*cpu, Some(*cpu)));
    let without = (0..MAX_SEATS).filter(|number| !cpus.contains(number)).map(|number| (number, None));
    let mut seats = Vec::new();
    for (number, cpu) in with_core.chain(without) {
        if seats.len() == count {
            break;
        }
        if let Some(lock) = try_lock(&folder.join(format!("codesm-seat-{number}.lock")))? {
            seats.push(Seat { number, cpu, _lock: lock });
        }
    }
    if seats.len() < count {
        return Err(io::Error::other(format!(
            "only {} of {count} seats are free in {}",
            seats.len(),
            folder.display()
        )));
    }
    Ok(seats)
}

fn try_lock(path: &Path) -> io::Result<Option<File>> {
    // Never through a link: the folder may be writable by everybody.
    let flags = libc::O_NOFOLLOW | libc::O_CLOEXEC | libc::O_NONBLOCK;
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o666)
        .custom_flags(flags)
        .open(path);
    let file = match opened {
        // Another user's lock, kept from us by sticky-folder protection; it still can be locked for reading.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => match OpenOptions::new().read(true).custom_flags(flags).open(path)
        {
            Ok(file) => file,
            Err(_) => return Ok(None),
        },
        opened => opened?,
    };
    // Something else in place of a lock file, or another name of some other file, is not ours to lock or open to all.
    let found = file.metadata()?;
    if !found.is_file() || found.nlink() != 1 {
        return Ok(None);
    }
    // Other users' workers must be able to take the seat later. Not ours to change if another user made it.
    let _ = file.set_permissions(fs::Permissions::from_mode(0o666));
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_of_some_file_is_no_lock_and_keeps_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        fs::write(&secret, "").unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        let lock = folder.path().join("codesm-seat-0.lock");
        fs::hard_link(&secret, &lock).unwrap();
        assert!(try_lock(&lock).unwrap().is_none());
        assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_seat_is_taken_once_and_free_again_when_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let first = take(folder.path(), 2).unwrap();
        let second = take(folder.path(), 1).unwrap();
        assert!(first.iter().all(|seat| seat.number != second[0].number));
        let number = first[0].number;
        drop(first);
        assert_eq!(take(folder.path(), 1).unwrap()[0].number, number);
    }
}
