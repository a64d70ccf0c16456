//! One interactive pass: the submission and the interactor talk to each other.

use super::one_test::{OneTest, Pass, explain, stopped_otherwise};
use super::report::{EXCERPT_BYTES, MESSAGE_BYTES, measured, submission_limits};
use super::validate::{Said, failed, feedback};
use crate::judging::aggregate::{is_near_limit, verdict_of_run};
use crate::judging::{
    Exit, FeedbackCollect, Input, InteractReport, InteractRequest, LimitHit, ProgramRole, ResourceLimits, RunReport, RunRequest,
    SandboxError, StdoutPlan, ValidatorConvention, Verdict,
};
use bytes::Bytes;

/// `SIGPIPE`: it wrote to somebody who had gone.
const BROKEN_PIPE: i32 = 13;
/// Where testlib's interactor writes what the checker reads.
const TOLD: &str = "output";
/// An interactor may tell a submission so much, whatever the limit of its feedback: several times the largest inputs in use.
const MOST_TOLD_BYTES: u64 = 64 * 1024 * 1024;

impl OneTest<'_> {
    pub(super) async fn interactive_pass(&mut self, input: &Input) -> Result<Pass, SandboxError> {
        let request = self.interaction(input)?;
        let mut report = self.slot.interact(request.clone()).await?;
        self.stages.run += report.submission.wall;
        if is_near_limit(report.submission.cpu, self.plan.limits) && !stopped_otherwise(&report.submission) {
            let mut again = request;
            again.submission.quiet = true;
            let second = self.slot.interact(again).await?;
            self.stages.run += second.submission.wall;
            if second.submission.cpu <= report.submission.cpu {
                report = second;
            }
        }
        let mut pass = Pass {
            result: measured(self.test, &report.submission),
            points: None,
            measured_by: report.submission.measured_by.clone(),
            next: None,
        };
        let said = match self.convention() {
            ValidatorConvention::Kattis => self.kattis_words(&report.interactor),
            ValidatorConvention::Testlib => self.testlib_words(&report.interactor),
        };
        match blame(&report, self.plan.limits, &said) {
            Blame::Submission(verdict) => {
                pass.result.verdict = verdict;
                pass.result.judge_message = said.judge_message;
                explain(&mut pass.result, &report.submission);
            }
            Blame::Interactor(reason) => {
                let mut said = match said.verdict {
                    Verdict::CheckerFailed => said,
                    _ => failed(said, &report.interactor, "ended wrongly"),
                };
                if let Some(reason) = reason {
                    let log = said.judge_message.unwrap_or_default();
                    said.judge_message = Some(format!("the checker {reason}\n{log}"));
                }
                said.into_pass(&mut pass);
            }
            Blame::Nobody => {
                said.into_pass(&mut pass);
                if self.convention() == ValidatorConvention::Testlib && pass.result.verdict == Verdict::Accepted {
                    self.check_told(&mut pass, input, &report.interactor).await?;
                }
            }
        }
        Ok(pass)
    }

    fn interaction(&self, input: &Input) -> Result<InteractRequest, SandboxError> {
        let is_testlib = self.convention() == ValidatorConvention::Testlib;
        let program = if is_testlib { self.ready.interactor.as_ref() } else { None };
        let program = program
            .or_else(|| self.ready.validators.first())
            .ok_or_else(|| SandboxError::Fault {
                code: "judging.no_interactor",
                message: "the problem is interactive, but has no validator; import it again".into(),
            })?;
        let mut interactor = self.own_request(program, Input::Bytes(Bytes::new()));
        let answer = self.test.answer.clone().unwrap_or_else(|| Input::Bytes(Bytes::new()));
        interactor.files = vec![("input".to_owned(), input.clone()), ("answer".to_owned(), answer)];
        interactor.args = if is_testlib {
            if let Some(folder) = &mut interactor.feedback {
                folder.collect = FeedbackCollect::Everything;
            }
            let standard = ["{files}/input", &format!("{{feedback}}/{TOLD}"), "{files}/answer"];
            standard.map(str::to_owned).into()
        } else {
            self.validator_args(&["{files}/input", "{files}/answer", "{feedback}/"])
        };
        let nothing = Input::Bytes(Bytes::new());
        let submission = RunRequest {
            role: ProgramRole::Submission,
            limits: submission_limits(self.plan.limits),
            ..self.submission(nothing, StdoutPlan::Capture { max_bytes: EXCERPT_BYTES })
        };
        // What it tells is the submission's input, which the format does not limit.
        interactor.limits.output_bytes = interactor.limits.output_bytes.max(MOST_TOLD_BYTES);
        interactor.stdout = StdoutPlan::Capture { max_bytes: MESSAGE_BYTES };
        Ok(InteractRequest { submission, interactor })
    }

    /// testlib: the checker looks at what the interactor wrote down.
    async fn check_told(&mut self, pass: &mut Pass, input: &Input, interactor: &RunReport) -> Result<(), SandboxError> {
        if self.ready.interactor.is_none() || self.ready.validators.is_empty() {
            return Ok(());
        }
        let told = Input::Bytes(feedback(interactor, TOLD).cloned().unwrap_or_default());
        let answer = self.test.answer.clone().unwrap_or_else(|| Input::Bytes(Bytes::new()));
        self.validate(pass, input, &told, &answer).await
    }
}

/// Who decides the verdict of a talk.
enum Blame {
    Submission(Verdict),
    /// The reason, if the interactor's end does not say it.
    Interactor(Option<&'static str>),
    /// The interactor's words count.
    Nobody,
}

/// The order of the package format (5.4), with care for who was waiting for whom.
fn blame(report: &InteractReport, limits: ResourceLimits, said: &Said) -> Blame {
    let InteractReport {
        submission,
        interactor,
        interactor_ended_first,
    } = report;
    let own_fault = verdict_of_run(submission, limits);
    // At the submission's wall limit both are ended: then the interactor's end says nothing, unless it came before.
    if submission.limit == Some(LimitHit::Wall) && !interactor_ended_first && interactor.limit.is_none() {
        let was_waited_for = interactor.cpu >= submission.wall / 2 && own_fault != Some(Verdict::TimeLimit);
        return if was_waited_for {
            Blame::Interactor(Some("was still calculating when the time for the talk was over"))
        } else {
            Blame::Submission(own_fault.unwrap_or(Verdict::WallTimeLimit))
        };
    }
    if said.verdict == Verdict::CheckerFailed {
        // An interactor stopped at its own limit when the time of both was over says nothing of who kept whom waiting.
        let was_left = !interactor_ended_first && submission.limit != Some(LimitHit::Wall);
        return match own_fault {
            // It failed while the interactor still lived, so by itself, whatever the interactor made of that.
            Some(fault) if was_left => Blame::Submission(fault),
            // It wrote to a submission that had gone without a fault: that is the submission's doing too.
            None if was_left && interactor.limit.is_none() && interactor.exit == Exit::Signal(BROKEN_PIPE) => {
                Blame::Submission(Verdict::WrongAnswer)
            }
            _ => Blame::Interactor(None),
        };
    }
    if *interactor_ended_first {
        // What becomes of the submission after a refusal is nobody's business; nor that it still had something to say to
        // an interactor that was content already.
        let was_left = submission.limit.is_none() && submission.exit == Exit::Signal(BROKEN_PIPE);
        if said.verdict == Verdict::WrongAnswer || (was_left && own_fault == Some(Verdict::RuntimeError)) {
            return Blame::Nobody;
        }
    }
    own_fault.map_or(Blame::Nobody, Blame::Submission)
}
