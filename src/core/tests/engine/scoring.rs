//! Points, groups and the problem's own grader.

use crate::{bytes, judged, log, modern_tree, plan, program, read, usual, verdicts};
use bytes::Bytes;
use codesm_core::judging::engine::{Engine, JudgePlan, Unobserved};
use codesm_core::judging::grading::{Grader, LegacyPoints, OnReject, ScoreMode, TestGroup, TestNode, VerdictMode};
use codesm_core::judging::{Exit, LimitHit, ProgramRole, RunReport, RunRequest, SandboxError, Verdict};
use codesm_memory::fakes::{ScriptedSandbox, accepting_run};
use std::sync::Arc;

fn legacy(name: &str, is_any: bool, children: Vec<TestNode>) -> TestGroup {
    TestGroup {
        name: name.to_owned(),
        children,
        on_reject: OnReject::Continue,
        grader: Grader::Legacy {
            verdict: VerdictMode::FirstError,
            score: ScoreMode::Sum,
            ignore_sample: false,
            accept_if_any_accepted: is_any,
            points: LegacyPoints::default(),
        },
        require_pass: Vec::new(),
    }
}

fn scoring(tests: u32, tree: TestGroup) -> JudgePlan {
    let mut plan = plan(tests);
    plan.rules.tree = Some(tree);
    plan
}

fn all(tests: u32) -> Vec<TestNode> {
    (1..=tests).map(TestNode::Test).collect()
}

/// Tests of these indices crash.
fn crashing(indices: &'static [u32]) -> impl FnMut(&RunRequest) -> Result<RunReport, SandboxError> {
    move |request| {
        let crashes = indices.iter().any(|index| read(&request.stdin) == format!("in {index}"));
        Ok(RunReport {
            exit: if crashes { Exit::Signal(11) } else { Exit::Code(0) },
            ..usual(request)
        })
    }
}

#[tokio::test]
async fn some_of_the_points_are_partial() {
    let plan = scoring(5, modern_tree(5));
    for (crashes, verdict, graded, score) in [
        (&[][..], Verdict::Accepted, Verdict::Accepted, 100.0),
        (&[1], Verdict::Accepted, Verdict::RuntimeError, 100.0),
        (&[2, 4], Verdict::Partial, Verdict::RuntimeError, 50.0),
        (&[2, 3, 4, 5], Verdict::RuntimeError, Verdict::RuntimeError, 0.0),
    ] {
        let outcome = judged(&plan, crashing(crashes)).await.unwrap();
        assert_eq!(
            (outcome.verdict, outcome.graded, outcome.score),
            (verdict, graded, score),
            "{crashes:?}"
        );
        assert_eq!(outcome.max_score, Some(100.0));
        let groups: Vec<_> = outcome
            .groups
            .iter()
            .map(|group| (group.name.as_str(), group.score, group.max_score))
            .collect();
        assert_eq!(groups, [("sample", 0.0, None), ("secret", score, Some(100.0))]);
        let points: f64 = outcome.tests[1..].iter().map(|test| test.score).sum();
        assert_eq!((points, outcome.tests.len()), (score, 5));
    }
}

#[tokio::test]
async fn in_the_legacy_format_only_accepted_submissions_have_points() {
    let mut plan = scoring(3, legacy("", false, all(3)));
    let counted = judged(&plan, crashing(&[3])).await.unwrap();
    assert_eq!(
        (counted.verdict, counted.score),
        (Verdict::Partial, 2.0),
        "other formats ask for no acceptance"
    );
    plan.rules.accepted_only = true;
    let strict = judged(&plan, crashing(&[3])).await.unwrap();
    assert_eq!(
        (strict.verdict, strict.score, strict.max_score),
        (Verdict::RuntimeError, 0.0, Some(3.0)),
        "the score of a root that is not accepted is ignored"
    );
    plan.rules.tree = Some(legacy("", true, all(3)));
    let lenient = judged(&plan, crashing(&[3])).await.unwrap();
    assert_eq!(
        (lenient.verdict, lenient.graded, lenient.score),
        (Verdict::Partial, Verdict::Accepted, 2.0)
    );
    let nothing = judged(&scoring(2, legacy("", true, all(2))), crashing(&[1, 2])).await.unwrap();
    assert_eq!((nothing.verdict, nothing.score), (Verdict::RuntimeError, 0.0));
}

#[tokio::test]
async fn where_less_is_better_the_graders_word_is_the_verdict() {
    let mut plan = scoring(2, legacy("", true, all(2)));
    plan.rules.minimise = true;
    let outcome = judged(&plan, crashing(&[2])).await.unwrap();
    assert_eq!((outcome.verdict, outcome.score, outcome.max_score), (Verdict::Accepted, 1.0, None));
}

#[tokio::test]
async fn running_all_tests_changes_neither_verdict_nor_points() {
    let stopping = TestGroup {
        on_reject: OnReject::Break,
        ..legacy("secret/1", false, vec![TestNode::Test(2), TestNode::Test(3)])
    };
    let tree = legacy("", true, vec![TestNode::Test(1), TestNode::Group(stopping), TestNode::Test(4)]);
    let mut plan = scoring(4, tree);
    let early = judged(&plan, crashing(&[2])).await.unwrap();
    plan.stop_early = false;
    let whole = judged(&plan, crashing(&[2])).await.unwrap();
    assert_eq!(
        (early.verdict, early.score, &early.groups),
        (whole.verdict, whole.score, &whole.groups)
    );
    assert_eq!(early.tests[2].verdict, Verdict::Skipped);
    assert_eq!((whole.tests[2].verdict, whole.tests[2].score), (Verdict::Accepted, 0.0));
}

/// Two tests, graded by a program of the problem.
fn graded() -> JudgePlan {
    let mut tree = legacy("", false, all(2));
    tree.grader = Grader::Custom {
        flags: vec!["subtask_score=12".to_owned()],
        points: LegacyPoints {
            range_max: Some(12.0),
            ..LegacyPoints::default()
        },
    };
    let mut plan = scoring(2, tree);
    plan.rules.grader = Some(program("python"));
    plan
}

fn prints(request: &RunRequest, text: &'static str) -> RunReport {
    RunReport {
        stdout: Bytes::from_static(text.as_bytes()),
        ..accepting_run(request)
    }
}

#[tokio::test]
async fn the_problems_own_grader_reads_grades_and_prints_one() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(|request| {
        Ok(match request.role {
            ProgramRole::Submission => crashing(&[2])(request)?,
            ProgramRole::Checker => prints(request, "AC 7.5\n"),
        })
    });
    let outcome = Engine::new(sandbox.clone()).judge(&graded(), &Unobserved).await.unwrap();
    assert_eq!(
        (outcome.verdict, outcome.score, outcome.max_score),
        (Verdict::Partial, 7.5, Some(12.0))
    );
    let requests = sandbox.run_requests();
    let grader = requests.last().unwrap();
    assert_eq!(
        (grader.args.as_slice(), read(&grader.stdin)),
        (["subtask_score=12".to_owned()].as_slice(), "AC 1\nRTE 0\n".to_owned())
    );
}

#[tokio::test]
async fn whatever_a_grader_does_wrong_is_the_problems_failure() {
    type Wrong = fn(&mut RunReport);
    let cases: [(Wrong, &str); 6] = [
        (|report| report.exit = Exit::Code(1), "ended with exit code 1"),
        (|report| report.exit = Exit::Signal(6), "was ended by signal 6"),
        (|report| report.limit = Some(LimitHit::Cpu), "was stopped at its CPU time limit"),
        (|report| report.stdout = Bytes::new(), "printed no verdict and score"),
        (
            |report| report.stdout = Bytes::from_static(b"AC 1\nAC 2\n"),
            "printed no verdict and score",
        ),
        (
            |report| report.stdout = Bytes::from_static(b"AC nan"),
            "printed no verdict and score",
        ),
    ];
    for (wrong, words) in cases {
        let run = move |request: &RunRequest| {
            Ok(match request.role {
                ProgramRole::Submission => usual(request),
                ProgramRole::Checker => {
                    let mut report = prints(request, "AC 1");
                    report.stderr = Bytes::from_static(b"trace");
                    wrong(&mut report);
                    report
                }
            })
        };
        let outcome = judged(&graded(), run).await.unwrap();
        assert_eq!(
            (outcome.verdict, outcome.graded, outcome.score),
            (Verdict::CheckerFailed, Verdict::CheckerFailed, 0.0)
        );
        assert!(
            log(&outcome, 0).contains(words) && log(&outcome, 0).contains("trace"),
            "{}",
            log(&outcome, 0)
        );
        assert_eq!(verdicts(&outcome), [Verdict::Accepted; 2]);
    }
}

#[tokio::test]
async fn a_grader_that_is_missing_is_the_problems_failure() {
    let mut plan = graded();
    plan.rules.grader = None;
    let outcome = judged(&plan, |request| Ok(usual(request))).await.unwrap();
    assert_eq!(outcome.verdict, Verdict::CheckerFailed);
    assert!(log(&outcome, 0).contains("is missing"));
}

#[tokio::test]
async fn a_refusal_by_the_grader_is_told_as_such() {
    let run = |request: &RunRequest| {
        Ok(match request.role {
            ProgramRole::Submission => usual(request),
            ProgramRole::Checker => prints(request, "WA 5"),
        })
    };
    let mut plan = graded();
    plan.rules.accepted_only = true;
    let outcome = judged(&plan, run).await.unwrap();
    assert_eq!((outcome.verdict, outcome.score), (Verdict::WrongAnswer, 0.0));
}

#[tokio::test]
async fn what_a_grader_says_can_make_later_tests_needless() {
    let mut first = legacy("secret/1", false, vec![TestNode::Test(1)]);
    first.grader = graded().rules.tree.unwrap().grader;
    let mut tree = legacy("", false, vec![TestNode::Group(first), TestNode::Test(2), TestNode::Test(3)]);
    tree.on_reject = OnReject::Break;
    let mut plan = scoring(3, tree);
    plan.rules.grader = Some(program("python"));
    let run = |request: &RunRequest| {
        assert!(
            ![bytes("in 2"), bytes("in 3")]
                .iter()
                .any(|input| read(input) == read(&request.stdin))
        );
        Ok(match request.role {
            ProgramRole::Submission => usual(request),
            ProgramRole::Checker => prints(request, "TLE 0"),
        })
    };
    let outcome = judged(&plan, run).await.unwrap();
    assert_eq!(verdicts(&outcome), [Verdict::Accepted, Verdict::Skipped, Verdict::Skipped]);
    assert_eq!(outcome.verdict, Verdict::TimeLimit);
}

#[tokio::test]
async fn a_tree_that_names_tests_there_are_not_is_a_fault() {
    let error = judged(&scoring(1, legacy("", false, all(2))), |request| Ok(usual(request)))
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        SandboxError::Fault {
            code: "judging.unknown_test",
            ..
        }
    ));
}
