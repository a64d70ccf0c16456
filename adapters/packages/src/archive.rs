//! Unpacks a zip archive. No name from the archive reaches the file system: files become `0`, `1`, … in a fresh folder and
//! links stay in memory.

use crate::central_directory::{BudgetReader, count_entries, ends_as_zip64};
use crate::directory::{Listing, not_found};
use crate::entry_name::{components, is_kept};
use crate::fault::{local, refuse, refuse_file};
use crate::settings::{PackageLimits, PackageSettings};
use crate::tree::{Clash, RawDirectory, RawEntry, TreeFile};
use codesm_core::problems::PackageError;
use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use tempfile::TempDir;
use zip::ZipArchive;
use zip::result::ZipError;

type Zip = ZipArchive<BudgetReader<BufReader<File>>>;

/// Bytes of table of contents allowed per entry: a header of 46, a name, time stamps.
const CONTENTS_BYTES_PER_ENTRY: u64 = 256;
/// Bytes the zip library may read besides, to find the table.
const CONTENTS_BYTES: u64 = 1 << 20;
/// Longest target of a link; `PATH_MAX` of Linux.
const TARGET_BYTES: u64 = 4096;
const CHUNK_BYTES: usize = 64 << 10;
/// Files that make a folder a package.
const PACKAGE_FILES: [&str; 2] = [crate::metadata::NAME, crate::polygon::NAME];

// File types in Unix modes, see stat(2).
const TYPE_MASK: u32 = 0o170_000;
const TYPE_LINK: u32 = 0o120_000;
const TYPE_FILE: u32 = 0o100_000;
const TYPE_FOLDER: u32 = 0o040_000;

/// Unpacks an archive into a new folder below the scratch folder, which lives as long as the returned guard.
///
/// # Errors
/// `package.not_found`, `package.invalid_archive`, `package.unsafe_path`, `package.too_large`,
/// `package.missing_problem_yaml`, `package.unreadable`.
pub(crate) fn unpack(path: &Path, settings: &PackageSettings) -> Result<(Listing, TempDir), PackageError> {
    let (mut archive, archive_bytes) = open(path, &settings.limits)?;
    fs::create_dir_all(&settings.scratch).map_err(|error| local("making the scratch folder", &error))?;
    let folder = tempfile::Builder::new()
        .prefix("package-")
        .tempdir_in(&settings.scratch)
        .map_err(|error| local("making a scratch folder", &error))?;
    let mut unpacking = Unpacking {
        limits: &settings.limits,
        folder: folder.path().to_owned(),
        archive_bytes,
        unpacked: 0,
        root: RawDirectory::default(),
        ignored: Vec::new(),
    };
    for index in 0..archive.len() {
        unpacking.entry(&mut archive, index)?;
    }
    let Unpacking { root, ignored, .. } = unpacking;
    let (root, parents) = shallowest_package(root)?;
    let listing = Listing {
        root,
        name: parents.last().cloned(),
        ignored: ignored.into_iter().filter_map(|path| below(&path, &parents)).collect(),
    };
    Ok((listing, folder))
}

fn open(path: &Path, limits: &PackageLimits) -> Result<(Zip, u64), PackageError> {
    let mut file = File::open(path).map_err(|error| not_found(&error))?;
    let archive_bytes = file.metadata().map_err(|error| local("opening the archive", &error))?.len();
    let mut magic = [0; 2];
    let looks_like_zip = file.read_exact(&mut magic).is_ok() && magic == *b"PK";
    file.rewind().map_err(|error| local("reading the archive", &error))?;
    if ends_as_zip64(&mut file).map_err(|error| local("reading the archive", &error))? {
        return Err(refuse(
            "package.invalid_archive",
            "zip64 archives are not supported, and no package needs to be one",
        ));
    }
    let (reader, budget) = BudgetReader::new(
        BufReader::new(file),
        CONTENTS_BYTES + limits.entries as u64 * CONTENTS_BYTES_PER_ENTRY,
    );
    let archive = match ZipArchive::new(reader) {
        Ok(archive) => archive,
        Err(_) if looks_like_zip && budget.load(Ordering::Relaxed) == 0 => {
            return Err(refuse("package.too_large", "the archive's table of contents is too large"));
        }
        Err(error) => return Err(invalid(&error)),
    };
    budget.store(u64::MAX, Ordering::Relaxed);
    if archive.len() > limits.entries {
        return Err(refuse(
            "package.too_large",
            format!("more than {} files and folders", limits.entries),
        ));
    }
    let again = File::open(path).map_err(|error| not_found(&error))?;
    let listed = count_entries(&mut BufReader::new(again), archive.central_directory_start(), limits.entries)
        .map_err(|error| invalid(&ZipError::Io(error)))?;
    if listed > limits.entries {
        return Err(refuse(
            "package.too_large",
            format!("more than {} files and folders", limits.entries),
        ));
    }
    if listed != archive.len() {
        return Err(refuse("package.invalid_archive", "the archive names a file twice, or hides one"));
    }
    Ok((archive, archive_bytes))
}

struct Unpacking<'a> {
    limits: &'a PackageLimits,
    folder: PathBuf,
    archive_bytes: u64,
    unpacked: u64,
    root: RawDirectory,
    ignored: Vec<String>,
}

/// What the table of contents says about an entry, as far as it is believed.
struct Header {
    name: String,
    mode: u32,
    encrypted: bool,
}

impl Unpacking<'_> {
    fn entry(&mut self, archive: &mut Zip, index: usize) -> Result<(), PackageError> {
        let header = {
            let entry = archive.by_index_raw(index).map_err(|error| invalid(&error))?;
            Header {
                name: entry.name().to_owned(),
                mode: entry.unix_mode().unwrap_or(0) & TYPE_MASK,
                encrypted: entry.encrypted(),
            }
        };
        let path = components(&header.name)
            .map_err(|reason| refuse_file("package.unsafe_path", header.name.escape_debug().to_string(), reason))?;
        let shown = path.join("/");
        if header.encrypted {
            return Err(refuse_file("package.invalid_archive", shown, "the file is encrypted"));
        }
        if path.len() > self.limits.depth + 2 {
            return Err(refuse_file("package.too_large", shown, "folders are nested too deeply"));
        }
        let kind = if header.name.ends_with('/') { TYPE_FOLDER } else { header.mode };
        if !matches!(kind, 0 | TYPE_LINK | TYPE_FILE | TYPE_FOLDER) {
            return Err(refuse_file("package.unsafe_path", shown, "neither a file nor a folder nor a link"));
        }
        if path.is_empty() {
            return Ok(());
        }
        if !is_kept(&path) {
            if !path.iter().any(|name| name.starts_with('.')) {
                self.ignored.push(shown);
            }
            return Ok(());
        }
        let entry = match kind {
            TYPE_FOLDER => RawEntry::Directory(RawDirectory::default()),
            TYPE_LINK => Self::link(archive, index, &path)?,
            _ => self.file(archive, index, &shown)?,
        };
        self.root.insert(&path, entry).map_err(|clash| match clash {
            Clash::Duplicate => refuse_file("package.invalid_archive", &shown, "the archive names it twice"),
            Clash::NotADirectory => refuse_file("package.unsafe_path", &shown, "a folder of its path is a file or a link"),
        })
    }

    fn link(archive: &mut Zip, index: usize, path: &[String]) -> Result<RawEntry, PackageError> {
        let shown = path.join("/");
        let entry = archive.by_index(index).map_err(|error| invalid(&error))?;
        let mut target = Vec::new();
        entry
            .take(TARGET_BYTES + 1)
            .read_to_end(&mut target)
            .map_err(|error| refuse_file("package.invalid_archive", &shown, error.to_string()))?;
        let target = String::from_utf8(target)
            .ok()
            .filter(|target| target.len() as u64 <= TARGET_BYTES)
            .ok_or_else(|| refuse_file("package.unsafe_path", &shown, "the link's target is too long or not UTF-8"))?;
        // Links outside the package's folder are never resolved; an escape there is still no accident.
        let mut depth = path.len() - 1;
        for part in target.split('/') {
            match part {
                "" | "." => {}
                ".." if depth == 0 => return Err(refuse_file("package.unsafe_path", &shown, "the link leaves the archive")),
                ".." => depth -= 1,
                _ => depth += 1,
            }
        }
        if target.starts_with('/') {
            return Err(refuse_file("package.unsafe_path", &shown, "the link is absolute"));
        }
        Ok(RawEntry::Link(target))
    }

    fn file(&mut self, archive: &mut Zip, index: usize, shown: &str) -> Result<RawEntry, PackageError> {
        let mut entry = archive.by_index(index).map_err(|error| invalid(&error))?;
        let path = self.folder.join(index.to_string());
        let mut out = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(|error| local("unpacking", &error))?;
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut size = 0;
        loop {
            let read = entry
                .read(&mut chunk)
                .map_err(|error| refuse_file("package.invalid_archive", shown, error.to_string()))?;
            if read == 0 {
                break;
            }
            size += read as u64;
            self.unpacked += read as u64;
            self.check_sizes(shown, size)?;
            out.write_all(&chunk[..read]).map_err(|error| local("unpacking", &error))?;
        }
        Ok(RawEntry::File(TreeFile { path, size }))
    }

    fn check_sizes(&self, shown: &str, size: u64) -> Result<(), PackageError> {
        if size > self.limits.file_bytes {
            let message = format!("larger than {} bytes", self.limits.file_bytes);
            return Err(refuse_file("package.too_large", shown, message));
        }
        if self.unpacked > self.limits.total_bytes {
            return Err(refuse(
                "package.too_large",
                format!("the files pass {} bytes", self.limits.total_bytes),
            ));
        }
        if self.unpacked > self.limits.ratio_free_bytes && self.unpacked / self.limits.ratio.max(1) > self.archive_bytes {
            let message = format!("the archive unpacks to more than {} times its size", self.limits.ratio);
            return Err(refuse("package.too_large", message));
        }
        Ok(())
    }
}

/// The folder with the shallowest `problem.yaml` or `problem.xml`, and the folders above and including it.
fn shallowest_package(root: RawDirectory) -> Result<(RawDirectory, Vec<String>), PackageError> {
    let mut level = vec![(root, Vec::new())];
    while !level.is_empty() {
        let mut packages = Vec::new();
        let mut below = Vec::new();
        for (directory, path) in level {
            if PACKAGE_FILES.iter().any(|name| directory.entries.contains_key(*name)) {
                packages.push((directory, path));
                continue;
            }
            for (name, entry) in directory.entries {
                // What macOS adds to archives mirrors the package's own tree.
                if let RawEntry::Directory(folder) = entry
                    && name != "__MACOSX"
                {
                    let mut path: Vec<String> = path.clone();
                    path.push(name);
                    below.push((folder, path));
                }
            }
        }
        if packages.len() > 1 {
            return Err(refuse("package.invalid_archive", "the archive holds several packages"));
        }
        if let Some(package) = packages.pop() {
            return Ok(package);
        }
        level = below;
    }
    Err(refuse(
        "package.missing_problem_yaml",
        "there is neither problem.yaml nor problem.xml in the archive",
    ))
}

/// The path relative to the package's folder, if it is below it.
fn below(path: &str, parents: &[String]) -> Option<String> {
    if parents.is_empty() {
        return Some(path.to_owned());
    }
    path.strip_prefix(&parents.join("/"))?.strip_prefix('/').map(str::to_owned)
}

fn invalid(error: &ZipError) -> PackageError {
    refuse("package.invalid_archive", error.to_string())
}
