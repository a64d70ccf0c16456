//! Files and folders that are private and survive a power cut.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use tempfile::NamedTempFile;

/// Beginning of the names of files being written.
const TEMPORARY_PREFIX: &str = ".writing-";

/// Makes a folder and those above it, readable by the owner only; folders that exist stay as they are.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A new file (mode 0600, opened with `O_EXCL`) that vanishes unless it is given its name.
pub(crate) fn temporary_file(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(folder)
}

/// Makes the names in a folder durable: syncing a file does not sync its name.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Adds the path to an error, which the operating system leaves out.
pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
