//! Takes files out of a folder in which untrusted code wrote. Runs in the init, after every such process is dead.
//!
//! Only regular files, never through a link: each path is walked part by part with `O_NOFOLLOW`.

use super::places::Places;
use crate::archive::{Packer, is_plain_name};
use crate::protocol::{Collect, CollectWhat};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Deepest folder that is looked into.
const MAX_DEPTH: usize = 16;
/// Most folder entries that are looked at; whoever makes more hides nothing but his own results.
const MAX_ENTRIES: usize = 20_000;

/// Packs the wanted files. Returns the name of the first that was too large, if that ended the collecting.
pub(super) fn collect(wanted: &Collect, places: &Places, results: File) -> io::Result<Option<String>> {
    let folder = places.translate(&wanted.folder);
    let folder = Path::new(&folder);
    let names = match &wanted.what {
        CollectWhat::Names(names) => names.clone(),
        CollectWhat::Extension(extension) => matching(folder, |path| path.extension().is_some_and(|found| found == extension.as_str())),
        CollectWhat::All => matching(folder, |_| true),
    };
    let mut packer = Packer::new(BufWriter::new(results))?;
    let mut total = 0_u64;
    let mut files = 0;
    for name in names.iter().filter(|name| is_plain_name(name)) {
        let Some((file, size)) = open_regular(folder, name) else { continue };
        files += 1;
        if files > wanted.max_files {
            return Ok(Some(name.clone()));
        }
        let mut size = size;
        if size > wanted.max_file_bytes {
            if !wanted.cut {
                return Ok(Some(name.clone()));
            }
            size = wanted.max_file_bytes;
        }
        total = total.saturating_add(size);
        if total > wanted.max_total_bytes {
            return Ok(Some(name.clone()));
        }
        packer.add(name, size, file)?;
    }
    packer.finish()?;
    Ok(None)
}

/// Whether a regular file of at least `bytes` is left in one of the folders: somebody hit the limit of file sizes.
pub(super) fn has_file_of(folders: &[&Path], bytes: u64) -> bool {
    let mut found = false;
    for folder in folders {
        walk(folder, |_, metadata| found |= metadata.is_file() && metadata.len() >= bytes);
    }
    found
}

/// Opens a regular file below `folder`; every part of the name but the last must be a real folder.
fn open_regular(folder: &Path, name: &str) -> Option<(File, u64)> {
    let mut path = folder.to_path_buf();
    let mut parts = name.split('/').peekable();
    while let Some(part) = parts.next() {
        path.push(part);
        // Nobody is left who could exchange a part between this look and the opening.
        if parts.peek().is_some() && !fs::symlink_metadata(&path).ok()?.is_dir() {
            return None;
        }
    }
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(&path).ok()?;
    let metadata = file.metadata().ok()?;
    metadata.is_file().then_some((file, metadata.len()))
}

fn matching(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut names = Vec::new();
    walk(folder, |path, metadata| {
        if metadata.is_file()
            && wanted(path)
            && let Some(name) = path.strip_prefix(folder).ok().and_then(Path::to_str)
        {
            names.push(name.to_owned());
        }
    });
    names.sort();
    names
}

/// Visits what is below a folder without following links, up to [`MAX_DEPTH`] and [`MAX_ENTRIES`].
pub(super) fn walk(folder: &Path, mut visit: impl FnMut(&Path, &fs::Metadata)) {
    let mut folders: Vec<(PathBuf, usize)> = vec![(folder.to_path_buf(), 0)];
    let mut seen = 0_usize;
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            seen += 1;
            if seen > MAX_ENTRIES {
                return;
            }
            // `DirEntry::metadata` does not follow links.
            let Ok(metadata) = entry.metadata() else { continue };
            visit(&entry.path(), &metadata);
            if metadata.is_dir() && depth < MAX_DEPTH {
                folders.push((entry.path(), depth + 1));
            }
        }
    }
}
