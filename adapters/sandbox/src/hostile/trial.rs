//! One program as part of a problem, judged by the engine.

use super::lent::OneSlot;
use super::table::{HostileProgram, Role};
use super::tier::{FAULT, Trials};
use bytes::Bytes;
use codesm_core::judging::engine::{Engine, JudgeOutcome, JudgePlan, PlannedTest, Unobserved};
use codesm_core::judging::{
    Checker, CheckerKind, ComparatorOptions, Input, ProgramSource, ResourceLimits, Rules, SandboxError, ValidatorConvention, Verdict,
};
use codesm_core::kernel::LocalFile;
use std::fs;
use std::sync::Arc;

/// What everybody must answer.
const ANSWER: &[u8] = b"safe\n";

/// The verdict, and what was said.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) detail: String,
}

/// A problem with this many tests, whose right answer is `safe`. The first input is small; the others are shown as a file.
pub(super) fn plan_for(program: &ProgramSource, trials: &Trials, tests: u32) -> JudgePlan {
    let large = || {
        let size = fs::metadata(&trials.large_input).map_or(0, |found| found.len());
        Input::File(LocalFile {
            path: trials.large_input.clone(),
            size,
            guard: None,
        })
    };
    let input = |index: u32| {
        if index == 1 {
            Input::Bytes(Bytes::from_static(b"a small input\n"))
        } else {
            large()
        }
    };
    let answer = || Some(Input::Bytes(Bytes::from_static(ANSWER)));
    let kind = CheckerKind::Default {
        options: ComparatorOptions::default(),
    };
    let mut checker = Checker::new(kind);
    checker.time_limit_ms = 1000;
    checker.memory_limit_mb = 256;
    checker.output_limit_kb = 1024;
    JudgePlan {
        program: program.clone(),
        args: Vec::new(),
        limits: ResourceLimits {
            time_ms: 1000,
            memory_mb: 256,
            output_kb: 1024,
        },
        checker,
        rules: Rules::default(),
        tests: (1..=tests)
            .map(|index| PlannedTest::new(index, format!("secret/{index}"), true, input(index), answer()))
            .collect(),
        stop_early: true,
    }
}

/// The problem for a line of the table.
pub(super) fn plan_of(program: &HostileProgram, trials: &Trials) -> JudgePlan {
    let hostile = program.source();
    let harmless = || program.other().unwrap_or_else(|| trials.control.clone());
    let custom = |program: ProgramSource| CheckerKind::Custom {
        program,
        more: Vec::new(),
        convention: ValidatorConvention::Kattis,
    };
    let submission = if program.role == Role::Submission {
        hostile.clone()
    } else {
        harmless()
    };
    let mut plan = plan_for(&submission, trials, program.runs);
    plan.limits.time_ms = program.cpu_ms;
    plan.limits.output_kb = program.output_mb * 1024;
    plan.rules.compile_time_ms = program.compile_seconds.map(|seconds| seconds * 1000);
    match (program.role, program.other()) {
        (Role::Submission, None) => {}
        (Role::Submission, Some(interactor)) => {
            plan.checker.kind = custom(interactor);
            plan.rules.interactive = true;
        }
        (Role::Checker, _) => plan.checker.kind = custom(hostile),
        (Role::Interactor, _) => {
            plan.checker.kind = custom(hostile);
            plan.rules.interactive = true;
        }
    }
    plan
}

pub(super) async fn judge(slot: Arc<OneSlot>, plan: &JudgePlan) -> Result<JudgeOutcome, SandboxError> {
    Engine::new(slot).judge(plan, &Unobserved).await
}

/// A fault of the sandbox is a verdict here, not the end of everything.
pub(super) async fn judged(slot: Arc<OneSlot>, plan: &JudgePlan) -> Result<Judged, SandboxError> {
    Ok(match judge(slot, plan).await {
        Ok(outcome) => Judged {
            verdict: outcome.verdict,
            detail: words(&outcome),
        },
        Err(error @ SandboxError::Unavailable(_)) => return Err(error),
        Err(error) => Judged {
            verdict: FAULT,
            detail: error.to_string(),
        },
    })
}

/// What the compiler, the program and the checker said.
fn words(outcome: &JudgeOutcome) -> String {
    let mut words: Vec<String> = outcome.compile_output.iter().cloned().collect();
    for test in &outcome.tests {
        let ended = format!(
            "{}: {}, exit code {:?}, signal {:?}, {} ms of CPU, {} ms, {} KiB",
            test.name,
            test.verdict.as_str(),
            test.exit_code,
            test.signal,
            test.cpu_ms,
            test.wall_ms,
            test.memory_kb
        );
        let said = [&test.judge_message, &test.message, &test.stdout, &test.stderr];
        words.push(ended);
        words.extend(said.into_iter().flatten().cloned());
    }
    words.join("\n")
}
