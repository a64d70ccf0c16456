//! Time limits made from running times.

use crate::{modern_tree, program, read, usual};
use bytes::Bytes;
use codesm_core::judging::engine::Engine;
use codesm_core::judging::{
    Checker, ComparatorOptions, CompileOutcome, CompileReport, Exit, LimitHit, Rules, RunReport, RunRequest, SandboxError,
};
use codesm_core::kernel::{BlobStore as _, LocalFile};
use codesm_core::problems::{JurySubmission, Label, MeasureTimeLimit, MeasuredLimit, Package, PackageTest, TimeRule, Timing, plan_package};
use codesm_memory::fakes::{FakeBlobStore, ScriptedSandbox};
use std::sync::Arc;
use std::time::Duration;

async fn file(text: &str) -> LocalFile {
    let scratch = FakeBlobStore::new();
    let blob = scratch.put(Bytes::copy_from_slice(text.as_bytes())).await.unwrap();
    scratch.local(&blob).await.unwrap()
}

async fn test(index: usize) -> PackageTest {
    PackageTest {
        name: if index == 1 {
            "sample/1".to_owned()
        } else {
            format!("secret/{index}")
        },
        sample: index == 1,
        group: None,
        input: file(&format!("in {index}")).await,
        answer: file("out").await,
        args: Vec::new(),
        files: Vec::new(),
        checker_args: None,
        comparator: None,
        explanation: None,
    }
}

/// Two tests; the jury's programs are told apart by their languages.
async fn package(jury: &[(&str, Timing)]) -> Package {
    let submission = |(name, timing): &(&str, Timing)| JurySubmission {
        path: format!("jury/{name}"),
        program: Some(program(name)),
        label: Label::default(),
        timing: *timing,
        skipped: None,
    };
    Package {
        name: "sum".to_owned(),
        title: "Sum".to_owned(),
        statement: "Add.".to_owned(),
        format_version: "2025-09".to_owned(),
        time_limit_ms: None,
        time_rule: TimeRule::MODERN,
        memory_limit_mb: None,
        output_limit_kb: None,
        tags: Vec::new(),
        author: None,
        license: None,
        source: None,
        checker: Checker::tokens(ComparatorOptions::default()),
        rules: Rules::default(),
        tests: vec![test(1).await, test(2).await],
        submissions: jury.iter().map(submission).collect(),
        attachments: Vec::new(),
        warnings: Vec::new(),
        guard: None,
    }
}

/// CPU time in milliseconds by language, on the second test; the first takes 1 ms. Who needs more than it has is killed.
fn takes(times: &'static [(&'static str, u64)]) -> impl FnMut(&RunRequest) -> Result<RunReport, SandboxError> {
    move |request| {
        let (_, second) = times.iter().find(|(name, _)| *name == request.program.language).unwrap();
        let wanted = Duration::from_millis(if read(&request.stdin) == "in 1" { 1 } else { *second });
        let killed = wanted > request.limits.cpu;
        Ok(RunReport {
            cpu: wanted.min(request.limits.cpu),
            limit: killed.then_some(LimitHit::Cpu),
            exit: if killed { Exit::Signal(9) } else { Exit::Code(0) },
            ..usual(request)
        })
    }
}

async fn measured(package: &Package, times: &'static [(&'static str, u64)]) -> MeasuredLimit {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(takes(times));
    MeasureTimeLimit::new(Engine::new(sandbox)).measure(package).await.unwrap()
}

#[tokio::test]
async fn the_slowest_program_that_must_fit_makes_the_limit() {
    let package = package(&[("fast", Timing::MustFit), ("slow", Timing::MustFit), ("odd", Timing::Nothing)]).await;
    let found = measured(&package, &[("fast", 10), ("slow", 1200), ("odd", 9000)]).await;
    assert_eq!(found.time_ms, 3000, "twice 1.2 s, in whole seconds");
    assert_eq!(
        found.note,
        "the package says no time limit: 3000 ms was made from jury/slow, which took 1200 ms CPU"
    );
}

#[tokio::test]
async fn every_test_is_measured_whatever_comes_of_those_before() {
    let mut package = package(&[("slow", Timing::MustFit)]).await;
    package.rules.tree = Some(modern_tree(2));
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(|request| {
        Ok(RunReport {
            exit: Exit::Code(1),
            ..takes(&[("slow", 700)])(request)?
        })
    });
    let found = MeasureTimeLimit::new(Engine::new(sandbox)).measure(&package).await.unwrap();
    assert_eq!(found.time_ms, 2000);
}

#[tokio::test]
async fn programs_that_must_be_too_slow_but_are_not_clearly_so_are_noted() {
    let jury = [("fast", Timing::MustFit), ("slow", Timing::MustExceed)];
    let package = package(&jury).await;
    for (took, is_noted) in [(1400, true), (1499, true), (1600, false), (60_000, false)] {
        let times: &'static [(&str, u64)] = match took {
            1400 => &[("fast", 400), ("slow", 1400)],
            1499 => &[("fast", 400), ("slow", 1499)],
            1600 => &[("fast", 400), ("slow", 1600)],
            _ => &[("fast", 400), ("slow", 60_000)],
        };
        let found = measured(&package, times).await;
        assert_eq!(found.time_ms, 1000);
        let note = format!("; jury/slow must be too slow, but took only {took} ms CPU, less than 1.5 times the limit");
        assert_eq!(found.note.contains(&note), is_noted, "{}", found.note);
    }
}

#[tokio::test]
async fn a_slow_program_that_is_wrong_first_is_run_on_all_tests() {
    let package = package(&[("fast", Timing::MustFit), ("slow", Timing::MustExceed)]).await;
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(|request| {
        let mut report = takes(&[("fast", 400), ("slow", 5000)])(request)?;
        if request.program.language == "slow" && read(&request.stdin) == "in 1" {
            report.exit = Exit::Code(1);
        }
        Ok(report)
    });
    let found = MeasureTimeLimit::new(Engine::new(sandbox.clone())).measure(&package).await.unwrap();
    assert!(!found.note.contains("too slow"), "{}", found.note);
    assert_eq!(sandbox.run_requests().len(), 2 + 1 + 2);
}

#[tokio::test]
async fn with_nothing_to_measure_the_usual_limit_is_taken_and_said() {
    let mut package = package(&[("odd", Timing::Nothing), ("skipped", Timing::MustFit), ("unknown", Timing::MustFit)]).await;
    package.submissions[1].skipped = Some("disabled".to_owned());
    package.submissions[2].program = None;
    let found = measured(&package, &[]).await;
    assert_eq!(found.time_ms, 2000);
    assert!(found.note.contains("no program to measure it by"), "{}", found.note);
}

#[tokio::test]
async fn a_missing_language_is_noted_and_a_fault_is_a_fault() {
    let package = package(&[("lost", Timing::MustFit), ("fast", Timing::MustFit)]).await;
    for is_missing in [true, false] {
        let sandbox = Arc::new(ScriptedSandbox::new(1));
        sandbox.on_run(takes(&[("fast", 10)]));
        sandbox.push_compile(Err(if is_missing {
            SandboxError::LanguageUnavailable {
                language: "lost".to_owned(),
                reason: "not installed".to_owned(),
            }
        } else {
            SandboxError::Unavailable("gone".to_owned())
        }));
        let found = MeasureTimeLimit::new(Engine::new(sandbox)).measure(&package).await;
        if is_missing {
            let found = found.unwrap();
            assert_eq!(found.time_ms, 1000);
            assert!(
                found.note.contains("jury/lost was not measured: there is no lost here"),
                "{}",
                found.note
            );
        } else {
            assert!(matches!(found, Err(SandboxError::Unavailable(_))));
        }
    }
}

#[tokio::test]
async fn a_program_that_needs_more_than_is_given_for_measuring_is_noted() {
    let package = package(&[("slow", Timing::MustFit)]).await;
    let found = measured(&package, &[("slow", 100_000)]).await;
    assert_eq!(found.time_ms, 44_000);
    assert!(found.note.contains("jury/slow was stopped"), "{}", found.note);
}

/// Every run takes so much wall time, by language; CPU time is a thousandth of it on all tests but the last, where it is a
/// hundredth.
async fn measured_slowly(package: &Package, walls: &'static [(&'static str, u64)]) -> (MeasuredLimit, usize) {
    let last = format!("in {}", package.tests.len());
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(move |request| {
        let (_, wall) = walls.iter().find(|(name, _)| *name == request.program.language).unwrap();
        let wall = Duration::from_secs(*wall);
        let part = if read(&request.stdin) == last { 100 } else { 1000 };
        Ok(RunReport {
            cpu: wall / part,
            wall,
            ..usual(request)
        })
    });
    let found = MeasureTimeLimit::new(Engine::new(sandbox.clone())).measure(package).await.unwrap();
    (found, sandbox.run_requests().len())
}

#[tokio::test]
async fn measuring_ends_when_its_budget_is_used_and_says_so() {
    let mut package = package(&[("slow", Timing::MustFit), ("late", Timing::MustExceed)]).await;
    package.tests = Vec::new();
    for index in 1..=20 {
        package.tests.push(test(index).await);
    }
    for tree in [None, Some(modern_tree(20))] {
        package.rules.tree = tree;
        let (found, runs) = measured_slowly(&package, &[("slow", 40), ("late", 1)]).await;
        assert_eq!((found.time_ms, runs), (1000, 8), "{}", found.note);
        let left_out = "; measuring stops after 300 s, and these programs were not run to the end: jury/slow on 8 of 20 tests; \
            say a limit if this one is too small; measuring stops after 300 s: whether jury/late is too slow was not seen";
        assert!(found.note.ends_with(left_out), "{}", found.note);
    }
}

#[tokio::test]
async fn each_program_gets_its_share_and_goes_on_with_what_others_left() {
    let mut package = package(&[("slow", Timing::MustFit), ("quick", Timing::MustFit), ("medium", Timing::MustFit)]).await;
    package.tests = Vec::new();
    for index in 1..=5 {
        package.tests.push(test(index).await);
    }
    package.rules.tree = Some(modern_tree(5));
    // A hundred seconds each: slow is cut after three tests of 40 s, medium is not; the last two of slow follow.
    let (found, runs) = measured_slowly(&package, &[("slow", 40), ("quick", 1), ("medium", 12)]).await;
    assert_eq!((found.time_ms, runs), (1000, 15), "{}", found.note);
    assert!(
        found.note.ends_with("was made from jury/slow, which took 400 ms CPU"),
        "{}",
        found.note
    );
    // Two that both need more: what was measured counts.
    let (found, runs) = measured_slowly(&package, &[("slow", 60), ("quick", 1), ("medium", 60)]).await;
    assert_eq!((found.time_ms, runs), (1000, 5 + 5), "{}", found.note);
    assert!(found.note.contains("made from jury/slow, which took 60 ms CPU"), "{}", found.note);
    assert!(
        found.note.contains("jury/slow on 2 of 5 tests, jury/medium on 3 of 5 tests"),
        "{}",
        found.note
    );
}

#[tokio::test]
async fn a_program_that_does_not_compile_is_not_measured_again() {
    let package = package(&[("broken", Timing::MustFit), ("fast", Timing::MustFit)]).await;
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(takes(&[("fast", 10)]));
    sandbox.push_compile(Ok(CompileReport {
        outcome: CompileOutcome::Error,
        output: "no".to_owned(),
        wall: Duration::from_secs(1),
        cached: false,
    }));
    let found = MeasureTimeLimit::new(Engine::new(sandbox)).measure(&package).await.unwrap();
    assert!(
        found.note.ends_with("1000 ms was made from jury/fast, which took 10 ms CPU"),
        "{}",
        found.note
    );
}

#[tokio::test]
async fn a_package_is_planned_without_a_database() {
    let data = plan_package(&package(&[]).await);
    let tests: Vec<_> = data
        .tests
        .iter()
        .map(|test| (test.index, test.name.as_str(), test.sample))
        .collect();
    assert_eq!(tests, [(1, "sample/1", true), (2, "secret/2", false)]);
    assert_eq!(data.rules, Rules::default());
}
