//! Brings a test set to this machine, ready for judging.

use super::{Package, StoredChecker, StoredCheckerKind, StoredFile, StoredProgram, StoredRules, TestCase, TestSet};
use crate::judging::engine::PlannedTest;
use crate::judging::{Checker, CheckerKind, Include, Input, ProgramSource, ResourceLimits, Rules, SourceFile};
use crate::kernel::{AppResult, BlobStore};
use std::sync::Arc;

/// Checker, rules and tests, ready for the engine.
#[derive(Clone, Debug)]
pub struct JudgingData {
    /// What decides.
    pub checker: Checker,
    /// How submissions are judged besides.
    pub rules: Rules,
    /// In judging order.
    pub tests: Vec<PlannedTest>,
}

/// Loads test sets.
#[derive(Clone)]
pub struct LoadTests {
    blobs: Arc<dyn BlobStore>,
}

impl LoadTests {
    /// With the store of test data.
    #[must_use]
    pub const fn new(blobs: Arc<dyn BlobStore>) -> Self {
        Self { blobs }
    }

    /// Makes the files of the test set available on this machine; only samples, without points, if so asked.
    ///
    /// # Errors
    /// `blob.missing`, `storage.unavailable`.
    #[tracing::instrument(target = "codesm_trace", name = "problems.load_tests", skip_all)]
    pub async fn load(&self, test_set: &TestSet, samples_only: bool) -> AppResult<JudgingData> {
        let (checker, mut rules) = self.judges(test_set).await?;
        if samples_only {
            rules.tree = None;
        }
        let mut tests = Vec::with_capacity(test_set.tests.len());
        for test in test_set.tests.iter().filter(|test| test.sample || !samples_only) {
            tests.push(self.test(test).await?);
        }
        Ok(JudgingData { checker, rules, tests })
    }

    /// Brings what decides, without the tests.
    ///
    /// # Errors
    /// `blob.missing`, `storage.unavailable`.
    pub async fn judges(&self, test_set: &TestSet) -> AppResult<(Checker, Rules)> {
        let checker = self.checker(&test_set.checker).await?;
        Ok((checker, self.rules(&test_set.details.rules).await?))
    }

    async fn test(&self, test: &TestCase) -> AppResult<PlannedTest> {
        let input = Input::File(self.blobs.local(&test.input).await?);
        let answer = Input::File(self.blobs.local(&test.answer).await?);
        let mut files = Vec::with_capacity(test.extras.files.len());
        for file in &test.extras.files {
            files.push((file.name.clone(), Input::File(self.blobs.local(&file.content).await?)));
        }
        Ok(PlannedTest {
            group: test.group.clone(),
            args: test.extras.args.clone(),
            files,
            checker_args: test.extras.checker_args.clone(),
            comparator: test.extras.comparator,
            ..PlannedTest::new(test.index, test.name.clone(), test.sample, input, Some(answer))
        })
    }

    async fn checker(&self, stored: &StoredChecker) -> AppResult<Checker> {
        let kind = match &stored.kind {
            StoredCheckerKind::Default { options } => CheckerKind::Default { options: *options },
            StoredCheckerKind::Custom { program, more, convention } => {
                let mut others = Vec::with_capacity(more.len());
                for program in more {
                    others.push(self.program(program).await?);
                }
                CheckerKind::Custom {
                    program: self.program(program).await?,
                    more: others,
                    convention: *convention,
                }
            }
        };
        Ok(Checker {
            kind,
            args: stored.args.clone(),
            time_limit_ms: stored.time_limit_ms,
            memory_limit_mb: stored.memory_limit_mb,
            output_limit_kb: stored.output_limit_kb,
        })
    }

    async fn rules(&self, stored: &StoredRules) -> AppResult<Rules> {
        let mut includes = Vec::with_capacity(stored.includes.len());
        for include in &stored.includes {
            includes.push(Include {
                languages: include.languages.clone(),
                files: self.program(&include.files).await?,
            });
        }
        Ok(Rules {
            interactive: stored.interactive,
            interactor: self.optional(stored.interactor.as_ref()).await?,
            passes: stored.passes,
            points: stored.points,
            tree: stored.tree.clone(),
            minimise: stored.minimise,
            accepted_only: stored.accepted_only,
            grader: self.optional(stored.grader.as_ref()).await?,
            includes,
            languages: stored.languages.clone(),
            file_writing: stored.file_writing,
            code_kb: stored.code_kb,
            compile_time_ms: stored.compile_time_ms,
            compile_memory_mb: stored.compile_memory_mb,
        })
    }

    async fn optional(&self, stored: Option<&StoredProgram>) -> AppResult<Option<ProgramSource>> {
        Ok(match stored {
            Some(program) => Some(self.program(program).await?),
            None => None,
        })
    }

    /// Brings the source files of a program.
    ///
    /// # Errors
    /// `blob.missing`, `storage.unavailable`.
    pub async fn program(&self, stored: &StoredProgram) -> AppResult<ProgramSource> {
        let mut files = Vec::with_capacity(stored.files.len());
        for StoredFile { name, content } in &stored.files {
            files.push(SourceFile {
                name: name.clone(),
                content: self.blobs.get(content).await?,
            });
        }
        Ok(ProgramSource {
            entry: None,
            language: stored.language.clone(),
            files,
        })
    }
}

/// What an unpacked package gives the engine, without a database (`codesm judge`, `codesm verify`).
#[must_use]
pub fn plan_package(package: &Package) -> JudgingData {
    let tests = (1..).zip(&package.tests).map(|(index, test)| {
        let files = test.files.iter().map(|(name, file)| (name.clone(), Input::File(file.clone())));
        let (input, answer) = (Input::File(test.input.clone()), Input::File(test.answer.clone()));
        PlannedTest {
            group: test.group.clone(),
            args: test.args.clone(),
            files: files.collect(),
            checker_args: test.checker_args.clone(),
            comparator: test.comparator,
            ..PlannedTest::new(index, test.name.clone(), test.sample, input, Some(answer))
        }
    });
    JudgingData {
        checker: package.checker.clone(),
        rules: package.rules.clone(),
        tests: tests.collect(),
    }
}

/// Limits of a package, with the usual ones where it is silent.
#[must_use]
pub fn default_limits(package: &Package) -> ResourceLimits {
    let usual = super::create::DEFAULT_LIMITS;
    ResourceLimits {
        time_ms: package.time_limit_ms.unwrap_or(usual.time_ms),
        // The package format's usual limits, more generous than those of problems written here.
        memory_mb: package.memory_limit_mb.unwrap_or(PACKAGE_MEMORY_MB),
        output_kb: package.output_limit_kb.unwrap_or(usual.output_kb),
    }
}

/// 2048 MiB: the package format's usual `memory`.
const PACKAGE_MEMORY_MB: u32 = 2048;
