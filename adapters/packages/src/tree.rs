//! The files of a package as a tree in memory.

use codesm_core::kernel::LocalFile;
use std::any::Any;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A regular file and where its bytes lie on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TreeFile {
    /// Where the bytes are; for archives a numbered file in the scratch folder.
    pub(crate) path: PathBuf,
    /// Size in bytes.
    pub(crate) size: u64,
}

impl TreeFile {
    /// The file for those who read it later; `guard` keeps it alive.
    pub(crate) fn local(&self, guard: Option<&Arc<dyn Any + Send + Sync>>) -> LocalFile {
        LocalFile {
            path: self.path.clone(),
            size: self.size,
            guard: guard.cloned(),
        }
    }
}

/// What a name stands for once links are resolved.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Directory(Directory),
    File(TreeFile),
}

/// A folder; entries in byte order of their names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub(crate) entries: BTreeMap<String, Entry>,
}

impl Directory {
    /// The entry at a path such as `data/secret`.
    pub(crate) fn get(&self, path: &str) -> Option<&Entry> {
        let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
        match (self.entries.get(first)?, rest) {
            (entry, None) => Some(entry),
            (Entry::Directory(directory), Some(rest)) => directory.get(rest),
            (Entry::File(_), Some(_)) => None,
        }
    }

    /// The file at a path.
    pub(crate) fn file(&self, path: &str) -> Option<&TreeFile> {
        match self.get(path)? {
            Entry::File(file) => Some(file),
            Entry::Directory(_) => None,
        }
    }

    /// The folder at a path.
    pub(crate) fn directory(&self, path: &str) -> Option<&Self> {
        match self.get(path)? {
            Entry::Directory(directory) => Some(directory),
            Entry::File(_) => None,
        }
    }

    /// Files directly in this folder.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &TreeFile)> {
        self.entries.iter().filter_map(|(name, entry)| match entry {
            Entry::File(file) => Some((name.as_str(), file)),
            Entry::Directory(_) => None,
        })
    }

    /// Folders directly in this folder.
    pub(crate) fn directories(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.entries.iter().filter_map(|(name, entry)| match entry {
            Entry::Directory(directory) => Some((name.as_str(), directory)),
            Entry::File(_) => None,
        })
    }

    /// All files in and below this folder with their paths relative to it. The depth of a tree is capped when it is built.
    pub(crate) fn all_files(&self) -> Vec<(String, &TreeFile)> {
        let mut found = Vec::new();
        for (name, entry) in &self.entries {
            match entry {
                Entry::File(file) => found.push((name.clone(), file)),
                Entry::Directory(directory) => {
                    found.extend(
                        directory
                            .all_files()
                            .into_iter()
                            .map(|(path, file)| (format!("{name}/{path}"), file)),
                    );
                }
            }
        }
        found
    }
}

/// What a name stands for as found on disk or in an archive.
#[derive(Clone, Debug)]
pub(crate) enum RawEntry {
    Directory(RawDirectory),
    File(TreeFile),
    /// A symbolic link with its target as written.
    Link(String),
}

/// A folder as found, links unresolved.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawDirectory {
    pub(crate) entries: BTreeMap<String, RawEntry>,
}

/// Why an entry cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clash {
    /// The name is taken.
    Duplicate,
    /// A folder of the path is a file or a link.
    NotADirectory,
}

impl RawDirectory {
    /// Adds an entry, making the folders above it. A folder may be named twice.
    ///
    /// # Errors
    /// [`Clash`].
    pub(crate) fn insert(&mut self, path: &[String], entry: RawEntry) -> Result<(), Clash> {
        let Some((name, folders)) = path.split_last() else {
            return Ok(());
        };
        let mut directory = self;
        for folder in folders {
            let below = directory
                .entries
                .entry(folder.clone())
                .or_insert_with(|| RawEntry::Directory(Self::default()));
            let RawEntry::Directory(below) = below else {
                return Err(Clash::NotADirectory);
            };
            directory = below;
        }
        match (directory.entries.get(name), &entry) {
            (Some(RawEntry::Directory(_)), RawEntry::Directory(_)) => Ok(()),
            (Some(_), _) => Err(Clash::Duplicate),
            (None, _) => {
                directory.entries.insert(name.clone(), entry);
                Ok(())
            }
        }
    }
}
