//! Secrets on disk: keys that survive restarts, and a password for the operator to read.

use crate::durable::{at, create_private_folder, sync_folder, temporary_file};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::NamedTempFile;

/// The secret in the file; made, and written with mode 0600, if there is no such file.
///
/// Processes that start together get the same secret: it is written aside and linked to its name only if that is free.
/// Blocks: call it at start-up.
///
/// # Errors
/// If the file cannot be read or written, or is empty; the message names it.
pub fn read_or_create(path: impl AsRef<Path>, make: impl FnOnce() -> Vec<u8>) -> io::Result<Vec<u8>> {
    let path = path.as_ref();
    if let Some(secret) = read(path).map_err(at(path))? {
        return Ok(secret);
    }
    create(path, &make()).map_err(at(path))?;
    let secret = read(path).map_err(at(path))?;
    secret.ok_or_else(|| at(path)(io::Error::new(ErrorKind::NotFound, "the file vanished")))
}

/// Writes a file that only its owner may read, replacing an older one in one step. Blocks.
///
/// # Errors
/// If the file cannot be written; the message names it.
pub fn write_private(path: impl AsRef<Path>, bytes: &[u8]) -> io::Result<()> {
    let path = path.as_ref();
    let replace = || {
        written_aside(path, bytes)?.persist(path)?;
        sync_folder(folder(path))
    };
    replace().map_err(at(path))
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let secret = match fs::read(path) {
        Ok(secret) => secret,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if secret.is_empty() {
        return Err(io::Error::new(
            ErrorKind::InvalidData,
            "the file is empty; remove it or restore the secret",
        ));
    }
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        tracing::warn!(path = %path.display(), "others than its owner may read this secret");
    }
    Ok(Some(secret))
}

fn create(path: &Path, secret: &[u8]) -> io::Result<()> {
    match written_aside(path, secret)?.persist_noclobber(path) {
        Ok(_) => {}
        // Somebody else was quicker: theirs is the secret.
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error),
    }
    sync_folder(folder(path))
}

fn written_aside(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    create_private_folder(folder(path))?;
    let mut file = temporary_file(folder(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
