//! Gives a problem out as a package.

use super::policy::{not_found, require_edit};
use super::{
    JurySubmission, LoadTests, Package, PackageTest, ProblemDeps, ProblemRef, ProblemView, StoredFile, TestCase, TestSet, TimeRule, Timing,
};
use crate::audit::AuditEntry;
use crate::kernel::{AppError, AppResult, LocalFile, RequestContext};
use serde_json::json;
use std::path::Path;

/// Exports problems.
#[derive(Clone)]
pub struct ExportProblem {
    deps: ProblemDeps,
    tests: LoadTests,
}

impl ExportProblem {
    /// With its ports.
    #[must_use]
    pub fn new(deps: ProblemDeps) -> Self {
        let tests = LoadTests::new(deps.blobs.clone());
        Self { deps, tests }
    }

    /// Brings everything of the problem to this machine, hidden tests and jury submissions included. Owners and admins only.
    ///
    /// # Errors
    /// `problem.not_found`, `auth.required`, `auth.forbidden`, `problem.no_tests` (409), `storage.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "problems.export", skip_all)]
    pub async fn collect(&self, context: &RequestContext, problem: &ProblemRef) -> AppResult<Package> {
        let view = self.deps.queries.view(problem).await?.ok_or_else(not_found)?;
        require_edit(&context.actor, &view.problem)?;
        let no_tests = || AppError::conflict("problem.no_tests", "The problem needs tests first.");
        let id = view.problem.test_set_id.ok_or_else(no_tests)?;
        let test_set = self.deps.queries.test_set(id).await?.ok_or_else(no_tests)?;
        let package = self.package(view, &test_set).await?;
        self.note(context, &test_set).await?;
        Ok(package)
    }

    /// Writes the package as an archive (this blocks).
    ///
    /// # Errors
    /// `package.cannot_express` saying what the format has no words for, `storage.unavailable`.
    pub fn write(&self, package: &Package, to: &Path) -> AppResult<()> {
        Ok(self.deps.package_writer.write(package, to)?)
    }

    async fn package(&self, view: ProblemView, test_set: &TestSet) -> AppResult<Package> {
        let problem = view.problem;
        let mut tests = Vec::with_capacity(test_set.tests.len());
        for test in &test_set.tests {
            tests.push(self.test(test).await?);
        }
        let mut submissions = Vec::with_capacity(test_set.details.jury_submissions.len());
        for stored in &test_set.details.jury_submissions {
            submissions.push(JurySubmission {
                path: stored.path.clone(),
                program: Some(self.tests.program(&stored.program).await?),
                label: stored.label.clone(),
                timing: Timing::Nothing,
                skipped: None,
            });
        }
        let (checker, rules) = self.tests.judges(test_set).await?;
        // An import finds the difficulty among the keywords.
        let difficulty = problem.difficulty.as_str().to_owned();
        let tags = std::iter::once(difficulty).chain(problem.tags);
        Ok(Package {
            name: problem.slug.as_str().to_owned(),
            title: problem.title,
            // Packages are text files: lines end with LF, and space around the whole means nothing.
            statement: problem.statement.replace("\r\n", "\n").trim().to_owned(),
            format_version: "2025-09".to_owned(),
            time_limit_ms: Some(problem.limits.time_ms),
            time_rule: TimeRule::MODERN,
            memory_limit_mb: Some(problem.limits.memory_mb),
            output_limit_kb: Some(problem.limits.output_kb),
            tags: tags.collect(),
            author: Some(view.author_username),
            license: None,
            source: None,
            checker,
            rules,
            tests,
            submissions,
            attachments: self.files(&test_set.details.attachments).await?,
            warnings: Vec::new(),
            guard: None,
        })
    }

    async fn test(&self, test: &TestCase) -> AppResult<PackageTest> {
        // Only samples are shown, and so only their words mean something to anybody.
        let explanation = test.explanation.as_ref().filter(|_| test.sample);
        let explanation = explanation.map(|words| words.replace("\r\n", "\n").trim().to_owned());
        Ok(PackageTest {
            name: test.name.clone(),
            sample: test.sample,
            group: test.group.clone(),
            input: self.deps.blobs.local(&test.input).await?,
            answer: self.deps.blobs.local(&test.answer).await?,
            args: test.extras.args.clone(),
            files: self.files(&test.extras.files).await?,
            checker_args: test.extras.checker_args.clone(),
            comparator: test.extras.comparator,
            explanation: explanation.filter(|words| !words.is_empty()),
        })
    }

    async fn files(&self, stored: &[StoredFile]) -> AppResult<Vec<(String, LocalFile)>> {
        let mut files = Vec::with_capacity(stored.len());
        for StoredFile { name, content } in stored {
            files.push((name.clone(), self.deps.blobs.local(content).await?));
        }
        Ok(files)
    }

    /// Hidden tests leave the house: that is written down.
    async fn note(&self, context: &RequestContext, test_set: &TestSet) -> AppResult<()> {
        let subject = ("problem", test_set.problem_id.to_string());
        let details = json!({ "testSetId": test_set.id, "tests": test_set.tests.len() });
        let now = self.deps.clock.now();
        let entry = AuditEntry::new(&*self.deps.ids, now, context, "problem.exported", subject, details);
        let tx = self.deps.uow.begin().await?;
        tx.audit().append(&entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
