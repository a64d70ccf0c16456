//! What [`codesm_core::problems::ProblemRepository`] promises.

use crate::store::test_case;
use crate::{Given, StoreFixture};
use chrono::Duration;
use codesm_core::judging::grading::{Aggregation, Grader, LegacyPoints, OnReject, ScoreMode, TestGroup, TestNode, VerdictMode};
use codesm_core::judging::{ComparatorOptions, Include, Points, ResourceLimits, ValidatorConvention, Verdict};
use codesm_core::kernel::{BlobRef, Slug};
use codesm_core::problems::{
    Constraint, Difficulty, Label, Problem, ProblemRef, ProblemStatus, StoredChecker, StoredCheckerKind, StoredFile, StoredJurySubmission,
    StoredProgram, StoredRules, TestCase, TestExtras, TestSet, TestSetDetails,
};
use codesm_core::store::StoreError;

/// Changes every field that `save` writes, except the test set.
fn changed(given: &Given, problem: &Problem) -> Problem {
    Problem {
        id: problem.id,
        slug: Slug::parse("another-name").expect("a slug"),
        title: "Größe \u{0} 漢字".to_owned(),
        statement: "NUL \u{0} and DLE \u{10} \"quoted\"".to_owned(),
        difficulty: Difficulty::Expert,
        tags: vec!["a\u{0}b".to_owned(), "%_\\".to_owned()],
        status: ProblemStatus::Archived,
        author_id: problem.author_id,
        limits: ResourceLimits {
            time_ms: 60_000,
            memory_mb: u32::MAX,
            output_kb: 1,
        },
        test_set_id: problem.test_set_id,
        submissions_total: problem.submissions_total,
        submissions_accepted: problem.submissions_accepted,
        created_at: problem.created_at,
        updated_at: given.now() + Duration::microseconds(1),
        version: problem.version,
    }
}

fn test_set(given: &Given, problem: &Problem, tests: Vec<TestCase>) -> TestSet {
    TestSet {
        id: given.test_set_id(),
        problem_id: problem.id,
        checker: StoredChecker::tokens(ComparatorOptions {
            case_sensitive: true,
            space_change_sensitive: false,
            float_absolute_tolerance: Some(1e-6),
            float_relative_tolerance: Some(0.1),
        }),
        details: TestSetDetails::default(),
        tests,
        created_at: given.now(),
    }
}

async fn read(given: &Given, problem: &Problem) -> Problem {
    let tx = given.tx().await;
    let read = tx.problems().find(&ProblemRef::Id(problem.id)).await;
    read.expect("read").expect("a problem")
}

/// A problem comes back exactly as added, by id and by slug.
pub async fn a_problem_comes_back_as_added(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let author = given.added_user().await;
    let plain = given.added_problem(&author).await;
    let mut full = changed(&given, &given.problem(&author));
    full.submissions_total = 9;
    full.submissions_accepted = 4;
    given.add_problems(std::slice::from_ref(&full)).await;
    let tx = given.tx().await;
    for problem in [plain, full] {
        let by_id = tx.problems().find(&ProblemRef::Id(problem.id)).await.expect("read");
        assert_eq!(by_id.as_ref(), Some(&problem));
        let by_slug = tx.problems().find(&ProblemRef::Slug(problem.slug.clone())).await;
        assert_eq!(by_slug.expect("read"), Some(problem));
    }
    let unknown = Slug::parse("unknown").expect("a slug");
    assert_eq!(tx.problems().find(&ProblemRef::Slug(unknown)).await.expect("read"), None);
    let unknown = given.problem(&author).id;
    assert_eq!(tx.problems().find(&ProblemRef::Id(unknown)).await.expect("read"), None);
}

/// `save` writes every field and MUST store `version + 1`.
pub async fn saving_raises_the_version(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let problem = given.added_problem(&given.added_user().await).await;
    let mut saved = changed(&given, &problem);
    let tests = test_set(&given, &problem, vec![test_case(1)]);
    saved.test_set_id = Some(tests.id);
    let tx = given.tx().await;
    // In this order: the problem may point to its tests before they are there.
    tx.problems().save(&saved).await.expect("save");
    tx.problems().add_test_set(&tests).await.expect("add");
    tx.commit().await.expect("commit");
    saved.version = 2;
    assert_eq!(read(&given, &problem).await, saved);
}

/// `save` MUST fail with `Stale` unless the stored version is the problem's.
pub async fn an_old_version_is_stale(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let author = given.added_user().await;
    let problem = given.added_problem(&author).await;
    let tx = given.tx().await;
    tx.problems().save(&problem).await.expect("save");
    let again = tx.problems().save(&problem).await;
    assert!(matches!(again, Err(StoreError::Stale)), "{again:?}");
    let unknown = tx.problems().save(&given.problem(&author)).await;
    assert!(matches!(unknown, Err(StoreError::Stale)), "{unknown:?}");
}

/// Slugs MUST be unique, for `add` and `save`.
pub async fn a_slug_belongs_to_one_problem(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let author = given.added_user().await;
    let (there, mut second) = (given.added_problem(&author).await, given.added_problem(&author).await);
    let mut third = given.problem(&author);
    third.slug = there.slug.clone();
    second.slug = there.slug.clone();
    let tx = given.tx().await;
    let added = tx.problems().add(&third).await;
    drop(tx);
    let tx = given.tx().await;
    let saved = tx.problems().save(&second).await;
    for result in [added, saved] {
        assert!(
            matches!(&result, Err(StoreError::Conflict(rule)) if rule == "problems.slug"),
            "{result:?}"
        );
    }
}

/// `save` MUST leave the verdict counters alone: somebody may have counted since the problem was read.
pub async fn saving_leaves_the_counters_alone(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let problem = given.added_problem(&given.added_user().await).await;
    let tx = given.tx().await;
    tx.problems().count_verdict(problem.id, true).await.expect("count");
    tx.problems().count_verdict(problem.id, false).await.expect("count");
    tx.problems().save(&problem).await.expect("counting does not raise the version");
    tx.commit().await.expect("commit");
    let read = read(&given, &problem).await;
    assert_eq!((read.submissions_total, read.submissions_accepted, read.version), (2, 1, 2));
}

/// `count_verdict` MUST be atomic.
pub async fn no_count_is_lost(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let author = given.added_user().await;
    let (problem, other) = (given.added_problem(&author).await, given.added_problem(&author).await);
    let tasks: Vec<_> = (0..16)
        .map(|n| {
            let (unit_of_work, id) = (fixture.unit_of_work(), problem.id);
            tokio::spawn(async move {
                let tx = unit_of_work.begin().await.expect("begin");
                tx.problems().count_verdict(id, n % 4 == 0).await.expect("count");
                tx.commit().await.expect("commit");
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    let counted = read(&given, &problem).await;
    assert_eq!((counted.submissions_total, counted.submissions_accepted), (16, 4));
    assert_eq!(read(&given, &other).await, other);
}

/// A test set MUST come back exactly as added, in judging order, however many tests it has.
pub async fn a_test_set_comes_back_as_added(fixture: &impl StoreFixture) {
    let given = Given::new(fixture);
    let problem = given.added_problem(&given.added_user().await).await;
    let mut tests: Vec<TestCase> = (1..=1001).map(test_case).collect();
    tests[0].sample = true;
    tests[0].group = Some("group \u{0}".to_owned());
    tests[0].explanation = Some("because\nü".to_owned());
    tests[0].input.size = u64::from(u32::MAX) * 1000;
    tests[1].extras = TestExtras {
        args: vec!["--n \u{0}".to_owned(), String::new()],
        files: vec![file("lib/table.txt")],
        checker_args: Some(Vec::new()),
        comparator: Some(ComparatorOptions::default()),
    };
    let large = test_set(&given, &problem, tests);
    let mut custom = test_set(&given, &problem, Vec::new());
    custom.checker.kind = StoredCheckerKind::Custom {
        program: program("cpp"),
        more: vec![program("python")],
        convention: ValidatorConvention::Testlib,
    };
    custom.checker.args = vec!["--strict \"x\"".to_owned(), String::new()];
    custom.details = details();
    let tx = given.tx().await;
    tx.problems().add_test_set(&large).await.expect("add");
    tx.problems().add_test_set(&custom).await.expect("add");
    tx.commit().await.expect("commit");
    let queries = fixture.problem_queries();
    assert_eq!(queries.test_set(large.id).await.expect("read"), Some(large));
    assert_eq!(queries.test_set(custom.id).await.expect("read"), Some(custom));
}

fn file(name: &str) -> StoredFile {
    StoredFile {
        name: name.to_owned(),
        content: BlobRef {
            sha256: "0".repeat(64),
            size: 0,
        },
    }
}

pub(crate) fn program(language: &str) -> StoredProgram {
    StoredProgram {
        language: language.to_owned(),
        files: vec![file("lib/validate.x")],
    }
}

/// Everything a test set can have besides tests and checker.
pub(crate) fn details() -> TestSetDetails {
    let inner = TestGroup {
        name: "secret/ü \u{0}".to_owned(),
        children: vec![TestNode::Test(2)],
        on_reject: OnReject::Break,
        grader: Grader::Modern {
            aggregation: Aggregation::Min,
            max_score: Some(0.1 + 0.2),
        },
        require_pass: vec!["sample".to_owned()],
    };
    let graded = TestGroup {
        name: "secret".to_owned(),
        children: vec![TestNode::Group(inner)],
        on_reject: OnReject::Continue,
        grader: Grader::Custom {
            flags: vec!["--min".to_owned()],
            points: LegacyPoints::default(),
        },
        require_pass: Vec::new(),
    };
    let root = TestGroup {
        name: String::new(),
        children: vec![TestNode::Test(1), TestNode::Group(graded)],
        on_reject: OnReject::Break,
        grader: Grader::Legacy {
            verdict: VerdictMode::AlwaysAccept,
            score: ScoreMode::Avg,
            ignore_sample: true,
            accept_if_any_accepted: false,
            points: LegacyPoints {
                range_min: Some(-1e300),
                ..LegacyPoints::default()
            },
        },
        require_pass: Vec::new(),
    };
    TestSetDetails {
        rules: StoredRules {
            interactive: true,
            interactor: Some(program("rust")),
            passes: Some(3),
            points: Points::Modern,
            tree: Some(root),
            minimise: true,
            accepted_only: true,
            grader: Some(program("go")),
            includes: vec![Include {
                languages: vec!["cpp".to_owned()],
                files: program(""),
            }],
            languages: Some(vec!["cpp".to_owned()]),
            file_writing: false,
            code_kb: Some(64),
            compile_time_ms: Some(1),
            compile_memory_mb: Some(u32::MAX),
        },
        attachments: vec![file("data/häuser.zip")],
        jury_submissions: vec![StoredJurySubmission {
            path: "accepted/a.cpp".to_owned(),
            program: program("cpp"),
            label: Label {
                expected: vec![Verdict::Accepted],
                partial: true,
                score: Some((0.1, 1e300)),
                constraints: vec![Constraint {
                    tests: Some(vec![1]),
                    message: Some("\u{0}".to_owned()),
                    ..Constraint::default()
                }],
                ..Label::default()
            },
        }],
    }
}

crate::suite::suite! {
    ($)
    /// Runs the clauses of `ProblemRepository`.
    problem_repository_suite, problem_repository, [
        a_problem_comes_back_as_added,
        saving_raises_the_version,
        an_old_version_is_stale,
        a_slug_belongs_to_one_problem,
        saving_leaves_the_counters_alone,
        no_count_is_lost,
        a_test_set_comes_back_as_added,
    ]
}
