//! Puts a package's tests and programs into the blob store.

use super::{
    JurySubmission, Package, PackageTest, Problem, StoredChecker, StoredCheckerKind, StoredFile, StoredJurySubmission, StoredProgram,
    StoredRules, TestCase, TestExtras, TestSet, TestSetDetails,
};
use crate::judging::{Checker, CheckerKind, Include, ProgramSource, Rules};
use crate::kernel::{AppResult, BlobStore, IdGenerator, LocalFile, TestSetId};

/// Stores everything of the package that a test set holds.
pub(super) async fn store_tests(blobs: &dyn BlobStore, ids: &dyn IdGenerator, package: &Package, problem: &Problem) -> AppResult<TestSet> {
    let mut tests = Vec::with_capacity(package.tests.len());
    for (index, test) in (1..).zip(&package.tests) {
        tests.push(store_test(blobs, index, test).await?);
    }
    let mut jury_submissions = Vec::new();
    for JurySubmission { path, program, label, .. } in &package.submissions {
        if let Some(program) = program {
            jury_submissions.push(StoredJurySubmission {
                path: path.clone(),
                program: store_program(blobs, program).await?,
                label: label.clone(),
            });
        }
    }
    Ok(TestSet {
        id: problem.test_set_id.unwrap_or_else(|| TestSetId::generate(ids)),
        problem_id: problem.id,
        checker: store_checker(blobs, &package.checker).await?,
        details: TestSetDetails {
            rules: store_rules(blobs, &package.rules).await?,
            attachments: store_files(blobs, &package.attachments).await?,
            jury_submissions,
        },
        tests,
        created_at: problem.created_at,
    })
}

async fn store_test(blobs: &dyn BlobStore, index: u32, test: &PackageTest) -> AppResult<TestCase> {
    Ok(TestCase {
        index,
        name: test.name.clone(),
        sample: test.sample,
        group: test.group.clone(),
        input: blobs.put_file(&test.input).await?,
        answer: blobs.put_file(&test.answer).await?,
        explanation: test.explanation.clone(),
        extras: TestExtras {
            args: test.args.clone(),
            files: store_files(blobs, &test.files).await?,
            checker_args: test.checker_args.clone(),
            comparator: test.comparator,
        },
    })
}

async fn store_files(blobs: &dyn BlobStore, files: &[(String, LocalFile)]) -> AppResult<Vec<StoredFile>> {
    let mut stored = Vec::with_capacity(files.len());
    for (name, file) in files {
        stored.push(StoredFile {
            name: name.clone(),
            content: blobs.put_file(file).await?,
        });
    }
    Ok(stored)
}

async fn store_program(blobs: &dyn BlobStore, program: &ProgramSource) -> AppResult<StoredProgram> {
    let mut files = Vec::with_capacity(program.files.len());
    for file in &program.files {
        files.push(StoredFile {
            name: file.name.clone(),
            content: blobs.put(file.content.clone()).await?,
        });
    }
    Ok(StoredProgram {
        language: program.language.clone(),
        files,
    })
}

async fn store_optional(blobs: &dyn BlobStore, program: Option<&ProgramSource>) -> AppResult<Option<StoredProgram>> {
    Ok(match program {
        Some(program) => Some(store_program(blobs, program).await?),
        None => None,
    })
}

async fn store_checker(blobs: &dyn BlobStore, checker: &Checker) -> AppResult<StoredChecker> {
    let kind = match &checker.kind {
        CheckerKind::Default { options } => StoredCheckerKind::Default { options: *options },
        CheckerKind::Custom { program, more, convention } => {
            let mut others = Vec::with_capacity(more.len());
            for program in more {
                others.push(store_program(blobs, program).await?);
            }
            StoredCheckerKind::Custom {
                program: store_program(blobs, program).await?,
                more: others,
                convention: *convention,
            }
        }
    };
    Ok(StoredChecker {
        kind,
        args: checker.args.clone(),
        time_limit_ms: checker.time_limit_ms,
        memory_limit_mb: checker.memory_limit_mb,
        output_limit_kb: checker.output_limit_kb,
    })
}

async fn store_rules(blobs: &dyn BlobStore, rules: &Rules) -> AppResult<StoredRules> {
    let Rules {
        interactive,
        interactor,
        passes,
        points,
        tree,
        minimise,
        accepted_only,
        grader,
        includes,
        languages,
        file_writing,
        code_kb,
        compile_time_ms,
        compile_memory_mb,
    } = rules;
    let mut stored = Vec::with_capacity(includes.len());
    for include in includes {
        stored.push(Include {
            languages: include.languages.clone(),
            files: store_program(blobs, &include.files).await?,
        });
    }
    Ok(StoredRules {
        interactive: *interactive,
        interactor: store_optional(blobs, interactor.as_ref()).await?,
        passes: *passes,
        points: *points,
        tree: tree.clone(),
        minimise: *minimise,
        accepted_only: *accepted_only,
        grader: store_optional(blobs, grader.as_ref()).await?,
        includes: stored,
        languages: languages.clone(),
        file_writing: *file_writing,
        code_kb: *code_kb,
        compile_time_ms: *compile_time_ms,
        compile_memory_mb: *compile_memory_mb,
    })
}
