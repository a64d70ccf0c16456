//! What comes over the wire about problems.

use super::dto::DifficultyDto;
use crate::response::Maybe;
use codesm_core::judging::ComparatorOptions;
use codesm_core::problems::{CreateProblemCommand, EditProblemCommand, InlineGroup, InlineTest, SetTestsCommand};
use poem_openapi::Object;

/// A new problem.
#[derive(Object)]
#[oai(rename = "NewProblem", rename_all = "camelCase", example)]
pub(super) struct NewProblemBody {
    /// Title, 1 to 200 characters on one line.
    pub(super) title: String,
    /// Name in addresses; made from the title if absent.
    pub(super) slug: Maybe<String>,
    /// Statement in Markdown, at most 256 KiB.
    pub(super) statement: String,
    /// Difficulty.
    pub(super) difficulty: DifficultyDto,
    /// At most 20, of at most 40 characters each.
    pub(super) tags: Maybe<Vec<String>>,
    /// CPU time per test in milliseconds, 50 to 60000; 2000 if absent.
    pub(super) time_limit_ms: Maybe<u32>,
    /// Memory in MiB, 4 to 8192; 256 if absent.
    pub(super) memory_limit_mb: Maybe<u32>,
    /// Output in KiB, 1 to 1048576; 8192 if absent.
    pub(super) output_limit_kb: Maybe<u32>,
}

impl From<NewProblemBody> for CreateProblemCommand {
    fn from(body: NewProblemBody) -> Self {
        let NewProblemBody {
            title,
            slug,
            statement,
            difficulty,
            tags,
            time_limit_ms,
            memory_limit_mb,
            output_limit_kb,
        } = body;
        Self {
            title,
            slug: slug.0,
            statement,
            difficulty: difficulty.into(),
            tags: tags.0.unwrap_or_default(),
            time_limit_ms: time_limit_ms.0,
            memory_limit_mb: memory_limit_mb.0,
            output_limit_kb: output_limit_kb.0,
        }
    }
}

/// What to change; absent fields stay.
#[derive(Object)]
#[oai(rename = "EditProblem", rename_all = "camelCase", example)]
pub(super) struct EditBody {
    /// Title.
    pub(super) title: Maybe<String>,
    /// Name in addresses.
    pub(super) slug: Maybe<String>,
    /// Statement in Markdown.
    pub(super) statement: Maybe<String>,
    /// Difficulty.
    pub(super) difficulty: Maybe<DifficultyDto>,
    /// Tags.
    pub(super) tags: Maybe<Vec<String>>,
    /// CPU time per test in milliseconds.
    pub(super) time_limit_ms: Maybe<u32>,
    /// Memory in MiB.
    pub(super) memory_limit_mb: Maybe<u32>,
    /// Output in KiB.
    pub(super) output_limit_kb: Maybe<u32>,
}

impl From<EditBody> for EditProblemCommand {
    fn from(body: EditBody) -> Self {
        let EditBody {
            title,
            slug,
            statement,
            difficulty,
            tags,
            time_limit_ms,
            memory_limit_mb,
            output_limit_kb,
        } = body;
        Self {
            title: title.0,
            slug: slug.0,
            statement: statement.0,
            difficulty: difficulty.0.map(Into::into),
            tags: tags.0,
            time_limit_ms: time_limit_ms.0,
            memory_limit_mb: memory_limit_mb.0,
            output_limit_kb: output_limit_kb.0,
        }
    }
}

/// New tests.
#[derive(Object)]
#[oai(rename = "Tests", rename_all = "camelCase", example)]
pub(super) struct TestsBody {
    /// In judging order; samples are moved to the front. 1 to 500.
    pub(super) tests: Vec<TestBody>,
    /// What gives points, in judging order. Then the problem is scored: every test that is no sample needs one of these groups.
    /// Absent: it is right or wrong.
    pub(super) groups: Maybe<Vec<GroupBody>>,
    /// How outputs are compared.
    pub(super) checker: Maybe<CheckerBody>,
}

/// A group of tests that gives points.
#[derive(Object)]
#[oai(rename = "NewGroup", rename_all = "camelCase")]
pub(super) struct GroupBody {
    /// Its name, as its tests say it in `group`.
    pub(super) name: String,
    /// Points for all of its tests; for fewer there are none. More than 0.
    pub(super) points: f64,
}

/// One test.
#[derive(Object)]
#[oai(rename = "Test", rename_all = "camelCase")]
pub(super) struct TestBody {
    /// Standard input.
    pub(super) input: String,
    /// Expected output.
    pub(super) answer: String,
    /// Whether solvers may see it.
    pub(super) sample: bool,
    /// Group, 1 to 64 of the characters a-z, A-Z, 0-9, `_`, `-` and `.`.
    pub(super) group: Maybe<String>,
    /// Words for the solver.
    pub(super) explanation: Maybe<String>,
}

/// How outputs are compared with answers. Absent fields mean: case and white space do not matter, numbers are text.
#[derive(Object)]
#[oai(rename = "Checker", rename_all = "camelCase")]
pub(super) struct CheckerBody {
    /// Whether case matters.
    pub(super) case_sensitive: Maybe<bool>,
    /// Whether white space matters.
    pub(super) space_change_sensitive: Maybe<bool>,
    /// Accept |output − answer| ≤ this.
    pub(super) float_absolute_tolerance: Maybe<f64>,
    /// Accept |output − answer| ≤ this × |answer|.
    pub(super) float_relative_tolerance: Maybe<f64>,
}

impl From<CheckerBody> for ComparatorOptions {
    fn from(body: CheckerBody) -> Self {
        let CheckerBody {
            case_sensitive,
            space_change_sensitive,
            float_absolute_tolerance,
            float_relative_tolerance,
        } = body;
        Self {
            case_sensitive: case_sensitive.0.unwrap_or(false),
            space_change_sensitive: space_change_sensitive.0.unwrap_or(false),
            float_absolute_tolerance: float_absolute_tolerance.0,
            float_relative_tolerance: float_relative_tolerance.0,
        }
    }
}

impl From<TestsBody> for SetTestsCommand {
    fn from(body: TestsBody) -> Self {
        let TestsBody { tests, groups, checker } = body;
        let group = |GroupBody { name, points }| InlineGroup { name, points };
        let tests = tests.into_iter().map(|test| {
            let TestBody {
                input,
                answer,
                sample,
                group,
                explanation,
            } = test;
            InlineTest {
                input,
                answer,
                sample,
                group: group.0,
                explanation: explanation.0,
            }
        });
        Self {
            tests: tests.collect(),
            groups: groups.0.map(|groups| groups.into_iter().map(group).collect()),
            options: checker.0.map(Into::into),
        }
    }
}
