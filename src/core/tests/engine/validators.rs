//! Output validators of the package format.

use crate::{checked, log, modern_tree, read, said, usual, validated, verdicts};
use codesm_core::judging::engine::{Engine, JudgePlan, Unobserved};
use codesm_core::judging::grading::{Grader, LegacyPoints, OnReject, ScoreMode, TestGroup, TestNode, VerdictMode};
use codesm_core::judging::{
    Exit, FeedbackCollect, LimitHit, Points, ProgramRole, RunReport, RunRequest, StdoutPlan, ValidatorConvention, Verdict,
};
use codesm_memory::fakes::{ScriptedSandbox, accepting_run};
use std::sync::Arc;
use std::time::Duration;

fn kattis(tests: u32, validators: usize) -> JudgePlan {
    validated(tests, validators, ValidatorConvention::Kattis)
}

#[tokio::test]
async fn a_validator_is_called_as_the_format_says() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(|request| Ok(usual(request)));
    let mut plan = kattis(2, 1);
    plan.tests[1].checker_args = Some(vec!["own".to_owned()]);
    plan.checker.time_limit_ms = 3000;
    plan.checker.memory_limit_mb = 100;
    plan.checker.output_limit_kb = 32;
    Engine::new(sandbox.clone()).judge(&plan, &Unobserved).await.unwrap();
    let requests = sandbox.run_requests();
    assert!(matches!(requests[0].stdout, StdoutPlan::Spool { .. }));
    let validator = &requests[1];
    assert_eq!(validator.role, ProgramRole::Checker);
    assert_eq!(validator.args, ["{files}/input", "{files}/answer", "{feedback}/", "strict"]);
    assert_eq!(requests[3].args[3..], ["own"]);
    let files: Vec<(&str, String)> = validator.files.iter().map(|(name, input)| (name.as_str(), read(input))).collect();
    assert_eq!(files, [("input", "in 1".to_owned()), ("answer", "out 1".to_owned())]);
    assert_eq!(read(&validator.stdin), "out");
    assert_eq!(validator.limits.cpu, Duration::from_secs(3));
    assert_eq!(
        (validator.limits.memory_bytes, validator.limits.output_bytes),
        (100 << 20, 32 << 10)
    );
    let feedback = validator.feedback.as_ref().unwrap();
    assert!(feedback.initial.is_empty());
    assert!(matches!(&feedback.collect, FeedbackCollect::Named(names) if names.contains(&"judgemessage.txt".to_owned())));
}

#[tokio::test]
async fn every_exit_code_but_42_and_43_is_the_problems_failure() {
    for (code, verdict) in [
        (42, Verdict::Accepted),
        (43, Verdict::WrongAnswer),
        (0, Verdict::CheckerFailed),
        (1, Verdict::CheckerFailed),
        (44, Verdict::CheckerFailed),
    ] {
        let messages = [("judgemessage.txt", "line 3"), ("teammessage.txt", "look again")];
        let outcome = checked(&kattis(1, 1), move |request| said(request, code, &messages)).await;
        assert_eq!((outcome.verdict, outcome.graded), (verdict, verdict), "{code}");
        assert_eq!(outcome.tests[0].message.as_deref(), Some("look again"));
        assert!(log(&outcome, 0).contains("line 3"));
        assert_eq!(
            log(&outcome, 0).contains(&format!("exit code {code}")),
            verdict == Verdict::CheckerFailed
        );
    }
}

#[tokio::test]
async fn a_validator_that_is_ended_or_stopped_is_the_problems_failure_whatever_its_code() {
    for (exit, limit, words) in [
        (Exit::Signal(11), None, "was ended by signal 11"),
        (Exit::Code(42), Some(LimitHit::Cpu), "was stopped at its CPU time limit"),
        (Exit::Code(43), Some(LimitHit::Output), "was stopped at its output limit"),
    ] {
        let check = move |request: &RunRequest| RunReport {
            exit,
            limit,
            stderr: "trace".into(),
            ..accepting_run(request)
        };
        let outcome = checked(&kattis(1, 1), check).await;
        assert_eq!(outcome.verdict, Verdict::CheckerFailed);
        assert_eq!(log(&outcome, 0), format!("the checker {words}\ntrace"));
    }
}

#[tokio::test]
async fn all_validators_must_accept_and_the_first_that_does_not_decides() {
    for (codes, verdict, asked) in [
        ([42, 42, 42], Verdict::Accepted, 3),
        ([42, 43, 42], Verdict::WrongAnswer, 2),
        ([42, 1, 43], Verdict::CheckerFailed, 2),
    ] {
        let sandbox = Arc::new(ScriptedSandbox::new(1));
        let mut validators = 0;
        sandbox.on_run(move |request| {
            if request.role == ProgramRole::Submission {
                return Ok(usual(request));
            }
            validators += 1;
            Ok(said(request, codes[validators - 1], &[]))
        });
        let outcome = Engine::new(sandbox.clone()).judge(&kattis(1, 3), &Unobserved).await.unwrap();
        assert_eq!((outcome.verdict, sandbox.run_requests().len()), (verdict, 1 + asked));
        assert_eq!(sandbox.compile_requests().len(), 4);
    }
}

#[tokio::test]
async fn a_program_that_failed_is_not_shown_to_the_validator() {
    let run = |request: &RunRequest| {
        assert_eq!(request.role, ProgramRole::Submission);
        Ok(RunReport {
            exit: Exit::Code(1),
            ..usual(request)
        })
    };
    let outcome = crate::judged(&kattis(1, 1), run).await.unwrap();
    assert_eq!(outcome.verdict, Verdict::RuntimeError);
}

fn legacy_tree(tests: u32) -> TestGroup {
    TestGroup {
        name: String::new(),
        children: (1..=tests).map(TestNode::Test).collect(),
        on_reject: OnReject::Continue,
        grader: Grader::Legacy {
            verdict: VerdictMode::default(),
            score: ScoreMode::default(),
            ignore_sample: false,
            accept_if_any_accepted: true,
            points: LegacyPoints::default(),
        },
        require_pass: Vec::new(),
    }
}

/// Judges test 2 (accepted: 42) with such files; test 1 is accepted without, if the rule does not ask for a score.
async fn points(rule: Points, tree: TestGroup, code: i32, files: &'static [(&'static str, &'static str)]) -> (Verdict, f64, String) {
    let mut plan = kattis(2, 1);
    plan.rules.points = rule;
    plan.rules.tree = Some(tree);
    let mut asked = 0;
    let check = move |request: &RunRequest| {
        asked += 1;
        let first: &[(&str, &str)] = if rule == Points::Legacy { &[("score.txt", "0")] } else { &[] };
        if asked == 1 {
            said(request, 42, first)
        } else {
            said(request, code, files)
        }
    };
    let outcome = checked(&plan, check).await;
    (outcome.tests[1].verdict, outcome.score, log(&outcome, 1).to_owned())
}

#[tokio::test]
async fn legacy_scores_are_mandatory_with_42_and_forbidden_with_43() {
    for (code, files, verdict, score) in [
        (42, [("score.txt", " 12.5\n")].as_slice(), Verdict::Accepted, 12.5),
        (42, &[("score.txt", "-3")], Verdict::Accepted, -3.0),
        (42, &[], Verdict::CheckerFailed, 0.0),
        (42, &[("score.txt", "many")], Verdict::CheckerFailed, 0.0),
        (42, &[("score.txt", "inf")], Verdict::CheckerFailed, 0.0),
        (42, &[("score.txt", "")], Verdict::CheckerFailed, 0.0),
        (43, &[], Verdict::WrongAnswer, 0.0),
        (43, &[("score.txt", "1")], Verdict::CheckerFailed, 0.0),
    ] {
        let (got, points, words) = points(Points::Legacy, legacy_tree(2), code, files).await;
        assert_eq!((got, points), (verdict, score), "{code} {files:?}: {words}");
    }
}

#[tokio::test]
async fn where_no_scores_are_asked_for_those_given_count_all_the_same() {
    for (code, files, verdict, score) in [
        (42, [("score.txt", "7")].as_slice(), Verdict::Accepted, 8.0),
        (42, &[], Verdict::Accepted, 2.0),
        (43, &[("score.txt", "7")], Verdict::WrongAnswer, 1.0),
    ] {
        let (got, points, words) = points(Points::None, legacy_tree(2), code, files).await;
        assert_eq!((got, points), (verdict, score), "{words}");
    }
}

#[tokio::test]
async fn scores_of_2025_09_are_points_or_a_share_never_both() {
    for (code, files, verdict, score) in [
        (42, [].as_slice(), Verdict::Accepted, 100.0),
        (42, &[("score.txt", "40")], Verdict::Accepted, 40.0),
        (42, &[("score_multiplier.txt", "0.25")], Verdict::Accepted, 25.0),
        (42, &[("score_multiplier.txt", "1.5")], Verdict::CheckerFailed, 0.0),
        (42, &[("score_multiplier.txt", "-0.1")], Verdict::CheckerFailed, 0.0),
        (
            42,
            &[("score.txt", "1"), ("score_multiplier.txt", "1")],
            Verdict::CheckerFailed,
            0.0,
        ),
        (42, &[("score.txt", "-1")], Verdict::CheckerFailed, 0.0),
        (42, &[("score.txt", "101")], Verdict::CheckerFailed, 0.0),
        (42, &[("score.txt", "nan")], Verdict::CheckerFailed, 0.0),
        (43, &[], Verdict::WrongAnswer, 0.0),
        (43, &[("score_multiplier.txt", "0")], Verdict::CheckerFailed, 0.0),
    ] {
        let (got, points, words) = points(Points::Modern, modern_tree(2), code, files).await;
        assert_eq!((got, points), (verdict, score), "{code} {files:?}: {words}");
    }
}

#[tokio::test]
async fn what_is_written_about_points_of_samples_of_2025_09_is_ignored() {
    let mut plan = kattis(2, 1);
    plan.rules.points = Points::Modern;
    plan.rules.tree = Some(modern_tree(2));
    for (code, text) in [(42, "nonsense"), (43, "3")] {
        let mut asked = 0;
        let check = move |request: &RunRequest| {
            asked += 1;
            if asked == 1 {
                said(request, code, &[("score.txt", text), ("score_multiplier.txt", text)])
            } else {
                said(request, 42, &[])
            }
        };
        let outcome = checked(&plan, check).await;
        assert_eq!((outcome.verdict, outcome.score), (Verdict::Accepted, 100.0), "samples never count");
        let sample = if code == 42 { Verdict::Accepted } else { Verdict::WrongAnswer };
        assert_eq!(verdicts(&outcome), [sample, Verdict::Accepted]);
    }
}

#[tokio::test]
async fn a_pass_fail_problem_has_no_points_to_give() {
    let outcome = checked(&kattis(1, 1), |request| said(request, 42, &[("score.txt", "nonsense")])).await;
    assert_eq!((outcome.verdict, outcome.score), (Verdict::Accepted, 1.0));
}
