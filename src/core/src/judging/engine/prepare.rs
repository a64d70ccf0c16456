//! Compiles the program and the problem's own programs.

use super::report::unrun;
use super::{JudgeOutcome, JudgePlan, StageTimes};
use crate::judging::{
    CheckerKind, CompileLimits, CompileOutcome, CompileReport, CompileRequest, ProgramHandle, ProgramRole, ProgramSource, SandboxError,
    SandboxSlot, Verdict,
};
use std::time::Duration;

/// Everything compiled.
pub(super) struct Ready {
    pub(super) program: ProgramHandle,
    /// Custom validators; none for the default one.
    pub(super) validators: Vec<ProgramHandle>,
    /// testlib's interactor.
    pub(super) interactor: Option<ProgramHandle>,
    pub(super) grader: Option<ProgramHandle>,
    pub(super) compile_output: Option<String>,
}

pub(super) enum Prepared {
    Ready(Ready),
    Refused(Refused),
}

/// Why no test is run.
pub(super) struct Refused {
    verdict: Verdict,
    compile_output: Option<String>,
    /// For the author, when it is the problem's fault.
    log: Option<String>,
}

impl Refused {
    pub(super) fn outcome(self, plan: &JudgePlan) -> JudgeOutcome {
        let mut tests: Vec<_> = plan.tests.iter().map(unrun).collect();
        if let (Some(log), Some(first)) = (self.log, tests.first_mut()) {
            first.verdict = self.verdict;
            first.judge_message = Some(log);
        }
        JudgeOutcome {
            verdict: self.verdict,
            graded: self.verdict,
            score: 0.0,
            max_score: plan.rules.max_score(),
            compile_output: self.compile_output,
            tests,
            groups: Vec::new(),
            measured_by: None,
            tier: None,
            speed: None,
            stages: StageTimes::default(),
        }
    }
}

pub(super) async fn prepare(slot: &mut dyn SandboxSlot, plan: &JudgePlan, stages: &mut StageTimes) -> Result<Prepared, SandboxError> {
    let rules = &plan.rules;
    let refused = |verdict, compile_output| {
        Prepared::Refused(Refused {
            verdict,
            compile_output,
            log: None,
        })
    };
    if let Some(most) = rules.code_kb
        && plan.program.size() > (most as usize) << 10
    {
        let message = format!("The source code is larger than the {most} KiB that this problem allows.");
        return Ok(refused(Verdict::CompileError, Some(message)));
    }
    let request = CompileRequest {
        program: rules.with_includes(&plan.program),
        role: ProgramRole::Submission,
        limits: CompileLimits {
            cpu: rules.compile_time_ms.map(|limit| Duration::from_millis(limit.into())),
            memory_bytes: rules.compile_memory_mb.map(|limit| u64::from(limit) << 20),
        },
    };
    let report = slot.compile(request).await?;
    stages.compile += report.wall;
    let compile_output = Some(report.output).filter(|output| !output.is_empty());
    let program = match report.outcome {
        CompileOutcome::Compiled(program) => program,
        CompileOutcome::Error => return Ok(refused(Verdict::CompileError, compile_output)),
        CompileOutcome::Limit(limit) => {
            let said = compile_output.map(|output| output + "\n").unwrap_or_default();
            let reason = format!("{said}Compiling was stopped: it hit its {} limit.", limit.name());
            return Ok(refused(Verdict::CompileLimit, Some(reason)));
        }
    };
    let mut ready = Ready {
        program,
        validators: Vec::new(),
        interactor: None,
        grader: None,
        compile_output,
    };
    match own_programs(slot, plan, &mut ready, stages).await? {
        Ok(()) => Ok(Prepared::Ready(ready)),
        Err(log) => Ok(Prepared::Refused(Refused {
            verdict: Verdict::CheckerFailed,
            compile_output: ready.compile_output,
            log: Some(log),
        })),
    }
}

/// Compiles the problem's own programs; the inner error is a compiler's log, for the author.
async fn own_programs(
    slot: &mut dyn SandboxSlot,
    plan: &JudgePlan,
    ready: &mut Ready,
    stages: &mut StageTimes,
) -> Result<Result<(), String>, SandboxError> {
    if let CheckerKind::Custom { program, more, .. } = &plan.checker.kind {
        for validator in std::iter::once(program).chain(more) {
            match own(slot, validator, "checker", stages).await? {
                Ok(handle) => ready.validators.push(handle),
                Err(log) => return Ok(Err(log)),
            }
        }
    }
    let rest = [
        (&plan.rules.interactor, "interactor", &mut ready.interactor),
        (&plan.rules.grader, "grader", &mut ready.grader),
    ];
    for (program, what, place) in rest {
        if let Some(program) = program {
            match own(slot, program, what, stages).await? {
                Ok(handle) => *place = Some(handle),
                Err(log) => return Ok(Err(log)),
            }
        }
    }
    Ok(Ok(()))
}

async fn own(
    slot: &mut dyn SandboxSlot,
    program: &ProgramSource,
    what: &str,
    stages: &mut StageTimes,
) -> Result<Result<ProgramHandle, String>, SandboxError> {
    let request = CompileRequest {
        program: program.clone(),
        role: ProgramRole::Checker,
        limits: CompileLimits::default(),
    };
    let CompileReport { outcome, output, wall, .. } = slot.compile(request).await?;
    stages.compile += wall;
    Ok(match outcome {
        CompileOutcome::Compiled(program) => Ok(program),
        CompileOutcome::Error => Err(format!("the {what} does not compile:\n{output}")),
        CompileOutcome::Limit(limit) => Err(format!("compiling the {what} hit its {} limit:\n{output}", limit.name())),
    })
}
