//! The engine by itself, as the command line uses it, on a scripted sandbox.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod basics;
mod compiling;
mod interactive;
mod measure;
mod multi_pass;
mod parallel;
mod scoring;
mod testlib;
mod validators;

use bytes::Bytes;
use codesm_core::judging::engine::{Engine, JudgeOutcome, JudgePlan, PlannedTest, Unobserved};
use codesm_core::judging::grading::{Aggregation, Grader, OnReject, TestGroup, TestNode};
use codesm_core::judging::{
    Checker, CheckerKind, ComparatorOptions, Exit, Input, ProgramRole, ProgramSource, ResourceLimits, Rules, RunReport, RunRequest,
    SandboxError, SourceFile, StdoutOutcome, ValidatorConvention, Verdict,
};
use codesm_memory::fakes::{ScriptedSandbox, accepting_run};
use std::sync::Arc;

pub(crate) fn program(language: &str) -> ProgramSource {
    ProgramSource {
        entry: None,
        language: language.to_owned(),
        files: vec![SourceFile {
            name: "main".to_owned(),
            content: Bytes::from_static(b"x"),
        }],
    }
}

pub(crate) fn bytes(text: &str) -> Input {
    Input::Bytes(Bytes::copy_from_slice(text.as_bytes()))
}

pub(crate) fn read(input: &Input) -> String {
    match input {
        Input::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
        Input::File(file) => std::fs::read_to_string(&file.path).unwrap(),
    }
}

/// Test 1 is a sample. Input and answer are told apart by the index.
pub(crate) fn test(index: u32) -> PlannedTest {
    let name = if index == 1 {
        "sample/1".to_owned()
    } else {
        format!("secret/{index}")
    };
    PlannedTest::new(
        index,
        name,
        index == 1,
        bytes(&format!("in {index}")),
        Some(bytes(&format!("out {index}"))),
    )
}

/// A pass-fail problem with the default checker.
pub(crate) fn plan(tests: u32) -> JudgePlan {
    JudgePlan {
        program: program("cpp"),
        args: Vec::new(),
        limits: ResourceLimits {
            time_ms: 1000,
            memory_mb: 64,
            output_kb: 64,
        },
        checker: Checker::tokens(ComparatorOptions::default()),
        rules: Rules::default(),
        tests: (1..=tests).map(test).collect(),
        stop_early: true,
    }
}

/// The same with so many validators of its own.
pub(crate) fn validated(tests: u32, validators: usize, convention: ValidatorConvention) -> JudgePlan {
    let mut plan = plan(tests);
    plan.checker = Checker {
        args: vec!["strict".to_owned()],
        ..Checker::new(CheckerKind::Custom {
            program: program("python"),
            more: vec![program("python"); validators - 1],
            convention,
        })
    };
    plan
}

/// Scoring by 2025-09: a pass-fail sample, and secret tests that share 100 points.
pub(crate) fn modern_tree(tests: u32) -> TestGroup {
    let group = |name: &str, aggregation, max_score, children| TestGroup {
        name: name.to_owned(),
        children,
        on_reject: OnReject::Continue,
        grader: Grader::Modern { aggregation, max_score },
        require_pass: Vec::new(),
    };
    let sample = group("sample", Aggregation::PassFail, None, vec![TestNode::Test(1)]);
    let secret = group("secret", Aggregation::Sum, Some(100.0), (2..=tests).map(TestNode::Test).collect());
    let children = vec![TestNode::Group(sample), TestNode::Group(secret)];
    group("", Aggregation::Sum, None, children)
}

/// What programs do: the solver's prints `out`, a validator accepts.
pub(crate) fn usual(request: &RunRequest) -> RunReport {
    match request.role {
        ProgramRole::Submission => RunReport {
            stdout_outcome: match accepting_run(request).stdout_outcome {
                StdoutOutcome::Spooled(_) => StdoutOutcome::Spooled(bytes("out")),
                other => other,
            },
            ..accepting_run(request)
        },
        ProgramRole::Checker => RunReport {
            exit: Exit::Code(42),
            ..accepting_run(request)
        },
    }
}

/// A run of one of the problem's own programs with this exit code and these files in its feedback folder.
pub(crate) fn said(request: &RunRequest, code: i32, files: &[(&str, &str)]) -> RunReport {
    let feedback = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), Bytes::copy_from_slice(text.as_bytes())));
    RunReport {
        exit: Exit::Code(code),
        feedback: feedback.collect(),
        ..accepting_run(request)
    }
}

/// On one slot; every run as the closure says.
pub(crate) async fn judged(
    plan: &JudgePlan,
    run: impl FnMut(&RunRequest) -> Result<RunReport, SandboxError> + Send + 'static,
) -> Result<JudgeOutcome, SandboxError> {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.on_run(run);
    let outcome = Engine::new(sandbox.clone()).judge(plan, &Unobserved).await;
    assert_eq!(sandbox.free_slots(), 1, "the slot is given back");
    outcome
}

/// The same; solvers' programs are right, and validators do as the closure says.
pub(crate) async fn checked(plan: &JudgePlan, mut check: impl FnMut(&RunRequest) -> RunReport + Send + 'static) -> JudgeOutcome {
    let run = move |request: &RunRequest| {
        Ok(match request.role {
            ProgramRole::Submission => usual(request),
            ProgramRole::Checker => check(request),
        })
    };
    judged(plan, run).await.unwrap()
}

pub(crate) fn verdicts(outcome: &JudgeOutcome) -> Vec<Verdict> {
    outcome.tests.iter().map(|test| test.verdict).collect()
}

/// What the author reads of a test.
pub(crate) fn log(outcome: &JudgeOutcome, index: usize) -> &str {
    outcome.tests[index].judge_message.as_deref().unwrap_or_default()
}
