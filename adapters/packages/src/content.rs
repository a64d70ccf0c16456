//! Reads small files of a package into memory.

use crate::fault::{local, refuse_file};
use crate::tree::TreeFile;
use codesm_core::problems::PackageError;
use std::fs::File;
use std::io::Read;

/// The bytes of a file of at most `most` bytes.
///
/// # Errors
/// `package.too_large`; `package.unreadable` if this machine cannot read it.
pub(crate) fn bytes(file: &TreeFile, name: &str, most: u64) -> Result<Vec<u8>, PackageError> {
    let too_large = || refuse_file("package.too_large", name, format!("larger than {most} bytes"));
    if file.size > most {
        return Err(too_large());
    }
    let opened = File::open(&file.path).map_err(|error| local(name, &error))?;
    let mut bytes = Vec::new();
    // The file may have grown since it was listed.
    opened
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| local(name, &error))?;
    if bytes.len() as u64 > most {
        return Err(too_large());
    }
    Ok(bytes)
}

/// The text of a file of at most `most` bytes, with line ends as LF and without byte order mark. Bytes that are not UTF-8
/// become replacement characters.
///
/// # Errors
/// As [`bytes()`].
pub(crate) fn lossy_text(file: &TreeFile, name: &str, most: u64) -> Result<String, PackageError> {
    let bytes = bytes(file, name, most)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))
}
