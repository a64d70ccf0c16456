//! Problems whose submissions are run several times on a test.

use crate::{bytes, checked, log, modern_tree, read, said, usual, validated};
use bytes::Bytes;
use codesm_core::judging::engine::{Engine, JudgePlan, Unobserved};
use codesm_core::judging::{
    Exit, FeedbackCollect, InteractReport, Points, ProgramRole, RunReport, RunRequest, StdoutOutcome, ValidatorConvention, Verdict,
};
use codesm_memory::fakes::{ScriptedSandbox, accepting_run, accepting_talk};
use std::sync::Arc;
use std::time::Duration;

fn plan(passes: u32) -> JudgePlan {
    let mut plan = validated(1, 1, ValidatorConvention::Kattis);
    plan.rules.passes = Some(passes);
    plan
}

/// Asks for another pass `more` times.
fn asking(more: usize) -> impl FnMut(&RunRequest) -> RunReport {
    let mut asked = 0;
    move |request| {
        asked += 1;
        let next = format!("pass {}", asked + 1);
        if asked <= more {
            said(request, 42, &[("nextpass.in", &next), ("state", &asked.to_string())])
        } else {
            said(request, 42, &[("state", &asked.to_string())])
        }
    }
}

#[tokio::test]
async fn every_pass_reads_what_the_validator_left_and_feedback_files_persist() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    let mut check = asking(2);
    sandbox.on_run(move |request| {
        Ok(match request.role {
            ProgramRole::Submission => RunReport {
                stdout_outcome: StdoutOutcome::Spooled(bytes(&format!("answer to {}", read(&request.stdin)))),
                ..accepting_run(request)
            },
            ProgramRole::Checker => check(request),
        })
    });
    let outcome = Engine::new(sandbox.clone()).judge(&plan(3), &Unobserved).await.unwrap();
    assert_eq!(outcome.verdict, Verdict::Accepted);
    let requests = sandbox.run_requests();
    let (submissions, validators): (Vec<_>, Vec<_>) = requests.iter().partition(|request| request.role == ProgramRole::Submission);
    let inputs: Vec<String> = submissions.iter().map(|request| read(&request.stdin)).collect();
    assert_eq!(inputs, ["in 1", "pass 2", "pass 3"]);
    for (validator, input) in validators.iter().zip(["in 1", "pass 2", "pass 3"]) {
        assert_eq!(read(&validator.files[0].1), input);
        assert_eq!(read(&validator.files[1].1), "out 1", "the answer is the same in every pass");
        assert_eq!(read(&validator.stdin), format!("answer to {input}"));
        assert_eq!(validator.feedback.as_ref().unwrap().collect, FeedbackCollect::Everything);
    }
    let left: Vec<Vec<(String, String)>> = validators
        .iter()
        .map(|request| {
            let initial = &request.feedback.as_ref().unwrap().initial;
            initial.iter().map(|(name, input)| (name.clone(), read(input))).collect()
        })
        .collect();
    let state = |text: &str| vec![("state".to_owned(), text.to_owned())];
    assert_eq!(left, [vec![], state("1"), state("2")], "the next input is moved away");
}

#[tokio::test]
async fn asking_for_too_many_passes_is_the_problems_failure() {
    assert_eq!(checked(&plan(2), asking(1)).await.verdict, Verdict::Accepted);
    let outcome = checked(&plan(2), asking(2)).await;
    assert_eq!(
        (outcome.verdict, log(&outcome, 0)),
        (Verdict::CheckerFailed, "the checker asked for more than 2 passes")
    );
}

#[tokio::test]
async fn refusing_and_asking_for_another_pass_is_the_problems_failure() {
    let outcome = checked(&plan(2), |request| said(request, 43, &[("nextpass.in", "")])).await;
    assert_eq!(outcome.verdict, Verdict::CheckerFailed);
    assert!(log(&outcome, 0).contains("another pass"));
    let plain = validated(1, 1, ValidatorConvention::Kattis);
    let outcome = checked(&plain, |request| said(request, 42, &[("nextpass.in", "")])).await;
    assert_eq!(
        outcome.verdict,
        Verdict::Accepted,
        "where there is one pass the file is nobody's business"
    );
}

#[tokio::test]
async fn limits_are_those_of_each_pass_and_the_largest_numbers_are_shown() {
    let mut check = asking(2);
    let mut times = vec![300, 900, 600];
    let run = move |request: &RunRequest| {
        Ok(match request.role {
            ProgramRole::Submission => RunReport {
                cpu: Duration::from_millis(times.pop().unwrap()),
                ..usual(request)
            },
            ProgramRole::Checker => check(request),
        })
    };
    let outcome = crate::judged(&plan(3), run).await.unwrap();
    assert_eq!((outcome.verdict, outcome.tests[0].cpu_ms), (Verdict::Accepted, 900));
}

#[tokio::test]
async fn a_pass_that_fails_ends_the_test() {
    let mut check = asking(5);
    let mut runs = 0;
    let run = move |request: &RunRequest| {
        Ok(match request.role {
            ProgramRole::Submission => {
                runs += 1;
                assert!(runs <= 2);
                RunReport {
                    exit: Exit::Code(runs - 1),
                    ..usual(request)
                }
            }
            ProgramRole::Checker => check(request),
        })
    };
    assert_eq!(crate::judged(&plan(9), run).await.unwrap().verdict, Verdict::RuntimeError);
}

#[tokio::test]
async fn a_pass_before_the_last_needs_no_points_and_its_points_do_not_count() {
    let mut plan = plan(2);
    plan.tests = vec![crate::test(2)];
    plan.rules.points = Points::Modern;
    plan.rules.tree = Some(modern_tree(2).only(&|index| index == 2));
    for (first, last, score) in [("", "", 100.0), ("3", "40", 40.0), ("3", "", 100.0), ("nonsense", "1", 1.0)] {
        let mut asked = 0;
        let check = move |request: &RunRequest| {
            asked += 1;
            let (next, score) = if asked == 1 {
                (Some(("nextpass.in", "x")), first)
            } else {
                (None, last)
            };
            let score = (!score.is_empty()).then_some(("score.txt", score));
            let files: Vec<(&str, &str)> = next.into_iter().chain(score).collect();
            said(request, 42, &files)
        };
        let outcome = checked(&plan, check).await;
        assert_eq!((outcome.score, log(&outcome, 0)), (score, ""), "{first} {last}");
    }
    plan.rules.points = Points::Legacy;
    let mut asked = 0;
    let check = move |request: &RunRequest| {
        asked += 1;
        let file = if asked == 1 { "nextpass.in" } else { "score.txt" };
        said(request, 42, &[(file, "5")])
    };
    let outcome = checked(&plan, check).await;
    assert_eq!((outcome.score, log(&outcome, 0)), (5.0, ""));
}

#[tokio::test]
async fn passes_may_be_talks() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    let mut talks = 0;
    sandbox.on_interact(move |request| {
        talks += 1;
        let next = (talks == 1).then(|| ("nextpass.in".to_owned(), Bytes::from_static(b"second")));
        Ok(InteractReport {
            interactor: RunReport {
                exit: Exit::Code(42),
                feedback: next.into_iter().chain([("log".to_owned(), Bytes::from_static(b"!"))]).collect(),
                ..accepting_run(&request.interactor)
            },
            ..accepting_talk(request)
        })
    });
    let mut plan = plan(2);
    plan.rules.interactive = true;
    let outcome = Engine::new(sandbox.clone()).judge(&plan, &Unobserved).await.unwrap();
    assert_eq!(outcome.verdict, Verdict::Accepted);
    let [first, second] = sandbox.interact_requests().try_into().unwrap();
    assert_eq!(read(&first.interactor.files[0].1), "in 1");
    assert_eq!(read(&second.interactor.files[0].1), "second");
    assert_eq!(second.interactor.feedback.unwrap().initial[0].0, "log");
}
