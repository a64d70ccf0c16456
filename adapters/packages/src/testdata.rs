//! Tests below `data/`.

use crate::constants::Constants;
use crate::content;
use crate::fault::{refuse, refuse_file};
use crate::field::Document;
use crate::groups::validator_flags;
use crate::settings::PackageLimits;
use crate::tree::{Directory, TreeFile};
use crate::version::Dialect;
use crate::warnings::Warnings;
use codesm_core::kernel::LocalFile;
use codesm_core::problems::{PackageError, PackageTest};
use std::any::Any;
use std::sync::Arc;

/// Longest description or hint of a sample.
const MOST_WORDS_BYTES: u64 = 64 << 10;
/// Folders of `data/` that hold no tests of submissions.
const NOT_FOR_SUBMISSIONS: [&str; 3] = ["invalid_input", "invalid_output", "valid_output"];

/// Tests in judging order and the output validator's flags that all of them share.
#[derive(Debug)]
pub(crate) struct TestData {
    pub(crate) tests: Vec<PackageTest>,
    pub(crate) flags: Vec<String>,
}

/// What reading tests needs to know.
pub(crate) struct TestDataReader<'a> {
    pub(crate) root: &'a Directory,
    pub(crate) dialect: Dialect,
    pub(crate) constants: &'a Constants,
    pub(crate) caps: &'a PackageLimits,
    /// Keeps unpacked files alive.
    pub(crate) guard: Option<Arc<dyn Any + Send + Sync>>,
}

/// A test, and the flags it is validated with.
struct Found {
    test: PackageTest,
    flags: Vec<String>,
}

/// A folder being read.
struct Place<'a> {
    directory: &'a Directory,
    /// Path below `data/`.
    path: String,
    sample: bool,
    flags: Vec<String>,
}

impl TestDataReader<'_> {
    /// Reads all tests.
    ///
    /// # Errors
    /// `package.no_tests`, `package.missing_answer`, `package.unsupported_feature`, and whatever the YAML files are refused for.
    pub(crate) fn read(&self, warnings: &mut Warnings) -> Result<TestData, PackageError> {
        let no_tests = || refuse_file("package.no_tests", "data", "there are no tests in data/sample or data/secret");
        let data = self.root.directory("data").ok_or_else(no_tests)?;
        let flags = self.group_flags(data, "", Vec::new(), warnings)?;
        let mut found = Vec::new();
        for (name, directory) in data.directories() {
            let sample = match name {
                "sample" => true,
                "secret" => false,
                name => {
                    if !NOT_FOR_SUBMISSIONS.contains(&name) {
                        warnings.about(&format!("data/{name}"), "ignored: tests are in data/sample and data/secret");
                    }
                    continue;
                }
            };
            let place = Place {
                directory,
                path: name.to_owned(),
                sample,
                flags: flags.clone(),
            };
            self.folder(&place, &mut found, warnings)?;
        }
        for (name, _) in data.files().filter(|(name, _)| has_extension(name, "in")) {
            warnings.about(&format!("data/{name}"), "ignored: tests are in data/sample and data/secret");
        }
        found.sort_by(|a, b| (!a.test.sample, &a.test.name).cmp(&(!b.test.sample, &b.test.name)));
        let flags = shared_flags(&found)?.ok_or_else(no_tests)?;
        let tests: Vec<_> = found.into_iter().map(|found| found.test).collect();
        if tests.iter().all(|test| test.sample) {
            warnings.about("data", "there are no secret tests: the samples alone decide");
        }
        Ok(TestData { tests, flags })
    }

    fn folder(&self, place: &Place<'_>, found: &mut Vec<Found>, warnings: &mut Warnings) -> Result<(), PackageError> {
        let flags = self.group_flags(place.directory, &place.path, place.flags.clone(), warnings)?;
        for (file_name, input) in place.directory.files() {
            if let Some(name) = file_name.strip_suffix(".in") {
                found.push(self.test(place, name, input, flags.clone(), warnings)?);
            } else if let Some(name) = file_name.strip_suffix(".ans")
                && place.directory.file(&format!("{name}.in")).is_none()
            {
                warnings.about(
                    &format!("data/{}/{file_name}", place.path),
                    "ignored: there is no input of that name",
                );
            }
        }
        for (name, directory) in place.directory.directories() {
            if has_extension(name, "files") {
                // Those of a test have been refused with the test.
                warnings.about(&format!("data/{}/{name}", place.path), "ignored: there is no input of that name");
                continue;
            }
            let below = Place {
                directory,
                path: format!("{}/{name}", place.path),
                sample: place.sample,
                flags: flags.clone(),
            };
            self.folder(&below, found, warnings)?;
        }
        Ok(())
    }

    fn test(
        &self,
        place: &Place<'_>,
        name: &str,
        input: &TreeFile,
        mut flags: Vec<String>,
        warnings: &mut Warnings,
    ) -> Result<Found, PackageError> {
        let path = format!("{}/{name}", place.path);
        let answer = place.directory.file(&format!("{name}.ans")).ok_or_else(|| {
            refuse_file(
                "package.missing_answer",
                format!("data/{path}.in"),
                format!("there is no {name}.ans"),
            )
        })?;
        for (extension, what) in [("args", "submissions that take arguments"), ("files", "files beside the input")] {
            if place.directory.get(&format!("{name}.{extension}")).is_some() {
                let message = format!("{what} are not supported yet");
                return Err(refuse_file(
                    "package.unsupported_feature",
                    format!("data/{path}.{extension}"),
                    message,
                ));
            }
        }
        let mut words = Vec::new();
        if place.sample {
            for (extension, intro) in [("desc", ""), ("hint", "Hint: ")] {
                if let Some(file) = place.directory.file(&format!("{name}.{extension}")) {
                    let text = content::lossy_text(file, &format!("data/{path}.{extension}"), MOST_WORDS_BYTES)?;
                    words.push(format!("{intro}{}", text.trim()));
                }
            }
        }
        if !self.dialect.is_legacy()
            && let Some(file) = place.directory.file(&format!("{name}.yaml"))
        {
            let document = Document::read(file, &format!("data/{path}.yaml"), self.caps.document_bytes)?;
            let root = document.root();
            if let Some(own) = validator_flags(&root, self.dialect, warnings)? {
                flags = own;
            }
            for (key, intro) in [("description", ""), ("hint", "Hint: ")] {
                if place.sample
                    && let Some(text) = root.get(key)
                {
                    words.push(format!("{intro}{}", text.text()?.trim()));
                }
            }
        }
        let group = place.path.strip_prefix("secret/").map(str::to_owned);
        let test = PackageTest {
            name: path,
            sample: place.sample,
            group,
            input: self.local(input),
            answer: self.local(answer),
            explanation: (!words.is_empty()).then(|| words.join("\n\n")),
        };
        Ok(Found { test, flags })
    }

    /// The flags of a folder: its own, else those of the folder above.
    fn group_flags(
        &self,
        directory: &Directory,
        path: &str,
        inherited: Vec<String>,
        warnings: &mut Warnings,
    ) -> Result<Vec<String>, PackageError> {
        let mut flags = inherited;
        for name in ["testdata.yaml", "test_group.yaml"] {
            let Some(file) = directory.file(name) else {
                continue;
            };
            let shown = if path.is_empty() {
                format!("data/{name}")
            } else {
                format!("data/{path}/{name}")
            };
            let legacy_file = name == "testdata.yaml";
            if self.dialect != Dialect::Draft && legacy_file != self.dialect.is_legacy() {
                warnings.about(&shown, "does not belong to this version of the format; read all the same");
            }
            let text = Document::read_text(file, &shown, self.caps.document_bytes)?;
            let filled = self.constants.fill(&text, &shown, self.caps.document_bytes)?;
            let document = Document::parse(&filled, &shown)?;
            if let Some(own) = validator_flags(&document.root(), self.dialect, warnings)? {
                flags = own;
            }
        }
        Ok(flags)
    }

    fn local(&self, file: &TreeFile) -> LocalFile {
        LocalFile {
            path: file.path.clone(),
            size: file.size,
            guard: self.guard.clone(),
        }
    }
}

/// The flags of all tests, which must be the same; nothing if there is no test.
fn shared_flags(found: &[Found]) -> Result<Option<Vec<String>>, PackageError> {
    let Some(first) = found.first() else {
        return Ok(None);
    };
    match found.iter().find(|other| other.flags != first.flags) {
        None => Ok(Some(first.flags.clone())),
        Some(other) => {
            let message = format!(
                "tests {} and {} have different output validator flags ({:?} and {:?}), which is not supported yet",
                first.test.name,
                other.test.name,
                first.flags.join(" "),
                other.flags.join(" ")
            );
            Err(refuse("package.unsupported_feature", message))
        }
    }
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}
