//! Runs a program against tests: compile once, run every test, let the checker decide.

use super::aggregate::{overall, verdict_of_run};
use super::comparator::Comparison;
use super::{
    Checker, CheckerKind, CompileOutcome, CompileRequest, Exit, Input, ProgramHandle, ProgramRole, ProgramSource, ResourceLimits,
    RunLimits, RunReport, RunRequest, Sandbox, SandboxError, SandboxSlot, StdoutOutcome, StdoutPlan, TestResult, Verdict,
};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// One test to be run.
#[derive(Clone, Debug)]
pub struct PlannedTest {
    /// Position, from 1.
    pub index: u32,
    /// Name for the author.
    pub name: String,
    /// Whether solvers may see it.
    pub sample: bool,
    /// Standard input.
    pub input: Input,
    /// The jury's answer; without one, exit code 0 is all that is asked.
    pub answer: Option<Input>,
}

/// What to judge.
#[derive(Clone, Debug)]
pub struct JudgePlan {
    /// The program.
    pub program: ProgramSource,
    /// Arguments of the program.
    pub args: Vec<String>,
    /// What it may use on each test.
    pub limits: ResourceLimits,
    /// What decides.
    pub checker: Checker,
    /// In judging order.
    pub tests: Vec<PlannedTest>,
    /// Stop at the first test that is not accepted; the others are `skipped`.
    pub stop_early: bool,
}

/// What came of judging.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgeOutcome {
    /// Overall verdict.
    pub verdict: Verdict,
    /// Points: 1 or 0.
    pub score: f64,
    /// Most points possible.
    pub max_score: f64,
    /// What the compiler said; `None` if nothing.
    pub compile_output: Option<String>,
    /// Results in judging order.
    pub tests: Vec<TestResult>,
    /// How it was measured.
    pub measured_by: Option<String>,
    /// Time by stage, for metrics.
    pub stages: StageTimes,
}

/// Wall time by stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// Compiling the program and its checker.
    pub compile: Duration,
    /// Running the program.
    pub run: Duration,
    /// Running the custom checker.
    pub check: Duration,
}

/// Hears of progress.
#[async_trait]
pub trait JudgeObserver: Send + Sync {
    /// The program is compiled and now runs.
    async fn running(&self) {}
    /// A test is judged.
    async fn test(&self, _result: &TestResult) {}
}

/// Hears nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unobserved;
impl JudgeObserver for Unobserved {}

/// Bytes of standard output and error shown for samples and runs.
const EXCERPT_BYTES: usize = 16 * 1024;
/// Bytes of a checker's words shown.
const MESSAGE_BYTES: usize = 4 * 1024;
/// Exit codes of an output validator (package format, 5.3).
const ACCEPT: i32 = 42;
const REJECT: i32 = 43;

/// Judges programs through the sandbox.
#[derive(Clone)]
pub struct Engine {
    sandbox: Arc<dyn Sandbox>,
}

impl Engine {
    /// With the sandbox it judges through.
    #[must_use]
    pub const fn new(sandbox: Arc<dyn Sandbox>) -> Self {
        Self { sandbox }
    }

    /// The sandbox.
    #[must_use]
    pub const fn sandbox(&self) -> &Arc<dyn Sandbox> {
        &self.sandbox
    }

    /// Judges one program on one slot. Dropping the future kills what runs.
    ///
    /// # Errors
    /// [`SandboxError`]: never for what the program or the problem's checker did.
    pub async fn judge(&self, plan: &JudgePlan, observer: &dyn JudgeObserver) -> Result<JudgeOutcome, SandboxError> {
        let mut slot = self.sandbox.slot().await?;
        Judging {
            slot: &mut *slot,
            plan,
            stages: StageTimes::default(),
            measured_by: None,
        }
        .judge(observer)
        .await
    }
}

struct Judging<'a> {
    slot: &'a mut dyn SandboxSlot,
    plan: &'a JudgePlan,
    stages: StageTimes,
    measured_by: Option<String>,
}

/// A checker made ready.
enum ReadyChecker {
    Tokens(super::ComparatorOptions),
    Validator(ProgramHandle),
}

impl Judging<'_> {
    async fn judge(mut self, observer: &dyn JudgeObserver) -> Result<JudgeOutcome, SandboxError> {
        let request = CompileRequest {
            program: self.plan.program.clone(),
            role: ProgramRole::Submission,
        };
        let report = self.slot.compile(request).await?;
        self.stages.compile += report.wall;
        let compile_output = Some(report.output).filter(|output| !output.is_empty());
        let program = match report.outcome {
            CompileOutcome::Compiled(program) => program,
            CompileOutcome::Error => return Ok(self.without_tests(Verdict::CompileError, compile_output)),
            CompileOutcome::Limit(limit) => {
                let said = compile_output.map(|output| output + "\n").unwrap_or_default();
                let reason = format!("{said}Compiling was stopped: it hit its {} limit.", limit.name());
                return Ok(self.without_tests(Verdict::CompileLimit, Some(reason)));
            }
        };
        let checker = match self.prepare_checker().await? {
            Ok(checker) => checker,
            Err(log) => {
                let mut outcome = self.without_tests(Verdict::CheckerFailed, compile_output);
                if let Some(first) = outcome.tests.first_mut() {
                    first.verdict = Verdict::CheckerFailed;
                    first.judge_message = Some(log);
                }
                return Ok(outcome);
            }
        };

        observer.running().await;
        let mut results = Vec::with_capacity(self.plan.tests.len());
        let mut stopped = false;
        for test in &self.plan.tests {
            let result = if stopped {
                unrun(test)
            } else {
                self.run_test(&program, &checker, test).await?
            };
            stopped |= self.plan.stop_early && result.verdict != Verdict::Accepted;
            observer.test(&result).await;
            results.push(result);
        }
        let verdict = overall(&results);
        Ok(self.outcome(verdict, compile_output, results))
    }

    /// Compiles a custom checker; the inner error is its compiler's log, for the author.
    async fn prepare_checker(&mut self) -> Result<Result<ReadyChecker, String>, SandboxError> {
        let program = match &self.plan.checker.kind {
            CheckerKind::Default(options) => return Ok(Ok(ReadyChecker::Tokens(*options))),
            CheckerKind::Custom(program) => program.clone(),
        };
        let report = self
            .slot
            .compile(CompileRequest {
                program,
                role: ProgramRole::Checker,
            })
            .await?;
        self.stages.compile += report.wall;
        Ok(match report.outcome {
            CompileOutcome::Compiled(program) => Ok(ReadyChecker::Validator(program)),
            CompileOutcome::Error => Err(format!("the checker does not compile:\n{}", report.output)),
            CompileOutcome::Limit(limit) => Err(format!("compiling the checker hit its {} limit:\n{}", limit.name(), report.output)),
        })
    }

    async fn run_test(&mut self, program: &ProgramHandle, checker: &ReadyChecker, test: &PlannedTest) -> Result<TestResult, SandboxError> {
        let stdout = match (checker, &test.answer) {
            (_, None) => StdoutPlan::Capture { max_bytes: EXCERPT_BYTES },
            (ReadyChecker::Tokens(options), Some(answer)) => StdoutPlan::Compare {
                answer: answer.clone(),
                options: *options,
                excerpt_bytes: EXCERPT_BYTES,
            },
            (ReadyChecker::Validator(_), Some(_)) => StdoutPlan::Spool {
                excerpt_bytes: EXCERPT_BYTES,
            },
        };
        let request = RunRequest {
            program: program.clone(),
            role: ProgramRole::Submission,
            args: self.plan.args.clone(),
            stdin: test.input.clone(),
            files: Vec::new(),
            feedback: Vec::new(),
            limits: submission_limits(self.plan.limits),
            stdout,
            stderr_bytes: EXCERPT_BYTES,
        };
        let report = self.slot.run(request).await?;
        self.stages.run += report.wall;
        self.measured_by = Some(report.measured_by.clone());
        let mut result = measured(test, &report);
        if let Some(verdict) = verdict_of_run(&report, self.plan.limits) {
            result.verdict = verdict;
            return Ok(result);
        }
        match (&report.stdout_outcome, checker, &test.answer) {
            (StdoutOutcome::Captured, _, None) | (StdoutOutcome::Compared(Comparison::Same), ReadyChecker::Tokens(_), Some(_)) => {}
            (StdoutOutcome::Compared(Comparison::Different(difference)), ReadyChecker::Tokens(_), Some(_)) => {
                result.verdict = Verdict::WrongAnswer;
                result.message = test.sample.then(|| difference.clone());
                result.judge_message = Some(difference.clone());
            }
            (StdoutOutcome::Spooled(output), ReadyChecker::Validator(validator), Some(answer)) => {
                let (validator, output, answer) = (validator.clone(), output.clone(), answer.clone());
                self.validate(validator, test, output, answer, &mut result).await?;
            }
            // Nobody looked at the output as was asked: it must not pass for right.
            (StdoutOutcome::Captured | StdoutOutcome::Compared(_) | StdoutOutcome::Spooled(_), _, _) => {
                return Err(SandboxError::Fault {
                    code: "sandbox.wrong_report",
                    message: "the output was not treated as was asked".into(),
                });
            }
        }
        result.score = if result.verdict == Verdict::Accepted { 1.0 } else { 0.0 };
        Ok(result)
    }

    /// Runs a custom validator on one output. Whatever it does wrong is the problem's fault, never the solver's.
    async fn validate(
        &mut self,
        validator: ProgramHandle,
        test: &PlannedTest,
        output: Input,
        answer: Input,
        result: &mut TestResult,
    ) -> Result<(), SandboxError> {
        let checker = &self.plan.checker;
        let mut args: Vec<String> = ["{files}/input", "{files}/answer", "{feedback}/"].map(str::to_owned).into();
        args.extend(checker.args.iter().cloned());
        let cpu = Duration::from_millis(u64::from(checker.time_limit_ms));
        let request = RunRequest {
            program: validator,
            role: ProgramRole::Checker,
            args,
            stdin: output,
            files: vec![("input".to_owned(), test.input.clone()), ("answer".to_owned(), answer)],
            feedback: vec!["judgemessage.txt".to_owned(), "teammessage.txt".to_owned()],
            limits: RunLimits {
                cpu,
                wall: cpu + Duration::from_secs(1),
                memory_bytes: u64::from(checker.memory_limit_mb) << 20,
                output_bytes: CHECKER_OUTPUT_BYTES,
                processes: None,
            },
            stdout: StdoutPlan::Capture { max_bytes: MESSAGE_BYTES },
            stderr_bytes: MESSAGE_BYTES,
        };
        let report = self.slot.run(request).await?;
        self.stages.check += report.wall;
        let feedback = |name: &str| {
            report
                .feedback
                .iter()
                .find(|(file, _)| file == name)
                .map(|(_, bytes)| text(bytes, MESSAGE_BYTES))
        };
        result.message = feedback("teammessage.txt").filter(|message| !message.is_empty());
        result.judge_message = feedback("judgemessage.txt").filter(|message| !message.is_empty());
        result.verdict = match (report.limit, report.exit) {
            (None, Exit::Code(ACCEPT)) => Verdict::Accepted,
            (None, Exit::Code(REJECT)) => Verdict::WrongAnswer,
            (limit, exit) => {
                let words = [text(&report.stderr, MESSAGE_BYTES), text(&report.stdout, MESSAGE_BYTES)].join("\n");
                let how = match (limit, exit) {
                    (Some(limit), _) => format!("was stopped at its {} limit", limit.name()),
                    (None, Exit::Code(code)) => format!("ended with exit code {code} instead of 42 or 43"),
                    (None, Exit::Signal(signal)) => format!("was ended by signal {signal}"),
                };
                let said = result.judge_message.take().unwrap_or_default();
                result.judge_message = Some(format!("the checker {how}\n{said}\n{}", words.trim()));
                Verdict::CheckerFailed
            }
        };
        Ok(())
    }

    fn without_tests(&self, verdict: Verdict, compile_output: Option<String>) -> JudgeOutcome {
        self.outcome(verdict, compile_output, self.plan.tests.iter().map(unrun).collect())
    }

    fn outcome(&self, verdict: Verdict, compile_output: Option<String>, tests: Vec<TestResult>) -> JudgeOutcome {
        JudgeOutcome {
            verdict,
            score: if verdict == Verdict::Accepted { 1.0 } else { 0.0 },
            max_score: 1.0,
            compile_output,
            tests,
            measured_by: self.measured_by.clone(),
            stages: self.stages,
        }
    }
}

/// 8 MiB: the package format's usual `validation_output`.
const CHECKER_OUTPUT_BYTES: u64 = 8 << 20;

/// Programs are killed at 1.1 × the limit, so that a measured time just over it is known and not guessed.
fn submission_limits(limits: ResourceLimits) -> RunLimits {
    RunLimits {
        cpu: Duration::from_millis(u64::from(limits.time_ms) * 11 / 10),
        wall: Duration::from_millis(u64::from(limits.wall_ms())),
        memory_bytes: u64::from(limits.memory_mb) << 20,
        output_bytes: u64::from(limits.output_kb) << 10,
        processes: None,
    }
}

fn unrun(test: &PlannedTest) -> TestResult {
    TestResult {
        index: test.index,
        name: test.name.clone(),
        sample: test.sample,
        verdict: Verdict::Skipped,
        score: 0.0,
        cpu_ms: 0,
        wall_ms: 0,
        memory_kb: 0,
        exit_code: None,
        signal: None,
        message: None,
        judge_message: None,
        stdout: None,
        stderr: None,
    }
}

/// The measured part of a result; accepted until something says otherwise.
fn measured(test: &PlannedTest, report: &RunReport) -> TestResult {
    let (exit_code, signal) = match report.exit {
        Exit::Code(code) => (Some(code), None),
        Exit::Signal(signal) => (None, Some(signal)),
    };
    TestResult {
        verdict: Verdict::Accepted,
        cpu_ms: milliseconds(report.cpu),
        wall_ms: milliseconds(report.wall),
        memory_kb: report.memory_bytes / 1024,
        exit_code,
        signal,
        stdout: test.sample.then(|| text(&report.stdout, EXCERPT_BYTES)),
        stderr: test.sample.then(|| text(&report.stderr, EXCERPT_BYTES)),
        ..unrun(test)
    }
}

/// Rounded up: a time over the limit is never shown as equal to it.
fn milliseconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(u32::MAX)
}

/// Bytes as text that every database stores: valid UTF-8 without NUL.
fn text(bytes: &Bytes, max: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(max)]).replace('\0', "\u{fffd}")
}
