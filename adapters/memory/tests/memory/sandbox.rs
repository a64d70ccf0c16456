//! The scripted sandbox.

use bytes::Bytes;
use codesm_core::judging::{
    CompileLimits, CompileOutcome, CompileReport, CompileRequest, Exit, Input, InteractReport, InteractRequest, ProgramRole, ProgramSource,
    RunLimits, RunReport, RunRequest, Sandbox, SandboxError, SourceFile,
};
use codesm_memory::fakes::{ScriptedSandbox, accepting_run, accepting_talk, compiled};
use std::time::Duration;

fn source() -> CompileRequest {
    CompileRequest {
        program: ProgramSource {
            entry: None,
            language: "cpp".to_owned(),
            files: vec![SourceFile {
                name: "main.cpp".to_owned(),
                content: Bytes::from_static(b"int main() {}"),
            }],
        },
        role: ProgramRole::Submission,
        limits: CompileLimits::default(),
    }
}

fn run_of(report: &CompileReport) -> RunRequest {
    let CompileOutcome::Compiled(program) = &report.outcome else {
        panic!("compiled: {report:?}");
    };
    let limits = RunLimits {
        cpu: Duration::from_secs(1),
        wall: Duration::from_secs(3),
        memory_bytes: 1 << 28,
        output_bytes: 1 << 20,
        processes: None,
    };
    RunRequest::new(program.clone(), ProgramRole::Submission, Input::Bytes(Bytes::new()), limits)
}

#[tokio::test]
async fn answers_come_from_the_list_and_then_from_the_closure() {
    let sandbox = ScriptedSandbox::new(1);
    let mut slot = sandbox.slot().await.unwrap();
    let report = slot.compile(source()).await.unwrap();
    let request = run_of(&report);
    sandbox.push_run(Ok(RunReport {
        exit: Exit::Code(7),
        ..accepting_run(&request)
    }));
    sandbox.push_run(Err(SandboxError::Unavailable("gone".to_owned())));
    let mut number = 0;
    sandbox.on_run(move |request| {
        number += 1;
        Ok(RunReport {
            exit: Exit::Signal(number),
            ..accepting_run(request)
        })
    });
    assert_eq!(slot.run(request.clone()).await.unwrap().exit, Exit::Code(7));
    assert!(slot.run(request.clone()).await.is_err());
    for number in 1..=2 {
        assert_eq!(slot.run(request.clone()).await.unwrap().exit, Exit::Signal(number));
    }
    assert_eq!(sandbox.compile_requests().len(), 1);
    assert_eq!(sandbox.run_requests().len(), 4);
}

#[tokio::test]
async fn compile_errors_can_be_scripted() {
    let sandbox = ScriptedSandbox::new(1);
    sandbox.push_compile(Ok(CompileReport {
        outcome: CompileOutcome::Error,
        output: "expected `;`".to_owned(),
        ..compiled("cpp")
    }));
    let mut slot = sandbox.slot().await.unwrap();
    assert!(matches!(slot.compile(source()).await.unwrap().outcome, CompileOutcome::Error));
    assert!(matches!(slot.compile(source()).await.unwrap().outcome, CompileOutcome::Compiled(_)));
}

#[tokio::test]
async fn a_slot_is_waited_for_and_given_back() {
    let sandbox = ScriptedSandbox::new(1);
    let slot = sandbox.slot().await.unwrap();
    assert_eq!(sandbox.free_slots(), 0);
    let waited = tokio::time::timeout(Duration::from_millis(20), sandbox.slot()).await;
    assert!(waited.is_err());
    drop(slot);
    assert!(sandbox.slot().await.is_ok());
    sandbox.refuse_slots(Some("no cgroups"));
    assert!(matches!(sandbox.slot().await, Err(SandboxError::Unavailable(reason)) if reason == "no cgroups"));
}

#[tokio::test]
async fn a_free_slot_is_idle_until_somebody_has_it() {
    let sandbox = ScriptedSandbox::new(1);
    let idle = sandbox.idle_slot().expect("nobody has it");
    assert!(sandbox.idle_slot().is_none());
    drop(idle);
    assert!(sandbox.idle_slot().is_some());
}

#[tokio::test]
async fn talks_can_be_scripted() {
    let sandbox = ScriptedSandbox::new(1);
    let mut slot = sandbox.slot().await.unwrap();
    let report = slot.compile(source()).await.unwrap();
    let request = InteractRequest {
        submission: run_of(&report),
        interactor: run_of(&report),
    };
    sandbox.push_interact(Ok(InteractReport {
        interactor_ended_first: true,
        ..accepting_talk(&request)
    }));
    assert!(slot.interact(request.clone()).await.unwrap().interactor_ended_first);
    let usual = slot.interact(request).await.unwrap();
    assert_eq!((usual.interactor_ended_first, usual.interactor.exit), (false, Exit::Code(42)));
}
