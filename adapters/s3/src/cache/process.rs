//! What one process holds of the cache: files being written, and links to blobs that are lent.
//!
//! A link keeps a blob's bytes while somebody uses them, whatever other processes remove meanwhile. The folder is locked while its
//! process lives; the lock of a dead one is free, and then its folder goes.

use super::{private_folder, remove};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::{NamedTempFile, TempDir};

/// Name of the lock in the folder of a process.
const LOCK: &str = "lock";

/// The folder of this process; removed with it.
pub(super) struct ProcessFolder {
    folder: Arc<TempDir>,
    lent: AtomicU64,
    /// Held as long as the process lives.
    _lock: File,
}

/// A blob that is lent, until this is dropped.
pub(crate) struct Lent {
    path: PathBuf,
    /// The folder must not go before the link.
    _folder: Arc<TempDir>,
}

impl Lent {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "a lent blob could not be given back");
        }
    }
}

impl ProcessFolder {
    /// Makes a folder below `all`, and removes those of dead processes.
    pub(super) fn open(all: &Path) -> io::Result<Self> {
        private_folder(all)?;
        // Who sweeps must not meet a folder between its making and its locking.
        let starting = File::create(all.join(LOCK))?;
        starting.lock()?;
        sweep(all)?;
        let folder = tempfile::Builder::new().prefix("process-").tempdir_in(all)?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        Ok(Self {
            folder: Arc::new(folder),
            lent: AtomicU64::new(0),
            _lock: lock,
        })
    }

    pub(super) fn temporary_file(&self) -> io::Result<NamedTempFile> {
        tempfile::Builder::new().prefix("writing-").tempfile_in(self.folder.path())
    }

    /// Another name for a file, of our own; `None` if there is no such file.
    pub(super) fn lend(&self, file: &Path) -> io::Result<Option<Lent>> {
        let number = self.lent.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.path().join(format!("lent-{number}"));
        match fs::hard_link(file, &path) {
            Ok(()) => Ok(Some(Lent {
                path,
                _folder: self.folder.clone(),
            })),
            Err(error) if error.kind() == ErrorKind::NotFound && self.folder.path().exists() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn sweep(all: &Path) -> io::Result<()> {
    for entry in fs::read_dir(all)? {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        let is_dead = match File::open(path.join(LOCK)) {
            Ok(lock) => match lock.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock) => false,
                Err(TryLockError::Error(error)) => return Err(error),
            },
            // It died while starting, since nobody else starts now.
            Err(error) if error.kind() == ErrorKind::NotFound => true,
            Err(error) => return Err(error),
        };
        if !is_dead {
            continue;
        }
        match fs::remove_dir_all(&path) {
            Ok(()) => tracing::info!(path = %path.display(), "removed what a dead process held of the cache"),
            Err(error) => tracing::warn!(path = %path.display(), %error, "cannot remove what a dead process held of the cache"),
        }
    }
    Ok(())
}
