//! A package that needs no files.

use crate::lock::locked;
use codesm_core::problems::{Package, PackageError, PackageReader, PackageSource, PackageWriter};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Answers every read with the package or error it was given last.
pub struct FakePackageReader {
    answer: Mutex<Result<Package, PackageError>>,
    read: Mutex<Vec<PackageSource>>,
}

impl fmt::Debug for FakePackageReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakePackageReader").finish_non_exhaustive()
    }
}

impl FakePackageReader {
    /// Knows no package yet: every read is `package.not_found`.
    #[must_use]
    pub fn new() -> Self {
        Self {
            answer: Mutex::new(Err(PackageError {
                code: "package.not_found",
                file: None,
                key: None,
                message: "the fake reader was given no package".to_owned(),
                is_local_fault: false,
            })),
            read: Mutex::default(),
        }
    }

    /// What reads give from now on.
    pub fn give(&self, answer: Result<Package, PackageError>) {
        *locked(&self.answer) = answer;
    }

    /// What was read so far.
    #[must_use]
    pub fn read_sources(&self) -> Vec<PackageSource> {
        locked(&self.read).clone()
    }
}

impl Default for FakePackageReader {
    fn default() -> Self {
        Self::new()
    }
}

impl PackageReader for FakePackageReader {
    fn read(&self, source: &PackageSource) -> Result<Package, PackageError> {
        locked(&self.read).push(source.clone());
        locked(&self.answer).clone()
    }
}

/// Keeps the packages it is asked to write.
#[derive(Default)]
pub struct FakePackageWriter {
    written: Mutex<Vec<(PathBuf, Package)>>,
}

impl fmt::Debug for FakePackageWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakePackageWriter").finish_non_exhaustive()
    }
}

impl FakePackageWriter {
    /// What was written so far, and where to.
    #[must_use]
    pub fn written(&self) -> Vec<(PathBuf, Package)> {
        locked(&self.written).clone()
    }
}

impl PackageWriter for FakePackageWriter {
    fn write(&self, package: &Package, to: &Path) -> Result<(), PackageError> {
        locked(&self.written).push((to.to_owned(), package.clone()));
        Ok(())
    }
}
