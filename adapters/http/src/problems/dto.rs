//! What goes back over the wire about problems.

use crate::response::{Nullable, Time};
use codesm_core::judging::ResourceLimits;
use codesm_core::problems::{
    Difficulty, GroupSummary, Problem, ProblemKind, ProblemListItem, ProblemSort, ProblemStatus, ProblemView, Sample, StoredFile, TestSet,
    TestSetDetails,
};
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

/// What is special about a problem's judging: one of the first two, and any of the others.
#[derive(Clone, Copy, Enum)]
#[oai(rename = "ProblemKind", remote = "ProblemKind", rename_all = "kebab-case")]
pub(super) enum ProblemKindDto {
    /// Right or wrong.
    PassFail,
    /// Submissions get points.
    Scoring,
    /// Submissions talk to the problem's own program.
    Interactive,
    /// Submissions are run several times on a test.
    MultiPass,
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
    /// Groups that give points, the outer before the inner.
    pub(super) groups: Vec<GroupSummaryDto>,
}

/// A group of tests that gives points.
#[derive(Object)]
#[oai(rename = "Group", rename_all = "camelCase")]
pub(super) struct GroupSummaryDto {
    /// Path below the test data, such as `secret/group1`.
    pub(super) name: String,
    /// Number of tests in it.
    pub(super) tests: usize,
    /// Most points; null where they are unbounded.
    pub(super) max_score: Nullable<f64>,
}

impl From<GroupSummary> for GroupSummaryDto {
    fn from(group: GroupSummary) -> Self {
        let GroupSummary { name, tests, max_score } = group;
        Self {
            name,
            tests,
            max_score: max_score.into(),
        }
    }
}

impl From<TestSet> for TestSetDto {
    fn from(test_set: TestSet) -> Self {
        let groups = test_set.groups().into_iter().map(Into::into).collect();
        let TestSet {
            id,
            problem_id: _,
            checker: _,
            details: _,
            tests,
            created_at: _,
        } = test_set;
        Self {
            test_set_id: id.as_uuid(),
            samples: tests.iter().filter(|test| test.sample).count(),
            tests: tests.len(),
            groups,
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

/// A file for solvers.
#[derive(Object)]
#[oai(rename = "Attachment", rename_all = "camelCase")]
pub(super) struct AttachmentDto {
    /// Name, a relative path; to be had at `/problems/{problem}/attachments/{name}`.
    pub(super) name: String,
    /// Bytes.
    pub(super) size: u64,
}

impl From<StoredFile> for AttachmentDto {
    fn from(file: StoredFile) -> Self {
        let StoredFile { name, content } = file;
        Self { name, size: content.size }
    }
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
    /// What is special about its judging.
    pub(super) kind: Vec<ProblemKindDto>,
    /// Most points of a submission, 1 for pass-fail; null where they are unbounded.
    pub(super) max_score: Nullable<f64>,
    /// Ids of the languages it takes submissions in; null: all.
    pub(super) languages: Nullable<Vec<String>>,
    /// Most source code in KiB; null: only the general limit.
    pub(super) code_limit_kb: Nullable<u32>,
    /// Files for solvers.
    pub(super) attachments: Vec<AttachmentDto>,
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
            own_languages: _,
            details,
        } = view;
        let (kinds, max_score) = (details.kinds(), details.rules.max_score());
        let TestSetDetails {
            rules,
            attachments,
            jury_submissions: _,
        } = details;
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
            kind: kinds.into_iter().map(Into::into).collect(),
            max_score: max_score.into(),
            languages: rules.languages.into(),
            code_limit_kb: rules.code_kb.into(),
            attachments: attachments.into_iter().map(Into::into).collect(),
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
