//! Judges one program: compile, run every test, check, grade.

mod grade;
mod interact;
mod one_test;
mod prepare;
mod report;
mod schedule;
mod validate;

use super::{Checker, GroupResult, Input, ProgramSource, ResourceLimits, Rules, Sandbox, SandboxError, TestResult, Verdict};
use crate::kernel::TRACE_TARGET;
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument as _;

/// One test to be run.
#[derive(Clone, Debug)]
pub struct PlannedTest {
    /// Position, from 1.
    pub index: u32,
    /// Name for the author.
    pub name: String,
    /// Whether solvers may see it.
    pub sample: bool,
    /// Group it is shown in, where the problem has no tree of groups.
    pub group: Option<String>,
    /// Standard input.
    pub input: Input,
    /// The jury's answer; without one, exit code 0 is all that is asked.
    pub answer: Option<Input>,
    /// Arguments of the program; those of the plan go before.
    pub args: Vec<String>,
    /// Files copied into the program's work folder, by relative path.
    pub files: Vec<(String, Input)>,
    /// Arguments of the custom validator; `None`: those of the checker.
    pub checker_args: Option<Vec<String>>,
    /// How the default validator compares; `None`: as the checker says.
    pub comparator: Option<super::ComparatorOptions>,
}

impl PlannedTest {
    /// A test with nothing special.
    #[must_use]
    pub const fn new(index: u32, name: String, sample: bool, input: Input, answer: Option<Input>) -> Self {
        Self {
            index,
            name,
            sample,
            group: None,
            input,
            answer,
            args: Vec::new(),
            files: Vec::new(),
            checker_args: None,
            comparator: None,
        }
    }
}

/// What to judge.
#[derive(Clone, Debug)]
pub struct JudgePlan {
    /// The program, without the files that the problem lays over it.
    pub program: ProgramSource,
    /// Arguments of the program.
    pub args: Vec<String>,
    /// What it may use on each test.
    pub limits: ResourceLimits,
    /// What decides.
    pub checker: Checker,
    /// How it is judged besides.
    pub rules: Rules,
    /// In judging order, which is that of the tree of groups too.
    pub tests: Vec<PlannedTest>,
    /// Run only the tests that matter for the result; the others are `skipped`.
    pub stop_early: bool,
}

/// What came of judging.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgeOutcome {
    /// Overall verdict, for solvers.
    pub verdict: Verdict,
    /// What the graders say of all tests together: never `partial`, and `accepted` where a grader says so whatever the score.
    pub graded: Verdict,
    /// Points: 1 or 0 for pass-fail.
    pub score: f64,
    /// Most points possible; `None`: unbounded.
    pub max_score: Option<f64>,
    /// What the compiler said; `None` if nothing.
    pub compile_output: Option<String>,
    /// Results in judging order.
    pub tests: Vec<TestResult>,
    /// Results of the groups of tests.
    pub groups: Vec<GroupResult>,
    /// How it was measured.
    pub measured_by: Option<String>,
    /// Tier of the sandbox, `A` to `D`.
    pub tier: Option<String>,
    /// Speed of the machine, in units of the reference machine.
    pub speed: Option<f64>,
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

impl StageTimes {
    /// All stages together.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.compile + self.run + self.check
    }
}

impl std::ops::AddAssign for StageTimes {
    fn add_assign(&mut self, other: Self) {
        self.compile += other.compile;
        self.run += other.run;
        self.check += other.check;
    }
}

/// Hears of progress.
#[async_trait]
pub trait JudgeObserver: Send + Sync {
    /// The program is compiled and now runs.
    async fn running(&self) {}
    /// A test is judged. Called in judging order.
    async fn test(&self, _result: &TestResult) {}
}

/// Hears nothing.
#[derive(Clone, Copy, Debug)]
pub struct Unobserved;
impl JudgeObserver for Unobserved {}

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

    /// Judges one program: on one slot, and its tests on other slots too as long as nobody else wants these. Dropping the
    /// future kills what runs.
    ///
    /// # Errors
    /// [`SandboxError`]: never for what the program or the problem's own programs did.
    pub async fn judge(&self, plan: &JudgePlan, observer: &dyn JudgeObserver) -> Result<JudgeOutcome, SandboxError> {
        self.judge_until(plan, observer, None).await
    }

    /// The same, but when all stages together have taken so long no further test is begun; those are `skipped`. What is
    /// graded then is graded as if they were accepted.
    ///
    /// # Errors
    /// [`SandboxError`], as for [`Self::judge`].
    pub async fn judge_within(&self, plan: &JudgePlan, budget: Duration) -> Result<JudgeOutcome, SandboxError> {
        self.judge_until(plan, &Unobserved, Some(budget)).await
    }

    async fn judge_until(
        &self,
        plan: &JudgePlan,
        observer: &dyn JudgeObserver,
        budget: Option<Duration>,
    ) -> Result<JudgeOutcome, SandboxError> {
        let mut slot = self.sandbox.slot().await?;
        let mut stages = StageTimes::default();
        let compiling = tracing::info_span!(target: TRACE_TARGET, "judging.compile", language = plan.program.language);
        let prepared = prepare::prepare(&mut *slot, plan, &mut stages).instrument(compiling).await?;
        let outcome = match prepared {
            prepare::Prepared::Ready(ready) => {
                observer.running().await;
                let budget = budget.unwrap_or(Duration::MAX);
                schedule::run(&*self.sandbox, slot, plan, &ready, observer, (&mut stages, budget)).await?
            }
            prepare::Prepared::Refused(refused) => refused.outcome(plan),
        };
        let description = self.sandbox.description();
        let ran = outcome.measured_by.is_some();
        Ok(JudgeOutcome {
            tier: ran.then(|| description.tier.to_string()),
            speed: description.speed.filter(|_| ran),
            stages,
            ..outcome
        })
    }
}
