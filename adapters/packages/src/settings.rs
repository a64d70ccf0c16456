//! What the reader may use.

use std::path::PathBuf;

/// Where the reader works and how much it accepts.
#[derive(Clone, Debug)]
pub struct PackageSettings {
    /// Folder in which archives are unpacked; made if missing. Each archive gets a folder of its own that goes away with
    /// the package's guard.
    pub scratch: PathBuf,
    /// Caps.
    pub limits: PackageLimits,
}

/// Caps on what a package may hold. Sizes are counted while reading, never taken from headers; a file shared through links
/// counts once per place where it appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageLimits {
    /// Bytes of all files together.
    pub total_bytes: u64,
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Files, folders and links; zip64 being refused, an archive never has more than 65 535.
    pub entries: usize,
    /// Folders inside folders.
    pub depth: usize,
    /// Unpacked bytes per byte of archive, once [`Self::ratio_free_bytes`] are unpacked.
    pub ratio: u64,
    /// Unpacked bytes below which the ratio does not matter: small inputs such as a million equal letters pack very well.
    pub ratio_free_bytes: u64,
    /// Bytes of one YAML or ini file.
    pub document_bytes: u64,
    /// Bytes of the statement.
    pub statement_bytes: u64,
    /// Bytes of one program (validator or jury submission) with all its files.
    pub program_bytes: u64,
    /// Bytes of all programs together, as they are held in memory.
    pub programs_bytes: u64,
}

impl Default for PackageLimits {
    fn default() -> Self {
        Self {
            total_bytes: 1 << 30,
            file_bytes: 512 << 20,
            entries: 20_000,
            depth: 16,
            ratio: 200,
            ratio_free_bytes: 64 << 20,
            document_bytes: 256 << 10,
            statement_bytes: 1 << 20,
            program_bytes: 4 << 20,
            programs_bytes: 64 << 20,
        }
    }
}
