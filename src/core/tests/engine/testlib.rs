//! Checkers and interactors made with testlib.

use crate::{checked, log, modern_tree, program, read, usual, validated};
use bytes::Bytes;
use codesm_core::judging::engine::{Engine, JudgePlan, Unobserved};
use codesm_core::judging::{
    Exit, FeedbackCollect, InteractReport, InteractRequest, Points, ProgramRole, RunReport, RunRequest, ValidatorConvention, Verdict,
};
use codesm_memory::fakes::{ScriptedSandbox, accepting_run, accepting_talk};
use std::sync::Arc;

fn testlib(tests: u32) -> JudgePlan {
    validated(tests, 1, ValidatorConvention::Testlib)
}

fn says(request: &RunRequest, code: i32, words: &'static str) -> RunReport {
    RunReport {
        exit: Exit::Code(code),
        stderr: Bytes::from_static(words.as_bytes()),
        ..accepting_run(request)
    }
}

#[tokio::test]
async fn a_checker_is_called_with_three_files_and_its_words_are_for_the_author() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(|request| {
        Ok(match request.role {
            ProgramRole::Submission => usual(request),
            ProgramRole::Checker => says(request, 1, "wrong answer 1st words differ\n"),
        })
    });
    let outcome = Engine::new(sandbox.clone()).judge(&testlib(1), &Unobserved).await.unwrap();
    assert_eq!(
        (outcome.verdict, log(&outcome, 0)),
        (Verdict::WrongAnswer, "wrong answer 1st words differ")
    );
    assert_eq!(outcome.tests[0].message, None);
    let checker = &sandbox.run_requests()[1];
    assert_eq!(checker.args, ["{files}/input", "{files}/output", "{files}/answer", "strict"]);
    let files: Vec<(&str, String)> = checker.files.iter().map(|(name, input)| (name.as_str(), read(input))).collect();
    assert_eq!(
        files,
        [
            ("input", "in 1".to_owned()),
            ("answer", "out 1".to_owned()),
            ("output", "out".to_owned())
        ]
    );
    assert_eq!(read(&checker.stdin), "");
}

#[tokio::test]
async fn exit_codes_are_those_of_testlib() {
    for (code, verdict) in [
        (0, Verdict::Accepted),
        (1, Verdict::WrongAnswer),
        (2, Verdict::WrongAnswer),
        (3, Verdict::CheckerFailed),
        (4, Verdict::WrongAnswer),
        (7, Verdict::WrongAnswer),
        (8, Verdict::WrongAnswer),
        (42, Verdict::CheckerFailed),
        (255, Verdict::CheckerFailed),
    ] {
        let outcome = checked(&testlib(1), move |request| says(request, code, "points 0.5 half")).await;
        assert_eq!(outcome.verdict, verdict, "{code}");
        assert!(log(&outcome, 0).contains("half"), "{code}");
    }
    let crash = |request: &RunRequest| RunReport {
        exit: Exit::Signal(6),
        ..accepting_run(request)
    };
    assert_eq!(checked(&testlib(1), crash).await.verdict, Verdict::CheckerFailed);
}

#[tokio::test]
async fn a_failure_is_told_once() {
    let outcome = checked(&testlib(1), |request| says(request, 3, "FAIL jury has no answer")).await;
    assert_eq!(
        log(&outcome, 0),
        "the checker says that it failed (exit code 3)\nFAIL jury has no answer"
    );
}

#[tokio::test]
async fn partial_points_are_as_many_as_standard_error_says() {
    let mut plan = testlib(2);
    plan.rules.points = Points::Testlib;
    plan.rules.tree = Some(modern_tree(2));
    for (words, verdict, score) in [
        ("points 12.5 nearly", Verdict::Partial, 12.5),
        ("points 100", Verdict::Accepted, 100.0),
        ("points many", Verdict::CheckerFailed, 0.0),
        ("", Verdict::CheckerFailed, 0.0),
        ("points 101", Verdict::CheckerFailed, 0.0),
    ] {
        let mut asked = 0;
        let check = move |request: &RunRequest| {
            asked += 1;
            if asked == 1 {
                says(request, 0, "ok")
            } else {
                says(request, 7, words)
            }
        };
        let outcome = checked(&plan, check).await;
        assert_eq!((outcome.verdict, outcome.score), (verdict, score), "{words}");
    }
}

fn interactive() -> JudgePlan {
    let mut plan = testlib(1);
    plan.rules.interactive = true;
    plan.rules.interactor = Some(program("c"));
    plan
}

fn talk(request: &InteractRequest, code: i32) -> InteractReport {
    InteractReport {
        interactor: RunReport {
            exit: Exit::Code(code),
            feedback: vec![("output".to_owned(), Bytes::from_static(b"7 questions"))],
            ..accepting_run(&request.interactor)
        },
        ..accepting_talk(request)
    }
}

#[tokio::test]
async fn what_the_interactor_writes_down_is_checked_by_the_checker() {
    for (code, verdict) in [(0, Verdict::Accepted), (1, Verdict::WrongAnswer), (3, Verdict::CheckerFailed)] {
        let sandbox = Arc::new(ScriptedSandbox::new(1));
        sandbox.on_interact(|request| Ok(talk(request, 0)));
        sandbox.on_run(move |request| Ok(says(request, code, "")));
        let outcome = Engine::new(sandbox.clone()).judge(&interactive(), &Unobserved).await.unwrap();
        assert_eq!(outcome.verdict, verdict);
        let asked = &sandbox.interact_requests()[0].interactor;
        assert_eq!(asked.args, ["{files}/input", "{feedback}/output", "{files}/answer"]);
        assert_eq!(asked.feedback.as_ref().unwrap().collect, FeedbackCollect::Everything);
        let [checker] = sandbox.run_requests().try_into().unwrap();
        let output = checker.files.iter().find(|(name, _)| name == "output").unwrap();
        assert_eq!(read(&output.1), "7 questions");
    }
}

#[tokio::test]
async fn a_talk_that_went_wrong_needs_no_checker() {
    for (code, verdict) in [(1, Verdict::WrongAnswer), (2, Verdict::WrongAnswer), (3, Verdict::CheckerFailed)] {
        let sandbox = Arc::new(ScriptedSandbox::new(1));
        sandbox.on_interact(move |request| Ok(talk(request, code)));
        let outcome = Engine::new(sandbox.clone()).judge(&interactive(), &Unobserved).await.unwrap();
        assert_eq!((outcome.verdict, sandbox.run_requests().len()), (verdict, 0));
    }
}
