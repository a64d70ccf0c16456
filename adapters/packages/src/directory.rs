//! Lists a package that lies in a folder. Of its links only those are followed that lead to what the packages of a collection
//! share, such as a header beside them: from there on it is as if copies lay in the package.

use crate::entry_name::is_kept;
use crate::fault::{local, refuse, refuse_file};
use crate::links;
use crate::settings::PackageLimits;
use crate::tree::{RawDirectory, RawEntry, TreeFile};
use codesm_core::problems::PackageError;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Marks the top of a repository.
const REPOSITORY: &str = ".git";

/// A package as found, links unresolved.
pub(crate) struct Listing {
    /// The package's own folder.
    pub(crate) root: RawDirectory,
    /// Base name of the package's folder, if it has one.
    pub(crate) name: Option<String>,
    /// Paths treated as absent because of their names; dotfiles are not mentioned.
    pub(crate) ignored: Vec<String>,
}

/// Lists a folder.
///
/// # Errors
/// `package.not_found`; `package.unsafe_path` for devices, pipes and sockets; `package.too_large`; `package.unreadable`.
pub(crate) fn list(path: &Path, limits: &PackageLimits) -> Result<Listing, PackageError> {
    // The folder itself may be a link: whoever named it meant what it points to.
    let real = fs::canonicalize(path).map_err(|error| not_found(&error))?;
    if !real.is_dir() {
        return Err(refuse("package.not_found", "the package is not a folder"));
    }
    let name = real.file_name().and_then(|name| name.to_str()).map(str::to_owned);
    let mut walk = Walk {
        package: &real,
        collection: collection(&real),
        limits,
        entries: 0,
        ignored: Vec::new(),
    };
    let root = walk.folder(&real, &mut Vec::new(), false)?;
    Ok(Listing {
        root,
        name,
        ignored: walk.ignored,
    })
}

/// The folder whose content the packages in it may share: the repository that a package is part of, else the folder it lies in.
fn collection(package: &Path) -> Option<&Path> {
    let around = || package.ancestors().skip(1);
    around()
        .find(|folder| folder.join(REPOSITORY).exists())
        .or_else(|| around().next())
        // Of a package at the very top everything else is no collection.
        .filter(|folder| folder.parent().is_some())
}

/// The error for a package that cannot be opened.
pub(crate) fn not_found(error: &io::Error) -> PackageError {
    if error.kind() == io::ErrorKind::NotFound {
        return refuse("package.not_found", "there is no such package");
    }
    local("opening the package", error)
}

struct Walk<'a> {
    package: &'a Path,
    collection: Option<&'a Path>,
    limits: &'a PackageLimits,
    entries: usize,
    ignored: Vec<String>,
}

impl Walk<'_> {
    /// `is_shared`: it lies outside the package.
    fn folder(&mut self, real: &Path, path: &mut Vec<String>, is_shared: bool) -> Result<RawDirectory, PackageError> {
        if path.len() > self.limits.depth {
            return Err(refuse_file("package.too_large", path.join("/"), "folders are nested too deeply"));
        }
        let mut directory = RawDirectory::default();
        for entry in fs::read_dir(real).map_err(|error| local(&path.join("/"), &error))? {
            let entry = entry.map_err(|error| local(&path.join("/"), &error))?;
            self.entries += 1;
            if self.entries > self.limits.entries {
                return Err(refuse(
                    "package.too_large",
                    format!("more than {} files and folders", self.limits.entries),
                ));
            }
            let name = entry.file_name();
            let shown = name.to_string_lossy().into_owned();
            path.push(shown.clone());
            // `.timelimit` counts only at the top; elsewhere nobody asks for it.
            if name.to_str().is_some() && is_kept(path) {
                let raw = self.entry(&entry.path(), path, is_shared)?;
                directory.entries.insert(shown, raw);
            } else if !shown.starts_with('.') {
                self.ignored.push(path.join("/"));
            }
            path.pop();
        }
        Ok(directory)
    }

    fn entry(&mut self, real: &Path, path: &mut Vec<String>, is_shared: bool) -> Result<RawEntry, PackageError> {
        let metadata = fs::symlink_metadata(real).map_err(|error| local(&path.join("/"), &error))?;
        if metadata.is_dir() {
            return Ok(RawEntry::Directory(self.folder(real, path, is_shared)?));
        }
        if metadata.is_symlink() {
            if links::matters(path)
                && let Some(found) = self.shared(real, is_shared)
            {
                // Circles end at the greatest depth of folders.
                return self.entry(&found, path, true);
            }
            let target = fs::read_link(real).map_err(|error| local(&path.join("/"), &error))?;
            let target = target
                .to_str()
                .ok_or_else(|| refuse_file("package.unsafe_path", path.join("/"), "the link's target is not UTF-8"))?;
            return Ok(RawEntry::Link(target.to_owned()));
        }
        self.file(real, &metadata, path)
    }

    /// What a link leads to, if that is shared with other packages of the collection.
    fn shared(&self, link: &Path, is_shared: bool) -> Option<PathBuf> {
        let target = fs::canonicalize(link).ok()?;
        // From inside the package, what is in the package is found there.
        let is_elsewhere = is_shared || !target.starts_with(self.package);
        (is_elsewhere && self.collection.is_some_and(|collection| target.starts_with(collection))).then_some(target)
    }

    fn file(&self, real: &Path, metadata: &fs::Metadata, path: &[String]) -> Result<RawEntry, PackageError> {
        if !metadata.is_file() {
            return Err(refuse_file(
                "package.unsafe_path",
                path.join("/"),
                "neither a file nor a folder nor a link",
            ));
        }
        if metadata.len() > self.limits.file_bytes {
            let message = format!("larger than {} bytes", self.limits.file_bytes);
            return Err(refuse_file("package.too_large", path.join("/"), message));
        }
        Ok(RawEntry::File(TreeFile {
            path: real.to_owned(),
            size: metadata.len(),
        }))
    }
}
