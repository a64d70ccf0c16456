//! The engine by itself, as the command line uses it.

use async_trait::async_trait;
use bytes::Bytes;
use codesm_core::judging::comparator::Comparison;
use codesm_core::judging::engine::{Engine, JudgeObserver, JudgeOutcome, JudgePlan, PlannedTest, Unobserved};
use codesm_core::judging::{
    Checker, CheckerKind, ComparatorOptions, Exit, Input, Mode, ProgramRole, ProgramSource, ResourceLimits, RunReport, RunRequest,
    SandboxError, SourceFile, StdoutOutcome, TestResult, Verdict,
};
use codesm_core::problems::plan_package;
use codesm_memory::fakes::{ScriptedSandbox, accepting_run};
use std::sync::{Arc, Mutex};

fn program(language: &str) -> ProgramSource {
    ProgramSource {
        language: language.to_owned(),
        files: vec![SourceFile {
            name: "main".to_owned(),
            content: Bytes::from_static(b"x"),
        }],
    }
}

fn test(index: u32, answer: bool) -> PlannedTest {
    let bytes = || Input::Bytes(Bytes::from_static(b"1"));
    PlannedTest {
        index,
        name: format!("secret/{index}"),
        sample: index == 1,
        input: bytes(),
        answer: answer.then(bytes),
    }
}

fn plan(tests: Vec<PlannedTest>, custom: bool) -> JudgePlan {
    let tokens = Checker::tokens(ComparatorOptions::default());
    let kind = if custom {
        CheckerKind::Custom(program("python"))
    } else {
        tokens.kind.clone()
    };
    JudgePlan {
        program: program("cpp"),
        args: vec!["-v".to_owned()],
        limits: ResourceLimits {
            time_ms: 1000,
            memory_mb: 64,
            output_kb: 64,
        },
        checker: Checker { kind, ..tokens },
        tests,
        stop_early: true,
    }
}

async fn judged(
    plan: &JudgePlan,
    run: impl FnMut(&RunRequest) -> Result<RunReport, SandboxError> + Send + 'static,
) -> Result<JudgeOutcome, SandboxError> {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(run);
    let outcome = Engine::new(sandbox.clone()).judge(plan, &Unobserved).await;
    assert_eq!(sandbox.free_slots(), 1, "the slot is given back");
    outcome
}

#[tokio::test]
async fn an_output_nobody_looked_at_as_asked_never_passes_for_right() {
    let spooled = || StdoutOutcome::Spooled(Input::Bytes(Bytes::new()));
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
        let plan = plan(vec![test(1, has_answer)], custom);
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
        assert!(
            matches!(
                error,
                SandboxError::Fault {
                    code: "sandbox.wrong_report",
                    ..
                }
            ),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn without_an_answer_exit_code_zero_is_enough() {
    let outcome = judged(&plan(vec![test(1, false)], false), |request| Ok(accepting_run(request)))
        .await
        .unwrap();
    assert_eq!((outcome.verdict, outcome.score), (Verdict::Accepted, 1.0));
}

#[tokio::test]
async fn all_tests_are_run_when_it_is_not_to_stop_early() {
    let mut plan = plan((1..=3).map(|index| test(index, true)).collect(), false);
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
    let verdicts: Vec<Verdict> = outcome.tests.iter().map(|test| test.verdict).collect();
    assert_eq!(verdicts, [Verdict::RuntimeError, Verdict::RuntimeError, Verdict::Accepted]);
    assert_eq!((outcome.verdict, outcome.tests[2].score), (Verdict::RuntimeError, 1.0));
}

#[tokio::test]
async fn excerpts_are_text_that_every_database_stores_and_times_are_rounded_up() {
    let run = |request: &RunRequest| {
        Ok(RunReport {
            stdout: Bytes::from_static(b"a\0\xff"),
            cpu: std::time::Duration::from_micros(1001),
            ..accepting_run(request)
        })
    };
    let outcome = judged(&plan(vec![test(1, true), test(2, true)], false), run).await.unwrap();
    assert_eq!(
        (outcome.tests[0].stdout.as_deref(), outcome.tests[1].stdout.as_deref()),
        (Some("a\u{fffd}\u{fffd}"), None)
    );
    assert_eq!(outcome.tests[0].cpu_ms, 2);
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
    let result = judged(&plan(vec![test(1, true), test(2, true)], false), run).await;
    assert!(matches!(result, Err(SandboxError::Unavailable(_))));
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

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
    let plan = plan(vec![test(1, true), test(2, true)], false);
    Engine::new(sandbox.clone()).judge(&plan, &heard).await.unwrap();
    assert_eq!(*heard.0.lock().unwrap(), ["running", "1 runtime_error", "2 skipped"]);
    assert_eq!(sandbox.run_requests()[0].args, ["-v"]);
}

#[tokio::test]
async fn a_package_is_planned_without_a_database() {
    let package = crate::import::package("sum").await;
    let data = plan_package(&package);
    let tests: Vec<_> = data
        .tests
        .iter()
        .map(|test| (test.index, test.name.as_str(), test.sample))
        .collect();
    assert_eq!(tests, [(1, "sample/1", true), (2, "secret/1", false), (3, "secret/2", false)]);
    assert_eq!(Mode::parse("run"), Some(Mode::Run));
}
