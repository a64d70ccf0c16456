//! Problems and their immutable test sets.

use super::Label;
use crate::judging::{Checker, CheckerKind, ComparatorOptions, ResourceLimits, Rules, SCRIPT_LANGUAGE};
use crate::kernel::{BlobRef, ProblemId, Slug, TestSetId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// How hard a problem is meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Difficulty {
    /// A warm-up.
    Easy,
    /// Needs an idea.
    Medium,
    /// Needs several.
    Hard,
    /// Needs experience with contests.
    Expert,
}

impl Difficulty {
    /// Every difficulty, easiest first.
    pub const ALL: [Self; 4] = [Self::Easy, Self::Medium, Self::Hard, Self::Expert];

    /// Stored and shown name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Hard => "hard",
            Self::Expert => "expert",
        }
    }

    /// The difficulty of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|difficulty| difficulty.as_str() == text)
    }

    /// Position in [`Self::ALL`], by which lists are sorted.
    #[must_use]
    pub const fn rank(self) -> i16 {
        match self {
            Self::Easy => 0,
            Self::Medium => 1,
            Self::Hard => 2,
            Self::Expert => 3,
        }
    }
}

/// Where a problem stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemStatus {
    /// Being written.
    Draft,
    /// Waits for an admin.
    InReview,
    /// Everybody sees it.
    Published,
    /// Withdrawn; old submissions stay.
    Archived,
}

impl ProblemStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Draft, Self::InReview, Self::Published, Self::Archived];

    /// Stored and shown name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Published => "published",
            Self::Archived => "archived",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Smallest and largest accepted limits: `(time ms, memory MiB, output KiB)`.
/// 60 s and 8 GiB keep one submission from holding a slot or a machine hostage.
#[must_use]
pub const fn problem_limits_ranges() -> ((u32, u32), (u32, u32), (u32, u32)) {
    ((50, 60_000), (4, 8192), (1, 1024 * 1024))
}

/// A problem.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Identifier.
    pub id: ProblemId,
    /// Name in addresses, unique.
    pub slug: Slug,
    /// Title.
    pub title: String,
    /// Statement in Markdown.
    pub statement: String,
    /// Difficulty.
    pub difficulty: Difficulty,
    /// Tags, lower-case, sorted, without repeats.
    pub tags: Vec<String>,
    /// Where it stands.
    pub status: ProblemStatus,
    /// Who owns it.
    pub author_id: UserId,
    /// What a program may use on one test.
    pub limits: ResourceLimits,
    /// Its present tests, if it has any.
    pub test_set_id: Option<TestSetId>,
    /// Submissions that count.
    pub submissions_total: i64,
    /// Accepted ones among them.
    pub submissions_accepted: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For optimistic locking; 1 when new. Counting verdicts does not raise it.
    pub version: i32,
}

impl Problem {
    /// Share of accepted submissions, 0 to 1; `None` without any.
    #[must_use]
    pub fn acceptance(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
        (self.submissions_total > 0).then(|| self.submissions_accepted as f64 / self.submissions_total as f64)
    }
}

/// One immutable revision of a problem's tests and checker.
#[derive(Clone, Debug, PartialEq)]
pub struct TestSet {
    /// Identifier.
    pub id: TestSetId,
    /// Whose.
    pub problem_id: ProblemId,
    /// What decides whether an output is right.
    pub checker: StoredChecker,
    /// How submissions are judged besides, and what comes with the tests.
    pub details: TestSetDetails,
    /// Tests in judging order, indexed from 1.
    pub tests: Vec<TestCase>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestCase {
    /// Position, from 1.
    pub index: u32,
    /// Name for the author, such as `secret/03-large`.
    pub name: String,
    /// Whether solvers may see it.
    pub sample: bool,
    /// Group, if any.
    pub group: Option<String>,
    /// Standard input.
    pub input: BlobRef,
    /// The jury's answer.
    pub answer: BlobRef,
    /// Words for the solver.
    pub explanation: Option<String>,
    /// What only some tests have.
    #[serde(default)]
    pub extras: TestExtras,
}

/// What only some tests have.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TestExtras {
    /// Arguments of the submission.
    pub args: Vec<String>,
    /// Files copied into the submission's work folder.
    pub files: Vec<StoredFile>,
    /// Arguments of the custom validator; `None`: those of the checker.
    pub checker_args: Option<Vec<String>>,
    /// How the default validator compares; `None`: as the checker says.
    pub comparator: Option<ComparatorOptions>,
}

/// What belongs to a test set besides tests and checker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TestSetDetails {
    /// How submissions are judged.
    pub rules: StoredRules,
    /// Files for solvers.
    pub attachments: Vec<StoredFile>,
    /// The jury's own labelled submissions.
    pub jury_submissions: Vec<StoredJurySubmission>,
}

/// A labelled jury submission whose files are blobs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredJurySubmission {
    /// Path below `submissions/`, such as `accepted/fast.cpp`.
    pub path: String,
    /// The program.
    pub program: StoredProgram,
    /// What it must get.
    pub label: Label,
}

/// A program whose source files are blobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredProgram {
    /// Language id.
    pub language: String,
    /// Its files, the entry point first.
    pub files: Vec<StoredFile>,
}

/// A named file whose content is a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// Relative path.
    pub name: String,
    /// Its bytes.
    pub content: BlobRef,
}

/// A checker whose source files are blobs.
pub type StoredChecker = Checker<StoredProgram>;
/// What decides, as stored.
pub type StoredCheckerKind = CheckerKind<StoredProgram>;
/// Rules whose programs are blobs.
pub type StoredRules = Rules<StoredProgram>;

impl TestSet {
    /// Languages of the problem's own programs, sorted, without repeats: a worker needs them to judge.
    #[must_use]
    pub fn own_languages(&self) -> Vec<String> {
        own_languages(&self.checker, &self.details.rules)
    }
}

/// Languages of a problem's own programs, sorted, without repeats.
#[must_use]
pub fn own_languages(checker: &StoredChecker, rules: &StoredRules) -> Vec<String> {
    let programs = checker.programs().into_iter().chain(&rules.interactor).chain(&rules.grader);
    let mut languages: Vec<String> = programs.map(|program| program.language.clone()).collect();
    // Every worker can run scripts; no worker advertises them.
    languages.retain(|language| language != SCRIPT_LANGUAGE);
    languages.sort();
    languages.dedup();
    languages
}
