//! Runs the problem's own grader.

use super::prepare::Ready;
use super::report::{MESSAGE_BYTES, text};
use super::{JudgePlan, StageTimes};
use crate::judging::grading::{Grade, GraderCall, parse_grade};
use crate::judging::{Exit, Input, ProgramRole, RunLimits, RunRequest, SandboxError, SandboxSlot, StdoutPlan, Verdict};
use bytes::Bytes;
use std::time::Duration;

/// Asks the grader; whatever it does wrong makes the group `checker_failed`, with the reason.
pub(super) async fn ask(
    slot: &mut dyn SandboxSlot,
    plan: &JudgePlan,
    ready: &Ready,
    call: &GraderCall,
    stages: &mut StageTimes,
) -> Result<(Grade, Option<String>), SandboxError> {
    let wrong = |reason: String| {
        let grade = Grade {
            verdict: Verdict::CheckerFailed,
            score: 0.0,
        };
        (grade, Some(format!("the grader of group {:?} {reason}", call.group)))
    };
    let Some(grader) = &ready.grader else {
        return Ok(wrong("is missing".to_owned()));
    };
    let cpu = Duration::from_millis(u64::from(plan.checker.time_limit_ms));
    let limits = RunLimits {
        cpu,
        wall: cpu + Duration::from_secs(1),
        memory_bytes: u64::from(plan.checker.memory_limit_mb) << 20,
        output_bytes: u64::from(plan.checker.output_limit_kb) << 10,
        processes: None,
    };
    let stdin = Input::Bytes(Bytes::from(call.input.clone()));
    let report = slot
        .run(RunRequest {
            args: call.flags.clone(),
            stdout: StdoutPlan::Capture { max_bytes: MESSAGE_BYTES },
            stderr_bytes: MESSAGE_BYTES,
            ..RunRequest::new(grader.clone(), ProgramRole::Checker, stdin, limits)
        })
        .await?;
    stages.check += report.wall;
    let words = text(&report.stderr, MESSAGE_BYTES);
    Ok(match (report.limit, report.exit) {
        (Some(limit), _) => wrong(format!("was stopped at its {} limit\n{words}", limit.name())),
        (None, Exit::Signal(signal)) => wrong(format!("was ended by signal {signal}\n{words}")),
        (None, Exit::Code(0)) => match parse_grade(&text(&report.stdout, MESSAGE_BYTES)) {
            Some(grade) => (grade, None),
            None => wrong(format!("printed no verdict and score\n{words}")),
        },
        (None, Exit::Code(code)) => wrong(format!("ended with exit code {code}\n{words}")),
    })
}
