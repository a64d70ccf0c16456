//! Scratch folders, one per process, removed with it; those of crashed processes by the next.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use tempfile::TempDir;

const PREFIX: &str = "scratch-";

/// Makes a folder below `data` and sweeps those of processes that are gone.
pub(crate) fn create(data: &Path) -> io::Result<TempDir> {
    for entry in fs::read_dir(data)?.flatten() {
        let name = entry.file_name();
        let pid = name
            .to_str()
            .and_then(|name| name.strip_prefix(PREFIX))
            .and_then(|rest| rest.split('-').next())
            .and_then(|pid| pid.parse::<u32>().ok());
        if let Some(pid) = pid
            && !Path::new("/proc").join(pid.to_string()).exists()
        {
            // Another worker may sweep at the same time.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let prefix = format!("{PREFIX}{}-", std::process::id());
    let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(data)?;
    // Fails early where files cannot be made.
    drop(File::create(folder.path().join("probe"))?);
    fs::remove_file(folder.path().join("probe"))?;
    Ok(folder)
}
