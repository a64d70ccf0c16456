//! What goes back over the wire about problems.

use crate::response::{Nullable, Time};
use codesm_core::judging::ResourceLimits;
use codesm_core::problems::{Difficulty, ImportReport, Problem, ProblemListItem, ProblemSort, ProblemStatus, ProblemView, Sample, TestSet};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

/// How hard a problem is meant to be.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "Difficulty", remote = "Difficulty", rename_all = "snake_case")]
pub(super) enum DifficultyDto {
    /// A warm-up.
    Easy,
    /// Needs an idea.
    Medium,
    /// Needs several.
    Hard,
    /// Needs experience with contests.
    Expert,
}

/// Where a problem stands.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "ProblemStatus", remote = "ProblemStatus", rename_all = "snake_case")]
pub(super) enum ProblemStatusDto {
    /// Being written.
    Draft,
    /// Waits for an admin.
    InReview,
    /// Everybody sees it.
    Published,
    /// Withdrawn; old submissions stay.
    Archived,
}

/// Order of the problem list.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "ProblemSort", remote = "ProblemSort", rename_all = "snake_case")]
pub(super) enum ProblemSortDto {
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
    /// By title.
    Title,
    /// Easiest first.
    Difficulty,
}

/// A stored test set.
#[derive(Object)]
#[oai(rename = "TestSet", rename_all = "camelCase", example)]
pub(super) struct TestSetDto {
    /// Identifier of this revision of the tests.
    pub(super) test_set_id: Uuid,
    /// Number of tests.
    pub(super) tests: usize,
    /// Number of samples among them.
    pub(super) samples: usize,
}

impl From<TestSet> for TestSetDto {
    fn from(test_set: TestSet) -> Self {
        let TestSet {
            id,
            problem_id: _,
            checker: _,
            tests,
            created_at: _,
        } = test_set;
        Self {
            test_set_id: id.as_uuid(),
            samples: tests.iter().filter(|test| test.sample).count(),
            tests: tests.len(),
        }
    }
}

/// One line of the problem list.
#[derive(Object)]
#[oai(rename = "ProblemItem", rename_all = "camelCase", example)]
pub(super) struct ProblemItemDto {
    /// Identifier.
    pub(super) id: Uuid,
    /// Name in addresses.
    pub(super) slug: String,
    /// Title.
    pub(super) title: String,
    /// Difficulty.
    pub(super) difficulty: DifficultyDto,
    /// Tags.
    pub(super) tags: Vec<String>,
    /// Where it stands.
    pub(super) status: ProblemStatusDto,
    /// Share of accepted submissions, 0 to 1; null without any.
    pub(super) acceptance: Nullable<f64>,
    /// Submissions that count.
    pub(super) submissions_total: i64,
    /// When it was made.
    pub(super) created_at: Time,
    /// When it was last changed.
    pub(super) updated_at: Time,
}

impl From<ProblemListItem> for ProblemItemDto {
    fn from(item: ProblemListItem) -> Self {
        let ProblemListItem {
            id,
            slug,
            title,
            difficulty,
            tags,
            status,
            submissions_total,
            submissions_accepted,
            created_at,
            updated_at,
        } = item;
        #[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
        let acceptance = (submissions_total > 0).then(|| submissions_accepted as f64 / submissions_total as f64);
        Self {
            id: id.as_uuid(),
            slug: slug.to_string(),
            title,
            difficulty: difficulty.into(),
            tags,
            status: status.into(),
            acceptance: acceptance.into(),
            submissions_total,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

/// A sample test.
#[derive(Object)]
#[oai(rename = "Sample", rename_all = "camelCase")]
pub(super) struct SampleDto {
    /// Standard input.
    pub(super) input: String,
    /// Expected output.
    pub(super) answer: String,
    /// Words about it.
    #[oai(skip_serializing_if_is_none)]
    pub(super) explanation: Option<String>,
}

/// Who wrote a problem.
#[derive(Object)]
#[oai(rename = "Author", rename_all = "camelCase")]
pub(super) struct AuthorDto {
    /// Identifier.
    pub(super) id: Uuid,
    /// Account name.
    pub(super) username: String,
}

/// A problem.
#[derive(Object)]
#[oai(rename = "ProblemView", rename_all = "camelCase", example)]
pub(super) struct ProblemDto {
    /// Identifier.
    pub(super) id: Uuid,
    /// Name in addresses.
    pub(super) slug: String,
    /// Title.
    pub(super) title: String,
    /// Statement in Markdown.
    pub(super) statement: String,
    /// Difficulty.
    pub(super) difficulty: DifficultyDto,
    /// Tags.
    pub(super) tags: Vec<String>,
    /// Where it stands.
    pub(super) status: ProblemStatusDto,
    /// CPU time per test in milliseconds.
    pub(super) time_limit_ms: u32,
    /// Memory in MiB.
    pub(super) memory_limit_mb: u32,
    /// Output in KiB.
    pub(super) output_limit_kb: u32,
    /// Sample tests.
    pub(super) samples: Vec<SampleDto>,
    /// Number of all tests.
    pub(super) test_count: u32,
    /// Who wrote it.
    pub(super) author: AuthorDto,
    /// Share of accepted submissions, 0 to 1; null without any.
    pub(super) acceptance: Nullable<f64>,
    /// Submissions that count.
    pub(super) submissions_total: i64,
    /// When it was made.
    pub(super) created_at: Time,
    /// When it was last changed.
    pub(super) updated_at: Time,
}

impl ProblemDto {
    pub(super) fn new(view: ProblemView, samples: Vec<Sample>) -> Self {
        let ProblemView {
            problem,
            author_username,
            samples: _,
            test_count,
            checker_language: _,
        } = view;
        let acceptance = problem.acceptance().into();
        let Problem {
            id,
            slug,
            title,
            statement,
            difficulty,
            tags,
            status,
            author_id,
            limits: ResourceLimits {
                time_ms,
                memory_mb,
                output_kb,
            },
            test_set_id: _,
            submissions_total,
            submissions_accepted: _,
            created_at,
            updated_at,
            version: _,
        } = problem;
        let samples = samples.into_iter().map(|sample| {
            let Sample {
                input,
                answer,
                explanation,
            } = sample;
            SampleDto {
                input,
                answer,
                explanation,
            }
        });
        Self {
            id: id.as_uuid(),
            slug: slug.to_string(),
            title,
            statement,
            difficulty: difficulty.into(),
            tags,
            status: status.into(),
            time_limit_ms: time_ms,
            memory_limit_mb: memory_mb,
            output_limit_kb: output_kb,
            samples: samples.collect(),
            test_count,
            author: AuthorDto {
                id: author_id.as_uuid(),
                username: author_username,
            },
            acceptance,
            submissions_total,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        }
    }
}

/// The problem that came of an import, and how it went.
#[derive(Object)]
#[oai(rename = "ImportedProblem", rename_all = "camelCase", example)]
pub(super) struct ImportReportDto {
    /// The problem.
    #[oai(flatten)]
    pub(super) problem: ProblemDto,
    /// What the package was like.
    pub(super) report: PackageReportDto,
}

/// What a package was like.
#[derive(Object)]
#[oai(rename = "PackageReport", rename_all = "camelCase")]
pub(super) struct PackageReportDto {
    /// Format version, such as `legacy` or `2025-09`.
    pub(super) format_version: String,
    /// Number of samples.
    pub(super) samples: usize,
    /// Number of secret tests.
    pub(super) secrets: usize,
    /// Number of labelled jury submissions seen.
    pub(super) jury_submissions: usize,
    /// What was ignored or guessed, with file and key.
    pub(super) warnings: Vec<String>,
}

impl ImportReportDto {
    pub(super) fn new(shown: ProblemDto, report: ImportReport) -> Self {
        let ImportReport {
            problem: _,
            created: _,
            format_version,
            samples,
            secrets,
            jury_submissions,
            warnings,
        } = report;
        Self {
            problem: shown,
            report: PackageReportDto {
                format_version,
                samples,
                secrets,
                jury_submissions,
                warnings,
            },
        }
    }
}
