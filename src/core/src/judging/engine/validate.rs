//! Runs custom validators. Whatever they do wrong is the problem's fault, never the solver's.

use super::one_test::{OneTest, Pass};
use super::report::{MESSAGE_BYTES, text};
use crate::judging::grading::{GivenPoints, Grader};
use crate::judging::{
    CheckerKind, Exit, FeedbackCollect, FeedbackFolder, Input, Points, ProgramHandle, ProgramRole, Rules, RunLimits, RunReport, RunRequest,
    SandboxError, StdoutPlan, TestResult, ValidatorConvention, Verdict,
};
use bytes::Bytes;
use std::time::Duration;

/// Exit codes of an output validator (package format, 5.3).
const ACCEPT: i32 = 42;
const REJECT: i32 = 43;
/// Exit codes of a testlib checker.
const TESTLIB_OK: i32 = 0;
const TESTLIB_WRONG: i32 = 1;
const TESTLIB_MALFORMED: i32 = 2;
const TESTLIB_FAIL: i32 = 3;
const TESTLIB_DIRT: i32 = 4;
const TESTLIB_POINTS: i32 = 7;
const TESTLIB_UNEXPECTED_EOF: i32 = 8;
/// What the validator wants the next pass to read.
const NEXT_PASS: &str = "nextpass.in";
/// Points, and the share of the test's points.
const SCORE: &str = "score.txt";
const SHARE: &str = "score_multiplier.txt";
/// Files that are read from the feedback folder.
const FEEDBACK: [&str; 4] = ["judgemessage.txt", SCORE, SHARE, "teammessage.txt"];

/// What a validator said.
pub(super) struct Said {
    pub(super) verdict: Verdict,
    pub(super) points: Option<GivenPoints>,
    pub(super) next: Option<Input>,
    /// For the solver.
    pub(super) message: Option<String>,
    /// For the author.
    pub(super) judge_message: Option<String>,
}

impl Said {
    /// Writes it into a pass.
    pub(super) fn into_pass(self, pass: &mut Pass) {
        let TestResult {
            verdict,
            message,
            judge_message,
            ..
        } = &mut pass.result;
        *verdict = self.verdict;
        *message = self.message;
        *judge_message = self.judge_message;
        pass.points = self.points;
        pass.next = self.next;
    }
}

impl OneTest<'_> {
    pub(super) const fn convention(&self) -> ValidatorConvention {
        match &self.plan.checker.kind {
            CheckerKind::Default { .. } => ValidatorConvention::Kattis,
            CheckerKind::Custom { convention, .. } => *convention,
        }
    }

    /// Asks all validators about one output; all must accept.
    pub(super) async fn validate(&mut self, pass: &mut Pass, input: &Input, output: &Input, answer: &Input) -> Result<(), SandboxError> {
        let validators = &self.ready.validators;
        for validator in validators {
            let request = self.validator_request(validator, input, output, answer);
            let report = self.slot.run(request).await?;
            self.stages.check += report.wall;
            let said = match self.convention() {
                ValidatorConvention::Kattis => self.kattis_words(&report),
                ValidatorConvention::Testlib => self.testlib_words(&report),
            };
            said.into_pass(pass);
            if pass.result.verdict != Verdict::Accepted {
                break;
            }
        }
        Ok(())
    }

    fn validator_request(&self, validator: &ProgramHandle, input: &Input, output: &Input, answer: &Input) -> RunRequest {
        let mut request = self.own_request(validator, output.clone());
        request.files = vec![("input".to_owned(), input.clone()), ("answer".to_owned(), answer.clone())];
        let standard = match self.convention() {
            ValidatorConvention::Kattis => ["{files}/input", "{files}/answer", "{feedback}/"],
            ValidatorConvention::Testlib => {
                request.files.push(("output".to_owned(), output.clone()));
                request.stdin = Input::Bytes(Bytes::new());
                ["{files}/input", "{files}/output", "{files}/answer"]
            }
        };
        request.args = self.validator_args(&standard);
        request
    }

    pub(super) fn validator_args(&self, standard: &[&str]) -> Vec<String> {
        let own = self.test.checker_args.as_ref().unwrap_or(&self.plan.checker.args);
        standard.iter().map(|arg| (*arg).to_owned()).chain(own.iter().cloned()).collect()
    }

    /// A run of one of the problem's own programs, with its limits and a feedback folder.
    pub(super) fn own_request(&self, program: &ProgramHandle, stdin: Input) -> RunRequest {
        let checker = &self.plan.checker;
        let cpu = Duration::from_millis(u64::from(checker.time_limit_ms));
        let limits = RunLimits {
            cpu,
            wall: cpu + Duration::from_secs(1),
            memory_bytes: u64::from(checker.memory_limit_mb) << 20,
            output_bytes: u64::from(checker.output_limit_kb) << 10,
            processes: None,
        };
        let collect = match self.plan.rules.passes {
            Some(_) => FeedbackCollect::Everything,
            None => FeedbackCollect::Named(FEEDBACK.map(str::to_owned).into()),
        };
        let initial = self
            .feedback
            .iter()
            .map(|(name, bytes)| (name.clone(), Input::Bytes(bytes.clone())));
        RunRequest {
            feedback: Some(FeedbackFolder {
                initial: initial.collect(),
                collect,
            }),
            stdout: StdoutPlan::Capture { max_bytes: MESSAGE_BYTES },
            stderr_bytes: MESSAGE_BYTES,
            ..RunRequest::new(program.clone(), ProgramRole::Checker, stdin, limits)
        }
    }

    /// What a validator of the package format says with its exit code and feedback folder.
    pub(super) fn kattis_words(&mut self, report: &RunReport) -> Said {
        let words = |name: &str| feedback(report, name).map(|bytes| text(bytes, MESSAGE_BYTES));
        let mut said = Said {
            verdict: Verdict::Accepted,
            points: None,
            next: None,
            message: words("teammessage.txt").filter(|message| !message.is_empty()),
            judge_message: words("judgemessage.txt").filter(|message| !message.is_empty()),
        };
        said.verdict = match (report.limit, report.exit) {
            (None, Exit::Code(ACCEPT)) => Verdict::Accepted,
            (None, Exit::Code(REJECT)) => Verdict::WrongAnswer,
            _ => return failed(said, report, "ended with an exit code that is not 42 or 43"),
        };
        if self.plan.rules.passes.is_some() {
            let (next, rest) = report.feedback.iter().cloned().partition(|(name, _)| name == NEXT_PASS);
            self.feedback = rest;
            let mut next: Vec<(String, Bytes)> = next;
            said.next = next.pop().map(|(_, bytes)| Input::Bytes(bytes));
        }
        if said.next.is_some() && said.verdict != Verdict::Accepted {
            return failed(said, report, "refused the output and asked for another pass");
        }
        // A pass before the last needs no points, and those it leaves are not the last word.
        if said.next.is_none() {
            match points_of(report, said.verdict, &self.plan.rules, self.test.sample) {
                Ok(points) => said.points = points,
                Err(reason) => return failed(said, report, &reason),
            }
        }
        said
    }

    /// What a testlib checker says with its exit code and on standard error.
    pub(super) fn testlib_words(&self, report: &RunReport) -> Said {
        let words = text(&report.stderr, MESSAGE_BYTES);
        let mut said = Said {
            verdict: Verdict::Accepted,
            points: None,
            next: None,
            message: None,
            judge_message: Some(words.trim().to_owned()).filter(|words| !words.is_empty()),
        };
        match (report.limit, report.exit) {
            (None, Exit::Code(TESTLIB_OK)) => {}
            (None, Exit::Code(TESTLIB_WRONG | TESTLIB_MALFORMED | TESTLIB_DIRT | TESTLIB_UNEXPECTED_EOF)) => {
                said.verdict = Verdict::WrongAnswer;
            }
            (None, Exit::Code(TESTLIB_POINTS)) => match testlib_points(&words) {
                Some(points) if self.plan.rules.tree.is_some() => said.points = Some(GivenPoints::Score(points)),
                // Without points to give, part of them is not all of them.
                Some(_) => said.verdict = Verdict::WrongAnswer,
                None => return failed(said, report, "gave partial points, but did not say how many"),
            },
            (None, Exit::Code(TESTLIB_FAIL)) => return failed(said, report, "says that it failed"),
            _ => return failed(said, report, "ended with an exit code that is not 0, 1, 2, 3 or 7"),
        }
        said
    }
}

pub(super) fn feedback<'a>(report: &'a RunReport, name: &str) -> Option<&'a Bytes> {
    report.feedback.iter().find(|(file, _)| file == name).map(|(_, bytes)| bytes)
}

/// The problem's own program failed: its log, for the author.
pub(super) fn failed(mut said: Said, report: &RunReport, reason: &str) -> Said {
    let how = match (report.limit, report.exit) {
        (Some(limit), _) => format!("was stopped at its {} limit", limit.name()),
        (None, Exit::Signal(signal)) => format!("was ended by signal {signal}"),
        (None, Exit::Code(code)) => format!("{reason} (exit code {code})"),
    };
    let words = [text(&report.stderr, MESSAGE_BYTES), text(&report.stdout, MESSAGE_BYTES)].join("\n");
    let words = words.trim().to_owned();
    // testlib says everything on standard error.
    let told = said
        .judge_message
        .take()
        .map(|told| told.trim().to_owned())
        .filter(|told| !words.contains(told.as_str()));
    let log = [format!("the checker {how}"), told.unwrap_or_default(), words];
    let log: Vec<String> = log.into_iter().filter(|part| !part.is_empty()).collect();
    said.judge_message = Some(log.join("\n"));
    said.verdict = Verdict::CheckerFailed;
    said.points = None;
    said.next = None;
    said
}

/// Points of the feedback folder, or why they are against the rules (package format, 6).
fn points_of(report: &RunReport, verdict: Verdict, rules: &Rules, is_sample: bool) -> Result<Option<GivenPoints>, String> {
    let Some(tree) = &rules.tree else { return Ok(None) };
    let is_modern = matches!(tree.grader, Grader::Modern { .. });
    if is_modern && is_sample {
        return Ok(None);
    }
    if verdict != Verdict::Accepted {
        let gives = [SCORE, SHARE].iter().any(|name| feedback(report, name).is_some());
        return if gives && rules.points != Points::None {
            Err("refused the output and gave points all the same".to_owned())
        } else {
            Ok(None)
        };
    }
    let number = |name: &str| {
        feedback(report, name)
            .map(|bytes| {
                let text = text(bytes, MESSAGE_BYTES);
                let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
                number.ok_or_else(|| format!("wrote no number into {name}"))
            })
            .transpose()
    };
    match (number(SCORE)?, number(SHARE)?) {
        (Some(_), Some(_)) => Err(format!("wrote both {SCORE} and {SHARE}")),
        (Some(score), None) if is_modern && score < 0.0 => Err(format!("wrote a negative number into {SCORE}")),
        (Some(score), None) => Ok(Some(GivenPoints::Score(score))),
        (None, Some(share)) if (0.0..=1.0).contains(&share) => Ok(Some(GivenPoints::Share(share))),
        (None, Some(_)) => Err(format!("wrote a number into {SHARE} that is not between 0 and 1")),
        (None, None) if rules.points == Points::Legacy => Err(format!("accepted the output without writing {SCORE}")),
        (None, None) => Ok(None),
    }
}

/// `points 12.5 words` on standard error.
fn testlib_points(words: &str) -> Option<f64> {
    let mut words = words.split_ascii_whitespace();
    words.find(|word| *word == "points")?;
    words.next()?.parse::<f64>().ok().filter(|points| points.is_finite())
}
