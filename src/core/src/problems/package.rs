//! The port that reads problem packages, and what a package says.

use crate::judging::{Checker, ProgramSource, Verdict};
use crate::kernel::LocalFile;
use std::any::Any;
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;

/// Where a package is.
#[derive(Clone, Debug)]
pub enum PackageSource {
    /// A folder with `problem.yaml`.
    Directory(PathBuf),
    /// A zip archive; `name` is what the client called it, used when the package does not name itself.
    Archive {
        /// The archive on this machine.
        path: PathBuf,
        /// File name without extension.
        name: String,
    },
}

/// Reads problem packages.
///
/// Contract: reading MUST be safe on hostile input (links and names that leave the package, bombs, absurd limits) and MUST
/// leave nothing behind on failure; it MUST name the file, and the key if there is one, of what is wrong; it MUST refuse
/// what it does not understand well enough to judge rightly. It blocks: call it outside the async threads.
pub trait PackageReader: Send + Sync {
    /// Reads one package.
    ///
    /// # Errors
    /// [`PackageError`].
    fn read(&self, source: &PackageSource) -> Result<Package, PackageError>;
}

/// Why a package cannot be used. `code` is `package.<reason>` and stable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{message}", self.place())]
pub struct PackageError {
    /// Stable code, such as `package.unsafe_path`, `package.too_large`, `package.missing_answer`.
    pub code: &'static str,
    /// File inside the package, if one is to blame.
    pub file: Option<String>,
    /// Key inside that file, if one is to blame.
    pub key: Option<String>,
    /// Sentence for the author.
    pub message: String,
    /// Whether this machine is to blame (disk full, unreadable), so that trying again may help.
    pub is_local_fault: bool,
}

impl PackageError {
    fn place(&self) -> String {
        match (&self.file, &self.key) {
            (Some(file), Some(key)) => format!("{file}: {key}: "),
            (Some(file), None) => format!("{file}: "),
            (None, Some(key)) => format!("{key}: "),
            (None, None) => String::new(),
        }
    }
}

/// What a package says. Test data stays in files; the guard keeps an unpacked archive alive.
#[derive(Clone)]
pub struct Package {
    /// Short name: of the folder or archive.
    pub name: String,
    /// Title in English, else in the first language.
    pub title: String,
    /// Statement as Markdown.
    pub statement: String,
    /// `legacy`, `2025-09`, …
    pub format_version: String,
    /// CPU time per test in milliseconds; `None` if the package does not say.
    pub time_limit_ms: Option<u32>,
    /// Memory in MiB; `None` if the package does not say.
    pub memory_limit_mb: Option<u32>,
    /// Output in KiB; `None` if the package does not say.
    pub output_limit_kb: Option<u32>,
    /// Keywords.
    pub tags: Vec<String>,
    /// Who wrote it, as text.
    pub author: Option<String>,
    /// Licence, as text.
    pub license: Option<String>,
    /// Checker.
    pub checker: Checker,
    /// Tests in judging order: samples first, then secret, each by name in byte order.
    pub tests: Vec<PackageTest>,
    /// Labelled jury submissions.
    pub submissions: Vec<JurySubmission>,
    /// What was ignored or guessed, with file and key.
    pub warnings: Vec<String>,
    /// Keeps unpacked files alive.
    pub guard: Option<Arc<dyn Any + Send + Sync>>,
}

/// One test of a package.
#[derive(Clone, Debug)]
pub struct PackageTest {
    /// Path below `data/` without extension, such as `secret/03-large`.
    pub name: String,
    /// Whether solvers may see it.
    pub sample: bool,
    /// Group: folder below `secret`, if there is one.
    pub group: Option<String>,
    /// Standard input.
    pub input: LocalFile,
    /// Jury's answer.
    pub answer: LocalFile,
    /// Words for the solver (samples: `.desc`, `description`).
    pub explanation: Option<String>,
}

/// A jury submission and what it must get.
#[derive(Clone, Debug)]
pub struct JurySubmission {
    /// Path below `submissions/`, such as `accepted/fast.cpp`.
    pub path: String,
    /// The program; `None` if its language is not recognised.
    pub program: Option<ProgramSource>,
    /// What it must get.
    pub label: Label,
    /// Why it cannot be run, if so.
    pub skipped: Option<String>,
}

/// What a jury submission must get: the verdict is one of `expected`, or, with all tests run, some test's verdict is one
/// of `expected` and every test's is one of `permitted`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Verdicts of which one must occur.
    pub expected: Vec<Verdict>,
    /// Verdicts that single tests may get besides.
    pub permitted: Vec<Verdict>,
}

impl Label {
    /// Whether a result bears the label out.
    #[must_use]
    pub fn is_met(&self, overall: Verdict, tests: &[Verdict]) -> bool {
        if self.expected.contains(&overall) {
            return true;
        }
        tests.iter().any(|verdict| self.expected.contains(verdict))
            && tests
                .iter()
                .all(|verdict| self.expected.contains(verdict) || self.permitted.contains(verdict) || *verdict == Verdict::Skipped)
    }
}
