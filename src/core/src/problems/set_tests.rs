//! Replaces a problem's tests by small ones written inline.

use super::inline_groups::{self, GROUP_NAMES, is_group_name};
use super::policy::{not_found, require_edit};
use super::{Problem, ProblemDeps, ProblemRef, StoredChecker, TestCase, TestExtras, TestSet, TestSetDetails};
use crate::audit::AuditEntry;
use crate::judging::ComparatorOptions;
use crate::kernel::{AppResult, RequestContext, TestSetId, Validation};
use bytes::Bytes;
use serde_json::json;

/// One test as its author writes it.
#[derive(Clone, Debug)]
pub struct InlineTest {
    /// Standard input.
    pub input: String,
    /// Expected output.
    pub answer: String,
    /// Whether solvers may see it.
    pub sample: bool,
    /// Group, if any.
    pub group: Option<String>,
    /// Words for the solver.
    pub explanation: Option<String>,
}

/// A group of tests that gives points.
#[derive(Clone, Debug, PartialEq)]
pub struct InlineGroup {
    /// Its name, as its tests say it.
    pub name: String,
    /// Points for all of its tests; for fewer there are none.
    pub points: f64,
}

/// The new tests.
#[derive(Clone, Debug)]
pub struct SetTestsCommand {
    /// In judging order; samples are moved to the front.
    pub tests: Vec<InlineTest>,
    /// What gives points; absent: the problem is pass-fail. Groups are judged in this order.
    pub groups: Option<Vec<InlineGroup>>,
    /// How to compare; the default if absent.
    pub options: Option<ComparatorOptions>,
}

/// Sets inline tests.
#[derive(Clone)]
pub struct SetTests {
    deps: ProblemDeps,
}

/// Most inline tests; larger sets come as packages.
const MAX_TESTS: usize = 500;

impl SetTests {
    /// With its ports.
    #[must_use]
    pub const fn new(deps: ProblemDeps) -> Self {
        Self { deps }
    }

    /// Stores a new test set and makes it the problem's present one. Submissions already received keep theirs.
    ///
    /// # Errors
    /// `problem.not_found`, `auth.required`, `auth.forbidden`, `validation.failed`, `storage.unavailable`, `store.stale`.
    #[tracing::instrument(target = "codesm_trace", name = "problems.set_tests", skip_all)]
    pub async fn set(&self, context: &RequestContext, problem: &ProblemRef, command: SetTestsCommand) -> AppResult<(Problem, TestSet)> {
        let view = self.deps.queries.view(problem).await?.ok_or_else(not_found)?;
        require_edit(&context.actor, &view.problem)?;
        validate(&command)?;

        let SetTestsCommand {
            tests: mut inline,
            groups,
            options,
        } = command;
        inline_groups::sort(&mut inline, groups.as_deref());
        let mut tests = Vec::with_capacity(inline.len());
        let (mut samples, mut secrets) = (0, 0);
        for (index, test) in (1..).zip(inline) {
            let number = if test.sample { &mut samples } else { &mut secrets };
            *number += 1;
            tests.push(TestCase {
                index,
                name: inline_groups::test_name(&test, groups.is_some(), *number),
                sample: test.sample,
                group: test.group,
                input: self.deps.blobs.put(Bytes::from(test.input)).await?,
                answer: self.deps.blobs.put(Bytes::from(test.answer)).await?,
                explanation: test.explanation,
                extras: TestExtras::default(),
            });
        }
        let now = self.deps.clock.now();
        let test_set = TestSet {
            id: TestSetId::generate(&*self.deps.ids),
            problem_id: view.problem.id,
            checker: StoredChecker::tokens(options.unwrap_or_default()),
            details: TestSetDetails {
                rules: groups.map(|groups| inline_groups::rules(&tests, &groups)).unwrap_or_default(),
                ..TestSetDetails::default()
            },
            tests,
            created_at: now,
        };
        let tx = self.deps.uow.begin().await?;
        let mut problem = tx.problems().find(&ProblemRef::Id(view.problem.id)).await?.ok_or_else(not_found)?;
        require_edit(&context.actor, &problem)?;
        tx.problems().add_test_set(&test_set).await?;
        problem.test_set_id = Some(test_set.id);
        problem.updated_at = now;
        tx.problems().save(&problem).await?;
        let subject = ("problem", problem.id.to_string());
        let details = json!({ "testSetId": test_set.id, "tests": test_set.tests.len() });
        tx.audit()
            .append(&AuditEntry::new(
                &*self.deps.ids,
                now,
                context,
                "problem.tests_set",
                subject,
                details,
            ))
            .await?;
        tx.commit().await?;
        problem.version += 1;
        Ok((problem, test_set))
    }
}

fn validate(command: &SetTestsCommand) -> AppResult<()> {
    let mut validation = Validation::new();
    let count = command.tests.len();
    validation.require(
        (1..=MAX_TESTS).contains(&count),
        "tests",
        "out_of_range",
        format!("Must be 1 to {MAX_TESTS} tests."),
    );
    for (at, test) in command.tests.iter().enumerate() {
        if let Some(group) = &test.group {
            validation.require(is_group_name(group), format!("tests[{at}].group"), "invalid_group", GROUP_NAMES);
        }
        if let Some(text) = &test.explanation {
            let field = format!("tests[{at}].explanation");
            validation.require(text.len() <= 16 * 1024, &field, "too_long", "Must have at most 16 KiB.");
            validation.require(!text.contains('\0'), &field, "invalid_text", "Must not contain NUL.");
        }
    }
    inline_groups::check(&mut validation, command);
    if let Some(options) = command.options {
        let fields = [
            ("checker.floatAbsoluteTolerance", options.float_absolute_tolerance),
            ("checker.floatRelativeTolerance", options.float_relative_tolerance),
        ];
        for (field, value) in fields {
            let ok = value.is_none_or(|value| value.is_finite() && value >= 0.0);
            validation.require(ok, field, "out_of_range", "Must be a finite number, 0 or more.");
        }
    }
    validation.finish()
}
