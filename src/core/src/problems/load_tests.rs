//! Brings a test set to this machine, ready for judging.

use super::{Package, StoredChecker, StoredCheckerKind, TestSet};
use crate::judging::engine::PlannedTest;
use crate::judging::{Checker, CheckerKind, Input, ProgramSource, ResourceLimits, SourceFile};
use crate::kernel::{AppResult, BlobStore};
use std::sync::Arc;

/// Checker and tests, ready for the engine.
#[derive(Clone, Debug)]
pub struct JudgingData {
    /// What decides.
    pub checker: Checker,
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

    /// Makes the files of the test set available on this machine; only samples if so asked.
    ///
    /// # Errors
    /// `blob.missing`, `storage.unavailable`.
    pub async fn load(&self, test_set: &TestSet, samples_only: bool) -> AppResult<JudgingData> {
        let checker = self.checker(&test_set.checker).await?;
        let mut tests = Vec::with_capacity(test_set.tests.len());
        for test in test_set.tests.iter().filter(|test| test.sample || !samples_only) {
            tests.push(PlannedTest {
                index: test.index,
                name: test.name.clone(),
                sample: test.sample,
                input: Input::File(self.blobs.local(&test.input).await?),
                answer: Some(Input::File(self.blobs.local(&test.answer).await?)),
            });
        }
        Ok(JudgingData { checker, tests })
    }

    async fn checker(&self, stored: &StoredChecker) -> AppResult<Checker> {
        let kind = match &stored.kind {
            StoredCheckerKind::Default { options } => CheckerKind::Default(*options),
            StoredCheckerKind::Custom { language, files } => {
                let mut sources = Vec::with_capacity(files.len());
                for file in files {
                    sources.push(SourceFile {
                        name: file.name.clone(),
                        content: self.blobs.get(&file.content).await?,
                    });
                }
                CheckerKind::Custom(ProgramSource {
                    language: language.clone(),
                    files: sources,
                })
            }
        };
        Ok(Checker {
            kind,
            args: stored.args.clone(),
            time_limit_ms: stored.time_limit_ms,
            memory_limit_mb: stored.memory_limit_mb,
        })
    }
}

/// What an unpacked package gives the engine, without a database (`codesm judge`, `codesm verify`).
#[must_use]
pub fn plan_package(package: &Package) -> JudgingData {
    let tests = (1..)
        .zip(&package.tests)
        .map(|(index, test)| PlannedTest {
            index,
            name: test.name.clone(),
            sample: test.sample,
            input: Input::File(test.input.clone()),
            answer: Some(Input::File(test.answer.clone())),
        })
        .collect();
    JudgingData {
        checker: package.checker.clone(),
        tests,
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
