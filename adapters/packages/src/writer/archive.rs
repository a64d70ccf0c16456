//! The zip archive that is written: plain entries, no time of day, so that equal packages are equal files.

use super::cannot;
use crate::entry_name::is_known_to_format;
use crate::fault::local;
use codesm_core::kernel::LocalFile;
use codesm_core::problems::PackageError;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// An archive being written.
pub(super) struct Archive {
    zip: ZipWriter<BufWriter<File>>,
    options: SimpleFileOptions,
}

impl Archive {
    /// A new file, in place of one that is there.
    ///
    /// # Errors
    /// `package.unreadable`.
    pub(super) fn create(path: &Path, method: CompressionMethod) -> Result<Self, PackageError> {
        let file = File::create(path).map_err(|error| local("making the archive", &error))?;
        Ok(Self {
            zip: ZipWriter::new(BufWriter::new(file)),
            options: SimpleFileOptions::DEFAULT.compression_method(method).unix_permissions(0o644),
        })
    }

    /// Adds a file with these bytes.
    ///
    /// # Errors
    /// `package.cannot_express` for a path that the format does not know, `package.unreadable`.
    pub(super) fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), PackageError> {
        self.begin(path)?;
        self.zip.write_all(bytes).map_err(|error| failed(&error))
    }

    /// Adds a copy of a file of this machine.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub(super) fn copy(&mut self, path: &str, file: &LocalFile) -> Result<(), PackageError> {
        self.begin(path)?;
        let mut source = File::open(&file.path).map_err(|error| local(path, &error))?;
        io::copy(&mut source, &mut self.zip).map(drop).map_err(|error| failed(&error))
    }

    /// Writes the table of contents.
    ///
    /// # Errors
    /// `package.unreadable`.
    pub(super) fn finish(self) -> Result<(), PackageError> {
        let mut file = self.zip.finish().map_err(|error| failed(&error.into()))?;
        file.flush().map_err(|error| failed(&error))
    }

    fn begin(&mut self, path: &str) -> Result<(), PackageError> {
        if !path.split('/').all(is_known_to_format) {
            let rule = "names begin with a letter, a digit or _ and hold nothing else but these, - and dots";
            return Err(cannot(format!("a file cannot be called {path}: {rule}")));
        }
        self.zip.start_file(path, self.options).map_err(|error| failed(&error.into()))
    }
}

fn failed(error: &io::Error) -> PackageError {
    local("writing the archive", error)
}
