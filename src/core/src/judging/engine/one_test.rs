//! Judges one test on one slot.

use super::prepare::Ready;
use super::report::{EXCERPT_BYTES, keep_largest, measured, submission_limits, text};
use super::{JudgePlan, PlannedTest, StageTimes};
use crate::judging::aggregate::{is_near_limit, verdict_of_run};
use crate::judging::comparator::Comparison;
use crate::judging::grading::{GivenPoints, TestGrade};
use crate::judging::{
    CheckerKind, Input, LimitHit, ProgramRole, RunReport, RunRequest, SandboxError, SandboxSlot, StdoutOutcome, StdoutPlan, TestResult,
    Verdict,
};
use bytes::Bytes;

/// What came of one test.
pub(super) struct Tested {
    pub(super) result: TestResult,
    pub(super) points: Option<GivenPoints>,
    pub(super) measured_by: String,
    pub(super) stages: StageTimes,
}

impl Tested {
    pub(super) const fn grade(&self) -> TestGrade {
        TestGrade {
            verdict: self.result.verdict,
            points: self.points,
        }
    }
}

/// Work on one test.
pub(super) struct OneTest<'a> {
    pub(super) slot: &'a mut dyn SandboxSlot,
    pub(super) plan: &'a JudgePlan,
    pub(super) ready: &'a Ready,
    pub(super) test: &'a PlannedTest,
    pub(super) stages: StageTimes,
    /// What the validator left for the next pass.
    pub(super) feedback: Vec<(String, Bytes)>,
}

/// What came of one pass.
pub(super) struct Pass {
    pub(super) result: TestResult,
    pub(super) points: Option<GivenPoints>,
    pub(super) measured_by: String,
    /// Input of the next pass.
    pub(super) next: Option<Input>,
}

pub(super) async fn judge(slot: &mut dyn SandboxSlot, plan: &JudgePlan, ready: &Ready, test: &PlannedTest) -> Result<Tested, SandboxError> {
    let mut work = OneTest {
        slot,
        plan,
        ready,
        test,
        stages: StageTimes::default(),
        feedback: Vec::new(),
    };
    work.passes().await
}

impl OneTest<'_> {
    async fn passes(&mut self) -> Result<Tested, SandboxError> {
        let most = self.plan.rules.passes.unwrap_or(1).max(1);
        let mut input = self.test.input.clone();
        let mut earlier: Option<TestResult> = None;
        let mut passes = 0;
        loop {
            passes += 1;
            let mut pass = if self.plan.rules.interactive {
                self.interactive_pass(&input).await?
            } else {
                self.batch_pass(&input).await?
            };
            if let Some(earlier) = &earlier {
                keep_largest(&mut pass.result, earlier);
            }
            match pass.next {
                Some(_) if passes == most => {
                    pass.result.verdict = Verdict::CheckerFailed;
                    pass.result.judge_message = Some(format!("the checker asked for more than {most} passes"));
                }
                Some(next) => {
                    input = next;
                    earlier = Some(pass.result);
                    continue;
                }
                None => {}
            }
            return Ok(Tested {
                result: pass.result,
                points: pass.points,
                measured_by: pass.measured_by,
                stages: self.stages,
            });
        }
    }

    /// The request for the submission on one input.
    pub(super) fn submission(&self, input: Input, stdout: StdoutPlan) -> RunRequest {
        let args = self.plan.args.iter().chain(&self.test.args).cloned().collect();
        RunRequest {
            args,
            work_files: self.test.files.clone(),
            work_writable: self.plan.rules.file_writing,
            stdout,
            stderr_bytes: EXCERPT_BYTES,
            ..RunRequest::new(
                self.ready.program.clone(),
                ProgramRole::Submission,
                input,
                submission_limits(self.plan.limits),
            )
        }
    }

    async fn batch_pass(&mut self, input: &Input) -> Result<Pass, SandboxError> {
        let stdout = match (&self.plan.checker.kind, &self.test.answer) {
            (_, None) => StdoutPlan::Capture { max_bytes: EXCERPT_BYTES },
            (CheckerKind::Default { options }, Some(answer)) => StdoutPlan::Compare {
                answer: answer.clone(),
                options: self.test.comparator.unwrap_or(*options),
                excerpt_bytes: EXCERPT_BYTES,
            },
            (CheckerKind::Custom { .. }, Some(_)) => StdoutPlan::Spool {
                excerpt_bytes: EXCERPT_BYTES,
            },
        };
        let report = self.measure(self.submission(input.clone(), stdout)).await?;
        let mut pass = Pass {
            result: measured(self.test, &report),
            points: None,
            measured_by: report.measured_by.clone(),
            next: None,
        };
        if let Some(verdict) = verdict_of_run(&report, self.plan.limits) {
            pass.result.verdict = verdict;
            explain(&mut pass.result, &report);
            return Ok(pass);
        }
        match (&report.stdout_outcome, &self.plan.checker.kind, &self.test.answer) {
            (StdoutOutcome::Captured, _, None) | (StdoutOutcome::Compared(Comparison::Same), CheckerKind::Default { .. }, Some(_)) => {}
            (StdoutOutcome::Compared(Comparison::Different(difference)), CheckerKind::Default { .. }, Some(_)) => {
                pass.result.verdict = Verdict::WrongAnswer;
                pass.result.message = self.test.sample.then(|| difference.clone());
                pass.result.judge_message = Some(difference.clone());
            }
            (StdoutOutcome::Spooled(output), CheckerKind::Custom { .. }, Some(answer)) => {
                self.validate(&mut pass, input, output, answer).await?;
            }
            // Nobody looked at the output as was asked: it must not pass for right.
            (StdoutOutcome::Captured | StdoutOutcome::Compared(_) | StdoutOutcome::Spooled(_), _, _) => {
                return Err(SandboxError::Fault {
                    code: "sandbox.wrong_report",
                    message: "the output was not treated as was asked".into(),
                });
            }
        }
        Ok(pass)
    }

    /// Runs the submission, once more on a quiet machine if its CPU time is near the limit. Noise only adds: the shorter counts.
    async fn measure(&mut self, request: RunRequest) -> Result<RunReport, SandboxError> {
        let first = self.slot.run(request.clone()).await?;
        self.stages.run += first.wall;
        if !is_near_limit(first.cpu, self.plan.limits) || stopped_otherwise(&first) {
            return Ok(first);
        }
        let second = self.slot.run(RunRequest { quiet: true, ..request }).await?;
        self.stages.run += second.wall;
        Ok(if second.cpu <= first.cpu { second } else { first })
    }
}

/// Whether another limit than CPU time stopped the run: then the CPU time decides nothing.
pub(super) const fn stopped_otherwise(report: &RunReport) -> bool {
    matches!(
        report.limit,
        Some(LimitHit::Memory | LimitHit::Output | LimitHit::Wall | LimitHit::Processes)
    )
}

/// What the author should know of a program that failed: the end of what it said.
pub(super) fn explain(result: &mut TestResult, report: &RunReport) {
    let words = text(&report.stderr, super::report::MESSAGE_BYTES);
    let words = words.trim();
    if result.judge_message.is_none() && !words.is_empty() {
        result.judge_message = Some(words.to_owned());
    }
}
