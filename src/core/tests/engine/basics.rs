//! Pass-fail with the default checker.

use crate::{bytes, judged, plan, test, usual, validated, verdicts};
use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::judging::comparator::Comparison;
use codesm_core::judging::engine::{Engine, JudgeObserver};
use codesm_core::judging::{
    ComparatorOptions, Exit, ProgramRole, RunReport, RunRequest, SandboxError, StdoutOutcome, StdoutPlan, TestResult, ValidatorConvention,
    Verdict,
};
use codesm_memory::fakes::{ScriptedSandbox, accepting_run};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn different(request: &RunRequest) -> RunReport {
    RunReport {
        stdout_outcome: StdoutOutcome::Compared(Comparison::Different("token 1 differs".to_owned())),
        ..accepting_run(request)
    }
}

#[tokio::test]
async fn an_output_nobody_looked_at_as_asked_never_passes_for_right() {
    let spooled = || StdoutOutcome::Spooled(bytes(""));
    let same = || StdoutOutcome::Compared(Comparison::Same);
    let cases = [
        (true, false, StdoutOutcome::Captured),
        (true, false, spooled()),
        (true, true, StdoutOutcome::Captured),
        (true, true, same()),
        (false, false, same()),
        (false, false, spooled()),
    ];
    for (has_answer, custom, outcome) in cases {
        let mut plan = if custom {
            validated(1, 1, ValidatorConvention::Kattis)
        } else {
            plan(1)
        };
        if !has_answer {
            plan.tests[0].answer = None;
        }
        let shown = format!("{has_answer} {custom} {outcome:?}");
        let result = judged(&plan, move |request| {
            let exit = Exit::Code(if request.role == ProgramRole::Checker { 42 } else { 0 });
            Ok(RunReport {
                exit,
                stdout_outcome: outcome.clone(),
                ..accepting_run(request)
            })
        });
        let error = result.await.unwrap_err();
        let code = "sandbox.wrong_report";
        assert!(
            matches!(&error, SandboxError::Fault { code: found, .. } if *found == code),
            "{shown}: {error}"
        );
    }
}

#[tokio::test]
async fn without_an_answer_exit_code_zero_is_enough() {
    let mut plan = plan(1);
    plan.tests[0].answer = None;
    let outcome = judged(&plan, |request| Ok(accepting_run(request))).await.unwrap();
    assert_eq!(
        (outcome.verdict, outcome.score, outcome.max_score),
        (Verdict::Accepted, 1.0, Some(1.0))
    );
}

#[tokio::test]
async fn the_first_test_that_fails_decides_and_the_others_are_skipped() {
    let mut runs = 0;
    let run = move |request: &RunRequest| {
        runs += 1;
        Ok(if runs == 2 { different(request) } else { usual(request) })
    };
    let outcome = judged(&plan(3), run).await.unwrap();
    assert_eq!(verdicts(&outcome), [Verdict::Accepted, Verdict::WrongAnswer, Verdict::Skipped]);
    assert_eq!(
        (outcome.verdict, outcome.graded, outcome.score),
        (Verdict::WrongAnswer, Verdict::WrongAnswer, 0.0)
    );
    let scores: Vec<f64> = outcome.tests.iter().map(|test| test.score).collect();
    assert_eq!(scores, [1.0, 0.0, 0.0]);
}

#[tokio::test]
async fn all_tests_are_run_when_it_is_not_to_stop_early() {
    let mut plan = plan(3);
    plan.stop_early = false;
    let mut left = vec![Exit::Code(0), Exit::Signal(11), Exit::Code(1)];
    let outcome = judged(&plan, move |request| {
        Ok(RunReport {
            exit: left.pop().unwrap(),
            ..accepting_run(request)
        })
    })
    .await
    .unwrap();
    assert_eq!(
        verdicts(&outcome),
        [Verdict::RuntimeError, Verdict::RuntimeError, Verdict::Accepted]
    );
    assert_eq!((outcome.tests[0].exit_code, outcome.tests[1].signal), (Some(1), Some(11)));
    assert_eq!((outcome.verdict, outcome.tests[2].score), (Verdict::RuntimeError, 1.0));
}

#[tokio::test]
async fn where_an_output_differs_is_shown_for_samples_only() {
    let mut plan = plan(2);
    plan.stop_early = false;
    let outcome = judged(&plan, |request| Ok(different(request))).await.unwrap();
    let shown: Vec<_> = outcome
        .tests
        .iter()
        .map(|test| (test.message.as_deref(), test.judge_message.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [(Some("token 1 differs"), Some("token 1 differs")), (None, Some("token 1 differs"))]
    );
}

#[tokio::test]
async fn excerpts_are_text_that_every_database_stores_and_times_are_rounded_up() {
    let run = |request: &RunRequest| {
        Ok(RunReport {
            stdout: Bytes::from_static(b"a\0\xff"),
            cpu: Duration::from_micros(1001),
            ..accepting_run(request)
        })
    };
    let outcome = judged(&plan(2), run).await.unwrap();
    assert_eq!(
        (outcome.tests[0].stdout.as_deref(), outcome.tests[1].stdout.as_deref()),
        (Some("a\u{fffd}\u{fffd}"), None)
    );
    assert_eq!(outcome.tests[0].cpu_ms, 2);
    assert_eq!((outcome.tier.as_deref(), outcome.speed), (Some("A"), Some(1.0)));
}

#[tokio::test]
async fn a_failing_programs_last_words_are_for_the_author() {
    let run = |request: &RunRequest| {
        Ok(RunReport {
            exit: Exit::Signal(6),
            stderr: Bytes::from_static(b"assertion failed\n"),
            ..accepting_run(request)
        })
    };
    let outcome = judged(&plan(1), run).await.unwrap();
    assert_eq!(outcome.tests[0].judge_message.as_deref(), Some("assertion failed"));
    assert_eq!(outcome.tests[0].message, None);
}

#[tokio::test]
async fn every_test_has_its_own_arguments_files_and_way_to_compare() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    let mut plan = plan(2);
    plan.args = vec!["-v".to_owned()];
    plan.rules.file_writing = false;
    let strict = ComparatorOptions {
        case_sensitive: true,
        ..ComparatorOptions::default()
    };
    plan.tests[1].args = vec!["7".to_owned()];
    plan.tests[1].files = vec![("data/map.txt".to_owned(), bytes("map"))];
    plan.tests[1].comparator = Some(strict);
    Engine::new(sandbox.clone())
        .judge(&plan, &codesm_core::judging::engine::Unobserved)
        .await
        .unwrap();
    let [first, second] = sandbox.run_requests().try_into().unwrap();
    assert_eq!(
        (first.args, second.args),
        (vec!["-v".to_owned()], vec!["-v".to_owned(), "7".to_owned()])
    );
    assert_eq!((first.work_files.len(), second.work_files[0].0.as_str()), (0, "data/map.txt"));
    assert!(!first.work_writable, "the problem forbids files");
    let options = |plan: StdoutPlan| match plan {
        StdoutPlan::Compare { options, .. } => options,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (options(first.stdout), options(second.stdout)),
        (ComparatorOptions::default(), strict)
    );
    // Killed at 1.1 times the limit.
    assert_eq!(second.limits.cpu, Duration::from_millis(1100));
    assert_eq!((second.limits.memory_bytes, second.limits.output_bytes), (64 << 20, 64 << 10));
}

#[tokio::test]
async fn near_the_limit_the_smaller_of_two_measurements_counts() {
    for (first, second, verdict, shown) in [
        (1020, 980, Verdict::Accepted, 980),
        (980, 1030, Verdict::Accepted, 980),
        (1040, 1020, Verdict::TimeLimit, 1020),
    ] {
        let sandbox = Arc::new(ScriptedSandbox::new(1));
        let mut times = vec![second, first];
        sandbox.on_run(move |request| {
            Ok(RunReport {
                cpu: Duration::from_millis(times.pop().unwrap()),
                ..accepting_run(request)
            })
        });
        let outcome = Engine::new(sandbox.clone())
            .judge(&plan(1), &codesm_core::judging::engine::Unobserved)
            .await
            .unwrap();
        assert_eq!((outcome.verdict, outcome.tests[0].cpu_ms), (verdict, shown));
        let quiet: Vec<bool> = sandbox.run_requests().iter().map(|request| request.quiet).collect();
        assert_eq!(quiet, [false, true]);
    }
}

#[tokio::test]
async fn times_far_from_the_limit_or_stopped_by_another_are_not_measured_again() {
    use codesm_core::judging::LimitHit::{Memory, Output, Wall};
    for (cpu, limit) in [
        (900, None),
        (1090, None),
        (1000, Some(Memory)),
        (1000, Some(Output)),
        (1000, Some(Wall)),
    ] {
        let mut runs = 0;
        let run = move |request: &RunRequest| {
            runs += 1;
            assert_eq!(runs, 1, "{cpu} {limit:?}");
            Ok(RunReport {
                cpu: Duration::from_millis(cpu),
                limit,
                ..accepting_run(request)
            })
        };
        judged(&plan(1), run).await.unwrap();
    }
}

#[tokio::test]
async fn a_fault_in_the_middle_is_no_verdict_and_gives_the_slot_back() {
    let mut runs = 0;
    let run = move |request: &RunRequest| {
        runs += 1;
        if runs == 2 {
            Err(SandboxError::Unavailable("gone".to_owned()))
        } else {
            Ok(accepting_run(request))
        }
    };
    assert!(matches!(judged(&plan(2), run).await, Err(SandboxError::Unavailable(_))));
}

#[derive(Default)]
pub(crate) struct Heard(pub(crate) Mutex<Vec<String>>);

#[async_trait]
impl JudgeObserver for Heard {
    async fn running(&self) {
        self.0.lock().unwrap().push("running".to_owned());
    }

    async fn test(&self, result: &TestResult) {
        self.0.lock().unwrap().push(format!("{} {}", result.index, result.verdict.as_str()));
    }
}

#[tokio::test]
async fn an_observer_hears_of_every_test_also_of_skipped_ones() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(|request| {
        Ok(RunReport {
            exit: Exit::Code(1),
            ..accepting_run(request)
        })
    });
    let heard = Heard::default();
    Engine::new(sandbox.clone()).judge(&plan(2), &heard).await.unwrap();
    assert_eq!(*heard.0.lock().unwrap(), ["running", "1 runtime_error", "2 skipped"]);
}

#[tokio::test]
async fn groups_of_a_pass_fail_problem_are_shown_for_people() {
    let mut plan = plan(4);
    for (index, group) in [(1, "a"), (2, "a"), (3, "b")] {
        plan.tests[index].group = Some(group.to_owned());
    }
    let mut runs = 0;
    let run = move |request: &RunRequest| {
        runs += 1;
        Ok(if runs == 3 { different(request) } else { usual(request) })
    };
    let outcome = judged(&plan, run).await.unwrap();
    let groups: Vec<_> = outcome
        .groups
        .iter()
        .map(|group| (group.name.as_str(), group.verdict, group.score, group.tests.as_slice()))
        .collect();
    assert_eq!(
        groups,
        [
            ("a", Verdict::WrongAnswer, 0.0, [2, 3].as_slice()),
            ("b", Verdict::Skipped, 0.0, [4].as_slice())
        ]
    );
    assert_eq!(test(4).group, None);
}
