//! Problems and their immutable test sets.

use crate::judging::{ComparatorOptions, ResourceLimits};
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
    /// Tests in judging order, indexed from 1.
    pub tests: Vec<TestCase>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// A checker whose source files are blobs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredChecker {
    /// What decides.
    pub kind: StoredCheckerKind,
    /// Arguments of a custom validator.
    pub args: Vec<String>,
    /// CPU time of one validation, in milliseconds.
    pub time_limit_ms: u32,
    /// Memory of one validation, in MiB.
    pub memory_limit_mb: u32,
}

impl StoredChecker {
    /// Language of a custom checker.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        match &self.kind {
            StoredCheckerKind::Default { .. } => None,
            StoredCheckerKind::Custom { language, .. } => Some(language),
        }
    }
}

/// What decides, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StoredCheckerKind {
    /// Compare tokens.
    Default {
        /// How.
        options: ComparatorOptions,
    },
    /// The problem's own output validator.
    Custom {
        /// Language id.
        language: String,
        /// Its files.
        files: Vec<CheckerFile>,
    },
}

/// A source file of a checker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckerFile {
    /// Relative path.
    pub name: String,
    /// Its bytes.
    pub content: BlobRef,
}
