//! Makes packages: as folders, and as zip archives down to the byte.

use codesm_core::judging::Language;
use codesm_core::problems::{Package, PackageError, PackageReader, PackageSource};
use codesm_packages::{KattisPackageReader, PackageLimits, PackageSettings};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) fn languages() -> Vec<Language> {
    [
        ("c", &["c"][..]),
        ("cpp", &["cpp", "cc", "cxx", "c++", "C"]),
        ("cpp17", &[]),
        ("python", &["py"]),
        ("pypy", &[]),
        ("java", &["java"]),
        ("kotlin", &["kt"]),
        ("javascript", &["js"]),
        ("php", &["php"]),
        ("perl", &["pl"]),
        ("rust", &["rs"]),
    ]
    .map(|(id, extensions)| Language {
        id: id.into(),
        name: id.into(),
        version: None,
        available: true,
        file_name: "main".into(),
        extensions: extensions.iter().map(|extension| (*extension).to_owned()).collect(),
        compiled: true,
    })
    .into()
}

/// A folder with a package in it, and a scratch folder beside it.
pub(crate) struct Fixture {
    pub(crate) folder: TempDir,
    pub(crate) limits: PackageLimits,
}

impl Fixture {
    /// Nothing but the folders.
    pub(crate) fn empty() -> Self {
        let fixture = Self {
            folder: TempDir::new().unwrap(),
            limits: PackageLimits::default(),
        };
        fs::create_dir(fixture.root()).unwrap();
        fixture
    }

    /// A package that reads without a warning, with this `problem.yaml`.
    pub(crate) fn with(problem_yaml: &str) -> Self {
        let modern = problem_yaml.contains("2025-09");
        let statement = if modern {
            "statement/problem.en.md"
        } else {
            "problem_statement/problem.en.tex"
        };
        Self::empty()
            .file("problem.yaml", problem_yaml)
            .file(".timelimit", "2\n")
            .file(statement, "Add the numbers.\n")
            .file("data/sample/1.in", "1 2\n")
            .file("data/sample/1.ans", "3\n")
            .file("data/secret/1.in", "3 4\n")
            .file("data/secret/1.ans", "7\n")
    }

    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn without(self, path: &str) -> Self {
        let path = self.root().join(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
        self
    }

    /// A test with its path as input, such as `secret/1`.
    pub(crate) fn case(self, path: &str) -> Self {
        self.file(&format!("data/{path}.in"), path).file(&format!("data/{path}.ans"), "")
    }

    pub(crate) fn link(self, path: &str, target: &str) -> Self {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, path).unwrap();
        self
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("adding")
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        self.folder.path().join("scratch")
    }

    /// How many unpacked packages lie in the scratch folder.
    pub(crate) fn left_behind(&self) -> usize {
        fs::read_dir(self.scratch()).map_or(0, Iterator::count)
    }

    fn reader(&self) -> KattisPackageReader {
        let settings = PackageSettings {
            scratch: self.scratch(),
            limits: self.limits,
        };
        KattisPackageReader::new(settings, languages())
    }

    pub(crate) fn read(&self) -> Result<Package, PackageError> {
        self.read_at(&self.root())
    }

    /// With this fixture's settings.
    pub(crate) fn read_at(&self, folder: &Path) -> Result<Package, PackageError> {
        self.reader().read(&PackageSource::Directory(folder.to_path_buf()))
    }

    pub(crate) fn package(&self) -> Package {
        self.read().unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn refusal(&self) -> PackageError {
        match self.read() {
            Ok(_) => panic!("the package was read"),
            Err(error) => error,
        }
    }

    /// Reads bytes as an archive that the client calls `uploaded`.
    pub(crate) fn read_archive(&self, archive: &[u8]) -> Result<Package, PackageError> {
        let path = self.folder.path().join("upload.zip");
        fs::File::create(&path).unwrap().write_all(archive).unwrap();
        self.reader().read(&PackageSource::Archive {
            path,
            name: "uploaded".into(),
        })
    }

    pub(crate) fn archive_refusal(&self, archive: &[u8]) -> PackageError {
        match self.read_archive(archive) {
            Ok(_) => panic!("the archive was read"),
            Err(error) => error,
        }
    }
}

/// Whether some warning holds all these words.
pub(crate) fn warned(package: &Package, words: &[&str]) -> bool {
    package
        .warnings
        .iter()
        .any(|warning| words.iter().all(|word| warning.contains(word)))
}

pub(crate) fn content(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// An entry of an archive, with everything an attacker may choose.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) data: Vec<u8>,
    /// Unix mode with file type.
    pub(crate) mode: u32,
    pub(crate) flags: u16,
    /// 0: stored; 8: deflated, with `data` being the packed bytes.
    pub(crate) method: u16,
    /// Size and checksum after unpacking, as claimed.
    pub(crate) size: u32,
    pub(crate) crc: u32,
}

pub(crate) const FILE: u32 = 0o100_644;
pub(crate) const LINK: u32 = 0o120_777;

pub(crate) fn entry(name: &str, data: impl AsRef<[u8]>) -> Entry {
    let data = data.as_ref().to_vec();
    Entry {
        name: name.as_bytes().to_vec(),
        mode: FILE,
        flags: 0x800,
        method: 0,
        size: u32::try_from(data.len()).unwrap(),
        crc: crc32(&data),
        data,
    }
}

pub(crate) fn link(name: &str, target: &str) -> Entry {
    Entry {
        mode: LINK,
        ..entry(name, target)
    }
}

/// The entries of a small package below a folder (or at the root, if that is empty).
pub(crate) fn package_entries(folder: &str) -> Vec<Entry> {
    [
        ("problem.yaml", "name: Adding\n"),
        (".timelimit", "2"),
        ("problem_statement/problem.en.tex", "Add."),
        ("data/sample/1.in", "1 2\n"),
        ("data/sample/1.ans", "3\n"),
        ("data/secret/1.in", "3 4\n"),
        ("data/secret/1.ans", "7\n"),
    ]
    .map(|(name, data)| entry(&format!("{folder}{name}"), data))
    .into()
}

/// The bytes of an archive with exactly these entries.
pub(crate) fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut contents = Vec::new();
    for entry in entries {
        let offset = u32::try_from(bytes.len()).unwrap();
        let mut common = Vec::new();
        common.extend(20_u16.to_le_bytes());
        common.extend(entry.flags.to_le_bytes());
        common.extend(entry.method.to_le_bytes());
        common.extend([0; 4]);
        common.extend(entry.crc.to_le_bytes());
        common.extend(u32::try_from(entry.data.len()).unwrap().to_le_bytes());
        common.extend(entry.size.to_le_bytes());
        common.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        common.extend([0; 2]);

        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(&entry.name);
        bytes.extend(&entry.data);

        contents.extend(b"PK\x01\x02");
        contents.extend([20, 3]);
        contents.extend(&common);
        // Extra length is part of `common`; comment length, disk number, internal attributes follow.
        contents.extend([0; 6]);
        contents.extend((entry.mode << 16).to_le_bytes());
        contents.extend(offset.to_le_bytes());
        contents.extend(&entry.name);
    }
    let start = u32::try_from(bytes.len()).unwrap();
    bytes.extend(&contents);
    bytes.extend(b"PK\x05\x06");
    bytes.extend([0; 4]);
    let count = u16::try_from(entries.len()).unwrap();
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(contents.len()).unwrap().to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// CRC-32 as zip has it, bit by bit.
pub(crate) fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    })
}
