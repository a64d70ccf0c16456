//! Rows that an earlier version wrote are read as they were meant.

use crate::databases::{Fixture, postgres, sqlite};
use codesm_contract::{Given, StoreFixture};
use codesm_core::jobs::Queue;
use codesm_core::judging::checker::{DEFAULT_MEMORY_LIMIT_MB, DEFAULT_OUTPUT_LIMIT_KB, DEFAULT_TIME_LIMIT_MS};
use codesm_core::judging::{CheckerKind, ComparatorOptions, Points, ValidatorConvention, Verdict};
use codesm_core::kernel::{BlobRef, TestSetId};
use codesm_core::problems::{
    ProblemRef, StoredChecker, StoredFile, StoredProgram, StoredRules, TestCase, TestExtras, TestSet, TestSetDetails,
};
use codesm_core::submissions::SubmissionState;

/// A custom checker, word for word as version 0.1 before the sixth step stored it.
const CUSTOM_CHECKER: &str = r#"{"kind":{"kind":"custom","language":"cpp","files":[{"name":"validate.cpp","content":{"sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","size":4}}]},"args":["--strict"],"time_limit_ms":60000,"memory_limit_mb":2048}"#;
/// The same of a default one.
const DEFAULT_CHECKER: &str = r#"{"kind":{"kind":"default","options":{"case_sensitive":true,"space_change_sensitive":false,"float_absolute_tolerance":1e-6,"float_relative_tolerance":null}},"args":[],"time_limit_ms":60000,"memory_limit_mb":2048}"#;

/// What the custom checker is now.
fn custom_checker() -> StoredChecker {
    StoredChecker {
        kind: CheckerKind::Custom {
            program: StoredProgram {
                language: "cpp".to_owned(),
                files: vec![StoredFile {
                    name: "validate.cpp".to_owned(),
                    content: BlobRef {
                        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
                        size: 4,
                    },
                }],
            },
            more: Vec::new(),
            convention: ValidatorConvention::Kattis,
        },
        args: vec!["--strict".to_owned()],
        time_limit_ms: DEFAULT_TIME_LIMIT_MS,
        memory_limit_mb: DEFAULT_MEMORY_LIMIT_MB,
        output_limit_kb: DEFAULT_OUTPUT_LIMIT_KB,
    }
}

fn test_set(id: TestSetId, problem_id: codesm_core::kernel::ProblemId, given: &Given) -> TestSet {
    let blob = |size| BlobRef {
        sha256: "0".repeat(64),
        size,
    };
    TestSet {
        id,
        problem_id,
        checker: StoredChecker::tokens(ComparatorOptions::default()),
        details: TestSetDetails {
            rules: StoredRules {
                points: Points::Modern,
                passes: Some(2),
                ..StoredRules::default()
            },
            ..TestSetDetails::default()
        },
        tests: vec![TestCase {
            index: 1,
            name: "secret/1".to_owned(),
            sample: false,
            group: Some("g".to_owned()),
            input: blob(1),
            answer: blob(2),
            explanation: None,
            extras: TestExtras {
                args: vec!["-x".to_owned()],
                ..TestExtras::default()
            },
        }],
        created_at: given.now(),
    }
}

/// Rows of today lose what is new on the way down and have its defaults after the way up; nothing else changes.
async fn are_read_with_defaults(fixture: Fixture) {
    let given = Given::new(&fixture);
    let user = given.added_user().await;
    let mut problem = given.problem(&user);
    let mut set = test_set(given.test_set_id(), problem.id, &given);
    problem.test_set_id = Some(set.id);
    let mut submission = given.submission(&user);
    submission.problem_id = Some(problem.id);
    submission.state = SubmissionState::Done;
    submission.verdict = Some(Verdict::Accepted);
    submission.max_score = Some(1.0);
    submission.sandbox_tier = Some("A".to_owned());
    submission.worker_speed = Some(1.5);
    let mut job = given.job(Queue::Submit);
    job.failed_on = Some("w".to_owned());
    let tx = given.tx().await;
    tx.problems().add(&problem).await.expect("add");
    tx.problems().add_test_set(&set).await.expect("add");
    tx.submissions().add(&submission).await.expect("add");
    tx.jobs().add(&job).await.expect("add");
    tx.commit().await.expect("commit");

    let database = &fixture.database;
    let steps = database.migration_status().await.expect("status");
    let since = steps.iter().rev().take_while(|step| !step.name.ends_with("_000005_audit")).count();
    database.migrate_down(u32::try_from(since).expect("few")).await.expect("down");
    fixture
        .place
        .run(&format!("UPDATE test_sets SET checker = '{CUSTOM_CHECKER}'"))
        .await;
    database.migrate_up().await.expect("up");
    database.require_current().await.expect("current");

    set.checker = custom_checker();
    set.details = TestSetDetails::default();
    set.tests[0].extras = TestExtras::default();
    let queries = fixture.problem_queries();
    assert_eq!(queries.test_set(set.id).await.expect("read"), Some(set.clone()));
    let view = queries.view(&ProblemRef::Id(problem.id)).await.expect("read").expect("a problem");
    assert_eq!(
        (view.own_languages, view.details),
        (vec!["cpp".to_owned()], TestSetDetails::default())
    );
    submission.sandbox_tier = None;
    submission.worker_speed = None;
    let read = fixture.submission_queries().by_id(submission.id).await.expect("read");
    assert_eq!(read, Some(submission));
    job.failed_on = None;
    job.subject = None;
    job.turn_at = job.created_at;
    job.trace_context = None;
    let tx = given.tx().await;
    assert_eq!(tx.jobs().get(job.id).await.expect("read"), Some(job));
    tx.commit().await.expect("commit");

    fixture
        .place
        .run(&format!("UPDATE test_sets SET checker = '{DEFAULT_CHECKER}'"))
        .await;
    set.checker = StoredChecker::tokens(ComparatorOptions {
        case_sensitive: true,
        float_absolute_tolerance: Some(1e-6),
        ..ComparatorOptions::default()
    });
    assert_eq!(queries.test_set(set.id).await.expect("read"), Some(set));
}

#[tokio::test]
async fn older_rows_of_sqlite_are_read_with_defaults() {
    are_read_with_defaults(sqlite().await).await;
}

#[tokio::test]
async fn older_rows_of_postgres_are_read_with_defaults() {
    are_read_with_defaults(postgres().await).await;
}
