//! The port that reads problem packages, and what a package says.

use super::Label;
use crate::judging::{Checker, ComparatorOptions, ProgramSource, Rules};
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
    /// CPU time per test in milliseconds; `None` if the package does not say: then it is to be measured.
    pub time_limit_ms: Option<u32>,
    /// How to make the time limit from running times.
    pub time_rule: TimeRule,
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
    /// Where it was used first, as text.
    pub source: Option<String>,
    /// Checker.
    pub checker: Checker,
    /// How submissions are judged besides.
    pub rules: Rules,
    /// Tests in judging order: samples first, then secret, each by name in byte order.
    pub tests: Vec<PackageTest>,
    /// Labelled jury submissions.
    pub submissions: Vec<JurySubmission>,
    /// Files for solvers, by relative path.
    pub attachments: Vec<(String, LocalFile)>,
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
    /// Arguments of the submission.
    pub args: Vec<String>,
    /// Files copied into the submission's work folder, by relative path.
    pub files: Vec<(String, LocalFile)>,
    /// Arguments of the custom validator; `None`: those of the checker.
    pub checker_args: Option<Vec<String>>,
    /// How the default validator compares; `None`: as the checker says.
    pub comparator: Option<ComparatorOptions>,
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
    /// What its running time says about the time limit.
    pub timing: Timing,
    /// Why it cannot be run, if so.
    pub skipped: Option<String>,
}

/// What the running time of a jury submission says about the time limit, where that is to be measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timing {
    /// Nothing.
    #[default]
    Nothing,
    /// It must be fast enough: its slowest test is a lower bound.
    MustFit,
    /// It must be too slow on some test: its slowest test is an upper bound.
    MustExceed,
}

/// How a time limit is made from running times (package format, 7).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeRule {
    /// The limit is at least this times the slowest that must fit.
    pub fit_multiplier: f64,
    /// The fastest that must exceed takes at least this times the limit.
    pub exceed_multiplier: f64,
    /// The limit is a multiple of this, in milliseconds, and at least as much.
    pub resolution_ms: u32,
}

impl TimeRule {
    /// Of the legacy format.
    pub const LEGACY: Self = Self {
        fit_multiplier: 5.0,
        exceed_multiplier: 2.0,
        resolution_ms: 1000,
    };
    /// Of 2025-09.
    pub const MODERN: Self = Self {
        fit_multiplier: 2.0,
        exceed_multiplier: 1.5,
        resolution_ms: 1000,
    };
}

/// Writes problem packages.
///
/// Contract: what is written MUST be read back by the [`PackageReader`] as the same title, statement, limits, checker, rules,
/// tests, attachments and jury submissions; what the format cannot say MUST be refused with `package.cannot_express`. Tests and
/// groups MAY get other names where theirs do not say their order, legacy graders MAY become others that give the same scores,
/// and labels of other formats MAY speak of every test, as 2025-09 does. Submissions that were never read are left out. It
/// blocks: call it outside the async threads.
pub trait PackageWriter: Send + Sync {
    /// Writes a 2025-09 package as a zip archive.
    ///
    /// # Errors
    /// [`PackageError`].
    fn write(&self, package: &Package, to: &std::path::Path) -> Result<(), PackageError>;
}
