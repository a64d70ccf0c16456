//! Where blobs lie, and the blocking work on them.

use crate::durable::{create_private_folder, sync_folder, temporary_file};
use codesm_core::kernel::BlobRef;
use sha2::{Digest, Sha256};
use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;

/// No upload takes this long: what is older was left by a process that died.
const LEFTOVER_AGE: Duration = Duration::from_hours(1);
/// Bytes copied at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// What failed while a stream was stored.
#[derive(Debug)]
pub(crate) enum StreamFailure {
    /// The reader.
    Source(io::Error),
    /// The storage.
    Storage(io::Error),
}

/// `blobs/ab/cdef…` for blobs, `blobs/.tmp` for files being written: below one folder, so that both are in one file system
/// even if that folder is a mount point.
pub(crate) struct Layout {
    blobs: PathBuf,
    temporary: PathBuf,
    /// Which of the folders `00` to `ff` this process knows to be durable.
    ready_shards: [AtomicBool; 256],
}

impl Layout {
    /// Makes the folders and sweeps what dead processes left.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let blobs = folder.join("blobs");
        let temporary = blobs.join(".tmp");
        create_private_folder(&temporary)?;
        sync_folder(&blobs)?;
        sync_folder(folder)?;
        let layout = Self {
            blobs,
            temporary,
            ready_shards: [const { AtomicBool::new(false) }; 256],
        };
        layout.sweep(SystemTime::now())?;
        Ok(layout)
    }

    fn sweep(&self, now: SystemTime) -> io::Result<()> {
        for entry in fs::read_dir(&self.temporary)? {
            let entry = entry?;
            // A file that vanishes meanwhile, or bears a time to come, belongs to somebody who is at work.
            let Some(age) = entry
                .metadata()
                .and_then(|metadata| metadata.modified())
                .ok()
                .and_then(|modified| now.duration_since(modified).ok())
            else {
                continue;
            };
            if age < LEFTOVER_AGE {
                continue;
            }
            let path = entry.path();
            match fs::remove_file(&path) {
                Ok(()) => tracing::info!(path = %path.display(), "removed a half-written blob of an earlier process"),
                Err(error) => tracing::warn!(path = %path.display(), %error, "cannot remove a half-written blob"),
            }
        }
        Ok(())
    }

    /// The blob's file; `None` if the address is no digest.
    fn place(&self, sha256: &str) -> Option<PathBuf> {
        let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_digest.then(|| self.blobs.join(&sha256[..2]).join(&sha256[2..]))
    }

    /// The blob's file, if it is there with the right size.
    ///
    /// # Errors
    /// Of the storage, also if all of it is gone.
    pub(crate) fn find(&self, blob: &BlobRef) -> io::Result<Option<PathBuf>> {
        let Some(path) = self.place(&blob.sha256) else {
            return Ok(None);
        };
        if holds(&path, blob.size)? {
            return Ok(Some(path));
        }
        // An unmounted volume has no blobs either, but that is no reason to call each of them missing.
        fs::metadata(&self.temporary)?;
        Ok(None)
    }

    /// At most the first `max` bytes of the blob, if it is there.
    pub(crate) fn read_prefix(&self, blob: &BlobRef, max: usize) -> io::Result<Option<Vec<u8>>> {
        let Some(path) = self.find(blob)? else { return Ok(None) };
        let mut bytes = Vec::new();
        File::open(path)?
            .take(u64::try_from(max).unwrap_or(u64::MAX))
            .read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// The whole blob, if it is there.
    pub(crate) fn read(&self, blob: &BlobRef) -> io::Result<Option<Vec<u8>>> {
        self.find(blob)?.map(fs::read).transpose()
    }

    /// Stores bytes.
    pub(crate) fn store(&self, bytes: &[u8]) -> io::Result<BlobRef> {
        let digest = Sha256::digest(bytes);
        let blob = reference(digest.as_slice(), bytes.len() as u64);
        let path = self.place(&blob.sha256).expect("SHA-256 in hexadecimal is a digest");
        if holds(&path, blob.size)? {
            self.make_durable(digest[0], &path)?;
            return Ok(blob);
        }
        let mut file = temporary_file(&self.temporary)?;
        file.write_all(bytes)?;
        self.keep(file, digest[0], &path, blob.size)?;
        Ok(blob)
    }

    /// Stores what the reader gives.
    pub(crate) fn store_stream(&self, mut reader: impl Read) -> Result<BlobRef, StreamFailure> {
        let mut file = temporary_file(&self.temporary).map_err(StreamFailure::Storage)?;
        let mut hasher = Sha256::new();
        let mut size = 0;
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            let count = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(StreamFailure::Source(error)),
            };
            hasher.update(&buffer[..count]);
            file.write_all(&buffer[..count]).map_err(StreamFailure::Storage)?;
            size += count as u64;
        }
        let digest = hasher.finalize();
        let blob = reference(digest.as_slice(), size);
        let path = self.place(&blob.sha256).expect("SHA-256 in hexadecimal is a digest");
        self.keep(file, digest[0], &path, size).map_err(StreamFailure::Storage)?;
        Ok(blob)
    }

    /// Gives a written file its name. Whoever does so at the same time has the same bytes, so replacing theirs is harmless.
    fn keep(&self, file: NamedTempFile, shard: u8, path: &Path, size: u64) -> io::Result<()> {
        if !holds(path, size)? {
            // The folders above admit only this user; the file itself is shown to programs in the sandbox, which run as
            // another user and may open it again by name (`/dev/stdin`).
            file.as_file().set_permissions(Permissions::from_mode(0o444))?;
            file.as_file().sync_all()?;
            self.prepare_shard(shard, path)?;
            if let Err(error) = file.persist(path) {
                // The folder may be gone: the next one makes it again.
                self.ready_shards[usize::from(shard)].store(false, Ordering::Release);
                return Err(error.error);
            }
        }
        self.make_durable(shard, path)
    }

    /// The name of a blob may come from another process that has not synced its folder yet.
    fn make_durable(&self, shard: u8, path: &Path) -> io::Result<()> {
        self.prepare_shard(shard, path)?;
        sync_folder(parent(path))
    }

    fn prepare_shard(&self, shard: u8, path: &Path) -> io::Result<()> {
        let ready = &self.ready_shards[usize::from(shard)];
        if !ready.load(Ordering::Acquire) {
            create_private_folder(parent(path))?;
            sync_folder(&self.blobs)?;
            ready.store(true, Ordering::Release);
        }
        Ok(())
    }

    /// Writes a few bytes and reads them back.
    pub(crate) fn probe(&self) -> io::Result<()> {
        const PROBE: [u8; 8] = *b"codesm\r\n";
        let mut file = temporary_file(&self.temporary)?;
        file.write_all(&PROBE)?;
        file.seek(SeekFrom::Start(0))?;
        let mut answer = Vec::with_capacity(PROBE.len());
        File::read_to_end(file.as_file_mut(), &mut answer)?;
        if answer != PROBE {
            return Err(io::Error::new(
                ErrorKind::InvalidData,
                "the storage does not give back what was written",
            ));
        }
        file.close()
    }
}

fn holds(path: &Path, size: u64) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_file() && metadata.len() == size),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().expect("a blob lies in its shard's folder")
}

fn reference(digest: &[u8], size: u64) -> BlobRef {
    BlobRef {
        sha256: hex::encode(digest),
        size,
    }
}
