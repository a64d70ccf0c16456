//! Before any test is run.

use crate::{bytes, plan, program, validated, verdicts};
use bytes::Bytes;
use codesm_core::judging::engine::{Engine, JudgeOutcome, JudgePlan, Unobserved};
use codesm_core::judging::{
    CompileOutcome, CompileReport, CompileRequest, Include, LimitHit, ProgramRole, SandboxError, SourceFile, ValidatorConvention, Verdict,
};
use codesm_memory::fakes::{ScriptedSandbox, compiled};
use std::sync::Arc;
use std::time::Duration;

fn file(name: &str, content: &'static [u8]) -> SourceFile {
    SourceFile {
        name: name.to_owned(),
        content: Bytes::from_static(content),
    }
}

async fn judged(sandbox: &Arc<ScriptedSandbox>, plan: &JudgePlan) -> JudgeOutcome {
    Engine::new(sandbox.clone()).judge(plan, &Unobserved).await.unwrap()
}

fn failing(outcome: &CompileOutcome) -> impl Fn(&CompileRequest) -> Result<CompileReport, SandboxError> + use<> {
    let outcome = outcome.clone();
    move |request| {
        Ok(CompileReport {
            outcome: outcome.clone(),
            output: "line 1: no".to_owned(),
            ..compiled(&request.program.language)
        })
    }
}

#[tokio::test]
async fn what_the_compiler_says_goes_to_the_solver() {
    for (outcome, verdict, words) in [
        (CompileOutcome::Error, Verdict::CompileError, "line 1: no"),
        (
            CompileOutcome::Limit(LimitHit::Memory),
            Verdict::CompileLimit,
            "line 1: no\nCompiling was stopped: it hit its memory limit.",
        ),
    ] {
        let sandbox = Arc::new(ScriptedSandbox::new(1));
        sandbox.on_compile(failing(&outcome));
        let outcome = judged(&sandbox, &plan(2)).await;
        assert_eq!((outcome.verdict, outcome.graded, outcome.score), (verdict, verdict, 0.0));
        assert_eq!(outcome.compile_output.as_deref(), Some(words));
        assert_eq!(verdicts(&outcome), [Verdict::Skipped; 2]);
        assert_eq!((outcome.measured_by, outcome.tier, sandbox.run_requests().len()), (None, None, 0));
    }
}

#[tokio::test]
async fn source_code_above_the_problems_limit_is_not_even_compiled() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    let mut plan = plan(1);
    plan.rules.code_kb = Some(1);
    plan.rules.includes = vec![Include {
        languages: vec![],
        files: program("cpp"),
    }];
    plan.program.files = vec![file("a.cpp", &[b'x'; 1000]), file("b.cpp", &[b'x'; 25])];
    let outcome = judged(&sandbox, &plan).await;
    assert_eq!((outcome.verdict, sandbox.compile_requests().len()), (Verdict::CompileError, 0));
    assert!(outcome.compile_output.unwrap().contains("1 KiB"));
    // The problem's own files are not the solver's.
    plan.program.files.truncate(1);
    plan.rules.includes[0].files.files = vec![file("lib.h", &[b'x'; 5000])];
    assert_eq!(judged(&sandbox, &plan).await.verdict, Verdict::Accepted);
}

#[tokio::test]
async fn the_problems_compile_limits_and_files_are_for_submissions() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    let mut plan = validated(1, 1, ValidatorConvention::Kattis);
    plan.rules.compile_time_ms = Some(7000);
    plan.rules.compile_memory_mb = Some(512);
    let mut library = program("");
    library.files = vec![file("lib.h", b"lib")];
    plan.rules.includes = vec![Include {
        languages: vec!["cpp".to_owned()],
        files: library,
    }];
    judged(&sandbox, &plan).await;
    let [submission, validator] = sandbox.compile_requests().try_into().unwrap();
    let names: Vec<&str> = submission.program.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!((submission.role, names), (ProgramRole::Submission, vec!["main", "lib.h"]));
    assert_eq!(
        (submission.limits.cpu, submission.limits.memory_bytes),
        (Some(Duration::from_secs(7)), Some(512 << 20))
    );
    assert_eq!((validator.role, validator.program.files.len()), (ProgramRole::Checker, 1));
    assert_eq!((validator.limits.cpu, validator.limits.memory_bytes), (None, None));
}

#[tokio::test]
async fn problems_own_programs_that_do_not_compile_are_the_problems_failure() {
    let (own, words) = (ProgramRole::Checker, "does not compile");
    for what in ["checker", "interactor", "grader"] {
        let sandbox = Arc::new(ScriptedSandbox::new(1));
        let mut plan = plan(2);
        match what {
            "checker" => plan.checker = validated(1, 2, ValidatorConvention::Kattis).checker,
            "interactor" => plan.rules.interactor = Some(program("c")),
            _ => plan.rules.grader = Some(program("c")),
        }
        sandbox.on_compile(move |request| {
            if request.role == own {
                failing(&CompileOutcome::Error)(request)
            } else {
                Ok(compiled("cpp"))
            }
        });
        let outcome = judged(&sandbox, &plan).await;
        assert_eq!(outcome.verdict, Verdict::CheckerFailed);
        assert_eq!(outcome.compile_output, None, "a solver reads nothing of it");
        let log = outcome.tests[0].judge_message.as_deref().unwrap();
        assert_eq!(log, format!("the {what} {words}:\nline 1: no"));
        assert_eq!(outcome.tests[1].verdict, Verdict::Skipped);
    }
}

#[tokio::test]
async fn a_language_that_is_missing_is_no_verdict() {
    let sandbox = Arc::new(ScriptedSandbox::new(1));
    sandbox.push_compile(Err(SandboxError::LanguageUnavailable {
        language: "cpp".to_owned(),
        reason: "no g++".to_owned(),
    }));
    let result = Engine::new(sandbox.clone()).judge(&plan(1), &Unobserved).await;
    assert!(matches!(result, Err(SandboxError::LanguageUnavailable { .. })));
    assert_eq!(sandbox.free_slots(), 1);
    assert_eq!(crate::read(&bytes("x")), "x");
}
