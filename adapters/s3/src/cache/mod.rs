//! Blobs of a remote store on this machine's disk.
//!
//! `ab/cdef…` holds a blob under its SHA-256, as in `codesm-fs`; `processes/…` is what a running process holds (see [`process`]).
//! Several processes share the folder without talking to each other: a blob appears by renaming and vanishes by unlinking, and
//! whoever lends it holds a link of their own.

mod evict;
mod process;

pub(crate) use process::Lent;

use codesm_core::kernel::{BlobRef, LocalFile};
use process::ProcessFolder;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tempfile::NamedTempFile;

/// A bounded, shared, crash-safe cache. All methods block.
pub(crate) struct BlobCache {
    folder: PathBuf,
    max_bytes: u64,
    /// Bytes that this process has added since it last looked at the whole cache.
    added: AtomicU64,
    /// What this process has written or checked itself: the rest may be rotten, and is checked when first lent.
    sound: Mutex<HashSet<String>>,
    process: Arc<ProcessFolder>,
}

impl BlobCache {
    /// Opens the cache, sweeps what dead processes left and makes room if there is too much.
    ///
    /// # Errors
    /// If the folder cannot be used; the message names it.
    pub(crate) fn open(folder: &Path, max_bytes: u64) -> io::Result<Self> {
        let at = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", folder.display()));
        private_folder(folder).map_err(at)?;
        let process = ProcessFolder::open(&folder.join("processes")).map_err(at)?;
        let cache = Self {
            folder: folder.to_owned(),
            max_bytes,
            added: AtomicU64::new(0),
            sound: Mutex::default(),
            process: Arc::new(process),
        };
        cache.make_room().map_err(at)?;
        Ok(cache)
    }

    /// A file to be filled and then given to [`Self::keep`]; it vanishes if it is dropped, or with the process.
    pub(crate) fn spool(&self) -> io::Result<NamedTempFile> {
        self.process.temporary_file()
    }

    /// The blob's file, if it is here and whole. `None` as well if the address is no digest.
    pub(crate) fn lend(&self, blob: &BlobRef) -> io::Result<Option<LocalFile>> {
        let Some(place) = self.place(&blob.sha256) else { return Ok(None) };
        let Some(lent) = self.process.lend(&place)? else { return Ok(None) };
        let file = File::open(lent.path())?;
        if file.metadata()?.len() != blob.size || !self.is_sound(blob, &file)? {
            tracing::warn!(sha256 = blob.sha256, "a cached blob is not what it was; it is fetched again");
            remove(&place)?;
            return Ok(None);
        }
        // For those who look for what was used least recently.
        file.set_modified(SystemTime::now())?;
        Ok(Some(local_file(lent, blob.size)))
    }

    /// Takes in a file whose bytes are known to be the blob's, and lends it.
    pub(crate) fn keep(&self, file: NamedTempFile, blob: &BlobRef) -> io::Result<LocalFile> {
        let place = self.place(&blob.sha256).expect("SHA-256 in hexadecimal is a digest");
        // Shown to programs in the sandbox, which run as another user.
        file.as_file().set_permissions(Permissions::from_mode(0o444))?;
        file.as_file().sync_all()?;
        let lent = self
            .process
            .lend(file.path())?
            .ok_or_else(|| io::Error::from(ErrorKind::NotFound))?;
        private_folder(place.parent().unwrap_or(&self.folder))?;
        file.persist(&place).map_err(|error| error.error)?;
        self.remember(&blob.sha256);
        let added = self.added.fetch_add(blob.size, Ordering::Relaxed) + blob.size;
        // Looking at everything costs, so not for every blob. Others add as well, hence the small share.
        if added > self.max_bytes / 16 {
            self.make_room()?;
        }
        Ok(local_file(lent, blob.size))
    }

    /// Removes the least recently used until a tenth is free, if there is too much.
    fn make_room(&self) -> io::Result<()> {
        self.added.store(0, Ordering::Relaxed);
        let Some(removed) = evict::make_room(&self.folder, self.max_bytes)? else {
            return Ok(());
        };
        let mut sound = self.sound.lock().unwrap_or_else(PoisonError::into_inner);
        for sha256 in removed {
            sound.remove(&sha256);
        }
        Ok(())
    }

    fn place(&self, sha256: &str) -> Option<PathBuf> {
        is_digest(sha256).then(|| self.folder.join(&sha256[..2]).join(&sha256[2..]))
    }

    fn is_sound(&self, blob: &BlobRef, file: &File) -> io::Result<bool> {
        let known = self.sound.lock().unwrap_or_else(PoisonError::into_inner).contains(&blob.sha256);
        if known {
            return Ok(true);
        }
        let sound = digest(file)? == blob.sha256;
        if sound {
            self.remember(&blob.sha256);
        }
        Ok(sound)
    }

    fn remember(&self, sha256: &str) {
        self.sound.lock().unwrap_or_else(PoisonError::into_inner).insert(sha256.to_owned());
    }
}

/// Whether the text is the address of a blob, and so can be part of a path.
pub(crate) fn is_digest(sha256: &str) -> bool {
    sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn local_file(lent: Lent, size: u64) -> LocalFile {
    LocalFile {
        path: lent.path().to_owned(),
        size,
        guard: Some(Arc::new(lent)),
    }
}

fn digest(mut file: &File) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// Makes a folder that only this user may enter, if it is not there.
fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Removes a file that somebody else may have removed.
fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
