//! What every reading of a package must keep to, whatever the bytes.

use codesm_core::judging::Language;
use codesm_core::kernel::LocalFile;
use codesm_core::problems::{Package, PackageError, PackageReader, PackageSource, PackageWriter};
use codesm_packages::{KattisPackageReader, KattisPackageWriter, PackageLimits, PackageSettings};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Small, so that a few bytes go beyond them.
const LIMITS: PackageLimits = PackageLimits {
    total_bytes: 64 << 10,
    file_bytes: 32 << 10,
    entries: 64,
    depth: 6,
    ratio: 4,
    ratio_free_bytes: 4 << 10,
    document_bytes: 8 << 10,
    statement_bytes: 16 << 10,
    program_bytes: 16 << 10,
    programs_bytes: 24 << 10,
};

const PREFIX: &str = "codesm-fuzz-";

/// A folder to work in, and a reader that may only write below it.
pub struct Rig {
    folder: TempDir,
    reader: KattisPackageReader,
    writer: KattisPackageWriter,
}

impl Default for Rig {
    fn default() -> Self {
        Self::new()
    }
}

impl Rig {
    /// Makes the folder.
    ///
    /// # Panics
    /// If there is no room for it.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir()
            .expect("there is room for temporary files");
        let settings = PackageSettings {
            scratch: folder.path().join("scratch"),
            limits: LIMITS,
        };
        let reader = KattisPackageReader::new(settings.clone(), languages());
        let writer = KattisPackageWriter::new(settings, languages());
        Self { folder, reader, writer }
    }

    /// Reads the bytes as an uploaded archive.
    ///
    /// # Panics
    /// If the reader breaks a promise.
    pub fn read_archive(&self, bytes: &[u8]) {
        let path = self.folder.path().join("upload.zip");
        fs::write(&path, bytes).expect("there is room for temporary files");
        let source = PackageSource::Archive {
            path,
            name: "uploaded".to_owned(),
        };
        self.read(&source, knows_the_place(bytes));
        self.check_place(&["scratch", "upload.zip"]);
    }

    /// Reads a package in a folder that consists of these files.
    ///
    /// # Panics
    /// If the reader breaks a promise.
    pub fn read_folder(&self, files: &[(&str, &[u8])]) {
        let root = self.folder.path().join("adding");
        for (name, content) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("there is room for temporary files");
            fs::write(path, content).expect("there is room for temporary files");
        }
        let knows = files.iter().any(|(_, content)| knows_the_place(content));
        self.read(&PackageSource::Directory(root.clone()), knows);
        fs::remove_dir_all(root).expect("what was made can be removed");
        self.check_place(&["scratch"]);
    }

    fn read(&self, source: &PackageSource, knows: bool) {
        let read = || {
            let read = self.reader.read(source);
            read.as_ref()
                .map(|package| self.check(package))
                .map_err(|error| refusal(error, knows))
        };
        let (told, again) = (read(), read());
        assert_eq!(told, again, "the same bytes are read differently");
        if let Ok(package) = self.reader.read(source) {
            self.write(&package, knows);
        }
    }

    /// What was read can be written, or the format has no words for it; the writer itself makes sure that it is read back.
    fn write(&self, package: &Package, knows: bool) {
        let path = self.folder.path().join("written.zip");
        match self.writer.write(package, &path) {
            Ok(()) => fs::remove_file(path).expect("what was written is there"),
            Err(error) => {
                refusal(&error, knows);
                assert!(!path.exists(), "a refused package was written: {error:?}");
            }
        }
    }

    /// Everything a package says that does not depend on the moment.
    fn check(&self, package: &Package) -> String {
        for test in &package.tests {
            for file in [&test.input, &test.answer]
                .into_iter()
                .chain(test.files.iter().map(|(_, file)| file))
            {
                self.check_file(file);
            }
        }
        for (_, file) in &package.attachments {
            self.check_file(file);
        }
        let scratch = self.folder.path().join("scratch");
        for unpacked in names(&scratch) {
            for name in names(&scratch.join(&unpacked)) {
                assert!(
                    name.parse::<usize>().is_ok(),
                    "a name of the archive reached the file system: {name:?}"
                );
            }
        }
        let tests: Vec<_> = package
            .tests
            .iter()
            .map(|test| (&test.name, test.sample, &test.group, test.input.size, test.answer.size, &test.args))
            .collect();
        let submissions: Vec<_> = package
            .submissions
            .iter()
            .map(|one| (&one.path, &one.program, &one.skipped))
            .collect();
        format!(
            "{:?}",
            (
                (&package.name, &package.title, &package.statement, &package.format_version),
                (package.time_limit_ms, package.memory_limit_mb, package.output_limit_kb),
                (&package.tags, &package.author, &package.license),
                (&package.checker, &package.rules, tests, submissions, &package.warnings),
            )
        )
    }
}

impl Rig {
    /// Nothing but these is there, and nothing is left in the scratch folder.
    fn check_place(&self, usual: &[&str]) {
        let outside: Vec<String> = names(self.folder.path())
            .into_iter()
            .filter(|name| !usual.contains(&name.as_str()))
            .collect();
        assert!(outside.is_empty(), "something was written outside: {outside:?}");
        let left = names(&self.folder.path().join("scratch"));
        assert!(left.is_empty(), "something is left behind: {left:?}");
    }

    fn check_file(&self, file: &LocalFile) {
        assert!(file.path.starts_with(self.folder.path()), "{} is outside", file.path.display());
        let metadata = fs::symlink_metadata(&file.path).expect("a file of the package is there");
        assert!(metadata.is_file() && metadata.len() == file.size, "{}", file.path.display());
    }
}

/// Whether the bytes themselves name our folder: the fuzzer learns from what it is compared with.
fn knows_the_place(bytes: &[u8]) -> bool {
    bytes.windows(PREFIX.len()).any(|window| window == PREFIX.as_bytes())
}

/// A refusal blames the package, never this machine, and shows nothing of it.
fn refusal(error: &PackageError, knows: bool) -> String {
    assert!(error.code.starts_with("package."), "{error:?}");
    assert!(!error.is_local_fault, "{error:?}");
    assert!(knows || !error.to_string().contains(PREFIX), "{error:?}");
    format!("{error:?}")
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("the folder can be listed").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn languages() -> Vec<Language> {
    [("c", &["c"][..]), ("cpp", &["cpp", "cc"]), ("python", &["py"]), ("java", &["java"])]
        .map(|(id, extensions)| Language {
            id: id.to_owned(),
            name: id.to_owned(),
            version: None,
            available: true,
            file_name: format!("main.{}", extensions[0]),
            extensions: extensions.iter().map(|extension| (*extension).to_owned()).collect(),
            compiled: true,
        })
        .into()
}
