//! Tests below `data/`.

use crate::content;
use crate::domjudge_tree;
use crate::fault::refuse_file;
use crate::field::{Document, Place};
use crate::flags::Flags;
use crate::groups::GroupKeys;
use crate::layout::{Case, Child, Folder, LayoutReader};
use crate::metadata::Metadata;
use crate::scoring;
use crate::settings::PackageLimits;
use crate::tree::{Directory, TreeFile};
use crate::warnings::Warnings;
use codesm_core::judging::grading::TestGroup;
use codesm_core::kernel::LocalFile;
use codesm_core::problems::{PackageError, PackageTest};
use std::any::Any;
use std::sync::Arc;

/// Longest description or hint of a sample.
const MOST_WORDS_BYTES: u64 = 64 << 10;

/// Longest file with arguments of a test.
const MOST_ARGS_BYTES: u64 = 4096;

/// Tests in judging order, and what belongs to them.
pub(crate) struct TestData {
    pub(crate) tests: Vec<PackageTest>,
    /// The output validator's flags of every test, after those of the problem.
    pub(crate) flags: Vec<Option<Flags>>,
    /// How the tests are graded, unless the first failure simply decides.
    pub(crate) tree: Option<TestGroup>,
    /// How they are graded if the package is meant for `DOMjudge`.
    pub(crate) domjudge_tree: Option<TestGroup>,
    /// Whether tests are graded by the rules of 2025-09.
    pub(crate) is_modern: bool,
    /// Where a custom grader is asked for, if it is.
    pub(crate) custom_grading: Option<Place>,
}

/// What reading tests needs to know.
pub(crate) struct TestDataReader<'a> {
    pub(crate) root: &'a Directory,
    pub(crate) metadata: &'a Metadata,
    pub(crate) caps: &'a PackageLimits,
    /// Keeps unpacked files alive.
    pub(crate) guard: Option<Arc<dyn Any + Send + Sync>>,
}

/// What tests inherit from their folders.
#[derive(Clone, Default)]
struct Inherited {
    flags: Option<Flags>,
    args: Vec<String>,
}

impl Inherited {
    /// With what a file says.
    fn with(&self, keys: &GroupKeys) -> Self {
        Self {
            flags: keys.flags.clone().or_else(|| self.flags.clone()),
            args: keys.args.clone().unwrap_or_else(|| self.args.clone()),
        }
    }
}

impl TestDataReader<'_> {
    /// Reads all tests.
    ///
    /// # Errors
    /// `package.no_tests`, `package.missing_answer`, and whatever the YAML files are refused for.
    pub(crate) fn read(&self, warnings: &mut Warnings) -> Result<TestData, PackageError> {
        let no_tests = || refuse_file("package.no_tests", "data", "there are no tests in data/sample or data/secret");
        let data = self.root.directory("data").ok_or_else(no_tests)?;
        let mut reader = LayoutReader {
            dialect: self.metadata.dialect,
            constants: &self.metadata.constants,
            caps: self.caps,
            found: 0,
        };
        let layout = reader.read(data, warnings)?;
        let mut read = TestData {
            tests: Vec::new(),
            flags: Vec::new(),
            is_modern: scoring::is_modern(&layout, self.metadata.dialect),
            custom_grading: scoring::custom_grading(&layout, self.metadata),
            domjudge_tree: domjudge_tree::build(&layout, self.metadata),
            tree: scoring::tree(&layout, self.metadata, warnings)?,
        };
        self.folder(&layout, &Inherited::default(), &mut read, warnings)?;
        if read.tests.is_empty() {
            return Err(no_tests());
        }
        if read.tests.iter().all(|test| test.sample) {
            warnings.about("data", "there are no secret tests: the samples alone decide");
        }
        Ok(read)
    }

    fn folder(&self, folder: &Folder<'_>, inherited: &Inherited, read: &mut TestData, warnings: &mut Warnings) -> Result<(), PackageError> {
        let own = inherited.with(&folder.keys);
        for child in &folder.children {
            match child {
                Child::Folder(below) => self.folder(below, &own, read, warnings)?,
                Child::Test(case) => {
                    let group = folder.path.strip_prefix("secret/").map(str::to_owned);
                    let (test, flags) = self.test(case, group, &own, warnings)?;
                    read.tests.push(test);
                    read.flags.push(flags);
                }
            }
        }
        Ok(())
    }

    fn test(
        &self,
        case: &Case<'_>,
        group: Option<String>,
        inherited: &Inherited,
        warnings: &mut Warnings,
    ) -> Result<(PackageTest, Option<Flags>), PackageError> {
        let sample = case.path.starts_with("sample/");
        let beside = |extension: &str| case.directory.file(&format!("{}.{extension}", case.stem));
        let place = |extension: &str| format!("data/{}.{extension}", case.path);
        let answer = beside("ans").ok_or_else(|| {
            let message = format!("there is no {}.ans", case.stem);
            refuse_file("package.missing_answer", place("in"), message)
        })?;
        let mut words = Vec::new();
        for (extension, intro) in [("desc", ""), ("hint", "Hint: ")] {
            if let Some(file) = beside(extension).filter(|_| sample) {
                let text = content::lossy_text(file, &place(extension), MOST_WORDS_BYTES)?;
                words.push(format!("{intro}{}", text.trim()));
            }
        }
        let mut own = inherited.clone();
        if let Some(file) = beside("args") {
            let text = content::lossy_text(file, &place("args"), MOST_ARGS_BYTES)?;
            own.args = text.split_whitespace().map(str::to_owned).collect();
        }
        if let Some(file) = beside("yaml").filter(|_| !self.metadata.dialect.is_legacy()) {
            let document = Document::read(file, &place("yaml"), self.caps.document_bytes)?;
            let root = document.root();
            let keys = GroupKeys::read(&root, self.metadata.dialect, warnings)?;
            if keys.is_legacy() || keys.is_modern() {
                warnings.about(&place("yaml"), "keys of groups are ignored in the file of a test");
            }
            own = own.with(&keys);
            for (key, intro) in [("description", ""), ("hint", "Hint: ")] {
                if let Some(text) = root.get(key).filter(|_| sample) {
                    words.push(format!("{intro}{}", text.text()?.trim()));
                }
            }
        }
        let files = case.directory.directory(&format!("{}.files", case.stem));
        let files = files.map(Directory::all_files).unwrap_or_default();
        let test = PackageTest {
            name: case.path.clone(),
            sample,
            group,
            input: self.local(case.input),
            answer: self.local(answer),
            args: own.args,
            files: files.into_iter().map(|(name, file)| (name, self.local(file))).collect(),
            checker_args: None,
            comparator: None,
            explanation: (!words.is_empty()).then(|| words.join("\n\n")),
        };
        Ok((test, own.flags))
    }

    fn local(&self, file: &TreeFile) -> LocalFile {
        file.local(self.guard.as_ref())
    }
}
