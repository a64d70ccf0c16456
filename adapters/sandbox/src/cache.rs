//! The compile cache: what compilers made, under the hash of everything that decides it.
//!
//! Entries become visible by renaming a finished folder, and carry a list of their files with sizes and digests that is
//! checked before the first use in a process; so a crash leaves either a whole entry or rubbish that is removed.

use crate::archive;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::SystemTime;

const LIST: &str = "list.json";
const FILES: &str = "files";
/// Unfinished and discarded entries have this prefix.
const SCRATCH: &str = "scratch-";

/// A file of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    name: String,
    size: u64,
    sha256: String,
}

/// What is known of an entry besides its files.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct List {
    files: Vec<Listed>,
    /// What the compiler said.
    output: String,
    main_class: Option<String>,
}

/// An entry in use; it is not removed before the last user is gone.
#[derive(Debug)]
pub(crate) struct Artefact {
    /// Folder shown to programs.
    pub(crate) folder: PathBuf,
    /// Files given to the interpreter or compiler, and the class with `main`.
    pub(crate) main_class: Option<String>,
    /// What the compiler said.
    pub(crate) output: String,
}

#[derive(Debug)]
struct Known {
    bytes: u64,
    used: SystemTime,
    users: Weak<Artefact>,
}

/// The cache of one data folder.
#[derive(Debug)]
pub(crate) struct CompileCache {
    folder: PathBuf,
    max_bytes: u64,
    known: Mutex<HashMap<String, Known>>,
}

impl CompileCache {
    /// Opens the cache and removes what a crash left behind.
    pub(crate) fn open(folder: PathBuf, max_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        // Sources and programs of solvers are nobody else's business; programs see their own through a mount.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        let mut known = HashMap::new();
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(SCRATCH) {
                // Another worker of the same folder may be writing it: only old ones are rubbish.
                let age = entry
                    .metadata()
                    .and_then(|metadata| metadata.modified())
                    .ok()
                    .and_then(|time| time.elapsed().ok());
                if age.is_some_and(|age| age.as_secs() > 3600) {
                    let _ = fs::remove_dir_all(entry.path());
                }
                continue;
            }
            let list = match read_list(&entry.path()) {
                Ok(list) => list,
                Err(error) => {
                    // Entries become visible whole: one without a readable list was damaged by a crash and would take space
                    // for ever. (Other failures are this machine's, now.)
                    if error.raw_os_error().is_none() || error.kind() == io::ErrorKind::NotFound {
                        tracing::warn!(entry = name, %error, "a damaged entry of the compile cache is removed");
                        let _ = fs::remove_dir_all(entry.path());
                    }
                    continue;
                }
            };
            let used = entry
                .metadata()
                .and_then(|metadata| metadata.modified())
                .unwrap_or(SystemTime::UNIX_EPOCH);
            known.insert(
                name,
                Known {
                    bytes: list.files.iter().map(|file| file.size).sum(),
                    used,
                    users: Weak::new(),
                },
            );
        }
        let cache = Self {
            folder,
            max_bytes,
            known: Mutex::new(known),
        };
        cache.evict();
        Ok(cache)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The entry of that key, if there is a whole one.
    pub(crate) fn get(&self, key: &str) -> Option<Arc<Artefact>> {
        let mut known = self.lock();
        if let Some(found) = known.get_mut(key) {
            found.used = SystemTime::now();
            // Another worker of the same folder may have removed it.
            if let Some(artefact) = found.users.upgrade()
                && artefact.folder.is_dir()
            {
                return Some(artefact);
            }
        }
        let path = self.folder.join(key);
        let checked = read_list(&path).and_then(|list| check(&path, &list).map(|()| list));
        match checked {
            Ok(list) => {
                // Remembered over restarts; best effort.
                let _ = File::open(&path).and_then(|folder| folder.set_modified(SystemTime::now()));
                Some(remember(&mut known, key, &path, list))
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(key, %error, "a damaged entry of the compile cache is removed");
                    self.discard(&path);
                }
                known.remove(key);
                None
            }
        }
    }

    /// Where the entries are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds the files of an archive under that key.
    pub(crate) fn put(
        &self,
        key: &str,
        archive: impl Read,
        output: &str,
        find_main: impl Fn(&[u8]) -> Option<String>,
    ) -> io::Result<Arc<Artefact>> {
        let scratch = tempfile::Builder::new().prefix(SCRATCH).tempdir_in(&self.folder)?;
        let files = scratch.path().join(FILES);
        create_folder(&files)?;
        let mut list = List {
            files: Vec::new(),
            output: output.to_owned(),
            main_class: None,
        };
        archive::unpack(archive, |name, size, content| {
            let path = files.join(name);
            create_parents(&files, name)?;
            let mut file = File::create_new(&path)?;
            let mut digest = Sha256::new();
            let mut whole = Vec::new();
            let mut buffer = vec![0; 64 * 1024];
            loop {
                let length = content.read(&mut buffer)?;
                if length == 0 {
                    break;
                }
                digest.update(&buffer[..length]);
                file.write_all(&buffer[..length])?;
                whole.extend_from_slice(&buffer[..length.min(MAX_CLASS_BYTES.saturating_sub(whole.len()))]);
            }
            file.set_permissions(fs::Permissions::from_mode(0o755))?;
            file.sync_data()?;
            if list.main_class.is_none() {
                list.main_class = find_main(&whole);
            }
            list.files.push(Listed {
                name: name.to_owned(),
                size,
                sha256: hex::encode(digest.finalize()),
            });
            Ok(())
        })?;
        let mut written = File::create_new(scratch.path().join(LIST))?;
        written.write_all(&serde_json::to_vec(&list)?)?;
        written.sync_data()?;
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755))?;
        let path = self.folder.join(key);
        let mut known = self.lock();
        match fs::rename(scratch.path(), &path) {
            // Somebody else was faster; what he made is as good.
            Err(error) if error.raw_os_error() == Some(libc::ENOTEMPTY) || error.kind() == io::ErrorKind::AlreadyExists => {}
            renamed => {
                renamed?;
                // The folder has another name now; nothing is left to remove.
                let _ = scratch.keep();
            }
        }
        let artefact = remember(&mut known, key, &path, list);
        drop(known);
        self.evict();
        Ok(artefact)
    }

    /// Removes the entries unused for longest until the rest fits.
    fn evict(&self) {
        let mut known = self.lock();
        let mut total: u64 = known.values().map(|entry| entry.bytes).sum();
        while total > self.max_bytes {
            let unused = known.iter().filter(|(_, entry)| entry.users.strong_count() == 0);
            let Some((key, bytes)) = unused
                .min_by_key(|(_, entry)| entry.used)
                .map(|(key, entry)| (key.clone(), entry.bytes))
            else {
                return;
            };
            self.discard(&self.folder.join(&key));
            known.remove(&key);
            total -= bytes;
        }
    }

    /// Out of sight at once, removed afterwards.
    fn discard(&self, path: &Path) {
        if let Ok(scratch) = tempfile::Builder::new().prefix(SCRATCH).tempdir_in(&self.folder) {
            // Fails if another worker removed it first.
            let _ = fs::rename(path, scratch.path().join("old"));
        }
    }
}

/// Largest class file looked into.
const MAX_CLASS_BYTES: usize = 1024 * 1024;

fn remember(known: &mut HashMap<String, Known>, key: &str, path: &Path, list: List) -> Arc<Artefact> {
    let artefact = Arc::new(Artefact {
        folder: path.join(FILES),
        main_class: list.main_class,
        output: list.output,
    });
    known.insert(
        key.to_owned(),
        Known {
            bytes: list.files.iter().map(|file| file.size).sum(),
            used: SystemTime::now(),
            users: Arc::downgrade(&artefact),
        },
    );
    artefact
}

fn read_list(entry: &Path) -> io::Result<List> {
    Ok(serde_json::from_slice(&fs::read(entry.join(LIST))?)?)
}

fn check(entry: &Path, list: &List) -> io::Result<()> {
    let damaged = |name: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{name} is not what was stored"));
    for listed in &list.files {
        if !archive::is_plain_name(&listed.name) {
            return Err(damaged(&listed.name));
        }
        let mut file = File::open(entry.join(FILES).join(&listed.name)).map_err(|_| damaged(&listed.name))?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = file.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            digest.update(&buffer[..length]);
        }
        if hex::encode(digest.finalize()) != listed.sha256 {
            return Err(damaged(&listed.name));
        }
    }
    Ok(())
}

fn create_parents(folder: &Path, name: &str) -> io::Result<()> {
    let mut path = folder.to_path_buf();
    for part in Path::new(name).parent().into_iter().flat_map(Path::components) {
        path.push(part);
        if !path.is_dir() {
            create_folder(&path)?;
        }
    }
    Ok(())
}

/// A folder that the programs' users may enter, whatever the umask says.
fn create_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
