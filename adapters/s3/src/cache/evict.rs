//! Removes what was used least recently.

use super::{is_digest, remove};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

struct Entry {
    used: SystemTime,
    size: u64,
    /// Whether somebody holds a link: removing the name would free nothing, and it is in use.
    lent: bool,
    path: PathBuf,
    sha256: String,
}

/// Removes blobs, least recently used first, until nine tenths of `max_bytes` are left; nothing unless there is more than
/// `max_bytes`. Gives the digests of what was removed; `None` if another process is at it.
pub(super) fn make_room(folder: &Path, max_bytes: u64) -> io::Result<Option<Vec<String>>> {
    let lock = File::create(folder.join("evict.lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let mut entries = entries(folder)?;
    let mut total: u64 = entries.iter().map(|entry| entry.size).sum();
    let mut removed = Vec::new();
    if total <= max_bytes {
        return Ok(Some(removed));
    }
    let target = max_bytes / 10 * 9;
    entries.sort_by_key(|entry| entry.used);
    for entry in entries.into_iter().filter(|entry| !entry.lent) {
        if total <= target {
            break;
        }
        remove(&entry.path)?;
        total -= entry.size;
        removed.push(entry.sha256);
    }
    if total > max_bytes {
        tracing::warn!(
            bytes = total,
            max_bytes,
            "programs use more blobs than the cache may hold; it is larger for now"
        );
    }
    Ok(Some(removed))
}

fn entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for shard in fs::read_dir(folder)? {
        let shard = shard?;
        let beginning = shard.file_name().to_string_lossy().into_owned();
        if beginning.len() != 2 {
            continue;
        }
        for file in fs::read_dir(shard.path())? {
            let file = file?;
            let sha256 = format!("{beginning}{}", file.file_name().to_string_lossy());
            if !is_digest(&sha256) {
                continue;
            }
            let metadata = match file.metadata() {
                Ok(metadata) => metadata,
                // Somebody replaced it this moment.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            entries.push(Entry {
                used: metadata.modified()?,
                size: metadata.len(),
                lent: metadata.nlink() > 1,
                path: file.path(),
                sha256,
            });
        }
    }
    Ok(entries)
}
