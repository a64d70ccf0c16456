//! What a killed process left of uploads and unpacked archives.

use crate::config::Settings;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// No import takes this long, so what is older belongs to nobody. Other processes may share the folder.
const LEFTOVER_AGE: Duration = Duration::from_hours(1);

/// Removes old uploads and unpacked archives.
pub(crate) fn sweep_leftovers(settings: &Settings) {
    for name in ["uploads", "scratch"] {
        sweep(&settings.general.data_dir.join(name), SystemTime::now());
    }
}

fn sweep(folder: &Path, now: SystemTime) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        let modified = fs::symlink_metadata(&path).and_then(|metadata| metadata.modified());
        let is_old = modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > LEFTOVER_AGE));
        if !is_old {
            continue;
        }
        let removed = if path.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        match removed {
            Ok(()) => tracing::info!(path = %path.display(), "removed what a killed process left"),
            Err(error) => tracing::warn!(path = %path.display(), %error, "a leftover could not be removed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_leftovers_go_and_young_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("package-1")).unwrap();
        fs::write(folder.path().join("upload"), b"x").unwrap();
        sweep(folder.path(), SystemTime::now());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        sweep(folder.path(), SystemTime::now() + LEFTOVER_AGE * 2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
