//! Talks of a submission and an interactor: who is to blame (package format, 5.4).

use crate::{log, read, validated};
use bytes::Bytes;
use codesm_core::judging::engine::{Engine, JudgeOutcome, JudgePlan, Unobserved};
use codesm_core::judging::{
    Exit, InteractReport, InteractRequest, LimitHit, ProgramRole, RunReport, SandboxError, StdoutPlan, ValidatorConvention, Verdict,
};
use codesm_memory::fakes::{ScriptedSandbox, accepting_talk};
use std::sync::Arc;
use std::time::Duration;

fn plan() -> JudgePlan {
    let mut plan = validated(1, 1, ValidatorConvention::Kattis);
    plan.rules.interactive = true;
    plan
}

/// A talk that is accepted but for what is changed.
async fn talked(change: impl Fn(&mut InteractReport) + Send + 'static) -> JudgeOutcome {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_interact(move |request| {
        let mut report = accepting_talk(request);
        change(&mut report);
        Ok(report)
    });
    let outcome = Engine::new(sandbox.clone()).judge(&plan(), &Unobserved).await.unwrap();
    assert_eq!(sandbox.free_slots(), 1);
    outcome
}

const CRASH: Exit = Exit::Signal(11);
const BROKEN_PIPE: Exit = Exit::Signal(13);
const KILLED: Exit = Exit::Signal(9);

fn over_time(report: &mut RunReport) {
    report.cpu = Duration::from_millis(1100);
    report.limit = Some(LimitHit::Cpu);
    report.exit = KILLED;
}

fn over_wall(report: &mut RunReport) {
    report.limit = Some(LimitHit::Wall);
    report.wall = Duration::from_secs(3);
    report.exit = KILLED;
}

/// The wall limit ended both.
fn deadlock(report: &mut InteractReport) {
    over_wall(&mut report.submission);
    report.interactor.exit = KILLED;
}

#[tokio::test]
async fn an_interactor_is_called_like_a_validator_and_the_submission_sees_no_input() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    let mut plan = plan();
    plan.args = vec!["-v".to_owned()];
    let outcome = Engine::new(sandbox.clone()).judge(&plan, &Unobserved).await.unwrap();
    assert_eq!(outcome.verdict, Verdict::Accepted);
    let [InteractRequest { submission, interactor }] = sandbox.interact_requests().try_into().unwrap();
    assert_eq!((submission.role, interactor.role), (ProgramRole::Submission, ProgramRole::Checker));
    assert_eq!(
        (read(&submission.stdin), submission.args, submission.files.len()),
        (String::new(), vec!["-v".to_owned()], 0)
    );
    assert_eq!(submission.limits.cpu, Duration::from_millis(1100));
    assert_eq!(interactor.args, ["{files}/input", "{files}/answer", "{feedback}/", "strict"]);
    assert_eq!(
        (read(&interactor.files[0].1), read(&interactor.files[1].1)),
        ("in 1".to_owned(), "out 1".to_owned())
    );
    assert!(matches!(interactor.stdout, StdoutPlan::Capture { .. }));
    assert!(sandbox.run_requests().is_empty());
}

#[tokio::test]
async fn an_interactor_that_neither_accepts_nor_refuses_is_the_problems_failure() {
    for ended_first in [true, false] {
        for exit in [Exit::Code(0), Exit::Code(1), CRASH] {
            for crashed in [false, true] {
                let outcome = talked(move |report| {
                    report.interactor.exit = exit;
                    report.interactor.stderr = Bytes::from_static(b"trace");
                    report.interactor_ended_first = ended_first;
                    if crashed {
                        report.submission.exit = CRASH;
                    }
                })
                .await;
                let expected = if crashed && !ended_first {
                    // It crashed while the interactor still lived; that the interactor cannot cope with it is for the author.
                    Verdict::RuntimeError
                } else {
                    Verdict::CheckerFailed
                };
                assert_eq!(outcome.verdict, expected, "{exit:?} {ended_first} {crashed}");
                assert_eq!(log(&outcome, 0).matches("trace").count(), 1, "{}", log(&outcome, 0));
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_that_came_first_counts_whatever_became_of_the_submission() {
    let endings: [fn(&mut RunReport); 5] = [
        |_| {},
        |submission| submission.exit = BROKEN_PIPE,
        |submission| submission.exit = Exit::Code(1),
        over_time,
        over_wall,
    ];
    for (place, end) in endings.into_iter().enumerate() {
        let outcome = talked(move |report| {
            report.interactor.exit = Exit::Code(43);
            report.interactor.feedback = vec![("judgemessage.txt".to_owned(), Bytes::from_static(b"9 is too many"))];
            report.interactor_ended_first = true;
            end(&mut report.submission);
        })
        .await;
        assert_eq!(
            (outcome.verdict, log(&outcome, 0)),
            (Verdict::WrongAnswer, "9 is too many"),
            "{place}"
        );
    }
}

#[tokio::test]
async fn a_refusal_that_came_second_may_be_due_to_the_submissions_own_end() {
    for (end, verdict) in [
        ((|_| {}) as fn(&mut RunReport), Verdict::WrongAnswer),
        (|submission| submission.exit = CRASH, Verdict::RuntimeError),
        (over_time, Verdict::TimeLimit),
        (|submission| submission.limit = Some(LimitHit::Memory), Verdict::MemoryLimit),
        (over_wall, Verdict::WallTimeLimit),
    ] {
        let outcome = talked(move |report| {
            report.interactor.exit = Exit::Code(43);
            end(&mut report.submission);
        })
        .await;
        assert_eq!(outcome.verdict, verdict);
    }
}

#[tokio::test]
async fn after_a_right_answer_the_submission_must_still_end_well() {
    for ended_first in [true, false] {
        for (end, verdict) in [
            ((|_| {}) as fn(&mut RunReport), Verdict::Accepted),
            (|submission| submission.exit = Exit::Code(1), Verdict::RuntimeError),
            (over_time, Verdict::TimeLimit),
            (over_wall, Verdict::WallTimeLimit),
        ] {
            let outcome = talked(move |report| {
                report.interactor_ended_first = ended_first;
                end(&mut report.submission);
            })
            .await;
            assert_eq!(outcome.verdict, verdict, "{ended_first}");
        }
    }
    // Only that it still had something to say is no fault.
    for (ended_first, verdict) in [(true, Verdict::Accepted), (false, Verdict::RuntimeError)] {
        let outcome = talked(move |report| {
            report.interactor_ended_first = ended_first;
            report.submission.exit = BROKEN_PIPE;
        })
        .await;
        assert_eq!(outcome.verdict, verdict);
    }
}

#[tokio::test]
async fn an_interactor_that_was_left_alone_is_not_to_blame() {
    for (exit, verdict) in [(Exit::Code(0), Verdict::WrongAnswer), (CRASH, Verdict::RuntimeError)] {
        let outcome = talked(move |report| {
            report.submission.exit = exit;
            report.interactor.exit = BROKEN_PIPE;
        })
        .await;
        assert_eq!(outcome.verdict, verdict);
    }
    // Nor if it fails in another way (a Python exception) or never ends, once the submission has failed by itself.
    for (end, verdict) in [
        (
            (|submission| submission.exit = Exit::Code(1)) as fn(&mut RunReport),
            Verdict::RuntimeError,
        ),
        (over_time, Verdict::TimeLimit),
        (|submission| submission.limit = Some(LimitHit::Output), Verdict::OutputLimit),
    ] {
        for limit in [None, Some(LimitHit::Cpu), Some(LimitHit::Wall)] {
            let outcome = talked(move |report| {
                end(&mut report.submission);
                report.interactor.limit = limit;
                report.interactor.exit = if limit.is_some() { KILLED } else { Exit::Code(1) };
                report.interactor.stderr = Bytes::from_static(b"EOFError");
            })
            .await;
            assert_eq!(outcome.verdict, verdict, "{limit:?}");
            assert!(
                log(&outcome, 0).contains("EOFError"),
                "the author hears of it: {}",
                log(&outcome, 0)
            );
        }
    }
    let outcome = talked(|report| {
        report.interactor.exit = BROKEN_PIPE;
        report.interactor_ended_first = true;
    })
    .await;
    assert_eq!(outcome.verdict, Verdict::CheckerFailed, "nobody had left");
}

#[tokio::test]
async fn a_deadlock_is_the_submissions_fault() {
    for exit in [KILLED, BROKEN_PIPE, Exit::Code(1), Exit::Code(43)] {
        let outcome = talked(move |report| {
            deadlock(report);
            report.interactor.exit = exit;
        })
        .await;
        assert_eq!(outcome.verdict, Verdict::WallTimeLimit, "{exit:?}");
    }
}

#[tokio::test]
async fn a_submission_that_waited_for_a_busy_interactor_is_not_to_blame() {
    let busy = |cpu_ms| {
        talked(move |report| {
            deadlock(report);
            report.interactor.cpu = Duration::from_millis(cpu_ms);
            report.interactor.stderr = Bytes::from_static(b"searching");
        })
    };
    let outcome = busy(2000).await;
    assert_eq!(outcome.verdict, Verdict::CheckerFailed);
    assert!(log(&outcome, 0).contains("still calculating") && log(&outcome, 0).contains("searching"));
    assert_eq!(busy(1000).await.verdict, Verdict::WallTimeLimit);
    let both = talked(|report| {
        deadlock(report);
        report.submission.cpu = Duration::from_millis(1050);
        report.interactor.cpu = Duration::from_millis(1900);
    })
    .await;
    assert_eq!(both.verdict, Verdict::TimeLimit, "its own time was over as well");
}

#[tokio::test]
async fn an_interactor_at_its_own_limit_is_the_problems_failure() {
    for limit in [LimitHit::Cpu, LimitHit::Wall, LimitHit::Memory, LimitHit::Output] {
        let outcome = talked(move |report| {
            report.interactor.limit = Some(limit);
            report.interactor.exit = KILLED;
        })
        .await;
        assert_eq!(outcome.verdict, Verdict::CheckerFailed);
        assert!(log(&outcome, 0).contains(limit.name()));
    }
}

#[tokio::test]
async fn an_interactor_at_its_own_limit_when_the_time_of_both_was_over_is_the_problems_failure() {
    let outcome = talked(|report| {
        over_wall(&mut report.submission);
        report.interactor.limit = Some(LimitHit::Memory);
        report.interactor.exit = KILLED;
    })
    .await;
    assert_eq!(outcome.verdict, Verdict::CheckerFailed);
}

#[tokio::test]
async fn near_the_limit_the_whole_talk_is_held_once_more() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    let mut times = vec![970, 1030];
    sandbox.on_interact(move |request| {
        let mut report = accepting_talk(request);
        report.submission.cpu = Duration::from_millis(times.pop().unwrap());
        Ok(report)
    });
    let outcome = Engine::new(sandbox.clone()).judge(&plan(), &Unobserved).await.unwrap();
    assert_eq!((outcome.verdict, outcome.tests[0].cpu_ms), (Verdict::Accepted, 970));
    let quiet: Vec<bool> = sandbox.interact_requests().iter().map(|request| request.submission.quiet).collect();
    assert_eq!(quiet, [false, true]);
}

#[tokio::test]
async fn an_interactive_problem_without_an_interactor_is_a_fault() {
    let mut plan = crate::plan(1);
    plan.rules.interactive = true;
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    let error = Engine::new(sandbox).judge(&plan, &Unobserved).await.unwrap_err();
    assert!(matches!(
        error,
        SandboxError::Fault {
            code: "judging.no_interactor",
            ..
        }
    ));
}
